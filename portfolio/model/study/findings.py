"""What the paths of one scenario say: years, finish and cost, drivers, chains, causes.

Money is 万元, time a quarter index from the first, chances are parts of 1. A finish of
`PLAY_QUARTERS` (100) stands for “… 以后”.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portfolio.model.outcome import CauseKind

if TYPE_CHECKING:
    from portfolio.model.items import Target

# --- Numbers with their intervals: means, chances, differences, percentiles, fans


#: Confidence of every interval shown.
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean, a chance or a difference with its interval (None: too few paths for one)."""

    value: float
    low: float | None
    high: float | None

    @property
    def half_width(self) -> float | None:
        """Half the interval's length; None without an interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    @property
    def differs(self) -> bool:
        """For a difference: whether its interval leaves out 0. Without an interval: no."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True, kw_only=True)
class Percentile:
    """A percentile of integers (万元, quarters, counts) with its interval by order statistics."""

    percent: int
    value: int
    low: int | None
    high: int | None


@dataclass(frozen=True, kw_only=True)
class Fan:
    """Percentiles of a quantity, lowest first, and its mean."""

    percentiles: tuple[Percentile, ...]
    mean: Estimate

    def at(self, percent: int) -> Percentile:
        """The percentile of that number.

        Raises
        ------
        KeyError
            The fan has no such percentile.
        """
        for percentile in self.percentiles:
            if percentile.percent == percent:
                return percentile
        raise KeyError(percent)


# --- What the paths of one scenario say: years, finish and cost, drivers, chains, causes


@dataclass(frozen=True, kw_only=True)
class YearChance:
    """One year over the paths: P5, P10, P25, P50, P75, P90, P95 and means, all in 万元.

    prior_converted_wan : converted progress of the same scenario played without luck
    planned_converted_wan : the year's plan × 入列系数
    plan_below_target : the plan itself stays below a floor or band (计划本身即低于目标)
    chance : P(target met); None without a target and once the list runs down, when the closed list runs down
    drawn : 完成投资 (money, not converted)
    converted, converted_money : progress at approved cost (折市重点, what counts as on target)
        and money × 入列系数; None in a year without 入列系数
    shortfall : mean distance to the target, met years as 0 (期望缺口; for 上限 the excess)
    shortfall_if_missed : mean distance given a miss; None where no path missed
    to_be_listed, short_of_plan : once the list runs down the gap in its two parts, as `run` cuts it: 待入库
        (what the closed list leaves open) and what the play stays behind its own plan; P50, P90
    """

    year: int
    target: Target | None
    inclusion_bps: int | None
    planned_converted_wan: int | None
    prior_converted_wan: int | None
    prior_met: bool | None
    plan_below_target: bool
    list_runs_down: bool
    drawn: Fan
    converted: Fan | None
    converted_money: Fan | None
    chance: Estimate | None
    shortfall: Estimate | None
    shortfall_if_missed: Estimate | None
    to_be_listed: Fan | None
    short_of_plan: Fan | None


class Worry(StrEnum):
    """Why a year is the one to look at."""

    UNLIKELY = "封闭清单达到目标的比例首个不足一半的年份"
    LEAST_LIKELY = "封闭清单达到目标的比例最低的年份"
    PLAN_ITSELF = "各年计划本身即低于目标，取封闭清单达到目标的比例最低的年份"
    ASKED = "按 --year 指定"


@dataclass(frozen=True, kw_only=True)
class WorryYear:
    """The year the findings look at: the one to worry about first (while the list is full), or one asked for.

    A year asked for may be as late as the last plan year; once the list runs down it has no chance.
    """

    year: int
    why: Worry


@dataclass(frozen=True, kw_only=True)
class FrontierPoint:
    """The smallest cost that, with this finish, gives a joint confidence."""

    finish: int
    cost_wan: int


@dataclass(frozen=True, kw_only=True)
class Frontier:
    """Equal joint confidence (NASA JCL); not a trade-off: it does not say what haste costs."""

    percent: float
    points: tuple[FrontierPoint, ...]


@dataclass(frozen=True, kw_only=True)
class JointConfidence:
    """P(cost ≤ X and finish ≤ T) for X = approved cost, T = planned finish, and its quadrants.

    both + over_only + late_only + over_and_late = 1. `within_cost` and `on_time` are the
    marginals. The conditional means are None where no path is of that kind.
    """

    cost_wan: int
    finish: int
    both: Estimate
    over_only: Estimate
    late_only: Estimate
    over_and_late: Estimate
    within_cost: Estimate
    on_time: Estimate
    mean_cost_on_time: Estimate | None
    mean_cost_late: Estimate | None
    frontiers: tuple[Frontier, ...]


@dataclass(frozen=True, kw_only=True)
class Confidence:
    """Finish and cost of an item, or of all together: P50, P70, P80, P90.

    item_no : None for all together; then cost is the total, finish the last of all
    planned_finish, prior_finish : by plan, and played without luck (None: none in the play)
    approved_wan : planned money from the first year on at approved cost
    delay : mean quarters behind the planned finish, early paths as 0, unfinished ones counted
        to the end of play (all together: of the last finish)
    unfinished : chance that play ends first
    reserve_wan : money over the approved cost that P70 and P80 ask for, by percent (0 if none)
    in_year, year_later : chance to finish by the end of the planned year, and of the one after it
    """

    item_no: int | None
    planned_finish: int
    prior_finish: int | None
    approved_wan: int
    finish: Fan
    cost: Fan
    delay: Estimate
    unfinished: Estimate
    joint: JointConfidence
    reserve_wan: tuple[tuple[int, int], ...]
    in_year: Estimate
    year_later: Estimate


