"""Repairs beside each other, and what of the one that is offered is told first."""

from __future__ import annotations

from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.reallocation.aims import play_judges
from portfolio.model.reallocation.findings import approvers, first_year, flow
from portfolio.model.reallocation.result import Reallocation
from portfolio.model.reallocation.settings import Aim, WayName
from portfolio.model.rules.approval import last_ask
from portfolio.report.words.reallocation import (
    Bearing,
    bearing,
    played_aims_of,
    played_line,
    verdict_line,
    year_cause_names,
)

TOO_LATE = "当年来不及"
#: What a plan is called by what its play says; one that no play can judge is advised.
_LEADS = {
    Bearing.BETTER: "建议",
    Bearing.MORE_DELAY: "可选",
    Bearing.SAME: "求得的方案",
    Bearing.WIDER_GAP: "求得的方案",
    Bearing.WORSE: "求得的方案",
}


def leads(result: Reallocation) -> tuple[str, ...]:
    """What every paper of a repair opens with: what to move, what the play says of it, the verdict."""
    played = played_line(result)
    if not result.moves:
        return (verdict_line(result), *([] if played is None else [played]))
    return tuple(filter(None, (advice_line(result), played, verdict_line(result))))


def advice_line(result: Reallocation) -> str:
    """`建议：改 10 笔（少动），调增 35.7、调减 124.4 亿元；由本级人民代表大会决定，最先的须在 2027Q1 末前提出。`

    Of a repair that moves something.
    """
    said = bearing(result)
    moved = flow(result.moves)
    return (
        f"{'建议' if said is None else _LEADS[said]}：改 {len(result.moves)} 笔（{result.name}），"
        f"调增 {yi_text(moved.takes_wan)}、调减 {yi_text(moved.gives_wan)} 亿元；"
        f"由{deciders_text(result)}决定，{_by_when(result)}。"
    )


def _by_when(result: Reallocation) -> str:
    asked = first_deadline(result)
    if asked is None:
        return TOO_LATE
    return f"最先的须在 {result.calendar.quarter_label(asked)} 末前提出"


def way_text(way: Reallocation) -> str:
    """What a way of repairing is: `少动（至多 5 笔）`."""
    if way.name is WayName.FEW:
        return f"{way.name}（至多 {way.allowed} 笔）"
    return str(way.name)


def promised_wan(way: Reallocation, aim: Aim) -> int:
    """What a way promises of an aim."""
    return next(stage.value_wan for stage in way.stages if stage.aim is aim)


def shortfall_played_wan(way: Reallocation) -> int:
    """What 缺口 comes to where a way is played."""
    return played_aims_of(way)[1][Aim.SHORTFALL]


def delay_played_wan(way: Reallocation) -> int:
    """What weighted 滞后 comes to where a way is played."""
    return played_aims_of(way)[1][Aim.DELAY]


def late_text(way: Reallocation) -> str:
    """Weighted 滞后 without a repair and as it is played, in brackets; nothing without a play."""
    if way.repaired is None or way.outcome is None or not play_judges(way.case):
        return ""
    before, after = (each[Aim.DELAY] for each in played_aims_of(way))
    return f"（不调整 {yi_text(before)}，推演 {yi_text(after)}）"


def recovered_wan(way: Reallocation) -> int:
    """By how much less 缺口 the play has than without a repair."""
    before, after = played_aims_of(way)
    return before[Aim.SHORTFALL] - after[Aim.SHORTFALL]


def deciders_text(way: Reallocation) -> str:
    """Who decides."""
    return "、".join(row.authority for row in approvers(way))


def first_deadline_text(way: Reallocation) -> str:
    """By when the first of its moves must be asked for."""
    asked = first_deadline(way)
    return TOO_LATE if asked is None else f"{way.calendar.quarter_label(asked)} 末前"


def first_deadline(way: Reallocation) -> int | None:
    """The quarter by whose end the first of its moves must be asked for; None: none can be in time."""
    asks = [
        last_ask(move.approval.kind, way.calendar, move.year)
        for move in way.moves
        if move.approval.effective_quarter is not None
    ]
    return min((quarter for quarter in asks if quarter is not None), default=None)


def promise_text(way: Reallocation) -> str:
    """Promise against play of a way in a sentence: how much 缺口, in which year, and why."""
    promised, played = promised_wan(way, Aim.SHORTFALL), shortfall_played_wan(way)
    said = f"{way.name}：承诺缺口 {yi_text(promised)}，推演 {yi_text(played)} 亿元"
    if abs(played - promised) < SEEN_WAN:
        return f"{said}，一致。"
    if played < promised:
        return f"{said}：方案没有排年份的余额在推演里顺延补上，以前年份欠下的进度也在当年补。"
    if not play_judges(way.case):
        return f"{said}（推演不能从半途接着走，只供参考）。"
    past = sum(
        max(0, min(y.target_wan or 0, y.baseline_wan) - y.played_wan)
        for y in way.years
        if y.year < first_year(way.case) and y.inclusion_bps is not None
    )
    why = _worst_year_text(way)
    gone = f"其中 {yi_text(past)} 是已过年份的" if past >= SEEN_WAN else ""
    return f"{said}：{'，'.join(filter(None, (gone, why))) or '各年互有多少'}。"


def _worst_year_text(way: Reallocation) -> str:
    """The year in which the play lacks most of the promise, with its causes."""
    lacks = {
        y.year: y.promised_wan - y.played_wan
        for y in way.years
        if y.inclusion_bps is not None and y.year >= first_year(way.case)
    }
    year = min(lacks, key=lambda each: (-lacks[each], each), default=None)
    if year is None or lacks[year] < SEEN_WAN:
        return ""
    causes = "、".join(year_cause_names(way).get(year, ())[:2])
    return f"{year} 年完成比承诺少 {yi_text(lacks[year])}" + (f"（{causes}）" if causes else "")
