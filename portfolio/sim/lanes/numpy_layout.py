"""Which items take part in a year of the NumPy batch engine, and how their cells lie in memory."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.money import BPS
from portfolio.sim.lanes.inputs import CREDIT, LaneInputs, LaneLuck
from portfolio.sim.lanes.numpy_state import Array, Shape, State, part

#: A row that no cell has.
NO_ROW = -1


Rounds = tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Some items' rows as the plan at the clock needs them.

    which : index of the items in the layout, None for all of them
    rows : their rows in the layout
    start : [row, 1] where the cell begins in `Shape.low`
    rounds : (first, after) of each round, as in the layout
    duration, scale : [item, path]
    """

    which: Ints | None
    rows: Ints
    start: Ints
    rounds: Rounds
    duration: Array
    scale: Array


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Some items and their cells as rows, round by round, so that items are summed by slices.

    First the first cell of every item in channel order, then the second of those that have two,
    and so on. A *place* is (item, path), flattened.

    items : positions, in the order of `Shape.by_cells`; item arrays below follow it
    cells, owner, channel : [row] its cell, the index of its item, its channel
    row_of : [cell] its row, or NO_ROW
    all : all items' rows
    rounds : (first row, row after) of each round; its items are the first ones
    loans : rows of 随资本金; loan_owner : index of their items
    loan_rounds : (places in `loans`, index of their items), an item once in each
    in_full : [row, 1] 1 for capital that counts in full, else 0
    weighted : (rows, items, capital_bps [row, 1]) of capital that counts in part, an item once in
        each
    cost : [row, path]
    moves, item_cost, capacity, roundings : [item, path] as `LaneLuck` and `State`
    """

    items: Ints
    cells: Ints
    owner: Ints
    channel: Ints
    row_of: Ints
    all: Rows
    rounds: Rounds
    loans: Ints
    loan_owner: Ints
    loan_rounds: tuple[tuple[Ints, Ints], ...]
    in_full: Array
    weighted: tuple[tuple[Ints, Ints, Array], ...]
    cost: Array
    moves: Array
    item_cost: Array
    capacity: Array
    roundings: Array

    def by_item(self, amounts: Array) -> Array:
        """Sum rows by item."""
        total = np.zeros((len(self.items), amounts.shape[1]), amounts.dtype)
        for first, after in self.rounds:
            total[: after - first] += amounts[first:after]
        return total

    def most_of(self, amounts: Array) -> Array:
        """The largest of the rows (>= 0) of each item."""
        most = np.zeros((len(self.items), amounts.shape[1]), amounts.dtype)
        for first, after in self.rounds:
            upper = most[: after - first]
            np.maximum(upper, amounts[first:after], out=upper)
        return most

    def first_equal(self, amounts: Array, most: Array, where: Array) -> Array:
        """In which row each item first has an amount, looked for in some places: bool[row, path]."""
        found = np.empty(amounts.shape, np.bool_)
        left = where.copy()
        for first, after in self.rounds:
            many, here = after - first, found[first:after]
            np.equal(amounts[first:after], most[:many], out=here)
            here &= left[:many]
            left[:many] ^= here
        return found

    def part_of(self, which: Ints) -> Rows:
        """The rows of some of the items, in order."""
        rows = [
            which[: np.searchsorted(which, after - first)] + first for first, after in self.rounds
        ]
        ends = [0, *np.cumsum([len(found) for found in rows]).tolist()]
        joined = np.concatenate([*rows, which[:0]])
        return Rows(
            which=which,
            rows=joined,
            start=self.all.start[joined],
            rounds=tuple(pairwise(ends)),
            duration=self.all.duration[which],
            scale=self.all.scale[which],
        )


def taking_part(x: LaneInputs, s: State, shape: Shape, year: int) -> Ints:
    """Items that may have begun and are not finished in all paths."""
    some = (x.earliest < 4 * year + 4) & ~s.finished.all(axis=1)
    return shape.by_cells[some[shape.by_cells]]


def lay_out(x: LaneInputs, u: LaneLuck, s: State, shape: Shape, items: Ints) -> Layout:
    """Lay out the cells of some items."""
    first_cell, many = x.first_cell[items], x.first_cell[items + 1] - x.first_cell[items]
    counts = [int((many > k).sum()) for k in range(int(many.max(initial=0)))]
    cells = np.concatenate([*(first_cell[:n] + k for k, n in enumerate(counts)), items[:0]])
    owner = np.concatenate([*(np.arange(n) for n in counts), items[:0]])
    row_of = np.full(len(x.cell_item), NO_ROW, np.int64)
    row_of[cells] = np.arange(len(cells))
    ends = [0, *np.cumsum(counts).tolist()]
    loans = np.flatnonzero(x.cell_kind[cells] == CREDIT)
    capital = x.capital_bps[x.cell_channel[cells]]
    partly = np.flatnonzero((capital != BPS) & (capital != 0))
    return Layout(
        items=items,
        cells=cells,
        owner=owner,
        channel=x.cell_channel[cells],
        row_of=row_of,
        all=Rows(
            which=None,
            rows=np.arange(len(cells)),
            start=(cells * shape.width)[:, None],
            rounds=tuple(pairwise(ends)),
            duration=u.duration[items],
            scale=u.scale[items],
        ),
        rounds=tuple(pairwise(ends)),
        loans=loans,
        loan_owner=owner[loans],
        loan_rounds=once_each(np.arange(len(loans)), owner[loans]),
        in_full=(capital == BPS)[:, None].astype(shape.money),
        weighted=tuple(
            (rows, of, capital[rows][:, None].astype(shape.money))
            for rows, of in once_each(partly, owner[partly])
        ),
        cost=s.cost[cells],
        moves=u.moves[items],
        item_cost=s.item_cost[items],
        capacity=u.capacity[items],
        roundings=s.roundings[items],
    )


def once_each(things: Ints, owners: Ints) -> tuple[tuple[Ints, Ints], ...]:
    """Things and their owners in groups in which every owner comes once, order kept."""
    groups = []
    while len(things):
        _, first = np.unique(owners, return_index=True)
        groups.append((things[first], owners[first]))
        things, owners = np.delete(things, first), np.delete(owners, first)
    return tuple(groups)


def planned_rows(shape: Shape, rows: Rows, clock: tuple[Array, Array]) -> Array:
    """Plan of rows at the clocks: interpolated, then × volume and cost.

    `clock` is [item, path]: the quarter since the start that a clock stands in, and how far, in
    bps × duration factor.
    """
    position, rest = clock if rows.which is None else (each[rows.which] for each in clock)
    index = np.empty((len(rows.rows), position.shape[1]), np.int64)
    for first, after in rows.rounds:
        np.add(position[: after - first], rows.start[first:after], out=index[first:after])
    planned = shape.step.take(index)
    for first, after in rows.rounds:
        here = planned[first:after]
        here *= rest[: after - first]
        part(here, rows.duration[: after - first], out=here)
    planned += shape.low.take(index)
    for first, after in rows.rounds:
        planned[first:after] *= rows.scale[: after - first]
    return part(planned, BPS, out=planned)


def clock_at(x: LaneInputs, layout: Layout, moved: Array) -> tuple[Array, Array]:
    """Where clocks not past their ends stand on the plan: quarters since the start, and the rest."""
    duration = layout.all.duration
    whole = part(moved, duration, out=np.empty_like(moved))
    rest = moved - whole * duration
    return whole.astype(np.int64) + x.first[layout.items][:, None], rest
