"""What a repair of the plan (预算调整) starts from, aims at and ends in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.money import Wan
from portfolio.model.rules.approval import Short


class Aim(StrEnum):
    """What a repair makes small, one after the other."""

    SHORTFALL = "缺口"  # of converted investment, made by the shock, by year
    DELAY = "滞后"  # money behind the baseline, weighted by priority class, by year
    MOVEMENT = "调整量"  # 统筹 money moved away from the baseline


class Way(StrEnum):
    """How a repair weighs its aims against each other."""

    KNEE = "折中"  # 缺口 near its least, then 调整量 and 滞后 at a price, then few moves
    STRICT = "依次"  # one after the other, each held at its least


class WayName(StrEnum):
    """The repairs that are offered side by side."""

    FEW = "少动"
    KNEE = "折中"
    FULL = "完全修复"


#: Moves at most of the repair of few moves, where no other number is asked for. It is the one offered
#: if its play brings back at least this part of what the knee's does of 缺口 (and of 滞后, where it
#: does), and 滞后 is above that of changing nothing by this part at most.
FEW_MOVES, FEW_RECOVERS_BPS, FEW_LATER_BPS = 10, 5_000, 1_500
#: A plan is as good as the one offered where no aim is worse by more than this part: what the knee's
#: own weighing gives up for fewer moves (`cost_slack_bps`). And how many others are told beside it.
ALIKE_BPS, OTHERS = 500, 3


@dataclass(frozen=True, kw_only=True)
class RepairSettings:
    """How a repair weighs its aims, and the rules' figures that no sheet holds (assumptions).

    way : how the aims are weighed; aims : their order where they are taken strictly
    slack_bps : by how much of its least 缺口 may be larger, for less to be moved
    delay_rate_bps : what a weighted 万元·年 of 滞后 counts beside a 万元 moved
    cost_slack_bps : by how much of its least 调整量 + rate × 滞后 may be larger, for fewer moves
    class_weights : weight of a 万元 behind the baseline for priority class 1, 2, 3, 4
    livelihood_bps : part of the baseline an item tagged 民生 keeps in every year
    contract_decay_bps : what is left of the signed share in each further year
    continuity_bps : least part of the baseline in every year between first and last money
    yearly_band_bps : how far a channel's share of an item-year may be from the plan's; 10,000: no
        matter how far
    livelihood_debt : whether debt may pay more of what the city pays for 民生 than planned
    least_move_wan : moves below are taken back where nothing is lost by it
    short : what is done about a voted year whose channel brings less: decides who decides
    """

    way: Way = Way.KNEE
    aims: tuple[Aim, ...] = (Aim.SHORTFALL, Aim.DELAY, Aim.MOVEMENT)
    slack_bps: int = 100
    delay_rate_bps: int = 1_000
    cost_slack_bps: int = 500
    class_weights: tuple[int, int, int, int] = (8, 4, 2, 1)
    livelihood_bps: int = 8_000
    contract_decay_bps: int = 6_000
    continuity_bps: int = 1_000
    short: Short = Short.TOTAL_FALLS
    yearly_band_bps: int = 1_500
    livelihood_debt: bool = False
    least_move_wan: int = 500

    def __post_init__(self) -> None:
        """Hold that every aim is named once.

        Raises
        ------
        ValueError
            An aim is missing or named twice.
        """
        if sorted(self.aims) != sorted(Aim):
            raise ValueError("every aim is named once")

    def weight(self, priority: int) -> int:
        """Weight of an item of a priority class; classes past the fourth weigh like it."""
        return self.class_weights[min(priority, len(self.class_weights)) - 1]


@dataclass(frozen=True, kw_only=True)
class AdjustedPlan:
    """A plan that is no longer the workbook's: laid down quarter by quarter on the items' clocks.

    baseline_wan : int64[15 years, channel, item] the workbook's plan it departs from
    cum_wan : int64[quarters + 1, channel, item] money by the item's own clock, cumulated, at
        approved cost: position k is what is planned once the clock stands at the quarter that
        would be the k-th since the start if nothing held the item up
    asof_quarter : last quarter already past when the plan was adjusted (-1: before the first year)
    rest_wan : of a plan adjusted after facts, what is planned beyond them once the clock stands at
        a row of `cum_wan`, of the same shape, as `Opening.rest_wan`; None without facts
    """

    baseline_wan: Wan
    cum_wan: Wan
    asof_quarter: int
    rest_wan: Wan | None = None
