"""Quasi-random luck: the same marginals and ties, surer means, independent randomisations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from portfolio.sim.luck import draw_sobol
from portfolio.sim.luck.marginals import mean_overrun, priors_table
from portfolio.sim.luck.scores import CHUNK
from tests.sim.lucky import NO_TIES, chunks, lucky, money, named, published_class
from tests.strategies import RISK

RAIL = published_class("rail_urban", stoppages_per_year=0.1, stoppage_mean_quarters=2.0)
TIES = replace(NO_TIES, global_correlation=0.15, group_correlation=0.15, cost_time_correlation=0.5)
MANY = lucky(
    *[("rail_urban", "可研")] * 6, ("rail_urban", "备案"), classes=(RISK, RAIL), risk=TIES,
    channels=(money("LAND"), money("GPB", persistence=0.2)),
    register=(named("R1", 1, probability=0.5),),
)  # fmt: skip
NO_REGISTER = frozenset({"register"})


def sobol(paths: int, randomisation: int = 0, **settings: object):
    return draw_sobol(MANY, seed=5, randomisation=randomisation, paths=paths, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("paths", [0, -4, 3, 1000])
def test_only_powers_of_two_are_balanced(paths):
    with pytest.raises(ValueError, match="power of two"):
        sobol(paths)


@pytest.mark.parametrize("paths", [1, 64, CHUNK, 4 * CHUNK])
def test_shapes_are_those_of_the_contract(paths):
    found = sobol(paths)
    assert found.first_path == 1
    assert found.cost_bps.shape == found.volume_bps.shape == found.duration_bps.shape == (paths, 7)
    assert found.stopped.shape == (paths, 100, 7)
    assert found.receipt_bps.shape == (paths, 25, 2)
    assert found.happened.shape == (paths, 1)


def test_a_longer_sequence_goes_on_where_a_shorter_one_ends():
    short, long = sobol(CHUNK), sobol(4 * CHUNK)
    assert np.array_equal(long.cost_bps[:CHUNK], short.cost_bps)
    assert np.array_equal(long.receipt_bps[:CHUNK], short.receipt_bps)
    assert np.array_equal(long.stopped[:CHUNK], short.stopped)


def test_each_randomisation_is_another_luck_and_comes_back():
    one, two, again = sobol(64, 0), sobol(64, 1), sobol(64, 0)
    for name in ("cost_bps", "duration_bps", "receipt_bps", "stopped", "happened"):
        assert np.array_equal(getattr(one, name), getattr(again, name))
        assert not np.array_equal(getattr(one, name), getattr(two, name))


@pytest.mark.parametrize("tails", ["gauss", "t5"])
def test_marginals_and_ties_are_those_of_plain_sampling(tails):
    found = sobol(16 * CHUNK, tails=tails, off=NO_REGISTER)
    rail = priors_table(MANY)[1]
    for item in range(6):
        cost, delay = found.cost_bps[:, item] / 10_000 - 1, found.duration_bps[:, item] / 10_000 - 1
        # Plain sampling of 8,192 paths has errors of 0.0044 at P80; Sobol has less.
        assert (cost <= rail.overrun[80]).mean() == pytest.approx(0.8, abs=0.004)
        assert (delay <= rail.delay[80]).mean() == pytest.approx(0.8, abs=0.004)
        assert stats.spearmanr(cost, delay)[0] == pytest.approx(0.483, abs=0.02)
    assert stats.spearmanr(*found.cost_bps[:, :2].T)[0] == pytest.approx(0.287, abs=0.02)
    land = found.receipt_bps[:, :, 0]
    assert stats.spearmanr(land[:, 3], land[:, 4])[0] == pytest.approx(0.582, abs=0.02)


def test_means_are_surer_than_those_of_plain_sampling():
    # Root mean square error of the mean overrun of six items, over 16 independent samples of 256.
    exact = 6 * mean_overrun(RAIL)

    def error(samples: list[np.ndarray]) -> float:
        means = [(cost[:, :6] / 10_000 - 1).sum(axis=1).mean() for cost in samples]
        return float(np.sqrt(np.mean((np.array(means) - exact) ** 2)))

    plain = chunks(MANY, 8, off=NO_REGISTER).cost_bps.reshape(16, 256, 7)
    quasi = [sobol(256, k, off=NO_REGISTER).cost_bps for k in range(16)]
    assert error(quasi) < error(list(plain)) / 3


def test_no_score_is_without_end():
    found = sobol(16 * CHUNK)
    assert found.duration_bps.max() < 50_000
    assert found.receipt_bps.min() >= 3_000
