"""The rules of the play as checks; a check yields the breaches it finds.

Every check looks at `Facts`, worked out anew from a Portfolio and an Outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from portfolio.model.arrays import Ints, Mask, first_where
from portfolio.model.gates import GateType
from portfolio.model.items import Carry, Kind
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS, or_end
from portfolio.model.rules.rulebook import RULE_BY_CODE


class Facts:
    """What the checks need, worked out anew."""

    def __init__(self, portfolio: Portfolio, outcome: Outcome) -> None:
        self.portfolio, self.outcome = portfolio, outcome
        items = len(portfolio.items)
        self.cum = _along_the_clock(portfolio)
        conditions = portfolio.conditions
        self.plan = self.cum[-1].sum(axis=0)
        self.approved = (self.cum[-1] * conditions.volume_bps // 10_000).sum(axis=0)
        self.scale = conditions.cost_bps * conditions.volume_bps // 10_000
        self.cost = self.cum[-1] * self.scale // 10_000
        self.total_cost = self.cost.sum(axis=0)
        money = self.cum.sum(axis=1)
        some = [np.flatnonzero(money[:, i]) for i in range(items)]
        self.first = [int(s[0]) - 1 if len(s) else None for s in some]
        full = [np.flatnonzero(money[:, i] == self.plan[i]) for i in range(items)]
        self.last = [int(f[0]) - 1 if len(s) else None for f, s in zip(full, some, strict=True)]
        self.planned = np.stack([self.planned_at(moved) for moved in outcome.moved_bps])
        self.cum_credited = outcome.credited_wan.cumsum(axis=0)
        self.cum_item = self.cum_credited.sum(axis=1)
        self.opened = self._gates_opened()
        credit = portfolio.of_kind(Kind.CREDIT)
        rationed = (conditions.credit_bps < 10_000) | (conditions.delay_quarters > 0)
        self.rationed = credit & rationed
        self.accounted = ~credit | self.rationed

    def planned_at(self, moved: Ints) -> Ints:
        """Cost-scaled plan at a clock [item], item by item: int64[channel, item]."""
        duration = self.portfolio.conditions.duration_bps
        result = np.zeros_like(self.cum[0])
        for i, first in enumerate(self.first):
            if first is None:
                continue
            last = self.last[i]
            assert last is not None
            whole, rest = divmod(int(moved[i]), int(duration[i]))
            low = min(first + whole, last + 1)
            high = min(low + 1, last + 1)
            column = self.cum[low, :, i]
            column = column + (self.cum[high, :, i] - column) * rest // int(duration[i])
            result[:, i] = column
        return np.asarray(result * self.scale // 10_000, dtype=np.int64)

    def unaccounted(self, year: int) -> Mask:
        """Channels without an account in a year: 随资本金 whose credit is free."""
        return np.asarray(~self.accounted[year], dtype=np.bool_)

    def progress(self, index: int, quarter: int) -> int:
        """Progress at approved cost at a quarter's end, earlier money included."""
        item = self.portfolio.items[index]
        if quarter < 0:
            return item.earlier_wan
        finish = self.outcome.finish[index]
        if finish is not None and finish <= quarter:
            return item.earlier_wan + int(self.approved[index])
        cost = max(int(self.total_cost[index]), 1)
        done = int(self.cum_item[quarter, index]) * int(self.approved[index]) // cost
        return item.earlier_wan + done

    def _gates_opened(self) -> list[int | None]:
        """Quarter from which each gate is open, by the outcome's own money and clocks."""
        opened = [self._gate_opened(g) for g in range(len(self.portfolio.gates))]
        return [q if q is None or q < PLAY_QUARTERS else None for q in opened]

    def _gate_opened(self, g: int) -> int | None:
        gate = self.portfolio.gates[g]
        index = self.portfolio.position[gate.pred_no]
        pred = self.portfolio.items[index]
        if self.plan[index] == 0:
            return 0
        if gate.type is GateType.SS:
            if pred.earlier_wan > 0:
                return 0
            moves = np.flatnonzero(self.outcome.moved_bps[:, index] > 0)
            return int(moves[0]) + gate.lag_quarters if len(moves) else None
        at = gate.at_wan(pred)
        assert at is not None
        if pred.earlier_wan >= at:
            return 0
        beyond = (at - pred.earlier_wan) * int(self.approved[index]) // int(self.plan[index])
        at = pred.earlier_wan + beyond
        low, high = 0, PLAY_QUARTERS
        while low < high:  # progress never falls: find the first quarter that reached `at`
            middle = (low + high) // 2
            if self.progress(index, middle) >= at:
                high = middle
            else:
                low = middle + 1
        return low + 1 + gate.lag_quarters if low < PLAY_QUARTERS else None

    def label(self, index: int) -> str:
        """Number and name of the item at a position."""
        return self.portfolio.items[index].label


