"""表2A 资金到位与支付表: by item or project, channel and whose money it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from portfolio.model.approved import of_year
from portfolio.model.facts import MONTHS, Execution, Level
from portfolio.model.forms.entered import Purse, Whose
from portfolio.model.forms.ledger import DONE, PAID, RECEIVED, Ledger
from portfolio.model.forms.lines import Line, Rank, above, completed, remainder, summed
from portfolio.model.forms.source import Source
from portfolio.model.measures.planned import agreed_version
from portfolio.model.money import SEEN_WAN

#: What is told of an item without a channel, or of a channel without an item.
NO_CHANNEL, NO_PROJECT, NO_LEVEL = "未分渠道", "未分解到项目", "未分级次"
NO_OWNER = "未填责任单位"


@dataclass(frozen=True, kw_only=True)
class Money:
    """Money of form 2A in the as-of's year, every figure None where it isn't told.

    carried_wan : 上年结转到位; unpaid_wan : 应付未付, since it began; idle_wan : 闲置超一年
    """

    initial_wan: int | None = None
    adjusted_wan: int | None = None
    issued_wan: int | None = None
    received_wan: int | None = None
    carried_wan: int | None = None
    paid_wan: int | None = None
    done_wan: int | None = None
    unpaid_wan: int | None = None
    retained_wan: int | None = None
    idle_wan: int | None = None

    @property
    def there_wan(self) -> int | None:
        """What could be paid out: received and carried over; what isn't told is left out."""
        if self.received_wan is None and self.carried_wan is None:
            return None
        return (self.received_wan or 0) + (self.carried_wan or 0)

    @property
    def left_wan(self) -> int | None:
        """结余."""
        if self.there_wan is None or self.paid_wan is None:
            return None
        return self.there_wan - self.paid_wan

    @property
    def paid_part(self) -> Fraction | None:
        """支付率."""
        if self.paid_wan is None or not self.there_wan or self.there_wan < 0:
            return None
        return Fraction(self.paid_wan, self.there_wan)


@dataclass(frozen=True, kw_only=True)
class PurseRow:
    """A row of form 2A: an item or project with a channel, or a sum."""

    name: str
    money: Money
    no: str | None = None
    code: str | None = None
    owner: str | None = None
    channel: str | None = None
    level: str | None = None

    @property
    def overpaid(self) -> bool:
        """Whether more was paid than was there."""
        return (self.money.left_wan or 0) < 0

    @property
    def ahead_of_works(self) -> bool:
        """Whether more was paid than was done: prepaid, or owed from years before."""
        return (self.money.paid_wan or 0) > (self.money.done_wan or 0) >= 0 and (
            self.money.done_wan is not None
        )


@dataclass(frozen=True, kw_only=True)
class PurseReport:
    """Form 2A.

    channels : by channel, then by whose money it is; items : by item, then project and channel
    unpaid : what is owed for works done (应付未付), by 责任单位, those of most first
    """

    channels: tuple[Line[PurseRow], ...]
    items: tuple[Line[PurseRow], ...]
    unpaid: tuple[Line[PurseRow], ...] = ()

    @property
    def overpaid(self) -> int:
        """Rows of which more was paid than was there."""
        return sum(line.row.overpaid for line in self.items if not line.parts)

    @property
    def ahead_of_works(self) -> int:
        """Rows of which more was paid than was done."""
        return sum(line.row.ahead_of_works for line in self.items if not line.parts)


#: Whose, from which channel, and whose money.
_Key = tuple[Whose, str | None, Level | None]


def purse_report(source: Source) -> PurseReport:
    """Form 2A of a play with facts."""
    rows = _rows(source)
    open_rows = list(_of_channels(source, rows))
    return PurseReport(
        channels=tuple(_by_channel([*(row for _, row in rows), *open_rows])),
        items=tuple(_by_item(source, rows, open_rows)),
        unpaid=tuple(_unpaid([row for _, row in rows])),
    )


