"""The workbook a unit fills in for a month: figures of before locked, yellow cells to fill."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from portfolio.model.calendar import Calendar
from portfolio.model.facts import month_label
from portfolio.model.money import BPS
from portfolio.model.month.line_rules import LINE_RULES
from portfolio.model.month.owed import FundsLine, Line, Owed
from portfolio.model.month.returned import SHORTEST_REASON
from portfolio.model.schema import Cell
from portfolio.model.schema.returns import FUNDS, OF_PURSES, RETURNED
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.collect.filling import HEADER, Filling
from portfolio.report.excel.collect.formulas import formula, month_of
from portfolio.report.excel.collect.further import Beside, write_further
from portfolio.report.excel.styles import DARK, GREEN, MID
from portfolio.report.words import month as words


def collect_bytes(owed: Owed, calendar: Calendar, base: str, mark: str = "") -> bytes:
    """The workbook's bytes; `base` is the number of the workbook it is made of."""

    def fill(book: Book) -> None:
        channels = _guide(book, owed, calendar)
        filled = _Filled(book, owed, calendar, base)
        if channels:
            filled.sources["channel"] = channels
        filled.write()

    title = words.form_title(month_label(owed.month, calendar))
    return made_bytes(fill, calendar, title, mark)


def _guide(book: Book, owed: Owed, calendar: Calendar) -> str:
    """How to fill it in; where the channels stand that a row may be added of, "" for nowhere."""
    sheet = book.sheet("说明", tab=DARK)
    sheet.set_paper(9)
    widths = (36, 86)
    sheet.set_widths(widths)
    sheet.title(words.form_title(month_label(owed.month, calendar)))
    row = sheet.put_pairs(2, words.guide_pairs(owed, calendar), widths) + 1
    row = sheet.put_points(row, "怎样填", words.HOW_TO_FILL, widths) + 1
    more = words.further_points({kind.sheet.name for kind in owed.may_add.kinds})
    if more:
        row = sheet.put_points(row, "另外的表", more, widths) + 1
    row = sheet.put_points(row, "交回以后", words.AFTERWARDS, widths) + 1
    channels = _channels(sheet, owed, row) if OF_PURSES in owed.may_add.kinds else ""
    sheet.protect()
    return channels


def _channels(sheet: Sheet, owed: Owed, row: int) -> str:
    """The channels of the unit's items, one a row, with the items; where they stand."""
    items: dict[str, dict[str, None]] = {}
    for line in owed.lines:
        for name in owed.may_add.channels.get(line.item_no, ()):
            items.setdefault(name, {})[line.item_name] = None
    if not items:
        return ""
    sheet.put(row, 0, words.CHANNELS_TO_ADD, "bold")
    for at, (name, of) in enumerate(items.items(), start=row + 1):
        sheet.put(at, 0, name, "text")
        sheet.put(at, 1, "、".join(of), "text")
    return f"'{sheet.name}'!$A${row + 2}:$A${row + 1 + len(items)}"


