"""表3B 政府投资年度计划, and what stands in its place where a shock passes a limit: 缺口表.

Its works are those with 财政性资金 still to come. Held: the pots sum to the year's plan; every
channel's need is the sum of its works; gap = max(0, need − limit).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.forms.entered import Purse, Whose, is_large_overrun
from portfolio.model.forms.planned.ahead import Ahead, Planned
from portfolio.model.forms.planned.limits import Basis, ChannelLimit
from portfolio.model.forms.planned.pots import GOVERNMENT, Pot, folded, is_government, pot_of
from portfolio.model.items import STAGES, BondUse, Item, ProjectKind, Revenue

#: Stages in which an estimate (概算) is not approved yet.
BEFORE_ESTIMATE = STAGES[:2]


class Light(StrEnum):
    """What is wrong with a plan, or must be looked at."""

    OVER_LIMIT = "计划超额度"
    NO_ESTIMATE = "未批概算的新开工"
    NO_REVENUE = "不得列专项债"
    UNPAID = "欠付工程款未列足"
    OVERRUN = "超概算一成，须先调概"
    BUNDLED = "专项债打包，逐项核"
    NO_LIMIT = "额度未填"


#: Lights that forbid the plan; the others are questions.
RED = (Light.OVER_LIMIT, Light.NO_ESTIMATE, Light.NO_REVENUE, Light.UNPAID)


@dataclass(frozen=True, kw_only=True)
class GovernmentWork:
    """A work of the year's government plan, in 万元.

    pots_wan : by `Pot`
    """

    line: Planned
    kind: ProjectKind
    plan_wan: int
    pots_wan: tuple[int, ...]
    lights: tuple[Light, ...]

    @property
    def government_wan(self) -> int:
        """财政性资金 of the year."""
        return sum(wan for pot, wan in zip(Pot, self.pots_wan, strict=True) if pot in GOVERNMENT)

    @property
    def bonds_wan(self) -> int:
        """Of it special bonds."""
        return dict(zip(Pot, self.pots_wan, strict=True))[Pot.BONDS]


@dataclass(frozen=True, kw_only=True)
class PotSum:
    """A pot's limit, need and gap in the year; the limit is None where part of it isn't known."""

    pot: Pot
    limit_wan: int | None
    need_wan: int
    gap_wan: int | None


@dataclass(frozen=True, kw_only=True)
class ShortItem:
    """An item that the limits leave short in the year, by channel."""

    item: Item
    channel_id: str
    need_wan: int
    gap_wan: int

    @property
    def given_wan(self) -> int:
        """What the limit still gives it."""
        return self.need_wan - self.gap_wan


@dataclass(frozen=True, kw_only=True)
class GovernmentPlan:
    """The year's plan, its channels, and who is short.

    shocked : a scenario is laid on it
    """

    year: int
    works: tuple[GovernmentWork, ...]
    channels: tuple[ChannelLimit, ...]
    short: tuple[ShortItem, ...]
    shocked: bool

    @property
    def gap_wan(self) -> int:
        """What all limits leave open."""
        return sum(row.gap_wan or 0 for row in self.channels)

    @property
    def is_gap_table(self) -> bool:
        """Whether a shock takes it above a limit: then it is no plan."""
        return self.shocked and self.gap_wan > 0

    @property
    def plan_wan(self) -> int:
        """All money of the year."""
        return sum(work.plan_wan for work in self.works)

    @property
    def lights(self) -> tuple[tuple[Light, str], ...]:
        """Each light with what it shines on."""
        of_channels = [
            (Light.OVER_LIMIT if row.over else Light.NO_LIMIT, row.channel.name)
            for row in self.channels
            if row.over or (row.basis is Basis.COMPUTED and is_government(row.channel))
        ]
        of_works = [
            (light, work.line.project.name if work.line.project else work.line.item.name)
            for work in self.works
            for light in work.lights
        ]
        order = list(Light)
        return tuple(sorted([*of_channels, *of_works], key=lambda each: order.index(each[0])))


def government_plan(
    ahead: Ahead,
    lines: Iterable[Planned],
    channels: Sequence[ChannelLimit],
    *,
    shocked: bool,
    estimated: Collection[Whose] = (),
    unpaid: Mapping[Whose, int] | None = None,
) -> GovernmentPlan:
    """The plan of the first year of `ahead`; `lines` are its items, or these among their projects.

    channels : limits of that year
    estimated : items and projects whose estimate (概算) is told to be approved
    unpaid : 应付未付 by item or project, as far as it is told
    """
    pots = [pot_of(channel) for channel in ahead.channels]
    works = []
    for line in lines:
        kind = line.kind_in_first(ahead.tail_bps)
        if not line.public or kind is None or not line.year_wan(0):
            continue
        sums = folded(line.years_wan[0], pots, Pot)
        bonds = dict(zip(Pot, sums, strict=True))[Pot.BONDS]
        works.append(
            GovernmentWork(
                line=line,
                kind=kind,
                plan_wan=line.year_wan(0),
                pots_wan=sums,
                lights=(
                    *_lights(line, kind, bonds, estimated),
                    *_money_lights(line, (unpaid or {}).get(whose_is(line), 0)),
                ),
            )
        )
    return GovernmentPlan(
        year=ahead.year,
        works=tuple(works),
        channels=tuple(channels),
        short=_short_items(ahead, channels),
        shocked=shocked,
    )


def _lights(
    line: Planned, kind: ProjectKind, bonds_wan: int, estimated: Collection[Whose]
) -> tuple[Light, ...]:
    source = line.project if line.project is not None else line.item
    revenue = source.revenue or line.item.revenue
    use = source.bond_use or line.item.bond_use
    told = []
    unapproved = line.item.stage in BEFORE_ESTIMATE and whose_is(line) not in estimated
    if kind is ProjectKind.NEW and unapproved:
        told.append(Light.NO_ESTIMATE)
    if bonds_wan and use is BondUse.BUNDLED:
        told.append(Light.BUNDLED)
    elif bonds_wan and (use is BondUse.NOT or revenue is Revenue.NONE):
        told.append(Light.NO_REVENUE)
    return tuple(told)


def _money_lights(line: Planned, unpaid_wan: int) -> tuple[Light, ...]:
    """What is owed for finished work must be in the year's plan; a large overrun needs its procedure."""
    told = [Light.UNPAID] if unpaid_wan > line.year_wan(0) else []
    told += [Light.OVERRUN] if is_large_overrun(line.overrun_wan, line.approved_wan) else []
    return tuple(told)


