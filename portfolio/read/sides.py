"""A workbook read as far as it can be, to be compared with another; what can't be read is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portfolio.model.calendar import Calendar
from portfolio.model.difference.rows import Located, Side, Unread
from portfolio.model.facts import MONTHS, parse_period
from portfolio.model.problems import InputError, Problem
from portfolio.model.schema import SETTINGS, plain
from portfolio.model.schema.facts import EXECUTION
from portfolio.model.schema.layout import CellValue
from portfolio.model.schema.settings import YES
from portfolio.read.workbook import Workbook, read_workbook
from portfolio.read.workbook.calendar import read_calendar
from portfolio.read.workbook.facts_asof import asof_period
from portfolio.read.workbook.file import Grid, read_file
from portfolio.read.workbook.sheets.cells import column_index, shown
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, read_table, read_tables


@dataclass(frozen=True, kw_only=True)
class ReadSide:
    """A workbook to compare; `loaded` is None where it has problems: it can't be played then."""

    side: Side
    loaded: Workbook | None
    problems: tuple[Problem, ...]


def read_side(
    path: Path, name: str, asof: str | None = None, loaded: Workbook | None = None
) -> ReadSide:
    """Read a workbook's rows for comparing, sound or not; `name` is what it is told as.

    `asof` is the month to whose end facts are taken; those that end before are taken to their own.
    `loaded` is the workbook where it was read already and is sound.

    Raises
    ------
    InputError
        The file can't be read at all, or its years can't; the as-of is no period, or its facts are
        not complete until then.
    """
    file = read_file(path)
    findings = Findings()
    calendar = read_calendar(file.grids, findings)
    if findings.problems:
        raise InputError(_told(findings.problems, name))
    until = _asked(asof, calendar)
    tables = dict(read_tables(file.grids, calendar, Findings()))
    tables[SETTINGS.name] = _settings(file.grids)
    problems: tuple[Problem, ...] = ()
    try:
        loaded = loaded or read_workbook(path)
    except InputError as error:
        problems = _told(error.problems, name)
    if asof is not None and loaded is not None and _ends(loaded, until):
        loaded = read_workbook(path, asof)
    by_name = {grid.name: grid for grid in file.grids}
    located = {sheet: [_located(row, by_name) for row in rows] for sheet, rows in tables.items()}
    through, guessed = _through(loaded, located)
    if guessed and through is not None and until is not None:
        through = min(through, until)
    return ReadSide(
        side=Side(
            name=name,
            sha256=file.sha256,
            calendar=calendar,
            tables=located,
            through=through,
            guessed=guessed,
            example=any(row.values["example"] == YES for row in tables[SETTINGS.name][:1]),
        ),
        loaded=loaded,
        problems=problems,
    )


def _asked(asof: str | None, calendar: Calendar) -> int | None:
    """The month an as-of means, 12 × year + month; None: none is asked for.

    Raises
    ------
    InputError
        It is no period of the play.
    """
    if asof is None:
        return None
    findings = Findings()
    period = asof_period(asof, calendar, findings)
    if period is None:
        raise InputError(findings.problems)
    return MONTHS * calendar.first_year + period.end_month(calendar)


def _ends(loaded: Workbook, until: int | None) -> bool:
    """Whether a workbook's facts go on after a month."""
    facts = loaded.portfolio.facts
    if facts is None or until is None:
        return False
    return MONTHS * loaded.portfolio.calendar.first_year + facts.asof_months > until


def _told(problems: Sequence[Problem], name: str) -> tuple[Problem, ...]:
    return tuple(
        Problem(place=f"{name} {problem.place}", found=problem.found, fix=problem.fix)
        for problem in problems
    )


def _settings(grids: Sequence[Grid]) -> list[Row]:
    same = by_plain_name(grids).get(plain(SETTINGS.name), [])
    return read_table(SETTINGS, same[0], Findings()) if len(same) == 1 else []


def _located(row: Row, grids: Mapping[str, Grid]) -> Located:
    values: dict[str, CellValue | Unread] = {}
    cells: dict[str, str] = {}
    for key, letter in row.letters.items():
        if letter == "?":
            values[key] = None
            continue
        cells[key] = row.place(key)
        values[key] = row.values[key]
        if key in row.refused:
            values[key] = _unread(grids[row.sheet], row.number, letter)
    return Located(values=values, cells=cells)


def _unread(grid: Grid, number: int, letter: str) -> Unread | None:
    """What stands in a cell that is refused; None where nothing does."""
    place = column_index(letter)
    held = grid.values[number - 1]
    value = held[place] if place < len(held) else None
    if value is None:
        value = grid.lost_formula(number - 1, place) if grid.formulas else None
    return None if value is None else Unread(text=shown(value))


def _through(
    loaded: Workbook | None, tables: Mapping[str, Sequence[Located]]
) -> tuple[int | None, bool]:
    """The month up to which facts are complete; the last one entered where nobody can tell."""
    if loaded is not None:
        facts = loaded.portfolio.facts
        if facts is None:
            return None, False
        return MONTHS * loaded.portfolio.calendar.first_year + facts.asof_months, False
    periods = [
        period
        for row in tables.get(EXECUTION.name, ())
        if (period := parse_period(str(row.value("period") or ""))) is not None
    ]
    ends = [MONTHS * each.year + each.month + each.months - 1 for each in periods]
    return max(ends, default=None), bool(ends)
