"""资金到位率: what was needed, what arrived, and when an allotment counts as arrived."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given

from portfolio.model.measures.years import arrival
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.strategies import make_channel, make_portfolio, portfolios


def one_item(channel: int, wan: int = 1000) -> Portfolio:
    """One item with `wan` in 2021 from one channel, without reserves."""
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[0, 0, 0] = wan
    kind = make_channel(channel)
    changes = {"reserve_bps": 0, "reserve_floor_bps": 0} if kind.carry else {}
    return make_portfolio(plan, channels=(replace(kind, **changes),))


def cut_to(portfolio: Portfolio, wan: int, year: int = 0) -> Portfolio:
    money = portfolio.envelopes.pooled_ask_wan.copy()
    money[year, 0] = wan
    return replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=money))


def test_a_half_envelope_is_a_rate_of_a_half() -> None:
    portfolio = cut_to(one_item(0), 500)
    money = arrival(portfolio, play(derive(portfolio)))
    assert (int(money.needed_wan[0, 0]), int(money.arrived_wan[0, 0])) == (1000, 500)
    # What was not served is needed once more in 2022, and there is no envelope for it.
    assert (int(money.needed_wan[1, 0]), int(money.arrived_wan[1, 0])) == (500, 0)


def test_loans_stay_out() -> None:
    portfolio = one_item(4)
    money = arrival(portfolio, play(derive(portfolio)))
    assert not money.needed_wan.any() and not money.arrived_wan.any()


def test_a_delay_past_the_year_s_end_arrives_the_next_year() -> None:
    # A quarter of the allotment each quarter, one quarter late: 750 of 1,000 arrive in 2021, and
    # the 250 that go over have arrived in 2022.
    portfolio = one_item(0)
    delay = portfolio.conditions.delay_quarters.copy()
    delay[0, 0] = 1
    late = replace(portfolio, conditions=replace(portfolio.conditions, delay_quarters=delay))
    money = arrival(late, play(derive(late)))
    assert (int(money.needed_wan[0, 0]), int(money.arrived_wan[0, 0])) == (1000, 750)
    assert (int(money.needed_wan[1, 0]), int(money.arrived_wan[1, 0])) == (250, 250)


@examples(80)
@given(portfolios(max_items=6))
def test_no_more_arrives_than_is_needed(portfolio: Portfolio) -> None:
    money = arrival(portfolio, play(derive(portfolio)))
    assert (money.arrived_wan >= 0).all()
    assert (money.arrived_wan <= money.needed_wan).all()
