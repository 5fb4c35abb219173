"""Sheets for the units to fill in, one a 责任单位, and the list of who owes what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.facts import month_label, parse_period
from portfolio.model.paper import Paper
from portfolio.model.problems import InputError
from portfolio.workflows.asked import Collect, taking
from portfolio.workflows.inputs import load_workbook, today
from portfolio.workflows.outputs import output_folder

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.month.owed import Owed
    from portfolio.read.workbook import Workbook


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What each unit owes for a month, from which workbook; `base` is its number."""

    owed: tuple[Owed, ...]
    month: int
    label: str
    calendar: Calendar
    base: str
    example: bool
    path: Path
    paper: Paper


@taking(Collect)
def collect(asked: Collect) -> Collected:
    """Work out what each unit owes for a month; the month after the last complete one by default.

    Raises
    ------
    InputError
        The workbook has problems or no facts; the month isn't the next one, nor the last.
    """
    from portfolio.model.month.further import with_further
    from portfolio.model.month.owed import month_to_close, owed
    from portfolio.model.month.seal import SHORT, facts_mark
    from portfolio.read.workbook.file import files_kept
    from portfolio.read.workbook.month.standing import execution_rows

    with files_kept():
        loaded = load_workbook(asked.workbook)
        _, _, rows = execution_rows(loaded.path)
    month = asked_month(asked.month, loaded, "--month")
    portfolio, calendar = loaded.portfolio, loaded.portfolio.calendar
    assert portfolio.facts is not None
    return Collected(
        owed=with_further(owed(portfolio, month), portfolio, loaded.for_forms),
        month=month,
        label=month_label(month, calendar),
        calendar=calendar,
        base=facts_mark(
            [row.values for row in rows], month_label(month_to_close(portfolio) - 1, calendar)
        )[:SHORT].upper(),
        example=portfolio.facts.example,
        path=loaded.path,
        paper=replace(loaded.paper, made_on=today()),
    )


def asked_month(said: str | None, loaded: Workbook, place: str) -> int:
    """The month meant, counted from January of the first year; by default the next one.

    The last complete month may be meant too: to be closed once more.

    Raises
    ------
    InputError
        It is no month, or another one than the next (or last).
    """
    from portfolio.model.month.owed import month_to_close

    following, calendar = month_to_close(loaded.portfolio), loaded.portfolio.calendar
    if said is None:
        return following
    named = month_label(following, calendar)
    period = parse_period(said)
    if period is None or period.months != 1:
        raise InputError.of(place, f"“{said}”不是月份", f"请写成 {named}")
    month = period.first_month(calendar)
    if month in (following, following - 1):
        return month
    last = month_label(following - 1, calendar)
    fix = f"要收的下一月是 {named}"
    if month < following:
        fix += f"；以前的更正，请在 {named} 的表里核减或补报并写说明"
        fix += f"，最后一月 {last} 可用 --reopen 重开"
    raise InputError.of(place, f"{said} 不能收：执行数齐到 {last}", fix)


def write_collected(made: Collected, out: Path | None = None) -> tuple[Path, ...]:
    """Write a workbook a unit and 收数清单.xlsx; all of them or none.

    Raises
    ------
    InputError
        As every function that writes.
    """
    from portfolio.report.contents import collect_contents
    from portfolio.report.files import write_all

    folder = output_folder(out, f"收数 {made.label}")
    contents = collect_contents(
        made.owed, made.label, made.calendar, made.base, made.paper, example=made.example
    )
    return write_all(folder, contents, [made.path])
