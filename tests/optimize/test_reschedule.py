"""Start years as decisions: each limit decides a small case alone; the audit tells them apart.

Money in 亿元, years 2034 and 2035 (`YEAR`, `LAST`), as in `small_cases`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.items import TargetKind
from portfolio.model.money import WAN_PER_YI
from portfolio.model.reallocation.aims import aim_values, shortfall_by_year_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.reallocation.result import Verdict
from portfolio.model.reallocation.settings import Aim
from portfolio.optimize.aims import amount, solve_in_order
from portfolio.optimize.model import open_draft
from portfolio.optimize.repair import Repaired, repair
from portfolio.optimize.reschedule import (
    as_moved,
    may_go_slower,
    may_start_later,
    moved_items,
    offered,
    settled,
    stretched,
)
from portfolio.optimize.rules import RULES, build
from portfolio.optimize.solver import new_model, solve
from portfolio.workflows.reallocate import open_case
from tests.examples import examples
from tests.optimize.small_cases import (
    BEFORE_LAST,
    BEFORE_YEAR,
    LAST,
    LOAN,
    OWN,
    YEAR,
    A,
    gate,
    random_cases,
    small_case,
)


def with_ceiling(case: RepairCase, ceilings: Mapping[int, float], floor: float = 0) -> RepairCase:
    """The case with a band from `floor` to a top by year, start years decisions."""
    targets = small_case({(0, A, 0): 1}, wanted=dict.fromkeys(ceilings, floor)).portfolio.targets
    bands = tuple(
        replace(target, kind=TargetKind.BAND, upper_wan=round(top * WAN_PER_YI))
        for target, top in zip(targets, ceilings.values(), strict=True)
    )
    return replace(case, portfolio=replace(case.portfolio, targets=bands), reschedule=True)


def moves(found: Repaired) -> dict[int, tuple[int, int]]:
    """Years later and quarters a year takes, of the items that are moved."""
    values = found.lexicographic.solved.values
    return {i: (c.years, c.slower) for i, c in moved_items(found.draft, values).items()}


def yi_by_year(found: Repaired, item: int) -> list[float]:
    """The item's money in 2034 and 2035."""
    assert found.plan_wan is not None
    return [wan / WAN_PER_YI for wan in found.plan_wan[YEAR:, :, item].sum(axis=1).tolist()]


def proven(case: RepairCase) -> Repaired:
    """The repair, solved to proof and lawful."""
    found = repair(case, seconds=60)
    assert found.verdict is Verdict.PROVEN
    assert found.breaches == ()
    return found


def two_at_once(**changes: object) -> RepairCase:
    """Two items of 10 of their own money in 2034, of priority 1 and 4; ceilings of 10 a year."""
    items = {0: {"priority": 1}, 1: {"priority": 4}}
    case = small_case(
        {(YEAR, OWN, 0): 10, (YEAR, OWN, 1): 10}, asof=BEFORE_YEAR, items=items, **changes
    )
    return with_ceiling(case, {YEAR: 10, LAST: 10})


def test_a_later_start_meets_a_ceiling_and_the_lesser_item_waits():
    # As planned 2034 is 10 above its ceiling. Waiting costs 10 × 8 (priority 1) or 10 × 1.
    found = proven(two_at_once())
    assert moves(found) == {1: (1, 4)}
    assert yi_by_year(found, 0) == [10, 0]
    assert yi_by_year(found, 1) == [0, 10]
    assert [stage.value_wan for stage in found.stages] == [0, 10 * WAN_PER_YI, 0]


def test_without_the_request_starts_stay_and_a_ceiling_asks_for_nothing():
    case = replace(two_at_once(), reschedule=False)
    found = proven(case)
    assert (found.plan_wan == case.portfolio.plan_wan).all()
    assert found.draft.choices == {}
    assert shortfall_by_year_wan(case, case.portfolio.plan_wan).sum() == 0


def test_a_later_start_frees_an_envelope_that_holds_only_one_item():
    # Both items have signed all of 2034; the envelope of 2034 was cut from 20 to 10.
    items = {0: {"contract": 100}, 1: {"contract": 100, "priority": 4}}
    case = small_case(
        {(YEAR, A, 0): 10, (YEAR, A, 1): 10},
        asof=BEFORE_YEAR,
        items=items,
        envelopes={(YEAR, A): 10, (LAST, A): 10},
    )
    assert repair(case).verdict is Verdict.INFEASIBLE
    found = proven(replace(case, reschedule=True))
    assert moves(found) == {1: (1, 4)}
    assert yi_by_year(found, 1) == [0, 10]


