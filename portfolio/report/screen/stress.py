"""A stress test on the screen: how sure, which year first, how far short, who decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rich.console import Console

from portfolio.model.calendar import Calendar
from portfolio.model.money import yi_text
from portfolio.model.study.findings import CauseShare, Driver, Estimate, Swing, YearChance
from portfolio.model.study.result import (
    ChannelLeverage,
    LeverEffect,
    SamplingError,
    ScenarioComparison,
    StressResult,
    Unit,
)
from portfolio.report.screen.console import (
    field_text,
    fields_grid,
    head,
    note,
    note_more,
    say,
    screen,
)
from portfolio.report.tables.fields import Field, Fields, money, text, year
from portfolio.report.tables.stress import YEARS, channel_name
from portfolio.report.tables.stress_items import FINISHES, QUADRANTS, ItemSure
from portfolio.report.words import stress as words
from portfolio.report.words import stress_selection as selection
from portfolio.report.words.run import (
    CLOSED_LIST,
    past_changes_line,
    reconciliation_lines,
    scenario_name,
)

# --- What drives a stress test, on the screen: items, swings, levers, causes, channels


LISTED_ITEMS, LISTED_SWINGS = 10, 10
#: Levers of a kind; all sources are shown.
LISTED_LEVERS = 3
LISTED_CAUSES, LISTED_CHANNELS = 10, 8
NAME_WIDTH, DRIVER_WIDTH, LEVER_WIDTH, CAUSE_WIDTH = 30, 34, 24, 34


def _whole(value: float | None) -> str | None:
    return None if value is None else words.whole_yi(value)


def _count(value: float | None, digits: int, sign: str = "") -> str | None:
    return None if value is None else f"{value:{sign},.{digits}f}"


def show_deciding(result: StressResult, out: Console) -> None:
    """The items that most often decide the end, with their own swings."""
    rows = selection.deciding_items(result, LISTED_ITEMS)
    if not rows:
        return
    worry, portfolio = result.findings.worry, result.run.portfolio
    year = "" if worry is None else f"{worry.year} 年"
    head(out, f"起决定作用的大项（{words.ASSUMED}）")
    censored = words.censored_note(result)
    which, key, with_end = ("关联度", "cruciality", "关联度：其工期与末项竣工")
    if censored is not None:
        which, key, with_end = ("滞后关联度", "delay_cruciality", "滞后关联度：其工期与平均滞后")
    fields = Fields[selection.DecidingItem](
        name="起决定作用的大项",
        fields=(
            text("item", "大项", lambda row: words.item_label(portfolio, row.chain.item_no)),
            text("sure", "关键度", lambda row: words.chance_text(row.chain.criticality)),
            text("converted", "摆幅（亿）", lambda row: _whole(row.converted)),
            text("delay", "摆幅（季）", lambda row: _count(row.delay, 1)),
            text("with", which, lambda row: _count(getattr(row.chain, key), 2)),
        ),
    )
    out.print(fields_grid(fields.of(rows), lines={"item": NAME_WIDTH}))
    note(
        out,
        f"关键度：处在决定末项竣工的链条上的把握；摆幅：该大项的因素最好与最差一成路径之间（同向变动的其他大项也算在内），"
        f"{year}折市重点与全部大项平均滞后（按投资加权）的最大差；—：{words.NO_DIFFERENCE}；"
        f"{with_end}的秩相关。",
    )
    if censored is not None:
        say(out, censored)


def show_tornado(result: StressResult, measure: selection.Measure, out: Console) -> None:
    """The ten widest swings of the worry year's investment, or of the mean delay."""
    worry, rows = result.findings.worry, selection.tornado(result, measure, LISTED_SWINGS)
    if not rows:
        return
    in_money = measure != "delay"
    what = "平均滞后（季，按投资加权）"
    if in_money:
        what = f"{worry.year} 年折市重点（亿元）" if worry is not None else "折市重点（亿元）"

    def level(end: str, row: tuple[Driver, Swing]) -> str | None:
        value = getattr(row[1], end)
        return words.whole_yi(value) if in_money else _count(value, 1)

    def change(row: tuple[Driver, Swing]) -> str | None:
        value = row[1].difference.value
        return words.signed_yi(value) if in_money else _count(value, 1, "+")

    fields = Fields[tuple[Driver, Swing]](
        name="龙卷风",
        fields=(
            text("driver", "因素", lambda row: words.driver_label(row[0])),
            text("low", "最低一成时", partial(level, "low")),
            text("high", "最高一成时", partial(level, "high")),
            text("change", "相差", change),
            text("rank", "秩相关", lambda row: _count(row[1].rank_correlation, 2, "+")),
        ),
    )
    out.print()
    head(out, f"龙卷风：{what}随各因素的摆动（{words.ASSUMED}）")
    out.print(fields_grid(fields.of(rows), lines={"driver": DRIVER_WIDTH}))
    more = f"共比较 {selection.compared(result)} 个因素，其中少数会碰巧入列。"
    note(out, f"只列超出偶然（95%）的；{more}")


