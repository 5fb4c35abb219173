"""How long a question of many solves may take: a set effort, or as many seconds as were asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass

from portfolio.optimize.solver import Solved, SolveState
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
