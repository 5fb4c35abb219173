"""A workbook under construction: its formats, and sheets that write cells, texts and tables."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from portfolio.model.calendar import Calendar
from portfolio.model.money import WAN_PER_YI
from portfolio.model.paper import Paper
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.styles import (
    DENSE_PAGE,
    DENSE_ROW,
    FONT,
    HEADINGS,
    HOUSE,
    LINE,
    ROW,
    Looks,
)
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Cell, Fields, Row, Table, Unit
from portfolio.report.words.paper import paper_line

Format = Any
Kind = TypeVar("Kind", bound="Sheet")
#: What fills cells by key where a formula looks at more than its row.
Formulas = Mapping[str, Callable[[Row], str | None]]

#: A fixed date, so that the same input gives the same bytes.
CREATED = datetime(2000, 1, 1)
A3 = 8
#: Characters on a line of an A3 page between its margins: 15.7 in × 96 px ÷ 7 px a character, less
#: the cells' edges and a quarter for programs that set the font wider.
A3_CHARACTERS = 140.0
#: What rounds to 0 in a cell's format must not show a minus.
SMALLEST = 0.005


#: So many characters a header or footer may have.
LONGEST_HEADER = 255


def page_header(line: str, mark: str) -> str:
    """The head of printed pages: a line in smaller letters, and a mark; what is too long is cut.

    Not at the foot: two lines there would be cut off by the margin.
    """
    right = f"&R{mark}" if mark else ""
    if not line:
        return right
    told, room = line.replace("&", "&&"), LONGEST_HEADER - len("&L&8") - len(right) - 1
    return "&L&8" + (told if len(told) <= room else f"{told[:room].rstrip('&')}…") + right


def yi(wan: int) -> float:
    """万元 as 亿元, exact to the 万元 in a cell; the number format shows one decimal."""
    return int(wan) / WAN_PER_YI


def no_minus_zero(value: Cell) -> Cell:
    """A number that its format would show as “-0.00” as 0; anything else as it is."""
    return 0.0 if isinstance(value, float) and -SMALLEST < value < 0 else value


def cell_value(unit: Unit, value: Cell) -> Cell:
    """What a cell holds: money in 亿元, exact to the 万元."""
    if value is None or isinstance(value, str):
        return value
    if unit is Unit.MONEY:
        return yi(int(value))
    if unit is Unit.YEAR:
        return str(value)
    return no_minus_zero(value) if unit is Unit.DECIMAL else value


def two_lines(table: Table[Any]) -> list[str]:
    """Headings, the unit on a line of its own, or a bracket alone would stand there."""
    return [each.heading.replace("（", "\n（", 1) for each in table.columns]


@dataclass
class Book:
    """The workbook and its formats by looks, style and tone; `mark` stands on every sheet.

    paper : who made it, when, and its number, at the head of every printed page
    """

    workbook: Any
    mark: str = ""
    paper: str = ""
    formats: dict[tuple[str, str, str], Format] = field(default_factory=dict)

    def style(self, name: str, tone: str = "", looks: Looks = HOUSE) -> Format:
        """A format, made once."""
        key = (looks.name, name, tone)
        if key not in self.formats:
            self.formats[key] = self.made({**looks.styles[name], **looks.tones[tone]})
        return self.formats[key]

    def made(self, properties: dict[str, Any]) -> Format:
        """A format of its own, in the workbook's font."""
        return self.workbook.add_format({"font_name": FONT, "font_size": 11, **properties})

    def sheet(self, name: str, *, tab: str, zoom: int = 100, looks: Looks = HOUSE) -> Sheet:
        """An A3 sheet that fits one page in width, with its name and page number below."""
        return self.sheet_of(Sheet, name, tab=tab, zoom=zoom, looks=looks)

    def sheet_of(
        self, kind: type[Kind], name: str, *, tab: str, zoom: int = 100, looks: Looks = HOUSE
    ) -> Kind:
        """The same of a kind that holds more than a sheet."""
        sheet: Kind = self.workbook.add_worksheet(name, worksheet_class=kind)
        sheet.book, sheet.looks, sheet.tab = self, looks, tab
        sheet.hide_gridlines(2)
        sheet.set_default_row(ROW)
        sheet.set_paper(A3)
        sheet.set_landscape()
        sheet.set_zoom(zoom)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&C第 &P 页 / 共 &N 页&R&F")
        if head := page_header(self.paper, self.mark):
            sheet.set_header(head)
        sheet.set_tab_color(tab)
        return sheet


class Sheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A sheet that knows its book's formats; styles are named, or formats of their own."""

    book: Book
    looks: Looks
    tab: str

    # --- cells

    def style(self, name: str, tone: str = "") -> Format:
        """A format of the sheet's looks."""
        return self.book.style(name, tone, self.looks)

    def made(self, properties: dict[str, Any]) -> Format:
        """A format of its own, in the workbook's font."""
        return self.book.made(properties)

    def put(
        self, row: int, column: int, value: Cell, style: str | Format = "plain", tone: str = ""
    ) -> None:
        """Write a cell: text stays text whatever it begins with, None leaves it blank."""
        form = self.style(style, tone) if isinstance(style, str) else style
        if value is None:
            self.write_blank(row, column, None, form)
        elif isinstance(value, str):
            self.write_string(row, column, value, form)
        else:
            self.write_number(row, column, value, form)

    def put_money(
        self, row: int, column: int, wan: int | None, style: str | Format, tone: str = ""
    ) -> None:
        """Write 万元 as 亿元."""
        self.put(row, column, None if wan is None else yi(wan), style, tone)

    def put_formula(
        self,
        row: int,
        column: int,
        formula: str,
        value: float | str,
        style: str | Format,
        tone: str = "",
    ) -> None:
        """Write a formula with the value it has, so that previewers show it too."""
        form = self.style(style, tone) if isinstance(style, str) else style
        self.write_formula(row, column, formula, form, value)

    def put_row(
        self, row: int, values: Iterable[Cell], style: str, tone: str = "", first: int = 0
    ) -> None:
        """Write values side by side in one style."""
        for column, value in enumerate(values, start=first):
            self.put(row, column, value, style, tone)

    def put_over(
        self,
        first: tuple[int, int],
        last: tuple[int, int],
        text: str,
        style: str | Format,
        tone: str = "",
    ) -> None:
        """A text over some cells, merged where they are more than one; no text leaves them blank."""
        form = self.style(style, tone) if isinstance(style, str) else style
        if first != last:
            self.merge_range(*first, *last, "", form)
        if text:
            self.write_string(*first, text, form)

    def set_widths(self, widths: Iterable[float], first: int = 0) -> None:
        """Give columns side by side their widths."""
        for column, width in enumerate(widths, start=first):
            self.set_column(column, column, width)

    # --- texts

    def title(self, heading: str, note: str | None = None, height: float = 30) -> None:
        """The heading in the first row, a note below."""
        self.put(0, 0, heading + self.book.mark, self.book.style("title"))
        self.set_row(0, height)
        if note:
            self.put(1, 0, note, "grey")

    def put_heading(self, row: int, heading: str) -> int:
        """A block's heading; the row below it."""
        self.put(row, 0, heading, "subtitle")
        self.set_row(row, 22)
        return row + 1

    def put_lines(
        self, row: int, lines: Iterable[str], last_column: int, width: float, *, style: str = "note"
    ) -> int:
        """Paragraphs over the columns 0 to `last_column`, `width` characters wide; the row below."""
        for line in lines:
            self.put_over((row, 0), (row, last_column), line, style)
            extra = 10 if style == "lead" else 2
            self.set_row(row, max(ROW, extra + LINE * lines_needed(line, width)))
            row += 1
        return row

    def put_lead(self, row: int, line: str, widths: Sequence[float]) -> int:
        """A sentence set larger than the text, over some columns; the row below."""
        self.put_over((row, 0), (row, len(widths) - 1), line, "lead")
        self.set_row(row, 10 + (LINE + 3) * lines_needed(line, sum(widths) * 11 // 13 - 4))
        return row + 1

    def put_points(
        self,
        row: int,
        heading: str,
        lines: Iterable[str],
        widths: Sequence[float],
        mark: str = "· ",
    ) -> int:
        """Lines as points under a heading, as wide as some columns; the row below."""
        points, row = [f"{mark}{line}" for line in lines], self.put_heading(row, heading)
        return self.put_lines(row, points, len(widths) - 1, sum(widths), style="line")

    def put_pairs(self, row: int, pairs: Iterable[tuple[str, str]], widths: Sequence[float]) -> int:
        """What something is called and what it is, as wide as some columns; the row below."""
        for label, value in pairs:
            self.put(row, 0, label, "label")
            self.put_over((row, 1), (row, len(widths) - 1), value, "line")
            self.set_row(row, 2 + LINE * lines_needed(value, sum(widths[1:])))
            row += 1
        return row

    def put_contents(self, row: int, meanings: Iterable[tuple[str, str]]) -> int:
        """The book's sheets with links and what each holds; the row below."""
        row = self.put_heading(row, "各表内容")
        for name, meaning in meanings:
            self.write_url(row, 0, f"internal:'{name}'!A1", self.style("link"), name)
            self.put(row, 1, meaning)
            row += 1
        return row

    # --- tables

    def head_row(self, row: int, titles: Sequence[str], first: int = 0) -> None:
        """Write column headings."""
        self.put_row(row, titles, "head", first=first)
        self.set_row(row, HEADINGS)

    def put_titles(self, table: Table[Any], block: Block) -> None:
        """A table's headings without units, where those stand over the table."""
        self.head_row(
            block.head, [each.title for each in table.columns], min(block.places.values())
        )

    def put_at(
        self, table: Table[Row], block: Block, formulas: Formulas[Row] | None = None
    ) -> None:
        """A table where it is to stand: its headings without units, its cells."""
        self.put_titles(table, block)
        self.put_rows(table, block, formulas)

    def put_heads(self, fields: Fields[Any], block: Block) -> None:
        """Headings of which those that are years are numbers."""
        self.set_row(block.head, HEADINGS)
        for each in fields:
            year, place = each.title.isdecimal(), block.places[each.key]
            said = int(each.title) if year else each.title
            self.put(block.head, place, said, "year" if year else "head")

    def put_rows(
        self, table: Table[Row], block: Block, formulas: Formulas[Row] | None = None
    ) -> None:
        """Write a table's cells; `formulas` by key are those that look at more than the row."""
        given = formulas or {}
        for at, row in enumerate(table.rows, start=block.first):
            for each in table.columns:
                value = cell_value(each.unit, each.value(row))
                style = self.looks.style_of(each.unit, value, each.look_of(row))
                formula = given.get(each.key, each.formula_of)(row)
                place, tone = block.places[each.key], each.tone(row)
                if formula is None:
                    self.put(at, place, value, style, tone)
                else:
                    stored = "" if value is None else value
                    self.put_formula(at, place, block.filled(formula, at), stored, style, tone)

    def put_sums(self, table: Table[Any], block: Block, keys: Iterable[str]) -> None:
        """Sums of some columns in the row below a table."""
        for key in keys:
            unit = table.fields[key].unit
            count = sum(int(value or 0) for value in table.column(key))
            whole = yi(count) if unit is Unit.MONEY else count
            style, place = self.looks.by_unit[unit], block.places[key]
            self.put_formula(block.last + 1, place, f"={block.sum_of(key)}", whole, style, "total")

    def fit_rows(
        self, table: Table[Any], block: Block, widths: Sequence[float], least: int = 0
    ) -> None:
        """Give rows with texts that wrap the height they need; those of one line stay as they are.

        widths : of the sheet's columns, which may be fewer than the table's
        least : with it every row gets a height, and none a smaller one
        """
        wrapped = [
            (each, width)
            for each, width in zip(table.columns, widths, strict=False)
            if each.look == "wrap"
        ]
        for at, row in enumerate(table.rows, start=block.first):
            texts = [(each.value(row), width) for each, width in wrapped]
            lines = [
                lines_needed(str(value), width - 2) for value, width in texts if value is not None
            ]
            if least or max(lines, default=1) > 1:
                self.set_row(at, max(least, 2 + LINE * max(lines, default=1)))

    def put_block(
        self,
        table: Table[Row],
        row: int,
        *,
        first: int = 0,
        widths: Sequence[float] = (),
        formulas: Formulas[Row] | None = None,
    ) -> Block:
        """Write a table with its headings at `row`.

        `widths` are those of the sheet, where several blocks share columns; else the table's own.
        """
        heads, block = two_lines(table), placed(table, row, self.name, left=first)
        self.head_row(row, heads, first)
        known = [
            widths[place] if place < len(widths) else own
            for place, own in enumerate(table.widths, start=first)
        ]
        lines = max(
            (lines_needed(text, width - 1) for text, width in zip(heads, known, strict=True)),
            default=1,
        )
        self.set_row(row, 4 + LINE * max(2, lines))
        self.put_rows(table, block, formulas)
        self.fit_rows(table, block, known)
        return block

    def put_table(self, table: Table[Row], row: int, *, dense: bool = False) -> Block:
        """Write the table of a sheet with headings at `row`: widths, filter, headings that stay.

        A `dense` table is a long list that is printed smaller.
        """
        block = placed(table, row, self.name)
        self.head_row(row, two_lines(table))
        self.set_widths(table.widths)
        self.put_rows(table, block)
        self.fit_rows(table, block, table.widths)
        if dense:
            self.set_default_row(DENSE_ROW)
            self.fit_to_pages(1, max(1, -(-len(table.rows) // DENSE_PAGE)))
        self.autofilter(row, 0, row + max(1, len(table.rows)), len(table.columns) - 1)
        self.freeze_panes(row + 1, 2)
        self.repeat_rows(row)
        return block

    def put_behind(
        self, table: Table[Row], block: Block, formulas: Formulas[Row] | None = None
    ) -> Block:
        """Write more columns of a table's rows behind it; where all of them stand."""
        left = 1 + max(block.places.values())
        more = placed(table, block.head, block.sheet, left=left)
        both = replace(block, places={**block.places, **more.places})
        self.head_row(block.head, two_lines(table), left)
        self.put_rows(table, both, formulas)
        return both

    # --- charts and print

    def new_chart(self, kind: str, subtype: str | None = None) -> Any:
        """A chart to be filled, and put on the sheet or combined with another."""
        return self.book.workbook.add_chart({"type": kind, "subtype": subtype})

    def put_chart(
        self,
        chart: Any,
        place: tuple[int, int],
        size: tuple[int, int],
        *,
        title: dict[str, Any],
        axes: tuple[dict[str, Any], dict[str, Any]],
        legend: dict[str, Any] | None = None,
        said: str,
        offset: tuple[int, int] = (0, 0),
    ) -> None:
        """A chart with title, axes (x, y) and legend in a row and column; `said` is it in words."""
        how = {"x_offset": offset[0], "y_offset": offset[1], "object_position": 2}
        chart.set_title(title)
        chart.set_x_axis(axes[0])
        chart.set_y_axis(axes[1])
        chart.set_legend(legend or {"none": True})
        chart.set_size({"width": size[0], "height": size[1]})
        self.insert_chart(*place, chart, {**how, "description": said})

    def print_wide(
        self,
        widths: Sequence[float],
        breaks: Sequence[int],
        *,
        repeated: int = 0,
        rows: Sequence[int] = (),
    ) -> None:
        """Print on A3 pages side by side, each as large as its widest part allows.

        breaks, rows : columns and rows at which a new page begins. Manual breaks hold only with a
            scale of its own; fitted to pages, Excel would break where it likes.
        repeated : first columns that are printed again on every page
        """
        again = sum(widths[:repeated])
        ends = (0, *breaks, len(widths))
        widest = max(sum(widths[a:b]) + (again if a else 0) for a, b in pairwise(ends))
        self.set_print_scale(max(10, min(100, int(100 * A3_CHARACTERS / widest))))
        self.set_v_pagebreaks(list(breaks))
        if rows:
            self.set_h_pagebreaks(list(rows))
        if repeated:
            self.repeat_columns(0, repeated - 1)
        self.print_across()


def made_bytes(
    fill: Callable[[Book], None],
    calendar: Calendar,
    title: str = "",
    mark: str = "",
    papers: Sequence[Paper] = (),
) -> bytes:
    """Make a workbook in memory and return its bytes; without a `title` it is a schedule.

    mark : what every sheet says of itself, behind its title and at the head of its pages
    papers : of the scenarios in it
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    named = title or f"{calendar.list_name}进度计划"
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"title": named, "created": CREATED})
        workbook.formats[0].set_font_name(FONT)
        workbook.formats[0].set_font_size(11)
        workbook.set_calc_mode("auto")
        fill(Book(workbook, mark, paper_line(papers)))
    return buffer.getvalue()
