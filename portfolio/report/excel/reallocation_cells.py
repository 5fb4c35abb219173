"""Sheet 前后对比: before, after and difference by item, channel and year, subtotals as formulas."""

from __future__ import annotations

from dataclasses import replace

from portfolio.report.excel.book import ROW, Book, Worksheet, title
from portfolio.report.excel.reallocation_layout import (
    AFTER,
    BLOCKS,
    CELL_FIELDS,
    CELLS,
    CHANGE,
    DEPTH,
    HIDDEN,
    OF_CHANNELS,
    Facts,
    cell_key,
)
from portfolio.report.excel.stress_blocks import print_wide, put_heads, put_rows, set_widths


def write_cells(book: Book, facts: Facts) -> None:
    """The sheet: whole, works, items, channels; three blocks of years."""
    sheet, block = book.sheet(CELLS, tab="#2F75B5", zoom=85), facts.cells
    title(
        book,
        sheet,
        "前后对比（亿元，按批准造价）",
        "工程、大项小计为公式；上级指定、专属与随资本金的增减是冲击与资本金带来的，不是调剂。",
    )
    _headings(book, sheet, facts)
    of_others = CELL_FIELDS.view(*(key for key in CELL_FIELDS.by_key if key not in OF_CHANNELS))
    for row in facts.rows:
        fields = of_others if row.channel is None else CELL_FIELDS
        put_rows(book, sheet, fields.of([row]), replace(block, first=row.at))
        sheet.set_row(row.at, ROW, None, {"level": DEPTH[row.level]})
    _page(sheet, facts)


def _headings(book: Book, sheet: Worksheet, facts: Facts) -> None:
    """The blocks' names above the headings."""
    block, head = facts.cells, facts.cells.head
    for key, heading in BLOCKS.items():
        years, whole = block.places[cell_key(key, 0)], block.places[cell_key(key)]
        sheet.merge_range(head - 1, years, head - 1, whole, heading, book.style("head"))
    put_heads(book, sheet, CELL_FIELDS.titled(facts.result.calendar), block)


def _page(sheet: Worksheet, facts: Facts) -> None:
    """Widths, what stays in view, three pages side by side."""
    places, head = facts.cells.places, facts.cells.head
    set_widths(sheet, CELL_FIELDS.of(()))
    for key in HIDDEN:
        sheet.set_column(places[key], places[key], CELL_FIELDS[key].width, None, {"hidden": True})
    sheet.freeze_panes(head + 1, places["kind"])
    sheet.repeat_rows(head - 1, head)
    sheet.outline_settings(True, False, True, False)
    widths = [field.width for field in CELL_FIELDS if field.key not in HIDDEN]
    breaks = [places[cell_key(block, 0)] for block in (AFTER, CHANGE)]
    print_wide(sheet, widths, breaks, repeated=places["kind"] + 1)
