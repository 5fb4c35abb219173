"""How sure a number from many paths is: intervals that assume no distribution, where they can.

Percentiles are order statistics with binomial ranks; chances have Clopper–Pearson intervals;
means and paired differences have Student's. All are two-sided at `result.CONFIDENCE`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Integers, Mask
from portfolio.model.study.findings import CONFIDENCE, Estimate, Fan, Percentile

Floats = npt.NDArray[np.floating]
Numbers = Integers | Floats

#: Each tail of an interval.
TAIL = (1 - CONFIDENCE) / 2
#: A percentile's difference is judged by this many sections, each of at least that many paths.
SECTIONS, SMALLEST_SECTION = 20, 25


def quantile_rank(paths: int, percent: float) -> int:
    """Rank (from 1) of a percentile among `paths` sorted values: the smallest k ≥ paths × p.

    Percents are taken to a millionth, so that 10,000 × 80 % is 8,000 and not 8,001.
    """
    millionths = round(percent * 10_000)
    return max(1, -(-paths * millionths // 1_000_000))


@lru_cache(maxsize=512)
def quantile_ranks(paths: int, percent: float) -> tuple[int | None, int | None]:
    """Ranks (from 1) between which the true percentile lies; None where the sample has none.

    With B ~ Binomial(paths, p): lower rank l = the quantile of B at 2.5 %, upper rank u = the one
    at 97.5 %, plus 1; P(X(l) ≤ q ≤ X(u)) ≥ P(l ≤ B < u) ≥ 95 % for any distribution. E.g. P80
    of 10,000 paths: 7,921 and 8,079.
    """
    low = _binomial_quantile(TAIL, paths, percent / 100)
    high = _binomial_quantile(1 - TAIL, paths, percent / 100) + 1
    return (low if low >= 1 else None), (high if high <= paths else None)


def _binomial_quantile(chance: float, paths: int, p: float) -> int:
    """Smallest k with P(B ≤ k) ≥ chance."""
    from scipy.special import bdtr, bdtrik

    k = math.ceil(float(bdtrik(chance, paths, p)))
    return k - 1 if k > 0 and float(bdtr(k - 1, paths, p)) >= chance else max(k, 0)


def percentile(ordered: Integers, percent: int) -> Percentile:
    """A percentile of sorted integers and its interval, all of them values of the sample."""
    low, high = quantile_ranks(len(ordered), percent)
    return Percentile(
        percent=percent,
        value=int(ordered[quantile_rank(len(ordered), percent) - 1]),
        low=None if low is None else int(ordered[low - 1]),
        high=None if high is None else int(ordered[high - 1]),
    )


def fan(values: Integers, percents: Sequence[int]) -> Fan:
    """Percentiles and mean of integers, one value a path."""
    ordered = np.sort(values)
    return Fan(
        percentiles=tuple(percentile(ordered, percent) for percent in percents),
        mean=mean(values),
    )


def mean(values: Numbers) -> Estimate:
    """Mean with Student's interval; no interval for fewer than two values.

    Raises
    ------
    ValueError
        There are no values.
    """
    count = len(values)
    if count == 0:
        raise ValueError("a mean of no values")
    centre = float(values.mean())
    if count < 2:
        return Estimate(value=centre, low=None, high=None)
    half = student(count - 1) * float(values.std(ddof=1)) / math.sqrt(count)
    return Estimate(value=centre, low=centre - half, high=centre + half)


def mean_where(values: Numbers, chosen: Mask) -> Estimate | None:
    """Mean over the chosen paths; None where none is."""
    return mean(values[chosen]) if chosen.any() else None


@lru_cache(maxsize=512)
def student(freedom: int) -> float:
    """Student's quantile for the interval's half width, in standard errors."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 1 - TAIL))


def chance(hits: Mask) -> Estimate:
    """Share of the paths in which something holds, with its Clopper–Pearson interval."""
    return chance_of(int(np.count_nonzero(hits)), len(hits))


