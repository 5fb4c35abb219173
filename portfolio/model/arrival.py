"""资金到位率: of the money an item needed in a year, the part that arrived in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.items import Kind
from portfolio.model.limits import released
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Money of the channels with an envelope: int64[year, item], the play years.

    needed_wan : need at the year's beginning + what was carried over from the year before
    arrived_wan : what was carried over + the part of the year's allotment released in the year
    """

    needed_wan: Wan
    arrived_wan: Wan


def arrival(portfolio: Portfolio, outcome: Outcome) -> Arrival:
    """What was needed and what arrived, by year and item.

    随资本金 stays out: loans follow capital and have no envelope that could arrive. An allotment
    that a delay pushes past the year's end (到位推迟) arrives the next year, as money carried
    over. What arrives is never more than what is needed: no more is allotted than is needed,
    substitutes included, and both count the same money carried over.
    """
    conditions = portfolio.conditions
    in_year = released(conditions.release_bps, conditions.delay_quarters)[:, :, -1]
    arrived = outcome.carried_in_wan + outcome.allotted_wan * in_year[:, :, None] // BPS
    needed = outcome.carried_in_wan + outcome.need_wan
    with_envelope = ~portfolio.of_kind(Kind.CREDIT)
    return Arrival(
        needed_wan=np.asarray(needed[:, with_envelope].sum(axis=1), dtype=np.int64),
        arrived_wan=np.asarray(arrived[:, with_envelope].sum(axis=1), dtype=np.int64),
    )
