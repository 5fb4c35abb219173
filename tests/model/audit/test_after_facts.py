"""The audit after facts: what was over before play, and what of the begun year play answers for.

Two items; item 1 is paid by the city's channel 0, item 2 by its own channel 1 with the loan of
channel 2. In 2021 item 1 has drawn 360 of 400. The first quarter of 2022 is told too: play begins
with the second, in a year whose budget (400, 400) is spent in part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.audit import audit
from portfolio.model.facts import CarriedIn, Execution, Facts
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.model.audit.test_play import MONEY, both, changed
from tests.sim.test_hand_worked import CREDIT, OWN, POOLED, build, channel, envelope


def after_facts() -> Portfolio:
    """The portfolio of the first lines."""
    money = {
        (2021, 0, 0): 400, (2022, 0, 0): 400, (2023, 0, 0): 400,
        (2021, 1, 1): 400, (2022, 1, 1): 400, (2023, 1, 1): 400,
        (2022, 2, 1): 800, (2023, 2, 1): 800,
    }  # fmt: skip
    channels = (channel(POOLED), channel(OWN), channel(CREDIT))
    told = (
        # item, first month, months, channel, done
        (1, 0, 12, 0, 360), (2, 0, 12, 1, 400),
        (1, 12, 3, 0, 120), (2, 12, 3, 1, 100), (2, 12, 3, 2, 200),
    )  # fmt: skip
    rows = tuple(
        Execution(item_no=no, first_month=first, months=n, channel_id=channels[c].id, done_wan=done)
        for no, first, n, c, done in told
    )
    return replace(build(money, channels, cap=None), facts=Facts(asof_months=15, rows=rows))


def found(tamper: Callable[[Outcome], Outcome]) -> dict[str, int]:
    return judged(after_facts(), tamper)


def judged(portfolio: Portfolio, tamper: Callable[[Outcome], Outcome]) -> dict[str, int]:
    """Code and place of each breach of a play that was tampered with, and its amount."""
    outcome = tamper(play(derive(portfolio)))
    return {f"{b.code} {b.where}": b.amount for b in audit(portfolio, outcome)}


def test_the_case_is_sound_and_as_worked_by_hand() -> None:
    portfolio = after_facts()
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    # Item 1 wants the 40 it is behind of 2021 and 2022, half of them beyond each year's 400.
    assert outcome.need_wan[:4, 0, 0].tolist() == [0, 420, 420, 40]
    assert outcome.served_wan[:3, 0, 0].tolist() == [0, 400, 400]
    assert outcome.drawn_wan[:12, 0, 0].tolist() == [90, 90, 90, 90, 120, 100, 100, 80, 103, 103, 103, 91]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "cell", "by", "breaches"),
    [
        # The begun year and those after it are judged, each by its own name …
        ("need_wan", (1, 0, 0), 1, {"need 2022 年 渠道0 1 大项1": 1}),
        ("need_wan", (2, 0, 0), -3, {"need 2023 年 渠道0 1 大项1": 3}),
        ("served_wan", (1, 0, 0), -1, {"allotment 2022 年 渠道0 1 大项1": 1}),
        ("served_wan", (2, 0, 0), 2, {"allotment 2023 年 渠道0 1 大项1": 2}),
        ("served_wan", (1, 1, 1), -1, {"allotment 2022 年 渠道2 2 大项2": 1}),
        ("lapsed_wan", (1, 0), 1, {"envelope 2022 年 渠道0": 1}),
        ("lapsed_wan", (2, 0), 1, {"envelope 2023 年 渠道0": 1}),
        ("envelope_wan", (0, 0), 1, {"envelope 2021 年 渠道0": 1}),
        ("envelope_wan", (1, 1), 1, {"envelope 2022 年 渠道2": 1}),
        ("taken_back_wan", (1, 0, 0), 1, {"account 2022 年 渠道0 1 大项1": 1}),
        ("lost", (2, 0), 1, {"facts 2021Q3 1 大项1": 1}),
        # … and nothing of play lies in the year that was over.
        ("need_wan", (0, 0, 0), 1, {"facts 2021 年 渠道0 1 大项1": 1}),
        ("served_wan", (0, 0, 0), 1, {"facts 2021 年 渠道0 1 大项1": 1}),
        ("allotted_wan", (0, 1, 1), 2, {"facts 2021 年 渠道2 2 大项2": 2}),
        ("lapsed_wan", (0, 0), 1, {"facts 2021 年 渠道0": 1}),
        ("loan_gap_wan", (0, 2), 1, {"facts 2021 年 渠道4": 1}),
    ],
)
def test_a_figure_changed_is_the_breach_it_makes(
    name: str, cell: tuple[int, ...], by: int, breaches: dict[str, int]
) -> None:
    assert found(changed(name, cell, by)) == breaches


@pytest.mark.parametrize("by", [1, -1])
def test_money_in_a_quarter_that_facts_tell_is_theirs(by: int) -> None:
    assert found(both(*MONEY, cell=(2, 0, 0), by=by))["facts 2021Q3 渠道0 1 大项1"] == 1


def test_money_in_the_quarter_play_begins_with_is_judged() -> None:
    """120 are told of 2022Q1; the clock has come to no more in 2022Q2 than was drawn."""
    breaches = found(both(*MONEY, cell=(5, 0, 0), by=1))
    assert breaches["planned_at_clock 2022Q2 渠道0 1 大项1"] == 1
    assert "facts 2022Q2 渠道0 1 大项1" not in breaches


def test_own_money_follows_from_the_begun_year_on() -> None:
    """What item 2 didn't need of its own 400 would follow it: nothing is left, so nothing does."""
    assert found(changed("follows_out_wan", (1, 1, 1), 1)) == {
        "own_follows 2022 年 渠道2 2 大项2": 1,
        "own_follows 2023 年 渠道2 2 大项2": 1,
        "own_follows 2022 年 渠道2": 1,
    }


