"""The audit of a repair finds each kind of breach: a lawful plan, tampered with in one way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.audit.reallocation import CHECKS, audit_repair
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Share
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.settings import RepairSettings
from portfolio.model.rules.rulebook import REPAIR_RULES, RULE_BY_CODE, RULES
from portfolio.workflows import load_workbook
from tests.strategies import gate_lists, make_channel, make_item, make_portfolio, portfolios

BUDGET, BOND, OWN, ABOVE, LOAN, LATER = range(6)
FIRST, WAITS, LIVING = range(3)
CHANNELS = (
    make_channel(BUDGET),
    make_channel(BOND, group="财政性债务"),  # a third of it may count as capital: 30 %
    make_channel(OWN),
    make_channel(ABOVE),
    make_channel(LOAN),
    make_channel(LATER, first_year=2023),
)


def share(no: int, channel: int, percent: int) -> Share:
    return Share(
        item_no=no, channel_id=f"C{channel}", share_bps=0, max_share_bps=100 * percent,
        provenance="假设：测试",
    )  # fmt: skip


def gate(pred: int, succ: int, fraction_bps: int) -> Gate:
    return Gate(
        id="G", pred_no=pred, succ_no=succ, type=GateType.PROGRESS, fraction_bps=fraction_bps,
        holds_bps=0, lag_quarters=0, hard=True, reason="测试", provenance="假设：测试",
    )  # fmt: skip


def three_items() -> Portfolio:
    """Yearly plan in 万元; the budget's envelope is a tenth more than its ask.

    ========  ======  ===  ====  =====  ==================================================
    item      BUDGET  OWN  LOAN  years  rules of its own
    ========  ======  ===  ====  =====  ==================================================
    1 FIRST   100     50   50    21–23
    2 WAITS   100                22–25  half signed; not before item 1 has 375 of its 600
    3 LIVING  100                21–23  民生; at most 110 a year; 90 % of capital
    ========  ======  ===  ====  =====  ==================================================

    Ask of BUDGET: 200, 300, 300, 100, 100; BOND and LATER may spend 100 a year.
    """
    plan = np.zeros((15, 6, 3), dtype=np.int64)
    plan[:3, BUDGET, FIRST] = plan[1:5, BUDGET, WAITS] = plan[:3, BUDGET, LIVING] = 100
    plan[:3, [OWN, LOAN], FIRST] = 50
    years = plan.sum(axis=1)
    items = (
        make_item(1, years[:, FIRST], yearly_cap_wan=1000),
        make_item(2, years[:, WAITS], yearly_cap_wan=1000, contract_share_bps=5000),
        make_item(
            3, years[:, LIVING], yearly_cap_wan=110, min_capital_share_bps=9000, tags=("民生",)
        ),
    )
    shares = (
        *(share(no, BUDGET, 100) for no in (1, 2, 3)),
        share(2, BOND, 10),
        share(3, BOND, 80),
        share(3, LATER, 80),
    )
    portfolio = make_portfolio(
        plan, channels=CHANNELS, items=items, shares=shares, gates=(gate(1, 2, 6250),)
    )
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    ask[:, [BOND, LATER]] = 100
    reserve = portfolio.envelopes.pooled_reserve_wan.copy()
    reserve[:2, BUDGET] = ask[:2, BUDGET] // 10  # as entered: by itself the budget has none then
    envelopes = replace(portfolio.envelopes, pooled_ask_wan=ask, pooled_reserve_wan=reserve)
    return replace(portfolio, envelopes=envelopes)


def unshocked(portfolio: Portfolio, asof_quarter: int = -1, *, reschedule: bool = False):
    """Nothing happened: the reference is the plan, and what is past went by it."""
    n_items = len(portfolio.items)
    past = np.zeros_like(portfolio.plan_wan)
    year, quarters = divmod(asof_quarter + 1, 4)
    past[:year] = portfolio.plan_wan[:year]
    if quarters:
        past[year] = portfolio.plan_wan[year] * quarters // 4
    return RepairCase(
        portfolio=portfolio,
        asof_quarter=asof_quarter,
        reference_wan=portfolio.plan_wan,
        past_wan=past,
        work_bps=np.full((15, n_items), 10_000, dtype=np.int64),
        slowed=np.zeros(n_items, dtype=np.bool_),
        reschedule=reschedule,
        settings=RepairSettings(yearly_band_bps=10_000, livelihood_debt=True),
    )


def tampered(case: RepairCase, *changes: tuple[int, int, int, int]) -> dict[str, int]:
    """The plan with (year index, channel, item, change) each; the largest breach of each rule."""
    plan = case.portfolio.plan_wan.copy()
    for year, channel, item, change in changes:
        plan[year, channel, item] += change
    found: dict[str, int] = {}
    for breach in audit_repair(case, plan):
        found[breach.code] = max(found.get(breach.code, 0), breach.amount)
    return found


@pytest.mark.parametrize("reschedule", [False, True])
@pytest.mark.parametrize("asof_quarter", [-1, 1, 3, 7, 59])
def test_the_case_is_lawful_before_anybody_tampers(asof_quarter, reschedule):
    assert tampered(unshocked(three_items(), asof_quarter, reschedule=reschedule)) == {}


@pytest.mark.parametrize(
    ("changes", "breached"),
    [
        # 2021: 221 of 200 + 20 reserve
        ([(0, BUDGET, FIRST, 21), (1, BUDGET, FIRST, -21)], {"voted_envelope": 1}),
        # item 1 has no share of BOND
        ([(0, BUDGET, FIRST, -1), (0, BOND, FIRST, 1)], {"channel_share": 1}),
        # LATER opens in 2023
        ([(1, BUDGET, LIVING, -1), (1, LATER, LIVING, 1)], {"channel_share": 1}),
        # 10 % of item 2's 400 are 40
        ([(1, BUDGET, WAITS, -41), (1, BOND, WAITS, 41)], {"channel_share": 1}),
        ([(0, BOND, LIVING, -1)], {"channel_share": 1}),
        # own money comes earlier than it comes; goes to another item, where it is no loan's capital
        ([(0, OWN, FIRST, 10), (1, OWN, FIRST, -10)], {"own_money": 10}),
        ([(2, OWN, FIRST, -1), (2, OWN, LIVING, 1), (2, BUDGET, LIVING, -1)], {"own_money": 1}),
        # 53 of loans on capital for 50; 2 are rounding
        ([(0, LOAN, FIRST, 3), (1, LOAN, FIRST, -3)], {"loans_with_capital": 1}),
        # 151 of 150 in all; 449 of 450 capital carry 149.7 + 2
        ([(2, BUDGET, FIRST, -1), (3, LOAN, FIRST, 1)], {"loans_with_capital": 1}),
        # 2022 is the second year: 50 % × 60 % of 100 are signed
        ([(1, BUDGET, WAITS, -71)], {"signed_contracts": 1}),
        ([(0, BUDGET, LIVING, 11), (1, BUDGET, LIVING, -11)], {"yearly_cap": 1}),
        # 2025: 6 signed, but 10 % keep the works going
        ([(4, BUDGET, WAITS, -91)], {"no_stop_start": 1}),
        # item 1 has 400 − 40 by 2022: below 375, so item 2's 100 come too early
        ([(1, BUDGET, FIRST, -30), (1, LOAN, FIRST, -10)], {"gate_by_year": 100}),
        # capital 248 + 30 % of 52 = 263.6 for 270; 6 channels may round
        ([(1, BUDGET, LIVING, -52), (1, BOND, LIVING, 52)], {"capital_ratio": 1}),
        ([(1, BUDGET, LIVING, -21)], {"livelihood_floor": 1}),
        # 301 of 300; no channel is over its share
        ([(3, BOND, LIVING, 1)], {"adjusted_total": 1}),
    ],
)  # fmt: skip
def test_a_plan_tampered_with_breaks_just_the_rule(changes, breached):
    assert tampered(unshocked(three_items()), *changes) == breached


def test_what_is_past_can_not_be_changed():
    assert tampered(unshocked(three_items(), 3), (0, BUDGET, LIVING, -1)) == {"past_years": 1}
    # Half of 2021 is over: 50 are spent, 49 are planned, and 80 is the livelihood floor.
    found = tampered(unshocked(three_items(), 1), (0, BUDGET, LIVING, -51))
    assert found == {"past_years": 1, "livelihood_floor": 31}


def test_a_running_year_gets_no_more_from_a_channel_whose_approval_comes_too_late():
    more = [(0, BUDGET, LIVING, -10), (0, BOND, LIVING, 10)]
    # Bonds not yet issued: asked by the third quarter, there one quarter later.
    assert tampered(unshocked(three_items(), 0), *more) == {}
    assert tampered(unshocked(three_items(), 2), *more) == {"approval_in_time": 10}


def test_late_in_a_year_what_others_give_up_comes_too_late():
    given = [(2, BUDGET, WAITS, -24), (2, BUDGET, LIVING, -16), (2, BUDGET, FIRST, 40)]
    # By the second quarter it can be approved; later only the reserve pays more: 30 of it in 2023.
    over = {"adjusted_total": 40}
    assert tampered(unshocked(three_items(), 9), *given) == over
    assert tampered(unshocked(three_items(), 10), *given) == {**over, "approval_in_time": 10}
    reserved = tampered(unshocked(three_items(), 10), (2, BUDGET, FIRST, 30))
    assert reserved == {"adjusted_total": 30}


def test_money_can_not_make_up_for_the_time_a_shock_took():
    ahead = [(0, BUDGET, LIVING, 1), (1, BUDGET, LIVING, -1)]
    case = unshocked(three_items())
    assert tampered(case, *ahead) == {}
    slowed = np.array([False, False, True])
    assert tampered(replace(case, slowed=slowed), *ahead) == {"shocked_clock": 1}


def rich(case: RepairCase) -> RepairCase:
    """The case with so much of BUDGET that its envelope never binds."""
    envelopes = case.portfolio.envelopes
    ask = envelopes.pooled_ask_wan.copy()
    ask[:, BUDGET] = 1000
    portfolio = replace(case.portfolio, envelopes=replace(envelopes, pooled_ask_wan=ask))
    return replace(case, portfolio=portfolio)


def moved(plan: np.ndarray, item: int, years: int) -> np.ndarray:
    """The plan with all of an item's money later."""
    plan = plan.copy()
    plan[:, :, item] = np.roll(plan[:, :, item], years, axis=0)
    return plan


