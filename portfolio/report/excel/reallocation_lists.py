"""Sheets 价格, 规则冲突 and 既有突破: what limits, what conflicts, what the baseline breaks."""

from __future__ import annotations

from portfolio.model.money import yi_text
from portfolio.model.reallocation import Reallocation
from portfolio.report.excel.book import HEADINGS, Book, put_row, title
from portfolio.report.excel.reallocation_layout import BROKEN, CONFLICTS, LUCK, PRICES
from portfolio.report.excel.stress_blocks import (
    put_behind,
    put_block,
    put_heading,
    put_lines,
    put_sums,
    put_table,
    set_widths,
)
from portfolio.report.reallocation_luck import luck_lead, luck_table
from portfolio.report.reallocation_tables import (
    PRICE_UNIT,
    conflict_table,
    grandfathered_table,
    need_table,
    price_table,
)
from portfolio.report.reallocation_wording import (
    conflict_lead,
    grandfathered_line,
    needs_sentence,
    no_prices_line,
)

CONFLICT_WIDTHS = (36, 52, 10, 16, 60)


def write_prices(book: Book, result: Reallocation) -> None:
    """What one step more of each binding limit would buy, with the range in which that holds."""
    sheet = book.sheet(PRICES, tab="#7030A0", zoom=85)
    title(
        book,
        sheet,
        "价格：卡住结果的限额再放宽一点能换来什么（亿元）",
        "每条都是放宽后重新求解得到的；只在“成立范围”之内按同样比例推算。"
        if result.prices
        else no_prices_line(result),
    )
    table = price_table(result)
    block = put_table(book, sheet, table, 3)
    more = price_table(result, PRICE_UNIT)
    put_behind(book, sheet, more, block)
    set_widths(sheet, more, len(table.columns))
    sheet.set_row(block.head, HEADINGS + 8)


def write_luck(book: Book, result: Reallocation) -> None:
    """Both plans under the same luck; no sheet where no stress test was asked for."""
    if result.luck is None:
        return
    sheet = book.sheet(LUCK, tab="#7030A0", zoom=100)
    title(book, sheet, "同一运气：调整后的计划减不调整的计划", luck_lead(result.luck))
    put_table(book, sheet, luck_table(result.luck), 3)


def write_conflicts(book: Book, result: Reallocation) -> None:
    """The cheapest repair, then the rules that can't all hold; else that there is no conflict."""
    sheet, found = book.sheet(CONFLICTS, tab="#C00000"), result.infeasibility
    for column, width in enumerate(CONFLICT_WIDTHS):
        sheet.set_column(column, column, width)
    title(book, sheet, "规则冲突")
    if found is None:
        sheet.write_string(2, 0, "没有冲突：调整后的计划满足全部规则。", book.made({}))
        return
    widths, last = dict(enumerate(CONFLICT_WIDTHS)), len(CONFLICT_WIDTHS) - 1
    lead = [needs_sentence(found.needs).rstrip("：")]
    row = put_lines(book, sheet, 1, lead, last, sum(CONFLICT_WIDTHS) * 0.8, style="lead")
    row = put_heading(book, sheet, row + 1, "最省的补救（亿元）")
    needs = need_table(result)
    block = put_block(book, sheet, needs, row, widths=widths)
    if found.needs:
        total = ("合计", *[None] * (len(needs.columns) - 1))
        put_row(sheet, block.last + 1, total, book.style("text", "total"))
        put_sums(book, sheet, needs, block, ("lacking_wan",))
    row = put_heading(book, sheet, block.last + 4, conflict_lead(minimal=found.conflict_is_minimal))
    put_block(book, sheet, conflict_table(result), row, widths=widths)


def write_broken(book: Book, result: Reallocation) -> None:
    """Where the baseline itself breaks a rule."""
    sheet = book.sheet(BROKEN, tab="#7F7F7F")
    total = sum(one.beyond_wan for one in result.grandfathered)
    more = f"合计超出 {yi_text(total)} 亿元。" if result.grandfathered else ""
    title(book, sheet, "既有突破（亿元）", grandfathered_line(result.grandfathered) + more)
    put_table(book, sheet, grandfathered_table(result), 3)
