"""Twins: other draws of a forecast's own law from the as-of on fall where it says they will."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, chisquare

from portfolio.model.measures.years import by_year
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.sim.lanes.many_paths import play_many
from portfolio.sim.luck import draw
from tests.report.results import example_run
from tests.sim.twins import TWINS, twins_played

PATHS = 1_000
#: What bands and ranks may be off by chance alone: one of the six looks once in a hundred runs.
LEVEL = 0.01 / 6


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    """The example workbook's, with facts to October 2026."""
    return example_run().portfolio


@pytest.fixture(scope="module")
def forecast(portfolio: Portfolio) -> np.ndarray:
    """Money of each year on the paths of the forecast: [path, year], sorted by year."""
    paths = play_many(portfolio, draw(portfolio, seed=1, first_path=1, paths=PATHS))
    return np.sort(paths.drawn_wan, axis=0)


@pytest.fixture(scope="module")
def twins() -> list[Outcome]:
    return twins_played()


@pytest.mark.parametrize("year", [2026, 2027, 2029])
def test_bands_of_eighty_percent_hold_eighty_percent_of_the_twins(
    forecast: np.ndarray, twins: list[Outcome], year: int
) -> None:
    y = year - 2021
    low, high = np.quantile(forecast[:, y], (0.1, 0.9))
    money = [int(by_year(twin.drawn_wan)[y].sum()) for twin in twins]
    inside = sum(low <= wan <= high for wan in money)
    assert binomtest(inside, TWINS, 0.8).pvalue > LEVEL


@pytest.mark.parametrize("year", [2026, 2027, 2029])
def test_twins_fall_evenly_over_the_forecast(
    forecast: np.ndarray, twins: list[Outcome], year: int
) -> None:
    y = year - 2021
    ranks = [
        int(np.searchsorted(forecast[:, y], by_year(twin.drawn_wan)[y].sum())) * 5 // (PATHS + 1)
        for twin in twins
    ]
    assert chisquare(np.bincount(ranks, minlength=5)).pvalue > LEVEL


def test_what_has_happened_is_the_same_for_every_twin(
    portfolio: Portfolio, forecast: np.ndarray, twins: list[Outcome]
) -> None:
    past = {int(by_year(twin.drawn_wan)[:5].sum()) for twin in twins}
    assert past == {int(forecast[0, :5].sum())} == {int(forecast[-1, :5].sum())}
