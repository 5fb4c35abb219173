"""Sheet 渠道杠杆: what one 亿元 less of a channel in a year costs."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.money import WAN_PER_YI
from portfolio.model.study.result import ChannelLeverage, StressResult
from portfolio.report.excel.blocks import (
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
from portfolio.report.excel.book import MID, ORANGE, Book, title
from portfolio.report.excel.check_list import Check
from portfolio.report.tables.fields import Table
from portfolio.report.tables.stress import channel_name, leverage_table
from portfolio.report.words.run import scenario_name
from portfolio.report.words.stress import ASSUMED, year_words
from portfolio.report.words.stress_selection import worst_leverage, year_leverage

HEAD = 4
CHART_ROWS = 21
#: Envelopes below this are left out of the chart of quarters per 亿元.
SMALL_WAN = 10 * WAN_PER_YI


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
        f"单位：少完成为亿元／亿元，滞后为季／亿元。“到{sheet.result.calendar.period_last}年”一栏：{sheet.result.calendar.period_last}"
        " 年以后的年份计到当年。待分配资金能补上的，少完成接近 0；判断按 95% 区间是否含 0。",
    )
    put_lines(book, page, 1, lines, len(table.columns) - 1, width)
    if not table.rows:
        page.write_string(HEAD, 0, "本次未测算渠道杠杆。", book.made({"bold": True}))
        return []
    worry, row = sheet.result.findings.worry, HEAD
    near, worst = year_leverage(sheet.result), worst_leverage(sheet.result)
    if near and worry is not None:
        heading = f"{worry.year} 年（{year_words(worry)}）各渠道少 1 亿元"
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
    table: Table[ChannelLeverage],
    chosen: tuple[ChannelLeverage, ...],
    heading: str,
    row: int,
) -> int:
    """Some rows of the table under a heading, with their charts; the row below."""
    row = put_heading(book, sheet.page, row, heading)
    # The small ones last, so that the others are one range for the chart of quarters.
    large = [one for one in chosen if envelope_wan(sheet.result, one) >= SMALL_WAN]
    small = [one for one in chosen if envelope_wan(sheet.result, one) < SMALL_WAN]
    block = put_block(book, sheet.page, table.fields.of((*large, *small)), row, sheet=sheet.name)
    row = block.below
    if small:
        names = "、".join(f"{channel_name(sheet.result, one)} {one.year} 年" for one in small)
        line = (
            f"当年额度不足 {SMALL_WAN // WAN_PER_YI} 亿元的，折成每亿元的滞后季数没有意义，"
            f"不画入滞后图（表中仍列，排在最后）：{names}。"
        )
        width = sum(column.width for column in table.columns)
        row = put_lines(book, sheet.page, row - 1, [line], len(table.columns) - 1, width) + 1
    _charts(book, sheet, block, len(large), row)
    return row + CHART_ROWS


def envelope_wan(result: StressResult, one: ChannelLeverage) -> int:
    """What a channel has in a year, pooled and earmarked together, 万元."""
    envelopes = result.run.portfolio.envelopes
    year, channel = (
        one.year - result.calendar.first_year,
        result.run.portfolio.channel_position[one.channel_id],
    )
    pooled, own = envelopes.pooled_wan[year, channel], envelopes.own_wan[year, channel]
    return int(pooled.sum() + own.sum())


def _charts(book: Book, sheet: Sheet, block: Block, large: int, row: int) -> None:
    """Investment lost in the year with its loans; quarters of delay of the `large` first rows."""
    some = replace(block, last=block.first + large - 1)
    for first, shown, series, heading in (
        (
            0,
            block,
            (("in_year", "当年少完成", MID), ("loans", "其中贷款", ORANGE)),
            "少 1 亿元，当年少完成（亿元）",
        ),
        (8, some, (("delay", "滞后增加", ORANGE),), "少 1 亿元，各大项滞后合计增加（季）"),
    ):
        if shown.last < shown.first:
            continue
        chart = book.workbook.add_chart({"type": "bar"})
        for key, name, colour in series:
            fill = {"color": colour}
            chart.add_series(shown.series(key, "channel", name=name, fill=fill, gap=40))
        chart.set_title(chart_title(f"{heading}（{ASSUMED}）"))
        chart.set_y_axis(axis(reverse=True, label_position="low", interval_unit=1))
        chart.set_x_axis(axis(num_format="0.00", major_gridlines=GRID_LINES, label_position="high"))
        chart.set_legend(legend())
        chart.set_size({"width": 700, "height": 480})
        sheet.page.insert_chart(row, first, chart, {"object_position": 2, "description": heading})
