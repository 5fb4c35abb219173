"""What held items back in a year: one cause an item, and the year's money short by cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from portfolio.model.measures.year_to_date import YearToDate
from portfolio.model.measures.years import envelope_held
from portfolio.model.money import BPS
from portfolio.model.outcome import CauseKind, Lost, Outcome, cause_of
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import Limits, derive


@dataclass(frozen=True, kw_only=True)
class HeldBy:
    """What held an item back, told apart as far as money and quarters are summed by it.

    kind : None where nothing held it in the year: it goes on from what earlier years left
    waits_for : number of the item that a gate waits for; two gates on one item are one cause
    channel_id : the channel whose money lacked
    not_followed : the envelope was never below the plan: the money was there when planned, and
        did not follow the work that came later
    """

    kind: CauseKind | None
    waits_for: int | None = None
    channel_id: str | None = None
    not_followed: bool = False


def held_by_cause(
    portfolio: Portfolio, kind: CauseKind, ref: str | None, item: int | None = None
) -> HeldBy:
    """A cause of the ledger by what it concerns; without an item (its position) by that alone."""
    if kind is CauseKind.GATE and ref is not None:
        gate = next((gate for gate in portfolio.gates if gate.id == ref), None)
        if gate is not None:
            return HeldBy(kind=kind, waits_for=gate.pred_no)
    if kind is CauseKind.CHANNEL and ref in portfolio.channel_position:
        channel = portfolio.channel_position[ref]
        moved = item is not None and envelope_held(portfolio, channel, item)
        return HeldBy(kind=kind, channel_id=ref, not_followed=moved)
    return HeldBy(kind=kind)


def held_by(portfolio: Portfolio, limits: Limits, outcome: Outcome, index: int, y: int) -> HeldBy:
    """What held an item back in most quarters of a year, the earliest first among equals."""
    quarters = range(4 * y, 4 * y + 4)
    found = Counter(
        (int(outcome.lost[q, index]), int(outcome.lost_to[q, index]))
        for q in quarters
        if outcome.lost[q, index] != Lost.NOT
    )
    if not found:
        clock = portfolio.conditions
        slow = clock.duration_bps[index] > BPS or (clock.pace_bps[quarters, index] < BPS).any()
        return HeldBy(kind=CauseKind.PACE if slow else None)
    (code, to), _ = found.most_common(1)[0]
    kind, ref = cause_of(limits, index, code, to, outcome.gate_opened)
    return held_by_cause(portfolio, kind, ref, index)


@dataclass(frozen=True, kw_only=True)
class Held:
    """What held items back in a year: the money short of the plan by cause, and whose it is."""

    why: HeldBy
    short_wan: int
    item_nos: tuple[int, ...]


def held_in_year(portfolio: Portfolio, outcome: Outcome, now: YearToDate) -> tuple[Held, ...]:
    """Why the year is expected to stay below its plan, what holds most money first.

    What each item lacks of its plan of the year, at approved cost, goes whole to what held it in
    most of the year's quarters; items ahead of their plan lack nothing and are not set off.
    """
    limits, y = derive(portfolio), now.year - portfolio.calendar.first_year
    owed: Counter[HeldBy] = Counter()
    items: dict[HeldBy, list[tuple[int, int]]] = {}
    for index in np.flatnonzero(now.short_wan).tolist():
        short = int(now.short_wan[index])
        why = held_by(portfolio, limits, outcome, index, y)
        owed[why] += short
        items.setdefault(why, []).append((-short, portfolio.items[index].no))
    return tuple(
        Held(why=why, short_wan=wan, item_nos=tuple(no for _, no in sorted(items[why])))
        for why, wan in owed.most_common()
    )
