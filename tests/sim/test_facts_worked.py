"""Hand-worked cases of what facts say of an item."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.audit import audit
from portfolio.model.facts import Execution, Facts
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.sim.test_from_facts_reference import assert_same as assert_reference_same
from tests.strategies import make_portfolio


def with_facts(plan: np.ndarray, asof: int, rows: list[tuple[int, str | None, int]],
               approved_wan: int | None = None) -> Portfolio:  # fmt: skip
    """A portfolio of one item with rows (quarter, channel, money); the last may raise its total."""
    made = [
        Execution(item_no=1, first_month=3 * quarter, months=3, channel_id=channel, done_wan=money)
        for quarter, channel, money in rows
    ]
    made[-1] = replace(made[-1], approved_wan=approved_wan)
    return replace(make_portfolio(plan), facts=Facts(asof_months=asof, rows=tuple(made)))


@pytest.mark.parametrize("after", [[], [0, 0], [0, 8], [0, 8, 0, 0]])
def test_a_tail_paid_after_the_finish_does_not_move_it(after: list[int]) -> None:
    # 792 of 800 by the planned end: no more than the tail of 1 % is open, finished in 2021Q4.
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[0] = 800
    drawn = [200, 200, 200, 192, *after]
    rows: list[tuple[int, str | None, int]] = [(q, "C0", wan) for q, wan in enumerate(drawn)]
    outcome = play(derive(with_facts(plan, 3 * len(drawn), rows)))
    assert outcome.finish == (3,)
    assert outcome.causes == ((),)


def test_an_item_may_end_in_the_first_month_and_the_date_told_last_holds() -> None:
    # 400 of 400 drawn in January 2021. Told as ended in January, then in April, in quarter 1.
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[0] = 400
    portfolio = with_facts(plan, 6, [(0, "C0", 400), (1, "C0", 0)])
    assert portfolio.facts is not None
    first, last = portfolio.facts.rows
    rows = replace(first, completed_month=0), replace(last, completed_month=3)
    told = [
        replace(portfolio, facts=replace(portfolio.facts, rows=kept)) for kept in (rows[:1], rows)
    ]
    assert [play(derive(each)).finish for each in told] == [(0,), (1,)]
    for each in told:
        assert audit(each, play(derive(each))) == ()
        assert_reference_same(each)


def test_money_without_a_channel_follows_the_mix_where_the_item_stands() -> None:
    # First 400 of C0, then 400 of C1; to cost 1,600 now, 400 are drawn: a quarter of the way,
    # where the plan has had C0's money alone - not half of the way, and at 800 not the end.
    plan = np.zeros((15, 2, 1), dtype=np.int64)
    plan[0, 0], plan[1, 1] = 400, 400
    early: list[tuple[int, str | None, int]] = [(q, None, 100) for q in range(8)]
    outcome = play(derive(with_facts(plan, 24, early, approved_wan=1_600)))
    assert outcome.drawn_wan[:8, :, 0].sum(axis=0).tolist() == [800, 0]


def test_a_year_in_which_all_was_paid_before_the_as_of_is_accounted_for() -> None:
    # 800 of 800 drawn by June: the year's budget of 800 is spent, and nothing of it lapses.
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[0] = 800
    outcome = play(derive(with_facts(plan, 6, [(0, "C0", 300), (1, "C0", 500)])))
    assert outcome.envelope_wan[0].tolist() == [800]
    assert outcome.allotted_wan[0].tolist() == [[800]]
    assert outcome.lapsed_wan[0].tolist() == [0]


@pytest.mark.parametrize("back", [-1, -90, -300])
def test_money_taken_back_after_the_quarters_it_was_drawn_in_breaks_no_rule(back: int) -> None:
    # 400 drawn by September of a budget of 800, then some taken back in October and November: what
    # was drawn was there, though the year's sum is less now than it was in September.
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[0] = 800
    portfolio = with_facts(plan, 9, [(0, "C0", 100), (1, "C0", 150), (2, "C0", 150)])
    rows = (
        *portfolio.facts.rows,
        Execution(item_no=1, first_month=9, months=1, channel_id="C0", done_wan=back),
        Execution(item_no=1, first_month=10, months=1, channel_id="C0", done_wan=0),
    )
    portfolio = replace(portfolio, facts=Facts(asof_months=11, rows=rows))
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    assert outcome.drawn_wan[:3].sum() == 400
