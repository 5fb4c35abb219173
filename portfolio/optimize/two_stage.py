"""Two stages: one decision now for all scenarios, the best answer to each of them later.

Cuts are sought between the best decision so far and the one the cuts make out (in-out separation,
Ben-Ameur and Neto 2007), for a few scenarios at a time; all of them are solved only where the cuts
already see no better decision.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from portfolio.model.arrays import Floats
from portfolio.model.two_stage import TOLERANCE_YI, Risk
from portfolio.optimize.cuts import Later, Master, Point
from portfolio.optimize.loaded import LoadedModel
from portfolio.optimize.solver import Solved, SolveState

#: How far from the best decision towards the promised one cuts are sought.
STEP = 0.3
#: Scenarios solved at a time.
BATCH = 10
#: All scenarios are solved where the cuts leave open this part of the tolerance, or of the gap.
PROMISING = 0.4
SETTLED = 0.02


@dataclass(frozen=True, kw_only=True)
class TwoStage:
    """The models of both stages; costs of the second are never below 0.

    first : decides now; its objective is what that costs by itself
    second : answers later; it has a solution for every decision and scenario
    columns : decisions of `first`, and `links` the rows of `second` they are the upper bounds of
    sampled : rows of `second` whose upper bounds are a scenario
    """

    first: LoadedModel
    second: LoadedModel
    columns: tuple[str, ...]
    links: tuple[str, ...]
    sampled: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Best:
    """A decision solved for all scenarios: objective, cost by itself, costs later by scenario."""

    value: float
    decision: Floats
    now: float
    costs: Floats


@dataclass(frozen=True, kw_only=True)
class Hedged:
    """What a search came to.

    state : optimal where bound and value are within the tolerance
    bound : no decision is better than this; None: none known
    start_value : objective of the start, where one was given
    """

    state: SolveState
    best: Best | None
    bound: float | None
    start_value: float | None
    rounds: int
    solves: int
    seconds: float


class LaterError(Exception):
    """A second stage has no solution: it must have one for every decision and scenario."""


@dataclass
class _Search:
    """A search under way."""

    problem: TwoStage
    master: Master
    ends: float
    tolerance: float
    centre: Point | None = None
    best: Best | None = None
    bound: float | None = None
    rounds: int = 0
    solves: int = 0
    turn: int = 0
    bases: dict[int, Any] = field(default_factory=dict)

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.ends - time.monotonic()

    @property
    def gap(self) -> float:
        """Value less bound."""
        if self.best is None or self.bound is None:
            return float("inf")
        return self.best.value - self.bound

    def known(self, now: float, decision: Floats) -> float:
        """What the cuts know of a decision's objective; never more than it is."""
        return now + self.master.risk.of(self.master.known_costs(decision), self.master.weights)


def hedge(
    problem: TwoStage,
    scenarios: Floats,
    weights: Floats,
    risk: Risk,
    *,
    start: Floats | None = None,
    seconds: float = 60.0,
    tolerance: float = TOLERANCE_YI,
) -> Hedged:
    """The decision with the least cost now and risk of costs later, proven within a tolerance.

    The models are used up: a second search needs new ones.

    Parameters
    ----------
    scenarios : float[scenario, sampled row] upper bounds; weights sum to 1
    start : a decision known to be possible that costs nothing by itself
    """
    begun = time.monotonic()
    master = Master(problem.first, problem.columns, scenarios, weights, risk)
    search = _Search(problem, master, begun + seconds, tolerance)
    state, start_value = _begin(search, start)
    here = None if search.centre is None else search.centre.decision
    while here is not None and search.gap > tolerance and search.left > 0:
        here = _round(search, here)
    _last_look(search)
    if search.best is not None:
        state = SolveState.OPTIMAL if search.gap <= tolerance else SolveState.FEASIBLE
    return Hedged(
        state=state,
        best=search.best,
        bound=search.bound,
        start_value=start_value,
        rounds=search.rounds,
        solves=search.solves,
        seconds=time.monotonic() - begun,
    )


def _begin(search: _Search, start: Floats | None) -> tuple[SolveState, float | None]:
    """Solve the start for all scenarios, without one the first stage's own best decision."""
    master = search.master
    if start is not None:
        costs = np.zeros(len(master.scenarios))
        search.centre = Point(decision=start, now=0.0, costs=costs, bound=None)
        return SolveState.OPTIMAL, _solve_all(search, start, 0.0)
    state, search.centre = master.solve(np.zeros(len(master.columns)), search.left)
    if search.centre is not None:
        _solve_all(search, search.centre.decision, search.centre.now)
    return state, None


