"""The calendar: which year is the first changes what years are called, and no integer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.measures.years import channel_years, year_measures
from portfolio.model.plan import baseline_years
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.case import first_shocked_year, open_handed, repair_case
from portfolio.model.rules.parameters import derive
from portfolio.optimize.repair import repair
from portfolio.sim.luck import draw
from portfolio.sim.one_path import play
from tests.model.four_items import four_items
from tests.strategies import RISK, make_item, portfolios

LATER = Calendar(
    first_year=2026, period_last=2030, period_name="十五五", list_name="重大项目", place="新城"
)


def moved(portfolio: Portfolio, calendar: Calendar) -> Portfolio:
    """The same portfolio so many years later: nothing but the years' names is other."""
    by = calendar.first_year - portfolio.calendar.first_year
    return replace(
        portfolio,
        calendar=calendar,
        channels=tuple(replace(c, first_year=c.first_year + by) for c in portfolio.channels),
        targets=tuple(replace(t, year=t.year + by) for t in portfolio.targets),
    )


def test_quarters_and_years_of_another_first_year():
    assert (LATER.period_years, LATER.last_plan_year, LATER.last_play_year) == (5, 2040, 2050)
    assert LATER.last_full_list_year == 2030  # of a list that never fed the target: its period's
    assert replace(LATER, fed_until=2033).last_full_list_year == 2033
    assert replace(LATER, fed_until=2027).last_full_list_year == 2027
    assert LATER.quarter_label(0) == "2026Q1"
    assert LATER.quarter_label(-1) == "2025Q4"
    assert LATER.finish_label(None) == LATER.never_label == "2050Q4 以后"
    assert LATER.parse_quarter("2027q2") == 5
    assert LATER.parse_quarter("2025Q4") is LATER.parse_quarter("2051Q1") is None
    assert LATER.last_ended_quarter(2026, 11) == 2
    assert LATER.last_ended_quarter(2024, 1) == 0
    assert LATER.last_ended_quarter(2090, 1) == 59


@given(st.integers(0, 99))
def test_labels_are_read_back(quarter: int):
    for calendar in (SHIPPED, LATER):
        assert calendar.parse_quarter(calendar.quarter_label(quarter)) == quarter


def test_places_in_texts_are_filled():
    text = "<first>—<last>（<period>，<length>年），<first+2>，<full+1>，<plan_end>，<play_end>，<list>"
    assert SHIPPED.fill(text) == "2021—2025（十四五，五年），2023，2026，2035，2045，十大工程"
    assert LATER.fill(text) == "2026—2030（十五五，五年），2028，2031，2040，2050，重大项目"
    assert (
        LATER.fill("P(<first+5>>=3800) <b> <firstly> <x+1>") == "P(2031>=3800) <b> <firstly> <x+1>"
    )


@pytest.mark.parametrize(("years", "said"), [(1, "一"), (5, "五"), (10, "十"), (14, "十四")])
def test_the_length_of_the_period_in_words(years: int, said: str):
    assert replace(LATER, period_last=2025 + years).fill("<length>年") == f"{said}年"


@pytest.mark.parametrize("last", [2025, 2040])
def test_the_period_begins_with_the_first_year_and_ends_before_the_plan(last: int):
    with pytest.raises(ValueError, match="period"):
        replace(LATER, period_last=last)


@given(portfolios())
def test_another_first_year_gives_the_same_play(portfolio: Portfolio):
    later = moved(portfolio, LATER)
    ours, theirs = play(derive(portfolio)), play(derive(later))
    for name in ("drawn_wan", "allotted_wan", "taken_back_wan", "envelope_wan"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name))
    assert (ours.start, ours.finish, ours.causes) == (theirs.start, theirs.finish, theirs.causes)
    for one, other in zip(
        channel_years(portfolio, ours), channel_years(later, theirs), strict=True
    ):
        assert replace(one, year=0, channel=other.channel) == replace(other, year=0)
        assert other.year == one.year + 5


def test_another_first_year_gives_the_same_years_against_their_targets():
    ours, later = four_items(), moved(four_items(), LATER)
    pairs = zip(
        year_measures(ours, play(derive(ours))),
        year_measures(later, play(derive(later))),
        strict=True,
    )
    for one, other in pairs:
        assert replace(other, year=one.year, target=one.target) == one
        assert other.year == one.year + 5


def test_another_first_year_gives_the_same_luck():
    ours, theirs = (
        draw(portfolio, seed=1, first_path=1, paths=16)
        for portfolio in (four_items(), moved(four_items(), LATER))
    )
    assert np.array_equal(ours.receipt_bps, theirs.receipt_bps)
    assert np.array_equal(ours.cost_bps, theirs.cost_bps)


def test_another_first_year_gives_the_same_repair():
    plans = []
    for before in (four_items(), moved(four_items(), LATER)):
        ask = before.envelopes.pooled_ask_wan.copy()
        ask[2, 0] //= 2
        shocked = replace(before, envelopes=replace(before.envelopes, pooled_ask_wan=ask))
        assert first_shocked_year(shocked, before) == 2
        case = repair_case(
            shocked,
            before,
            open_handed_play=play(derive(open_handed(shocked))),
            shocked_play=play(derive(shocked)),
        )
        plans.append(repair(case).plan_wan)
    assert plans[0] is not None
    assert np.array_equal(*plans)


def test_the_baseline_of_a_period_of_three_years():
    calendar = replace(LATER, period_last=2028)
    item = make_item(1, np.array([0] * 15), total_wan=1000, plan_wan=600)
    years = baseline_years(item, {2027: 100}, (5000, 3000, 2000), RISK, calendar)
    # 2027 as given; the other 500 by 50 : 20; then 400 on a line that falls from 143 in 2028
    assert years[:3] == [357, 100, 143]
    assert sum(years[3:]) == 400
    assert years[3:] == sorted(years[3:], reverse=True)
