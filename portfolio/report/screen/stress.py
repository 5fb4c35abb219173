"""A stress test on the screen: how sure, which year first, how far short, who decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rich.console import Console

from portfolio.model.calendar import Calendar
from portfolio.model.money import yi_text
from portfolio.model.study.findings import Estimate, YearChance
from portfolio.model.study.result import SamplingError, ScenarioComparison, StressResult, Unit
from portfolio.report.screen.console import cell_lines, field_text, fields_grid, grid, say, screen
from portfolio.report.tables.fields import Field, Fields, money, text
from portfolio.report.tables.stress import YEARS
from portfolio.report.words.run import CLOSED_LIST, reconciliation_lines, scenario_name
from portfolio.report.words.stress import (
    ASSUMED,
    NO_DIFFERENCE,
    SURE,
    censored_note,
    driver_label,
    headlines,
    item_label,
    judged_text,
    limit_lines,
    luck_text,
    paths_text,
    precision_text,
    quarter_or_later,
    share_name,
    short_headlines,
    signed_number_text,
    signed_yi,
    signed_yi_text,
    target_words,
    total_changes,
    whole_percent,
    whole_yi,
    year_changes,
    year_words,
)
from portfolio.report.words.stress import chance_text as chance
from portfolio.report.words.stress_selection import (
    Measure,
    compared,
    deciding_items,
    shown_levers,
    tornado,
    worst_leverage,
    year_leverage,
)

# --- What drives a stress test, on the screen: items, swings, levers, causes, channels


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


# --- How sure a stress test's numbers are, and scenarios against each other, on the screen


#: Percentage points below which one decimal reads 0.
SMALLEST = 0.05


def show_difference(
    base: StressResult, other: StressResult, comparison: ScenarioComparison, out: Console
) -> None:
    """A scenario less the reference on the same luck; where nothing differs it says so."""
    say(
        out,
        f"情景差异：{comparison.scenario} － {comparison.reference}"
        f"（{ASSUMED}；同一运气的 {comparison.paths:,} 条路径逐条相减，括号内为 95% 区间）",
        "bold",
    )
    rows = year_changes(base, other, comparison)
    if rows:
        table = grid("年份", "达标把握（百分点）", "折市重点均值（亿元）")
        for row in rows:
            table.add_row(*row)
        out.print(table)
    for label, change in total_changes(base, other, comparison):
        say(out, f"{label}：{change}", depth=1)


def show_sampling(results: Sequence[StressResult], out: Console) -> None:
    """How the paths were made, and how sure that makes the numbers."""
    sampling = results[0].sampling
    say(out, "数字有多准", "bold")
    say(
        out,
        f"{len(results[0].paths):,} 条路径，种子 {sampling.seed}，{luck_text(sampling)}，"
        f"{sampling.engine}；各情景同一运气，同一种子与路径数结果不变。",
    )
    found = results[0].findings
    widths = [
        year.chance.half_width
        for year in found.years
        if year.chance is not None and year.chance.half_width is not None
    ]
    if widths:
        say(
            out,
            f"达标把握的 95% 区间最宽 ±{max(widths) * 100:.1f} 个百分点；"
            "区间减半约需四倍路径（-n），或用 --precision 推演到够准为止。",
        )
    if found.whole is not None and found.whole.cost.at(80).low is not None:
        p80 = found.whole.cost.at(80)
        say(
            out,
            f"总造价 P80 {yi_text(p80.value, 0)} 亿元的 95% 区间为 "
            f"{_end(p80.low)}–{_end(p80.high)} 亿元（次序统计量，不假定分布）。",
        )
    if sampling.sobol:
        _show_sobol(sampling.sobol, out)
    say(out, "任一路径可用 portfolio replay --path 重演；值得一看的：" + _notable(results[0]))


def _end(wan: int | None) -> str:
    return "…" if wan is None else yi_text(wan, 0)


def _notable(result: StressResult) -> str:
    rows = (f"{row.label}（第 {row.path:,} 条）" for row in result.findings.notable)
    return "、".join(rows) + "。"


def _show_sobol(errors: Sequence[SamplingError], out: Console) -> None:
    """Quasi-random sampling against plain sampling of the same size."""
    say(
        out,
        f"拟随机抽样（Sobol）：{errors[0].randomisations} 组独立扰动，共 {errors[0].paths:,} 条路径",
    )
    table = grid("所问", "均值", "标准误", "普通抽样标准误", "误差之比")
    for row in errors:
        ratio = row.standard_error / row.plain_standard_error if row.plain_standard_error else None
        table.add_row(
            row.label,
            sized(row.mean, row.unit),
            sized(row.standard_error, row.unit, small=True),
            sized(row.plain_standard_error, row.unit, small=True) if ratio is not None else "—",
            "—" if ratio is None else f"{ratio:.2f}",
        )
    out.print(table)
    say(out, "其他各表的区间仍按独立抽样计算，拟随机抽样下通常偏宽。", "dim")


def sized(value: float, unit: str, *, small: bool = False) -> str:
    """A number in the words of its unit; an error of a chance in percentage points, never as 0."""
    if unit == Unit.CHANCE:
        if not small:
            return whole_percent(value)
        points = value * 100
        return (
            f"{points:.1f} 百分点"
            if points >= SMALLEST
            else "<0.1 百分点"
            if points
            else "0 百分点"
        )
    if unit == Unit.WAN:
        return f"{yi_text(round(value), 1 if small else 0)} 亿元"
    return f"{value:.1f} 季"


# --- A stress test on the screen: how sure, which year first, how far short, who decides


LATE_ITEMS = 10
#: Years shown after the closed list runs down; the workbook has all.
LATER_YEARS = 8
ITEM_WIDTH = 16

_TARGET: Field[YearChance] = text("target", "目标", lambda row: target_words(row.target))
_PLAYED = (
    replace(YEARS["prior_converted_wan"], short="不计风险"),
    *YEARS.view("p10", "p50", "p90"),
)
#: The years with a chance; the money of P50 stands beside what counts.
JUDGED = Fields[YearChance](
    name="逐年把握",
    fields=(
        text("year", "年份", lambda row: f"{row.year}{'＊' if row.plan_below_target else ''}"),
        _TARGET,
        *_PLAYED,
        money(
            "money_p50",
            "投资额P50",
            lambda row: row.converted_money.at(50).value if row.converted_money else None,
        ),
        text(
            "chance",
            "达标把握",
            lambda row: chance(row.chance) if row.chance else None,
            tone=YEARS["chance"].tone,
        ),
        text(
            "shortfall",
            "期望缺口",
            lambda row: whole_yi(row.shortfall.value) if row.shortfall else None,
        ),
    ),
)
#: The years after the closed list has run down.
LATER = Fields[YearChance](
    name="待入库",
    fields=(
        YEARS["year"],
        _TARGET,
        *_PLAYED,
        replace(YEARS["to_be_listed_p50"], short="待入库P50"),
        replace(YEARS["to_be_listed_p90"], short="P90"),
        replace(YEARS["short_of_plan_p50"], short="少于计划P50"),
    ),
)


def show_stress(results: Sequence[StressResult], console: Console | None = None) -> None:
    """Stress tests of scenarios on the same luck; the first is the one compared with.

    One alone has all its tables. Of several each has its sentences, its differences from the
    first and its years: what is compared stays on a page or two, the workbook has the rest.
    """
    out = console or screen()
    if len(results) == 1:
        _show_one(results[0], out)
    else:
        _show_several(results, out)
    out.print()
    show_sampling(results, out)
    out.print()
    say(out, "口径对照", "bold")
    for line in reconciliation_lines(results[0].run.portfolio):
        say(out, line)
    out.print()
    say(out, "这个推演说不了什么", "bold")
    for line in limit_lines(results):
        say(out, f"· {line}")


def _show_several(results: Sequence[StressResult], out: Console) -> None:
    """Every scenario's sentences and differences before its years."""
    for result in results:
        if result is not results[0]:
            out.print()
        _say_headline(result, out, short=result.comparison is not None)
        if result.comparison is not None:
            out.print()
            show_difference(results[0], result, result.comparison, out)
        out.print()
        _show_judged_years(result, out, explain=result is results[0])
    out.print()
    say(
        out,
        "有多个情景时只列把握与差别；竣工、造价、龙卷风、成因、渠道杠杆各表见 压力测试.xlsx，"
        "或单独推演一个情景。",
        "dim",
    )


