"""Many paths at once: the kernel on machine vectors, or on NumPy rows where amounts are too large.

Both are the same source (`kernel`) and give the integers of the SimPy engine on the same draws;
results don't depend on how paths are put together in blocks.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.luck import Draws
from portfolio.model.money import BPS, LARGEST_WAN
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.opening import opening
from portfolio.model.study.paths import PLAIN_CAUSES, Paths
from portfolio.sim.lanes import arenas, kernel
from portfolio.sim.lanes.arenas import Kept, Luck, Play, Results, TraceRows, rows_of
from portfolio.sim.lanes.inputs import (
    LaneInputs,
    exact_in_float,
    lane_inputs,
    money_at_most,
    with_envelopes,
)
from portfolio.sim.lanes.vectors import Arena

COMPILED, NUMPY = "compiled", "numpy"
ENGINES = (COMPILED, NUMPY)
#: Lanes of a block of NumPy rows: enough to make a call worth it.
MOST_ROWS = 512
#: Bytes of a cache line, and of the widest register.
LINE = 64
#: Flattened rules of the portfolios played last: a study plays few, many times over.
_KNOWN: list[tuple[Portfolio, LaneInputs]] = []
_MOST_KNOWN = 16
_LOCK = threading.Lock()


@dataclass(kw_only=True)
class Trace:
    """Everything about each path, for comparing engines: int64.

    drawn : [path, quarter, channel, item] by the channel that pays
    allotted, carried_in, carried_out, taken_back : [path, year, channel, item]; for 随资本金 only
        where credit is rationed, as in `Outcome`
    lost : [path, item, slot] the delay ledger
    """

    drawn: Ints
    allotted: Ints
    carried_in: Ints
    carried_out: Ints
    taken_back: Ints
    lost: Ints

    @staticmethod
    def empty(paths: int, quarters: int, channels: int, items: int, gates: int) -> Trace:
        """A trace to be filled."""
        yearly = (paths, quarters // 4, channels, items)
        slots = len(PLAIN_CAUSES) + channels + gates
        return Trace(
            drawn=np.zeros((paths, quarters, channels, items), np.int64),
            allotted=np.zeros(yearly, np.int64),
            carried_in=np.zeros(yearly, np.int64),
            carried_out=np.zeros(yearly, np.int64),
            taken_back=np.zeros(yearly, np.int64),
            lost=np.zeros((paths, items, slots), np.int64),
        )

    def fill(self, start: int, stop: int, notes: TraceRows) -> None:
        """Take what a block of lanes has written down; what was drawn in a year comes added up."""
        for name in TraceRows._fields[1:]:
            array = getattr(self, name)[start:stop]
            array[:] = getattr(notes, name).T[: stop - start].reshape(array.shape)
        drawn = self.drawn[start:stop]
        later = [quarter for quarter in range(drawn.shape[1]) if quarter % 4]
        drawn[:, later] -= drawn[:, [quarter - 1 for quarter in later]]


def _add_past(trace: Trace, portfolio: Portfolio, draws: Draws) -> None:
    """Add what facts have to what the kernel has written down of the play.

    What was carried in for items that are paid, or have no plan, is taken back at the year's end:
    the kernel plays none of them.
    """
    begun = opening(portfolio)
    trace.drawn[:, : begun.quarter + 1] += begun.facts_wan
    year, x = begun.quarter // 4, flattened(portfolio)
    granted = x.credit_bps[year] * draws.receipt_bps[:, year] // BPS
    told = (~x.is_credit | (granted < BPS) | x.delayed[year])[:, :, None]
    trace.allotted[:, year] += begun.spent_wan * told
    unplayed = begun.carried_wan * (begun.paid | (x.length == 0))
    trace.carried_in[:, year] += begun.used_wan * told + unplayed
    trace.taken_back[:, year] += unplayed


def compiler_missing() -> bool:
    """Whether Numba can't be loaded here, so that NumPy rows play."""
    try:
        import numba  # noqa: F401
    except (ImportError, OSError):  # its library may be barred on this machine
        return True
    return False


def default_engine() -> str:
    """The engine that plays where none is asked for."""
    return NUMPY if compiler_missing() else COMPILED


