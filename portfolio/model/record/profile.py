"""The in-year profile: what part of a year's outturn is done by the end of a month, and how surely.

On the scale of logits the part done lies a constant beside the part of the year that is over. The
constant is learnt from places and years of which a figure within the year and the whole are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portfolio.model.record.rows import FIRST_MONTH_USED, MONTHS, PlaceYear, Record, month_of

#: Of the constant before anything is known, and of single years round it.
PRIOR_SD, PRIOR_SPREAD, PRIOR_YEARS = 0.20, 0.20, 4.0
ROUNDS = 50


@dataclass(frozen=True, kw_only=True)
class Profile:
    """logit(part done) = logit(month ÷ 12) + shift.

    shift, error : the constant and its standard error, common to all years
    spread : standard deviation of a single year round it
    pairs : on how many figures it rests
    """

    shift: float
    error: float
    spread: float
    pairs: int

    def share(self, month: float) -> float:
        """The part of the year's outturn that is done by the end of a month."""
        if month >= MONTHS:  # its logit has no bound
            return 1.0
        return 1.0 / (1.0 + math.exp(-(_logit(month / MONTHS) + self.shift)))

    def log_error(self, month: float) -> float:
        """Standard deviation of the logarithm of that part."""
        return (1.0 - self.share(month)) * math.hypot(self.error, self.spread)


def fitted_profile(
    record: Record,
    keep: Callable[[PlaceYear], bool] = lambda _: True,
    first_month: float = FIRST_MONTH_USED,
) -> Profile:
    """The profile of the places and years that are kept; without any pair it is the prior's."""
    gaps = [
        _logit(part.rate / whole.rate) - _logit(month_of(part) / MONTHS)
        for key, whole in record.full_years.items()
        if keep(key)
        for part in record.parts.get(key, ())
        if month_of(part) >= first_month and part.rate < whole.rate
    ]
    return _of_gaps(gaps)


def _of_gaps(gaps: Iterable[float]) -> Profile:
    """Shift and spread by turns, the spread with a prior worth a few years."""
    found = list(gaps)
    n, total, spread = len(found), sum(found), PRIOR_SPREAD
    shift, precision = 0.0, 1 / PRIOR_SD**2
    for _ in range(ROUNDS if n else 0):
        precision = 1 / PRIOR_SD**2 + n / spread**2
        shift = total / spread**2 / precision
        squares = sum((gap - shift) ** 2 for gap in found)
        spread = math.sqrt(
            (PRIOR_YEARS * PRIOR_SPREAD**2 + squares) / (PRIOR_YEARS + max(n - 1, 0))
        )
    return Profile(shift=shift, error=precision**-0.5, spread=spread, pairs=n)


def _logit(part: float) -> float:
    return math.log(part / (1.0 - part))
