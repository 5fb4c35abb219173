"""扫描.xlsx: the grid, the frontier and the reverse stress test, each with its figures and chart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portfolio.model.reallocation.sweep import (
    FrontierResult,
    Kink,
    ReverseResult,
    SweepOrigin,
    SweepResult,
)
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.styles import MID, RED
from portfolio.report.tables import sweep as tables
from portfolio.report.tables.fields import Table
from portfolio.report.words.answers.sweep import NOTE_OPTIMUM, NOTE_SHARES, axis_text, years_text
from portfolio.report.words.outlook import EXAMPLE
from portfolio.report.words.paper import paper_line

SWEEP, FRONTIER, REVERSE = "扫描", "前沿", "反推"
TABLE_ROW = 4


def sweep_bytes(
    sweep: SweepResult | None = None,
    frontier: FrontierResult | None = None,
    reverse: ReverseResult | None = None,
) -> bytes:
    """The workbook's bytes; the same results give the same bytes.

    Raises
    ------
    ValueError
        There is nothing to write.
    """
    asked = sweep or frontier or reverse
    if asked is None:
        raise ValueError("nothing to write")
    calendar = asked.origin.calendar

    def fill(book: Book) -> None:
        if sweep is not None:
            _write_sweep(book, sweep)
        if frontier is not None:
            _write_frontier(book, frontier)
        if reverse is not None:
            _write_reverse(book, reverse)

    mark = f"（{EXAMPLE}）" if asked.origin.example else ""
    answers = [answer for answer in (sweep, frontier, reverse) if answer is not None]
    papers = [answer.origin.paper for answer in answers]
    return made_bytes(fill, calendar, f"{calendar.list_name}扫描与反推", mark, papers)


def _write_sweep(book: Book, result: SweepResult) -> None:
    sheet = book.sheet(SWEEP, tab=MID)
    _titles(sheet, "；".join(axis_text(axis) for axis in result.axes), result.origin)
    table = tables.sweep_table(result)
    axes = tuple(table.fields.by_key)[: len(result.axes)]
    block = _aim_table(sheet, table, axes)
    if len(result.axes) == 1:
        _chart(sheet, block, axes[0], "缺口与额度变动（亿元）", "0%")
    if result.kinks is not None:
        _kink_table(sheet, block.last + 24, tables.SWEEP_KINKS.of(result.kinks))


def _write_frontier(book: Book, result: FrontierResult) -> None:
    sheet = book.sheet(FRONTIER, tab="#548235")
    _titles(sheet, "调整多少统筹资金，缺口降到多少", result.origin, shares="")
    block = _aim_table(sheet, tables.frontier_table(result), ("moved_wan",))
    if result.points:
        _chart(sheet, block, "moved_wan", "缺口与调整量（亿元）", "#,##0")
    _kink_table(sheet, block.last + 24, tables.FRONTIER_KINKS.of(result.kinks))


def _write_reverse(book: Book, result: ReverseResult) -> None:
    sheet = book.sheet(REVERSE, tab=RED)
    title = f"{years_text(result.cut_years)}年额度最少减多少，年度目标就达不到"
    _titles(sheet, title, result.origin)
    table = tables.REVERSE_SHEET.of(result.answers)
    block = placed(table, TABLE_ROW)
    _heads(sheet, table, block)
    sheet.set_widths(table.widths)
    sheet.put_rows(table, block)


def _heads(sheet: Sheet, table: Table[Any], block: Block) -> None:
    sheet.head_row(block.head, [field.full or field.heading for field in table.columns])


def _titles(sheet: Sheet, title: str, origin: SweepOrigin, shares: str = NOTE_SHARES) -> None:
    sheet.set_column(0, 12, 14)
    sheet.title(title)
    made = paper_line([origin.paper])
    about = f"情景：{origin.title}；自 {origin.first_year} 年起可调整"
    sheet.put(1, 0, about + (f"　　{made}" if made else ""), "subtitle")
    sheet.put_lines(2, [f"{NOTE_OPTIMUM}{shares}"], 11, 12 * 14)


def _aim_table(sheet: Sheet, table: Table[tables.Point], axes: tuple[str, ...]) -> Block:
    """The points; one without a plan has no cells of the years."""
    block = placed(table, TABLE_ROW, sheet.name)
    _heads(sheet, table, block)
    without = table.fields.view(*axes, "shortfall_wan", "delay_wan", "verdict")
    for at, point in enumerate(table.rows, start=block.first):
        fields = table.fields if point.shortfalls_wan else without
        sheet.put_rows(fields.of([point]), replace(block, first=at))
    sheet.freeze_panes(block.first, len(axes))
    return block


def _chart(sheet: Sheet, block: Block, by: str, title: str, number: str) -> None:
    """Shortfall as a line over the axis `by`, delay on an axis of its own."""
    chart: Any = sheet.new_chart("scatter", "straight_with_markers")
    for key, label, colour in (
        ("shortfall_wan", "缺口合计", RED),
        ("delay_wan", "滞后（右轴）", MID),
    ):
        chart.add_series(
            block.series(
                key,
                by,
                name=label,
                line={"color": colour, "width": 2.25},
                marker={"type": "circle", "size": 4, "fill": {"color": colour}},
                y2_axis=key == "delay_wan",
            )
        )
    chart.set_title({"name": title})
    chart.set_x_axis({"num_format": number, "label_position": "low"})
    chart.set_y_axis({"num_format": "#,##0", "min": 0})
    chart.set_y2_axis({"num_format": "#,##0", "min": 0})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 880, "height": 420})
    sheet.insert_chart(block.below, 0, chart, {"description": title})


def _kink_table(sheet: Sheet, row: int, table: Table[Kink]) -> None:
    sheet.put(row, 0, table.name, "subtitle")
    block = placed(table, row + 1)
    sheet.put_at(table, block)
