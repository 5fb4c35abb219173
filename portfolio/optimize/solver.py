"""The only file that knows PuLP: models, variables, and an honest verdict on a solve.

PuLP calls a solve at its time limit “Optimal”, “unbounded or infeasible” infeasible, and variables
hold numbers even where there is no solution. Here HiGHS' own status is read, a value counts as
optimal only with a bound that proves it, and values are read only where there is a solution.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from typing import Any, TypeAlias

import pulp

from portfolio.optimize.foreign_output import kept_off_stdout

Model: TypeAlias = pulp.LpProblem
Variable: TypeAlias = pulp.LpVariable
Expression: TypeAlias = pulp.LpAffineExpression
Constraint: TypeAlias = pulp.LpConstraint
#: An expression, a variable or a number; PuLP is untyped.
Term: TypeAlias = Any

#: Fixed, so that one input gives one plan with one version of HiGHS.
SEED = 20_210_101
#: How far from whole an integer may be. A gate's rows carry the money of an item, up to thousands
#: of 亿元: with HiGHS' own millionth a gate taken for closed would hide some 10 万元.
INTEGRAL = 1e-9
#: A plan is proven best when its bound is this near, relative to the objective.
PROVEN = 1e-6
#: HiGHS writes “no bound” as infinity; anything this large is meant so.
UNLIMITED = 1e20
#: HiGHS went wrong and noticed: presolve is usually to blame.
LOST = ("kUnknown", "kSolveError", "kNotset", "kPresolveError", "kPostsolveError")
#: What PuLP adds to a model without an objective.
DUMMY = "__dummy"
#: Looks of HiGHS whether to end times variables, where a search has a set effort: 24 looks and about
#: 10 s for 58 items on an idle machine. So many looks at the least.
LOOKS, FEWEST_LOOKS = 200_000, 3
#: Where the wheel of PuLP has CBC.
CBC = pulp.PULP_CBC_CMD.pulp_cbc_path
#: HiGHS' word for a point that satisfies everything (kSolutionStatusFeasible).
FEASIBLE_POINT = 2


class SolveState(StrEnum):
    """What a solve can say."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"  # stopped early with a plan in hand
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    NOTHING = "nothing"  # stopped early without a plan


@dataclass(frozen=True, kw_only=True)
class Solved:
    """What came of a solve.

    objective, bound : of the minimised objective; None where there is none
    values : by variable name, empty where there is no solution
    """

    state: SolveState
    objective: float | None
    bound: float | None
    seconds: float
    values: dict[str, float] = field(default_factory=dict)

    @property
    def has_plan(self) -> bool:
        """Whether there is a solution to read."""
        return self.state in (SolveState.OPTIMAL, SolveState.FEASIBLE)


def new_model(name: str) -> Model:
    """A model that minimises (dual signs differ between solvers when maximising)."""
    return pulp.LpProblem(name, pulp.LpMinimize)


def variable(
    model: Model,
    name: str,
    low: float | None = 0.0,
    high: float | None = None,
    *,
    kind: str = "Continuous",
) -> Variable:
    """A variable of a model; `kind` is Continuous, Integer or Binary. Names are ASCII and unique."""
    return model.add_variable(name, low, high, kind)


def is_variable(term: Term) -> bool:
    """Whether a term is decided by the solver, not given."""
    return isinstance(term, pulp.LpVariable)


def total(parts: Iterable[Expression | Variable | float]) -> Expression:
    """Sum of terms."""
    return pulp.lpSum(parts)


def added(numbers: Iterable[float]) -> float:
    """Sum of numbers, one by one in their order.

    From Python 3.12 on `sum` makes good what such a sum loses. A last digit of a row's bound turns a
    search that ends after so many looks elsewhere: one case would have two plans.
    """
    found = 0.0
    for number in numbers:
        found += number
    return found


def solver_version() -> str:
    """Name and version of what solves, for the record."""
    return f"HiGHS {version('highspy')} / PuLP {pulp.__version__}"


@kept_off_stdout()
def solve(
    model: Model,
    *,
    seconds: float | None = None,
    relative_gap: float = 0.0,
    looks: int | None = None,
    seed: int = SEED,
    engine: str = "highs",
) -> Solved:
    """Solve a model with HiGHS (or CBC, used only to check HiGHS) and say what is known.

    `looks` ends a search for integers once HiGHS has looked so often whether it should end: a
    measure of its work, so the same answer on a fast, a slow and a busy machine.
    """
    begun = time.monotonic()
    if engine == "cbc":
        tool = pulp.COIN_CMD(path=CBC, msg=False, timeLimit=seconds, gapRel=relative_gap or None)
    else:
        tool = pulp.HiGHS(
            msg=False,
            timeLimit=seconds,
            gapRel=relative_gap,
            threads=1,
            random_seed=seed,
            mip_abs_gap=0.0,
            mip_feasibility_tolerance=INTEGRAL,
            **_after(looks),
        )
    status = model.solve(tool)
    spent = time.monotonic() - begun
    if engine == "cbc":
        state = _state(status, model.sol_status)
        least = None
    else:
        if solved_again(model.solverModel, integers=model.isMIP()):
            tool.findSolutionValues(model)
        state = verdict(model.solverModel, integers=model.isMIP())
        least = lower_bound(model.solverModel, integers=model.isMIP())
    if state not in (SolveState.OPTIMAL, SolveState.FEASIBLE):
        return Solved(state=state, objective=None, bound=None, seconds=spent)
    objective, constant = _objective(model)
    if least is not None:
        least += constant
    elif state is SolveState.OPTIMAL and not (relative_gap and model.isMIP()):
        least = objective
    if least is None or objective - least > PROVEN * max(1.0, abs(objective)):
        state = SolveState.FEASIBLE  # within the gap asked for is not proven
    return Solved(
        state=state,
        objective=objective,
        bound=least,
        seconds=spent,
        values={v.name: float(v.value() or 0.0) for v in model.variables() if v.name != DUMMY},
    )


