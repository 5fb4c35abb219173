"""The delay ledger: every quarter between planned and actual finish has exactly one cause."""

from __future__ import annotations

from collections import Counter
from enum import IntEnum

import numpy as np

from portfolio.model.allotment import Demand
from portfolio.model.arrays import Ints, Mask
from portfolio.model.limits import Limits
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import Cause, CauseKind
from portfolio.model.quarters import PLAY_QUARTERS


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
    moving = (np.diff(moved_bps, axis=0, prepend=0) > 0).sum(axis=0)
    counts = (lost > 0) & ((lost <= Lost.STOPPAGE) | (moved_bps >= limits.moves_bps))
    as_planned = (moving == limits.length) & (limits.moves_bps > BPS * (limits.length - 1))
    as_planned &= limits.moves_bps <= BPS * limits.length
    eventful = (limits.length > 0) & (~as_planned | counts.any(axis=0))
    return tuple(
        _item_causes(
            limits,
            item,
            [(int(lost[q, item]), int(lost_to[q, item])) for q in np.flatnonzero(counts[:, item])],
            int(moving[item]),
            bool(moved_bps[-1, item] >= limits.moves_bps[item]),
            gate_opened,
        )
        if eventful[item]
        else ()
        for item in range(len(limits.item_nos))
    )


def _item_causes(
    limits: Limits,
    item: int,
    noted: list[tuple[int, int]],
    moving: int,
    clock_ended: bool,
    gate_opened: tuple[int | None, ...],
) -> tuple[Cause, ...]:
    """Causes of one item: the noted quarters, and moving quarters beyond the planned length."""
    length = int(limits.length[item])
    counted: Counter[tuple[CauseKind, str | None]] = Counter()
    for code, reference in noted:
        counted[_cause(limits, item, code, reference, gate_opened)] += 1
    stretched = -(-int(limits.moves_bps[item]) // BPS)
    if not clock_ended:
        # Only the quarters past the planned length are lost so far.
        moving = max(moving, length)
        stretched = min(max(stretched, length), moving)
    counted[CauseKind.DURATION, None] += stretched - length
    counted[CauseKind.PACE, None] += moving - stretched
    return tuple(
        Cause(kind=kind, ref=ref, quarters=quarters)
        for (kind, ref), quarters in counted.items()
        if quarters
    )


def _cause(
    limits: Limits, item: int, code: int, reference: int, gate_opened: tuple[int | None, ...]
) -> tuple[CauseKind, str | None]:
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
    opened = [PLAY_QUARTERS if gate_opened[g] is None else gate_opened[g] for g in gates]
    latest = max(value for value in opened if value is not None)
    return int(gates[opened.index(latest)])
