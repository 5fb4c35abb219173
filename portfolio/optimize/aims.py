"""The aims of a repair as expressions, and solving them one after the other, each to proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import (
    NO_CEILING,
    ceiling_wan,
    conversion_bps,
    wanted_wan,
    weights,
)
from portfolio.model.reallocation.settings import Aim
from portfolio.optimize.limit import Limit
from portfolio.optimize.model import AIM_CEILING, AIM_SHORTFALL, Draft, item_years, yi
from portfolio.optimize.reschedule import as_moved
from portfolio.optimize.solver import (
    SEED,
    Expression,
    Model,
    Solved,
    SolveState,
    Term,
    added,
    is_variable,
    solve,
    total,
    variable,
)
from portfolio.optimize.warm_model import LoadedModel

#: An aim once reached may be worsened by a hundredth of a 万元 (and a thousand-millionth of itself)
#: while the next is made small: ten times the solver's own tolerance, below which the row could not
#: be held at all. A whole 万元 would be too much: with it capital buys loans many times as large,
#: or a gate opens, and the next aim gains what nobody wanted to pay for.
HELD_YI = 0.01 / WAN_PER_YI
HELD_PART = 1e-9
#: Weight of the aims already reached beside the one at hand: using up what the rows above leave
#: open then never pays.
KEPT = 50.0
#: Part of the time, and seconds at the least, after which a search without a proof begins anew with
#: other random numbers. Inside a heuristic of its own HiGHS may hardly move, and looks at nothing
#: but the clock; another start then has its proof in a few seconds.
ANEW, ANEW_SECONDS = 0.25, 20.0
#: Part of the time in which ways to move items are searched; the rest is for those already found.
SEARCHED = 0.8


@dataclass(frozen=True, kw_only=True)
class Reached:
    """An aim as the solver left it: value and bound in 亿元 (weighted for 滞后)."""

    aim: Aim
    value: float
    bound: float | None
    proven: bool
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """What 调整量 + rate × 滞后 came to, in 亿元, where both are made small together."""

    value: float
    bound: float | None
    proven: bool


@dataclass(frozen=True, kw_only=True)
class Lexicographic:
    """What making the aims small came to: the last solution, and each aim's value.

    weighing : where aims were weighed against each other; None where each was taken by itself
    """

    state: SolveState
    solved: Solved
    reached: tuple[Reached, ...]
    weighing: Weighing | None = None


def shortfall(draft: Draft) -> Expression:
    """Converted money the years lack of what is wanted or have above their ceiling, summed."""
    factors, wanted = conversion_bps(draft.case.portfolio), wanted_wan(draft.case)
    most = ceiling_wan(draft.case)
    lacking: list[Term] = []
    for year in range(PLAN_YEARS):
        made = _counted(draft, year) * (int(factors[year]) / BPS)
        if wanted[year]:
            lack = variable(draft.model, f"S_{draft.case.calendar.first_year + year}")
            row = lack + made >= yi(wanted[year])
            draft.model.addConstraint(
                row, f"{AIM_SHORTFALL}{draft.case.calendar.first_year + year}"
            )
            lacking.append(lack)
        if most[year] < NO_CEILING:
            above = variable(draft.model, f"X_{draft.case.calendar.first_year + year}")
            row = made - above <= yi(most[year])
            draft.model.addConstraint(row, f"{AIM_CEILING}{draft.case.calendar.first_year + year}")
            lacking.append(above)
    return total(lacking)


def _counted(draft: Draft, year: int) -> Expression:
    """Progress of a year: what is worked with, after facts as far as it counts."""
    items, after = range(len(draft.limits.budget_wan)), draft.case.after
    if after is None:
        return total(draft.worked[year, item] for item in items)
    before, counts = after.drawn_wan[year].sum(axis=0), after.counts_bps
    known = after.reached_wan[year].sum() - (before * counts).sum() / BPS
    later = (draft.worked[year, item] * (int(counts[item]) / BPS) for item in items)
    return total([float(known) / WAN_PER_YI, *later])


def delay(draft: Draft) -> Expression:
    """Money behind the baseline at the end of each year not past, weighted by class, summed."""
    baseline = np.cumsum(draft.limits.baseline_total_wan, axis=0)
    weight = weights(draft.case)
    behind: list[Term] = []
    for year, item in item_years(draft.limits):
        if not baseline[year, item] or isinstance(draft.reached[year, item], float):
            continue
        no = draft.case.portfolio.items[item].no
        late = variable(draft.model, f"D_{no}_{draft.case.calendar.first_year + year}")
        row = late + draft.reached[year, item] >= yi(baseline[year, item])
        draft.model.addConstraint(row, f"aim_delay_{no}_{draft.case.calendar.first_year + year}")
        behind.append(late * int(weight[item]))
    return total(behind)


def delay_year(name: str) -> int:
    """The calendar year of a variable of 滞后."""
    return int(name.rsplit("_", 1)[1])


def movement(draft: Draft) -> Expression:
    """统筹 money moved away from the baseline, up or down, summed.

    A cell is its baseline, more what is put on (`U_…`), less what is taken off (`V_…`).
    """
    limits = draft.limits
    moved: list[Term] = []
    for channel in np.flatnonzero(limits.pooled).tolist():
        for year, item in item_years(limits):
            term = draft.money((year, channel, item))
            before = yi(limits.baseline_wan[year, channel, item])
            if not is_variable(term):
                moved.append(abs(float(term) - before))
                continue
            moved += draft.change((year, channel, item))
    return total(moved)


EXPRESSIONS: dict[Aim, Callable[[Draft], Expression]] = {
    Aim.SHORTFALL: shortfall,
    Aim.DELAY: delay,
    Aim.MOVEMENT: movement,
}


def amount(expression: Expression, solved: Solved) -> float:
    """What an expression comes to in a solution."""
    parts = ((weight, solved.values.get(term.name, 0.0)) for term, weight in expression.items())
    return float(expression.constant) + added(weight * value for weight, value in parts)


def _attempt(draft: Draft, before: Solved, seconds: float, engine: str) -> Solved:
    """Solve for the aim at hand.

    Where start years are decisions too the search may run out of time without a plan, though
    `before` is one: then the best plan that moves items in time as that one does, unproven.
    """
    if not draft.choices:
        return _begun_anew(draft.model, seconds, engine)
    if not before.has_plan:
        return solve(draft.model, seconds=seconds, engine=engine)
    attempt = solve(draft.model, seconds=seconds * SEARCHED, engine=engine)
    if attempt.has_plan:
        return attempt
    with as_moved(draft, before.values):
        found = solve(draft.model, seconds=max(1.0, seconds - attempt.seconds), engine=engine)
    if not found.has_plan:
        return attempt
    spent = attempt.seconds + found.seconds
    return replace(found, state=SolveState.FEASIBLE, bound=None, seconds=spent)


def _begun_anew(model: Model, seconds: float, engine: str) -> Solved:
    """Solve; without a proof after a while, once more from another start. The better of both."""
    first = solve(model, seconds=min(seconds, max(seconds * ANEW, ANEW_SECONDS)), engine=engine)
    left = seconds - first.seconds
    if first.state not in (SolveState.FEASIBLE, SolveState.NOTHING) or left < 1.0:
        return first
    second = solve(model, seconds=left, seed=SEED + 1, engine=engine)
    spent = first.seconds + second.seconds
    if second.state not in (SolveState.FEASIBLE, SolveState.NOTHING):
        return replace(second, seconds=spent)
    bounds = [each.bound for each in (first, second) if each.bound is not None]
    best = min((first, second), key=lambda each: inf if each.objective is None else each.objective)
    return replace(best, bound=max(bounds, default=None), seconds=spent)


def held(value: float) -> float:
    """What an aim once reached may be worsened to while the next is made small."""
    return value + HELD_YI + abs(value) * HELD_PART


def solve_in_order(draft: Draft, *, seconds: float, engine: str = "highs") -> Lexicographic:
    """Make each aim small in the order of the settings, holding the earlier ones.

    `seconds` is for all of them together. Stops at the first aim without a plan.
    """
    ends = time.monotonic() + seconds
    reached: list[Reached] = []
    solved = Solved(state=SolveState.NOTHING, objective=None, bound=None, seconds=0.0)
    earlier: list[Expression] = []
    for aim in draft.case.settings.aims:
        expression = EXPRESSIONS[aim](draft)
        draft.model.setObjective(total([expression, *(KEPT * kept for kept in earlier)]))
        attempt = _attempt(draft, solved, max(1.0, ends - time.monotonic()), engine)
        if not attempt.has_plan:
            if not reached:
                return Lexicographic(state=attempt.state, solved=attempt, reached=())
            break
        solved = attempt
        value = amount(expression, attempt)
        # Whatever the earlier aims may still be worsened by is no part of this one's bound.
        held_back = KEPT * added(held(entry.value) for entry in reached)
        reached.append(
            Reached(
                aim=aim,
                value=value,
                bound=None if attempt.bound is None else attempt.bound - held_back,
                proven=attempt.state is SolveState.OPTIMAL,
                seconds=attempt.seconds,
            )
        )
        draft.model.addConstraint(expression <= held(value), f"held_{aim.name}")
        earlier.append(expression)
    proven = len(reached) == len(Aim) and all(entry.proven for entry in reached)
    state = SolveState.OPTIMAL if proven else SolveState.FEASIBLE
    return Lexicographic(state=state, solved=solved, reached=tuple(reached))


# --- The aims of a repair as a ladder of loaded models: rung k makes aim k small, the others held


#: How much (亿元) an aim may be worse than reached while the next is made small, gates settled:
#: a thousandth of a 万元, the solver's own tolerance.
TIGHT_YI = 1e-7


class NoAnswerError(Exception):
    """A rung has no proven optimum: no plan, or nothing left of the limit."""

    def __init__(self, state: SolveState) -> None:
        super().__init__(f"no proven optimum: {state}")
        self.state = state


@dataclass(frozen=True, kw_only=True)
class Cost:
    """An aim as the solver takes it: coefficients by variable, and a constant."""

    terms: Mapping[str, float]
    constant: float

    @staticmethod
    def of(expression: Expression) -> Cost:
        """Read off an expression."""
        terms = {term.name: float(weight) for term, weight in expression.items()}
        return Cost(terms=terms, constant=float(expression.constant))

    @staticmethod
    def sum(parts: Iterable[tuple[Cost, float]]) -> Cost:
        """Costs with their weights, added."""
        terms: dict[str, float] = {}
        constant = 0.0
        for cost, weight in parts:
            constant += weight * cost.constant
            for name, entry in cost.terms.items():
                terms[name] = terms.get(name, 0.0) + weight * entry
        return Cost(terms=terms, constant=constant)

    def at(self, values: Mapping[str, float]) -> float:
        """What it comes to in a solution."""
        return self.constant + added(w * values.get(name, 0.0) for name, w in self.terms.items())


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Aims in order, each with its model; rows of aims not held yet are free.

    aims : as far as 缺口 and 滞后 need them: a 调整量 behind both is left out
    """

    aims: tuple[Aim, ...]
    costs: tuple[Cost, ...]
    rungs: tuple[LoadedModel, ...]

    @staticmethod
    def of(draft: Draft) -> Ladder:
        """Load a draft without aims; the aims' rows are laid on it."""
        aims = list(draft.case.settings.aims)
        if aims[-1] is Aim.MOVEMENT:
            aims.pop()
        costs = tuple(Cost.of(EXPRESSIONS[aim](draft)) for aim in aims)
        rungs = tuple(LoadedModel.of(draft.model) for _ in aims)
        for rung, loaded in enumerate(rungs):
            loaded.set_objective(costs[rung].terms, costs[rung].constant)
            for below in range(rung):
                if costs[below].terms:
                    loaded.add_row(f"held_{below}", costs[below].terms, None, None)
        return Ladder(aims=tuple(aims), costs=costs, rungs=rungs)

    def hold(self, rung: int, below: int, value: float, slack: float) -> None:
        """Hold an aim at a value while a later one is made small."""
        if self.costs[below].terms:
            most = value + slack - self.costs[below].constant
            self.rungs[rung].set_row_bounds(f"held_{below}", None, most)

    def loosen(self, row: str, change: float) -> None:
        """Give a row's bound so much more room (亿元; negative: less) than it has now."""
        for loaded in self.rungs:
            loosen(loaded, row, change)

    def fix_integers_at(self, values: Mapping[str, float]) -> None:
        """Settle the gates: what is left is a ladder of LPs."""
        for loaded in self.rungs:
            if loaded.has_integers:
                loaded.fix_integers_at(values)

    def free_integers(self) -> None:
        """Let gates be decided again."""
        for loaded in self.rungs:
            if loaded.has_integers:
                loaded.free_integers()

    def climb(
        self, limit: Limit, *, tight: bool = True, floors: Mapping[Aim, float] | None = None
    ) -> tuple[Solved, ...]:
        """Make every aim small in its turn.

        Parameters
        ----------
        limit
            For all rungs together.
        tight
            Hold the aims as exactly as an LP can; a model with integers needs more room.
        floors
            What of an aim is good enough (亿元): it counts as reached no lower, and is held there.

        Raises
        ------
        NoAnswerError
            A rung was not solved to its end.
        """
        found: list[Solved] = []
        for rung, loaded in enumerate(self.rungs):
            for below, solved in enumerate(found):
                value = reached(solved)
                self.hold(rung, below, value, TIGHT_YI if tight else held(value) - value)
            solved = limit.solve(loaded)
            if solved.state is not SolveState.OPTIMAL:
                # What an earlier aim reached can be held: no plan now is the solver's trouble.
                raise NoAnswerError(SolveState.NOTHING if found else solved.state)
            floor = (floors or {}).get(self.aims[rung])
            if floor is not None and floor > reached(solved):
                solved = replace(solved, objective=floor)
            found.append(solved)
        return tuple(found)


def reached(solved: Solved) -> float:
    """Value of a solve that has a plan."""
    if solved.objective is None:
        raise ValueError("no plan, no value")
    return solved.objective


def gains(before: Sequence[Solved], after: Sequence[Solved]) -> tuple[float, ...]:
    """By how much each aim is smaller after."""
    return tuple(reached(b) - reached(a) for b, a in zip(before, after, strict=True))


def loosen(loaded: LoadedModel, row: str, change: float) -> None:
    """Move a row's bounds outwards; negative: inwards."""
    low, high = loaded.row_bounds(row)
    endless = float("inf")
    loaded.set_row_bounds(
        row,
        None if low == -endless else low - change,
        None if high == endless else high + change,
    )
