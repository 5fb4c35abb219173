"""What an office has to hand in soon."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.problems import InputError
from portfolio.workflows.asked import Due, bounds_problems, taking
from portfolio.workflows.inputs import today, workbook_path

if TYPE_CHECKING:
    from portfolio.model.month import deadlines


@dataclass(frozen=True, kw_only=True)
class DueResult:
    """What falls due within some days of a day, the soonest first."""

    since: dt.date
    days: int
    due: tuple[deadlines.Due, ...]
    own: bool
    path: Path


@taking(Due)
def due(asked: Due) -> DueResult:
    """Tell what falls due: of the workbook's sheet 报送日历, or of the usual calendar.

    Parameters
    ----------
    on, days
        From which day on (today by the machine's clock where none is named), and how far ahead.

    Raises
    ------
    InputError
        The day is none, or the sheet has problems.
    """
    from portfolio.model.month.deadlines import USUAL
    from portfolio.model.month.deadlines import due as falling_due
    from portfolio.read.workbook.file import read_file
    from portfolio.read.workbook.month.deadlines import deadlines_in

    if problems := bounds_problems(asked):
        raise InputError(problems)
    said = asked.on or today()
    try:
        since = dt.date.fromisoformat(said)
    except ValueError:
        raise InputError.of("--on", f"“{said}”不是日期", "请写成 年-月-日，月、日各两位") from None
    path = workbook_path(asked.workbook)
    known = deadlines_in(read_file(path).grids)
    return DueResult(
        since=since, days=asked.days, due=falling_due(known, since, asked.days),
        own=known is not USUAL, path=path,
    )  # fmt: skip