def _after(looks: int | None) -> dict[str, Any]:
    """What makes HiGHS end after so many looks, as PuLP takes it."""
    if looks is None:
        return {}
    kinds = pulp.HiGHS.hscb.HighsCallbackType
    return {
        "callbackTuple": (ends_after(looks), None),
        "callbacksToActivate": [kinds.kCallbackMipInterrupt],
    }


def ends_after(looks: int) -> Callable[[Any, str, Any, Any, Any], None]:
    """What HiGHS calls when it looks whether to end: the last look ends it.

    Its limit of nodes is none here: these searches may spend all their time before the first.
    """
    looked = itertools.count(1)

    def look(_kind: Any, _text: str, _told: Any, answer: Any, _data: Any) -> None:
        if next(looked) >= looks:
            answer.user_interrupt = True

    return look


def set_looks(columns: int) -> int:
    """Looks of a search with a set effort: fewer in a large model, where one takes longer."""
    return max(FEWEST_LOOKS, round(LOOKS / max(1, columns)))


def solved_again(highs: Any, *, integers: bool) -> bool:
    """Solve from scratch and without presolve what HiGHS may have got wrong; whether it did.

    That is a solve it calls failed itself, and integers it calls infeasible: the presolve of
    HiGHS 1.13 is known to lose the last solution of a model with integers.
    """
    said = highs.getModelStatus().name
    if said not in LOST and not (integers and said == "kInfeasible"):
        return False
    highs.clearSolver()
    highs.setOptionValue("presolve", "off")
    highs.run()
    highs.setOptionValue("presolve", "choose")
    if highs.getModelStatus().name == "kNotset":
        raise RuntimeError("HiGHS did not run")
    return True


def verdict(highs: Any, *, integers: bool) -> SolveState:
    """What a HiGHS object knows after a run, by its own words rather than PuLP's.

    An LP stopped early may hold a point that breaks rows: only a point HiGHS calls feasible is a
    plan. “Unbounded” of a relaxation says nothing of the integers, so that is looked into.
    """
    said = highs.getModelStatus().name
    if said == "kOptimal" or (said == "kModelEmpty" and _holds_empty(highs)):
        return SolveState.OPTIMAL
    if said in ("kInfeasible", "kModelEmpty"):
        return SolveState.INFEASIBLE
    if said == "kUnboundedOrInfeasible" or (said == "kUnbounded" and integers):
        return _unbounded_or_infeasible(highs)
    if said == "kUnbounded":
        return SolveState.UNBOUNDED
    stands = highs.getInfo().primal_solution_status == FEASIBLE_POINT
    return SolveState.FEASIBLE if stands else SolveState.NOTHING


def lower_bound(highs: Any, *, integers: bool) -> float | None:
    """The bound HiGHS proved for a model with integers; an LP stopped early has none to show."""
    if not integers:
        return None
    bound = float(highs.getInfo().mip_dual_bound)
    return bound if abs(bound) < UNLIMITED else None


def _holds_empty(highs: Any) -> bool:
    """Whether rows without any variable hold; HiGHS doesn't look."""
    rows = highs.getLp()
    return all(low <= 0 <= high for low, high in zip(rows.row_lower_, rows.row_upper_, strict=True))


def _unbounded_or_infeasible(highs: Any) -> SolveState:
    """Tell the two apart: without an objective nothing is unbounded. Costs are put back."""
    costs = list(highs.getLp().col_cost_)
    for column in range(len(costs)):
        highs.changeColCost(column, 0.0)
    highs.run()
    said = highs.getModelStatus().name
    for column, cost in enumerate(costs):
        highs.changeColCost(column, cost)
    if said == "kOptimal":
        return SolveState.UNBOUNDED
    return SolveState.INFEASIBLE if said == "kInfeasible" else SolveState.NOTHING


def _state(status: int, solution: int) -> SolveState:
    """What CBC said; of integers with an unbounded relaxation it says unbounded."""
    if status == pulp.LpStatusInfeasible:
        return SolveState.INFEASIBLE
    if status == pulp.LpStatusUnbounded:
        return SolveState.UNBOUNDED
    if status == pulp.LpStatusOptimal and solution == pulp.LpSolutionOptimal:
        return SolveState.OPTIMAL
    if solution in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return SolveState.FEASIBLE
    return SolveState.NOTHING


def _objective(model: Model) -> tuple[float, float]:
    """The objective's value and its constant, which HiGHS isn't told."""
    if model.objective is None:
        return 0.0, 0.0
    return float(pulp.value(model.objective) or 0.0), float(model.objective.constant)
