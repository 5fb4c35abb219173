"""Sheet 龙卷风: what moves the investment, the delay and the cost, as native bar charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from portfolio.model.money import WAN_PER_YI
from portfolio.model.study.findings import Estimate, Level
from portfolio.model.study.result import ChannelLeverage, ScenarioComparison, StressResult
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, Sheet, no_minus_zero, yi
from portfolio.report.excel.check_list import Check
from portfolio.report.excel.stress.sheet import StressSheet
from portfolio.report.excel.styles import MID, ORANGE, ROW, chart_title, legend, lying
from portfolio.report.tables.fields import Cell, Fields, Table, chance, money, number, text
from portfolio.report.tables.stress import (
    channel_name,
    difference_table,
    driver_table,
    lever_table,
    leverage_table,
    tornado_table,
    verdict,
)
from portfolio.report.words import stress as words
from portfolio.report.words.stress import ASSUMED, year_words
from portfolio.report.words.stress_selection import (
    Measure,
    compared,
    levers_played,
    worst_leverage,
    year_leverage,
)

WIDTHS = (6, 40, *[13] * 14)
#: Where the charts stand, beside their tables.
CHART_COLUMN, CHART_WIDTH = 12, 11
CHART_ROWS = 23
#: Rows of the list of all drivers.
LISTED_DRIVERS = 60
LEVELS = ((Level.CLASS, "按风险类别"), (Level.WORK, "按工程"), (Level.SOURCE, "按来源"))


def write_tornado(sheet: StressSheet) -> list[Check]:
    """Swings with their charts, then by class, work and source, levers, and all drivers."""
    worry = sheet.result.findings.worry
    sheet.set_widths(WIDTHS)
    sheet.set_column(CHART_COLUMN, CHART_COLUMN + 14, 12)
    sheet.headed("龙卷风：哪些因素左右结果")
    year = "" if worry is None else f"{worry.year} 年"
    lines = (
        "每个因素取最低一成与最高一成的路径，比较结果的平均值；说的是相伴，不等于因果。"
        f"图与前三表只列差别超出偶然（95%）的；共比较 {compared(sheet.result)} 个单项因素，少数会碰巧入列。",
        "因素本身的低与高：造价、工期、停工为小与大，落地率、到位率为少与多，风险为未发生与发生。",
    )
    row = sheet.put_lines(1, lines, 10, sum(WIDTHS[:11])) + 1
    measures: tuple[tuple[Measure, str, str], ...] = (
        ("converted", f"{year}折市重点", "亿元"),
        ("delay", "全部大项平均滞后（按投资加权）", "季"),
        ("cost", f"{sheet.result.calendar.first_year} 年起总造价", "亿元"),
    )
    breaks = []
    for measure, what, unit in measures:
        if measure != "converted":
            breaks.append(row)
        row = sheet.put_heading(row, f"{what}的摆动（{unit}，{words.ASSUMED}）")
        table = tornado_table(sheet.result, measure)
        block = sheet.put_block(table, row, widths=WIDTHS)
        if table.rows:
            _chart(sheet, block, f"{what}：偏离平均（{unit}）", row)
            row = max(block.below, row + CHART_ROWS + 1)
        else:
            sheet.put(block.first, block.places["driver"], "没有差别超出偶然的因素。")
            row = block.first + 3
    breaks.append(row)
    row = _grouped(sheet, row, measures[0], measures[1])
    row = _levers(sheet, row)
    breaks.append(row)
    _put_all(sheet, row)
    widths = (*WIDTHS[:CHART_COLUMN], *[12] * CHART_WIDTH)
    sheet.print_wide(widths, (CHART_COLUMN,), rows=breaks)
    return []


def _put_all(sheet: StressSheet, row: int) -> None:
    """The first drivers of all, and how many more there are."""
    table = driver_table(sheet.result)
    heading = "因素一览（可与上表对照；判断按 95% 区间是否含 0）"
    more = len(table.rows) - LISTED_DRIVERS
    if more > 0:
        heading += f"：前 {LISTED_DRIVERS} 个，其余 {more} 个见 run.json"
    row = sheet.put_heading(row, heading)
    sheet.put_block(table.fields.of(table.rows[:LISTED_DRIVERS]), row, widths=WIDTHS)


def _grouped(sheet: StressSheet, row: int, *measures: tuple[Measure, str, str]) -> int:
    """The same for sums over a class, a work, a source."""
    for level, heading in LEVELS:
        for measure, what, unit in measures:
            table = tornado_table(sheet.result, measure, (level,))
            if not table.rows:
                continue
            row = sheet.put_heading(row, f"{heading}：{what}的摆动（{unit}）")
            row = sheet.put_block(table, row, widths=WIDTHS).below
    return row


def _levers(sheet: StressSheet, row: int) -> int:
    table = lever_table(sheet.result)
    if not table.rows:
        return row
    row = sheet.put_heading(
        row,
        f"去掉某种风险、其余运气不变时的变化（{words.ASSUMED}；同一运气逐条相减，正为多、"
        f"负为少；{levers_played(sheet.result)}）",
    )
    return sheet.put_block(table, row, widths=WIDTHS).below


def _chart(sheet: StressSheet, block: Block, heading: str, row: int) -> None:
    """Two bars a driver around the mean; the widest on top."""
    chart = sheet.new_chart("bar", "stacked")
    for key, name, colour in (
        ("low_less", "因素最低一成", ORANGE),
        ("high_less", "因素最高一成", MID),
    ):
        fill = {"color": colour}
        chart.add_series(block.series(key, "driver", name=name, fill=fill, gap=40, overlap=100))
    sheet.put_chart(
        chart,
        (row, CHART_COLUMN),
        (900, 530),
        title=chart_title(heading),
        axes=lying("#,##0.##"),
        legend=legend(),
        said=heading,
    )


# --- Sheet 情景差异: scenarios less the first on the same luck, and where nothing differs


HEAD = 3
#: Names of scenarios stand in the first column, verdicts of a chance in the fifth.
DIFFERENCE_WIDTHS = (26, 13, 13, 13, 26, *[13] * 13)
PERCENTS = (50, 80)


def write_differences(book: Book, name: str, results: Sequence[StressResult]) -> None:
    """Side by side first, then each scenario's differences by year."""
    sheet = book.sheet(name, tab="#BF8F00")
    base = results[0]
    sheet.title(
        f"情景差异：以“{base.run.label}”为准（{words.ASSUMED}）",
        "各情景用同一组运气，逐条路径相减，差别只来自情景本身；"
        f"95% 区间含 0 的写“{words.NO_DIFFERENCE}”。达到比例之差以百分点计。不计运气之差：两个计划本身推演之差"
        "（portfolio run）；大项拖后时当年用得少，削减先落在用不完的额度上，均值之差因此可以比它小。",
    )
    sheet.set_widths(DIFFERENCE_WIDTHS)
    row = sheet.put_heading(HEAD, "并列")
    row = _side_by_side(sheet, results, row)
    for other, comparison in words.compared_pairs(results):
        heading = f"{other.run.label} － {base.run.label}（{comparison.paths:,} 条路径；亿元）"
        row = sheet.put_heading(row, heading)
        table = difference_table(base, other, comparison)
        row = sheet.put_block(table, row, widths=DIFFERENCE_WIDTHS).below
        row = _totals(sheet, base, other, comparison, row)
    sheet.freeze_panes(HEAD, 1)


