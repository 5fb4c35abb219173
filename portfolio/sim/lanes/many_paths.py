"""Many paths at once: the batch engine, compiled where Numba is there, NumPy elsewhere.

Both give the integers of the SimPy engine on the same draws; results don't depend on how paths
are put together in blocks.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec
from types import ModuleType

import numpy as np

from portfolio.model.luck import Draws
from portfolio.model.money import LARGEST_WAN
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import Limits
from portfolio.model.study.paths import Paths
from portfolio.sim.lanes.inputs import (
    LaneInputs,
    Trace,
    by_item,
    exact_in_float,
    lane_inputs,
    lane_luck,
)

COMPILED, NUMPY = "numba", "numpy"
ENGINES = (COMPILED, NUMPY)
#: Flattened rules of the portfolios played last: a study plays few, many times over.
_KNOWN: list[tuple[Portfolio, LaneInputs, Limits]] = []
_MOST_KNOWN = 16
_LOCK = threading.Lock()


def compiled_engine_missing() -> bool:
    """Whether Numba is not installed, so that the NumPy engine plays."""
    return find_spec("numba") is None


def engine_name(engine: str | None = None) -> str:
    """The engine that plays: the one asked for, else the fastest there is.

    Raises
    ------
    ValueError
        There is no engine of that name.
    """
    if engine is None:
        return NUMPY if compiled_engine_missing() else COMPILED
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine}")
    return engine


def to_be_compiled() -> bool:
    """Whether the compiled engine will first be compiled for this machine (once, ~30 s)."""
    if compiled_engine_missing():
        return False
    from portfolio.sim.lanes.compiled import is_compiled

    return not is_compiled()


def _engine(name: str) -> ModuleType:
    if name == COMPILED:
        from portfolio.sim.lanes import compiled

        return compiled
    from portfolio.sim.lanes import numpy_engine

    return numpy_engine


def _flattened(portfolio: Portfolio) -> tuple[LaneInputs, Limits]:
    with _LOCK:
        for known, inputs, limits in _KNOWN:
            if known is portfolio:
                return inputs, limits
    inputs, limits = lane_inputs(portfolio)
    with _LOCK:
        _KNOWN.append((portfolio, inputs, limits))
        del _KNOWN[:-_MOST_KNOWN]
    return inputs, limits


def play_many(
    portfolio: Portfolio, draws: Draws, *, engine: str | None = None, trace: Trace | None = None
) -> Paths:
    """Play every path of the draws; `trace` (see `Trace.empty`) is filled with all they did.

    Amounts are held in float64 where no product can lose a 万元, in int64 where one could.

    Raises
    ------
    ValueError
        A path costs more than `LARGEST_WAN`.
    """
    inputs, limits = _flattened(portfolio)
    luck = lane_luck(portfolio, limits, inputs, draws)
    cost = by_item(inputs, luck.scale)
    if int((limits.pre_wan[:, None] + cost).sum(axis=0).max(initial=0)) > LARGEST_WAN:
        raise ValueError("more money than int64 products can carry")
    floats = exact_in_float(inputs, luck, cost)
    block = _engine(engine_name(engine)).play_block(inputs, luck, trace, floats=floats)
    return Paths(
        drawn_wan=block.drawn,
        progress_wan=block.progress,
        start=block.start,
        finish=block.finish,
        cost_wan=np.ascontiguousarray(cost.T),
        held_by=block.held_by,
        gate_opened=block.gate_opened,
        cost_bps=draws.cost_bps.astype(np.int32),
        volume_bps=draws.volume_bps.astype(np.int32),
        duration_bps=draws.duration_bps.astype(np.int32),
        stopped_quarters=draws.stopped.sum(axis=1).astype(np.int16),
        receipt_bps=draws.receipt_bps.astype(np.int16),
        happened=draws.happened,
        lost_quarters=block.lost_quarters,
        channel_drawn_wan=block.channel_drawn,
        channel_unserved_wan=block.channel_unserved,
        item_drawn_wan=block.item_drawn,
    )
