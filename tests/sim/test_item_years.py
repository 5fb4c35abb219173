"""Each item's money by path: the integers of the paths themselves."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio.model.luck import with_luck
from portfolio.model.measures.years import by_year
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.sim.item_years import AT_A_TIME, item_years
from portfolio.sim.luck import draw
from portfolio.sim.one_path import play
from portfolio.sim.stress import RANDOMISATIONS, Luck, study, study_sobol
from tests.report.results import example_run

LUCK = Luck(seed=3)
YEARS = range(5, 7)


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    """The example workbook's, with facts to October 2026."""
    return example_run().portfolio


def test_money_of_a_path_is_that_of_the_play_event_by_event(portfolio: Portfolio) -> None:
    found = item_years(portfolio, LUCK, AT_A_TIME + 3, YEARS)
    draws = draw(portfolio, seed=3, first_path=1, paths=AT_A_TIME + 3)
    for k in (0, AT_A_TIME + 2):
        drawn = play(derive(with_luck(portfolio, draws, k))).drawn_wan
        assert (found[k] == by_year(drawn).sum(axis=1)[5:7]).all()


def test_sums_are_those_of_the_study(portfolio: Portfolio) -> None:
    paths = study([portfolio], luck=LUCK, paths=20).paths[0]
    found = item_years(portfolio, LUCK, 20, range(len(paths.drawn_wan[0])))
    assert (found.sum(axis=2) == paths.drawn_wan).all()
    assert (found.sum(axis=0) == paths.item_drawn_wan).all()


def test_a_quasi_random_study_has_its_own_paths(portfolio: Portfolio) -> None:
    luck = Luck(seed=3, tails="t5")
    paths = study_sobol([portfolio], luck=luck, paths=2 * RANDOMISATIONS).paths[0]
    found = item_years(portfolio, luck, len(paths), YEARS, quasi_random=True)
    assert (found.sum(axis=2) == paths.drawn_wan[:, 5:7]).all()
    plain = item_years(portfolio, luck, len(paths), YEARS)
    assert not np.array_equal(found, plain)


def test_of_a_long_list_few_paths_at_a_time_come_to_the_same(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = item_years(portfolio, LUCK, 7, YEARS)
    monkeypatch.setattr("portfolio.sim.item_years.MOST_AMOUNTS", 300_000)  # two of these paths
    assert np.array_equal(item_years(portfolio, LUCK, 7, YEARS), whole)