LEVERS = Fields[LeverEffect](
    name="去掉某种风险",
    fields=(
        text("label", "去掉"),
        text(
            "converted",
            "折市重点（亿）",
            lambda row: (
                words.changed(row.converted, words.signed_yi_text(row.converted))
                if row.converted
                else None
            ),
        ),
        text(
            "delay",
            "平均滞后（季）",
            lambda row: words.changed(row.delay, words.signed_number_text(row.delay, 2)),
        ),
    ),
)


def show_levers(result: StressResult, out: Console) -> None:
    """What switching a source of luck off changes, all other luck as it was."""
    if not result.levers:
        return
    out.print()
    count = result.levers[0].paths
    head(
        out,
        f"去掉某种风险，其余运气不变（{words.ASSUMED}；{count:,} 条路径；"
        f"{selection.levers_played(result)}）",
    )
    shown = selection.shown_levers(result, LISTED_LEVERS)
    out.print(fields_grid(LEVERS.of(shown), lines={"label": LEVER_WIDTH}))
    note_more(out, len(result.levers) - len(shown), "项，见 压力测试.xlsx 的 龙卷风 表。")


def show_causes(result: StressResult, out: Console) -> None:
    """The delay of all paths shared out over its causes; kinds first, then the largest causes."""
    causes = result.findings.causes
    if not causes.by_kind:
        return
    out.print()
    head(
        out,
        f"滞后的成因（{words.ASSUMED}；{causes.paths:,} 条路径合计 {causes.quarters:,} 季，"
        f"每条路径 {causes.quarters / causes.paths:,.1f} 季，各成因之和等于合计）",
    )
    fields = Fields[CauseShare](
        name="成因",
        fields=(
            text("kind", "成因", lambda row: str(row.kind)),
            text("cause", "具体成因", partial(words.share_name, result.run.portfolio)),
            text("per_path", "每条路径（季）", lambda row: _count(row.per_path, 1)),
            text("share", "占比", _share),
        ),
    )
    kinds = sorted(causes.by_kind, key=lambda row: -row.quarters)
    out.print(fields_grid(fields.view("kind", "per_path", "share").of(kinds)))
    out.print()
    listed = causes.by_cause[:LISTED_CAUSES]
    head(out, f"其中最大的 {len(listed)} 条")
    each = fields.view("cause", "per_path", "share").of(listed)
    out.print(fields_grid(each, lines={"cause": CAUSE_WIDTH}))


def _share(row: CauseShare) -> str | None:
    value = row.share
    if value is None:
        return None
    return words.whole_percent(value) if value >= 0 else f"-{words.whole_percent(-value)}"


def show_leverage(result: StressResult, out: Console) -> None:
    """What one 亿元 less of a channel costs in the worry year, else in its dearest year."""
    worry, rows = result.findings.worry, selection.year_leverage(result)
    which = "" if worry is None else words.year_words(worry)
    if not rows:
        rows, which = selection.worst_leverage(result), "每个渠道取最重的一年"
    if not rows:
        return
    more, rows = len(rows) - LISTED_CHANNELS, rows[:LISTED_CHANNELS]
    end = result.calendar.last_play_year
    fields = Fields[ChannelLeverage](
        name="渠道杠杆",
        fields=(
            text("channel", "渠道", partial(channel_name, result)),
            year("year", "年份"),
            text("in_year", "当年少完成", lambda row: _number(row.investment_in_year, 2)),
            text("loans", "其中贷款", lambda row: f"{row.loans:.2f}"),
            text("investment", f"到{end}年", lambda row: _number(row.investment, 2)),
            text("delay", "滞后（季）", lambda row: _number(row.delay_quarters, 3)),
        ),
    )
    out.print()
    paths = f"{rows[0].paths:,} 条路径"
    head(out, f"渠道杠杆：某年少 1 亿元的后果（{words.ASSUMED}；{paths}；{which}）")
    out.print(fields_grid(fields.of(rows), lines={"channel": 24}))
    note(
        out,
        "单位：亿元／亿元、季／亿元（各大项滞后合计）；贷款是随资本金少提的部分，含在当年少完成之内；"
        f"“无”：{words.NO_DIFFERENCE}，多因待分配资金可补上；“到{end}年”是到推演期末累计少完成。试算减少额为 1 亿元或额度的 1%，取大者，不足 10 亿元的额度不试算。"
        f"{f'另有 {more} 个渠道，各年' if more > 0 else '各年'}见 压力测试.xlsx。",
    )


