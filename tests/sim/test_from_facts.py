"""Play from facts: what must hold whatever they are, and cases worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.audit import audit
from portfolio.model.facts import CarriedIn, Execution, Facts
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Carry, OwnEnvelope
from portfolio.model.luck import Draws, with_luck
from portfolio.model.outcome import CauseKind, Outcome
from portfolio.model.portfolio import Conditions, Portfolio
from portfolio.model.rules.opening import opening
from portfolio.model.rules.parameters import derive
from portfolio.model.rules.replanned import replanned
from portfolio.sim.lanes.many_paths import NUMPY, default_engine
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.sim.facts_of_plays import after
from tests.sim.lanes.test_many_paths import assert_same, lucks, played
from tests.sim.test_from_facts_reference import assert_same as assert_reference_same
from tests.strategies import make_channel, make_portfolio, portfolios

PERIODS = st.sampled_from((1, 3, 12))


def years(**money: int) -> np.ndarray:
    """A plan's line of 15 years, `y2026=400` and so on."""
    line = np.zeros(15, dtype=np.int64)
    for year, wan in money.items():
        line[int(year[1:]) - 2021] = wan
    return line


def plan_of(*channels: np.ndarray) -> np.ndarray:
    """The plan of one item: int64[15, channel, 1]."""
    return np.stack(channels, axis=1)[:, :, None]


