"""What held each item back in each quarter, read off an outcome after the play.

The play's own ledger counts the quarters up to an item's finish. Here the same rules tell what
bound in *any* quarter, and sum the quarters up to the moment an item reached a part of its money:
that is what the items waiting for it want to know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import first_where
from portfolio.model.measures.held_in_year import HeldBy, held_by_cause
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import late_positions
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import CauseKind, Lost, Outcome, cause_of
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, or_end
from portfolio.model.rules.allotment import planned_at
from portfolio.model.rules.parameters import Limits, in_proportion, progress, progress_by_quarter

#: A cause without its quarters: its kind and the id of the gate or channel.
CauseKey = tuple[CauseKind, str | None]


@dataclass(frozen=True, kw_only=True)
class HeldBack:
    """By quarter and item: why it was held back, and how far plan and money had come.

    due_wan : progress at approved cost if all that the clock asks for had been drawn
    progress_wan : progress at approved cost; both with the earlier money
    behind_wan : planned at the clock less drawn, at actual cost
    plan_wan : the plan's own line, whatever facts have made of it
    """

    limits: Limits
    outcome: Outcome
    due_wan: Wan
    progress_wan: Wan
    behind_wan: Wan
    plan_wan: Wan


def gather_held_back(limits: Limits, outcome: Outcome, plan_wan: Wan | None = None) -> HeldBack:
    """Put side by side what the clock asked for, what came, and what held each item back.

    plan_wan : [quarter, item] the plan cumulated; the play's own where it begins with the plan
    """
    before = limits.opening.drawn_wan.sum(axis=0)
    planned = [planned_at(limits, moved).sum(axis=0) for moved in outcome.moved_bps]
    due = np.array(planned, dtype=np.int64) + before
    drawn_sum = outcome.credited_wan.sum(axis=1).cumsum(axis=0)
    finish = np.array([or_end(quarter) for quarter in outcome.finish])
    cost = limits.cost_wan.sum(axis=0)
    done = np.arange(PLAY_QUARTERS)[:, None] >= finish
    return HeldBack(
        limits=limits,
        outcome=outcome,
        due_wan=limits.pre_wan + progress(limits, due, due >= cost),
        progress_wan=limits.pre_wan + progress_by_quarter(limits, drawn_sum, done),
        behind_wan=due - drawn_sum,
        plan_wan=limits.cum_wan[1:].sum(axis=1) if plan_wan is None else plan_wan,
    )


def cause_key(held: HeldBack, quarter: int, item: int) -> CauseKey | None:
    """What held an item back in a quarter; None when nothing did."""
    outcome = held.outcome
    code, to = int(outcome.lost[quarter, item]), int(outcome.lost_to[quarter, item])
    if code == Lost.NOT:
        return None
    return cause_of(held.limits, item, code, to, outcome.gate_opened)


def count_causes(held: HeldBack, item: int, quarters: Iterable[int]) -> Counter[CauseKey]:
    """How often each cause held an item back in the given quarters."""
    keys = (cause_key(held, quarter, item) for quarter in quarters)
    return Counter(key for key in keys if key is not None)


def arrears_since(held: HeldBack, item: int, quarter: int) -> int:
    """The first quarter whose arrears an item still had at the end of `quarter`.

    Earlier ones were made up: the item had drawn all its clock asked for (to the roundings of its
    channels), or all that a gate's ceiling let it, and then the ceiling alone is what it lacks.
    """
    slack = int(held.limits.roundings_wan[item])
    even = held.behind_wan[: quarter + 1, item] <= slack
    at_ceiling = held.outcome.lost[: quarter + 1, item] == Lost.CEILING
    last = max([-1, *np.flatnonzero(even | at_ceiling).tolist()])
    if last < 0 or even[last]:
        return last + 1
    while last > 0 and at_ceiling[last - 1]:
        last -= 1
    return last


@dataclass(frozen=True, kw_only=True)
class Reach:
    """When an item came to a threshold, by plan and in play, and what lay between.

    `causes` and `rounding_quarters` sum to reached − planned where both are known; rounding is
    what a threshold between two whole 万元 may cost.
    """

    planned: int | None
    reached: int | None
    causes: tuple[tuple[CauseKey, int], ...]
    rounding_quarters: int


def reach(held: HeldBack, item: int, at_wan: int | None) -> Reach:
    """When an item reached `at_wan` at approved cost (None: its start), and what kept it.

    Quarters the clock stood still before it came to the threshold count by their reason; so do
    quarters after that in which the money was behind. The rest is duration and pace.
    """
    outcome = held.outcome
    if at_wan is None:
        limits, reached = held.limits, outcome.start[item]
        planned = int(limits.first[item]) if limits.length[item] else None
        due = reached
    else:
        planned = first_where(_plan_progress(held, item) >= at_wan)
        reached = first_where(held.progress_wan[:, item] >= at_wan)
        due = first_where(held.due_wan[:, item] >= at_wan)
    end = or_end(reached)
    before_due = np.arange(end) < or_end(due)
    codes = outcome.lost[:end, item]
    standing = np.isin(codes, (Lost.LATE_START, Lost.START_GATE, Lost.STOPPAGE)) & before_due
    behind = ~before_due & (codes != Lost.NOT)
    counted = count_causes(held, item, map(int, np.flatnonzero(standing | behind)))
    rounding = int((~before_due).sum() - behind.sum())
    if planned is not None and due is not None:
        rest = due - planned - int(standing.sum())
        rounding += _share_rest(held, item, due, rest, counted)
    causes = tuple((key, quarters) for key, quarters in counted.items() if quarters)
    return Reach(planned=planned, reached=reached, causes=causes, rounding_quarters=rounding)


def _share_rest(held: HeldBack, item: int, due: int, rest: int, counted: Counter[CauseKey]) -> int:
    """Give quarters beyond the standing ones to pace, then duration; return what neither has.

    After facts what neither has was lost before them.
    """
    limits = held.limits
    if limits.opening.from_facts:
        return _share_rest_after_facts(held, item, due, rest, counted)
    moved = held.outcome.moved_bps[: due + 1, item]
    steps = np.diff(moved, prepend=0)
    pace = int((steps > 0).sum()) - -(-int(moved[-1]) // BPS)
    counted[CauseKind.PACE, None] += pace
    if limits.duration_bps[item] == BPS:
        return rest - pace
    counted[CauseKind.DURATION, None] += rest - pace
    return 0


def _share_rest_after_facts(
    held: HeldBack, item: int, due: int, rest: int, counted: Counter[CauseKey]
) -> int:
    """The same where play begins with facts: what was lost before comes first."""
    limits, begun = held.limits, held.limits.opening
    if due < begun.quarter or limits.duration_bps[item] == BPS:
        moved = held.outcome.moved_bps[begun.quarter : due + 1, item]
        steps = np.diff(moved, prepend=limits.moved_bps[item])
        left = int(steps.sum()) + (begun.past_bps if len(steps) and steps[0] else 0)
        pace = int((steps > 0).sum()) - -(-left // BPS)
        counted[CauseKind.PACE, None] += pace
        counted[CauseKind.BEHIND, None] += rest - pace
        return 0
    before = int(begun.behind_quarters[item] - begun.moved_quarters[item])
    counted[CauseKind.BEHIND, None] += before
    counted[CauseKind.DURATION, None] += rest - before
    return 0


def _plan_progress(held: HeldBack, item: int) -> Wan:
    limits, planned = held.limits, held.plan_wan[:, item]
    approved, whole = limits.approved_wan[item], limits.planned_wan[item]
    return np.asarray(limits.pre_wan[item] + in_proportion(planned, approved, whole))


# --- The chain that decides when the last item of a play finishes: who it waited for, and on


@dataclass(frozen=True, kw_only=True)
class ChainLink:
    """An item of the chain; `gate_id` is the gate that held it last, None where none did.

    held_quarters : quarters of its delay that are owed to that gate
    """

    item_no: int
    gate_id: str | None
    held_quarters: int


def deciding_chain(portfolio: Portfolio, outcome: Outcome) -> tuple[ChainLink, ...]:
    """From the item that finishes last back through the gates that held each, the last item first.

    Of items that finish in the same quarter (or not at all) the first of the sheet is taken. An
    item is held by the gate of its delay ledger that opened last; one whose delay no gate caused
    ends the chain. () for a portfolio without money.
    """
    ends = [
        -1 if planned is None else or_end(finish)
        for planned, finish in zip(outcome.planned_finish, outcome.finish, strict=True)
    ]
    if not ends or max(ends) < 0:
        return ()
    gates = {gate.id: k for k, gate in enumerate(portfolio.gates)}
    index, links = ends.index(max(ends)), list[ChainLink]()
    while True:
        gate_id, quarters = _held_last(outcome, gates, index)
        links.append(
            ChainLink(item_no=portfolio.items[index].no, gate_id=gate_id, held_quarters=quarters)
        )
        if gate_id is None:
            return tuple(links)
        index = portfolio.position[portfolio.gates[gates[gate_id]].pred_no]


def _held_last(outcome: Outcome, gates: dict[str, int], index: int) -> tuple[str | None, int]:
    """The gate that cost an item quarters last, and how many; None where no gate did."""
    noted = {c.ref: c.quarters for c in outcome.causes[index] if c.kind is CauseKind.GATE}
    if not noted:
        return None, 0
    opened = {ref: or_end(outcome.gate_opened[gates[ref]]) for ref in noted if ref is not None}
    last = max(opened, key=lambda ref: (opened[ref], -gates[ref]))
    return last, noted[last]


# --- The delay of all late items summed by cause


@dataclass(frozen=True, kw_only=True)
class DelaySum:
    """Quarters of delay owed to one cause, over all late items; negative for a shorter duration."""

    kind: CauseKind
    why: HeldBy
    items: int
    quarters: int


def delay_by_cause(run: RunResult) -> tuple[DelaySum, ...]:
    """Causes of the late items, the largest first.

    Of finished items they sum to the delay; of items not finished they are the quarters lost until
    the end of play, for these have no delay yet. A channel that never had less than the plan asked
    of it is a cause of its own (额度未随进度顺延).

    Raises
    ------
    ValueError
        The causes of the finished items don't sum to their delay: a defect.
    """
    portfolio, outcome = run.portfolio, run.outcome
    found: dict[tuple[CauseKind, HeldBy], list[int]] = {}
    for index in late_positions(portfolio, outcome):
        causes, delay = outcome.causes[index], outcome.delay_quarters(index)
        if delay is not None and sum(cause.quarters for cause in causes) != delay:
            raise ValueError(f"the causes of item {portfolio.items[index].no} miss its delay")
        for cause in causes:
            key = cause.kind, held_by_cause(portfolio, cause.kind, cause.ref, index)
            items_quarters = found.setdefault(key, [0, 0])
            items_quarters[0] += 1
            items_quarters[1] += cause.quarters
    return tuple(
        DelaySum(kind=kind, why=why, items=items, quarters=sums)
        for (kind, why), (items, sums) in sorted(found.items(), key=lambda each: -each[1][1])
    )
