"""A quarter of the compiled batch engine: starts, clocks, demand, payment, loans, finishes."""

from __future__ import annotations

import numpy as np

from portfolio.sim.lanes.inputs import CREDIT, NOT_OPEN, LaneInputs, LaneLuck
from portfolio.sim.lanes.state import (
    FULL,
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

ASKING, OVER_CEILING, OVER_CAPACITY, HELD_UP = 0, 1, 2, 3


@compiled
def play_quarter(x: LaneInputs, u: LaneLuck, s: State, quarter: int) -> None:
    """One quarter of all items, in graph order."""
    lanes = s.total.shape[1]
    for i in x.order:
        s.active[i] = False
        if quarter < x.earliest[i] or s.n_finished[i] == lanes:
            continue
        if s.n_started[i] < lanes:
            _start(x, u, s, i, quarter)
            if s.n_started[i] == 0:
                continue
        s.active[i] = True
        ended = _move(x, u, s, i, quarter)
        _ask(x, u, s, i, ended)
        _cut_to_room(x, u, s, i, quarter)
        _pay(x, s, i, quarter)
        _hold_loans(x, s, i)
        _book(x, u, s, i, quarter)
    _look_at_gates(x, u, s, quarter)


@inlined
def _move(x: LaneInputs, u: LaneLuck, s: State, i: int, quarter: int) -> bool:
    """Move the clocks; True when all have ended."""
    started, finished, moved, moves, stopped = s.started, s.finished, s.moved, u.moves, u.stopped
    moving, lost, flags = s.moving, s.lost_stop, s.flags
    lanes = moved.shape[1]
    step = moved.dtype.type(x.pace[quarter, i])
    for k in range(lanes):
        held = started[i, k] & (stopped[quarter, i, k] != 0)
        lost[i, k] += np.int64(held & (moved[i, k] < moves[i, k]))
    for k in range(lanes):
        flags[ASKING, k] = started[i, k] & (stopped[quarter, i, k] == 0)
    over = True
    for k in range(lanes):
        after = min(moved[i, k] + step, moves[i, k]) if flags[ASKING, k] else moved[i, k]
        moving[i, k] += np.int64(after > moved[i, k])
        moved[i, k] = after
        over = over & (after >= moves[i, k])
    for k in range(lanes):
        flags[ASKING, k] = flags[ASKING, k] & (not finished[i, k])
    return over


@inlined
def _start(x: LaneInputs, u: LaneLuck, s: State, i: int, quarter: int) -> None:
    """Start the lanes of an item that nothing holds; note what holds the others."""
    for k in range(s.started.shape[1]):
        if s.started[i, k]:
            continue
        held = False
        for n in range(x.item_gates_start[i], x.item_gates_start[i + 1]):
            g = x.item_gates[n]
            held = held or (x.gate_starts[g] and s.opens[g, k] > quarter)
        if held:
            s.lost_start[i, k] += 1
        elif u.stopped[quarter, i, k]:
            s.lost_stop[i, k] += 1
        else:
            s.started[i, k] = True
            s.start[i, k] = quarter
            s.n_started[i] += 1
            for g in range(x.gate_pred.size):
                if x.gate_pred[g] == i and x.gate_clock[g] and s.opens[g, k] == NOT_OPEN:
                    s.opens[g, k] = quarter + x.gate_lag[g]


@inlined
def _ask(x: LaneInputs, u: LaneLuck, s: State, i: int, ended: bool) -> None:
    """Demand of the item's cells: plan at the clock less what was credited; its sum in row 2."""
    row2 = s.row2
    planned, wanted, credited, cost, flags = s.planned, s.wanted, s.credited, s.cost, s.flags
    lanes = s.position.size
    zero = planned.dtype.type(0)
    if not ended:
        clock_rows(s.moved, i, u.duration, i, x.first[i], x.length[i], s)
    for k in range(lanes):
        row2[k] = zero
    base = x.first_cell[i]
    for c in range(base, x.first_cell[i + 1]):
        j = c - base
        if ended:
            for k in range(lanes):
                planned[j, k] = cost[c, k]
        else:
            planned_row(x.cum, c, s, u.duration, u.scale, i, planned, j)
        for k in range(lanes):
            asked = planned[j, k] - credited[c, k] if flags[ASKING, k] else zero
            wanted[j, k] = asked
            row2[k] += asked


@inlined
def _cut_to_room(x: LaneInputs, u: LaneLuck, s: State, i: int, quarter: int) -> None:
    """Cut demand to the room under gate ceilings and to the capacity, by cumulative floors."""
    row0, row2, row3, row4, row5, row6, row7 = (
        s.row0,
        s.row2,
        s.row3,
        s.row4,
        s.row5,
        s.row6,
        s.row7,
    )
    wanted, total, capacity, flags = s.wanted, s.total, u.capacity, s.flags
    opens, ceiling = s.opens, u.ceiling
    lanes = total.shape[1]
    money = total.dtype
    zero, one, unbounded = money.type(0), money.type(1), money.type(2**52)
    for k in range(lanes):
        row3[k] = unbounded
    for n in range(x.item_gates_start[i], x.item_gates_start[i + 1]):
        g = x.item_gates[n]
        if x.gate_starts[g]:
            continue
        for k in range(lanes):
            if opens[g, k] > quarter:
                row3[k] = min(row3[k], ceiling[g, k] - total[i, k])
    some = False
    for k in range(lanes):
        over = row2[k] > row3[k]
        flags[OVER_CEILING, k] = over
        some = some | over
    for k in range(lanes):
        over = row2[k] > capacity[i, k]
        flags[OVER_CAPACITY, k] = over
        some = some | over
    if not some:
        return
    for k in range(lanes):
        row4[k] = min(row2[k], row3[k], capacity[i, k])
        row5[k] = max(row2[k], one)
        row6[k] = zero
        row7[k] = zero
    for k in range(lanes):
        row0[k] = inverse_of(row5[k])
    for j in range(x.first_cell[i + 1] - x.first_cell[i]):
        for k in range(lanes):
            row6[k] += wanted[j, k]
            now = part_by(row6[k] * row4[k], row5[k], row0[k])
            wanted[j, k] = now - row7[k]
            row7[k] = now


@inlined
def _pay(x: LaneInputs, s: State, i: int, quarter: int) -> None:
    """Pay each cell's demand from its account, then from substitutes'."""
    wanted, met, carried, allotted, drawn = s.wanted, s.met, s.carried, s.allotted, s.drawn
    limited, base = s.limited, x.first_cell[i]
    year, of_year = quarter // 4, quarter % 4
    lanes = wanted.shape[1]
    for c in range(base, x.first_cell[i + 1]):
        j = c - base
        release = x.release[year, x.cell_channel[c], of_year]
        if release == FULL:
            for k in range(lanes):
                met[j, k] = min(wanted[j, k], carried[c, k] + allotted[c, k] - drawn[c, k])
        else:
            share = wanted.dtype.type(release)
            for k in range(lanes):
                there = carried[c, k] + part_of_full(allotted[c, k] * share) - drawn[c, k]
                met[j, k] = min(wanted[j, k], there)
        if x.cell_kind[c] == CREDIT:  # drawn once the capital is known
            for k in range(lanes):
                met[j, k] = met[j, k] if limited[c, k] else wanted[j, k]
            continue
        for k in range(lanes):
            drawn[c, k] += met[j, k]
        if x.sub_cell.size > 0:
            _pay_by_substitutes(x, s, c, j, year, of_year)


@inlined
def _pay_by_substitutes(x: LaneInputs, s: State, c: int, j: int, year: int, of_year: int) -> None:
    """Let the substitute accounts of a cell pay what its own did not."""
    zero = s.met.dtype.type(0)
    for n in range(x.cell_subs_start[c], x.cell_subs_start[c + 1]):
        a = x.cell_subs[n]
        share = s.met.dtype.type(x.release[year, x.sub_payer[a], of_year])
        for k in range(s.met.shape[1]):
            there = s.sub_carried[a, k] + part_of_full(s.sub_allotted[a, k] * share)
            now = max(min(s.wanted[j, k] - s.met[j, k], there - s.sub_drawn[a, k]), zero)
            s.met[j, k] += now
            s.sub_drawn[a, k] += now


@inlined
def _hold_loans(x: LaneInputs, s: State, i: int) -> None:
    """Cut 随资本金 to its plan at the clock × capital drawn ÷ capital planned, and draw it."""
    row4, row5 = s.row4, s.row5
    met, credited, planned, drawn = s.met, s.credited, s.planned, s.drawn
    base, after = x.first_cell[i], x.first_cell[i + 1]
    lanes = met.shape[1]
    zero, one = met.dtype.type(0), met.dtype.type(1)
    loans = False
    for c in range(base, after):
        loans = loans | (x.cell_kind[c] == CREDIT)
    if not loans:
        return
    for k in range(lanes):
        row4[k] = zero
        row5[k] = zero
    for c in range(base, after):
        j = c - base
        weight = x.capital_bps[x.cell_channel[c]]
        if weight == FULL:
            for k in range(lanes):
                row4[k] += credited[c, k] + met[j, k]
                row5[k] += planned[j, k]
        elif weight > 0:
            share = met.dtype.type(weight)
            for k in range(lanes):
                row4[k] += part_of_full((credited[c, k] + met[j, k]) * share)
                row5[k] += part_of_full(planned[j, k] * share)
    behind = False
    for k in range(lanes):
        behind = behind | (row4[k] < row5[k])
    for c in range(base, after):
        if x.cell_kind[c] != CREDIT:
            continue
        j = c - base
        if behind:
            for k in range(lanes):
                room = part(planned[j, k] * row4[k], max(row5[k], one)) - credited[c, k]
                cut = min(met[j, k], max(room, zero))
                met[j, k] = cut if row4[k] < row5[k] else met[j, k]
        for k in range(lanes):
            drawn[c, k] += met[j, k]


@inlined
def _book(x: LaneInputs, u: LaneLuck, s: State, i: int, quarter: int) -> None:
    """Credit what was met, see who is done, and note what holds those behind after their clock."""
    row8, row10 = s.row8, s.row10
    met, credited, total, flags = s.met, s.credited, s.total, s.flags
    started, finished, moved, moves, cost = s.started, s.finished, s.moved, u.moves, s.item_cost
    base = x.first_cell[i]
    lanes = total.shape[1]
    for c in range(base, x.first_cell[i + 1]):
        for k in range(lanes):
            credited[c, k] += met[c - base, k]
            total[i, k] += met[c - base, k]
    some = False
    for k in range(lanes):
        over = started[i, k] & (not finished[i, k]) & (moved[i, k] >= moves[i, k])
        flags[HELD_UP, k] = over
        some = some | over
    if not some:
        return
    _find_short(x, s, i)
    for k in range(lanes):
        if not flags[HELD_UP, k]:
            continue
        if total[i, k] == cost[i, k]:
            finished[i, k] = True
            s.finish[i, k] = quarter
            s.n_finished[i] += 1
        elif u.stopped[quarter, i, k]:
            s.lost_stop[i, k] += 1
        elif flags[OVER_CEILING, k] and row8[k] <= s.roundings[i, k]:
            s.lost_ceiling[_lowest_gate(x, u, s, i, quarter, k), k] += 1
        elif flags[OVER_CAPACITY, k] and row8[k] <= s.roundings[i, k]:
            s.lost_capacity[i, k] += 1
        else:
            s.lost_channel[base + np.int64(row10[k]), k] += 1


@inlined
def _find_short(x: LaneInputs, s: State, i: int) -> None:
    """Unmet demand of the lanes in row 8 and, in row 10, the cell that a lost quarter goes to.

    It is the channel with the largest unmet demand; for 随资本金 the capital channel most behind
    its plan at the clock, if one is (see `model.ledger.binding_reasons`).
    """
    row7, row8, row9, row10 = s.row7, s.row8, s.row9, s.row10
    wanted, met, planned, credited = s.wanted, s.met, s.planned, s.credited
    base = x.first_cell[i]
    cells, lanes = x.first_cell[i + 1] - base, met.shape[1]
    money = met.dtype
    for k in range(lanes):
        row8[k] = money.type(0)
        row9[k] = money.type(0)
        row10[k] = money.type(0)
        row7[k] = money.type(0)
    for j in range(cells):
        cell, credit = money.type(j), money.type(x.cell_kind[base + j] == CREDIT)
        for k in range(lanes):
            short = wanted[j, k] - met[j, k]
            row8[k] += short
            more = short > row9[k]
            row9[k] = short if more else row9[k]
            row10[k] = cell if more else row10[k]
            row7[k] = credit if more else row7[k]
    some = False
    for k in range(lanes):
        some = some | (row7[k] > money.type(0))
        row9[k] = money.type(0)
    if not some:
        return
    for j in range(cells):
        if x.capital_bps[x.cell_channel[base + j]] == 0:
            continue
        cell = money.type(j)
        for k in range(lanes):
            behind = planned[j, k] - credited[base + j, k]
            more = (behind > row9[k]) & (row7[k] > money.type(0))
            row9[k] = behind if more else row9[k]
            row10[k] = cell if more else row10[k]


@inlined
def _lowest_gate(x: LaneInputs, u: LaneLuck, s: State, i: int, quarter: int, k: int) -> int:
    """The closed gate with the lowest ceiling, ties in sheet order."""
    lowest = -1
    for n in range(x.item_gates_start[i], x.item_gates_start[i + 1]):
        g = x.item_gates[n]
        shut = not x.gate_starts[g] and s.opens[g, k] > quarter
        if shut and (lowest < 0 or u.ceiling[g, k] < u.ceiling[lowest, k]):
            lowest = g
    return lowest


@inlined
def _look_at_gates(x: LaneInputs, u: LaneLuck, s: State, quarter: int) -> None:
    """At a quarter's end: gates whose predecessor has reached the threshold open next."""
    opens, at, total, cost = s.opens, u.at, s.total, s.item_cost
    approved, finished, pre, active = u.approved, s.finished, x.pre, s.active
    one = total.dtype.type(1)
    for g in range(opens.shape[0]):
        i = x.gate_pred[g]
        if not s.closed[g] or not (active[i] or quarter == 0):
            continue
        waits = False
        for k in range(opens.shape[1]):
            if opens[g, k] == NOT_OPEN:
                done = part(total[i, k] * approved[i, k], max(cost[i, k], one))
                done = approved[i, k] if finished[i, k] else done
                if pre[i] + done >= at[g, k]:
                    opens[g, k] = quarter + 1 + x.gate_lag[g]
                else:
                    waits = True
        s.closed[g] = waits