def _round(search: _Search, here: Floats) -> Floats | None:
    """Ask the cuts for a decision, look between it and the centre; None where time is up."""
    master, centre = search.master, search.centre
    _, point = master.solve(here, search.left)
    if point is None or centre is None:
        return None
    search.rounds += 1
    if point.bound is not None:
        search.bound = max(point.bound, point.bound if search.bound is None else search.bound)
    decision = centre.decision + STEP * (point.decision - centre.decision)
    # What a decision costs by itself is convex, so this is never too little.
    now = centre.now + STEP * (point.now - centre.now)
    rows = _batch(search, decision)
    _solve(search, decision, rows)
    if search.known(now, decision) < search.known(centre.now, centre.decision):
        search.centre = replace(point, decision=decision, now=now)
    centre = search.centre or point
    open_part = search.known(centre.now, centre.decision) - (search.bound or 0.0)
    if open_part <= max(PROMISING * search.tolerance, search.gap * SETTLED):
        _solve_all(search, centre.decision, centre.now)
        return centre.decision
    return decision


def _batch(search: _Search, decision: Floats) -> list[int]:
    """Scenarios to solve next, in turn: half of them from the worst part, which weighs most."""
    master = search.master
    count = len(master.scenarios)
    order = np.argsort(-master.known_costs(decision), kind="stable")
    worst = max(1, math.ceil((1 - master.risk.alpha) * count))
    half = BATCH // 2 if master.risk.weight else 0
    rows = [int(order[(search.turn + k) % worst]) for k in range(half)]
    rows += [(search.turn + k) % count for k in range(BATCH - half)]
    search.turn += BATCH - half
    return sorted(set(rows))


def _last_look(search: _Search) -> None:
    """Where time was up, the centre may still be better than the best decision solved in full."""
    centre, best = search.centre, search.best
    if centre is None or best is None or search.gap <= search.tolerance:
        return
    if search.known(centre.now, centre.decision) < best.value:
        _solve_all(search, centre.decision, centre.now)


def _solve_all(search: _Search, decision: Floats, now: float) -> float:
    """Solve all scenarios for a decision; the best so far is kept. Returns its objective."""
    master = search.master
    costs = _solve(search, decision, range(len(master.scenarios)))
    value = now + master.risk.of(costs, master.weights)
    if search.best is None or value < search.best.value:
        search.best = Best(value=value, decision=decision, now=now, costs=costs)
    return value


def _solve(search: _Search, decision: Floats, rows: Sequence[int]) -> Floats:
    """Costs of some scenarios; their dual solutions are kept as cuts."""
    problem, scenarios = search.problem, search.master.scenarios
    costs = []
    for row in rows:
        if row in search.bases:
            problem.second.start_from(search.bases[row])
        later = _later(problem, decision, scenarios[row])
        search.bases[row] = problem.second.basis()
        search.master.cuts.add(later, decision, scenarios[row])
        costs.append(later.cost)
    search.solves += len(costs)
    return np.array(costs)


def _later(problem: TwoStage, decision: Floats, sample: Floats) -> Later:
    solved = solve_later(problem, decision, sample)
    duals = problem.second.row_duals()
    # More of an upper bound never costs: a dual above 0 is the solver's tolerance.
    return Later(
        cost=float(solved.objective or 0.0),
        by_decision=np.minimum([duals[row] for row in problem.links], 0.0),
        by_sample=np.minimum([duals[row] for row in problem.sampled], 0.0),
    )


def solve_later(problem: TwoStage, decision: Floats, sample: Floats) -> Solved:
    """The second stage of one decision and one scenario.

    Raises
    ------
    LaterError
        It has no solution.
    """
    bounds = (*zip(problem.links, decision.tolist(), strict=True),)
    for row, most in (*bounds, *zip(problem.sampled, sample.tolist(), strict=True)):
        problem.second.set_row_bounds(row, None, most)
    solved = problem.second.solve()
    if solved.state is not SolveState.OPTIMAL:
        raise LaterError(f"second stage: {solved.state.value}")
    return solved


def evaluate(
    problem: TwoStage,
    decisions: Sequence[Floats],
    scenarios: Floats,
    measure: Callable[[Solved], Floats],
) -> Floats:
    """What second stages come to: float[decision, scenario, number measured]."""
    found: dict[bytes, list[Floats]] = {}
    for decision in decisions:  # from scenario to scenario is nearer than between decisions
        if decision.tobytes() not in found:
            found[decision.tobytes()] = [
                measure(solve_later(problem, decision, scenario)) for scenario in scenarios
            ]
    return np.array([found[decision.tobytes()] for decision in decisions])
