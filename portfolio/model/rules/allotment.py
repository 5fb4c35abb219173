"""How much: the rules of allotting, cutting, drawing and carrying over, on integer arrays.

Engines decide *when*; every amount in a play comes from here. Arrays are [channel, item] unless
said otherwise; amounts are whole 万元.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.money import BPS, Wan, cut, cut_columns
from portfolio.model.rules.clock import standing
from portfolio.model.rules.parameters import Limits

#: Stands for “no ceiling”; above any sum a portfolio may hold.
UNBOUNDED = np.int64(2**62)


class Books:
    """The running accounts of one play.

    An account is (channel that pays, channel whose part of the plan is met, item). Rows 0…C-1
    are the channels' own accounts, the rows after them the pairs of `Limits.substitutes`.

    carried, allotted, drawn : [account, item] of the running year
    released : [4, account, item] what of the allotment has arrived by each quarter of the year
    withheld : [account, item] what a shock inside the year keeps from being released for good
    spent : [channel, item] what facts have drawn of this year's budget; 0 in later years
    unplaced : [channel] carried in without an item, not yet placed with one
    credited : [channel, item] drawn since play began, by the channel planned
    substituted : [channel, item] allotted so far in another channel's place (less taken back)
    follows_in, follows_out : [channel, item] own money not needed in earlier years that came into
        the running one with its item, and what goes on from it
    """

    def __init__(self, limits: Limits) -> None:
        channels, items = limits.cost_wan.shape
        rows = channels + len(limits.substitutes)
        self.payer = np.array(
            [*range(channels), *(payer for _, payer in limits.substitutes)], dtype=np.int64
        )
        self.purpose = np.array(
            [*range(channels), *(short for short, _ in limits.substitutes)], dtype=np.int64
        )
        self.carried = np.zeros((rows, items), dtype=np.int64)
        self.carried[:channels] = limits.opening.carried_wan
        self.released = np.zeros((4, rows, items), dtype=np.int64)
        self.withheld = np.zeros((rows, items), dtype=np.int64)
        self.spent = limits.opening.spent_wan
        self.unplaced = limits.opening.unplaced_wan.copy()
        self.allotted = np.zeros((rows, items), dtype=np.int64)
        self.drawn = np.zeros((rows, items), dtype=np.int64)
        self.credited = np.zeros((channels, items), dtype=np.int64)
        self.substituted = np.zeros((channels, items), dtype=np.int64)
        self.follows_in = np.zeros((channels, items), dtype=np.int64)
        self.follows_out = np.zeros((channels, items), dtype=np.int64)

    def by_payer(self, accounts: Wan) -> Wan:
        """Sum accounts [account, item] by the channel that pays: [channel, item]."""
        return _gather(accounts, self.payer, self.credited.shape[0])

    def by_purpose(self, accounts: Wan) -> Wan:
        """Sum accounts [account, item] by the channel whose part is met: [channel, item]."""
        return _gather(accounts, self.purpose, self.credited.shape[0])


def _gather(accounts: Wan, owner: Ints, channels: int) -> Wan:
    if len(owner) == channels:
        return accounts
    total = accounts[:channels].copy()
    for row in range(channels, len(owner)):
        total[owner[row]] += accounts[row]
    return total


def planned_at(limits: Limits, moved_bps: Ints) -> Wan:
    """Planned money at the clock: interpolated between quarters, then × volume and cost.

    `moved_bps` is [item], 10,000 a quarter moved; past the plan's end nothing is added. Counted
    from what was drawn before play.
    """
    whole, rest, of = standing(moved_bps, limits.duration_bps, limits.lag_bps)
    ended = whole >= limits.length
    position = limits.first + np.where(ended, limits.length, whole)
    flat = limits.cum_wan.ravel()
    size = limits.cost_wan.size
    cells = limits.cell_index + position * size
    planned = flat.take(cells)
    rest[ended] = 0
    if rest.any():
        step = flat.take(np.minimum(cells + size, flat.size - size + limits.cell_index)) - planned
        planned = planned + step * rest // of
    if limits.opening.from_facts:
        planned = np.maximum(planned, 0)
    if limits.as_planned:
        return planned
    return np.asarray(planned * limits.scale_bps // BPS)


def serve(envelope: int, need: Wan, limits: Limits) -> Wan:
    """Serve needs [item] from an envelope class by class, inside a class pro rata or in order."""
    if int(need.sum()) <= envelope:
        return need.copy()
    given = np.zeros_like(need)
    left = envelope
    for members in limits.classes:
        wanted = need[members]
        total = int(wanted.sum())
        if total <= left:
            given[members] = wanted
        elif limits.in_order:
            before = np.cumsum(wanted) - wanted
            given[members] = np.clip(left - before, 0, wanted)
        else:
            given[members] = cut(left, wanted)
        left -= int(given[members].sum())
        if left == 0:
            break
    return given


def unhindered(limits: Limits, moved_bps: Ints, year: int, quarters: int = 4) -> Ints:
    """Where clocks stand after so many quarters of a year if they move in each from their start on.

    [item]; of the begun quarter they move what is left.
    """
    begun = limits.opening
    first = max(4 * year, begun.quarter)
    moving = np.clip(4 * year + quarters - np.maximum(limits.earliest, first), 0, 4)
    past = begun.past_bps if year == begun.quarter // 4 else 0
    at_work = (limits.earliest <= begun.quarter) & (moving > 0)
    return np.asarray(moved_bps + moving * BPS - past * at_work)


def year_needs(limits: Limits, books: Books, moved_bps: Ints, year: int) -> Wan:
    """Need of each channel: planned at the year's end, less drawn, less carried over.

    The clock is taken to move in every quarter left of the year from the item's start on. What was
    carried in without an item is placed with those that need it.
    """
    planned = planned_at(limits, unhindered(limits, moved_bps, year))
    left = planned - books.credited - books.by_purpose(books.carried)
    need = np.asarray(np.maximum(left, 0), dtype=np.int64)
    for channel in books.unplaced.nonzero()[0]:
        total = int(need[channel].sum())
        placed = cut(min(int(books.unplaced[channel]), total), need[channel])
        books.carried[channel] += placed
        need[channel] -= placed
        books.unplaced[channel] -= int(placed.sum())
    return need


def open_year(
    limits: Limits, books: Books, need: Wan, moved_bps: Ints, paid: Mask, year: int
) -> Wan:
    """Allot a year (年初下达): fills `books.allotted`, returns the lapsed money [channel].

    统筹 serves by class and lapses what nobody needs; 上级指定 and 专属 give the smaller of need
    and what is there for the item: its own envelope and what follows it from earlier years. What
    of the ask is not needed follows it on until it is paid; the reserve lapses. 随资本金 has an
    account only in years in which credit is rationed. What facts have spent of the year's budget is
    no longer there.
    """
    channels, spent = need.shape[0], books.spent
    books.drawn[:] = 0
    books.allotted[:] = 0
    own = books.allotted[:channels]
    books.follows_in = books.follows_out
    there = np.maximum(limits.own_wan[year] + books.follows_in - spent, 0)
    own[limits.owned] = np.minimum(need, there)[limits.owned]
    unused = np.maximum(books.follows_in + limits.own_ask_wan[year] - spent - own, 0)
    books.follows_out = np.where(limits.owned[:, None] & ~paid, unused, 0)
    pools = np.maximum(limits.pooled_wan[year] - spent.sum(axis=1), 0)
    for channel in np.flatnonzero(limits.pooled):
        own[channel] = serve(int(pools[channel]), need[channel], limits)
    limited = limits.credit_limited[year]
    if limited.any():
        granted = (spent + need) * limits.credit_bps[year][:, None] // BPS - spent
        own[limited] = np.maximum(granted, 0)[limited]
    left = np.where(limits.pooled, pools - own.sum(axis=1), 0)
    _substitute(limits, books, need, left, year)
    _release(limits, books, moved_bps, year)
    unclaimed = (there - own - books.follows_out).sum(axis=1)
    lapsed = np.where(limits.owned, unclaimed, left)
    return np.where(limits.credit, 0, lapsed)


def _release(limits: Limits, books: Books, moved_bps: Ints, year: int) -> None:
    """What of the year's allotments arrives by each quarter: by the channel's pattern.

    A shock inside the year leaves what is released by its quarter and cuts what comes after it.
    """
    begun = limits.opening
    for quarter in range(4):
        factor = limits.released_bps[year, books.payer, quarter][:, None]
        books.released[quarter] = books.allotted * factor // BPS
    if begun.from_facts:
        _release_in_time(limits, books, moved_bps, year)
    books.withheld = np.zeros_like(books.allotted)
    cut_from = limits.cut_from[year, books.payer]
    if (cut_from < 3).any():
        whole = books.released[3].copy()
        for row in np.flatnonzero(cut_from < 3):
            shock, factor = int(cut_from[row]), limits.cut_bps[year, books.payer[row]]
            there = books.released[shock, row]
            later = books.released[shock + 1 :, row]
            books.released[shock + 1 :, row] = there + (later - there) * factor // BPS
        books.withheld = whole - books.released[3]


def _release_in_time(limits: Limits, books: Books, moved_bps: Ints, year: int) -> None:
    """After facts at least what the plan needs at the unhindered clock has arrived.

    Clocks that run out of step with the year are no shortage. A delayed channel keeps its pattern.
    """
    channels = len(books.spent)
    own, given = books.released[:, :channels], books.allotted[:channels]
    there = books.credited + books.by_purpose(books.carried)
    for quarter in range(4):
        factor = limits.released_bps[year, :, quarter][:, None]
        pattern = np.maximum((books.spent + given) * factor // BPS - books.spent, 0)
        due = planned_at(limits, unhindered(limits, moved_bps, year, quarter + 1)) - there
        in_time = np.maximum(pattern, np.minimum(given, due))
        own[quarter] = np.where(limits.delayed[year][:, None], pattern, in_time)


def _substitute(limits: Limits, books: Books, need: Wan, left: Wan, year: int) -> None:
    """Let other pooled channels serve what one could not, in sheet order, up to their room."""
    channels = need.shape[0]
    unmet = need - books.allotted[:channels]
    for row, (short, payer) in enumerate(limits.substitutes, start=channels):
        if left[payer] == 0:
            continue
        room = limits.substitute_room_wan[payer] - books.substituted[payer]
        given = serve(int(left[payer]), np.minimum(unmet[short], room), limits)
        books.allotted[row] = given
        books.substituted[payer] += given
        unmet[short] -= given
        left[payer] -= given.sum()


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What items ask in a quarter.

    wan : [channel, item] the demand, its sum cut to the room
    total_wan : [item] its sum
    over_ceiling, over_capacity : [item] what cut it
    """

    wan: Wan
    total_wan: Wan
    over_ceiling: Mask
    over_capacity: Mask


