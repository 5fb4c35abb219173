"""Which cells a workbook's formulas rest on: what they rest on may not be changed under them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from portfolio.model.schema import plain
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.sheets.cells import column_index, column_letter
from portfolio.read.workbook.sheets.walked import LAST_COLUMN, LAST_ROW

#: A cell: its sheet as it stands in the file, row and column from 0.
Place = tuple[str, int, int]
_TEXT = re.compile(r'"[^"]*"')
_REFERENCE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([^\s'!(),;:+\-*/^&=<>{}]+))!)?"
    r"(?:\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?"
    r"|\$?([A-Z]{1,3}):\$?([A-Z]{1,3})|\$?(\d+):\$?(\d+))(?![\w(.!])"
)
_FUNCTION = re.compile(r"[\w.]+\(")
_KNOWN_WORD = re.compile(r"\b(TRUE|FALSE)\b|\d+(\.\d+)?(E[+-]?\d+)?", re.IGNORECASE)
#: Functions that make references of texts and numbers.
_MAKES_REFERENCES = re.compile(r"\b(INDIRECT|OFFSET)\(", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Cells from one to another, both from 0 and included; `sheet` by its plain name."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A formula's place and what it rests on; `spans` None: it may rest on anything."""

    place: Place
    text: str
    spans: tuple[Span, ...] | None

    @property
    def cell(self) -> str:
        """The cell as users name it."""
        sheet, row, column = self.place
        return f"{sheet}!{column_letter(column)}{row + 1}"


def formulas_in(grids: Iterable[Grid]) -> Iterator[Formula]:
    """Every formula of a workbook."""
    for grid in grids:
        for row in range(len(grid.formulas)):
            for column in range(len(grid.formulas[row])):
                text = formula_at(grid, row, column)
                if text is not None:
                    yield Formula(
                        place=(grid.name, row, column), text=text, spans=_spans(text, grid.name)
                    )


def formula_at(grid: Grid, row: int, column: int) -> str | None:
    """The formula of a cell; None where it holds a value of its own."""
    if row >= len(grid.formulas) or column >= len(grid.formulas[row]):
        return None
    held = grid.formulas[row][column]
    text = getattr(held, "text", held)
    if text is None or (text is held and not (isinstance(text, str) and text.startswith("="))):
        return None
    values = grid.values[row] if row < len(grid.values) else ()
    # A text that only looks like a formula is its own value.
    return None if column < len(values) and values[column] == held else str(text)


def _spans(text: str, sheet: str) -> tuple[Span, ...] | None:
    """What a formula rests on; None where that can't be told from its text."""
    bare = _TEXT.sub(" ", text)
    if "[" in bare or _MAKES_REFERENCES.search(bare):
        return None
    spans = [_span(match, sheet) for match in _REFERENCE.finditer(bare)]
    rest = _KNOWN_WORD.sub(" ", _FUNCTION.sub("(", _REFERENCE.sub(" ", bare)))
    if "!" in rest or re.search(r"\w", rest):
        return None  # a name of the user's own, or several sheets at once
    return tuple(spans)


def _span(match: re.Match[str], own: str) -> Span:
    quoted, bare, left, top, right, bottom, first, last, high, low = match.groups()
    sheet = plain((quoted or "").replace("''", "'") or bare or own)
    if left:
        columns, rows = (left, right or left), (top, bottom or top)
    elif first:
        columns, rows = (first, last), ("1", str(LAST_ROW))
    else:
        columns, rows = ("A", column_letter(LAST_COLUMN - 1)), (high, low)
    across, down = sorted(map(column_index, columns)), sorted(int(each) - 1 for each in rows)
    return Span(sheet=sheet, top=down[0], left=across[0], bottom=down[1], right=across[1])


class Cells:
    """Some cells, asked whether formulas rest on them."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.rows: dict[tuple[str, int], list[int]] = {}
        for sheet, row, column in sorted(set(places)):
            self.rows.setdefault((plain(sheet), column), []).append(row)

    def carry(self, formula: Formula) -> bool:
        """Whether a formula rests on one of them, or may."""
        if not self.rows:
            return False
        return formula.spans is None or any(map(self._meet, formula.spans))

    def _meet(self, span: Span) -> bool:
        return any(
            sheet == span.sheet and span.left <= column <= span.right and _any_in(rows, span)
            for (sheet, column), rows in self.rows.items()
        )


def _any_in(rows: Sequence[int], span: Span) -> bool:
    place = bisect_left(rows, span.top)
    return place < len(rows) and rows[place] <= span.bottom
