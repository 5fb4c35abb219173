"""The workbook a unit fills in for a month: figures of before locked, yellow cells to fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from portfolio.model.calendar import Calendar
from portfolio.model.facts import month_label
from portfolio.model.month.owed import FundsLine, Line, Owed
from portfolio.model.schema import Cell, Column
from portfolio.model.schema import Sheet as Declared
from portfolio.model.schema.returns import BASE, FUNDS, MONTH, RETURNED, UNIT
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.styles import DARK, GREEN, MID
from portfolio.report.words import month as words

#: Rows from 0: title, of whom and when, how to fill it in, who signs; then the header.
TITLE, HEAD, HOW, SIGN, HEADER = range(5)
YELLOW, LOCKED = "#FFF2CC", "#EDEDED"
WAN = "#,##0;-#,##0;0"
#: Columns beside those that are read: what the month comes to, what is wrong with a row.
MONTH_DONE, CHECK = "本月完成（万元）", "检查"
#: What Excel says beside a cell may have so many characters.
LONGEST_MESSAGE = 255


def collect_bytes(owed: Owed, calendar: Calendar, base: str, mark: str = "") -> bytes:
    """The workbook's bytes; `base` is the number of the workbook it is made of."""

    def fill(book: Book) -> None:
        _guide(book, owed, calendar)
        _Filled(book, owed, calendar, base).write()

    title = words.form_title(month_label(owed.month, calendar))
    return made_bytes(fill, calendar, title, mark)


def _guide(book: Book, owed: Owed, calendar: Calendar) -> None:
    sheet = book.sheet("说明", tab=DARK)
    sheet.set_paper(9)
    widths = (22, 100)
    sheet.set_widths(widths)
    sheet.title(words.form_title(month_label(owed.month, calendar)))
    row = sheet.put_pairs(2, words.guide_pairs(owed, calendar), widths) + 1
    row = sheet.put_points(row, "怎样填", words.HOW_TO_FILL, widths) + 1
    sheet.put_points(row, "交回以后", words.AFTERWARDS, widths)
    sheet.protect()


