"""Sheet 前后对比: before, after and difference by item, channel and year, subtotals as formulas."""

from __future__ import annotations

from portfolio.model.money import BPS, Wan
from portfolio.report.excel.book import (
    ROW,
    STYLES,
    TONES,
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
from portfolio.report.excel.reallocation_layout import (
    AFTER,
    BEFORE,
    BLOCK,
    CELLS,
    CELLS_FIRST,
    CELLS_HEAD,
    CHANGE,
    CHANNEL,
    CHANNEL_INDEX,
    ITEM,
    LEVEL,
    SCALE,
    WHOLE,
    WORK,
    Facts,
    Row,
)
from portfolio.report.excel.stress_blocks import SIGNED_MONEY, print_wide

TONE = {WHOLE: "total", WORK: "work", ITEM: "category", CHANNEL: ""}
OUTLINE = {WHOLE: 0, WORK: 0, ITEM: 1, CHANNEL: 2}
WIDTHS = (6, 34, 30, 10)
YEAR_WIDTH, SUM_WIDTH = 9, 11
NAMES = (("调整前（基准计划）", BEFORE), ("调整后", AFTER), ("增减（调整后－调整前）", CHANGE))


def write_cells(book: Book, facts: Facts) -> None:
    """The sheet: whole, works, items, channels; three blocks of years."""
    sheet = book.sheet(CELLS, tab="#2F75B5", zoom=85)
    title(
        book,
        sheet,
        "前后对比（亿元，按批准造价）",
        "工程、大项小计为公式；上级指定、专属与随资本金的增减是冲击与资本金带来的，不是调剂。",
    )
    for heading, column in NAMES:
        sheet.merge_range(
            CELLS_HEAD - 1, column, CELLS_HEAD - 1, column + BLOCK - 1, heading, book.style("head")
        )
    head_row(book, sheet, CELLS_HEAD, ("序号", "工程 / 大项", "渠道", "性质"))
    for _, column in NAMES:
        put_row(sheet, CELLS_HEAD, facts.result.calendar.plan_years, book.style("year"), column)
        put(sheet, CELLS_HEAD, column + BLOCK - 1, "合计", book.style("head"))
    head_row(book, sheet, CELLS_HEAD, ("造价系数", "层级", "渠道序"), SCALE)
    for at, row in enumerate(facts.rows, start=CELLS_FIRST):
        _names(book, sheet, facts, at, row)
        _block(book, sheet, facts, at, row, BEFORE, facts.before)
        _block(book, sheet, facts, at, row, AFTER, facts.after)
        _differences(book, sheet, facts, at, row)
    _page(sheet)


def _names(book: Book, sheet: Worksheet, facts: Facts, at: int, row: Row) -> None:
    portfolio, tone = facts.result.case.portfolio, TONE[row.level]
    item = portfolio.items[row.items[0]]
    channel = None if row.channel is None else portfolio.channels[row.channel]
    number = item.no if row.level in (ITEM, CHANNEL) else None
    put(sheet, at, 0, number, book.style("centre", tone))
    key = (f"label {row.level}", "")
    if key not in book.formats:
        look = {**STYLES["text"], **TONES[tone], "indent": 1 + OUTLINE[row.level]}
        book.formats[key] = book.made(look)
    put(sheet, at, 1, row.label, book.formats[key])
    put(sheet, at, 2, None if channel is None else channel.name, book.style("text", tone))
    kind = None if channel is None else str(channel.kind)
    put(sheet, at, 3, kind, book.style("centre", tone))
    if row.channel is not None:
        scale = int(portfolio.conditions.scale_bps[row.items[0]]) / BPS
        put(sheet, at, SCALE, scale, book.style("factor"))
        put(sheet, at, CHANNEL_INDEX, row.channel + 1, book.style("centre", "faint"))
    put(sheet, at, LEVEL, row.level, book.style("text", "faint"))
    sheet.set_row(at, ROW, None, {"level": OUTLINE[row.level]})


def _block(
    book: Book, sheet: Worksheet, facts: Facts, at: int, row: Row, first: int, values: Wan
) -> None:
    """Years and their sum: values of a channel, SUBTOTAL over the rows below of the others."""
    style, money = book.style("money", TONE[row.level]), facts.money(values, row)
    for k, wan in enumerate(money.tolist()):
        if row.last == at:  # a channel, or an item without any
            put_money(sheet, at, first + k, wan, style)
        else:
            below = f"{cell(at + 1, first + k)}:{cell(row.last, first + k)}"
            put_formula(sheet, at, first + k, f"=SUBTOTAL(9,{below})", yi(wan), style)
    years = f"{cell(at, first)}:{cell(at, first + BLOCK - 2)}"
    put_formula(sheet, at, first + BLOCK - 1, f"=SUM({years})", yi(int(money.sum())), style)


def _differences(book: Book, sheet: Worksheet, facts: Facts, at: int, row: Row) -> None:
    style = signed_style(book, TONE[row.level])
    change = facts.money(facts.after - facts.before, row)
    for k, wan in enumerate([*change.tolist(), int(change.sum())]):
        formula = f"=ROUND({cell(at, AFTER + k)}-{cell(at, BEFORE + k)},4)"
        put_formula(sheet, at, CHANGE + k, formula, yi(wan), style)


def signed_style(book: Book, tone: str = "") -> object:
    """The format of a difference of money, made once."""
    key = ("signed money", tone)
    if key not in book.formats:
        look = {**STYLES["money"], **TONES[tone], "num_format": SIGNED_MONEY}
        book.formats[key] = book.made(look)
    return book.formats[key]


def _page(sheet: Worksheet) -> None:
    """Widths, what stays in view, three pages side by side."""
    widths = [*WIDTHS, *[YEAR_WIDTH] * (SCALE - len(WIDTHS))]
    for _, column in NAMES:
        widths[column + BLOCK - 1] = SUM_WIDTH
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_column(SCALE, SCALE, 9)
    sheet.set_column(LEVEL, CHANNEL_INDEX, 8, None, {"hidden": True})
    sheet.freeze_panes(CELLS_FIRST, 3)
    sheet.repeat_rows(CELLS_HEAD - 1, CELLS_HEAD)
    sheet.outline_settings(True, False, True, False)
    print_wide(sheet, [*widths, 9], (AFTER, CHANGE), repeated=len(WIDTHS))
