"""An adjusted plan is played in its years, with all the scenario's conditions in force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.model.audit import audit, audit_plan
from portfolio.model.luck import Draws, with_luck
from portfolio.model.measures.explain import explain
from portfolio.model.measures.planned import plan_quarters, planned_quarters
from portfolio.model.measures.years import plan_by_year_wan, year_measures
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Conditions, Portfolio
from portfolio.model.quarters import PLAN_YEARS, PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.reallocation.plan import lay_out, unhindered_clock
from portfolio.model.rules.allotment import planned_at
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.read.scenario.test_shipped_scenarios import shipped_portfolio
from tests.sim.lanes.test_many_paths import ENGINES, allowed, assert_same, lucks, played
from tests.strategies import make_channel, make_portfolio, portfolios

ROOMY = examples(60)


def by_year(quarterly: Wan) -> Wan:
    return np.asarray(quarterly.reshape(PLAY_YEARS, 4, *quarterly.shape[1:]).sum(axis=1))


def unlimited(portfolio: Portfolio, **conditions: Any) -> Portfolio:
    """No gates, no cap, all money there from the first quarter on; conditions as given."""
    envelopes = portfolio.envelopes
    plain = Conditions.neutral(len(portfolio.items), portfolio.channels)
    release = np.zeros_like(plain.release_bps)
    release[:, :, 0] = BPS
    return replace(
        portfolio,
        items=tuple(replace(item, yearly_cap_wan=10**9) for item in portfolio.items),
        gates=(),
        envelopes=replace(
            envelopes,
            pooled_ask_wan=np.full_like(envelopes.pooled_ask_wan, 10**10),
            own_ask_wan=np.full_like(envelopes.own_ask_wan, 10**9),
        ),
        conditions=replace(plain, release_bps=release, **conditions),
    )


def one_item(years: list[int], **conditions: Any) -> Portfolio:
    """One item paid by one 统筹 channel: 万元 by year from 2021 on."""
    plan = np.zeros((PLAN_YEARS, 1, 1), dtype=np.int64)
    plan[: len(years), 0, 0] = years
    return unlimited(make_portfolio(plan, channels=(make_channel(0),)), **conditions)


def adjusted(portfolio: Portfolio, years: list[int]) -> Portfolio:
    plan = np.zeros((PLAN_YEARS, 1, 1), dtype=np.int64)
    plan[: len(years), 0, 0] = years
    return lay_out(portfolio, plan, asof_quarter=-1)


def drawn_years(portfolio: Portfolio) -> list[int]:
    """Money drawn in the years up to the last with some."""
    money = by_year(play(derive(portfolio)).drawn_wan).sum(axis=(1, 2))
    return money[: int(money.nonzero()[0][-1]) + 1].tolist()


def stopped(first: int, after: int) -> np.ndarray:
    quarters = np.zeros((PLAY_QUARTERS, 1), dtype=np.bool_)
    quarters[first:after] = True
    return quarters


def same_play(one: Outcome, other: Outcome) -> bool:
    return (
        np.array_equal(one.drawn_wan, other.drawn_wan)
        and one.finish == other.finish
        and one.causes == other.causes
        and one.events == other.events
    )


# -- the plan itself -------------------------------------------------------------------------------


@ROOMY
@given(portfolio=portfolios(shocks=False))
def test_the_plan_itself_laid_out_is_played_as_it_was(portfolio: Portfolio) -> None:
    again = lay_out(portfolio, portfolio.plan_wan, asof_quarter=-1)
    assert np.array_equal(plan_quarters(again), planned_quarters(portfolio.plan_wan))
    assert same_play(play(derive(again)), play(derive(portfolio)))


def test_the_real_plan_laid_out_is_played_as_it_was() -> None:
    portfolio = shipped_portfolio()
    again = lay_out(portfolio, portfolio.plan_wan, asof_quarter=7)
    assert np.array_equal(again.plan_wan, portfolio.plan_wan)
    assert same_play(play(derive(again)), play(derive(portfolio)))
    assert audit_plan(again) == ()


# -- one item, worked by hand ----------------------------------------------------------------------


def test_a_moved_year_is_drawn_in_its_year() -> None:
    portfolio = adjusted(one_item([400, 400, 400]), [400, 0, 400, 400])
    assert drawn_years(portfolio) == [400, 0, 400, 400]
    assert play(derive(portfolio)).finish == (15,)


def test_a_later_beginning_starts_the_item_later() -> None:
    portfolio = adjusted(one_item([400, 400]), [0, 0, 400, 400])
    outcome = play(derive(portfolio))
    assert outcome.start == outcome.planned_start == (8,)
    assert drawn_years(portfolio) == [0, 0, 400, 400]


def test_a_late_start_stays_in_force_and_is_no_part_of_the_plan() -> None:
    # Two years of 400 begin six quarters late: 200 in the last half of 2022, then 400, then 200.
    late = one_item([400, 400], start_delay_quarters=np.array([6]))
    portfolio = adjusted(late, [0, 200, 400, 200])
    outcome = play(derive(portfolio))
    assert drawn_years(portfolio) == [0, 200, 400, 200]
    assert (outcome.planned_start, outcome.start) == ((0,), (6,))
    assert outcome.finish == play(derive(late)).finish == (13,)


def test_a_beginning_put_off_past_the_late_start_takes_it_in() -> None:
    portfolio = adjusted(one_item([400], start_delay_quarters=np.array([6])), [0, 0, 0, 400])
    outcome = play(derive(portfolio))
    assert (outcome.planned_start, outcome.start) == ((6,), (12,))
    assert drawn_years(portfolio) == [0, 0, 0, 400]


def test_money_of_years_before_the_late_start_is_met_once_it_moves() -> None:
    # 2021 and 2022 can't be worked in: their 800 come with the first quarter of 2023.
    late = one_item([400, 400, 400], start_delay_quarters=np.array([8]))
    portfolio = adjusted(late, [400, 400, 400])
    assert drawn_years(portfolio) == [0, 0, 1200]
    assert play(derive(portfolio)).start == (8,)


def test_a_stoppage_stays_in_force() -> None:
    # 2022 is stopped for three quarters; the plan gives it 70 all the same.
    portfolio = adjusted(one_item([400, 400], stopped=stopped(4, 7)), [330, 70, 400])
    assert drawn_years(portfolio) == [330, 70, 400]
    assert play(derive(portfolio)).drawn_wan[4:8, 0, 0].tolist() == [0, 0, 0, 70]


def test_a_year_stopped_as_a_whole_waits_for_the_next() -> None:
    portfolio = adjusted(one_item([400, 400], stopped=stopped(4, 8)), [400, 100, 300])
    assert drawn_years(portfolio) == [400, 0, 400]


@pytest.mark.parametrize("duration", [7_000, 13_333, 17_777])
def test_a_longer_or_shorter_item_still_meets_its_years(duration: int) -> None:
    # The clock comes to the years' ends between two quarters of the plan.
    portfolio = one_item([4_000] * 4, duration_bps=np.array([duration]))
    money = [3_000, 1_000, 2_500, 0, 5_500, 4_000]
    assert np.abs(np.subtract(drawn_years(adjusted(portfolio, money)), money)).max() <= 1


def test_a_slack_pace_meets_its_years() -> None:
    pace = np.full((PLAY_QUARTERS, 1), BPS, dtype=np.int64)
    pace[5:7] = 3_500
    money = [100_000, 30_000, 200_000, 70_000]
    portfolio = adjusted(one_item([100_000] * 4, pace_bps=pace), money)
    assert np.abs(np.subtract(drawn_years(portfolio), money)).max() <= 1


def test_what_fifteen_years_leave_comes_after_them_at_the_yearly_cap() -> None:
    # The largest year of the plan is 400: 1000 not brought by 2035 take 400, 400 and 200.
    plain = one_item([400, 400, 400])
    plain = replace(plain, items=(replace(plain.items[0], yearly_cap_wan=None),))
    portfolio = adjusted(plain, [200])
    assert portfolio.plan_wan[:, 0, 0].tolist() == [200, *[0] * 14, 400, 400, 200]
    without = without_room(portfolio)
    portfolio = adjusted(without, [200])
    assert drawn_years(portfolio)[15:] == [400, 400, 200]
    assert [m.plan_wan for m in year_measures(portfolio, play(derive(portfolio)))][15:] == [
        400, 400, 200,
    ]  # fmt: skip


def without_room(portfolio: Portfolio) -> Portfolio:
    """Nothing of 统筹 in the plan years after the first."""
    pooled = portfolio.envelopes.pooled_ask_wan.copy()
    pooled[1:PLAN_YEARS] = 0
    reserve = np.zeros_like(pooled)
    baseline = replace(portfolio, plan_wan=portfolio.baseline_wan, adjusted=None)
    return replace(
        baseline,
        envelopes=replace(baseline.envelopes, pooled_ask_wan=pooled, pooled_reserve_wan=reserve),
    )


def test_what_is_taken_from_a_year_is_asked_for_as_soon_as_there_is_room() -> None:
    # 2022 gives 200 of its 400 up and no year is named for them: 2023 asks for them, though the
    # plan has them after 2035. Its own 400 and they are the cap of 600.
    plain = one_item([400, 400, 400, 400])
    plain = replace(plain, items=(replace(plain.items[0], yearly_cap_wan=600),))
    portfolio = adjusted(plain, [400, 200, 400, 400])
    assert portfolio.plan_wan[:, 0, 0].tolist() == [400, 200, 400, 400, *[0] * 11, 200]
    assert drawn_years(portfolio) == [400, 200, 600, 400]


def test_what_is_put_off_comes_to_the_first_classes_first_and_within_the_envelope() -> None:
    # Both give 100 of 2021 up; 2022 has room for 150: 100 of the first class, 50 of the second; the
    # other 50 come in 2023.
    plan = np.zeros((PLAN_YEARS, 1, 2), dtype=np.int64)
    plan[:4] = 300
    portfolio = unlimited(make_portfolio(plan, channels=(make_channel(0),)))
    classes = tuple(replace(item, priority=2 - i) for i, item in enumerate(portfolio.items))
    pooled = portfolio.envelopes.pooled_ask_wan.copy()
    pooled[0], pooled[1], pooled[2] = 400, 750, 700
    portfolio = replace(
        portfolio,
        items=classes,
        envelopes=replace(
            portfolio.envelopes, pooled_ask_wan=pooled, pooled_reserve_wan=np.zeros_like(pooled)
        ),
    )
    moved = plan.copy()
    moved[0] = 200
    laid = lay_out(portfolio, moved, asof_quarter=-1)
    drawn = by_year(play(derive(laid)).drawn_wan)[:4, 0]
    assert drawn.tolist() == [[200, 200], [350, 400], [350, 300], [300, 300]]


def test_later_years_bring_each_channel_what_it_lacks_of_its_own() -> None:
    # Channel 0 lacks 100 of 300, channel 1 brought 50 more than its 300: 50 are left for channel 0.
    plan = np.zeros((PLAN_YEARS, 2, 1), dtype=np.int64)
    plan[0, :, 0] = 300
    portfolio = unlimited(make_portfolio(plan))
    moved = plan.copy()
    moved[0, :, 0] = 200, 350
    whole = lay_out(portfolio, moved, asof_quarter=-1).plan_wan
    assert whole[15:, :, 0].tolist() == [[50, 0]]


def test_the_rest_of_a_dear_item_comes_in_the_last_year() -> None:
    # 15 × 100 = 1500, of which 2036–2044 bring nine times 100 at most: 600 for 2045.
    plain = one_item([100] * 15)
    plain = replace(plain, items=(replace(plain.items[0], yearly_cap_wan=None),))
    portfolio = adjusted(plain, [])
    assert portfolio.plan_wan[15:, 0, 0].tolist() == [100] * 9 + [600]


def test_the_clock_goes_on_past_the_plan_and_stands_in_a_stoppage() -> None:
    portfolio = one_item(
        [0, 100], start_delay_quarters=np.array([1]), stopped=stopped(6, 8),
        duration_bps=np.array([20_000]),
    )  # fmt: skip
    clock = unhindered_clock(portfolio)[:, 0].tolist()
    assert clock[:9] == [40_000] * 5 + [45_000] * 3 + [50_000]
    assert clock[-1] == 50_000 + 5_000 * 91


# -- the rules -------------------------------------------------------------------------------------


def test_the_yearly_cap_stays_the_baselines() -> None:
    plain = one_item([400, 400])
    plain = replace(plain, items=(replace(plain.items[0], yearly_cap_wan=None),))
    # Four 万元 are for the roundings of laying the plan on the clock.
    assert derive(adjusted(plain, [800])).yearly_cap_wan.tolist() == [404]
    assert drawn_years(adjusted(plain, [800])) != [800]  # 400 a year is what can be done


@pytest.mark.parametrize("duration", [BPS, 11_111, 17_777])
def test_rounding_alone_never_binds_at_the_cap(duration: int) -> None:
    # 401 a year is the cap, by three channels that divide neither by four nor by the clock.
    plan = np.zeros((PLAN_YEARS, 3, 1), dtype=np.int64)
    plan[:6, :, 0] = 133, 134, 134
    plain = unlimited(make_portfolio(plan), duration_bps=np.array([duration]))
    plain = replace(plain, items=(replace(plain.items[0], yearly_cap_wan=None),))
    limits = derive(lay_out(plain, plan, asof_quarter=-1))
    moved = np.cumsum(np.full(24, BPS))[:, None]
    planned = np.array([planned_at(limits, m)[:, 0] for m in moved])
    demands = np.diff(planned, axis=0, prepend=0).sum(axis=1)
    # The last broken quarters bring the plan's end forward: not a rounding.
    assert demands[:-4].max() <= limits.capacity_wan[0]


def test_short_years_are_told_against_the_adjusted_plan() -> None:
    # Nothing is there in 2022: 400 of the adjusted plan are missing, of the baseline's none.
    portfolio = adjusted(one_item([400, 0, 400]), [400, 400])
    pooled = portfolio.envelopes.pooled_ask_wan.copy()
    pooled[1] = 0
    reserve = np.zeros_like(pooled)
    portfolio = replace(
        portfolio,
        envelopes=replace(portfolio.envelopes, pooled_ask_wan=pooled, pooled_reserve_wan=reserve),
    )
    (short,) = explain(1, portfolio, play(derive(portfolio))).short_years
    assert (short.year, short.plan_wan, short.drawn_wan) == (2022, 400, 0)


# -- any portfolio ---------------------------------------------------------------------------------


@st.composite
def adjusted_portfolios(draw: st.DrawFn) -> Portfolio:
    """Random portfolios with each item's money moved to other years and partly left for later."""
    portfolio = draw(portfolios())
    plan = portfolio.plan_wan
    moved = np.zeros_like(plan)
    for i in range(len(portfolio.items)):
        by, part = draw(st.integers(-4, 6)), draw(st.sampled_from((0, 1, 3_000, 9_999, BPS)))
        years = np.arange(PLAN_YEARS)
        kept = years[(years + by >= 0) & (years + by < PLAN_YEARS)]
        moved[kept + by, :, i] = plan[kept, :, i] * part // BPS
    return lay_out(portfolio, moved, asof_quarter=draw(st.integers(-1, 30)))


