"""Repairs from facts: the past stays, what is left is moved, and the play bears it out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from portfolio.model.audit import audit
from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.facts import Execution, Facts
from portfolio.model.measures.years import by_year
from portfolio.model.money import WAN_PER_YI
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.case import RepairCase, open_handed, repair_case
from portfolio.model.reallocation.from_facts import drawn_by_year, planned_money
from portfolio.model.reallocation.plan import lay_out, plan_for_play
from portfolio.model.reallocation.settings import Aim, Way
from portfolio.model.rules.opening import opening
from portfolio.model.rules.parameters import derive
from portfolio.model.rules.replanned import replanned
from portfolio.optimize.repair import repair
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.optimize.independent import independent_optimum
from tests.optimize.small_cases import CHANNELS, A, B, cut_portfolios, mild_portfolios
from tests.sim.facts_of_plays import after
from tests.strategies import conditions, make_portfolio, portfolios

AIMS = tuple(Aim)
MONTHS = st.integers(1, 110)


def judged(portfolio: Portfolio) -> Outcome:
    """A play that breaks no rule."""
    outcome = play(derive(portfolio))
    assert [str(breach) for breach in audit(portfolio, outcome)] == []
    return outcome


def case_from(portfolio: Portfolio, before: Portfolio) -> RepairCase:
    """The case of a shocked portfolio with facts, its plays made as the command makes them."""
    return repair_case(
        portfolio,
        before,
        open_handed_play=play(derive(open_handed(portfolio))),
        shocked_play=play(derive(portfolio)),
    )


def test_an_item_all_but_at_its_end_is_laid_out_anew() -> None:
    # 799 of 800 drawn where all is due: it stands at its end, and the last 万元 is asked at once,
    # but 2022 has no budget for it: it comes in 2023Q1.
    plan = np.zeros((PLAN_YEARS, 1, 1), dtype=np.int64)
    plan[0] = 800
    rows = (
        Execution(item_no=1, first_month=0, months=12, channel_id="C0", done_wan=790),
        Execution(item_no=1, first_month=12, months=3, channel_id="C0", done_wan=9),
    )
    begins = replanned(replace(make_portfolio(plan), facts=Facts(asof_months=15, rows=rows)))
    laid = lay_out(begins, planned_money(begins), asof_quarter=0)
    assert judged(laid).drawn_wan[:, 0, 0].cumsum()[[3, 4, 7, 8]].tolist() == [790, 799, 799, 800]


@pytest.mark.parametrize("first_year", [0, 1])
def test_an_item_that_has_drawn_too_little_to_have_moved_is_laid_out_from_its_first_quarter(
    first_year: int,
) -> None:
    # 1,000,000 a year for two years, 20 of it drawn in January: less than a ten-thousandth of a
    # quarter's 250,000, so the clock stands at its start. The plan begins in the same quarter as
    # before, with nothing ahead of it, and is drawn in its two years.
    plan = np.zeros((PLAN_YEARS, 1, 1), dtype=np.int64)
    plan[first_year : first_year + 2] = 1_000_000
    months = 12 * first_year
    rows = (Execution(item_no=1, first_month=months, months=1, channel_id="C0", done_wan=20),)
    facts = Facts(asof_months=months + 1, rows=rows)
    begins = replanned(replace(make_portfolio(plan), facts=facts))
    assert opening(begins).position_bps.tolist() == [0]
    laid = lay_out(begins, planned_money(begins), asof_quarter=0)
    assert laid.adjusted is not None
    assert not laid.adjusted.cum_wan[: 4 * first_year + 1].any()
    assert judged(laid).planned_start == judged(begins).planned_start == (4 * first_year,)
    by_quarter = by_year(judged(begins).drawn_wan)
    assert np.array_equal(by_year(judged(laid).drawn_wan), by_quarter)


@pytest.mark.parametrize(("came", "stays"), [(None, 300), (200, 300), (700, 700), (5_000, 800)])
def test_special_bonds_that_came_stay_with_their_item(came: int | None, stays: int) -> None:
    # 1,000 of B (special bonds) planned for each item in 2022; by June 300 of it are drawn. What has
    # come beside stays, as far as the year has use for it (800 at the pace reached).
    plan = np.zeros((PLAN_YEARS, len(CHANNELS), 2), dtype=np.int64)
    plan[:4, [A, B]] = 1_000
    rows = [
        Execution(item_no=no, first_month=0, months=12, channel_id=name, done_wan=1_000)
        for no in (1, 2)
        for name in ("A", "B")
    ]
    rows += [
        Execution(
            item_no=no, first_month=12, months=6, channel_id=name, done_wan=300, received_wan=came
        )
        for no in (1, 2)
        for name in ("A", "B")
    ]
    facts = Facts(asof_months=18, rows=tuple(rows))
    begins = replanned(replace(make_portfolio(plan, channels=CHANNELS), facts=facts))
    case = case_from(begins, begins)
    assert case.past_wan[1, B].tolist() == [stays, stays]
    assert case.past_wan[1, A].tolist() == [300, 300]
    found = repair(case)
    assert found.plan_wan is not None
    assert found.breaches == ()
    assert (found.plan_wan[1, B] >= stays).all()


@examples(80)
@given(portfolios(shocks=False), MONTHS)
def test_what_facts_leave_laid_out_anew_breaks_no_rule_and_keeps_the_past(
    portfolio: Portfolio, months: int
) -> None:
    begins = replanned(after(portfolio, play(derive(portfolio)), months))
    assume(begins.facts is not None)
    laid = lay_out(begins, planned_money(begins), asof_quarter=0)
    outcome, begun = judged(laid), opening(begins)
    assert np.array_equal(outcome.drawn_wan[: begun.quarter], begun.facts_wan[: begun.quarter])
    assert outcome.drawn_wan.sum() == judged(begins).drawn_wan.sum()


@examples(60)
@given(mild_portfolios(), MONTHS)
def test_what_facts_leave_laid_out_anew_draws_what_the_plan_would(
    portfolio: Portfolio, months: int
) -> None:
    # Gates aside, the same by year but for what lies between two quarters of an item's clock.
    plain = replace(portfolio, gates=())
    begins = replanned(after(plain, play(derive(plain)), months))
    laid = lay_out(begins, planned_money(begins), asof_quarter=0)
    drawn = [by_year(play(derive(each)).drawn_wan).sum(axis=1) for each in (begins, laid)]
    apart = np.abs(drawn[0] - drawn[1]).max(axis=0)
    largest = np.diff(derive(begins).cum_wan.sum(axis=1), axis=0).max(axis=0)
    assert (apart <= largest + 12).all()


@examples(60, suppress_health_check=(HealthCheck.filter_too_much,))
@given(st.data(), MONTHS, st.booleans())
def test_repairs_from_facts_keep_every_rule_and_are_played(
    data: st.DataObject, months: int, shocks: bool
) -> None:
    plain = data.draw(mild_portfolios())
    before = replanned(after(plain, play(derive(plain)), months))
    shocked = data.draw(cut_portfolios(before))
    if shocks:
        changed = data.draw(conditions(len(before.items), before.channels))
        shocked = replace(shocked, conditions=changed)
    case = case_from(shocked, before)
    found = repair(case)
    assert [str(breach) for breach in found.breaches] == []
    if found.plan_wan is None:
        return
    drawn, first = drawn_by_year(shocked), case.first_year
    assert np.array_equal(found.plan_wan[:first], drawn[:first])
    assert (found.plan_wan[first] >= drawn[first]).all()
    assert audit_repair(case, found.plan_wan) == ()
    judged(lay_out(shocked, plan_for_play(case, found.plan_wan), asof_quarter=0))


@examples(60, suppress_health_check=(HealthCheck.filter_too_much,))
@given(st.data(), MONTHS)
def test_aims_from_facts_reach_what_an_independent_formulation_reaches(
    data: st.DataObject, months: int
) -> None:
    plain = data.draw(mild_portfolios())
    before = replanned(after(plain, play(derive(plain)), months))
    case = case_from(data.draw(cut_portfolios(before)), before)
    # Aims one after the other, and none given up for what follows them.
    settings = replace(case.settings, way=Way.STRICT, least_move_wan=0)
    case = replace(case, settings=settings)
    found, other = repair(case), independent_optimum(case, AIMS)
    assert (found.plan_wan is None) == (other is None)
    if other is None:
        return
    shortfall, delay, movement = (entry.value * WAN_PER_YI for entry in found.lexicographic.reached)
    assert shortfall == pytest.approx(other[0], abs=0.1)
    assert delay == pytest.approx(other[1], abs=5, rel=1e-7)
    assert movement == pytest.approx(other[2], abs=5, rel=1e-3)
