"""How a chance may be told: a range in tenths over the choices of rows, never a bare per cent."""

from __future__ import annotations

import math

from portfolio.model.items import ListPlanKind
from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.record.chance import Refusal, Stage, YearChance
from portfolio.model.record.rows import Record, month_of

#: Tenths as they are counted.
_TENTHS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
#: A chance this close to a tenth is told as that tenth.
CLOSE = 1e-9

_REFUSED = {
    Refusal.NO_PLAN: "没有 {year} 年名单计划，不给把握；可在“年度目标”表的“名单计划”填入（性质可写“假设”）",
    Refusal.INTERPOLATED: "{year} 年的名单计划是内插的，不给把握；有公布数请改填公布数",
    Refusal.NO_TARGET: "{year} 年没有年度目标，不给把握",
    Refusal.NOT_A_FLOOR: "{year} 年的目标不是下限，完成率的记录只能说“达到”，不给把握",
    Refusal.NO_RECORD: "“年度完成率”表中可用的全年数太少，不给把握",
    Refusal.ONE_CHOICE: "“年度完成率”表的行太少，各种取舍只剩一种算得出，给不出范围，故不给把握",
}


def range_words(low: float, high: float) -> str:
    """A range of chances in whole tenths, outwards: 约七到九成."""
    below = max(0, math.floor(low * 10 + CLOSE))
    above = min(10, math.ceil(high * 10 - CLOSE))
    if below >= 9:
        return "约九成以上"
    if above <= 1:
        return "约一成以下"
    if above == 10:
        return f"约{_TENTHS[below]}成以上" if below else "说不准"
    if below == 0:
        return f"约{_TENTHS[above]}成以下"
    if below == above:
        return f"约{_TENTHS[below]}成"
    return f"约{_TENTHS[below]}到{_TENTHS[above]}成"


def share_words(share: float) -> str:
    """A share of paths in tenths, no finer: 约四成; 不到一成; 九成以上."""
    value = round(share, 9)
    if value < 0.1:
        return "不到一成"
    if value >= 0.9:
        return "九成以上"
    return f"约{_TENTHS[math.floor(value * 10 + 0.5)]}成"


def chance_words(told: YearChance) -> str:
    """How sure a year's target is, or why it isn't told."""
    if told.refusal is not None:
        return _REFUSED[told.refusal].format(year=told.year)
    if told.stage is Stage.ENDED:
        reached = told.facts is not None and told.target_wan is not None and has_reached(told)
        return "全年数已有，已达到" if reached else "全年数已有，没有达到"
    if told.stage is Stage.REACHED:
        return "年内数已达到目标"
    found = told.range
    assert found is not None
    return range_words(*found) + stage_words(told)


def has_reached(told: YearChance) -> bool:
    """Whether the figures that are known of a year have reached its target."""
    assert told.facts is not None and told.target_wan is not None and told.plan is not None
    return told.facts.rate_bps * told.plan.plan_wan >= told.target_wan * BPS


def stage_words(told: YearChance) -> str:
    """What the figures within the year add to the words, or that none were filled in."""
    if told.facts is None and told.unfilled_months:
        return (
            f"（年初的估计；名单今年截至 {told.unfilled_months} 月的完成数没有填，"
            "填进“年度完成率”表可收窄）"
        )
    if told.facts is None or told.stage not in (Stage.TOO_EARLY, Stage.UNCLEAR, Stage.RUNNING):
        return ""
    until = f"{month_of(told.facts):g} 月"
    if told.stage is Stage.TOO_EARLY:
        return f"（年初的估计；截至 {until}的年内数太早，没有用）"
    if told.stage is Stage.UNCLEAR:
        return f"（年初的估计；年内数到 {until}，还看不准）"
    return f"（已用截至 {until}的年内数）"


def hidden_words(told: YearChance) -> str | None:
    """The line of misses that nobody published; None where there can be none."""
    if told.hidden is None or told.stage not in (Stage.AHEAD, Stage.TOO_EARLY, Stage.UNCLEAR):
        return None
    return f"若本市另有两年没公布、也没完成：{range_words(told.hidden, told.hidden)}"


def level_words(told: YearChance) -> str | None:
    """What the list comes to as a part of its plan: 98%—123%（十次里约八次），中间 110%."""
    if told.level_bps is None or told.stage is Stage.ENDED:
        return None
    low, middle, high = (f"{(bps + 50) // 100}%" for bps in told.level_bps)
    return f"计划的 {low}—{high}（十次里约八次），中间 {middle}"


def money_words(told: YearChance) -> str | None:
    """The same in money, coarse on purpose: 约 3,700—4,700 亿元，中间约 4,200."""
    if told.level_wan is None or told.plan is None or told.stage is Stage.ENDED:
        return None
    low, middle, high = (_coarse(wan, told.plan.plan_wan) for wan in told.level_wan)
    return f"约 {low}—{high} 亿元，中间约 {middle}"


def _coarse(wan: int, plan_wan: int) -> str:
    """万元 as 亿元 to a tenth of the plan's leading digit: hundreds for thousands."""
    size = plan_wan / WAN_PER_YI
    digits = math.floor(math.log10(size)) - 1
    unit = 10.0**digits
    rounded = round(wan / WAN_PER_YI / unit) * unit
    return f"{rounded:,.{max(0, -digits)}f}"


def plan_words(told: YearChance) -> str | None:
    """The plan of the list, marked where it is an assumption."""
    if told.plan is None:
        return None
    mark = "" if told.plan.kind is ListPlanKind.PUBLISHED else f"（{told.plan.kind}）"
    return f"名单计划 {told.plan.plan_wan / WAN_PER_YI:,.0f} 亿元{mark}"


def basis_words(record: Record, parts_used: int) -> str:
    """What the chance rests on."""
    full = record.full_years.values()
    met = sum(row.rate_bps >= BPS for row in full)
    return (
        f"依据 {len(full)} 个地区年的全年数（{met} 个完成，多为报喜的新闻稿）"
        f"和 {parts_used} 个年内数"
    )
