"""What drives a stress test, on the screen: items, swings, levers, causes, channels."""

from __future__ import annotations

from rich.console import Console

from portfolio.model.study.estimates import Estimate
from portfolio.model.study.result import StressResult
from portfolio.report.stress_change import censored_note
from portfolio.report.stress_views import (
    Measure,
    compared,
    deciding_items,
    shown_levers,
    tornado,
    worst_leverage,
    year_leverage,
)
from portfolio.report.stress_wording import (
    ASSUMED,
    NO_DIFFERENCE,
    driver_label,
    item_label,
    share_name,
    signed_number_text,
    signed_yi,
    signed_yi_text,
    whole_percent,
    whole_yi,
    year_words,
)
from portfolio.report.stress_wording import chance_text as chance
from portfolio.report.terminal.page import cell_lines, grid, say

LISTED_ITEMS, LISTED_SWINGS = 10, 10
#: Levers of a kind; all sources are shown.
LISTED_LEVERS = 3
LISTED_CAUSES, LISTED_CHANNELS = 10, 8
NAME_WIDTH, DRIVER_WIDTH, LEVER_WIDTH, CAUSE_WIDTH = 30, 34, 24, 34


def show_deciding(result: StressResult, out: Console) -> None:
    """The items that most often decide the end, with their own swings."""
    rows = deciding_items(result, LISTED_ITEMS)
    if not rows:
        return
    worry = result.findings.worry
    year = "" if worry is None else f"{worry.year} 年"
    say(out, f"起决定作用的大项（{ASSUMED}）", "bold")
    note = censored_note(result)
    with_end = note is None
    table = grid(
        "大项", "关键度", "摆幅（亿）", "摆幅（季）", "关联度" if with_end else "滞后关联度"
    )
    for row in rows:
        table.add_row(
            cell_lines(item_label(result.run.portfolio, row.chain.item_no), NAME_WIDTH),
            chance(row.chain.criticality),
            "—" if row.converted is None else whole_yi(row.converted),
            "—" if row.delay is None else f"{row.delay:.1f}",
            f"{row.chain.cruciality if with_end else row.chain.delay_cruciality:.2f}",
        )
    out.print(table)
    say(
        out,
        f"关键度：处在决定末项竣工的链条上的把握；摆幅：该大项的因素最好与最差一成路径之间（同向变动的其他大项也算在内），"
        f"{year}折市重点与全部大项平均滞后（按投资加权）的最大差；—：{NO_DIFFERENCE}；"
        f"{'关联度：其工期与末项竣工' if with_end else '滞后关联度：其工期与平均滞后'}的秩相关。",
        "dim",
    )
    if note is not None:
        say(out, note)


def show_tornado(result: StressResult, measure: Measure, out: Console) -> None:
    """The ten widest swings of the worry year's investment, or of the mean delay."""
    worry, rows = result.findings.worry, tornado(result, measure, LISTED_SWINGS)
    if not rows:
        return
    money = measure != "delay"
    what = "平均滞后（季，按投资加权）"
    if money:
        what = f"{worry.year} 年折市重点（亿元）" if worry is not None else "折市重点（亿元）"
    out.print()
    say(out, f"龙卷风：{what}随各因素的摆动（{ASSUMED}）", "bold")
    table = grid("因素", "最低一成时", "最高一成时", "相差", "秩相关")
    for driver, swing in rows:
        low, high = (
            (whole_yi(swing.low), whole_yi(swing.high))
            if money
            else (f"{swing.low:.1f}", f"{swing.high:.1f}")
        )
        change = swing.difference.value
        table.add_row(
            cell_lines(driver_label(driver), DRIVER_WIDTH),
            low,
            high,
            signed_yi(change) if money else f"{change:+.1f}",
            f"{swing.rank_correlation:+.2f}",
        )
    out.print(table)
    say(
        out,
        f"只列超出偶然（95%）的；共比较 {compared(result)} 个因素，其中少数会碰巧入列。",
        "dim",
    )


