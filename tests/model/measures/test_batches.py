"""投产、建设、开工、储备: the rules one by one, and every item in one batch a year."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from portfolio.model.measures.year_to_date import Batch, Life, batch_in, batch_years, played_lives
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.strategies import portfolios


def life(start: int | None, finish: int | None, *, before: bool = False) -> Life:
    return Life(begun_before=before, start=start, finish=finish)


@pytest.mark.parametrize(
    ("item", "year", "batch"),
    [
        (life(2023, 2026), 2022, Batch.RESERVE),
        (life(2023, 2026), 2023, Batch.STARTED),
        (life(2023, 2026), 2024, Batch.UNDER_WAY),
        (life(2023, 2026), 2026, Batch.COMPLETED),
        (life(2023, 2026), 2027, None),
        (life(2023, 2023), 2023, Batch.COMPLETED),  # both in one year: 投产 goes first
        (life(2021, 2026, before=True), 2021, Batch.UNDER_WAY),  # money before 2021
        (life(2023, 2026, before=True), 2022, Batch.UNDER_WAY),  # also while it is held up
        (life(2021, 2021, before=True), 2021, Batch.COMPLETED),
        (life(2023, None), 2045, Batch.UNDER_WAY),  # never finished
        (life(None, None), 2045, Batch.RESERVE),  # never started
    ],
)
def test_the_batch_of_a_year(item: Life, year: int, batch: Batch | None) -> None:
    assert batch_in(item, year) is batch


@examples(60)
@given(portfolios(max_items=6))
def test_every_item_goes_through_the_batches_in_order(portfolio: Portfolio) -> None:
    outcome = play(derive(portfolio))
    order = {Batch.RESERVE: 0, Batch.STARTED: 1, Batch.UNDER_WAY: 2, Batch.COMPLETED: 3, None: 4}
    years = batch_years(portfolio, outcome)
    for index, item in enumerate(played_lives(portfolio, outcome)):
        has_money = portfolio.plan_wan[:, :, index].any()
        assert (item is not None) == has_money
        if item is None:
            continue
        walk = [batch_in(item, year) for year in years]
        assert [order[batch] for batch in walk] == sorted(order[batch] for batch in walk)
        assert walk.count(Batch.COMPLETED) == (outcome.finish[index] is not None)
        assert walk.count(Batch.STARTED) <= 1


@examples(40)
@given(portfolios(max_items=6))
def test_no_money_but_the_tail_is_drawn_outside_start_and_finish(portfolio: Portfolio) -> None:
    portfolio = replace(portfolio, tail_bps=0)
    outcome = play(derive(portfolio))
    drawn = outcome.drawn_wan.sum(axis=1)
    for index, item in enumerate(played_lives(portfolio, outcome)):
        for k, year in enumerate(range(2021, 2046)):
            batch = None if item is None else batch_in(item, year)
            if batch is None or (batch is Batch.RESERVE):
                assert not drawn[4 * k : 4 * k + 4, index].any()
