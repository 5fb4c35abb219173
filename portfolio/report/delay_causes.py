"""The delay of all late items by cause, once: page and briefing tell the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portfolio.model.measures import late_positions
from portfolio.model.outcome import CauseKind
from portfolio.model.result import RunResult
from portfolio.report.fields import Fields, Table, number, quarters, text
from portfolio.report.wording import cause_name


@dataclass(frozen=True, kw_only=True)
class OwedTo:
    """Quarters of delay owed to one cause, over all late items; negative for a shorter duration."""

    kind: CauseKind | Literal["合计"]
    name: str
    items: int
    quarters: int


def owed_by_cause(run: RunResult) -> tuple[OwedTo, ...]:
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
    found: dict[tuple[CauseKind, str], list[int]] = {}
    for index in late_positions(portfolio, outcome):
        causes, delay = outcome.causes[index], outcome.delay_quarters(index)
        if delay is not None and sum(cause.quarters for cause in causes) != delay:
            raise ValueError(f"the causes of item {portfolio.items[index].no} miss its delay")
        for cause in causes:
            key = cause.kind, cause_name(portfolio, cause.kind, cause.ref, index)
            items_quarters = found.setdefault(key, [0, 0])
            items_quarters[0] += 1
            items_quarters[1] += cause.quarters
    return tuple(
        OwedTo(kind=kind, name=name, items=items, quarters=sums)
        for (kind, name), (items, sums) in sorted(found.items(), key=lambda each: -each[1][1])
    )


CAUSE_SUMS = Fields[OwedTo](
    name="滞后原因合计",
    fields=(
        text("kind", "原因类别", lambda owed: str(owed.kind)),
        text("name", "原因"),
        number("items", "涉及大项"),
        quarters("quarters", "影响"),
    ),
)


def cause_sum_table(run: RunResult) -> Table[OwedTo]:
    """The causes with their sum in the last row."""
    owed, late = owed_by_cause(run), len(late_positions(run.portfolio, run.outcome))
    quarters = sum(one.quarters for one in owed)
    whole = OwedTo(kind="合计", name="全部滞后季数", items=late, quarters=quarters)
    return CAUSE_SUMS.of((*owed, whole))
