"""Gates: thresholds and ceilings in 万元, and the graph that may have no cycle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.gates import Gate, GateType, cycle_text, find_cycle, item_order
from tests.strategies import gate_lists, make_item, make_portfolio


def gate(pred: int, succ: int, kind: GateType = GateType.FS, holds: int = 0) -> Gate:
    return Gate(
        id=f"{pred}-{succ}", pred_no=pred, succ_no=succ, type=kind,
        fraction_bps=2500 if kind is GateType.PROGRESS else None, holds_bps=holds,
        lag_quarters=0, hard=True, reason="测试", provenance="假设：测试",
    )  # fmt: skip


def test_parts_are_of_plan_period_money_with_the_money_before() -> None:
    item = replace(make_item(1, np.array([400] + [0] * 14)), total_wan=1000, earlier_wan=100)
    # 100 + 25 % of 400; not 25 % of the total 1,000, not × plan ÷ total
    assert gate(1, 2, GateType.PROGRESS).at_wan(item) == 200
    assert gate(1, 2, GateType.FF).at_wan(item) == gate(1, 2).at_wan(item) == 1000
    assert gate(1, 2, GateType.SS).at_wan(item) is None
    assert gate(2, 1, holds=9000).holds_wan(item) == 100 + 360
    assert gate(2, 1, holds=0).holds_wan(item) is None


def test_a_cycle_is_named_as_a_path() -> None:
    items = tuple(make_item(no, np.zeros(15, dtype=np.int64)) for no in (22, 23, 27))
    gates = (gate(22, 23), gate(23, 27), gate(27, 22))
    assert cycle_text(find_cycle(items, gates)) == "22 → 23 → 27 → 22"


@given(st.data())
def test_a_cyclic_attempt_is_refused(data: st.DataObject) -> None:
    n_items = data.draw(st.integers(2, 12))
    portfolio = make_portfolio(np.zeros((15, 1, n_items), dtype=np.int64))
    gates = data.draw(gate_lists(n_items))
    assert find_cycle(portfolio.items, gates) == []
    order = [portfolio.items[k].no for k in item_order(portfolio.items, gates)]
    assert all(order.index(g.pred_no) < order.index(g.succ_no) for g in gates)
    if gates:
        back = data.draw(st.sampled_from(gates))
        closed = (*gates, replace(back, id="back", pred_no=back.succ_no, succ_no=back.pred_no))
        cycle = find_cycle(portfolio.items, closed)
        assert cycle
        assert all(
            a.succ_no == b.pred_no for a, b in zip(cycle, cycle[1:] + cycle[:1], strict=True)
        )
        with pytest.raises(ValueError, match="cyclic"):
            replace(portfolio, gates=closed)


def test_a_portfolio_whose_parts_do_not_fit_cannot_be_made() -> None:
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    portfolio = make_portfolio(plan)
    with pytest.raises(ValueError, match="points to no item"):
        replace(portfolio, gates=(gate(1, 9),))
    with pytest.raises(ValueError, match="not unique"):
        replace(portfolio, items=(portfolio.items[0], portfolio.items[0]))
    with pytest.raises(ValueError, match="does not sum"):
        replace(portfolio, plan_wan=plan + 1)
