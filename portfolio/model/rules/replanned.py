"""Envelopes after the as-of: what the rest of the plan will ask for, once facts are in.

Years past and a year that has begun keep theirs; later on the ask is what the items will need if
their clocks go on unhindered from where they stand.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from portfolio.model.facts import MONTHS
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
    begun, items, channels = portfolio.facts.quarter // 4, portfolio.items, portfolio.channels
    base = partial(base_envelopes, asof_year=begun, floor_bps=portfolio.risk.floor_bps)
    planned = base(portfolio.plan_wan, items, channels, portfolio.calendar, own)
    limits = derive(replace(portfolio, envelopes=planned))
    ask, first = replanned_ask(limits), -(-portfolio.facts.asof_months // MONTHS)
    given = np.zeros_like(limits.cost_wan)
    if first > begun:  # the running year's budget stands
        given, short = _running_year(limits, begun)
        ask[first : first + 1] += short
    past = portfolio.plan_wan[:first]
    ask[:first] = 0
    ask[: len(past)] = past
    envelopes = base(ask, items, channels, portfolio.calendar, own)
    if first > begun:
        envelopes = _asked_this_year(limits, envelopes, given)
    return replace(portfolio, envelopes=envelopes)


def replanned_ask(limits: Limits) -> Wan:
    """What the rest of the plan asks for from the running year on: int64[25, channel, item]."""
    ask = np.zeros((PLAY_YEARS, *limits.cost_wan.shape), dtype=np.int64)
    moved, planned = limits.moved_bps, np.zeros_like(limits.cost_wan)
    for year in range(limits.opening.quarter // 4, PLAY_YEARS):
        moved, before = unhindered(limits, moved, year), planned
        planned = planned_at(limits, moved)
        ask[year] = planned - before
    return ask


def left_by_year(limits: Limits) -> Wan:
    """The rest of the plan by the year in which it can be paid: int64[25, channel, item].

    What the running year's budget can't give is paid in the next, with the loans it carries.
    """
    ask, begun = replanned_ask(limits), limits.opening.quarter // 4
    _, short = _running_year(limits, begun)
    capital = limits.capital_bps @ ask[begun]
    lacking = np.where(capital > 0, limits.capital_bps @ short / np.maximum(capital, 1), 0.0)
    loans = np.ceil(ask[begun] * lacking).astype(np.int64)
    short = np.where(limits.credit[:, None], loans, short)
    ask[begun] -= short
    ask[begun + 1 : begun + 2] += short
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