def test_a_clock_behind_by_less_than_a_quarter_is_found() -> None:
    breaches = found(changed("moved_bps", (6, 0), -1))
    assert breaches["clock 2022Q3 1 大项1"] == 1
    assert breaches["clock 2022Q4 1 大项1"] == 1


# --- From which year to which


def late_in_the_plan() -> Portfolio:
    """Until 2024 400 a year of channel 0 for item 1, of channels 1 and 2 for item 2.

    Item 1 has drawn 300 of 2022's, the rest was carried into 2023 and drawn there; item 2 is as planned.
    """
    money = {(year, c, min(c, 1)): 400 for year in range(2021, 2025) for c in range(3)}
    channels = (channel(POOLED), channel(OWN), channel(CREDIT))
    portfolio = build(money, channels, cap=None)
    rows = tuple(
        Execution(
            item_no=1 + min(c, 1), first_month=first, months=n, channel_id=channels[c].id,
            done_wan=done,
        )
        for c, told in enumerate(((400, 300, 120), (400, 400, 100), (400, 400, 100)))
        for (first, n), done in zip(((0, 12), (12, 12), (24, 3)), told, strict=True)
    )  # fmt: skip
    carried = (CarriedIn(channel_id=channels[0].id, year=2023, item_no=1, carried_wan=100),)
    return replace(portfolio, facts=Facts(asof_months=27, rows=rows, carried_in=carried))


def rationed(portfolio: Portfolio) -> Portfolio:
    """Channel 2 lends three quarters of what is needed, in every year."""
    credit = portfolio.conditions.credit_bps.copy()
    credit[:, 2] = 7_500
    return replace(portfolio, conditions=replace(portfolio.conditions, credit_bps=credit))


