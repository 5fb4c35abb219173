"""Envelopes after the as-of: what the rest of the plan will ask for, once facts are in.

Years past and the running one keep theirs; from the next year on the ask is what the items will
need if their clocks go on unhindered from where they stand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.model.items import OwnEnvelope
from portfolio.model.money import Wan
from portfolio.model.portfolio import Portfolio, base_envelopes
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.rules.allotment import Books, open_year, planned_at, unhindered, year_needs
from portfolio.model.rules.parameters import Limits, derive


def replanned(portfolio: Portfolio, own: tuple[OwnEnvelope, ...] = ()) -> Portfolio:
    """A portfolio before any scenario whose envelopes after the as-of follow its facts.

    `own` are a user's envelopes: they stay as entered. Without facts nothing changes.
    """
    if portfolio.facts is None:
        return portfolio
    ask = replanned_ask(derive(portfolio))
    begun = portfolio.facts.quarter // 4 + 1
    ask[:begun] = 0
    past = portfolio.plan_wan[:begun]
    ask[: len(past)] += past
    envelopes = base_envelopes(ask, portfolio.items, portfolio.channels, portfolio.calendar, own)
    return replace(portfolio, envelopes=envelopes)


def replanned_ask(limits: Limits) -> Wan:
    """What the plan asks for in each year after the running one: int64[25, channel, item].

    What the running year can't pay is asked for again in the next.
    """
    begun = limits.opening.quarter // 4
    ask = np.zeros((PLAY_YEARS, *limits.cost_wan.shape), dtype=np.int64)
    moved = unhindered(limits, limits.moved_bps, begun)
    planned = planned_at(limits, moved)
    for year in range(begun + 1, PLAY_YEARS):
        moved, before = unhindered(limits, moved, year), planned
        planned = planned_at(limits, moved)
        ask[year] = planned - before
    if begun + 1 < PLAY_YEARS:
        ask[begun + 1] += _unpaid(limits, begun)
    return ask


def _unpaid(limits: Limits, year: int) -> Wan:
    """What the running year's envelopes leave unpaid of its need: [channel, item]."""
    books = Books(limits)
    need = year_needs(limits, books, limits.moved_bps, year)
    open_year(limits, books, need, limits.moved_bps, year)
    short = need - books.by_purpose(books.allotted)
    short[limits.credit] = 0
    return short
