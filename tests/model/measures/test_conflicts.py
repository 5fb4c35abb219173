from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import given

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import Gate, GateType
from portfolio.model.measures.graph import plan_conflicts
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.read.workbook import read_workbook
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.strategies import make_item, make_portfolio, portfolios


def gate(kind: GateType, holds_bps: int = 0, **changes: object) -> Gate:
    fields: dict[str, object] = {
        "id": "G1",
        "pred_no": 1,
        "succ_no": 2,
        "type": kind,
        "fraction_bps": None,
        "holds_bps": holds_bps,
        "lag_quarters": 0,
        "hard": True,
        "reason": "测试",
        "provenance": "假设：测试",
    }
    return Gate(**(fields | changes))  # type: ignore[arg-type]


def two_items(
    pred_years: list[int], succ_years: list[int], *gates: Gate, pre: tuple[int, int] = (0, 0)
) -> Portfolio:
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    plan[: len(pred_years), 0, 0] = pred_years
    plan[: len(succ_years), 0, 1] = succ_years
    items = tuple(make_item(k + 1, plan[:, :, k].sum(axis=1), pre[k]) for k in range(2))
    return make_portfolio(plan, items=items, gates=gates)


def test_a_successor_that_starts_before_its_predecessor_has_reached_the_threshold() -> None:
    # 1 draws 10 a quarter, has 25 of 100 (25 %) after the third quarter: open from 2021Q4 on.
    # 2 plans 5 a quarter from 2021Q1 and is 15 ahead at the end of Q3.
    progress = gate(GateType.PROGRESS, fraction_bps=2500)
    (found,) = plan_conflicts(two_items([40, 40, 20], [20, 20], progress))
    assert (found.first_quarter, found.last_quarter, found.opens) == (0, 2, 3)
    assert found.excess_wan == 15
    assert found.quarters == 3


def test_a_successor_that_passes_its_ceiling_before_the_predecessor_is_complete() -> None:
    # 1 ends in 2022Q4 (8 quarters): open from 2023Q1. 2 may hold 50 % of 80 = 40 until then; it
    # draws 10 a quarter, passes 40 in 2022Q1 and has 80 at the end of 2022.
    ff = gate(GateType.FF, 5000, hard=False)
    (found,) = plan_conflicts(two_items([40, 40], [40, 40], ff))
    assert (found.first_quarter, found.last_quarter, found.opens) == (4, 7, 8)
    assert found.excess_wan == 40


def test_a_lag_holds_the_gate_shut_longer() -> None:
    # 1 starts in 2021Q1, so a start gate with a lag of 2 opens in 2021Q3: 2021Q1 and Q2 are early.
    lagging = gate(GateType.SS, lag_quarters=2)
    (found,) = plan_conflicts(two_items([40], [40], lagging))
    assert (found.first_quarter, found.last_quarter, found.opens) == (0, 1, 2)


def test_money_before_2021_opens_a_gate_from_the_start() -> None:
    start = gate(GateType.SS, lag_quarters=4)
    assert plan_conflicts(two_items([0, 40], [40], start, pre=(1, 0))) == ()
    progress = gate(GateType.PROGRESS, fraction_bps=0, lag_quarters=4)
    assert plan_conflicts(two_items([0, 40], [40], progress)) == ()


def test_an_item_without_money_holds_nobody_up() -> None:
    assert plan_conflicts(two_items([0], [40], gate(GateType.SS))) == ()
    assert plan_conflicts(two_items([0], [40], gate(GateType.FS))) == ()


def test_money_before_2021_does_not_excuse_a_successor_that_may_not_start() -> None:
    # 2 has 7 from before 2021; what is early is only the 10 of 2021Q1 on: 30 by Q3.
    progress = gate(GateType.PROGRESS, fraction_bps=2500)
    (found,) = plan_conflicts(two_items([40, 40, 20], [40], progress, pre=(0, 7)))
    assert found.excess_wan == 30


def by_another_route(portfolio: Portfolio) -> list[tuple[str, int, int, int]]:
    """Quarter by quarter in exact fractions, from the words of the rule alone."""
    found = []
    plan = portfolio.plan_wan

    def drawn(index: int, quarters: int) -> int:
        total = 0
        for channel in range(plan.shape[1]):
            for year in range(min(15, -(-quarters // 4))):
                part = Fraction(min(4, quarters - 4 * year), 4)
                total += int(plan[year, channel, index] * part)
        return total

    for gate in portfolio.gates:
        pred_at, succ_at = (portfolio.position[no] for no in (gate.pred_no, gate.succ_no))
        pred, succ = portfolio.items[pred_at], portfolio.items[succ_at]
        broken = []
        for quarter in range(100):
            if gate.type is GateType.SS:
                is_open = pred.earlier_wan > 0 or (
                    quarter - gate.lag_quarters >= 0
                    and drawn(pred_at, min(quarter - gate.lag_quarters + 1, 60)) > 0
                )
            else:
                at = gate.at_wan(pred)
                assert at is not None
                seen = quarter - gate.lag_quarters
                is_open = pred.earlier_wan >= at or (
                    seen >= 1 and pred.earlier_wan + drawn(pred_at, min(seen, 60)) >= at
                )
            if is_open or pred.total_wan == 0:
                break
            holds = gate.holds_wan(succ)
            room = 0 if holds is None else holds - succ.earlier_wan
            over = drawn(succ_at, min(quarter + 1, 60)) - room
            if over > 0:
                broken.append((quarter, over))
        if broken:
            found.append((gate.id, broken[0][0], broken[-1][0], max(over for _, over in broken)))
    return found


@examples(60)
@given(portfolios(max_items=5))
def test_conflicts_agree_with_a_count_quarter_by_quarter(portfolio: Portfolio) -> None:
    found = [
        (c.gate.id, c.first_quarter, c.last_quarter, c.excess_wan)
        for c in plan_conflicts(portfolio)
    ]
    assert found == by_another_route(portfolio)


@examples(60)
@given(portfolios(shocks=False, max_items=6), portfolios(max_items=6))
def test_without_conflicts_binding_gates_change_nothing(calm: Portfolio, other: Portfolio) -> None:
    numbers = set(calm.position)
    gates = tuple(g for g in other.gates if {g.pred_no, g.succ_no} <= numbers)
    gated = make_portfolio(calm.plan_wan, channels=calm.channels, items=calm.items, gates=gates)
    outcome = play(derive(gated))
    broken = {conflict.gate.id for conflict in plan_conflicts(gated) if conflict.gate.hard}
    if not broken:
        assert outcome.finish == outcome.planned_finish
        assert all(causes == () for causes in outcome.causes)


def test_the_shipped_plan_breaks_two_of_its_hard_gates() -> None:
    workbook = Path(__file__).parents[3] / "inputs" / "十大工程.xlsx"
    found = plan_conflicts(read_workbook(workbook).portfolio)
    # 4 comes to 10 % of its plan-period money in 2021Q3, 54 is complete in 2026Q4.
    assert [
        (c.gate.id, c.gate.hard, c.first_quarter, c.last_quarter, c.excess_wan) for c in found
    ] == [
        ("E001", True, SHIPPED.quarter_of(2021, 1), SHIPPED.quarter_of(2021, 3), 30_604),
        ("E104", True, SHIPPED.quarter_of(2025, 3), SHIPPED.quarter_of(2026, 4), 436_000),
    ]
