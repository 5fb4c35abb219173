"""A year of the compiled batch engine: needs, allotment, clearing, sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from portfolio.sim.lanes.inputs import CREDIT, OWN, LaneInputs, LaneLuck
from portfolio.sim.lanes.state import (
    FULL,
    Array,
    State,
    clock_rows,
    compiled,
    inlined,
    inverse_of,
    part,
    part_by,
    part_of_full,
    planned_row,
)


@inlined
def _needs(x: LaneInputs, u: LaneLuck, s: State, year: int) -> None:
    """Need of each cell: planned at the year's end, less drawn, less carried over."""
    need, moved, credited, carried = s.need, s.moved, s.credited, s.carried
    duration, scale, cum = u.duration, u.scale, x.cum
    first_cell, earliest = x.first_cell, x.earliest
    lanes = moved.shape[1]
    zero = need.dtype.type(0)
    for i in range(earliest.size):
        quarters = min(max(4 * year + 4 - max(earliest[i], 4 * year), 0), 4)
        if quarters == 0 or s.n_finished[i] == lanes:  # not to start this year, or all paid
            for c in range(first_cell[i], first_cell[i + 1]):
                for k in range(lanes):
                    need[c, k] = zero
            continue
        ahead = need.dtype.type(quarters * FULL)
        for k in range(lanes):
            s.ahead[0, k] = moved[i, k] + ahead
        clock_rows(s.ahead, 0, duration, i, x.first[i], x.length[i], s)
        for c in range(first_cell[i], first_cell[i + 1]):
            planned_row(cum, c, s, duration, scale, i, need, c)
            for n in range(x.cell_subs_start[c], x.cell_subs_start[c + 1]):
                for k in range(lanes):
                    need[c, k] -= s.sub_carried[x.cell_subs[n], k]
            for k in range(lanes):
                need[c, k] = max(need[c, k] - credited[c, k] - carried[c, k], zero)


@compiled
def open_year(x: LaneInputs, u: LaneLuck, s: State, year: int, unserved: Array) -> None:
    """Allot a year (年初下达), and add up what no channel could serve."""
    _needs(x, u, s, year)
    need, allotted, drawn, limited = s.need, s.allotted, s.drawn, s.limited
    own, granted, rationed, pooled, left = x.own, u.credit, u.limited, u.pooled, s.left
    receipt = u.receipt
    kind, channel_of = x.cell_kind, x.cell_channel
    lanes = need.shape[1]
    zero = need.dtype.type(0)
    for c in range(kind.size):
        channel = channel_of[c]
        for k in range(lanes):
            drawn[c, k] = zero
        if kind[c] == OWN:
            envelope = need.dtype.type(own[year, c])
            for k in range(lanes):
                allotted[c, k] = min(need[c, k], part_of_full(envelope * receipt[year, channel, k]))
        elif kind[c] == CREDIT:
            for k in range(lanes):
                limited[c, k] = rationed[year, channel, k]
            for k in range(lanes):
                given = part_of_full(need[c, k] * granted[year, channel, k])
                allotted[c, k] = given if limited[c, k] else zero
    for g in range(x.group_channel.size):
        channel = x.group_channel[g]
        if g == 0 or x.group_channel[g - 1] != channel:
            for k in range(lanes):
                left[channel, k] = pooled[year, channel, k]
        _serve(x.served, x.served_start[g], x.served_start[g + 1], need, allotted, left, channel,
               x.in_order, s)  # fmt: skip
    for c in range(kind.size):
        if kind[c] == CREDIT:
            for k in range(lanes):
                need[c, k] = need[c, k] - allotted[c, k] if limited[c, k] else zero
        else:
            for k in range(lanes):
                need[c, k] -= allotted[c, k]
    if x.sub_cell.size:
        _substitute(x, u, s)
    _clear(s)
    sums = s.sums
    for c in range(kind.size):
        for k in range(lanes):
            sums[channel_of[c], k] += need[c, k]
    _add_up(s, unserved, year)


@inlined
def _clear(s: State) -> None:
    for channel in range(s.sums.shape[0]):
        for k in range(s.sums.shape[1]):
            s.sums[channel, k] = s.sums.dtype.type(0)


@inlined
def _add_up(s: State, result: Array, year: int) -> None:
    """Sum channels over the lanes; first lane by lane, as floats are added one after another."""
    for channel in range(s.sums.shape[0]):
        for k in range(s.sums.shape[1]):
            result[year, channel] += np.int64(s.sums[channel, k])


