"""A repair seen from several sides: flows that sum, approvers, what kept a promise from being met."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.gates import GateType
from portfolio.model.ledger import Lost
from portfolio.model.limits import derive
from portfolio.report.reallocation_views import (
    AS_SPENT,
    approvers,
    flow,
    flows,
    held_by,
    item_promises,
    largest_moves,
    shown_years,
    wanted_by_year,
)
from portfolio.sim.one_path import play
from tests.model.four_items import four_items, gate
from tests.report.reallocation_results import late_repair, shipped_repair, small_repair


def test_flows_by_any_key_sum_to_the_whole() -> None:
    result = shipped_repair()
    whole = flow(result.moves)
    for found in (
        flows(result, lambda move: move.item_no),
        flows(result, lambda move: (move.channel_id, move.year)),
    ):
        assert sum(row.gives_wan for row in found.values()) == whole.gives_wan
        assert sum(row.takes_wan for row in found.values()) == whole.takes_wan
        assert sum(row.cells for row in found.values()) == whole.cells == len(result.moves)


def test_gives_and_takes_are_not_negative() -> None:
    # Bonds −27.2, budget +6.0 亿元.
    whole = flow(small_repair().moves)
    assert (whole.gives_wan, whole.takes_wan, whole.net_wan) == (272_000, 60_000, -212_000)


def test_the_largest_moves_come_first() -> None:
    sizes = [abs(move.change_wan) for move in largest_moves(shipped_repair(), 5)]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == 5
    every = sorted(abs(move.change_wan) for move in shipped_repair().moves)
    assert sizes == every[::-1][:5]


def test_a_move_that_can_not_hold_in_time_is_counted_as_late() -> None:
    base = small_repair()
    late = replace(base.moves[0].approval, effective_quarter=None)
    result = replace(base, moves=(replace(base.moves[0], approval=late), *base.moves[1:]))
    (row,) = approvers(result)
    assert (row.late_cells, row.flow.cells) == (1, 2)
    assert row.first_quarter == row.last_quarter == 8  # 2023Q1, of the other move


def test_years_below_target_are_shown_until_2027_and_later_ones_only_if_they_differ() -> None:
    years = [row.year for row in shown_years(small_repair())]
    assert years == [2021, 2022, 2023, 2024, 2025, 2026, 2027]


def test_a_year_is_to_reach_the_target_but_no_more_than_the_baseline() -> None:
    # 250 × 0.70 = 175 of 200.
    assert wanted_by_year(small_repair()) == dict.fromkeys(range(2021, 2026), 1_750_000)


def test_items_that_miss_the_promise_are_told_by_their_worst_year() -> None:
    assert item_promises(small_repair()) == ()
    for row in item_promises(late_repair()):
        gap = row.played_wan - row.promised_wan
        if row.worst_wan < 0:
            assert row.worst_wan == int(gap.min())


def test_a_year_at_start_gates_is_owed_to_the_one_that_opens_last() -> None:
    # Item 31 waits for 24 to begin (2021Q1) and for 22 to be finished (end of 2025).
    base = four_items()
    gates = (gate("E2", 24, 31, GateType.SS), gate("E9", 22, 31, GateType.FS))
    portfolio = replace(base, gates=gates)
    limits, index = derive(portfolio), portfolio.position[31]
    outcome = play(limits)
    assert (outcome.lost[4:8, index] == Lost.START_GATE).all()
    assert held_by(portfolio, limits, outcome, index, 1) == "等待“22 国铁干线”"


def test_a_year_without_hindrance_says_so() -> None:
    portfolio = replace(four_items(), gates=())
    limits = derive(portfolio)
    assert held_by(portfolio, limits, play(limits), 0, 2) == AS_SPENT
