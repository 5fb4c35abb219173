"""From facts on, too, the engine and a literal re-statement of the rules give the same integers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.audit import audit
from portfolio.model.facts import CarriedIn, Execution, Facts, Season
from portfolio.model.items import Kind
from portfolio.model.outcome import CauseKind, Outcome
from portfolio.model.portfolio import (
    NO_CUT,
    Conditions,
    Portfolio,
    asof_year_of,
    base_envelopes,
)
from portfolio.model.rules.parameters import derive
from portfolio.model.rules.replanned import replanned
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.sim.facts_of_plays import after
from tests.sim.reference import Reference
from tests.strategies import portfolios


def cells(array: np.ndarray) -> dict[tuple[int, ...], int]:
    return {tuple(map(int, cell)): int(array[tuple(cell)]) for cell in np.argwhere(array)}


def assert_same(portfolio: Portfolio) -> None:
    outcome, reference = play(derive(portfolio)), Reference(portfolio)
    expected = reference.play()
    assert [str(breach) for breach in audit(portfolio, outcome)] == []
    assert list(outcome.start) == expected.start
    assert cells(outcome.drawn_wan) == expected.drawn
    assert list(outcome.finish) == expected.finish
    lapsed = {cell: money for cell, money in expected.lapsed.items() if money}
    assert cells(outcome.lapsed_wan) == lapsed
    assert cells(outcome.taken_back_wan) == expected.taken_back
    assert cells(outcome.unplaced_back_wan) == expected.unplaced_back
    assert behind(outcome) == [0 if at is None else at.behind for at in reference.at]


def behind(outcome: Outcome) -> list[int]:
    """What each item had lost before the as-of."""
    return [
        sum(cause.quarters for cause in causes if cause.kind is CauseKind.BEHIND)
        for causes in outcome.causes
    ]


@st.composite
def begun(draw: st.DrawFn) -> Portfolio:
    """A portfolio with what its play had drawn as facts; shocks fall in later years only."""
    portfolio = draw(portfolios(max_items=4))
    months = draw(st.integers(1, 170))
    conditions = portfolio.conditions
    cut_from = conditions.cut_from.copy()
    cut_from[: months // 12 + 1] = NO_CUT
    portfolio = replace(
        portfolio, conditions=replace(conditions, substitution=False, cut_from=cut_from)
    )
    outcome = play(derive(portfolio))
    begun = after(portfolio, outcome, months, period=draw(st.sampled_from((1, 3, 12))))
    return with_new_totals(begun)


def with_new_totals(portfolio: Portfolio) -> Portfolio:
    """Items that have drawn beyond their total have a new one (调整概算)."""
    facts = portfolio.facts
    assert facts is not None
    new = []
    for item in portfolio.items:
        rows = [row for row in facts.rows if row.item_no == item.no]
        drawn = item.earlier_wan + sum(row.done_wan or 0 for row in rows)
        told = [row.approved_wan for row in rows if row.approved_wan is not None]
        if drawn > max(told, default=item.total_wan):
            new.append(
                Execution(
                    item_no=item.no, first_month=facts.asof_months - 1, months=1,
                    channel_id=None, approved_wan=drawn + drawn // 3,
                )
            )  # fmt: skip
    return replace(portfolio, facts=replace(facts, rows=(*facts.rows, *new)))


@st.composite
def perturbed(draw: st.DrawFn) -> Portfolio:
    """Facts that no play has made: more or less by row, channels changed, progress, new totals."""
    portfolio = draw(begun())
    facts = portfolio.facts
    assert facts is not None
    changed = draw(st.permutations([channel.id for channel in portfolio.channels]))
    names = dict(zip((channel.id for channel in portfolio.channels), changed, strict=True))
    swaps, unsplit = draw(st.booleans()), draw(st.booleans())
    rows = []
    for row in facts.rows:
        if row.done_wan is None or row.channel_id is None:
            continue
        factor = draw(st.sampled_from((10_000, 10_000, 7_000, 8_500, 13_000, -500)))
        channel: str | None = names[row.channel_id] if swaps else row.channel_id
        if unsplit and row.item_no % 2:
            channel = None
        rows.append(replace(row, done_wan=row.done_wan * factor // 10_000, channel_id=channel))
    told = []
    for item in portfolio.items:
        drawn = sum(row.done_wan or 0 for row in rows if row.item_no == item.no)
        whole = item.total_wan
        kind = draw(
            st.sampled_from(("none", "none", "progress", "approved", "completed", "started"))
        )
        row = Execution(
            item_no=item.no, first_month=facts.asof_months - 1, months=1, channel_id=None
        )
        if whole == item.earlier_wan:
            continue
        if kind == "started":
            row = replace(row, started_month=draw(st.integers(0, facts.asof_months - 1)))
        if kind == "completed" and drawn:
            row = replace(row, completed_month=max(0, facts.asof_months - draw(st.integers(1, 3))))
        if kind == "progress":
            row = replace(row, progress_bps=draw(st.integers(0, 10_000)))
        if kind == "approved" or drawn > whole - item.earlier_wan:
            new = whole * draw(st.sampled_from((8_000, 12_000, 15_000))) // 10_000
            row = replace(row, approved_wan=max(new, item.earlier_wan + drawn + 1))
        told.append(row)
    carried = draw(st.sampled_from(((), facts.carried_in, carried_at_will(portfolio, facts))))
    seasons = draw(st.lists(st.sampled_from((None, portfolio.channels[0].id)), unique=True))
    changed_facts = replace(
        facts,
        rows=(*rows, *told),
        carried_in=carried,
        seasons=tuple(
            Season(channel_id=channel, quarter_bps=(1000, 2500, 2500, 4000)) for channel in seasons
        ),
        keep_mix=draw(st.booleans()),
    )
    return replace(portfolio, facts=changed_facts)


def carried_at_will(portfolio: Portfolio, facts: Facts) -> tuple[CarriedIn, ...]:
    """As much carried in as facts have in no play: by item, of 统筹 by channel too, in turn."""
    return tuple(
        CarriedIn(
            channel_id=channel.id,
            year=portfolio.calendar.first_year + facts.quarter // 4,
            item_no=None if channel.kind is Kind.POOLED and c % 2 == 0 else portfolio.items[0].no,
            carried_wan=10 ** (2 * c + 1),
        )
        for c, channel in enumerate(portfolio.channels)
        if channel.kind is not Kind.CREDIT
    )


@examples(40)
@given(begun())
def test_facts_of_a_play_go_on_the_same(portfolio: Portfolio) -> None:
    assert_same(portfolio)


@examples(40)
@given(perturbed())
def test_perturbed_facts_go_on_the_same(portfolio: Portfolio) -> None:
    assert_same(portfolio)


@examples(40)
@given(perturbed())
def test_what_later_years_ask_for_is_the_same(portfolio: Portfolio) -> None:
    facts = portfolio.facts
    assert facts is not None
    neutral = Conditions.neutral(len(portfolio.items), portfolio.channels)
    base = base_envelopes(
        portfolio.plan_wan, portfolio.items, portfolio.channels, portfolio.calendar,
        asof_year=asof_year_of(facts),
    )  # fmt: skip
    portfolio = replace(portfolio, conditions=neutral, envelopes=base)
    expected = Reference(portfolio).asked()
    envelopes = replanned(portfolio).envelopes
    first = -(-facts.asof_months // 12)
    pooled: dict[tuple[int, ...], int] = {}
    own: dict[tuple[int, ...], int] = {}
    for (year, c, i), money in expected.items():
        kind = portfolio.channels[c].kind
        if kind is Kind.POOLED:
            pooled[year - first, c] = pooled.get((year - first, c), 0) + money
        elif kind is not Kind.CREDIT:
            own[year - first, c, i] = money
    assert cells(envelopes.pooled_ask_wan[first:]) == pooled
    assert cells(envelopes.own_ask_wan[first:]) == own