def _number(change: Estimate, digits: int) -> str:
    return f"{change.value:.{digits}f}" if change.differs else "无"


# --- How sure a stress test's numbers are, and scenarios against each other, on the screen


#: Percentage points below which one decimal reads 0.
SMALLEST = 0.05


YEAR_CHANGES = Fields[tuple[str, str, str]](
    name="逐年差异",
    fields=(
        text("year", "年份", lambda row: row[0]),
        text("chance", "达到比例（百分点）", lambda row: row[1]),
        text("converted", "折市重点均值（亿元）", lambda row: row[2]),
    ),
)


def show_difference(
    base: StressResult, other: StressResult, comparison: ScenarioComparison, out: Console
) -> None:
    """A scenario less the reference on the same luck; where nothing differs it says so."""
    head(
        out,
        f"情景差异：{comparison.scenario} － {comparison.reference}"
        f"（{words.ASSUMED}；同一运气的 {comparison.paths:,} 条路径逐条相减，括号内为 95% 区间）",
    )
    rows = words.year_changes(base, other, comparison)
    if rows:
        out.print(fields_grid(YEAR_CHANGES.of(rows)))
    for label, change in words.total_changes(base, other, comparison):
        say(out, f"{label}：{change}", depth=1)


def show_sampling(results: Sequence[StressResult], out: Console) -> None:
    """How the paths were made, and how sure that makes the numbers."""
    sampling = results[0].sampling
    head(out, "数字有多准")
    say(
        out,
        f"{len(results[0].paths):,} 条路径，种子 {sampling.seed}，{words.luck_text(sampling)}，"
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
            f"达到比例的 95% 区间最宽 ±{max(widths) * 100:.1f} 个百分点；"
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
    say(out, f"任一路径可用 portfolio replay --path 重演；{_notable(results[0])}")


def _end(wan: int | None) -> str:
    return "…" if wan is None else yi_text(wan, 0)


def _notable(result: StressResult) -> str:
    if result.findings.worry is None:
        return "没有年份可判断达标，不按达标排最差、中位、最好的路径。"
    rows = (f"{row.label}（第 {row.path:,} 条）" for row in result.findings.notable)
    return f"值得一看的：{'、'.join(rows)}。"


def _plain_error(row: SamplingError) -> str | None:
    error = row.plain_standard_error
    return sized(error, row.unit, small=True) if error else None


def _ratio(row: SamplingError) -> str | None:
    error = row.plain_standard_error
    return f"{row.standard_error / error:.2f}" if error else None


ERRORS = Fields[SamplingError](
    name="抽样误差",
    fields=(
        text("label", "所问"),
        text("mean", "均值", lambda row: sized(row.mean, row.unit)),
        text("error", "标准误", lambda row: sized(row.standard_error, row.unit, small=True)),
        text("plain", "普通抽样标准误", _plain_error),
        text("ratio", "误差之比", _ratio),
    ),
)


def _show_sobol(errors: Sequence[SamplingError], out: Console) -> None:
    """Quasi-random sampling against plain sampling of the same size."""
    say(
        out,
        f"拟随机抽样（Sobol）：{errors[0].randomisations} 组独立扰动，共 {errors[0].paths:,} 条路径",
    )
    out.print(fields_grid(ERRORS.of(errors)))
    note(out, "其他各表的区间仍按独立抽样计算，拟随机抽样下通常偏宽。")


def sized(value: float, unit: str, *, small: bool = False) -> str:
    """A number in the words of its unit; an error of a chance in percentage points, never as 0."""
    if unit == Unit.CHANCE:
        if not small:
            return words.whole_percent(value)
        points = value * 100
        told = f"{points:.1f}" if points >= SMALLEST else "<0.1" if points else "0"
        return f"{told} 百分点"
    if unit == Unit.WAN:
        return f"{yi_text(round(value), 1 if small else 0)} 亿元"
    return f"{value:.1f} 季"


# --- A stress test on the screen: how sure, which year first, how far short, who decides


LATE_ITEMS = 10
#: Years shown after the closed list runs down; the workbook has all.
LATER_YEARS = 8
ITEM_WIDTH = 16
#: Money in whole 亿元.
WHOLE = partial(field_text, money=words.whole_yi)

_TARGET: Field[YearChance] = text("target", "目标", lambda row: words.target_words(row.target))
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
            "达到比例",
            lambda row: words.chance_text(row.chance) if row.chance else None,
            tone=YEARS["chance"].tone,
        ),
        text(
            "shortfall",
            "期望缺口",
            lambda row: _whole(row.shortfall.value) if row.shortfall else None,
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


#: Finish and joint confidence.
FINISHED = Fields[ItemSure](
    name="竣工与联合把握",
    fields=(
        QUADRANTS["item"],
        *FINISHES.view("planned", "p50", "p80"),
        text("on_time", "按期把握", lambda row: words.chance_text(row.joint.on_time)),
        text("both", "联合把握", lambda row: words.chance_text(row.joint.both)),
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
    head(out, "口径对照")
    for line in reconciliation_lines(results[0].run.portfolio):
        say(out, line)
    out.print()
    head(out, "这个推演说不了什么")
    for line in words.limit_lines(results):
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
    note(
        out,
        "有多个情景时只列把握与差别；竣工、造价、龙卷风、成因、渠道杠杆各表见 压力测试.xlsx，"
        "或单独推演一个情景。",
    )


def _say_headline(result: StressResult, out: Console, *, short: bool = False) -> None:
    """What a scenario is, its sentences, and what was asked of it and is as wished."""
    head(out, f"情景：{scenario_name(result.run)}（{words.paths_text(result)}）")
    if past := past_changes_line(result.run):
        say(out, past, "red")
    for line in words.short_headlines(result) if short else words.headlines(result):
        head(out, line)
    # Conditions that hold, and precision not reached, end the command: the error stream says them.
    said = [
        words.judged_text(result.calendar, judged) for judged in result.judged if not judged.met
    ]
    if result.precision is not None and result.precision.reached:
        said.append(words.precision_text(result.calendar, result.precision))
    for line in said:
        say(out, line)


def _show_one(result: StressResult, out: Console) -> None:
    """One scenario: the sentences, then the tables behind them."""
    _say_headline(result, out)
    out.print()
    _show_finishes(result, out)
    out.print()
    show_deciding(result, out)
    show_tornado(result, "converted", out)
    show_tornado(result, "delay", out)
    show_levers(result, out)
    show_causes(result, out)
    show_leverage(result, out)
    out.print()
    _show_years(result, out)


def _show_years(result: StressResult, out: Console) -> None:
    """The years against their targets; once the list runs down the closed list's gap instead."""
    _show_judged_years(result, out)
    later = [year for year in result.findings.years if year.to_be_listed is not None]
    if later:
        _show_later(result.calendar, later, out)


def _show_judged_years(result: StressResult, out: Console, *, explain: bool = True) -> None:
    """The years against their targets; of several scenarios the first explains the columns."""
    judged = words.judged_rows(result)
    if not judged:
        say(out, f"{words.no_year_text(result)}。")
        return
    head(out, f"封闭清单逐年达到目标的比例（{words.ASSUMED}；亿元；P 为折市重点口径的分位）")
    out.print(fields_grid(JUDGED.of(judged), said=WHOLE))
    if explain:
        note(
            out,
            "不计风险、P10–P90 为按形象进度折算的折市重点；投资额P50 为完成投资 × 入列系数"
            f"（含超支，不算达标），两者并列供对照。{words.SURE}。",
        )
    if any(year.plan_below_target for year in judged):
        note(out, "＊ 该年计划本身即低于目标，不是风险造成的。")


def _show_later(calendar: Calendar, later: Sequence[YearChance], out: Console) -> None:
    """Once the list runs down: 待入库 instead of a chance."""
    out.print()
    head(out, f"{calendar.last_full_list_year + 1} 年起只列待入库差额（{words.ASSUMED}；亿元）")
    out.print(fields_grid(LATER.of(later[:LATER_YEARS]), said=WHOLE))
    more = len(later) - LATER_YEARS
    tail = f"另有 {more} 年，见 压力测试.xlsx。" if more > 0 else ""
    note(out, f"{calendar.fill(CLOSED_LIST)}{tail}")


def _show_finishes(result: StressResult, out: Console) -> None:
    """Finish of all together and of the items farthest behind plan, with joint confidence."""
    late, whole = selection.latest_items(result, LATE_ITEMS), result.findings.whole
    rows = [*(() if whole is None else (whole,)), *late]
    if not rows:
        return
    head(out, f"竣工与联合把握（{words.ASSUMED}；全部，及 P80 比计划晚得最多的大项）")
    table = FINISHED.of(ItemSure(result=result, of=row) for row in rows)
    out.print(fields_grid(table, lines={"item": ITEM_WIDTH}))
    every = sum(row.finish.at(80).value > row.planned_finish for row in result.findings.items)
    if every > len(late):
        note(out, f"P80 晚于计划的共 {every} 个大项，见 压力测试.xlsx 的 大项 表。")
    elif not late:
        note(out, "各大项的 P80 竣工都不晚于计划。")
    note(out, "联合把握：造价不超批准数，同时竣工不晚于计划。")