def under_way(**item: object) -> RepairCase:
    """20 of own money in 2034, 10 of 2033 past; a ceiling of 2034."""
    plan = {(YEAR - 1, OWN, 0): 10, (YEAR, OWN, 0): 20}
    return small_case(plan, asof=BEFORE_YEAR, items={0: item})


@pytest.mark.parametrize(
    ("ceiling", "way", "spent"),
    [
        (20, {}, [20, 0]),
        (16, {0: (0, 5)}, [16, 4]),  # 20 × 4/5
        (14, {0: (0, 6)}, [13.3333, 6.6667]),  # 20 × 2/3, cut to whole 万元
    ],
)
def test_an_item_under_way_goes_slower_and_does_not_start_again(ceiling, way, spent):
    found = proven(with_ceiling(under_way(), {YEAR: ceiling}))
    assert moves(found) == way
    assert yi_by_year(found, 0) == spent
    assert found.stages[0].value_wan == 0


@pytest.mark.parametrize(
    "item",
    [{"tags": ("民生",)}, {"priority": 1, "stage": "过半"}],
    ids=["livelihood", "urgent and past half"],
)
def test_items_that_keep_their_years_are_not_moved(item):
    found = proven(with_ceiling(under_way(**item), {YEAR: 16}))
    assert moves(found) == {}
    assert found.stages[0].value_wan == 4 * WAN_PER_YI


def test_livelihood_items_do_not_start_later():
    case = two_at_once()
    later = may_start_later(case)
    tagged = tuple(replace(item, tags=("民生",)) for item in case.portfolio.items)
    case = replace(case, portfolio=replace(case.portfolio, items=tagged))
    assert later.tolist() == [True, True]
    assert may_start_later(case).tolist() == [False, False]
    assert proven(case).stages[0].value_wan == 10 * WAN_PER_YI


@pytest.mark.parametrize("way", ["money before 2021", "money in a past year", "running year"])
def test_an_item_with_money_so_far_is_under_way(way):
    plan = {(YEAR - 1, OWN, 0): 1, (YEAR, OWN, 0): 2, (LAST, OWN, 0): 2}
    if way == "money before 2021":
        case = small_case(plan, asof=-1, items={0: {"earlier_wan": 1, "total_wan": 50_001}})
    elif way == "money in a past year":
        case = small_case(plan, asof=BEFORE_YEAR)
    else:
        case = small_case(plan, asof=BEFORE_YEAR - 1, past={(YEAR - 1, OWN, 0): 0.5})
    assert may_start_later(case).tolist() == [False]
    assert may_go_slower(case).tolist() == [True]


def test_nothing_moves_into_a_year_in_which_the_item_cannot_work():
    # Stopped all of 2035: starting then, or leaving money for then, is not offered.
    for works in (two_at_once(), with_ceiling(under_way(), {YEAR: 16})):
        stopped = works.work_bps.copy()
        stopped[LAST] = 0
        case = replace(works, work_bps=stopped)
        assert offered(new_model("any"), works, derive_repair(works)) != {}
        assert offered(new_model("any"), case, derive_repair(case)) == {}


def test_stretching_cuts_cumulated_money_to_whole_wan_and_leaves_the_past():
    money = np.zeros((15, 1, 1), dtype=np.int64)
    money[10:14, 0, 0] = (7, 10, 10, 11)
    # Reached from 2032 on: 10, 20, 31. At 4/5, 8/5, 12/5, 16/5 of a year: 8, 16, 24.4, 31.
    assert stretched(money, 11, 5)[10:, 0, 0].tolist() == [7, 8, 8, 8, 7]
    # At 2/3, 4/3, 2, 8/3: 6.7, 13.3, 20, 27.3; the last 4 are left for after 2035.
    assert stretched(money, 11, 6)[10:, 0, 0].tolist() == [7, 6, 7, 7, 7]


def test_a_running_year_is_left_as_it_is():
    plan = {(YEAR, OWN, 0): 10, (LAST, OWN, 0): 10}
    case = small_case(plan, asof=BEFORE_LAST - 2, past={(YEAR, OWN, 0): 5})
    found = proven(with_ceiling(case, {YEAR: 8, LAST: 8}))
    assert yi_by_year(found, 0) == [10, 8]


