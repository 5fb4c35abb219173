"""A mixed-integer program as rows and columns for scipy's own branch and bound."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

#: A linear form: coefficient by column, the constant under key -1.
Linear = dict[int, float]


def plus(*terms: tuple[float, Linear]) -> Linear:
    """Σ factor × form."""
    out: Linear = {}
    for factor, form in terms:
        for column, value in form.items():
            out[column] = out.get(column, 0.0) + factor * value
    return out


@dataclass
class Program:
    """Columns and rows as they are thought of."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[tuple[float, Linear, float]] = field(default_factory=list)
    found: list[float] = field(default_factory=list)

    def column(self, low: float = 0.0, high: float = np.inf, whole: int = 0) -> Linear:
        self.low.append(low)
        self.high.append(high)
        self.whole.append(whole)
        return {len(self.low) - 1: 1.0}

    def between(self, low: float, form: Linear, high: float) -> None:
        self.rows.append((low, form, high))

    def at_most(self, left: Linear, right: Linear) -> None:
        self.between(-np.inf, plus((1, left), (-1, right)), 0.0)

    def named(self, form: Linear) -> Linear:
        """A column that equals the form, so that sums of sums stay short."""
        if all(column == -1 for column in form):
            return form
        new = self.column(low=-np.inf)
        self.between(0.0, plus((1, form), (-1, new)), 0.0)
        return new

    def least(self, aim: Linear) -> float | None:
        """The smallest value of a form; None when no plan satisfies the rows."""
        if not self.low:
            self.column(high=0.0)  # scipy wants one
        cost = np.zeros(len(self.low))
        for column, value in aim.items():
            if column >= 0:
                cost[column] += value
        found = milp(
            cost,
            integrality=np.array(self.whole),
            bounds=Bounds(np.array(self.low), np.array(self.high)),
            constraints=self._matrix(),
            options={"mip_rel_gap": 0.0, "time_limit": 300.0},
        )
        if found.status == 2:
            return None
        if found.status != 0:
            raise RuntimeError(found.message)
        self.found = [float(value) for value in found.x]
        return float(found.fun) + aim.get(-1, 0.0)

    def _matrix(self) -> LinearConstraint:
        at, where, values, low, high = [], [], [], [], []
        for number, (bottom, form, top) in enumerate(self.rows):
            for column, value in form.items():
                if column >= 0 and value:
                    at.append(number)
                    where.append(column)
                    values.append(value)
            low.append(bottom - form.get(-1, 0.0))
            high.append(top - form.get(-1, 0.0))
        shape = (len(self.rows), len(self.low))
        return LinearConstraint(csr_array((values, (at, where)), shape=shape), low, high)


def number(value: float) -> Linear:
    return {-1: float(value)}