@lru_cache(maxsize=4096)
def chance_of(hits: int, paths: int) -> Estimate:
    """Share hits ÷ paths with its Clopper–Pearson interval (Clopper & Pearson 1934, exact).

    Raises
    ------
    ValueError
        There are no paths.
    """
    from scipy.special import betaincinv

    if paths == 0:
        raise ValueError("a chance over no paths")
    low = 0.0 if hits == 0 else float(betaincinv(hits, paths - hits + 1, TAIL))
    high = 1.0 if hits == paths else float(betaincinv(hits + 1, paths - hits, 1 - TAIL))
    return Estimate(value=hits / paths, low=low, high=high)


def difference(base: Numbers, other: Numbers) -> Estimate:
    """Mean of other − base path by path; both played on the same luck."""
    return mean(np.asarray(other, dtype=np.float64) - np.asarray(base, dtype=np.float64))


def independent_difference(base: Numbers, other: Numbers) -> Estimate:
    """Difference of the means of two groups of paths, with Welch's interval."""
    centre = float(other.mean()) - float(base.mean())
    if min(len(base), len(other)) < 2:
        return Estimate(value=centre, low=None, high=None)
    parts = [float(group.var(ddof=1)) / len(group) for group in (base, other)]
    spread = sum(parts)
    if spread == 0:
        return Estimate(value=centre, low=centre, high=centre)
    freedom = spread**2 / sum(
        part**2 / (len(group) - 1) for part, group in zip(parts, (base, other), strict=True)
    )
    half = student(max(1, int(freedom))) * math.sqrt(spread)
    return Estimate(value=centre, low=centre - half, high=centre + half)


def chance_difference(base: Mask, other: Mask) -> Estimate:
    """P(other) − P(base) on the same luck, with the interval of Agresti & Min (2005).

    Half a path is added to each of the four cells (both, only base, only other, neither), so that
    the interval keeps its level where few paths differ, and has a width where none does.
    """
    paths = len(base)
    gained = int(np.count_nonzero(other & ~base))
    lost = int(np.count_nonzero(base & ~other))
    grown = paths + 2
    centre = (gained - lost) / grown
    spread = math.sqrt(gained + lost + 1 - (gained - lost) ** 2 / grown) / grown
    half = student(10**9) * spread
    return Estimate(
        value=(gained - lost) / paths,
        low=max(-1.0, centre - half),
        high=min(1.0, centre + half),
    )


def percentile_difference(base: Integers, other: Integers, percent: int) -> Estimate:
    """Difference of a percentile (other − base) on the same luck.

    The interval is by sectioning (Asmussen & Glynn 2007, III.5): the paths are cut into
    consecutive sections, and the scatter of the sections' differences around the whole's gives
    the error. Without enough paths for ten sections there is none.
    """
    paths = len(base)
    centre = float(_value_at(other, percent) - _value_at(base, percent))
    sections = min(SECTIONS, paths // SMALLEST_SECTION)
    if sections < SECTIONS // 2:
        return Estimate(value=centre, low=None, high=None)
    marks = [paths * k // sections for k in range(sections + 1)]
    found = np.array(
        [
            float(_value_at(other[a:b], percent) - _value_at(base[a:b], percent))
            for a, b in pairwise(marks)
        ]
    )
    error = math.sqrt(float(((found - centre) ** 2).sum()) / (sections * (sections - 1)))
    half = student(sections - 1) * error
    return Estimate(value=centre, low=centre - half, high=centre + half)


def _value_at(values: Integers, percent: int) -> int:
    rank = quantile_rank(len(values), percent) - 1
    return int(np.partition(values, rank)[rank])


def percentile_estimate(values: Integers, percent: float) -> Estimate:
    """A percentile as an estimate; see `percentile`."""
    ordered = np.sort(values)
    low, high = quantile_ranks(len(ordered), percent)
    return Estimate(
        value=float(ordered[quantile_rank(len(ordered), percent) - 1]),
        low=None if low is None else float(ordered[low - 1]),
        high=None if high is None else float(ordered[high - 1]),
    )