def _chance(year: int, result: StressResult) -> float | None:
    found = words.chance_of_year(result, year)
    return None if found is None else found.value


def _cost(percent: int, result: StressResult) -> int | None:
    whole = result.findings.whole
    return None if whole is None else whole.cost.at(percent).value


def _finish(percent: int, result: StressResult) -> str | None:
    whole = result.findings.whole
    if whole is None:
        return None
    return words.quarter_or_later(result.calendar, whole.finish.at(percent).value)


def _side_by_side(sheet: Sheet, results: Sequence[StressResult], row: int) -> int:
    """A scenario a row: its chances by year, then cost and finish of all together."""
    years = [year.year for year in results[0].findings.years if year.chance is not None]
    table = Fields[StressResult](
        name="并列",
        fields=(
            text(
                "name",
                "情景",
                lambda result: result.run.label,
                DIFFERENCE_WIDTHS[0],
                look="wrap",
            ),
            *(chance(f"y{y}", f"{y} 年\n达到比例", partial(_chance, y)) for y in years),
            *(money(f"cost{p}", f"总造价 P{p}\n（亿元）", partial(_cost, p)) for p in PERCENTS),
            *(
                text(f"finish{p}", f"末项竣工 P{p}", partial(_finish, p), look="centre")
                for p in PERCENTS
            ),
        ),
    ).of(results)
    block = placed(table, row)
    sheet.put_at(table, block)
    sheet.fit_rows(table, block, table.widths, least=ROW)
    return block.below


@dataclass(frozen=True, kw_only=True)
class Total:
    """A difference that belongs to no year; `kind` is how its numbers look."""

    label: str
    change: Estimate
    kind: str
    said: str

    def end(self, name: str) -> Cell:
        """The value, or an end of its interval, as its cell holds it."""
        if self.said == words.UNCOMPARABLE:
            return "—"
        value: float | None = getattr(self.change, name)
        if value is None or self.kind == "decimal":
            return no_minus_zero(value)
        return yi(round(value))

    @property
    def look(self) -> str:
        """The style of its numbers."""
        return "centre" if self.said == words.UNCOMPARABLE else self.kind


def _end(name: str, total: Total) -> Cell:
    return total.end(name)


def _look(total: Total) -> str:
    return total.look


TOTALS = Fields[Total](
    name="全期",
    fields=(
        text("label", ""),
        *(
            number(name, title, partial(_end, name), look=_look)
            for name, title in (("value", "差"), ("low", "低"), ("high", "高"))
        ),
        text("said", "判断"),
    ),
)


def _totals(
    sheet: Sheet,
    base: StressResult,
    other: StressResult,
    comparison: ScenarioComparison,
    row: int,
) -> int:
    """The differences that belong to no year."""
    end = words.end_verdict(base, other, comparison.end)
    rows = (
        ("总造价（亿元）", comparison.cost, "money", verdict(comparison.cost)),
        ("平均滞后（季）", comparison.delay, "decimal", verdict(comparison.delay)),
        ("滞后大项（个）", comparison.late_items, "decimal", verdict(comparison.late_items)),
        ("末项竣工（季）", comparison.end, "decimal", end),
    )
    table = TOTALS.of(
        Total(label=label, change=change, kind=kind, said=said)
        for label, change, kind, said in rows
    )
    block = placed(table, row)
    sheet.put_at(table, block)
    return block.below


# --- Sheet 渠道杠杆: what one 亿元 less of a channel in a year costs


LEVERAGE_HEAD = 4
LEVERAGE_ROWS = 21
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
        " 年以后的年份计到当年。年初预留能补上的，少完成接近 0；判断按 95% 区间是否含 0。",
    )
    sheet.put_lines(1, lines, len(table.columns) - 1, width)
    if not table.rows:
        sheet.put(LEVERAGE_HEAD, 0, "本次未测算渠道杠杆。", "bold")
        return []
    worry, row = sheet.result.findings.worry, LEVERAGE_HEAD
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
    return row + LEVERAGE_ROWS


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
