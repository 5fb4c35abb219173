"""Sheets 资金来源, 资金缺口 and 资金台账: channels by year."""

from __future__ import annotations

from portfolio.model.measures import ChannelYear
from portfolio.model.money import Wan
from portfolio.report.excel.book import (
    Book,
    Worksheet,
    cell,
    head_row,
    put,
    put_formula,
    put_money,
    put_row,
    title,
    yi,
)
from portfolio.report.excel.facts import GAPS, LEDGER, SOURCES, Facts
from portfolio.report.excel.stress_blocks import Block, placed, put_table
from portfolio.report.fields import Table
from portfolio.report.run_tables import channel_table

FIRST_BLOCK = 3
FIRST_YEAR_COLUMN = 3
LEDGER_HEAD = 3


def block_rows(facts: Facts) -> int:
    """Rows of a block: caption, headings, channels, total."""
    return len(facts.result.portfolio.channels) + 3


def total_row(facts: Facts, block: int) -> int:
    """The total row of a block (0 plan, 1 played)."""
    return FIRST_BLOCK + block * (block_rows(facts) + 1) + block_rows(facts) - 1


def write_sources(book: Book, facts: Facts) -> None:
    """Plan and play by channel and year."""
    sheet = book.sheet(SOURCES, tab="#548235")
    title(book, sheet, "资金来源（亿元）", "上表为计划，下表为推演的完成投资（按实际付款渠道）。")
    _block(book, sheet, facts, 0, "计划投资（按渠道）", facts.plan_by_channel)
    _block(book, sheet, facts, 1, "完成投资（按渠道）", facts.drawn_by_channel)
    _widths(sheet, facts)


def write_gaps(book: Book, facts: Facts) -> None:
    """What each channel left unserved in each year; years are not summed."""
    sheet = book.sheet(GAPS, tab="#C00000")
    title(
        book,
        sheet,
        "资金缺口（亿元）",
        "当年需要而没有渠道能够安排的资金（随资本金渠道：年末一季应到未到的贷款）。未到位部分下年继续申请，逐年不可相加。",
    )
    _block(book, sheet, facts, 0, "资金缺口（按渠道）", facts.gap, gap=True)
    _widths(sheet, facts)


def write_ledger(book: Book, facts: Facts) -> None:
    """The ledger of every channel and year as a list."""
    sheet = book.sheet(LEDGER, tab="#548235")
    title(
        book,
        sheet,
        "资金台账",
        "额度＝下达＋失效；下达＋上年结转＝完成投资＋结转下年＋收回。随资本金渠道没有额度，随资本金同比例到位。",
    )
    put_table(book, sheet, channel_table(facts.result), LEDGER_HEAD, dense=True)


def ledger(facts: Facts) -> tuple[Table[ChannelYear], Block]:
    """The ledger and where it stands."""
    table = channel_table(facts.result)
    return table, placed(table, LEDGER_HEAD, LEDGER)


def _block(
    book: Book,
    sheet: Worksheet,
    facts: Facts,
    block: int,
    caption: str,
    values: Wan,
    *,
    gap: bool = False,
) -> None:
    """A matrix channel × year with totals; a gap block has no sum across years."""
    top = FIRST_BLOCK + block * (block_rows(facts) + 1)
    channels = facts.result.portfolio.channels
    last_column = FIRST_YEAR_COLUMN + len(facts.years)
    sheet.write_string(top, 0, caption, book.style("subtitle"))
    heads = ["渠道", "类别", "性质", *(f"{year}年" for year in facts.years)]
    head_row(book, sheet, top + 1, heads if gap else [*heads, "合计"])
    for c, channel in enumerate(channels):
        row = top + 2 + c
        for column, name in enumerate((channel.name, channel.group, str(channel.kind))):
            put(sheet, row, column, name, book.style("text"))
        for y in range(len(facts.years)):
            wan = int(values[y, c])
            tone = "gap" if gap and wan else ""
            style = book.style("gap" if gap else "money", tone)
            put_money(sheet, row, FIRST_YEAR_COLUMN + y, wan, style)
        if not gap:
            years = f"{cell(row, FIRST_YEAR_COLUMN)}:{cell(row, last_column - 1)}"
            put_formula(
                sheet,
                row,
                last_column,
                f"=SUM({years})",
                yi(int(values[:, c].sum())),
                book.style("money"),
            )
    row = top + 2 + len(channels)
    put_row(sheet, row, ("合计", None, None), book.style("text", "total"))
    sums = [int(wan) for wan in values.sum(axis=1)]
    for k, wan in enumerate(sums if gap else [*sums, sum(sums)]):
        column = FIRST_YEAR_COLUMN + k
        above = f"{cell(top + 2, column)}:{cell(row - 1, column)}"
        put_formula(sheet, row, column, f"=SUM({above})", yi(wan), book.style("money", "total"))


def _widths(sheet: Worksheet, facts: Facts) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 12)
    sheet.set_column(FIRST_YEAR_COLUMN, FIRST_YEAR_COLUMN + len(facts.years), 10)
    sheet.freeze_panes(FIRST_BLOCK, 3)
    sheet.repeat_columns(0, 2)