def _rows(source: Source) -> list[tuple[int, PurseRow]]:
    """A row for each item or project and channel, with its item, in the list's order."""
    facts, first = source.facts, MONTHS * source.year
    approved = _approved(source)
    entered: dict[_Key, list[Execution]] = defaultdict(list)
    for row in (*(each for each in facts.rows if not each.parts), *facts.by_project):
        if row.done_wan is None and row.received_wan is None and row.paid_wan is None:
            continue
        entered[row.project_code or row.item_no, row.channel_id, row.level].append(row)
    purses: dict[_Key, Purse] = {}
    for purse in sorted(source.entered.purses, key=lambda each: each.until):
        if purse.until > first:
            purses[purse.project_code or purse.item_no, purse.channel_id, purse.level] = purse
    of_year = {
        key: rows for key, rows in entered.items() if any(row.end_month > first for row in rows)
    }
    ledgers = {
        key: Ledger(
            asof=facts.asof_months,
            rows=tuple(sorted(entered.get(key, ()), key=lambda row: row.end_month)),
        )
        for key in {**of_year, **purses, **_open_keys(approved, [*of_year, *purses])}
    }
    items = source.portfolio.position
    projects = {project.code: project for project in source.portfolio.projects}
    made = [
        (projects[whose].item_no if isinstance(whose, str) else whose, key)
        for key in ledgers
        if (whose := key[0]) in items or whose in projects
    ]
    place = {project.code: k for k, project in enumerate(source.portfolio.projects, start=1)}
    channels = source.portfolio.channel_position
    levels = list(Level)
    made.sort(
        key=lambda each: (
            items[each[0]],
            place.get(str(each[1][0]), 0),
            channels.get(each[1][1] or "", len(channels)),
            levels.index(each[1][2]) if each[1][2] is not None else len(levels),
        )
    )
    told = []
    for no, key in made:
        found = _row(source, no, key, ledgers[key], purses.get(key))
        planned = approved.pop((key[0], key[1] or ""), None)
        if planned is not None:  # the first row of the item and channel; its levels share it
            found = replace(found, money=completed(found.money, [planned]))
        told.append((no, found))
    return told


def _approved(source: Source) -> dict[tuple[Whose, str], Money]:
    """年初预算（计划）and 调整后 by item and channel as the plan's versions have them.

    Only of channels of which no budget is told in the year: what a budget says goes before a plan.
    """
    now = agreed_version(source.portfolio, source.year)
    if now is None:
        return {}
    first = of_year(source.portfolio.versions, now.year)[0]
    year, facts = source.portfolio.calendar.first_year + source.year, source.facts
    told = {each.channel_id for each in facts.budgets if each.year == year}
    told |= {
        purse.channel_id
        for purse in source.entered.purses
        if purse.until > MONTHS * source.year
        and (purse.initial_wan is not None or purse.adjusted_wan is not None)
    }
    return {
        (no, channel): Money(
            initial_wan=first.cells_wan.get((no, channel), 0),
            adjusted_wan=now.cells_wan.get((no, channel), 0),
        )
        for no, channel in dict.fromkeys([*first.cells_wan, *now.cells_wan])
        if channel not in told
    }


def _open_keys(approved: Iterable[tuple[Whose, str]], known: Iterable[_Key]) -> dict[_Key, None]:
    """Keys of what is planned of an item and channel and nothing else is told of."""
    there = {(whose, channel) for whose, channel, _ in known}
    return {(no, channel, None): None for no, channel in approved if (no, channel) not in there}


def _row(source: Source, no: int, key: _Key, ledger: Ledger, purse: Purse | None) -> PurseRow:
    whose, channel, level = key
    item = source.portfolio.item(no)
    project = next((each for each in source.portfolio.projects if each.code == whose), None)
    earlier = item.earlier_wan if project is None else project.before_wan()
    money = Money(
        received_wan=ledger.year(RECEIVED), paid_wan=ledger.year(PAID), done_wan=ledger.year(DONE)
    )
    if purse is not None:
        money = _of_purse(money, purse, ledger, earlier)
    elif project is None and channel is not None:
        money = completed(money, [_of_budget(source, channel, no)])
    return PurseRow(
        name=item.name if project is None else project.name,
        money=money,
        code=item.code if project is None else project.code,
        owner=(project.owner if project is not None else None) or item.owner,
        channel=_channel_name(source, channel),
        level=None if level is None else str(level),
    )


def _of_purse(money: Money, purse: Purse, ledger: Ledger, earlier_wan: int | None) -> Money:
    """Figures of 资金台账; paid since the beginning is known from facts where nothing was before."""
    settled = purse.settled_wan
    if settled is None and earlier_wan == 0:
        settled = ledger.within(0, ledger.asof, PAID)
    unpaid = None if None in (purse.payable_wan, settled) else purse.payable_wan - settled  # type: ignore[operator]
    return replace(
        money,
        initial_wan=purse.initial_wan,
        adjusted_wan=purse.initial_wan if purse.adjusted_wan is None else purse.adjusted_wan,
        issued_wan=purse.issued_wan,
        carried_wan=purse.carried_wan,
        unpaid_wan=unpaid,
        retained_wan=purse.retained_wan,
        idle_wan=purse.idle_wan,
    )


