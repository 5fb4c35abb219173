"""Sheet 承诺与推演: what the repaired plan promises and what its play made of it, and why."""

from __future__ import annotations

from dataclasses import replace

from portfolio.report.excel.book import LINE, ROW, Book, Worksheet, head_row, put, title
from portfolio.report.excel.reallocation_layout import PROMISE, PROMISE_SHEET, Facts
from portfolio.report.excel.stress_blocks import put_block, put_heading, put_lines, put_rows
from portfolio.report.plain_text import lines_needed
from portfolio.report.reallocation_tables import WAYS, gap_key, item_promise_table
from portfolio.report.wording import CLOSED_LIST

WIDTHS = (8, 28, 14, 14, 13, 16, 13, 13, 13, 40, 44, 13, 13, 13)
#: Years that do not convert have no cells of these; the reason is merged over two.
CONVERTED = ("off_wan", *map(gap_key, WAYS))
MERGED = ("why", "spare")
NOTES = (
    "应达到：目标与基准折市重点中的小者（冲击造成的缺口只从这里量起）；没有目标或入列系数的年份不判断。",
    CLOSED_LIST,
)


def write_promise(book: Book, facts: Facts) -> None:
    """By year, then by item."""
    sheet, block = book.sheet(PROMISE, tab="#2F75B5", zoom=85), facts.promise
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    title(book, sheet, "承诺与推演（折市重点口径，亿元）")
    why, spare = (block.places[key] for key in MERGED)
    notes = [facts.result.calendar.fill(note) for note in NOTES]
    put_lines(book, sheet, 1, notes, why, sum(WIDTHS[:spare]))
    put_heading(book, sheet, block.head - 1, "按年份（折市重点）")
    head_row(book, sheet, block.head, [field.title for field in PROMISE_SHEET])
    heading = PROMISE_SHEET["why"].title
    sheet.merge_range(block.head, why, block.head, spare, heading, book.style("head"))
    every = [key for key in PROMISE_SHEET.by_key if key not in MERGED]
    plain = [key for key in every if key not in CONVERTED]
    for at, row in enumerate(facts.years, start=block.first):
        shown = PROMISE_SHEET.view(*(every if row.converts else plain)).of([row])
        put_rows(book, sheet, shown, replace(block, first=at))
        sheet.merge_range(at, why, at, spare, row.why, book.style("wrap"))
        width = WIDTHS[why] + WIDTHS[spare] - 2
        sheet.set_row(at, max(ROW, 2 + LINE * lines_needed(row.why, width)))
    _items(book, sheet, facts, block.first + len(facts.years) + 1)
    sheet.freeze_panes(block.first, 1)


def _items(book: Book, sheet: Worksheet, facts: Facts, row: int) -> None:
    """Items whose play differs from the plan."""
    row = put_heading(
        book, sheet, row, "按大项（形象进度，未折算；只列有年份相差 0.05 亿元以上的）"
    )
    table = item_promise_table(facts.result)
    if not table.rows:
        put(sheet, row, 0, "各大项的推演与承诺一致。", book.made({}))
        return
    put_block(book, sheet, table, row, widths=dict(enumerate(WIDTHS)))
