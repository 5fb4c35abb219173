"""A model as arrays: what a solver is given, and what falls apart into blocks when some rows go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from portfolio.model.arrays import Floats, Ints, Mask
from portfolio.optimize.solver import DUMMY, Model


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """A model that minimises, row by row.

    columns, rows : names
    costs, offset : of the objective
    low, high, whole : [column]; whole marks integers
    row_low, row_high : [row]
    starts, places, entries : row r holds `entries[starts[r]:starts[r + 1]]` in columns `places[…]`
    """

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    costs: Floats
    offset: float
    low: Floats
    high: Floats
    whole: Mask
    row_low: Floats
    row_high: Floats
    starts: Ints
    places: Ints
    entries: Floats

    @staticmethod
    def of(model: Model) -> Matrix:
        """Lay a model out; later changes of it aren't seen.

        Raises
        ------
        ValueError
            It has no variables, two of one name, two rows of one name, or it maximises.
        """
        if model.sense != 1:
            raise ValueError("only models that minimise are laid out")
        variables = [v for v in model.variables() if v.name != DUMMY]
        if not variables:
            raise ValueError("a model without variables is nothing to solve")
        position = {v.name: at for at, v in enumerate(variables)}
        if len(position) != len(variables):
            raise ValueError("two variables have one name")
        constraints = list(model.constraints())
        names = tuple(row.name or f"_row{at}" for at, row in enumerate(constraints))
        if len(set(names)) != len(names):
            raise ValueError("two constraints have one name")
        starts, places, entries = [0], [], []
        for row in constraints:
            for term, entry in row.items():
                places.append(position[term.name])
                entries.append(float(entry))
            starts.append(len(places))
        costs = np.zeros(len(variables))
        for term, cost in (model.objective or {}).items():
            if term.name != DUMMY:
                costs[position[term.name]] = float(cost)
        return Matrix(
            columns=tuple(position),
            rows=names,
            costs=costs,
            offset=0.0 if model.objective is None else float(model.objective.constant),
            low=_bounds([v.lowBound for v in variables], -inf),
            high=_bounds([v.upBound for v in variables], inf),
            whole=np.array([v.cat == "Integer" for v in variables], dtype=np.bool_),
            row_low=_bounds([row.getLb() for row in constraints], -inf),
            row_high=_bounds([row.getUb() for row in constraints], inf),
            starts=np.array(starts, dtype=np.int64),
            places=np.array(places, dtype=np.int64),
            entries=np.array(entries),
        )

    @property
    def row_of_entry(self) -> Ints:
        """The row each entry stands in."""
        return np.repeat(np.arange(len(self.rows)), np.diff(self.starts))

    def linking(self, links: Callable[[str], bool]) -> Mask:
        """Rows whose names say they link blocks: bool[row]."""
        return np.array([links(name) for name in self.rows], dtype=np.bool_)

    def times(self, prices: Floats) -> Floats:
        """What prices of rows come to by column: float[column]."""
        found = np.zeros(len(self.columns))
        np.add.at(found, self.places, self.entries * prices[self.row_of_entry])
        return found

    def part(self, columns: Ints, rows: Ints) -> Matrix:
        """These columns and rows; the rows must hold no other columns."""
        position = np.full(len(self.columns), -1, dtype=np.int64)
        position[columns] = np.arange(len(columns))
        spans = [np.arange(self.starts[row], self.starts[row + 1]) for row in rows.tolist()]
        every = np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
        return replace(
            self,
            columns=tuple(self.columns[at] for at in columns.tolist()),
            rows=tuple(self.rows[at] for at in rows.tolist()),
            costs=self.costs[columns],
            offset=0.0,
            low=self.low[columns],
            high=self.high[columns],
            whole=self.whole[columns],
            row_low=self.row_low[rows],
            row_high=self.row_high[rows],
            starts=np.concatenate([[0], np.cumsum([len(span) for span in spans], dtype=np.int64)]),
            places=position[self.places[every]],
            entries=self.entries[every],
        )

    def blocks(self, linking: Mask) -> tuple[tuple[Ints, Ints], ...]:
        """Columns and rows of each part the model falls into without its linking rows.

        Columns in no other row are left out: each is a part of its own, without a row.
        """
        above = np.arange(len(self.columns))

        def root(at: int) -> int:
            while above[at] != at:
                above[at] = above[above[at]]
                at = int(above[at])
            return at

        first = np.full(len(self.rows), -1, dtype=np.int64)
        for row in np.flatnonzero(~linking).tolist():
            held = self.places[self.starts[row] : self.starts[row + 1]].tolist()
            if not held:
                continue
            first[row] = held[0]
            top = root(held[0])
            for at in held[1:]:
                above[root(at)] = top
        inside = np.unique(self.places[~linking[self.row_of_entry]])
        roots = np.array([root(at) for at in inside.tolist()], dtype=np.int64)
        of_row = np.array([root(at) if at >= 0 else -1 for at in first.tolist()], dtype=np.int64)
        order, row_order = np.argsort(roots, kind="stable"), np.argsort(of_row, kind="stable")
        tops, begins = np.unique(roots[order], return_index=True)
        lows = np.searchsorted(of_row[row_order], tops, side="left")
        highs = np.searchsorted(of_row[row_order], tops, side="right")
        ends = [*begins[1:].tolist(), len(order)][: len(begins)]
        return tuple(
            (np.sort(inside[order[begin:end]]), np.sort(row_order[low:high]))
            for begin, end, low, high in zip(begins.tolist(), ends, lows, highs, strict=True)
        )

    def alone(self, linking: Mask) -> Ints:
        """Columns that stand in linking rows only, or in none."""
        inside = np.zeros(len(self.columns), dtype=np.bool_)
        inside[self.places[~linking[self.row_of_entry]]] = True
        return np.flatnonzero(~inside)


def _bounds(told: list[float | None], none: float) -> Floats:
    return np.array([none if bound is None else float(bound) for bound in told])
