"""What the sheets of a stress test share: blocks of cells one below the other, chart settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import (
    FRAME,
    LINE,
    ROW,
    Book,
    Format,
    Worksheet,
    head_row,
    put,
    put_money,
    span,
)
from portfolio.report.plain_text import lines_needed
from portfolio.report.tables import Cell, Column, Table, Unit

#: Money and differences of it; a mean of little money keeps its decimals in the cell.
SIGNED_MONEY = '+#,##0.0;-#,##0.0;"–"'
DECIMAL = "0.00;-0.00;0"
#: What rounds to 0 in a cell's format must not show a minus.
SMALLEST = 0.005
#: Chances are whole per cents: neither never nor always reads <1% and >99%.
CHANCE, RARE, NEARLY = "0%", '"<1%"', '">99%"'
_STYLE = {
    Unit.TEXT: "text",
    Unit.MONEY: "money",
    Unit.RATIO: "percent",
    Unit.QUARTERS: "whole",
    Unit.NUMBER: "whole",
}
#: Characters on a line of an A3 page between its margins: 15.7 in × 96 px ÷ 7 px a character, less
#: the cells' edges and a quarter for programs that set the font wider.
A3_CHARACTERS = 140.0
CHART_FONT = {"name": "等线", "size": 10}
GRID_LINES = {"visible": True, "line": {"color": "#E0E0E0"}}
NOTE = {"font_color": "#595959", "text_wrap": True, "valign": "top"}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A scenario's sheet: its figures, its name in the book, and where it stands."""

    result: StressResult
    name: str
    page: Worksheet
    tab: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """Where a written table has its rows, zero-based: headings, first and last row of cells."""

    head: int
    first: int
    last: int

    @property
    def below(self) -> int:
        """The first row below, after an empty one."""
        return self.last + 2

    def column(self, column: int) -> str:
        """A column's cells as a fixed range."""
        return span(self.first, column, self.last, column)


def chance_format(book: Book, value: float | None, tone: str = "") -> Format:
    """The format of a chance, whole per cents."""
    pattern = CHANCE
    if value is not None and 0 < value < 0.005:
        pattern = RARE
    elif value is not None and 0.995 <= value < 1:
        pattern = NEARLY
    return _made(book, pattern, tone)


def decimal_format(book: Book) -> Format:
    """The format of a number with two decimals."""
    return _made(book, DECIMAL, "")


def parameter_format(book: Book) -> Format:
    """The format of a parameter: two decimals, more where it has more."""
    return _made(book, "0.00##", "")


def no_minus_zero(value: Cell) -> Cell:
    """A number that its format would show as “-0.00” as 0; anything else as it is."""
    return 0.0 if isinstance(value, float) and -SMALLEST < value < 0 else value


def print_wide(
    page: Worksheet,
    widths: Sequence[float],
    breaks: Sequence[int],
    *,
    repeated: int = 0,
    rows: Sequence[int] = (),
) -> None:
    """Print a sheet on A3 pages side by side, each as large as its widest part allows.

    breaks, rows : columns and rows at which a new page begins. Manual breaks hold only with a
        scale of its own; fitted to pages, Excel would break where it likes.
    repeated : first columns that are printed again on every page
    """
    again = sum(widths[:repeated])
    ends = (0, *breaks, len(widths))
    widest = max(sum(widths[a:b]) + (again if a else 0) for a, b in pairwise(ends))
    page.set_print_scale(max(10, min(100, int(100 * A3_CHARACTERS / widest))))
    page.set_v_pagebreaks(list(breaks))
    if rows:
        page.set_h_pagebreaks(list(rows))
    if repeated:
        page.repeat_columns(0, repeated - 1)
    page.print_across()


def _made(book: Book, pattern: str, tone: str) -> Format:
    """A framed number format, made once."""
    key = (pattern, tone)
    if key not in book.formats:
        colour = {"good": "#548235", "bad": "#C00000"}.get(tone)
        extra = {"font_color": colour, "bold": True} if colour else {}
        book.formats[key] = book.made({**FRAME, "num_format": pattern, **extra})
    return book.formats[key]