def demands(planned: Wan, credited: Wan, *, asking: Mask, room: Wan, capacity: Wan) -> Demand:
    """Demand per channel, its sum cut to the room under gate ceilings and to the capacity."""
    wanted = (planned - credited) * asking
    total = wanted.sum(axis=0)
    over_ceiling = total > room
    over_capacity = total > capacity
    columns = (over_ceiling | over_capacity).nonzero()[0]
    if len(columns):
        total[columns] = np.minimum(room, capacity)[columns]
        wanted[:, columns] = cut_columns(total[columns], wanted[:, columns])
    return Demand(
        wan=wanted, total_wan=total, over_ceiling=over_ceiling, over_capacity=over_capacity
    )


def draw(
    limits: Limits, books: Books, planned: Wan, demand: Wan, year: int, quarter: int
) -> tuple[Wan, Wan]:
    """Draw a quarter (0–3 of the year): returns money by payer and by channel planned.

    统筹, 上级指定 and 专属 pay the smaller of demand and what is released or carried; 随资本金
    pays no more than planned loan × capital drawn ÷ planned capital at the clock.
    """
    channels = demand.shape[0]
    available = books.carried + books.released[quarter] - books.drawn
    unrationed = limits.credit & ~limits.credit_limited[year]
    own = np.minimum(demand, available[:channels])
    own[unrationed] = demand[unrationed]
    if len(books.payer) == channels:
        now, met = own, own.copy()
    else:
        now = _with_substitutes(limits, books, own, demand, available)
        met = books.by_purpose(now).copy()
    _hold_loans(limits, now, met, books.credited, planned)
    books.drawn += now
    books.credited += met
    return books.by_payer(now), met


