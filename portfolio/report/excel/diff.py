"""变动.xlsx: a summary, facts of closed months, every change with its cells in both files."""

from __future__ import annotations

from collections.abc import Iterable

from portfolio.model.difference.difference import CLOSED
from portfolio.model.difference.told import Told
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.styles import DARK, MID, RED
from portfolio.report.tables import diff as tables
from portfolio.report.words import diff as words

SUMMARY, CLOSED_SHEET, CHANGES = "摘要", "过去月份", "变动"
A4 = 9
#: Columns of the summary.
WIDTHS = (18, 14, 14, 14, 14, 22)
#: Pages that each sheet is printed on, five in all, and rows of a list on one: what is beyond them is on
#: the screen and in 变动.json.
PAGES = {SUMMARY: 2, CLOSED_SHEET: 1, CHANGES: 2}
ROWS_OF_PAGE = 30
#: So many problems are listed; `portfolio check` lists all.
PROBLEMS = 20


def diff_bytes(told: Told) -> bytes:
    """The workbook's bytes; the same difference gives the same bytes."""
    found = told.difference

    def fill(book: Book) -> None:
        _summary(book, told)
        if found.closed:
            note = words.closed_line(found)
            _list(
                book, CLOSED_SHEET, "过去月份的事实", note, tables.lines(CLOSED, found.closed), RED
            )
        if found.changes:
            note = "一行一个单元格；新增、删去的整行各一行。金额单位：亿元。"
            _list(book, CHANGES, "全部变动", note, tables.all_lines(found), MID)

    return made_bytes(fill, found.new.calendar, "两个工作簿之间的变动", words.mark(told))


def _sheet(book: Book, name: str, tab: str) -> Sheet:
    sheet = book.sheet(name, tab=tab)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, PAGES[name])
    return sheet


def _summary(book: Book, told: Told) -> None:
    found = told.difference
    sheet = _sheet(book, SUMMARY, DARK)
    sheet.set_widths(WIDTHS)
    sheet.title("两个工作簿之间的变动")
    sides = [
        (label, f"{side.name}（{words.asof_text(side)}）")
        for label, side in (("原文件", found.old), ("新文件", found.new))
    ]
    row = sheet.put_pairs(2, sides, WIDTHS) + 1
    lead = words.closed_line(found) if found.changes else words.NO_CHANGE
    row = sheet.put_lead(row, lead, WIDTHS) + 1
    points = [*words.warnings(told), words.reported_line(found)]
    for heading, lines in (("要点", points), ("推演的后果", words.consequence_lines(told))):
        said = [line for line in lines if line]
        if said:
            row = sheet.put_points(row, heading, said, WIDTHS) + 1
    if found.changes:
        table = tables.COUNTS.of(tables.counts(found))
        block = sheet.put_block(table, sheet.put_heading(row, "各类变动"), widths=WIDTHS)
        row = block.below + 1
    if told.problems:
        listed = [f"{p.place}：{p.found}。{p.fix}" for p in told.problems[:PROBLEMS]]
        more = len(told.problems) - PROBLEMS
        listed += [f"另有 {more} 处，请运行 portfolio check"] if more > 0 else []
        sheet.put_points(row, "输入的问题", listed, WIDTHS)


def _list(
    book: Book, name: str, heading: str, note: str, lines: Iterable[tables.Line], tab: str
) -> None:
    sheet, table = _sheet(book, name, tab), tables.CHANGES.of(lines)
    most = ROWS_OF_PAGE * PAGES[name]
    if len(table.rows) > most:
        note += f"打印只含前 {most} 行，共 {len(table.rows)} 行；要全部打印，请取消打印区域。"
    sheet.title(heading, note)
    block = sheet.put_table(table, 3)
    last = min(block.last, block.head + most)
    sheet.print_area(0, 0, last, len(table.columns) - 1)
