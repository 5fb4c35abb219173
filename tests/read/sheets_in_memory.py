"""The shipped workbook as plain lists, to be changed and judged without a file in between.

A copy saved by openpyxl and read again costs a second; a test of `test_damaged_workbooks.py` holds
what these lists give against what such a file gives.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from portfolio.read.workbook import Workbook, read_workbook
from portfolio.read.workbook.file import Grid, WorkbookFile, read_file
from tests.read.shipped import SHIPPED, WITHOUT_ROWS


@dataclass(frozen=True)
class CellInMemory:
    """A cell's value, as openpyxl gives it."""

    value: object


@dataclass(kw_only=True)
class Page:
    """A sheet with the few deeds of openpyxl's that damages need."""

    title: str
    rows: list[list[object]]
    merged: list[str] = field(default_factory=list)

    def __getitem__(self, place: str | int) -> CellInMemory | tuple[CellInMemory, ...]:
        if isinstance(place, int):
            row = self.rows[place - 1] if place <= len(self.rows) else []
            return tuple(map(CellInMemory, row))
        number, column = coordinate_to_tuple(place)
        held = self.rows[number - 1] if number <= len(self.rows) else []
        return CellInMemory(held[column - 1] if column <= len(held) else None)

    def __setitem__(self, place: str, value: object) -> None:
        number, column = coordinate_to_tuple(place)
        self.rows.extend([] for _ in range(number - len(self.rows)))
        row = self.rows[number - 1]
        row.extend([None] * (column - len(row)))
        row[column - 1] = value

    @property
    def max_row(self) -> int:
        return len(self.rows)

    def delete_rows(self, first: int, amount: int = 1) -> None:
        del self.rows[first - 1 : first - 1 + amount]

    def delete_cols(self, first: int) -> None:
        for row in self.rows:
            del row[first - 1 : first]

    def merge_cells(self, span: str) -> None:
        """All cells but the first lose their values."""
        self.merged.append(span)
        left, top, right, bottom = range_boundaries(span)
        for number in range(top, bottom + 1):
            row = self.rows[number - 1]
            for column in range(left, right + 1):
                if (number, column) != (top, left):
                    row[column - 1] = None

    def grid(self, *, formulas: bool) -> Grid:
        """What the reader makes of the sheet in a file: rows end with their last cell."""
        texts = [_trimmed(row) for row in self.rows]
        values = [[None if _is_formula(each) else each for each in row] for row in texts]
        return Grid(
            name=self.title,
            values=values,
            formulas=texts if formulas else (),
            merged=tuple(self.merged),
        )


@dataclass(kw_only=True)
class Book:
    """Sheets in order, by their titles of the moment."""

    worksheets: list[Page]

    def __getitem__(self, title: str) -> Page:
        for page in self.worksheets:
            if page.title == title:
                return page
        raise KeyError(title)

    def __delitem__(self, title: str) -> None:
        self.worksheets.remove(self[title])

    def grids(self) -> tuple[Grid, ...]:
        """Every sheet as the reader would give it."""
        every = (each for page in self.worksheets for row in page.rows for each in row)
        formulas = any(_is_formula(each) for each in every)
        return tuple(page.grid(formulas=formulas) for page in self.worksheets)


def _is_formula(value: object) -> bool:
    return isinstance(value, str) and len(value) > 1 and value.startswith("=")


def _trimmed(row: list[object]) -> list[object]:
    """Openpyxl writes no empty text."""
    cells = [None if each == "" else each for each in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


@functools.cache
def _shipped_grids() -> tuple[Grid, ...]:
    return read_file(SHIPPED).grids


def in_memory() -> Book:
    """The shipped workbook's values without its observations, to be changed."""
    return Book(
        worksheets=[
            Page(
                title=grid.name,
                rows=[list(row) for row in grid.values[: 1 if grid.name in WITHOUT_ROWS else None]],
            )
            for grid in _shipped_grids()
        ]
    )


def judged(book: Book, asof: str | None = None) -> Workbook:
    """What `read_workbook` makes of a file that holds these sheets."""
    file = WorkbookFile(path=Path("在内存中.xlsx"), sha256="0" * 64, grids=book.grids())
    # Wherever the reader lives, it opens files by this name.
    with mock.patch.dict(read_workbook.__globals__, {"read_file": lambda _path: file}):
        return read_workbook(file.path, asof)
