"""A repair in two stages: what is voted for the next years now, and what is made of it later.

Later the sampled 统筹 money comes. A cell decided now draws no more than was decided (what does
not come is cut from it); all later cells are planned anew under the same rules. Gates open in the
years in which the repaired plan opens them. Left out: sampled own and earmarked money, credit,
costs, durations and stoppages, which stay as the scenario says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from portfolio.model.arrays import Floats, Integers
from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.money import BPS, WAN_PER_YI, Wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.hedge import (
    DELAY_WEIGHT,
    NEARNESS_WEIGHT,
    UNMET_WEIGHT,
    GateCheck,
)
from portfolio.model.reallocation.parameters import RepairLimits, with_spare
from portfolio.model.reallocation.settings import Aim
from portfolio.optimize.aims import EXPRESSIONS, solve_in_order
from portfolio.optimize.model import Cell, Draft, yi
from portfolio.optimize.questions.hedge import TwoStage
from portfolio.optimize.repair import SPARES_WAN, Repaired
from portfolio.optimize.rounding import RoundingError, whole_plan
from portfolio.optimize.rules import build
from portfolio.optimize.solver import Expression, Solved, SolveState, is_variable
from portfolio.optimize.warm_model import LoadedModel

#: Rules that less money than voted may make impossible: they may lack something, at a price.
SOFT = (
    "signed_contracts",
    "no_stop_start",
    "livelihood_floor",
    "loans_with_capital",
    "capital_ratio",
)


#: Rules on what is planned, not on what comes: of years decided already they say nothing later.
OF_THE_DECISION = ("yearly_band", "bonds_where_lawful", "livelihood_debt")
#: What an item keeps of a cut follows from the envelope: laid for one it doesn't hold for another.
OF_THE_ENVELOPE = ("shared_cut",)


@dataclass(frozen=True, kw_only=True)
class Stages:
    """A repair in two stages, ready to be solved.

    cells : 统筹 cells decided now, in the order of the problem's columns
    sampled : year and channel of the problem's sampled rows; full_yi what comes of them in full,
        least_yi what is past already
    """

    case: RepairCase
    limits: RepairLimits
    gates: Mapping[str, float]
    cells: tuple[Cell, ...]
    sampled: tuple[tuple[int, int], ...]
    full_yi: Floats
    least_yi: Floats
    problem: TwoStage
    aims: tuple[Expression, Expression]
    lacks: tuple[str, ...]

    def decision(self, plan_wan: Wan) -> Floats:
        """What a plan decides now, in 亿元."""
        return np.array([plan_wan[cell] for cell in self.cells]) / WAN_PER_YI

    def scenarios(self, receipt_bps: Integers) -> Floats:
        """Upper bounds of the sampled rows for 到位率 [scenario, year, channel]."""
        years, channels = np.array(self.sampled).T
        came = self.full_yi * receipt_bps[:, years, channels] / BPS
        return np.asarray(np.maximum(came, self.least_yi), dtype=np.float64)

    @cached_property
    def measure(self) -> Callable[[Solved], Floats]:
        """缺口, weighted 滞后 and what rules lack (亿元) of a second stage."""
        shortfall, delay = ([(v.name, w) for v, w in aim.items()] for aim in self.aims)
        constants = [float(aim.constant) for aim in self.aims]

        def measured(solved: Solved) -> Floats:
            values = solved.values
            return np.array(
                [
                    constants[0] + sum(w * values[name] for name, w in shortfall),
                    constants[1] + sum(w * values[name] for name, w in delay),
                    sum(values[name] for name in self.lacks),
                ]
            )

        return measured


def stages(repaired: Repaired, plan_wan: Wan, years: int) -> Stages:
    """Lay out both stages of a solved repair; `plan_wan` is its plan in whole 万元."""
    case, limits = repaired.case, repaired.limits
    gates = repaired.lexicographic.solved.values
    cells = _now_cells(limits, years)
    first = build(case, limits)
    columns = [str(first.planned[cell].name) for cell in cells]
    second, aims, lacks, links, rows = _second(case, limits, cells)
    later = _loaded_second(second, gates, lacks, cells)
    full = [later.row_bounds(row)[1] for row in rows]
    sampled = [(second.places[row].year or 0, second.places[row].channel or 0) for row in rows]
    spent = (limits.past_wan * limits.scale_bps).sum(axis=2) / BPS / WAN_PER_YI
    return Stages(
        case=case,
        limits=limits,
        gates=gates,
        cells=cells,
        sampled=tuple(sampled),
        full_yi=np.array(full),
        least_yi=np.array([spent[place] for place in sampled]),
        problem=TwoStage(
            first=_loaded_first(first, gates, columns, [plan_wan[cell] for cell in cells]),
            second=later,
            columns=tuple(columns),
            links=tuple(links),
            sampled=tuple(rows),
        ),
        aims=aims,
        lacks=tuple(f"_lack_{row}" for row in lacks),
    )


def _now_cells(limits: RepairLimits, years: int) -> tuple[Cell, ...]:
    """统筹 cells of the years decided now."""
    now = limits.open.copy()
    now[limits.first_year + years :] = False
    return tuple((int(y), int(c), int(i)) for y, c, i in np.argwhere(now))


def _second(
    case: RepairCase, limits: RepairLimits, cells: tuple[Cell, ...]
) -> tuple[Draft, tuple[Expression, Expression], list[str], list[str], list[str]]:
    """The later model: its draft, aims, rows that may lack something, links and sampled rows."""
    draft = build(case, limits)
    aims = (EXPRESSIONS[Aim.SHORTFALL](draft), EXPRESSIONS[Aim.DELAY](draft))
    draft.model.setObjective(aims[0] + aims[1] * DELAY_WEIGHT)
    links = []
    for cell in cells:
        term = draft.planned[cell]
        links.append(f"decided_{term.name}")
        draft.model.addConstraint(term <= 0, links[-1])
    lacks = [row for row, place in draft.places.items() if place.rule in SOFT]
    lacks += [row.name for row in draft.model.constraints() if row.name.startswith("opens_")]
    rows = [row for row, place in draft.places.items() if place.rule == "voted_envelope"]
    return draft, aims, lacks, links, rows


def _loaded_first(
    draft: Draft, gates: Mapping[str, float], columns: list[str], near_wan: list[int]
) -> LoadedModel:
    """The model of now: a whole plan under every rule, as near to the repaired one as can be."""
    model = LoadedModel.of(draft.model)
    if model.has_integers:
        model.fix_integers_at(gates)
    for column, wan in zip(columns, near_wan, strict=True):
        apart, near = f"_apart_{column}", int(wan) / WAN_PER_YI
        model.add_column(apart, {}, cost=NEARNESS_WEIGHT)
        model.add_row(f"_up_{column}", {apart: 1.0, column: -1.0}, -near, None)
        model.add_row(f"_down_{column}", {apart: 1.0, column: 1.0}, near, None)
    return model


def _loaded_second(
    draft: Draft, gates: Mapping[str, float], lacks: list[str], cells: tuple[Cell, ...]
) -> LoadedModel:
    """A copy of the later model that has an answer to every decision and every scenario."""
    model = LoadedModel.of(draft.model)
    for row in lacks:
        _may_lack(model, row)
    for row in model.row_names:
        if row.startswith("known_"):
            model.set_row_bounds(row, None, None)  # a gate taken for closed gains nothing
    _as_it_comes(model, draft, cells)
    if model.has_integers:
        model.fix_integers_at(gates)
    return model


def _as_it_comes(model: LoadedModel, draft: Draft, cells: tuple[Cell, ...]) -> None:
    """Lift what holds of a decision from the years decided now: less money comes than was decided.

    What holds of an envelope is lifted from all years.
    """
    decided = {year for year, _, _ in cells}
    for row, place in draft.places.items():
        of_decision = place.rule in OF_THE_DECISION and place.year in decided
        if of_decision or place.rule in OF_THE_ENVELOPE:
            model.set_row_bounds(row, None, None)


def _may_lack(model: LoadedModel, row: str) -> None:
    low, _ = model.row_bounds(row)
    sign = 1.0 if low > -float("inf") else -1.0
    model.add_column(f"_lack_{row}", {row: sign}, cost=UNMET_WEIGHT)


def whole_hedge(stages: Stages, decision: Floats, *, seconds: float) -> tuple[Wan, bool] | None:
    """The plan whose money now is as decided and whose later years the aims make, in order.

    Whole 万元, a few 万元 a cell beside the decision where rounding needs it; and whether its later
    years are proven best. None where time did not do or no rounding was found.
    """
    ends = time.monotonic() + seconds
    for spare in (0, *SPARES_WAN):
        draft = build(stages.case, with_spare(stages.limits, spare))
        _hold(stages, draft, decision, 1 + 3 * spare)
        answer = solve_in_order(draft, seconds=max(1.0, ends - time.monotonic()))
        if not answer.reached:
            continue
        draft.limits = stages.limits
        try:
            plan = whole_plan(draft, answer.solved.values)
        except RoundingError:
            continue
        if not audit_repair(stages.case, plan):
            return plan, answer.state is SolveState.OPTIMAL
    return None


def _hold(stages: Stages, draft: Draft, decision: Floats, beside_wan: int) -> None:
    """Hold the money decided now, so many 万元 to either side."""
    for cell, amount in zip(stages.cells, decision.tolist(), strict=True):
        term = draft.planned[cell]
        if is_variable(term):
            beside = yi(beside_wan) if amount > yi(1) / 2 else 0.0  # nothing stays nothing
            low, high = amount - beside, max(amount, 0.0) + beside
            term.lowBound = max(low, term.lowBound or 0.0)
            term.upBound = max(high, term.lowBound)


def check_gates(
    stages: Stages,
    decision: Floats,
    scenarios: Floats,
    costs: Floats,
    *,
    most: int,
) -> GateCheck:
    """Solve the costliest scenarios again with exact integers: gates open when they can.

    Each with a set effort; `proven` counts those it was enough for.
    """
    rows = np.argsort(-costs, kind="stable")[:most]
    draft, _, lacks, _, _ = _second(stages.case, stages.limits, stages.cells)
    model = LoadedModel.of(draft.model)
    for row in lacks:
        if not row.startswith("opens_"):
            _may_lack(model, row)
    _as_it_comes(model, draft, stages.cells)
    worst, proven = 0.0, 0
    for scenario, cost in zip(scenarios[rows], costs[rows].tolist(), strict=True):
        for row, upper in zip(stages.problem.links, decision.tolist(), strict=True):
            model.set_row_bounds(row, None, upper)
        for row, upper in zip(stages.problem.sampled, scenario.tolist(), strict=True):
            model.set_row_bounds(row, None, upper)
        solved = model.solve(set_effort=True)
        if solved.objective is None:
            continue
        proven += solved.state is SolveState.OPTIMAL
        apart = cost - solved.objective
        worst = apart if abs(apart) > abs(worst) else worst
    return GateCheck(checked=len(rows), proven=proven, worst_wan=worst * WAN_PER_YI)
