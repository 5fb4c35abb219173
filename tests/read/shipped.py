"""The shipped input workbook, and copies of it with cells changed."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from portfolio.model.calendar import SHIPPED as CALENDAR
from portfolio.model.schema import sheet_named

#: Sheets no plan rests on, and half of all cells: left out of copies.
WITHOUT_ROWS = ("事后数据", "公开记录")
SHIPPED = Path(__file__).parents[2] / "inputs" / "十大工程.xlsx"


@functools.cache
def shipped_bytes() -> bytes:
    return SHIPPED.read_bytes()


def opened_whole() -> Any:
    """The shipped workbook as openpyxl sees it."""
    return openpyxl.load_workbook(io.BytesIO(shipped_bytes()))


@functools.cache
def _light_bytes() -> bytes:
    """The shipped workbook's values without their looks, which make a copy slow to save."""
    light = openpyxl.Workbook()
    light.remove(light.active)
    for page in opened_whole().worksheets:
        copy = light.create_sheet(page.title)
        bare = page.title in WITHOUT_ROWS
        for row in page.iter_rows(max_row=1 if bare else None, values_only=True):
            copy.append(row)
    buffer = io.BytesIO()
    light.save(buffer)
    return buffer.getvalue()


def opened() -> Any:
    """The shipped workbook's values, to be changed and saved."""
    return openpyxl.load_workbook(io.BytesIO(_light_bytes()))


def at(sheet: str, key: str, row: int) -> str:
    """A cell by sheet, column key and row: ("项目清单", "no", 2) is A2."""
    layout = sheet_named(sheet, CALENDAR)
    return f"{get_column_letter(layout.columns.index(layout.column(key)) + 1)}{row}"


def place(sheet: str, key: str, row: int) -> str:
    return f"{sheet}!{at(sheet, key, row)}"


def put(book: Any, sheet: str, key: str, row: int, value: object) -> None:
    book[sheet][at(sheet, key, row)] = value


def first_free_row(book: Any, sheet: str) -> int:
    """The row after the last one that holds anything."""
    page = book[sheet]
    return 1 + max(
        row
        for row in range(1, page.max_row + 1)
        if any(cell.value is not None for cell in page[row])
    )


def put_row(book: Any, sheet: str, row: int, **values: object) -> None:
    for key, value in values.items():
        put(book, sheet, key, row, value)


def saved(book: Any, path: Path) -> Path:
    book.save(path)
    return path
