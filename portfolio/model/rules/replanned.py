"""Envelopes after the as-of: what the rest of the plan will ask for, once facts are in.

Years past and the running one keep theirs; from the next year on the ask is what the items will
need if their clocks go on unhindered from where they stand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.model.items import OwnEnvelope
from portfolio.model.money import Wan
from portfolio.model.portfolio import Envelopes, Portfolio, base_envelopes
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.rules.allotment import Books, open_year, planned_at, unhindered, year_needs
from portfolio.model.rules.parameters import Limits, derive


def replanned(portfolio: Portfolio, own: tuple[OwnEnvelope, ...] = ()) -> Portfolio:
    """A portfolio before any scenario whose envelopes after the as-of follow its facts.

    `own` are a user's envelopes: they stay as entered. Without facts nothing changes.
    """
    if portfolio.facts is None:
        return portfolio
    limits = derive(portfolio)
    begun = limits.opening.quarter // 4
    given, short = _running_year(limits, begun)
    ask = replanned_ask(limits)
    if begun + 1 < PLAY_YEARS:
        ask[begun + 1] += short
    past = portfolio.plan_wan[: begun + 1]
    ask[: len(past)] += past
    envelopes = base_envelopes(
        ask, portfolio.items, portfolio.channels, portfolio.calendar, own, asof_year=begun
    )
    return replace(portfolio, envelopes=_asked_this_year(limits, envelopes, given))


def replanned_ask(limits: Limits) -> Wan:
    """What the plan asks for in each year after the running one: int64[25, channel, item]."""
    begun = limits.opening.quarter // 4
    ask = np.zeros((PLAY_YEARS, *limits.cost_wan.shape), dtype=np.int64)
    moved = unhindered(limits, limits.moved_bps, begun)
    planned = planned_at(limits, moved)
    for year in range(begun + 1, PLAY_YEARS):
        moved, before = unhindered(limits, moved, year), planned
        planned = planned_at(limits, moved)
        ask[year] = planned - before
    return ask


def _running_year(limits: Limits, year: int) -> tuple[Wan, Wan]:
    """What the running year's envelopes give of its need, and what they can't: [channel, item].

    What it can't pay is asked for again in the next year.
    """
    books = Books(limits)
    need = year_needs(limits, books, limits.moved_bps, year)
    open_year(limits, books, need, limits.moved_bps, limits.opening.paid, year)
    given = books.by_purpose(books.allotted).copy()
    short = need - given
    short[limits.credit] = 0
    return given, short


def _asked_this_year(limits: Limits, envelopes: Envelopes, given: Wan) -> Envelopes:
    """Own money of the running year: asked is what its need takes, the rest is reserve.

    What the item is behind with is asked for in later years: it must not follow it as well.
    """
    begun = limits.opening.quarter // 4
    whole = envelopes.own_wan[begun]
    own_ask, own_reserve = envelopes.own_ask_wan.copy(), envelopes.own_reserve_wan.copy()
    own_ask[begun] = np.minimum(whole, limits.opening.spent_wan + given)
    own_reserve[begun] = whole - own_ask[begun]
    owned = limits.owned[:, None]
    return replace(
        envelopes,
        own_ask_wan=np.where(owned, own_ask, envelopes.own_ask_wan),
        own_reserve_wan=np.where(owned, own_reserve, envelopes.own_reserve_wan),
    )
