"""What a unit may add to the further sheets it is sent: of which projects, by which channels, bonds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portfolio.model.forms.entered import Entered
from portfolio.model.items import BondUse
from portfolio.model.portfolio import Portfolio
from portfolio.model.schema.returns import OF_BONDS, OF_PURSES, OF_WORDS, Further


@dataclass(frozen=True, kw_only=True)
class KnownBond:
    """A bond that the workbook has: its parts in 万元, and what was issued (None: not entered)."""

    name: str
    amount_wan: int
    issue_wan: int | None


@dataclass(frozen=True, kw_only=True)
class Addable:
    """What may be added.

    kinds : the further sheets that are sent out: those that the workbook uses
    channels : names of the channels that pay for an item, by its number
    bonds : the bonds there are, by code
    barred : items and projects for which special bonds are not lawful
    """

    kinds: tuple[Further, ...] = ()
    channels: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    bonds: Mapping[str, KnownBond] = field(default_factory=dict)
    barred: frozenset[int | str] = frozenset()


def addable(portfolio: Portfolio, entered: Entered) -> Addable:
    """What may be added to a workbook's sheets."""
    used = ((OF_PURSES, entered.purses), (OF_BONDS, entered.bonds), (OF_WORDS, portfolio.items))
    names = {channel.id: channel.name for channel in portfolio.channels}
    channels: dict[int, dict[str, None]] = {}
    for share in portfolio.shares:
        channels.setdefault(share.item_no, {})[names[share.channel_id]] = None
    for purse in entered.purses:  # what was taken once may be told again
        channels.setdefault(purse.item_no, {})[names[purse.channel_id]] = None
    bonds: dict[str, KnownBond] = {}
    for bond in entered.bonds:
        known = bonds.get(bond.bond_code)
        bonds[bond.bond_code] = (
            KnownBond(name=bond.bond_name, amount_wan=bond.amount_wan, issue_wan=bond.issue_wan)
            if known is None
            else replace(
                known, amount_wan=known.amount_wan + bond.amount_wan,
                issue_wan=known.issue_wan or bond.issue_wan,
            )
        )  # fmt: skip
    use: dict[int | str, BondUse | None] = {item.no: item.bond_use for item in portfolio.items}
    use |= {each.code: each.bond_use or use[each.item_no] for each in portfolio.projects}
    return Addable(
        kinds=tuple(kind for kind, rows in used if rows),
        channels={no: tuple(names) for no, names in channels.items()},
        bonds=bonds,
        barred=frozenset(whose for whose, said in use.items() if said is BondUse.NOT),
    )
