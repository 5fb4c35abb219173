"""Where a sheet stands in a file, for what is written behind its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portfolio.model.problems import InputError
from portfolio.model.schema import Sheet, plain, sheets_of
from portfolio.model.schema.facts import EXECUTION
from portfolio.model.schema.standing import Standing
from portfolio.read.workbook.calendar import read_calendar
from portfolio.read.workbook.file import Grid, WorkbookFile, read_file
from portfolio.read.workbook.sheets.cells import UNITS, is_blank
from portfolio.read.workbook.sheets.headers import find_header
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, header_words, read_tables


def standing_of(sheet: Sheet, grids: Sequence[Grid]) -> Standing | None:
    """How a sheet stands; None where there is none, or where its header can't be read."""
    by_name = by_plain_name(grids)
    same = by_name.get(plain(sheet.name), [])
    if len(same) != 1:
        return None
    grid, findings = same[0], Findings()
    renamed = header_words(by_name, read_calendar(grids, findings), findings).get(sheet.name)
    header = find_header(sheet, grid, [], renamed)
    if header is None:
        return None
    filled = [k for k, row in enumerate(grid.values) if not all(is_blank(v) for v in row)]
    widths = [k for k, v in enumerate(grid.values[header.row]) if not is_blank(v)]
    return Standing(
        header=header.row,
        last=max(filled, default=header.row),
        places=header.places,
        units={key: UNITS[unit] for key, unit in header.units.items()},
        free=max(widths, default=-1) + 1,
    )


def execution_rows(path: Path) -> tuple[WorkbookFile, Sheet, list[Row]]:
    """A workbook's file, its sheet 月度执行 as declared for its calendar, and that sheet's rows.

    Raises
    ------
    InputError
        The file can't be read, or a cell of the sheet.
    """
    file, findings = read_file(path), Findings()
    calendar = read_calendar(file.grids, findings)
    declared = next(each for each in sheets_of(calendar) if each.name == EXECUTION.name)
    rows = read_tables(file.grids, calendar, findings)[declared.name]
    problems = [one for one in findings.problems if one.place.startswith(f"{declared.name}!")]
    if problems:
        raise InputError(problems)
    return file, declared, rows
