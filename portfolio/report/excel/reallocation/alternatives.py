"""Sheet 其他方案: what is forced, what is free, the other plans as good, and every move of theirs."""

from __future__ import annotations

from portfolio.model.reallocation.result import Alternatives, Reallocation
from portfolio.report.excel.book import Book, Sheet
from portfolio.report.excel.reallocation import layout
from portfolio.report.tables.reallocation import alternatives as tables
from portfolio.report.words.reallocation import alternatives as words

WIDTHS = (32, 12, 26, 20, 12, 12, 12, 12, 30, 18, 60)
LAST, WIDTH = len(WIDTHS) - 1, sum(WIDTHS[:9])


def write_alternatives(book: Book, result: Reallocation) -> None:
    """The sheet, where other plans were asked for."""
    found = result.alternatives
    if found is None:
        return
    sheet = book.sheet(layout.OTHERS, tab="#ED7D31", zoom=85)
    sheet.set_widths(WIDTHS)
    sheet.title("其他方案（亿元）")
    row = sheet.put_lines(1, [words.as_good_text(result.case.settings, found.within)], LAST, WIDTH)
    row = _in_common(sheet, row + 1, result, found)
    row = sheet.put_heading(row, words.OTHERS)
    row = sheet.put_lines(row, [words.others_lead(found)], LAST, WIDTH, style="line")
    portfolio = result.case.portfolio
    if found.others:
        plans = tables.plan_fields(portfolio).view(*tables.PLAN_SHEET)
        row = sheet.put_block(plans.of(tables.plans(result, found)), row, widths=WIDTHS).below
    if found.free:
        free = tables.free_fields(portfolio).view(*tables.FREE_SHEET)
        row = sheet.put_heading(row, f"{words.FREE}，逐项")
        row = sheet.put_block(free.of(found.free), row, widths=WIDTHS).below
    if found.others:
        row = sheet.put_heading(row, f"{words.OTHERS}的调整明细")
        sheet.put_block(tables.other_move_table(result, found), row, widths=WIDTHS)
    sheet.freeze_panes(1, 0)
    sheet.fit_to_pages(1, 0)


def _in_common(sheet: Sheet, row: int, result: Reallocation, found: Alternatives) -> int:
    """What is forced and what is free, in sentences; what is forced as a table too; the row below."""
    portfolio = result.case.portfolio
    row = sheet.put_heading(row, words.FORCED)
    row = sheet.put_lines(row, words.forced_lines(portfolio, found), LAST, WIDTH, style="line")
    if found.forced:
        forced = tables.forced_fields(portfolio).view(*tables.FORCED_SHEET)
        row = sheet.put_block(forced.of(found.forced), row, widths=WIDTHS).below
    row = sheet.put_heading(row, words.FREE)
    row = sheet.put_lines(row, words.free_lines(result, found), LAST, WIDTH, style="line")
    return row + 1
