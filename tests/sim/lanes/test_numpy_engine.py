"""The parts of the NumPy batch engine, and what only it can get wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from portfolio.model.gates import Gate, GateType
from portfolio.model.luck import Draws
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.rules.parameters import derive
from portfolio.sim.lanes.inputs import Trace, by_item, exact_in_float, lane_inputs, lane_luck
from portfolio.sim.lanes.numpy_engine import lanes_at_once, play_block
from portfolio.sim.lanes.numpy_layout import lay_out, once_each, taking_part
from portfolio.sim.lanes.numpy_state import cumulated, cut_rows, new_state, part, shape_of
from portfolio.sim.one_path import play
from tests.examples import examples
from tests.strategies import make_channel, make_item, make_portfolio, portfolios


def planned(money: dict[tuple[int, int, int], int], **changes: object) -> Portfolio:
    """A portfolio from {(year, channel, item): 万元}, without reserves and with ample capacity."""
    n_channels = 1 + max(channel for _, channel, _ in money)
    n_items = 1 + max(item for _, _, item in money)
    plan = np.zeros((15, n_channels, n_items), dtype=np.int64)
    for (year, channel, item), amount in money.items():
        plan[year - 2021, channel, item] = amount
    channels = tuple(make_channel(k, reserve_bps=0, reserve_floor_bps=0) for k in range(n_channels))
    items = tuple(
        make_item(i + 1, plan[:, :, i].sum(axis=1), yearly_cap_wan=10**9) for i in range(n_items)
    )
    return make_portfolio(plan, channels=channels, items=items, **changes)  # type: ignore[arg-type]


def laid(portfolio: Portfolio):
    """Layout of the first year of one path without luck."""
    inputs, limits = lane_inputs(portfolio)
    luck = lane_luck(portfolio, limits, inputs, Draws.none(portfolio))
    shape = shape_of(inputs, np.float64)
    state = new_state(inputs, luck, shape)
    items = taking_part(inputs, state, shape, 0)
    return lay_out(inputs, luck, state, shape, items)


@pytest.mark.parametrize("money", [np.float64, np.int64])
def test_a_part_is_floored(money: type):
    amounts = np.array([0, 1, 9_999, 10_000, 10_001, 2**52 + 1], dtype=money)
    # 2**52 + 1 = 450,359,962,737 × 10,000 + 497
    expected = [0, 0, 0, 1, 1, 450_359_962_737]
    assert part(amounts, 10_000, np.empty_like(amounts)).tolist() == expected


@given(
    npst.arrays(np.int64, (5, 3), elements=st.integers(0, 10**6)),
    st.integers(0, 5 * 10**6),
)
def test_rows_are_cut_by_cumulative_floors(amounts: np.ndarray, most: int):
    total = amounts.sum(axis=0)
    room = np.minimum(total, most)
    parts = cut_rows(amounts.astype(np.float64), room.astype(np.float64), total.astype(np.float64))
    for column in range(3):
        running, before = 0, 0
        for row in range(5):
            running += int(amounts[row, column])
            now = running * int(room[column]) // max(int(total[column]), 1)
            assert parts[row, column] == now - before
            before = now
    assert np.array_equal(cumulated(amounts), np.cumsum(amounts, axis=0))


def test_rows_lie_round_by_round_and_sum_by_item():
    # 大项 1 has one cell, 大项 2 three (the last one of 随资本金), 大项 3 two
    layout = laid(
        planned({
            (2021, 0, 0): 4, (2021, 0, 1): 4, (2021, 1, 1): 4, (2021, 4, 1): 4, (2021, 1, 2): 4,
            (2021, 2, 2): 4,
        })
    )  # fmt: skip
    assert layout.items.tolist() == [1, 2, 0]
    assert layout.rounds == ((0, 3), (3, 5), (5, 6))
    assert layout.channel.tolist() == [0, 1, 0, 1, 2, 4]
    assert layout.loans.tolist() == [5]
    assert layout.loan_owner.tolist() == [0]
    amounts = np.array([[1.0], [2.0], [4.0], [8.0], [16.0], [32.0]])
    assert layout.by_item(amounts).tolist() == [[41], [18], [4]]  # 1 + 8 + 32, 2 + 16, 4
    assert layout.most_of(amounts).tolist() == [[32], [16], [4]]


def test_of_equal_rows_the_first_is_found_and_only_where_asked():
    layout = laid(planned({(2021, 0, 0): 4, (2021, 1, 0): 4, (2021, 2, 0): 4}))
    amounts = np.array([[1.0, 0.0, 7.0], [5.0, 0.0, 7.0], [5.0, 0.0, 2.0]])
    found = layout.first_equal(amounts, layout.most_of(amounts), np.array([[True, True, False]]))
    assert found.tolist() == [[False, True, False], [True, False, False], [False, False, False]]


def test_groups_hold_every_owner_once():
    groups = once_each(np.array([10, 11, 12, 13]), np.array([0, 1, 0, 0]))
    assert [(things.tolist(), owners.tolist()) for things, owners in groups] == [
        ([10, 11], [0, 1]),
        ([12], [0]),
        ([13], [0]),
    ]


def test_blocks_fit_the_cache_and_are_of_equal_size():
    assert lanes_at_once(cells=1, paths=1_000) == 500  # at most 512: two blocks
    assert lanes_at_once(cells=512, paths=1_000) == 250  # 2**17 ÷ 512 = 256: four blocks
    assert lanes_at_once(cells=10**6, paths=64) == 32  # never fewer than 32
    assert lanes_at_once(cells=0, paths=0) == 1


def ss(pred: int, succ: int, lag: int = 0) -> Gate:
    return Gate(
        id=f"G{pred}{succ}", pred_no=pred, succ_no=succ, type=GateType.SS, fraction_bps=None,
        holds_bps=0, lag_quarters=lag, hard=True, reason="测试", provenance="假设：测试",
    )  # fmt: skip


def test_a_chain_of_starts_runs_through_in_one_quarter():
    # 3 → 2 → 1 by SS without lag; 3 stands still in 2021Q1 on the second path only, and 2 → 4
    # has a lag of two quarters: 1 and 2 start with 3, 4 two quarters later.
    portfolio = planned({(2021, 2, i): 400 for i in range(4)})
    portfolio = replace(portfolio, gates=(ss(2, 1), ss(3, 2), ss(2, 4, lag=2)))
    luck = Draws.none(portfolio, paths=2)
    luck.stopped[1, 0, 2] = True
    inputs, limits = lane_inputs(portfolio)
    block = play_block(inputs, lane_luck(portfolio, limits, inputs, luck))
    assert block.start.tolist() == [[0, 0, 0, 2], [1, 1, 1, 3]]
    assert block.gate_opened.tolist() == [[0, 0, 2], [1, 1, 3]]


def test_nothing_planned_plays_to_nothing():
    portfolio = make_portfolio(np.zeros((15, 2, 2), dtype=np.int64))
    inputs, limits = lane_inputs(portfolio)
    block = play_block(inputs, lane_luck(portfolio, limits, inputs, Draws.none(portfolio, 3)))
    assert (block.start == PLAY_QUARTERS).all()
    assert (block.finish == PLAY_QUARTERS).all()
    assert not block.drawn.any()
    assert not block.lost_quarters.any()


def test_no_path_gives_empty_results():
    portfolio = planned({(2021, 0, 0): 400})
    inputs, limits = lane_inputs(portfolio)
    none = Draws.none(portfolio, paths=0)
    block = play_block(inputs, lane_luck(portfolio, limits, inputs, none))
    assert block.drawn.shape == (0, 25)
    assert not block.channel_drawn.any()


def test_amounts_beyond_float64_are_played_in_whole_numbers():
    # Two items of 140,000 亿元 each share one channel whose envelope is cut to 99.99 %: the share
    # 1.4e9 × 2.7997e9 is above 2**53, so that float64 could lose a 万元.
    portfolio = planned({(2021, 0, 0): 1_400_000_001, (2021, 0, 1): 1_399_999_998})
    portfolio = replace(
        portfolio,
        envelopes=replace(
            portfolio.envelopes,
            pooled_ask_wan=portfolio.envelopes.pooled_ask_wan * 9_999 // 10_000,
        ),
    )
    inputs, limits = lane_inputs(portfolio)
    luck = lane_luck(portfolio, limits, inputs, Draws.none(portfolio))
    assert not exact_in_float(inputs, luck, by_item(inputs, luck.scale))
    trace = Trace.empty(1, PLAY_QUARTERS, 1, 2, 0)
    play_block(inputs, luck, trace, floats=False)
    assert np.array_equal(trace.drawn[0], play(derive(portfolio)).drawn_wan)


@examples(40)
@given(portfolios())
def test_whole_numbers_and_float64_give_the_same(portfolio: Portfolio):
    inputs, limits = lane_inputs(portfolio)
    luck = lane_luck(portfolio, limits, inputs, Draws.none(portfolio, 2))
    assume(exact_in_float(inputs, luck, by_item(inputs, luck.scale)))
    traces = [
        Trace.empty(
            2, PLAY_QUARTERS, len(portfolio.channels), len(portfolio.items), len(portfolio.gates)
        )
        for _ in range(2)
    ]
    play_block(inputs, luck, traces[0], floats=False)
    play_block(inputs, luck, traces[1], floats=True)
    for whole, floating in zip(*traces, strict=True):
        assert np.array_equal(whole, floating)
