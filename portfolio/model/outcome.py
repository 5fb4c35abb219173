"""What came of a play: money drawn, starts and finishes, the ledgers, the log."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.money import BPS, Wan
from portfolio.model.quarters import or_end
from portfolio.model.rules.allotment import Demand
from portfolio.model.rules.parameters import Limits


class CauseKind(StrEnum):
    """Why an item lost a quarter; every quarter of delay has exactly one."""

    BEHIND = "此前已滞后"
    LATE_START = "推迟开工"
    GATE = "前置条件"
    STOPPAGE = "停工"
    DURATION = "工期变化"
    PACE = "进度放缓"
    CAPACITY = "年度实施能力"
    CHANNEL = "资金"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause of delay and its quarters, negative only for a shorter duration and for facts ahead.

    `ref` is the gate's id for GATE, the channel's id for CHANNEL, else None.
    """

    kind: CauseKind
    ref: str | None
    quarters: int


class EventKind(StrEnum):
    """What the log tells."""

    ALLOTMENT = "年初下达"
    SUBSTITUTION = "资金替代"
    START = "开工"
    GATE_OPEN = "前置条件达到"
    HELD = "前置条件受阻"
    SHORT = "资金不足"
    STOP = "停工"
    RESUME = "复工"
    CARRIED = "年末结转"
    TAKEN_BACK = "收回"
    LAPSED = "额度失效"
    FINISH = "竣工"


