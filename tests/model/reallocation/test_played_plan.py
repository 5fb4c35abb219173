"""What the play is given of a repair: late money is delayed once, rationed credit rationed once."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio.model.items import Kind
from portfolio.model.measures.years import by_year
from portfolio.model.money import BPS
from portfolio.model.reallocation.case import RepairCase, open_handed, repair_case
from portfolio.model.reallocation.plan import _allotted, lay_out, plan_for_play
from portfolio.model.scenarios import apply
from portfolio.workflows import merged_scenario, play_plan
from tests.read.scenario.test_shipped_scenarios import shipped_portfolio


def case_of(*names: str) -> RepairCase:
    before = shipped_portfolio()
    portfolio, _ = apply(merged_scenario(names, ()), before)
    return repair_case(
        portfolio,
        before,
        open_handed_play=play_plan(open_handed(portfolio)),
        shocked_play=play_plan(portfolio),
    )


def test_half_of_each_year_comes_a_year_late() -> None:
    # Allotted 100, 80, 60: 50 arrives, then 50 + 40, then 40 + 30, then the last 30.
    drawn = np.array([[50], [90], [70], [30]])
    allotted = _allotted(drawn, np.array([5_000, 5_000, 5_000, BPS]), drawn)
    assert allotted[:, 0].tolist() == [100, 80, 60, 0]


def test_a_year_of_which_nothing_arrives_takes_next_years_money() -> None:
    # All of the first year's 100 arrives in the second.
    drawn = np.array([[0], [100], [20]])
    allotted = _allotted(drawn, np.array([0, BPS, BPS]), np.array([[100], [0], [20]]))
    assert allotted[:, 0].tolist() == [100, 0, 20]


def test_without_delays_and_rationing_the_play_is_given_the_plan() -> None:
    case = case_of("土地出让断崖")
    assert (plan_for_play(case, case.reference_wan) == case.reference_wan).all()


@pytest.mark.parametrize("name", ["自筹违约", "信贷收紧"])
def test_what_the_shock_leaves_comes_out_of_the_play_again(name: str) -> None:
    """The reference laid out and played with city money without end: delayed and rationed once."""
    case = case_of(name)
    given = plan_for_play(case, case.reference_wan)
    laid = lay_out(open_handed(case.portfolio), given, asof_quarter=-1)
    drawn = by_year(play_plan(laid).drawn_wan)[:15].sum(axis=2)
    for kind in (Kind.OWN, Kind.EARMARKED, Kind.CREDIT):
        channels = case.portfolio.of_kind(kind)
        wanted = case.reference_wan[:5, channels].sum(axis=2)
        off = np.abs(drawn[:5, channels] - wanted).sum()
        assert off <= wanted.sum() // 100, kind


def test_no_item_is_given_more_than_its_total() -> None:
    case = case_of("信贷收紧")
    given = plan_for_play(case, case.reference_wan).sum(axis=(0, 1))
    assert (given <= case.portfolio.plan_wan.sum(axis=(0, 1))).all()
