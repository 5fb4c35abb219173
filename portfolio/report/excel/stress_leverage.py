"""Sheet 渠道杠杆: what one 亿元 less of a channel in a year costs."""

from __future__ import annotations

from portfolio.model.quarters import LAST_PERIOD_YEAR
from portfolio.model.study.result import ChannelLeverage
from portfolio.report.excel.book import MID, ORANGE, Book, on_sheet, title
from portfolio.report.excel.checks import Check
from portfolio.report.excel.stress_blocks import (
    GRID_LINES,
    Block,
    Sheet,
    axis,
    chart_title,
    legend,
    put_block,
    put_heading,
    put_lines,
    set_widths,
)
from portfolio.report.stress_driver_tables import leverage_table
from portfolio.report.stress_views import worst_leverage, year_leverage
from portfolio.report.stress_wording import ASSUMED
from portfolio.report.tables import Table
from portfolio.report.wording import scenario_name

HEAD = 4
#: Columns of `leverage_table`.
YEAR, IN_YEAR, LOANS, QUARTERS = 1, 4, 7, 14
CHART_ROWS = 21


def write_leverage(book: Book, sheet: Sheet) -> list[Check]:
    """The dearest year of each channel with charts, then every channel and year."""
    page, table = sheet.page, leverage_table(sheet.result)
    width = sum(column.width for column in table.columns)
    title(
        book,
        page,
        f"渠道杠杆：某年少 1 亿元的后果 · {scenario_name(sheet.result.run)}（{ASSUMED}）",
    )
    set_widths(page, table)
    lines = (
        "同一运气下，把某渠道某年的额度减去试算数（1 亿元或额度的 1%，取大者；专属、上级指定按各大项额度"
        "同比例减），其余不变，逐条路径相减后除以试算数。少完成：正数为少；其中贷款为随资本金因此少提的"
        "部分，已含在当年少完成之内。",
        f"单位：少完成为亿元／亿元，滞后为季／亿元。“到{LAST_PERIOD_YEAR}年”一栏：{LAST_PERIOD_YEAR}"
        " 年以后的年份计到当年。待分配资金能补上的，少完成接近 0；判断按 95% 区间是否含 0。",
    )
    put_lines(book, page, 1, lines, len(table.columns) - 1, width)
    if not table.rows:
        page.write_string(HEAD, 0, "本次未测算渠道杠杆。", book.made({"bold": True}))
        return []
    worry, row = sheet.result.findings.worry, HEAD
    near, worst = year_leverage(sheet.result), worst_leverage(sheet.result)
    if near and worry is not None:
        heading = f"{worry.year} 年（最该先担心的年份）各渠道少 1 亿元"
        row = _chosen(book, sheet, table, near, heading, row)
    row = _chosen(book, sheet, table, worst, "每个渠道最重的一年（按当年少完成排）", row)
    row = put_heading(book, page, row, "全部渠道与年份")
    full = put_block(book, page, table, row)
    page.autofilter(full.head, 0, full.last, len(table.columns) - 1)
    page.fit_to_pages(1, 0)
    return []


def _chosen(
    book: Book,
    sheet: Sheet,
    table: Table,
    chosen: tuple[ChannelLeverage, ...],
    heading: str,
    row: int,
) -> int:
    """Some rows of the table under a heading, with their charts; the row below."""
    row = put_heading(book, sheet.page, row, heading)
    block = put_block(book, sheet.page, _rows(sheet, table, chosen), row)
    _charts(book, sheet, block, block.below)
    return block.below + CHART_ROWS


def _rows(sheet: Sheet, table: Table, chosen: tuple[ChannelLeverage, ...]) -> Table:
    """The rows of the table for some channels and years, in their order."""
    portfolio = sheet.result.run.portfolio
    by_key = {(row[0], row[YEAR]): row for row in table.rows}
    rows = tuple(
        by_key[portfolio.channels[portfolio.channel_position[row.channel_id]].name, str(row.year)]
        for row in chosen
    )
    return Table(name="其中", columns=table.columns, rows=rows)


def _charts(book: Book, sheet: Sheet, block: Block, row: int) -> None:
    """Investment lost in the year with its loans, and quarters of delay."""
    for first, size, series, heading in (
        (
            0,
            700,
            ((IN_YEAR, "当年少完成", MID), (LOANS, "其中贷款", ORANGE)),
            "少 1 亿元，当年少完成（亿元）",
        ),
        (8, 700, ((QUARTERS, "滞后增加", ORANGE),), "少 1 亿元，各大项滞后合计增加（季）"),
    ):
        chart = book.workbook.add_chart({"type": "bar"})
        for column, name, colour in series:
            chart.add_series(
                {
                    "name": name,
                    "categories": "=" + on_sheet(sheet.name, f"{block.column(0)}"),
                    "values": "=" + on_sheet(sheet.name, block.column(column)),
                    "fill": {"color": colour},
                    "gap": 40,
                }
            )
        chart.set_title(chart_title(f"{heading}（{ASSUMED}）"))
        chart.set_y_axis(axis(reverse=True, label_position="low", interval_unit=1))
        chart.set_x_axis(axis(num_format="0.00", major_gridlines=GRID_LINES, label_position="high"))
        chart.set_legend(legend())
        chart.set_size({"width": size, "height": 480})
        sheet.page.insert_chart(row, first, chart, {"object_position": 2, "description": heading})
