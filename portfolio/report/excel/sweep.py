"""扫描.xlsx: the grid, the frontier and the reverse stress test, each with its figures and chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.model.money import WAN_PER_YI
from portfolio.model.sweep import (
    AimsReached,
    FrontierResult,
    Kink,
    ReverseResult,
    SweepOrigin,
    SweepResult,
)
from portfolio.report.excel.book import (
    CREATED,
    MID,
    RED,
    Book,
    Worksheet,
    head_row,
    made_bytes,
    on_sheet,
    put,
    put_money,
    span,
    yi,
)
from portfolio.report.sweep_text import (
    NOTE_OPTIMUM,
    answer_text,
    axis_text,
    swing_text,
    years_text,
)

SWEEP, FRONTIER, REVERSE = "扫描", "前沿", "反推"
TABLE_ROW = 4
PROVEN, UNPROVEN, NONE, UNKNOWN = "已证最优", "可行未证", "无可行方案", "限时内无结论"


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
        book.workbook.set_properties(
            {"title": f"{calendar.list_name}扫描与反推", "created": CREATED}
        )
        if sweep is not None:
            _write_sweep(book, sweep)
        if frontier is not None:
            _write_frontier(book, frontier)
        if reverse is not None:
            _write_reverse(book, reverse)

    return made_bytes(fill, calendar)


def _write_sweep(book: Book, result: SweepResult) -> None:
    sheet = book.sheet(SWEEP, tab=MID)
    _titles(book, sheet, "；".join(axis_text(axis) for axis in result.axes), result.origin)
    first = [f"{axis.channel} {years_text(axis.years)}年 变动" for axis in result.axes]
    keys = [[bps / 10_000 for bps in point.changes_bps] for point in result.points]
    reached = [point.reached for point in result.points]
    last = _aim_table(book, sheet, first, "percent", keys, reached, result.origin)
    if len(result.axes) == 1:
        _chart(
            book, sheet, SWEEP, len(first), (TABLE_ROW + 1, last), "缺口与额度变动（亿元）", "0%"
        )
    if result.kinks is not None:
        at = [kink.at / 10_000 for kink in result.kinks]
        heads = (
            "额度变动",
            "之前：每提高 1 个百分点缺口变动（亿元）",
            "之后（亿元）",
            "资金在此转向的大项",
        )
        _kink_table(book, sheet, last + 24, heads, result.kinks, at, "percent")


def _write_frontier(book: Book, result: FrontierResult) -> None:
    sheet = book.sheet(FRONTIER, tab="#548235")
    _titles(book, sheet, "调整多少统筹资金，缺口降到多少", result.origin)
    keys = [[yi(point.moved_wan)] for point in result.points]
    reached = [point.reached for point in result.points]
    last = _aim_table(book, sheet, ["至多调整（亿元）"], "money", keys, reached, result.origin)
    if result.points:
        title = "缺口与调整量（亿元）"
        _chart(book, sheet, FRONTIER, 1, (TABLE_ROW + 1, last), title, "#,##0")
    at = [kink.at / WAN_PER_YI for kink in result.kinks]
    heads = (
        "已调整（亿元）",
        "之前：每多调整 1 亿元缺口变动（亿元）",
        "之后（亿元）",
        "资金在此转向的大项",
    )
    _kink_table(book, sheet, last + 24, heads, result.kinks, at, "money")


def _write_reverse(book: Book, result: ReverseResult) -> None:
    sheet = book.sheet(REVERSE, tab=RED)
    title = f"{years_text(result.cut_years)}年额度最少减多少，年度目标就达不到"
    _titles(book, sheet, title, result.origin)
    heads = ("渠道", "目标年", "目标（亿元）", "额度（亿元）", "最小减幅", "减额（亿元）", "该年缺口（亿元）", "结果")  # fmt: skip
    head_row(book, sheet, TABLE_ROW, heads)
    sheet.set_column(0, 0, 28)
    sheet.set_column(len(heads) - 1, len(heads) - 1, 32)
    for row, answer in enumerate(result.answers, start=TABLE_ROW + 1):
        put(sheet, row, 0, answer.channel, book.style("text"))
        put(sheet, row, 1, answer.year, book.style("centre"))
        put_money(sheet, row, 2, answer.wanted_wan, book.style("money"))
        put_money(sheet, row, 3, answer.envelope_wan, book.style("money"))
        part = None if answer.cut_bps is None else answer.cut_bps / 10_000
        put(sheet, row, 4, part, book.style("percent"))
        put_money(sheet, row, 5, answer.cut_wan, book.style("money"))
        put_money(sheet, row, 6, answer.shortfall_wan, book.style("money"))
        put(sheet, row, 7, answer_text(answer), book.style("text"))


def _titles(book: Book, sheet: Worksheet, title: str, origin: SweepOrigin) -> None:
    sheet.set_column(0, 12, 14)
    put(sheet, 0, 0, title, book.style("title"))
    put(
        sheet,
        1,
        0,
        f"情景：{origin.title}；自 {origin.first_year} 年起可调整",
        book.style("subtitle"),
    )
    sheet.merge_range(2, 0, 2, 11, NOTE_OPTIMUM, book.style("note"))


def _aim_table(
    book: Book,
    sheet: Worksheet,
    first: Sequence[str],
    style: str,
    keys: Sequence[Sequence[float]],
    reached: Sequence[AimsReached],
    origin: SweepOrigin,
) -> int:
    """Keys, total shortfall, delay, verdict, shortfall by year; the last row's place."""
    years = [f"{year}年缺口（亿元）" for year in origin.years]
    heads = [*first, "缺口合计（亿元）", "滞后（加权亿元·年）", "结论", *years]
    head_row(book, sheet, TABLE_ROW, heads)
    row = TABLE_ROW
    for row, (key, aims) in enumerate(zip(keys, reached, strict=True), start=TABLE_ROW + 1):
        for column, value in enumerate(key):
            put(sheet, row, column, value, book.style(style))
        at = len(key)
        put_money(sheet, row, at, aims.shortfall_wan, book.style("money"))
        put_money(sheet, row, at + 1, aims.delay_wan, book.style("money"))
        put(sheet, row, at + 2, _verdict(aims), book.style("centre"))
        for column, wan in enumerate(aims.shortfall_by_year_wan, start=at + 3):
            put_money(sheet, row, column, wan, book.style("money"))
    sheet.freeze_panes(TABLE_ROW + 1, len(first))
    return row