def _of_budget(source: Source, channel: str, item_no: int | None) -> Money:
    """What 年度额度 tells of a channel in the year, of an item or of all of it."""
    year = source.portfolio.calendar.first_year + source.year
    facts = source.facts
    money = Money()
    for budget in facts.budgets:
        if (budget.channel_id, budget.year, budget.item_no) == (channel, year, item_no):
            money = replace(
                money,
                initial_wan=budget.initial_wan,
                adjusted_wan=budget.budget_wan,
                issued_wan=budget.issued_wan,
            )
    for carried in facts.carried_in:
        if (carried.channel_id, carried.year, carried.item_no) == (channel, year, item_no):
            money = replace(money, carried_wan=carried.carried_wan)
    return money


def _channel_name(source: Source, channel: str | None) -> str:
    if channel is None:
        return NO_CHANNEL
    return source.portfolio.channels[source.portfolio.channel_position[channel]].name


def _of_channels(source: Source, rows: Sequence[tuple[int, PurseRow]]) -> Iterator[PurseRow]:
    """What a channel's budget holds beyond what is told by item: one row each."""
    for channel in source.portfolio.channels:
        whole = _of_budget(source, channel.id, None)
        if whole == Money():
            continue
        parts = [row.money for _, row in rows if row.channel == channel.name]
        told = summed(parts, Money)
        alone = completed(Money(), [whole])
        left = remainder(alone, parts) or Money()
        for name in Money.__dataclass_fields__:
            if getattr(told, name) is None:
                left = replace(left, **{name: getattr(whole, name)})
        if left != Money():
            yield PurseRow(name=NO_PROJECT, money=left, channel=channel.name)


# --- Sums


def _sum(name: str, rows: Iterable[PurseRow], **more: str | None) -> PurseRow:
    return PurseRow(name=name, money=summed([row.money for row in rows], Money), **more)


def _by_channel(rows: Sequence[PurseRow]) -> Iterator[Line[PurseRow]]:
    groups: dict[str, list[PurseRow]] = {}
    for row in rows:
        groups.setdefault(row.channel or NO_CHANNEL, []).append(row)
    lines: list[Line[PurseRow]] = []
    for k, (channel, members) in enumerate(groups.items(), start=1):
        levels: dict[str, list[PurseRow]] = {}
        for row in members:
            levels.setdefault(row.level or NO_LEVEL, []).append(row)
        parts = [
            Line(rank=Rank.PART, row=_sum(level, of_level, channel=channel, level=level))
            for level, of_level in levels.items()
        ]
        name = channel
        if len(parts) == 1:  # of one level only: no line of its own
            name, parts = f"{channel}（{parts[0].row.name}）", []
        whole = _sum(name, members, no=str(k), channel=channel)
        lines += above(Rank.GROUP, whole, parts)
    yield from above(Rank.TOTAL, _sum("合计", rows), lines)


def _by_item(
    source: Source, rows: Sequence[tuple[int, PurseRow]], open_rows: Sequence[PurseRow]
) -> Iterator[Line[PurseRow]]:
    groups: dict[int, list[PurseRow]] = {}
    for no, row in rows:
        groups.setdefault(no, []).append(row)
    lines: list[Line[PurseRow]] = []
    for no, members in groups.items():
        item = source.portfolio.item(no)
        whole = _sum(item.name, members, no=str(no), code=item.code, owner=item.owner)
        numbered = [replace(row, no=f"{no}.{k}") for k, row in enumerate(members, start=1)]
        lines += above(Rank.GROUP, whole, [Line(rank=Rank.PART, row=row) for row in numbered])
    if open_rows:
        parts = [Line(rank=Rank.PART, row=row) for row in open_rows]
        lines += above(Rank.GROUP, _sum(NO_PROJECT, open_rows), parts)
    yield from above(Rank.TOTAL, _sum("合计", [*(row for _, row in rows), *open_rows]), lines)


def _unpaid(rows: Iterable[PurseRow]) -> Iterator[Line[PurseRow]]:
    """合计, each unit with its purses that owe; prepayments of others are not set against them."""
    groups: dict[str, list[PurseRow]] = {}
    for row in rows:
        if (row.money.unpaid_wan or 0) >= SEEN_WAN:
            groups.setdefault(row.owner or NO_OWNER, []).append(row)
    if not groups:
        return
    lines: list[Line[PurseRow]] = []
    sums = [(_sum(name, members), members) for name, members in groups.items()]
    sums.sort(key=lambda each: -(each[0].money.unpaid_wan or 0))
    for k, (whole, members) in enumerate(sums, start=1):
        members.sort(key=lambda row: -(row.money.unpaid_wan or 0))
        parts = [
            Line(rank=Rank.PART, row=replace(row, no=f"{k}.{j}"))
            for j, row in enumerate(members, start=1)
        ]
        lines += above(Rank.GROUP, replace(whole, no=str(k)), parts)
    every = [row for members in groups.values() for row in members]
    yield from above(Rank.TOTAL, _sum("合计", every), lines)