class _Filled(Filling):
    """The two sheets to fill in."""

    def write(self) -> None:
        """Both sheets, the first of them shown when the file is opened."""
        sheet = self.sheet(RETURNED, GREEN, (*RETURNED.columns[:9], None, *RETURNED.columns[9:]))
        of_lines = dict(self.places)
        self._lines(sheet)
        more = self.sheet(FUNDS, MID, FUNDS.columns)
        of_funds = dict(self.places)
        self._funds(more)
        write_further(self, Beside.of(self.owed, of_lines, of_funds))
        sheet.activate()
        sheet.set_first_sheet()

    # --- lines

    def _lines(self, sheet: Sheet) -> None:
        first, columns, funds_row = HEADER + 1, RETURNED.columns, HEADER + 1
        for row, line in enumerate(self.owed.lines, start=first):
            locked = _locked_of(line)
            self.put_row(sheet, row, columns, _line_values(line, self.calendar), locked)
            done, before = self.at(row, "done_wan"), self.at(row, "before_done_wan")
            sheet.put_formula(
                row, self.places["month"], f'=IF({done}="","",{done}-{before})', "",
                self.format(Cell.MONEY, False),
            )  # fmt: skip
            unfilled = "未报；" if line.must and not line.split else ""
            sheet.put_formula(row, self.places["check"], self._check(row, line), unfilled,
                              self.format(Cell.TEXT, False))  # fmt: skip
            if line.split:
                place = self.places["done_wan"]
                said = {
                    "validate": "any",
                    "input_title": "分渠道填",
                    "input_message": words.BY_CHANNEL,
                }
                sheet.data_validation(row, place, row, place, said)
                sheet.put_formula(row, place, self._by_channel(funds_row, line), "",
                                  self.format(Cell.MONEY, False))  # fmt: skip
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
        self.totals(sheet, last + 1, columns, sums)
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
        done, reason = self.at(row, "done_wan"), self.at(row, "reason")
        unsaid = f"LEN(TRIM({reason}))<{SHORTEST_REASON}"
        parts = [f'IF({done}="","未报；","")'] if line.must and not line.split else []
        cells = self._cells(row, line)
        for rule in LINE_RULES.values():
            if (broken := formula(rule.when, cells)) is not None:
                broken = f"AND({broken},{unsaid})" if rule.explained else broken
                parts.append(f'IF({broken},"{rule.typed}","")')
        return "=" + "&".join([*parts, self.not_numbers(row)])

    def _cells(self, row: int, line: Line) -> dict[str, str]:
        """What stands for each figure that rules of a line speak of."""
        keys = (
            "total_wan", "plan_wan", "done_wan", "before_done_wan", "approved_wan",
            "statistics_wan", "before_statistics_wan",
        )  # fmt: skip
        cells = {key: self.at(row, key) for key in keys}
        done, earlier = cells["done_wan"], self.at(row, "earlier_wan")
        whole = f'IF(OR({done}="",{earlier}=""),"",{earlier}+{done})'
        limit = f'IF({cells["approved_wan"]}="",{cells["total_wan"]},{cells["approved_wan"]})'
        progress, was = (
            f'IF({cell}="","",ROUND({cell}*{BPS},0))'
            for cell in (self.at(row, "progress_bps"), self.at(row, "before_progress_bps"))
        )
        cells |= {
            "month": f'"{month_label(self.owed.month, self.calendar)}"',
            "month_wan": f'IF({done}="","",{done}-{cells["before_done_wan"]})',
            "whole_wan": whole,
            "progress_bps": progress,
            "before_progress_bps": was,
            "reached_bps": f'IF({self.at(row, "progress_bps")}="",{was},{progress})',
            "done_least_wan": f'IF({done}="","",MAX({done},1))',
            "apart_bps": f'IF(OR({self.at(row, "progress_bps")}="",{progress}={was}),"",'
            f'IFERROR(ABS(INT({BPS}*({whole})/({limit}))-{progress}),""))',
        }
        if line.completed_month is None:
            day = self.at(row, "completed")
            cells["completed_month"] = month_of(day)
        return cells

    def _reds(self, sheet: Sheet, first: int, last: int) -> None:
        """Cells are red as long as their row's check speaks of them."""
        said: dict[str, list[str]] = {}
        for rule in LINE_RULES.values():
            said.setdefault(rule.key, []).append(rule.typed)
        self.red_as_said(sheet, first, last, said)

    def _funds(self, sheet: Sheet) -> None:
        first, columns, row = HEADER + 1, FUNDS.columns, HEADER + 1
        rows = [(line, each) for line in self.owed.lines for each in line.funds]
        for row, (line, each) in enumerate(rows, start=first):
            locked = () if each.split else ("done_wan",)
            self.put_row(sheet, row, columns, _funds_values(line, each), locked)
            unfilled = "未报；" if line.must and each.split else ""
            sheet.put_formula(row, self.places["check"], self._check_funds(row, line, each), unfilled,
                              self.format(Cell.TEXT, False))  # fmt: skip
        last = first + len(rows) - 1
        for key, before in (
            ("done_wan", "before_done_wan"),
            ("received_wan", "before_received_wan"),
            ("paid_wan", "before_paid_wan"),
        ):
            now, was = self.at(first, key), self.at(first, before)
            self.red(sheet, first, last, key, f'AND({now}<>"",{now}<{was})')
        self.red(sheet, first, last, "check", f'{self.at(first, "check")}<>""')
        sums = {
            key: sum(_funds_values(line, each).get(key) or 0 for line, each in rows)
            for key in (
                "before_done_wan", "done_wan", "before_received_wan", "received_wan",
                "before_paid_wan", "paid_wan",
            )
        }  # fmt: skip
        self.totals(sheet, last + 1, columns, sums)

    def _check_funds(self, row: int, line: Line, each: FundsLine) -> str:
        done, had = self.at(row, "done_wan"), self.at(row, "before_done_wan")
        received, paid = self.at(row, "received_wan"), self.at(row, "paid_wan")
        before, was = self.at(row, "before_received_wan"), self.at(row, "before_paid_wan")
        reason = self.at(row, "reason")
        must = f'IF({done}="","未报；","")&' if line.must and each.split else ""
        return (
            f'={must}IF(AND({done}<>"",{done}<{had},{reason}=""),"完成低于上月累计，请写说明；","")'
            f'&IF(AND({received}<>"",{received}<{before},{reason}=""),"到位低于上月累计，请写说明；","")'
            f'&IF(AND({paid}<>"",{paid}<{was},{reason}=""),"支付低于上月累计，请写说明；","")'
            f'&IF(AND({paid}<>"",{received}<>"",{paid}>{received},{reason}=""),'
            '"本年支付多于本年到位，请核对或写说明；","")'
        )


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
        "before_statistics_wan": line.before_statistics_wan,
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
