"""Repair a plan: build the model, make its goals small, few moves, round to whole 万元, audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from portfolio.model.audit.play import Breach
from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.money import BPS, WAN_PER_YI, Wan
from portfolio.model.reallocation.aims import aim_values
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import RepairLimits, derive_repair, with_spare
from portfolio.model.reallocation.result import FewestCells, Stage, Verdict, Weighed
from portfolio.model.reallocation.settings import Aim, RepairSettings
from portfolio.optimize.aims import Lexicographic, Reached
from portfolio.optimize.least_move import without_small_moves
from portfolio.optimize.limit import Effort
from portfolio.optimize.model import Draft
from portfolio.optimize.rounding import RoundingError, counted, whole_plan
from portfolio.optimize.rules import build
from portfolio.optimize.solver import Solved, SolveState
from portfolio.optimize.ways.at_most import at_most
from portfolio.optimize.ways.few_moves import few_again, few_moves
from portfolio.optimize.ways.weighed import Climbed, Laid, climb, climb_again, goals_of, told

#: Kept free at every bound (万元) where the exact optimum can't be rounded: 0.001 to 0.01 亿元.
SPARES_WAN = (3, 10, 100)
#: Where that leaves no plan either: so far from the optimum itself; loans as many times as far as
#: they multiply capital.
APART_WAN = 3


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """A repair as solved.

    laid, lexicographic : the model with every rule and the solver's answer, for what asks on
    values : by variable, what was rounded to the plan
    weighed : 调整量 and 滞后 together, where they are made small together
    plan_wan : int64[15, channel, item], None where there is no plan
    breaches : what the audit says of the plan; not empty means a defect
    """

    case: RepairCase
    limits: RepairLimits
    laid: Laid
    lexicographic: Lexicographic
    verdict: Verdict
    stages: tuple[Stage, ...]
    weighed: Weighed | None
    plan_wan: Wan | None
    fewest: FewestCells | None
    breaches: tuple[Breach, ...]
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def draft(self) -> Draft:
        """The model with every rule."""
        return self.laid.draft


def repair(case: RepairCase, *, seconds: float | None = None, few: bool = True) -> Repaired:
    """Repair a case's plan; the verdict says what is known of the answer.

    “已证最优” needs every goal solved to proof and an empty audit of the whole-number plan. With
    `few` a plan that moves few cells is sought among those that will do. `seconds` are for the
    goals; without them a set effort: one case gives one plan on every machine.
    """
    limits = derive_repair(case)
    laid = Laid.of(build(case, limits))
    return repaired(laid, limits, case.settings, seconds=seconds, few=few)


def repaired(
    laid: Laid,
    limits: RepairLimits,
    settings: RepairSettings,
    *,
    seconds: float | None = None,
    few: bool = True,
) -> Repaired:
    """As `repair`, of a model already laid: another way of weighing begins where one has ended."""
    case, draft, effort = laid.draft.case, laid.draft, Effort.of(seconds)
    climbed = climb(laid, goals_of(settings), effort)
    answer = told(laid, climbed)
    without = Repaired(
        case=case, limits=limits, laid=laid, lexicographic=answer, verdict=Verdict.NONE_FOUND,
        stages=(), weighed=None, plan_wan=None, fewest=None, breaches=(),
    )  # fmt: skip
    if answer.state is SolveState.INFEASIBLE:
        return replace(without, verdict=Verdict.INFEASIBLE)
    if not answer.reached:
        return without
    plan, fewest, values_of = None, None, None
    if few and len(climbed.found) == len(climbed.goals):
        plan, fewest, values_of = _with_few_cells(laid, climbed, effort)
    breaches = () if plan is None else audit_repair(case, plan)
    best = answer.state is SolveState.OPTIMAL
    if plan is None or breaches:
        try:
            plan, breaches, best = _audited(draft, answer, climbed, effort)
        except RoundingError:
            return without
    if not breaches and not case.reschedule:
        plan = without_small_moves(laid, climbed, plan, settings, effort)
    values = aim_values(case, plan)
    proven = answer.state is SolveState.OPTIMAL and best and not breaches
    return Repaired(
        case=case,
        limits=limits,
        laid=laid,
        lexicographic=answer,
        verdict=Verdict.PROVEN if proven else Verdict.UNPROVEN,
        stages=tuple(_stage(entry, values) for entry in answer.reached),
        weighed=_weighed(answer, settings, values),
        plan_wan=plan,
        fewest=None if fewest is None else counted(fewest, draft, plan),
        breaches=breaches,
        values=answer.solved.values if values_of is None else values_of,
    )


def few_at_most(full: Repaired, settings: RepairSettings, most: int) -> tuple[Repaired, int] | None:
    """The best repair found of at most so many moves, and how many it was allowed.

    More than asked for where the rules themselves need more. None where none was found.
    """
    found = at_most(full.laid, most, full.values)
    if found is None:
        return None
    case = full.case
    try:
        plan = whole_plan(full.draft, dict(found.values))
    except RoundingError:
        return None
    breaches = audit_repair(case, plan)
    if breaches:
        return None
    few = replace(with_plan(full, plan, settings), values=found.values)
    return few, found.allowed


def with_plan(full: Repaired, plan_wan: Wan, settings: RepairSettings) -> Repaired:
    """The same repair with another plan that keeps every rule, of which nothing is proven."""
    values = aim_values(full.case, plan_wan)
    stages = tuple(
        Stage(aim=aim, value_wan=values[aim], bound_wan=None, proven=False, seconds=0.0)
        for aim in settings.aims
    )
    return replace(
        full, verdict=Verdict.UNPROVEN, stages=stages, weighed=None, plan_wan=plan_wan, fewest=None
    )


def _stage(entry: Reached, values: dict[Aim, int]) -> Stage:
    return Stage(
        aim=entry.aim,
        value_wan=values[entry.aim],
        bound_wan=None if entry.bound is None else max(0.0, entry.bound * WAN_PER_YI),
        proven=entry.proven,
        seconds=entry.seconds,
    )


def _weighed(
    answer: Lexicographic, settings: RepairSettings, values: dict[Aim, int]
) -> Weighed | None:
    """调整量 and 滞后 at their rate, of the plan in whole 万元 beside the least there is."""
    found = answer.weighing
    if found is None:
        return None
    return Weighed(
        value_wan=values[Aim.MOVEMENT] + values[Aim.DELAY] * settings.delay_rate_bps // BPS,
        least_wan=None if found.bound is None else max(0.0, found.bound * WAN_PER_YI),
        proven=found.proven,
    )


def _with_few_cells(
    laid: Laid, climbed: Climbed, effort: Effort
) -> tuple[Wan | None, FewestCells | None, Mapping[str, float] | None]:
    """A plan with few changed cells, rounded; where it can't be, one a few 万元 inside the rules.

    With what is known of the fewest, and the plan by variable.
    """
    limits, known = laid.draft.limits, None
    before: Solved | None = None
    for spare in (0, SPARES_WAN[1]):
        if spare:
            laid = Laid.of(build(laid.draft.case, with_spare(limits, spare)))
            again = few_again(laid, climbed, before) if before else None
            plan = _rounded_by(limits, laid, again) if again else None
            if again and plan is not None:
                return plan, known, again.values
            climbed = climb_again(laid, climbed, effort)
            if len(climbed.found) < len(climbed.goals):
                break
        sought = few_moves(laid, climbed)
        if sought is None:
            break
        before, fewest = sought
        known = known or fewest
        plan = _rounded_by(limits, laid, before)
        if plan is not None:
            return plan, known, before.values
    return None, known, None


def _rounded_by(limits: RepairLimits, laid: Laid, solved: Solved) -> Wan | None:
    """A plan in whole 万元 by the case's own limits, whatever the model keeps free; None without one."""
    inside = laid.draft.limits
    laid.draft.limits = limits
    try:
        return whole_plan(laid.draft, dict(solved.values))
    except RoundingError:
        return None
    finally:
        laid.draft.limits = inside