def _along_the_clock(portfolio: Portfolio) -> Ints:
    """Planned money once an item's clock stands at quarter k: int64[k, channel, item]."""
    if portfolio.adjusted is not None:
        return portfolio.adjusted.cum_wan
    years, channels, items = portfolio.plan_wan.shape
    quarters = np.zeros((4 * years, channels, items), dtype=np.int64)
    for k in range(4):
        quarters[k::4] = (portfolio.plan_wan * (k + 1)) // 4 - (portfolio.plan_wan * k) // 4
    return np.concatenate([np.zeros((1, channels, items), np.int64), quarters.cumsum(axis=0)])


# --- One check for each rule of the rulebook


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A rule broken: its code, where (item, channel, quarter or year) and by how much."""

    code: str
    where: str
    amount: int

    def __str__(self) -> str:
        rule = RULE_BY_CODE[self.code]
        return f"{rule.title}：{self.where}，相差 {self.amount:,} {rule.unit}"


class OfPortfolio(Protocol):
    """Facts of any kind."""

    @property
    def portfolio(self) -> Portfolio:
        """The portfolio judged."""


def breaches(
    facts: OfPortfolio, code: str, excess: Ints, axes: str, gates: Sequence[str] = ()
) -> Iterator[Breach]:
    """One breach for each positive cell of an array whose axes are named q, y, c, i and g.

    gates : what is said of each gate, where there is an axis g
    """
    portfolio, calendar = facts.portfolio, facts.portfolio.calendar
    words: dict[str, Callable[[int], str]] = {
        "q": calendar.quarter_label,
        "y": lambda year: f"{calendar.first_year + year} 年",
        "c": lambda channel: portfolio.channels[channel].name,
        "i": lambda item: portfolio.items[item].label,
        "g": lambda gate: gates[gate],
    }
    for cell in np.argwhere(excess > 0):
        where = " ".join(words[axis](int(at)) for axis, at in zip(axes, cell, strict=True))
        yield Breach(code=code, where=where, amount=int(excess[tuple(cell)]))


def clock(facts: Facts) -> Iterator[Breach]:
    """The clock moves at its pace in every quarter in which nothing holds it, and in no other."""
    conditions, outcome = facts.portfolio.conditions, facts.outcome
    steps = np.diff(outcome.moved_bps, axis=0, prepend=0)
    pace = np.where(conditions.stopped, 0, conditions.pace_bps)
    left = np.zeros_like(pace)
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        start = PLAY_QUARTERS
        if first is not None and last is not None:
            start = first + int(conditions.start_delay_quarters[i])
            before = outcome.moved_bps[:, i] - steps[:, i]
            left[:, i] = (last + 1 - first) * int(conditions.duration_bps[i]) - before
        pace[:start, i] = 0
    for gate, opened in zip(facts.portfolio.gates, facts.opened, strict=True):
        if gate.holds_bps == 0 and gate in facts.portfolio.binding_gates:
            pace[:opened, facts.portfolio.position[gate.succ_no]] = 0
    finished = np.array([or_end(quarter) for quarter in outcome.finish])
    idle = (np.arange(PLAY_QUARTERS)[:, None] > finished) & (steps == 0)
    off = np.abs(steps - np.minimum(pace, left))
    yield from breaches(facts, "clock", np.where(idle, 0, off), "qi")


def start_gates(facts: Facts) -> Iterator[Breach]:
    """A gate opens when its predecessor came there, and holds its successor until then."""
    told = facts.outcome.gate_opened
    for gate, opened, said in zip(facts.portfolio.gates, facts.opened, told, strict=True):
        if opened != said:
            yield Breach(
                code="ceiling_gate" if gate.holds_bps else "start_gate",
                where=f"前置条件 {gate.id} 达到时间",
                amount=abs(or_end(opened) - (said or 0)),
            )
        if gate.holds_bps or gate not in facts.portfolio.binding_gates:
            continue
        index = facts.portfolio.position[gate.succ_no]
        moved = np.flatnonzero(facts.outcome.moved_bps[:, index] > 0)
        limit = or_end(opened)
        if len(moved) and int(moved[0]) < limit:
            yield Breach(
                code="start_gate",
                where=f"{facts.label(index)} 前置条件 {gate.id}",
                amount=limit - int(moved[0]),
            )


def ceiling_gates(facts: Facts) -> Iterator[Breach]:
    """Before a gate opens its successor stays under the ceiling."""
    for gate, opened in zip(facts.portfolio.gates, facts.opened, strict=True):
        if gate.holds_bps == 0 or gate not in facts.portfolio.binding_gates:
            continue
        index = facts.portfolio.position[gate.succ_no]
        holds = gate.holds_wan(facts.portfolio.items[index])
        last = min(PLAY_QUARTERS, or_end(opened)) - 1
        if holds is None or last < 0 or not facts.plan[index]:
            continue
        # Finished counts as all the money in `progress`, so look at the money itself here.
        cost = max(int(facts.total_cost[index]), 1)
        pre = facts.portfolio.items[index].earlier_wan
        done = pre + int(facts.cum_item[last, index]) * int(facts.plan[index]) // cost
        if done > holds:
            yield Breach(
                code="ceiling_gate",
                where=f"{facts.label(index)} 前置条件 {gate.id} {facts.portfolio.calendar.quarter_label(last)}",
                amount=done - holds,
            )


def planned_at_clock(facts: Facts) -> Iterator[Breach]:
    """Nothing is drawn that the clock has not come to, and nothing negative."""
    yield from breaches(facts, "planned_at_clock", facts.cum_credited - facts.planned, "qci")
    yield from breaches(facts, "planned_at_clock", -facts.outcome.credited_wan, "qci")
    yield from breaches(facts, "planned_at_clock", -facts.outcome.drawn_wan, "qci")


def item_total(facts: Facts) -> Iterator[Breach]:
    """No item draws beyond its cost."""
    drawn = facts.outcome.drawn_wan.sum(axis=(0, 1))
    yield from breaches(facts, "item_total", drawn - facts.total_cost, "i")


def capacity(facts: Facts) -> Iterator[Breach]:
    """No item draws more in a quarter than a quarter of its yearly cap."""
    adjusted = facts.portfolio.adjusted
    plan = facts.portfolio.plan_wan if adjusted is None else adjusted.baseline_wan
    used = (facts.cum[-1] > 0).sum(axis=0)
    roundings = 2 if adjusted is None else 3
    factor = facts.portfolio.conditions.cost_bps
    for i, item in enumerate(facts.portfolio.items):
        cap = max(item.yearly_cap_wan or 0, int(plan[:, :, i].sum(axis=1).max()))
        # A quarter of the yearly cap, and the roundings of the channels: at most 2 × cost + 2 each,
        # once more × cost where an adjusted plan was laid on the clock.
        slack = roundings * int(factor[i]) / 10_000 + 2
        room = cap * int(factor[i]) / 40_000 + int(used[i]) * slack
        over = facts.outcome.drawn_wan[:, :, i].sum(axis=1) - room
        for q in np.flatnonzero(over > 0):
            yield Breach(
                code="capacity",
                where=f"{facts.label(i)} {facts.portfolio.calendar.quarter_label(int(q))}",
                amount=int(np.ceil(over[q])),
            )


def by_year(money: Ints) -> Ints:
    """Quarters summed to years: int64[year, …]."""
    by_year = money.reshape(PLAY_YEARS, 4, *money.shape[1:])
    return np.asarray(by_year.sum(axis=1), dtype=np.int64)


def account(facts: Facts) -> Iterator[Breach]:
    """Every account balances; 随资本金 has one in the years in which its credit is rationed."""
    o = facts.outcome
    off = o.allotted_wan + o.carried_in_wan - by_year(o.drawn_wan) - o.carried_out_wan
    off = np.abs(off - o.taken_back_wan)
    yield from breaches(facts, "account", np.where(facts.accounted[:, :, None], off, 0), "yci")


def _released(facts: Facts, year: int, channel: int, quarter: int, *, shock: bool = True) -> Ints:
    """What of a year's allotments is released by a quarter (0–3): [item].

    A shock inside the year leaves what was released by its quarter, and of the rest a part.
    """
    conditions, allotted = facts.portfolio.conditions, facts.outcome.allotted_wan[year, channel]
    delay = int(conditions.delay_quarters[year, channel])

    def by(k: int) -> Ints:
        part = int(conditions.release_bps[year, channel, : max(0, k + 1 - delay)].sum())
        return np.asarray(allotted * part // 10_000, dtype=np.int64)

    cut_from = int(conditions.cut_from[year, channel])
    if not shock or quarter <= cut_from:
        return by(quarter)
    left = (by(quarter) - by(cut_from)) * int(conditions.cut_bps[year, channel]) // 10_000
    return by(cut_from) + left


def _never_released(facts: Facts) -> Ints:
    """What shocks inside years keep from being released: int64[year, channel, item]."""
    never = np.zeros_like(facts.outcome.allotted_wan)
    for year, channel in np.argwhere(facts.portfolio.conditions.cut_from < 3).tolist():
        if facts.accounted[year, channel]:
            whole = _released(facts, year, channel, 3, shock=False)
            never[year, channel] = whole - _released(facts, year, channel, 3)
    return never


def release(facts: Facts) -> Iterator[Breach]:
    """Within a year no more is drawn than was carried in and released so far."""
    o = facts.outcome
    by_quarter = o.drawn_wan.reshape(PLAY_YEARS, 4, *o.drawn_wan.shape[1:]).cumsum(axis=1)
    for year in range(PLAY_YEARS):
        for c, channel in enumerate(facts.portfolio.channels):
            if not facts.accounted[year, c]:
                continue
            for k in range(4):
                there = o.carried_in_wan[year, c] + _released(facts, year, c, k)
                over = by_quarter[year, k, c] - there
                for i in np.flatnonzero(over > 0):
                    yield Breach(
                        code="release",
                        where=f"{facts.label(int(i))} {channel.name} {facts.portfolio.calendar.quarter_label(4 * year + k)}",
                        amount=int(over[i]),
                    )


def carry_over(facts: Facts) -> Iterator[Breach]:
    """What goes over comes in; 两年 takes the rest back, 至竣工 keeps it until the finish.

    What a shock inside a year kept from being released is taken back under either.
    """
    o, never = facts.outcome, _never_released(facts)
    # A channel's account and those in which it substitutes are each floored three times.
    accounts = int(facts.portfolio.of_kind(Kind.POOLED).sum())
    slack = 3 * accounts * facts.portfolio.conditions.substitution * (never > 0)
    moved = np.abs(o.carried_in_wan[1:] - o.carried_out_wan[:-1])
    # A ration that ends with its year leaves nothing to account for in the free year after it.
    ends = facts.rationed[:-1] & ~facts.rationed[1:]
    yield from breaches(facts, "carry_over", np.where(ends[:, :, None], 0, moved), "yci")
    yield from breaches(facts, "carry_over", o.carried_in_wan[:1], "yci")
    two_years = np.array([c.carry is Carry.TWO_YEARS for c in facts.portfolio.channels])
    # What goes over under the two-year rule is this year's money only.
    older = np.where(two_years[:, None], o.carried_out_wan - o.allotted_wan + never - slack, 0)
    yield from breaches(facts, "carry_over", older, "yci")
    finished = np.array([or_end(quarter) for quarter in o.finish])
    last = 4 * np.arange(PLAY_YEARS)[:, None] + 3
    kept = np.where((finished[None] > last)[:, None, :], 0, o.carried_out_wan)
    yield from breaches(facts, "carry_over", kept, "yci")
    early = np.where(
        (finished[None] > last)[:, None, :] & ~two_years[:, None],
        o.taken_back_wan - never - slack,
        0,
    )
    yield from breaches(facts, "carry_over", early, "yci")
    yield from breaches(facts, "carry_over", never - slack - o.taken_back_wan, "yci")
    told = o.never_released_wan - never
    if (
        facts.portfolio.conditions.substitution
    ):  # told by the channel planned: only the sum is known
        off = np.abs(told.sum(axis=1)) - slack.sum(axis=1)
        yield from breaches(facts, "carry_over", off, "yi")
    else:
        yield from breaches(facts, "carry_over", np.abs(told), "yci")


def loans_in_step(facts: Facts) -> Iterator[Breach]:
    """In a quarter that draws a loan: loan ÷ planned loan is not ahead of capital ÷ planned."""
    kinds = facts.portfolio.of_kind(Kind.CREDIT)
    share = np.array(
        [0 if c.kind is Kind.CREDIT else c.capital_bps for c in facts.portfolio.channels]
    )
    weight = share[:, None]
    for q in range(PLAY_QUARTERS):
        capital = (facts.cum_credited[q] * weight // 10_000).sum(axis=0)
        wanted = (facts.planned[q] * weight // 10_000).sum(axis=0)
        ahead = facts.cum_credited[q] * wanted - facts.planned[q] * capital
        drew = facts.outcome.credited_wan[q] > 0
        bad = (ahead > 0) & drew & kinds[:, None] & (wanted > 0)
        for c, i in np.argwhere(bad):
            yield Breach(
                code="loans_in_step",
                where=f"{facts.label(int(i))} {facts.portfolio.channels[c].name} {facts.portfolio.calendar.quarter_label(q)}",
                amount=-(-int(ahead[c, i]) // int(wanted[i])),
            )


def substitution(facts: Facts) -> Iterator[Breach]:
    """A channel pays at most its own plan or its max_share of the cost, whichever is more."""
    portfolio = facts.portfolio
    most = np.zeros_like(facts.cost)
    for share in portfolio.shares:
        cell = portfolio.channel_position[share.channel_id], portfolio.position[share.item_no]
        most[cell] = share.max_share_bps
    ceiling = np.maximum(most * facts.total_cost // 10_000, facts.cost)
    paid = facts.outcome.drawn_wan.sum(axis=0)
    yield from breaches(facts, "substitution", paid - ceiling, "ci")
    if not portfolio.conditions.substitution:
        off = np.abs(facts.outcome.drawn_wan - facts.outcome.credited_wan)
        yield from breaches(facts, "substitution", off, "qci")
    pooled = portfolio.of_kind(Kind.POOLED)[:, None]
    off = np.where(pooled, 0, np.abs(facts.outcome.drawn_wan - facts.outcome.credited_wan))
    yield from breaches(facts, "substitution", off, "qci")


def sums(facts: Facts) -> Iterator[Breach]:
    """By the channel that pays or by the channel planned, an item draws the same."""
    off = facts.outcome.drawn_wan.sum(axis=1) - facts.outcome.credited_wan.sum(axis=1)
    yield from breaches(facts, "sums", np.abs(off), "qi")


def finish(facts: Facts) -> Iterator[Breach]:
    """An item is finished in the first quarter its clock has ended and all is drawn."""
    duration = facts.portfolio.conditions.duration_bps
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        got = facts.outcome.finish[i]
        expected: int | None = None
        if first is not None and last is not None:
            end = (last + 1 - first) * int(duration[i])
            done = (facts.outcome.moved_bps[:, i] >= end) & (
                facts.cum_item[:, i] == facts.total_cost[i]
            )
            expected = first_where(done)
        if got != expected:
            yield Breach(
                code="finish",
                where=facts.label(i),
                amount=abs(or_end(got) - or_end(expected)),
            )


def delay_ledger(facts: Facts) -> Iterator[Breach]:
    """Causes sum to the delay; for unfinished items to every quarter lost until play's end."""
    moving = (np.diff(facts.outcome.moved_bps, axis=0, prepend=0) > 0).sum(axis=0)
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        if first is None or last is None:
            continue
        finish = facts.outcome.finish[i]
        length = last + 1 - first
        clock_end = length * int(facts.portfolio.conditions.duration_bps[i])
        if finish is not None:
            expected = finish - last
        elif int(facts.outcome.moved_bps[-1, i]) >= clock_end:
            expected = PLAY_QUARTERS - last
        else:
            expected = PLAY_QUARTERS - first - min(int(moving[i]), length)
        got = sum(cause.quarters for cause in facts.outcome.causes[i])
        if got != expected:
            yield Breach(code="delay_ledger", where=facts.label(i), amount=abs(got - expected))


