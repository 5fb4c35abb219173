"""A run on the screen: the reconciliation, the years, the late items, the gaps, one sentence."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from portfolio.model.conflicts import broken_soft_gates
from portfolio.model.items import Channel
from portfolio.model.measures import (
    ChannelYear,
    channel_years,
    late_positions,
    outstanding_wan,
    tail_positions,
)
from portfolio.model.money import small_yi_text, yi_text
from portfolio.model.quarters import year_spans
from portfolio.model.reconcile import reconcile
from portfolio.model.result import RunResult
from portfolio.model.shifts import item_shifts
from portfolio.report.headline import headline
from portfolio.report.run_tables import YEAR_SCREEN, annual_table
from portfolio.report.terminal.messages import show_changes
from portfolio.report.terminal.page import cell_lines, fields_grid, grid, say, screen
from portfolio.report.wording import (
    carried_over_line,
    causes_text,
    delay_text,
    finish_text,
    reconciliation_lines,
    scenario_name,
    summary_text,
    year_notes,
)

#: More late items or channels than this are counted, not listed.
LISTED_ITEMS = 10
LISTED_CHANNELS = 8
#: Widths of the wrapped columns of the late items; narrower where “… 以后” has to stand.
NAME_WIDTH, CAUSE_WIDTH = 21, 31
NARROW_NAME_WIDTH, NARROW_CAUSE_WIDTH = 18, 28
LISTED_SHIFTS = 8
LISTED_BREACHES = 10
SHOWN_WAN = 500  # less reads 0.0


def show_run(result: RunResult, console: Console | None = None) -> None:
    """A run on the screen: reconciliation, years, late items, funding gaps, the one sentence."""
    out = console or screen()
    say(out, f"情景：{scenario_name(result)}", "bold")
    if result.summary:
        say(out, summary_text(result))
    for line in reconciliation_lines(result.portfolio):
        say(out, line)
    wrong = [check for check in reconcile(result.baseline.items, result.published)
             if not check.agrees]  # fmt: skip
    if wrong:
        say(
            out,
            f"注意：工作簿与公布合计有 {len(wrong)} 处不符，见 portfolio check 或 校核 表。",
            "red",
        )
    if result.changes:
        out.print()
        show_changes(result.changes, out)
    _show_plan_breaches(result, out)
    out.print()
    out.print(Text("逐年完成投资与目标（亿元）", style="bold"))
    years = annual_table(result, YEAR_SCREEN)
    out.print(fields_grid(years))
    measures = years.rows
    for note in year_notes(result.calendar, measures):
        say(out, note, "dim")
    if carried := carried_over_line(measures):
        say(out, carried, "dim")
    out.print()
    if result.changes:
        _show_shifts(result, out)
        out.print()
    _show_late(result, out)
    out.print()
    _show_gaps(result, out)
    broken = broken_soft_gates(result.portfolio, result.outcome)
    if broken:
        out.print()
        say(out, f"不约束的软前置条件有 {len(broken)} 条被突破，见 依赖关系.csv。")
    out.print()
    say(out, headline(result), "bold")


def _show_plan_breaches(result: RunResult, out: Console) -> None:
    """Whether an adjusted plan keeps the rules of a repair."""
    if result.plan_breaches is None:
        return
    out.print()
    if not result.plan_breaches:
        say(out, "调整后的计划：未发现违反预算调整规则之处。", "bold")
        return
    say(out, f"调整后的计划违反预算调整规则 {len(result.plan_breaches)} 处：", "bold red")
    for breach in result.plan_breaches[:LISTED_BREACHES]:
        say(out, f"· {breach}")
    more = len(result.plan_breaches) - LISTED_BREACHES
    if more > 0:
        say(out, f"另有 {more} 处。", "dim")


def _show_shifts(result: RunResult, out: Console) -> None:
    """Items that get less in some year than in the baseline's play, the most first."""
    fewer = [shift for shift in item_shifts(result) if shift.less_wan >= SHOWN_WAN]
    if not fewer:
        say(out, "比基准少完成的大项：没有。")
        return
    say(out, f"比基准少完成的大项 {len(fewer)} 个（亿元；各大项少得最多的一年）", "bold")
    table = grid("大项", "少得最多的年份", "该年少完成", "竣工比基准")
    for shift in fewer[:LISTED_SHIFTS]:
        moved = shift.finish_change
        table.add_row(
            cell_lines(shift.item.label, 34),
            str(shift.less_year),
            yi_text(shift.less_wan),
            "不变" if moved == 0 else "—" if moved is None else f"{moved:+d} 季",
        )
    out.print(table)
    if len(fewer) > LISTED_SHIFTS:
        say(out, f"另有 {len(fewer) - LISTED_SHIFTS} 个，见 大项年度.csv。", "dim")


