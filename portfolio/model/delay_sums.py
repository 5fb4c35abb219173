"""The delay of all late items summed by cause."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.held_in_year import HeldBy, held_by_cause
from portfolio.model.measures import late_positions
from portfolio.model.outcome import CauseKind
from portfolio.model.result import RunResult


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
