"""Whether assumptions about risk fit together, and what to do where they don't."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from portfolio.model.risk import (
    ChannelCorrelation,
    channel_correlation_matrix,
    innovation_correlation,
)

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
