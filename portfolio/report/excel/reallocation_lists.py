"""Sheets 价格, 规则冲突 and 既有突破: what limits, what conflicts, what the baseline breaks."""

from __future__ import annotations

from portfolio.model.money import yi_text
from portfolio.model.reallocation import Reallocation
from portfolio.report.excel.book import (
    HEADINGS,
    STYLES,
    Book,
    cell,
    head_row,
    put_formula,
    put_money,
    put_row,
    title,
    yi,
)
from portfolio.report.excel.reallocation_layout import BROKEN, CONFLICTS, LUCK, PRICES
from portfolio.report.excel.stress_blocks import put_block, put_heading, put_lines, put_table
from portfolio.report.reallocation_luck import luck_lead
from portfolio.report.reallocation_tables import (
    conflict_table,
    grandfathered_table,
    luck_table,
    need_table,
    price_table,
)
from portfolio.report.reallocation_wording import (
    conflict_lead,
    grandfathered_line,
    needs_sentence,
    no_prices_line,
)

#: Columns of `price_table` that 每亿元 divides, and the column after them.
STEP, SHORTFALL, PER_YI = 5, 6, 11
#: What one step buys may be little: two decimals, more where it has more.
SMALL = {**STYLES["money"], "num_format": '#,##0.00##;-#,##0.00##;"–"'}
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
    put_table(book, sheet, table, 3, wrap=frozenset({"规则", "限额", "成立范围", "读作"}))
    head_row(book, sheet, 3, ("每亿元\n缺口少",), PER_YI)
    sheet.set_column(PER_YI, PER_YI, 12)
    sheet.set_row(3, HEADINGS + 8)
    small = book.made(SMALL)
    for at, price in enumerate(result.prices or (), start=4):
        bought = (price.shortfall_wan, price.delay_wan, price.loans_wan)
        for column, wan in enumerate(bought, start=SHORTFALL):
            put_money(sheet, at, column, wan, small)
        step = price.step_wan
        formula = f"=IF({cell(at, STEP)}=0,0,{cell(at, SHORTFALL)}/{cell(at, STEP)})"
        value = price.shortfall_wan / step if step else 0
        put_formula(sheet, at, PER_YI, formula, value, small)


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
    wrap = frozenset({"规则", "处所", "或者"})
    block = put_block(book, sheet, need_table(result), row, wrap=wrap, widths=widths)
    if found.needs:
        at, total = block.last + 1, sum(need.lacking_wan for need in found.needs)
        put_row(sheet, at, ("合计", None, None, None, None), book.style("text", "total"))
        formula = f"=SUM({cell(block.first, 3)}:{cell(block.last, 3)})"
        put_formula(sheet, at, 3, formula, yi(total), book.style("money", "total"))
    row = put_heading(book, sheet, block.last + 4, conflict_lead(minimal=found.conflict_is_minimal))
    put_block(book, sheet, conflict_table(result), row, wrap=wrap, widths=widths)


def write_broken(book: Book, result: Reallocation) -> None:
    """Where the baseline itself breaks a rule."""
    sheet = book.sheet(BROKEN, tab="#7F7F7F")
    total = sum(one.beyond_wan for one in result.grandfathered)
    more = f"合计超出 {yi_text(total)} 亿元。" if result.grandfathered else ""
    title(book, sheet, "既有突破（亿元）", grandfathered_line(result.grandfathered) + more)
    put_table(book, sheet, grandfathered_table(result), 3, wrap=frozenset({"规则", "处所"}))
