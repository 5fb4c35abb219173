"""The only file that knows HiGHS itself: a model loaded once, changed in place and solved again.

Made for hundreds of solves that differ in some bounds: the last basis is the start of the next.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from portfolio.model.arrays import Floats
from portfolio.optimize.foreign_output import kept_off_stdout
from portfolio.optimize.matrix import Matrix
from portfolio.optimize.solver import (
    INTEGRAL,
    SEED,
    Model,
    Solved,
    SolveState,
    ends_after,
    lower_bound,
    set_looks,
    solved_again,
    verdict,
)

CONTINUOUS, INTEGER = 0, 1
#: What HiGHS does to find better plans and costs more than it saves where a proof is wanted: searches in
#: small copies of the model, and beginning the tree anew. A release that has no such option goes without.
FINDING = (
    "mip_heuristic_run_rins",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_root_reduced_cost",
    "mip_allow_restart",
)
PRIMAL_SIMPLEX = 4
#: Looks of the simplex whether to end, by row and column, after which an LP with a set effort is begun
#: anew and then given up: from an old basis it may go round in circles. So many at the least.
STEPS, FEWEST_STEPS = 1, 1_000
#: Columns from which a model is large: several times those of the shipped list's 58 items. An LP
#: that is solved for the first time then goes by interior point with crossover, which ends in a
#: basis as well: of 851 items in 17 s, where the simplex takes minutes.
LARGE = 25_000
_INFINITY = math.inf


class LoadedModel:
    """A model inside HiGHS, its rows and columns called by their names; always minimised.

    Bounds of None mean none. Changes wait until the next solve.
    """

    @kept_off_stdout()
    def __init__(self, matrix: Matrix, *, threads: int) -> None:
        self._threads = threads
        self._highs = _new_highs(threads)
        self._column = {name: at for at, name in enumerate(matrix.columns)}
        self._row = {name: at for at, name in enumerate(matrix.rows)}
        self._integers: list[int] = np.flatnonzero(matrix.whole).tolist()
        self._relaxed, self._begun = False, False
        self._fixed: dict[int, float] = {}
        self._changed_rows: set[int] = set()
        self._changed_columns: set[int] = set()
        self._column_low, self._column_high = matrix.low.tolist(), matrix.high.tolist()
        self._row_low, self._row_high = matrix.row_low.tolist(), matrix.row_high.tolist()
        count, none = len(matrix.columns), np.zeros(0, dtype=np.int32)
        self._highs.addCols(count, matrix.costs, matrix.low, matrix.high, 0, none, none, none * 1.0)
        self._highs.changeObjectiveOffset(matrix.offset)
        self._set_integrality(INTEGER)
        self._highs.addRows(
            len(matrix.rows), matrix.row_low, matrix.row_high, len(matrix.places),
            matrix.starts[:-1].astype(np.int32), matrix.places.astype(np.int32), matrix.entries,
        )  # fmt: skip

    @staticmethod
    def of(model: Model, *, threads: int = 1) -> LoadedModel:
        """Load a model; the model itself is not touched and later changes of it aren't seen."""
        return LoadedModel(Matrix.of(model), threads=threads)

    @staticmethod
    def of_matrix(matrix: Matrix, *, threads: int = 1) -> LoadedModel:
        """Load a model laid out already."""
        return LoadedModel(matrix, threads=threads)

    @property
    def columns(self) -> int:
        """How many variables there are, those added later included."""
        return len(self._column)

    @property
    def is_large(self) -> bool:
        """Whether it takes other ways than a list of some 58 items does."""
        return self.columns >= LARGE

    def matrix(self) -> Matrix:
        """The model as it stands: rows and columns added later, and changes made, included."""
        self._pass_changes()
        lp = self._highs.getLp()
        held = lp.a_matrix_
        starts, at = np.asarray(held.start_, dtype=np.int64), np.asarray(held.index_)
        major = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        by_row = held.format_ == highspy.MatrixFormat.kRowwise
        row, column = (major, at) if by_row else (at, major)
        order = np.argsort(row, kind="stable")
        whole = np.zeros(self.columns, dtype=np.bool_)
        whole[self._integers] = True
        counts = np.bincount(row, minlength=len(self._row))
        return Matrix(
            columns=tuple(self._column),
            rows=tuple(self._row),
            costs=np.array(lp.col_cost_),
            offset=float(lp.offset_),
            low=np.array(self._column_low),
            high=np.array(self._column_high),
            whole=whole,
            row_low=np.array(self._row_low),
            row_high=np.array(self._row_high),
            starts=np.concatenate([[0], np.cumsum(counts)]),
            places=column[order].astype(np.int64),
            entries=np.asarray(held.value_)[order],
        )

    def renewed(self, matrix: Matrix) -> Matrix:
        """A matrix of this model with the costs and bounds of now; rows and columns are the same."""
        lp = self._highs.getLp()
        return replace(
            matrix,
            costs=np.array(lp.col_cost_),
            offset=float(lp.offset_),
            low=np.array(self._column_low),
            high=np.array(self._column_high),
            row_low=np.array(self._row_low),
            row_high=np.array(self._row_high),
        )

    @property
    def row_names(self) -> tuple[str, ...]:
        """Names of all rows, those added later included."""
        return tuple(self._row)

    def row_bounds(self, name: str) -> tuple[float, float]:
        """Bounds of a row, infinite where there is none."""
        at = self._row[name]
        return self._row_low[at], self._row_high[at]

    def set_row_bounds(self, name: str, low: float | None, high: float | None) -> None:
        """Give a row other bounds; without both it is free."""
        at = self._row[name]
        self._row_low[at], self._row_high[at] = _low(low), _high(high)
        self._changed_rows.add(at)

    def set_column_bounds(self, name: str, low: float | None, high: float | None) -> None:
        """Give a variable other bounds; of a fixed integer they count once it is free again."""
        at = self._column[name]
        self._column_low[at], self._column_high[at] = _low(low), _high(high)
        self._changed_columns.add(at)

    def set_objective(self, coefficients: Mapping[str, float], constant: float = 0.0) -> None:
        """Replace the whole objective."""
        costs = [0.0] * len(self._column)
        for name, cost in coefficients.items():
            costs[self._column[name]] = float(cost)
        self._highs.changeColsCost(len(costs), list(range(len(costs))), costs)
        self._highs.changeObjectiveOffset(float(constant))

    def set_costs(self, costs: Floats, offset: float = 0.0) -> None:
        """Replace the whole objective, told by place: float[column]."""
        self._highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        self._highs.changeObjectiveOffset(offset)

    def add_row(
        self, name: str, coefficients: Mapping[str, float], low: float | None, high: float | None
    ) -> None:
        """Add a row, for instance to hold an aim reached earlier."""
        if name in self._row:
            raise ValueError(f"there is a row {name} already")
        self._row[name] = len(self._row)
        self._row_low.append(_low(low))
        self._row_high.append(_high(high))
        columns = [self._column[column] for column in coefficients]
        entries = [float(entry) for entry in coefficients.values()]
        self._highs.addRow(_low(low), _high(high), len(columns), columns, entries)

    def add_column(
        self,
        name: str,
        coefficients: Mapping[str, float],
        *,
        low: float | None = 0.0,
        high: float | None = None,
        cost: float = 0.0,
        whole: bool = False,
    ) -> None:
        """Add a variable with its entries by row."""
        if name in self._column:
            raise ValueError(f"there is a column {name} already")
        self._column[name] = len(self._column)
        self._column_low.append(_low(low))
        self._column_high.append(_high(high))
        rows = [self._row[row] for row in coefficients]
        entries = [float(entry) for entry in coefficients.values()]
        self._highs.addCol(cost, _low(low), _high(high), len(rows), rows, entries)
        if whole:
            self._integers.append(self._column[name])
            self._highs.changeColIntegrality(self._column[name], highspy.HighsVarType.kInteger)

    def fix_integers_at(self, values: Mapping[str, float]) -> None:
        """Hold the integers at a solution's values: what is left is an LP, which has duals."""
        names = list(self._column)
        self._fixed = {at: float(round(values[names[at]])) for at in self._integers}
        self._changed_columns.update(self._integers)
        self._set_integrality(CONTINUOUS)

    def free_integers(self) -> None:
        """Undo `fix_integers_at`."""
        self._fixed = {}
        self._changed_columns.update(self._integers)
        self._set_integrality(CONTINUOUS if self._relaxed else INTEGER)

    def relax(self, relaxed: bool) -> None:
        """Take the integers for continuous, or no longer."""
        self._relaxed = relaxed
        if not self._fixed:
            self._set_integrality(CONTINUOUS if relaxed else INTEGER)

    def _set_integrality(self, kind: int) -> None:
        if count := len(self._integers):
            self._highs.changeColsIntegrality(count, self._integers, [kind] * count)

    @kept_off_stdout()
    def solve(
        self,
        *,
        seconds: float | None = None,
        set_effort: bool = False,
        anew: bool = False,
        looks: int | None = None,
        proving: bool = False,
    ) -> Solved:
        """Solve from where the last solve ended, or `anew` with presolve, and say what is known.

        With a set effort a search ends after so many looks (or as many as are told) and an LP after
        so many steps, the same on every machine. `proving` is for integers of which the proof is
        wanted, not merely a good plan.
        """
        begun = time.monotonic()
        self._pass_changes()
        if anew:
            self._highs.clearSolver()
        for name in FINDING:
            self._highs.setOptionValue(name, not proving)
        self._highs.setOptionValue(
            "time_limit", _INFINITY if seconds is None else max(0.0, seconds)
        )
        integers = bool(self._integers) and not self._relaxed and not self._fixed
        interior = not integers and self.is_large and (anew or not self._begun)
        self._highs.setOptionValue("solver", "ipm" if interior else "choose")
        self._begun |= not integers
        ending = self._ending(integers=integers, looks=looks)
        with ending if set_effort or (looks and integers) else nullcontext():
            self._highs.run()
            solved_again(self._highs, integers=integers)
        if self._highs.getModelStatus().name == "kInterrupt" and not integers:
            self._highs.clearSolver()
            with self._ending(integers=False):
                self._highs.run()
        state = verdict(self._highs, integers=integers)
        if self._threads != 1:
            highspy.Highs.resetGlobalScheduler(True)  # or nobody could use one thread again
        spent = time.monotonic() - begun
        if state not in (SolveState.OPTIMAL, SolveState.FEASIBLE):
            return Solved(state=state, objective=None, bound=None, seconds=spent)
        objective = float(self._highs.getObjectiveValue())
        bound = lower_bound(self._highs, integers=integers)
        if bound is None and state is SolveState.OPTIMAL:
            bound = objective
        values = dict(zip(self._column, self._highs.getSolution().col_value, strict=True))
        return Solved(state=state, objective=objective, bound=bound, seconds=spent, values=values)

    @contextmanager
    def _ending(self, *, integers: bool, looks: int | None = None) -> Iterator[None]:
        """What is solved meanwhile ends after a set effort."""
        kinds = highspy.cb.HighsCallbackType
        look = kinds.kCallbackMipInterrupt if integers else kinds.kCallbackSimplexInterrupt
        steps = max(FEWEST_STEPS, STEPS * (len(self._row) + self.columns))
        most = (looks or set_looks(self.columns)) if integers else steps
        self._highs.setCallback(ends_after(most), None)
        self._highs.startCallback(look)
        try:
            yield
        finally:
            self._highs.stopCallback(look)

    def _pass_changes(self) -> None:
        for at in sorted(self._changed_rows):
            self._highs.changeRowBounds(at, self._row_low[at], self._row_high[at])
        for at in sorted(self._changed_columns):
            low, high = self._column_low[at], self._column_high[at]
            if at in self._fixed:
                low = high = self._fixed[at]
            self._highs.changeColBounds(at, low, high)
        self._changed_rows.clear()
        self._changed_columns.clear()

    def basis(self) -> Any:
        """Where the last solve of an LP ended, to start from again in a like one."""
        return self._highs.getBasis()

    def start_from(self, basis: Any) -> None:
        """Start the next solve from a basis kept earlier; rows and columns must be the same."""
        self._begun = True
        self._highs.setBasis(basis)

    def start_at(self, values: Mapping[str, float]) -> None:
        """Give a search a plan to begin with: it ends with one no worse. Unnamed variables are 0."""
        solution = highspy.HighsSolution()
        solution.col_value = [float(values.get(name, 0.0)) for name in self._column]
        self._pass_changes()
        self._highs.setSolution(solution)

    def set_seed(self, seed: int) -> None:
        """Search with other random numbers from now on."""
        self._highs.setOptionValue("random_seed", seed)

    def without_jump(self) -> None:
        """Don't jump for a first plan: in a small model that takes as long as the search itself.

        A release that has no such option goes without.
        """
        self._highs.setOptionValue("mip_heuristic_run_feasibility_jump", False)

    def prefer_primal(self) -> None:
        """Solve by the primal simplex: for solves that differ in the objective only."""
        self._highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)

    @kept_off_stdout()
    def clashing_rows(self) -> tuple[str, ...]:
        """Rows that prove an LP just solved infeasible, if HiGHS has such a proof; to be checked."""
        _, found, ray = self._highs.getDualRay()
        if not found:
            return ()
        return tuple(name for name, part in zip(self._row, ray, strict=True) if abs(part) > 1e-9)

    @property
    def has_integers(self) -> bool:
        """Whether any variable must be whole."""
        return bool(self._integers)

    def row_prices(self) -> Floats:
        """As `row_duals`, by place: float[row]."""
        return np.asarray(self._with_duals().row_dual)

    def row_duals(self) -> dict[str, float]:
        """What one more on a row's right-hand side adds to the objective, after solving an LP."""
        return dict(zip(self._row, self._with_duals().row_dual, strict=True))

    def column_duals(self) -> dict[str, float]:
        """Reduced costs, after solving an LP."""
        return dict(zip(self._column, self._with_duals().col_dual, strict=True))

    def _with_duals(self) -> Any:
        solution = self._highs.getSolution()
        if not solution.dual_valid:
            raise ValueError("no duals: solve an LP to its end first (fix or relax the integers)")
        return solution

    @kept_off_stdout()
    def row_ranges(self) -> dict[str, tuple[float, float]]:
        """How far each row's right-hand side can move with its dual unchanged, infinite if ever.

        Of a row between two bounds that binds at neither, the upper bound is meant.
        """
        activities = self._with_duals().row_value
        ranging = self._highs.getRanging()[1]
        if not ranging.valid:
            raise ValueError("no ranges: solve an LP to its end first")
        downs, ups = ranging.row_bound_dn.value_, ranging.row_bound_up.value_
        statuses = self._highs.getBasis().row_status
        return {
            name: (
                _slack_range(self._row_low[at], self._row_high[at], activities[at])
                if statuses[at].name == "kBasic"
                else self._binding_range(at, statuses[at].name, downs[at], ups[at])
            )
            for name, at in self._row.items()
        }

    def _binding_range(self, at: int, status: str, down: float, up: float) -> tuple[float, float]:
        """Range of the bound that binds; a lower bound can't pass the upper one."""
        low, high = self._row_low[at], self._row_high[at]
        if low < high:
            return (down, min(up, high)) if status == "kLower" else (max(down, low), up)
        return down, up


def _slack_range(low: float, high: float, activity: float) -> tuple[float, float]:
    """Range of a bound that doesn't bind: up to where it would."""
    if low == high:
        return low, high
    if high < _INFINITY:
        return max(low, activity), _INFINITY
    return -_INFINITY, activity


def _new_highs(threads: int) -> Any:
    if threads != 1:
        highspy.Highs.resetGlobalScheduler(True)
    highs = highspy.Highs()
    options = {
        "output_flag": False,
        "threads": threads,
        "random_seed": SEED,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "mip_feasibility_tolerance": INTEGRAL,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    return highs


def _low(bound: float | None) -> float:
    return -_INFINITY if bound is None else float(bound)


def _high(bound: float | None) -> float:
    return _INFINITY if bound is None else float(bound)