def test_loans_keep_step_with_the_capital_of_the_moved_profile():
    # Planned: capital 10 in 2033, loans 10 in 2034. Moved a year: no loan before 2035.
    case = small_case({(YEAR - 1, OWN, 0): 10, (YEAR, LOAN, 0): 10}, asof=BEFORE_YEAR - 4)
    found = proven(with_ceiling(case, {YEAR - 1: 0, YEAR: 10, LAST: 10}))
    assert moves(found) == {0: (1, 4)}
    assert yi_by_year(found, 0) == [10, 10]


def behind_an_open_gate() -> RepairCase:
    """4 of own money in 2034, behind a gate open since 2032; ceilings of 2 in 2034 and 2035."""
    plan = {(YEAR, OWN, 0): 4, (YEAR - 3, OWN, 1): 1}
    return with_ceiling(small_case(plan, asof=BEFORE_YEAR, gates=(gate(1, 0),)), {YEAR: 2, LAST: 2})


def test_own_money_behind_an_open_gate_comes_as_moved_and_no_later():
    # Half in each year would keep both ceilings, but nothing holds the money: all of it comes, in
    # 2034 or, moved, in 2035.
    found = proven(behind_an_open_gate())
    assert moves(found) == {}
    assert yi_by_year(found, 0) == [4, 0]
    assert found.stages[0].value_wan == 2 * WAN_PER_YI


def test_the_audit_refuses_own_money_late_behind_an_open_gate():
    case = behind_an_open_gate()
    assert tampered(case) == set()
    assert tampered(case, (YEAR, -4), (LAST, 4)) == set()
    assert tampered(case, (YEAR, -2), (LAST, 2)) == {"own_money"}


def test_where_no_move_pays_the_plan_is_that_without_the_request():
    plan = {(YEAR, A, 0): 10, (LAST, A, 0): 10, (YEAR, OWN, 1): 4, (LAST, LOAN, 1): 2}
    case = small_case(
        plan,
        asof=BEFORE_YEAR,
        envelopes={(YEAR, A): 8, (LAST, A): 12},
        items={0: {"yearly_cap": 20}},
        wanted={YEAR: 10},
    )
    still, free = proven(case), proven(replace(case, reschedule=True))
    assert moves(free) == {}
    assert still.plan_wan is not None and free.plan_wan is not None
    assert (still.plan_wan == free.plan_wan).all()


def tampered(case: RepairCase, *changes: tuple[int, float], item: int = 0) -> set[str]:
    """Rules the plan breaks with own money of an item in a year changed."""
    plan = case.portfolio.plan_wan.copy()
    for year, yi in changes:
        plan[year, OWN, item] += round(yi * WAN_PER_YI)
    return {breach.code for breach in audit_repair(case, plan)}


def test_the_audit_accepts_the_two_stretches_and_no_other():
    case = replace(under_way(), reschedule=True)
    assert tampered(case, (YEAR, -4), (LAST, 4)) == set()
    assert tampered(case, (YEAR, -6.6667), (LAST, 6.6667)) == set()
    assert tampered(case, (YEAR, -5), (LAST, 5)) == {"own_money"}
    assert tampered(case, (YEAR, -10), (LAST, 10)) == {"own_money"}
    assert tampered(case, (YEAR, -20), (LAST, 20)) >= {"own_money"}
    still = replace(case, reschedule=False)
    assert tampered(still, (YEAR, -4), (LAST, 4)) == {"own_money"}


@pytest.mark.parametrize("item", [{"tags": ("民生",)}, {"priority": 1, "stage": "过半"}])
def test_the_audit_refuses_to_stretch_what_keeps_its_years(item):
    case = replace(under_way(**item), reschedule=True)
    assert "own_money" in tampered(case, (YEAR, -4), (LAST, 4))


def test_the_audit_refuses_a_start_in_a_year_without_work():
    case = two_at_once()
    stopped = case.work_bps.copy()
    stopped[LAST] = 0
    later = (YEAR, -10), (LAST, 10)
    assert tampered(case, *later, item=1) == set()
    assert tampered(replace(case, work_bps=stopped), *later, item=1) >= {"own_money"}


