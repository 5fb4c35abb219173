"""What all sheets of a returned workbook have: head, locked and yellow cells, checks, sums."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from portfolio.model.calendar import Calendar
from portfolio.model.facts import month_label
from portfolio.model.month.owed import Owed
from portfolio.model.schema import Cell, Column
from portfolio.model.schema import Sheet as Declared
from portfolio.model.schema.returns import BASE, LAYOUT, LAYOUT_NOW, MONTH, UNIT, before
from portfolio.report.excel.book import Book, Sheet
from portfolio.report.words import month as words

#: Rows from 0: title, of whom and when, how to fill it in, who signs; then the header.
TITLE, HEAD, HOW, SIGN, HEADER = range(5)
YELLOW, LOCKED = "#FFF2CC", "#EDEDED"
WAN = "#,##0;-#,##0;0"
#: Columns beside those that are read: what the month comes to, what is wrong with a row.
MONTH_DONE, CHECK = "本月完成（万元）", "检查"
MONTH_WIDTH, CHECK_WIDTH = 13, 56
#: A printed page is at most so wide.
PAGE_CHARACTERS = 240
#: What Excel says beside a cell may have so many characters.
LONGEST_MESSAGE = 255


class Filling:
    """A returned workbook being written: what its sheets have in common."""

    def __init__(self, book: Book, owed: Owed, calendar: Calendar, base: str) -> None:
        self.book, self.owed, self.calendar, self.base = book, owed, calendar, base
        self.formats: dict[tuple[Cell, bool], Any] = {}
        #: Where the choices of a column stand that has none of its own: a range, by its key.
        self.sources: dict[str, str] = {}

    def sheet(self, declared: Declared, tab: str, columns: Sequence[Column | None]) -> Sheet:
        """A sheet with its head and header; where its columns stand is kept in `places`."""
        sheet = self.book.sheet(declared.name, tab=tab)
        month = month_label(self.owed.month, self.calendar)
        sheet.put(TITLE, 0, words.form_title(month) + self.book.mark, self.book.style("title"))
        sheet.set_row(TITLE, 28)
        for place, text in enumerate(
            (UNIT, self.owed.unit, "", MONTH, month, "", "单位：万元", "", BASE, self.base,
             LAYOUT, str(LAYOUT_NOW))
        ):  # fmt: skip
            if text:
                bold = text in (UNIT, MONTH, BASE, LAYOUT)
                sheet.put(HEAD, place, text, "bold" if bold else "plain")
        sheet.put(HOW, 0, words.how_line(declared.name), "grey")
        sheet.put(
            SIGN,
            0,
            "单位负责人：____________　　填表人：____________　　联系电话：____________",
            "grey",
        )
        self.places: dict[str, int] = {}
        self.numbers = [
            each.key for each in columns
            if each is not None and each.editable and each.cell in (Cell.MONEY, Cell.SHARE)
        ]  # fmt: skip
        for place, column in enumerate(columns):
            if column is None:
                self.places["month"] = place
                sheet.put(HEADER, place, MONTH_DONE.replace("（", "\n（"), "head")
                sheet.set_column(place, place, MONTH_WIDTH)
                continue
            self.places[column.key] = place
            sheet.put(HEADER, place, in_wan(column.header).replace("（", "\n（"), "head")
            sheet.set_column(place, place, column.width)
            if column.editable and column.note:
                sheet.write_comment(HEADER, place, column.note, {"x_scale": 2})
        self.places["check"] = len(columns)
        sheet.put(HEADER, len(columns), CHECK, "head")
        sheet.set_column(len(columns), len(columns), CHECK_WIDTH)
        sheet.set_row(HEADER, 58)
        sheet.freeze_panes(HEADER + 1, declared.frozen)
        sheet.repeat_rows(HEADER)
        _print(sheet, columns, declared.frozen)
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
        return sheet

    def format(self, cell: Cell, editable: bool) -> Any:
        """The format of a cell, yellow where it is to be filled."""
        key = (cell, editable)
        if key not in self.formats:
            shape: dict[str, Any] = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
            shape["bg_color"] = YELLOW if editable else LOCKED
            shape["locked"] = not editable
            if cell is Cell.MONEY:
                shape["num_format"] = WAN
            elif cell is Cell.SHARE:
                shape["num_format"] = "0.##%"
            elif cell is Cell.DATE:
                shape["num_format"] = "yyyy-mm-dd"
            elif cell in (Cell.TEXT, Cell.DATE_OR_TEXT):
                shape["text_wrap"] = True
            if cell is Cell.DATE_OR_TEXT:
                shape["num_format"] = "@"
            self.formats[key] = self.book.made(shape)
        return self.formats[key]

    def put_row(
        self, sheet: Sheet, row: int, columns: Sequence[Column], values: Mapping[str, Any],
        locked: Collection[str] = (), opened: Collection[str] = (),
    ) -> None:  # fmt: skip
        """A row's cells; those to be filled, and those `opened`, say what may be typed."""
        for column in columns:
            editable = (column.editable or column.key in opened) and column.key not in locked
            value = values.get(column.key)
            if column.cell is Cell.SHARE and value is not None:
                value = value / 10_000
            sheet.put(row, self.places[column.key], value, self.format(column.cell, editable))
            if editable:
                self.validate(sheet, row, column)

    def validate(self, sheet: Sheet, row: int, column: Column) -> None:
        """What may be typed into a cell, and what is said beside it."""
        place = self.places[column.key]
        rule: dict[str, Any] = {}
        if column.cell is Cell.MONEY:
            rule = {"validate": "integer", "criteria": "between", "minimum": column.least,
                    "maximum": column.most, "error_message": "请填整数，单位万元"}  # fmt: skip
        elif column.cell is Cell.SHARE:
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1,
                    "error_message": "请填 0% 至 100%"}  # fmt: skip
        elif column.choices:
            rule = {"validate": "list", "source": [str(c) for c in column.choices],
                    "error_message": f"请从列表中选：{'、'.join(column.choices)}"}  # fmt: skip
        elif column.key in self.sources:
            rule = {"validate": "list", "source": f"={self.sources[column.key]}",
                    "error_message": f"请从列表中选{column.title}"}  # fmt: skip
        if rule:
            note = column.note[:LONGEST_MESSAGE]
            more = {"input_title": column.title[:32], "input_message": note} if note else {}
            sheet.data_validation(row, place, row, place, {"error_title": "请核对", **rule, **more})

    def at(self, row: int, key: str) -> str:
        """A cell of a row by its column, for formulas."""
        return str(xl_rowcol_to_cell(row, self.places[key], col_abs=True))

    def red(self, sheet: Sheet, first: int, last: int, key: str, formula: str) -> None:
        """A column's cells turn red where a formula holds."""
        form = self.book.made({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        place = self.places[key]
        sheet.conditional_format(
            first,
            place,
            last,
            place,
            {"type": "formula", "criteria": f"={formula}", "format": form},
        )

    def red_as_said(
        self, sheet: Sheet, first: int, last: int, said: Mapping[str, Sequence[str]]
    ) -> None:
        """Cells are red as long as their row's check says one of a column's texts: not once explained."""
        for key in self.numbers:
            cell = self.at(first, key)
            self.red(sheet, first, last, key, f'AND(ISTEXT({cell}),{cell}<>"")')
        check = self.at(first, "check")
        for key, texts in said.items():
            spoken = [f'ISNUMBER(SEARCH("{text}",{check}))' for text in texts]
            self.red(sheet, first, last, key, f"OR({','.join(spoken)})")
        self.red(sheet, first, last, "check", f'{check}<>""')

    def not_numbers(self, row: int) -> str:
        """Says that text stands where a number is to be: pasted, as typing it is refused."""
        texts = [
            f'AND(ISTEXT({self.at(row, key)}),{self.at(row, key)}<>"")' for key in self.numbers
        ]
        return f'IF(OR({",".join(texts)}),"有的格不是数字；","")'

    def totals(
        self, sheet: Sheet, row: int, columns: Sequence[Column], sums: Mapping[str, int]
    ) -> None:
        """A row of sums: live, so that it follows what is typed; nothing of it is typed."""
        for column in columns:
            place = self.places[column.key]
            if column.key not in sums:
                sheet.put(row, place, "合计" if column.key == "name" else None, "bold", "total")
                continue
            name = str(xl_rowcol_to_cell(HEADER + 1, place)), str(xl_rowcol_to_cell(row - 1, place))
            form = self.book.made(
                {"bold": True, "bg_color": "#BDD7EE", "num_format": WAN, "border": 1}
            )
            sheet.put_formula(row, place, f"=SUM({name[0]}:{name[1]})", sums[column.key], form)


def _print(sheet: Sheet, columns: Sequence[Column | None], names: int) -> None:
    """As many A3 pages side by side as it takes to be read; names on each.

    A figure to be filled stays beside the one of last month.
    """
    widths = [MONTH_WIDTH if column is None else column.width for column in columns] + [CHECK_WIDTH]
    breaks, used = [], 0.0
    for place, width in enumerate(widths):
        column = columns[place] if place < len(columns) else None
        pair = columns[place + 1] if place + 1 < len(columns) else None
        beside = column is not None and column.key.startswith(before("")) and pair is not None
        needed = width + (pair.width if beside and pair is not None else 0)
        if place > names and used + needed > PAGE_CHARACTERS:
            breaks.append(place)
            used = sum(widths[:names])
        used += width
    if breaks:
        sheet.print_wide(widths, breaks, repeated=names)


def in_wan(header: str) -> str:
    """A header of money as the sheet has it."""
    return header.replace("（亿元）", "（万元）")