def _audited(
    draft: Draft, answer: Lexicographic, climbed: Climbed, effort: Effort
) -> tuple[Wan, tuple[Breach, ...], bool]:
    """The first rounding that keeps every rule; of none, the last with what it breaks.

    Last, whether it is a rounding of an optimum: inside the rules time may end before there is one.
    """
    last: tuple[Wan, tuple[Breach, ...], bool] | None = None
    for plan, best in _roundings(draft, answer, climbed, effort):
        last = plan, audit_repair(draft.case, plan), best
        if not last[1]:
            break
    if last is None:
        raise RoundingError("no whole-number plan near the solver's")
    return last


def _roundings(
    draft: Draft, answer: Lexicographic, climbed: Climbed, effort: Effort
) -> Iterator[tuple[Wan, bool]]:
    """Whole 万元: right beside the optimum, then the optimum a few 万元 inside the rules, then near it."""
    best = answer.state is SolveState.OPTIMAL
    with suppress(RoundingError):
        yield whole_plan(draft, answer.solved.values), best
    for spare in SPARES_WAN:
        inside = Laid.of(build(draft.case, with_spare(draft.limits, spare)))
        nearer = told(inside, climb_again(inside, climbed, effort))
        if nearer.reached:
            inside.draft.limits = draft.limits
            with suppress(RoundingError):
                plan = whole_plan(inside.draft, nearer.solved.values)
                yield plan, nearer.state is SolveState.OPTIMAL
    with suppress(RoundingError):
        yield whole_plan(draft, answer.solved.values, apart=APART_WAN), best
