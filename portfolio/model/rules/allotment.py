"""How much: the rules of allotting, cutting, drawing and carrying over, on integer arrays.

Engines decide *when*; every amount in a play comes from here. Arrays are [channel, item] unless
said otherwise; amounts are whole 万元.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.money import BPS, Wan, cut, cut_columns
from portfolio.model.rules.parameters import Limits

#: Stands for “no ceiling”; above any sum a portfolio may hold.
UNBOUNDED = np.int64(2**62)


class Books:
    """The running accounts of one play.

    An account is (channel that pays, channel whose part of the plan is met, item). Rows 0…C-1
    are the channels' own accounts, the rows after them the pairs of `Limits.substitutes`.

    carried, allotted, drawn : [account, item] of the running year
    credited : [channel, item] drawn so far, by the channel planned
    substituted : [channel, item] allotted so far in another channel's place (less taken back)
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
        self.allotted = np.zeros((rows, items), dtype=np.int64)
        self.drawn = np.zeros((rows, items), dtype=np.int64)
        self.credited = np.zeros((channels, items), dtype=np.int64)
        self.substituted = np.zeros((channels, items), dtype=np.int64)

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

    `moved_bps` is [item], 10,000 a quarter moved; past the plan's end nothing is added.
    """
    whole, rest = np.divmod(moved_bps, limits.duration_bps)
    ended = whole >= limits.length
    position = limits.first + np.where(ended, limits.length, whole)
    flat = limits.cum_wan.ravel()
    size = limits.cost_wan.size
    cells = limits.cell_index + position * size
    planned = flat.take(cells)
    rest[ended] = 0
    if rest.any():
        step = flat.take(np.minimum(cells + size, flat.size - size + limits.cell_index)) - planned
        planned = planned + step * rest // limits.duration_bps
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


def year_needs(limits: Limits, books: Books, moved_bps: Ints, year: int) -> Wan:
    """Need of each channel: planned at the year's end, less drawn, less carried over.

    The clock is taken to move in every quarter left of the year from the item's start on.
    """
    quarters = np.clip(4 * year + 4 - np.maximum(limits.earliest, 4 * year), 0, 4)
    planned = planned_at(limits, moved_bps + quarters * BPS)
    left = planned - books.credited - books.by_purpose(books.carried)
    return np.asarray(np.maximum(left, 0), dtype=np.int64)


def open_year(limits: Limits, books: Books, need: Wan, year: int) -> Wan:
    """Allot a year (年初下达): fills `books.allotted`, returns the lapsed money [channel].

    统筹 serves by class and lapses what nobody needs; 上级指定 and 专属 give the smaller of need
    and own envelope; 随资本金 has an account only in years in which credit is rationed.
    """
    channels = need.shape[0]
    books.drawn[:] = 0
    books.allotted[:] = 0
    own = books.allotted[:channels]
    own[limits.owned] = np.minimum(need, limits.own_wan[year])[limits.owned]
    for channel in np.flatnonzero(limits.pooled):
        own[channel] = serve(int(limits.pooled_wan[year, channel]), need[channel], limits)
    limited = limits.credit_limited[year]
    if limited.any():
        own[limited] = (need * limits.credit_bps[year][:, None] // BPS)[limited]
    left = np.where(limits.pooled, limits.pooled_wan[year] - own.sum(axis=1), 0)
    _substitute(limits, books, need, left, year)
    lapsed = np.where(limits.owned, limits.own_wan[year].sum(axis=1) - own.sum(axis=1), left)
    return np.where(limits.credit, 0, lapsed)


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


def released_wan(limits: Limits, books: Books, year: int, quarter: int) -> Wan:
    """What of this year's allotments is released by a quarter (0–3): [account, item].

    A shock inside the year leaves what is released by its quarter and cuts what comes after it.
    """
    cut_from = limits.cut_from[year]
    factor = limits.released_bps[year, :, quarter][books.payer, None]
    released = books.allotted * factor // BPS
    if (cut_from >= quarter).all():
        return np.asarray(released)
    first = np.minimum(cut_from, quarter)[:, None]
    by_shock = np.take_along_axis(limits.released_bps[year], first, axis=1)[books.payer]
    there = books.allotted * by_shock // BPS
    return np.asarray(there + (released - there) * limits.cut_bps[year, books.payer, None] // BPS)


def never_released_wan(limits: Limits, books: Books, year: int) -> Wan:
    """What a shock inside the year keeps from this year's allotments for good: [account, item]."""
    if (limits.cut_from[year] >= 3).all():
        return np.zeros_like(books.allotted)
    factor = limits.released_bps[year, books.payer, 3][:, None]
    return np.asarray(books.allotted * factor // BPS - released_wan(limits, books, year, 3))


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
    available = books.carried + released_wan(limits, books, year, quarter) - books.drawn
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


@dataclass(frozen=True, kw_only=True)
class YearEnd:
    """What a year's end did, by the channel that pays: [channel, item].

    never_released : of what is taken back, what a shock inside the year kept from being released,
        by the channel planned
    """

    carried_out: Wan
    taken_back: Wan
    never_released: Wan


def close_year(limits: Limits, books: Books, finished: Mask, year: int) -> YearEnd:
    """Clear a year (年末清算): carried money is drawn first; what is left is carried or taken back.

    两年: this year's rest goes over, last year's rest is taken back. 至竣工: all goes over until
    the item is finished, then all is taken back. What a shock inside the year kept from being
    released is taken back whatever the rule. Unrationed 随资本金 has nothing to clear.
    """
    old = np.maximum(books.carried - books.drawn, 0)
    new = books.carried + books.allotted - books.drawn - old
    ends = np.where(limits.two_years[books.payer][:, None], True, finished)
    never = never_released_wan(limits, books, year)
    back = np.where(ends, old, 0) + np.where(finished, new, never)
    over = old + new - back
    unaccounted = np.zeros(len(books.payer), dtype=np.bool_)
    channels = books.credited.shape[0]
    unaccounted[:channels] = limits.credit & ~limits.credit_limited[year]
    over[unaccounted] = 0
    back[unaccounted] = 0
    for row in range(channels, len(books.payer)):
        books.substituted[books.payer[row]] -= back[row]
    books.carried = over
    return YearEnd(
        carried_out=books.by_payer(over).copy(),
        taken_back=books.by_payer(back),
        never_released=books.by_purpose(never),
    )