class Event(NamedTuple):
    """One line of the log: quarter index, kind, and what it concerns (None where nothing does).

    A plain tuple: a play makes hundreds of them.
    """

    quarter: int
    kind: EventKind
    item_no: int | None = None
    channel_id: str | None = None
    gate_id: str | None = None
    amount_wan: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One played path; 100 quarters and 25 years from the first, amounts in 万元.

    drawn_wan : [quarter, channel, item] by the channel that paid
    credited_wan : the same by the channel whose part of the plan was met (differs only where
        a substitute paid)
    moved_bps : [quarter, item] the item's clock at the quarter's end, 10,000 = one quarter
    need_wan : [year, channel, item] by the channel planned, before any substitution
    allotted_wan, carried_in_wan, taken_back_wan, carried_out_wan : [year, channel, item] by the
        channel that pays. These and the need are 0 for 随资本金 unless its credit is rationed in
        that year
    envelope_wan, lapsed_wan : [year, channel]; 0 for 随资本金
    unplaced_wan, unplaced_back_wan : [year, channel] carried in that no item needs in the year (not
        in `carried_in_wan`), and what of it is taken back at its end; the rest goes over
    follows_in_wan, follows_out_wan : [year, channel, item] own money (上级指定, 专属) that was not
        needed in earlier years and came with its item into the year, and what goes on with it
    served_wan, replaced_wan : [year, channel, item] the part of the need that was allotted, by
        the channel planned, whoever pays, and what substitutes pay of it; need − served is what
        no channel could serve
    never_released_wan : [year, channel, item] of what was served, what a shock inside the year kept
        from being released, by the channel planned; taken back at the year's end
    loan_gap_wan : [year, channel] 随资本金 asked for in the year's last quarter and not drawn,
        for want of capital or of credit (gates, capacity and stoppages cut what is asked)
    start, finish, planned_start, planned_finish : by item, None where there is none
    gate_opened : by gate of the portfolio, None for one that never opened or does not bind
    lost, lost_to : [quarter, item] what held the item back (`ledger.Lost`), and the position of
        the gate or channel that did
    causes : the delay ledger by item, the quarters lost summed
    """

    drawn_wan: Wan
    credited_wan: Wan
    moved_bps: Ints
    need_wan: Wan
    allotted_wan: Wan
    carried_in_wan: Wan
    taken_back_wan: Wan
    carried_out_wan: Wan
    envelope_wan: Wan
    lapsed_wan: Wan
    unplaced_wan: Wan
    unplaced_back_wan: Wan
    follows_in_wan: Wan
    follows_out_wan: Wan
    served_wan: Wan
    replaced_wan: Wan
    never_released_wan: Wan
    loan_gap_wan: Wan
    start: tuple[int | None, ...]
    finish: tuple[int | None, ...]
    planned_start: tuple[int | None, ...]
    planned_finish: tuple[int | None, ...]
    gate_opened: tuple[int | None, ...]
    lost: Ints
    lost_to: Ints
    causes: tuple[tuple[Cause, ...], ...]
    events: tuple[Event, ...]

    def delay_quarters(self, index: int) -> int | None:
        """Actual less planned finish in quarters; None for an item without one of them."""
        finish, planned = self.finish[index], self.planned_finish[index]
        return None if finish is None or planned is None else finish - planned

    def is_late(self, index: int) -> bool:
        """Late (滞后): finished after the planned finish, or not at all though planned to."""
        planned = self.planned_finish[index]
        delay = self.delay_quarters(index)
        return planned is not None and (delay is None or delay > 0)


# --- The delay ledger: every quarter between planned and actual finish has exactly one cause


class Lost(IntEnum):
    """What held an item back in a quarter, as an engine notes it (0: nothing did).

    Up to STOPPAGE its clock stood still; the others hold its money back while the clock runs or
    after it has ended. START_GATE is settled into one gate after the play.
    """

    NOT = 0
    LATE_START = 1
    START_GATE = 2
    STOPPAGE = 3
    CEILING = 4
    CAPACITY = 5
    CHANNEL = 6


def binding_reasons(
    limits: Limits,
    items: Ints,
    *,
    stopped: Mask,
    demand: Demand,
    met: Wan,
    planned: Wan,
    credited: Wan,
    lowest_gate: Ints,
) -> tuple[Ints, Ints]:
    """Why the money of some items (positions) is behind their clock: reason and its reference.

    The first that binds of stoppage, gate ceiling, capacity, the channel with the largest unmet
    demand. A ceiling or the capacity binds where the item drew all it left room for (to the
    roundings of its channels); where even that much was not funded, money is what binds. For
    随资本金 it is the capital channel most behind its plan at the clock; with no capital behind
    (rationed credit) the credit channel itself.
    """
    unmet = demand.wan[:, items] - met[:, items]
    reference = unmet.argmax(axis=0)
    by_credit = limits.credit[reference]
    if by_credit.any():
        capital = (limits.capital_bps > 0)[:, None]
        behind = (planned[:, items] - credited[:, items]) * capital
        failed = behind.argmax(axis=0)
        reference = np.where(by_credit & (behind.max(axis=0) > 0), failed, reference)
    funded = unmet.sum(axis=0) <= limits.roundings_wan[items]
    reason = np.full(len(items), int(Lost.CHANNEL), dtype=np.int64)
    for mask, code, of in (
        (demand.over_capacity[items] & funded, Lost.CAPACITY, 0),
        (demand.over_ceiling[items] & funded, Lost.CEILING, lowest_gate[items]),
        (stopped[items], Lost.STOPPAGE, 0),
    ):
        np.copyto(reason, int(code), where=mask)
        np.copyto(reference, of, where=mask)
    return reason, reference


def settle_causes(
    limits: Limits,
    *,
    lost: Ints,
    lost_to: Ints,
    moved_bps: Ints,
    gate_opened: tuple[int | None, ...],
) -> tuple[tuple[Cause, ...], ...]:
    """Sum the noted quarters into causes, by item.

    lost, lost_to : int64[quarter, item] as `Lost`, with the position of the gate or channel.
    Money behind a running clock costs no quarter yet: only what holds an item after its clock's
    end counts. Before the clock's end a still quarter at an unopened start gate goes to the gate that opened
    last, ties in sheet order; moving quarters beyond the plan's go to the duration factor and,
    past what that explains, to a slackened pace.
    """
    begun = limits.opening
    since = np.diff(moved_bps[begun.quarter :], axis=0, prepend=limits.moved_bps[None])
    moving = (since > 0).sum(axis=0)
    counts = (lost > 0) & ((lost <= Lost.STOPPAGE) | (moved_bps >= limits.moves_bps))
    stretched = _stretched(limits)
    as_planned = (moving == limits.left_quarters) & (stretched == limits.left_quarters)
    eventful = (limits.length > 0) & ~begun.finished & (~as_planned | counts.any(axis=0))
    eventful |= begun.behind_quarters != 0
    return tuple(
        _item_causes(
            limits,
            item,
            [(int(lost[q, item]), int(lost_to[q, item])) for q in np.flatnonzero(counts[:, item])],
            int(moving[item]),
            int(stretched[item]),
            bool(moved_bps[-1, item] >= limits.moves_bps[item]),
            gate_opened,
        )
        if eventful[item]
        else ()
        for item in range(len(limits.item_nos))
    )


def _stretched(limits: Limits) -> Ints:
    """Moving quarters left at full pace under the duration factor: [item]."""
    past = limits.left_quarters * 0
    if limits.opening.past_bps:
        due = limits.earliest <= limits.opening.quarter
        past = np.where(due & (limits.moved_bps < limits.moves_bps), limits.opening.past_bps, 0)
    return np.asarray(-(-(limits.moves_bps - limits.moved_bps + past) // BPS))


def _item_causes(
    limits: Limits,
    item: int,
    noted: list[tuple[int, int]],
    moving: int,
    stretched: int,
    clock_ended: bool,
    gate_opened: tuple[int | None, ...],
) -> tuple[Cause, ...]:
    """Causes of one item: what facts have lost, the noted quarters, moving ones beyond those left."""
    left = int(limits.left_quarters[item])
    counted: Counter[tuple[CauseKind, str | None]] = Counter()
    counted[CauseKind.BEHIND, None] = int(limits.opening.behind_quarters[item])
    for code, reference in noted:
        counted[cause_of(limits, item, code, reference, gate_opened)] += 1
    if not clock_ended:
        # Only the quarters past those left are lost so far.
        moving = max(moving, left)
        stretched = min(max(stretched, left), moving)
    counted[CauseKind.DURATION, None] += stretched - left
    counted[CauseKind.PACE, None] += moving - stretched
    return tuple(
        Cause(kind=kind, ref=ref, quarters=quarters)
        for (kind, ref), quarters in counted.items()
        if quarters
    )


def cause_of(
    limits: Limits, item: int, code: int, reference: int, gate_opened: tuple[int | None, ...]
) -> tuple[CauseKind, str | None]:
    """What a quarter was lost to: a kind, with the gate's or channel's id."""
    if code == Lost.LATE_START:
        return CauseKind.LATE_START, None
    if code == Lost.START_GATE:
        return CauseKind.GATE, limits.gate_ids[last_start_gate(limits, item, gate_opened)]
    if code == Lost.CEILING:
        return CauseKind.GATE, limits.gate_ids[reference]
    if code == Lost.CAPACITY:
        return CauseKind.CAPACITY, None
    if code == Lost.CHANNEL:
        return CauseKind.CHANNEL, limits.channel_ids[reference]
    return CauseKind.STOPPAGE, None


def last_start_gate(limits: Limits, item: int, gate_opened: tuple[int | None, ...]) -> int:
    """Position of the item's “may not start” gate that opened last (never counts as last)."""
    gates = np.flatnonzero(
        (limits.gates.succ == item) & limits.gates.may_not_start & limits.gates.binds
    )
    opened = [or_end(gate_opened[g]) for g in gates]
    return int(gates[opened.index(max(opened))])
