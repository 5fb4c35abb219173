"""The sentences of a stress test that can be read out: how sure, which year, how far short, who."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.items import TargetKind
from portfolio.model.quarters import year_spans
from portfolio.model.study.finding import Driver, Worry, WorryYear, YearChance
from portfolio.model.study.result import StressResult, Swing
from portfolio.report.stress_change import is_censored
from portfolio.report.stress_limits import record_lines
from portfolio.report.stress_views import levers_of, tornado
from portfolio.report.stress_wording import (
    ASSUMED,
    chance_text,
    driver_label,
    item_label,
    paths_text,
    quarter_or_later,
    target_words,
    whole_yi,
)

#: Shares of the money whose finish is told beside the last item's.
MONEY_TOLD = (50, 90)


def headlines(result: StressResult) -> tuple[str, ...]:
    """How sure, which year to worry about, how far short, who decides: each a sentence.

    What the public record contradicts comes before all: the priors may be off.
    """
    return tuple(
        line
        for line in (
            *record_lines(result, telling=True),
            chances_sentence(result),
            _worry_sentence(result),
            _drivers_sentence(result),
            _finish_sentence(result),
            _cost_sentence(result),
        )
        if line
    )


def short_headlines(result: StressResult) -> tuple[str, ...]:
    """The headline of a scenario beside the reference, which has said the rest: how sure, how short."""
    lines = (chances_sentence(result), _worry_sentence(result), _finish_sentence(result))
    return tuple(line for line in lines if line)


def chances_sentence(result: StressResult) -> str:
    """How sure the target of each judged year is."""
    judged = [year for year in result.findings.years if year.chance is not None]
    lead = f"{ASSUMED}，{paths_text(result)}中"
    if not judged:
        return f"{lead}没有可判断达标与否的年份（未填年度目标或入列系数）。"
    targets = {target_words(year.target) for year in judged}
    goal = f"年度目标 {targets.pop()} 亿元" if len(targets) == 1 else "各年目标"
    parts = [
        f"{year.year} 年 {chance_text(year.chance)}" for year in judged if year.chance is not None
    ]
    below = [year.year for year in judged if year.plan_below_target]
    note = f"（其中 {year_spans(below)} 年计划本身即低于目标）" if below else ""
    return f"{lead}，折市重点口径达到{goal}的把握：{'、'.join(parts)}{note}。"


def worry_of(result: StressResult) -> YearChance | None:
    """The year to worry about first, with its figures."""
    worry = result.findings.worry
    if worry is None:
        return None
    return next(year for year in result.findings.years if year.year == worry.year)


def _worry_sentence(result: StressResult) -> str | None:
    worry, year = result.findings.worry, worry_of(result)
    if worry is None or year is None or year.converted is None:
        return None
    if year.chance is None:
        median = whole_yi(year.converted.at(50).value)
        return f"{_which_year(worry)}：折市重点中位 {median} 亿元，不列达标把握。"
    if year.shortfall is not None and year.shortfall.value == 0:
        return f"{_which_year(worry)}，但没有一条路径未达标。"
    gap = "偏离" if year.target and year.target.kind is not TargetKind.FLOOR else "差"
    short = "" if year.shortfall is None else f"，平均{gap} {whole_yi(year.shortfall.value)} 亿元"
    if year.shortfall_if_missed is not None:
        short += f"（未达标时平均{gap} {whole_yi(year.shortfall_if_missed.value)} 亿元）"
    prior = (
        ""
        if year.prior_converted_wan is None
        else f"；不计风险为 {whole_yi(year.prior_converted_wan)} 亿元"
    )
    middle = year.converted.at(50)
    return (
        f"{_which_year(worry)}：达标把握 {chance_text(year.chance)}，"
        f"折市重点中位 {whole_yi(middle.value)} 亿元{short}{prior}。"
    )


def _which_year(worry: WorryYear) -> str:
    """The year that leads: the one to worry about first, or the one asked for."""
    if worry.why is Worry.ASKED:
        return f"所问年份 {worry.year} 年"
    return f"最该先担心的是 {worry.year} 年（{worry.why}）"


def _drivers_sentence(result: StressResult) -> str | None:
    worry = result.findings.worry
    if worry is None:
        return None
    groups = [
        f"{kind}{'、'.join(f'{label} {whole_yi(gain)} 亿元' for label, gain in rows)}"
        for kind, kinds, count in (("", "来源", 3), ("大项中 ", "大项", 2), ("渠道中 ", "渠道", 2))
        if (rows := levers_of(result, kinds)[:count])
    ]
    if groups:
        return f"{worry.year} 年折市重点受谁左右（同一运气下去掉该风险，平均可多完成）：{'；'.join(groups)}。"
    found = tornado(result, "converted", 3)
    if not found:
        return None
    return swaying_sentence(worry.year, found)


def swaying_sentence(year: int, found: Sequence[tuple[Driver, Swing]]) -> str:
    """What sways a year's converted investment most."""
    parts = [
        f"{driver_label(driver)}（{whole_yi(abs(swing.difference.value))} 亿元）"
        for driver, swing in found
    ]
    return (
        f"{year} 年折市重点最受左右的是 {'、'.join(parts)}"
        "；括号内为该因素最高一成与最低一成路径的平均差。"
    )


