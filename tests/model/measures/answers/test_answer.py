"""What a scenario takes and what the running year comes to, worked by hand and on any portfolio."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from portfolio.model.items import Kind
from portfolio.model.measures.answers.answer import (
    RunningAnswer,
    ShockAnswer,
    answer,
    running_answer,
    shock_answer,
)
from portfolio.model.measures.results import RunResult
from portfolio.model.money import SEEN_WAN
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.scenarios import apply
from portfolio.read.scenario.options import parse_sets
from tests.examples import examples
from tests.report.results import result_of
from tests.strategies import make_channel, make_portfolio, portfolios


def two_years(*plans: int) -> Portfolio:
    """Items that draw the same in 2021 and 2022 from one pooled channel without a reserve."""
    plan = np.zeros((15, 1, len(plans)), dtype=np.int64)
    plan[:2, 0, :] = plans
    channel = make_channel(2, reserve_bps=0, reserve_floor_bps=0)
    return make_portfolio(plan, channels=(channel,))


def cut(portfolio: Portfolio, option: str) -> RunResult:
    """The portfolio played under a `--set` option."""
    scenario = parse_sets([option])
    assert scenario is not None
    now, changes = apply(scenario, portfolio)
    return result_of(now, baseline=portfolio, changes=changes)


def test_half_of_a_year_is_missing_from_both_items_alike() -> None:
    """2022: 20,000 + 40,000 planned, half of 60,000 is there: 10,000 + 20,000, from its first quarter."""
    found = answer(cut(two_years(20_000, 40_000), "C2:2022=-50%"))
    assert isinstance(found, ShockAnswer)
    assert (found.year, list(found.years)) == (2022, [2022, 2023, 2024])
    assert (found.base_wan, found.drawn_wan) == ((60_000, 0, 0), (30_000, 0, 0))
    assert (found.less_wan, found.less_years_wan) == (30_000, 30_000)
    assert [(hit.item.no, hit.less_wan, hit.less_years_wan) for hit in found.hits] == [
        (2, 20_000, 20_000),
        (1, 10_000, 10_000),
    ]
    # Of those hit in one quarter the one that loses most comes first.
    assert found.earliest is not None
    assert (found.earliest.item.no, found.earliest.first_quarter) == (2, 4)
    # Nothing is left to finish them with: to the end of play.
    assert found.earliest.later == 100 - 7


def test_what_reads_nothing_is_no_shock() -> None:
    """A cut to what it was takes nothing; 2 % of 2022's 40,000 is 800 万元, and reads 0.1."""
    none = shock_answer(cut(two_years(20_000, 20_000), "C2:2022=1.0"))
    assert none is None
    some = shock_answer(cut(two_years(40_000), "C2:2022=-2%"))
    assert some is not None
    assert (some.less_wan, some.year) == (800, 2022)


def test_without_changes_the_running_year_is_told() -> None:
    """No list in print, no facts: the first year, against its plan."""
    run = result_of(two_years(20_000, 40_000))
    found = answer(run)
    assert isinstance(found, RunningAnswer)
    assert (found.year, found.this.plan_wan, found.this.drawn_wan) == (2021, 60_000, 60_000)
    assert (found.against_plan_wan, found.gap_wan, found.short) == (0, 0, ())
    assert (found.late, found.foremost, found.months) == (0, None, 0)


@given(portfolio=portfolios(), bps=st.integers(0, 9999), year=st.integers(2021, 2030))
@examples(40)
def test_the_answer_adds_up_on_any_portfolio(portfolio: Portfolio, bps: int, year: int) -> None:
    """The first year differs and none before it; the items' losses and gains are the whole's."""
    asked = [
        channel.id
        for c, channel in enumerate(portfolio.channels)
        if channel.kind is not Kind.CREDIT and portfolio.plan_wan[year - 2021, c].any()
    ]
    assume(asked)
    try:
        run = cut(portfolio, f"{asked[0]}:{year}={bps / 10_000:.4f}")
    except InputError:  # an envelope of nothing can't be cut
        reject()
    now, then = (
        outcome.drawn_wan.sum(axis=1).reshape(25, 4, -1).sum(axis=1)
        for outcome in (run.outcome, run.baseline_outcome)
    )
    apart = then - now
    seen = (abs(apart) >= SEEN_WAN).any(axis=1) | (abs(apart.sum(axis=1)) >= SEEN_WAN)
    found = shock_answer(run)
    if found is None:
        assert not seen.any()
        return
    first = found.year - 2021
    assert seen[first]
    assert not seen[:first].any()
    assert found.less_wan == int(apart[first].sum())
    told = {hit.item.no: hit for hit in found.hits}
    for index, item in enumerate(portfolio.items):
        hit = told.get(item.no)
        lost = apart[first : first + 3, index]
        if hit is not None:
            assert (hit.less_wan, hit.less_years_wan) == (int(lost[0]), int(lost.sum()))
            assert lost.max() >= SEEN_WAN or (hit.later or 0) > 0
        else:
            assert lost.max() < SEEN_WAN


@given(portfolio=portfolios())
@examples(20)
def test_the_running_year_adds_up_on_any_portfolio(portfolio: Portfolio) -> None:
    """The items below their plan and all others together make up the year."""
    run = result_of(portfolio)
    found = running_answer(run)
    short = {row.item.no: row for row in found.short}
    drawn = run.outcome.drawn_wan.sum(axis=1)[:4].sum(axis=0)
    plan = portfolio.plan_wan[0].sum(axis=0)
    assert found.this.drawn_wan == int(drawn.sum())
    for index, item in enumerate(portfolio.items):
        missing = int(plan[index] - drawn[index])
        assert (missing >= SEEN_WAN) == (item.no in short)
        if item.no in short:
            assert short[item.no].short_wan == missing
