"""The one sentence of a run that can be read out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from portfolio.model.measures import (
    YearMeasure,
    late_positions,
    outstanding_wan,
    tail_positions,
    year_measures,
)
from portfolio.model.money import yi_text
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.result import RunResult
from portfolio.model.shifts import item_shifts, new_delays, worst_year
from portfolio.report.wording import cause_name


def main_cause(
    portfolio: Portfolio, outcome: Outcome, among: Sequence[int] | None = None
) -> str | None:
    """What the late items' open money is owed to most, None when nothing is late.

    `among` narrows it to some positions.

    Each item's money that should have come about by its planned finish is shared over its causes
    by their quarters: a long tail of little money does not lead.
    """
    owed: Counter[str] = Counter()
    outstanding = outstanding_wan(portfolio, outcome)
    for index in late_positions(portfolio, outcome) if among is None else among:
        causes = [cause for cause in outcome.causes[index] if cause.quarters > 0]
        total = sum(cause.quarters for cause in causes)
        for cause in causes:
            name = cause_name(portfolio, cause.kind, cause.ref, index)
            owed[name] += int(outstanding[index]) * cause.quarters // total
    return max(owed, key=lambda name: owed[name]) if owed else None


def headline(result: RunResult) -> str:
    """One sentence that can be read out: what comes about, what a scenario takes, who is late."""
    measures = year_measures(result.portfolio, result.outcome)
    period = [m for m in measures if m.year <= result.calendar.period_last]
    plan, drawn = sum(m.plan_wan for m in period), sum(m.drawn_wan for m in period)
    parts = [
        f"{result.calendar.first_year}—{result.calendar.period_last} 年 {len(result.portfolio.items)} 个大项"
        f"完成投资 {yi_text(drawn, 0)} 亿元"
        + (f"，为计划的 {drawn / plan * 100:.1f}%" if plan else "")
        + _at_approved_cost(period, plan, drawn)
        + _against_baseline(result, drawn)
    ]
    if result.changes:
        parts += [_shift_sentence(result), _new_delay_sentence(result)]
    else:
        judged = [m for m in period if m.met is not None]
        if judged:
            parts.append(_targets_sentence(judged))
        parts.append(_delay_sentence(result.portfolio, result.outcome))
    return "；".join(parts) + "。"


def _shift_sentence(result: RunResult) -> str:
    """What the scenario takes from the years and the items, against the baseline's play."""
    shifts = item_shifts(result)
    year = worst_year(result)
    fewer = [shift for shift in shifts if shift.less_wan > 0]
    if year is None:
        return "与基准相比，各年完成投资没有减少" + ("" if shifts else "，各大项也没有变化")
    most = f"，{len(fewer)} 个大项少完成" if fewer else ""
    if fewer:
        first = fewer[0]
        most += f"，最多的是 {first.item.label}（{first.less_year} 年少 {yi_text(first.less_wan)} 亿元）"
    return f"与基准相比，{year[0]} 年少完成 {yi_text(year[1])} 亿元（各年中最多）{most}"


def _new_delay_sentence(result: RunResult) -> str:
    """Which delays the scenario made or worsened, and why."""
    new, worse = new_delays(result)
    if not new and not worse:
        return "没有新增或加重的滞后"
    tails = set(tail_positions(result.portfolio, result.outcome)) & {*new, *worse}
    counts = [f"新增滞后 {len(new)} 个"] if new else []
    counts += [f"加重 {len(worse)} 个"] if worse else []
    tail = f"（其中 {len(tails)} 个只差尾款）" if tails else ""
    cause = main_cause(result.portfolio, result.outcome, (*new, *worse))
    return f"{'、'.join(counts)}{tail}，牵涉投资最多的原因是{cause or '不明'}"


def _at_approved_cost(period: Sequence[YearMeasure], plan_wan: int, drawn_wan: int) -> str:
    """The progress behind the money, where overruns make them differ."""
    progress = sum(m.progress_wan for m in period)
    if not plan_wan or abs(progress - drawn_wan) * 1000 < plan_wan:
        return ""
    return f"（按批准造价折算为 {progress / plan_wan * 100:.1f}%）"


def _against_baseline(result: RunResult, drawn_wan: int) -> str:
    """How much more or less than the baseline's play, where that is a whole 亿元 at least."""
    baseline = result.baseline_outcome.drawn_wan[: 4 * result.calendar.period_years].sum()
    change = drawn_wan - int(baseline)
    if yi_text(abs(change), 0) == "0":
        return ""
    return f"，比基准{'多' if change > 0 else '少'} {yi_text(abs(change), 0)} 亿元"


def _targets_sentence(judged: list[YearMeasure]) -> str:
    met = sum(bool(m.met) for m in judged)
    if met == len(judged):
        return f"折市重点口径 {met} 年全部达标"
    worst = max(judged, key=lambda m: (m.shortfall_wan + m.above_wan, -m.year))
    gap = (
        f"差 {yi_text(worst.shortfall_wan, 0)} 亿元"
        if worst.shortfall_wan
        else f"超上限 {yi_text(worst.above_wan, 0)} 亿元"
    )
    return (
        f"折市重点口径 {len(judged)} 年中 {met} 年达标，"
        f"最弱的 {worst.year} 年为 {yi_text(worst.converted_wan or 0, 0)} 亿元、{gap}"
    )


def _delay_sentence(portfolio: Portfolio, outcome: Outcome) -> str:
    late = late_positions(portfolio, outcome)
    if not late:
        return "没有大项滞后"
    unfinished = sum(outcome.finish[index] is None for index in late)
    tails = len(tail_positions(portfolio, outcome))
    tail = f"（其中 {tails} 个只差尾款）" if tails else ""
    open_end = (
        f"（其中 {unfinished} 个到 {portfolio.calendar.never_label}仍未竣工）" if unfinished else ""
    )
    return f"{len(late)} 个大项滞后{open_end}{tail}，牵涉投资最多的原因是{main_cause(portfolio, outcome) or '不明'}"
