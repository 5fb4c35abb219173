"""Chains that decide the end, walked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio.model.gates import GateType
from portfolio.model.measures.planned import planned_progress_wan
from portfolio.model.rules.parameters import derive
from portfolio.model.study.causes import (
    end_bias,
    ends_last,
    item_chains,
    merges,
    needed_by,
    on_chain,
)
from portfolio.sim.one_path import play
from tests.model.four_items import four_items, gate
from tests.model.study.made_paths import made_paths
from tests.strategies import make_portfolio

#: Five items of one year, 1 → 2 → 4 and 3 → 4; 5 stands alone.
GATES = (
    gate("A", 1, 2, GateType.FS),
    gate("B", 2, 4, GateType.FS),
    gate("C", 3, 4, GateType.FS),
)
NONE = len(GATES)


def five_items():
    plan = np.zeros((15, 1, 5), dtype=np.int64)
    for k, year in enumerate((0, 1, 1, 2, 2)):
        plan[year, 0, k] = 100
    return make_portfolio(plan, gates=GATES)


def test_the_chain_goes_back_through_the_gates_that_held():
    portfolio = five_items()
    finish = np.array([[3, 7, 7, 15, 11], [3, 7, 7, 15, 11], [3, 7, 7, 11, 11], [3, 7, 7, 9, 20]])
    held_by = np.array(
        [
            [NONE, 0, NONE, 1, NONE],  # 4 held by 2, 2 by 1
            [NONE, 0, NONE, 2, NONE],  # 4 held by 3; that 1 held 2 does not matter
            [NONE, NONE, NONE, 1, NONE],  # a tie of 4 and 5; 4 held by 2, 2 by none
            [NONE, 0, NONE, 1, NONE],  # 5 ends last, by itself
        ]
    )
    paths = made_paths(portfolio, 4, finish=finish, held_by=held_by)
    assert on_chain(portfolio, paths).astype(int).tolist() == [
        [1, 1, 0, 1, 0], [0, 0, 1, 1, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 1],
    ]  # fmt: skip
    assert ends_last(portfolio, paths).astype(int).tolist() == [
        [0, 0, 0, 1, 0], [0, 0, 0, 1, 0], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1],
    ]  # fmt: skip
    rows = {row.item_no: row for row in item_chains(portfolio, paths)}
    assert {no: row.criticality.value for no, row in rows.items()} == {
        1: 0.25, 2: 0.5, 3: 0.25, 4: 0.75, 5: 0.5,
    }  # fmt: skip
    assert next(iter(rows)) == 4
    assert rows[5].ends_last.value == 0.5


def test_often_critical_is_not_decisive():
    # Item 4 always ends last, 5 never; the end follows 4's duration factor, and 5's not at all.
    portfolio = five_items()
    finish = np.array([[3, 7, 7, 20 + k, 11] for k in range(6)])
    factors = np.full((6, 5), 10_000)
    factors[:, 3] += 500 * np.arange(6)
    factors[:, 4] += [3, -3, -3, 3, -3, 3]
    paths = made_paths(portfolio, 6, finish=finish, duration_bps=factors)
    rows = {row.item_no: row for row in item_chains(portfolio, paths)}
    assert (rows[4].criticality.value, rows[4].cruciality) == (1.0, pytest.approx(1.0))
    assert rows[4].delay_cruciality == pytest.approx(1.0)
    assert rows[1].cruciality == 0  # constant
    assert rows[5].cruciality < 0.5


def test_the_planned_end_is_early():
    portfolio = five_items()
    finish = np.array([[3, 7, 7, 20 + k, 11] for k in range(4)])
    bias = end_bias(portfolio, made_paths(portfolio, 4, finish=finish), play(derive(portfolio)))
    assert bias is not None
    assert (bias.planned, bias.prior) == (11, 11)
    assert (bias.end.at(50).value, bias.end.mean.value) == (21, 21.5)
    assert bias.chance_by_prior is not None and bias.chance_by_prior.value == 0
    empty = make_portfolio(np.zeros((15, 1, 1), dtype=np.int64))
    assert end_bias(empty, made_paths(empty, 1), play(derive(empty))) is None
    assert item_chains(empty, made_paths(empty, 1)) == ()


def test_when_the_plan_needs_a_gate():
    """On the four items: 24 may pass 250 of its 500 亿 (100 a year) only after 22 has 125.

    Its plan passes 250 in the tenth quarter after 2021Q1 (25 a quarter): quarter 10. 31 may not
    start before 24 has: its own first quarter. 44 is held at 30 of 50 (2.5 a quarter): quarter 12.
    """
    portfolio = four_items()
    progress = planned_progress_wan(portfolio)
    assert [needed_by(g, portfolio, progress) for g in portfolio.gates] == [10, 0, 12]


def test_merges_need_two_gates_and_their_opening():
    portfolio = five_items()
    prior = play(derive(portfolio))
    assert merges(portfolio, made_paths(portfolio, 2), prior) == ()
    opened = np.array([[4, 8, 8], [4, 9, 8]])
    (merge,) = merges(portfolio, made_paths(portfolio, 2, gate_opened=opened), prior)
    # Only item 4 has two; its plan starts in quarter 8, and 2 is late in one path of two.
    assert merge.item_no == 4
    assert [(g.gate_id, g.pred_no, g.in_time.value) for g in merge.gates] == [
        ("B", 2, 0.5), ("C", 3, 1.0),
    ]  # fmt: skip
    assert (merge.all_in_time.value, merge.product, merge.smallest) == (0.5, 0.5, 0.5)
