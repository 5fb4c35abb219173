"""What a hedge is worth: the plans on fresh shocks, the cells that differ, the gates looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from portfolio.model.arrays import Floats, Integers

if TYPE_CHECKING:
    from portfolio.model.money import Wan
    from portfolio.model.repair_case import RepairCase
    from portfolio.model.two_stage import Compared, GateCheck, HedgeSettings, NowCell
    from portfolio.optimize.recourse import Stages
    from portfolio.optimize.two_stage import Best

#: Fresh shocks are paths of the same seed from here on: no sampled one is among them.
FRESH_FROM = 1_000_001
#: Costliest scenarios solved again with the gates free, and seconds for it.
GATE_CHECKS, GATE_SECONDS = 3, 15.0
#: Names of the plans compared, in order.
PLANS = ("稳健方案", "调整方案", "原计划")


def receipts(case: RepairCase, seed: int, first: int, paths: int) -> Integers:
    """到位率 of some paths: [path, year, channel]."""
    from portfolio.sim.draws import draw

    return draw(case.portfolio, seed=seed, first_path=first, paths=paths).receipt_bps


def gate_check(laid: Stages, best: Best, scenarios: Floats) -> GateCheck:
    """The costliest scenarios with the gates free."""
    from portfolio.optimize.recourse import check_gates

    return check_gates(
        laid, best.decision, scenarios, best.costs, most=GATE_CHECKS, seconds=GATE_SECONDS
    )


def compared(
    case: RepairCase, settings: HedgeSettings, laid: Stages, plans: Sequence[Wan]
) -> tuple[Compared, ...]:
    """The plans' money now on the same fresh shocks, each answered as well as can be."""
    from portfolio.model.money import WAN_PER_YI
    from portfolio.model.two_stage import Compared, Costs, mean_estimate
    from portfolio.optimize.two_stage import evaluate

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
    from portfolio.model.two_stage import NowCell

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
