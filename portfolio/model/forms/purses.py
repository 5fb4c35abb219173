"""Channels folded to what a form has columns for: eight purses of a government plan, four sources."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from portfolio.model.items import Channel, Kind
from portfolio.model.rules.approval import BOND_CHANNEL, BOND_GROUP


class Purse(StrEnum):
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
GOVERNMENT = (Purse.BUDGET, Purse.BONDS, Purse.FUND, Purse.ABOVE)


class Source(StrEnum):
    """资金来源 of the plan of key projects."""

    FISCAL = "财政性资金"
    BONDS = "专项债券"
    FIRMS = "企业及其他"
    LOANS = "贷款"


_BUDGET_GROUP, _LAND_GROUP, _POLICY_GROUP = "财政", "土地财政", "政策性金融"
#: Money that is no budget's, by group (类别).
_BY_GROUP = {
    "国资": Purse.STATE,
    _LAND_GROUP: Purse.STATE,  # what a company earns from the land over its stations
    "社会资本": Purse.SOCIAL,
    "权益融资": Purse.SOCIAL,
    "信贷": Purse.LOANS,
    "债券融资": Purse.LOANS,
    _POLICY_GROUP: Purse.LOANS,
}
_BY_PURSE = {
    Purse.BUDGET: Source.FISCAL,
    Purse.FUND: Source.FISCAL,
    Purse.ABOVE: Source.FISCAL,
    Purse.BONDS: Source.BONDS,
    Purse.LOANS: Source.LOANS,
}


def is_government(channel: Channel) -> bool:
    """Whether a channel's money is 财政性资金: of a budget, of this city's or of one above it."""
    if channel.kind in (Kind.POOLED, Kind.EARMARKED):
        return channel.group != _POLICY_GROUP
    return channel.kind is Kind.OWN and channel.group == _BUDGET_GROUP


def purse_of(channel: Channel) -> Purse:
    """The purse of a channel; one of `GOVERNMENT` where its money is 财政性资金, and only there.

    What a group 财政 holds besides the budget that the city allots (彩票公益金) is a fund's.
    """
    if channel.id == BOND_CHANNEL or channel.group == BOND_GROUP:
        return Purse.BONDS
    if is_government(channel):
        if channel.kind is Kind.EARMARKED:
            return Purse.ABOVE
        fund = channel.group == _LAND_GROUP or channel.kind is Kind.OWN
        return Purse.FUND if fund else Purse.BUDGET
    if channel.kind is Kind.CREDIT:
        return Purse.LOANS
    return _BY_GROUP.get(channel.group, Purse.OTHER)


def source_of(channel: Channel) -> Source:
    """The source of a channel."""
    return _BY_PURSE.get(purse_of(channel), Source.FIRMS)


def folded(
    amounts: Iterable[int], kinds: Iterable[StrEnum], into: Iterable[StrEnum]
) -> tuple[int, ...]:
    """Amounts by channel summed to the columns of a form: nothing is lost."""
    sums = dict.fromkeys(into, 0)
    for amount, kind in zip(amounts, kinds, strict=True):
        sums[kind] += amount
    return tuple(sums.values())
