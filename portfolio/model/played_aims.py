"""What a play reaches of a repair's aims: the promise is judged by the same measure as the play."""

from __future__ import annotations

import numpy as np

from portfolio.model.measures import progress_wan
from portfolio.model.money import BPS
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.repair import Aim
from portfolio.model.repair_aims import conversion_bps, wanted_wan, weights
from portfolio.model.repair_case import RepairCase


def played_aims(case: RepairCase, portfolio: Portfolio, outcome: Outcome) -> dict[Aim, int]:
    """缺口 (万元 converted) and weighted 滞后 (万元·年) of a play, as `repair_aims` counts a plan's.

    `portfolio` is the one played (repaired or not); progress counts at approved cost.
    """
    reached = progress_wan(portfolio, outcome)[3::4][:PLAN_YEARS]
    yearly = np.diff(reached, axis=0, prepend=0).sum(axis=1)
    converted = yearly * conversion_bps(case.portfolio) // BPS
    lacking = np.maximum(wanted_wan(case) - converted, 0)
    baseline = np.cumsum(case.portfolio.plan_wan[:PLAN_YEARS].sum(axis=1), axis=0)
    behind = np.maximum(baseline - reached, 0) * weights(case)
    return {Aim.SHORTFALL: int(lacking.sum()), Aim.DELAY: int(behind.sum())}


def play_judges(case: RepairCase) -> bool:
    """Whether the play can judge the repair: not where it was decided after the shock began.

    The play starts with the first year and can't be set on from the middle: money drawn under the shock would
    be laid down as a plan and shocked once more.
    """
    years = slice(0, case.first_year)
    before = case.portfolio.plan_wan[years]
    return not case.year_is_running and bool((case.past_wan[years] == before).all())