@inlined
def _serve(
    rows: Array, first: int, after: int, need: Array, given: Array, left: Array, payer: int,
    in_order: bool, s: State,
) -> None:  # fmt: skip
    """Serve the needs of one class from what is left of an envelope: pro rata or in order."""
    row2, row3, row4, row5, row6, row7 = s.row2, s.row3, s.row4, s.row5, s.row6, s.row7
    lanes = left.shape[1]
    zero, one = left.dtype.type(0), left.dtype.type(1)
    for k in range(lanes):
        row2[k] = zero
    for n in range(first, after):
        for k in range(lanes):
            row2[k] += need[rows[n], k]
    for k in range(lanes):
        row3[k] = min(left[payer, k], row2[k])
        row4[k] = max(row2[k], one)
        row5[k] = inverse_of(row4[k])
        row6[k] = zero
        row7[k] = zero
    for n in range(first, after):
        row = rows[n]
        if in_order:
            for k in range(lanes):
                given[row, k] = min(max(left[payer, k] - row6[k], zero), need[row, k])
                row6[k] += need[row, k]
        else:
            for k in range(lanes):
                row6[k] += need[row, k]
                now = part_by(row6[k] * row3[k], row4[k], row5[k])
                given[row, k] = now - row7[k]
                row7[k] = now
    for k in range(lanes):
        left[payer, k] -= row3[k]


@inlined
def _substitute(x: LaneInputs, u: LaneLuck, s: State) -> None:
    """Let other pooled channels serve what one could not (`s.need` holds what is unmet)."""
    wanted, given, unmet, used, room = s.sub_wanted, s.sub_allotted, s.need, s.substituted, u.room
    lanes = unmet.shape[1]
    for a in range(x.sub_cell.size):
        for k in range(lanes):
            s.sub_drawn[a, k] = s.sub_drawn.dtype.type(0)
    for g in range(x.sub_group_payer.size):
        first, after = x.sub_group_start[g], x.sub_group_start[g + 1]
        for n in range(first, after):
            a = x.subs[n]
            for k in range(lanes):
                slack = room[x.sub_slot[a], k] - used[x.sub_slot[a], k]
                wanted[a, k] = min(unmet[x.sub_cell[a], k], slack)
        _serve(x.subs, first, after, wanted, given, s.left, x.sub_group_payer[g], x.in_order,
               s)  # fmt: skip
        for n in range(first, after):
            a = x.subs[n]
            for k in range(lanes):
                unmet[x.sub_cell[a], k] -= given[a, k]
                used[x.sub_slot[a], k] += given[a, k]


@compiled
def close_year(x: LaneInputs, s: State) -> None:
    """Clear a year (年末清算): over to the next year, or taken back."""
    carried, allotted, drawn, finished, limited = (
        s.carried,
        s.allotted,
        s.drawn,
        s.finished,
        s.limited,
    )
    lanes = carried.shape[1]
    zero = carried.dtype.type(0)
    for c in range(x.cell_item.size):
        i, two_years = x.cell_item[c], x.two_years[x.cell_channel[c]]
        credit = x.cell_kind[c] == CREDIT
        for k in range(lanes):
            old = max(carried[c, k] - drawn[c, k], zero)
            new = carried[c, k] + allotted[c, k] - drawn[c, k] - old
            over = new if two_years else old + new
            gone = finished[i, k] | (credit & (not limited[c, k]))
            carried[c, k] = zero if gone else over
    for a in range(x.sub_cell.size):
        i, two_years = x.cell_item[x.sub_cell[a]], x.two_years[x.sub_payer[a]]
        for k in range(lanes):
            old = max(s.sub_carried[a, k] - s.sub_drawn[a, k], zero)
            new = s.sub_carried[a, k] + s.sub_allotted[a, k] - s.sub_drawn[a, k] - old
            over = zero if finished[i, k] else (new if two_years else old + new)
            s.substituted[x.sub_slot[a], k] -= old + new - over
            s.sub_carried[a, k] = over


@compiled
def sum_year(x: LaneInputs, u: LaneLuck, s: State, year: int, first: int, out: Any) -> None:
    """Add a year to the results: by channel the year's money, all else since the start."""
    row2, row3 = s.row2, s.row3
    drawn, progress, by_channel, by_item = out
    total, cost, approved, finished = s.total, s.item_cost, u.approved, s.finished
    lanes = total.shape[1]
    zero, one = total.dtype.type(0), total.dtype.type(1)
    for k in range(lanes):
        row2[k] = zero
        row3[k] = zero
    for i in range(x.first.size):
        for k in range(lanes):
            row2[k] += total[i, k]
        for k in range(lanes):
            by_item[year, i] += np.int64(total[i, k])
        for k in range(lanes):
            done = part(total[i, k] * approved[i, k], max(cost[i, k], one))
            row3[k] += approved[i, k] if finished[i, k] else done
    for k in range(lanes):
        drawn[first + k, year] = np.int64(row2[k])
        progress[first + k, year] = np.int64(row3[k])
    _clear(s)
    sums, paid, sub_paid = s.sums, s.drawn, s.sub_drawn
    for c in range(x.cell_item.size):
        for k in range(lanes):
            sums[x.cell_channel[c], k] += paid[c, k]
    for a in range(x.sub_cell.size):
        for k in range(lanes):
            sums[x.sub_payer[a], k] += sub_paid[a, k]
    _add_up(s, by_channel, year)
