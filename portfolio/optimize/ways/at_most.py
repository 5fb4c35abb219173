"""The best repair of at most so many moves.

Whether a cell is moved is a binary; so many of them at most are 1. Cells worth a look are those that
sparse LPs touch: reweighted, they weigh what a repair brings against a price of each moved cell. The
search is among these cells: what it finds keeps every rule, that it is the best there is isn't proven.
Where the rules themselves ask for more moves than that, as many as they are found to ask for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portfolio.model.money import BPS
from portfolio.model.reallocation.settings import Aim, RepairSettings
from portfolio.optimize.aims import Cost
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

#: What 缺口 counts beside 调整量 + rate × 滞后: it comes first.
FOREMOST = 1_000.0
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


def at_most(
    laid: Laid, settings: RepairSettings, most: int, known: Mapping[str, float]
) -> AtMost | None:
    """The best repair found that moves at most so many cells; `known` is one of any number.

    None where none was found.
    """
    cells = movable(laid.draft)
    loaded = LoadedModel.of_matrix(laid.matrix)
    mark(loaded, cells)
    search = _Search(loaded=loaded, cells=cells, worth=_worth(laid, settings))
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
        fewest = loaded.solve(looks=looks)
        best = fewest.values if fewest.has_plan else best
        count = len(touched(best, cells))
    allowed = max(most, count)
    loaded.add_row("at_most", {f"Z_{cell.name}": 1.0 for cell in cells}, None, float(allowed))
    loaded.set_objective(search.worth.terms, search.worth.constant)
    loaded.start_at(marked(best, cells))
    found = loaded.solve(looks=looks)
    best = found.values if found.has_plan else best
    return AtMost(allowed=allowed, values=search.cheapest(best))


def _worth(laid: Laid, settings: RepairSettings) -> Cost:
    """缺口 first, then 调整量 + rate × 滞后."""
    rate = settings.delay_rate_bps / BPS
    weights = {Aim.SHORTFALL: FOREMOST, Aim.MOVEMENT: 1.0, Aim.DELAY: rate}
    return Cost.sum((laid.costs[aim], weight) for aim, weight in weights.items())


@dataclass(frozen=True, kw_only=True)
class _Search:
    """A model with marks, gates free."""

    loaded: LoadedModel
    cells: Collection[Movable]
    worth: Cost

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