def _say_headline(result: StressResult, out: Console, *, short: bool = False) -> None:
    """What a scenario is, its sentences, and what was asked of it and is as wished."""
    say(out, f"情景：{scenario_name(result.run)}（{paths_text(result)}）", "bold")
    for line in short_headlines(result) if short else headlines(result):
        say(out, line, "bold")
    # Conditions that hold, and precision not reached, end the command: the error stream says them.
    said = [judged_text(result.calendar, judged) for judged in result.judged if not judged.met]
    if result.precision is not None and result.precision.reached:
        said.append(precision_text(result.calendar, result.precision))
    for line in said:
        say(out, line)


def _show_one(result: StressResult, out: Console) -> None:
    """One scenario: the sentences, then the tables behind them."""
    _say_headline(result, out)
    out.print()
    _show_years(result, out)
    out.print()
    _show_finishes(result, out)
    out.print()
    show_deciding(result, out)
    show_tornado(result, "converted", out)
    show_tornado(result, "delay", out)
    show_levers(result, out)
    show_causes(result, out)
    show_leverage(result, out)


def _show_years(result: StressResult, out: Console) -> None:
    """The years against their targets; once the list runs down the closed list's gap instead."""
    _show_judged_years(result, out)
    later = [year for year in result.findings.years if year.to_be_listed is not None]
    if later:
        _show_later(result.calendar, later, out)


