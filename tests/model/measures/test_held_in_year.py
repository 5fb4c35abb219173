"""What held items back in a year: told apart exactly as far as the words tell it apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import GateType
from portfolio.model.measures.held_in_year import HeldBy, held_by, held_by_cause, held_in_year
from portfolio.model.measures.year_to_date import year_to_date
from portfolio.model.outcome import CauseKind, Lost
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.report.words.run import held_name
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.four_items import four_items, gate
from tests.report.results import shipped_run
from tests.strategies import portfolios

SCENARIOS = (None, "专项债大幅收紧", "三碰头")


def every_cause(portfolio: Portfolio) -> set[HeldBy]:
    """All there can be: every kind, gate and channel, with each item and without one."""
    refs = [(CauseKind.GATE, gate.id) for gate in portfolio.gates]
    refs += [(CauseKind.CHANNEL, channel.id) for channel in portfolio.channels]
    found = {
        held_by_cause(portfolio, kind, ref, item)
        for kind, ref in refs
        for item in (None, *range(len(portfolio.items)))
    }
    plain = (None, *(kind for kind in CauseKind))
    return found | {HeldBy(kind=kind) for kind in plain}


def test_two_gates_on_one_item_are_one_cause() -> None:
    gates = (gate("E1", 24, 31, GateType.SS), gate("E2", 24, 44, GateType.FS))
    portfolio = replace(four_items(), gates=gates)
    one, two = (held_by_cause(portfolio, CauseKind.GATE, id) for id in ("E1", "E2"))
    assert one == two == HeldBy(kind=CauseKind.GATE, waits_for=24)


def test_a_channel_that_was_never_short_is_another_cause_than_one_that_was() -> None:
    # Bonds as planned: the envelope holds the plan and a reserve. Cut in 2023, they lack.
    whole = four_items()
    c = whole.channel_position["SPB"]
    ask = whole.envelopes.pooled_ask_wan.copy()
    ask[2, c] = 0
    cut = replace(whole, envelopes=replace(whole.envelopes, pooled_ask_wan=ask))
    for portfolio, not_followed in ((whole, True), (cut, False)):
        assert held_by_cause(portfolio, CauseKind.CHANNEL, "SPB", 1) == HeldBy(
            kind=CauseKind.CHANNEL, channel_id="SPB", not_followed=not_followed
        )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_cause_of_the_shipped_workbook_has_words_of_its_own(scenario) -> None:
    portfolio = shipped_run(scenario).portfolio
    causes = every_cause(portfolio)
    assert len({held_name(portfolio, why) for why in causes}) == len(causes)


@examples(20)
@given(portfolios())
def test_each_cause_of_any_portfolio_has_words_of_its_own(portfolio) -> None:
    causes = every_cause(portfolio)
    assert len({held_name(portfolio, why) for why in causes}) == len(causes)


def test_a_year_at_start_gates_is_owed_to_the_one_that_opens_last() -> None:
    # Item 31 waits for 24 to begin (2021Q1) and for 22 to be finished (end of 2025).
    base = four_items()
    gates = (gate("E2", 24, 31, GateType.SS), gate("E9", 22, 31, GateType.FS))
    portfolio = replace(base, gates=gates)
    limits, index = derive(portfolio), portfolio.position[31]
    outcome = play(limits)
    assert (outcome.lost[4:8, index] == Lost.START_GATE).all()
    assert held_by(portfolio, limits, outcome, index, 1) == HeldBy(
        kind=CauseKind.GATE, waits_for=22
    )


def test_a_year_without_hindrance_says_so() -> None:
    portfolio = replace(four_items(), gates=())
    limits = derive(portfolio)
    assert held_by(portfolio, limits, play(limits), 0, 2) == HeldBy(kind=None)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_holds_the_year_is_what_its_items_lack(scenario):
    run = shipped_run(scenario)
    now = year_to_date(run.portfolio, run.outcome, SHIPPED.quarter_of(2023, 3))
    held = held_in_year(run.portfolio, run.outcome, now)
    short = now.plan_wan - now.forecast_wan
    assert sum(cause.short_wan for cause in held) == short[short > 0].sum() >= now.gap
    numbers = [no for cause in held for no in cause.item_nos]
    assert sorted(numbers) == [
        item.no for item, wan in zip(run.portfolio.items, short, strict=True) if wan > 0
    ]
    assert [c.short_wan for c in held] == sorted((c.short_wan for c in held), reverse=True)
