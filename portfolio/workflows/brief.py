"""One page for who decides: a scenario played, with a repair where one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.workflows.asked import Brief, taking
from portfolio.workflows.reallocate import case_of_run, repaired_case
from portfolio.workflows.run import run

if TYPE_CHECKING:
    from portfolio.model.measures.results import RunResult
    from portfolio.model.reallocation.result import Reallocation


@dataclass(frozen=True, kw_only=True)
class BriefResult:
    """What the page is about; `repair` is None where none was asked for or nothing is shocked."""

    run: RunResult
    repair: Reallocation | None


@taking(Brief)
def brief(asked: Brief) -> BriefResult:
    """Play the merged scenarios, and repair the plan where that is asked for and something is shocked.

    Raises
    ------
    InputError
        Problems of the workbook and of the scenarios, all at once.
    AuditError
        A play or the repaired plan breaks the rulebook: a defect.
    """
    result = run(
        asked.workbook, asked.scenarios, asked.sets, asof=asked.asof, progress=asked.progress
    )
    if not asked.repair or not result.changes or result.portfolio.adjusted is not None:
        return BriefResult(run=result, repair=None)
    repaired = repaired_case(
        case_of_run(result, progress=asked.progress),
        seconds=asked.seconds,
        cells_seconds=asked.cells_seconds,
        price_seconds=0.0,
        progress=asked.progress,
    )
    return BriefResult(run=result, repair=repaired)
