"""What ties items and channels: loads of the factors, rank correlations, years."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from portfolio.model.risk import ChannelCorrelation
from portfolio.sim.luck.scores import Normals, item_scores, lower_factor
from tests.sim.lucky import NO_TIES, chunks, lucky, money, published_class
from tests.strategies import RISK

DEFAULTS = replace(
    NO_TIES, global_correlation=0.15, group_correlation=0.15, cost_time_correlation=0.5
)


def loads(portfolio) -> tuple[np.ndarray, np.ndarray]:
    """Weights of cost and delay scores on each independent number: [item, number].

    Scores are linear in them, so that giving each number once 1 and all others 0 shows them.
    """
    n = len(portfolio.items)
    groups = len({risk.corr_group for risk in portfolio.risk_classes})
    ones = np.eye(1 + groups + 2 * n)
    common, group, own, pace = np.split(ones, np.cumsum([1, groups, n]))
    return item_scores(
        portfolio,
        Normals(common=common[0], group=group, own=own, pace=pace,
                yearly=np.zeros((0, 25, len(ones)), dtype=np.float32), spread=None),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("n", "published"),
    [
        # data/risk/correlation.md, section 3: sqrt(1 + (n − 1) rho) for rho 0.05 … 0.50.
        (10, (1.204, 1.378, 1.533, 1.673, 1.803, 1.924, 2.345)),
        (30, (1.565, 1.975, 2.313, 2.608, 2.872, 3.114, 3.937)),
        (58, (1.962, 2.588, 3.090, 3.521, 3.905, 4.254, 5.431)),
    ],
)
def test_sigma_of_a_sum_of_equal_items_is_that_published(n, published):
    for rho, ratio in zip((0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.50), published, strict=True):
        for everywhere, in_group in ((rho, 0.0), (0.0, rho), (rho / 2, rho / 2)):
            risk = replace(NO_TIES, global_correlation=everywhere, group_correlation=in_group)
            cost, _ = loads(lucky(*[("plain", "可研")] * n, risk=risk))
            sigma = np.sqrt((cost.sum(axis=0) ** 2).sum())
            assert sigma / np.sqrt(n) == pytest.approx(ratio, abs=0.0006)


def test_scores_have_the_correlations_asked_for():
    other = replace(RISK, key="other", title="其他", corr_group="Y")
    items = (("plain", "可研"), ("plain", "可研"), ("other", "可研"))
    cost, delay = loads(lucky(*items, classes=(RISK, other), risk=DEFAULTS))
    # 0.15 everywhere and 0.15 more inside a group.
    assert cost @ cost.T == pytest.approx(
        np.array([[1, 0.3, 0.15], [0.3, 1, 0.15], [0.15, 0.15, 1]])
    )
    assert np.diag(delay @ delay.T) == pytest.approx(np.ones(3))
    # 0.5 between an item's cost and its delay; delays are tied through costs: 0.25 × 0.3.
    assert np.diag(cost @ delay.T) == pytest.approx(np.full(3, 0.5))
    assert (delay @ delay.T)[0, 1] == pytest.approx(0.075)


def test_rank_correlations_reached_are_those_of_the_copula():
    # correlation.md, section 5: 6/pi asin(rho/2): 0.30 → 0.287, 0.15 → 0.143, 0.5 → 0.483, all
    # within 0.02; standard error of a rank correlation over 20,480 paths: 0.007.
    rail = published_class("rail_urban")
    road = published_class("urban_road", corr_group="Y")
    items = (("rail_urban", "可研"), ("rail_urban", "可研"), ("urban_road", "可研"))
    found = chunks(lucky(*items, classes=(rail, road), risk=DEFAULTS), 40)
    cost, delay = found.cost_bps, found.duration_bps
    assert stats.spearmanr(cost[:, 0], cost[:, 1])[0] == pytest.approx(0.287, abs=0.02)
    assert stats.spearmanr(cost[:, 0], cost[:, 2])[0] == pytest.approx(0.143, abs=0.02)
    assert stats.spearmanr(cost[:, 1], delay[:, 1])[0] == pytest.approx(0.483, abs=0.02)


def test_joint_extremes_come_more_often_with_heavy_tails():
    # Tail dependence of a t copula with 5 degrees at 0.3 is 0.12 and of a Gaussian one 0; of the
    # worst 1 % of one item, the other is among its own worst 1 % at the least twice as often.
    risk = replace(NO_TIES, global_correlation=0.3)
    portfolio = lucky(("plain", "可研"), ("plain", "可研"), risk=risk)
    together = {}
    for tails in ("gauss", "t5"):
        cost = chunks(portfolio, 100, tails=tails).cost_bps
        worst = cost >= np.sort(cost, axis=0)[-len(cost) // 100]
        together[tails] = worst.all(axis=1).sum() / worst[:, 0].sum()
    assert together["t5"] > 2 * together["gauss"]


def test_channels_are_tied_within_a_year_and_to_the_year_before():
    pairs = tuple(
        ChannelCorrelation(channel_id=a, other_id=b, correlation=r, provenance="")
        for a, b, r in (("LAND", "PPP", 0.6), ("SPB", "LAND", -0.3))
    )
    channels = (
        money("PPP", persistence=0.5), money("LAND"), money("GPB", persistence=0.0),
        money("SPB", persistence=0.2),
    )  # fmt: skip
    risk = replace(NO_TIES, channel_correlations=pairs)
    found = chunks(lucky(("plain", "可研"), channels=channels, risk=risk), 40).receipt_bps
    ppp, land, gpb, spb = np.moveaxis(found, 2, 0)

    def rank(a: np.ndarray, b: np.ndarray) -> float:
        return float(stats.spearmanr(a, b)[0])

    # 6/pi asin(rho/2): 0.6 → 0.582, −0.3 → −0.287, 0.5 → 0.483; the same in every year.
    for year in (0, 1, 10, 24):
        assert rank(land[:, year], ppp[:, year]) == pytest.approx(0.582, abs=0.02)
        assert rank(land[:, year], spb[:, year]) == pytest.approx(-0.287, abs=0.03)
        assert rank(land[:, year], gpb[:, year]) == pytest.approx(0, abs=0.03)
        assert rank(ppp[:, year], spb[:, year]) == pytest.approx(0, abs=0.03)
    for year in (1, 10, 24):
        assert rank(land[:, year - 1], land[:, year]) == pytest.approx(0.582, abs=0.02)
        assert rank(ppp[:, year - 1], ppp[:, year]) == pytest.approx(0.483, abs=0.02)
        assert rank(gpb[:, year - 1], gpb[:, year]) == pytest.approx(0, abs=0.03)


def test_a_factor_of_a_singular_matrix():
    # Two channels that are one: the second has nothing of its own.
    assert lower_factor(np.ones((2, 2))) == pytest.approx(np.array([[1, 0], [1, 0]]))
    matrix = np.array([[1, 0.6, 0.36], [0.6, 1, 0.6], [0.36, 0.6, 1]])
    assert lower_factor(matrix) == pytest.approx(np.linalg.cholesky(matrix))
    with pytest.raises(ValueError, match="contradict"):
        lower_factor(np.array([[1, 1, 0], [1, 1, 0.5], [0, 0.5, 1]]))
