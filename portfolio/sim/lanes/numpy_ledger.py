"""What a NumPy lane block leaves behind: the delay ledger, and on request everything it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.money import BPS
from portfolio.model.outcome import CauseKind
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.paths import PLAIN_CAUSES
from portfolio.sim.lanes.inputs import LaneInputs, LaneLuck, Trace
from portfolio.sim.lanes.numpy_state import Array, State
from portfolio.sim.lanes.numpy_year import Year

#: Slots of the channels, and after them of the gates, follow the plain causes'.
PLAIN = len(PLAIN_CAUSES)


class Held(NamedTuple):
    """What holds items back in a quarter: [item, path], amounts [row, path].

    stopped, over_ceiling, over_capacity : what stops an item or cuts what it asks
    late : its clock has ended and its money is not all drawn
    unmet : demand that was not met
    planned : plan at the clock
    """

    stopped: Array
    over_ceiling: Array
    over_capacity: Array
    late: Array
    unmet: Array
    planned: Array


def note_behind(x: LaneInputs, u: LaneLuck, s: State, y: Year, held: Held, quarter: int) -> None:
    """Give a quarter lost after the clock's end to the first that binds; see `model.ledger`.

    Where unmet 随资本金 is the largest, the capital most behind its plan at the clock is the cause.
    """
    layout, lanes = y.layout, held.unmet.shape[1]
    behind = held.late & ~held.stopped
    if not behind.any():
        return
    funded = behind & (layout.by_item(held.unmet) <= layout.roundings)
    by_ceiling = funded & held.over_ceiling
    places = np.flatnonzero(by_ceiling)
    if len(places):
        where = layout.items[places // lanes], places % lanes
        s.lost_ceiling[_lowest_gates(x, u, s, where, quarter), where[1]] += 1
    by_capacity = funded & held.over_capacity & ~by_ceiling
    if by_capacity.any():
        s.lost_capacity[layout.items] += by_capacity
    by_money = behind & ~by_ceiling & ~by_capacity
    failed = layout.first_equal(held.unmet, layout.most_of(held.unmet), by_money)
    if failed[layout.loans].any():
        _blame_capital(x, y, held, failed)
    y.lost += failed


def _blame_capital(x: LaneInputs, y: Year, held: Held, failed: Array) -> None:
    """Where 随资本金 failed, put the capital most behind its plan in its place, if any is."""
    layout = y.layout
    loans = failed[layout.loans]
    by_loan = np.zeros_like(held.late)
    for rows, items in layout.loan_rounds:
        by_loan[items] |= loans[rows]
    gap = held.planned - y.credited
    gap *= (x.capital_bps[layout.channel] > 0)[:, None].astype(gap.dtype)
    most = layout.most_of(gap)
    by_loan &= most > 0
    failed[layout.loans] = loans & ~by_loan[layout.loan_owner]
    failed |= layout.first_equal(gap, most, by_loan)


def _lowest_gates(
    x: LaneInputs, u: LaneLuck, s: State, where: tuple[Ints, Ints], quarter: int
) -> Ints:
    """The closed gate with the lowest ceiling of some items in some paths, ties in sheet order."""
    items, lanes = where
    gates = np.zeros(len(items), np.int64)
    for item in np.unique(items):
        mine = np.flatnonzero(items == item)
        own = x.item_gates[x.item_gates_start[item] : x.item_gates_start[item + 1]]
        own = own[~x.gate_starts[own]]
        shut = s.opens[own][:, lanes[mine]] > quarter
        ceiling = np.where(shut, u.ceiling[own][:, lanes[mine]], np.inf)
        gates[mine] = own[ceiling.argmin(axis=0)]
    return gates


def _start_gates_lost(x: LaneInputs, s: State) -> Array:
    """Quarters an item did not start, on the gate that opened last: [gate, path]."""
    opened = np.minimum(s.opens, PLAY_QUARTERS)
    lost = np.zeros(s.opens.shape, np.int64)
    for item in np.flatnonzero(s.lost_start.any(axis=1)):
        own = x.item_gates[x.item_gates_start[item] : x.item_gates_start[item + 1]]
        own = own[x.gate_starts[own]]
        last = own[opened[own].argmax(axis=0)]
        lost[last, np.arange(len(last))] = s.lost_start[item]
    return lost


def ledger_rows(x: LaneInputs, u: LaneLuck, s: State) -> Iterator[tuple[Ints, Ints, Array]]:
    """The delay ledger in pieces: items, slots, quarters [row, path]; a row adds to its slot."""
    items = np.flatnonzero(x.length > 0)
    length = x.length[items][:, None]
    each = {kind: np.full_like(items, index) for index, kind in enumerate(PLAIN_CAUSES)}
    late = np.minimum(x.earliest, PLAY_QUARTERS)[items] - x.first[items]
    lanes = s.moved.shape[1]
    yield items, each[CauseKind.LATE_START], np.repeat(late[:, None], lanes, axis=1)
    yield items, each[CauseKind.STOPPAGE], s.lost_stop[items].astype(np.int64)
    yield items, each[CauseKind.CAPACITY], s.lost_capacity[items].astype(np.int64)
    yield x.cell_item, PLAIN + x.cell_channel, s.lost_channel.astype(np.int64)
    gates = PLAIN + len(x.capital_bps) + np.arange(len(x.gate_succ))
    yield x.gate_succ, gates, gates_lost(x, s)
    moves, moving = u.moves[items].astype(np.int64), s.moving[items].astype(np.int64)
    stretched = -(-moves // BPS)
    # While a clock runs, only the quarters past the planned length are lost so far.
    running = s.moved[items] < moves
    moving = np.where(running, np.maximum(moving, length), moving)
    so_far = np.minimum(np.maximum(stretched, length), moving)
    stretched = np.where(running, so_far, stretched)
    yield items, each[CauseKind.DURATION], stretched - length
    yield items, each[CauseKind.PACE], moving - stretched


def gates_lost(x: LaneInputs, s: State) -> Array:
    """Quarters each gate cost its successor: [gate, path]."""
    return _start_gates_lost(x, s) + s.lost_ceiling


def held_by(x: LaneInputs, s: State) -> Array:
    """The gate that cost an item quarters, the one that opened last, ties in sheet order.

    int16[item, path], the number of gates where none did.
    """
    lost, opened = gates_lost(x, s), np.minimum(s.opens, PLAY_QUARTERS)
    held = np.full(s.moved.shape, len(x.gate_succ), np.int16)
    latest = np.full(s.moved.shape, -1, np.int64)
    for gate in np.flatnonzero(lost.any(axis=1)):
        item = x.gate_succ[gate]
        later = (lost[gate] > 0) & (opened[gate] > latest[item])
        held[item, later], latest[item, later] = gate, opened[gate, later]
    return held


def trace_open(x: LaneInputs, s: State, y: Year, year: int, trace: Trace) -> None:
    """Write down what was allotted and carried in, by the channel that pays."""
    accounted = y.carried * _accounted(y)
    _write(x, y, trace.allotted[:, year], y.allotted, y.sub_allotted)
    _write(x, y, trace.carried_in[:, year], accounted, s.sub_carried)


def trace_quarter(x: LaneInputs, y: Year, quarter: int, trace: Trace) -> None:
    """Write down what was drawn since the year began."""
    _write(x, y, trace.drawn[:, quarter], y.own_drawn(), y.sub_drawn)


def trace_close(
    x: LaneInputs, s: State, y: Year, year: int, trace: Trace, sub_carried: Array
) -> None:
    """Write down what was carried out and taken back; `sub_carried` is from before the clearing."""
    accounted = _accounted(y)
    over = s.carried[y.layout.cells] * accounted
    there = (y.carried + y.allotted - y.own_drawn()) * accounted
    sub_there = sub_carried + y.sub_allotted - y.sub_drawn
    _write(x, y, trace.carried_out[:, year], over, s.sub_carried)
    _write(x, y, trace.taken_back[:, year], there - over, sub_there - s.sub_carried)


def _accounted(y: Year) -> Array:
    """Rows that have an account: not 随资本金 whose credit is not rationed."""
    accounted = np.ones_like(y.carried)
    accounted[y.layout.loans] = y.limited
    return accounted


def _write(x: LaneInputs, y: Year, into: Array, own: Array, substitutes: Array) -> None:
    """Add amounts [row, path] and [substitute account, path] to [path, channel, item]."""
    into[:, y.layout.channel, y.layout.items[y.layout.owner]] += own.T.astype(np.int64)
    for account in np.flatnonzero(substitutes.any(axis=1)):
        item = x.cell_item[x.sub_cell[account]]
        into[:, x.sub_payer[account], item] += substitutes[account].astype(np.int64)