class _Filled:
    """The two sheets to fill in."""

    def __init__(self, book: Book, owed: Owed, calendar: Calendar, base: str) -> None:
        self.book, self.owed, self.calendar, self.base = book, owed, calendar, base
        self.formats: dict[tuple[Cell, bool], Any] = {}

    def write(self) -> None:
        """Both sheets, the first of them shown when the file is opened."""
        sheet = self._sheet(RETURNED, GREEN, (*RETURNED.columns[:9], None, *RETURNED.columns[9:]))
        self._lines(sheet)
        more = self._sheet(FUNDS, MID, FUNDS.columns)
        self._funds(more)
        sheet.activate()
        sheet.set_first_sheet()

    # --- what both have

    def _sheet(self, declared: Declared, tab: str, columns: Sequence[Column | None]) -> Sheet:
        sheet = self.book.sheet(declared.name, tab=tab)
        month = month_label(self.owed.month, self.calendar)
        sheet.put(TITLE, 0, words.form_title(month) + self.book.mark, self.book.style("title"))
        sheet.set_row(TITLE, 28)
        for place, text in enumerate(
            (UNIT, self.owed.unit, "", MONTH, month, "", "单位：万元", "", BASE, self.base)
        ):
            if text:
                sheet.put(HEAD, place, text, "bold" if text in (UNIT, MONTH, BASE) else "plain")
        sheet.put(HOW, 0, words.HOW_LINE, "grey")
        sheet.put(
            SIGN,
            0,
            "单位负责人：____________　　填表人：____________　　联系电话：____________",
            "grey",
        )
        self.places: dict[str, int] = {}
        for place, column in enumerate(columns):
            if column is None:
                self.places["month"] = place
                sheet.put(HEADER, place, MONTH_DONE.replace("（", "\n（"), "head")
                sheet.set_column(place, place, 13)
                continue
            self.places[column.key] = place
            sheet.put(HEADER, place, _in_wan(column.header).replace("（", "\n（"), "head")
            sheet.set_column(place, place, column.width)
            if column.editable and column.note:
                sheet.write_comment(HEADER, place, column.note, {"x_scale": 2})
        self.places["check"] = len(columns)
        sheet.put(HEADER, len(columns), CHECK, "head")
        sheet.set_column(len(columns), len(columns), 34)
        sheet.set_row(HEADER, 46)
        sheet.freeze_panes(HEADER + 1, declared.frozen)
        sheet.repeat_rows(HEADER)
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
        return sheet

    def _format(self, cell: Cell, editable: bool) -> Any:
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

    def _put_row(
        self, sheet: Sheet, row: int, columns: Sequence[Column], values: Mapping[str, Any],
        locked: Sequence[str] = (),
    ) -> None:  # fmt: skip
        for column in columns:
            editable = column.editable and column.key not in locked
            value = values.get(column.key)
            if column.cell is Cell.SHARE and value is not None:
                value = value / 10_000
            sheet.put(row, self.places[column.key], value, self._format(column.cell, editable))
            if editable:
                self._validate(sheet, row, column)

    def _validate(self, sheet: Sheet, row: int, column: Column) -> None:
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
        if rule:
            note = column.note[:LONGEST_MESSAGE]
            more = {"input_title": column.title[:32], "input_message": note} if note else {}
            sheet.data_validation(row, place, row, place, {"error_title": "请核对", **rule, **more})

    def _at(self, row: int, key: str) -> str:
        return str(xl_rowcol_to_cell(row, self.places[key], col_abs=True))

    def _red(self, sheet: Sheet, first: int, last: int, key: str, formula: str) -> None:
        form = self.book.made({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        place = self.places[key]
        sheet.conditional_format(
            first,
            place,
            last,
            place,
            {"type": "formula", "criteria": f"={formula}", "format": form},
        )

    def _totals(
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

    # --- lines

    def _lines(self, sheet: Sheet) -> None:
        first, columns, funds_row = HEADER + 1, RETURNED.columns, HEADER + 1
        for row, line in enumerate(self.owed.lines, start=first):
            locked = _locked_of(line)
            self._put_row(sheet, row, columns, _line_values(line, self.calendar), locked)
            done, before = self._at(row, "done_wan"), self._at(row, "before_done_wan")
            sheet.put_formula(
                row, self.places["month"], f'=IF({done}="","",{done}-{before})', "",
                self._format(Cell.MONEY, False),
            )  # fmt: skip
            unfilled = "未报；" if line.must and not line.split else ""
            sheet.put_formula(row, self.places["check"], self._check(row, line), unfilled,
                              self._format(Cell.TEXT, False))  # fmt: skip
            if line.split:
                place = self.places["done_wan"]
                said = {
                    "validate": "any",
                    "input_title": "分渠道填",
                    "input_message": words.BY_CHANNEL,
                }
                sheet.data_validation(row, place, row, place, said)
                sheet.put_formula(row, place, self._by_channel(funds_row, line), "",
                                  self._format(Cell.MONEY, False))  # fmt: skip
            funds_row += len(line.funds)
        last = first + len(self.owed.lines) - 1
        self._reds(sheet, first, last)
        sums = {
            key: sum(
                value
                for line in self.owed.lines
                if (value := _line_values(line, self.calendar).get(key))
            )
            for key in ("total_wan", "plan_wan", "earlier_wan", "before_done_wan", "done_wan")
        }
        self._totals(sheet, last + 1, columns, sums)
        sheet.autofilter(HEADER, 0, last, self.places["check"])

    def _by_channel(self, row: int, line: Line) -> str:
        """完成投资 of a line told by channel: the sum of its rows of 资金, which begin at `row`."""
        place = next(k for k, column in enumerate(FUNDS.columns) if column.key == "done_wan")
        cells = (row, row + len(line.funds) - 1)
        first, last = (str(xl_rowcol_to_cell(at, place, col_abs=True)) for at in cells)
        span = f"'{FUNDS.name}'!{first}:{last}"
        return f'=IF(COUNT({span})=0,"",SUM({span}))'

    def _check(self, row: int, line: Line) -> str:
        """What is wrong with a row, in words, while it is typed: what will be asked for sure."""
        done, before = self._at(row, "done_wan"), self._at(row, "before_done_wan")
        total, earlier = self._at(row, "total_wan"), self._at(row, "earlier_wan")
        approved, reason = self._at(row, "approved_wan"), self._at(row, "reason")
        progress, was = self._at(row, "progress_bps"), self._at(row, "before_progress_bps")
        plan = self._at(row, "plan_wan")
        over = (
            f'AND({done}<>"",{total}<>"",{earlier}<>"",{done}>{before},'
            f'{earlier}+{done}>IF({approved}="",{total},{approved}))'
        )
        parts = [
            (f'AND({done}<>"",{done}<{before},{reason}="")', "低于上月累计，请写说明；"),
            (over, "超过总投资，请填调整概算；"),
            (f'AND({progress}<>"",{was}<>"",{progress}<{was})', "形象进度倒退；"),
            (f'AND({done}<>"",{plan}<>"",{plan}>0,{done}-{before}>{plan}*0.25,{reason}="")',
             "单月超过全年计划 25%，请写说明；"),
        ]  # fmt: skip
        if line.must and not line.split:
            parts.insert(0, (f'{done}=""', "未报；"))
        return "=" + "&".join(f'IF({rule},"{said}","")' for rule, said in parts)

    def _reds(self, sheet: Sheet, first: int, last: int) -> None:
        done, before = self._at(first, "done_wan"), self._at(first, "before_done_wan")
        progress, was = self._at(first, "progress_bps"), self._at(first, "before_progress_bps")
        self._red(sheet, first, last, "done_wan", f'AND({done}<>"",{done}<{before})')
        self._red(
            sheet, first, last, "progress_bps", f'AND({progress}<>"",{was}<>"",{progress}<{was})'
        )
        self._red(sheet, first, last, "check", f'{self._at(first, "check")}<>""')

    def _funds(self, sheet: Sheet) -> None:
        first, columns, row = HEADER + 1, FUNDS.columns, HEADER + 1
        rows = [(line, each) for line in self.owed.lines for each in line.funds]
        for row, (line, each) in enumerate(rows, start=first):
            locked = () if each.split else ("done_wan",)
            self._put_row(sheet, row, columns, _funds_values(line, each), locked)
            unfilled = "未报；" if line.must and each.split else ""
            sheet.put_formula(row, self.places["check"], self._check_funds(row, line, each), unfilled,
                              self._format(Cell.TEXT, False))  # fmt: skip
        last = first + len(rows) - 1
        for key, before in (
            ("done_wan", "before_done_wan"),
            ("received_wan", "before_received_wan"),
            ("paid_wan", "before_paid_wan"),
        ):
            now, was = self._at(first, key), self._at(first, before)
            self._red(sheet, first, last, key, f'AND({now}<>"",{now}<{was})')
        self._red(sheet, first, last, "check", f'{self._at(first, "check")}<>""')
        sums = {
            key: sum(_funds_values(line, each).get(key) or 0 for line, each in rows)
            for key in (
                "before_done_wan", "done_wan", "before_received_wan", "received_wan",
                "before_paid_wan", "paid_wan",
            )
        }  # fmt: skip
        self._totals(sheet, last + 1, columns, sums)

    def _check_funds(self, row: int, line: Line, each: FundsLine) -> str:
        done, had = self._at(row, "done_wan"), self._at(row, "before_done_wan")
        received, paid = self._at(row, "received_wan"), self._at(row, "paid_wan")
        before, was = self._at(row, "before_received_wan"), self._at(row, "before_paid_wan")
        reason = self._at(row, "reason")
        must = f'IF({done}="","未报；","")&' if line.must and each.split else ""
        return (
            f'={must}IF(AND({done}<>"",{done}<{had},{reason}=""),"完成低于上月累计，请写说明；","")'
            f'&IF(AND({received}<>"",{received}<{before},{reason}=""),"到位低于上月累计，请写说明；","")'
            f'&IF(AND({paid}<>"",{paid}<{was},{reason}=""),"支付低于上月累计，请写说明；","")'
            f'&IF(AND({paid}<>"",{received}<>"",{paid}>{received},{reason}=""),'
            '"本年支付多于本年到位，请核对或写说明；","")'
        )


def _in_wan(header: str) -> str:
    """A header of money as the sheet has it."""
    return header.replace("（亿元）", "（万元）")


def _locked_of(line: Line) -> tuple[str, ...]:
    """Cells of a line that aren't to be filled: told elsewhere, or told once and for all."""
    locked = ["done_wan"] if line.split else []
    locked += ["started"] if line.started_month is not None else []
    locked += ["completed"] if line.completed_month is not None else []
    return tuple(locked)


def _line_values(line: Line, calendar: Calendar) -> dict[str, Any]:
    """What stands in a line when it is sent out."""
    return {
        "item_no": line.item_no,
        "project_code": line.project_code,
        "name": line.name,
        "item_name": line.item_name,
        "total_wan": line.total_wan,
        "plan_wan": line.plan_wan,
        "earlier_wan": line.earlier_wan,
        "before_done_wan": line.before_done_wan,
        "before_progress_bps": line.progress_bps,
        "in_statistics": None
        if line.in_statistics is None
        else ("是" if line.in_statistics else "否"),
        "statistics_code": line.statistics_code,
        "started": _month(line.started_month, calendar),
        "completed": _month(line.completed_month, calendar),
        "problem": line.problem,
        "category": None,
        "measure": line.measure,
        "due": line.due,
    }


def _month(month: int | None, calendar: Calendar) -> str | None:
    return None if month is None else month_label(month, calendar)


def _funds_values(line: Line, each: FundsLine) -> dict[str, Any]:
    return {
        "item_no": line.item_no,
        "project_code": line.project_code,
        "name": line.name,
        "channel": each.channel,
        "level": each.level,
        "before_done_wan": each.before_done_wan,
        "before_received_wan": each.before_received_wan,
        "before_paid_wan": each.before_paid_wan,
    }
