"""Stoppages and named risks: how often, how long, and what more of them changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from portfolio.sim.luck.events import triangular
from tests.sim.lucky import NO_TIES, chunks, lucky, named
from tests.strategies import RISK


def halting(rate: float, mean: float):
    """Three items that stop so often a year and so many quarters."""
    risk = replace(RISK, stoppages_per_year=rate, stoppage_mean_quarters=mean)
    return lucky(*[("plain", "可研")] * 3, classes=(risk,))


def stopped(rate: float, mean: float, count: int = 4) -> np.ndarray:
    return chunks(halting(rate, mean), count).stopped


@pytest.mark.parametrize("rate", [0.03, 0.05, 0.13, 0.4, 4.0])
def test_items_stop_as_often_as_their_class(rate):
    # Of one quarter each: a quarter is free of stoppages with chance exp(−rate/4).
    found = stopped(rate, 1.0)
    chance = 1 - np.exp(-rate / 4)
    error = np.sqrt(chance * (1 - chance) / found.size)
    assert found.mean() == pytest.approx(chance, abs=4 * error)
    # Every quarter and every item alike: 2,048 × 3 and 2,048 × 100 of them.
    by_quarter, by_item = found.mean(axis=(0, 2)), found.mean(axis=(0, 1))
    assert np.abs(by_quarter - chance).max() < 5 * error * 10
    assert np.abs(by_item - chance).max() < 5 * error * np.sqrt(3)


@pytest.mark.parametrize(("rate", "mean"), [(0.05, 3.0), (0.1, 2.0), (0.4, 1.5)])
def test_stoppages_are_as_long_as_geometric_ones(rate, mean):
    # Quarter q stands still unless no stoppage of the quarters before has lasted until q:
    # chance of none = exp(−rate/4 × Σ_{k ≤ q} (1 − 1/mean)^k).
    found = stopped(rate, mean, 20)
    for q in (0, 1, 2, 5, 20, 99):
        lasting = ((1 - 1 / mean) ** np.arange(q + 1)).sum()
        chance = 1 - np.exp(-rate / 4 * lasting)
        values = found[:, q]
        error = np.sqrt(chance * (1 - chance) / values.size)
        assert values.mean() == pytest.approx(chance, abs=4.5 * error)


def test_no_stoppage_runs_on_into_another_path():
    # 40 quarters long on average: of those that began late, nothing is seen in the first quarters
    # of any path but what began there (chance 1 − exp(−0.02/4) = 0.005).
    first = stopped(0.02, 40.0, 20)[:, 0]
    assert first.mean() == pytest.approx(0.005, abs=4.5 * np.sqrt(0.005 / first.size))


def test_a_higher_rate_only_adds_stoppages_and_a_longer_mean_only_quarters():
    before = stopped(0.08, 2.0)
    for rate, mean in ((0.1, 2.0), (0.25, 2.0), (0.08, 3.0)):
        after = stopped(rate, mean)
        assert (after >= before).all()
        assert after.sum() > before.sum()


def test_without_a_rate_nothing_stops():
    assert not stopped(0.0, 3.0).any()


def test_a_mean_below_one_quarter_is_one_quarter():
    assert np.array_equal(stopped(0.1, 0.0), stopped(0.1, 1.0))


def test_named_risks_come_about_as_often_as_told_and_each_for_itself():
    risks = (named("R1", 1, probability=0.3), named("R2", 1, probability=0.3))
    found = chunks(lucky(("plain", "可研"), register=risks), 40).happened
    # 20,480 paths: 4 × sqrt(0.21 / 20,480) = 0.0128.
    assert found.mean(axis=0) == pytest.approx([0.3, 0.3], abs=0.0128)
    assert found.all(axis=1).mean() == pytest.approx(0.09, abs=0.008)


def test_a_named_risk_hits_its_items_with_one_severity_over_their_own_luck():
    risk = named(
        "R1", 1, 2, probability=0.5, cost_low=0.0, cost_likely=0.1, cost_high=0.3,
        quarters_low=0.0, quarters_likely=2.0, quarters_high=6.0,
    )  # fmt: skip
    portfolio = lucky(("plain", "可研"), ("plain", "备案"), ("plain", "可研"), register=(risk,))
    found = chunks(portfolio, 10)
    alone = chunks(replace(portfolio, risk=NO_TIES), 10)
    came = found.happened[:, 0]
    cost = found.cost_bps - alone.cost_bps
    duration = found.duration_bps - alone.duration_bps
    assert not cost[~came].any()
    assert not duration[~came].any()
    assert not cost[:, 2].any()
    # 备案 too, and as hard: one severity.
    assert np.array_equal(cost[:, 0], cost[:, 1])
    assert np.array_equal(duration[:, 0], duration[:, 1])
    # Of 20 planned quarters, one quarter is 500 bps. Cost and time by the same severity: both
    # triangles have their peak at 1/3 of the width, so 0.1 of cost goes with 2 quarters.
    assert np.abs(duration[came, 0] - cost[came, 0]).max() <= 1
    body = stats.triang(1 / 3, loc=0, scale=3000)
    values = np.sort(cost[came, 0])
    n = len(values)
    assert values.mean() == pytest.approx(body.mean(), abs=4 * body.std() / np.sqrt(n))
    part = np.arange(1, 100) / 100
    below = np.searchsorted(values, body.ppf(part) + 0.5, side="right") / n
    assert np.abs(below - part).max() < 1.95 / np.sqrt(n) + 0.001


def test_named_chances_make_cheaper_and_quicker_but_no_factor_leaves_its_range():
    better = named(
        "R1", 1, cost_low=-0.2, cost_likely=-0.2, cost_high=-0.2, quarters_low=-5.0,
        quarters_likely=-5.0, quarters_high=-5.0,
    )  # fmt: skip
    off = frozenset({"cost", "duration"})
    found = chunks(lucky(("plain", "可研"), register=(better,)), 1, off=off)
    # −20 %; −5 of 20 quarters.
    assert (found.cost_bps == 8_000).all()
    assert (found.duration_bps == 7_500).all()
    far = [
        replace(better, id=f"R{k}", cost_low=-0.9, cost_likely=-0.9, cost_high=-0.9,
                quarters_low=-40.0, quarters_likely=-40.0, quarters_high=-40.0)
        for k in range(2)
    ]  # fmt: skip
    found = chunks(lucky(("plain", "可研"), register=far), 1, off=off)
    assert (found.cost_bps == 0).all()
    assert (found.duration_bps == 1).all()


def test_an_item_with_nothing_planned_gets_no_quarters():
    portfolio = lucky(("plain", "可研"), ("plain", "可研"), register=(named("R1", 1, 2),))
    plan = portfolio.plan_wan.copy()
    plan[:, :, 1] = 0
    done = replace(portfolio.items[1], earlier_wan=500, plan_wan=0, total_wan=500)
    portfolio = replace(portfolio, plan_wan=plan, items=(portfolio.items[0], done))
    found = chunks(portfolio, 1, off=frozenset({"cost", "duration"}))
    assert (found.duration_bps == [11_000, 10_000]).all()
    assert (found.cost_bps == 11_000).all()


def test_triangles():
    part = np.linspace(0, 1, 101)
    for low, likely, high in ((0.0, 0.1, 0.3), (-0.2, -0.2, 0.1), (-1.0, 2.0, 2.0)):
        exact = stats.triang.ppf(part, (likely - low) / (high - low), low, high - low)
        assert triangular(part, low, likely, high) == pytest.approx(exact)
    assert (triangular(part, 0.1, 0.1, 0.1) == 0.1).all()
