"""Published figures that the statistics and the plan must give back."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.stats import qmc

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import GateType
from portfolio.model.items import Profile
from portfolio.model.plan import baseline_years
from portfolio.model.rules.parameters import derive
from portfolio.model.study.causes import merges
from portfolio.model.study.confidence import total_cost_wan, weighted_mean
from portfolio.model.study.intervals import chance, fan
from portfolio.sim.one_path import play
from tests.model.four_items import gate
from tests.model.study.made_paths import made_paths
from tests.strategies import RISK, make_item, make_portfolio


def test_a_blend_of_two_classes_is_their_money_weighted_mean():
    """Mott MacDonald (2002), combined projects: 30 % non-standard, 70 % standard buildings.

    Capital 0.3 × 51 % + 0.7 × 24 % = 32.1 %, duration 0.3 × 39 % + 0.7 × 4 % = 14.5 %. Here a
    driver of a work or class is such a blend of its items' factors.
    """
    factors = np.array([[15_100, 12_400], [13_900, 10_400]])
    blended = weighted_mean(factors, np.array([30, 70]))
    assert blended == pytest.approx([13_210, 11_450])


#: GAO-20-195G, Table 12: minimum, most likely, maximum of an air vehicle's elements, $K.
UAV = (
    (17_955, 19_645, 21_785),
    (8_500, 10_553, 13_000),
    (4_000, 4_306, 5_100),
    (4_100, 4_305, 4_650),
    (550, 600, 650),
    (32_300, 35_547, 52_500),
    (1_950, 2_136, 2_600),
)


def test_the_sum_of_most_likely_costs_is_an_unlikely_total():
    """GAO's air vehicle of seven independent triangular elements.

    Sum of means 82,244, variance 21.156e6, P(total ≤ sum of the most likely, 77,092) ≈ 12.5 %.
    """
    u = qmc.Sobol(len(UAV), rng=np.random.default_rng(5)).random_base2(15)
    low, likely, high = (np.array(column, dtype=float) for column in zip(*UAV, strict=True))
    rising = (likely - low) / (high - low)
    up = low + np.sqrt(u * (high - low) * (likely - low))
    down = high - np.sqrt((1 - u) * (high - low) * (high - likely))
    costs = np.round(np.where(u < rising, up, down)).astype(np.int64)
    portfolio = make_portfolio(np.full((15, 1, len(UAV)), 1, dtype=np.int64))
    total = total_cost_wan(made_paths(portfolio, len(costs), cost_wan=costs))
    assert fan(total, (50,)).mean.value == pytest.approx(82_244, abs=2)
    assert float(total.var()) == pytest.approx(21.156e6, rel=0.005)
    assert chance(total <= 77_092).value == pytest.approx(0.125, abs=0.004)


@pytest.mark.parametrize(("part", "years"), [(1, 5), (2, 10)])
def test_beta_2_2_is_the_dhss_curve(part, years):
    """DHSS: y = S [x + C x² - C x - (6x³ - 9x² + 3x) ÷ K] with C = 0, K = 3 is 3x² - 2x³.

    All the money until 2025 makes a curve of 5 years; half of it (the curve is even about its
    middle) one of 10.
    """
    total = 1_000_000
    item = replace(
        make_item(1, np.array([total, 0, 0, 0, 0])),
        plan_wan=total // part, profile=Profile.NEW_START,
    )  # fmt: skip
    money = np.cumsum(baseline_years(item, {}, (), RISK, SHIPPED))  # RISK: Beta(2, 2)
    x = np.minimum(np.arange(1, 16) / years, 1.0)
    assert RISK.beta_a == RISK.beta_b == 2.0
    assert money == pytest.approx(total * (x - (6 * x**3 - 9 * x**2 + 3 * x) / 3), abs=2)


def test_five_branches_of_one_half_merge_to_3_125_percent():
    """Five predecessors, each in time in half of the paths and independent: (1/2)^5 = 3.125 %.

    The 32 paths are all combinations; in time is 2022Q1 (quarter 4), late one quarter after.
    """
    plan = np.zeros((15, 1, 6), dtype=np.int64)
    plan[0, 0, :5] = 100
    plan[1, 0, 5] = 100
    gates = tuple(gate(f"G{k}", k, 6, GateType.FS) for k in range(1, 6))
    portfolio = make_portfolio(plan, gates=gates)
    late = np.array(list(product((0, 1), repeat=5)))
    start = np.zeros((32, 6), dtype=np.int16)
    start[:, 5] = 4 + late.max(axis=1)
    paths = made_paths(portfolio, 32, gate_opened=4 + late, start=start)
    (merge,) = merges(portfolio, paths, play(derive(portfolio)))
    assert [gate.in_time.value for gate in merge.gates] == [0.5] * 5
    assert [gate.needed for gate in merge.gates] == [4] * 5
    assert merge.all_in_time.value == merge.product == 0.03125
    assert merge.smallest == 0.5
    # The plan and the play without luck start in 2022Q1, the paths mostly a quarter later.
    assert (merge.planned_start, merge.prior_start) == (4, 4)
    assert merge.start.at(50).value == 5
    assert merge.start.mean.value == 4 + 31 / 32


@pytest.mark.parametrize(("n", "rho", "ratio"), [(10, 0.3, 1.924), (58, 0.15, 3.090), (58, 0.5, 5.431)])  # fmt: skip
def test_the_spread_of_a_total_grows_with_correlation(n, rho, ratio):
    """Sigma of n equal items over independence: sqrt(1 + (n-1) rho), here of our total cost."""
    rng = np.random.default_rng(3)
    shared, own = rng.standard_normal((40_000, 1)), rng.standard_normal((40_000, n))
    portfolio = make_portfolio(np.full((15, 1, n), 1, dtype=np.int64))

    def spread(score: np.ndarray) -> float:
        costs = np.round(10**8 + 10**6 * score).astype(np.int64)
        return float(total_cost_wan(made_paths(portfolio, len(costs), cost_wan=costs)).std())

    together = spread(np.sqrt(rho) * shared + np.sqrt(1 - rho) * own)
    assert together / spread(own) == pytest.approx(ratio, rel=0.02)
