"""Among plans equally good, or nearly so, one that moves few cells: fewest, as far as it is proven.

Gates are settled as the plan has them. With no slack the search is on the optimal face: by the duals
of the last LP a column with a reduced cost stays at its bound and a row with a price is an equation
(complementary slackness), which leaves all plans of least cost and only those. With a slack a row
holds what is given up; then a sparse plan is sought by reweighted LPs, improved among the cells they
touch, and last among all cells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from portfolio.model.reallocation.result import FewestCells
from portfolio.optimize.aims import Cost, held
from portfolio.optimize.model import HELD, Cell, Draft, cell_name, yi
from portfolio.optimize.solver import Solved, SolveState, is_variable, set_looks
from portfolio.optimize.warm_model import LoadedModel
from portfolio.optimize.ways.weighed import Climbed, Laid

#: A price or a reduced cost above this holds a row or a column: far above what the solver takes for 0.
PRICED = 1e-3
#: Width (亿元) of what is held as an equation: the solver's own tolerance.
WIDTH_YI = 1e-7
#: A cell moved by less (亿元) is not moved: half a 万元.
TOUCHED_YI = 0.5e-4
#: Reweighted LPs, and the movement (亿元) beside which a cell's weight is one over what it moves.
REWEIGHTED, SMALL_YI = 8, 0.5
#: Looks of the search among the cells that sparse plans touch, among all, and on the face, as parts of
#: a set effort. Ten times the time finds a few cells less in some cases and more in others.
AMONG_SOME, AMONG_ALL, ON_FACE = 0.4, 0.1, 0.3
#: Where sparse plans touch more cells than this the search among them is that much shorter, and none
#: is made among all: it would find nothing for a long time.
MANY = 150


@dataclass(frozen=True, kw_only=True)
class Movable:
    """A cell that can be moved: its two variables, and how far each may go at most (亿元)."""

    name: str
    year: int
    up: str
    down: str | None
    most_up: float
    most_down: float

    def moved(self, values: Mapping[str, float]) -> float:
        """What is moved in a solution."""
        return values.get(self.up, 0.0) + (values.get(self.down, 0.0) if self.down else 0.0)


def movable(draft: Draft) -> tuple[Movable, ...]:
    """The 统筹 cells that the solver decides."""
    return tuple(
        _movable(draft, cell, cell_name(term))
        for cell, term in draft.planned.items()
        if draft.limits.pooled[cell[1]] and is_variable(term) and cell[0] >= draft.limits.first_year
    )


def _movable(draft: Draft, cell: Cell, name: str) -> Movable:
    limits, (year, channel, item) = draft.limits, cell
    before = yi(limits.baseline_wan[cell])
    scale = int(limits.scale_bps[item]) or 1
    envelope = yi(limits.envelope_wan[year, channel]) * 10_000 / scale
    most = min(envelope, yi(limits.share_wan[channel, item]))
    return Movable(
        name=name,
        year=year,
        up=f"U_{name}",
        down=f"V_{name}" if before else None,
        most_up=max(0.0, most - before) + WIDTH_YI,
        most_down=before,
    )


def few_moves(laid: Laid, climbed: Climbed) -> tuple[Solved, FewestCells] | None:
    """A plan that moves few cells, and what is known of the fewest; None where nothing came of it.

    The same on every machine: looks and nodes end the searches, not a clock. On a large list none is
    sought: thousands of cells move, and each LP of the search takes minutes.
    """
    if laid.is_large:
        return None
    cells = movable(laid.draft)
    search = _Search.of(laid, climbed, cells)
    if search is None:
        return None
    found = search.fewest(cells)
    count = len(touched(found.values, cells))
    bound = None if found.bound is None else max(0, ceil(found.bound - 1e-6))
    fewest = FewestCells(
        cells=count,
        bound=None if bound is None else min(bound, count),
        proven=bound is not None and bound >= count,
        seconds=found.seconds,
    )
    return found, fewest


def few_again(laid: Laid, climbed: Climbed, found: Solved) -> Solved | None:
    """The plan of one found before once more, by rules a little narrower; None where none keeps them.

    Gates are as that plan has them and the goals no worse than was allowed then; it moves the cells
    which that plan moves, and as little in others as that takes.
    """
    last = climbed.goals[-1]
    if not last.slack:
        return None
    cells, cost = movable(laid.draft), laid.cost(last)
    loaded = _held(laid.with_gates(climbed.found[-1].values), climbed)
    most = held(cost.at(climbed.found[-1].values) * (1 + last.slack))
    loaded.add_row("cost", cost.terms, None, most - cost.constant)
    kept = touched(found.values, cells)
    others = [cell for cell in cells if cell.name not in kept]
    loaded.set_objective(
        {name: 1.0 for cell in others for name in (cell.up, cell.down) if name is not None}
    )
    solved = loaded.solve()
    if solved.state is not SolveState.OPTIMAL:
        return None
    kept |= {cell.name for cell in others if cell.moved(solved.values) >= WIDTH_YI}
    for cell in others:
        if cell.name not in kept:
            for name in filter(None, (cell.up, cell.down)):
                loaded.set_column_bounds(name, 0.0, 0.0)
    loaded.set_objective(cost.terms, cost.constant)
    solved = loaded.solve(anew=True)
    return solved if solved.state is SolveState.OPTIMAL else None


@dataclass(frozen=True, kw_only=True)
class _Search:
    """Gates settled, what the plan has reached held: a model whose solutions all will do.

    start : the plan of least cost; cost : what is made small among plans of equally few cells
    """

    loaded: LoadedModel
    start: Solved
    cost: Cost
    on_face: bool

    @staticmethod
    def of(laid: Laid, climbed: Climbed, cells: Collection[Movable]) -> _Search | None:
        last = climbed.goals[-1]
        cost = laid.cost(last)
        settled = laid.with_gates(climbed.found[-1].values)
        loaded = _held(settled, climbed)
        loaded.set_objective(cost.terms, cost.constant)
        start = loaded.solve()
        if start.state is not SolveState.OPTIMAL or start.objective is None:
            return None
        if last.slack:
            most = held(start.objective * (1 + last.slack))
            loaded.add_row("cost", cost.terms, None, most - cost.constant)
            return _Search(loaded=loaded, start=start, cost=cost, on_face=False)
        face = _held(_face(settled, loaded, start), climbed, loaded.row_duals())
        return _Search(loaded=face, start=start, cost=cost, on_face=True)

    def fewest(self, cells: Collection[Movable]) -> Solved:
        """Few cells: sparse LPs, then whole numbers among what they touch, then among all."""
        loaded = self.loaded
        mark(loaded, cells)
        ones = {f"Z_{cell.name}": 1.0 for cell in cells}
        looks = set_looks(loaded.columns)
        best, some = self._sparse(cells)
        seconds = self.start.seconds
        loaded.set_objective(ones)
        many = max(1.0, len(some) / MANY)
        if not self.on_face:
            allow(loaded, cells, some)
            loaded.start_at(marked(best, cells))
            among = loaded.solve(looks=max(1, round(AMONG_SOME * looks / many)))
            seconds += among.seconds
            best = among.values if among.has_plan else best
            allow(loaded, cells, {cell.name for cell in cells})
        if self.on_face or many <= 1.0:
            loaded.start_at(marked(best, cells))
            part = ON_FACE if self.on_face else AMONG_ALL
            last = loaded.solve(looks=max(1, round(part * looks / many)))
            best = last.values if last.has_plan else best
        else:
            loaded.relax(True)
            last = loaded.solve(anew=True)
        seconds += last.seconds
        values = self._cheapest(best, cells)
        return Solved(
            state=SolveState.FEASIBLE, objective=None, bound=last.bound, seconds=seconds, values=values
        )  # fmt: skip

    def _sparse(self, cells: Collection[Movable]) -> tuple[dict[str, float], set[str]]:
        """Of reweighted LPs the plan of fewest cells, and all cells that one of them touched."""
        self.loaded.relax(True)
        best, fewest, some = self.start.values, len(touched(self.start.values, cells)), set[str]()
        values = best
        for _ in range(REWEIGHTED):
            some |= touched(values, cells)
            if self.on_face:
                break
            self.loaded.set_objective(reweighted(values, cells))
            solved = self.loaded.solve()
            if solved.state is not SolveState.OPTIMAL:
                break
            values = solved.values
            if (count := len(touched(values, cells))) < fewest:
                best, fewest = values, count
        some |= touched(values, cells)
        self.loaded.relax(False)
        return best, some

    def _cheapest(self, best: Mapping[str, float], cells: Collection[Movable]) -> dict[str, float]:
        """The cheapest plan that moves only those cells."""
        self.loaded.relax(True)
        allow(self.loaded, cells, touched(best, cells))
        self.loaded.set_objective(self.cost.terms, self.cost.constant)
        solved = self.loaded.solve(anew=True)
        return dict(solved.values if solved.state is SolveState.OPTIMAL else best)


# --- Marks: a binary for each cell, 1 where it is moved


def mark(loaded: LoadedModel, cells: Collection[Movable]) -> None:
    """Give every cell a binary that must be 1 where it is moved."""
    for cell in cells:
        loaded.add_row(f"mark_{cell.up}", {cell.up: 1.0}, None, 0.0)
        marks = {f"mark_{cell.up}": -cell.most_up}
        if cell.down:
            loaded.add_row(f"mark_{cell.down}", {cell.down: 1.0}, None, 0.0)
            marks[f"mark_{cell.down}"] = -cell.most_down
        loaded.add_column(f"Z_{cell.name}", marks, high=1.0, whole=True)


def allow(loaded: LoadedModel, cells: Collection[Movable], names: Collection[str]) -> None:
    """Let these cells be moved, and no others."""
    for cell in cells:
        loaded.set_column_bounds(f"Z_{cell.name}", 0.0, float(cell.name in names))


def touched(values: Mapping[str, float], cells: Collection[Movable]) -> set[str]:
    """Names of the cells that a solution moves."""
    return {cell.name for cell in cells if cell.moved(values) >= TOUCHED_YI}


def reweighted(values: Mapping[str, float], cells: Collection[Movable]) -> dict[str, float]:
    """Costs by variable that make a cell the dearer the less a solution moves it."""
    terms = {}
    for cell in cells:
        weight = 1.0 / (cell.moved(values) + SMALL_YI)
        terms.update(dict.fromkeys(filter(None, (cell.up, cell.down)), weight))
    return terms


def marked(values: Mapping[str, float], cells: Collection[Movable]) -> dict[str, float]:
    """A solution with its marks, to begin a search with."""
    marks = {f"Z_{cell.name}": float(cell.moved(values) >= WIDTH_YI) for cell in cells}
    return {**values, **marks}


# --- What holds: gates, the goals before, and on the face every row and column with a price


def _held(
    laid: Laid, climbed: Climbed, duals: Mapping[str, float] | None = None
) -> LoadedModel:  # fmt: skip
    """Loaded, the goals before the last held; those with a price as equations."""
    loaded = LoadedModel.of_matrix(laid.matrix)
    for number, (cost, most) in enumerate(climbed.holds):
        if not cost.terms:
            continue
        name, high = f"{HELD}{number}", most - cost.constant
        priced = duals is not None and abs(duals[name]) > PRICED
        loaded.add_row(name, cost.terms, high - WIDTH_YI if priced else None, high)
    return loaded


def _face(laid: Laid, loaded: LoadedModel, solved: Solved) -> Laid:
    """All plans as cheap as the cheapest: what has a price stays where it is."""
    matrix = laid.matrix
    reduced, prices = loaded.column_duals(), loaded.row_duals()
    low, high = matrix.low.copy(), matrix.high.copy()
    for at, name in enumerate(matrix.columns):
        if abs(reduced[name]) > PRICED:
            bound = low[at] if reduced[name] > 0 else high[at]
            value = solved.values[name]
            low[at] = high[at] = bound if np.isfinite(bound) else value
    row_low, row_high = matrix.row_low.copy(), matrix.row_high.copy()
    for at, name in enumerate(matrix.rows):
        if prices[name] > PRICED:
            row_high[at] = min(row_high[at], row_low[at] + WIDTH_YI)
        elif prices[name] < -PRICED:
            row_low[at] = max(row_low[at], row_high[at] - WIDTH_YI)
    face = replace(matrix, low=low, high=high, row_low=row_low, row_high=row_high)
    return replace(laid, matrix=face)
