"""One plan for now that does well over many sampled shocks, compared on fresh ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from portfolio.model.arrays import Floats, Integers
from portfolio.model.money import WAN_PER_YI
from portfolio.model.problems import Collected, InputError, Problem
from portfolio.model.quarters import PLAN_YEARS
from portfolio.workflows.asked import FRESH, SAMPLES, Hedge, Progress, silent, taking
from portfolio.workflows.reallocate import OpenedCase, open_case, solved

if TYPE_CHECKING:
    from portfolio.model.money import Wan
    from portfolio.model.reallocation.case import RepairCase
    from portfolio.model.reallocation.hedge import (
        Compared,
        GateCheck,
        HedgeResult,
        HedgeSettings,
        NowCell,
    )
    from portfolio.optimize.questions.hedge import Best, Hedged
    from portfolio.optimize.questions.second_stage import Stages
    from portfolio.optimize.repair import Repaired

MOST_SAMPLES = 2_000
#: More samples than this are reduced to so many scenarios.
KEPT_SCENARIOS = 100
ROUNDING_SECONDS = 60.0


@taking(Hedge)
def hedge(asked: Hedge) -> HedgeResult:
    """Seek the plan for the next years that does best over sampled 到位率, later years left open.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and the options, all at once.
    AuditError
        The repaired plan breaks the rulebook: a defect.
    """
    from portfolio.model.reallocation.hedge import HedgeSettings, Risk

    problems = Collected()
    with problems.part():
        _check_options(asked)
    with problems.part():
        opened = open_case(
            asked.workbook, asked.scenarios, asked.sets, asof=asked.asof, progress=asked.progress
        )
    problems.raise_any()
    settings = HedgeSettings(
        samples=asked.samples,
        years=asked.years + rest_of_a_year(opened.case),
        risk=Risk(alpha=asked.alpha, weight=asked.weight),
        seed=asked.seed,
        fresh=asked.fresh,
        seconds=asked.seconds,
    )
    return hedge_case(opened, settings, asked.progress or silent)


def rest_of_a_year(case: RepairCase) -> int:
    """1 where facts end inside a year: what is left of it is decided beside the years asked for."""
    return int(case.after is not None and case.year_is_running)


def hedge_case(opened: OpenedCase, settings: HedgeSettings, tell: Progress) -> HedgeResult:
    """As `hedge`, of a case already opened."""
    from portfolio.optimize.questions.second_stage import stages

    begun = time.monotonic()
    repaired = solved(opened, tell, seconds=None)
    nothing = _without_plan(opened, settings, repaired, begun)
    if repaired.plan_wan is None:
        return nothing
    tell(f"正在抽取 {settings.samples:,} 种冲击，求解稳健方案")
    laid = stages(repaired, repaired.plan_wan, settings.years)
    if not laid.cells:
        return nothing
    scenarios, hedged = _searched(opened, settings, laid, repaired.plan_wan)
    if hedged.best is None:
        return nothing
    found = _with_plan(nothing, laid, scenarios, hedged, repaired, tell)
    return replace(found, total_seconds=time.monotonic() - begun)


def _searched(
    opened: OpenedCase, settings: HedgeSettings, laid: Stages, plan_wan: Wan
) -> tuple[Floats, Hedged]:
    """Sample, reduce, search."""
    from portfolio.optimize.questions.hedge import hedge as search
    from portfolio.optimize.questions.hedge import reduce_scenarios

    drawn = laid.scenarios(receipts(opened.case, settings.seed, 1, settings.samples))
    kept = reduce_scenarios(drawn, KEPT_SCENARIOS)
    scenarios = drawn[list(kept.rows)]
    hedged = search(
        laid.problem,
        scenarios,
        kept.weights,
        settings.risk,
        start=laid.decision(plan_wan),
        seconds=settings.seconds,
    )
    return scenarios, hedged


def _without_plan(
    opened: OpenedCase, settings: HedgeSettings, repaired: Repaired, begun: float
) -> HedgeResult:
    """What is known before the search, or where there is nothing to search."""
    from portfolio.model.reallocation.hedge import HedgeResult
    from portfolio.model.reallocation.result import Verdict

    infeasible = repaired.verdict is Verdict.INFEASIBLE
    return HedgeResult(
        run=opened.run,
        case=opened.case,
        settings=settings,
        verdict=Verdict.INFEASIBLE if infeasible else Verdict.NONE_FOUND,
        value_wan=None,
        bound_wan=None,
        repaired_value_wan=None,
        kept=0,
        rounds=0,
        solves=0,
        solve_seconds=0.0,
        total_seconds=time.monotonic() - begun,
        plan_wan=None,
        first_stage_wan=None,
        cells=(),
        compared=(),
        gain=None,
        gate_check=None,
        sampled_channels=_sampled_channels(opened.case),
    )


def _sampled_channels(case: RepairCase) -> tuple[str, ...]:
    """统筹 channels whose 到位率 the risk sheet makes uncertain."""
    from portfolio.model.items import Kind
    from portfolio.sim.luck.scores import risky_channels

    risky = {risk.channel_id for risk in risky_channels(case.portfolio)}
    return tuple(
        channel.name
        for channel in case.portfolio.channels
        if channel.kind is Kind.POOLED and channel.id in risky
    )


def _with_plan(
    nothing: HedgeResult,
    laid: Stages,
    scenarios: Floats,
    hedged: Hedged,
    repaired: Repaired,
    tell: Progress,
) -> HedgeResult:
    """The plan in whole 万元, its gates checked, then compared."""
    from portfolio.model.reallocation.result import Verdict
    from portfolio.optimize.questions.second_stage import whole_hedge
    from portfolio.optimize.solver import SolveState

    best = hedged.best
    assert best is not None
    tell("正在取整并核对稳健方案")
    whole = whole_hedge(laid, best.decision, seconds=ROUNDING_SECONDS)
    plan, best_later = (None, False) if whole is None else whole
    # The gates are the repaired plan's: what time cut short there is no proof here.
    proven = all(
        (hedged.state is SolveState.OPTIMAL, best_later, repaired.verdict is Verdict.PROVEN)
    )
    found = replace(
        nothing,
        verdict=(
            Verdict.NONE_FOUND if plan is None else Verdict.PROVEN if proven else Verdict.UNPROVEN
        ),
        value_wan=best.value * WAN_PER_YI,
        bound_wan=None if hedged.bound is None else hedged.bound * WAN_PER_YI,
        repaired_value_wan=(hedged.start_value or 0.0) * WAN_PER_YI,
        kept=len(scenarios),
        rounds=hedged.rounds,
        solves=hedged.solves,
        solve_seconds=hedged.seconds,
        gate_check=gate_check(laid, best, scenarios),
    )
    if plan is None or repaired.plan_wan is None:
        return found
    return _with_comparison(found, laid, plan, repaired.plan_wan, tell)


def _with_comparison(
    found: HedgeResult, laid: Stages, plan: Wan, repaired_wan: Wan, tell: Progress
) -> HedgeResult:
    """The plan, and how it does beside the others on fresh shocks."""
    from portfolio.model.reallocation.hedge import mean_estimate

    case, settings = found.case, found.settings
    tell(f"正在用 {settings.fresh:,} 种新抽的冲击比较三个方案")
    plans = (plan, repaired_wan, case.portfolio.plan_wan[:PLAN_YEARS])
    each = compared(case, settings, laid, plans)
    shares = [settings.risk.shares(one.costs.shortfall_wan) for one in each]
    return replace(
        found,
        plan_wan=plan,
        first_stage_wan=plan[case.first_year : case.first_year + settings.years],
        cells=cells_now(laid, plans),
        compared=each,
        gain=mean_estimate(shares[1] - shares[0]),
    )


def _check_options(asked: Hedge) -> None:
    """Refuse what can't be asked for.

    Raises
    ------
    InputError
        Everything wrong, all at once.
    """
    found = [
        Problem(place=place, found=f"{value:g} 不在 {low:g} 至 {high:g} 之间", fix=fix)
        for place, value, low, high, fix in (
            ("--hedge", asked.samples, 1, MOST_SAMPLES, f"冲击数通常取 {SAMPLES}"),
            ("years", asked.years, 1, PLAN_YEARS, "现在就定的年数通常取 1"),
            ("alpha", asked.alpha, 0, 0.99, "条件风险价值的置信水平，默认 0.8"),
            ("weight", asked.weight, 0, 1, "条件风险价值的权重，默认 0.5"),
            ("fresh", asked.fresh, 2, 100_000, f"检验用的冲击数通常取 {FRESH}"),
            ("seconds", asked.seconds, 1, 86_400, "求解时限（秒），不写则按固定的工作量"),
        )
        if value is not None and not low <= value <= high
    ]
    if found:
        raise InputError(found)


# --- What a hedge is worth: the plans on fresh shocks, the cells that differ, the gates looked at again


#: Fresh shocks are paths of the same seed from here on: no sampled one is among them.
FRESH_FROM = 1_000_001
#: Costliest scenarios solved again with the gates free.
GATE_CHECKS = 3
#: Names of the plans compared, in order.
PLANS = ("稳健方案", "调整方案", "原计划")


def receipts(case: RepairCase, seed: int, first: int, paths: int) -> Integers:
    """到位率 of some paths: [path, year, channel]."""
    from portfolio.sim.luck import draw

    return draw(case.played, seed=seed, first_path=first, paths=paths).receipt_bps


def gate_check(laid: Stages, best: Best, scenarios: Floats) -> GateCheck:
    """The costliest scenarios with the gates free."""
    from portfolio.optimize.questions.second_stage import check_gates

    return check_gates(laid, best.decision, scenarios, best.costs, most=GATE_CHECKS)


def compared(
    case: RepairCase, settings: HedgeSettings, laid: Stages, plans: Sequence[Wan]
) -> tuple[Compared, ...]:
    """The plans' money now on the same fresh shocks, each answered as well as can be."""
    from portfolio.model.reallocation.hedge import Compared, Costs, mean_estimate
    from portfolio.optimize.questions.hedge import evaluate

    scenarios = laid.scenarios(receipts(case, settings.seed, FRESH_FROM, settings.fresh))
    decisions = [laid.decision(plan) for plan in plans]
    measured = evaluate(laid.problem, decisions, scenarios, laid.measure) * WAN_PER_YI
    risk, found = settings.risk, []
    for name, costs in zip(PLANS, measured, strict=True):
        shortfall, delay, unmet = costs.T
        found.append(
            Compared(
                name=name,
                mean=mean_estimate(shortfall),
                worst=mean_estimate(replace(risk, weight=1.0).shares(shortfall)),
                objective=mean_estimate(risk.shares(shortfall)),
                delay=mean_estimate(delay),
                unmet=mean_estimate(unmet),
                costs=Costs(shortfall_wan=shortfall, delay_wan=delay, unmet_wan=unmet),
            )
        )
    return tuple(found)


def cells_now(laid: Stages, plans: Sequence[Wan]) -> tuple[NowCell, ...]:
    """Cells decided now in which any two of the plans differ."""
    from portfolio.model.reallocation.hedge import NowCell

    portfolio, found = laid.case.portfolio, []
    for cell in laid.cells:
        year, channel, item = cell
        hedged, repaired, planned = (int(plan[cell]) for plan in plans)
        if hedged == repaired == planned:
            continue
        found.append(
            NowCell(
                item_no=portfolio.items[item].no,
                channel_id=portfolio.channels[channel].id,
                year=portfolio.calendar.first_year + year,
                baseline_wan=planned,
                repaired_wan=repaired,
                hedged_wan=hedged,
            )
        )
    return tuple(found)
