"""Facts that no play has made, then shocks, luck, an adjusted plan: engines, restatement and audit agree."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.model.audit import audit
from portfolio.model.luck import Draws, with_luck
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.from_facts import planned_money
from portfolio.model.reallocation.plan import lay_out
from portfolio.model.rules.replanned import replanned
from portfolio.sim.lanes.many_paths import NUMPY
from tests.examples import examples
from tests.sim.lanes.test_many_paths import allowed, lucks, played
from tests.sim.lanes.test_many_paths import assert_same as assert_lanes_same
from tests.sim.test_from_facts_reference import assert_same as assert_reference_same
from tests.sim.test_from_facts_reference import begun, perturbed
from tests.strategies import bundled, conditions


@st.composite
def shocked(draw: st.DrawFn, facts: st.SearchStrategy[Portfolio]) -> Portfolio:
    """Facts, what is left of the plan asked for anew, then any conditions."""
    portfolio = replanned(draw(facts))
    return replace(portfolio, conditions=draw(conditions(len(portfolio.items), portfolio.channels)))


def luck_of(data: st.DataObject, portfolio: Portfolio) -> tuple[Draws, list[Outcome]]:
    """Luck, and the plays of it, which break no rule."""
    luck = data.draw(lucks(portfolio))
    assume(allowed(portfolio, luck))
    outcomes = played(portfolio, luck)
    for k, outcome in enumerate(outcomes):
        found = audit(with_luck(portfolio, luck, k), outcome)
        assert [str(breach) for breach in found] == []
    return luck, outcomes


@examples(40)
@given(shocked(perturbed()))
def test_perturbed_facts_go_on_the_same_under_shocks(portfolio: Portfolio) -> None:
    assert_reference_same(portfolio)


@examples(40)
@given(shocked(perturbed().flatmap(bundled)), st.data())
def test_perturbed_facts_go_on_the_same_under_luck(
    portfolio: Portfolio, data: st.DataObject
) -> None:
    luck, outcomes = luck_of(data, portfolio)
    for k in range(len(luck)):
        assert_reference_same(with_luck(portfolio, luck, k))
    assert_lanes_same(portfolio, luck, outcomes, NUMPY)


@examples(40)
@given(shocked(st.one_of(perturbed(), begun())), st.data())
def test_a_plan_laid_out_after_facts_goes_on_the_same_under_luck(
    portfolio: Portfolio, data: st.DataObject
) -> None:
    laid = lay_out(portfolio, planned_money(portfolio), asof_quarter=0)
    luck, outcomes = luck_of(data, laid)
    assert_lanes_same(laid, luck, outcomes, NUMPY)
