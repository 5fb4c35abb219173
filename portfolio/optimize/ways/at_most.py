"""The best repair of at most so many moves.

Whether a cell is moved is a binary; so many of them at most are 1. What a move takes and names no year
for is put off by the play to where there is room, so moves are first sought in the years that are hit:
in which a channel is cut, or less comes than is wanted. Where those don't do, cells worth a look are
those that sparse LPs touch: reweighted, they weigh what a repair brings against a price of each moved
cell. What is found keeps every rule; that it is the best there is isn't proven beyond these cells.
Where the rules themselves ask for more moves than that, as many as they are found to ask for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from portfolio.model.money import BPS
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import shortfall_by_year_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import RepairLimits
from portfolio.model.reallocation.settings import Aim
from portfolio.optimize.aims import Cost, delay_year
from portfolio.optimize.solver import SolveState, set_looks
from portfolio.optimize.warm_model import LoadedModel
from portfolio.optimize.ways.few_moves import (
    Movable,
    allow,
    mark,
    marked,
    movable,
    reweighted,
    touched,
)
from portfolio.optimize.ways.weighed import Laid

#: What a 亿元 of 缺口, of 调整量 and a moved cell count beside a weighted 亿元·年 of 滞后 at the end of
#: the years that are hit. Later years' 滞后 counts nothing: what is late is put off, not given up.
SHORTFALL, MOVED, EACH_MOVE = 30.0, 0.02, 1.0
#: Looks of the search in the years that are hit, as a part of a set effort.
NEAR_LOOKS = 2.0
#: What a repair may bring for a moved cell to be worth it, as parts of what is to be had by cell; and
#: how often LPs are reweighted for each.
PRICES, REWEIGHTED = (1.0, 3.0), 4
#: Looks of the search, as a part of a set effort.
LOOKS = 0.5


@dataclass(frozen=True, kw_only=True)
class AtMost:
    """A repair of few moves: moved cells, how many are allowed, the solution by variable."""

    allowed: int
    values: Mapping[str, float]


def at_most(laid: Laid, most: int, known: Mapping[str, float]) -> AtMost | None:
    """The best repair found that moves at most so many cells; `known` is one of any number.

    None where none was found.
    """
    cells = movable(laid.draft)
    loaded = LoadedModel.of_matrix(laid.matrix)
    mark(loaded, cells)
    years = years_hit(laid.draft.case, laid.draft.limits)
    search = _Search(loaded=loaded, cells=cells, worth=_worth(laid, years or range(PLAN_YEARS)))
    near = {cell.name for cell in cells if cell.year in years}
    loaded.add_row("at_most", {f"Z_{cell.name}": 1.0 for cell in cells}, None, float(most))
    near_looks = max(1, round(NEAR_LOOKS * set_looks(loaded.columns)))
    close, allowed = search.among(near, near_looks), most
    if close is None and (fewest := search.fewest(near, near_looks)) is not None:
        allowed = max(most, len(touched(fewest, cells)))
        loaded.set_row_bounds("at_most", None, float(allowed))
        loaded.start_at(marked(fewest, cells))
        close = search.among(near, near_looks) or fewest
    if close is not None:
        return AtMost(allowed=allowed, values=search.cheapest(close))
    if laid.is_large:
        return None  # a dozen LPs of minutes would come, and thousands of cells are touched
    loaded.set_row_bounds("at_most", None, None)
    allow(loaded, cells, {cell.name for cell in cells})
    sparse = search.sparse(laid.costs[Aim.MOVEMENT], most, known)
    if sparse is None:
        return None
    best, some = sparse
    looks = max(1, round(LOOKS * set_looks(loaded.columns)))
    allow(loaded, cells, some)
    count = len(touched(best, cells))
    if count > most:
        loaded.set_objective({f"Z_{cell.name}": 1.0 for cell in cells})
        loaded.start_at(marked(best, cells))
        least = loaded.solve(looks=looks)
        best = least.values if least.has_plan else best
        count = len(touched(best, cells))
    allowed = max(most, count)
    loaded.set_row_bounds("at_most", None, float(allowed))
    search.weigh()
    loaded.start_at(marked(best, cells))
    found = loaded.solve(looks=looks)
    best = found.values if found.has_plan else best
    return AtMost(allowed=allowed, values=search.cheapest(best))


def years_hit(case: RepairCase, limits: RepairLimits) -> list[int]:
    """Years in which a 统筹 channel is cut, or what comes is less than is wanted."""
    asked = (case.reference_wan * limits.scale_bps // BPS).sum(axis=2)
    cut = ((limits.envelope_wan < asked) & limits.pooled).any(axis=1)
    short = shortfall_by_year_wan(case, case.reference_wan) > 0
    return [y for y in np.flatnonzero(cut | short).tolist() if y >= limits.first_year]


def _worth(laid: Laid, years: Collection[int]) -> Cost:
    """缺口, 滞后 at the end of some years and 调整量."""
    late, first = laid.costs[Aim.DELAY], laid.draft.case.calendar.first_year
    hit = {name: w for name, w in late.terms.items() if delay_year(name) - first in years}
    parts = (
        (laid.costs[Aim.SHORTFALL], SHORTFALL),
        (Cost(terms=hit, constant=late.constant), 1.0),
        (laid.costs[Aim.MOVEMENT], MOVED),
    )
    return Cost.sum(parts)


@dataclass(frozen=True, kw_only=True)
class _Search:
    """A model with marks, gates free."""

    loaded: LoadedModel
    cells: Collection[Movable]
    worth: Cost

    def weigh(self) -> None:
        """Make what a plan is worth and each moved cell small."""
        marks = {f"Z_{cell.name}": EACH_MOVE for cell in self.cells}
        self.loaded.set_objective({**self.worth.terms, **marks}, self.worth.constant)

    def among(self, names: set[str], looks: int) -> Mapping[str, float] | None:
        """The best plan found that moves these cells only; None where there is none."""
        allow(self.loaded, self.cells, names)
        self.weigh()
        found = self.loaded.solve(looks=looks) if names else None
        return found.values if found is not None and found.has_plan else None

    def fewest(self, names: set[str], looks: int) -> Mapping[str, float] | None:
        """A plan that moves as few of these cells as is found; None where there is none."""
        if not names:
            return None
        self.loaded.set_row_bounds("at_most", None, None)
        self.loaded.set_objective({f"Z_{cell.name}": 1.0 for cell in self.cells})
        found = self.loaded.solve(looks=looks)
        return found.values if found.has_plan else None

    def sparse(
        self, movement: Cost, most: int, known: Mapping[str, float]
    ) -> tuple[Mapping[str, float], set[str]] | None:
        """Of a few LPs the plan that moves fewest cells, and every cell that one of them touched."""
        loaded, cells = self.loaded, self.cells
        loaded.relax(True)
        loaded.set_objective(movement.terms, movement.constant)
        least = loaded.solve()
        if least.state is not SolveState.OPTIMAL:
            return None
        some = touched(known, cells)
        by_cell = max(1.0, (self.worth.at(least.values) - self.worth.at(known)) / most)
        patterns: list[Mapping[str, float]] = []
        for price in (0.0, *PRICES):
            values: Mapping[str, float] = least.values
            for _ in range(REWEIGHTED):
                terms = reweighted(values, cells)
                for name, cost in self.worth.terms.items():
                    terms[name] = terms.get(name, 0.0) + price / by_cell * cost
                loaded.set_objective(terms)
                solved = loaded.solve()
                if solved.state is not SolveState.OPTIMAL:
                    break
                values = solved.values
            some |= touched(values, cells)
            patterns.append(values)
        loaded.relax(False)
        return self._with_gates(patterns, known), some

    def _with_gates(
        self, patterns: Collection[Mapping[str, float]], known: Mapping[str, float]
    ) -> Mapping[str, float]:
        """A plan whose gates are whole: the fewest cells of these patterns that allow one."""
        for values in sorted(patterns, key=lambda each: len(touched(each, self.cells))):
            allow(self.loaded, self.cells, touched(values, self.cells))
            self.loaded.set_objective(self.worth.terms, self.worth.constant)
            found = self.loaded.solve(looks=1)
            if found.has_plan:
                return found.values
        return known

    def cheapest(self, best: Mapping[str, float]) -> dict[str, float]:
        """The best plan with these cells and gates."""
        loaded = self.loaded
        loaded.set_row_bounds("at_most", None, None)
        allow(loaded, self.cells, touched(best, self.cells))
        loaded.set_objective(self.worth.terms, self.worth.constant)
        loaded.fix_integers_at(marked(best, self.cells))
        solved = loaded.solve()
        return dict(solved.values if solved.state is SolveState.OPTIMAL else best)