def _show_judged_years(result: StressResult, out: Console, *, explain: bool = True) -> None:
    """The years against their targets; of several scenarios the first explains the columns."""
    judged = [year for year in result.findings.years if not year.list_runs_down]
    heading = f"逐年达标把握（{ASSUMED}；亿元；P 为折市重点口径的分位）"
    say(out, heading, "bold")
    out.print(fields_grid(JUDGED.of(judged), said=partial(field_text, money=whole_yi)))
    if explain:
        say(
            out,
            "不计风险、P10–P90 为按形象进度折算的折市重点；投资额P50 为完成投资 × 入列系数"
            f"（含超支，不算达标），两者并列供对照。{SURE}。",
            "dim",
        )
    if any(year.plan_below_target for year in judged):
        say(out, "＊ 该年计划本身即低于目标，不是风险造成的。", "dim")


def _show_later(calendar: Calendar, later: Sequence[YearChance], out: Console) -> None:
    """Once the list runs down: 待入库 instead of a chance."""
    out.print()
    say(
        out,
        f"{calendar.last_full_list_year + 1} 年起只列待入库差额（{ASSUMED}；亿元）",
        "bold",
    )
    out.print(fields_grid(LATER.of(later[:LATER_YEARS]), said=partial(field_text, money=whole_yi)))
    more = len(later) - LATER_YEARS
    tail = f"另有 {more} 年，见 压力测试.xlsx。" if more > 0 else ""
    say(out, f"{calendar.fill(CLOSED_LIST)}{tail}", "dim")


def _show_finishes(result: StressResult, out: Console) -> None:
    """Finish of all together and of the items farthest behind plan, with joint confidence."""
    from portfolio.report.words.stress_selection import latest_items

    late = latest_items(result, LATE_ITEMS)
    whole = result.findings.whole
    rows = [*(() if whole is None else (whole,)), *late]
    if not rows:
        return
    say(
        out,
        f"竣工与联合把握（{ASSUMED}；全部，及 P80 比计划晚得最多的大项）",
        "bold",
    )
    table = grid("大项", "计划竣工", "P50", "P80", "按期把握", "联合把握")
    for row in rows:
        table.add_row(
            cell_lines(item_label(result.run.portfolio, row.item_no), ITEM_WIDTH),
            quarter_or_later(result.calendar, row.planned_finish),
            quarter_or_later(result.calendar, row.finish.at(50).value),
            quarter_or_later(result.calendar, row.finish.at(80).value),
            chance(row.joint.on_time),
            chance(row.joint.both),
        )
    out.print(table)
    every = sum(row.finish.at(80).value > row.planned_finish for row in result.findings.items)
    if every > len(late):
        say(out, f"P80 晚于计划的共 {every} 个大项，见 压力测试.xlsx 的 大项 表。", "dim")
    elif not late:
        say(out, "各大项的 P80 竣工都不晚于计划。", "dim")
    say(out, "联合把握：造价不超批准数，同时竣工不晚于计划。", "dim")
