"""The items to look at first, what is at stake in each, and the chain down to the root of a cause."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from portfolio.model.measures.explain import Explanation, Trace
from portfolio.model.measures.held_in_year import HeldBy, held_by, held_by_cause
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import lacking_wan
from portfolio.model.measures.years import late_positions, outstanding_wan, tail_positions
from portfolio.model.money import SEEN_WAN
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.rules.parameters import derive

WATCHED = 3


@dataclass(frozen=True, kw_only=True)
class Watched:
    """An item to look at.

    open_wan : not yet come about at its planned finish (late items only, else 0)
    short_wan : by year, this one and the next: what the year stays below the item's plan
    """

    item_no: int
    open_wan: int
    short_wan: tuple[tuple[int, int], ...]

    @property
    def at_stake_wan(self) -> int:
        """The larger of both: the open money at the finish holds what is short before it."""
        return max(self.open_wan, sum(wan for _, wan in self.short_wan))


def items_to_watch(run: RunResult, quarter: int, most: int = WATCHED) -> tuple[Watched, ...]:
    """The items that matter most at a quarter's end, by the money at stake.

    Looked at are items that finish late, and items that stay below their plan in this year or
    the next. Items finished by then are past help and left out. Each is ranked by the larger of
    the money open at its planned finish and the money short in the two years; late items of
    little money (a tail) come last, items not late with less than 0.05 亿元 not at all.
    """
    portfolio, outcome = run.portfolio, run.outcome
    this = quarter // 4
    years = range(this, min(this + 2, PLAY_YEARS))
    short, outstanding = lacking_wan(portfolio, outcome), outstanding_wan(portfolio, outcome)
    tails = {portfolio.items[index].no for index in tail_positions(portfolio, outcome)}
    rows = []
    for index, item in enumerate(portfolio.items):
        finish = outcome.finish[index]
        if finish is not None and finish <= quarter:
            continue
        late = outcome.is_late(index)
        row = Watched(
            item_no=item.no,
            open_wan=int(outstanding[index]) if late else 0,
            short_wan=tuple((run.calendar.first_year + y, int(short[y, index])) for y in years),
        )
        if late or row.at_stake_wan >= SEEN_WAN:
            rows.append(row)
    rows.sort(key=lambda row: (row.item_no in tails, -row.at_stake_wan, row.item_no))
    return tuple(rows[:most])


def other_late(run: RunResult, quarter: int, told: Collection[int]) -> tuple[int, ...]:
    """Positions of the items still late at a quarter's end but those told (numbers) and tails."""
    portfolio, outcome = run.portfolio, run.outcome
    tails = set(tail_positions(portfolio, outcome))
    found = []
    for index in late_positions(portfolio, outcome):
        item, finish = portfolio.items[index], outcome.finish[index]
        if item.no in told or index in tails or (finish is not None and finish <= quarter):
            continue
        found.append(index)
    return tuple(found)


def held_in_short_years(run: RunResult, row: Watched) -> tuple[HeldBy, ...]:
    """What held an item in the years it is short, each once."""
    portfolio = run.portfolio
    limits, index = derive(portfolio), portfolio.position[row.item_no]
    found = [
        held_by(portfolio, limits, run.outcome, index, year - run.calendar.first_year)
        for year, wan in row.short_wan
        if wan >= SEEN_WAN
    ]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class Step:
    """A cause behind a cause: the item it held back, and what it is."""

    item_no: int
    why: HeldBy


@dataclass(frozen=True, kw_only=True)
class Behind:
    """The root of a cause and the steps to it; no steps where the cause is its own root.

    plan_conflict : the root is a gate that the plan itself conflicts with
    own_cause : the root is one of the causes of the item itself
    """

    root: Trace
    steps: tuple[Step, ...]
    plan_conflict: bool
    own_cause: bool


def behind(main: Trace, told: Explanation, portfolio: Portfolio) -> Behind:
    """The root of one of an item's causes, along the largest cause at each step."""
    steps: list[Step] = []
    trace, item_no = main, told.item.no
    while below := _below(trace):
        if trace.gate is not None:
            item_no = trace.gate.pred.no
        trace = max(below, key=lambda one: one.quarters)
        why = held_by_cause(portfolio, trace.kind, trace.ref, portfolio.position[item_no])
        steps.append(Step(item_no=item_no, why=why))
    conflict = bool(steps) and trace.gate is not None and trace.gate.conflict is not None
    own = any((trace.kind, trace.ref) == (cause.kind, cause.ref) for cause in told.causes)
    return Behind(root=trace, steps=tuple(steps), plan_conflict=conflict, own_cause=own)


def largest(traces: tuple[Trace, ...]) -> Trace:
    """The cause of most quarters, the first among equals."""
    return max(traces, key=lambda trace: trace.quarters)


def _below(trace: Trace) -> tuple[Trace, ...]:
    """The causes behind a cause; none for a root, and for what has been told."""
    if trace.gate is not None:
        return trace.gate.causes
    if trace.capacity is not None:
        return trace.capacity.before
    return trace.money.before if trace.money is not None else ()