@dataclass(frozen=True, kw_only=True)
class MoneyFinish:
    """The quarter by which items with so many per cent of the planned money have finished.

    The last finish of all hangs on the slowest item, and is past the end of play wherever one
    item is; this tells when most of the programme is done.

    planned, prior : by plan, and played without luck (None: not in the play)
    on_time : chance to be there by the planned quarter
    """

    percent: int
    planned: int
    prior: int | None
    finish: Fan
    on_time: Estimate


class Source(StrEnum):
    """The kind of luck a driver is."""

    COST = "造价"
    DURATION = "工期"
    VOLUME = "落地率"
    STOPPAGE = "停工"
    RECEIPT = "到位率"
    REGISTER = "风险清单"


class Level(StrEnum):
    """What a driver stands for; drivers of one level may be ranked against each other."""

    ITEM = "大项"
    CHANNEL = "渠道"
    RISK = "风险"
    CLASS = "风险类别"
    WORK = "工程"
    SOURCE = "来源"


@dataclass(frozen=True, kw_only=True)
class Swing:
    """How an outcome differs between the driver's lowest and highest tenth of the paths.

    Ties go together: an event is compared with its absence. `difference` = high − low;
    `rank_correlation` is Spearman's over all paths.
    """

    low: float
    high: float
    difference: Estimate
    rank_correlation: float


@dataclass(frozen=True, kw_only=True)
class Driver:
    """A variable of the luck, and how far it moves the three outcomes.

    ref : item number, channel id, register id, class key, work name, or the source itself
    label : what people read, e.g. `22 国铁干线`
    converted : converted investment of the worry year, 万元 (None without such a year)
    cost : total cost, 万元
    delay : mean delay of the items weighted by planned money, quarters
    """

    level: Level
    source: Source
    ref: str
    label: str
    converted: Swing | None
    cost: Swing
    delay: Swing


@dataclass(frozen=True, kw_only=True)
class YearDriver:
    """A single variable of the luck, and how far it moves one year's converted investment (万元)."""

    level: Level
    source: Source
    ref: str
    label: str
    swing: Swing


@dataclass(frozen=True, kw_only=True)
class YearAhead:
    """The next year that is not past, or the year asked for, and what moves it beyond chance.

    drivers : the widest swing first; () in a year without 入列系数
    """

    year: int
    drivers: tuple[YearDriver, ...]


@dataclass(frozen=True, kw_only=True)
class ItemChain:
    """How much an item decides the end of the portfolio.

    criticality : chance to be on the chain that ends last
    ends_last : chance to be (among) the last to finish itself
    cruciality : |Spearman| between its duration factor and the portfolio's end (Williams 1992)
    delay_cruciality : |Spearman| between its duration factor and the money-weighted mean delay,
        which tells items apart even where play ends before the portfolio does
    """

    item_no: int
    criticality: Estimate
    ends_last: Estimate
    cruciality: float
    delay_cruciality: float


@dataclass(frozen=True, kw_only=True)
class GateInTime:
    """Chance that a gate is open in the quarter in which the plan needs it.

    prior_opened : played without luck; None if it never opens
    """

    gate_id: str
    pred_no: int
    needed: int
    prior_opened: int | None
    in_time: Estimate


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Several gates of one item: all must open, so the chance is below the smallest of them.

    product : what independent gates would give; smallest : the most one could hope for
    """

    item_no: int
    gates: tuple[GateInTime, ...]
    all_in_time: Estimate
    product: float
    smallest: float
    planned_start: int | None
    prior_start: int | None
    start: Fan


@dataclass(frozen=True, kw_only=True)
class EndBias:
    """The portfolio's end: planned, played without luck, and over the paths."""

    planned: int
    prior: int | None
    end: Fan
    chance_by_prior: Estimate | None


@dataclass(frozen=True, kw_only=True)
class CauseShare:
    """Quarters of delay of one cause, summed over paths and items (a shorter duration: negative).

    ref, label : channel id or gate id, and what people read; None where the cause has none
    share : part of the whole; None where the whole is 0
    """

    kind: CauseKind
    ref: str | None
    label: str | None
    quarters: int
    per_path: float
    share: float | None


@dataclass(frozen=True, kw_only=True)
class ItemCauses:
    """Causes of one item, largest first; they sum to `quarters`."""

    item_no: int
    quarters: int
    per_path: float
    causes: tuple[CauseShare, ...]


@dataclass(frozen=True, kw_only=True)
class CauseTable:
    """The delay ledger over all paths; every view sums to `quarters` exactly."""

    paths: int
    quarters: int
    by_kind: tuple[CauseShare, ...]
    by_cause: tuple[CauseShare, ...]
    by_item: tuple[ItemCauses, ...]


@dataclass(frozen=True, kw_only=True)
class NotablePath:
    """A path worth replaying: its number (from 1) and where it stands."""

    label: str
    path: int
    value_wan: int


@dataclass(frozen=True, kw_only=True)
class Findings:
    """All statistics over the paths of one scenario; what `assess` fills from `Paths` alone."""

    years: tuple[YearChance, ...]
    worry: WorryYear | None
    whole: Confidence | None
    public: Confidence | None  # without the items that have a 落地率; None where none has
    by_money: tuple[MoneyFinish, ...]
    late_items: Fan
    items: tuple[Confidence, ...]
    drivers: tuple[Driver, ...]
    chain: tuple[ItemChain, ...]
    merges: tuple[Merge, ...]
    end: EndBias | None
    causes: CauseTable
    notable: tuple[NotablePath, ...]
    ahead: YearAhead
