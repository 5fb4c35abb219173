"""What a rule lacks and where, in users' words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from portfolio.model.money import BPS, WAN_PER_YI, small_yi_text
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation import ConflictMember
from portfolio.model.repair_case import RepairCase
from portfolio.optimize.draft import Draft, Place
from portfolio.optimize.solver import Solved

FLOORS = {
    "signed_contracts": "合同下限",
    "no_stop_start": "续建下限",
    "livelihood_floor": "民生底线",
}


@dataclass(frozen=True, kw_only=True)
class Lack:
    """How much a rule lacks at a place, in whole 万元; at any time where the place has no year."""

    place: Place
    wan: int


def told(draft: Draft, lack: Lack, solved: Solved) -> str:
    """What a rule would have to allow, in words."""
    place = lack.place
    portfolio, money = draft.case.portfolio, small_yi_text(lack.wan)
    year = year_of(draft.case, place)
    channel = "" if place.channel is None else portfolio.channels[place.channel].name
    if place.item is None:
        return f"把{channel} {year} 年的额度增加 {money} 亿元"
    item = portfolio.items[place.item].label
    if place.rule in FLOORS:
        return f"把 {item} {year} 年的{FLOORS[place.rule]}{_floor_change(draft, lack)}"
    if place.rule == "capital_ratio":
        return f"把 {item} 的最低资本金比例{_ratio_change(draft, lack, solved)}"
    if place.rule == "gate_by_year":
        gate = _gate_id(draft.case, place)
        return f"在前置条件 {gate} 达到前允许 {item} 多投 {money} 亿元"
    words = {
        "yearly_cap": f"把 {item} {year} 年的投资上限提高 {money} 亿元",
        "channel_share": f"把 {item} 使用{channel}的上限提高 {money} 亿元",
        "approval_in_time": f"让 {item} {year} 年增加的{channel} {money} 亿元在年内获批",
        "shocked_clock": f"让 {item} 的累计投资比冲击后的进度多 {money} 亿元",
    }
    return words[place.rule]


def _floor_change(draft: Draft, lack: Lack) -> str:
    """A floor lowered, as shares of the year's reference: the new one leaves enough.

    Where an item begins later its floors are no share of that year's reference: told in money.
    """
    limits, cell = draft.limits, (lack.place.year, lack.place.item)
    floors = {
        "signed_contracts": limits.contract_wan,
        "no_stop_start": limits.continuity_wan,
        "livelihood_floor": limits.livelihood_wan,
    }
    floor, whole = int(floors[lack.place.rule][cell]), int(limits.reference_total_wan[cell])
    if draft.choices.get(lack.place.item or 0) or not whole:
        return f"降低 {small_yi_text(lack.wan)} 亿元"
    enough = max(0, floor - lack.wan)
    before = -(-floor * BPS // whole)
    after = min(-(-enough * BPS // whole), ((enough + 1) * BPS - 1) // whole)
    return f"从 {_percent(before)} 降到 {_percent(after)}"


def _ratio_change(draft: Draft, lack: Lack, solved: Solved) -> str:
    """A capital share lowered so far that the item's money needs no more capital than it has."""
    item = int(lack.place.item or 0)
    before = int(draft.limits.ratio_bps[item])
    term = draft.reached[PLAN_YEARS - 1, item]
    money = 0.0 if isinstance(term, float) else solved.values[term.name]
    after = max(0, math.floor(before - lack.wan * BPS / (money * WAN_PER_YI))) if money else 0
    return f"从 {_percent(before)} 降到 {_percent(after)}"


def _percent(bps: int) -> str:
    return f"{bps / 100:.2f}".rstrip("0").rstrip(".") + "%"


def member_of(case: RepairCase, place: Place) -> ConflictMember:
    """A row as a member of a conflict."""
    return ConflictMember(rule=place.rule, where=where_of(case, place), year=year_of(case, place))


def where_of(case: RepairCase, place: Place) -> str:
    """What a row is about, as users speak of it."""
    channel = "" if place.channel is None else case.portfolio.channels[place.channel].name
    if place.item is None:
        return channel
    label = case.portfolio.items[place.item].label
    if place.gate is not None:
        return f"{_gate_id(case, place)}（{label}）"
    return f"{label}（{channel}）" if channel else label


def _gate_id(case: RepairCase, place: Place) -> str:
    return case.portfolio.gates[place.gate or 0].id


def year_of(case: RepairCase, place: Place) -> int | None:
    """The year a row is about."""
    return None if place.year is None else case.calendar.first_year + place.year
