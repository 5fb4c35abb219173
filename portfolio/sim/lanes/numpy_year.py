"""A year of the NumPy batch engine: who takes part, needs, allotment, clearing, sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.money import BPS
from portfolio.sim.lanes.inputs import OWN, LaneInputs, LaneLuck
from portfolio.sim.lanes.numpy_layout import NO_ROW, Layout, clock_at, planned_rows
from portfolio.sim.lanes.numpy_state import (
    UNBOUNDED,
    Array,
    Shape,
    State,
    cumulated,
    cut_rows,
    part,
)


@dataclass(kw_only=True)
class Year:
    """The accounts of a year: amounts [row, path], rows as in the layout.

    carried, credited, credited_before, allotted : the last but one at the year's start
    base : what was credited before the year, plus carried; UNBOUNDED more where nothing limits
    sub_allotted, sub_drawn : [substitute account]; sub_paid : [row] drawn this year in its place
    limited : [row of 随资本金] it is rationed
    lost : quarters lost for want of its money
    drawn : what the channels' own accounts paid, once the year has ended
    """

    layout: Layout
    carried: Array
    credited: Array
    credited_before: Array
    allotted: Array
    base: Array
    sub_paid: Array
    sub_allotted: Array
    sub_drawn: Array
    limited: Array
    lost: Array
    drawn: Array

    def own_drawn(self) -> Array:
        """What the channels' own accounts paid this year."""
        drawn = self.credited - self.credited_before
        return drawn - self.sub_paid if len(self.sub_drawn) else drawn


def open_year(
    x: LaneInputs, u: LaneLuck, s: State, shape: Shape, layout: Layout, year: int
) -> tuple[Year, Ints]:
    """Allot a year (年初下达); returns the accounts and, by row, what no channel could serve."""
    credited, carried = s.credited[layout.cells], s.carried[layout.cells]
    need = _needs(x, s, shape, layout, year)
    need -= credited
    need -= carried
    np.maximum(need, 0, out=need)
    loans = layout.loans
    limited = u.limited[year, layout.channel[loans]]
    left = u.pooled[year].astype(shape.money)
    allotted = _allot(x, u, layout, need, left, year)
    allotted[loans] *= limited
    need -= allotted
    need[loans] *= limited
    base = carried + credited
    base[loans] += UNBOUNDED * ~limited
    y = Year(
        layout=layout,
        carried=carried,
        credited=credited,
        credited_before=credited,
        allotted=allotted,
        base=base,
        sub_paid=np.zeros_like(need if len(x.sub_cell) else need[:1]),
        sub_allotted=np.zeros_like(s.sub_carried),
        sub_drawn=np.zeros_like(s.sub_carried),
        limited=limited,
        lost=np.zeros(need.shape, np.int16),
        drawn=need,
    )
    if len(x.sub_cell):
        _substitute(x, u, s, y, need, left)
    return y, need.sum(axis=1).astype(np.int64)


def _needs(x: LaneInputs, s: State, shape: Shape, layout: Layout, year: int) -> Array:
    """Planned at the year's end, if the clock moves in every quarter left, less substitutes' rest."""
    items = layout.items
    quarters = np.clip(4 * year + 4 - np.maximum(x.earliest[items], 4 * year), 0, 4)
    ahead = s.moved[items] + (quarters * BPS)[:, None].astype(shape.money)
    moved = np.minimum(ahead, layout.moves, out=ahead)
    need = planned_rows(shape, layout.all, clock_at(x, layout, moved))
    if len(x.sub_cell):
        row = layout.row_of[x.sub_cell]
        np.subtract.at(need, row[row != NO_ROW], s.sub_carried[row != NO_ROW])
    return need


def _allot(
    x: LaneInputs, u: LaneLuck, layout: Layout, need: Array, left: Array, year: int
) -> Array:
    """Serve needs by kind of channel; `left` of the pooled envelopes [channel, path] shrinks.

    随资本金 is allotted as if it were rationed everywhere.
    """
    allotted = np.zeros_like(need)
    owned = np.flatnonzero(x.cell_kind[layout.cells] == OWN)
    own = x.own[year, layout.cells[owned]][:, None] * u.receipt[year, layout.channel[owned]]
    allotted[owned] = np.minimum(need[owned], part(own, BPS, out=own))
    given = need[layout.loans] * u.credit[year, layout.channel[layout.loans]]
    allotted[layout.loans] = part(given, BPS, out=given)
    for group, channel in enumerate(x.group_channel.tolist()):
        rows = layout.row_of[x.served[x.served_start[group] : x.served_start[group + 1]]]
        rows = rows[rows != NO_ROW]
        if len(rows):
            allotted[rows] = _serve(left[channel], need[rows], x.in_order)
    return allotted


