"""What a stress test says first: how sure the year's list is, what a scenario changes, items, drivers.

Of years that are past nothing is said here: the appendix of the workbook has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.model.measures.years import judged_from
from portfolio.model.record.chance import Refusal
from portfolio.model.record.trial import Trial
from portfolio.model.record.words import (
    chance_words,
    hidden_words,
    level_words,
    money_words,
    plan_words,
    range_words,
    share_words,
    stage_words,
)
from portfolio.model.study.assess import calm_differences
from portfolio.model.study.findings import Confidence, Estimate
from portfolio.model.study.list_chance import ListChance
from portfolio.model.study.result import (
    CalmDifference,
    ScenarioComparison,
    StressResult,
    YearDifference,
)
from portfolio.report.words.stress import (
    HALF_YI,
    changed,
    driver_label,
    signed_number_text,
    signed_yi,
    signed_yi_text,
    whole_percent,
    whole_yi,
)
from portfolio.report.words.stress_selection import levers_played

#: Drivers of the year ahead, channels and sources told in a sentence.
TOLD_DRIVERS = 3
#: One quadrant with so many of the paths leaves nothing to be seen in a picture of four.
ONE_CORNER = 0.995

# --- The card: how sure the running year's list is, what the range does not hold, how such did


def card_lines(result: StressResult) -> tuple[str, ...]:
    """The chance of the running year's list and the next, hidden misses, how such forecasts did."""
    lines = [line for one in result.listed for line in _sure_lines(one)]
    if result.trial is not None:
        lines.append(trial_line(result.trial))
    return tuple(lines)


def _sure_lines(one: ListChance) -> list[str]:
    told = one.told
    if told.refusal is Refusal.NO_PLAN:
        return [f"{one.year} 年没有名单计划，不给把握（可填“年度目标”表的“名单计划”）。"]
    goal = "" if told.target_wan is None else f"达到 {whole_yi(told.target_wan)} 亿元的把握"
    if one.range is None:
        said = chance_words(told)
        return [f"{said}。" if told.refusal is not None else f"{one.year} 年{goal}：{said}。"]
    level = f"名单全年为{level_words(told)}，{money_words(told)}"
    lines = [
        f"{one.year} 年{goal}：{range_words(*one.range)}{stage_words(told)}。"
        f"{plan_words(told)}；{level}。"
    ]
    hidden = hidden_words(told)
    return [*lines, f"{hidden}。"] if hidden else lines


def trial_line(trial: Trial) -> str:
    """How the back-test did."""
    band, plain = trial.band, trial.over_spread
    better = "更准" if plain.is_shown else "没有显出更准"
    return (
        f"逐年回测 {band.n} 个地区年：八成区间装住 {band.inside} 个（95% 置信 {band.low:.0%}—"
        f"{band.high:.0%}）；误差 {100 * trial.crps:.1f} 个百分点，“照计划”{100 * trial.as_planned:.1f}；"
        f"与历年完成率的分布相比{better}（portfolio backtest）。"
    )


# --- What a scenario changes from now on, on the same luck


@dataclass(frozen=True, kw_only=True)
class YearChange:
    """A year of a scenario against the first one, in words."""

    scenario: str
    year: int
    money: str
    calm: str
    chance: str


def changes_from_now(
    base: StressResult, other: StressResult, comparison: ScenarioComparison, limit: int
) -> tuple[YearChange, ...]:
    """The running year, then those after it in which anything differs: at most `limit`."""
    first = judged_from(other.run.portfolio)
    converted = money_is_converted(comparison, first)
    told = {one.year for one in other.listed if one.range is not None}
    calm = calm_differences(base.run, other.run, (row.year for row in comparison.years))
    rows = []
    for year in comparison.years:
        money = _money(year, converted=converted)
        is_told = year.year == first or year.year in told
        if year.year < first or not (is_told or _is_seen(money)):
            continue
        rows.append(
            YearChange(
                scenario=other.run.label,
                year=year.year,
                money=changed(money, signed_yi_text(money)),
                calm=_calm(calm[year.year], converted=converted and year.converted is not None),
                chance=_chance_change(base, other, year.year),
            )
        )
    return tuple(rows[:limit])


