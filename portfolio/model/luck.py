"""The luck of a study as integer arrays, and how it is laid on a portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.arrays import Integers, Ints, Mask
from portfolio.model.money import BPS
from portfolio.model.portfolio import NO_LAG, Envelopes, Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.rules.clock import bundles, of_bundle
from portfolio.model.rules.opening import opening


@dataclass(frozen=True, kw_only=True)
class Draws:
    """The random numbers of some consecutive paths, as integers; the first axis is the path.

    first_path : number of the first path; paths are counted from 1
    cost_bps : [path, item] cost factor, 10,000 = as approved, the risk register's part included
    volume_bps : [path, item] part of the planned volume that comes about (落地率); 10,000 but
        for items at stage 备案
    duration_bps : [path, item] duration factor, the risk register's part included; of a bundle
        that of its projects
    stopped : bool[path, quarter, item] stoppages over the 100 play quarters
    receipt_bps : [path, year, channel] 到位率 over the 25 play years
    happened : bool[path, risk] which risks of the register came about
    """

    first_path: int
    cost_bps: Integers
    volume_bps: Integers
    duration_bps: Integers
    stopped: Mask
    receipt_bps: Integers
    happened: Mask

    def __len__(self) -> int:
        """How many paths there are."""
        return len(self.cost_bps)

    def take(self, rows: slice | Sequence[int]) -> Draws:
        """Some of the paths, by position: a slice, or positions."""
        rows = rows if isinstance(rows, slice) else list(rows)
        start = rows.indices(len(self))[0] if isinstance(rows, slice) else (rows[0] if rows else 0)
        return Draws(
            first_path=self.first_path + start,
            cost_bps=self.cost_bps[rows],
            volume_bps=self.volume_bps[rows],
            duration_bps=self.duration_bps[rows],
            stopped=self.stopped[rows],
            receipt_bps=self.receipt_bps[rows],
            happened=self.happened[rows],
        )

    @staticmethod
    def none(portfolio: Portfolio, paths: int = 1, risks: int = 0) -> Draws:
        """No luck: every factor 1, nothing stops."""
        items, channels = len(portfolio.items), len(portfolio.channels)
        return Draws(
            first_path=1,
            cost_bps=np.full((paths, items), BPS, dtype=np.int64),
            volume_bps=np.full((paths, items), BPS, dtype=np.int64),
            duration_bps=np.full((paths, items), BPS, dtype=np.int64),
            stopped=np.zeros((paths, PLAY_QUARTERS, items), dtype=np.bool_),
            receipt_bps=np.full((paths, PLAY_YEARS, channels), BPS, dtype=np.int64),
            happened=np.zeros((paths, risks), dtype=np.bool_),
        )


def with_luck(portfolio: Portfolio, draws: Draws, row: int) -> Portfolio:
    """The portfolio of one path: the scenario's conditions and envelopes times the luck's.

    Factors multiply and are floored to whole basis points; a year's 到位率 scales the envelopes
    (not below their floor), the part of own ones that follows its item likewise, and for 随资本金
    the credit granted.
    """
    conditions, envelopes = portfolio.conditions, portfolio.envelopes
    receipt = draws.receipt_bps[row].astype(np.int64)
    pooled, own = envelopes.pooled_in_luck_wan, envelopes.own_in_luck_wan
    duration, lag = clock_in_luck(portfolio, draws.duration_bps[row])
    begun, asked = opening(portfolio), envelopes.own_ask_wan
    year = begun.quarter // 4
    # Luck falls on the rest: what facts have spent of a year's budget has arrived.
    spent, spent_ask = np.zeros_like(own), np.zeros_like(own)
    spent[year] = np.minimum(begun.spent_wan, own[year])
    spent_ask[year] = np.minimum(begun.spent_wan, asked[year])
    spent_pooled = np.zeros_like(pooled)
    spent_pooled[year] = np.minimum(begun.spent_wan.sum(axis=1), pooled[year])
    own_ask = spent_ask + times(asked - spent_ask, receipt[:, :, None])
    return replace(
        portfolio,
        conditions=replace(
            conditions,
            cost_bps=times(conditions.cost_bps, draws.cost_bps[row]),
            volume_bps=times(conditions.volume_bps, draws.volume_bps[row]),
            duration_bps=duration,
            lag_bps=lag,
            stopped=conditions.stopped | draws.stopped[row],
            credit_bps=times(conditions.credit_bps, receipt),
        ),
        envelopes=Envelopes(
            pooled_ask_wan=spent_pooled + times(pooled - spent_pooled, receipt),
            pooled_reserve_wan=np.zeros_like(pooled),
            own_ask_wan=own_ask,
            own_reserve_wan=spent + times(own - spent, receipt[:, :, None]) - own_ask,
            pooled_floor_wan=np.zeros_like(pooled),
            own_floor_wan=np.zeros_like(own),
        ),
    )


def without_bundles(portfolio: Portfolio) -> Portfolio:
    """The portfolio whose every item has the luck of one project, with no floor under envelopes."""
    envelopes = portfolio.envelopes
    floors = {
        name: np.zeros_like(getattr(envelopes, name))
        for name in ("pooled_floor_wan", "own_floor_wan")
    }
    return replace(
        portfolio,
        risk=replace(portfolio.risk, bundles=None),
        envelopes=replace(envelopes, **floors),
    )


def clock_in_luck(portfolio: Portfolio, factor_bps: Integers) -> tuple[Ints, Ints]:
    """Duration factor and lag of each item whose time luck multiplies by a factor.

    Of a bundle the scenario's factor and the luck's are those of its projects.
    """
    factor = np.maximum(times(portfolio.conditions.duration_bps, factor_bps), 1)
    lag, settings = np.full_like(factor, NO_LAG), portfolio.risk.bundles
    if settings is None:
        return factor, lag
    of_bundles = bundles(portfolio)
    stretch, most = of_bundle(factor, settings)
    return np.where(of_bundles, stretch, factor), np.where(of_bundles, most, lag)


def times(amount: Integers, factor_bps: Integers) -> Ints:
    """floor(amount × factor), factors in basis points."""
    return np.asarray(amount * factor_bps.astype(np.int64) // BPS, dtype=np.int64)
