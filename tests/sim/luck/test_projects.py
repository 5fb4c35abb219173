"""Bundles in draws: how many projects they are worth, and the mean of their luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.items import Profile
from portfolio.model.portfolio import Portfolio
from portfolio.model.risk import BundleSettings, StageFactor
from portfolio.sim.luck import draw, draw_sobol
from portfolio.sim.luck.marginals import delays, overruns
from portfolio.sim.luck.projects import draws_of, projects, worth
from portfolio.sim.luck.scores import CHUNK, item_scores, keyed_normals
from tests.sim.lucky import NO_TIES, lucky, money, named
from tests.strategies import RISK

SETTINGS = BundleSettings(
    life_quarters=22, stretch_bps=4_000, project_wan=274_000, size_cv2=7.0, floor_bps=10_000
)
WORKS = replace(RISK, key="works", title="工程", corr_group="Y", stoppages_per_year=0.12,
                stoppage_mean_quarters=3.0)  # fmt: skip
RUNNING = (StageFactor(stage="可研", cost_factor=0.5, duration_factor=0.4, provenance="假设"),)


def with_bundle(total_wan: int = 40 * 274_000, **changes: object) -> Portfolio:
    """甲, a bundle of so much money, and 乙, one project of the same class."""
    plain = lucky(("works", "可研"), ("works", "可研"), classes=(WORKS,), numbers=(24, 5))
    first, second = plain.items
    items = (
        replace(first, total_wan=total_wan, earlier_wan=total_wan - 500),
        replace(second, profile=Profile.NEW_START),
    )
    settings = replace(SETTINGS, **changes)  # type: ignore[arg-type]
    risk = replace(NO_TIES, stage_factors=RUNNING, bundles=settings)
    return replace(plain, items=items, risk=risk)


@pytest.mark.parametrize(
    ("total_wan", "number"), [(1, 1), (410_999, 1), (411_000, 2), (684_999, 2), (685_000, 3)]
)
def test_a_bundle_holds_the_nearest_number_of_projects(total_wan: int, number: int) -> None:
    assert projects(with_bundle(total_wan + 500).items[0], SETTINGS) == projects(
        replace(with_bundle().items[0], total_wan=total_wan + 500), SETTINGS
    )
    item = replace(with_bundle().items[0], total_wan=total_wan)
    assert projects(item, SETTINGS) == number


@pytest.mark.parametrize("number", [2, 10, 40])
def test_unequal_projects_are_worth_fewer(number: int) -> None:
    sizes = np.exp(
        np.sqrt(np.log(8.0)) * np.random.default_rng(7).standard_normal((40_000, number))
    )
    parts = sizes / sizes.sum(axis=1, keepdims=True)
    simulated = 1 / (parts**2).sum(axis=1).mean()
    assert worth(number, 7.0) == pytest.approx(simulated, rel=0.02)


def test_projects_of_one_size_are_worth_their_number() -> None:
    assert worth(12, 0.0) == 12
    assert worth(1, 7.0) == 1
    assert worth(12, 1e-6) == pytest.approx(12, rel=1e-3)


def test_a_bundle_is_drawn_as_often_as_it_is_worth() -> None:
    portfolio = with_bundle()
    assert draws_of(portfolio).tolist() == [round(worth(40, 7.0)), 1] == [9, 1]
    without = replace(portfolio, risk=replace(portfolio.risk, bundles=None))
    assert draws_of(without).tolist() == [1, 1]
    assert draws_of(with_bundle(10**9, size_cv2=0.0)).tolist() == [64, 1]


def test_the_luck_of_a_bundle_is_the_floor_of_the_mean() -> None:
    """Overruns at the stage's factor 0.5, delays at 1 whatever the stage, and standing still.

    0.12 stoppages a year of 3 quarters are 0.12 × 3 ÷ 4 = 9 % of the time: 900 bps.
    """
    portfolio = with_bundle()
    drawn = draw(portfolio, seed=3, first_path=1, paths=CHUNK)
    cost, delay = item_scores(portfolio, keyed_normals(portfolio, seed=3, chunk=0, tails="gauss"))
    assert len(cost) == 10
    more = np.rint(overruns(cost, [WORKS] * 10) * 0.5 * 10_000).astype(np.int64)
    longer = np.rint(delays(delay, [WORKS] * 10) * 10_000).astype(np.int64)
    assert np.array_equal(drawn.cost_bps[:, 0], 10_000 + more[:9].sum(axis=0) // 9)
    assert np.array_equal(drawn.duration_bps[:, 0], 10_900 + longer[:9].sum(axis=0) // 9)
    assert not drawn.stopped[:, :, 0].any()
    # 乙 is as ever: one draw, its stage's factor, its own stoppages.
    assert drawn.stopped[:, :, 1].any()
    slower = np.rint(delays(delay[9:], [WORKS]) * 0.4 * 10_000).astype(np.int64)
    assert np.array_equal(drawn.duration_bps[:, 1], 10_000 + slower[0])


def test_a_bundle_of_one_project_has_the_draws_of_an_item() -> None:
    portfolio = with_bundle(274_000)
    alone = replace(portfolio, risk=replace(portfolio.risk, bundles=None))
    one, other = (draw(each, seed=3, first_path=1, paths=64) for each in (portfolio, alone))
    assert np.array_equal(one.cost_bps, other.cost_bps)


def test_nobody_elses_luck_depends_on_a_bundle() -> None:
    small, large = (
        draw(with_bundle(total), seed=3, first_path=1, paths=64)
        for total in (274_000, 80 * 274_000)
    )
    for name in ("cost_bps", "volume_bps", "duration_bps"):
        one, other = getattr(small, name), getattr(large, name)
        assert np.array_equal(one[:, 1], other[:, 1])
    assert np.array_equal(small.stopped, large.stopped)
    assert not np.array_equal(small.cost_bps[:, 0], large.cost_bps[:, 0])


def test_standing_still_is_switched_off_with_the_stoppages() -> None:
    portfolio = with_bundle()
    on, off = (
        draw(portfolio, seed=3, first_path=1, paths=64, off=frozenset(what))
        for what in ((), ("stoppage",))
    )
    assert (on.duration_bps[:, 0] - off.duration_bps[:, 0] == 900).all()
    none = draw(portfolio, seed=3, first_path=1, paths=64, off=frozenset({("item", 24)}))
    assert (none.duration_bps[:, 0] == 10_000).all()


def test_a_named_risk_makes_a_bundle_lag_by_its_quarters() -> None:
    """Two quarters of half a project's life, 11: 2 ÷ 11 = 1,818 bps, so 1,818 × 22 ÷ 2 of lag."""
    portfolio = with_bundle()
    risky = replace(portfolio, risk=replace(portfolio.risk, register=(named("R1", 24),)))
    off = frozenset({"duration", "stoppage"})
    drawn = draw(risky, seed=3, first_path=1, paths=2, off=off)
    assert drawn.duration_bps[:, 0].tolist() == [11_818, 11_818]
    assert 1_818 * 22 // 2 == 19_998


def test_the_first_draw_of_a_bundle_is_quasi_random() -> None:
    portfolio = replace(with_bundle(), channel_risks=(money("C0"),))
    one, again = (draw_sobol(portfolio, seed=3, randomisation=0, paths=64) for _ in range(2))
    other = draw_sobol(portfolio, seed=3, randomisation=1, paths=64)
    assert np.array_equal(one.cost_bps, again.cost_bps)
    assert not np.array_equal(one.cost_bps[:, 0], other.cost_bps[:, 0])
    narrow = draw(portfolio, seed=3, first_path=1, paths=64).cost_bps.std(axis=0)
    assert narrow[0] < narrow[1]
