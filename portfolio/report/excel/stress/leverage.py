"""Sheet 渠道杠杆: what one 亿元 less of a channel in a year costs."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.money import WAN_PER_YI
from portfolio.model.study.result import ChannelLeverage, StressResult
from portfolio.report.excel.blocks import Block
from portfolio.report.excel.charts import chart_title, legend, lying
from portfolio.report.excel.check_list import Check
from portfolio.report.excel.stress.sheet import StressSheet
from portfolio.report.excel.styles import MID, ORANGE
from portfolio.report.tables.fields import Table
from portfolio.report.tables.stress import channel_name, leverage_table
from portfolio.report.words.stress import ASSUMED, year_words
from portfolio.report.words.stress_selection import worst_leverage, year_leverage

HEAD = 4
CHART_ROWS = 21
#: Envelopes below this are left out of the chart of quarters per 亿元.
SMALL_WAN = 10 * WAN_PER_YI


def write_leverage(sheet: StressSheet) -> list[Check]:
    """The dearest year of each channel with charts, then every channel and year."""
    table = leverage_table(sheet.result)
    width = sum(table.widths)
    sheet.headed("渠道杠杆：某年少 1 亿元的后果")
    sheet.set_widths(table.widths)
    lines = (
        "同一运气下，把某渠道某年的额度减去试算数（1 亿元或额度的 1%，取大者；专属、上级指定按各大项额度"
        "同比例减），其余不变，逐条路径相减后除以试算数。少完成：正数为少；其中贷款为随资本金因此少提的"
        "部分，已含在当年少完成之内。",
        f"单位：少完成为亿元／亿元，滞后为季／亿元。“到{sheet.result.calendar.period_last}年”一栏：{sheet.result.calendar.period_last}"
        " 年以后的年份计到当年。待分配资金能补上的，少完成接近 0；判断按 95% 区间是否含 0。",
    )
    sheet.put_lines(1, lines, len(table.columns) - 1, width)
    if not table.rows:
        sheet.put(HEAD, 0, "本次未测算渠道杠杆。", "bold")
        return []
    worry, row = sheet.result.findings.worry, HEAD
    near, worst = year_leverage(sheet.result), worst_leverage(sheet.result)
    if near and worry is not None:
        heading = f"{worry.year} 年（{year_words(worry)}）各渠道少 1 亿元"
        row = _chosen(sheet, table, near, heading, row)
    row = _chosen(sheet, table, worst, "每个渠道最重的一年（按当年少完成排）", row)
    row = sheet.put_heading(row, "全部渠道与年份")
    full = sheet.put_block(table, row)
    sheet.autofilter(full.head, 0, full.last, len(table.columns) - 1)
    return []


def _chosen(
    sheet: StressSheet,
    table: Table[ChannelLeverage],
    chosen: tuple[ChannelLeverage, ...],
    heading: str,
    row: int,
) -> int:
    """Some rows of the table under a heading, with their charts; the row below."""
    row = sheet.put_heading(row, heading)
    # The small ones last, so that the others are one range for the chart of quarters.
    large = [one for one in chosen if envelope_wan(sheet.result, one) >= SMALL_WAN]
    small = [one for one in chosen if envelope_wan(sheet.result, one) < SMALL_WAN]
    block = sheet.put_block(table.fields.of((*large, *small)), row)
    row = block.below
    if small:
        names = "、".join(f"{channel_name(sheet.result, one)} {one.year} 年" for one in small)
        line = (
            f"当年额度不足 {SMALL_WAN // WAN_PER_YI} 亿元的，折成每亿元的滞后季数没有意义，"
            f"不画入滞后图（表中仍列，排在最后）：{names}。"
        )
        width = sum(table.widths)
        row = sheet.put_lines(row - 1, [line], len(table.columns) - 1, width) + 1
    _charts(sheet, block, len(large), row)
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


def _charts(sheet: StressSheet, block: Block, large: int, row: int) -> None:
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
        chart = sheet.new_chart("bar")
        for key, name, colour in series:
            fill = {"color": colour}
            chart.add_series(shown.series(key, "channel", name=name, fill=fill, gap=40))
        sheet.put_chart(
            chart,
            (row, first),
            (700, 480),
            title=chart_title(f"{heading}（{ASSUMED}）"),
            axes=lying("0.00"),
            legend=legend(),
            said=heading,
        )
