"""The chain that decides the end of a play."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given

from portfolio.model.gates import Gate, GateType
from portfolio.model.measures.delays import deciding_chain
from portfolio.model.rules.parameters import derive
from portfolio.sim.one_path import play
from tests.report.results import shipped_run
from tests.strategies import make_portfolio, portfolios


def gate(pred: int, succ: int) -> Gate:
    """The successor may not start before half of the predecessor's plan-period money."""
    return Gate(
        id=f"E{pred}{succ}", pred_no=pred, succ_no=succ, type=GateType.PROGRESS, fraction_bps=5_000,
        holds_bps=0, lag_quarters=0, hard=True, reason="试", provenance="假设：试",
    )  # fmt: skip


def test_an_item_held_at_its_start_leads_back_to_the_one_it_waits_for() -> None:
    """Item 1 spends 8 a year over 2021–2022, so half of it is there at the end of 2021.

    Item 2 is planned for 2021 and may not start before: it starts in 2022Q1, four quarters late,
    and finishes at the end of 2022, when item 1 does; item 3 waits for half of item 2 in turn.
    """
    plan = np.zeros((15, 1, 3), dtype=np.int64)
    plan[0:2, 0, 0] = 8
    plan[0, 0, 1] = 8
    plan[0, 0, 2] = 8
    portfolio = make_portfolio(plan, gates=(gate(1, 2), gate(2, 3)))
    outcome = play(derive(portfolio))
    chain = deciding_chain(portfolio, outcome)
    assert [(link.item_no, link.gate_id) for link in chain] == [(3, "E23"), (2, "E12"), (1, None)]
    assert chain[1].held_quarters == 4
    assert chain[-1].held_quarters == 0


def test_without_gates_the_chain_is_the_last_item_alone() -> None:
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    plan[0, 0, 0], plan[1, 0, 1] = 4, 4
    portfolio = make_portfolio(plan)
    chain = deciding_chain(portfolio, play(derive(portfolio)))
    assert [(link.item_no, link.gate_id) for link in chain] == [(2, None)]


def test_a_portfolio_without_money_has_no_chain() -> None:
    portfolio = make_portfolio(np.zeros((15, 1, 2), dtype=np.int64))
    assert deciding_chain(portfolio, play(derive(portfolio))) == ()


@given(portfolios())
def test_a_chain_walks_gates_back_from_the_last_finish(portfolio) -> None:
    outcome = play(derive(portfolio))
    chain = deciding_chain(portfolio, outcome)
    if not chain:
        return
    gates = {gate.id: gate for gate in portfolio.gates}
    for link, before in pairwise(chain):
        assert (gates[link.gate_id].succ_no, gates[link.gate_id].pred_no) == (
            link.item_no,
            before.item_no,
        )
        assert link.held_quarters > 0
    assert chain[-1].gate_id is None
    last = outcome.finish[portfolio.position[chain[0].item_no]]
    known = [
        f for f, p in zip(outcome.finish, outcome.planned_finish, strict=True) if p is not None
    ]
    assert last is None or (None not in known and last == max(known))


def test_the_shipped_scenario_with_three_shocks_has_a_chain_that_ends_without_a_gate() -> None:
    run = shipped_run("三碰头")
    chain = deciding_chain(run.portfolio, run.outcome)
    assert chain[-1].gate_id is None
    assert deciding_chain(replace(run.portfolio), run.outcome) == chain
