from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from hypothesis import given

from portfolio.model.gates import Gate, GateType
from portfolio.model.measures.graph import longest_chains, most_waited_for, planned_lengths
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from tests.examples import examples
from tests.strategies import make_portfolio, portfolios


def start_gate(pred: int, succ: int, *, hard: bool = True) -> Gate:
    return Gate(
        id=f"G{pred}-{succ}",
        pred_no=pred,
        succ_no=succ,
        type=GateType.SS,
        fraction_bps=None,
        holds_bps=0,
        lag_quarters=0,
        hard=hard,
        reason="测试",
        provenance="假设：测试",
    )


def with_gates(*gates: Gate, money: tuple[int, ...] = (40, 40, 40, 40, 4000)) -> Portfolio:
    plan = np.zeros((15, 1, len(money)), dtype=np.int64)
    plan[0, 0, :] = money
    return make_portfolio(plan, gates=gates)


def test_chains_differ_by_gates_and_by_money() -> None:
    # 1→2→3 has two gates and 120; 4→5 has one gate and 4,040.
    chains = longest_chains(with_gates(start_gate(1, 2), start_gate(2, 3), start_gate(4, 5)))
    assert chains.by_gates is not None
    assert chains.by_money is not None
    assert [item.no for item in chains.by_gates.items] == [1, 2, 3]
    assert [gate.id for gate in chains.by_gates.gates] == ["G1-2", "G2-3"]
    assert chains.by_gates.total_wan == 120
    assert chains.by_gates.quarters == 12
    assert [item.no for item in chains.by_money.items] == [4, 5]


def test_hard_chains_leave_soft_gates_out() -> None:
    portfolio = with_gates(start_gate(1, 2), start_gate(2, 3, hard=False))
    chain = longest_chains(portfolio, hard_only=True).by_gates
    assert chain is not None
    assert [item.no for item in chain.items] == [1, 2]


def test_without_gates_there_is_no_chain() -> None:
    assert longest_chains(with_gates()).by_gates is None
    assert most_waited_for(with_gates()) == ()


def test_an_item_behind_a_hard_and_a_soft_path_counts_once_and_as_hard() -> None:
    # 1 → 2 hard and soft, 2 → 3 hard, 1 → 4 soft, 4 → 3 soft.
    portfolio = with_gates(
        start_gate(1, 2),
        start_gate(2, 3),
        start_gate(1, 4, hard=False),
        start_gate(4, 3, hard=False),
    )
    first = most_waited_for(portfolio)[0]
    assert first.item.no == 1
    assert (first.direct_hard, first.direct_soft) == (1, 1)
    assert (first.through_hard, first.through_soft) == (2, 1)


def paths(portfolio: Portfolio) -> Iterator[list[Gate]]:
    def grow(path: list[Gate]) -> Iterator[list[Gate]]:
        yield path
        for gate in portfolio.gates:
            if gate.pred_no == path[-1].succ_no:
                yield from grow([*path, gate])

    for gate in portfolio.gates:
        yield from grow([gate])


@examples(60)
@given(portfolios(max_items=6))
def test_chains_and_waiting_items_agree_with_a_walk_of_every_path(portfolio: Portfolio) -> None:
    walked = list(paths(portfolio))
    chain = longest_chains(portfolio).by_gates
    assert (chain is None) == (not walked)
    if chain is not None:
        assert len(chain.gates) == max(map(len, walked))
    for row in most_waited_for(portfolio):
        mine = [path for path in walked if path[0].pred_no == row.item.no]
        ends = {path[-1].succ_no for path in mine}
        hard = {path[-1].succ_no for path in mine if all(gate.hard for gate in path)}
        assert (row.through_hard, row.through_soft) == (len(hard), len(ends - hard))


@examples(40)
@given(portfolios(max_items=6))
def test_planned_lengths_are_those_the_play_uses(portfolio: Portfolio) -> None:
    assert list(planned_lengths(portfolio).values()) == derive(portfolio).length.tolist()
