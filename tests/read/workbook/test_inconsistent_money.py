"""Slips in money cells: a lost digit, one too many, nothing, a sign. A problem or a plan, always."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from portfolio.model import calendar
from portfolio.model.problems import InputError, Problem
from portfolio.model.schema import Cell, plain, sheet_named, sheets_of
from portfolio.read.workbook import _workbook
from portfolio.read.workbook import tables as reading
from portfolio.read.workbook.file import Grid, WorkbookFile, read_file
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import read_tables
from tests.examples import some
from tests.read.shipped import SHIPPED, place

SLIPS = (0.1, 10, 0, None, -1)
#: Items with and without a known year, a row or two of each kind; of other sheets all rows, or a
#: share of them.
ROWS = {"项目清单": (2, 21, 27), "汇总校核": (2,), "年度目标": (5, 15)}


@functools.cache
def _shipped() -> tuple[WorkbookFile, dict[str, list[Row]]]:
    file = read_file(SHIPPED)
    return file, read_tables(file.grids, calendar.SHIPPED, Findings())


def judged(changes: dict[tuple[str, str, int], object]) -> tuple[Problem, ...]:
    """Problems of the shipped workbook with cells (sheet, key, row) changed, read in memory."""
    file, tables = _shipped()
    findings = Findings()
    for sheet in {sheet for sheet, _, _ in changes}:
        layout = sheet_named(sheet, calendar.SHIPPED)
        grid = next(grid for grid in file.grids if plain(grid.name) == plain(sheet))
        rows = [list(row) for row in grid.values]
        for (name, key, row), value in changes.items():
            if name == sheet:
                rows[row - 1][layout.columns.index(layout.column(key))] = value
        changed = Grid(name=grid.name, values=rows)
        tables = {**tables, sheet: reading.read_table(layout, changed, findings)}
    try:
        _workbook(tables, calendar.SHIPPED, replace(file, grids=()), findings)
    except InputError as error:
        return error.problems
    return ()


def slips() -> Iterator[tuple[str, str, int, float, object]]:
    """Every money cell of the chosen rows that is filled, with the value it slips to."""
    _, tables = _shipped()
    few = {name: some([row.number for row in rows], every=12) for name, rows in tables.items()}
    for sheet in sheets_of(calendar.SHIPPED):
        keys = [column.key for column in sheet.columns if column.cell is Cell.MONEY]
        for row in tables[sheet.name] if keys else ():
            if row.number in ROWS.get(sheet.name, few[sheet.name]):
                for key in keys:
                    if row.sound(key):
                        yi = row.whole(key) / 10_000
                        for slip in SLIPS:
                            new = None if slip is None else round(yi * slip, 4)
                            yield sheet.name, key, row.number, yi, new


def test_no_slip_in_a_money_cell_ends_in_an_error_of_ours():
    """What is refused is refused with places; nothing else than an InputError comes out."""
    seen = refused = 0
    for sheet, key, row, yi, value in slips():
        try:
            problems = judged({(sheet, key, row): value})
        except Exception as error:
            pytest.fail(f"{place(sheet, key, row)} {yi} → {value}: {error!r}")
        seen += 1
        refused += bool(problems)
        assert all("!" in problem.place and problem.fix for problem in problems)
        if value is not None and value < 0:
            assert place(sheet, key, row) in {problem.place for problem in problems}
    assert seen > 90
    assert refused > seen / 4


@pytest.mark.parametrize("row", [21, 22, 23, 24, 25, 27])
def test_a_digit_lost_from_a_total_with_known_years_is_a_problem(row: int):
    """Items 20–24 and 26 have a known year: what is left after 2025 came out below zero."""
    _, tables = _shipped()
    yi = next(r for r in tables["项目清单"] if r.number == row).whole("total_wan") / 10_000
    problems = judged({("项目清单", "total_wan", row): round(yi / 10, 4)})
    (told,) = [p for p in problems if p.place == place("项目清单", "plan_wan", row)]
    assert "大于总投资" in told.found
    assert place("项目清单", "total_wan", row) in told.fix
    assert not [p for p in problems if p.place.startswith("年度计划")]
