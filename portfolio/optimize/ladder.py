"""The aims of a repair as a ladder of loaded models: rung k makes aim k small, the others held.

Every rung keeps its own basis, so that climbing again after one row has changed costs milliseconds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portfolio.model.repair import Aim
from portfolio.optimize.aims import EXPRESSIONS, HELD_PART, HELD_YI
from portfolio.optimize.draft import Draft
from portfolio.optimize.loaded import LoadedModel
from portfolio.optimize.solver import Expression, Solved, SolveState

#: How much (亿元) an aim may be worse than reached while the next is made small, gates settled:
#: a thousandth of a 万元, the solver's own tolerance.
TIGHT_YI = 1e-7


class NoAnswerError(Exception):
    """A rung has no proven optimum: no plan, or no time left."""

    def __init__(self, state: SolveState) -> None:
        super().__init__(f"no proven optimum: {state}")
        self.state = state


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When to stop."""

    ends: float

    @staticmethod
    def after(seconds: float) -> Deadline:
        """So many seconds from now."""
        return Deadline(ends=time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left, 0 when it is over."""
        return max(0.0, self.ends - time.monotonic())


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

    def climb(self, deadline: Deadline, *, tight: bool = True) -> tuple[Solved, ...]:
        """Make every aim small in its turn.

        Parameters
        ----------
        deadline
            For all rungs together.
        tight
            Hold the aims as exactly as an LP can; a model with integers needs more room.

        Raises
        ------
        NoAnswerError
            A rung was not solved to its end.
        """
        found: list[Solved] = []
        for rung, loaded in enumerate(self.rungs):
            for below, solved in enumerate(found):
                value = reached(solved)
                slack = TIGHT_YI if tight else HELD_YI + abs(value) * HELD_PART
                self.hold(rung, below, value, slack)
            solved = loaded.solve(seconds=deadline.left) if deadline.left else NOT_ASKED
            if solved.state is not SolveState.OPTIMAL:
                # What an earlier aim reached can be held: no plan now is the solver's trouble.
                raise NoAnswerError(SolveState.NOTHING if found else solved.state)
            found.append(solved)
        return tuple(found)


NOT_ASKED = Solved(state=SolveState.NOTHING, objective=None, bound=None, seconds=0.0)


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