@pytest.mark.parametrize(
    ("years", "codes"),
    [
        (1, set()),
        (3, set()),
        # Started in 2024 at the latest, it would go on in 2025, with what is signed.
        (4, {"start_year", "no_stop_start", "signed_contracts"}),
        # A year early it also ends early: nothing keeps it going in 2025.
        (
            -1,
            {"start_year", "channel_share", "gate_by_year", "no_stop_start", "signed_contracts"},
        ),
    ],
)
def test_a_start_moves_by_three_years_at_most_and_never_ahead(years, codes):
    case = rich(unshocked(three_items(), reschedule=True))
    plan = moved(case.portfolio.plan_wan, WAITS, years)
    assert {breach.code for breach in audit_repair(case, plan)} == codes


def test_own_money_moves_with_its_item_s_start_and_not_without_it():
    case = rich(unshocked(three_items(), reschedule=True))
    plan = moved(moved(case.portfolio.plan_wan, FIRST, 1), WAITS, 1)
    assert audit_repair(case, plan) == ()
    plan[3, OWN, FIRST] -= 1
    plan[3, BUDGET, FIRST] += 1
    plan[3, OWN, LIVING] += 1
    assert {breach.code for breach in audit_repair(case, plan)} >= {"own_money"}
    still = replace(case, reschedule=False)
    assert "own_money" in {breach.code for breach in audit_repair(still, plan)}


