"""Solving a large model by pricing its few linking rows: a bound, a plan, and a proof if they meet.

Envelopes of channels and sums of years link everything; without them the model falls apart into
items joined by unsettled gates. At prices π of the linking rows, L(π) = Σ π r + Σ min of each block
at its reduced costs is a lower bound whatever π is, integers of the blocks included (Lagrangian
relaxation); the blocks' gates, held in the whole model, leave an LP that gives a plan and new prices.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np

from portfolio.model.arrays import Floats, Ints, Mask
from portfolio.optimize.matrix import Matrix
from portfolio.optimize.solver import PROVEN, Solved, SolveState
from portfolio.optimize.warm_model import LoadedModel

#: Rounds of prices after which a gap is left to somebody else: a bound of this kind may stay below
#: the optimum for good.
ROUNDS = 6
#: A reduced cost this little below 0 is 0: the solver's own tolerance of a dual.
ZERO = 1e-7
_NOTHING = Solved(state=SolveState.NOTHING, objective=None, bound=None, seconds=0.0)


@dataclass(frozen=True, kw_only=True)
class Priced:
    """What prices came to.

    solved : the best plan with the best bound; `OPTIMAL` where they meet
    rounds : prices tried; blocks, with_integers : parts of the model
    """

    solved: Solved
    rounds: int
    blocks: int
    with_integers: int


def solve_by_prices(
    whole: LoadedModel,
    links: Callable[[str], bool],
    *,
    rounds: int = ROUNDS,
    ends: float | None = None,
) -> Priced:
    """Solve a model whose rows `links` names are few; without integers it is one LP.

    The model is left as it was, with the bounds and integers it had. Without `ends`, a moment of
    the monotonic clock, the same answer on every machine: nothing here looks at a clock.
    """
    begun = time.monotonic()
    parts = Parts.of(whole, links)
    whole.relax(True)

    def lp(loaded: LoadedModel, *, anew: bool = False) -> Solved:
        return loaded.solve(anew=anew, seconds=_left(ends))

    try:
        relaxed = lp(whole, anew=True)
        found = solve_relaxed(whole, relaxed, parts, rounds=rounds, lp=lp)
    finally:
        whole.relax(False)
        whole.free_integers()
    return replace(found, solved=replace(found.solved, seconds=time.monotonic() - begun))


def proven_within(objective: float) -> float:
    """How far below a plan's objective a bound may be that proves it."""
    return PROVEN * max(1.0, abs(objective))


def solve_relaxed(
    whole: LoadedModel,
    relaxed: Solved,
    parts: Parts,
    *,
    rounds: int = ROUNDS,
    guess: Mapping[str, float] | None = None,
    near: Callable[[float], float] = proven_within,
    lp: Callable[[LoadedModel], Solved] = LoadedModel.solve,
) -> Priced:
    """Go on from a relaxed model just solved; its integers are held when this ends.

    parts : what it falls into, as it stands now
    guess : integers to try before any that prices tell
    near : how far a plan and its bound may be apart
    lp : solves one, or says that no time is left
    """
    counts = len(parts.blocks), sum(bool(m.whole.any()) for m in parts.matrices)
    integers = bool(parts.matrix.whole.any())
    if relaxed.state is not SolveState.OPTIMAL or not integers:
        # Ended early, at gates that are not whole, or unbounded: of whole gates that says nothing.
        known = (SolveState.OPTIMAL, SolveState.INFEASIBLE)
        return _priced(relaxed if relaxed.state in known or not integers else _NOTHING, 0, counts)
    best, bound = None, _bound(relaxed)
    prices, tried = whole.row_prices(), 0
    seen: set[bytes] = set()
    gates: Mapping[str, float] | None = guess
    while tried < rounds:
        if gates is None:
            tried += 1
            least, gates = parts.bound(prices)
            bound = max(bound, least)
            if not isfinite(least):
                break
        pattern = np.array([gates[name] for name in sorted(gates)]).tobytes()
        if pattern in seen or _meet(_objective(best), bound, near):
            break
        seen.add(pattern)
        whole.fix_integers_at(gates)
        plan = lp(whole)
        if plan.state is SolveState.OPTIMAL:
            prices = whole.row_prices()
            best = plan if _objective(plan) < _objective(best) else best
        elif gates is not guess:
            break
        if _meet(_objective(best), bound, near):
            break
        gates = None
    if best is None:
        return _priced(replace(_NOTHING, bound=bound if isfinite(bound) else None), tried, counts)
    if not _meet(_objective(best), bound, near):
        bound = max(bound, parts.bound(prices)[0])
    met = _meet(_objective(best), bound, near)
    told = replace(
        best,
        state=SolveState.OPTIMAL if met else SolveState.FEASIBLE,
        bound=min(bound, _objective(best)),
    )
    return _priced(told, tried, counts)


