"""A workbook under construction: formats, page setup, and cells that keep text text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from portfolio.model.calendar import Calendar
from portfolio.model.money import WAN_PER_YI
from portfolio.report.tables.fields import Cell

Format = Any
Worksheet = Any

FONT = "等线"
#: A fixed date, so that the same input gives the same bytes.
CREATED = datetime(2021, 1, 1)
A3 = 8
#: Height of a row, of one more line in it, and of a row of headings.
ROW, LINE, HEADINGS = 18, 16, 34
#: Of a long list: a row's height, and so many rows are printed on a page.
DENSE_ROW, DENSE_PAGE = 15, 64
DARK, MID, PALE, GREY = "#1F3864", "#2F75B5", "#DDEBF7", "#F2F2F2"
ORANGE, RED, GREEN = "#ED7D31", "#C00000", "#548235"

MONEY = '#,##0.0;-#,##0.0;"–"'
#: A difference of money shows its sign.
SIGNED_MONEY = '+#,##0.0;-#,##0.0;"–"'
#: Money that may be little: two decimals, more where it has more.
SMALL_MONEY = '#,##0.00##;-#,##0.00##;"–"'
#: Every 万元 is seen: what is edited is what is read.
EDITED_MONEY = '#,##0.0###;-#,##0.0###;"–"'
#: A gap is never printed as 0.0: a small one shows its 万元.
GAP = '[=0]"–";[<0.05]0.0000;#,##0.0'
#: Differences show every 万元, so that a zero is a zero.
EXACT = "#,##0.0000;-#,##0.0000;0"
PERCENT = "0.0%"
DECIMAL = "0.00;-0.00;0"
WHOLE = "#,##0"

FRAME: dict[str, Any] = {"border": 1, "border_color": "#D9D9D9", "valign": "vcenter"}
HEAD: dict[str, Any] = {
    "bold": True,
    "font_color": "white",
    "bg_color": DARK,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
    "border": 1,
    "border_color": "#FFFFFF",
}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": DARK},
    "subtitle": {"bold": True, "font_size": 13, "font_color": DARK},
    "note": {"font_color": "#595959", "text_wrap": True, "valign": "top"},
    "line": {"text_wrap": True, "valign": "top"},
    "lead": {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "font_size": 13,
        "bg_color": PALE,
        "font_color": DARK,
        "indent": 1,
    },
    "head": HEAD,
    "year": {**HEAD, "num_format": '0"年"'},
    "text": {**FRAME, "indent": 1},
    "wrap": {**FRAME, "indent": 1, "text_wrap": True},
    **{f"level {k}": {**FRAME, "indent": k} for k in range(4)},
    "centre": {**FRAME, "align": "center"},
    "money": {**FRAME, "num_format": MONEY},
    "signed money": {**FRAME, "num_format": SIGNED_MONEY},
    "small money": {**FRAME, "num_format": SMALL_MONEY},
    "edited money": {**FRAME, "num_format": EDITED_MONEY},
    "gap": {**FRAME, "num_format": GAP},
    "exact": {**FRAME, "num_format": EXACT},
    "percent": {**FRAME, "num_format": PERCENT},
    "factor": {**FRAME, "num_format": "0.00"},
    "whole": {**FRAME, "num_format": WHOLE},
    "decimal": {**FRAME, "num_format": DECIMAL},
    "input": {
        "border": 1,
        "border_color": "#7F7F7F",
        "bg_color": "#FFF2CC",
        "bold": True,
        "align": "center",
    },
}
TONES: dict[str, dict[str, Any]] = {
    "": {},
    "total": {"bold": True, "bg_color": "#BDD7EE"},
    "work": {"bold": True, "bg_color": PALE},
    "category": {"italic": True, "bg_color": GREY},
    "good": {"font_color": GREEN, "bold": True},
    "bad": {"font_color": RED, "bold": True},
    "gap": {"font_color": RED, "bg_color": "#FCE4D6"},
    "faint": {"font_color": "#A6A6A6"},
    "locked": {"bg_color": GREY},
    "free": {"locked": False},
}


@dataclass
class Book:
    """The workbook and its formats by style and tone."""

    workbook: Any
    formats: dict[tuple[str, str], Format] = field(default_factory=dict)

    def style(self, name: str, tone: str = "") -> Format:
        """A format, made once."""
        key = (name, tone)
        if key not in self.formats:
            self.formats[key] = self.made({**STYLES[name], **TONES[tone]})
        return self.formats[key]

    def made(self, properties: dict[str, Any]) -> Format:
        """A format of its own, in the workbook's font."""
        return self.workbook.add_format({"font_name": FONT, "font_size": 11, **properties})

    def sheet(self, name: str, *, tab: str, zoom: int = 100) -> Worksheet:
        """An A3 sheet that fits one page in width, with its name and page number below."""
        sheet = self.workbook.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_default_row(ROW)
        sheet.set_paper(A3)
        sheet.set_landscape()
        sheet.set_zoom(zoom)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&C第 &P 页 / 共 &N 页&R&F")
        sheet.set_tab_color(tab)
        return sheet


def made_bytes(fill: Callable[[Book], None], calendar: Calendar) -> bytes:
    """Make a workbook in memory and return its bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"title": f"{calendar.list_name}进度计划", "created": CREATED})
        workbook.formats[0].set_font_name(FONT)
        workbook.formats[0].set_font_size(11)
        workbook.set_calc_mode("auto")
        fill(Book(workbook))
    return buffer.getvalue()


def yi(wan: int) -> float:
    """万元 as 亿元, exact to the 万元 in a cell; the number format shows one decimal."""
    return int(wan) / WAN_PER_YI


def cell(row: int, column: int, *, fixed: bool = False) -> str:
    """A cell's name from zero-based places."""
    return str(xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=fixed))


def span(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """A range's name from zero-based places, fixed."""
    return f"{cell(first_row, first_column, fixed=True)}:{cell(last_row, last_column, fixed=True)}"


def column_name(column: int) -> str:
    """A column's letters."""
    return str(xl_col_to_name(column))


def on_sheet(sheet: str, reference: str) -> str:
    """A reference to another sheet."""
    return f"'{sheet}'!{reference}"


def put(sheet: Worksheet, row: int, column: int, value: Cell, style: Format) -> None:
    """Write a cell: text stays text whatever it begins with, None leaves it blank."""
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def put_money(sheet: Worksheet, row: int, column: int, wan: int | None, style: Format) -> None:
    """Write 万元 as 亿元."""
    put(sheet, row, column, None if wan is None else yi(wan), style)


def put_formula(
    sheet: Worksheet, row: int, column: int, formula: str, value: float | str, style: Format
) -> None:
    """Write a formula with the value it has, so that previewers show it too."""
    sheet.write_formula(row, column, formula, style, value)


def put_row(
    sheet: Worksheet, row: int, values: Iterable[Cell], style: Format, first: int = 0
) -> None:
    """Write values side by side in one style."""
    for column, value in enumerate(values, start=first):
        put(sheet, row, column, value, style)


def head_row(book: Book, sheet: Worksheet, row: int, titles: Sequence[str], first: int = 0) -> None:
    """Write column headings."""
    put_row(sheet, row, titles, book.style("head"), first)
    sheet.set_row(row, HEADINGS)


def title(book: Book, sheet: Worksheet, heading: str, note: str | None = None) -> None:
    """A sheet's heading in its first row, a note below."""
    sheet.write_string(0, 0, heading, book.style("title"))
    sheet.set_row(0, 30)
    if note:
        sheet.write_string(1, 0, note, book.made({"font_color": "#595959"}))
