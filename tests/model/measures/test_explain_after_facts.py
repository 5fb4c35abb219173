"""An explanation after facts: what was lost before comes first, and who got the money is named."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.measures.explain import Explanation, explain
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.report.json.run import explanation_data
from portfolio.report.screen.console import text_columns
from portfolio.report.screen.explain import explanation_lines
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.model.measures.test_explain import progress_gate, told
from tests.model.measures.test_outlook import SLOW, row, two_years
from tests.sim.facts_of_plays import after
from tests.strategies import portfolios


def lines(explanation: Explanation, portfolio: Portfolio) -> str:
    return "\n".join(explanation_lines(explanation, portfolio, columns=400))


def test_what_was_lost_before_comes_first_with_what_was_reported() -> None:
    # 833.3 were due at the end of October: 750 and a third of a quarter's 250.
    reported = row(9, None, months=1, problem="征拆滞后", measure="专班推进", due="2022-03")
    big = (replace(r, done_wan=10_000 * (r.done_wan or 0)) for r in SLOW)
    portfolio = two_years(*big, reported, scale=10_000)
    explanation = told(1, portfolio)
    first = explanation.causes[0]
    assert (first.kind, first.quarters, first.spans) == (CauseKind.BEHIND, 1, ())
    story = first.behind
    assert story is not None
    assert (story.due_wan, story.reached_wan, story.drawn_wan) == (8_333_250, 6_500_000, 6_500_000)
    text = lines(explanation, portfolio)
    assert "滞后 1 个季度：1 季此前已滞后。" in text
    assert "截至 2021-10：按计划应完成 833.3 亿元，实际 650.0 亿元" in text
    assert "少 183.3 亿元；未完部分按原计划节奏顺延" in text
    assert "填报的问题：征拆滞后" in text and "下一步措施：专班推进（2022-03 前）" in text
    assert "2021 年：计划 1,000.0，完成 816.7，少 183.3 亿元（当年受限于：此前已滞后）" in text
    data = explanation_data(explanation, portfolio)
    assert data["causes"][0]["behind"]["asof"] == "2021-10"


def test_what_was_gained_before_is_told_as_that() -> None:
    # A year's 1,000 in two quarters: two gained, and lost again, as the year's money is used up.
    portfolio = two_years(row(0, 500), row(3, 500), asof=6)
    explanation = told(1, portfolio)
    assert (explanation.causes[0].kind, explanation.causes[0].quarters) == (CauseKind.BEHIND, -2)
    assert "· 此前超前 2 季\n" in lines(explanation, portfolio)


def test_the_three_who_got_most_of_a_channel_are_named() -> None:
    # 2022 asks for 1,000 of each of four items and has 1,600: 400 each, and the first stand first.
    rows = tuple(row(0, 1000, months=12, item=k, channel=0) for k in (1, 2, 3, 4))
    portfolio = two_years(*rows, asof=12, items=4, kind=0)
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    ask[1, 0] = 1600
    short = replace(portfolio, envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask))
    explanation = told(4, short)
    money = next(trace.money for trace in explanation.causes if trace.money is not None)
    assert money.years[0].takers == ((1, 400), (2, 400), (3, 400))
    text = lines(explanation, short)
    assert "当年得到最多的：1 大项1 0.0400、2 大项2 0.0400、3 大项3 0.0400" in text
    data = explanation_data(explanation, short)
    assert [t["no"] for t in data["causes"][0]["years"][0]["takers"]] == [1, 2, 3]
    before = told(4, replace(short, facts=None))
    years = [y for t in before.causes if t.money is not None for y in t.money.years]
    assert years and not any(year.takers for year in years)


def test_a_gate_waits_for_what_facts_left_behind() -> None:
    # 2 (planned for 2022 on) may start when 1 has 700: planned at the end of 2021Q3, its 750.
    # 1 stands at 650 after October, and has 816 at the end of 2021: one quarter late, by facts.
    portfolio = two_years(*SLOW, items=2)
    gated = replace(portfolio, gates=(progress_gate(1, 2, 3500),))
    explanation = told(2, gated)
    story = next(t.gate for t in explanation.causes if t.gate is not None)
    assert (story.planned_reached, story.reached, story.late_quarters) == (2, 3, 1)
    assert [(c.kind, c.quarters) for c in story.causes] == [(CauseKind.BEHIND, 1)]


def test_past_years_are_not_told_as_short() -> None:
    portfolio = two_years(row(0, 600, months=12), asof=12 + 3)
    assert {year.year for year in told(1, portfolio).short_years} == {2022}


@examples(40)
@given(portfolios(max_items=4), st.integers(1, 60))
def test_every_explanation_after_facts_can_be_told(portfolio: Portfolio, months: int) -> None:
    begun = after(portfolio, play(derive(portfolio)), months)
    outcome = play(derive(begun))
    for item in begun.items:
        explanation = explain(item.no, begun, outcome)
        assert max(map(text_columns, explanation_lines(explanation, begun))) <= 80
        json.dumps(explanation_data(explanation, begun))
        if explanation.delay_quarters is not None:
            assert sum(t.quarters for t in explanation.causes) == explanation.delay_quarters
        kinds = [trace.kind for trace in explanation.causes]
        assert CauseKind.BEHIND not in kinds[1:]
