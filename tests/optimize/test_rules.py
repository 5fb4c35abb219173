"""Rule by rule: the smallest case in which the rule alone decides, and the rows it lays.

The rows are compared with `golden/<rule>.lp` as text. `WRITE_GOLDEN=1 pytest -n 0
tests/optimize/test_rules.py` writes them anew; look at the difference before keeping it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from portfolio.model.audit.reallocation import CHECKS, audit_repair
from portfolio.model.items import BondUse
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.rules.rulebook import REPAIR_RULES
from portfolio.optimize.aims import solve_in_order
from portfolio.optimize.repair import repair
from portfolio.optimize.rules import RULES, build
from portfolio.optimize.solver import new_model
from tests.optimize.small_cases import (
    BEFORE_YEAR,
    FREE_SHARES,
    LAST,
    LOAN,
    OWN,
    YEAR,
    A,
    B,
    aims_yi,
    draft_without,
    gate,
    money,
    rows_of,
    small_case,
)

GOLDEN = Path(__file__).parent / "golden"


def test_rulebook_model_and_audit_name_the_same_rules_in_the_same_order() -> None:
    codes = [rule.code for rule in REPAIR_RULES]
    assert codes == list(RULES) == list(CHECKS)


@dataclass(frozen=True, kw_only=True)
class Alone:
    """A case that one rule decides.

    ruled, free : 缺口, 滞后 and 调整量 with every rule and without this one, in 亿元
    plan : 亿元 by (year, channel, item) of the repaired plan from the first year on
    blamed : rules the audit names for the plan made without the rule, if not this one
    """

    case: RepairCase
    ruled: tuple[float, float, float]
    free: tuple[float, float, float]
    plan: dict[tuple[int, int, int], float]
    blamed: frozenset[str] | None = None


def voted_envelope() -> Alone:
    # 10 and 10 planned, 2034 voted 6, and 2035 14: 4 are late for a year, × 8 = 32; −4 and +4.
    return Alone(
        case=small_case(
            {(YEAR, A, 0): 10, (LAST, A, 0): 10},
            asof=BEFORE_YEAR,
            envelopes={(YEAR, A): 6, (LAST, A): 14},
            items={0: {"yearly_cap": 20}},
        ),
        ruled=(0, 32, 8),
        free=(0, 0, 0),
        plan={(YEAR, A, 0): 6, (LAST, A, 0): 14},
    )


def channel_share() -> Alone:
    # A has 4 of 10; B could pay 6, but no more than 20 % of 10 = 2: 4 missing × 8 = 32; −6 and +2.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10}, envelopes={(LAST, A): 4, (LAST, B): 10}, shares={(B, 0): 20}
        ),
        ruled=(0, 32, 8),
        free=(0, 0, 12),
        plan={(LAST, A, 0): 4, (LAST, B, 0): 2},
    )


def yearly_band() -> Alone:
    # A has 4 of 10; B may bring 15 % of what the city pays: 4 / 0.85 = 4.7059, of it 0.7059.
    # 5.2941 missing × 8 = 42.353; −6 and +0.7059.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10},
            envelopes={(LAST, A): 4, (LAST, B): 10},
            shares={(B, 0): 80},
            settings=replace(FREE_SHARES, yearly_band_bps=1_500),
        ),
        ruled=(0, 42.353, 6.706),
        free=(0, 0, 12),
        plan={(LAST, A, 0): 4, (LAST, B, 0): 0.7059},
    )


def bonds_where_lawful() -> Alone:
    # B is special bonds and the item may not carry any: its 5 stay and are not 8. 3 × 8 = 24.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 5, (LAST, B, 0): 5},
            envelopes={(LAST, A): 2, (LAST, B): 10},
            shares={(B, 0): 100},
            items={0: {"bond_use": BondUse.NOT}},
        ),
        ruled=(0, 24, 3),
        free=(0, 0, 6),
        plan={(LAST, A, 0): 2, (LAST, B, 0): 5},
    )


def livelihood_debt() -> Alone:
    # A has 1.25 of 5; the 5 of B are planned and no more is. 3.75 × 8 = 30.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 5, (LAST, B, 0): 5},
            envelopes={(LAST, A): 1.25, (LAST, B): 10},
            shares={(B, 0): 100},
            items={0: {"tags": ("民生",)}},
            settings=replace(FREE_SHARES, livelihood_bps=0, livelihood_debt=False),
        ),
        ruled=(0, 30, 3.75),
        free=(0, 0, 7.5),
        plan={(LAST, A, 0): 1.25, (LAST, B, 0): 5},
    )


def own_money() -> Alone:
    # Own money of 4 and 6 comes as 1 and 9: 3 late for a year, × 8 = 24. A gate (open from the
    # first 万元 of item 2) keeps it from being fixed, so that only the rule holds it back.
    return Alone(
        case=small_case(
            {(YEAR, OWN, 0): 4, (LAST, OWN, 0): 6, (YEAR, A, 1): 1},
            asof=BEFORE_YEAR,
            reference={(YEAR, OWN, 0): 1, (LAST, OWN, 0): 9, (YEAR, A, 1): 1},
            gates=(gate(1, 0),),
            items={1: {"contract": 100}},
        ),
        ruled=(0, 24, 0),
        free=(0, 0, 0),
        plan={(YEAR, OWN, 0): 1, (LAST, OWN, 0): 9, (YEAR, A, 1): 1},
    )


def loans_with_capital() -> Alone:
    # Half capital, half loans. 3 of 5 capital carry 3 of 5 loans: 4 late for a year, × 8 = 32.
    # Loans without bounds would make it up: 3 + 7, then 7 + 3 as nothing else is asked of them.
    return Alone(
        case=small_case(
            {(y, c, 0): 5 for y in (YEAR, LAST) for c in (A, LOAN)},
            asof=BEFORE_YEAR,
            envelopes={(YEAR, A): 3, (LAST, A): 7},
            items={0: {"yearly_cap": 20}},
        ),
        ruled=(0, 32, 4),
        free=(0, 0, 2),
        plan={(YEAR, A, 0): 3, (YEAR, LOAN, 0): 3, (LAST, A, 0): 7, (LAST, LOAN, 0): 7},
    )


def signed_contracts() -> Alone:
    # 14 for 10 and 10; item 2 has weight 1, and 60 % of it is signed: 8 and 6, 8 × 2 + 4 = 20.
    # Unsigned: 10 and 4, 1 × 6.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10, (LAST, A, 1): 10},
            envelopes={(LAST, A): 14},
            items={1: {"priority": 4, "contract": 60}},
        ),
        ruled=(0, 20, 6),
        free=(0, 6, 6),
        plan={(LAST, A, 0): 8, (LAST, A, 1): 6},
    )


def yearly_cap() -> Alone:
    # 6 of 10 in 2034, then 14 voted but 12 the most: 4 behind, then 2, × 8 = 48. Uncapped: 32.
    return Alone(
        case=small_case(
            {(YEAR, A, 0): 10, (LAST, A, 0): 10},
            asof=BEFORE_YEAR,
            envelopes={(YEAR, A): 6, (LAST, A): 14},
            items={0: {"yearly_cap": 12}},
        ),
        ruled=(0, 48, 6),
        free=(0, 32, 8),
        plan={(YEAR, A, 0): 6, (LAST, A, 0): 12},
    )


def no_stop_start() -> Alone:
    # 10 for 10 and 10; item 2 keeps a tenth: 9 and 1, 8 × 1 + 9 = 17. Else 10 and 0, 1 × 10.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10, (LAST, A, 1): 10},
            envelopes={(LAST, A): 10},
            items={1: {"priority": 4}},
        ),
        ruled=(0, 17, 10),
        free=(0, 10, 10),
        plan={(LAST, A, 0): 9, (LAST, A, 1): 1},
    )


def gate_by_year() -> Alone:
    # 12 for 10 and 10 in 2034, 20 after; item 2 (weight 8) may not start before item 1 (weight 1)
    # is complete: 10 and 2, 8 × 8 = 64; −8 and +8. Without the gate 2 and 10, 1 × 8.
    return Alone(
        case=small_case(
            {(YEAR, A, 0): 10, (YEAR, A, 1): 10},
            asof=BEFORE_YEAR,
            envelopes={(YEAR, A): 12, (LAST, A): 20},
            items={0: {"priority": 4}},
            gates=(gate(0, 1),),
        ),
        ruled=(0, 64, 16),
        free=(0, 8, 16),
        plan={(YEAR, A, 0): 10, (YEAR, A, 1): 2, (LAST, A, 1): 8},
    )


def shared_cut() -> Alone:
    # A has 14 of 20: of its 10 the second item, of the last class, keeps 7 less 15 % of 10 = 5.5.
    # 4.5 × 1 + 1.5 × 8 = 16.5 instead of 6 × 1.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10, (LAST, A, 1): 10},
            envelopes={(LAST, A): 14},
            items={1: {"priority": 4}},
            settings=replace(FREE_SHARES, yearly_band_bps=1_500),
        ),
        ruled=(0, 16.5, 6),
        free=(0, 6, 6),
        plan={(LAST, A, 0): 8.5, (LAST, A, 1): 5.5},
    )


def capital_ratio() -> Alone:
    # B counts 30 % as capital: 4 + 0.3 x ≥ 65 % × (4 + x) gives x ≤ 4: 2 missing × 8 = 16.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10},
            envelopes={(LAST, A): 4, (LAST, B): 10},
            shares={(B, 0): 80},
            items={0: {"capital": 65}},
        ),
        ruled=(0, 16, 10),
        free=(0, 0, 12),
        plan={(LAST, A, 0): 4, (LAST, B, 0): 4},
    )


def livelihood_floor() -> Alone:
    # 14 for 10 and 10; item 2 is 民生 and keeps 80 %: 6 and 8, 8 × 4 + 2 = 34. Else 10 and 4.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10, (LAST, A, 1): 10},
            envelopes={(LAST, A): 14},
            items={1: {"priority": 4, "tags": ("民生",)}},
        ),
        ruled=(0, 34, 6),
        free=(0, 6, 6),
        plan={(LAST, A, 0): 6, (LAST, A, 1): 8},
    )


def adjusted_total() -> Alone:
    # Item 1's own money is 5 short of the year's 20; item 2 could take 8 + 8 by its shares and 20
    # by its cap, but has only 10 in all: 5 short, and 8 × 5 behind. Else item 2 takes 15.
    return Alone(
        case=small_case(
            {(LAST, OWN, 0): 10, (LAST, A, 1): 5, (LAST, B, 1): 5},
            envelopes={(LAST, A): 10, (LAST, B): 10},
            reference={(LAST, OWN, 0): 5, (LAST, A, 1): 5, (LAST, B, 1): 5},
            shares={(A, 1): 80, (B, 1): 80},
            items={1: {"yearly_cap": 20}},
            wanted={LAST: 20},
        ),
        ruled=(5, 40, 0),
        free=(0, 40, 5),
        plan={(LAST, OWN, 0): 5, (LAST, A, 1): 5, (LAST, B, 1): 5},
    )


def past_years() -> Alone:
    # Half of 2035 is past, 5 and 5 are spent; 12 are voted: 7 and 5, 8 × 3 + 5 = 29. Could the
    # past be undone: 10 and 2, 1 × 8.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10, (LAST, A, 1): 10},
            asof=4 * LAST + 1,
            past={(LAST, A, 0): 5, (LAST, A, 1): 5},
            envelopes={(LAST, A): 12},
            items={1: {"priority": 4}},
        ),
        ruled=(0, 29, 8),
        free=(0, 8, 8),
        plan={(LAST, A, 0): 7, (LAST, A, 1): 5},
    )


def approval_in_time() -> Alone:
    # Three quarters of 2035 are past; more bonds (B) can't be approved any more: 6 × 8 = 48.
    return Alone(
        case=small_case(
            {(LAST, A, 0): 10},
            asof=4 * LAST + 2,
            envelopes={(LAST, A): 4, (LAST, B): 10},
            shares={(B, 0): 80},
        ),
        ruled=(0, 48, 6),
        free=(0, 0, 12),
        plan={(LAST, A, 0): 4},
    )


def shocked_clock() -> Alone:
    # Slowed to 5 and 15 of 10 and 10, the money is there all the same: 5 late, × 8 = 40.
    return Alone(
        case=small_case(
            {(YEAR, A, 0): 10, (LAST, A, 0): 10},
            asof=BEFORE_YEAR,
            envelopes={(LAST, A): 20},
            reference={(YEAR, A, 0): 5, (LAST, A, 0): 15},
            slowed=(0,),
            items={0: {"yearly_cap": 20}},
        ),
        ruled=(0, 40, 10),
        free=(0, 0, 0),
        plan={(YEAR, A, 0): 5, (LAST, A, 0): 15},
    )


def start_year() -> Alone:
    # Item 1 (weight 1, under way, 60 % signed: 6 in 2034) may take 5/4 or 3/2 of its time: its 10 of
    # 2034 become 8 or 6.67, signed 4.8 or 4. 13 voted: 4 and 9 (weight 8), 6 + 8 × 1 = 14. Were both
    # taken, 6 − 1.2 − 2 = 2.8 would be signed: 3 and 10, 7 × 1.
    return Alone(
        case=small_case(
            {(YEAR - 1, A, 0): 10, (YEAR, A, 0): 10, (LAST, A, 0): 10, (YEAR, A, 1): 10},
            asof=BEFORE_YEAR,
            envelopes={(YEAR, A): 13, (LAST, A): 17},
            items={0: {"priority": 4, "contract": 60, "yearly_cap": 20}},
            reschedule=True,
        ),
        ruled=(0, 14, 14),
        free=(0, 7, 14),
        plan={(YEAR, A, 0): 4, (LAST, A, 0): 16, (YEAR, A, 1): 9, (LAST, A, 1): 1},
        blamed=frozenset({"signed_contracts"}),  # the audit takes it for one of the moves
    )


ALONE = {
    case.__name__: case
    for case in (
        voted_envelope,
        channel_share,
        yearly_band,
        bonds_where_lawful,
        livelihood_debt,
        own_money,
        loans_with_capital,
        signed_contracts,
        yearly_cap,
        no_stop_start,
        gate_by_year,
        shared_cut,
        capital_ratio,
        livelihood_floor,
        adjusted_total,
        past_years,
        approval_in_time,
        shocked_clock,
        start_year,
    )
}


@pytest.mark.parametrize(
    ("quarters", "reserve", "given"),
    [
        (2, 0, 5),  # asked for in the third quarter, there in the fourth: item 2 gives 5
        (3, 0, 0),  # too late for that
        (3, 5, 5),  # what the reserve pays is there in the quarter it is asked for
        (3, 3, 3),  # and no more than it: item 2 gives nothing beside it
    ],
)
def test_late_in_a_year_only_the_reserve_gives_more(quarters: int, reserve: int, given: int):
    # Item 1 loses its 5 of bonds; item 2 is of the lowest class.
    case = small_case(
        {(LAST, A, 0): 5, (LAST, B, 0): 5, (LAST, A, 1): 10},
        asof=4 * LAST + quarters - 1,
        envelopes={(LAST, A): 15 + reserve, (LAST, B): 0},
        shares={(A, 0): 100},
        items={1: {"priority": 4}},
    )
    found = repair(case)
    assert found.plan_wan is not None
    assert found.breaches == ()
    assert int(found.plan_wan[LAST, A, 0]) == 10_000 * (5 + given)


def test_every_rule_has_its_case() -> None:
    assert list(ALONE) == list(RULES)


@pytest.mark.parametrize("rule", ALONE)
def test_rule_alone_decides(rule: str) -> None:
    alone = ALONE[rule]()
    assert aims_yi(draft_without(alone.case)) == pytest.approx(alone.ruled, abs=0.01)
    assert aims_yi(draft_without(alone.case, rule)) == pytest.approx(alone.free, abs=0.01)


@pytest.mark.parametrize("rule", ALONE)
def test_repair_lays_the_plan_worked_out_by_hand(rule: str) -> None:
    alone = ALONE[rule]()
    found = repair(alone.case)
    first, n_items = alone.case.first_year, len(alone.case.portfolio.items)
    assert found.plan_wan is not None
    assert found.breaches == ()
    wanted = money(alone.plan, n_items)
    wanted[:first] = alone.case.past_wan[:first]
    # A plan is free in what leaves all aims alike; a 万元 is the solver's own.
    assert np.abs(found.plan_wan - wanted).max() <= 1


@pytest.mark.parametrize("rule", ALONE)
def test_audit_blames_a_plan_made_without_the_rule_on_the_rule(rule: str) -> None:
    alone = ALONE[rule]()
    draft = draft_without(alone.case, rule)
    values = solve_in_order(draft, seconds=30.0).solved.values
    plan = np.zeros_like(alone.case.past_wan)
    for cell, term in draft.planned.items():
        yi = term if isinstance(term, float) else values.get(term.name, 0.0)
        plan[cell] = round(10_000 * yi)
    blamed = {rule} if alone.blamed is None else alone.blamed
    assert {breach.code for breach in audit_repair(alone.case, plan)} == blamed


@pytest.mark.parametrize("rule", ALONE)
def test_rows_of_a_rule_are_the_golden_ones(rule: str, tmp_path: Path) -> None:
    case = ALONE[rule]().case
    draft = build(case, derive_repair(case))
    rows = new_model(rule)
    names = set(rows_of(draft, rule))
    for row in draft.model.constraints():
        if row.name in names:
            rows.addConstraint(row, row.name)
    made = tmp_path / "rows.lp"
    rows.writeLP(str(made))
    text = made.read_text(encoding="utf-8")
    golden = GOLDEN / f"{rule}.lp"
    if os.environ.get("WRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")
    assert text.isascii()


def test_only_the_rows_of_a_rule_start_with_its_name() -> None:
    """What asks on (conflicts, prices) finds rows by their places: every rule has some."""
    laid = set()
    for case in (alone().case for alone in ALONE.values()):
        draft = build(case, derive_repair(case))
        assert set(draft.places) <= {row.name for row in draft.model.constraints()}
        assert all(name.startswith(place.rule) for name, place in draft.places.items())
        laid |= {place.rule for place in draft.places.values()}
    assert laid == set(ALONE)