def _is_seen(money: Estimate) -> bool:
    """Whether a difference is beyond chance and does not read 0 in whole 亿元."""
    return money.differs and abs(money.value) >= HALF_YI


def differs_before(others: Sequence[tuple[StressResult, ScenarioComparison]], first: int) -> bool:
    """Whether a scenario moves a year that is past as well."""
    return any(
        year.investment.differs
        for _, comparison in others
        for year in comparison.years
        if year.year < first
    )


def money_is_converted(comparison: ScenarioComparison, first: int) -> bool:
    """Whether every year from `first` on has 入列系数: else plain investment is compared."""
    return all(year.converted is not None for year in comparison.years if year.year >= first)


def _money(year: YearDifference, *, converted: bool) -> Estimate:
    return year.converted if converted and year.converted is not None else year.investment


def _calm(of: CalmDifference, *, converted: bool) -> str:
    """What a scenario changes in a year without luck: whole 亿元."""
    wan = of.converted_wan if converted and of.converted_wan is not None else of.investment_wan
    return signed_yi(wan)


def _chance_change(base: StressResult, other: StressResult, year: int) -> str:
    """How sure the year's list is before → after; a dash where the record says nothing."""
    before, after = (
        next((one for one in result.listed if one.year == year), None) for result in (base, other)
    )
    if before is None or after is None:
        return "—"
    if after.range is None:
        return "不给把握" if after.told.refusal is not None else chance_words(after.told)
    now = range_words(*after.range)
    if before.range is None:
        return now
    was = range_words(*before.range)
    goal, old_goal = after.told.target_wan, before.told.target_wan
    aim = "" if goal is None or goal == old_goal else f"（目标 {whole_yi(goal)}）"
    if was != now or aim:
        return f"{was} → {now}{aim}"
    if not after.shift:
        return f"{was}，不变"
    return f"{was}，{'略降' if after.shift < 0 else '略升'}，说法不变"


def list_change_line(other: StressResult) -> str | None:
    """By how much a scenario moves the year's list; None where it does not."""
    parts = [
        f"{one.year} 年{'少' if one.median_change_wan < 0 else '多'} {whole_yi(abs(one.median_change_wan))} 亿元"
        for one in other.listed
        if one.median_change_wan
    ]
    return f"名单全年（中位）：{'、'.join(parts)}" if parts else None


def delay_change(comparison: ScenarioComparison) -> str:
    """What a scenario does to the mean delay."""
    change = comparison.delay
    return f"平均滞后（季）：{changed(change, signed_number_text(change, 2))}"


# --- Items: finishes by year, those that matter most first


def weighty_items(result: StressResult, limit: int) -> tuple[Confidence, ...]:
    """Items by what they add to the delay of all (money × mean delay), the most first.

    Those that are past on nearly all paths are no longer told.
    """
    rows = [row for row in result.findings.items if is_ahead(result, row)]
    rows.sort(key=lambda row: -row.approved_wan * row.delay.value)
    return tuple(rows[:limit])


def is_ahead(result: StressResult, row: Confidence) -> bool:
    """Whether an item's finish is still to come, by its plan or by four paths of five."""
    first = judged_from(result.run.portfolio)
    last = max(row.planned_finish, row.finish.at(80).value)
    return result.calendar.first_year + last // 4 >= first


def year_words(result: StressResult, quarter: int) -> str:
    """A finish by its year: 2037; the end of play reads “2045 以后”, a past one “已过”."""
    calendar = result.calendar
    year = calendar.first_year + quarter // 4
    if year > calendar.last_play_year:
        return f"{calendar.last_play_year} 以后"
    return "已过" if year < judged_from(result.run.portfolio) else str(year)


