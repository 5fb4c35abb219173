"""The outlook of the as-of's year, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.facts import CarriedIn, Execution, Facts, Season
from portfolio.model.measures.outlook import Entered, Outlook, entered, outlook
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.model.rules.replanned import replanned
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.measures.test_explain import progress_gate
from tests.model.measures.test_years import target
from tests.sim.facts_of_plays import after
from tests.strategies import make_channel, make_portfolio, portfolios


def row(first_month: int, wan: int | None, *, months: int = 3, item: int = 1, channel: int | None = 2,
        **more: object) -> Execution:  # fmt: skip
    return Execution(
        item_no=item, first_month=first_month, months=months, done_wan=wan,
        channel_id=None if channel is None else f"C{channel}", **more,  # type: ignore[arg-type]
    )  # fmt: skip


#: 200 a quarter and 50 in October, where 250 a quarter were planned.
SLOW = (row(0, 200), row(3, 200), row(6, 200), row(9, 50, months=1))


def two_years(
    *rows: Execution, asof: int = 10, items: int = 1, kind: int = 2, scale: int = 1, **more: object
) -> Portfolio:
    """1,000 × scale a year in 2021 and 2022 for each item, from one channel."""
    plan = np.zeros((15, 1, items), dtype=np.int64)
    plan[:2, 0, :] = 1000 * scale
    channel = make_channel(kind, reserve_bps=0, reserve_floor_bps=0)
    portfolio = make_portfolio(plan, channels=(channel,))
    facts = Facts(asof_months=asof, rows=rows, **more)  # type: ignore[arg-type]
    return replanned(replace(portfolio, facts=facts))


def looked_at(portfolio: Portfolio, before: Portfolio | None = None) -> Outlook:
    found = outlook(portfolio, play(derive(portfolio)), before)
    assert found is not None
    return found


def test_without_facts_there_is_no_outlook() -> None:
    plain = replace(two_years(), facts=None)
    assert outlook(plain, play(derive(plain))) is None
    assert entered(plain) == ()


def test_the_year_is_facts_to_date_and_the_play_of_the_rest() -> None:
    # 650 of 2,000 stand at 2.6 quarters of the plan; two thirds of the begun quarter are left, so
    # that 2021 ends at 3.2667 quarters: 750 + 250 × 0.2667 = 816. In 2022 the clock comes to
    # 7.2667: 1,750 + 66 = 1,816, of which 1,000 in the year.
    seen = looked_at(two_years(*SLOW))
    assert (seen.year, seen.months, seen.asof_months) == (2021, 10, 10)
    assert (seen.this.plan_wan, seen.done_wan, seen.rest_wan, seen.year_wan) == (
        1000,
        650,
        166,
        816,
    )
    assert seen.following is not None
    assert (seen.following.year, seen.following.drawn_wan) == (2022, 1000)


def test_ahead_is_linear_in_months_and_the_season_stands_beside_it() -> None:
    # 65 % done; ten of twelve months are past, and 20 + 20 + 30 + a third of 30 = 80 % of a year.
    curve = Season(channel_id=None, quarter_bps=(2000, 2000, 3000, 3000))
    own = Season(channel_id="C2", quarter_bps=(10_000, 0, 0, 0))
    seen = looked_at(two_years(*SLOW, seasons=(own, curve)))
    assert seen.completion == Fraction(65, 100)
    assert seen.ahead == Fraction(65, 100) - Fraction(10, 12)
    assert seen.ahead_of_season == Fraction(-15, 100)
    assert looked_at(two_years(*SLOW, seasons=(own,))).ahead_of_season is None


def test_a_december_still_lies_in_its_year() -> None:
    seen = looked_at(two_years(*SLOW, row(10, 150, months=1), row(11, 100, months=1), asof=12))
    assert (seen.year, seen.months, seen.rest_wan) == (2021, 12, 0)
    assert seen.done_wan == seen.year_wan == 900
    assert seen.ahead == Fraction(-10, 100)


def test_the_converted_year_is_judged_by_the_plan_of_the_list() -> None:
    # Progress 816 × 0.70 = 571, cut; 29 below the 600 of the list.
    targets = (target(2021, 700, list_plan_wan=600), target(2022, None), target(2028, 100))
    seen = looked_at(replace(two_years(*SLOW), targets=targets))
    assert (seen.this.converted_wan, seen.list_plan_wan, seen.against_list_wan) == (571, 600, -29)
    assert seen.this.below_wan == 129
    assert seen.unfed is not None
    assert (seen.unfed.year, seen.unfed.to_be_listed_wan) == (2028, 100)
    unpublished = looked_at(replace(two_years(*SLOW), targets=(target(2021, 700),)))
    assert unpublished.list_plan_wan is unpublished.against_list_wan is None
    assert unpublished.unfed is None


def test_an_item_behind_waits_with_what_is_open_at_its_planned_finish() -> None:
    # At the end of 2022, its planned finish, 1,816 of 2,000 are drawn; 0.7333 quarters are left.
    told = (row(6, None, problem="征拆滞后", measure="专班推进", due="2021-12"),
            row(9, None, months=1, problem="管线未迁", due="2022-03"))  # fmt: skip
    (late,) = looked_at(two_years(*SLOW, *told)).delayed
    assert (late.item_no, late.open_wan, late.quarters, late.weight) == (1, 184, 1, 184)
    assert late.finish == 8
    assert late.cause is not None
    assert (late.cause.kind, late.cause.quarters) == (CauseKind.BEHIND, 1)
    assert (late.problem, late.measure, late.due) == ("管线未迁", None, "2022-03")


def test_items_are_ranked_by_money_times_quarters() -> None:
    # Item 1 as above: 184 × 1. Item 2 drew 50 of 833: it stands at 0.2 quarters, ends 2021 at
    # 0.8667 and 2022 at 4.8667, with 1,000 + 216 = 1,216 drawn: 784 open, 3.1333 quarters left.
    seen = looked_at(two_years(*SLOW, row(9, 50, months=1, item=2), items=2))
    assert [(d.item_no, d.open_wan, d.quarters, d.weight) for d in seen.foremost] == [
        (2, 784, 4, 3136),
        (1, 184, 1, 184),
    ]


def test_a_tail_is_no_delay_and_neither_is_what_was_finished_late_before() -> None:
    # 1,985 of 2,000 by the planned finish: 15 are open, no more than the tail of 1 %.
    rows = (row(0, 1000, months=12), row(12, 985, months=12))
    portfolio = two_years(*rows, asof=24)
    assert play(derive(portfolio)).is_late(0)
    assert looked_at(portfolio).delayed == ()
    late = (*SLOW, row(9, 250), row(12, 1000, months=12), row(24, 150, completed_month=26))
    assert looked_at(two_years(*late, asof=27)).delayed == ()


def test_an_item_past_its_planned_finish_waits_with_what_is_open_today() -> None:
    # 1,200 by the planned end of 2022, 300 more in 2023Q1: 500 are open today, not 800.
    rows = (row(0, 600, months=12), row(12, 600, months=12), row(24, 300))
    (late,) = looked_at(two_years(*rows, asof=27)).delayed
    assert late.open_wan == 500


def test_money_short_is_told_by_channel_of_this_year_and_the_next() -> None:
    portfolio = two_years(*(replace(r, channel_id="C0") for r in SLOW), kind=0)
    cut = portfolio.envelopes.pooled_ask_wan.copy()
    cut[1, 0] = 700  # of 1,000 that 2022 asks for
    seen = looked_at(replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=cut)))
    (channel,) = seen.channels
    assert (channel.plan_wan, channel.done_wan, channel.year_wan) == (1000, 650, 816)
    assert (channel.short_wan, channel.next_short_wan) == (0, 300)
    assert (channel.next_plan_wan, channel.next_wan) == (1000, 700)
    assert seen.over_budget == ()


def test_facts_beyond_the_budget_are_found_and_carried_money_is_apart() -> None:
    # 700 drawn, 100 of it carried in, on a budget of 500: 100 beyond it, whatever a scenario cuts.
    rows = (row(0, 700, channel=0),)
    carried = (CarriedIn(channel_id="C0", year=2021, item_no=None, carried_wan=100),)
    portfolio = two_years(*rows, asof=3, kind=0, carried_in=carried)
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    ask[0, 0] = 500
    budgeted = replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask))
    (over,) = looked_at(budgeted).over_budget
    assert (over.channel.id, over.over_wan) == ("C0", 100)
    shocked = replace(budgeted, envelopes=replace(budgeted.envelopes, pooled_ask_wan=ask * 0))
    assert looked_at(shocked, budgeted).over_budget[0].over_wan == 100


def test_own_money_beyond_its_budget_is_found_by_item() -> None:
    # Item 1 is 100 above its own 1,000, item 2 below; one does not pay for the other.
    rows = (row(0, 1100, months=12), row(0, 600, months=12, item=2))
    (over,) = looked_at(two_years(*rows, asof=12, items=2)).over_budget
    assert over.over_wan == 100


def test_a_gate_that_facts_have_broken_is_named() -> None:
    # Item 2 may not start before item 1 has half of its money, and has started.
    gate = progress_gate(1, 2, 5000)
    portfolio = replace(two_years(*SLOW, row(9, 50, months=1, item=2), items=2), gates=(gate,))
    assert looked_at(portfolio).refuted == (gate,)
    kept = replace(two_years(*SLOW, items=2), gates=(gate,))
    assert looked_at(kept).refuted == ()


def test_facts_are_told_as_entered_by_year_channel_and_item() -> None:
    portfolio = two_years(*SLOW, row(9, 7, months=1, channel=None), row(0, None, progress_bps=10))
    (channel,) = portfolio.channels
    assert entered(portfolio) == (
        Entered(year=2021, channel=None, item_no=1, drawn_wan=7),
        Entered(year=2021, channel=channel, item_no=1, drawn_wan=650),
    )


@examples(60)
@given(portfolios(max_items=5), st.integers(1, 70))
def test_an_outlook_sums_and_names_no_past_year(portfolio: Portfolio, months: int) -> None:
    begun = after(portfolio, play(derive(portfolio)), months)
    outcome = play(derive(begun))
    seen = outlook(begun, outcome)
    assert seen is not None
    first = begun.calendar.first_year
    assert seen.year == first + (months - 1) // 12
    assert sum(c.done_wan for c in seen.channels) == seen.done_wan
    assert sum(c.year_wan for c in seen.channels) == seen.year_wan
    assert seen.following is not None
    assert sum(c.next_wan for c in seen.channels) == seen.following.drawn_wan
    entered_wan = sum(e.drawn_wan for e in entered(begun) if e.year == seen.year)
    assert entered_wan == seen.done_wan
    assert seen.rest_wan >= 0
    for late in seen.delayed:
        finish = outcome.finish[begun.position[late.item_no]]
        assert finish is None or finish >= seen.asof_months // 3
        assert late.quarters > 0 and late.open_wan > 0
