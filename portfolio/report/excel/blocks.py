"""Tables on a sheet: where each stands, its cells, formulas and charts by the fields' keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import (
    DENSE_PAGE,
    DENSE_ROW,
    FRAME,
    HEADINGS,
    LINE,
    ROW,
    Book,
    Format,
    Worksheet,
    cell,
    head_row,
    on_sheet,
    put,
    put_formula,
    span,
    yi,
)
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Cell, Fields, Row, Table, Unit

#: What rounds to 0 in a cell's format must not show a minus.
SMALLEST = 0.005
#: Chances are whole per cents: neither never nor always reads <1% and >99%.
CHANCE, RARE, NEARLY = "0%", '"<1%"', '">99%"'
_STYLE = {
    Unit.TEXT: "text",
    Unit.YEAR: "text",
    Unit.MONEY: "money",
    Unit.RATIO: "percent",
    Unit.QUARTERS: "whole",
    Unit.NUMBER: "whole",
    Unit.DECIMAL: "decimal",
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


def chance_format(book: Book, value: float | None, tone: str = "") -> Format:
    """The format of a chance, whole per cents."""
    pattern = CHANCE
    if value is not None and 0 < value < 0.005:
        pattern = RARE
    elif value is not None and 0.995 <= value < 1:
        pattern = NEARLY
    return _made(book, pattern, tone)


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


def cell_value(unit: Unit, value: Cell) -> Cell:
    """What a cell holds: money in 亿元, exact to the 万元."""
    if value is None or isinstance(value, str):
        return value
    if unit is Unit.MONEY:
        return yi(int(value))
    if unit is Unit.YEAR:
        return str(value)
    return no_minus_zero(value) if unit is Unit.DECIMAL else value


def cell_style(book: Book, unit: Unit, value: Cell, look: str = "", tone: str = "") -> Format:
    """How a cell looks: by `look` if given, else by its unit."""
    if look:
        return book.style(look, tone)
    if unit is Unit.CHANCE:
        return chance_format(book, None if value is None else float(value), tone)
    if unit is Unit.DECIMAL and isinstance(value, str):
        return book.style("centre", tone)
    return book.style(_STYLE[unit], tone)


def put_rows(
    book: Book,
    page: Worksheet,
    table: Table[Row],
    block: Block,
    formulas: Mapping[str, Callable[[Row], str | None]] | None = None,
    styled: Callable[[Book, Unit, Cell, str, str], Format] = cell_style,
) -> None:
    """Write a table's cells; `formulas` by key are those that look at more than the row."""
    given = formulas or {}
    for at, row in enumerate(table.rows, start=block.first):
        for each in table.columns:
            value = cell_value(each.unit, each.value(row))
            style = styled(book, each.unit, value, each.look_of(row), each.tone(row))
            formula = given.get(each.key, each.formula_of)(row)
            place = block.places[each.key]
            if formula is None:
                put(page, at, place, value, style)
            else:
                stored = "" if value is None else value
                put_formula(page, at, place, block.filled(formula, at), stored, style)


def put_titles(book: Book, page: Worksheet, table: Table[Any], block: Block) -> None:
    """Write a table's headings without units, where those stand over the table."""
    head_row(
        book, page, block.head, [each.title for each in table.columns], min(block.places.values())
    )


def put_sums(
    book: Book, page: Worksheet, table: Table[Any], block: Block, keys: Iterable[str]
) -> None:
    """Sums of some columns in the row below a table."""
    for key in keys:
        unit, style = table.fields[key].unit, book.style(_STYLE[table.fields[key].unit], "total")
        count = sum(int(value or 0) for value in table.column(key))
        whole = yi(count) if unit is Unit.MONEY else count
        put_formula(page, block.last + 1, block.places[key], f"={block.sum_of(key)}", whole, style)


def _heads(table: Table[Any]) -> list[str]:
    """Headings, the unit on a line of its own, or a bracket alone would stand there."""
    return [each.heading.replace("（", "\n（", 1) for each in table.columns]


def put_heads(book: Book, page: Worksheet, fields: Fields[Any], block: Block) -> None:
    """Headings of which those that are years are numbers."""
    page.set_row(block.head, HEADINGS)
    for each in fields:
        year = each.title.isdecimal()
        style, said = book.style("year" if year else "head"), each.title
        put(page, block.head, block.places[each.key], int(said) if year else said, style)


def fit_rows(
    page: Worksheet, table: Table[Any], block: Block, widths: Sequence[float], least: int = 0
) -> None:
    """Give rows with texts that wrap the height they need; those of one line stay as they are.

    least : with it every row gets a height, and none a smaller one
    """
    wrapped = [
        (each, width)
        for each, width in zip(table.columns, widths, strict=True)
        if each.look == "wrap"
    ]
    for at, row in enumerate(table.rows, start=block.first):
        texts = [(each.value(row), width) for each, width in wrapped]
        lines = [lines_needed(str(value), width - 2) for value, width in texts if value is not None]
        if least or max(lines, default=1) > 1:
            page.set_row(at, max(least, 2 + LINE * max(lines)))


def put_block(
    book: Book,
    page: Worksheet,
    table: Table[Row],
    row: int,
    *,
    sheet: str = "",
    first: int = 0,
    widths: Mapping[int, float] | None = None,
    formulas: Mapping[str, Callable[[Row], str | None]] | None = None,
) -> Block:
    """Write a table with its headings at `row`.

    `widths` are those of the sheet, where several blocks share columns; else the table's own.
    """
    heads = _heads(table)
    block = placed(table, row, sheet, left=first)
    head_row(book, page, row, heads, first)
    known = [
        each.width if widths is None else widths.get(first + k, each.width)
        for k, each in enumerate(table.columns)
    ]
    lines = max(
        (lines_needed(text, width - 1) for text, width in zip(heads, known, strict=True)), default=1
    )
    page.set_row(row, 4 + LINE * max(2, lines))
    put_rows(book, page, table, block, formulas)
    fit_rows(page, table, block, known)
    return block


def put_table(
    book: Book,
    page: Worksheet,
    table: Table[Row],
    row: int,
    *,
    sheet: str = "",
    dense: bool = False,
) -> Block:
    """Write the table of a sheet with headings at `row`: widths, filter, headings that stay.

    A `dense` table is a long list that is printed smaller.
    """
    block = placed(table, row, sheet)
    head_row(book, page, row, _heads(table))
    set_widths(page, table)
    put_rows(book, page, table, block)
    fit_rows(page, table, block, [each.width for each in table.columns])
    if dense:
        page.set_default_row(DENSE_ROW)
        page.fit_to_pages(1, max(1, -(-len(table.rows) // DENSE_PAGE)))
    page.autofilter(row, 0, row + max(1, len(table.rows)), len(table.columns) - 1)
    page.freeze_panes(row + 1, 2)
    page.repeat_rows(row)
    return block


def put_behind(
    book: Book,
    page: Worksheet,
    table: Table[Row],
    block: Block,
    formulas: Mapping[str, Callable[[Row], str | None]] | None = None,
) -> Block:
    """Write more columns of a table's rows behind it; where all of them stand."""
    left = 1 + max(block.places.values())
    more = placed(table, block.head, block.sheet, left=left)
    both = replace(block, places={**block.places, **more.places})
    head_row(book, page, block.head, _heads(table), left)
    put_rows(book, page, table, both, formulas)
    return both


def set_widths(page: Worksheet, table: Table[Any], first: int = 0) -> None:
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
