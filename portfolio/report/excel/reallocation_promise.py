"""Sheet 承诺与推演: what the repaired plan promises and what its play made of it, and why."""

from __future__ import annotations

from portfolio.model.money import BPS
from portfolio.report.excel.book import (
    LINE,
    ROW,
    Book,
    Worksheet,
    cell,
    head_row,
    on_sheet,
    put,
    put_formula,
    put_money,
    span,
    title,
    yi,
)
from portfolio.report.excel.reallocation_cells import signed_style
from portfolio.report.excel.reallocation_layout import PROMISE, Facts
from portfolio.report.excel.stress_blocks import put_block, put_heading, put_lines
from portfolio.report.plain_text import lines_needed
from portfolio.report.reallocation_tables import item_promise_table
from portfolio.report.reallocation_views import shortfall_wan, wanted_by_year, year_causes
from portfolio.report.wording import CLOSED_LIST

HEADS = (
    "年份", "目标", "入列系数", "应达到", "基准", "不调整", "承诺", "推演", "推演－承诺",
    "推演比承诺少的原因", None, "缺口：不调整", "缺口：承诺", "缺口：推演",
)  # fmt: skip
WIDTHS = (8, 28, 14, 14, 13, 16, 13, 13, 13, 40, 44, 13, 13, 13)
YEAR, TARGET, FACTOR, WANTED, BASE, SHOCKED, PROMISED, PLAYED, OFF = range(9)
#: The reason stands over two columns.
WHY, GAPS = 9, 11
HEAD = 5
FIRST = HEAD + 1
NOTES = (
    "应达到：目标与基准折市重点中的小者（冲击造成的缺口只从这里量起）；没有目标或入列系数的年份不判断。",
    CLOSED_LIST,
)


def years_column(facts: Facts, column: int) -> str:
    """A column of the years as seen from another sheet."""
    last = FIRST + max(1, len(facts.result.years)) - 1
    return on_sheet(PROMISE, span(FIRST, column, last, column))


def year_cell(k: int, column: int) -> str:
    """A cell of the k-th year as seen from another sheet."""
    return on_sheet(PROMISE, cell(FIRST + k, column))


def write_promise(book: Book, facts: Facts) -> None:
    """By year, then by item."""
    sheet, result = book.sheet(PROMISE, tab="#2F75B5", zoom=85), facts.result
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    title(book, sheet, "承诺与推演（折市重点口径，亿元）")
    put_lines(book, sheet, 1, [result.calendar.fill(note) for note in NOTES], 9, sum(WIDTHS[:10]))
    put_heading(book, sheet, HEAD - 1, "按年份（折市重点）")
    head_row(book, sheet, HEAD, [head or "" for head in HEADS])
    sheet.merge_range(HEAD, WHY, HEAD, WHY + 1, HEADS[WHY], book.style("head"))
    wanted, causes = wanted_by_year(result), year_causes(result)
    for k, year in enumerate(result.years):
        at = FIRST + k
        put(sheet, at, YEAR, str(year.year), book.style("centre"))
        put_money(sheet, at, TARGET, year.target_wan, book.style("money"))
        factor = None if year.inclusion_bps is None else year.inclusion_bps / BPS
        put(sheet, at, FACTOR, factor, book.style("factor"))
        converts = year.inclusion_bps is not None
        for column, wan in (
            (WANTED, wanted.get(year.year)),
            (BASE, year.baseline_wan if converts else None),
            (SHOCKED, year.shocked_wan if converts else None),
            (PROMISED, year.promised_wan if converts else None),
            (PLAYED, year.played_wan if converts else None),
        ):
            put_money(sheet, at, column, wan, book.style("money"))
        if converts:
            ways = (year.shocked_wan, year.promised_wan, year.played_wan)
            _figures(book, sheet, at, wanted.get(year.year), ways)
        missed = converts and year.played_wan < year.promised_wan
        why = "；".join(causes.get(year.year, ())) if missed else ""
        sheet.merge_range(at, WHY, at, WHY + 1, why, book.style("wrap"))
        width = WIDTHS[WHY] + WIDTHS[WHY + 1] - 2
        sheet.set_row(at, max(ROW, 2 + LINE * lines_needed(why, width)))
    _items(book, sheet, facts, FIRST + len(result.years) + 1)
    sheet.freeze_panes(FIRST, 1)


def _figures(
    book: Book, sheet: Worksheet, at: int, wanted: int | None, ways: tuple[int, int, int]
) -> None:
    """Played less promised; what each way lacks of what the year is to reach."""
    off = f"=ROUND({cell(at, PLAYED)}-{cell(at, PROMISED)},4)"
    put_formula(sheet, at, OFF, off, yi(ways[2] - ways[1]), signed_style(book))
    for k, (column, wan) in enumerate(zip((SHOCKED, PROMISED, PLAYED), ways, strict=True)):
        if wanted is None:
            put(sheet, at, GAPS + k, None, book.style("gap"))
            continue
        formula = f"=MAX(0,ROUND({cell(at, WANTED)}-{cell(at, column)},4))"
        put_formula(sheet, at, GAPS + k, formula, yi(shortfall_wan(wanted, wan)), book.style("gap"))


def _items(book: Book, sheet: Worksheet, facts: Facts, row: int) -> None:
    """Items whose play differs from the plan."""
    row = put_heading(
        book, sheet, row, "按大项（形象进度，未折算；只列有年份相差 0.05 亿元以上的）"
    )
    table = item_promise_table(facts.result)
    if not table.rows:
        put(sheet, row, 0, "各大项的推演与承诺一致。", book.made({}))
        return
    wrap = frozenset({"大项", "该年原因", "滞后台账（全期）"})
    block = put_block(book, sheet, table, row, wrap=wrap, widths=dict(enumerate(WIDTHS)))
    for at, values in enumerate(table.rows, start=block.first):
        for column, less, of in ((4, 2, 3), (8, 6, 7)):
            formula = f"=ROUND({cell(at, of)}-{cell(at, less)},4)"
            put_formula(
                sheet, at, column, formula, yi(int(values[column] or 0)), signed_style(book)
            )