def _show_late(result: RunResult, out: Console) -> None:
    """The late items, the longest delays first, with what was open when they should be done."""
    portfolio, outcome = result.portfolio, result.outcome
    late = late_positions(portfolio, outcome)
    if not late:
        say(out, "滞后大项：没有。")
        return
    outstanding = outstanding_wan(portfolio, outcome)
    tails = len(tail_positions(portfolio, outcome))
    if tails:
        say(out, f"滞后大项中有 {tails} 个只差尾款（不足总投资的 0.2%），列在最后。")
    say(out, f"滞后大项 {len(late)} 个（未完成：计划竣工时尚欠的投资，按批准造价，亿元）", "bold")
    table = grid("大项", "原因", "推演竣工", "滞后", "未完成", left=2)
    open_end = any(outcome.finish[index] is None for index in late[:LISTED_ITEMS])
    name_width = NARROW_NAME_WIDTH if open_end else NAME_WIDTH
    cause_width = NARROW_CAUSE_WIDTH if open_end else CAUSE_WIDTH
    for index in late[:LISTED_ITEMS]:
        table.add_row(
            cell_lines(portfolio.items[index].label, name_width),
            cell_lines(causes_text(portfolio, outcome.causes[index], index), cause_width),
            finish_text(result.calendar, outcome, index) or "",
            delay_text(outcome, index),
            small_yi_text(int(outstanding[index])),
        )
    out.print(table)
    if len(late) > LISTED_ITEMS:
        say(out, f"另有 {len(late) - LISTED_ITEMS} 个大项滞后，见 滞后原因.csv。", "dim")


def _show_gaps(result: RunResult, out: Console) -> None:
    """Channels with a gap, the largest first: in which years, and how much in the worst."""
    rows = [row for row in channel_years(result.portfolio, result.outcome) if row.gap_wan > 0]
    if not rows:
        say(out, "资金缺口：各渠道各年均无缺口。")
        return
    say(out, "资金缺口（亿元；未到位部分下年继续申请，逐年不可相加）", "bold")
    table = grid("渠道", "性质", "有缺口的年份", "最大年份", "当年缺口", left=3)
    channels: dict[Channel, list[ChannelYear]] = {}
    for row in rows:
        channels.setdefault(row.channel, []).append(row)
    worst = {channel: max(own, key=lambda row: row.gap_wan) for channel, own in channels.items()}
    ordered = sorted(channels, key=lambda channel: -worst[channel].gap_wan)
    for channel in ordered[:LISTED_CHANNELS]:
        table.add_row(
            cell_lines(channel.name, 26),
            str(channel.kind),
            cell_lines(year_spans(row.year for row in channels[channel]), 20),
            str(worst[channel].year),
            small_yi_text(worst[channel].gap_wan),
        )
    out.print(table)
    if len(ordered) > LISTED_CHANNELS:
        say(out, f"另有 {len(ordered) - LISTED_CHANNELS} 个渠道有较小缺口，见 渠道.csv。", "dim")