def _finish_sentence(result: StressResult) -> str | None:
    whole = result.findings.whole
    if whole is None:
        return None
    p80 = whole.finish.at(80)
    parts = [
        f"末项按计划（{quarter_or_later(result.calendar, whole.planned_finish)}）竣工的把握"
        f" {chance_text(whole.joint.on_time)}",
        f"P80 竣工 {quarter_or_later(result.calendar, p80.value)}",
        *_money_parts(result),
    ]
    deciding = [row for row in result.findings.chain if row.criticality.value > 0][:3]
    if deciding:
        names = "、".join(
            f"{item_label(result.run.portfolio, row.item_no)} {chance_text(row.criticality)}"
            for row in deciding
        )
        which = "到期末最常未竣工的是" if is_censored(result) else "最常决定末项竣工的是"
        parts.append(f"{which} {names}")
    late = result.findings.late_items
    parts.append(f"滞后大项 P50 为 {late.at(50).value} 个、P80 为 {late.at(80).value} 个")
    return "；".join(parts) + "。"


def _money_parts(result: StressResult) -> list[str]:
    """When most of the money is in finished items: the last item alone says little of it."""
    return [
        f"占投资 {row.percent}% 的大项 P80 竣工 {quarter_or_later(result.calendar, row.finish.at(80).value)}"
        f"（计划 {quarter_or_later(result.calendar, row.planned)}）"
        for row in result.findings.by_money
        if row.percent in MONEY_TOLD
    ]


def _cost_sentence(result: StressResult) -> str | None:
    whole = result.findings.whole
    if whole is None:
        return None
    p80, reserve = whole.cost.at(80).value, dict(whole.reserve_wan).get(80, 0)
    over = f"比批准造价多 {whole_yi(reserve)} 亿元" if reserve else "不超过批准造价"
    return (
        f"{result.calendar.first_year} 年起总造价 P80 为 {whole_yi(p80)} 亿元，{over}；"
        f"造价不超、末项不晚的联合把握 {chance_text(whole.joint.both)}。{_public_cost(result)}"
    )


def _public_cost(result: StressResult) -> str:
    """The cost without the items whose volume is uncertain: their money can't pay for the rest."""
    public = result.findings.public
    if public is None:
        return ""
    p80, reserve = public.cost.at(80).value, dict(public.reserve_wan).get(80, 0)
    over = f"比批准造价多 {whole_yi(reserve)} 亿元" if reserve else "不超过批准造价"
    return (
        f"其中不含备案类大项（其落空的投资抵不了别处的超支）：P80 为 {whole_yi(p80)} 亿元，{over}，"
        f"造价不超的把握 {chance_text(public.joint.within_cost)}。"
    )
