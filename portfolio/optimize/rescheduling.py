"""Start years as decisions: an item may begin later, its own money and its floors move with it."""

from __future__ import annotations

import numpy as np

from portfolio.model.money import Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.optimize.draft import Draft, Term, yi


def start_year(draft: Draft) -> None:
    """Not decided yet in this draft: nothing is moved."""


def moved_own(draft: Draft, channel: int, item: int, year: int) -> Term:
    """Own money there is up to a year's end."""
    return yi(draft.limits.reference_wan[: year + 1, channel, item].sum())


def moved_floor(draft: Draft, rule: str, floors: Wan, year: int, item: int) -> Term:
    """Floor of an item in a year."""
    return yi(int(floors[year, item]))