def test_an_item_under_way_may_take_five_quarters_a_year_but_is_not_moved():
    """From 2022 on item 1 does 4/5 of a year's work: 40, 40, 20 of its own 50 and 50, loans too."""
    case = rich(unshocked(replace(three_items(), gates=()), 3, reschedule=True))
    slow = [
        (year, channel, FIRST, change * part)
        for channel, part in ((BUDGET, 2), (OWN, 1), (LOAN, 1))
        for year, change in ((1, -10), (2, -10), (3, 20))
    ]
    assert tampered(case, *slow) == {}
    assert "own_money" in tampered(replace(case, reschedule=False), *slow)
    gone = [(1, channel, FIRST, -50 * part) for channel, part in ((BUDGET, 2), (OWN, 1))]
    assert {"own_money", "no_stop_start"} <= tampered(case, *gone).keys()


def test_an_item_of_livelihood_keeps_its_years_though_starts_may_move():
    slow = (1, BUDGET, LIVING, -50)
    assert tampered(unshocked(three_items(), 3), slow) == {"livelihood_floor": 30}
    assert tampered(unshocked(three_items(), 3, reschedule=True), slow) == {"livelihood_floor": 30}


def waiting(gates: tuple[Gate, ...]) -> RepairCase:
    """Item 1 has BUDGET 100 in 2021, item 2 own money 100 in 2021."""
    plan = np.zeros((15, 3, 2), dtype=np.int64)
    plan[0, BUDGET, 0] = plan[0, OWN, 1] = 100
    return unshocked(make_portfolio(plan, gates=gates))


def test_own_money_may_come_late_only_behind_a_closed_gate():
    """Half of item 2's money a year late; two 万元 of it are rounding where a gate may hold it."""
    late = [(0, OWN, 1, -50), (1, OWN, 1, 50)]
    assert tampered(waiting(()), *late) == {"own_money": 50}
    # Item 1's 100 open the gate in 2021.
    assert tampered(waiting((gate(1, 2, 5000),)), *late) == {"own_money": 48}


