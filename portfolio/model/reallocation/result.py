"""A finished repair: the verdict, the plan, the moves, what binds, and what the play made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portfolio.model.measures.years import year_measures
from portfolio.model.money import BPS, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import conversion_bps, counted_wan, worked_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.settings import Aim, WayName

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.measures.results import RunResult
    from portfolio.model.outcome import Outcome
    from portfolio.model.paper import Paper
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.reallocation.alternatives import Forced, Free, Within
    from portfolio.model.rules.approval import ApprovalPath
    from portfolio.model.study.result import ScenarioComparison


class Verdict(StrEnum):
    """What is known of a repair; nothing else may be said of it."""

    PROVEN = "已证最优"
    UNPROVEN = "可行未证"
    NONE_FOUND = "未得方案"  # no plan, and no proof that there is none
    INFEASIBLE = "无可行解"
    NEEDLESS = "不必调整"  # what the rules allow plays no better than changing nothing


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One aim made small with the earlier ones held.

    value_wan : what the plan in whole 万元 reaches (缺口: 万元 converted; 滞后: weighted 万元·年;
        调整量: 万元), counted in integers after rounding
    bound_wan : no plan can be below this; None where the search was cut before it had a bound
    proven : the solver's status and solution status both say optimal
    """

    aim: Aim
    value_wan: int
    bound_wan: float | None
    proven: bool
    seconds: float

    @property
    def gap(self) -> float | None:
        """Value less bound as a part of the value; None without a bound, 0 where it is proven."""
        if self.proven:
            return 0.0
        if self.bound_wan is None:
            return None
        return max(0.0, self.value_wan - self.bound_wan) / max(1, abs(self.value_wan))


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """调整量 + rate × 滞后, where both are made small together (万元).

    value_wan : of the plan in whole 万元; least_wan : no plan with as little 缺口 can be below this
    """

    value_wan: int
    least_wan: float | None
    proven: bool


@dataclass(frozen=True, kw_only=True)
class FewestCells:
    """How many cells differ from the baseline, and how few there could be (a set effort)."""

    cells: int
    bound: int | None
    proven: bool
    seconds: float


class Reason(StrEnum):
    """Why a cell was changed."""

    ENVELOPE_CUT = "渠道额度减少"  # the channel has less than was planned for this year
    FROM_RESERVE = "动用年初预留"
    FROM_ROOM = "使用再安排空间（假设）"  # of a year that has no budget yet
    REPLACES = "替代本项其他渠道的缺口"  # the same item gets less from another channel
    MAKES_GOOD = "补上以前年度少安排的"  # the item's cumulated money was behind
    CARRIES_YEAR = "补当年投资缺口"  # more than the baseline to help the year's total
    GIVES_WAY = "让给优先级更高的大项"
    SHOCK_TIMING = "随冲击后的进度顺延"  # the item's own timing was moved by the scenario
    LATER_PAYBACK = "前期已多安排，后期相应减少"
    FREED_FOR_OTHERS = "腾出给同渠道其他大项"
    TAKES_FREED = "承接同渠道腾出的资金"


@dataclass(frozen=True, kw_only=True)
class Move:
    """A changed cell of 统筹 money: item × channel × year, with its reasons and approval path."""

    item_no: int
    channel_id: str
    year: int
    before_wan: int
    after_wan: int
    reasons: tuple[Reason, ...]
    approval: ApprovalPath

    @property
    def change_wan(self) -> int:
        """After less before."""
        return self.after_wan - self.before_wan

    @property
    def cell(self) -> tuple[int, str, int]:
        """The cell that is moved: item, channel and year."""
        return self.item_no, self.channel_id, self.year


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one step more of a limit would buy, found by solving again.

    rule : code of the rule that limits
    step_wan : how much looser the limit was made (万元; for shares see `where`)
    shortfall_wan, delay_wan : by how much 缺口 and weighted 滞后 shrink for the step
    loans_wan : loans that come in its train over all years
    holds_down_wan, holds_up_wan : how far the limit may shrink or grow with the same price per
        万元 of the first aim that moves; None where it holds without end
    """

    rule: str
    where: str
    channel_id: str | None
    item_no: int | None
    year: int
    limit_wan: int
    used_wan: int
    step_wan: int
    shortfall_wan: int
    delay_wan: int
    loans_wan: int
    holds_down_wan: int | None
    holds_up_wan: int | None


@dataclass(frozen=True, kw_only=True)
class RepairNeed:
    """One line of the cheapest repair of an infeasible case: how much a rule lacks and where.

    `alternative` tells the same in another rule's words, where there is one
    (“或把 24 城市轨道交通的合同下限从 60% 降到 52%”).
    """

    rule: str
    where: str
    year: int | None
    lacking_wan: int
    alternative: str | None


@dataclass(frozen=True, kw_only=True)
class ConflictMember:
    """A rule of a minimal set that can't all hold: without any one of them the rest can."""

    rule: str
    where: str
    year: int | None


