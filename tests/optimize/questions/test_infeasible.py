"""What is said of a case without a plan: needs by hand arithmetic, and conflicts checked by solves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.reallocation.case import RepairCase, open_handed, repair_case
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.reallocation.result import Infeasibility, Verdict
from portfolio.model.scenarios import apply
from portfolio.optimize.questions.infeasible import cheapest_lacks, explain_infeasible
from portfolio.optimize.repair import repair
from portfolio.workflows import load_workbook, merged_scenario, play_plan
from tests.examples import examples, some
from tests.optimize.damaged_cases import (
    BOND,
    BUDGET,
    CHANNELS,
    HALF_DONE,
    STATE,
    YI,
    ahead_of_the_shock,
    approvals_too_late,
    can_hold,
    capital_lost,
    damaged,
    dear_works,
    finished_first,
    gate_can_not_open,
    gate_opens_for_money,
    granted,
    has_plan,
    no_money,
    only_channel_cut,
    share,
    signed,
    spent_already,
    substitute_capped,
    two_damages,
    undisturbed,
)
from tests.strategies import make_item, make_portfolio


def told(case: RepairCase) -> Infeasibility:
    return explain_infeasible(case, derive_repair(case))


def lines(found: Infeasibility) -> list[tuple[str, str, int | None, int, str | None]]:
    return [(n.rule, n.where, n.year, n.lacking_wan, n.alternative) for n in found.needs]


def clash(found: Infeasibility) -> set[tuple[str, str, int | None]]:
    return {(member.rule, member.where, member.year) for member in found.conflict}


TINY = {
    "no_money": (
        no_money,
        [("voted_envelope", "预算", 2022, 80 * YI,
          "把 1 大项1 2022 年的合同下限从 80% 降到 0%，并把 1 大项1 2022 年的续建下限从 10% 降到 0%")],
    ),
    "only_channel_cut": (
        only_channel_cut,
        [("voted_envelope", "预算", 2022, 20 * YI, "把 1 大项1 2022 年的保民生支出下限从 80% 降到 60%")],
    ),
    "two_damages": (
        two_damages,
        [("voted_envelope", "国资", 2022, 35 * YI, "把 2 大项2 2022 年的合同下限从 50% 降到 15%"),
         ("voted_envelope", "预算", 2022, 20 * YI, "把 1 大项1 2022 年的保民生支出下限从 80% 降到 60%")],
    ),
    "substitute_capped": (
        substitute_capped,
        # The floor is the cheaper other way: 70 × 1.25 against 70 × 1.3 for the ceiling.
        [("voted_envelope", "预算", 2022, 70 * YI, "把 1 大项1 2022 年的合同下限从 80% 降到 10%")],
    ),
    "gate_can_not_open": (
        gate_can_not_open,
        [("gate_by_year", "G1（2 大项2）", None, 20 * YI, "把预算 2022 年的额度增加 50.0 亿元")],
    ),
    "gate_opens_for_money": (
        gate_opens_for_money,
        [("voted_envelope", "预算", 2022, 50 * YI,
          "在前置条件 G1 达到前允许 2 大项2 多投 90.0 亿元")],
    ),
    "approvals_too_late": (
        approvals_too_late,
        # The floor again: 5 × 1.25 against 5 × 1.35 for an approval in time.
        [("voted_envelope", "预算", 2022, 5 * YI, "把 1 大项1 2022 年的合同下限从 80% 降到 75%")],
    ),
    "capital_lost": (
        capital_lost,
        [("capital_ratio", "1 大项1", None, 24 * YI, "把预算 2022 年的额度增加 34.3 亿元")],
    ),
    "spent_already": (
        spent_already,
        [("voted_envelope", "预算", 2022, 20 * YI, None)],
    ),
    "ahead_of_the_shock": (
        ahead_of_the_shock,
        [("shocked_clock", "1 大项1", None, 10 * YI, None)],
    ),
    "dear_works": (
        dear_works,
        [("voted_envelope", "预算", 2022, 88 * YI + 11,
          "把 1 大项1 2022 年的合同下限从 80% 降到 0%，并把 1 大项1 2022 年的续建下限从 10% 降到 0%")],
    ),
}  # fmt: skip
CONFLICTS = {
    "only_channel_cut": {
        ("voted_envelope", "预算", 2022),
        ("livelihood_floor", "1 大项1", 2022),
    },
    "substitute_capped": {
        ("voted_envelope", "预算", 2022),
        ("channel_share", "1 大项1（国资）", None),
        ("signed_contracts", "1 大项1", 2022),
    },
    "gate_can_not_open": {
        ("voted_envelope", "预算", 2022),
        ("gate_by_year", "G1（2 大项2）", 2022),
    },
    "approvals_too_late": {
        ("voted_envelope", "预算", 2022),
        ("approval_in_time", "1 大项1（债券）", 2022),
        ("signed_contracts", "1 大项1", 2022),
    },
    "capital_lost": {
        ("voted_envelope", "预算", 2022),
        ("capital_ratio", "1 大项1", None),
        ("signed_contracts", "1 大项1", 2022),
    },
    "spent_already": {("voted_envelope", "预算", 2022)},
    "ahead_of_the_shock": {("shocked_clock", "1 大项1", 2022)},
}


@pytest.mark.parametrize("name", TINY)
def test_what_lacks_is_what_arithmetic_says(name):
    case, wanted = TINY[name][0](), TINY[name][1]
    assert repair(case).verdict is Verdict.INFEASIBLE
    assert lines(told(case)) == wanted


@pytest.mark.parametrize("name", TINY)
def test_the_rules_of_a_conflict_clash_and_without_any_one_do_not(name):
    case = TINY[name][0]()
    found = told(case)
    assert found.conflict_is_minimal
    if name in CONFLICTS:
        assert clash(found) == CONFLICTS[name]
    clashes_minimally(case, found)


def clashes_minimally(case: RepairCase, found: Infeasibility) -> None:
    assert found.conflict and not can_hold(case, found.conflict)
    for member in found.conflict:
        assert can_hold(case, set(found.conflict) - {member})


@pytest.mark.parametrize(
    "name", [name for name in TINY if name not in ("capital_lost", "ahead_of_the_shock")]
)
def test_granting_what_lacks_leaves_a_plan_and_one_less_does_not(name):
    case = TINY[name][0]()
    lacks = cheapest_lacks(case, derive_repair(case))
    assert has_plan(*granted(case, lacks))
    if name != "dear_works":  # of whose envelope a few 万元 are kept for rounding
        for short in range(len(lacks)):
            less = [replace(x, wan=x.wan - (at == short)) for at, x in enumerate(lacks)]
            assert not has_plan(*granted(case, less))


def test_of_two_conflicts_one_is_named_and_both_are_mended():
    found = told(two_damages())
    assert {need.where for need in found.needs} == {"预算", "国资"}
    # Either item's own envelope with its own floor, never one of each.
    envelope, floor = found.conflict
    assert floor.where == {"预算": "1 大项1", "国资": "2 大项2"}[envelope.where]


def test_a_case_with_a_plan_is_refused():
    case = damaged({(2022, BUDGET, 1): 100}, {}, items={1: signed(80)})
    with pytest.raises(ValueError, match="has a solution"):
        told(case)


def test_without_time_nothing_is_claimed():
    found = explain_infeasible(no_money(), derive_repair(no_money()), seconds=0.0)
    assert (found.needs, found.conflict, found.conflict_is_minimal) == ((), (), False)
    assert not found.complete
    assert explain_infeasible(no_money(), derive_repair(no_money())).complete


def test_a_lower_floor_does_not_leave_a_gate_open_that_it_had_opened():
    """Item 1's floor alone (100 %) settled that item 2 may go on; item 1 can't be paid.

    Item 1 needs 100 in 2022 and has 0: 100 lacking. Told by the floor item 2's gate is shut, so
    that what it has (20 by mid-2022) must be let pass besides.
    """
    money = {(2021, BUDGET, 1): 100, (2022, BUDGET, 1): 100, (2022, STATE, 2): 40}
    case = damaged(
        money,
        {(2022, BUDGET): 0},
        items={1: signed(100)},
        gates=(finished_first(1, 2),),
        asof_quarter=HALF_DONE,
    )
    past = case.past_wan.copy()
    past[1, BUDGET, 0] = 0
    (need,) = told(replace(case, past_wan=past)).needs
    assert (need.where, need.lacking_wan) == ("预算", 100 * YI)
    assert need.alternative is not None
    assert "合同下限从 100% 降到 0%" in need.alternative
    assert "允许 2 大项2 多投 20.0 亿元" in need.alternative


@st.composite
def cut_cases(draw: st.DrawFn) -> RepairCase:
    """Two items of three years with two channels, some of it signed, envelopes cut at random."""
    plan = np.zeros((15, 3, 2), dtype=np.int64)
    for y in range(3):
        for c in (BUDGET, BOND):
            for i in range(2):
                plan[y, c, i] = draw(st.sampled_from((0, 1, 37, 400, 12_345)))
    percent = st.sampled_from((0, 30, 77, 100))
    items = tuple(
        make_item(i + 1, plan[:, :, i].sum(axis=1), tags=(draw(st.sampled_from(("民生", "甲"))),),
                  contract_share_bps=100 * draw(percent), min_capital_share_bps=5000,
                  yearly_cap_wan=20_000)
        for i in range(2)
    )  # fmt: skip
    shares = tuple(share(i, c, draw(percent)) for i in (1, 2) for c in (BUDGET, BOND))
    portfolio = make_portfolio(plan, channels=CHANNELS, items=items, shares=shares)
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    for y in range(3):
        ask[y] = ask[y] * draw(st.sampled_from((0, 20, 100))) // 100
    cut = replace(portfolio.envelopes, pooled_ask_wan=ask, pooled_reserve_wan=ask * 0)
    return undisturbed(replace(portfolio, envelopes=cut), draw(st.sampled_from((-1, 3))))


@examples(40)
@given(cut_cases())
def test_whatever_was_cut_the_needs_mend_it_and_the_conflict_clashes(case):
    if has_plan(case, derive_repair(case)):
        return
    lacks = cheapest_lacks(case, derive_repair(case))
    assert lacks
    if all(lack.place.rule != "capital_ratio" for lack in lacks):
        assert has_plan(*granted(case, lacks))
    found = told(case)
    assert found.conflict_is_minimal
    clashes_minimally(case, found)


def shipped_case(names: tuple[str, ...], sets: tuple[str, ...]) -> RepairCase:
    base = load_workbook().portfolio
    shocked, _ = apply(merged_scenario(names, sets), base)
    return repair_case(
        shocked,
        base,
        open_handed_play=play_plan(open_handed(shocked)),
        shocked_play=play_plan(shocked),
    )


def cut(years: str, change: str) -> tuple[str, ...]:
    return tuple(f"{channel}:{years}={change}" for channel in ("GPB", "SPB", "LAND"))


@pytest.mark.parametrize(
    ("names", "sets"),
    some(
        [
            ((), cut("2023", "-95%")),
            ((), ("SPB:2023=-100%",)),
            ((), cut("2022", "-80%")),
            (("专项债后置",), cut("2023", "-95%")),
            (("建材涨价",), cut("2023", "-95%")),
        ]
    ),
)
def test_the_shipped_portfolio_granted_what_lacks_is_repaired_to_proof(names, sets):
    # Shares are free: what a cut leaves of them moves with every envelope that is granted.
    case = shipped_case(names, sets)
    case = replace(case, settings=replace(case.settings, yearly_band_bps=10_000))
    limits = derive_repair(case)
    lacks = cheapest_lacks(case, limits)
    assert {lack.place.rule for lack in lacks} == {"voted_envelope"}
    mended, _ = granted(case, lacks)
    # A proof is asked for, not how fast the machine is.
    assert repair(mended, seconds=900.0).verdict is Verdict.PROVEN


def test_the_shipped_portfolio_says_what_lacks_both_ways_and_a_minimal_conflict():
    case = shipped_case((), ("SPB:2023=-100%",))
    found = told(case)
    (need,) = found.needs
    assert (need.where, need.year) == ("地方政府专项债券", 2023)
    assert need.alternative is not None and "偏离年度份额带" in need.alternative
    assert found.conflict_is_minimal
    clashes_minimally(case, found)