def in_year_words(result: StressResult, row: Confidence, years: int) -> str:
    """The share of paths that finish by the planned year, or `years` after it; a dash if past."""
    year = result.calendar.first_year + row.planned_finish // 4 + years
    if year < judged_from(result.run.portfolio):
        return "—"
    return share_words((row.year_later if years else row.in_year).value)


def items_line(result: StressResult) -> str | None:
    """How many items more likely than not finish by their year, and within a year of it."""
    rows = [row for row in result.findings.items if is_ahead(result, row)]
    if not rows:
        return None
    in_year, later = (
        sum(share.value >= 0.5 for share in shares)
        for shares in ([row.in_year for row in rows], [row.year_later for row in rows])
    )
    return f"{len(rows)} 个大项里，半数以上路径在计划年内竣工的 {in_year} 个，最多晚一年的 {later} 个。"


# --- What moves the next year, and what was asked for besides


def ahead_line(result: StressResult) -> str:
    """What sways the year ahead most."""
    ahead = result.findings.ahead
    found = ahead.drivers[:TOLD_DRIVERS]
    if not found:
        return f"{ahead.year} 年的投资没有哪个单一因素的影响超出偶然。"
    parts = "、".join(
        f"{driver_label(row)}（{whole_yi(abs(row.swing.difference.value))} 亿元）" for row in found
    )
    return (
        f"{ahead.year} 年折市重点最受左右的是 {parts}；"
        "括号内为该因素最高一成与最低一成路径的平均差，相伴不等于因果。"
    )


def extra_lines(result: StressResult) -> tuple[str, ...]:
    """What the extra runs say: a risk taken away, a channel with less."""
    lines = []
    sources = [row for row in result.levers if row.label.startswith("来源：") and row.delay.differs]
    sources.sort(key=lambda row: row.delay.value)
    if sources:
        told = "、".join(
            f"{row.label.removeprefix('来源：')} {row.delay.value:+.2f}"
            for row in sources[:TOLD_DRIVERS]
        )
        lines.append(f"去掉某种风险，平均滞后（季）：{told}（{levers_played(result)}）。")
    year = result.findings.ahead.year
    channels = [
        row for row in result.leverage if row.year == year and row.investment_in_year.differs
    ]
    channels.sort(key=lambda row: -row.investment_in_year.value)
    if channels:
        names = {channel.id: channel.name for channel in result.run.portfolio.channels}
        told = "、".join(
            f"{names[row.channel_id]} {row.investment_in_year.value:.2f}"
            for row in channels[:TOLD_DRIVERS]
        )
        lines.append(f"{year} 年某渠道少 1 亿元，当年少完成（亿元）：{told}。")
    return tuple(lines)


# --- What is left out because there is nothing to be seen


def is_in_one_corner(row: Confidence) -> bool:
    """Whether nearly all paths lie in one quadrant of cost and finish."""
    joint = row.joint
    quadrants = (joint.both, joint.over_only, joint.late_only, joint.over_and_late)
    return max(one.value for one in quadrants) >= ONE_CORNER


def corner_words(row: Confidence) -> str:
    """Which corner that is, and how full."""
    joint = row.joint
    named = {
        "造价不超、竣工不晚": joint.both,
        "超支而不滞后": joint.over_only,
        "滞后而不超支": joint.late_only,
        "既超支又滞后": joint.over_and_late,
    }
    name, most = max(named.items(), key=lambda one: one[1].value)
    return f"{name} {whole_percent(most.value)}"


def joint_left_out(rows: Sequence[Confidence]) -> str | None:
    """Why no joint confidence is drawn, as a clause; None where there is something to be seen."""
    if any(not is_in_one_corner(row) for row in rows):
        return None
    if not rows:
        return "没有有投资的大项"
    return f"各图的点几乎都在同一格（{corner_words(rows[0])}），看不出什么"
