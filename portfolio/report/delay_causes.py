"""The delay of all late items by cause, once: page and briefing tell the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portfolio.model.delay_sums import delay_by_cause
from portfolio.model.measures import late_positions
from portfolio.model.outcome import CauseKind
from portfolio.model.result import RunResult
from portfolio.report.fields import Fields, Table, number, quarters, text
from portfolio.report.wording import held_name


@dataclass(frozen=True, kw_only=True)
class OwedTo:
    """Quarters of delay owed to one cause, over all late items; negative for a shorter duration."""

    kind: CauseKind | Literal["合计"]
    name: str
    items: int
    quarters: int


def owed_by_cause(run: RunResult) -> tuple[OwedTo, ...]:
    """Causes of the late items by name, the largest first; see `delay_by_cause`."""
    return tuple(
        OwedTo(
            kind=owed.kind,
            name=held_name(run.portfolio, owed.why),
            items=owed.items,
            quarters=owed.quarters,
        )
        for owed in delay_by_cause(run)
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
