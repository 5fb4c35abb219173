"""A quarter of the NumPy batch engine: starts, clocks, demand, payment, loans, finishes, gates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.money import BPS
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.sim.lanes.inputs import NOT_OPEN, LaneInputs, LaneLuck
from portfolio.sim.lanes.numpy_layout import Layout, Rows, clock_at, once_each, planned_rows
from portfolio.sim.lanes.numpy_ledger import Held, note_behind
from portfolio.sim.lanes.numpy_state import UNBOUNDED, Array, Shape, State, part
from portfolio.sim.lanes.numpy_year import Year


@dataclass(kw_only=True)
class Quarters:
    """What a year's quarters go by.

    running : rows of the items of which a clock has not ended
    planned : [row, path] plan at the clock, the whole cost where all clocks have ended
    waiting : indices of items that a lane has still to start, level by level
    ceiling_gates : (gates, items) of ceilings that may bind this year; an item once in each
    watched : binding gates of a threshold not yet reached everywhere
    """

    running: Rows
    planned: Array
    waiting: tuple[Ints, ...]
    ceiling_gates: tuple[tuple[Ints, Ints], ...]
    watched: Ints


def begin_quarters(x: LaneInputs, s: State, shape: Shape, layout: Layout, year: int) -> Quarters:
    """Prepare a year's quarters."""
    items = layout.items
    ended = np.asarray((s.moved[items] >= layout.moves).all(axis=1))
    levels = shape.level[items]
    unstarted = ~np.asarray(s.started[items].all(axis=1))
    place = np.full(len(x.first), -1, np.int64)
    place[items] = np.arange(len(items))
    closed = x.gate_binds & np.asarray((s.opens > 4 * year).any(axis=1))
    ceilings = np.flatnonzero(closed & ~x.gate_starts & (place[x.gate_succ] >= 0))
    waits = closed & ~x.gate_clock & (s.opens == NOT_OPEN).any(axis=1)
    return Quarters(
        running=layout.part_of(np.flatnonzero(~ended)) if ended.any() else layout.all,
        planned=layout.cost.copy(),
        waiting=tuple(
            np.flatnonzero(unstarted & (levels == level)) for level in np.unique(levels[unstarted])
        ),
        ceiling_gates=once_each(ceilings, place[x.gate_succ[ceilings]]),
        watched=np.flatnonzero(waits & (place[x.gate_pred] >= 0)),
    )


def play_quarter(
    x: LaneInputs, u: LaneLuck, s: State, shape: Shape, y: Year, q: Quarters, quarter: int
) -> None:
    """One quarter of all items."""
    layout = y.layout
    stopped = u.stopped[quarter].take(layout.items, axis=0).view(np.bool_)
    _start(x, s, shape, layout, q, stopped, quarter)
    moved, asks = _move(x, s, layout, stopped, quarter)
    planned = _plan(x, shape, layout, q, moved)
    wanted = planned - y.credited
    for first, after in layout.rounds:
        wanted[first:after] *= asks[: after - first]
    over_ceiling, over_capacity = _cut_to_room(u, s, layout, q, wanted, quarter)
    met = _pay(x, s, y, wanted, quarter)
    _hold_loans(y, planned, met)
    y.credited = y.credited + met
    total = layout.by_item(y.credited)
    s.total[layout.items] = total
    ended = moved >= layout.moves
    _finish(s, layout, ended & (total == layout.item_cost), quarter)
    held = Held(
        stopped=stopped,
        over_ceiling=over_ceiling,
        over_capacity=over_capacity,
        late=ended & ~s.finished[layout.items],
        unmet=np.subtract(wanted, met, out=wanted),
        planned=planned,
    )
    note_behind(x, u, s, y, held, quarter)
    _look_at_gates(x, u, s, shape, q, quarter)