def _verdict(aims: AimsReached) -> str:
    if aims.feasible is None:
        return UNKNOWN
    if not aims.feasible:
        return NONE
    return PROVEN if aims.proven else UNPROVEN


def _chart(
    book: Book,
    sheet: Worksheet,
    name: str,
    column: int,
    rows: tuple[int, int],
    title: str,
    number: str,
) -> None:
    """Shortfall as a line over the first column, delay on an axis of its own."""
    chart: Any = book.workbook.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    for at, label, colour in ((column, "缺口合计", RED), (column + 1, "滞后（右轴）", MID)):
        chart.add_series(
            {
                "name": label,
                "categories": "=" + on_sheet(name, span(rows[0], 0, rows[1], 0)),
                "values": "=" + on_sheet(name, span(rows[0], at, rows[1], at)),
                "line": {"color": colour, "width": 2.25},
                "marker": {"type": "circle", "size": 4, "fill": {"color": colour}},
                "y2_axis": at != column,
            }
        )
    chart.set_title({"name": title})
    chart.set_x_axis({"num_format": number, "label_position": "low"})
    chart.set_y_axis({"num_format": "#,##0", "min": 0})
    chart.set_y2_axis({"num_format": "#,##0", "min": 0})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 880, "height": 420})
    sheet.insert_chart(rows[1] + 2, 0, chart, {"description": title})


def _kink_table(
    book: Book,
    sheet: Worksheet,
    row: int,
    heads: Sequence[str],
    kinks: Sequence[Kink],
    places: Sequence[float],
    style: str,
) -> None:
    put(sheet, row, 0, "转折点：缺口的斜率在此改变", book.style("subtitle"))
    head_row(book, sheet, row + 1, heads)
    for at, (kink, place) in enumerate(zip(kinks, places, strict=True), start=row + 2):
        put(sheet, at, 0, place, book.style(style))
        put(sheet, at, 1, kink.before / WAN_PER_YI, book.style("exact"))
        put(sheet, at, 2, kink.after / WAN_PER_YI, book.style("exact"))
        put(sheet, at, 3, swing_text(kink), book.style("text"))
