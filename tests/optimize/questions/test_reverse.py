"""The smallest cut that is too much, by pencil and paper and on the real portfolio."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from portfolio.model.calendar import SHIPPED
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.sweep import ALL_POOLED, Failing
from portfolio.optimize.questions.sweep import reverse, wanted_years
from tests.examples import examples
from tests.optimize.small_cases import LAST, A, B, random_cases, small_case

YEAR = SHIPPED.first_year + LAST
TWO_ITEMS = {(LAST, A, 0): 10, (LAST, A, 1): 10}


def two_items(**changes: object) -> RepairCase:
    """A pays two items 10 亿元 each, B has 4 to spare for the first; all 20 are wanted."""
    given: dict[str, object] = {
        "envelopes": {(LAST, B): 4}, "shares": {(B, 0): 100}, "wanted": {LAST: 20}
    }  # fmt: skip
    return small_case(TWO_ITEMS, **(given | changes))  # type: ignore[arg-type]


def test_the_smallest_cut_is_found_for_each_channel_and_all_together() -> None:
    # A: 20 × cut - 4 > 0.5 from 22.5 % on, so 22.6 %. B alone takes nothing that is planned.
    # Together: 20 × cut - 4 × (1 - cut) > 0.5 from 18.75 % on, so 18.8 %.
    found = reverse(two_items(), [YEAR], [YEAR])
    assert [(each.channel, each.cut_bps) for each in found] == [
        (found[0].channel, 2_260),
        (found[1].channel, None),
        (ALL_POOLED, 1_880),
    ]
    assert all(each.proven for each in found)
    assert found[0].failing is Failing.SHORTFALL
    assert found[0].shortfall_wan == pytest.approx(5_200, abs=1)  # 20 × 22.6 % - 4 = 0.52
    assert found[0].cut_wan == 45_200
    assert found[1].failing is None


def test_a_cut_that_leaves_no_plan_is_told_apart_from_a_target_missed() -> None:
    # 1 亿元 is wanted and B gives it; but 2 keeps a tenth, 1 亿元 of A's 20: 95 % is the last good.
    (first, *_) = reverse(two_items(wanted={LAST: 1}), [YEAR], [YEAR])
    assert (first.cut_bps, first.failing) == (9_510, Failing.INFEASIBLE)
    assert first.shortfall_wan is None


def test_a_year_missed_already_needs_no_cut() -> None:
    # A has 10 of 20, B adds 4: 6 are missed before anything is cut.
    case = two_items(envelopes={(LAST, A): 10, (LAST, B): 4})
    assert [each.cut_bps for each in reverse(case, [YEAR], [YEAR])] == [0, 0, 0]


def test_years_without_a_target_are_left_out() -> None:
    assert reverse(two_items(wanted={}), [YEAR], [YEAR]) == ()


@examples(10)
@given(random_cases())
def test_all_channels_together_give_way_no_later_than_any_of_them(case: RepairCase) -> None:
    years = wanted_years(case)[:1]
    cut = [SHIPPED.first_year + case.first_year]
    found = {each.channel: each.cut_bps for each in reverse(case, cut, years)}
    together = found.pop(ALL_POOLED, None)
    smallest = [bps for bps in found.values() if bps is not None]
    if len(found) > 1 and smallest:
        assert together is not None
        assert together <= min(smallest)


def test_the_baseline_counts_where_it_is_below_the_target() -> None:
    # 30 are the target but only 20 are planned: the answer is that for 20.
    one = reverse(two_items(wanted={LAST: 30}), [YEAR], [YEAR])
    other = reverse(two_items(), [YEAR], [YEAR])
    assert one == tuple(replace(each, wanted_wan=one[0].wanted_wan) for each in other)
    assert one[0].wanted_wan == 200_000
