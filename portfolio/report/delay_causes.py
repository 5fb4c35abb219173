"""The delay of all late items by cause, once: page and briefing tell the same."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.measures import late_positions
from portfolio.model.outcome import CauseKind
from portfolio.model.result import RunResult
from portfolio.report.tables import Cell, Table, number, quarters, text
from portfolio.report.wording import cause_name


@dataclass(frozen=True, kw_only=True)
class OwedTo:
    """Quarters of delay owed to one cause, over all late items; negative for a shorter duration."""

    kind: CauseKind
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


def cause_sum_table(run: RunResult) -> Table:
    """The causes with their sum in the last row."""
    columns = (text("原因类别", 12), text("原因", 40), number("涉及大项"), quarters("影响"))
    owed = owed_by_cause(run)
    rows: list[tuple[Cell, ...]] = [(str(o.kind), o.name, o.items, o.quarters) for o in owed]
    late = len(late_positions(run.portfolio, run.outcome))
    rows.append(("合计", "全部滞后季数", late, sum(o.quarters for o in owed)))
    return Table(name="滞后原因合计", columns=columns, rows=tuple(rows))
