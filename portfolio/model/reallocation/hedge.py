"""One plan for now under sampled shocks: the risk it is judged by, and what came of seeking it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portfolio.model.arrays import Floats
from portfolio.model.money import Wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.result import Verdict
from portfolio.model.study.findings import Estimate

if TYPE_CHECKING:
    from portfolio.model.measures.results import RunResult
    from portfolio.model.paper import Paper


#: What stands beside 缺口 in a scenario's cost. 滞后 (weighted 万元·年) is so light that a 万元 of
#: the heaviest class, late in all years after the first, weighs a tenth of a 万元 of 缺口.
DELAY_WEIGHT = 1e-3
#: A floor, a loan or a threshold that the sampled money can't keep costs this much a 万元: no
#: saving of 缺口 pays for it.
UNMET_WEIGHT = 10.0
#: Away from the repaired plan only where it pays: 1 亿元 moved must gain a 万元 at least.
NEARNESS_WEIGHT = 1e-4
#: A plan is proven best when bound and value are this near (亿元): 0.01 亿元.
TOLERANCE_YI = 0.01
_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Risk:
    """(1 − weight) · mean + weight · CVaR: the mean of all, and of the worst 1 − alpha part."""

    alpha: float = 0.8
    weight: float = 0.5

    def __post_init__(self) -> None:
        """Hold the ranges.

        Raises
        ------
        ValueError
            alpha outside [0, 1) or weight outside [0, 1].
        """
        if not (0 <= self.alpha < 1 and 0 <= self.weight <= 1):
            raise ValueError("alpha in [0, 1), weight in [0, 1]")

    def of(self, costs: Floats, weights: Floats | None = None) -> float:
        """What some costs come to; all weigh the same without `weights`, which sum to 1."""
        parts = even(len(costs)) if weights is None else weights
        worst = conditional_value_at_risk(costs, self.alpha, parts)
        return float((1 - self.weight) * (parts @ costs) + self.weight * worst)

    def shares(self, costs: Floats) -> Floats:
        """Numbers whose mean is `of(costs)`, the value at risk held: for intervals."""
        at_risk = value_at_risk(costs, self.alpha, even(len(costs)))
        beyond = at_risk + np.maximum(costs - at_risk, 0.0) / (1 - self.alpha)
        return np.asarray((1 - self.weight) * costs + self.weight * beyond, dtype=np.float64)


def even(count: int) -> Floats:
    """Equal weights."""
    return np.full(count, 1.0 / count)


def value_at_risk(costs: Floats, alpha: float, weights: Floats) -> float:
    """The least cost that at least the part alpha of the weight doesn't exceed."""
    order = np.argsort(costs, kind="stable")
    reached = np.cumsum(weights[order])
    # 0.1 added eight times is not 0.8: the last bits decide nothing.
    at = int(np.searchsorted(reached, alpha - 1e-12))
    return float(costs[order[min(at, len(costs) - 1)]])


def conditional_value_at_risk(costs: Floats, alpha: float, weights: Floats) -> float:
    """Mean of the worst 1 − alpha part of the weight, a cost on its edge counted in part.

    As a minimum (Rockafellar and Uryasev 2000): min over v of v + E[max(0, cost − v)]/(1 − alpha).
    """
    at_risk = value_at_risk(costs, alpha, weights)
    return at_risk + float(weights @ np.maximum(costs - at_risk, 0.0)) / (1 - alpha)


def mean_estimate(values: Floats) -> Estimate:
    """Mean with its interval at 95 % (normal); None with fewer than two values."""
    mean = float(values.mean())
    if len(values) < 2:
        return Estimate(value=mean, low=None, high=None)
    half = _NORMAL_95 * float(values.std(ddof=1)) / len(values) ** 0.5
    return Estimate(value=mean, low=mean - half, high=mean + half)


@dataclass(frozen=True, kw_only=True)
class HedgeSettings:
    """What was asked for.

    samples : sampled shocks; above `KEPT_SCENARIOS` of the workflow they are reduced
    years : how many years from the first that can be adjusted are decided now
    fresh : fresh sampled shocks on which the plans are compared
    seconds : for the search, None for a set effort
    """

    samples: int
    years: int
    risk: Risk
    seed: int
    fresh: int
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What one plan for now leads to, by sampled shock; 万元, the later years as good as can be.

    shortfall_wan : converted money the years lack; delay_wan : weighted 滞后 (万元·年)
    unmet_wan : what floors, loans and thresholds lack because the money didn't come
    """

    shortfall_wan: Floats
    delay_wan: Floats
    unmet_wan: Floats


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A plan for now on fresh shocks, 缺口 in 万元, intervals at 95 %.

    objective : (1 − weight) · mean + weight · CVaR of 缺口
    costs : by shock, the same shocks for every plan
    """

    name: str
    mean: Estimate
    worst: Estimate
    objective: Estimate
    delay: Estimate
    unmet: Estimate
    costs: Costs


@dataclass(frozen=True, kw_only=True)
class NowCell:
    """统筹 money of a cell decided now: workbook's plan, repaired plan, hedged plan (万元)."""

    item_no: int
    channel_id: str
    year: int
    baseline_wan: int
    repaired_wan: int
    hedged_wan: int


@dataclass(frozen=True, kw_only=True)
class GateCheck:
    """The costliest shocks solved again with the gates free to open when they can.

    worst_wan : largest difference of cost, gates as in the repaired plan less gates free;
        negative where the gates could not open as assumed
    """

    checked: int
    proven: int
    worst_wan: float


@dataclass(frozen=True, kw_only=True)
class HedgeResult:
    """Everything a report of one hedge needs.

    value_wan, bound_wan : objective of the hedged plan on the sampled shocks (滞后 and nearness in
        their small weights included), and what no plan can be below; None without a plan
    repaired_value_wan : the same objective with the repaired plan's money now
    kept : scenarios solved with; reduced where fewer than the samples
    plan_wan : int64[15, channel, item] the hedged plan: money now as hedged, the later years as
        the repair makes them where all money comes; None without a plan
    first_stage_wan : int64[years, channel, item] what is decided now, equal under every shock
    compared : hedged, repaired and workbook's plan on the same fresh shocks
    gain : by how much the hedged plan's objective is below the repaired plan's (VSS)
    sampled_channels : names of the channels whose money was sampled
    """

    run: RunResult
    case: RepairCase
    settings: HedgeSettings
    verdict: Verdict
    value_wan: float | None
    bound_wan: float | None
    repaired_value_wan: float | None
    kept: int
    rounds: int
    solves: int
    solve_seconds: float
    total_seconds: float
    plan_wan: Wan | None
    first_stage_wan: Wan | None
    cells: tuple[NowCell, ...]
    compared: tuple[Compared, ...]
    gain: Estimate | None
    gate_check: GateCheck | None
    sampled_channels: tuple[str, ...]

    @property
    def paper(self) -> Paper:
        """The run's paper, numbered by what was asked too."""
        return self.run.paper.about("hedge", self.settings, self.case.asof_quarter)

    @property
    def gap_wan(self) -> float | None:
        """Value less bound."""
        if self.value_wan is None or self.bound_wan is None:
            return None
        return max(0.0, self.value_wan - self.bound_wan)