def _with_substitutes(limits: Limits, books: Books, own: Wan, demand: Wan, available: Wan) -> Wan:
    """What every account pays: the channels' own, then what substitutes add to it."""
    channels = len(own)
    now = np.concatenate([own, np.zeros_like(available[channels:])])
    unmet = demand - own
    unmet[limits.credit] = 0
    for row in range(channels, len(now)):
        purpose = books.purpose[row]
        now[row] = np.minimum(unmet[purpose], available[row])
        unmet[purpose] -= now[row]
    return now


def _hold_loans(limits: Limits, now: Wan, met: Wan, before: Wan, planned: Wan) -> None:
    """Cut 随资本金 in `now` and `met` to its plan at the clock × capital drawn ÷ capital planned.

    Only where capital is behind; elsewhere loans are as demanded.
    """
    capital_rows, credit_rows = limits.capital_bps.nonzero()[0], limits.credit.nonzero()[0]
    gap = (planned - before - met)[capital_rows]
    columns = np.flatnonzero(gap.any(axis=0))
    if not len(columns):
        return
    cells = (capital_rows[:, None], columns)
    weight = limits.capital_bps[capital_rows, None]
    drawn = ((before[cells] + met[cells]) * weight // BPS).sum(axis=0)
    due = (planned[cells] * weight // BPS).sum(axis=0)
    behind = drawn < due
    drawn, due = drawn[behind], due[behind]
    loans = (credit_rows[:, None], columns[behind])
    room = planned[loans] * drawn // due - before[loans]
    now[loans] = met[loans] = np.minimum(met[loans], np.maximum(room, 0))


def all_but_tail(drawn_wan: Wan, cost_wan: Wan, tail_bps: int) -> Mask:
    """Whether no more than the tail (尾款) of its cost is left to be drawn, by item."""
    return np.asarray(drawn_wan * BPS >= cost_wan * (BPS - tail_bps), dtype=np.bool_)


@dataclass(frozen=True, kw_only=True)
class YearEnd:
    """What a year's end did, by the channel that pays: [channel, item].

    unplaced_back : [channel] taken back of what was carried in without an item
    never_released : of what is taken back, what a shock inside the year kept from being released,
        by the channel planned
    """

    carried_out: Wan
    taken_back: Wan
    unplaced_back: Wan
    never_released: Wan


def close_year(limits: Limits, books: Books, paid: Mask, year: int) -> YearEnd:
    """Clear a year (年末清算): carried money is drawn first; what is left is carried or taken back.

    两年: this year's rest goes over, last year's rest is taken back. 至竣工: all goes over until
    the item is finished and paid, then all is taken back. What a shock inside the year kept from
    being released is taken back whatever the rule. Unrationed 随资本金 has nothing to clear.
    """
    old = np.maximum(books.carried - books.drawn, 0)
    new = books.carried + books.allotted - books.drawn - old
    ends = np.where(limits.two_years[books.payer][:, None], True, paid)
    back = np.where(ends, old, 0) + np.where(paid, new, books.withheld)
    over = old + new - back
    unaccounted = np.zeros(len(books.payer), dtype=np.bool_)
    channels = books.credited.shape[0]
    unaccounted[:channels] = limits.credit & ~limits.credit_limited[year]
    over[unaccounted] = 0
    back[unaccounted] = 0
    for row in range(channels, len(books.payer)):
        books.substituted[books.payer[row]] -= back[row]
    books.carried = over
    books.spent = np.zeros_like(books.spent)
    unplaced_back = np.where(limits.two_years | paid.all(), books.unplaced, 0)
    books.unplaced = books.unplaced - unplaced_back
    return YearEnd(
        carried_out=books.by_payer(over).copy(),
        taken_back=books.by_payer(back),
        unplaced_back=unplaced_back,
        never_released=books.by_purpose(books.withheld),
    )
