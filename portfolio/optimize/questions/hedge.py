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
from portfolio.model.reallocation.hedge import TOLERANCE_YI, Risk
from portfolio.optimize.solver import Solved, SolveState
from portfolio.optimize.warm_model import LoadedModel

# --- The first stage of two under cuts: what is known so far of the second stage's cost


#: A cut counts as new where it lifts a scenario's cost by this much.
NEW = 1e-6
#: Models solved in a row on cuts found already, at most.
SHARED_ROUNDS = 30


@dataclass(frozen=True, kw_only=True)
class Later:
    """The second stage of one scenario: its cost, and what one more on the right-hand sides adds."""

    cost: float
    by_decision: Floats
    by_sample: Floats


@dataclass
class Cuts:
    """Dual solutions found so far: cost >= constant + by_decision · x + by_sample · scenario."""

    constants: list[float] = field(default_factory=list)
    by_decision: list[Floats] = field(default_factory=list)
    by_sample: list[Floats] = field(default_factory=list)
    known: set[bytes] = field(default_factory=set)

    def add(self, later: Later, decision: Floats, sample: Floats) -> None:
        """Keep a dual solution unless it is there already."""
        slopes = np.concatenate([later.by_decision, later.by_sample])
        constant = later.cost - later.by_decision @ decision - later.by_sample @ sample
        # + 0.0: a zero with a minus is no other number
        mark = np.round(np.append(slopes, constant / 1e3), 7) + 0.0
        if mark.tobytes() in self.known:
            return
        self.known.add(mark.tobytes())
        self.constants.append(float(constant))
        self.by_decision.append(later.by_decision)
        self.by_sample.append(later.by_sample)

    def bounds(self, decision: Floats, scenarios: Floats) -> Floats:
        """What each cut says of each scenario: float[cut, scenario]."""
        fixed = np.array(self.constants) + np.array(self.by_decision) @ decision
        return np.asarray(fixed[:, None] + np.array(self.by_sample) @ scenarios.T)


@dataclass(frozen=True, kw_only=True)
class Point:
    """A decision of the first stage's model: what it costs by itself, and bounds seen from it.

    costs : of the second stage by scenario, as far as the cuts know
    bound : no decision is better (None: the solve was cut short)
    """

    decision: Floats
    now: float
    costs: Floats
    bound: float | None


@dataclass
class Master:
    """The first stage's model, changed in place; columns are its decisions."""

    model: LoadedModel
    columns: tuple[str, ...]
    scenarios: Floats
    weights: Floats
    risk: Risk
    cuts: Cuts = field(default_factory=Cuts)
    laid: set[tuple[int, int]] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Add the costs by scenario, the value at risk and what lies beyond it."""
        self.model.add_column("_at_risk", {}, low=None, cost=self.risk.weight)
        tail = self.risk.weight / (1 - self.risk.alpha)
        for row, weight in enumerate(self.weights.tolist()):
            self.model.add_column(f"_cost_{row}", {}, cost=(1 - self.risk.weight) * weight)
            self.model.add_column(f"_beyond_{row}", {}, cost=tail * weight)
            beyond = {f"_beyond_{row}": 1.0, "_at_risk": 1.0, f"_cost_{row}": -1.0}
            self.model.add_row(f"_tail_{row}", beyond, 0.0, None)

    def solve(self, here: Floats, seconds: float) -> tuple[SolveState, Point | None]:
        """The best decision as far as the cuts know; `here` is where the newest were found."""
        ends = time.monotonic() + seconds
        point: Point | None = None
        state = SolveState.NOTHING
        self._lay(here, None)
        for _ in range(SHARED_ROUNDS):
            solved = self.model.solve(seconds=max(0.0, ends - time.monotonic()))
            if solved.state is not SolveState.OPTIMAL:
                return (solved.state, None) if point is None else (state, point)
            state, point = solved.state, self._point(solved)
            if not self._lay(point.decision, point.costs):
                break
        return state, point

    def _lay(self, decision: Floats, costs: Floats | None) -> int:
        """Lay on each scenario the cut that says most at a decision, where that is new."""
        if not self.cuts.constants:
            return 0
        bounds = self.cuts.bounds(decision, self.scenarios)
        most = bounds.max(axis=0)
        new = most > (0.0 if costs is None else costs) + NEW
        added = 0
        for row in np.flatnonzero(new).tolist():
            cut = int(bounds[:, row].argmax())
            if (row, cut) in self.laid:
                continue
            self.laid.add((row, cut))
            self._lay_line(cut)
            least = self.cuts.constants[cut]
            least += float(self.cuts.by_sample[cut] @ self.scenarios[row])
            entries = {f"_cost_{row}": 1.0, f"_line_{cut}": -1.0}
            self.model.add_row(f"_cut_{row}_{cut}", entries, least, None)
            added += 1
        return added

    def _lay_line(self, cut: int) -> None:
        """What a cut says of the decision, as one column all scenarios share."""
        if cut in self.lines:
            return
        self.lines.add(cut)
        self.model.add_column(f"_line_{cut}", {}, low=None)
        slopes = zip(self.columns, self.cuts.by_decision[cut].tolist(), strict=True)
        entries = {name: -slope for name, slope in slopes if slope}
        self.model.add_row(f"_slope_{cut}", {f"_line_{cut}": 1.0, **entries}, 0.0, 0.0)

    def _point(self, solved: Solved) -> Point:
        """The decision of a solved model, and what it costs by itself."""
        values, rows = solved.values, range(len(self.weights))
        costs = np.array([values[f"_cost_{row}"] for row in rows])
        beyond = np.array([values[f"_beyond_{row}"] for row in rows])
        tail = values["_at_risk"] + float(self.weights @ beyond) / (1 - self.risk.alpha)
        later = (1 - self.risk.weight) * float(self.weights @ costs) + self.risk.weight * tail
        return Point(
            decision=np.array([values[name] for name in self.columns]),
            now=float(solved.objective or 0.0) - later,
            costs=costs,
            bound=solved.bound,
        )

    def known_costs(self, decision: Floats) -> Floats:
        """What the cuts know of each scenario's cost; never more than it is."""
        most = self.cuts.bounds(decision, self.scenarios).max(axis=0)
        return np.asarray(np.maximum(most, 0.0), dtype=np.float64)


