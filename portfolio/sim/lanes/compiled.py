"""The batch engine, compiled by Numba: the rules of `model.rules.allotment` on lanes of paths.

Amounts are whole 万元 in float64 wherever `inputs.exact_in_float` proves that nothing is
lost (a floor of a quotient of exact integers below 2**53 is exact), in int64 elsewhere: the
functions are compiled for both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from portfolio.sim.lanes.inputs import Block, LaneInputs, LaneLuck, Trace
from portfolio.sim.lanes.quarter import play_quarter
from portfolio.sim.lanes.state import QUARTERS, YEARS, State, compiled, new_state
from portfolio.sim.lanes.trace import PLAIN, settle, trace_close, trace_open, trace_quarter
from portfolio.sim.lanes.year import close_year, open_year, sum_year

#: Paths worked on at once; the state of so many lanes fits the second-level cache.
LANES = 64


@compiled
def _play_lanes(
    x: LaneInputs, u: LaneLuck, s: State, first: int, out: Any, ends: Any, sums: Any, trace: Trace
) -> None:
    """Play one lane block and write its rows, from `first` on."""
    start, finish, held_by, opened = ends
    lost, unserved = sums
    tracing = trace.drawn.shape[1] > 0
    for year in range(YEARS):
        open_year(x, u, s, year, unserved)
        if tracing:
            trace_open(x, s, year, first, trace)
        for quarter in range(4 * year, 4 * year + 4):
            play_quarter(x, u, s, quarter)
            if tracing:
                trace_quarter(x, s, quarter, first, trace)
        sum_year(x, u, s, year, first, out)
        if tracing:
            trace_close(x, s, year, first, trace, False)
        close_year(x, s)
        if tracing:
            trace_close(x, s, year, first, trace, True)
    for g in range(x.gate_pred.size):
        for k in range(s.total.shape[1]):
            opened[first + k, g] = min(s.opens[g, k], QUARTERS) if x.gate_binds[g] else QUARTERS
    for i in range(x.first.size):
        for k in range(s.total.shape[1]):
            start[first + k, i] = s.start[i, k]
            finish[first + k, i] = s.finish[i, k]
            held_by[first + k, i] = settle(x, u, s, i, k, lost[i])
            if tracing:
                settle(x, u, s, i, k, trace.lost[first + k, i])


def play_block(
    inputs: LaneInputs, luck: LaneLuck, trace: Trace | None = None, *, floats: bool = True
) -> Block:
    """Play all paths of `luck`, lane block by lane block.

    `floats`: amounts may be held in float64 (see `inputs.exact_in_float`).
    """
    money = np.float64 if floats else np.int64
    paths, items, gates = luck.scale.shape[1], len(inputs.first), len(inputs.gate_pred)
    channels = len(inputs.capital_bps)
    x = inputs._replace(cum=inputs.cum.astype(money))
    traced = Trace.empty(0, 0, 0, 0, 0) if trace is None else trace
    drawn, progress = np.zeros((paths, YEARS), np.int64), np.zeros((paths, YEARS), np.int64)
    ends = tuple(np.zeros((paths, n), np.int16) for n in (items, items, items, gates))
    lost = np.zeros((items, PLAIN + channels + gates), np.int64)
    by_channel, unserved = (
        np.zeros((YEARS, channels), np.int64),
        np.zeros((YEARS, channels), np.int64),
    )
    by_item = np.zeros((YEARS, items), np.int64)
    for first in range(0, paths, LANES):
        u = LaneLuck(*(_lanes(array, first, money) for array in luck))
        out = (drawn, progress, by_channel, by_item)
        _play_lanes(x, u, new_state(x, u), first, out, ends, (lost, unserved), traced)
    if trace is not None:
        later = [q for q in range(QUARTERS) if q % 4]
        trace.drawn[:, later] -= trace.drawn[:, [q - 1 for q in later]]
    return Block(
        drawn=np.diff(drawn, axis=1, prepend=0),
        progress=np.diff(progress, axis=1, prepend=0),
        start=ends[0],
        finish=ends[1],
        held_by=ends[2],
        gate_opened=ends[3],
        lost_quarters=lost,
        channel_drawn=by_channel,
        channel_unserved=unserved,
        item_drawn=np.diff(by_item, axis=0, prepend=0),
    )


def is_compiled() -> bool:
    """Whether the engine need not be compiled first: it was in this process, or is on disk."""
    engine: Any = _play_lanes
    if engine.signatures:
        return True
    path = engine.stats.cache_path
    if path is None:  # nowhere to keep it
        return False
    folder = Path(path)
    return any(folder.glob(f"{Path(__file__).stem}._play_lanes-*.nbi"))


def _lanes(array: Any, first: int, money: Any) -> Any:
    """The lanes of one block, contiguous; amounts in the type worked in."""
    part = array[..., first : first + LANES]
    flags = array.dtype in (np.bool_, np.uint8)
    return np.ascontiguousarray(part, dtype=array.dtype if flags else money)
