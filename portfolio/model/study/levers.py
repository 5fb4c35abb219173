"""What a lever moves on the same luck: a source of luck switched off, one 亿元 less of a channel."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Integers
from portfolio.model.items import Kind
from portfolio.model.money import WAN_PER_YI
from portfolio.model.portfolio import Portfolio
from portfolio.model.study.confidence import late_quarters
from portfolio.model.study.drivers import outcomes
from portfolio.model.study.estimates import Estimate
from portfolio.model.study.intervals import difference
from portfolio.model.study.paths import Paths
from portfolio.model.study.result import ChannelLeverage, LeverEffect

Numbers = Integers | npt.NDArray[np.floating]


def lever_effects(
    portfolio: Portfolio, base: Paths, switched_off: Mapping[str, Paths], worry: int | None
) -> tuple[LeverEffect, ...]:
    """Mean change when a source of luck is switched off, all other luck as it was (off − base).

    base : paths 1, 2, …; switched_off : by label, the same paths or the first of them

    Raises
    ------
    ValueError
        A run has more paths than the base.
    """
    before = outcomes(portfolio, base, worry)
    full = portfolio.calendar.last_full_list_year - portfolio.calendar.first_year + 1
    invested = _until(base, full)
    effects = []
    for label, other in switched_off.items():
        count = len(other)
        if count > len(base):
            raise ValueError("more paths switched off than played")
        after = outcomes(portfolio, other, worry)
        effects.append(
            LeverEffect(
                label=label,
                paths=count,
                converted=None
                if before.converted is None or after.converted is None
                else difference(before.converted[:count], after.converted),
                investment=difference(invested[:count], _until(other, full)),
                cost=difference(before.cost[:count], after.cost),
                delay=difference(before.delay[:count], after.delay),
            )
        )
    return tuple(effects)


def channel_leverage(
    portfolio: Portfolio,
    base: Paths,
    less: Mapping[tuple[str, int], tuple[int, Paths]],
) -> tuple[ChannelLeverage, ...]:
    """What one 亿元 less of a channel in a year costs, loans in its train included.

    less : by channel id and year, the 万元 taken from that envelope and the same paths played
        without them

    Raises
    ------
    ValueError
        A run has not exactly the base's paths (sums over the paths are compared), or nothing was
        taken away.
    """
    credit = portfolio.of_kind(Kind.CREDIT)
    behind = late_quarters(portfolio, base).sum(axis=1)
    rows = []
    for (channel_id, year), (less_wan, other) in less.items():
        if len(other) != len(base) or less_wan <= 0:
            raise ValueError("leverage compares the same paths with less money")
        y = year - portfolio.calendar.first_year
        loans = base.channel_drawn_wan[y, credit].sum() - other.channel_drawn_wan[y, credit].sum()
        end = max(y + 1, portfolio.calendar.period_years)
        rows.append(
            ChannelLeverage(
                channel_id=channel_id,
                year=year,
                less_wan=less_wan,
                paths=len(base),
                investment=_lost(base.drawn_wan.sum(axis=1), other.drawn_wan.sum(axis=1), less_wan),
                investment_in_year=_lost(base.drawn_wan[:, y], other.drawn_wan[:, y], less_wan),
                investment_by_period_end=_lost(_until(base, end), _until(other, end), less_wan),
                loans=float(loans) / len(base) / less_wan,
                delay_quarters=_scaled(
                    difference(behind, late_quarters(portfolio, other).sum(axis=1)),
                    WAN_PER_YI / less_wan,
                ),
            )
        )
    return tuple(rows)


def _until(paths: Paths, years: int) -> Integers:
    """Money drawn in the first years: int64[path]."""
    return np.asarray(paths.drawn_wan[:, :years].sum(axis=1))


def _lost(base: Numbers, other: Numbers, less_wan: int) -> Estimate:
    """Money lost per money taken away."""
    return _scaled(difference(other, base), 1 / less_wan)


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    """An estimate in another unit; the factor is positive."""
    low, high = estimate.low, estimate.high
    return Estimate(
        value=estimate.value * factor,
        low=None if low is None else low * factor,
        high=None if high is None else high * factor,
    )
