"""Where tables stand on sheets: names of cells and ranges, formulas and series by fields' keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from portfolio.report.tables.fields import Table


def cell(row: int, column: int, *, fixed: bool = False) -> str:
    """A cell's name from zero-based places."""
    return str(xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=fixed))


def span(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """A range's name from zero-based places, fixed."""
    return f"{cell(first_row, first_column, fixed=True)}:{cell(last_row, last_column, fixed=True)}"


def on_sheet(sheet: str, reference: str) -> str:
    """A reference to another sheet."""
    return f"'{sheet}'!{reference}"


@dataclass(frozen=True, kw_only=True)
class Block:
    """Where a table stands on a sheet, zero-based.

    head, first, last : rows of the headings, of the first and of the last cells
    places : columns by the fields' keys
    """

    head: int
    first: int
    last: int
    places: Mapping[str, int] = field(default_factory=dict)
    sheet: str = ""

    @property
    def below(self) -> int:
        """The first row below, after an empty one."""
        return self.last + 2

    def cell(self, row: int, key: str, *, fixed: bool = False) -> str:
        """A field's cell in a row."""
        return cell(row, self.places[key], fixed=fixed)

    def column(self, key: str | int) -> str:
        """A field's cells as a fixed range."""
        column = key if isinstance(key, int) else self.places[key]
        return span(self.first, column, self.last, column)

    def sum_of(self, key: str) -> str:
        """The sum of a field's cells."""
        return f"SUM({self.cell(self.first, key)}:{self.cell(self.last, key)})"

    def seen(self, key: str) -> str:
        """A field's cells as another sheet sees them."""
        return on_sheet(self.sheet, self.column(key))

    def seen_cell(self, row: int, key: str) -> str:
        """A field's cell in a row as another sheet sees it."""
        return on_sheet(self.sheet, self.cell(row, key))

    def cells(self, row: int, keys: Sequence[str]) -> str:
        """Several fields' cells in a row, those side by side as one range."""
        runs: list[list[int]] = []
        for column in sorted(self.places[key] for key in keys):
            if runs and column == runs[-1][-1] + 1:
                runs[-1].append(column)
            else:
                runs.append([column])
        return ",".join(f"{cell(row, run[0])}:{cell(row, run[-1])}" for run in runs)

    def seen_cells(self, row: int, keys: Sequence[str]) -> str:
        """Several fields' cells in a row as another sheet sees them."""
        return ",".join(on_sheet(self.sheet, run) for run in self.cells(row, keys).split(","))

    def filled(self, formula: str, row: int) -> str:
        """A formula in a row, keys replaced by cells.

        `{total_wan}` is a field's cell, `{y2021+y2022}` those of several, `{total_wan:12}` and
        fixed `{total_wan:$12}` the field's cell in row 12, `{y2021:head}` its heading.
        """
        return "=" + formula.format_map(_Cells(self, row))

    def series(self, key: str, by: str, **look: object) -> dict[str, Any]:
        """A chart's series: a field's cells over those of the field `by`, named by its heading."""
        name = on_sheet(self.sheet, self.cell(self.head, key, fixed=True))
        return {
            "name": f"={name}",
            "categories": f"={self.seen(by)}",
            "values": f"={self.seen(key)}",
            **look,
        }

    def unnamed(self, key: str, by: str, **look: object) -> dict[str, Any]:
        """A series that is the only one of its chart."""
        series = self.series(key, by, **look)
        del series["name"]
        return series


@dataclass(frozen=True)
class _Cell:
    """A field in a formula."""

    block: Block
    row: int
    keys: str

    def __format__(self, row: str) -> str:
        if "+" in self.keys:
            return self.block.cells(self.row, self.keys.split("+"))
        if row == "head":
            return self.block.cell(self.block.head, self.keys, fixed=True)
        if row.startswith("$"):
            return self.block.cell(int(row[1:]), self.keys, fixed=True)
        return self.block.cell(int(row) if row else self.row, self.keys)


class _Cells(dict[str, _Cell]):
    """Whatever a formula names between braces."""

    def __init__(self, block: Block, row: int) -> None:
        super().__init__()
        self.block, self.row = block, row

    def __missing__(self, keys: str) -> _Cell:
        return _Cell(self.block, self.row, keys)


def placed(table: Table[Any], head: int, sheet: str = "", *, left: int = 0) -> Block:
    """Where a table stands whose headings are in the row `head`."""
    places = {each.key: left + k for k, each in enumerate(table.columns)}
    return Block(head=head, first=head + 1, last=head + len(table.rows), places=places, sheet=sheet)
