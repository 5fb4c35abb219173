"""From normal scores to overruns, delays, 落地率 and 到位率: exact quantile functions.

Source of the distributions: data/risk/README.md, "Key definitions" (assumptions, at 可研).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from portfolio.model.arrays import Floats
from portfolio.model.items import ChannelRisk, Realisation, RiskClass
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio

#: Scores of yearly 到位率, most of all numbers: half as wide, and fine enough for a basis point.
Scores32 = npt.NDArray[np.float32]

#: The body of an overrun is a normal distribution cut to this range; the tail begins where it ends.
BODY_LOW, BODY_HIGH = -0.30, 0.50
#: Below this a spread is none: every score gives the mean.
NO_SPREAD = 1e-12
#: Scores beyond this are as good as it (chance of one beyond: 1e-16).
LARGEST_SCORE = 8.3
#: Values a unit of the score in a table: at first, and at the most.
COARSEST, FINEST = 2**9, 2**18


def truncated_normal(
    below: Floats, above: Floats, mean: Floats, sd: Floats, low: Floats, high: Floats
) -> Floats:
    """Quantiles of normal distributions cut to [low, high]: float64[row, value].

    The parameters are columns [row, 1]. `below` and `above` are the chances of less and of more;
    they sum to 1, and either may be too small to be seen in 1 minus the other.
    """
    sd = np.maximum(sd, NO_SPREAD)
    start, end = (low - mean) / sd, (high - mean) / sd
    # Counted from the thinner end of the range: close to 1 there are no small differences.
    down = start + end > 0
    end_part, other_part = (
        np.where(down, ndtr(-end), ndtr(start)),
        np.where(down, ndtr(-start), ndtr(end)),
    )
    chance = np.where(down, above, below)
    chance *= other_part - end_part
    chance += end_part
    found = ndtri(chance)
    found *= np.where(down, -sd, sd)
    found += mean
    nothing = other_part <= end_part
    if nothing.any():  # so far out that no chance is left: the nearer end
        found = np.where(nothing, mean, found)
    return np.asarray(np.clip(found, low, high, out=found), dtype=np.float64)


def overruns(scores: Floats, classes: Sequence[RiskClass]) -> Floats:
    """Cost overrun as a part of the approved cost: float64[item, path], a class an item.

    With chance 1 − p the cut normal of the body, with p a Pareto tail:
    1 + x = 1.5 (1 − v)^(−1/alpha); never above the cap. The worse the score, the dearer.
    """
    p, mean, sd, cap = _columns(classes, "p_tail", "body_mu", "body_sd", "cost_cap")
    above = ndtr(-scores)
    tail = np.nonzero(above < p)
    worse = above[tail] / p[tail[0], 0]
    above -= p
    above /= np.maximum(1.0 - p, NO_SPREAD)
    np.maximum(above, 0.0, out=above)
    low, high = np.full_like(p, BODY_LOW), np.full_like(p, BODY_HIGH)
    found = truncated_normal(1.0 - above, above, mean, sd, low, high)
    with np.errstate(divide="ignore", over="ignore"):
        power = -1.0 / _columns(classes, "tail_pareto_alpha")[0][tail[0], 0]
        found[tail] = (1.0 + BODY_HIGH) * worse**power - 1.0
    return np.minimum(found, cap, out=found)


def delays(scores: Floats, classes: Sequence[RiskClass]) -> Floats:
    """Delay as a part of the planned duration: float64[item, path]; 1 + delay is lognormal."""
    mu, sigma = _columns(classes, "sched_ln_mu", "sched_ln_sigma")
    return np.asarray(np.expm1(mu + sigma * scores), dtype=np.float64)


def realised(scores: Floats, rows: Sequence[Realisation]) -> Floats:
    """Part of the planned volume that comes about: float64[item, path]; a bad score is little."""
    mean, sd, low, high = _columns(rows, "mean", "sd", "low", "high")
    return truncated_normal(ndtr(-scores), ndtr(scores), mean, sd, low, high)


def _columns(rows: Sequence[object], *names: str) -> list[Floats]:
    """Attributes of the rows as columns: float64[row, 1] each."""
    return [
        np.array([getattr(row, name) for row in rows], dtype=np.float64)[:, None] for name in names
    ]


@dataclass(frozen=True, kw_only=True)
class ReceiptTable:
    """到位率 in bps by score: the entry of score z is round(z × density) + middle."""

    density: int
    middle: int
    bps: npt.NDArray[np.int32]


@lru_cache(maxsize=256)
def receipt_table(mean: float, sd: float, low: float, high: float) -> ReceiptTable:
    """到位率 to the basis point: neighbouring entries differ by 1 at the most.

    Fewer entries would be off by more, more would not be seen; where the range is so wide that
    `FINEST` is too coarse, by a basis point or two more.
    """
    density = COARSEST
    while True:
        middle = int(LARGEST_SCORE * density)
        score = np.arange(-middle, middle + 1) / density
        columns = (np.full((1, 1), value) for value in (mean, sd, low, high))
        part = truncated_normal(ndtr(score)[None], ndtr(-score)[None], *columns)[0]
        bps = np.rint(part * BPS).astype(np.int32)
        if density >= FINEST or int(np.diff(bps).max()) <= 1:
            return ReceiptTable(density=density, middle=middle, bps=bps)
        density *= 2


def receipts(scores: Scores32, risk: ChannelRisk) -> npt.NDArray[np.int32]:
    """到位率 of a channel in bps, shaped as its scores, which are overwritten; a good score is much."""
    table = receipt_table(risk.mean, risk.sd, risk.low, risk.high)
    scores *= table.density
    scores += table.middle + 0.5  # cut off below, that is rounded
    return np.take(table.bps, scores.astype(np.intp), mode="clip")


@dataclass(frozen=True, kw_only=True)
class Prior:
    """What a class's assumptions say of one item at 可研: means, and quantiles by per cent."""

    key: str
    title: str
    overrun_mean: float
    overrun: dict[int, float]
    delay_mean: float
    delay: dict[int, float]