# --- Checks of the year's allotment: need, envelope, who is served first, rationed credit


def need(facts: Facts) -> Iterator[Breach]:
    """Need = planned at the year's end if the clock moves on, less drawn, less carried over."""
    conditions, outcome = facts.portfolio.conditions, facts.outcome
    starts = np.array([100 if q is None else q for q in facts.first])
    starts = starts + conditions.start_delay_quarters
    for year in range(_last_year(facts) + 1):
        moved = outcome.moved_bps[4 * year - 1] if year else np.zeros_like(starts)
        left = np.array([max(0, min(4, 4 * year + 4 - int(q))) for q in starts])
        drawn = facts.cum_credited[4 * year - 1] if year else np.zeros_like(facts.cost)
        wanted = facts.planned_at(moved + 10_000 * left) - drawn
        carried = outcome.carried_in_wan[year]
        if conditions.substitution:  # carried by purpose is not told: only its sum over 统筹 is
            pooled = facts.portfolio.of_kind(Kind.POOLED)
            own = np.where(pooled[:, None], 0, carried)
            off = np.abs(outcome.need_wan[year] - np.maximum(wanted - own, 0))
            off = np.where((pooled | facts.unaccounted(year))[:, None], 0, off)
            most = np.where(pooled[:, None], outcome.need_wan[year] - np.maximum(wanted, 0), 0)
            yield from breaches(facts, "need", np.maximum(off, most), "ci")
            continue
        off = np.abs(outcome.need_wan[year] - np.maximum(wanted - carried, 0))
        off = np.where(facts.unaccounted(year)[:, None], 0, off)
        yield from breaches(facts, "need", off, "ci")


