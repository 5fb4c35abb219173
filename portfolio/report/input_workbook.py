"""Write the input workbook: the sheets of `portfolio.model.sheets` with a guide in front."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.sheets import (
    GUIDE,
    SETTINGS,
    TEMPLATES,
    Cell,
    CellValue,
    Column,
    Sheet,
    Table,
    sheets_of,
)
from portfolio.report.files import write_files
from portfolio.report.input_guide import GuideLine, guide_lines
from portfolio.report.plain_text import lines_needed

#: Excel's own limits on the text of an input message.
LONGEST_TITLE, LONGEST_MESSAGE = 32, 255
#: Not the clock: the same tables make the same bytes.
CREATED = dt.datetime(2021, 1, 1)

FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
GRID = {"border": 1, "border_color": "#D0D5DD"}
EDITABLE = {**FONT, **GRID, "bg_color": "#FFF9E5", "font_color": "#1F3B73"}
FIXED = {**FONT, **GRID, "bg_color": "#F2F4F7", "font_color": "#475467"}
HEADER = {
    **FONT,
    "bold": True,
    "font_color": "#FFFFFF",
    "border": 1,
    "border_color": "#98A2B3",
    "text_wrap": True,
    "align": "center",
}
HEADER_COLOURS = {True: "#1F4E79", False: "#667085"}
NUMBER_FORMATS = {
    Cell.MONEY: "#,##0.0###",
    Cell.SHARE: "0.00%",
    Cell.RATIO: "0.0%",
    Cell.INTEGER: "0",
    Cell.YEAR: "0",
    Cell.NUMBER: "0.####",
    Cell.VALUE: "#,##0.####",
}


def write_input_workbook(
    path: Path,
    tables: Mapping[str, Table],
    *,
    about: Sequence[tuple[str, str]] = (),
    calendar: Calendar = SHIPPED,
) -> None:
    """Write an input workbook of `tables` (sheet name → rows by column key, 万元 and bps).

    Sheets without a table are laid out empty. `about` (title, text) goes to the guide in front.
    The file is written whole or not at all.

    Raises
    ------
    InputError
        The file can't be replaced (open in Excel, or no right to write).
    KeyError
        A table or a column that the layout doesn't know.
    """
    write_files({path: input_workbook_bytes(tables, about=about, calendar=calendar)})


def input_workbook_bytes(
    tables: Mapping[str, Table],
    *,
    about: Sequence[tuple[str, str]] = (),
    calendar: Calendar = SHIPPED,
) -> bytes:
    """An input workbook as bytes; the same tables give the same bytes.

    The sheet 设置 is written where `tables` have it, in front of the others.
    """
    import xlsxwriter

    _refuse_unknown(tables)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "重大项目投资计划 输入工作簿", "created": CREATED})
    styles = _Styles(book)
    sheets = sheets_of(calendar)
    if SETTINGS.name in tables:
        sheets = (SETTINGS, *sheets)
    _write_guide(book, styles, guide_lines(about, calendar, sheets))
    for sheet in sheets:
        _write_sheet(book, styles, sheet, tables.get(sheet.name, []))
    book.close()
    return buffer.getvalue()


def to_cell(column: Column, value: CellValue) -> CellValue:
    """The value as the sheet shows it: 亿元 for money, a part of 1 for a share."""
    if value is None:
        return None
    if column.cell is Cell.MONEY:
        return int(value) / WAN_PER_YI
    if column.cell is Cell.SHARE:
        return int(value) / BPS
    return value


def _refuse_unknown(tables: Mapping[str, Table]) -> None:
    known = {
        sheet.name: {column.key for column in sheet.columns} for sheet in (SETTINGS, *TEMPLATES)
    }
    for name, rows in tables.items():
        for row in rows:
            if extra := row.keys() - known[name]:
                raise KeyError(f"{name}: {sorted(extra)}")


class _Styles:
    """Formats made once a book: XlsxWriter keeps every format it is asked for."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, object], ...], Any] = {}

    def of(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(properties)
        return self.made[key]

    def cell(self, column: Column, *, editable: bool) -> Any:
        base = EDITABLE if editable else FIXED
        if column.cell in NUMBER_FORMATS:
            centred = column.cell in (Cell.INTEGER, Cell.YEAR)
            return self.of(
                **base,
                num_format=NUMBER_FORMATS[column.cell],
                align="center" if centred else "right",
                text_wrap=column.cell is Cell.VALUE,
            )
        if column.cell is Cell.CHOICE:
            return self.of(**base, align="center")
        return self.of(**base, text_wrap=True, indent=1)


def _write_guide(book: Any, styles: _Styles, lines: Sequence[GuideLine]) -> None:
    page = book.add_worksheet(GUIDE)
    page.hide_gridlines(2)
    page.set_column(0, 0, 42)
    page.set_column(1, 1, 120)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    looks: dict[str, dict[str, object]] = {
        "title": {**FONT, "bold": True, "font_size": 16, "font_color": "#1F4E79"},
        "heading": {**FONT, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79"},
        "text": {**FONT, "text_wrap": True, "valign": "top"},
        "editable": {**EDITABLE, "text_wrap": True},
        "fixed": {**FIXED, "text_wrap": True},
    }
    for row, line in enumerate(lines):
        _write_guide_line(page, styles, looks, row, line)


def _write_guide_line(
    page: Any, styles: _Styles, looks: dict[str, dict[str, object]], row: int, line: GuideLine
) -> None:
    look = looks[line.look]
    left = look if line.look != "text" else {**look, "bold": True}
    page.write_string(row, 0, line.left, styles.of(**left))
    page.write_string(row, 1, line.right, styles.of(**look))
    lines = max(lines_needed(line.right, 120), lines_needed(line.left, 42))
    page.set_row(row, 28 if line.look == "title" else 17.0 * lines + 2)


def _write_sheet(
    book: Any, styles: _Styles, sheet: Sheet, rows: Sequence[dict[str, CellValue]]
) -> None:
    page = book.add_worksheet(sheet.name)
    last_row = len(rows) + sheet.spare_rows
    page.freeze_panes(1, sheet.frozen)
    page.autofilter(0, 0, max(last_row, 1), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.print_area(0, 0, max(len(rows), 1), len(sheet.columns) - 1)
    page.set_footer("&C&A　第 &P 页，共 &N 页")
    page.set_row(0, 46)
    for place, column in enumerate(sheet.columns):
        header = styles.of(**HEADER, bg_color=HEADER_COLOURS[column.editable])
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.header, header)
        page.data_validation(1, place, max(last_row, 1), place, _validation(column))
        style = styles.cell(column, editable=column.editable)
        spare = styles.cell(column, editable=True)
        for number, row in enumerate(rows, start=1):
            _write_cell(page, number, place, to_cell(column, row.get(column.key)), style)
        for number in range(len(rows) + 1, last_row + 1):
            page.write_blank(number, place, None, spare)
    for number, row in enumerate(rows, start=1):
        page.set_row(number, _height(sheet, row))


def _write_cell(page: Any, row: int, place: int, value: CellValue, style: Any) -> None:
    if value is None:
        page.write_blank(row, place, None, style)
    elif isinstance(value, str):
        page.write_string(row, place, value, style)
    else:
        page.write_number(row, place, value, style)


def _validation(column: Column) -> dict[str, Any]:
    """A drop-down list for a closed set, and for every column the note as an input message."""
    rule: dict[str, Any] = {"validate": "any"}
    if column.choices:
        rule = {
            "validate": "list",
            "source": list(column.choices),
            "error_title": "不在可选范围内",
            "error_message": f"请从下拉列表中选择：{'、'.join(column.choices)}"[:LONGEST_MESSAGE],
        }
    elif column.refers_to:
        rule = {
            "validate": "list",
            "source": _list_reference(column.refers_to.sheet, column.refers_to.name),
            "error_title": "没有这个名称",
            "error_message": f"请从下拉列表中选择，名称在“{column.refers_to.sheet}”表中维护。",
        }
    if column.note:
        rule["input_title"] = column.header[:LONGEST_TITLE]
        rule["input_message"] = column.note[:LONGEST_MESSAGE]
    return rule


def _list_reference(sheet_name: str, key: str) -> str:
    """The filled cells of a column: grows when the user adds a row."""
    from xlsxwriter.utility import xl_col_to_name

    sheet = next(sheet for sheet in TEMPLATES if sheet.name == sheet_name)
    letter = xl_col_to_name(sheet.columns.index(sheet.column(key)))
    cells = f"'{sheet_name}'!${letter}$2"
    return f"=OFFSET({cells},0,0,COUNTA({cells}:${letter}$9999),1)"


def _height(sheet: Sheet, row: Mapping[str, CellValue]) -> float:
    """Row height that shows every wrapped text whole (Excel does not fit it by itself)."""
    lines = 1
    for column in sheet.columns:
        value = row.get(column.key)
        if isinstance(value, str) and column.cell in (Cell.TEXT, Cell.VALUE):
            lines = max(lines, lines_needed(value, column.width - 2))
    return min(400.0, 15.0 * lines + 4)
