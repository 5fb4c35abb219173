"""What a repair of the plan (预算调整) starts from, aims at and ends in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from portfolio.model.calendar import Calendar
from portfolio.model.money import Wan

if TYPE_CHECKING:
    from portfolio.model.portfolio import Portfolio


class Aim(StrEnum):
    """What a repair makes small, one after the other."""

    SHORTFALL = "缺口"  # of converted investment, made by the shock, by year
    DELAY = "滞后"  # money behind the baseline, weighted by priority class, by year
    MOVEMENT = "调整量"  # 统筹 money moved away from the baseline


@dataclass(frozen=True, kw_only=True)
class RepairSettings:
    """How a repair weighs its aims, and the rules' figures that no sheet holds (assumptions).

    class_weights : weight of a 万元 behind the baseline for priority class 1, 2, 3, 4
    livelihood_bps : part of the baseline an item tagged 民生 keeps in every year
    contract_decay_bps : what is left of the signed share in each further year
    continuity_bps : least part of the baseline in every year between first and last money
    """

    aims: tuple[Aim, ...] = (Aim.SHORTFALL, Aim.DELAY, Aim.MOVEMENT)
    class_weights: tuple[int, int, int, int] = (8, 4, 2, 1)
    livelihood_bps: int = 8_000
    contract_decay_bps: int = 6_000
    continuity_bps: int = 1_000

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
    """

    baseline_wan: Wan
    cum_wan: Wan
    asof_quarter: int


@dataclass(frozen=True, kw_only=True)
class RepairCase:
    """What a repair starts from; arrays at approved cost, 15 plan years, the first year first.

    portfolio : the portfolio under the scenario; its plan is the baseline B
    asof_quarter : last quarter already past (-1: before the first year)
    reference_wan : int64[year, channel, item] R, what each channel would bring under the shock if
        the city paid its planned part in full: the baseline moved by late starts, stoppages,
        pace and duration, own and earmarked money as the shock leaves it, loans as capital and
        credit allow; gates left out. Without a shock R = B
    past_wan : int64[year, channel, item] money of the years and quarters already past, 0 after
        them: the baseline's where the shock had not begun, else what the play drew
    work_bps : int64[year, item] part of a year's quarters in which the item may work: started
        (late starts counted) and not stopped
    slowed : bool[item] whose timing the scenario touches (late start, stoppage, pace, duration)
    reschedule : whether start years are decisions too (and the full target counts)
    """

    portfolio: Portfolio
    asof_quarter: int
    reference_wan: Wan
    past_wan: Wan
    work_bps: npt.NDArray[np.int64]
    slowed: npt.NDArray[np.bool_]
    reschedule: bool = False
    settings: RepairSettings = field(default_factory=RepairSettings)

    @property
    def calendar(self) -> Calendar:
        """The portfolio's calendar."""
        return self.portfolio.calendar

    @property
    def first_year(self) -> int:
        """Index of the first year that can be adjusted: that of the quarter after `asof_quarter`."""
        return (self.asof_quarter + 1) // 4

    @property
    def year_is_running(self) -> bool:
        """Whether that year has begun already."""
        return (self.asof_quarter + 1) % 4 != 0
