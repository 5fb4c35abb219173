"""A sweep, a frontier and a reverse stress test in words; 亿元."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.money import WAN_PER_YI, yi_text
from portfolio.model.reallocation.sweep import Failing, Kink, ReverseAnswer, SweepAxis

#: Of questions that move envelopes: rules that follow from the envelope aren't asked.
NOTE_SHARES = (
    "份额带和减收分摊随额度而变，扫描和反推不计这两条：计入时缺口不会更小，达不到得更早。“部分”可用专项债的大项，"
    "占比上限按没有移动的额度计：额度移动得多时缺口会略有出入，要准数的用 portfolio reallocate 单算。"
)
NOTE_OPTIMUM = "数字为求解器最优值（未取整到整万元的方案），缺口按折市重点口径，不超过目标与原计划两者中较低的一个。"


def answer_text(answer: ReverseAnswer) -> str:
    """What happens at the smallest cut."""
    mark = "" if answer.proven else "＊"
    if answer.cut_bps is None:
        return f"计划所需全部减掉也达得到{mark}"
    if answer.cut_bps == 0:
        return f"不减也达不到{mark}"
    if answer.failing is Failing.INFEASIBLE:
        return f"{Failing.INFEASIBLE}{mark}"
    lacking = "" if answer.shortfall_wan is None else f"，缺 {yi_text(answer.shortfall_wan)}"
    return f"目标达不到{lacking}{mark}"


def axis_text(axis: SweepAxis) -> str:
    """`专项债券 2023年 -50%至0%`."""
    first, last = axis.changes_bps[0], axis.changes_bps[-1]
    return (
        f"{axis.channel} {years_text(axis.years)}年 {change_text(first)} 至 {change_text(last)}"
        f"（{len(axis.changes_bps)} 个点）"
    )


def change_text(bps: float) -> str:
    """A change of an envelope in per cent, as precise as it is."""
    text = f"{bps / 100:+.2f}".rstrip("0").rstrip(".")
    return "0%" if text in ("+0", "-0") else f"{text}%"


def years_text(years: Sequence[int]) -> str:
    """`2023`, `2023–2025`, `2023、2025`."""
    if len(years) > 1 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]}–{years[-1]}"
    return "、".join(map(str, years))


def kink_text(kink: Kink, *, in_moved: bool) -> str:
    """Where a kink is and what changes there."""
    if in_moved:
        return (
            f"调整 {kink.at / WAN_PER_YI:,.1f} 亿元处：每多调整 1 亿元，缺口由变动"
            f" {_signed(kink.before)} 亿元转为 {_signed(kink.after)} 亿元"
        )
    return (
        f"{kink.at / 100:+.1f}% 处：额度每提高 1 个百分点，缺口由变动"
        f" {_signed(kink.before)} 亿元转为 {_signed(kink.after)} 亿元"
    )


def swing_text(kink: Kink) -> str:
    """The items whose money turns at a kink, their change by unit on both sides."""
    parts = [
        f"{s.item_no} {s.name} {s.year}年（{_signed(s.before)}→{_signed(s.after)}）"
        for s in kink.swings
    ]
    return "、".join(parts)


def _signed(wan: float) -> str:
    text = f"{wan / WAN_PER_YI:+,.2f}"
    return "0" if text in ("+0.00", "-0.00") else text