def put_cell(
    book: Book,
    page: Worksheet,
    row: int,
    column: int,
    value: Cell,
    unit: Unit,
    *,
    wrap: bool = False,
) -> None:
    """Write a table's cell by its unit."""
    if unit is Unit.MONEY:
        put_money(page, row, column, None if value is None else int(value), book.style("money"))
    elif unit is Unit.CHANCE:
        number = None if value is None else float(value)
        put(page, row, column, number, chance_format(book, number))
    elif unit is Unit.DECIMAL:
        said = isinstance(value, str)
        style = book.style("centre") if said else decimal_format(book)
        put(page, row, column, no_minus_zero(value), style)
    else:
        put(page, row, column, value, book.style("wrap" if wrap else _STYLE[unit]))


def put_block(
    book: Book,
    page: Worksheet,
    table: Table,
    row: int,
    *,
    first: int = 0,
    wrap: frozenset[str] = frozenset(),
    widths: Mapping[int, float] | None = None,
) -> Block:
    """Write a table with its headings at `row`; texts of the columns `wrap` take more lines.

    `widths` are those of the sheet, where several blocks share columns; else the table's own.
    """
    heads = [column.heading.replace("（", "\n（", 1) for column in table.columns]
    head_row(book, page, row, heads, first)
    known = [_width(widths, first + k, column) for k, column in enumerate(table.columns)]
    lines = max(
        (lines_needed(text, width - 1) for text, width in zip(heads, known, strict=True)), default=1
    )
    page.set_row(row, 4 + LINE * max(2, lines))
    for r, values in enumerate(table.rows, start=row + 1):
        deepest = 1
        for k, (value, column) in enumerate(zip(values, table.columns, strict=True)):
            wrapped = column.title in wrap
            put_cell(book, page, r, first + k, value, column.unit, wrap=wrapped)
            if wrapped and value is not None:
                deepest = max(deepest, lines_needed(str(value), known[k] - 2))
        if deepest > 1:
            page.set_row(r, 2 + LINE * deepest)
    return Block(head=row, first=row + 1, last=row + len(table.rows))


def _width(widths: Mapping[int, float] | None, column: int, own: Column) -> float:
    return own.width if widths is None else widths.get(column, own.width)


def set_widths(page: Worksheet, table: Table, first: int = 0) -> None:
    """Give a table's columns their widths."""
    for k, column in enumerate(table.columns):
        page.set_column(first + k, first + k, column.width)


def put_heading(book: Book, page: Worksheet, row: int, heading: str) -> int:
    """A block's heading; the row below it."""
    page.write_string(row, 0, heading, book.style("subtitle"))
    page.set_row(row, 22)
    return row + 1


def put_lines(
    book: Book,
    page: Worksheet,
    row: int,
    lines: Iterable[str],
    last_column: int,
    width: float,
    *,
    style: str = "note",
) -> int:
    """Paragraphs over the columns 0 to `last_column`, `width` characters wide; the row below."""
    for line in lines:
        page.merge_range(row, 0, row, last_column, "", book.style(style))
        page.write_string(row, 0, line, book.style(style))
        extra = 10 if style == "lead" else 2
        page.set_row(row, max(ROW, extra + LINE * lines_needed(line, width)))
        row += 1
    return row


def chart_title(text: str) -> dict[str, Any]:
    """A chart's title in the workbook's font."""
    return {"name": text, "name_font": {"name": "等线", "size": 13, "bold": True}}


def axis(name: str | None = None, **more: object) -> dict[str, Any]:
    """An axis in the workbook's font."""
    named = {"name": name, "name_font": {**CHART_FONT, "bold": False}} if name else {}
    return {"num_font": CHART_FONT, **named, **more}


def legend(**more: object) -> dict[str, Any]:
    """A legend below the chart."""
    return {"position": "bottom", "font": CHART_FONT, **more}


def total_width(widths: Sequence[float]) -> float:
    """Characters of columns side by side."""
    return sum(widths)