def test_own_money_and_a_ration_late_in_the_plan_are_judged_from_there() -> None:
    portfolio = rationed(late_in_the_plan())
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    assert outcome.allotted_wan[:5, 1, 1].tolist() == [0, 0, 400, 400, 0]
    assert (
        outcome.allotted_wan[2:4, 2, 1].tolist() == (outcome.need_wan[2:4, 2, 1] * 3 // 4).tolist()
    )
    follows = judged(portfolio, changed("follows_out_wan", (2, 1, 1), 1))
    assert follows["own_follows 2023 年 渠道2 2 大项2"] == 1
    told = judged(portfolio, changed("allotted_wan", (2, 2, 1), 1))
    assert told["credit 2023 年 渠道4 2 大项2"] == 1


def test_what_was_carried_in_and_drawn_before_play_is_not_needed_again() -> None:
    """820 of 1,600 are drawn, 8.2 quarters of the plan: three more by the end of 2023 are 300.

    Of the 120 of 2023Q1 100 were carried in, 20 are of the year's budget: 320 of it are needed.
    """
    portfolio = late_in_the_plan()
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    assert outcome.carried_in_wan[:4, 0, 0].tolist() == [0, 0, 100, 0]
    assert outcome.need_wan[:5, 0, 0].tolist() == [0, 0, 320, 400, 80]
    for year in (2023, 2024):
        cell = (year - 2021, 0, 0)
        where = f"{year} 年 渠道0 1 大项1"
        assert judged(portfolio, changed("need_wan", cell, 1))[f"need {where}"] == 1
        assert judged(portfolio, changed("served_wan", cell, -1)) == {f"allotment {where}": 1}
    assert judged(portfolio, changed("need_wan", (1, 0, 0), 1)) == {
        "facts 2022 年 渠道0 1 大项1": 1
    }


def test_years_after_all_is_paid_are_not_judged() -> None:
    """800 in 2021 and 2022: the last is drawn in 2022Q4, and engines need not play on."""
    portfolio = build({(2021, 0, 0): 400, (2022, 0, 0): 400}, (channel(POOLED),))
    for name, by, code in (("need_wan", 1, "need"), ("served_wan", -1, "allotment")):
        found = judged(portfolio, changed(name, (1, 0, 0), by))
        assert found == {f"{code} 2022 年 渠道0 1 大项1": 1}
        assert judged(portfolio, changed(name, (2, 0, 0), 1)) == {}


def test_what_a_substitute_pays_is_not_the_channels_own() -> None:
    """Channel 1 pays 200 of the 300 that channel 0 lacks in 2021 (75 % of 800 less its own 400)."""
    portfolio = build({(2021, 0, 0): 400, (2021, 1, 0): 400}, (channel(0), channel(1)))
    reserve = portfolio.envelopes.pooled_reserve_wan.copy()
    reserve[0, 1] = 1000
    portfolio = replace(
        envelope(portfolio, y2021=100),
        conditions=replace(portfolio.conditions, substitution=True),
        envelopes=replace(envelope(portfolio, y2021=100).envelopes, pooled_reserve_wan=reserve),
        shares=tuple(replace(share, max_share_bps=7500) for share in portfolio.shares),
    )
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    assert outcome.served_wan[0, 0, 0] - outcome.replaced_wan[0, 0, 0] == 100
    more = judged(portfolio, changed("need_wan", (0, 0, 0), 1))
    assert (
        more["need 2021 年 渠道0 1 大项1"] == 1
    )  # carried by purpose is not told: at most all of it
    told = judged(portfolio, changed("replaced_wan", (0, 0, 0), 1))
    assert told == {"allotment 2021 年 渠道0 1 大项1": 1}


def test_a_ration_of_years_that_were_over_is_past() -> None:
    """A loan at three quarters of its need in every year; of 2021 and 2022Q1 what was drawn stands."""
    portfolio = rationed(after_facts())
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    need, allotted = outcome.need_wan[:3, 2, 1], outcome.allotted_wan[:3, 2, 1]
    assert allotted.tolist() == (need * 3 // 4).tolist()
    assert need[1] > 0
    for year, cell in ((2022, (1, 2, 1)), (2023, (2, 2, 1))):
        found = judged(portfolio, changed("allotted_wan", cell, 1))
        assert found[f"credit {year} 年 渠道4 2 大项2"] == 1


# --- Own money, without facts


def test_own_money_follows_through_the_year_in_which_its_item_is_paid() -> None:
    """1,200 in three quarters of the time: paid in 2023Q1, of whose 300 only 134 are needed.

    The 533 of 2022 are its 500 and 33 of the 67 that came with the item.
    """
    portfolio = build({(year, 0, 0): 400 for year in (2021, 2022, 2023)}, (channel(OWN),))
    ask = portfolio.envelopes.own_ask_wan.copy()
    ask[:3, 0, 0] = 600, 500, 300
    release = np.zeros_like(portfolio.conditions.release_bps)
    release[:, :, 0] = 10_000  # all of a year's money is there from its beginning
    portfolio = replace(
        portfolio,
        conditions=replace(
            portfolio.conditions, duration_bps=np.array([7_500]), release_bps=release
        ),
        envelopes=replace(portfolio.envelopes, own_ask_wan=ask),
    )
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    assert outcome.finish == (8,)
    assert outcome.follows_out_wan[:4, 0, 0].tolist() == [67, 34, 200, 0]


def test_an_item_without_money_has_nothing_that_follows() -> None:
    """300 were entered for it; nothing is asked, so all of it lapses and no more comes of it."""
    portfolio = build({(2021, 0, 0): 400, (2021, 1, 1): 0}, (channel(POOLED), channel(OWN)))
    ask = portfolio.envelopes.own_ask_wan.copy()
    ask[0, 1, 1] = 300
    portfolio = replace(portfolio, envelopes=replace(portfolio.envelopes, own_ask_wan=ask))
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    assert outcome.lapsed_wan[0].tolist() == [0, 300]
    assert not outcome.follows_out_wan.any()


@pytest.mark.parametrize(("ask", "left"), [(350, 250), (100, 0), (50, 0)])
def test_what_facts_have_spent_of_an_own_envelope_is_not_there_any_more(
    ask: int, left: int
) -> None:
    """100 of 2023's own money were drawn by March; 300 more are wanted, of which what is left is served."""
    portfolio = late_in_the_plan()
    own = portfolio.envelopes.own_ask_wan.copy()
    own[2, 1, 1] = ask
    portfolio = replace(portfolio, envelopes=replace(portfolio.envelopes, own_ask_wan=own))
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    assert outcome.need_wan[2, 1, 1] == 400
    assert outcome.served_wan[2, 1, 1] == 100 + left


# --- Who is served first


@pytest.mark.parametrize(("in_order", "served"), [(True, [400, 200]), (False, [300, 300])])
def test_a_class_is_served_in_order_or_in_proportion(in_order: bool, served: list[int]) -> None:
    portfolio = envelope(
        build({(2021, 0, i): 400 for i in range(2)}, (channel(POOLED),)), y2021=600
    )
    conditions = replace(portfolio.conditions, in_order=in_order)
    portfolio = replace(portfolio, conditions=conditions)
    outcome = play(derive(portfolio))
    assert outcome.served_wan[0, 0].tolist() == served
    assert audit(portfolio, outcome) == ()
    other = replace(portfolio, conditions=replace(conditions, in_order=not in_order))
    assert {b.code for b in audit(other, outcome)} == {"allotment"}


def test_a_ration_of_the_last_year_is_judged() -> None:
    """A loan that comes a quarter late has an account in each year, the last one of play included."""
    portfolio = build({(2021, 0, 0): 400, (2021, 1, 0): 800}, (channel(POOLED), channel(CREDIT)))
    portfolio.conditions.delay_quarters[:, 1] = 1
    outcome = play(derive(portfolio))
    assert audit(portfolio, outcome) == ()
    years = np.flatnonzero(outcome.drawn_wan.any(axis=(1, 2)))
    last = int(years[-1]) // 4
    told = judged(portfolio, changed("allotted_wan", (last, 1, 0), 1))
    assert told[f"credit {2021 + last} 年 渠道4 1 大项1"] == 1


def test_a_single_wan_is_served() -> None:
    portfolio = build({(2021, 0, 0): 1}, (channel(POOLED),))
    outcome = play(derive(portfolio))
    assert outcome.served_wan[0, 0].tolist() == [1]
    assert audit(portfolio, outcome) == ()
