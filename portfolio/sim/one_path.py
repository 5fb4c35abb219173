"""One path, event by event: SimPy decides when, `model.allotment` how much.

Processes: one for each item's life (wait for its start, its gates, the end of a stoppage; then
work; then be done), one for each gate that binds with a lag, one for each stoppage, and one for
the finance bureau's year (allot, draw each quarter, clear at year's end).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from enum import IntEnum
from typing import Any

import numpy as np
import simpy

from portfolio.model.arrays import Mask
from portfolio.model.money import Wan
from portfolio.model.outcome import EventKind, Lost, Outcome, binding_reasons
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.rules.allotment import (
    UNBOUNDED,
    Books,
    Demand,
    all_but_tail,
    close_year,
    demands,
    draw,
    open_year,
    planned_at,
    year_needs,
)
from portfolio.model.rules.parameters import Limits
from portfolio.model.rules.parameters import progress as progress_of
from portfolio.sim.record import Record, positions

Process = Generator[simpy.Event, Any, None]
Progress = Callable[[int], None]


class Phase(IntEnum):
    """Order of what happens inside a quarter; the clock of the simulation ticks in phases."""

    ALLOT = 0
    SHOCK = 1
    START = 2
    DRAW = 3
    CLOSE = 4


TICKS = len(Phase)


def play(limits: Limits, *, progress: Progress | None = None) -> Outcome:
    """Play a plan once and return what came of it.

    `progress` is told each year index as it is closed. Deterministic: no random number here.
    """
    return _Play(limits, progress).run()


class _Play:
    """The state the processes share."""

    def __init__(self, limits: Limits, progress: Progress | None) -> None:
        items = limits.cost_wan.shape[1]
        self.limits = limits
        self.progress = progress
        begun = limits.opening
        self.env = simpy.Environment(initial_time=begun.quarter * TICKS)
        self.books = Books(limits)
        self.record = Record(limits)
        self.has_money = limits.length > 0
        self.cost = limits.cost_wan.sum(axis=0)
        self.moved = limits.moved_bps.copy()
        self.drawn_total = begun.drawn_wan.sum(axis=0)
        self.started = begun.started.copy()
        self.stopped = np.zeros(items, dtype=np.bool_)
        self.finished = ~self.has_money | begun.finished
        self.paid = ~self.has_money | begun.paid
        self.done = {i: self.env.event() for i in positions(~self.finished)}
        self.resumed: dict[int, simpy.Event] = {}
        self.clock_moved: dict[int, simpy.Event] = {}
        self.gate_is_open = np.zeros(len(limits.gate_ids), dtype=np.bool_)
        self.gate_event: dict[int, simpy.Event] = {}
        self.start_gates: dict[int, list[int]] = {}
        self.ceiling_gates: dict[int, list[int]] = {}
        self.pending = np.zeros(0, dtype=np.int64)
        self.waiting = np.zeros(items, dtype=np.int64)
        self.ceiling = np.full(items, UNBOUNDED, dtype=np.int64)
        self.lowest_gate = np.zeros(items, dtype=np.int64)

    # -- running -----------------------------------------------------------------------------

    def run(self) -> Outcome:
        self._set_up_gates()
        for item in self.done:
            self.env.process(self._item(item))
        self._set_up_stoppages()
        bureau = self.env.process(self._bureau())
        self.env.run(until=bureau)
        return self.record.outcome()

    def _quarter(self) -> int:
        return int(self.env.now) // TICKS

    def _at(self, quarter: int, phase: Phase) -> simpy.Event:
        """The moment `phase` of `quarter`; what lies in the past is due now."""
        return self.env.timeout(max(0, quarter * TICKS + phase - int(self.env.now)))

    def _log(self, kind: EventKind, **what: Any) -> None:
        self.record.log(self._quarter(), kind, **what)

    # -- gates -------------------------------------------------------------------------------

    def _set_up_gates(self) -> None:
        gates = self.limits.gates
        for g in range(len(self.limits.gate_ids)):
            opened = 0 if gates.open_from_start[g] else gates.opens[g]
            self.record.gate_opens[g] = opened
            if opened is not None and opened <= self.limits.opening.quarter:
                self.gate_is_open[g] = True
                continue
            succ = int(gates.succ[g])
            if gates.binds[g] and gates.may_not_start[g]:
                self.gate_event[g] = self.env.event()
                self.start_gates.setdefault(succ, []).append(g)
                self.waiting[succ] += 1
            elif gates.binds[g]:
                self.ceiling_gates.setdefault(succ, []).append(g)
            if opened is not None:  # reached, its lag still running
                if gates.binds[g]:
                    self.env.process(self._progress_gate(g, opened))
            elif gates.follows_clock[g]:
                pred = int(gates.pred[g])
                if pred not in self.clock_moved:
                    self.clock_moved[pred] = self.env.event()
                self.env.process(self._clock_gate(g, self.clock_moved[pred]))
        for item in self.ceiling_gates:
            self._set_ceiling(item)

    def _clock_gate(self, gate: int, clock_moved: simpy.Event) -> Process:
        yield clock_moved
        opens = self._quarter() + int(self.limits.gates.lag_quarters[gate])
        self.record.gate_opens[gate] = opens
        if opens > self._quarter():
            yield self._at(opens, Phase.START)
        self._open(gate)

    def _progress_gate(self, gate: int, opens: int) -> Process:
        yield self._at(opens, Phase.START)
        self._open(gate)

    def _open(self, gate: int) -> None:
        gates = self.limits.gates
        self.gate_is_open[gate] = True
        if not gates.binds[gate]:
            return
        succ = int(gates.succ[gate])
        self._log(
            EventKind.GATE_OPEN,
            item_no=self.limits.item_nos[succ],
            gate_id=self.limits.gate_ids[gate],
        )
        if gate in self.gate_event:
            self.waiting[succ] -= 1
            self.gate_event[gate].succeed()
        else:
            self._set_ceiling(succ)

    def _set_ceiling(self, item: int) -> None:
        """Set an item's ceiling to the lowest of its unopened gates, ties in sheet order."""
        ceilings = self.limits.gates.ceiling_wan
        closed = [g for g in self.ceiling_gates[item] if not self.gate_is_open[g]]
        self.ceiling[item] = UNBOUNDED
        if closed:
            lowest = min(closed, key=lambda g: int(ceilings[g]))
            self.ceiling[item], self.lowest_gate[item] = ceilings[lowest], lowest

    def _check_gates(self) -> None:
        """At a quarter's end: gates whose predecessor has reached the threshold open next."""
        gates = self.limits.gates
        if not len(self.pending):
            return
        pred = gates.pred[self.pending]
        progress = progress_of(self.limits, self.drawn_total, self.finished)[pred]
        reached = self.limits.pre_wan[pred] + progress >= gates.at_wan[self.pending]
        for g in self.pending[reached].tolist():
            opens = self._quarter() + 1 + int(gates.lag_quarters[g])
            self.record.gate_opens[g] = opens
            if gates.binds[g]:  # nobody waits for the others
                self.env.process(self._progress_gate(g, opens))
        self.pending = self.pending[~reached]

    # -- items and stoppages -----------------------------------------------------------------

    def _item(self, item: int) -> Process:
        """An item's life: its start, the work, the finish."""
        no = self.limits.item_nos[item]
        if self.started[item]:  # before play
            yield self.done[item]
            self._end(item)
            return
        yield self._at(int(self.limits.earliest[item]), Phase.START)
        gates = self.start_gates.get(item, ())
        closed = [g for g in gates if not self.gate_event[g].triggered]
        if closed:
            self._log(EventKind.HELD, item_no=no, gate_id=self.limits.gate_ids[closed[0]])
            yield self.env.all_of([self.gate_event[g] for g in closed])
        while self.stopped[item]:
            yield self.resumed[item]
        self.started[item] = True
        self.record.start[item] = self._quarter()
        self._log(EventKind.START, item_no=no)
        if item in self.clock_moved:
            self.clock_moved[item].succeed()
        yield self.done[item]
        self._end(item)

    def _end(self, item: int) -> None:
        self.record.finish[item] = self._quarter()
        no = self.limits.item_nos[item]
        self._log(EventKind.FINISH, item_no=no, amount_wan=int(self.cost[item]))

    def _set_up_stoppages(self) -> None:
        played = self.limits.stopped.copy()
        played[: self.limits.opening.quarter] = False
        edges = np.diff(played.astype(np.int8), axis=0, prepend=0)
        for quarter, item in np.argwhere(edges == 1):
            after = np.flatnonzero(edges[quarter:, item] == -1)
            last = int(quarter + after[0]) if len(after) else PLAY_QUARTERS
            if self.has_money[item]:
                self.env.process(self._stoppage(int(item), int(quarter), last))

    def _stoppage(self, item: int, first: int, after: int) -> Process:
        """A shock: the item stands still from `first` until before `after`."""
        yield self._at(first, Phase.SHOCK)
        if self.paid[item]:
            return
        self.stopped[item] = True
        self.resumed[item] = self.env.event()
        self._log(EventKind.STOP, item_no=self.limits.item_nos[item])
        yield self._at(after, Phase.SHOCK)
        self.stopped[item] = False
        self.resumed[item].succeed()
        self._log(EventKind.RESUME, item_no=self.limits.item_nos[item])

    # -- the finance bureau ------------------------------------------------------------------

    def _bureau(self) -> Process:
        gates = self.limits.gates
        reached = np.array([quarter is not None for quarter in gates.opens], dtype=np.bool_)
        self.pending = np.flatnonzero(~self.gate_is_open & ~gates.follows_clock & ~reached)
        begin = self.limits.opening.quarter
        if self.paid.all() and not self.limits.opening.from_facts:
            self.record.all_finished(0, self.moved, self.books.follows_out)
            return  # after facts the year they are in has its money to account for
        for year in range(begin // 4, PLAY_YEARS):
            yield self._at(4 * year, Phase.ALLOT)
            need = year_needs(self.limits, self.books, self.moved, year)
            lapsed = open_year(self.limits, self.books, need, self.moved, self.paid, year)
            self.record.year_opened(year, self.books, need, lapsed)
            for quarter in range(max(4 * year, begin), 4 * year + 4):
                yield self._at(quarter, Phase.DRAW)
                unmet = self._draw(year, quarter)
                yield self._at(quarter, Phase.CLOSE)
                self._check_gates()
            end = close_year(self.limits, self.books, self.paid, year)
            self.record.year_closed(year, unmet, end)
            if self.progress is not None:
                self.progress(year)
            if self.paid.all():
                self.record.all_finished(year + 1, self.moved, self.books.follows_out)
                return

    def _draw(self, year: int, quarter: int) -> Wan:
        """Move the clocks, draw the quarter's money, see who is done and what held the others.

        Returns the demand that was not met: int64[channel, item].
        """
        limits, books = self.limits, self.books
        running = self.started & ~self.stopped
        self.moved = np.minimum(
            self.moved + np.where(running, limits.pace_bps[quarter], 0), limits.moves_bps
        )
        self.record.moved[quarter] = self.moved
        planned = planned_at(limits, self.moved)
        demand = demands(
            planned,
            books.credited,
            asking=running & ~self.paid,
            room=np.maximum(self.ceiling - self.drawn_total, 0),
            capacity=limits.opening_capacity_wan
            if quarter == limits.opening.quarter
            else limits.capacity_wan,
        )
        paid, met = draw(limits, books, planned, demand.wan, year, quarter - 4 * year)
        self.drawn_total += met.sum(axis=0)
        self.record.quarter_drawn(quarter, paid, met, demand, self.lowest_gate)
        self._finish()
        self._note_standing(quarter, running)
        self._note_behind(quarter, planned, demand, met)
        return demand.wan - met

    def _finish(self) -> None:
        """Tell the items whose clock has ended and whose money is drawn but for the tail.

        What is left of it is paid after the finish.
        """
        complete = (
            (self.moved >= self.limits.moves_bps)
            & self.started
            & all_but_tail(self.drawn_total, self.cost, self.limits.tail_bps)
            & ~self.finished
        )
        for i in positions(complete):
            self.done[i].succeed()
        self.finished |= complete
        self.paid = self.finished & (self.drawn_total == self.cost)

    def _note_standing(self, quarter: int, running: Mask) -> None:
        """Note why items whose clock has not ended stood still."""
        limits = self.limits
        ended = self.started & (self.moved >= limits.moves_bps)
        still = self.has_money & ~running & ~ended & (self.started | (limits.first <= quarter))
        if not still.any():
            return
        reason = np.where(
            quarter < limits.earliest,
            int(Lost.LATE_START),
            np.where(self.waiting > 0, int(Lost.START_GATE), int(Lost.STOPPAGE)),
        )
        self.record.lost[quarter, still] = reason[still]

    def _note_behind(self, quarter: int, planned: Wan, demand: Demand, met: Wan) -> None:
        """Note what holds items back whose money is behind their clock."""
        limits = self.limits
        arrears = planned.sum(axis=0) - self.books.credited.sum(axis=0)
        slack = np.where(self.moved >= limits.moves_bps, 0, limits.roundings_wan)
        behind = (self.started & ~self.finished & (arrears > slack)).nonzero()[0]
        if not len(behind):
            return
        reason, reference = binding_reasons(
            limits,
            behind,
            stopped=self.stopped,
            demand=demand,
            met=met,
            planned=planned,
            credited=self.books.credited,
            lowest_gate=self.lowest_gate,
        )
        self.record.lost[quarter, behind] = reason
        self.record.lost_to[quarter, behind] = reference