@ROOMY
@given(portfolio=adjusted_portfolios())
def test_any_adjusted_plan_keeps_the_rules_in_play(portfolio: Portfolio) -> None:
    assert audit(portfolio, play(derive(portfolio))) == ()
    assert audit_plan(portfolio) == ()
    assert np.array_equal(plan_by_year_wan(portfolio).sum(axis=0), plan_quarters(portfolio)[-1])


@pytest.mark.parametrize("engine", ENGINES)
@ROOMY
@given(data=st.data())
def test_the_engines_agree_on_any_adjusted_plan(engine: str, data: st.DataObject) -> None:
    portfolio = data.draw(adjusted_portfolios())
    draws = data.draw(lucks(portfolio))
    assume(allowed(portfolio, draws))
    assert_same(portfolio, draws, played(portfolio, draws), engine)


@ROOMY
@given(data=st.data(), portfolio=portfolios(shocks=False))
def test_what_was_drawn_in_the_years_is_drawn_in_them_again(
    data: st.DataObject, portfolio: Portfolio
) -> None:
    n_items = len(portfolio.items)
    late = np.array(data.draw(st.lists(st.integers(0, 30), min_size=n_items, max_size=n_items)))
    stops = np.zeros((PLAY_QUARTERS, n_items), dtype=np.bool_)
    for _ in range(data.draw(st.integers(0, 5))):
        quarter, i = data.draw(st.integers(0, 70)), data.draw(st.integers(0, n_items - 1))
        stops[quarter : quarter + data.draw(st.integers(1, 12)), i] = True
    shocked = unlimited(portfolio, start_delay_quarters=late, stopped=stops)
    before = by_year(play(derive(shocked)).drawn_wan)
    again = lay_out(shocked, before[:PLAN_YEARS], asof_quarter=-1)
    after = by_year(play(derive(again)).drawn_wan)
    assert np.abs(after - before)[:PLAN_YEARS].max() <= 3


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_agree_on_the_real_plan_put_off_by_two_years(engine: str) -> None:
    portfolio = shipped_portfolio()
    plan = np.zeros_like(portfolio.plan_wan)
    plan[2:] = portfolio.plan_wan[:-2]
    portfolio = lay_out(portfolio, plan, asof_quarter=-1)
    luck = Draws.none(portfolio)
    lucky = with_luck(portfolio, luck, 0)  # no luck, but the floor under later years' envelopes
    outcome = play(derive(lucky))
    assert audit(lucky, outcome) == ()
    assert_same(portfolio, luck, [outcome], engine)


