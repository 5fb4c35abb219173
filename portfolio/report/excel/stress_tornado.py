"""Sheet 龙卷风: what moves the investment, the delay and the cost, as native bar charts."""

from __future__ import annotations

from typing import Any

from portfolio.model.study.finding import Level
from portfolio.report.excel.book import MID, ORANGE, Book, title
from portfolio.report.excel.check_list import Check
from portfolio.report.excel.stress_blocks import (
    GRID_LINES,
    Block,
    Sheet,
    axis,
    chart_title,
    legend,
    print_wide,
    put_block,
    put_heading,
    put_lines,
)
from portfolio.report.fields import Table
from portfolio.report.stress_driver_tables import driver_table, lever_table, tornado_table
from portfolio.report.stress_views import Measure, compared
from portfolio.report.stress_wording import ASSUMED
from portfolio.report.wording import scenario_name

WIDTHS = (6, 40, *[13] * 14)
#: Where the charts stand, beside their tables.
CHART_COLUMN, CHART_WIDTH = 12, 11
CHART_ROWS = 23
#: Rows of the list of all drivers.
LISTED_DRIVERS = 60
LEVELS = ((Level.CLASS, "按风险类别"), (Level.WORK, "按工程"), (Level.SOURCE, "按来源"))


def write_tornado(book: Book, sheet: Sheet) -> list[Check]:
    """Swings with their charts, then by class, work and source, levers, and all drivers."""
    page, worry = sheet.page, sheet.result.findings.worry
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    page.set_column(CHART_COLUMN, CHART_COLUMN + 14, 12)
    title(book, page, f"龙卷风：哪些因素左右结果 · {scenario_name(sheet.result.run)}（{ASSUMED}）")
    year = "" if worry is None else f"{worry.year} 年"
    lines = (
        "每个因素取最低一成与最高一成的路径，比较结果的平均值；说的是相伴，不等于因果。"
        f"图与前三表只列差别超出偶然（95%）的；共比较 {compared(sheet.result)} 个单项因素，少数会碰巧入列。",
        "因素本身的低与高：造价、工期、停工为小与大，落地率、到位率为少与多，风险为未发生与发生。",
    )
    row = put_lines(book, page, 1, lines, 10, sum(WIDTHS[:11])) + 1
    measures: tuple[tuple[Measure, str, str], ...] = (
        ("converted", f"{year}折市重点", "亿元"),
        ("delay", "全部大项平均滞后（按投资加权）", "季"),
        ("cost", f"{sheet.result.calendar.first_year} 年起总造价", "亿元"),
    )
    breaks = []
    for measure, what, unit in measures:
        if measure != "converted":
            breaks.append(row)
        row = put_heading(book, page, row, f"{what}的摆动（{unit}，{ASSUMED}）")
        table = tornado_table(sheet.result, measure)
        block = _put(book, sheet, table, row)
        if table.rows:
            _chart(book, sheet, block, f"{what}：偏离平均（{unit}）", row)
            row = max(block.below, row + CHART_ROWS + 1)
        else:
            page.write_string(
                block.first, block.places["driver"], "没有差别超出偶然的因素。", book.made({})
            )
            row = block.first + 3
    breaks.append(row)
    row = _grouped(book, sheet, row, measures[0], measures[1])
    row = _levers(book, sheet, row)
    breaks.append(row)
    _put_all(book, sheet, row)
    widths = (*WIDTHS[:CHART_COLUMN], *[12] * CHART_WIDTH)
    print_wide(page, widths, (CHART_COLUMN,), rows=breaks)
    return []


def _put_all(book: Book, sheet: Sheet, row: int) -> None:
    """The first drivers of all, and how many more there are."""
    table = driver_table(sheet.result)
    heading = "因素一览（可与上表对照；判断按 95% 区间是否含 0）"
    more = len(table.rows) - LISTED_DRIVERS
    if more > 0:
        heading += f"：前 {LISTED_DRIVERS} 个，其余 {more} 个见 run.json"
    row = put_heading(book, sheet.page, row, heading)
    _put(book, sheet, table.fields.of(table.rows[:LISTED_DRIVERS]), row)


def _put(book: Book, sheet: Sheet, table: Table[Any], row: int) -> Block:
    return put_block(book, sheet.page, table, row, sheet=sheet.name, widths=dict(enumerate(WIDTHS)))


def _grouped(book: Book, sheet: Sheet, row: int, *measures: tuple[Measure, str, str]) -> int:
    """The same for sums over a class, a work, a source."""
    for level, heading in LEVELS:
        for measure, what, unit in measures:
            table = tornado_table(sheet.result, measure, (level,))
            if not table.rows:
                continue
            row = put_heading(book, sheet.page, row, f"{heading}：{what}的摆动（{unit}）")
            row = _put(book, sheet, table, row).below
    return row


def _levers(book: Book, sheet: Sheet, row: int) -> int:
    table = lever_table(sheet.result)
    if not table.rows:
        return row
    row = put_heading(
        book,
        sheet.page,
        row,
        f"去掉某种风险、其余运气不变时的变化（{ASSUMED}；同一运气逐条相减，正为多、负为少）",
    )
    return _put(book, sheet, table, row).below


def _chart(book: Book, sheet: Sheet, block: Block, heading: str, row: int) -> None:
    """Two bars a driver around the mean; the widest on top."""
    chart = book.workbook.add_chart({"type": "bar", "subtype": "stacked"})
    for key, name, colour in (
        ("low_less", "因素最低一成", ORANGE),
        ("high_less", "因素最高一成", MID),
    ):
        fill = {"color": colour}
        chart.add_series(block.series(key, "driver", name=name, fill=fill, gap=40, overlap=100))
    chart.set_title(chart_title(heading))
    chart.set_y_axis(axis(reverse=True, label_position="low", interval_unit=1))
    chart.set_x_axis(axis(num_format="#,##0.##", major_gridlines=GRID_LINES, label_position="high"))
    chart.set_legend(legend())
    chart.set_size({"width": 900, "height": 530})
    sheet.page.insert_chart(
        row, CHART_COLUMN, chart, {"object_position": 2, "description": heading}
    )
