"""表4 政府投资三年滚动计划: works at hand, new ones and those in reserve, and each channel's gap.

Held for every line: to the end of the running year + three years + later = 总投资. The first year is
that of 表3B, work by work. Reserve is in no sum: it has no money, only a need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from portfolio.model.forms.planned.ahead import Ahead, Planned
from portfolio.model.forms.planned.government_plan import BEFORE_ESTIMATE
from portfolio.model.forms.planned.limits import Basis, ChannelLimit
from portfolio.model.forms.planned.pots import GOVERNMENT, Pot, is_government, pot_of


class Stage(StrEnum):
    """The parts of a rolling plan."""

    AT_HAND = "在手"
    NEW = "新开工"
    RESERVE = "储备"


class Funding(StrEnum):
    """资金落实 of the first year."""

    APPROVED = "已批"
    TO_APPLY = "拟申报"
    MISSING = "未落实"


@dataclass(frozen=True, kw_only=True)
class YearPart:
    """A line's money of a year, in 万元: all of it, of it 财政性资金, of that special bonds."""

    total_wan: int
    government_wan: int
    bonds_wan: int


@dataclass(frozen=True, kw_only=True)
class DebtYears:
    """Years from the plan's first on in which interest, and principal, of known bonds fall due."""

    interest: tuple[int, ...] = ()
    principal: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RollingWork:
    """A line of the plan.

    funding : None in reserve: no money is asked for yet
    debt : when principal and interest of its known bonds fall due
    """

    line: Planned
    stage: Stage
    years: tuple[YearPart, ...]
    funding: Funding | None
    debt: DebtYears = field(default_factory=DebtYears)


@dataclass(frozen=True, kw_only=True)
class DebtYear:
    """Principal and interest of the known bonds in a year, or from it on, in 万元."""

    year: int
    principal_wan: int
    interest_wan: int


@dataclass(frozen=True, kw_only=True)
class RollingPlan:
    """The plan and what stands at its bottom.

    channels : limits, needs and gaps by year of the plan
    debt : debt service by year where bonds are known; empty where none are
    """

    years: tuple[int, ...]
    works: tuple[RollingWork, ...]
    channels: tuple[tuple[ChannelLimit, ...], ...]
    debt: tuple[DebtYear, ...] = ()

    def of(self, stage: Stage) -> tuple[RollingWork, ...]:
        """The works of a part."""
        return tuple(work for work in self.works if work.stage is stage)

    @property
    def arranged(self) -> tuple[RollingWork, ...]:
        """Those that sums are of: all but the reserve."""
        return tuple(work for work in self.works if work.stage is not Stage.RESERVE)


@dataclass(frozen=True, kw_only=True)
class DebtService:
    """What known bonds cost by item and year, in 万元: (item number, year) → principal, interest."""

    due_wan: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def years_of(self, item_no: int, first: int) -> DebtYears:
        """When something of an item falls due from a year on."""
        mine = sorted(
            (y, due) for (no, y), due in self.due_wan.items() if no == item_no and y >= first
        )
        return DebtYears(
            interest=tuple(y for y, (_, interest) in mine if interest),
            principal=tuple(y for y, (principal, _) in mine if principal),
        )

    def in_year(self, year: int, *, and_after: bool = False) -> DebtYear:
        """What falls due in a year, or from it on."""
        due = [due for (_, y), due in self.due_wan.items() if y == year or (and_after and y > year)]
        return DebtYear(
            year=year,
            principal_wan=sum(principal for principal, _ in due),
            interest_wan=sum(interest for _, interest in due),
        )


def rolling_plan(
    ahead: Ahead,
    lines: Iterable[Planned],
    channels: Sequence[Sequence[ChannelLimit]],
    debt: DebtService | None = None,
) -> RollingPlan:
    """The plan; `lines` are the items of `ahead`, or these among their projects.

    Works of the plan have 财政性资金 still to come.
    """
    pots = [pot_of(channel) for channel in ahead.channels]
    short = {no for row in channels[0] for no, _ in row.short_wan}
    settled = {row.channel.id for row in channels[0] if row.basis is Basis.ENTERED}
    works = []
    for line in lines:
        if not line.public or not line.rest_wan:
            continue
        stage = stage_of(line)
        works.append(
            RollingWork(
                line=line,
                stage=stage,
                years=tuple(_part(year, pots) for year in line.years_wan),
                funding=None if stage is Stage.RESERVE else _funding(ahead, line, short, settled),
                debt=DebtYears() if debt is None else debt.years_of(line.item.no, ahead.year),
            )
        )
    order = list(Stage)
    works.sort(key=lambda work: order.index(work.stage))
    return RollingPlan(
        years=ahead.years,
        works=tuple(works),
        channels=tuple(tuple(row) for row in channels),
        debt=_debt_years(debt, ahead.years),
    )


def stage_of(line: Planned) -> Stage:
    """At hand once it has money by the end of the running year; new if it has some in the years."""
    if line.before_wan:
        return Stage.AT_HAND
    return Stage.NEW if any(map(sum, line.years_wan)) else Stage.RESERVE


def _part(year: Sequence[int], pots: Sequence[Pot]) -> YearPart:
    pairs = list(zip(year, pots, strict=True))
    return YearPart(
        total_wan=sum(year),
        government_wan=sum(wan for wan, pot in pairs if pot in GOVERNMENT),
        bonds_wan=sum(wan for wan, pot in pairs if pot is Pot.BONDS),
    )


def _funding(ahead: Ahead, line: Planned, short: set[int], settled: set[str]) -> Funding:
    """已批: its estimate is approved and each of its public channels has a limit that holds it."""
    if line.item.no in short:
        return Funding.MISSING
    asked = [
        channel.id
        for channel, wan in zip(ahead.channels, line.years_wan[0], strict=True)
        if wan and is_government(channel)
    ]
    approved = line.item.stage not in BEFORE_ESTIMATE and all(c in settled for c in asked)
    return Funding.APPROVED if approved else Funding.TO_APPLY


def _debt_years(debt: DebtService | None, years: Sequence[int]) -> tuple[DebtYear, ...]:
    """The plan's years, and all that comes after them."""
    if debt is None or not debt.due_wan:
        return ()
    return (*(debt.in_year(year) for year in years), debt.in_year(years[-1] + 1, and_after=True))
