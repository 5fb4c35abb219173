"""What an adjusted plan leaves of the items' totals: deferred to the first years with room for it.

A plan that takes money from an item in a year, and doesn't say when it comes instead, defers it: it
follows in later plan years in which the channel's envelope and the item's cap have room, first
classes first; what finds none follows after the plan.
"""

from __future__ import annotations

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.money import BPS, Wan, cut, differences
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS, PLAY_YEARS
from portfolio.model.rules.parameters import derive, yearly_cap


def with_the_rest(
    portfolio: Portfolio, whole_wan: Wan, lacks_wan: Wan, missing_wan: Wan, moves: Mask
) -> Wan:
    """A plan with what it lacks in the years after it: int64[25, channel, item].

    At most the yearly cap in each year after the plan in which the clock moves, each channel in
    proportion to what it lacks; what is left in the last year played.

    lacks_wan : [channel, item] by how much the plan brings less than it did before
    missing_wan : [item] what is to be laid
    moves : bool[25, item] years in which the clock moves
    """
    cap, _ = yearly_cap(portfolio)
    whole = whole_wan.copy()
    for i in np.flatnonzero(missing_wan).tolist():
        left = cut(int(missing_wan[i]), lacks_wan[:, i])
        for year in range(PLAN_YEARS, PLAY_YEARS):
            most, amount = int(cap[i]) if moves[year, i] else 0, int(left.sum())
            whole[year, :, i] += cut(amount if year == PLAY_YEARS - 1 else min(most, amount), left)
            left = left - whole[year, :, i]
    return whole


def deferred(portfolio: Portfolio, whole_wan: Wan, before_wan: Wan, moves: Mask) -> Wan:
    """The plan as it is asked for: what stands after the plan drawn forward to where there is room.

    int64[25, channel, item], channel by channel the same in all.

    whole_wan : the plan with what follows after it
    before_wan : int64[15, channel, item] what it adjusts

    Money of a cell follows in years after the last in which the plan brings the cell less than
    before. Items that begin later than they did wait as they are told to. Loans follow capital.
    """
    limits, (cap, _) = derive(portfolio), yearly_cap(portfolio)
    plan, after = whole_wan[:PLAN_YEARS], whole_wan[PLAN_YEARS:].sum(axis=0)
    loans = np.where(limits.credit[:, None], after, 0)
    capital = np.maximum((after - loans).sum(axis=0), 1)
    whole = capital + loans.sum(axis=0)
    opens = _years_below(plan, before_wan)
    opens[:, _begins(plan) > _begins(before_wan)] = PLAN_YEARS
    left = np.where(limits.pooled[:, None], after, 0)
    classes = np.array([item.priority for item in portfolio.items])
    given = np.zeros_like(plan)
    for year in range(PLAN_YEARS):
        spent = (plan[year] * limits.scale_bps // BPS).sum(axis=1)
        within = np.maximum(cap - plan[year].sum(axis=0), 0) * capital // whole
        for c in np.flatnonzero(limits.pooled).tolist():
            may = moves[year] & (opens[c] <= year)
            asks = np.where(may, np.minimum(left[c], within - given[year].sum(axis=0)), 0)
            room = int(limits.pooled_wan[year, c] - spent[c])
            given[year, c] = _by_class(asks, classes, limits.scale_bps, room)
        left = left - given[year]
    follow = np.cumsum(given.sum(axis=1), axis=0)[:, None] * loans // capital
    return _drawn_forward(whole_wan, given + differences(follow, axis=0))


def _begins(plan_wan: Wan) -> Ints:
    """The first year with money: int64[item]; the year after the plan where there is none."""
    money = np.asarray(plan_wan.any(axis=1))
    return np.where(money.any(axis=0), money.argmax(axis=0), len(money))


def _years_below(plan_wan: Wan, before_wan: Wan) -> Ints:
    """Years up to the last in which a cell has less than before: int64[channel, item]."""
    below = plan_wan < before_wan
    return np.where(below.any(axis=0), len(below) - below[::-1].argmax(axis=0), 0)


def _by_class(asks: Wan, classes: Ints, scale_bps: Ints, room: int) -> Wan:
    """What is given of asks [item] from a room at actual cost: class by class, inside one pro rata."""
    given = np.zeros_like(asks)
    for each in sorted(set(classes[asks > 0].tolist())):
        wanted = np.where(classes == each, asks, 0)
        cost = -(-wanted * scale_bps // BPS)
        paid = cut(min(max(room, 0), int(cost.sum())), cost)
        given += np.minimum(paid * BPS // np.maximum(scale_bps, 1), wanted)
        room -= int(paid.sum())
    return given


def _drawn_forward(whole_wan: Wan, given_wan: Wan) -> Wan:
    """The plan with given [15, channel, item] taken from what follows after it, its last first."""
    whole = whole_wan.copy()
    upto = whole[PLAN_YEARS:].cumsum(axis=0)
    rest = np.minimum(upto, upto[-1] - given_wan.sum(axis=0))
    whole[:PLAN_YEARS] += given_wan
    whole[PLAN_YEARS:] = differences(rest, axis=0)
    return whole