def priors_table(
    portfolio: Portfolio, percents: Sequence[int] = (50, 70, 80, 90, 95)
) -> tuple[Prior, ...]:
    """Exact means and quantiles of each class's overrun and delay, in the workbook's order."""
    scores = ndtri(np.array(percents, dtype=np.float64) / 100.0)[None, :]
    return tuple(
        Prior(
            key=risk.key,
            title=risk.title,
            overrun_mean=mean_overrun(risk),
            overrun=dict(zip(percents, overruns(scores, [risk])[0].tolist(), strict=True)),
            delay_mean=float(np.expm1(risk.sched_ln_mu + risk.sched_ln_sigma**2 / 2)),
            delay=dict(zip(percents, delays(scores, [risk])[0].tolist(), strict=True)),
        )
        for risk in portfolio.risk_classes
    )


def mean_overrun(risk: RiskClass) -> float:
    """Mean of the overrun, cap included.

    Tail from L = 1.5 with cap C = 1 + cost_cap: E[min(X, C)] = L + ∫ (x/L)^−alpha dx from L to C.
    """
    start, top = 1.0 + BODY_HIGH, max(1.0 + risk.cost_cap, 0.0)
    alpha = risk.tail_pareto_alpha
    if top <= start:
        tail = top
    elif alpha == 1.0:
        tail = start * (1.0 + np.log(top / start))
    else:
        tail = start + start * (1.0 - (top / start) ** (1.0 - alpha)) / (alpha - 1.0)
    body = _mean_capped_body(risk.body_mu, risk.body_sd, min(risk.cost_cap, BODY_HIGH))
    return float((1.0 - risk.p_tail) * body + risk.p_tail * (tail - 1.0))


def _mean_capped_body(mean: float, sd: float, cap: float) -> float:
    """E[min(x, cap)] = cap − ∫ F(x) dx up to the cap, for the cut normal; ∫Φ(t) dt = tΦ(t) + φ(t)."""
    start, stop, end = ((x - mean) / max(sd, NO_SPREAD) for x in (BODY_LOW, cap, BODY_HIGH))
    width = ndtr(end) - ndtr(start)
    if width <= 0 or sd <= NO_SPREAD:
        return float(min(max(mean, BODY_LOW), cap))

    def under(t: float) -> float:
        return float(t * ndtr(t) + np.exp(-t * t / 2) / np.sqrt(2 * np.pi))

    area = sd * (under(stop) - under(start) - (stop - start) * ndtr(start)) / width
    return float(cap - area)