def _serve(left: Array, need: Array, in_order: bool) -> Array:
    """Serve the needs of one class from what is left [path] of an envelope, which shrinks."""
    total = need.sum(axis=0)
    room = np.minimum(left, total)
    if (room == total).all():
        given = need
    elif in_order:
        before = cumulated(need) - need
        given = np.minimum(np.maximum(left - before, 0), need)
    else:
        given = cut_rows(need, room, total)
    left -= room
    return given


def _substitute(x: LaneInputs, u: LaneLuck, s: State, y: Year, unmet: Array, left: Array) -> None:
    """Let other pooled channels serve what one could not, up to their room."""
    for group, payer in enumerate(x.sub_group_payer.tolist()):
        accounts = x.subs[x.sub_group_start[group] : x.sub_group_start[group + 1]]
        accounts = accounts[y.layout.row_of[x.sub_cell[accounts]] != NO_ROW]
        rows, slots = y.layout.row_of[x.sub_cell[accounts]], x.sub_slot[accounts]
        if not len(rows) or not left[payer].any():
            continue
        slack = u.room[slots] - s.substituted[slots]
        given = _serve(left[payer], np.minimum(unmet[rows], slack), x.in_order)
        y.sub_allotted[accounts] = given
        unmet[rows] -= given
        s.substituted[slots] += given


def close_year(x: LaneInputs, s: State, y: Year) -> None:
    """Clear a year (年末清算): over to the next year, or taken back."""
    layout = y.layout
    over = y.carried + y.allotted
    over -= y.drawn
    two_years = np.flatnonzero(x.two_years[layout.channel])
    over[two_years] -= np.maximum(y.carried[two_years] - y.drawn[two_years], 0)
    unfinished = (~s.finished[layout.items]).astype(over.dtype)
    over *= unfinished.take(layout.owner, axis=0)
    over[layout.loans] *= y.limited
    s.carried[layout.cells] = over
    s.credited[layout.cells] = y.credited
    s.lost_channel[layout.cells] += y.lost
    if len(x.sub_cell):
        _close_substitutes(x, s, y)


def _close_substitutes(x: LaneInputs, s: State, y: Year) -> None:
    """Clear the substitutes' accounts; what is taken back makes room again."""
    old = np.maximum(s.sub_carried - y.sub_drawn, 0)
    there = s.sub_carried + y.sub_allotted - y.sub_drawn
    over = there - old * x.two_years[x.sub_payer][:, None]
    over *= ~s.finished[x.cell_item[x.sub_cell]]
    np.subtract.at(s.substituted, x.sub_slot, there - over)
    s.sub_carried = over


def sum_year(x: LaneInputs, u: LaneLuck, s: State, y: Year, out: Any) -> None:
    """Add a year to the sums over the paths by channel and item; bring progress up to date."""
    by_channel, by_item = out
    layout = y.layout
    y.drawn = y.own_drawn()
    money = y.drawn.sum(axis=1).astype(np.int64)
    np.add.at(by_channel, layout.channel, money)
    np.add.at(by_item, layout.items[layout.owner], money)
    if len(x.sub_cell):
        money = y.sub_drawn.sum(axis=1).astype(np.int64)
        np.add.at(by_channel, x.sub_payer, money)
        np.add.at(by_item, x.cell_item[x.sub_cell], money)
    s.progress[layout.items] = progress_of(u, s, layout.items)


def progress_of(u: LaneLuck, s: State, items: Ints) -> Array:
    """Progress at approved cost of some items: [item, path]."""
    approved = u.approved[items]
    done = s.total[items] * approved
    part(done, np.maximum(s.item_cost[items], 1), out=done)
    return np.where(s.finished[items], approved, done)