def test_floors_give_way_while_a_gate_is_closed():
    """Item 1 pays 40 of the 50 that open the gate: item 2 must wait with all of its money."""
    case = waiting((gate(1, 2, 5000),))
    wait = [(0, OWN, 1, -100), (0, BUDGET, 0, -60)]
    assert tampered(case, *wait) == {}
    # With 50 the gate is open: 10 % of 100 keep the works going, and the 100 are there.
    found = tampered(case, *wait, (0, BUDGET, 0, 10))
    assert found == {"no_stop_start": 10, "own_money": 98}


def test_money_released_after_the_year_s_end_is_work_of_the_next_year():
    """One quarter late: 75 of 100 are there in 2021, below the livelihood floor of 80."""
    plan = np.zeros((15, 1, 1), dtype=np.int64)
    plan[:2, 0, 0] = 100
    portfolio = make_portfolio(
        plan, items=(make_item(1, plan[:, :, 0].sum(axis=1), tags=("民生",)),)
    )
    delay = portfolio.conditions.delay_quarters.copy()
    delay[0] = 1
    portfolio = replace(portfolio, conditions=replace(portfolio.conditions, delay_quarters=delay))
    # 2022 would do 100 + 25 where 100 was the most in a year.
    assert tampered(unshocked(portfolio)) == {"livelihood_floor": 5, "yearly_cap": 25}


def test_rationed_credit_lets_its_part_of_the_loans_through():
    """Half of the 50 that capital carries; what the shock leaves is 25, and 2 are rounding."""
    case = unshocked(three_items())
    credit = case.portfolio.conditions.credit_bps.copy()
    credit[0, LOAN] = 5000
    conditions = replace(case.portfolio.conditions, credit_bps=credit)
    reference = case.reference_wan.copy()
    reference[0, LOAN, FIRST] = 25
    case = replace(
        case, portfolio=replace(case.portfolio, conditions=conditions), reference_wan=reference
    )
    assert tampered(case, (0, LOAN, FIRST, -23)) == {}
    assert tampered(case, (0, LOAN, FIRST, -22)) == {"loans_with_capital": 1}


def test_dearer_work_uses_more_of_the_envelope():
    """10 % dearer: 2021 asks for 110 + 110 of 220; one 万元 more is rounded up to two."""
    case = unshocked(three_items())
    cost = np.full(3, 11_000, dtype=np.int64)
    conditions = replace(case.portfolio.conditions, cost_bps=cost)
    dear = replace(case, portfolio=replace(case.portfolio, conditions=conditions))
    later = [(y, BUDGET, WAITS, -50) for y in (1, 2, 3, 4)]
    assert tampered(dear, *later) == {}
    more = [(0, BUDGET, LIVING, 1), (1, BUDGET, LIVING, -1)]
    assert tampered(dear, *later, *more) == {"voted_envelope": 2}


def test_every_rule_of_a_repair_is_audited_and_named_once():
    assert list(CHECKS) == [rule.code for rule in REPAIR_RULES]
    assert len(RULE_BY_CODE) == len(RULES) + len(REPAIR_RULES)


def test_a_breach_reads_as_a_sentence():
    found = audit_repair(unshocked(three_items()), np.zeros((15, 6, 3), dtype=np.int64))
    text = next(str(breach) for breach in found if breach.code == "own_money")
    assert text == "上级指定与专属资金不得调剂：2021 年 渠道2 1 大项1，相差 50 万元"


def test_a_plan_of_another_shape_or_with_fractions_is_refused():
    case = unshocked(three_items())
    with pytest.raises(ValueError, match="shape"):
        audit_repair(case, case.portfolio.plan_wan[:14])
    with pytest.raises(ValueError, match="whole"):
        audit_repair(case, case.portfolio.plan_wan / 2)


def test_an_amount_that_would_upset_the_sums_is_a_breach():
    # 2⁶² twice is no longer in int64: the sum over the years would look small.
    found = tampered(unshocked(three_items()), (3, BUDGET, FIRST, 2**62), (4, BUDGET, FIRST, 2**62))
    assert "adjusted_total" in found


@given(st.data())
def test_without_a_shock_the_workbook_s_own_plan_is_lawful(data):
    portfolio = data.draw(portfolios(shocks=False, max_items=6))
    portfolio = replace(portfolio, gates=data.draw(gate_lists(len(portfolio.items))))
    asof = data.draw(st.sampled_from((-1, 2, 3, 7, 30)))
    case = unshocked(portfolio, asof, reschedule=data.draw(st.booleans()))
    assert audit_repair(case, portfolio.plan_wan) == ()


@pytest.mark.parametrize("asof_quarter", [-1, 9])
@pytest.mark.parametrize("reschedule", [False, True])
def test_without_a_shock_the_shipped_plan_is_lawful(asof_quarter, reschedule):
    portfolio = load_workbook().portfolio
    case = unshocked(portfolio, asof_quarter, reschedule=reschedule)
    assert audit_repair(case, portfolio.plan_wan) == ()
