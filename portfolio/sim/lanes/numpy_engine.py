"""The batch engine on NumPy alone, for machines without Numba: the rules of `model.allotment`.

One NumPy call works on all cells of the items that take part in a year, in all paths of a lane
block; only starts, gates and substitutes go one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.sim.lanes.inputs import Block, LaneInputs, LaneLuck, Trace
from portfolio.sim.lanes.numpy_layout import lay_out, taking_part
from portfolio.sim.lanes.numpy_ledger import (
    PLAIN,
    held_by,
    ledger_rows,
    trace_close,
    trace_open,
    trace_quarter,
)
from portfolio.sim.lanes.numpy_quarter import begin_quarters, play_quarter
from portfolio.sim.lanes.numpy_state import Shape, State, new_state, shape_of
from portfolio.sim.lanes.numpy_year import close_year, open_year, sum_year

#: Amounts in an array of cells × paths: enough to make a NumPy call worth it, few enough for the
#: cache (measured at 261 cells: a path takes 1.25 ms at 64 paths, 1.01 at 128, 0.88 at 256 and 512).
AMOUNTS = 2**17
FEWEST_LANES, MOST_LANES = 32, 512


def play_block(
    inputs: LaneInputs, luck: LaneLuck, trace: Trace | None = None, *, floats: bool = True
) -> Block:
    """Play all paths of `luck`, lane block by lane block.

    `floats`: amounts may be held in float64 (see `lane_luck.exact_in_float`).
    """
    shape = shape_of(inputs, np.float64 if floats else np.int64)
    paths, items, gates = luck.scale.shape[1], len(inputs.first), len(inputs.gate_pred)
    channels = len(inputs.capital_bps)
    block = Block(
        drawn=np.zeros((paths, PLAY_YEARS), np.int64),
        progress=np.zeros((paths, PLAY_YEARS), np.int64),
        start=np.zeros((paths, items), np.int16),
        finish=np.zeros((paths, items), np.int16),
        held_by=np.zeros((paths, items), np.int16),
        gate_opened=np.zeros((paths, gates), np.int16),
        lost_quarters=np.zeros((items, PLAIN + channels + gates), np.int64),
        channel_drawn=np.zeros((PLAY_YEARS, channels), np.int64),
        channel_unserved=np.zeros((PLAY_YEARS, channels), np.int64),
        item_drawn=np.zeros((PLAY_YEARS, items), np.int64),
    )
    at_once = lanes_at_once(len(inputs.cell_item), paths)
    for first in range(0, paths, at_once):
        lanes = slice(first, first + at_once)
        u = LaneLuck(*(_lanes(array, lanes, shape.money) for array in luck))
        traced = None if trace is None else Trace(*(array[lanes] for array in trace))
        _play_lanes(inputs, u, shape, block, lanes, traced)
    block.drawn = np.diff(block.drawn, axis=1, prepend=0)
    block.progress = np.diff(block.progress, axis=1, prepend=0)
    if trace is not None:
        later = [q for q in range(PLAY_QUARTERS) if q % 4]
        trace.drawn[:, later] -= trace.drawn[:, [q - 1 for q in later]]
    return block


def lanes_at_once(cells: int, paths: int) -> int:
    """Paths worked on at once: as many as the cache likes, in blocks of equal size."""
    most = min(max(AMOUNTS // max(cells, 1), FEWEST_LANES), MOST_LANES)
    return -(-paths // max(-(-paths // most), 1)) or 1


def _lanes(array: Any, lanes: slice, money: Any) -> Any:
    """The lanes of one block, contiguous; amounts in the type worked in."""
    flags = array.dtype in (np.bool_, np.uint8)
    return np.ascontiguousarray(array[..., lanes], dtype=array.dtype if flags else money)


def _play_lanes(
    x: LaneInputs, u: LaneLuck, shape: Shape, block: Block, lanes: slice, trace: Trace | None
) -> None:
    """Play one lane block and write its rows."""
    s = new_state(x, u, shape)
    layout = lay_out(x, u, s, shape, taking_part(x, s, shape, 0))
    for year in range(PLAY_YEARS):
        items = taking_part(x, s, shape, year)
        if not np.array_equal(items, layout.items):
            layout = lay_out(x, u, s, shape, items)
        if len(items):
            y, unserved = open_year(x, u, s, shape, layout, year)
            np.add.at(block.channel_unserved[year], layout.channel, unserved)
            if trace is not None:
                trace_open(x, s, y, year, trace)
            quarters = begin_quarters(x, s, shape, layout, year)
            for quarter in range(4 * year, 4 * year + 4):
                play_quarter(x, u, s, shape, y, quarters, quarter)
                if trace is not None:
                    trace_quarter(x, y, quarter, trace)
            sum_year(x, u, s, y, (block.channel_drawn[year], block.item_drawn[year]))
            before = s.sub_carried
            close_year(x, s, y)
            if trace is not None:
                trace_close(x, s, y, year, trace, before)
        block.drawn[lanes, year] = s.total.sum(axis=0)
        block.progress[lanes, year] = s.progress.sum(axis=0)
    _settle(x, u, s, block, lanes, trace)


def _settle(
    x: LaneInputs, u: LaneLuck, s: State, block: Block, lanes: slice, trace: Trace | None
) -> None:
    """Write starts and finishes, and sum the lost quarters into the delay ledger."""
    block.start[lanes], block.finish[lanes] = s.start.T, s.finish.T
    block.held_by[lanes] = held_by(x, s).T
    opened = np.where(x.gate_binds[:, None], np.minimum(s.opens, PLAY_QUARTERS), PLAY_QUARTERS)
    block.gate_opened[lanes] = opened.T
    for items, slots, quarters in ledger_rows(x, u, s):
        flat = items * block.lost_quarters.shape[1] + slots
        np.add.at(block.lost_quarters.ravel(), flat, quarters.sum(axis=1))
        if trace is not None:
            for row in np.flatnonzero(quarters.any(axis=1)):
                trace.lost[:, items[row], slots[row]] += quarters[row]
