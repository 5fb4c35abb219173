"""Assumptions of the stress test beside those by class and channel: stages, correlation, register.

`items.RiskClass`, `items.ChannelRisk` and `items.Realisation` hold the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Floats


@dataclass(frozen=True, kw_only=True)
class StageFactor:
    """How much of a class's overrun and delay is still to come at a stage (1 = as at 可研).

    cost factor of an item = 1 + cost_factor × (class overrun); duration factor =
    1 + duration_factor × (class delay).
    """

    stage: str
    cost_factor: float
    duration_factor: float
    provenance: str


@dataclass(frozen=True, kw_only=True)
class ChannelCorrelation:
    """Correlation of the yearly 到位率 scores of two channels."""

    channel_id: str
    other_id: str
    correlation: float
    provenance: str


@dataclass(frozen=True, kw_only=True)
class RegisteredRisk:
    """A named risk (sheet 风险清单): one event that hits all its items in the same path.

    `probability` is over the whole play. Its cost effect is a part of each item's cost, its time
    effect quarters added to each item's duration, both triangular (low, likely, high) and moved
    by one severity for all items; negative values are chances.
    """

    id: str
    name: str
    probability: float
    item_nos: tuple[int, ...]
    cost_low: float
    cost_likely: float
    cost_high: float
    quarters_low: float
    quarters_likely: float
    quarters_high: float
    provenance: str


@dataclass(frozen=True, kw_only=True)
class RiskSettings:
    """Settings of the luck that belong to no item class and no single channel.

    Correlations are of normal scores: `global_correlation` between any two items' cost scores,
    `group_correlation` more inside a correlation group, `cost_time_correlation` between an item's
    cost and delay scores; the pairs of `channel_correlations` between channels' yearly 到位率.
    Source of the defaults: data/risk/correlation.md, section 2 (judgement).
    """

    global_correlation: float = 0.15
    group_correlation: float = 0.15
    cost_time_correlation: float = 0.5
    stage_factors: tuple[StageFactor, ...] = ()
    channel_correlations: tuple[ChannelCorrelation, ...] = ()
    register: tuple[RegisteredRisk, ...] = ()

    def stage_factor(self, stage: str) -> tuple[float, float]:
        """Cost and duration factor of a stage; 1 where none is set."""
        for factor in self.stage_factors:
            if factor.stage == stage:
                return factor.cost_factor, factor.duration_factor
        return 1.0, 1.0


def channel_correlation_matrix(
    channel_ids: tuple[str, ...], correlations: tuple[ChannelCorrelation, ...]
) -> Floats:
    """Symmetric matrix of the channels' correlations, 1 on the diagonal, 0 where none is set."""
    position = {channel: index for index, channel in enumerate(channel_ids)}
    matrix = np.eye(len(channel_ids))
    for pair in correlations:
        a, b = position[pair.channel_id], position[pair.other_id]
        matrix[a, b] = matrix[b, a] = pair.correlation
    return matrix


def innovation_correlation(matrix: Floats, persistence: Floats) -> Floats:
    """Correlation of yearly innovations that gives stationary AR(1) scores `matrix`.

    Score z[y] = φ z[y-1] + sqrt(1-φ²) e[y]; corr(z_a, z_b) = q_ab sqrt((1-φa²)(1-φb²)) / (1-φaφb).
    The result is usable only if it is positive semidefinite (the reader checks).
    """
    spread = np.sqrt(1.0 - persistence**2)
    scale = (1.0 - np.outer(persistence, persistence)) / np.outer(spread, spread)
    result = matrix * scale
    np.fill_diagonal(result, 1.0)
    return np.asarray(result, dtype=np.float64)
