"""Intervals against textbook values, and their promise against the binomial distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from portfolio.model.study.findings import Estimate
from portfolio.model.study.intervals import (
    chance,
    chance_difference,
    chance_of,
    difference,
    fan,
    independent_difference,
    mean,
    mean_where,
    percentile_difference,
    percentile_estimate,
    quantile_rank,
    quantile_ranks,
)


def test_ranks_around_the_80th_percentile_are_the_published_ones():
    # Order statistics by the binomial distribution: 10,000 paths 7,921 and 8,079; 2,000 paths
    # 1,565 and 1,636 (exact: the quantiles of Binomial(n, 0.8) at 2.5 % and 97.5 %, the upper + 1).
    assert quantile_ranks(10_000, 80) == (7_921, 8_079)
    assert quantile_ranks(2_000, 80) == (1_565, 1_636)


@given(st.integers(1, 400), st.integers(1, 99))
def test_an_interval_of_ranks_holds_the_percentile_at_least_95_times_of_100(paths, percent):
    low, high = quantile_ranks(paths, percent)
    # P(X(l) ≤ q ≤ X(u)) = P(l ≤ B ≤ u - 1) for a continuous distribution; an open side is certain.
    below = 0.0 if low is None else float(binom.cdf(low - 1, paths, percent / 100))
    above = 0.0 if high is None else float(binom.sf(high - 1, paths, percent / 100))
    assert 1 - below - above >= 0.95
    assert below <= 0.025 and above <= 0.025


def test_a_percentile_is_a_value_that_was_played():
    # Type 1: the smallest value with at least p of the sample at or below it.
    values = np.array([10, 40, 20, 30])
    found = fan(values, (25, 50, 51, 75, 90))
    assert [p.value for p in found.percentiles] == [10, 20, 30, 30, 40]
    assert found.mean.value == 25
    assert quantile_rank(10_000, 80) == 8_000
    assert quantile_rank(1_000, 99.9) == 999
    with pytest.raises(KeyError):
        found.at(10)


def test_few_paths_have_no_interval():
    # 10 paths: P(B = 10) for p = 0.95 is 0.599, so no upper rank; the lower one is 8.
    assert quantile_ranks(10, 95) == (8, None)
    assert percentile_estimate(np.array([5]), 50) == Estimate(value=5, low=None, high=None)
    assert mean(np.array([5])).half_width is None
    assert not mean(np.array([5])).differs


def test_a_chance_has_the_exact_interval():
    # Clopper–Pearson, 5 of 10: 0.1871–0.8129; 0 of 10: 0 and 1 - 0.025^(1/10) = 0.3085.
    half = chance(np.array([True, False] * 5))
    assert (half.value, half.low, half.high) == (0.5, pytest.approx(0.18709, abs=1e-5), pytest.approx(0.81291, abs=1e-5))  # fmt: skip
    never = chance_of(0, 10)
    assert (never.low, never.high) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert chance_of(10, 10).high == 1.0


@pytest.mark.parametrize(
    ("paths", "points"), [(1_000, 2.84), (2_000, 2.01), (5_000, 1.27), (10_000, 0.90)]
)
def test_the_half_width_of_a_chance_of_70_percent(paths, points):
    # 1.96 sqrt(0.7 × 0.3 ÷ N) in points; the exact interval is wider by less than 0.06.
    found = chance_of(paths * 7 // 10, paths).half_width
    assert found is not None
    assert points - 0.01 <= 100 * found <= points + 0.06


@pytest.mark.parametrize(("paths", "sigmas"), [(1_000, 0.0886), (10_000, 0.0280), (50_000, 0.0125)])
def test_the_half_width_of_the_80th_percentile_of_a_normal(paths, sigmas):
    # 1.96 sqrt(p(1-p)÷N) ÷ density, on an ideal sample in millionths of sigma.
    values = np.round(norm.ppf((np.arange(paths) + 0.5) / paths) * 1_000_000).astype(np.int64)
    found = percentile_estimate(values, 80).half_width
    assert found is not None
    assert found / 1_000_000 == pytest.approx(sigmas, rel=0.03)


def test_a_mean_has_students_interval():
    # 1, 2, 3: mean 2, sd 1, t(2; 97.5 %) = 4.302653, half width 4.302653 ÷ √3 = 2.484138.
    found = mean(np.array([1, 2, 3]))
    assert (found.value, found.half_width) == (2.0, pytest.approx(2.484138, abs=1e-6))
    assert mean_where(np.array([1, 2, 3]), np.array([False] * 3)) is None
    with pytest.raises(ValueError, match="no values"):
        mean(np.array([]))


def test_shared_luck_leaves_only_the_difference():
    base = np.array([100, 900, 400, 250])
    paired = difference(base, base + 7)
    assert (paired.value, paired.low, paired.high) == (7.0, 7.0, 7.0)
    assert paired.differs
    # The same two groups as if they were independent: the luck drowns the difference.
    apart = independent_difference(base, base + 7)
    assert apart.value == 7.0
    assert not apart.differs


def test_a_difference_of_independent_groups_by_hand():
    # Means 2 and 12, variances 1 and 1, 3 paths each: standard error √(2/3), 4 degrees of freedom,
    # t = 2.776445, half width 2.266958.
    found = independent_difference(np.array([1, 2, 3]), np.array([11, 12, 13]))
    assert (found.value, found.half_width) == (10.0, pytest.approx(2.266958, abs=1e-6))
    same = independent_difference(np.array([1, 1]), np.array([3, 3]))
    assert (same.low, same.high) == (2.0, 2.0)


def test_a_difference_of_chances_on_the_same_luck():
    # 100 paths, 20 gained, none lost: centre 20 ÷ 102, spread √(21 - 400/102) ÷ 102.
    base = np.zeros(100, dtype=bool)
    other = np.arange(100) < 20
    found = chance_difference(base, other)
    half = 1.959964 * math.sqrt(21 - 400 / 102) / 102
    assert found.value == 0.2
    assert found.low == pytest.approx(20 / 102 - half, abs=1e-6)
    assert found.differs
    # One path gained and one lost, or none at all, is no difference.
    assert not chance_difference(base, base).differs
    assert not chance_difference(np.arange(100) == 3, np.arange(100) == 5).differs


def test_a_difference_of_percentiles_on_the_same_luck():
    base = np.arange(1_000)[np.argsort(np.sin(np.arange(1_000)))]
    shifted = percentile_difference(base, base + 7, 80)
    assert (shifted.value, shifted.low, shifted.high) == (7.0, 7.0, 7.0)
    assert not percentile_difference(base, base[::-1], 80).differs
    assert percentile_difference(base[:100], base[:100] + 7, 80).low is None
