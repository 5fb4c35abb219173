"""What the NumPy batch engine stands on: cells by item as tables, and the state of a lane block.

Rows are items, cells or gates, the last axis is the path. Amounts are whole 万元, in float64 where
`lane_luck.exact_in_float` proves that nothing is lost, else in int64; both use `part` to divide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Ints
from portfolio.model.money import BPS
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.sim.lanes.inputs import NOT_OPEN, LaneInputs, LaneLuck

Array = npt.NDArray[Any]

#: Stands for “no ceiling” and “no limit of credit”: above any amount, and exact in float64.
UNBOUNDED = 2**52


def part(amount: Array, whole: Array | int, out: Array) -> Array:
    """floor(amount ÷ whole) of exact integers into `out`, whole > 0."""
    if amount.dtype.kind == "f":
        return np.floor(np.divide(amount, whole, out=out), out=out)
    return np.floor_divide(amount, whole, out=out)


def cumulated(amounts: Array) -> Array:
    """Sums of the rows up to each one: many times faster than a cumulated sum along columns."""
    sums = amounts.copy()
    for row in range(1, len(sums)):
        sums[row] += sums[row - 1]
    return sums


def cut_rows(amounts: Array, room: Array, total: Array) -> Array:
    """Cut the rows of each column, `total` in all, to `room` by cumulative floors."""
    share = cumulated(amounts)
    share *= room
    part(share, np.maximum(total, 1), out=share)
    share[1:] -= share[:-1].copy()
    return share


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Tables made once of `LaneInputs`, for all lane blocks.

    money : float64 or int64
    by_cells : items with money, those with the most cells first
    low, step : planned money at the end of a quarter and of the next one, cell after cell
    width : quarters of a cell in them
    start_gates, clock_gates : by item, the binding gates that hold it from starting; those that
        open when it starts
    level : [item] items that start with others in the same quarter come after them
    """

    money: Any
    by_cells: Ints
    low: Array
    step: Array
    width: int
    start_gates: tuple[Ints, ...]
    clock_gates: tuple[tuple[int, ...], ...]
    level: Ints


def shape_of(x: LaneInputs, money: Any) -> Shape:
    """Make the tables."""
    items = len(x.first)
    order = np.argsort(-np.diff(x.first_cell), kind="stable")
    start_gates = tuple(
        np.flatnonzero((x.gate_succ == i) & x.gate_binds & x.gate_starts) for i in range(items)
    )
    level = np.zeros(items, np.int64)
    for i in x.order:
        before = [level[x.gate_pred[g]] + 1 for g in start_gates[i] if x.gate_clock[g]]
        level[i] = max(before, default=0)
    cum = x.cum.astype(money)
    return Shape(
        money=money,
        by_cells=order[x.length[order] > 0],
        low=cum.ravel(),
        step=np.diff(cum, axis=1, append=cum[:, -1:]).ravel(),
        width=cum.shape[1],
        start_gates=start_gates,
        clock_gates=tuple(
            tuple(np.flatnonzero((x.gate_pred == i) & x.gate_binds & x.gate_clock).tolist())
            for i in range(items)
        ),
        level=level,
    )


@dataclass(kw_only=True)
class State:
    """A lane block in play; amounts [row, path].

    credited, carried, cost : [cell] money met so far, carried into the year, in all
    sub_carried : [substitute account]; substituted : [slot] allotted in others' place
    moved, total, item_cost, roundings, progress : [item] the clock in bps of a quarter, money
        drawn, in all, arrears that roundings can make, progress at approved cost
    started, finished, start, finish : [item]
    held_until : [item] quarter in which the last of its binding start gates opens
    opens : [gate] quarter from which it is open
    moving, lost_start, lost_stop, lost_capacity : [item] quarters for the delay ledger, with
        lost_channel : [cell] and lost_ceiling : [gate]
    """

    credited: Array
    carried: Array
    cost: Array
    sub_carried: Array
    substituted: Array
    moved: Array
    total: Array
    item_cost: Array
    roundings: Array
    progress: Array
    started: Array
    finished: Array
    start: Array
    finish: Array
    held_until: Array
    opens: Array
    moving: Array
    lost_start: Array
    lost_stop: Array
    lost_capacity: Array
    lost_channel: Array
    lost_ceiling: Array

    def refresh_start(self, shape: Shape, item: int) -> None:
        """See anew when the last of an item's start gates opens."""
        self.held_until[item] = self.opens[shape.start_gates[item]].max(axis=0)


def new_state(x: LaneInputs, u: LaneLuck, shape: Shape) -> State:
    """The state at the start."""
    cells, items, lanes = len(x.cell_item), len(x.first), u.scale.shape[1]
    money = shape.money
    planned = x.cum[:, -1:].astype(money)
    cost = planned * u.scale[x.cell_item]
    part(cost, BPS, out=cost)
    item_cost, roundings = np.zeros((2, items, lanes), money)
    np.add.at(item_cost, x.cell_item, cost)
    np.add.at(roundings, x.cell_item, 2 * (cost > 0))
    state = State(
        credited=np.zeros((cells, lanes), money),
        carried=np.zeros((cells, lanes), money),
        cost=cost,
        sub_carried=np.zeros((len(x.sub_cell), lanes), money),
        substituted=np.zeros((len(x.slot_item), lanes), money),
        moved=np.zeros((items, lanes), money),
        total=np.zeros((items, lanes), money),
        item_cost=item_cost,
        roundings=roundings,
        progress=np.zeros((items, lanes), money),
        started=np.zeros((items, lanes), np.bool_),
        finished=np.repeat(x.length[:, None] == 0, lanes, axis=1),
        start=np.full((items, lanes), PLAY_QUARTERS, np.int16),
        finish=np.full((items, lanes), PLAY_QUARTERS, np.int16),
        held_until=np.zeros((items, lanes), np.int64),
        opens=_first_opens(x, u),
        moving=np.zeros((items, lanes), np.int16),
        lost_start=np.zeros((items, lanes), np.int16),
        lost_stop=np.zeros((items, lanes), np.int16),
        lost_capacity=np.zeros((items, lanes), np.int16),
        lost_channel=np.zeros((cells, lanes), np.int16),
        lost_ceiling=np.zeros((len(x.gate_pred), lanes), np.int16),
    )
    for item, gates in enumerate(shape.start_gates):
        if len(gates):
            state.refresh_start(shape, item)
    return state


def _first_opens(x: LaneInputs, u: LaneLuck) -> Array:
    """Gates open from the start, and those that earlier money opens after the first quarter.

    The latter where the volume that comes about leaves nothing to do beyond that money.
    """
    opens = np.full(u.at.shape, NOT_OPEN, np.int64)
    opens[x.gate_from_start] = 0
    early = (x.pre[x.gate_pred][:, None] >= u.at) & (opens == NOT_OPEN)
    early &= (x.gate_binds & ~x.gate_clock)[:, None]
    return np.where(early, 1 + x.gate_lag[:, None], opens)