def envelope(facts: Facts) -> Iterator[Breach]:
    """Envelope = allotted + lapsed; nobody gets more of an own envelope than it holds."""
    outcome, portfolio = facts.outcome, facts.portfolio
    pooled = portfolio.of_kind(Kind.POOLED)
    owned = portfolio.of_kind(Kind.EARMARKED, Kind.OWN)
    money = np.where(
        pooled, portfolio.envelopes.pooled_wan, portfolio.envelopes.own_wan.sum(axis=2)
    )
    off = np.abs(money - outcome.allotted_wan.sum(axis=2) - outcome.lapsed_wan)
    off += np.abs(money - outcome.envelope_wan)
    yield from breaches(facts, "envelope", np.where(pooled | owned, off, 0), "yc")
    yield from breaches(facts, "envelope", -outcome.lapsed_wan, "yc")
    over = outcome.allotted_wan - portfolio.envelopes.own_wan
    yield from breaches(facts, "envelope", np.where(owned[:, None], over, 0), "yci")


def allotment(facts: Facts) -> Iterator[Breach]:
    """统筹: class by class, pro rata or in order, nothing lapses that is needed.

    上级指定 and 专属: the smaller of need and own envelope. A channel's own part is what it served
    less what substitutes paid of it.
    """
    portfolio, outcome = facts.portfolio, facts.outcome
    own = outcome.served_wan - outcome.replaced_wan
    for year in range(_last_year(facts) + 1):
        for c, channel in enumerate(portfolio.channels):
            wants = outcome.need_wan[year, c]
            if channel.kind is Kind.POOLED:
                money = int(portfolio.envelopes.pooled_wan[year, c])
                due = _served(facts, money, [int(want) for want in wants])
            elif channel.kind is Kind.CREDIT:
                continue
            else:
                due = np.minimum(wants, portfolio.envelopes.own_wan[year, c])
            off = np.zeros_like(own[:1])
            off[0, c] = np.abs(own[year, c] - due)
            yield from breaches(facts, "allotment", off, "yci")


