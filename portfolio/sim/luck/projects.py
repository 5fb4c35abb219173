"""How many projects a bundle (项目群) is worth: its luck is the mean over that many draws.

Sizes of projects are lognormal and very unequal, so that the luck of a few large ones decides: n
projects are worth 1 ÷ E[Σ w²] of equal size, w their parts of the whole.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.items import Item
from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import BundleSettings
from portfolio.model.rules.clock import bundles

#: No bundle is drawn more often: its own part of the luck is an eighth of a project's by then.
MOST_DRAWS = 64
#: Steps of the integrals, and how far they go: in the log of a size, and in standard deviations.
STEP, FAR = 0.05, 9.0


def draws_of(portfolio: Portfolio) -> Ints:
    """How often each item's own luck is drawn: int64[item], 1 for all but bundles."""
    settings = portfolio.risk.bundles
    found = np.ones(len(portfolio.items), dtype=np.int64)
    if settings is None:
        return found
    for index in np.flatnonzero(bundles(portfolio)).tolist():
        number = projects(portfolio.items[index], settings)
        found[index] = min(max(1, round(worth(number, settings.size_cv2))), MOST_DRAWS)
    return found


def projects(item: Item, settings: BundleSettings) -> int:
    """How many projects a bundle holds, the nearest whole number."""
    whole = 2 * item.total_wan + settings.project_wan
    return max(1, whole // (2 * settings.project_wan))


@lru_cache(maxsize=1024)
def worth(number: int, cv2: float) -> float:
    """1 ÷ E[Σ w²] of so many lognormal sizes with that squared coefficient of variation.

    With S the sum, E[Σ w²] = n E[X² / S²] = n ∫ t E[X² e^(−tX)] E[e^(−tX)]^(n−1) dt, for
    1 / S² = ∫ t e^(−tS) dt. In u = log t both expectations are of y = e^(u + σz), z normal.
    """
    if number == 1 or cv2 <= 0:
        return float(number)
    sigma = math.sqrt(math.log1p(cv2))
    z = np.arange(-FAR, FAR + STEP / 2, STEP)
    normal = np.exp(-(z**2) / 2) * STEP / math.sqrt(2 * math.pi)
    # E[y² e^(−y)] is nothing beyond: y too small for its square, or too large for e^(−y).
    u = np.arange(-FAR * sigma - 30.0, FAR * sigma + 5.0, STEP)
    size = np.exp(u[:, None] + sigma * z)
    fading = np.exp(-size)
    one, two = fading @ normal, (size**2 * fading) @ normal
    sum_of_squares = number * float((two * one ** (number - 1)).sum()) * STEP
    return 1.0 / sum_of_squares
