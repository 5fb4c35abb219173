"""Assumptions of the stress test beside those by class and channel: stages, correlation, register.

`items.RiskClass`, `items.ChannelRisk` and `items.Realisation` hold the rest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
class BundleSettings:
    """How bundles of projects (项目群, sheet 批次参数) are played under luck.

    life_quarters : how long one project of a bundle takes, in quarters
    stretch_bps : what of its projects' mean delay stretches a bundle's own clock
    project_wan : what one project costs
    size_cv2 : squared coefficient of variation of projects' sizes
    floor_bps : envelopes after the planned period are at least this part of its mean yearly ask
    """

    life_quarters: int
    stretch_bps: int
    project_wan: int
    size_cv2: float
    floor_bps: int
    provenance: str = "假设"


@dataclass(frozen=True, kw_only=True)
class RiskSettings:
    """Settings of the luck that belong to no item class and no single channel.

    Correlations are of normal scores: `global_correlation` between any two items' cost scores,
    `group_correlation` more inside a correlation group, `cost_time_correlation` between an item's
    cost and delay scores; the pairs of `channel_correlations` between channels' yearly 到位率.
    Without `bundles` a bundle of projects has the luck and the clock of one project.
    Source of the defaults: data/risk/correlation.md, section 2 (judgement).
    """

    global_correlation: float = 0.15
    group_correlation: float = 0.15
    cost_time_correlation: float = 0.5
    stage_factors: tuple[StageFactor, ...] = ()
    channel_correlations: tuple[ChannelCorrelation, ...] = ()
    register: tuple[RegisteredRisk, ...] = ()
    bundles: BundleSettings | None = None

    @property
    def floor_bps(self) -> int:
        """The least of later envelopes under luck, as a part of the planned period's mean ask."""
        return 0 if self.bundles is None else self.bundles.floor_bps

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


# --- Whether assumptions about risk fit together, and what to do where they don't


#: A smallest eigenvalue above minus this is zero but for rounding.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Correlations that no luck can have: the strongest pair, and what all must shrink to.

    Multiplied by `factor` or less (two decimals, rounded down) all pairs fit together.
    """

    strongest: ChannelCorrelation
    factor: float


def contradiction(
    channel_ids: Sequence[str],
    correlations: Sequence[ChannelCorrelation],
    persistence: Mapping[str, float],
) -> Contradiction | None:
    """Why the yearly innovations of the channels can't have these correlations; None if they can.

    With Q the correlation of innovations and m its smallest eigenvalue, I + t (Q - I) has the
    smallest eigenvalue 1 - t (1 - m): not negative for t up to 1 / (1 - m).
    """
    ids = tuple(channel_ids)
    fading = np.array([persistence.get(channel, 0.0) for channel in ids])
    matrix = channel_correlation_matrix(ids, tuple(correlations))
    smallest = float(np.linalg.eigvalsh(innovation_correlation(matrix, fading))[0])
    if smallest >= -ROUNDING:
        return None
    return Contradiction(
        strongest=max(correlations, key=lambda pair: abs(pair.correlation)),
        factor=math.floor(100 / (1 - smallest)) / 100,
    )


def contradiction_text(found: Contradiction, names: Mapping[str, str]) -> tuple[str, str]:
    """What is wrong and the fix, in the words of the user; `names` by channel id."""
    pair = found.strongest
    label = f"“{names[pair.channel_id]}”与“{names[pair.other_id]}”"
    return (
        f"各对渠道的相关系数合在一起不能同时成立（连同延续性）；其中最强的一对是{label}，"
        f"{pair.correlation:g}",
        f"请减弱这一对，或把各对渠道的相关系数都乘以 {found.factor:g}（或更小）",
    )


def share_flaw(global_correlation: float, group_correlation: float) -> tuple[str, str] | None:
    """What is wrong with the two parts common to items' costs, and the fix; None if nothing."""
    if global_correlation < 0 or group_correlation < 0:
        lower = min(global_correlation, group_correlation)
        return f"大项之间的相关系数 {lower:g} 是负数", "全局与同组附加都须在 0 以上"
    total = global_correlation + group_correlation
    if total > 1 + ROUNDING:
        return (
            f"全局 {global_correlation:g} 与同组附加 {group_correlation:g} 之和 {total:g} 大于 1",
            "两者之和不得超过 1，请改小",
        )
    return None