def row(
    first: int, months: int, wan: int | None, channel: int | None = 0, **more: object
) -> Execution:
    """A row of the item; `first` counts months from January 2021."""
    channel_id = None if channel is None else f"C{channel}"
    plain = Execution(
        item_no=1, first_month=first, months=months, channel_id=channel_id, done_wan=wan
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def begun(portfolio: Portfolio, months: int, *rows: Execution, **more: object) -> Portfolio:
    """The portfolio with facts."""
    return replace(portfolio, facts=Facts(asof_months=months, rows=rows, **more))  # type: ignore[arg-type]


def judged(portfolio: Portfolio) -> Outcome:
    """A play that breaks no rule."""
    outcome = play(derive(portfolio))
    assert [str(breach) for breach in audit(portfolio, outcome)] == []
    return outcome


# --- Whatever the facts are


@examples(120)
@given(portfolios(shocks=False), st.integers(1, 59))
def test_facts_equal_to_the_play_go_on_as_it_did(portfolio: Portfolio, quarters: int) -> None:
    outcome = play(derive(portfolio))
    again = judged(after(portfolio, outcome, 3 * quarters))
    assert np.array_equal(again.drawn_wan, outcome.drawn_wan)
    assert again.finish == outcome.finish
    assert again.causes == outcome.causes


@examples(60)
@given(portfolios(), st.integers(1, 200), PERIODS, st.booleans())
def test_whatever_the_shocks_facts_are_kept_and_every_rule_holds(
    portfolio: Portfolio, months: int, period: int, asks_anew: bool
) -> None:
    begins = after(portfolio, play(derive(portfolio)), months, period=period)
    if asks_anew:
        begins = replanned(begins)
    outcome, opens = judged(begins), opening(begins)
    past = opens.quarter
    assert np.array_equal(outcome.drawn_wan[:past], opens.facts_wan[:past])
    assert (outcome.drawn_wan[past] >= opens.facts_wan[past]).all()
    for index, causes in enumerate(outcome.causes):
        delay = outcome.delay_quarters(index)
        assert delay is None or delay == sum(cause.quarters for cause in causes)


@examples(40)
@given(portfolios(shocks=False), st.integers(1, 200), PERIODS)
def test_without_shocks_after_the_asof_every_item_finishes(
    portfolio: Portfolio, months: int, period: int
) -> None:
    begins = after(portfolio, play(derive(portfolio)), months, period=period)
    outcome = play(derive(replanned(begins)))
    planned = outcome.planned_finish
    assert all((q is None) == (p is None) for q, p in zip(outcome.finish, planned, strict=True))


@examples(30)
@given(portfolios(shocks=False), st.integers(1, 14))
def test_months_quarters_and_years_give_the_same_state_at_a_years_end(
    portfolio: Portfolio, count: int
) -> None:
    outcome = play(derive(portfolio))
    plays = [
        play(derive(after(portfolio, outcome, 12 * count, period=period))) for period in (1, 3, 12)
    ]
    for other in plays[1:]:
        assert np.array_equal(plays[0].drawn_wan[4 * count :], other.drawn_wan[4 * count :])
        assert other.finish == plays[0].finish


@pytest.mark.parametrize("engine", dict.fromkeys((default_engine(), NUMPY)))
@examples(25)
@given(portfolios(), st.integers(1, 200), PERIODS, st.booleans(), st.data())
def test_both_engines_play_the_same_from_facts(
    engine: str,
    portfolio: Portfolio,
    months: int,
    period: int,
    asks_anew: bool,
    data: st.DataObject,
) -> None:
    begins = after(portfolio, play(derive(portfolio)), months, period=period)
    if asks_anew:
        begins = replanned(begins)
    luck = data.draw(lucks(begins))
    outcomes = played(begins, luck)
    for k, outcome in enumerate(outcomes):
        assert audit(with_luck(begins, luck, k), outcome) == ()
    assert_same(begins, luck, outcomes, engine)


# --- Worked by hand


def test_an_overspent_channel_is_brought_back_to_the_plans_mix() -> None:
    """Capital and loans 400 each in 2021 and 2022; 800 of loans drawn in 2021.

    F = 800 of A = 1,600: half way, 4 quarters on. The rest, 800, is owed by capital alone (800 − 0;
    loans 800 − 800 = 0), so the end is 800 and 800, and in time.
    """
    line = years(y2021=400, y2022=400)
    channels = (make_channel(0), make_channel(4, id="C1", name="贷款"))
    portfolio = make_portfolio(plan_of(line, line), channels=channels)
    begins = replanned(begun(portfolio, 12, row(0, 12, 800, channel=1)))
    assert opening(begins).position_bps.tolist() == [40_000]
    outcome = judged(begins)
    assert outcome.drawn_wan.sum(axis=(0, 2)).tolist() == [800, 800]
    assert outcome.finish == (7,)
    assert outcome.causes == ((),)


def test_a_finished_item_still_pays_its_tail() -> None:
    """800 planned in 2021, 792 drawn, 竣工 in December: 8 of 800 is no more than 1 %.

    The finish is 2021Q4 as planned; the last 8 are asked for and paid in the first quarter played.
    """
    portfolio = make_portfolio(plan_of(years(y2021=800)))
    begins = replanned(begun(portfolio, 12, row(0, 12, 792, completed_month=11)))
    outcome = judged(begins)
    assert (outcome.finish, outcome.causes) == ((3,), ((),))
    assert outcome.drawn_wan[4].sum() == 8
    # 780 drawn: 20 of 800 is more than a tail, so it is a settlement below the estimate.
    cheaper = replanned(begun(portfolio, 12, row(0, 12, 780, completed_month=11)))
    assert judged(cheaper).drawn_wan.sum() == 780


def test_a_clock_out_of_step_with_the_year_is_no_shortage() -> None:
    """400 planned in 2021, 364 drawn by the year's end: 36 are due in the first quarter of 2022.

    Released by quarter is 25, 50, 75, 100 %: 9 of 36. What the clock needs is there all the same,
    the item finishes in 2022Q1, one quarter late since before play, and nothing else is to blame.
    """
    portfolio = make_portfolio(plan_of(years(y2021=400)))
    begins = replanned(begun(portfolio, 12, row(0, 12, 364)))
    outcome = judged(begins)
    assert outcome.drawn_wan[4].sum() == 36
    assert outcome.finish == (4,)
    assert [(c.kind, c.quarters) for c in outcome.causes[0]] == [(CauseKind.BEHIND, 1)]


def test_a_year_that_has_given_money_back_may_carry_over_all_it_is_given_after_it() -> None:
    """400 a year of 两年 money, 400 drawn in 2021, 40 given back by March 2022, then a stoppage.

    360 of 800 are drawn: position 36,000, 440 left over 44,000 bps. Three quarters on, at 66,000, 300
    are needed and allotted, with the 40 given back 260 in the year. Nothing is drawn: 300 go over.
    """
    rows = (row(0, 12, 400), row(12, 3, -40))
    begins = begun(make_portfolio(plan_of(years(y2021=400, y2022=400))), 15, *rows)
    stopped = begins.conditions.stopped.copy()
    stopped[5:8] = True
    begins = replace(begins, conditions=replace(begins.conditions, stopped=stopped))
    outcome = judged(begins)
    assert outcome.allotted_wan[1].tolist() == [[260]]
    assert outcome.carried_out_wan[1].tolist() == [[300]]


def test_a_year_that_has_given_money_back_and_gives_none_breaks_no_rule_with_substitutes() -> None:
    """400 of 至竣工 money in 2021 and in 2023, 40 given back by March 2022, 100 carried into 2022.

    The 40 that are needed again come out of what was carried in: −40 are allotted in the year.
    """
    channel = make_channel(0, carry=Carry.TO_FINISH)
    portfolio = make_portfolio(plan_of(years(y2021=400, y2023=400)), channels=(channel,))
    carried = (CarriedIn(channel_id="C0", year=2022, item_no=None, carried_wan=100),)
    begins = begun(portfolio, 15, row(0, 12, 400), row(12, 3, -40), carried_in=carried)
    begins = replace(begins, conditions=replace(begins.conditions, substitution=True))
    outcome = judged(begins)
    assert outcome.allotted_wan[1].tolist() == [[-40]]
    assert outcome.carried_in_wan[1].tolist() == [[40]]
    assert outcome.drawn_wan[:8].sum() == 400


def test_a_tail_of_which_luck_leaves_nothing_is_paid_in_the_first_quarter_played() -> None:
    """397 of 400 of own money drawn by the end of 2021, all but the tail; 25 % of the volume left.

    3 × 25 % = 0 are to come, and the 3 asked for in 2022 follow the item until it is paid: into
    2023, and no further.
    """
    plan = plan_of(years(), years(), years(y2021=400))
    begins = replanned(begun(make_portfolio(plan), 12, row(0, 12, 397, channel=2)))
    quarter = replace(begins.conditions, volume_bps=np.array([2_500]))
    begins = replace(begins, conditions=quarter)
    outcome = judged(begins)
    assert begins.envelopes.own_ask_wan[1:3, 2, 0].tolist() == [3, 0]
    assert outcome.follows_out_wan[1:3, 2, 0].tolist() == [3, 0]
    assert_reference_same(begins)


def test_carry_over_that_nobody_needs_goes_back_by_channel() -> None:
    """1,000 carried into 2022 without an item, 200 drawn by June, 200 more needed: 600 go back."""
    portfolio = make_portfolio(plan_of(years(y2022=400)))
    carried = (CarriedIn(channel_id="C0", year=2022, item_no=None, carried_wan=1_000),)
    begins = begun(portfolio, 18, row(12, 3, 100), row(15, 3, 100), carried_in=carried)
    outcome = judged(begins)
    assert outcome.carried_in_wan[1].sum() == 400  # 200 used, 200 placed with the item
    assert outcome.allotted_wan[1].sum() == 0
    assert outcome.unplaced_back_wan[1].tolist() == [600]
    to_finish = make_portfolio(
        plan_of(years(y2022=400)), channels=(make_channel(0, carry=Carry.TO_FINISH),)
    )
    kept = judged(begun(to_finish, 18, row(12, 3, 100), row(15, 3, 100), carried_in=carried))
    assert kept.unplaced_wan[1].tolist() == [600]


@pytest.mark.parametrize("engine", dict.fromkeys((default_engine(), NUMPY)))
def test_own_money_carried_in_stays_until_its_item_is_paid_though_no_plan_asks_for_it(
    engine: str,
) -> None:
    """400 of own money planned and drawn in 2021; what is left to do, to 2023, is all of C3.

    C0, C1 (两年) and C2 (至竣工) bring 1 each into 2022, and nothing asks for them: those of 两年 are
    taken back at its end, that of 至竣工 goes over and is taken back when the item is paid, at the end
    of 2023.
    """
    own_first = plan_of(years(), years(), years(y2021=400), years(y2022=400, y2023=400))
    carried = tuple(
        CarriedIn(channel_id=name, year=2022, item_no=1, carried_wan=1)
        for name in ("C0", "C1", "C2")
    )
    begins = begun(make_portfolio(own_first), 12, row(0, 12, 400, channel=2), carried_in=carried)
    outcome = judged(begins)
    assert outcome.finish == (11,)
    assert outcome.carried_in_wan[1:3, :3, 0].tolist() == [[1, 1, 1], [0, 0, 1]]
    assert outcome.taken_back_wan[1:3, :3, 0].tolist() == [[1, 1, 0], [0, 0, 1]]
    assert_reference_same(begins)
    assert_same(begins, Draws.none(begins), [outcome], engine)


def test_a_begun_quarter_with_carry_over_and_a_cut_the_quarter_before() -> None:
    """400 planned in 2026 and in 2027; 80 a quarter drawn to September 2026, 20 in October.

    Stands: F = 260 of 800, position 26,000; rest 540, the clock's next rows at 40 and 140 beyond F.
    Of 300 carried in 260 are used; nothing of the budget of 400 is spent.
    November and December move 6,667: 26,000 + 6,667 = 32,667, planned 40 + 100 × 2,667 ÷ 10,000 = 66.
    Placed 300 − 260 = 40, so 26 are needed and allotted. Released by September 26 × 75 % = 19, by
    December 26; a cut by half in 2026Q3 leaves 19 + (26 − 19) × 50 % = 22, and 4 never come.
    Drawn in the fourth quarter 20 + 40 + 22 = 82, in the year 322: 300 + 26 = 322 + 4.
    """
    portfolio = make_portfolio(plan_of(years(y2026=400, y2027=400)))
    conditions = portfolio.conditions
    cut_from, cut_bps = conditions.cut_from.copy(), conditions.cut_bps.copy()
    cut_from[5, 0], cut_bps[5, 0] = 2, 5_000
    portfolio = replace(
        portfolio, conditions=replace(conditions, cut_from=cut_from, cut_bps=cut_bps)
    )
    rows = (row(60, 3, 80), row(63, 3, 80), row(66, 3, 80), row(69, 1, 20))
    carried = (CarriedIn(channel_id="C0", year=2026, item_no=None, carried_wan=300),)
    begins = begun(portfolio, 70, *rows, carried_in=carried)
    assert opening(begins).position_bps.tolist() == [26_000]
    outcome = judged(begins)
    assert outcome.drawn_wan[20:24].sum(axis=(1, 2)).tolist() == [80, 80, 80, 82]
    assert outcome.carried_in_wan[5].sum() == 300
    assert outcome.allotted_wan[5].sum() == 26
    assert outcome.taken_back_wan[5].sum() == 4
    assert outcome.carried_out_wan[5].sum() == 0


def test_what_the_running_year_cannot_pay_is_asked_for_again() -> None:
    """400 planned in 2021, none of it drawn by June, a budget of 90 for the year.

    200 are needed by December; 90 are given, 110 asked for again, and 200 are left in 2022: 310.
    """
    portfolio = make_portfolio(
        plan_of(years(y2021=400)), channels=(make_channel(0, reserve_bps=0, reserve_floor_bps=0),)
    )
    budget = OwnEnvelope(channel_id="C0", year=2021, item_no=None, envelope_wan=90, reserve_wan=0)
    begins = replanned(begun(portfolio, 6, row(0, 6, 0)), (budget,))
    assert begins.envelopes.pooled_ask_wan[:3, 0].tolist() == [90, 310, 0]
    outcome = judged(begins)
    assert outcome.drawn_wan.reshape(25, -1).sum(axis=1)[:3].tolist() == [90, 310, 0]


def test_a_larger_estimate_at_half_loses_no_quarter() -> None:
    """1,600 planned in 2021 and 2022, half of it drawn, 调概 to 2,600: what is left is 1,800.

    F = 800 of A = 2,600 is 492 of the plan's 1,600: 24,600 of 80,000 along, 15,400 behind. Its
    quarters hold more than the plan's; the yearly cap is the plan's largest year, 800, and does not
    bind. The finish is 4 + ⌈(80,000 − 24,600) ÷ 10,000⌉ − 1 = 9, two quarters late before play.
    """
    portfolio = make_portfolio(plan_of(years(y2021=800, y2022=800)))
    begins = replanned(begun(portfolio, 12, row(0, 12, 800, approved_wan=2_600)))
    outcome = judged(begins)
    assert outcome.drawn_wan.sum() == 2_600
    assert outcome.finish == (9,)
    assert [(c.kind, c.quarters) for c in outcome.causes[0]] == [(CauseKind.BEHIND, 2)]


def gated(kind: GateType, holds_bps: int) -> Portfolio:
    """Item 2 waits for item 1: 400 each, planned in 2021 and in 2022."""
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    plan[0, 0, 0], plan[1, 0, 1] = 400, 400
    gate = Gate(
        id="G", pred_no=1, succ_no=2, type=kind, fraction_bps=10_000, holds_bps=holds_bps,
        lag_quarters=0, hard=True, reason="", provenance="测试",
    )  # fmt: skip
    return make_portfolio(plan, gates=(gate,))


def test_facts_refute_a_gate_that_its_successor_has_passed() -> None:
    """Item 2 may not start before all of item 1; it has drawn 100 while item 1 has drawn 300."""
    rows = (row(0, 12, 300), replace(row(9, 3, 100), item_no=2))
    begins = replanned(begun(gated(GateType.FS, 0), 12, *rows))
    gates = derive(begins).gates
    assert gates.refuted.tolist() == [True]
    assert gates.opens == (4,)
    outcome = judged(begins)
    assert outcome.start == (0, 3)
    assert outcome.finish == (4, 6)  # each at its own pace, neither waits


def test_facts_open_a_gate_that_its_predecessor_has_reached() -> None:
    rows = (row(0, 3, 150), row(3, 3, 150), row(6, 3, 100))
    begins = begun(gated(GateType.FS, 0), 9, *rows)
    assert derive(begins).gates.opens == (3,)  # all of item 1 by 2021Q3
    assert not derive(begins).gates.refuted.any()
    assert judged(begins).start == (0, 4)


@pytest.mark.parametrize("engine", dict.fromkeys((default_engine(), NUMPY)))
def test_an_item_that_facts_have_finished_opens_its_gates_whatever_volume_is_to_come(
    engine: str,
) -> None:
    """397 of 400 drawn by the end of 2021, where all is due: finished but for the tail of 1 %.

    Half of the volume that is left comes about: 397 + 3 × 50 % = 398 in all, below the gate's 400. A
    finished item has reached whatever is asked of it: item 2 may start in 2022Q1, quarter 4.
    """
    begins = begun(gated(GateType.FS, 0), 12, row(0, 12, 397))
    half = replace(begins.conditions, volume_bps=np.array([5_000, 10_000]))
    begins = replace(begins, conditions=half)
    outcome = judged(begins)
    assert outcome.gate_opened == (4,)
    assert outcome.start == (0, 4)
    assert outcome.finish == (3, 7)
    assert_reference_same(begins)
    assert_same(begins, Draws.none(begins), [outcome], engine)


def test_quarters_lost_ahead_of_its_planned_start_count_for_an_item_that_has_begun() -> None:
    """400 planned in 2023, begun in December 2021, stopped from 2022 to the end of play.

    From quarter 4 on it needs 4 quarters, to quarter 7; planned to end in quarter 11: 4 gained. All
    96 quarters from 4 to 99 are lost to the stoppage, those before the planned start too: 92.
    """
    begins = begun(
        make_portfolio(plan_of(years(y2023=400))), 12, row(11, 1, None, None, started_month=11)
    )
    stopped = begins.conditions.stopped.copy()
    stopped[4:] = True
    begins = replace(begins, conditions=replace(begins.conditions, stopped=stopped))
    outcome = judged(begins)
    assert (outcome.start, outcome.finish) == ((3,), (None,))
    assert [(cause.kind, cause.quarters) for cause in outcome.causes[0]] == [
        (CauseKind.BEHIND, -4),
        (CauseKind.STOPPAGE, 96),
    ]


def test_luck_and_scenarios_fall_on_the_rest_alone() -> None:
    """400 planned, 100 drawn; a cost factor of 2 makes 100 + 300 × 2 = 700 of it."""
    portfolio = make_portfolio(plan_of(years(y2021=400)))
    neutral = Conditions.neutral(1, portfolio.channels)
    dear = replace(portfolio, conditions=replace(neutral, cost_bps=np.array([20_000])))
    begins = begun(dear, 3, row(0, 3, 100))
    assert derive(begins).cost_wan.sum() == 700


def test_progress_as_reported_places_an_item_whatever_it_has_drawn() -> None:
    """400 planned, 300 drawn, but only 50 % of the works are done: two of four quarters."""
    portfolio = make_portfolio(plan_of(years(y2021=400)))
    begins = begun(portfolio, 9, row(0, 9, 300, progress_bps=5_000))
    stands = opening(begins)
    assert stands.position_bps.tolist() == [20_000]
    assert (
        stands.rest_wan[-1].sum() == 100
    )  # what is left of the money goes with what is left to do


@pytest.mark.parametrize("quarter", [2, 5])
def test_the_audit_finds_facts_that_were_changed(quarter: int) -> None:
    """A 万元 taken from the past, or from what the begun quarter has drawn already."""
    portfolio = make_portfolio(plan_of(years(y2021=400, y2022=400)))
    begins = replanned(begun(portfolio, 16, row(0, 12, 400), row(12, 3, 100), row(15, 1, 33)))
    outcome = play(derive(begins))
    drawn = outcome.drawn_wan.copy()
    drawn[quarter] = drawn[quarter] - 100
    changed = replace(outcome, drawn_wan=drawn, credited_wan=drawn)
    assert "facts" in {breach.code for breach in audit(begins, changed)}
