"""Joint confidence against exact tables, and its frontiers against their definition.

The tables V1, V2, V3, V5 are exact values of the bivariate (and equicorrelated) normal; V6 is
counted by hand. Samples are scrambled Sobol points, so their error is far below the tolerances.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm, qmc

from portfolio.model.study.confidence import frontiers, joint_confidence
from portfolio.model.study.intervals import chance, percentile_estimate

SCALE = 1_000_000
POINTS = norm.ppf(np.clip(qmc.Sobol(2, rng=np.random.default_rng(7)).random_base2(16), 1e-9, 1 - 1e-9))  # fmt: skip
RHOS = (0.0, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)
V1 = {
    0.50: (0.2500, 0.2820, 0.2985, 0.3333, 0.3734, 0.4282, 0.5000),
    0.70: (0.4900, 0.5149, 0.5281, 0.5568, 0.5905, 0.6376, 0.7000),
    0.80: (0.6400, 0.6568, 0.6661, 0.6872, 0.7129, 0.7499, 0.8000),
    0.90: (0.8100, 0.8172, 0.8216, 0.8324, 0.8468, 0.8689, 0.9000),
}
V2 = {
    0.50: (0.7071, 0.6887, 0.6781, 0.6530, 0.6205, 0.5706, 0.5000),
    0.70: (0.8367, 0.8281, 0.8228, 0.8093, 0.7898, 0.7562, 0.7000),
    0.80: (0.8944, 0.8898, 0.8868, 0.8787, 0.8662, 0.8429, 0.8000),
}


def pair(rho: float) -> tuple[np.ndarray, np.ndarray]:
    """Cost and time scores with a correlation."""
    z, e = POINTS.T
    return z, rho * z + np.sqrt(1 - rho**2) * e


def both(rho: float, marginal: float) -> float:
    """Joint confidence at a bound on each axis; in time is period 0, late is period 1."""
    bound = float(norm.ppf(marginal))
    z, y = pair(rho)
    cost, period = np.round(z * SCALE).astype(np.int64), (y > bound).astype(np.int64)
    return joint_confidence(cost, period, round(bound * SCALE), 0).both.value


@pytest.mark.parametrize("p", V1)
@pytest.mark.parametrize("k", range(len(RHOS)))
def test_v1_joint_confidence_at_equal_marginals(p, k):
    assert both(RHOS[k], p) == pytest.approx(V1[p][k], abs=0.0015)


@pytest.mark.parametrize("level", V2)
@pytest.mark.parametrize("k", range(len(RHOS)))
def test_v2_marginals_a_joint_confidence_needs(level, k):
    assert both(RHOS[k], V2[level][k]) == pytest.approx(level, abs=0.0015)


def test_the_tables_are_the_normal_distributions():
    """V1 at 0.7 and 0.5: what the tests above rest on, from the distribution itself."""
    z = norm.ppf(0.7)
    exact = multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]]).cdf([z, z])
    assert exact == pytest.approx(V1[0.70][3], abs=5e-5)


GRID = {
    100: (0.3524, 0.4219, 0.4642, 0.4857, 0.4949),
    110: (0.4313, 0.5373, 0.6093, 0.6503, 0.6702),
    120: (0.4727, 0.6050, 0.7022, 0.7625, 0.7947),
    130: (0.4905, 0.6375, 0.7511, 0.8260, 0.8687),
    140: (0.4970, 0.6508, 0.7731, 0.8568, 0.9067),
}


def lognormal_pair() -> tuple[np.ndarray, np.ndarray]:
    """V3: cost median 100, sigma 0.20; duration median 60, sigma 0.12; rho 0.6.

    Cost in ten-thousandths; a duration counts as finished at the end of its period.
    """
    z, y = pair(0.6)
    cost = np.round(100 * np.exp(0.20 * z) * 10_000).astype(np.int64)
    return cost, np.ceil(60 * np.exp(0.12 * y)).astype(np.int64)


@pytest.mark.parametrize("cost_bound", GRID)
def test_v3_lognormal_grid(cost_bound):
    cost, time = lognormal_pair()
    found = [
        joint_confidence(cost, time, cost_bound * 10_000, by).both.value
        for by in (60, 63, 66, 69, 72)
    ]
    assert found == pytest.approx(GRID[cost_bound], abs=0.002)


def test_v3_marginals_and_the_70_percent_frontier():
    cost, time = lognormal_pair()
    joint = joint_confidence(cost, time, 120 * 10_000, 66)
    assert joint.within_cost.value == pytest.approx(0.8190, abs=0.002)
    assert joint.on_time.value == pytest.approx(0.7865, abs=0.002)
    (seventy,) = frontiers(cost, time, (70,))
    points = {point.finish: point.cost_wan / 10_000 for point in seventy.points}
    expected = {64: 145.93, 66: 119.68, 68: 115.04, 70: 113.03, 75: 111.39}
    # At 64 the frontier is steep: one point of confidence is 6 % of cost.
    assert points[64] == pytest.approx(expected[64], rel=0.02)
    for time_by in (66, 68, 70, 75):
        assert points[time_by] == pytest.approx(expected[time_by], rel=0.004)
    assert min(points) == 64


@pytest.mark.parametrize(
    ("n", "rho", "covered"),
    [(5, 0.0, 0.8795), (5, 0.3, 0.7854), (10, 0.2, 0.8392), (58, 0.2, 0.8716), (58, 0.5, 0.7689)],
)
def test_v5_projects_funded_at_p70_cover_their_total(n, rho, covered):
    # Φ(0.5244 √(n ÷ (1 + (n-1) rho))); 100,000 paths: standard error at most 0.0013.
    rng = np.random.default_rng(11)
    shared = rng.standard_normal((100_000, 1))
    own = rng.standard_normal((100_000, n))
    costs = np.round((np.sqrt(rho) * shared + np.sqrt(1 - rho) * own) * SCALE).astype(np.int64)
    funded = sum(int(percentile_estimate(costs[:, k], 70).value) for k in range(n))
    assert chance(costs.sum(axis=1) <= funded).value == pytest.approx(covered, abs=0.006)


def test_v6_three_trials_by_hand():
    # (90, 50) keeps both, (110, 55) is only over, (95, 70) only late.
    joint = joint_confidence(np.array([90, 110, 95]), np.array([50, 55, 70]), 100, 60)
    assert joint.both.value == pytest.approx(1 / 3)
    assert joint.within_cost.value == pytest.approx(2 / 3)
    assert joint.on_time.value == pytest.approx(2 / 3)
    assert (joint.over_only.value, joint.late_only.value) == (pytest.approx(1 / 3),) * 2
    assert joint.over_and_late.value == 0
    assert joint.mean_cost_on_time is not None and joint.mean_cost_on_time.value == 100
    assert joint.mean_cost_late is not None and joint.mean_cost_late.value == 95


samples = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 110)), min_size=1, max_size=60)


@given(samples, st.integers(0, 30), st.integers(0, 100))
def test_the_quadrants_are_all_there_is(sample, cost_bound, by):
    cost, finish = np.array(sample).T
    joint = joint_confidence(cost, finish, cost_bound, by)
    parts = (joint.both, joint.over_only, joint.late_only, joint.over_and_late)
    assert sum(part.value for part in parts) == pytest.approx(1)
    assert joint.both.value + joint.late_only.value == pytest.approx(joint.within_cost.value)
    assert joint.both.value + joint.over_only.value == pytest.approx(joint.on_time.value)
    assert joint.both.value <= min(joint.within_cost.value, joint.on_time.value)


@given(samples)
def test_a_frontier_point_keeps_its_confidence_and_a_cent_less_does_not(sample):
    cost, finish = np.array(sample).T
    for frontier in frontiers(cost, finish, (50, 80)):
        needed = frontier.percent / 100 * len(cost)
        for point in frontier.points:
            reached = finish <= point.finish
            assert np.count_nonzero(reached & (cost <= point.cost_wan)) >= needed
            assert np.count_nonzero(reached & (cost < point.cost_wan)) < needed
        costs = [point.cost_wan for point in frontier.points]
        assert costs == sorted(set(costs), reverse=True)
        # No point at all means that too few paths finish in the play.
        if not frontier.points:
            assert np.count_nonzero(finish < 100) < needed
