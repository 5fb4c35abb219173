"""What is assumed of projects not yet started, and what is sought."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.money import BPS


class Aim(StrEnum):
    """What is least among the plans that hold the targets."""

    PEAK = "峰值"
    VOLUME = "总量"
    CITY = "市级资金"


@dataclass(frozen=True, kw_only=True)
class StartSettings:
    """Assumptions of a plan of starts; parts are basis points.

    first : the first year in which anything new may start
    aim : what is least
    stretch_bps : length of a start's drawdown as a part of its class's 最短工期
    low_bps, high_bps : a class's part of a year's starts as a part of its part in the list
    cap_bps : 统筹 channels, old and new works together, as a part of their mean plan of the
        planned period; None: no limit
    in_hand_bps : volume in hand at the end as a part of the last year's target
    quarters : quarters of a year over which its starts are spread
    later_mix : channels pay for a class as in the plan after the period, else as in all of it
    old_as_planned : the list brings what it plans, else what is played
    target_bps, inclusion_bps : what targets and 入列系数 are multiplied with: 1 as they stand
    """

    first: int
    aim: Aim = Aim.PEAK
    stretch_bps: int = 12_500
    low_bps: int = 5_000
    high_bps: int = 15_000
    cap_bps: int | None = 11_000
    in_hand_bps: int = 20_000
    quarters: int = 4
    later_mix: bool = True
    old_as_planned: bool = False
    target_bps: int = BPS
    inclusion_bps: int = BPS
