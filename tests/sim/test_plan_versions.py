"""What is late against the approved version in force: worked by hand, and whatever it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.approved import PlanVersion
from portfolio.model.measures.planned import first_plan_wan, plan_in_force
from portfolio.model.measures.years import late_positions, plan_by_year_wan
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.opening import opening
from portfolio.model.rules.parameters import derive
from portfolio.model.study.confidence import planned_finishes
from portfolio.sim.lanes.many_paths import NUMPY
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.sim.facts_of_plays import after
from tests.sim.lanes.test_many_paths import assert_same, lucks, played
from tests.sim.test_from_facts import begun, judged, plan_of, row, years
from tests.strategies import make_portfolio, portfolios


def version(
    effective: int = 0, *, year: int = 2022, wan: int = 400, start: int = 0, finish: int = 7,
    adjusts: bool = False, **more: object,
) -> PlanVersion:  # fmt: skip
    """A version of an item and a channel; months and quarters are counted from January 2021."""
    plain = PlanVersion(
        title="调整计划（第1次）" if adjusts else "年初计划", adjusts=adjusts, year=year,
        approved_on=f"{year}-02-10", document="某发改〔年份〕1号", authority="市政府",
        effective=effective, cells_wan={(1, "C0"): wan}, spans={1: (start, finish)},
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def two_years(*versions: PlanVersion, months: int = 18) -> Portfolio:
    """400 a year in 2021 and 2022, drawn as planned: ends in 2022Q4, quarter 7."""
    rows = [row(3 * q, 3, 100) for q in range(months // 3)]
    plain = make_portfolio(plan_of(years(y2021=400, y2022=400)))
    return replace(begun(plain, months, *rows), versions=versions)


def test_a_plan_moved_later_without_approval_is_late():
    # Approved to end in 2022Q2 (quarter 5); the plan as it stands ends in 2022Q4 and keeps to it.
    portfolio = two_years(version(finish=5))
    outcome = judged(portfolio)
    assert outcome.finish == (7,)
    assert outcome.planned_finish == (5,)
    assert outcome.delay_quarters(0) == 2
    assert late_positions(portfolio, outcome) == (0,)
    assert [(c.kind, c.quarters) for c in outcome.causes[0]] == [(CauseKind.BEHIND, 2)]
    assert opening(portfolio).behind_quarters.tolist() == [2]
    assert opening(portfolio).moved_quarters.tolist() == [2]
    assert planned_finishes(portfolio).tolist() == [5]


def test_without_a_version_the_same_play_is_not_late():
    outcome = judged(two_years())
    assert outcome.planned_finish == (7,)
    assert outcome.delay_quarters(0) == 0
    assert outcome.causes == ((),)


def test_an_adjusted_plan_in_force_takes_the_lateness_away():
    # Behind by two quarters of the first version; the second lets it end in 2022Q4.
    first, second = version(finish=5), version(15, finish=7, adjusts=True)
    assert judged(two_years(first, second)).delay_quarters(0) == 0


def test_lost_quarters_are_held_against_the_version_not_the_plan():
    # 100 of the 300 due by September 2021: two quarters lost; approved to end a quarter earlier.
    plain = make_portfolio(plan_of(years(y2021=400, y2022=400)))
    facts = begun(plain, 9, row(0, 3, 100), row(3, 3, 0), row(6, 3, 0))
    assert opening(facts).behind_quarters.tolist() == [2]
    told = opening(replace(facts, versions=(version(year=2021, finish=6),)))
    assert told.behind_quarters.tolist() == [3]
    assert told.moved_quarters.tolist() == [1]


@pytest.mark.parametrize(
    ("months", "title"),
    [(12, None), (13, "年初计划"), (18, "年初计划"), (19, "调整计划（第1次）"), (24, "调整计划（第1次）")],
)  # fmt: skip
def test_in_force_is_the_last_version_from_its_month_on(months: int, title: str | None):
    # 年初计划 from January 2022 (month 12), 调整计划 from July (month 18); 13 months are to January.
    portfolio = two_years(version(12), version(18, adjusts=True))
    asof = replace(portfolio, facts=replace(portfolio.facts, asof_months=months))
    found = plan_in_force(asof)
    assert (found and found.title) == title


def test_without_facts_no_version_is_in_force():
    portfolio = replace(two_years(version(finish=5)), facts=None)
    assert plan_in_force(portfolio) is None
    assert play(derive(portfolio)).planned_finish == (7,)


def test_a_years_plan_is_the_one_approved_and_other_years_are_the_plans_own():
    # 400 as planned in 2021; of 2022 500 were approved, then 380 from July on.
    first, second = version(12, wan=500), version(18, wan=380, adjusts=True)
    to_june = two_years(first, second, months=18)
    assert plan_by_year_wan(to_june)[:3].sum(axis=(1, 2)).tolist() == [400, 500, 0]
    assert first_plan_wan(to_june, 1) is None
    to_july = replace(to_june, facts=replace(to_june.facts, asof_months=19))
    assert plan_by_year_wan(to_july)[:3].sum(axis=(1, 2)).tolist() == [400, 380, 0]
    assert first_plan_wan(to_july, 1) == 500
    assert to_july.plan_wan[1].sum() == 400  # what is played is the plan's own


def test_an_item_that_no_version_knows_keeps_its_plan():
    plan = np.concatenate([plan_of(years(y2021=400, y2022=400))] * 2, axis=2)
    rows = [replace(row(3 * q, 3, 100), item_no=no) for q in range(6) for no in (1, 2)]
    portfolio = replace(begun(make_portfolio(plan), 18, *rows), versions=(version(finish=5),))
    outcome = judged(portfolio)
    assert outcome.planned_finish == (5, 7)
    assert outcome.delay_quarters(1) == 0
    assert plan_by_year_wan(portfolio)[1].tolist() == [[400, 0]]


@examples(60)
@given(portfolios(), st.integers(1, 90), st.data())
def test_whatever_was_approved_causes_sum_and_both_engines_agree(
    portfolio: Portfolio, months: int, data: st.DataObject
) -> None:
    quarters = st.integers(0, 70)
    approved = version(
        data.draw(st.integers(0, 90)),
        cells_wan={},
        spans={
            item.no: (min(pair), max(pair))
            for item in portfolio.items
            if (pair := data.draw(st.tuples(quarters, quarters))) and data.draw(st.booleans())
        },
    )
    begins = after(portfolio, play(derive(portfolio)), months)
    told = replace(begins, versions=(approved,))
    outcome, plain = judged(told), play(derive(begins))
    assert np.array_equal(outcome.drawn_wan, plain.drawn_wan)
    assert outcome.finish == plain.finish
    for index, causes in enumerate(outcome.causes):
        delay = outcome.delay_quarters(index)
        assert delay is None or delay == sum(cause.quarters for cause in causes)
    draws = data.draw(lucks(told))
    assert_same(told, draws, played(told, draws), NUMPY)
