"""How far each item can be by each year, so that gates settled beforehand need no binary."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from portfolio.model.money import Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.repair_limits import RepairLimits


def reach(limits: RepairLimits, may_wait: Collection[int] = ()) -> tuple[Wan, Wan]:
    """Least and most cumulated money of each item by each year's end: int64[15, item] each.

    Least: what is past and the floors, 0 for floors a gate may lift and for items that may start
    later (`may_wait`). Most: caps and the item's total.
    """
    first = limits.first_year
    past = np.cumsum(limits.past_wan.sum(axis=1), axis=0)
    started = np.arange(PLAN_YEARS)[:, None] >= first
    floors = (
        np.maximum(np.maximum(limits.contract_wan, limits.continuity_wan), limits.livelihood_wan)
        * started
    )
    for gate in limits.gates:
        floors[:, gate.succ] = 0
    floors[:, list(may_wait)] = 0
    least = np.where(started, past[first - 1] if first else 0, past) + np.cumsum(floors, axis=0)
    caps = np.where(started, limits.cap_wan, 0)
    most = np.where(started, past[first - 1] if first else 0, past) + np.cumsum(caps, axis=0)
    most = np.minimum(most, np.maximum(limits.budget_wan, past))
    # A gate whose predecessor stands already where the plan begins needs no search.
    return np.asarray(least), np.asarray(np.maximum(most, past))
