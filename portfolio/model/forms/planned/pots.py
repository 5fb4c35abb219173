"""Channels folded to what a form has columns for: eight pots of a government plan, four sources."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from portfolio.model.items import Channel, Kind
from portfolio.model.rules.approval import BOND_CHANNEL, BOND_GROUP


class Pot(StrEnum):
    """Where money of a 政府投资年度计划 comes from, no more than a page has columns for."""

    BUDGET = "一般公共预算"
    BONDS = "专项债券"
    FUND = "土地等政府性基金"
    ABOVE = "上级"
    STATE = "国企"
    SOCIAL = "社会与企业"
    LOANS = "贷款债券"
    OTHER = "其他"


#: 财政性资金: what a government plan and its budget speak of.
GOVERNMENT = (Pot.BUDGET, Pot.BONDS, Pot.FUND, Pot.ABOVE)


class Source(StrEnum):
    """资金来源 of the plan of key projects."""

    FISCAL = "财政性资金"
    BONDS = "专项债券"
    FIRMS = "企业及其他"
    LOANS = "贷款"


_BUDGET_GROUP, _LAND_GROUP, _POLICY_GROUP = "财政", "土地财政", "政策性金融"
#: Money that is no budget's, by group (类别).
_BY_GROUP = {
    "国资": Pot.STATE,
    _LAND_GROUP: Pot.STATE,  # what a company earns from the land over its stations
    "社会资本": Pot.SOCIAL,
    "权益融资": Pot.SOCIAL,
    "信贷": Pot.LOANS,
    "债券融资": Pot.LOANS,
    _POLICY_GROUP: Pot.LOANS,
}
_BY_POT = {
    Pot.BUDGET: Source.FISCAL,
    Pot.FUND: Source.FISCAL,
    Pot.ABOVE: Source.FISCAL,
    Pot.BONDS: Source.BONDS,
    Pot.LOANS: Source.LOANS,
}


def is_government(channel: Channel) -> bool:
    """Whether a channel's money is 财政性资金: of a budget, of this city's or of one above it."""
    if channel.kind in (Kind.POOLED, Kind.EARMARKED):
        return channel.group != _POLICY_GROUP
    return channel.kind is Kind.OWN and channel.group == _BUDGET_GROUP


def pot_of(channel: Channel) -> Pot:
    """The pot of a channel; one of `GOVERNMENT` where its money is 财政性资金, and only there.

    What a group 财政 holds besides the budget that the city allots (彩票公益金) is a fund's.
    """
    if channel.id == BOND_CHANNEL or channel.group == BOND_GROUP:
        return Pot.BONDS
    if is_government(channel):
        if channel.kind is Kind.EARMARKED:
            return Pot.ABOVE
        fund = channel.group == _LAND_GROUP or channel.kind is Kind.OWN
        return Pot.FUND if fund else Pot.BUDGET
    if channel.kind is Kind.CREDIT:
        return Pot.LOANS
    return _BY_GROUP.get(channel.group, Pot.OTHER)


def source_of(channel: Channel) -> Source:
    """The source of a channel."""
    return _BY_POT.get(pot_of(channel), Source.FIRMS)


def folded(
    amounts: Iterable[int], kinds: Iterable[StrEnum], into: Iterable[StrEnum]
) -> tuple[int, ...]:
    """Amounts by channel summed to the columns of a form: nothing is lost."""
    sums = dict.fromkeys(into, 0)
    for amount, kind in zip(amounts, kinds, strict=True):
        sums[kind] += amount
    return tuple(sums.values())
