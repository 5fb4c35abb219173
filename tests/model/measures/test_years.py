"""The measures of a year, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.audit import audit
from portfolio.model.calendar import SHIPPED
from portfolio.model.facts import Execution, Facts
from portfolio.model.items import Kind, Target, TargetKind
from portfolio.model.measures.years import (
    beyond_envelope_wan,
    channel_years,
    late_positions,
    outstanding_wan,
    progress_wan,
    reported_years,
    year_measures,
)
from portfolio.model.plan import fed_until
from portfolio.model.portfolio import Conditions, Portfolio, asof_year_of
from portfolio.model.rules.parameters import derive
from portfolio.model.scenarios import apply
from portfolio.model.scenarios.verbs import CancelItem, Selector
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.four_items import four_items
from tests.model.scenarios.sample_changes import P, put, scenario
from tests.sim.facts_of_plays import after
from tests.strategies import make_channel, make_portfolio, portfolios


def target(year: int, wan: int | None, **changes: object) -> Target:
    plain = Target(
        year=year, target_wan=wan, kind=TargetKind.FLOOR, upper_wan=None, inclusion_bps=7000,
        programme_weight_bps=None, list_plan_wan=None, list_plan_kind=None, list_done_wan=None,
        published_projects=None, provenance="假设：测试",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def own_money(years: dict[int, int], *targets: Target, cost_bps: int = 10_000) -> Portfolio:
    """One item, one channel of its own (渠道2: 专属) with ample money."""
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    for year, wan in years.items():
        plan[year - 2021, 0, 0] = wan
    channels = (make_channel(2, reserve_bps=10_000),)
    conditions = replace(
        Conditions.neutral(1, channels), cost_bps=np.array([cost_bps], dtype=np.int64)
    )
    return replace(
        make_portfolio(plan, channels=channels, conditions=conditions), targets=tuple(targets)
    )


def test_overrun_raises_money_drawn_but_not_progress() -> None:
    # Plan 1,000 + 1,000; cost +25 %: 1,250 drawn a year, of which 1,250*2,000//2,500 = 1,000.
    portfolio = own_money({2021: 1000, 2022: 1000}, cost_bps=12_500)
    first, second, *_ = year_measures(portfolio, play(derive(portfolio)))
    assert (first.drawn_wan, first.progress_wan) == (1250, 1000)
    assert (second.drawn_wan, second.progress_wan) == (1250, 1000)
    assert first.completion == 1.25


def test_converted_is_cut_to_the_wan() -> None:
    # 1,001 × 0.70 = 700.7 → 700.
    portfolio = own_money({2021: 1001}, target(2021, 700))
    (first, *_) = year_measures(portfolio, play(derive(portfolio)))
    assert first.converted_wan == 700
    assert first.met is True
    assert first.shortfall_wan == 0


@pytest.mark.parametrize(
    ("goal", "met", "below", "above"),
    [
        (target(2021, 701), False, 1, 0),
        (target(2021, 700, kind=TargetKind.CEILING), True, 0, 0),
        (target(2021, 690, kind=TargetKind.CEILING), False, 0, 10),
        (target(2021, 600, kind=TargetKind.BAND, upper_wan=650), False, 0, 50),
        (target(2021, 710, kind=TargetKind.BAND, upper_wan=800), False, 10, 0),
        (target(2021, None), None, 0, 0),
        (target(2021, 700, inclusion_bps=None), None, 0, 0),
    ],
)
def test_year_against_its_kind_of_target(
    goal: Target, met: bool | None, below: int, above: int
) -> None:
    portfolio = own_money({2021: 1000}, goal)  # converted 700
    (first, *_) = year_measures(portfolio, play(derive(portfolio)))
    assert (first.met, first.below_wan, first.above_wan) == (met, below, above)


def gaps(portfolio: Portfolio) -> dict[int, tuple[int, int]]:
    """Missed and 待入库 of the years that lack something."""
    return {
        m.year: (m.shortfall_wan, m.to_be_listed_wan)
        for m in year_measures(portfolio, play(derive(portfolio)))
        if m.below_wan
    }


def fed(years: dict[int, int], *targets: Target) -> Portfolio:
    """As `own_money`, with the year that the plan makes of the targets in its calendar."""
    portfolio = own_money(years, *targets)
    until = fed_until(portfolio.plan_wan, portfolio.targets, portfolio.calendar)
    return replace(portfolio, calendar=replace(portfolio.calendar, fed_until=until))


def test_what_lacks_after_the_last_year_that_reaches_the_target_is_to_be_listed() -> None:
    # Converted: 700 in each year. 2026 is the last that reaches its target; 2024 lacks 200 before
    # it and is missed, 2027 and 2028 lack 1 and 200 after it.
    goals = [target(y, w) for y, w in ((2024, 900), (2026, 700), (2027, 701), (2028, 900))]
    portfolio = fed(dict.fromkeys((2024, 2026, 2027, 2028), 1000), *goals)
    assert portfolio.calendar.last_full_list_year == 2026
    assert gaps(portfolio) == {2024: (200, 0), 2027: (0, 1), 2028: (0, 200)}


def test_a_list_that_never_reaches_the_target_misses_it_in_its_period() -> None:
    # Converted 700 of 900: missed up to 2025, the period's last year, then 待入库.
    portfolio = fed(dict.fromkeys((2025, 2026), 1000), target(2025, 900), target(2026, 900))
    assert portfolio.calendar.fed_until is None
    assert gaps(portfolio) == {2025: (200, 0), 2026: (0, 200)}


@pytest.mark.parametrize(
    ("goals", "until"),
    [
        ((target(2022, 700),), 2022),
        ((target(2022, 701),), None),  # 1,000 × 0.7 = 700
        ((target(2022, 701, inclusion_bps=7010),), 2022),
        ((target(2022, 700, kind=TargetKind.BAND, upper_wan=800),), 2022),
        ((target(2022, 600, kind=TargetKind.BAND, upper_wan=650),), 2022),  # beyond is fed, too
        ((target(2022, 900, kind=TargetKind.CEILING),), None),  # asks for nothing
        ((target(2022, None),), None),
        ((target(2022, 700, inclusion_bps=None),), None),
        # 入列系数 goes on past the last year that has one, as it does for what is played.
        ((target(2021, None), target(2022, 700, inclusion_bps=None)), 2022),
        ((target(2022, 700), target(2023, 1)), 2022),  # nothing is planned in 2023
        ((target(2019, 1), target(2022, 700)), 2022),  # outside the plan's years
        ((), None),
    ],
)
def test_the_last_year_that_the_plan_feeds_the_target(
    goals: tuple[Target, ...], until: int | None
) -> None:
    portfolio = own_money({2022: 1000})
    assert fed_until(portfolio.plan_wan, goals, portfolio.calendar) == until


def test_no_scenario_moves_the_year_from_which_a_gap_is_to_be_listed() -> None:
    # 250 a year in 2021–2025 are 175 converted, of 200. A target of 100 would be reached.
    base = four_items()
    easier = apply(scenario(put("年度目标", years=(2025,), target_wan=1_000_000)), base)[0]
    without = apply(scenario(CancelItem(place=P, selector=Selector.items(22))), base)[0]
    assert base.calendar.last_full_list_year == 2025
    assert easier.calendar == without.calendar == base.calendar


def test_year_without_plan_has_no_completion() -> None:
    portfolio = own_money({2021: 1000})
    last = year_measures(portfolio, play(derive(portfolio)))[-1]
    assert (last.year, last.plan_wan, last.completion) == (2035, 0, None)


def test_later_years_are_shown_while_money_is_drawn_or_missing() -> None:
    portfolio = own_money({2035: 1000})
    assert reported_years(SHIPPED, play(derive(portfolio)))[-1] == 2035
    late = replace(
        portfolio,
        conditions=replace(portfolio.conditions, start_delay_quarters=np.array([4])),
    )
    # Started in 2036, for which there is no envelope: what was meant for 2035 follows it there.
    assert reported_years(SHIPPED, play(derive(late)))[-1] == 2036
    # Where that was cut, the need stands open to the end of play: the reserve does not follow.
    ask = late.envelopes.own_ask_wan.copy()
    ask[14] = 0
    late = replace(late, envelopes=replace(late.envelopes, own_ask_wan=ask))
    outcome = play(derive(late))
    assert not outcome.drawn_wan.any()
    assert reported_years(SHIPPED, outcome)[-1] == 2045


def test_the_largest_portfolio_plays_and_is_measured_exactly() -> None:
    portfolio = own_money({2021: 750_000_000}, cost_bps=40_000)
    outcome = play(derive(portfolio))
    # Four times the cost, the envelope holds 200 %: 1,500,000,000 × 750,000,000 ÷ 3,000,000,000.
    assert int(outcome.drawn_wan[:4].sum()) == 1_500_000_000
    assert int(progress_wan(portfolio, outcome)[3, 0]) == 375_000_000
    assert audit(portfolio, outcome) == ()
    with pytest.raises(ValueError, match="int64"):
        own_money({2021: 750_000_001}, cost_bps=40_000)


@examples(40)
@given(portfolios())
def test_measures_agree_with_each_other(portfolio: Portfolio) -> None:
    outcome = play(derive(portfolio))
    measures = year_measures(portfolio, outcome)
    assert sum(m.drawn_wan for m in measures) == outcome.drawn_wan.sum()
    assert sum(m.plan_wan for m in measures) == portfolio.plan_wan.sum()
    assert sum(m.progress_wan for m in measures) == progress_wan(portfolio, outcome)[-1].sum()
    rows = channel_years(portfolio, outcome)
    assert sum(row.drawn_wan for row in rows) == outcome.drawn_wan.sum()
    for row in rows:
        assert row.gap_wan >= 0
        if row.allotted_wan is not None:
            there = (row.envelope_wan or 0) + (row.follows_in_wan or 0)
            assert there == row.allotted_wan + (row.lapsed_wan or 0) + (row.follows_out_wan or 0)
    late = late_positions(portfolio, outcome)
    assert all(outcome.is_late(index) for index in late)
    assert (outstanding_wan(portfolio, outcome) >= 0).all()


@examples(40)
@given(portfolios(max_items=4), st.integers(1, 60))
def test_a_ledger_after_facts_begins_with_play(portfolio: Portfolio, months: int) -> None:
    """What was over has no entries; the running year's allotment passes its envelope by what is told."""
    begun = after(portfolio, play(derive(portfolio)), months)
    outcome = play(derive(begun))
    beyond, first = beyond_envelope_wan(begun, outcome), asof_year_of(begun.facts)
    places = begun.channel_position
    for row in channel_years(begun, outcome):
        k = row.year - begun.calendar.first_year
        if row.channel.kind is Kind.CREDIT or k < first:
            assert row.allotted_wan is row.carried_out_wan is row.lapsed_wan is None
            continue
        there = (row.envelope_wan or 0) + (row.follows_in_wan or 0)
        there += int(beyond[places[row.channel.id]]) * (k == first)
        assert there == (row.allotted_wan or 0) + (row.lapsed_wan or 0) + (row.follows_out_wan or 0)
        left = (row.allotted_wan or 0) + (row.carried_in_wan or 0) - row.drawn_wan
        assert left == (row.carried_out_wan or 0) + (row.taken_back_wan or 0)


def test_what_was_drawn_beyond_the_envelope_is_told() -> None:
    # 10,000 told by March; the item's own envelope is the plan's 400 and as much reserve: 9,200 beyond.
    portfolio = own_money({2021: 400})
    begun = replace(
        portfolio,
        facts=Facts(
            asof_months=3,
            rows=(
                Execution(
                    item_no=1, first_month=0, months=3, channel_id=portfolio.channels[0].id,
                    done_wan=10_000, provenance="测试",
                ),
            ),
        ),
    )  # fmt: skip
    assert beyond_envelope_wan(begun, play(derive(begun))).tolist() == [9_200]
