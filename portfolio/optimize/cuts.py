"""The first stage of two under cuts: what is known so far of the second stage's cost.

The L-shaped method (Benders' decomposition; Van Slyke and Wets 1969) with one cost a scenario and
the conditional value at risk in the first stage's model. The scenarios differ in right-hand sides
alone, so a dual solution of one of them bounds the cost of all of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from portfolio.model.arrays import Floats
from portfolio.model.two_stage import Risk
from portfolio.optimize.loaded import LoadedModel
from portfolio.optimize.solver import Solved, SolveState

#: A cut counts as new where it lifts a scenario's cost by this much.
NEW = 1e-6
#: Models solved in a row on cuts found already, at most.
SHARED_ROUNDS = 30


@dataclass(frozen=True, kw_only=True)
class Later:
    """The second stage of one scenario: its cost, and what one more on the right-hand sides adds."""

    cost: float
    by_decision: Floats
    by_sample: Floats


@dataclass
class Cuts:
    """Dual solutions found so far: cost >= constant + by_decision · x + by_sample · scenario."""

    constants: list[float] = field(default_factory=list)
    by_decision: list[Floats] = field(default_factory=list)
    by_sample: list[Floats] = field(default_factory=list)
    known: set[bytes] = field(default_factory=set)

    def add(self, later: Later, decision: Floats, sample: Floats) -> None:
        """Keep a dual solution unless it is there already."""
        slopes = np.concatenate([later.by_decision, later.by_sample])
        constant = later.cost - later.by_decision @ decision - later.by_sample @ sample
        # + 0.0: a zero with a minus is no other number
        mark = np.round(np.append(slopes, constant / 1e3), 7) + 0.0
        if mark.tobytes() in self.known:
            return
        self.known.add(mark.tobytes())
        self.constants.append(float(constant))
        self.by_decision.append(later.by_decision)
        self.by_sample.append(later.by_sample)

    def bounds(self, decision: Floats, scenarios: Floats) -> Floats:
        """What each cut says of each scenario: float[cut, scenario]."""
        fixed = np.array(self.constants) + np.array(self.by_decision) @ decision
        return np.asarray(fixed[:, None] + np.array(self.by_sample) @ scenarios.T)


@dataclass(frozen=True, kw_only=True)
class Point:
    """A decision of the first stage's model: what it costs by itself, and bounds seen from it.

    costs : of the second stage by scenario, as far as the cuts know
    bound : no decision is better (None: the solve was cut short)
    """

    decision: Floats
    now: float
    costs: Floats
    bound: float | None


@dataclass
class Master:
    """The first stage's model, changed in place; columns are its decisions."""

    model: LoadedModel
    columns: tuple[str, ...]
    scenarios: Floats
    weights: Floats
    risk: Risk
    cuts: Cuts = field(default_factory=Cuts)
    laid: set[tuple[int, int]] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Add the costs by scenario, the value at risk and what lies beyond it."""
        self.model.add_column("_at_risk", {}, low=None, cost=self.risk.weight)
        tail = self.risk.weight / (1 - self.risk.alpha)
        for row, weight in enumerate(self.weights.tolist()):
            self.model.add_column(f"_cost_{row}", {}, cost=(1 - self.risk.weight) * weight)
            self.model.add_column(f"_beyond_{row}", {}, cost=tail * weight)
            beyond = {f"_beyond_{row}": 1.0, "_at_risk": 1.0, f"_cost_{row}": -1.0}
            self.model.add_row(f"_tail_{row}", beyond, 0.0, None)

    def solve(self, here: Floats, seconds: float) -> tuple[SolveState, Point | None]:
        """The best decision as far as the cuts know; `here` is where the newest were found."""
        ends = time.monotonic() + seconds
        point: Point | None = None
        state = SolveState.NOTHING
        self._lay(here, None)
        for _ in range(SHARED_ROUNDS):
            solved = self.model.solve(seconds=max(0.0, ends - time.monotonic()))
            if solved.state is not SolveState.OPTIMAL:
                return (solved.state, None) if point is None else (state, point)
            state, point = solved.state, self._point(solved)
            if not self._lay(point.decision, point.costs):
                break
        return state, point

    def _lay(self, decision: Floats, costs: Floats | None) -> int:
        """Lay on each scenario the cut that says most at a decision, where that is new."""
        if not self.cuts.constants:
            return 0
        bounds = self.cuts.bounds(decision, self.scenarios)
        most = bounds.max(axis=0)
        new = most > (0.0 if costs is None else costs) + NEW
        added = 0
        for row in np.flatnonzero(new).tolist():
            cut = int(bounds[:, row].argmax())
            if (row, cut) in self.laid:
                continue
            self.laid.add((row, cut))
            self._lay_line(cut)
            least = self.cuts.constants[cut]
            least += float(self.cuts.by_sample[cut] @ self.scenarios[row])
            entries = {f"_cost_{row}": 1.0, f"_line_{cut}": -1.0}
            self.model.add_row(f"_cut_{row}_{cut}", entries, least, None)
            added += 1
        return added

    def _lay_line(self, cut: int) -> None:
        """What a cut says of the decision, as one column all scenarios share."""
        if cut in self.lines:
            return
        self.lines.add(cut)
        self.model.add_column(f"_line_{cut}", {}, low=None)
        slopes = zip(self.columns, self.cuts.by_decision[cut].tolist(), strict=True)
        entries = {name: -slope for name, slope in slopes if slope}
        self.model.add_row(f"_slope_{cut}", {f"_line_{cut}": 1.0, **entries}, 0.0, 0.0)

    def _point(self, solved: Solved) -> Point:
        """The decision of a solved model, and what it costs by itself."""
        values, rows = solved.values, range(len(self.weights))
        costs = np.array([values[f"_cost_{row}"] for row in rows])
        beyond = np.array([values[f"_beyond_{row}"] for row in rows])
        tail = values["_at_risk"] + float(self.weights @ beyond) / (1 - self.risk.alpha)
        later = (1 - self.risk.weight) * float(self.weights @ costs) + self.risk.weight * tail
        return Point(
            decision=np.array([values[name] for name in self.columns]),
            now=float(solved.objective or 0.0) - later,
            costs=costs,
            bound=solved.bound,
        )

    def known_costs(self, decision: Floats) -> Floats:
        """What the cuts know of each scenario's cost; never more than it is."""
        most = self.cuts.bounds(decision, self.scenarios).max(axis=0)
        return np.asarray(np.maximum(most, 0.0), dtype=np.float64)