def to_be_compiled() -> bool:
    """Whether the kernel will first be compiled for this machine (once)."""
    if compiler_missing():
        return False
    from portfolio.sim.lanes.compiled import is_kept

    return not is_kept()


def prepare() -> None:
    """Load the compiled kernel, or compile it, while something else is done."""

    def load() -> None:
        if not compiler_missing():
            from portfolio.sim.lanes.compiled import ready

            ready()

    threading.Thread(target=load, daemon=True).start()


def flattened(portfolio: Portfolio) -> LaneInputs:
    """The portfolio's rules as flat arrays."""
    with _LOCK:
        for known, inputs in _KNOWN:
            if known is portfolio:
                return inputs
        like = next((each for each in _KNOWN if _differ_in_envelopes(each[0], portfolio)), None)
    inputs = lane_inputs(portfolio) if like is None else with_envelopes(like[1], portfolio)
    with _LOCK:
        _KNOWN.append((portfolio, inputs))
        del _KNOWN[:-_MOST_KNOWN]
    return inputs


def _differ_in_envelopes(one: Portfolio, other: Portfolio) -> bool:
    """Whether two portfolios are made of the same things, but for their envelopes."""
    return all(
        getattr(one, field.name) is getattr(other, field.name)
        for field in fields(Portfolio)
        if field.name != "envelopes"
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the paths of some draws stand at the start of a year; a play can go on from it.

    states : of each call of the kernel, arenas of all its blocks; sums, out : of the years before
    """

    year: int
    vectors: bool
    states: tuple[Arena, ...]
    sums: Ints
    out: Results


def play_many(
    portfolio: Portfolio,
    draws: Draws,
    *,
    engine: str | None = None,
    trace: Trace | None = None,
    since: Standing | None = None,
) -> Paths:
    """Play every path of the draws; `trace` (see `Trace.empty`) is filled with all they did.

    Amounts are held in float64 where no product can lose a 万元, in int64 where one could; only
    NumPy rows can do the latter. `since` is where the same draws stand at the start of a year, on
    a portfolio that differs at most in the envelopes from that year on.

    Raises
    ------
    ValueError
        A path costs more than `LARGEST_WAN`, or there is no engine of that name.
    """
    if engine not in (None, *ENGINES):
        raise ValueError(f"no engine {engine}")
    if trace is not None and since is not None:
        raise ValueError("a play that goes on has no trace of the years before")
    x = flattened(portfolio)
    _refuse_more_than_can_be_played(portfolio, x, draws)
    end = _play(x, draws, engine=engine, trace=trace, since=since, until=x.years)
    if trace is not None:
        _add_past(trace, portfolio, draws)
    return _paths(portfolio, x, draws, end)


def stand(portfolio: Portfolio, draws: Draws, year: int, since: Standing | None = None) -> Standing:
    """Play until the start of a year, counted from 0; on from where the draws stand, if given."""
    return _play(flattened(portfolio), draws, engine=None, trace=None, since=since, until=year)


@dataclass(frozen=True, kw_only=True)
class Past:
    """What facts have of each year, the same on every path.

    drawn_wan : [year, channel, item]; progress_wan : [year] progress at approved cost of all items
    """

    drawn_wan: Ints
    progress_wan: Ints

    @staticmethod
    def of(portfolio: Portfolio) -> Past:
        """Up to the as-of."""
        begun, years = opening(portfolio), len(portfolio.envelopes.pooled_wan)
        quarterly = np.zeros((4 * years, *begun.drawn_wan.shape), dtype=np.int64)
        quarterly[: begun.quarter + 1] = begun.facts_wan
        reached = np.zeros(years + 1, dtype=np.int64)
        whole = begun.quarter // 4
        reached[1 : whole + 1] = begun.done_wan.sum(axis=1)[3::4]
        reached[whole + 1 :] = begun.reached_wan.sum()
        drawn = quarterly.reshape(years, 4, *begun.drawn_wan.shape).sum(axis=1)
        return Past(drawn_wan=drawn, progress_wan=np.diff(reached))


def _paths(portfolio: Portfolio, x: LaneInputs, draws: Draws, end: Standing) -> Paths:
    sums, out = _by_name(x, end.sums), end.out
    causes, gates = arenas.PLAIN, np.arange(x.gates)
    lost = np.zeros((x.items, causes + x.channels + x.gates), dtype=np.int64)
    lost[:, :causes] = sums["by_cause"].reshape(x.items, causes)
    lost[x.cell_item, causes + x.cell_channel] = sums["by_cell"]
    lost[x.gate_succ, causes + x.channels + gates] = sums["by_gate"]
    past, paths = Past.of(portfolio), len(draws)
    return Paths(
        drawn_wan=out.drawn + past.drawn_wan.sum(axis=(1, 2)),
        progress_wan=out.progress + past.progress_wan,
        start=out.start,
        finish=out.finish,
        cost_wan=out.cost,
        held_by=out.held_by,
        gate_opened=out.gate_opened,
        cost_bps=draws.cost_bps.astype(np.int32),
        volume_bps=draws.volume_bps.astype(np.int32),
        duration_bps=draws.duration_bps.astype(np.int32),
        stopped_quarters=draws.stopped.sum(axis=1).astype(np.int16),
        receipt_bps=draws.receipt_bps.astype(np.int32),
        happened=draws.happened,
        lost_quarters=lost,
        channel_drawn_wan=sums["by_channel"].reshape(x.years, x.channels)
        + paths * past.drawn_wan.sum(axis=2),
        channel_unserved_wan=sums["unserved"].reshape(x.years, x.channels),
        item_drawn_wan=sums["by_item"].reshape(x.years, x.items)
        + paths * past.drawn_wan.sum(axis=1),
    )


def _refuse_more_than_can_be_played(portfolio: Portfolio, x: LaneInputs, draws: Draws) -> None:
    pre = sum(item.earlier_wan for item in portfolio.items)
    if not len(draws) or pre + int(money_at_most(x, draws).sum()) <= LARGEST_WAN:
        return
    factor = x.cost_bps * draws.cost_bps // BPS * (x.volume_bps * draws.volume_bps // BPS) // BPS
    cost = (x.cum[:, -1] * factor[:, x.cell_item] // BPS).sum(axis=1)
    if pre + int(cost.max()) > LARGEST_WAN:
        raise ValueError("more money than int64 products can carry")


def _play(
    x: LaneInputs, draws: Draws, *, engine: str | None, trace: Trace | None,
    since: Standing | None, until: int,
) -> Standing:  # fmt: skip
    """Play all paths until a year: the sums over them, and what is written down of each."""
    paths = len(draws)
    floats = exact_in_float(x, draws) if since is None else since.states[0].dtype == np.float64
    vectors = (
        floats and (engine or default_engine()) == COMPILED if since is None else since.vectors
    )
    money = np.float64 if floats else np.int64
    rows, lanes = rows_of(x), _width() if vectors else min(MOST_ROWS, max(paths, 1))
    x = x._replace(cum=x.cum.astype(money))
    luck = _lanes_of(draws, lanes if vectors else 1)
    out = _results(x, paths) if since is None else _copied(since.out)
    sums = np.zeros(rows.sum_rows, dtype=np.int64) if since is None else since.sums.copy()
    asked, states = trace is not None, []
    spans = _spans(paths, lanes, one_by_one=not vectors or asked)
    for span, (start, stop) in enumerate(spans):
        wide = lanes if vectors else stop - start
        kept_rows = -(-(stop - start) // wide) * rows.state_rows if until < x.years else 0
        kept = arena(kept_rows, wide, money) if since is None else since.states[span].copy()
        years = Kept(kept, 0 if since is None else since.year, until)
        given = _given(x, luck, years, out, asked=asked)
        notes, added = given.trace, given.t
        if vectors:
            _compiled()(given, start, stop)
        else:
            kernel.play_blocks(given, start, stop, wide)
        played = wide if (stop - start) % wide == 0 else stop - start  # the rest are copies
        sums += added[:, :played].sum(axis=1).astype(np.int64)
        states.append(kept)
        if trace is not None:
            trace.fill(start, stop, notes)
    return Standing(year=until, vectors=vectors, states=tuple(states), sums=sums, out=out)


def laid_out(x: LaneInputs, draws: Draws, lanes: int) -> Play:
    """Everything of a whole play in blocks of so many lanes, before it is played; in float64."""
    x = x._replace(cum=x.cum.astype(np.float64))
    years = Kept(arena(0, lanes, np.float64), 0, x.years)
    return _given(x, _lanes_of(draws, lanes), years, _results(x, len(draws)), asked=False)


def _given(x: LaneInputs, luck: Luck, kept: Kept, out: Results, *, asked: bool) -> Play:
    """What the kernel works on, arenas as wide as the states that are kept."""
    rows, wide, money = rows_of(x), kept.states.shape[1], kept.states.dtype
    luck_rows, state, added = (
        arena(size, wide, money) for size in (rows.luck_rows, rows.state_rows, rows.sum_rows)
    )
    notes = TraceRows(asked, *(arena(n, wide, money) for n in _trace_rows(x, asked=asked)))
    return Play(x, rows, luck_rows, state, added, luck, kept, out, notes)


def _width() -> int:
    from portfolio.sim.lanes.machine_vectors import WIDTH

    return WIDTH


def _compiled() -> Any:
    from portfolio.sim.lanes.compiled import play_blocks

    return play_blocks


def _spans(paths: int, lanes: int, *, one_by_one: bool) -> list[tuple[int, int]]:
    """Paths played by one call: block by block, or all full blocks and then the rest."""
    whole = paths // lanes * lanes
    cuts = [*range(0, whole, lanes), whole, paths] if one_by_one else [0, whole, paths]
    return [(start, stop) for start, stop in pairwise(cuts) if stop > start]


def arena(rows: int, lanes: int, money: Any) -> Any:
    """Rows of zeros that begin where a cache line does."""
    size = rows * lanes * 8
    memory = np.zeros(size + LINE, dtype=np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(money).reshape(rows, lanes)


def _lanes_of(draws: Draws, lanes: int) -> Luck:
    """The draws with the path last; what a last block lacks of its lanes is as the last path."""
    paths = len(draws)
    more = -paths % lanes

    def last(array: Any, kind: Any) -> Any:
        rows = np.ascontiguousarray(array.reshape(array.size // max(paths, 1), paths), dtype=kind)
        if more:
            rows = np.concatenate([rows, np.repeat(rows[:, -1:], more, axis=1)], axis=1)
        return rows if rows.flags.writeable else rows.copy()

    return Luck(
        cost_bps=last(draws.cost_bps.T, np.int32),
        volume_bps=last(draws.volume_bps.T, np.int32),
        duration_bps=last(draws.duration_bps.T, np.int32),
        stopped=last(draws.stopped.transpose(2, 1, 0), np.bool_),
        receipt_bps=last(draws.receipt_bps.transpose(1, 2, 0), np.int32),
    )


def _results(x: LaneInputs, paths: int) -> Results:
    items, years = len(x.first), len(x.pooled_wan)
    return Results(
        drawn=np.zeros((paths, years), np.int64),
        progress=np.zeros((paths, years), np.int64),
        start=np.zeros((paths, items), np.int16),
        finish=np.zeros((paths, items), np.int16),
        cost=np.zeros((paths, items), np.int64),
        held_by=np.zeros((paths, items), np.int16),
        gate_opened=np.zeros((paths, len(x.gate_pred)), np.int16),
    )


def _copied(results: Results) -> Results:
    arrays: Any = (array.copy() for array in results)
    return Results(*arrays)


def _trace_rows(x: LaneInputs, *, asked: bool) -> tuple[int, ...]:
    if not asked:
        return (0,) * (len(TraceRows._fields) - 1)
    items, (years, channels) = len(x.first), x.pooled_wan.shape
    yearly = years * channels * items
    slots = arenas.PLAIN + channels + len(x.gate_pred)
    return 4 * yearly, yearly, yearly, yearly, yearly, items * slots


def _by_name(x: LaneInputs, sums: Ints) -> dict[str, Ints]:
    rows, names = rows_of(x), " ".join(arenas.SUMS).split()
    begins = [*(getattr(rows, name) for name in names), rows.sum_rows]
    return {name: sums[slice(*ends)] for name, ends in zip(names, pairwise(begins), strict=True)}