# -- what is refused -------------------------------------------------------------------------------


def test_a_plan_that_is_not_the_items_is_refused() -> None:
    plain = one_item([400, 400])
    for years, words in (
        ([900], "no item more than its total"),
        ([-1, 400], "no negative money"),
    ):
        with pytest.raises(ValueError, match=words):
            adjusted(plain, years)
    with pytest.raises(ValueError, match="15 years"):
        lay_out(plain, plain.plan_wan[:10], asof_quarter=-1)


def test_an_adjusted_plan_that_loses_money_is_refused() -> None:
    portfolio = adjusted(one_item([400, 400]), [300, 500])
    assert portfolio.adjusted is not None
    baseline, cum = portfolio.adjusted.baseline_wan, portfolio.adjusted.cum_wan
    falling = cum.copy()
    falling[3] = 0
    for changes, words in (
        ({"cum_wan": cum[:6]}, "along the clocks"),
        ({"cum_wan": falling}, "takes no money away"),
        ({"cum_wan": np.concatenate([cum, *[cum[-1:]] * 50])}, "no more quarters"),
        ({"cum_wan": cum[:, :, [0, 0]]}, "other channels or items"),
        ({"baseline_wan": baseline + 1}, "does not sum to its total"),
        ({"baseline_wan": baseline[::-1]}, "plan-period money"),
        ({"asof_quarter": 100}, "quarter that is played"),
    ):
        with pytest.raises(ValueError, match=words):
            replace(portfolio, adjusted=replace(portfolio.adjusted, **changes))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="does not sum to its total"):
        replace(portfolio, plan_wan=portfolio.plan_wan + 1)
    with pytest.raises(ValueError, match="15 to 25 years"):
        replace(portfolio, plan_wan=portfolio.plan_wan[:14])
