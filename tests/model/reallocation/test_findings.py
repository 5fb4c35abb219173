"""A repair seen from several sides: flows that sum, approvers, what kept a promise from being met."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.reallocation.findings import (
    approvers,
    flow,
    flows,
    item_promises,
    wanted_by_year,
)
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


def test_a_move_that_can_not_hold_in_time_is_counted_as_late() -> None:
    base = small_repair()
    late = replace(base.moves[0].approval, effective_quarter=None)
    result = replace(base, moves=(replace(base.moves[0], approval=late), *base.moves[1:]))
    (row,) = approvers(result)
    assert (row.late_cells, row.flow.cells) == (1, 2)
    assert row.first_quarter == row.last_quarter == 8  # 2023Q1, of the other move


def test_a_year_is_to_reach_the_target_but_no_more_than_the_baseline() -> None:
    # 250 × 0.70 = 175 of 200; 2021 and 2022 are past.
    assert wanted_by_year(small_repair()) == dict.fromkeys(range(2023, 2026), 1_750_000)


def test_items_that_miss_the_promise_are_told_by_their_worst_year() -> None:
    # What the plan takes and names no year for comes after it, as soon as there is room.
    (put_off,) = item_promises(small_repair())
    later = (put_off.played_wan - put_off.promised_wan)[small_repair().case.first_year :]
    assert (later >= 0).all()
    assert 0 < later.sum() <= -flow(small_repair().moves).net_wan
    assert put_off.why is None
    first = late_repair().case.first_year
    for row in item_promises(late_repair()):
        gap = (row.played_wan - row.promised_wan)[first:]
        if row.worst_wan < 0:
            assert row.worst_wan == int(gap.min())
