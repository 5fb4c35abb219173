"""What a lane block leaves behind: the delay ledger, and on request everything it did."""

from __future__ import annotations

import numpy as np

from portfolio.sim.lanes.inputs import CREDIT, LaneInputs, LaneLuck, Trace
from portfolio.sim.lanes.state import FULL, QUARTERS, Array, State, compiled, inlined

#: Slots of the delay ledger before the channels' and the gates', as `paths.PLAIN_CAUSES`.
LATE, STOPPED, STRETCHED, SLOWED, AT_CAPACITY, PLAIN = 0, 1, 2, 3, 4, 5


@inlined
def _accounted(x: LaneInputs, s: State, c: int, k: int, money: Array) -> Array:
    """Money of an account; 0 for 随资本金 whose credit is not rationed."""
    return 0 if x.cell_kind[c] == CREDIT and not s.limited[c, k] else np.int64(money)


@compiled
def trace_open(x: LaneInputs, s: State, year: int, first: int, trace: Trace) -> None:
    """Write down what was allotted and carried in, by the channel that pays."""
    for k in range(s.total.shape[1]):
        for c in range(x.cell_item.size):
            channel, i = x.cell_channel[c], x.cell_item[c]
            trace.allotted[first + k, year, channel, i] += np.int64(s.allotted[c, k])
            trace.carried_in[first + k, year, channel, i] += _accounted(x, s, c, k, s.carried[c, k])
        for a in range(x.sub_cell.size):
            channel, i = x.sub_payer[a], x.cell_item[x.sub_cell[a]]
            trace.allotted[first + k, year, channel, i] += np.int64(s.sub_allotted[a, k])
            trace.carried_in[first + k, year, channel, i] += np.int64(s.sub_carried[a, k])


@compiled
def trace_quarter(x: LaneInputs, s: State, quarter: int, first: int, trace: Trace) -> None:
    """Write down what was drawn since the year began."""
    for k in range(s.total.shape[1]):
        for c in range(x.cell_item.size):
            trace.drawn[first + k, quarter, x.cell_channel[c], x.cell_item[c]] += np.int64(
                s.drawn[c, k]
            )
        for a in range(x.sub_cell.size):
            trace.drawn[first + k, quarter, x.sub_payer[a], x.cell_item[x.sub_cell[a]]] += np.int64(
                s.sub_drawn[a, k]
            )


@compiled
def trace_close(x: LaneInputs, s: State, year: int, first: int, trace: Trace, after: bool) -> None:
    """Write down what is carried out and, from before to after the clearing, taken back."""
    for k in range(s.total.shape[1]):
        for c in range(x.cell_item.size):
            channel, i = x.cell_channel[c], x.cell_item[c]
            there = s.carried[c, k] if after else s.carried[c, k] + s.allotted[c, k] - s.drawn[c, k]
            money = _accounted(x, s, c, k, there)
            trace.carried_out[first + k, year, channel, i] += money if after else 0
            trace.taken_back[first + k, year, channel, i] += -money if after else money
        for a in range(x.sub_cell.size):
            channel, i = x.sub_payer[a], x.cell_item[x.sub_cell[a]]
            there = s.sub_carried[a, k]
            if not after:
                there += s.sub_allotted[a, k] - s.sub_drawn[a, k]
            money = np.int64(there)
            trace.carried_out[first + k, year, channel, i] += money if after else 0
            trace.taken_back[first + k, year, channel, i] += -money if after else money


@inlined
def settle(x: LaneInputs, u: LaneLuck, s: State, i: int, k: int, slots: Array) -> int:
    """Add an item's lost quarters to its ledger; returns the gate that held it last."""
    channels, gates = x.capital_bps.size, x.gate_pred.size
    if x.length[i] == 0:
        return gates
    slots[LATE] += max(min(x.earliest[i], QUARTERS) - x.first[i], 0)
    slots[STOPPED] += s.lost_stop[i, k]
    slots[AT_CAPACITY] += s.lost_capacity[i, k]
    for c in range(x.first_cell[i], x.first_cell[i + 1]):
        slots[PLAIN + x.cell_channel[c]] += s.lost_channel[c, k]
    last, latest = gates, -1
    held, held_until = gates, -1
    for n in range(x.item_gates_start[i], x.item_gates_start[i + 1]):
        g = x.item_gates[n]
        opened = min(s.opens[g, k], QUARTERS)
        if x.gate_starts[g] and opened > latest:
            last, latest = g, opened
        slots[PLAIN + channels + g] += s.lost_ceiling[g, k]
        if s.lost_ceiling[g, k] > 0 and opened > held_until:
            held, held_until = g, opened
    if s.lost_start[i, k]:
        slots[PLAIN + channels + last] += s.lost_start[i, k]
        if latest > held_until or (latest == held_until and last < held):
            held = last
    length, moves = x.length[i], np.int64(u.moves[i, k])
    moving, stretched = s.moving[i, k], (moves + FULL - 1) // FULL
    if s.moved[i, k] < u.moves[i, k]:
        moving = max(moving, length)
        stretched = min(max(stretched, length), moving)
    slots[STRETCHED] += stretched - length
    slots[SLOWED] += moving - stretched
    return held
