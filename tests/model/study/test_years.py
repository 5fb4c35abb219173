"""The years over the paths: by hand, and one path without luck against the measures of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.items import TargetKind
from portfolio.model.luck import Draws
from portfolio.model.measures.years import year_measures
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.model.study.findings import Estimate, Worry, YearChance
from portfolio.model.study.years import (
    converted_wan,
    distance_wan,
    inclusion_by_year,
    worry_year,
    year_chances,
    years_to_look_at,
)
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.four_items import YI, four_items
from tests.model.measures.test_years import target
from tests.model.study.made_paths import made_paths, played_paths
from tests.strategies import portfolios


def in_year(year: int, yi: list[float]) -> np.ndarray:
    """Paths with money in one year only, in 亿元."""
    money = np.zeros((len(yi), 25), dtype=np.int64)
    money[:, year - 2021] = [round(value * YI) for value in yi]
    return money


def the_year(portfolio: Portfolio, year: int, yi: list[float]) -> YearChance:
    paths = made_paths(
        portfolio, len(yi), progress_wan=in_year(year, yi), drawn_wan=2 * in_year(year, yi)
    )
    years = year_chances(portfolio, paths, play(derive(portfolio)))
    return years[year - 2021]


def test_chance_and_shortfall_by_hand():
    # Target 200 亿, 入列系数 0.7: progress 300, 290, 280, 250 converts to 210, 203, 196, 175.
    # Met in 2 of 4; distances 0, 0, 4, 25: mean 7.25, given a miss 14.5.
    year = the_year(four_items(), 2025, [300, 290, 280, 250])
    assert year.chance is not None and year.chance.value == 0.5
    assert year.shortfall is not None and year.shortfall.value == pytest.approx(7.25 * YI)
    assert year.shortfall_if_missed is not None
    assert year.shortfall_if_missed.value == pytest.approx(14.5 * YI)
    # P50 of four is the second smallest; money is twice the progress here.
    assert year.converted is not None and year.converted.at(50).value == 196 * YI
    assert year.converted_money is not None and year.converted_money.at(50).value == 392 * YI
    assert year.drawn.at(95).value == 600 * YI
    assert year.converted.mean.value == pytest.approx(196 * YI)


def test_no_path_missed():
    year = the_year(four_items(), 2025, [300, 300])
    assert year.chance is not None and year.chance.value == 1
    assert year.shortfall is not None and year.shortfall.value == 0
    assert year.shortfall_if_missed is None


def test_a_year_of_the_run_down_list_has_a_gap_and_no_chance():
    # 2030: nothing planned, target 200. Converted 70 and 210: gaps 130 and 0, none of it the play's.
    year = the_year(four_items(), 2030, [100, 300])
    assert (year.chance, year.shortfall, year.shortfall_if_missed) == (None, None, None)
    assert year.to_be_listed is not None and year.short_of_plan is not None
    assert [p.value for p in year.to_be_listed.percentiles] == [0, 130 * YI]
    assert [p.value for p in year.short_of_plan.percentiles] == [0, 0]
    assert year.list_runs_down and year.plan_below_target


@given(
    st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.sampled_from(list(TargetKind))
)
def test_no_distance_is_what_a_target_calls_met(low, width, converted, kind):
    aim = target(2024, low, kind=kind, upper_wan=low + width)
    away = distance_wan(aim, np.array([converted]))
    assert bool(away[0] == 0) is aim.met_by(converted)
    # Below the floor, above the ceiling, or past the band.
    bottom = 0 if kind is TargetKind.CEILING else low
    top = {TargetKind.FLOOR: 10**9, TargetKind.CEILING: low, TargetKind.BAND: low + width}[kind]
    assert away[0] == max(0, bottom - converted, converted - top)


@examples(40)
@given(portfolios(max_items=4), st.integers(0, 10**6), st.sampled_from((None, 7000, 9999)))
def test_one_path_without_luck_says_what_a_run_says(portfolio, aim, factor):
    aims = tuple(target(year, aim, inclusion_bps=factor) for year in (2021, 2024, 2027, 2028, 2031))
    portfolio = replace(portfolio, targets=aims)
    outcome = play(derive(portfolio))
    years = year_chances(portfolio, played_paths(portfolio, Draws.none(portfolio)), outcome)
    for measure, year in zip(year_measures(portfolio, outcome), years, strict=False):
        assert measure.year == year.year
        assert year.drawn.at(50).value == measure.drawn_wan
        assert year.prior_converted_wan == measure.converted_wan
        assert (None if year.converted is None else year.converted.at(50).value) == (
            measure.converted_wan
        )
        if year.chance is not None:
            assert bool(year.chance.value) is measure.met
        if year.to_be_listed is not None and year.short_of_plan is not None:
            assert year.to_be_listed.at(50).value == measure.to_be_listed_wan
            assert year.short_of_plan.at(50).value == measure.short_of_plan_wan


def test_the_last_inclusion_factor_goes_on():
    portfolio = replace(
        four_items(), targets=(target(2022, 5), target(2024, 5, inclusion_bps=5000))
    )
    factors = inclusion_by_year(portfolio)
    assert factors[:5] == (None, 7000, None, 5000, 5000)
    assert factors[24] == 5000
    paths = made_paths(portfolio, 1, progress_wan=in_year(2040, [3]))
    assert converted_wan(portfolio, paths, 2040) == [15_000]
    assert converted_wan(portfolio, paths, 2021) is None
    assert inclusion_by_year(replace(portfolio, targets=())) == (None,) * 25


def judged(*chances: tuple[int, float, bool]) -> tuple[YearChance, ...]:
    """Years with a chance; the last mark: the plan itself is below the target."""
    plain = the_year(four_items(), 2021, [300])
    return tuple(
        replace(
            plain, year=year, plan_below_target=below,
            chance=Estimate(value=value, low=None, high=None),
        )
        for year, value, below in chances
    )  # fmt: skip


def test_the_year_to_worry_about_first():
    def found(*chances: tuple[int, float, bool]) -> tuple[int, Worry]:
        worry = worry_year(judged(*chances))
        assert worry is not None
        return worry.year, worry.why

    # The first below one half, not the worst; never one whose plan is below by itself.
    assert found((2021, 0.0, True), (2022, 0.9, False), (2023, 0.4, False), (2024, 0.1, False)) == (
        2023, Worry.UNLIKELY,
    )  # fmt: skip
    # All likely: the least likely, the earlier of equals.
    assert found((2021, 0.9, False), (2022, 0.6, False), (2023, 0.6, False)) == (
        2022, Worry.LEAST_LIKELY,
    )  # fmt: skip
    assert found((2021, 0.3, True), (2022, 0.1, True)) == (2022, Worry.PLAN_ITSELF)
    assert worry_year(()) is None


def test_a_year_asked_for_is_looked_at_whatever_its_chance():
    found = worry_year(judged((2021, 0.1, False), (2022, 0.9, False)), 2022)
    assert found is not None
    assert (found.year, found.why) == (2022, Worry.ASKED)


def test_only_years_of_the_plan_with_a_target_can_be_asked_for():
    """Targets in 2035 and 2036, none in 2034; 入列系数 goes on past the last year."""
    rows = (target(2034, None), target(2035, 10), target(2036, 10))
    assert years_to_look_at(replace(four_items(), targets=rows)) == (2035,)
    assert years_to_look_at(replace(four_items(), targets=())) == ()
