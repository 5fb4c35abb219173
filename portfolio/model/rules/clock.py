"""The clock of an item: how long it runs, and where on its plan it stands.

A single project's clock is stretched from end to end by its duration factor. A bundle of projects
(项目群) loses in its first years, while its own projects are late, and then runs a constant lag
behind its plan: its clock is stretched by its duration factor until it lags by `lag_bps`, and from
then on goes at the plan's pace.

All in basis points of a quarter, int64[item].
"""

from __future__ import annotations

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.items import Profile
from portfolio.model.money import BPS
from portfolio.model.portfolio import NO_LAG, Portfolio
from portfolio.model.risk import BundleSettings


def ends(length: Ints, duration_bps: Ints, lag_bps: Ints) -> Ints:
    """Where clocks end."""
    stretched = length * duration_bps
    capped = np.minimum(stretched, length * BPS + lag_bps)
    return np.where(lag_bps == NO_LAG, stretched, capped)


def begun_at(position_bps: Ints, duration_bps: Ints, lag_bps: Ints) -> Ints:
    """Where clocks stand that have come to a position on the plan: a loss does not begin anew."""
    stretched = -(-position_bps * duration_bps // BPS)
    capped = np.minimum(stretched, position_bps + lag_bps)
    return np.where(lag_bps == NO_LAG, stretched, capped)


def standing(moved_bps: Ints, duration_bps: Ints, lag_bps: Ints) -> tuple[Ints, Ints, Ints]:
    """Where clocks stand on the plan: whole quarters, a rest of the next one, and what it is of."""
    lagging = lag_bps != NO_LAG
    if not lagging.any():
        whole, rest = np.divmod(moved_bps, duration_bps)
        return whole, rest, duration_bps
    position = np.maximum(moved_bps * BPS // duration_bps, moved_bps - lag_bps)
    of = np.where(lagging, BPS, duration_bps)
    whole, rest = np.divmod(np.where(lagging, position, moved_bps), of)
    return whole, rest, of


def bundles(portfolio: Portfolio) -> Mask:
    """Which items are played as bundles under luck: bool[item], none where nothing is set."""
    settings = portfolio.risk.bundles
    return np.array(
        [settings is not None and item.profile is Profile.PROGRAMME for item in portfolio.items],
        dtype=np.bool_,
    )


def of_bundle(factor_bps: Ints, settings: BundleSettings) -> tuple[Ints, Ints]:
    """Stretch and lag of bundles whose projects take `factor_bps` of their time."""
    late = factor_bps - BPS
    stretch = BPS + late * settings.stretch_bps // BPS
    lag = np.maximum(late, 0) * settings.life_quarters // 2
    return np.asarray(stretch), np.asarray(lag)
