"""A year to a quarter's end: its parts add up, and its end is the year itself."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.measures.year_to_date import year_to_date
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.report.results import shipped_run
from tests.strategies import make_channel, make_portfolio, portfolios


def one_item(*years_wan: int):
    """One item paid by one channel, so much in each year from 2021."""
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[: len(years_wan), 0, 0] = years_wan
    return make_portfolio(plan, channels=(make_channel(0),))


def test_three_quarters_of_an_even_year():
    portfolio = one_item(400, 800)
    now = year_to_date(portfolio, play(derive(portfolio)), SHIPPED.quarter_of(2022, 3))
    assert (now.year, now.months) == (2022, 9)
    # 800 in four even quarters: 600 by September, level with 9/12.
    assert (now.plan, int(now.plan_to_date_wan.sum()), now.done) == (800, 600, 600)
    assert (now.forecast, now.gap) == (800, 0)
    assert (now.completion, now.ahead) == (Fraction(3, 4), Fraction(0))


def test_a_year_after_all_plan_has_no_rate():
    portfolio = one_item(400)
    now = year_to_date(portfolio, play(derive(portfolio)), SHIPPED.quarter_of(2030, 4))
    assert (now.plan, now.done, now.gap, now.completion, now.ahead) == (0, 0, 0, None, None)


@pytest.mark.parametrize("quarter", [-1, PLAY_QUARTERS])
def test_a_quarter_that_is_not_played_is_refused(quarter):
    run = shipped_run()
    with pytest.raises(ValueError, match="not played"):
        year_to_date(run.portfolio, run.outcome, quarter)


@examples(30)
@given(portfolios(), st.integers(0, 14))
def test_the_parts_of_a_year_add_up(portfolio, year):
    outcome = play(derive(portfolio))
    parts = [year_to_date(portfolio, outcome, 4 * year + k) for k in range(4)]
    for before, after in pairwise(parts):
        assert (after.done_wan >= before.done_wan).all()
        assert (after.plan_to_date_wan >= before.plan_to_date_wan).all()
        assert (after.forecast_wan == before.forecast_wan).all()
    last = parts[-1]
    assert (last.done_wan == last.forecast_wan).all()
    assert (last.plan_to_date_wan == last.plan_wan).all()
