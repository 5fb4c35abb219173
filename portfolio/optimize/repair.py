"""Repair a plan: build the model, make the aims small in order, round to whole 万元, audit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from portfolio.model.audit.play import Breach
from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.money import WAN_PER_YI, Wan
from portfolio.model.reallocation.aims import aim_values
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import RepairLimits, derive_repair, with_spare
from portfolio.model.reallocation.result import FewestCells, Stage, Verdict
from portfolio.optimize.aims import Lexicographic, solve_in_order
from portfolio.optimize.least_move import without_small_moves
from portfolio.optimize.model import Draft
from portfolio.optimize.rounding import RoundingError, counted, fewest_cells, whole_plan
from portfolio.optimize.rules import build
from portfolio.optimize.solver import SolveState

#: Kept free at every bound (万元) where the exact optimum can't be rounded: 0.001 to 0.01 亿元.
SPARES_WAN = (3, 10, 100)
#: Where that leaves no plan either: so far from the optimum itself; loans as many times as far as
#: they multiply capital.
APART_WAN = 3


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """A repair as solved.

    draft, lexicographic : the model with every rule and the solver's answer, for what asks on
    plan_wan : int64[15, channel, item], None where there is no plan
    breaches : what the audit says of the plan; not empty means a defect
    """

    case: RepairCase
    limits: RepairLimits
    draft: Draft
    lexicographic: Lexicographic
    verdict: Verdict
    stages: tuple[Stage, ...]
    plan_wan: Wan | None
    fewest: FewestCells | None
    breaches: tuple[Breach, ...]


#: A search with a set effort may take so many times the limit of the aims: a busy machine is slow.
GUARD = 6.0


def repair(
    case: RepairCase, *, seconds: float = 120.0, cells_seconds: float | None = 0.0
) -> Repaired:
    """Repair a case's plan within a time limit; the verdict says what is known of the answer.

    “已证最优” needs every aim solved to proof and an empty audit of the whole-number plan. A plan
    with few changed cells is sought for `cells_seconds` more, None for a set effort: the same plan
    on every machine.
    """
    ends = time.monotonic() + seconds
    limits = derive_repair(case)
    draft = build(case, limits)
    answer = solve_in_order(draft, seconds=seconds)
    if not answer.reached:
        verdict = Verdict.INFEASIBLE if answer.state is SolveState.INFEASIBLE else Verdict.UNPROVEN
        return Repaired(
            case=case,
            limits=limits,
            draft=draft,
            lexicographic=answer,
            verdict=verdict,
            stages=(),
            plan_wan=None,
            fewest=None,
            breaches=(),
        )
    plan, fewest = _with_few_cells(draft, answer, cells_seconds, GUARD * seconds)
    breaches = () if plan is None else audit_repair(case, plan)
    best = answer.state is SolveState.OPTIMAL
    if plan is None or breaches:
        plan, breaches, best = _audited(draft, answer, seconds=max(10.0, ends - time.monotonic()))
    if not breaches and not case.reschedule:
        plan = without_small_moves(case, limits, plan, seconds=seconds)
    values = aim_values(case, plan)
    stages = tuple(
        Stage(
            aim=entry.aim,
            value_wan=values[entry.aim],
            bound_wan=None if entry.bound is None else max(0.0, entry.bound * WAN_PER_YI),
            proven=entry.proven,
            seconds=entry.seconds,
        )
        for entry in answer.reached
    )
    proven = answer.state is SolveState.OPTIMAL and best and not breaches
    return Repaired(
        case=case,
        limits=limits,
        draft=draft,
        lexicographic=answer,
        verdict=Verdict.PROVEN if proven else Verdict.UNPROVEN,
        stages=stages,
        plan_wan=plan,
        fewest=None if fewest is None else counted(fewest, draft, plan),
        breaches=breaches,
    )


def _with_few_cells(
    draft: Draft, answer: Lexicographic, seconds: float | None, guard: float
) -> tuple[Wan | None, FewestCells | None]:
    """A plan with few changed cells, None where it can't be rounded (or nothing is sought)."""
    complete = len(answer.reached) == len(draft.case.settings.aims)
    if seconds == 0 or not complete:
        return None, None
    solved, fewest = fewest_cells(draft, answer, seconds=seconds, guard=guard)
    try:
        return whole_plan(draft, solved.values), fewest
    except RoundingError:
        return None, fewest


def _audited(
    draft: Draft, answer: Lexicographic, *, seconds: float
) -> tuple[Wan, tuple[Breach, ...], bool]:
    """The first rounding that keeps every rule; of none, the last with what it breaks.

    Last, whether it is a rounding of an optimum: inside the rules time may end before there is one.
    """
    last: tuple[Wan, tuple[Breach, ...], bool] | None = None
    for plan, best in _roundings(draft, answer, seconds):
        last = plan, audit_repair(draft.case, plan), best
        if not last[1]:
            break
    if last is None:
        raise RoundingError("no whole-number plan near the solver's")
    return last


def _roundings(draft: Draft, answer: Lexicographic, seconds: float) -> Iterator[tuple[Wan, bool]]:
    """Whole 万元: right beside the optimum, then the optimum a few 万元 inside the rules, then near it."""
    best = answer.state is SolveState.OPTIMAL
    with suppress(RoundingError):
        yield whole_plan(draft, answer.solved.values), best
    for spare in SPARES_WAN:
        inside = build(draft.case, with_spare(draft.limits, spare))
        nearer = solve_in_order(inside, seconds=seconds)
        if nearer.reached:
            inside.limits = draft.limits
            with suppress(RoundingError):
                plan = whole_plan(inside, nearer.solved.values)
                yield plan, nearer.state is SolveState.OPTIMAL
    with suppress(RoundingError):
        yield whole_plan(draft, answer.solved.values, apart=APART_WAN), best