def show_levers(result: StressResult, out: Console) -> None:
    """What switching a source of luck off changes, all other luck as it was."""
    if not result.levers:
        return
    out.print()
    count = result.levers[0].paths
    say(out, f"去掉某种风险，其余运气不变（{ASSUMED}；{count:,} 条路径）", "bold")
    table = grid("去掉", "折市重点（亿）", "平均滞后（季）")
    shown = shown_levers(result, LISTED_LEVERS)
    for row in shown:
        table.add_row(
            cell_lines(row.label, LEVER_WIDTH),
            "—"
            if row.converted is None
            else _or_none(row.converted, signed_yi_text(row.converted)),
            _or_none(row.delay, signed_number_text(row.delay, 2)),
        )
    out.print(table)
    if len(result.levers) > len(shown):
        say(
            out,
            f"另有 {len(result.levers) - len(shown)} 项，见 压力测试.xlsx 的 龙卷风 表。",
            "dim",
        )


def _or_none(change: Estimate, text: str) -> str:
    return text if change.differs else NO_DIFFERENCE


def show_causes(result: StressResult, out: Console) -> None:
    """The delay of all paths shared out over its causes; kinds first, then the largest causes."""
    causes = result.findings.causes
    if not causes.by_kind:
        return
    out.print()
    say(
        out,
        f"滞后的成因（{ASSUMED}；{causes.paths:,} 条路径合计 {causes.quarters:,} 季，"
        f"每条路径 {causes.quarters / causes.paths:,.1f} 季，各成因之和等于合计）",
        "bold",
    )
    table = grid("成因", "每条路径（季）", "占比")
    for share in sorted(causes.by_kind, key=lambda row: -row.quarters):
        table.add_row(str(share.kind), f"{share.per_path:,.1f}", _share(share.share))
    out.print(table)
    out.print()
    say(out, f"其中最大的 {min(LISTED_CAUSES, len(causes.by_cause))} 条", "bold")
    table = grid("具体成因", "每条路径（季）", "占比")
    for share in causes.by_cause[:LISTED_CAUSES]:
        table.add_row(
            cell_lines(share_name(result.run.portfolio, share), CAUSE_WIDTH),
            f"{share.per_path:,.1f}",
            _share(share.share),
        )
    out.print(table)


def _share(value: float | None) -> str:
    return (
        "—"
        if value is None
        else whole_percent(value)
        if value >= 0
        else f"-{whole_percent(-value)}"
    )


def show_leverage(result: StressResult, out: Console) -> None:
    """What one 亿元 less of a channel costs in the worry year, else in its dearest year."""
    worry, rows = result.findings.worry, year_leverage(result)
    which = "" if worry is None else year_words(worry)
    if not rows:
        rows, which = worst_leverage(result), "每个渠道取最重的一年"
    if not rows:
        return
    more, rows = len(rows) - LISTED_CHANNELS, rows[:LISTED_CHANNELS]
    portfolio, end = result.run.portfolio, result.calendar.last_play_year
    out.print()
    say(
        out,
        f"渠道杠杆：某年少 1 亿元的后果（{ASSUMED}；{rows[0].paths:,} 条路径；{which}）",
        "bold",
    )
    table = grid("渠道", "年份", "当年少完成", "其中贷款", f"到{end}年", "滞后（季）")
    for row in rows:
        name = portfolio.channels[portfolio.channel_position[row.channel_id]].name
        table.add_row(
            cell_lines(name, 24),
            str(row.year),
            _number(row.investment_in_year, 2),
            f"{row.loans:.2f}",
            _number(row.investment, 2),
            _number(row.delay_quarters, 3),
        )
    out.print(table)
    say(
        out,
        "单位：亿元／亿元、季／亿元（各大项滞后合计）；贷款是随资本金少提的部分，含在当年少完成之内；"
        f"“无”：{NO_DIFFERENCE}，多因待分配资金可补上；“到{end}年”是到推演期末累计少完成。试算减少额为 1 亿元或额度的 1%，取大者，不足 10 亿元的额度不试算。"
        f"{f'另有 {more} 个渠道，各年' if more > 0 else '各年'}见 压力测试.xlsx。",
        "dim",
    )


def _number(change: Estimate, digits: int) -> str:
    return f"{change.value:.{digits}f}" if change.differs else "无"
