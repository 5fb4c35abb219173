"""Sentences of a score of kept forecasts: what held, what did not, what can't be said yet."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.money import yi_text
from portfolio.model.quarters import year_spans
from portfolio.model.record.archive import Way, asof_label
from portfolio.model.record.score import (
    Held,
    Line,
    Scored,
    finish_line,
    gain_over,
    line,
)
from portfolio.report.tables.score import NAIVE_NAMES

#: So many names are told.
NAMED = 5
#: What the figures can't bear.
NOTES = (
    "同一年的多次预测、同一年的各大项同涨同落，不是互相独立的次数：置信区间按独立计算，偏窄",
    "季度和整数金额有并列，八成区间装住的常比八成多一些，略高于 80% 不说明区间太宽",
    "八成区间所有路径都一样的（没有悬念）不计入次数和误差，另计其中错了几个",
    "竣工只在预测的 P90 已过去后才计：到时没竣工的算没装住，不因没竣工而不计",
    "误差为 CRPS（单值预测即相差的绝对值），单位亿元，越小越好",
)


def title(scored: Scored, calendar: Calendar) -> str:
    """What is scored."""
    asof = asof_label(scored.asof_months, calendar)
    return f"存档预测的打分（情景“{scored.scenario}”{scored.kept} 份，事实截至 {asof}）"


def card_lines(scored: Scored, calendar: Calendar) -> tuple[str, ...]:
    """The card: years, items, finishes, gains, what is open."""
    lines: list[str] = []
    for name, held in (("全年合计", scored.years), ("各大项全年", scored.items)):
        lines += _money_lines(name, held)
    if scored.finishes:
        lines.append(_finish_line(scored))
    return (*lines, *left_out(scored, calendar))


def _money_lines(name: str, held: Sequence[Held]) -> list[str]:
    lines = []
    for way in Way:
        told = [each for each in held if each.way is way]
        if told:
            found = line(name, way, told)
            lines.append(f"{name}（{way}）：{_line_text(found)}{_against(told)}")
    return lines


def _line_text(found: Line) -> str:
    if found.crps is None or found.naive is None:
        return f"{found.certain} 个都没有悬念{_wrong(found)}"
    naive = "，".join(
        f"“{name}”{yi_text(round(getattr(found.naive, key)), 2)}" for key, name in NAIVE_NAMES
    )
    errors = f"平均误差 {yi_text(round(found.crps), 2)} 亿元；{naive}"
    band = "没有区间" if found.band is None else _band_text(found)
    sure = f"；另 {found.certain} 个没有悬念{_wrong(found)}" if found.certain else ""
    return f"{found.n} 个，{band}；{errors}{sure}"


def _band_text(found: Line) -> str:
    band = found.band
    if band is None:
        return "没有可计的"
    doubt = "" if band.low <= 0.8 <= band.high else "，与八成不符"
    return f"八成区间装住 {band.inside}/{band.n}（95% 置信 {band.low:.0%}—{band.high:.0%}{doubt}）"


def _wrong(found: Line) -> str:
    return f"，其中 {found.certain_wrong} 个错了" if found.certain_wrong else "，都对"


def _against(held: Sequence[Held]) -> str:
    """What it beats beyond doubt; with fewer than two years nobody can say."""
    if len({each.year for each in held if not each.certain}) < 2:
        return "。只有一个年份，比不出谁更准"
    better = [f"“{name}”" for key, name in NAIVE_NAMES if gain_over(held, key).is_shown]
    return f"。更准于{'、'.join(better)}" if better else "。没有显出比朴素预测更准"


def _finish_line(scored: Scored) -> str:
    found = finish_line("竣工", scored.finishes)
    sure = f"；另 {found.certain} 个没有悬念{_wrong(found)}" if found.certain else ""
    late = sum(each.came is None for each in scored.finishes)
    unfinished = f"；{late} 个到时尚未竣工" if late else ""
    return f"竣工：{_band_text(found)}{unfinished}{sure}"


def left_out(scored: Scored, calendar: Calendar) -> tuple[str, ...]:
    """What isn't scored, and why."""
    lines = []
    asof = asof_label(scored.asof_months, calendar)
    if scored.open_years:
        lines.append(f"不计：{year_spans(scored.open_years)} 年尚未结束（事实截至 {asof}）")
    if scored.open_finishes:
        lines.append(f"不计：{scored.open_finishes} 个竣工预测的 P90 尚未过去")
    if scored.gone:
        more = f"等 {len(scored.gone)} 个" if len(scored.gone) > NAMED else ""
        lines.append(
            f"不计：工作簿中已没有同序号、同名称的大项 {'、'.join(scored.gone[:NAMED])}{more}；"
            "含这些大项的全年合计也不计"
        )
    if scored.other_scenarios:
        others = "、".join(scored.other_scenarios)
        lines.append(f"不计：别的情景（{others}）没有发生，不算预测；可用 -s 另行打分")
    return tuple(lines)
