"""表5 预算调整方案的项目附表: a repair's moves as annexes 2 (新增债务项目) and 3 (其他增减项目).

Held for every row and every sum: before + up − down = after. Whole budgets, with both their sides,
are the finance bureau's; nothing here balances them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portfolio.model.forms.planned.pots import Pot, pot_of
from portfolio.model.items import BondUse, Channel, Item, Revenue
from portfolio.model.money import SEEN_WAN

if TYPE_CHECKING:
    from portfolio.model.reallocation.result import Move, Reallocation, Reason
    from portfolio.model.rules.approval import ApprovalPath


class Annex(StrEnum):
    """The annexes that a list of works can fill."""

    DEBT = "附件二 新增债务项目"
    OTHER = "附件三 其他增减项目"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A changed cell: an item's money of a channel in a year, in 万元; one of up and down is 0.

    net_wan : all changes of the item's money of the channel so far, this year's included
    """

    item: Item
    channel: Channel
    year: int
    before_wan: int
    after_wan: int
    net_wan: int
    reasons: tuple[Reason, ...]
    approval: ApprovalPath

    @property
    def up_wan(self) -> int:
        """调增."""
        return max(0, self.after_wan - self.before_wan)

    @property
    def down_wan(self) -> int:
        """调减, as an amount."""
        return max(0, self.before_wan - self.after_wan)

    @property
    def annex(self) -> Annex:
        """Where it stands."""
        return Annex.DEBT if pot_of(self.channel) is Pot.BONDS else Annex.OTHER

    @property
    def forbidden(self) -> bool:
        """Whether it puts new special bonds where none may be.

        打包 may keep what is planned, and get later what an earlier year gave up; never more in all.
        """
        if pot_of(self.channel) is not Pot.BONDS or not self.up_wan:
            return False
        if self.item.bond_use is BondUse.BUNDLED:
            return self.net_wan >= SEEN_WAN
        return self.item.revenue is Revenue.NONE or self.item.bond_use is BondUse.NOT

    @property
    def revenue(self) -> Revenue | None:
        """Whether the item earns money to pay debt from."""
        return self.item.revenue

    @property
    def bond_use(self) -> BondUse | None:
        """Whether special bonds may pay for it."""
        return self.item.bond_use


@dataclass(frozen=True, kw_only=True)
class ChangeSum:
    """Changes of a year and channel summed."""

    year: int
    channel: Channel
    changes: tuple[Change, ...]

    @property
    def before_wan(self) -> int:
        """Before, of the works that change."""
        return sum(change.before_wan for change in self.changes)

    @property
    def up_wan(self) -> int:
        """调增."""
        return sum(change.up_wan for change in self.changes)

    @property
    def down_wan(self) -> int:
        """调减."""
        return sum(change.down_wan for change in self.changes)

    @property
    def after_wan(self) -> int:
        """After, of the works that change."""
        return sum(change.after_wan for change in self.changes)


@dataclass(frozen=True, kw_only=True)
class BudgetChange:
    """The annexes of a repair.

    decided : the quarter after the last one past: the first in which anything can be asked
    """

    changes: tuple[Change, ...]
    decided: int
    first_year: int

    @property
    def forbidden(self) -> tuple[Change, ...]:
        """New special bonds where none may be: told red wherever the repair is told."""
        return tuple(change for change in self.changes if change.forbidden)

    def of(self, annex: Annex) -> tuple[ChangeSum, ...]:
        """An annex, year by year and channel by channel as first met."""
        return summed(change for change in self.changes if change.annex is annex)

    def voted(self, year: int) -> bool:
        """Whether a year's budget is in force when it is decided: only then it can be adjusted.

        One that isn't yet is drafted: 编入预算草案, no 预算调整.
        """
        return 4 * (year - self.first_year) <= self.decided - 1

    @property
    def up_wan(self) -> int:
        """All 调增."""
        return sum(change.up_wan for change in self.changes)

    @property
    def down_wan(self) -> int:
        """All 调减."""
        return sum(change.down_wan for change in self.changes)


def budget_change(repair: Reallocation) -> BudgetChange:
    """The annexes of a repair; empty where nothing is moved."""
    portfolio, changes = repair.run.portfolio, list[Change]()
    net: dict[tuple[int, str], int] = {}
    for move in sorted(repair.moves, key=lambda m: (m.year, m.channel_id, m.item_no)):
        whose = move.item_no, move.channel_id
        net[whose] = net.get(whose, 0) + move.after_wan - move.before_wan
        channel = portfolio.channels[portfolio.channel_position[move.channel_id]]
        changes.append(_change(move, portfolio.item(move.item_no), channel, net[whose]))
    return BudgetChange(
        changes=tuple(changes),
        decided=repair.case.asof_quarter + 1,
        first_year=portfolio.calendar.first_year,
    )


def _change(move: Move, item: Item, channel: Channel, net_wan: int) -> Change:
    return Change(
        item=item,
        channel=channel,
        year=move.year,
        before_wan=move.before_wan,
        after_wan=move.after_wan,
        net_wan=net_wan,
        reasons=move.reasons,
        approval=move.approval,
    )


def summed(changes: Iterable[Change]) -> tuple[ChangeSum, ...]:
    """Changes by year and channel, in order of first appearance."""
    groups: dict[tuple[int, str], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.year, change.channel.id), []).append(change)
    return tuple(
        ChangeSum(year=year, channel=group[0].channel, changes=tuple(group))
        for (year, _), group in groups.items()
    )
