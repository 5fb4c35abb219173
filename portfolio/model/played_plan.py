"""From money as it is worked with to money as it is allotted: what the play is given of a repair.

A repair counts own and earmarked money in the year it arrives, and loans as rationed credit grants
them. The play delays and rations by itself: given those figures it would do both twice.
"""

from __future__ import annotations

import numpy as np

from portfolio.model.limits import Limits, derive
from portfolio.model.money import BPS, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.repair_aims import worked_wan
from portfolio.model.repair_case import RepairCase


def plan_for_play(case: RepairCase, plan_wan: Wan) -> Wan:
    """The plan with own and earmarked money in the year it is allotted, loans before rationing.

    int64[15, channel, item]; the plan itself where nothing is late and no credit is rationed.
    """
    limits = derive(case.portfolio)
    given = plan_wan.copy()
    late = np.asarray((limits.released_bps[:PLAN_YEARS, :, 3] < BPS).any(axis=0))
    for channel in np.flatnonzero(limits.owned & late).tolist():
        given[:, channel] = _allotted(
            plan_wan[:, channel],
            limits.released_bps[:PLAN_YEARS, channel, 3],
            case.portfolio.plan_wan[:PLAN_YEARS, channel],
        )
    rationed = np.asarray(limits.credit_limited[:PLAN_YEARS].any(axis=0))
    left = case.portfolio.plan_wan[:PLAN_YEARS].sum(axis=(0, 1)) - given.sum(axis=(0, 1))
    for channel in np.flatnonzero(limits.credit).tolist():
        loans = _asked(case, limits, plan_wan, given, channel)
        if rationed[channel]:
            loans = np.maximum(loans, _unrationed(case, limits, given, channel))
        granted = np.cumsum(plan_wan[:, channel], axis=0)
        # No more than the channel's own plan and the item's total have room for.
        most = np.minimum(case.portfolio.plan_wan[:, channel].sum(axis=0), granted[-1] + left)
        loans = np.maximum(granted, np.minimum(loans, np.maximum(most, granted[-1])))
        loans[: case.first_year] = granted[: case.first_year]
        loans = np.maximum.accumulate(loans, axis=0)
        given[:, channel] = np.diff(loans, axis=0, prepend=0)
        left = left - (loans[-1] - granted[-1])
    return given


def _allotted(drawn: Wan, released_bps: np.ndarray, baseline: Wan) -> Wan:
    """Yearly allotments [year, item] of which so much arrives each year, by the part released.

    Where nothing of a year's allotment arrives in it, next year's money is taken, up to the
    baseline.
    """
    allotted = np.zeros_like(drawn)
    late = np.zeros_like(drawn[0])
    for year, part in enumerate(released_bps.tolist()):
        if part:
            allotted[year] = np.maximum(drawn[year] - late, 0) * BPS // part
        elif year + 1 < len(drawn):
            allotted[year] = np.minimum(baseline[year], drawn[year + 1])
        late = allotted[year] - allotted[year] * part // BPS
    # Neither less than what arrives, nor more than all of it.
    upto = np.maximum(np.cumsum(allotted, axis=0), np.cumsum(drawn, axis=0))
    upto = np.minimum(upto, drawn.sum(axis=0))
    return np.asarray(np.diff(upto, axis=0, prepend=0), dtype=np.int64)


def _capital(limits: Limits, money: Wan) -> Wan:
    """Capital cumulated: int64[year, item] in 万元·bps."""
    upto = np.cumsum(money, axis=0)
    return np.asarray((upto * limits.capital_bps[:, None]).sum(axis=1), dtype=np.int64)


def _asked(case: RepairCase, limits: Limits, plan_wan: Wan, given: Wan, channel: int) -> Wan:
    """Loans [year, item] cumulated, raised as planned capital is above the capital that arrives.

    The play grants loans × capital drawn ÷ capital planned: so much comes out of it again.
    """
    granted = np.cumsum(plan_wan[:, channel], axis=0)
    arrives = _capital(limits, worked_wan(case, plan_wan))
    planned = _capital(limits, given)
    raised = np.where(arrives > 0, planned / np.maximum(arrives, 1), 1.0)
    return np.asarray(np.rint(granted * np.maximum(raised, 1.0)), dtype=np.int64)


def _unrationed(case: RepairCase, limits: Limits, given: Wan, channel: int) -> Wan:
    """Loans [year, item] cumulated as planned capital would carry them if credit were not rationed."""
    baseline = case.portfolio.plan_wan[:PLAN_YEARS]
    due, held = _capital(limits, baseline), _capital(limits, given)
    loans = np.cumsum(baseline[:, channel], axis=0)
    # Ratios first: the product of loans and capital would pass int64.
    room = np.where(due > 0, loans * (held / np.maximum(due, 1)), loans)
    return np.asarray(room, dtype=np.int64)
