"""Read a template of forms: the heads of its sheets, nothing below them."""

from __future__ import annotations

from pathlib import Path

from portfolio.model.forms.template import TemplateSheet
from portfolio.read.workbook.file import Grid, read_file

#: A head stands within so many rows.
HEAD_WITHIN = 20


def read_template(path: Path) -> tuple[TemplateSheet, ...]:
    """The visible sheets of a template.

    Raises
    ------
    InputError
        The file can't be read.
    """
    grids = [grid for grid in read_file(path).grids if grid.state == "visible"]
    return tuple(_sheet(grid) for grid in grids)


def _sheet(grid: Grid) -> TemplateSheet:
    rows = grid.values[:HEAD_WITHIN]
    return TemplateSheet(
        name=grid.name,
        rows=tuple(tuple(_text(grid, r, c) for c in range(len(row))) for r, row in enumerate(rows)),
    )


def _text(grid: Grid, row: int, column: int) -> str:
    """A cell's text; one that is merged downwards speaks for the cells below it."""
    value = grid.values[row][column]
    value = grid.spanning(row, column) if value is None else value
    return "" if value is None else str(value).strip()