@dataclass(frozen=True, kw_only=True)
class Infeasibility:
    """Why no plan satisfies the rules: the cheapest repair, then a minimal set in conflict.

    complete : whether the cheapest repair and every other way to tell it were sought to the end
    """

    needs: tuple[RepairNeed, ...]
    conflict: tuple[ConflictMember, ...]
    conflict_is_minimal: bool
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class YearPromise:
    """A year before and after, converted (折市重点口径, None without 入列系数), in 万元.

    baseline : the workbook's plan; shocked : the play under the shock, not repaired;
    promised : the repaired plan; played : the repaired plan's play
    """

    year: int
    target_wan: int | None
    inclusion_bps: int | None
    baseline_wan: int
    shocked_wan: int
    promised_wan: int
    played_wan: int


@dataclass(frozen=True, kw_only=True)
class Grandfathered:
    """A place in which the baseline itself breaks a rule: held at the baseline's own figure."""

    rule: str
    where: str
    year: int | None
    beyond_wan: int


@dataclass(frozen=True, kw_only=True)
class Reallocation:
    """Everything a report of one repair needs.

    run : the scenario played without a repair (its `portfolio` is the case's)
    plan_wan : int64[15 years, channel, item] the repaired plan at approved cost; None if infeasible
    repaired : the portfolio with the repaired plan, and its play; None if infeasible
    weighed : 调整量 and 滞后 together, where they were made small together
    time_limit_seconds : of the goals; None where a set effort, and no clock, ends the search
    prices : None where none were asked for
    prices_complete : whether every limit that may have a price was looked at
    grandfathered : where the baseline itself breaks a rule
    name : which of the repairs this is; allowed : moves at most, of the repair of few moves
    ways : the repairs side by side, this one among them, each without ways of its own; () where
        none were asked for
    alternatives : what every plan as good moves, and others; None where none were asked for
    tried : the best repair, where its play is no better than changing nothing and none is offered
    luck : the repaired plan less the unrepaired one, path by path on the same luck; None where no
        stress test was asked for
    """

    run: RunResult
    case: RepairCase
    verdict: Verdict
    stages: tuple[Stage, ...]
    weighed: Weighed | None
    fewest: FewestCells | None
    plan_wan: Wan | None
    moves: tuple[Move, ...]
    years: tuple[YearPromise, ...]
    prices: tuple[Price, ...] | None
    infeasibility: Infeasibility | None
    grandfathered: tuple[Grandfathered, ...]
    repaired: Portfolio | None
    outcome: Outcome | None
    time_limit_seconds: float | None
    solver: str
    luck: ScenarioComparison | None = None
    prices_complete: bool = True
    name: WayName = WayName.KNEE
    allowed: int | None = None
    ways: tuple[Reallocation, ...] = ()
    alternatives: Alternatives | None = None
    tried: Reallocation | None = None

    @property
    def calendar(self) -> Calendar:
        """The portfolio's calendar."""
        return self.run.portfolio.calendar

    @property
    def paper(self) -> Paper:
        """The run's paper, numbered by the rules, the as-of and the plan itself too.

        One plan has one number, whatever else is told beside it.
        """
        case = self.case
        return self.run.paper.about(
            "repair", case.settings, case.asof_quarter, case.reschedule, self.plan_wan
        )


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another plan as good, played.

    shared : cells that the offered plan moves too
    """

    repair: Reallocation
    shared: int


@dataclass(frozen=True, kw_only=True)
class Alternatives:
    """What is forced and what is free in the plans as good as the one offered, and some of them.

    within : what makes a plan as good
    forced, free : channel-years first, then items
    others : each away from all before it
    """

    within: tuple[Within, ...]
    forced: tuple[Forced, ...]
    free: tuple[Free, ...]
    others: tuple[Alternative, ...]


def year_promises(
    run: RunResult,
    case: RepairCase,
    plan_wan: Wan | None = None,
    portfolio: Portfolio | None = None,
    outcome: Outcome | None = None,
) -> tuple[YearPromise, ...]:
    """The plan years before and after, promised and played, converted.

    Without a repaired plan what is promised and played is the unrepaired play. Years past are left
    out: nothing can be done about them.
    """
    factors = conversion_bps(case.portfolio)
    planned = counted_wan(case, case.portfolio.baseline_wan[:PLAN_YEARS].sum(axis=1))
    baseline = planned * factors // BPS
    shocked = {m.year: m for m in year_measures(case.played, run.outcome)}
    after, promised = shocked, None
    if plan_wan is not None and portfolio is not None and outcome is not None:
        after = {m.year: m for m in year_measures(portfolio, outcome)}
        worked = counted_wan(case, worked_wan(case, plan_wan).sum(axis=1))
        promised = worked * factors // BPS
    targets = {target.year: target for target in case.portfolio.targets}
    years = []
    for index in range(case.first_year, PLAN_YEARS):
        year = case.calendar.first_year + index
        target = targets.get(year)
        left = shocked[year].converted_wan or 0
        years.append(
            YearPromise(
                year=year,
                target_wan=None if target is None else target.target_wan,
                inclusion_bps=int(factors[index]) or None,
                baseline_wan=int(baseline[index]),
                shocked_wan=left,
                promised_wan=left if promised is None else int(promised[index]),
                played_wan=after[year].converted_wan or 0,
            )
        )
    return tuple(years)


# --- “Why was this item cut, and what would keep it?”, answered by solving again


@dataclass(frozen=True, kw_only=True)
class KeptYear:
    """A year the item is to be kept in: 万元 of all channels and of 统筹 channels.

    Of the year alone, or cumulated to its end where all years are asked about.
    """

    year: int
    baseline_wan: int
    plan_wan: int
    baseline_pooled_wan: int
    plan_pooled_wan: int

    @property
    def cut(self) -> bool:
        """Whether the repaired plan gives less than the baseline, in all or of 统筹 money."""
        return self.plan_wan < self.baseline_wan or self.plan_pooled_wan < self.baseline_pooled_wan


@dataclass(frozen=True, kw_only=True)
class Shifted:
    """A cell of 统筹 money that changes if the item is kept: before is the repaired plan."""

    item_no: int
    channel_id: str
    year: int
    before_wan: int
    after_wan: int

    @property
    def change_wan(self) -> int:
        """After less before."""
        return self.after_wan - self.before_wan


@dataclass(frozen=True, kw_only=True)
class Loosening:
    """One rule that, loosened by so much, would keep the item at no cost to anybody.

    year : None where the rule holds over all years
    """

    rule: str
    where: str
    year: int | None
    more_wan: int


@dataclass(frozen=True, kw_only=True)
class Counterfactual:
    """What keeping an item at its baseline would cost, and what would make it cost nothing.

    years : years it is to be kept in
    possible : whether a plan keeps it there; None where the time was too short to know
    shortfall_wan, delay_wan : by how much 缺口 and weighted 滞后 grow; None without such a plan
    given, taken : what the item gets more and what others give, largest first, in the plan that
        keeps the item, reaches the new values and is nearest to the repaired one
    others_wan : given up in all by other items in their cells
    lacking_wan : least the item's total lacks under the rules where it can't be kept, if known
    conflict : rules that can't hold together with keeping it
    loosenings : the single rules of the item and envelopes of its channels that would do, the
        smallest first; gates as the repaired plan has them
    complete : whether every rule was tried in the time given
    """

    item_no: int
    years: tuple[KeptYear, ...]
    possible: bool | None
    shortfall_wan: int | None
    delay_wan: int | None
    given: tuple[Shifted, ...]
    taken: tuple[Shifted, ...]
    others_wan: int
    lacking_wan: int | None
    conflict: tuple[ConflictMember, ...]
    conflict_is_minimal: bool
    loosenings: tuple[Loosening, ...]
    complete: bool

    @property
    def cut(self) -> bool:
        """Whether there is anything to explain."""
        return any(year.cut for year in self.years)