def test_an_item_left_without_money_by_a_closed_gate_has_not_started_too_late():
    # Item 1's gate is closed in its only year, 2031, which lifts its floors; 2031 has no envelope.
    case = small_case(
        {(11, OWN, 0): 10, (10, A, 1): 10},
        asof=4 * 10 - 1,
        envelopes={(10, A): 0},
        gates=(gate(0, 1),),
        reschedule=True,
    )
    plan = case.portfolio.plan_wan.copy()
    plan[10, A, 1] = 0
    assert audit_repair(case, plan) == ()
    free = replace(case, portfolio=replace(case.portfolio, gates=()))
    assert "start_year" in {breach.code for breach in audit_repair(free, plan)}


@st.composite
def movable_cases(draw: st.DrawFn, shocks: bool = False) -> RepairCase:
    """Random cases with tops of a band in the years that hold money."""
    case = draw(random_cases(shocks=shocks, max_items=2))
    years = np.flatnonzero(case.portfolio.plan_wan.sum(axis=(1, 2))).tolist()
    tops = {year: draw(st.sampled_from((0, 3, 10))) for year in years}
    return with_ceiling(case, tops)


@examples(40)
@given(movable_cases())
def test_the_best_moves_are_those_found_by_trying_all(case: RepairCase) -> None:
    # Shortfall first: the model with binaries against one without for each way to move the items.
    limits = derive_repair(case)
    draft = build(case, limits)
    answer = solve_in_order(draft, seconds=60)
    ways = [[None, *choices] for choices in draft.choices.values()]
    reached = []
    for way in product(*ways):
        values = {choice.taken.name: 1.0 for choice in way if choice is not None}
        fixed = open_draft(new_model("fixed"), case, settled(draft, values), {})
        for rule in ("gate_by_year", *(code for code in RULES if code != "gate_by_year")):
            RULES[rule](fixed)
        alone = solve_in_order(fixed, seconds=60)
        if alone.reached:
            reached.append([entry.value for entry in alone.reached])
    assert bool(reached) == bool(answer.reached)
    if reached:
        found = [entry.value for entry in answer.reached]
        assert found[0] == pytest.approx(min(values[0] for values in reached), abs=5e-4, rel=1e-5)
        near = [values for values in reached if values[0] <= found[0] + 5e-4]
        assert found[1] <= min(values[1] for values in near) + 0.02


@examples(60)
@given(st.booleans().flatmap(lambda shocks: movable_cases(shocks=shocks)))
def test_the_audit_agrees_with_every_plan(case: RepairCase) -> None:
    assert repair(case, seconds=60).breaches == ()


@examples(40)
@given(st.booleans().flatmap(lambda shocks: movable_cases(shocks=shocks)))
def test_the_shortfall_counted_in_wan_is_the_model_s(case: RepairCase) -> None:
    draft = build(case, derive_repair(case))
    answer = solve_in_order(draft, seconds=60)
    if not answer.reached:
        return
    plan = np.zeros_like(case.portfolio.plan_wan)
    for cell, term in draft.planned.items():
        yi = term if isinstance(term, float) else amount(1 * term, answer.solved)
        plan[cell] = round(yi * WAN_PER_YI)
    # The nearest 万元 is at most one off a cell; the later aims may use a millionth.
    shortfall = aim_values(case, plan)[Aim.SHORTFALL]
    reached = answer.reached[0].value * WAN_PER_YI
    assert shortfall == pytest.approx(reached, abs=100, rel=1e-5)


def test_holding_moves_still_leaves_the_model_free_again():
    draft = build(two_at_once(), derive_repair(two_at_once()))
    draft.model.setObjective(draft.reached[YEAR, 0] + draft.reached[YEAR, 1])
    with as_moved(draft, {}):
        assert solve(draft.model).objective == pytest.approx(20)
    assert solve(draft.model).objective == pytest.approx(0)


def test_the_shipped_plan_under_a_shock_with_starts_free_is_lawful():
    case = open_case(None, ["土地出让断崖"], reschedule=True).case
    found = repair(case, seconds=60)
    assert found.verdict in (Verdict.PROVEN, Verdict.UNPROVEN)
    assert found.breaches == ()
    assert found.plan_wan is not None
    lacking = [
        int(shortfall_by_year_wan(case, plan).sum())
        for plan in (found.plan_wan, case.portfolio.plan_wan)
    ]
    assert lacking[0] < lacking[1]
