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
from portfolio.model.items import Carry, Kind, Profile
from portfolio.model.outcome import CauseKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS, or_end
from portfolio.model.rules.opening import opening
from portfolio.model.rules.rulebook import RULE_BY_CODE

#: How an item's clock runs, by the names of `Conditions`.
CLOCK = ("duration_bps", "lag_bps")
#: What is of play alone: there is none of it in years that were over before.
OF_PLAY = (
    "need_wan",
    "allotted_wan",
    "carried_in_wan",
    "served_wan",
    "replaced_wan",
    "never_released_wan",
    "taken_back_wan",
    "carried_out_wan",
    "lapsed_wan",
    "follows_in_wan",
    "follows_out_wan",
    "loan_gap_wan",
    "unplaced_wan",
    "unplaced_back_wan",
)


class Facts:
    """What the checks need, worked out anew."""

    def __init__(self, portfolio: Portfolio, outcome: Outcome) -> None:
        self.portfolio, self.outcome = portfolio, outcome
        items = len(portfolio.items)
        planned = _along_the_clock(portfolio)
        conditions, self.begun = portfolio.conditions, opening(portfolio)
        self.cum = planned if portfolio.facts is None else self.begun.rest_wan
        self.plan = planned[-1].sum(axis=0)
        self.channels_used = (planned[-1] > 0).sum(axis=0)
        self.before = self.begun.drawn_wan.sum(axis=0)
        self.scale = conditions.cost_bps * conditions.volume_bps // 10_000
        self.cost = self.begun.drawn_wan + self.cum[-1] * self.scale // 10_000
        self.total_cost = self.cost.sum(axis=0)
        self.approved = (planned[-1] * conditions.volume_bps // 10_000).sum(axis=0)
        if portfolio.facts is not None:
            left = self.plan - self.begun.reached_wan
            self.approved = self.begun.reached_wan + left * conditions.volume_bps // 10_000
        self.moved = np.array([self._moved(i) for i in range(items)], dtype=np.int64)
        money = planned.sum(axis=1)
        some = [np.flatnonzero(money[:, i]) for i in range(items)]
        self.first = [int(s[0]) - 1 if len(s) else None for s in some]
        full = [np.flatnonzero(money[:, i] == self.plan[i]) for i in range(items)]
        self.last = [int(f[0]) - 1 if len(s) else None for f, s in zip(full, some, strict=True)]
        self.planned = np.stack([self.planned_at(moved) for moved in outcome.moved_bps])
        self.cum_credited = outcome.credited_wan.cumsum(axis=0) - self.begun.drawn_wan
        self.cum_item = self.cum_credited.sum(axis=1) + self.before
        self.finished = np.array([or_end(quarter) for quarter in outcome.finish])
        self.paid = self._paid()
        self.opened = self._gates_opened()
        self.in_time: dict[tuple[int, int], Ints] = {}
        credit = portfolio.of_kind(Kind.CREDIT)
        rationed = (conditions.credit_bps < 10_000) | (conditions.delay_quarters > 0)
        self.rationed = credit & rationed
        self.accounted = ~credit | self.rationed

    def _moved(self, i: int) -> int:
        """Where a clock stands that has come to where its item stands on the plan."""
        place = int(self.begun.position_bps[i])
        duration, lag = (int(getattr(self.portfolio.conditions, n)[i]) for n in CLOCK)
        stretched = -(-place * duration // 10_000)
        return stretched if lag < 0 else min(stretched, place + lag)

    def agreed_last(self, i: int) -> int:
        """The quarter in which an item is to end: of the approved version in force, else the plan's."""
        last, told = self.last[i], self.portfolio.facts
        assert last is not None
        agreed: int | None = None
        for version in self.portfolio.versions:
            if told is not None and version.effective < told.asof_months:
                _, agreed = version.spans.get(self.portfolio.items[i].no, (None, None))
        return last if agreed is None else agreed

    def clock_end(self, i: int) -> int:
        """Where an item's clock ends."""
        first, last = self.first[i], self.last[i]
        assert first is not None and last is not None
        duration, lag = (int(getattr(self.portfolio.conditions, n)[i]) for n in CLOCK)
        quarters = last + 1 - first
        stretched = quarters * duration
        return stretched if lag < 0 else min(stretched, quarters * 10_000 + lag)

    def on_plan(self, i: int, moved: int) -> tuple[int, int, int]:
        """Whole quarters of its plan that an item's clock has come to, and what of the next one.

        The part as a fraction: numerator and denominator.
        """
        duration, lag = (int(getattr(self.portfolio.conditions, n)[i]) for n in CLOCK)
        if lag < 0:
            return *divmod(moved, duration), duration
        return *divmod(max(moved * 10_000 // duration, moved - lag), 10_000), 10_000

    def planned_at(self, moved: Ints) -> Ints:
        """Cost-scaled plan at a clock [item], item by item: int64[channel, item]."""
        result = np.zeros_like(self.cum[0])
        for i, first in enumerate(self.first):
            if first is None:
                continue
            last = self.last[i]
            assert last is not None
            whole, rest, of = self.on_plan(i, int(moved[i]))
            low = min(first + whole, last + 1)
            high = min(low + 1, last + 1)
            column = self.cum[low, :, i]
            column = column + (self.cum[high, :, i] - column) * rest // of
            result[:, i] = np.maximum(column, 0)
        return np.asarray(result * self.scale // 10_000, dtype=np.int64)

    def _paid(self) -> Ints:
        """By item the first quarter at whose end it is finished and owes nothing, else play's end.

        What facts leave open is not paid before the as-of, though luck may leave nothing of it.
        """
        quarters = np.arange(PLAY_QUARTERS)[:, None]
        since = np.where(self.begun.paid, 0, self.begun.quarter)
        paid = (quarters >= np.maximum(self.finished, since)) & (self.cum_item == self.total_cost)
        return np.where(paid.any(axis=0), paid.argmax(axis=0), PLAY_QUARTERS)

    def unaccounted(self, year: int) -> Mask:
        """Channels without an account in a year: 随资本金 whose credit is free."""
        return np.asarray(~self.accounted[year], dtype=np.bool_)

    def progress(self, index: int, quarter: int) -> int:
        """Progress at approved cost at a quarter's end as gates see it, earlier money included.

        A finished item has all of it, though it may owe its tail.
        """
        item = self.portfolio.items[index]
        if quarter < 0:
            return item.earlier_wan
        if quarter < self.begun.quarter:
            return item.earlier_wan + int(self.begun.done_wan[quarter, index])
        finish = self.outcome.finish[index]
        if finish is not None and finish <= quarter:
            return item.earlier_wan + int(self.approved[index])
        before, reached = int(self.before[index]), int(self.begun.reached_wan[index])
        cost = max(int(self.total_cost[index]) - before, 1)
        done = (int(self.cum_item[quarter, index]) - before) * (int(self.approved[index]) - reached)
        return item.earlier_wan + reached + done // cost

    def _gates_opened(self) -> list[int | None]:
        """Quarter from which each gate is open, by the outcome's own money and clocks."""
        opened = [self._gate_opened(g) for g in range(len(self.portfolio.gates))]
        return [q if q is None or q < PLAY_QUARTERS else None for q in opened]

    def _gate_opened(self, g: int) -> int | None:
        """Quarter from which a gate is open; one that facts have broken is open from the as-of on."""
        gate, begun = self.portfolio.gates[g], self.begun.quarter
        opened = self._reached(g)
        if self.portfolio.facts is None or (opened is not None and opened <= begun):
            return opened
        succ = self.portfolio.position[gate.succ_no]
        if gate.holds_bps == 0:
            return begun if self.begun.started[succ] else opened
        holds = gate.holds_wan(self.portfolio.items[succ])
        assert holds is not None
        approved = int(self.before[succ]) + int(np.maximum(self.cum[-1, :, succ], 0).sum())
        room = holds - self.portfolio.items[succ].earlier_wan
        ceiling = room * approved // max(int(self.plan[succ]), 1)
        return begun if self.before[succ] > ceiling else opened

    def _reached(self, g: int) -> int | None:
        gate = self.portfolio.gates[g]
        index = self.portfolio.position[gate.pred_no]
        pred = self.portfolio.items[index]
        if self.plan[index] == 0:
            return 0
        if gate.type is GateType.SS:
            if pred.earlier_wan > 0:
                return 0
            start = self.begun.start[index]
            if start is None:
                moves = np.flatnonzero(self.outcome.moved_bps[:, index] > 0)
                start = int(moves[0]) if len(moves) else None
            return None if start is None else start + gate.lag_quarters
        at = gate.at_wan(pred)
        assert at is not None
        if pred.earlier_wan >= at:
            return 0
        finish = self.begun.finish[index]
        for quarter in range(self.begun.quarter):  # facts are judged by the approved plan alone
            finished = finish is not None and finish <= quarter
            if finished or self.progress(index, quarter) >= at:
                return quarter + 1 + gate.lag_quarters
        beyond = (at - pred.earlier_wan) * int(self.approved[index]) // int(self.plan[index])
        at = pred.earlier_wan + beyond
        low, high = self.begun.quarter, PLAY_QUARTERS
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
    facts: OfPortfolio,
    code: str,
    excess: Ints,
    axes: str,
    gates: Sequence[str] = (),
    *,
    since: int = 0,
) -> Iterator[Breach]:
    """One breach for each positive cell of an array whose axes are named q, y, c, i and g.

    gates : what is said of each gate, where there is an axis g
    since : index of the first year on the axis y
    """
    portfolio, calendar = facts.portfolio, facts.portfolio.calendar
    words: dict[str, Callable[[int], str]] = {
        "q": calendar.quarter_label,
        "y": lambda year: f"{calendar.first_year + since + year} 年",
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
    begun = facts.begun
    steps = np.zeros_like(outcome.moved_bps)
    steps[begun.quarter :] = np.diff(
        outcome.moved_bps[begun.quarter :], axis=0, prepend=facts.moved[None]
    )
    pace = np.where(conditions.stopped, 0, conditions.pace_bps)
    if begun.past_bps:
        left = pace[begun.quarter] * (10_000 - begun.past_bps) // 10_000
        pace[begun.quarter] = np.where(conditions.stopped[begun.quarter], 0, np.maximum(left, 1))
    pace[: begun.quarter] = 0
    left = np.zeros_like(pace)
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        start = PLAY_QUARTERS
        if first is not None and last is not None:
            start = first + int(conditions.start_delay_quarters[i])
            before = outcome.moved_bps[:, i] - steps[:, i]
            left[:, i] = facts.clock_end(i) - before
        pace[: 0 if begun.started[i] else start, i] = 0
    for gate, opened in zip(facts.portfolio.gates, facts.opened, strict=True):
        if gate.holds_bps == 0 and facts.portfolio.binds(gate):
            succ = facts.portfolio.position[gate.succ_no]
            pace[: 0 if begun.started[succ] else opened, succ] = 0
    idle = (np.arange(PLAY_QUARTERS)[:, None] > facts.finished) & (steps == 0)
    off = np.abs(steps - np.minimum(pace, left))
    yield from breaches(facts, "clock", np.where(idle, 0, off), "qi")


def bundle_clock(facts: Facts) -> Iterator[Breach]:
    """Bundles alone lag, as far as their projects are late, and are stretched by a part of it.

    The projects' own delay is not told: what lag and stretch say of it must be the same.
    """
    portfolio, settings = facts.portfolio, facts.portfolio.risk.bundles
    for i, item in enumerate(portfolio.items):
        duration, lag = (int(getattr(portfolio.conditions, name)[i]) for name in CLOCK)
        if lag < 0:
            continue
        if settings is None or item.profile is not Profile.PROGRAMME:
            yield Breach(code="bundle_clock", where=facts.label(i), amount=lag + 1)
            continue
        # lag = late × W // 2, so late is between 2 lag ÷ W and (2 lag + 1) ÷ W.
        least = -(-2 * lag // settings.life_quarters)
        most = (2 * lag + 1) // settings.life_quarters
        low, high = (10_000 + late * settings.stretch_bps // 10_000 for late in (least, most))
        if lag == 0:
            low = min(low, 10_000 - settings.stretch_bps)  # projects in less than their time
        off = max(low - duration, duration - high, 0)
        if off:
            yield Breach(code="bundle_clock", where=facts.label(i), amount=off)


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
        if gate.holds_bps or not facts.portfolio.binds(gate):
            continue
        index = facts.portfolio.position[gate.succ_no]
        if facts.begun.started[index]:
            continue
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
        if gate.holds_bps == 0 or not facts.portfolio.binds(gate):
            continue
        index = facts.portfolio.position[gate.succ_no]
        holds = gate.holds_wan(facts.portfolio.items[index])
        last = min(PLAY_QUARTERS, or_end(opened)) - 1
        if holds is None or last < facts.begun.quarter or not facts.plan[index]:
            continue
        # Finished counts as all the money in `progress`, so look at the money itself here.
        cost = max(int(facts.total_cost[index]), 1)
        pre = facts.portfolio.items[index].earlier_wan
        done = pre + int(facts.cum_item[last, index]) * int(facts.plan[index]) // cost
        played = int(facts.cum_item[last, index]) > int(facts.before[index])
        if done > holds and played:
            yield Breach(
                code="ceiling_gate",
                where=f"{facts.label(index)} 前置条件 {gate.id} {facts.portfolio.calendar.quarter_label(last)}",
                amount=done - holds,
            )


def planned_at_clock(facts: Facts) -> Iterator[Breach]:
    """Nothing is drawn that the clock has not come to, and nothing negative."""
    beyond = facts.cum_credited - facts.planned
    beyond[: facts.begun.quarter] = 0
    yield from breaches(facts, "planned_at_clock", beyond, "qci")
    for money in (facts.outcome.credited_wan, facts.outcome.drawn_wan):
        yield from breaches(facts, "planned_at_clock", -_played(facts, money), "qci")


def _played(facts: Facts, money: Ints) -> Ints:
    """Money by quarter that was played: without the facts."""
    played = money.copy()
    if facts.portfolio.facts is not None:
        played[: facts.begun.quarter + 1] -= facts.begun.facts_wan
    return played


def taken_as_entered(facts: Facts) -> Iterator[Breach]:
    """Facts are what they were entered as, and nothing of ours lies before them."""
    if facts.portfolio.facts is None:
        return
    outcome, begun = facts.outcome, facts.begun
    past = begun.quarter
    off = np.abs(outcome.drawn_wan[:past] - begun.facts_wan[:past])
    yield from breaches(facts, "facts", off, "qci")
    short = begun.facts_wan[past] - outcome.drawn_wan[past]
    yield from breaches(facts, "facts", short[None], "qci")
    yield from breaches(facts, "facts", outcome.lost[:past], "qi")
    for name in OF_PLAY:
        ours = getattr(outcome, name)[: past // 4]
        yield from breaches(facts, "facts", np.abs(ours), "yci"[: ours.ndim])
    early = [event for event in outcome.events if event.quarter < past]
    if early:
        where = facts.portfolio.calendar.quarter_label(early[0].quarter)
        yield Breach(code="facts", where=f"{where} {early[0].kind}", amount=len(early))
    for told, known in ((outcome.start, begun.start), (outcome.finish, begun.finish)):
        for i, (said, fact) in enumerate(zip(told, known, strict=True)):
            if said != fact and (fact is not None or (said is not None and said < past)):
                yield Breach(
                    code="facts", where=facts.label(i), amount=abs(or_end(said) - or_end(fact))
                )


def item_total(facts: Facts) -> Iterator[Breach]:
    """No item draws beyond its cost."""
    drawn = facts.outcome.drawn_wan.sum(axis=(0, 1))
    yield from breaches(facts, "item_total", drawn - facts.total_cost, "i")


def capacity(facts: Facts) -> Iterator[Breach]:
    """No item draws more in a quarter than a quarter of its yearly cap."""
    adjusted = facts.portfolio.adjusted
    plan = facts.portfolio.plan_wan if adjusted is None else adjusted.baseline_wan
    used = facts.channels_used
    roundings = 2 if adjusted is None else 3
    factor = facts.portfolio.conditions.cost_bps
    for i, item in enumerate(facts.portfolio.items):
        cap = max(item.yearly_cap_wan or 0, int(plan[:, :, i].sum(axis=1).max()))
        if facts.portfolio.facts is not None:
            cap = max(cap, 4 * int(np.diff(facts.cum[:, :, i].sum(axis=1)).max(initial=0)))
        # A quarter of the yearly cap, and the roundings of the channels: at most 2 × cost + 2 each,
        # once more × cost where an adjusted plan was laid on the clock.
        slack = roundings * int(factor[i]) / 10_000 + 2
        room = cap * int(factor[i]) / 40_000 + int(used[i]) * slack
        over = facts.outcome.drawn_wan[:, :, i].sum(axis=1) - room
        past = facts.begun.quarter
        if facts.portfolio.facts is not None:
            over[:past] = 0
            over[past] = min(over[past], _played(facts, facts.outcome.drawn_wan)[past, :, i].sum())
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
    off[: facts.begun.quarter // 4] = 0
    yield from breaches(facts, "account", np.where(facts.accounted[:, :, None], off, 0), "yci")


def _released(facts: Facts, year: int, channel: int, quarter: int, *, shock: bool = True) -> Ints:
    """What of a year's allotments is released by a quarter (0–3): [item].

    A shock inside the year leaves what was released by its quarter, and of the rest a part.
    """
    conditions, allotted = facts.portfolio.conditions, facts.outcome.allotted_wan[year, channel]
    delay = int(conditions.delay_quarters[year, channel])

    def by(k: int) -> Ints:
        part = int(conditions.release_bps[year, channel, : max(0, k + 1 - delay)].sum())
        pattern = np.asarray(allotted * part // 10_000, dtype=np.int64)
        if facts.portfolio.facts is None:
            return pattern
        return np.asarray(np.maximum(pattern, _in_time(facts, year, k)[channel]))

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
    """Within a year no more is drawn than was carried in and released so far.

    Quarters that facts tell whole are not judged: money that is taken back later in the year was
    there when it was drawn.
    """
    o = facts.outcome
    by_quarter = o.drawn_wan.reshape(PLAY_YEARS, 4, *o.drawn_wan.shape[1:]).cumsum(axis=1)
    for year in range(facts.begun.quarter // 4, PLAY_YEARS):
        for c, channel in enumerate(facts.portfolio.channels):
            if not facts.accounted[year, c]:
                continue
            for k in range(max(0, facts.begun.quarter - 4 * year), 4):
                there = o.carried_in_wan[year, c] + _released(facts, year, c, k)
                over = by_quarter[year, k, c] - there
                for i in np.flatnonzero(over > 0):
                    yield Breach(
                        code="release",
                        where=f"{facts.label(int(i))} {channel.name} {facts.portfolio.calendar.quarter_label(4 * year + k)}",
                        amount=int(over[i]),
                    )


def _in_time(facts: Facts, year: int, k: int) -> Ints:
    """What of a year's allotments comes as the unhindered clock needs it, by quarter k: [channel, item].

    With what facts have spent of the year's budget; that alone where the channel is delayed.
    """
    if (year, k) in facts.in_time:
        return facts.in_time[year, k]
    o, begun = facts.outcome, facts.begun
    opens = year == begun.quarter // 4
    spent = begun.spent_wan if opens else np.zeros_like(begun.spent_wan)
    used = begun.used_wan if opens else np.zeros_like(begun.used_wan)
    given = o.allotted_wan[year] - spent
    if facts.portfolio.conditions.substitution:
        due = given  # carried by purpose is not told: no more than all of it
    else:
        moved = facts.moved if opens else o.moved_bps[4 * year - 1]
        drawn = facts.cum_credited[4 * year - 1] if not opens else np.zeros_like(facts.cost)
        clock = clock_after(facts, moved, year, k + 1)
        due = facts.planned_at(clock) - drawn - (o.carried_in_wan[year] - used)
    late = facts.portfolio.conditions.delay_quarters[year] > 0
    there = spent + np.where(late[:, None], 0, np.maximum(np.minimum(given, due), 0))
    facts.in_time[year, k] = there
    return there


def clock_after(facts: Facts, moved: Ints, year: int, quarters: int) -> Ints:
    """Clocks after so many quarters of a year, if each moves in all that are left from its start on."""
    begun = facts.begun
    starts = np.array([100 if q is None else q for q in facts.first])
    starts = np.maximum(starts + facts.portfolio.conditions.start_delay_quarters, begun.quarter)
    starts = np.where(begun.started, begun.quarter, starts)
    end, since = 4 * year + quarters, max(4 * year, begun.quarter)
    left = np.array([min(4, max(0, end - max(int(q), since))) for q in starts])
    past = begun.past_bps if year == begun.quarter // 4 else 0
    return np.asarray(moved + 10_000 * left - past * ((starts <= begun.quarter) & (left > 0)))


def carry_over(facts: Facts) -> Iterator[Breach]:
    """What goes over comes in; 两年 takes the rest back, 至竣工 keeps it until all is paid.

    What a shock inside a year kept from being released is taken back under either.
    """
    o, begun, never = facts.outcome, facts.begun, _never_released(facts)
    opens, given = begun.quarter // 4, o.allotted_wan.copy()
    given[opens] -= begun.spent_wan * facts.accounted[opens][:, None]
    # A channel's account and those in which it substitutes are each floored three times.
    accounts = int(facts.portfolio.of_kind(Kind.POOLED).sum())
    slack = 3 * accounts * facts.portfolio.conditions.substitution * (never > 0)
    if facts.portfolio.facts is not None and facts.portfolio.conditions.substitution:
        slack = given  # what each account is owed at the unhindered clock is not told
    placed = o.carried_in_wan[1:] - o.carried_out_wan[:-1]
    moved = np.where(
        (o.unplaced_wan - o.unplaced_back_wan)[:-1, :, None] > 0, -placed, np.abs(placed)
    )
    # A ration that ends with its year leaves nothing to account for in the free year after it.
    ends = facts.rationed[:-1] & ~facts.rationed[1:]
    moved[:opens] = 0
    yield from breaches(facts, "carry_over", np.where(ends[:, :, None], 0, moved), "yci")
    yield from breaches(facts, "carry_over", _placed(facts, placed), "yc")
    if facts.portfolio.facts is None:
        yield from breaches(facts, "carry_over", o.carried_in_wan[:1], "yci")
    two_years = np.array([c.carry is Carry.TWO_YEARS for c in facts.portfolio.channels])
    # What goes over under the two-year rule is this year's money only, and none that facts have spent.
    older = np.where(two_years[:, None], o.carried_out_wan - given + never - slack, 0)
    yield from breaches(facts, "carry_over", older, "yci")
    owing = (facts.paid > 4 * np.arange(PLAY_YEARS)[:, None] + 3) & (facts.plan > 0)
    owing = owing[:, None, :]
    yield from breaches(facts, "carry_over", np.where(owing, 0, o.carried_out_wan), "yci")
    early = np.where(owing & ~two_years[:, None], o.taken_back_wan - never - slack, 0)
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


def _placed(facts: Facts, placed: Ints) -> Ints:
    """What was carried in without an item: entered, placed with items, taken back or left over."""
    o, begun = facts.outcome, facts.begun
    opens = begun.quarter // 4
    there = np.zeros_like(o.unplaced_wan)
    there[1:] = (o.unplaced_wan - o.unplaced_back_wan)[:-1]
    there[1:] -= np.where(facts.rationed[1:] | facts.accounted[1:], placed.sum(axis=2), 0)
    known = begun.used_wan + begun.carried_wan
    there[opens] = begun.unplaced_wan - (o.carried_in_wan[opens] - known).sum(axis=1)
    there[:opens] = o.unplaced_wan[:opens]
    pooled = facts.portfolio.of_kind(Kind.POOLED)
    return np.where(pooled, np.abs(there - o.unplaced_wan), 0)


def loans_in_step(facts: Facts) -> Iterator[Breach]:
    """In a quarter that draws a loan: loan ÷ planned loan is not ahead of capital ÷ planned."""
    kinds = facts.portfolio.of_kind(Kind.CREDIT)
    share = np.array(
        [0 if c.kind is Kind.CREDIT else c.capital_bps for c in facts.portfolio.channels]
    )
    weight, played = share[:, None], _played(facts, facts.outcome.credited_wan)
    for q in range(facts.begun.quarter, PLAY_QUARTERS):
        capital = (facts.cum_credited[q] * weight // 10_000).sum(axis=0)
        wanted = (facts.planned[q] * weight // 10_000).sum(axis=0)
        ahead = facts.cum_credited[q] * wanted - facts.planned[q] * capital
        drew = played[q] > 0
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
    """An item is finished in the first quarter its clock has ended and all but the tail is drawn."""
    due = facts.total_cost * (10_000 - facts.portfolio.tail_bps)
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        got = facts.outcome.finish[i]
        expected: int | None = None
        if first is not None and last is not None:
            end = facts.clock_end(i)
            done = (facts.outcome.moved_bps[:, i] >= end) & (
                facts.cum_item[:, i] * 10_000 >= due[i]
            )
            done[: facts.begun.quarter] = False
            expected = first_where(done)
            known = facts.begun.finish[i]
            expected = expected if known is None else known
        if got != expected:
            yield Breach(
                code="finish",
                where=facts.label(i),
                amount=abs(or_end(got) - or_end(expected)),
            )


def delay_ledger(facts: Facts) -> Iterator[Breach]:
    """Causes sum to the delay; for unfinished items to every quarter lost until play's end."""
    begun = facts.begun
    since = np.diff(facts.outcome.moved_bps[begun.quarter :], axis=0, prepend=facts.moved[None])
    moving = (since > 0).sum(axis=0)
    for i, first in enumerate(facts.first):
        last = facts.last[i]
        if first is None or last is None:
            continue
        finish = facts.outcome.finish[i]
        length = last + 1 - first
        clock_end = facts.clock_end(i)
        if finish is not None:
            expected = finish - facts.agreed_last(i)
        elif int(facts.outcome.moved_bps[-1, i]) >= clock_end:
            expected = PLAY_QUARTERS - facts.agreed_last(i)
        else:
            left, behind, opens = _left(facts, i, first, length)
            expected = behind + PLAY_QUARTERS - opens - min(int(moving[i]), left)
        yield from _judged_behind(facts, i, first, length)
        got = sum(cause.quarters for cause in facts.outcome.causes[i])
        if got != expected:
            yield Breach(code="delay_ledger", where=facts.label(i), amount=abs(got - expected))


def _left(facts: Facts, i: int, first: int, length: int) -> tuple[int, int, int]:
    """Moving quarters left at the plan's pace, quarters lost before play, the first that counts."""
    begun, later = facts.begun, first + length - 1 - facts.agreed_last(i)
    if not begun.started[i] and first > begun.quarter:
        return length, later, first
    rest = 10_000 * length - int(begun.position_bps[i])
    left = -(-(rest + (begun.past_bps if rest else 0)) // 10_000)
    finish = begun.finish[i]
    last = begun.quarter + max(1, left) - 1 if finish is None else finish
    behind = last - facts.agreed_last(i)
    return left, behind if facts.portfolio.facts is not None else 0, begun.quarter


def _judged_behind(facts: Facts, i: int, first: int, length: int) -> Iterator[Breach]:
    """What was lost before play is known when it begins, whatever comes after."""
    told = [c.quarters for c in facts.outcome.causes[i] if c.kind is CauseKind.BEHIND]
    _, behind, _ = _left(facts, i, first, length)
    if sum(told) != behind:
        off = abs(sum(told) - behind)
        yield Breach(code="delay_ledger", where=facts.label(i), amount=off)