def whose_is(line: Planned) -> Whose:
    """Whose a line is: its project's, else its item's."""
    return line.item.no if line.project is None else line.project.code


def unpaid_wan(purses: Iterable[Purse]) -> dict[Whose, int]:
    """应付未付 by item or project: of each channel and level as last told; prepayments set off none."""
    latest = {
        (purse.project_code or purse.item_no, purse.channel_id, purse.level): purse
        for purse in sorted(purses, key=lambda each: each.until)
    }
    sums: dict[Whose, int] = {}
    for (whose, *_), purse in latest.items():
        if purse.payable_wan is not None and purse.settled_wan is not None:
            sums[whose] = sums.get(whose, 0) + max(0, purse.payable_wan - purse.settled_wan)
    return sums


def _short_items(ahead: Ahead, channels: Sequence[ChannelLimit]) -> tuple[ShortItem, ...]:
    """Items left short, the channels in their order, the largest gaps of each first."""
    of = {line.item.no: line for line in ahead.lines}
    place = {channel.id: k for k, channel in enumerate(ahead.channels)}
    rows = []
    for row in channels:
        for no, gap in sorted(row.short_wan, key=lambda each: (-each[1], each[0])):
            need = of[no].years_wan[0][place[row.channel.id]]
            rows.append(
                ShortItem(item=of[no].item, channel_id=row.channel.id, need_wan=need, gap_wan=gap)
            )
    return tuple(rows)


def by_pot(channels: Iterable[ChannelLimit]) -> tuple[PotSum, ...]:
    """Limits, needs and gaps by pot; a pot's limit is known where each of its channels' is.

    The gap stays the sum of the channels' gaps: money of one can't pay for another.
    """
    rows: dict[Pot, list[ChannelLimit]] = {}
    for row in channels:
        rows.setdefault(pot_of(row.channel), []).append(row)
    sums = []
    for pot in Pot:
        mine = rows.get(pot, [])
        known = [row.limit_wan for row in mine if row.basis in (Basis.ENTERED, Basis.SHOCKED)]
        whole = bool(mine) and len(known) == len(mine)
        gaps = [row.gap_wan for row in mine if row.gap_wan is not None]
        sums.append(
            PotSum(
                pot=pot,
                limit_wan=sum(wan or 0 for wan in known) if whole else None,
                need_wan=sum(row.need_wan for row in mine),
                gap_wan=sum(gaps) if gaps or not mine else None,
            )
        )
    return tuple(sums)
