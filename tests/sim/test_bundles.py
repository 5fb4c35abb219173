"""Bundles of projects (项目群) under luck: their clock, their envelopes' floor, on every engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.model.audit import audit
from portfolio.model.items import Profile
from portfolio.model.luck import Draws, with_luck, without_bundles
from portfolio.model.measures.planned import plan_quarters, planned_span
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import NO_LAG, Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.risk import BundleSettings
from portfolio.model.rules.parameters import derive
from portfolio.model.rules.replanned import replanned
from portfolio.model.scenarios import apply
from portfolio.read.scenario.file import read_scenario
from portfolio.sim.lanes.many_paths import NUMPY, default_engine, play_many
from portfolio.sim.luck import draw
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.read.scenario.test_shipped_scenarios import shipped_portfolio
from tests.sim.facts_of_plays import after
from tests.sim.lanes.test_many_paths import FILES, allowed, lucks, played
from tests.sim.lanes.test_many_paths import assert_same as assert_lanes_same
from tests.sim.test_reference import assert_same as assert_reference_same
from tests.strategies import bundled, make_channel, make_item, make_portfolio, portfolios

ENGINES = tuple(dict.fromkeys((default_engine(), NUMPY)))
SETTINGS = BundleSettings(
    life_quarters=22, stretch_bps=4_000, project_wan=274_000, size_cv2=7.0, floor_bps=10_000
)


@st.composite
def cases(draw: st.DrawFn, *, from_facts: bool, max_items: int = 12) -> tuple[Portfolio, Draws]:
    """A portfolio some of whose items are bundles, from its first quarter or from facts, and luck."""
    portfolio = draw(portfolios(max_items=max_items))
    if from_facts:
        months, period = draw(st.integers(1, 200)), draw(st.sampled_from((1, 3, 12)))
        portfolio = after(portfolio, play(derive(portfolio)), months, period=period)
    portfolio = replanned(draw(bundled(portfolio)))
    luck = draw(lucks(portfolio))
    assume(allowed(portfolio, luck))
    return portfolio, luck


@pytest.mark.parametrize("from_facts", [False, True])
@examples(60)
@given(data=st.data())
def test_the_restated_rules_give_the_same(from_facts: bool, data: st.DataObject) -> None:
    portfolio, luck = data.draw(cases(from_facts=from_facts, max_items=6))
    lucky = with_luck(portfolio, luck, 0)
    assert audit(lucky, play(derive(lucky))) == ()
    assert_reference_same(lucky)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("from_facts", [False, True])
@examples(60)
@given(data=st.data())
def test_both_engines_play_bundles_the_same(
    engine: str, from_facts: bool, data: st.DataObject
) -> None:
    portfolio, luck = data.draw(cases(from_facts=from_facts))
    assert_lanes_same(portfolio, luck, played(portfolio, luck), engine)


@st.composite
def unpaced(draw: st.DrawFn) -> tuple[Portfolio, Draws, int]:
    """Programmes at full pace, luck for them, and whole quarters that each quarter takes.

    So many that a part of a quarter is whole basis points: a third, cut to 3,333, may leave a 万元
    open that a gate or a yearly cap then makes quarters of.
    """
    portfolio = draw(portfolios())
    items = tuple(replace(item, profile=Profile.PROGRAMME) for item in portfolio.items)
    pace = np.full_like(portfolio.conditions.pace_bps, 10_000)
    plain = replace(portfolio, items=items, conditions=replace(portfolio.conditions, pace_bps=pace))
    return plain, draw(lucks(plain)), draw(st.sampled_from((1, 2, 4, 5)))


@pytest.mark.parametrize("engine", ENGINES)
@examples(30)
@given(unpaced())
def test_a_bundle_stretched_in_full_without_a_cap_is_one_project(
    engine: str, drawn: tuple[Portfolio, Draws, int]
) -> None:
    """All of the delay, half a life longer than any item: today's clock, and no floor.

    A lag that a clock never comes to leaves `moved × 10,000 // factor` of the plan, floored to a
    basis point of a quarter: exact where no clock stands between two quarters.
    """
    plain, luck, quarters = drawn
    assume(allowed(plain, luck))
    one_by_one = replace(SETTINGS, life_quarters=400, stretch_bps=10_000, floor_bps=0)
    bundles = replace(plain, risk=replace(plain.risk, bundles=one_by_one))
    luck = replace(luck, duration_bps=np.full_like(luck.duration_bps, 10_000) * quarters)
    neutral = np.full(len(plain.items), 10_000)
    plain = replace(plain, conditions=replace(plain.conditions, duration_bps=neutral))
    bundles = replace(bundles, conditions=plain.conditions)
    before, now = (play_many(each, luck, engine=engine) for each in (plain, bundles))
    assert np.array_equal(before.finish, now.finish)
    assert np.abs(before.drawn_wan - now.drawn_wan).max() <= 100 * plain.plan_wan[0].size


# --- Worked by hand


def one_bundle(**settings: object) -> Portfolio:
    """One bundle of 800 万元 a year for ten years, of one channel, with what it may need later on."""
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[:10, 0, 0] = 800
    item = make_item(1, plan[:, :, 0].sum(axis=1), yearly_cap_wan=10**6)
    all_at_once = (10_000, 0, 0, 0)
    channel = make_channel(0, reserve_bps=0, reserve_floor_bps=0, release_bps=all_at_once)
    portfolio = make_portfolio(plan, channels=(channel,), items=(item,))
    ask = np.full_like(portfolio.envelopes.pooled_ask_wan, 800)
    return replace(
        portfolio,
        envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask),
        risk=replace(portfolio.risk, bundles=replace(SETTINGS, **settings)),  # type: ignore[arg-type]
    )


def late(portfolio: Portfolio, *factors: int) -> Draws:
    luck = Draws.none(portfolio, paths=len(factors))
    luck.duration_bps[:, 0] = factors
    return luck


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bundle_loses_at_first_and_then_lags_by_so_much(engine: str) -> None:
    """Projects take 1.25 × their time, W = 22: stretched by 1.10, lag 0.25 × 11 = 2.75 quarters.

    At 1.10 the clock lags 1 quarter in every 11: the lag is reached after 2.75 × 11 = 30.25. Until
    then a year of 4 quarters brings 4 ÷ 1.10 = 3.6363 of plan, 727 of 800; afterwards all of them.
    40 planned quarters end after 42.75: in the 43rd, quarter 42 from 0.
    """
    portfolio = one_bundle()
    luck = late(portfolio, 12_500)
    lucky = with_luck(portfolio, luck, 0)
    limits = derive(lucky)
    assert lucky.conditions.duration_bps.tolist() == [11_000]
    assert lucky.conditions.lag_bps.tolist() == [27_500]
    assert limits.moves_bps.tolist() == [427_500]
    outcome = play(limits)
    drawn = outcome.drawn_wan.sum(axis=(1, 2)).reshape(-1, 4).sum(axis=1)
    # 36,363 bps of plan after 4 quarters: 3 × 200 + 200 × 6,363 // 10,000 = 727; after 8: 72,727,
    # 1,454; 12: 2,181; 28: 254,545, 5,090; 32: 320,000 − 27,500 = 292,500, 5,850; then 800 a year.
    assert drawn[:11].tolist() == [727, 727, 727, 728, 727, 727, 727, 760, 800, 800, 550]
    assert outcome.finish == (42,)
    assert [(c.kind, c.quarters) for c in outcome.causes[0]] == [(CauseKind.DURATION, 3)]
    assert_lanes_same(portfolio, luck, [outcome], engine)
    assert_reference_same(lucky)


def test_a_bundle_whose_projects_are_quick_is_stretched_less_than_its_plan() -> None:
    """0.80 of their time: 1 − 0.4 × 0.2 = 0.92, no lag; 40 quarters in 36.8."""
    portfolio = one_bundle()
    limits = derive(with_luck(portfolio, late(portfolio, 8_000), 0))
    assert (limits.duration_bps.tolist(), limits.lag_bps.tolist()) == ([9_200], [0])
    assert limits.moves_bps.tolist() == [368_000]


def test_a_scenarios_factor_is_the_projects() -> None:
    """1.2 × 1.25 = 1.5 of their time: 1.2 of the clock, 0.5 × 11 = 5.5 quarters of lag."""
    portfolio = one_bundle()
    slow = replace(portfolio.conditions, duration_bps=np.array([12_000]))
    portfolio = replace(portfolio, conditions=slow)
    limits = derive(with_luck(portfolio, late(portfolio, 12_500), 0))
    assert (limits.duration_bps.tolist(), limits.lag_bps.tolist()) == ([12_000], [55_000])
    assert derive(portfolio).lag_bps.tolist() == [NO_LAG]  # a run has no bundles
    assert derive(portfolio).moves_bps.tolist() == [480_000]


def test_new_works_keep_their_clock() -> None:
    portfolio = one_bundle()
    items = tuple(replace(item, profile=Profile.NEW_START) for item in portfolio.items)
    limits = derive(with_luck(replace(portfolio, items=items), late(portfolio, 12_500), 0))
    assert (limits.duration_bps.tolist(), limits.lag_bps.tolist()) == ([12_500], [NO_LAG])


@pytest.mark.parametrize("months", [12, 60, 96, 108])
def test_what_a_bundle_lost_before_the_asof_is_not_lost_again(months: int) -> None:
    """Facts as planned, projects 1.25 × their time: whenever play begins, 2.75 quarters at the most.

    Where the clock stands by then it has lost p × 0.1, at the most 2.75 quarters of 30.25 and more;
    to the end it loses what is left of them, so 40 quarters end after 42.75 less what is behind it.
    """
    portfolio = one_bundle()
    plain = replace(portfolio, risk=replace(portfolio.risk, bundles=None))
    begins = after(plain, play(derive(plain)), months, period=12)
    begins = replanned(replace(begins, risk=portfolio.risk))
    limits = derive(with_luck(begins, late(begins, 12_500), 0))
    quarters = months // 3
    before = min(quarters * 1_000, 27_500)
    assert limits.moved_bps.tolist() == [quarters * 10_000 + before]
    assert limits.moves_bps.tolist() == [427_500]


@pytest.mark.parametrize("engine", ENGINES)
def test_later_envelopes_do_not_die_down_under_luck(engine: str) -> None:
    """500 a year are planned for 2021 to 2025, 100 for 2026: a year's delay finds 100 in 2027.

    Under luck the envelopes of 2026 and later are the planned period's mean, 500.
    """
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[:5, 0, 0], plan[5, 0, 0] = 500, 100
    item = make_item(1, plan[:, :, 0].sum(axis=1), yearly_cap_wan=10**6)
    channel = make_channel(0, reserve_bps=0, reserve_floor_bps=0)
    portfolio = make_portfolio(plan, channels=(channel,), items=(item,))
    floor = np.zeros_like(portfolio.envelopes.pooled_floor_wan)
    floor[5:] = 500
    raised = replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_floor_wan=floor))
    luck = Draws.none(portfolio)
    luck.receipt_bps[0, 0, 0] = 0  # nothing comes in 2021
    assert play_many(portfolio, luck, engine=engine).drawn_wan[0, :9].tolist() == [
        0, 500, 500, 500, 500, 100, 0, 0, 0,
    ]  # fmt: skip
    paths = play_many(raised, luck, engine=engine)
    assert paths.drawn_wan[0, :9].tolist() == [0, 500, 500, 500, 500, 500, 100, 0, 0]
    assert_lanes_same(raised, luck, played(raised, luck), engine)
    # A play without luck has no floor.
    assert derive(raised).pooled_wan[5:7, 0].tolist() == [100, 0]


# --- Where the rule is from: projects one by one


#: A bundle simulated project by project: what it draws of its plan by year, as published.
SHARES_OF_PLAN = (0.90, 0.89, 0.87, 0.86, 0.86, 0.90, 0.96, 0.98, 0.99, 1.00)


def shares_of_plan(late: float, life: float, running: float) -> np.ndarray:
    """Yearly money ÷ plan of projects that start every half quarter, now and before, at an even pace.

    New ones take `late` longer; what is left of those under way that part `running` of it.
    """
    start = np.arange(-life, 40.0, 0.5)
    before = np.minimum(np.maximum(-start, 0.0) / life, 1.0)
    slow = np.where(start < 0, 1 + running * late, 1 + late)
    quarters = np.arange(0, 44, 4.0)[:, None]

    def done(factor: np.ndarray) -> np.ndarray:
        since = np.maximum(quarters - np.maximum(start, 0.0), 0.0)
        return np.minimum(before + since / (life * factor), 1.0).sum(axis=1)

    return np.diff(done(slow)) / np.diff(done(np.ones_like(slow)))


def test_the_clock_of_a_bundle_is_that_of_its_projects() -> None:
    """The loss lasts about 1.3 lives of a project, then the programme runs d × W ÷ 2 late."""
    portfolio = one_bundle()
    outcome = play(derive(with_luck(portfolio, late(portfolio, 12_500), 0)))
    by_rule = outcome.drawn_wan.sum(axis=(1, 2)).reshape(-1, 4).sum(axis=1)[:10] / 800
    by_project = shares_of_plan(0.25, 22.0, 0.4)
    assert np.abs(by_project - SHARES_OF_PLAN).max() < 0.035
    assert np.abs(by_rule - by_project).max() < 0.06
    assert np.abs(by_rule - SHARES_OF_PLAN).max() < 0.06
    # What is lost in the end, in quarters: 0.25 × 22 ÷ 2 = 2.75.
    assert 4 * (1 - by_project).sum() == pytest.approx(2.75, abs=0.1)
    assert 4 * (1 - by_rule).sum() == pytest.approx(2.75, abs=0.02)


# --- On the shipped portfolio


def yearly(portfolio: Portfolio) -> np.ndarray:
    """Mean money by year under luck."""
    return play_many(portfolio, draw(portfolio, seed=1, first_path=1, paths=200)).drawn_wan.mean(
        axis=0
    )


def test_bundles_finish_within_years_of_their_plan_and_not_decades() -> None:
    portfolio = shipped_portfolio()
    paths = play_many(portfolio, draw(portfolio, seed=1, first_path=1, paths=400))
    first, length = planned_span(plan_quarters(portfolio))
    delay = paths.finish - (first + length - 1)
    weight = portfolio.plan_wan.sum(axis=(0, 1))
    within_a_year = np.median(delay, axis=0) <= 4
    assert within_a_year.sum() >= len(portfolio.items) / 2
    assert (np.maximum(delay, 0) * weight).sum(axis=1).mean() / weight.sum() < 10
    assert (paths.finish >= PLAY_QUARTERS).any(axis=1).mean() < 0.25


@pytest.mark.parametrize(
    ("name", "years"), [("土地出让断崖", (2024, 2025)), ("专项债大幅收紧", (2024, 2025))]
)
def test_funding_shocks_are_not_hidden_by_delay(name: str, years: tuple[int, ...]) -> None:
    """What a shock costs in its years: most of what it does without luck, and more than before.

    Programmes that lag ask for less in a year, and 到位率 makes envelopes less by itself: a cut in
    proportion takes a little less of them.
    """
    portfolio = shipped_portfolio()
    path = next(path for path in FILES if path.stem == name)
    shocked, _ = apply(read_scenario(path), portfolio)
    before = without_bundles(portfolio), without_bundles(shocked)
    plain, bundles = (
        sum((yearly(one) - yearly(other))[year - 2021] for year in years)
        for one, other in (before, (portfolio, shocked))
    )
    money = [play(derive(each)).drawn_wan.sum(axis=(1, 2)).reshape(-1, 4).sum(axis=1)
             for each in (portfolio, shocked)]  # fmt: skip
    unlucky = sum(int(money[0][year - 2021] - money[1][year - 2021]) for year in years)
    assert bundles > plain
    assert bundles > 0.75 * unlucky
