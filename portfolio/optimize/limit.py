"""How long a question of many solves may take: a set effort, or as many seconds as were asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from portfolio.optimize.blocks import solve_by_prices
from portfolio.optimize.solver import SEED, Solved, SolveState, set_looks
from portfolio.optimize.warm_model import LoadedModel

#: Set effort of a question: columns of the models solved, summed over the solves. About a minute
#: on an idle core, more than twice what any shipped scenario needs.
EFFORT = 20_000_000
#: Nothing was asked of the solver.
NOT_ASKED = Solved(state=SolveState.NOTHING, objective=None, bound=None, seconds=0.0)


@dataclass
class Limit:
    """What is left for a question's solves, which share it.

    ends : moment of the monotonic clock, None where there is a set effort instead
    effort : columns still to be solved, None where there are seconds instead
    cut : whether a solve was left out or ended before it knew its answer
    """

    ends: float | None
    effort: int | None
    cut: bool = False

    @staticmethod
    def of(seconds: float | None, *, effort: int = EFFORT) -> Limit:
        """So many seconds from now; None: a set effort, with one end on fast and slow machines."""
        if seconds is None:
            return Limit(ends=None, effort=effort)
        return Limit(ends=time.monotonic() + seconds, effort=None)

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        if self.ends is not None:
            return time.monotonic() >= self.ends
        return self.effort is not None and self.effort <= 0

    def part(self, share: float) -> Limit:
        """A share of what is left, for a part of the question: the effort it leaves over is lost."""
        if self.ends is not None:
            now = time.monotonic()
            return Limit(ends=now + max(0.0, self.ends - now) * share, effort=None)
        assert self.effort is not None
        mine = round(self.effort * share)
        self.effort -= mine
        return Limit(ends=None, effort=mine)

    def solve(self, loaded: LoadedModel) -> Solved:
        """Solve within what is left; without anything nothing is known."""
        solved = NOT_ASKED if self.over else self._solve(loaded)
        self.cut |= solved.state in (SolveState.FEASIBLE, SolveState.NOTHING)
        return solved

    def _solve(self, loaded: LoadedModel) -> Solved:
        if self.ends is not None:
            return loaded.solve(seconds=max(0.0, self.ends - time.monotonic()))
        assert self.effort is not None
        self.effort -= loaded.columns
        return loaded.solve(set_effort=True)


#: Looks of a search for a proof, as many times those of a search with a set effort: minutes, where a
#: proof takes seconds. Part of them after which a search begins anew with other random numbers:
#: inside a heuristic of its own HiGHS may hardly move, and another start then has its proof soon.
PROOF_LOOKS, ANEW = 40, 0.25
#: A clock decides a search without a limit of time only on a machine so slow or so busy (s).
GUARD_SECONDS = 1_200.0


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long a repair's aims may take: so many looks, the same everywhere, or until a moment.

    ends : moment of the monotonic clock, None where there is a set effort instead
    """

    ends: float | None = None

    @staticmethod
    def of(seconds: float | None) -> Effort:
        """So many seconds from now; None: a set effort, with one end on fast and slow machines."""
        return Effort(ends=None if seconds is None else time.monotonic() + seconds)

    def solve(self, loaded: LoadedModel, links: Callable[[str], bool]) -> Solved:
        """Solve; without a proof after a while, once more from another start. The better of both.

        A large model is solved by prices of the rows that `links` names. What they leave unproven,
        or call infeasible by a hair, is searched as a small one is, from the best plan they found.
        """
        if not loaded.has_integers:
            return loaded.solve(seconds=self._left(1.0))
        if not loaded.is_large:
            return self._searched(loaded)
        priced = solve_by_prices(loaded, links, ends=self.ends).solved
        if priced.state is SolveState.OPTIMAL:
            return priced
        if priced.has_plan:
            loaded.start_at(priced.values)
        return _better(priced, self._searched(loaded))

    def _searched(self, loaded: LoadedModel) -> Solved:
        looks = None if self.ends is not None else PROOF_LOOKS * set_looks(loaded.columns)
        first = loaded.solve(looks=_part(looks, ANEW), seconds=self._left(ANEW), proving=True)
        if first.state not in (SolveState.FEASIBLE, SolveState.NOTHING):
            return first
        if first.has_plan:
            loaded.start_at(first.values)
        loaded.set_seed(SEED + 1)
        second = loaded.solve(looks=_part(looks, 1 - ANEW), seconds=self._left(1.0), proving=True)
        loaded.set_seed(SEED)
        return _better(first, second)

    def _left(self, part: float) -> float:
        if self.ends is None:
            return GUARD_SECONDS
        return max(1.0, (self.ends - time.monotonic()) * part)


def _better(first: Solved, second: Solved) -> Solved:
    """The better plan of two searches of one model, with the better bound."""
    spent = first.seconds + second.seconds
    if second.state not in (SolveState.FEASIBLE, SolveState.NOTHING):
        return replace(second, seconds=spent)
    bounds = [each.bound for each in (first, second) if each.bound is not None]
    best = min((first, second), key=_objective)
    return replace(best, bound=max(bounds, default=None), seconds=spent)


def _part(looks: int | None, part: float) -> int | None:
    return None if looks is None else max(1, round(looks * part))


def _objective(solved: Solved) -> float:
    return inf if solved.objective is None else solved.objective