def _start(
    x: LaneInputs, s: State, shape: Shape, layout: Layout, q: Quarters, stopped: Array, quarter: int
) -> None:
    """Start what nothing holds, level by level; note what holds the others."""
    for group in q.waiting:
        due = group[x.earliest[layout.items[group]] <= quarter]
        items = layout.items[due]
        unstarted: Array = ~s.started[items]
        if not unstarted.any():
            continue
        held = unstarted & (s.held_until[items] > quarter)
        still = unstarted & ~held & stopped[due]
        s.lost_start[items] += held
        s.lost_stop[items] += still
        ready = unstarted & ~held & ~still
        s.started[items] |= ready
        s.start[items] = np.where(ready, quarter, s.start[items])
        for item, lanes in zip(items.tolist(), ready, strict=True):
            if lanes.any():
                _open_clock_gates(x, s, shape, item, lanes, quarter)


def _open_clock_gates(
    x: LaneInputs, s: State, shape: Shape, item: int, lanes: Array, quarter: int
) -> None:
    """Open the gates that follow an item's clock where it starts."""
    for gate in shape.clock_gates[item]:
        s.opens[gate, lanes & (s.opens[gate] == NOT_OPEN)] = quarter + x.gate_lag[gate]
        if x.gate_starts[gate]:
            s.refresh_start(shape, int(x.gate_succ[gate]))


def _move(
    x: LaneInputs, s: State, layout: Layout, stopped: Array, quarter: int
) -> tuple[Array, Array]:
    """Move the clocks; returns them, and 1 where an item is not stopped."""
    items = layout.items
    started, before = s.started.take(items, axis=0), s.moved.take(items, axis=0)
    idle = started & stopped & ~s.finished.take(items, axis=0)
    s.lost_stop[items] += idle
    asks = (started & ~stopped).astype(before.dtype)
    step = asks * x.pace[quarter, items][:, None].astype(before.dtype)
    step += before
    moved = np.minimum(step, layout.moves, out=step)
    s.moving[items] += moved > before
    s.moved[items] = moved
    return moved, asks


def _plan(x: LaneInputs, shape: Shape, layout: Layout, q: Quarters, moved: Array) -> Array:
    """Plan of all rows at the clock."""
    if q.running.which is None:
        return planned_rows(shape, q.running, clock_at(x, layout, moved))
    if len(q.running.which):
        q.planned[q.running.rows] = planned_rows(shape, q.running, clock_at(x, layout, moved))
    return q.planned


def _cut_to_room(
    u: LaneLuck, s: State, layout: Layout, q: Quarters, wanted: Array, quarter: int
) -> tuple[Array, Array]:
    """Cut demand to the room under gate ceilings and to the capacity, by cumulative floors.

    Returns where either binds: bool[item, path].
    """
    total = layout.by_item(wanted)
    over_capacity = total > layout.capacity
    over_ceiling = np.zeros_like(over_capacity)
    most = layout.capacity
    if q.ceiling_gates:
        ceiling = np.full(total.shape, UNBOUNDED, total.dtype)
        for gates, items in q.ceiling_gates:
            shut = np.where(s.opens[gates] > quarter, u.ceiling[gates], UNBOUNDED)
            ceiling[items] = np.minimum(ceiling[items], shut)
        room = ceiling - s.total[layout.items]
        over_ceiling = total > room
        most = np.minimum(most, room)
    if over_capacity.any() or over_ceiling.any():
        _cut(layout, wanted, np.minimum(most, total), np.maximum(total, 1))
    return over_ceiling, over_capacity


def _cut(layout: Layout, wanted: Array, room: Array, total: Array) -> None:
    """Cut what items want, `total` in all, to `room`; what fits is left as it is."""
    sums = np.zeros_like(room)
    before = np.zeros_like(room)
    for first, after in layout.rounds:
        many, rows = after - first, wanted[first:after]
        sums[:many] += rows
        np.multiply(sums[:many], room[:many], out=rows)
        part(rows, total[:many], out=rows)
        now = rows.copy()
        rows -= before[:many]
        before = now


