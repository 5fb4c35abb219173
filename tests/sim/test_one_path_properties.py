"""Identities that hold exactly, whatever the portfolio and the shocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from portfolio.model.audit import audit, audit_plan
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.strategies import portfolios

thorough = examples(250)


@thorough
@given(portfolios(shocks=False))
def test_without_shocks_the_played_plan_is_the_plan_in_every_cell(portfolio: Portfolio) -> None:
    outcome = play(derive(portfolio))
    by_year = outcome.drawn_wan.reshape(25, 4, *outcome.drawn_wan.shape[1:]).sum(axis=1)
    assert np.array_equal(by_year[:15], portfolio.plan_wan)
    assert not by_year[15:].any()
    assert outcome.finish == outcome.planned_finish
    assert outcome.start == outcome.planned_start
    assert all(causes == () for causes in outcome.causes)
    assert audit_plan(portfolio) == ()
    assert audit(portfolio, outcome) == ()


@thorough
@given(portfolios())
def test_the_audit_finds_nothing_whatever_the_shocks(portfolio: Portfolio) -> None:
    found = [str(breach) for breach in audit(portfolio, play(derive(portfolio)))]
    assert found == []


@thorough
@given(portfolios())
def test_after_its_finish_an_item_pays_its_tail_and_loses_no_quarter(portfolio: Portfolio) -> None:
    outcome = play(derive(portfolio))
    cost = derive(portfolio).cost_wan.sum(axis=0)
    for i, finish in enumerate(outcome.finish):
        after = slice(PLAY_QUARTERS if finish is None else finish + 1, None)
        tail = int(outcome.drawn_wan[after, :, i].sum())
        assert tail * 10_000 <= int(cost[i]) * portfolio.tail_bps
        assert not outcome.lost[after, i].any()


@examples(40)
@given(portfolios())
def test_a_play_repeats_to_the_last_integer(portfolio: Portfolio) -> None:
    first, second = play(derive(portfolio)), play(derive(portfolio))
    assert np.array_equal(first.drawn_wan, second.drawn_wan)
    assert first.events == second.events
    assert first.causes == second.causes
