"""The record of a play: its arrays, its log, and the outcome made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Ints, Mask
from portfolio.model.money import Wan
from portfolio.model.outcome import Event, EventKind, Outcome, settle_causes
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.rules.allotment import Books, Demand, YearEnd
from portfolio.model.rules.parameters import Limits


def positions(marked: npt.NDArray[Any]) -> list[int]:
    """Positions of what is not zero."""
    found: list[int] = marked.nonzero()[0].tolist()
    return found


class Record:
    """What an engine writes down as it goes; shapes as in `Outcome`."""

    def __init__(self, limits: Limits) -> None:
        channels, items = limits.cost_wan.shape
        self.limits = limits
        self.events: list[Event] = []
        begun = limits.opening
        self.start: list[int | None] = list(begun.start)
        self.finish: list[int | None] = list(begun.finish)
        self.gate_opens: list[int | None] = [None] * len(limits.gate_ids)
        quarterly, yearly = (PLAY_QUARTERS, channels, items), (PLAY_YEARS, channels, items)
        self.drawn, self.credited = np.zeros(quarterly, np.int64), np.zeros(quarterly, np.int64)
        self.moved = np.zeros((PLAY_QUARTERS, items), np.int64)
        if begun.from_facts:
            self.drawn[: begun.quarter + 1] = self.credited[: begun.quarter + 1] = begun.facts_wan
            began = np.array([PLAY_QUARTERS if q is None else q for q in begun.start])
            at_work = np.arange(begun.quarter)[:, None] >= began
            self.moved[: begun.quarter] = np.where(at_work, limits.moved_bps, 0)
        self.lost = np.zeros((PLAY_QUARTERS, items), np.int64)
        self.lost_to = np.zeros((PLAY_QUARTERS, items), np.int64)
        self.need, self.allotted = np.zeros(yearly, np.int64), np.zeros(yearly, np.int64)
        self.served, self.replaced = np.zeros(yearly, np.int64), np.zeros(yearly, np.int64)
        self.carried_in, self.carried_out = np.zeros(yearly, np.int64), np.zeros(yearly, np.int64)
        self.taken_back = np.zeros(yearly, np.int64)
        self.unplaced = np.zeros((PLAY_YEARS, channels), np.int64)
        self.unplaced_back = np.zeros((PLAY_YEARS, channels), np.int64)
        self.follows_in, self.follows_out = np.zeros(yearly, np.int64), np.zeros(yearly, np.int64)
        self.never_released = np.zeros(yearly, np.int64)
        self.lapsed = np.zeros((PLAY_YEARS, channels), np.int64)
        self.loan_gap = np.zeros((PLAY_YEARS, channels), np.int64)
        self._short_since: set[int] = set()
        self._held_since: set[int] = set()

    def log(self, quarter: int, kind: EventKind, **what: Any) -> None:
        """Add a line to the log."""
        self.events.append(Event(quarter=quarter, kind=kind, **what))

    def year_opened(self, year: int, books: Books, need: Wan, lapsed: Wan) -> None:
        """Note the year's allotment; 随资本金 has one only where credit is rationed."""
        limits = self.limits
        accounted = (~limits.credit | limits.credit_limited[year])[:, None]
        channels = len(limits.channel_ids)
        begun = year == limits.opening.quarter // 4
        used = limits.opening.used_wan if begun else 0
        self.need[year] = (need + books.spent) * accounted
        self.carried_in[year] = (books.by_payer(books.carried) + used) * accounted
        self.allotted[year] = (books.by_payer(books.allotted) + books.spent) * accounted
        self.served[year] = (books.by_purpose(books.allotted) + books.spent) * accounted
        own = books.allotted[:channels] + books.spent
        self.replaced[year] = self.served[year] - own * accounted
        self.unplaced[year] = books.unplaced
        self.follows_in[year], self.follows_out[year] = books.follows_in, books.follows_out
        self.lapsed[year] = lapsed
        self._log_allotment(year, books)

    def _log_allotment(self, year: int, books: Books) -> None:
        quarter, ids = max(4 * year, self.limits.opening.quarter), self.limits.channel_ids
        totals = self.allotted[year].sum(axis=1)
        for c in positions(totals):
            self.log(quarter, EventKind.ALLOTMENT, channel_id=ids[c], amount_wan=int(totals[c]))
        for c in positions(self.lapsed[year]):
            money = int(self.lapsed[year, c])
            self.log(quarter, EventKind.LAPSED, channel_id=ids[c], amount_wan=money)
        for row in range(len(ids), len(books.payer)):
            for i in positions(books.allotted[row]):
                self.log(
                    quarter,
                    EventKind.SUBSTITUTION,
                    item_no=self.limits.item_nos[i],
                    channel_id=ids[books.payer[row]],
                    amount_wan=int(books.allotted[row, i]),
                )

    def quarter_drawn(
        self, quarter: int, paid: Wan, met: Wan, demand: Demand, lowest_gate: Ints
    ) -> None:
        """Note a quarter's money, and where gates or money begin to hold items back."""
        self.drawn[quarter] += paid
        self.credited[quarter] += met
        self._log_held(quarter, demand.over_ceiling, lowest_gate)
        self._log_short(quarter, demand.wan - met, demand.total_wan - met.sum(axis=0))

    def _log_held(self, quarter: int, over_ceiling: Mask, lowest_gate: Ints) -> None:
        """Log the first quarter of each spell in which a gate's ceiling cuts an item."""
        held = set(positions(over_ceiling))
        for i in sorted(held - self._held_since):
            gate = self.limits.gate_ids[lowest_gate[i]]
            self.log(quarter, EventKind.HELD, item_no=self.limits.item_nos[i], gate_id=gate)
        self._held_since = held

    def _log_short(self, quarter: int, unmet: Wan, unmet_total: Wan) -> None:
        """Log the first quarter of each spell in which an item gets less than it may ask."""
        short = set(positions(unmet_total > self.limits.roundings_wan))
        for i in sorted(short - self._short_since):
            self.log(
                quarter,
                EventKind.SHORT,
                item_no=self.limits.item_nos[i],
                channel_id=self.limits.channel_ids[int(unmet[:, i].argmax())],
                amount_wan=int(unmet_total[i]),
            )
        self._short_since = short

    def year_closed(self, year: int, unmet: Wan, end: YearEnd) -> None:
        """Note the year's end: carried over, taken back, and the loans that did not come."""
        self.loan_gap[year] = unmet.sum(axis=1) * self.limits.credit
        self.carried_out[year], self.taken_back[year] = end.carried_out, end.taken_back
        self.unplaced_back[year] = end.unplaced_back
        self.never_released[year] = end.never_released
        for kind, amounts in (
            (EventKind.CARRIED, end.carried_out),
            (EventKind.TAKEN_BACK, end.taken_back),
        ):
            for c, i in np.argwhere(amounts).tolist():
                self.log(
                    4 * year + 3,
                    kind,
                    item_no=self.limits.item_nos[i],
                    channel_id=self.limits.channel_ids[c],
                    amount_wan=int(amounts[c, i]),
                )

    def all_finished(self, year: int, moved_bps: Ints, follows: Wan) -> None:
        """From `year` on nothing is left to do: envelopes and what follows lapse, clocks stand."""
        self.lapsed[year:] = self._envelopes()[year:]
        self.lapsed[year : year + 1] += follows.sum(axis=1)
        self.follows_in[year : year + 1] = follows
        self.moved[max(4 * year, self.limits.opening.quarter) :] = moved_bps

    def _envelopes(self) -> Wan:
        limits = self.limits
        return np.where(limits.pooled, limits.pooled_wan, limits.own_wan.sum(axis=2))

    def outcome(self) -> Outcome:
        """Everything written down, as the outcome of the play."""
        limits = self.limits
        spans = list(
            zip(
                limits.agreed_first.tolist(),
                limits.agreed_last.tolist(),
                limits.length.tolist(),
                strict=True,
            )
        )
        opened = tuple(q if q is None or q < PLAY_QUARTERS else None for q in self.gate_opens)
        return Outcome(
            drawn_wan=self.drawn,
            credited_wan=self.credited,
            moved_bps=self.moved,
            need_wan=self.need,
            allotted_wan=self.allotted,
            carried_in_wan=self.carried_in,
            taken_back_wan=self.taken_back,
            carried_out_wan=self.carried_out,
            envelope_wan=self._envelopes(),
            lapsed_wan=self.lapsed,
            unplaced_wan=self.unplaced,
            unplaced_back_wan=self.unplaced_back,
            follows_in_wan=self.follows_in,
            follows_out_wan=self.follows_out,
            served_wan=self.served,
            replaced_wan=self.replaced,
            never_released_wan=self.never_released,
            loan_gap_wan=self.loan_gap,
            start=tuple(self.start),
            finish=tuple(self.finish),
            planned_start=tuple(first if length else None for first, _, length in spans),
            planned_finish=tuple(last if length else None for _, last, length in spans),
            gate_opened=opened,
            lost=self.lost,
            lost_to=self.lost_to,
            causes=settle_causes(
                limits,
                lost=self.lost,
                lost_to=self.lost_to,
                moved_bps=self.moved,
                gate_opened=opened,
            ),
            events=tuple(self.events),
        )
