"""Rows of 月度执行 without a file: put into the shipped workbook's sheets, or judged alone."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.problems import Problem
from portfolio.model.schema import sheet_named
from portfolio.read.workbook import Workbook, read_workbook
from portfolio.read.workbook.facts import Fact, Known, read_executions
from portfolio.read.workbook.facts_in_time import check_in_time
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.items import ItemIndex
from portfolio.read.workbook.sheets.rows import Findings
from portfolio.read.workbook.tables import read_table
from tests.read.sheets_in_memory import Book, Page
from tests.read.shipped import SHIPPED, place, put_row

NAME = "月度执行"
SHEET = sheet_named(NAME, CALENDAR)
#: 亿元 of an item in a month, a quarter, a year: item, period, and cells by their keys.
Given = dict[str, Any]


@functools.cache
def shipped() -> Workbook:
    return read_workbook(SHIPPED)


@functools.cache
def known() -> Known:
    portfolio = shipped().portfolio
    return Known(
        calendar=CALENDAR,
        index=ItemIndex(
            names={item.no: item.name for item in portfolio.items}, unnumbered=frozenset()
        ),
        items=portfolio.items,
        channels=portfolio.channels,
        shares=portfolio.shares,
        channel_ids={channel.name: channel.id for channel in portfolio.channels},
    )


def page_of(rows: Sequence[Given]) -> Page:
    """The sheet with these rows, the first of them in row 2."""
    page = Page(title=NAME, rows=[[column.header for column in SHEET.columns]])
    keys = [column.key for column in SHEET.columns]
    page.rows += [[row.get(key) for key in keys] for row in rows]
    return page


def judged_alone(page: Page, *, formulas: bool = False) -> tuple[tuple[Fact, ...], list[Problem]]:
    """What the reader makes of the sheet alone, knowing the shipped items and channels."""
    findings = Findings()
    table = read_table(SHEET, _grid(page, formulas=formulas), findings)
    facts = read_executions(table, known(), findings)
    check_in_time(facts, known(), findings)
    return facts, findings.problems


def _grid(page: Page, *, formulas: bool) -> Grid:
    return page.grid(formulas=formulas)


def fill(book: Any, rows: Sequence[Given]) -> Any:
    """These rows in the sheet of a book, from row 2 on."""
    for number, row in enumerate(rows, start=2):
        put_row(book, NAME, number, **row)
    return book


def cell(key: str, row: int) -> str:
    """A cell of the sheet as users name it."""
    return place(NAME, key, row)


def whole_years(last: int, *, but: Sequence[int] = ()) -> list[Given]:
    """0 for every item in every year up to one: complete, and nothing done."""
    return [
        {"item_no": item.no, "period": year, "done_wan": 0}
        for item in known().items
        if item.no not in but
        for year in range(CALENDAR.first_year, last + 1)
    ]


__all__ = ["Book", "Page"]
