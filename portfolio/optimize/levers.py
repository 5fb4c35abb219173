"""Rows of a repair that a decision could loosen: what they are called, their limit and its use."""

from __future__ import annotations

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.money import BPS, Wan
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.repair_aims import worked_wan
from portfolio.model.repair_case import RepairCase
from portfolio.model.repair_limits import RepairLimits
from portfolio.optimize.draft import Place

#: Rules that hold money up from below: loosened they fall, and no lower than nothing.
FLOORS = ("signed_contracts", "no_stop_start", "livelihood_floor", "capital_ratio")
#: Rules somebody could decide to loosen. Others' money, loans and the shock itself can't be.
LEVERS = (
    "voted_envelope",
    "channel_share",
    "gate_by_year",
    "yearly_cap",
    "approval_in_time",
    *FLOORS,
)
#: What of an item a rule limits.
_NAMES = {
    "signed_contracts": "合同下限",
    "yearly_cap": "年度投资上限",
    "no_stop_start": "续建下限",
    "livelihood_floor": "民生底线",
    "capital_ratio": "最低资本金（至 <plan_end> 年）",
    "adjusted_total": "总额（至 <plan_end> 年）",
    "shocked_clock": "冲击后的进度上限",
}
_CHANNEL_NAMES = {
    "channel_share": "占比上限（至 <plan_end> 年）",
    "own_money": "累计到位数",
    "loans_with_capital": "随资本金的上限",
    "past_years": "已执行数",
    "approval_in_time": "年内不得增加的限制",
}


def where(portfolio: Portfolio, place: Place) -> str:
    """A row in Chinese: `2024 年专项债券额度`, `43 医院的年度投资上限`."""
    calendar = portfolio.calendar
    channel = "" if place.channel is None else portfolio.channels[place.channel].name
    if place.item is None:
        return f"{year_of(calendar, place)} 年{channel}额度"
    item = portfolio.items[place.item].label
    if place.gate is not None:
        return f"{item}的前置条件 {portfolio.gates[place.gate].id} 上限"
    if place.channel is not None:
        return f"{item}的{channel}{calendar.fill(_CHANNEL_NAMES.get(place.rule, ''))}"
    return f"{item}的{calendar.fill(_NAMES.get(place.rule, place.rule))}"


def year_of(calendar: Calendar, place: Place) -> int:
    """Calendar year of a row; the last one for what holds over all years."""
    return calendar.last_plan_year if place.year is None else calendar.first_year + place.year


def limit_and_use(
    case: RepairCase, limits: RepairLimits, plan_wan: Wan, place: Place
) -> tuple[int, int]:
    """What a row allows (or asks for) and what the plan makes of it, in 万元."""
    year = PLAN_YEARS - 1 if place.year is None else place.year
    if place.item is None:
        spent = -(-plan_wan[year, place.channel] * limits.scale_bps // BPS)
        return int(limits.envelope_wan[year, place.channel]), int(spent.sum())
    if place.rule == "channel_share":
        spent = plan_wan[:, place.channel, place.item].sum()
        return int(limits.share_wan[place.channel, place.item]), int(spent)
    if place.rule == "approval_in_time":
        cell = (year, place.channel, place.item)
        most = max(int(limits.baseline_wan[cell]), int(limits.past_wan[cell]))
        return most, int(plan_wan[cell])
    return _of_item(case, limits, plan_wan, place, year)


def _of_item(
    case: RepairCase, limits: RepairLimits, plan_wan: Wan, place: Place, year: int
) -> tuple[int, int]:
    worked = worked_wan(case, plan_wan)[:, :, place.item]
    if place.gate is not None:
        gate = next(gate for gate in limits.gates if gate.index == place.gate)
        return int(gate.ceiling_wan[year]), int(worked[: year + 1].sum())
    if place.rule == "capital_ratio":
        asked = int(worked.sum()) * int(limits.ratio_bps[place.item]) // BPS
        return asked, int((worked * limits.capital_bps).sum()) // BPS
    by_rule = {
        "signed_contracts": limits.contract_wan,
        "no_stop_start": limits.continuity_wan,
        "livelihood_floor": limits.livelihood_wan,
        "yearly_cap": limits.cap_wan,
        "shocked_clock": np.cumsum(limits.reference_total_wan, axis=0),
    }
    amounts = by_rule.get(place.rule)
    if amounts is None:
        return int(limits.budget_wan[place.item]), int(worked.sum())
    used = worked[: year + 1].sum() if place.rule == "shocked_clock" else worked[year].sum()
    return int(amounts[year, place.item]), int(used)