# --- Two stages: one decision now for all scenarios, the best answer to each of them later


#: How far from the best decision towards the promised one cuts are sought.
STEP = 0.3
#: Scenarios solved at a time.
BATCH = 10
#: Second stages solved at most where no time is asked for.
MOST_SOLVES = 20_000
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
    ends: float | None
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
        return math.inf if self.ends is None else self.ends - time.monotonic()

    @property
    def over(self) -> bool:
        """Whether the time, or without any the set effort, is spent."""
        return self.solves >= MOST_SOLVES if self.ends is None else self.left <= 0

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
    seconds: float | None = None,
    tolerance: float = TOLERANCE_YI,
) -> Hedged:
    """The decision with the least cost now and risk of costs later, proven within a tolerance.

    The models are used up: a second search needs new ones.

    Parameters
    ----------
    scenarios : float[scenario, sampled row] upper bounds; weights sum to 1
    start : a decision known to be possible that costs nothing by itself
    seconds : for the search; None: it ends after a set number of second stages, on every machine
        with the same decision
    """
    begun = time.monotonic()
    master = Master(problem.first, problem.columns, scenarios, weights, risk)
    ends = None if seconds is None else begun + seconds
    search = _Search(problem, master, ends, tolerance)
    state, start_value = _begin(search, start)
    here = None if search.centre is None else search.centre.decision
    while here is not None and search.gap > tolerance and not search.over:
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


# --- Fewer scenarios that stand for many: fast forward selection by the Kantorovich distance


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept of some scenarios.

    rows : positions of the kept ones, rising
    weights : float[kept] their own weight and that of the dropped ones nearest to them; sum 1
    distance : weighted distance of all scenarios to their nearest kept one
    """

    rows: tuple[int, ...]
    weights: Floats
    distance: float


def reduce_scenarios(vectors: Floats, keep: int, weights: Floats | None = None) -> Kept:
    """Keep at most `keep` of the scenarios float[scenario, number]; ties go to the first.

    Without `weights` all weigh the same. The same input always gives the same answer.
    """
    count = len(vectors)
    if keep < 1 or not count:
        raise ValueError("keep at least one of at least one scenario")
    part = np.full(count, 1.0 / count) if weights is None else weights / weights.sum()
    if keep >= count:
        return Kept(rows=tuple(range(count)), weights=part, distance=0.0)
    apart = _distances(vectors)
    chosen: list[int] = []
    nearest = np.full(count, np.inf)
    for _ in range(keep):
        left = part @ np.minimum(nearest[:, None], apart)
        left[chosen] = np.inf
        best = int(np.argmin(left))
        chosen.append(best)
        nearest = np.minimum(nearest, apart[:, best])
    rows = sorted(chosen)
    mine = np.argmin(apart[:, rows], axis=1)
    mine[rows] = range(len(rows))  # one kept stands for itself, even beside its double
    gathered = np.zeros(len(rows))
    np.add.at(gathered, mine, part)
    return Kept(rows=tuple(rows), weights=gathered, distance=float(part @ nearest))


def _distances(vectors: Floats) -> Floats:
    """Euclidean distances between all pairs, exactly 0 on the diagonal."""
    squares = (vectors**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * vectors @ vectors.T, 0.0))
    np.fill_diagonal(apart, 0.0)
    return np.asarray(apart, dtype=np.float64)
