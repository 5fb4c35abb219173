"""A mixed-integer program as rows and columns for HiGHS' branch and bound.

scipy's `milp` would do but for integers: it takes them for whole from a millionth on, and the rows
of a gate multiply that by all of an item's money.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import highspy
import numpy as np

#: A linear form: coefficient by column, the constant under key -1.
Linear = dict[int, float]

KINDS = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-9,
    "time_limit": 300.0,
}


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
        highs = highspy.Highs()
        for option, value in OPTIONS.items():
            highs.setOptionValue(option, value)
        highs.passModel(self._model(cost))
        said = solved(highs)
        if said == "kInfeasible" and any(self.whole):  # presolve has lost the last solution before
            highs.clearSolver()
            highs.setOptionValue("presolve", "off")
            said = solved(highs)
        if said == "kInfeasible":
            return None
        if said != "kOptimal":
            raise RuntimeError(said)
        self.found = [float(value) for value in highs.getSolution().col_value]
        return float(highs.getObjectiveValue()) + aim.get(-1, 0.0)

    def _model(self, cost: np.ndarray) -> highspy.HighsLp:
        starts, columns, values, low, high = [0], [], [], [], []
        for bottom, form, top in self.rows:
            for column, value in form.items():
                if column >= 0 and value:
                    columns.append(column)
                    values.append(value)
            starts.append(len(columns))
            low.append(bottom - form.get(-1, 0.0))
            high.append(top - form.get(-1, 0.0))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.low), len(self.rows)
        model.col_cost_ = cost
        model.col_lower_, model.col_upper_ = np.array(self.low), np.array(self.high)
        model.row_lower_, model.row_upper_ = np.array(low), np.array(high)
        model.integrality_ = [KINDS[whole] for whole in self.whole]
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(starts)
        model.a_matrix_.index_ = np.array(columns)
        model.a_matrix_.value_ = np.array(values)
        return model


def solved(highs: highspy.Highs) -> str:
    """Run, and say how it ended."""
    highs.run()
    return str(highs.getModelStatus().name)


def number(value: float) -> Linear:
    return {-1: float(value)}