def _left(ends: float | None) -> float | None:
    return None if ends is None else max(0.0, ends - time.monotonic())


def _bound(solved: Solved) -> float:
    return -inf if solved.objective is None else solved.objective


def _priced(solved: Solved, rounds: int, counts: tuple[int, int]) -> Priced:
    return Priced(solved=solved, rounds=rounds, blocks=counts[0], with_integers=counts[1])


def _objective(solved: Solved | None) -> float:
    return inf if solved is None or solved.objective is None else solved.objective


def _meet(objective: float, bound: float, near: Callable[[float], float]) -> bool:
    return isfinite(objective) and objective - bound <= near(objective)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A model taken apart: its blocks loaded, columns that stand in linking rows alone."""

    matrix: Matrix
    linking: Mask
    blocks: tuple[tuple[Ints, Ints], ...]
    matrices: tuple[Matrix, ...]
    loaded: tuple[LoadedModel, ...]
    alone: Ints

    @staticmethod
    def of(whole: LoadedModel, links: Callable[[str], bool]) -> Parts:
        """Take a model apart at the rows that `links` names."""
        matrix = whole.matrix()
        linking = matrix.linking(links)
        blocks = matrix.blocks(linking)
        matrices = tuple(matrix.part(columns, rows) for columns, rows in blocks)
        loaded = tuple(LoadedModel.of_matrix(each) for each in matrices)
        for each in loaded:
            each.without_jump()
        return Parts(
            matrix=matrix,
            linking=linking,
            blocks=blocks,
            matrices=matrices,
            loaded=loaded,
            alone=matrix.alone(linking),
        )

    def at(self, whole: LoadedModel) -> Parts:
        """The same blocks where the model has other costs, or other bounds of its linking rows."""
        return replace(self, matrix=whole.renewed(self.matrix))

    def bound(self, prices: Floats) -> tuple[float, dict[str, float]]:
        """L(π), and the integers of the blocks at those prices."""
        least, apart, answers = self.answers(prices)
        names, whole = self.matrix.columns, self.matrix.whole[self.alone]
        gates = {names[at]: x for at, x in zip(self.alone[whole], apart[whole], strict=True)}
        if isfinite(least):
            for part, solved in zip(self.matrices, answers, strict=True):
                for at in np.flatnonzero(part.whole).tolist():
                    gates[part.columns[at]] = float(round(solved.values[part.columns[at]]))
        return least, gates

    def answers(self, prices: Floats) -> tuple[float, Floats, tuple[Solved, ...]]:
        """L(π), the columns no block holds and each block's answer, to the first without a bound."""
        matrix = self.matrix
        used = np.where(self.linking, prices, 0.0)
        used = np.where((used > 0) & ~np.isfinite(matrix.row_low), 0.0, used)
        used = np.where((used < 0) & ~np.isfinite(matrix.row_high), 0.0, used)
        sides = np.where(used > 0, matrix.row_low, np.where(used < 0, matrix.row_high, 0.0))
        least = matrix.offset + float((used * np.where(used != 0, sides, 0.0)).sum())
        costs = matrix.costs - matrix.times(used)
        apart = self._alone(costs)
        least += float((costs[self.alone] * apart)[costs[self.alone] != 0].sum())
        found: list[Solved] = []
        for (columns, _), loaded in zip(self.blocks, self.loaded, strict=True):
            loaded.set_costs(costs[columns])
            found.append(solved := loaded.solve())
            if solved.bound is None:
                return -inf, apart, tuple(found)
            least += solved.bound
        return least, apart, tuple(found)

    def _alone(self, costs: Floats) -> Floats:
        """Where columns that no block holds are cheapest: at a bound; infinite where at none."""
        cost, low = costs[self.alone], self.matrix.low[self.alone]
        indifferent = np.where(np.isfinite(low), low, 0.0)
        at = np.where(cost > 0, low, self.matrix.high[self.alone])
        return np.where(np.abs(cost) <= ZERO, indifferent, at)