def _pay(x: LaneInputs, s: State, y: Year, wanted: Array, quarter: int) -> Array:
    """Pay each row's demand from its account, then from substitutes'."""
    year, of_year = divmod(quarter, 4)
    share = x.release[year, y.layout.channel, of_year][:, None].astype(wanted.dtype)
    if (share == BPS).all():
        there = y.allotted + y.base
    else:
        there = y.allotted * share
        part(there, BPS, out=there)
        there += y.base
    there -= y.credited
    met: Array = np.minimum(wanted, there, out=there)
    if len(x.sub_cell):
        _pay_by_substitutes(x, s, y, wanted, met, (year, of_year))
    return met


def _pay_by_substitutes(
    x: LaneInputs, s: State, y: Year, wanted: Array, met: Array, when: tuple[int, int]
) -> None:
    """Let the substitute accounts of a cell pay what its own did not, in order."""
    used = (s.sub_carried.any(axis=1) | y.sub_allotted.any(axis=1)) & (
        y.layout.row_of[x.sub_cell] >= 0
    )
    share = x.release[when[0], x.sub_payer, when[1]]
    for accounts, rows in once_each(np.flatnonzero(used), y.layout.row_of[x.sub_cell[used]]):
        released = y.sub_allotted[accounts] * share[accounts][:, None].astype(wanted.dtype)
        part(released, BPS, out=released)
        there = released + s.sub_carried[accounts] - y.sub_drawn[accounts]
        now = np.maximum(np.minimum(wanted[rows] - met[rows], there), 0)
        met[rows] += now
        y.sub_drawn[accounts] += now
        y.sub_paid[rows] += now
        y.base[rows] += now


def _hold_loans(y: Year, planned: Array, met: Array) -> None:
    """Cut 随资本金 to its plan at the clock × capital drawn ÷ capital planned."""
    layout = y.layout
    loans = layout.loans
    if not len(loans):
        return
    after = y.credited + met
    drawn, due = layout.by_item(after * layout.in_full), layout.by_item(planned * layout.in_full)
    for rows, items, weight in layout.weighted:
        for amounts, whole in ((after, drawn), (planned, due)):
            counted = amounts.take(rows, axis=0)
            counted *= weight
            whole[items] += part(counted, BPS, out=counted)
    none = due == 0  # no capital planned yet: nothing to be behind
    drawn += none
    due += none
    room = planned.take(loans, axis=0)
    room *= drawn.take(layout.loan_owner, axis=0)
    part(room, due.take(layout.loan_owner, axis=0), out=room)
    credited = y.credited.take(loans, axis=0)
    room -= credited
    np.maximum(room, 0, out=room)
    met[loans] = np.minimum(room, met.take(loans, axis=0), out=room)


def _finish(s: State, layout: Layout, complete: Array, quarter: int) -> None:
    """Tell the items whose clock has ended and whose money is all drawn."""
    rows = np.flatnonzero((complete & ~s.finished[layout.items]).any(axis=1))
    if len(rows):
        items = layout.items[rows]
        new = complete[rows] & ~s.finished[items]
        s.finished[items] |= new
        s.finish[items] = np.where(new, quarter, s.finish[items])


def _look_at_gates(
    x: LaneInputs, u: LaneLuck, s: State, shape: Shape, q: Quarters, quarter: int
) -> None:
    """At a quarter's end: gates whose predecessor has reached the threshold open next."""
    if not len(q.watched) or quarter == PLAY_QUARTERS - 1:
        return
    pred = x.gate_pred[q.watched]
    done = s.total[pred] * u.approved[pred]
    part(done, np.maximum(s.item_cost[pred], 1), out=done)
    done = np.where(s.finished[pred], u.approved[pred], done)
    reached = x.pre[pred][:, None] + done >= u.at[q.watched]
    reached &= s.opens[q.watched] == NOT_OPEN
    rows = np.flatnonzero(reached.any(axis=1))
    for row in rows.tolist():
        gate = int(q.watched[row])
        s.opens[gate, reached[row]] = quarter + 1 + x.gate_lag[gate]
        if x.gate_starts[gate]:
            s.refresh_start(shape, int(x.gate_succ[gate]))
    if len(rows):
        q.watched = q.watched[(s.opens[q.watched] == NOT_OPEN).any(axis=1)]
