"""What keeping an item costs and what would make it cost nothing, by hand on two items."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.reallocation.result import Shifted
from portfolio.optimize.questions.what_if_kept import counterfactual
from portfolio.optimize.repair import repair
from tests.optimize.questions.test_prices import BUDGET, LEVERAGED, LOAN, PLAIN, two_items


def test_keeping_an_item_costs_what_the_other_makes_of_the_money():
    # 1400 in 2021: item 1 has 1000 + 500 of loans, item 2 has 400 of 1000. Kept at 1000 it leaves
    # item 1 400 + 200: 1600 instead of 1900 are made, 300 × 0.7 = 210 less.
    # Behind before: item 2 by 600 in 15 years. After: item 1 by 900 in 2021; in 2022 its 1000 carry
    # 500 of loans, so it stays 900 behind, unless item 2 leaves it some of its 1000: each 万元 it
    # takes carries half a 万元 of loans in 2023, when nobody is held by a cap any more.
    answer = counterfactual(repair(two_items(1400)), 2, 2021)
    assert answer.possible and answer.cut
    assert answer.shortfall_wan == 210
    assert answer.given == (
        Shifted(item_no=2, channel_id="C0", year=2021, before_wan=400, after_wan=1000),
    )
    first = answer.taken[0]
    assert (first.item_no, first.year, first.before_wan, first.after_wan) == (1, 2021, 1000, 400)
    assert answer.others_wan == 600
    assert (answer.conflict, answer.lacking_wan) == ((), None)


def test_one_envelope_more_would_keep_it_at_no_cost():
    # With 200 more item 1 has 600 + 300: again 1900 are made, and it is behind by 600 as item 2 was
    # in 2021; later less, for its loans.
    answer = counterfactual(repair(two_items(1400)), 2, 2021)
    assert answer.complete
    found = {one.rule: one for one in answer.loosenings}
    assert found["voted_envelope"].more_wan == 200
    assert (found["voted_envelope"].year, answer.loosenings[0].more_wan) == (2021, 200)


def test_all_years_are_meant_cumulated():
    answer = counterfactual(repair(two_items(1400)), 2, None)
    assert [(kept.baseline_wan, kept.plan_wan) for kept in answer.years[:2]] == [
        (1000, 400),
        (2000, 1400),
    ]
    assert answer.possible and answer.shortfall_wan == 210


def test_an_item_that_was_not_cut_costs_nothing_to_keep():
    answer = counterfactual(repair(two_items(1400)), 1, 2021)
    assert not answer.cut
    assert (answer.possible, answer.shortfall_wan, answer.delay_wan) == (True, 0, 0)
    assert answer.loosenings == ()


def test_what_the_shock_holds_up_cannot_be_kept_and_the_rule_is_named():
    # The shock leaves item 2 no more than 400 in 2021: money is not what it lacks.
    case = two_items(2000)
    left = case.reference_wan.copy()
    left[0, BUDGET, PLAIN] = 400
    case = replace(case, reference_wan=left)
    case.slowed[PLAIN] = True
    answer = counterfactual(repair(case), 2, 2021)
    assert answer.possible is False
    assert answer.lacking_wan == 600
    assert [(one.rule, one.year) for one in answer.conflict] == [("shocked_clock", 2021)]
    assert answer.conflict_is_minimal
    # Let go by 600 it is kept, and nothing gets worse.
    assert [(one.rule, one.more_wan) for one in answer.loosenings] == [("shocked_clock", 600)]


def test_without_time_nothing_is_claimed():
    answer = counterfactual(repair(two_items(1400)), 2, 2021, seconds=0.0)
    assert answer.possible is None and not answer.complete


@pytest.mark.parametrize(("item_no", "year"), [(9, 2021), (1, 2020), (1, 2036)])
def test_an_item_or_a_year_that_is_not_there_is_refused(item_no, year):
    with pytest.raises(ValueError, match=r"大项|不可调整"):
        counterfactual(repair(two_items(1400)), item_no, year)


def test_without_a_plan_there_is_nothing_to_compare():
    with pytest.raises(ValueError, match="没有调整方案"):
        counterfactual(repair(two_items(0)), 1, 2021)


def test_the_case_is_as_the_tests_say():
    plan = repair(two_items(1400)).plan_wan
    assert plan[0, BUDGET].tolist() == [1000, 400]
    assert plan[0, LOAN, LEVERAGED] == 500