def _served(facts: Facts, money: int, wants: list[int]) -> Ints:
    due = [0] * len(wants)
    for level in sorted({item.priority for item in facts.portfolio.items}):
        group = [i for i, item in enumerate(facts.portfolio.items) if item.priority == level]
        asked, running, paid = sum(wants[i] for i in group), 0, 0
        there = min(money, asked)
        for i in group:
            running += wants[i]
            in_order = facts.portfolio.conditions.in_order
            until = min(running, there) if in_order else running * there // max(asked, 1)
            due[i], paid = until - paid, until
        money -= there
    return np.array(due, dtype=np.int64)


def credit(facts: Facts) -> Iterator[Breach]:
    """Rationed 随资本金: allotted = need × credit factor."""
    outcome = facts.outcome
    factor = np.minimum(facts.portfolio.conditions.credit_bps, 10_000)[:, :, None]
    off = np.abs(outcome.allotted_wan - outcome.need_wan * factor // 10_000)
    used = np.arange(PLAY_YEARS) <= _last_year(facts)
    rationed = facts.rationed & used[:, None]
    yield from breaches(facts, "credit", np.where(rationed[:, :, None], off, 0), "yci")


def _last_year(facts: Facts) -> int:
    """Last year in which something is left to do: after it engines need not play on."""
    finishes = [
        finish
        for first, finish in zip(facts.first, facts.outcome.finish, strict=True)
        if first is not None
    ]
    if any(finish is None for finish in finishes):
        return PLAY_YEARS - 1
    return max((finish // 4 for finish in finishes if finish is not None), default=0)
