"""A sheet as it is mended: its header, its rows, and what is changed in its cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from portfolio.model.difference.mending import CellChange, Content
from portfolio.model.problems import Problem
from portfolio.model.schema import Column, Sheet
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.mending.formulas import Place, formula_at
from portfolio.read.workbook.sheets.as_given import total_label
from portfolio.read.workbook.sheets.cells import column_letter, is_blank, shown
from portfolio.read.workbook.sheets.headers import Header


@dataclass(kw_only=True)
class MendedSheet:
    """A sheet being mended.

    faults : problems of its header: what they leave open decides what its columns are
    words : headers in the office's own words, as its sheet 列名对照 says
    emptied : rows taken out, from 0
    changes : by row and column, from 0; of two the later stands
    """

    sheet: Sheet
    grid: Grid
    header: Header
    faults: list[Problem]
    words: frozenset[str] = frozenset()
    emptied: set[int] = field(default_factory=set)
    changes: dict[tuple[int, int], CellChange] = field(default_factory=dict)

    @cached_property
    def columns(self) -> list[tuple[Column, int]]:
        """The columns that are there, with their places."""
        places = self.header.places
        return [(c, places[c.key]) for c in self.sheet.columns if c.key in places]

    @cached_property
    def totals(self) -> dict[int, str]:
        """Rows of sums by their place from 0, with their labels."""
        found = {}
        for row in range(self.header.row + 1, len(self.grid.values)):
            cells = self.grid.values[row]
            if cells and (label := total_label(self.sheet, cells, self.header)):
                found[row] = label
        return found

    def rows(self) -> Iterator[int]:
        """Rows below the header that stay, those of sums left out."""
        for row in range(self.header.row + 1, len(self.grid.values)):
            if row not in self.emptied and row not in self.totals and self.grid.values[row]:
                yield row

    def value(self, row: int, column: int) -> object:
        """What a cell holds."""
        cells = self.grid.values[row] if row < len(self.grid.values) else ()
        return cells[column] if column < len(cells) else None

    def formula(self, row: int, column: int) -> str | None:
        """A cell's formula."""
        return formula_at(self.grid, row, column)

    def place(self, row: int, column: int) -> Place:
        """A cell as formulas are asked about it."""
        return self.grid.name, row, column

    def named(self, row: int, column: int) -> str:
        """A cell as users name it."""
        return f"{self.grid.name}!{column_letter(column)}{row + 1}"

    def change(
        self, at: tuple[int, int], after: Content, why: str, *, amount: bool = False
    ) -> None:
        """Note that a cell is to hold something else; a formula stays what it is."""
        row, column = at
        formula = self.formula(row, column)
        if formula is not None and after is not None:
            return
        value = self.value(row, column)
        before = value if isinstance(value, str) else shown(value)
        self.changes[at] = CellChange(
            sheet=self.grid.name,
            number=row + 1,
            letter=column_letter(column),
            before=before if formula is None else f"{formula}（值 {before}）",
            after=after,
            why=why,
            amount=amount,
        )

    def empty(self, row: int, why: str) -> None:
        """Note that a row is taken out: its cells are emptied, so that no other row moves."""
        self.emptied.add(row)
        for column in self.filled(row):
            self.change((row, column), None, why)

    def filled(self, row: int) -> list[int]:
        """Columns in which a row holds anything."""
        width = max(
            len(self.grid.values[row]),
            len(self.grid.formulas[row]) if row < len(self.grid.formulas) else 0,
        )
        return [
            column
            for column in range(width)
            if not is_blank(self.value(row, column)) or self.formula(row, column) is not None
        ]
