"""A repair as a whole on cases worked out by hand: verdicts, gates, late money, loans, rounding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.items import Channel
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.reallocation.result import Verdict
from portfolio.model.reallocation.settings import Aim
from portfolio.optimize import aims, solver
from portfolio.optimize.repair import repair
from portfolio.optimize.rules import build
from portfolio.optimize.solver import Solved, SolveState, Variable
from tests.optimize.small_cases import (
    ABOVE,
    BEFORE_YEAR,
    LAST,
    LOAN,
    OWN,
    YEAR,
    A,
    B,
    gate,
    small_case,
)


def _values(case: RepairCase) -> list[float]:
    """The aims in their order, in 亿元."""
    return [stage.value_wan / 10_000 for stage in repair(case).stages]


def _planned(case: RepairCase) -> dict[tuple[int, int, int], int]:
    plan = repair(case).plan_wan
    assert plan is not None
    return {tuple(cell): int(plan[tuple(cell)]) for cell in np.argwhere(plan > 0).tolist()}


def test_nothing_shocked_nothing_moves() -> None:
    case = small_case({(LAST, A, 0): 10, (LAST, OWN, 1): 5})
    found = repair(case)
    assert found.verdict is Verdict.PROVEN
    assert (found.plan_wan == case.portfolio.plan_wan).all()


def test_signed_money_nobody_can_pay_is_infeasible() -> None:
    # 60 % of 10 are signed, 5 are voted, and no other channel may pay.
    case = small_case({(LAST, A, 0): 10}, envelopes={(LAST, A): 5}, items={0: {"contract": 60}})
    found = repair(case)
    assert found.verdict is Verdict.INFEASIBLE
    assert found.plan_wan is None
    assert found.stages == ()


def test_moving_least_may_leave_more_behind() -> None:
    # A is cut to 4 in 2035, B could pay the 6: 滞后 first moves 12, 调整量 first only the 6 cut.
    case = small_case(
        {(LAST, A, 0): 10}, envelopes={(LAST, A): 4, (LAST, B): 10}, shares={(B, 0): 80}
    )
    assert _values(case) == [0, 0, 12]
    aims = (Aim.MOVEMENT, Aim.DELAY, Aim.SHORTFALL)
    assert _values(replace(case, settings=replace(case.settings, aims=aims))) == pytest.approx(
        [6, 48, 0], abs=0.01
    )


def test_money_released_late_works_a_year_later() -> None:
    # Half of what A allots in 2034 is there in 2035 only: 5 of 10 behind for a year, × 8 = 40.
    case = small_case({(YEAR, A, 0): 10}, asof=BEFORE_YEAR)
    conditions = case.portfolio.conditions
    delays = conditions.delay_quarters.copy()
    delays[YEAR, A] = 2  # of four equal quarters
    late = replace(
        case,
        portfolio=replace(case.portfolio, conditions=replace(conditions, delay_quarters=delays)),
    )
    assert _values(late) == [0, 40, 0]


def test_gate_may_open_in_the_year_its_threshold_is_met() -> None:
    # Item 2 may start once item 1 is complete; both planned for 2035 and paid in full.
    case = small_case({(LAST, A, 0): 10, (LAST, A, 1): 10}, gates=(gate(0, 1),))
    assert _values(case) == [0, 0, 0]


def test_gate_with_a_year_of_lag_opens_a_year_later() -> None:
    # Item 1 is complete in 2034, item 2 may start in 2035 whatever money there is before. It was
    # planned for 2034: the plan passes the gate, and keeps what it has (grandfathered).
    plan = {(YEAR, A, 0): 10, (YEAR, A, 1): 10}
    lagged = gate(0, 1, lag_quarters=4)
    kept = small_case(plan, asof=BEFORE_YEAR, gates=(lagged,))
    assert _values(kept) == [0, 0, 0]
    assert [each.rule for each in derive_repair(kept).grandfathered] == ["gate_by_year"]


def test_floors_give_way_where_a_gate_is_closed() -> None:
    # Item 1 gets 5 of 10 and isn't complete: item 2 (100 % signed) may not start and needn't.
    case = small_case(
        {(LAST, A, 0): 10, (LAST, B, 1): 10},
        envelopes={(LAST, A): 5},
        items={1: {"contract": 100}},
        gates=(gate(0, 1),),
    )
    assert _planned(case) == {(LAST, A, 0): 50_000}


def test_gate_cannot_be_called_closed_to_escape_a_floor() -> None:
    # Complete, item 1 opens the gate: item 2 (weight 1, 100 % signed) takes 10 of 15, and item 3
    # (weight 8) has 5. Were the gate called closed, item 3 could have more.
    case = small_case(
        {(LAST, OWN, 0): 10, (LAST, A, 1): 10, (LAST, A, 2): 10},
        envelopes={(LAST, A): 15},
        items={1: {"contract": 100, "priority": 4}},
        gates=(gate(0, 1),),
    )
    assert _planned(case) == {
        (LAST, OWN, 0): 100_000,
        (LAST, A, 1): 100_000,
        (LAST, A, 2): 50_000,
    }


def test_a_gate_missed_by_one_wan_stays_closed_behind_thousands_of_yi() -> None:
    # Item 0 loses the 万元 of B for good (A may pay it no more than planned), so that its gate, at
    # all of its 400 亿元, never opens and item 1 waits: 1 × 8 a year from 2028 on. Of item 0 a 万元
    # of 2025 comes in 2024 already: 1 万元 × 8 behind from 2025 on. The solver may take no binary
    # for whole that hides a 万元 behind the 400 亿元: it once opened the gate so.
    plan = {
        (3, A, 0): 200, (3, B, 0): 0.0001, (4, A, 0): 0.125, (5, OWN, 0): 0.05, (5, ABOVE, 0): 200,
        (7, LOAN, 1): 1,
    }  # fmt: skip
    envelopes = {(3, A): 205, (3, B): 0, (10, A): 0.1}
    case = small_case(plan, asof=7, envelopes=envelopes, gates=(gate(0, 1, lag_quarters=4),))
    found = repair(case)
    assert found.verdict is Verdict.PROVEN
    assert [stage.value_wan for stage in found.stages] == [0, 8 * 80_000 + 8 * 11, 3]
    assert found.breaches == ()


def test_a_hair_of_one_aim_buys_nothing_of_the_next() -> None:
    # 10 of A for 10.01 planned; a 万元 of it draws a 万元 of loans in 2034 with item 0, 1,000 in 2035
    # with item 1. 缺口 (2034) leaves item 1 the tenth that keeps it going, 0.001: 0.009 lack, of item
    # 0 0.001 and its loan of 0.001. 滞后: 0.009 × 8 and 9.009 × 8 of item 1, 0.002 a year of item 0.
    # A whole 万元 given up of 缺口 would save 8,000 万元·年 of 滞后.
    case = small_case(
        {(YEAR, A, 0): 10, (YEAR, LOAN, 0): 10, (YEAR, A, 1): 0.01, (LAST, LOAN, 1): 10},
        asof=BEFORE_YEAR,
        envelopes={(YEAR, A): 10},
        items={0: {"priority": 4}, 1: {"priority": 1}},
        wanted={YEAR: 20.01},
    )
    shortfall, delay, _ = (reached.value for reached in repair(case).lexicographic.reached)
    assert shortfall == pytest.approx(0.011, abs=1e-6)
    # What the solver's tolerance leaves open, a hundredth of a 万元, may be used: 0.01 × 8,000.
    assert delay == pytest.approx(0.072 + 72.072 + 0.004, abs=0.01)


def test_own_money_nothing_holds_back_is_no_decision() -> None:
    case = small_case({(LAST, OWN, 0): 10, (LAST, ABOVE, 0): 5, (LAST, A, 0): 1})
    draft = build(case, derive_repair(case))
    decided = {cell for cell, term in draft.planned.items() if isinstance(term, Variable)}
    assert decided == {(LAST, A, 0)}


def test_loans_the_shock_itself_leaves_ahead_of_plan_are_lawful() -> None:
    # Planned: 5 capital and 5 loans in 2034, 5 and 15 in 2035: one loan a capital in 2034. Under
    # the shock all 10 of own capital come in 2034 with 15 loans then: 1.5 a capital stay lawful,
    # so that 20 are reached in 2034 and the rest of the loans in 2035.
    plan = {(YEAR, OWN, 0): 5, (YEAR, LOAN, 0): 5, (LAST, OWN, 0): 5, (LAST, LOAN, 0): 15}
    shocked = {(YEAR, OWN, 0): 10, (YEAR, LOAN, 0): 15, (LAST, LOAN, 0): 5}
    case = small_case(
        plan, asof=BEFORE_YEAR, reference=shocked, items={0: {"yearly_cap": 40}}, wanted={YEAR: 25}
    )
    model = build(case, derive_repair(case)).model
    name = f"loans_with_capital_i1_LOAN_{2021 + YEAR}"
    (row,) = (each for each in model.constraints() if each.name == name)
    # 10 of capital are a constant: P ≤ 1.5 × 10.
    assert -row.constant == pytest.approx(15)
    assert _values(case)[:2] == [0, 0]


def test_channel_pays_nothing_before_it_exists() -> None:
    case = small_case(
        {(LAST, A, 0): 10}, envelopes={(LAST, A): 4, (LAST, B): 10}, shares={(B, 0): 80}
    )
    channels: list[Channel] = list(case.portfolio.channels)
    channels[B] = replace(channels[B], first_year=2036)
    later = replace(case, portfolio=replace(case.portfolio, channels=tuple(channels)))
    assert _planned(later) == {(LAST, A, 0): 40_000}


def test_costs_above_the_approved_ones_eat_the_envelope() -> None:
    # At twice the cost 10 pay for 5, less a 万元 for rounding.
    case = small_case({(LAST, A, 0): 10})
    conditions = case.portfolio.conditions
    dear = replace(conditions, cost_bps=np.full(1, 20_000))
    dearer = replace(case, portfolio=replace(case.portfolio, conditions=dear))
    assert _planned(dearer)[LAST, A, 0] == pytest.approx(50_000, abs=1)


def test_thirds_are_rounded_to_whole_wan_within_the_envelope() -> None:
    # 1 万元 for three alike items of 1 万元 each: somebody has it, none has a third.
    third = 1 / 10_000
    plan = {(LAST, A, item): third for item in range(3)}
    assert sum(_planned(small_case(plan, envelopes={(LAST, A): third})).values()) == 1


def known(
    state: SolveState, objective: float | None, bound: float | None, seconds: float
) -> Solved:
    return Solved(state=state, objective=objective, bound=bound, seconds=seconds)


@pytest.mark.parametrize(
    ("answers", "allowed", "expected"),
    [
        # Proven at once, or known to have no plan: nothing is begun anew.
        ([known(SolveState.OPTIMAL, 7, 7, 3)], [30.0], (SolveState.OPTIMAL, 7, 7, 3)),
        (
            [known(SolveState.INFEASIBLE, None, None, 3)],
            [30.0],
            (SolveState.INFEASIBLE, None, None, 3),
        ),
        # After a quarter of the time another start has what is left, and proves.
        (
            [known(SolveState.FEASIBLE, 8, 5, 30), known(SolveState.OPTIMAL, 7, 7, 4)],
            [30.0, 90.0],
            (SolveState.OPTIMAL, 7, 7, 34),
        ),
        # Without a proof: the better plan, the better bound, unproven.
        (
            [known(SolveState.FEASIBLE, 8, 6, 30), known(SolveState.FEASIBLE, 9, 5, 90)],
            [30.0, 90.0],
            (SolveState.FEASIBLE, 8, 6, 120),
        ),
        (
            [known(SolveState.NOTHING, None, None, 30), known(SolveState.FEASIBLE, 9, 5, 90)],
            [30.0, 90.0],
            (SolveState.FEASIBLE, 9, 5, 120),
        ),
    ],
)
def test_a_search_without_a_proof_begins_anew(answers, allowed, expected, monkeypatch):
    asked: list[tuple[float, int]] = []

    def solve(_model, *, seconds, engine, seed=solver.SEED):
        asked.append((seconds, seed))
        return answers[len(asked) - 1]

    monkeypatch.setattr(aims, "solve", solve)
    found = aims._begun_anew(None, 120.0, "highs")
    assert (found.state, found.objective, found.bound, found.seconds) == expected
    assert [seconds for seconds, _ in asked] == allowed
    assert len({seed for _, seed in asked}) == len(asked)


def test_a_short_search_is_not_begun_anew(monkeypatch):
    monkeypatch.setattr(
        aims, "solve", lambda *_a, seconds, **_k: known(SolveState.FEASIBLE, 8, 6, seconds)
    )
    assert aims._begun_anew(None, 10.0, "highs").seconds == 10.0
