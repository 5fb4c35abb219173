"""Which reserve projects (储备项目) are chosen, when, and why not the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.money import BPS, Wan, yi_text
from portfolio.model.pipeline.added import Start
from portfolio.model.pipeline.classes import StartClass, start_class
from portfolio.model.pipeline.need import StartNeed
from portfolio.model.pipeline.plan import StartPlan
from portfolio.model.pipeline.project import BEST, WAITS, ReserveProject
from portfolio.model.portfolio import Portfolio


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A reserve project with its class's curve, and what each start year of it brings.

    money_wan : by start year, int64[channel, year of the need]
    """

    project: ReserveProject
    of: StartClass
    money_wan: dict[int, Wan]

    def converted(self, year: int, need: StartNeed) -> list[float]:
        """What a start of a year brings in each year, converted."""
        money = self.money_wan[year].sum(axis=0).tolist()
        return [wan * y.inclusion_bps / BPS for wan, y in zip(money, need.years, strict=True)]

    def start(self, year: int) -> Start:
        """The project started in a year."""
        return Start(
            name=self.project.name, of=self.of, volume_wan=self.project.total_wan, year=year
        )

    @property
    def weight(self) -> int:
        """What it costs the aim: its money, that of no value twice. In 万元 of `BEST` parts."""
        return self.project.total_wan * (2 * BEST - self.project.score) // BEST


def candidates(
    projects: Sequence[ReserveProject], need: StartNeed, portfolio: Portfolio
) -> tuple[Candidate, ...]:
    """Projects with their curves; a class that no item has takes the list's mean duration and mix."""
    risks = {risk.key: risk for risk in portfolio.risk_classes}
    known = {each.key: each for each in need.classes}
    found = []
    for project in projects:
        of = known.get(project.risk_class) or start_class(
            portfolio, risks[project.risk_class], list(portfolio.items), need.settings
        )
        if project.mix_bps is not None:
            of = replace(of, mix_bps=project.mix_bps)
        first = need.first - portfolio.calendar.first_year
        money = {
            year: np.ascontiguousarray(
                of.by_channel_wan(project.total_wan, year, portfolio)[
                    first : first + len(need.years)
                ].T
            )
            for year in project.years(need.first, need.last)
        }
        found.append(Candidate(project=project, of=of, money_wan=money))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A project chosen, and the year it starts."""

    candidate: Candidate
    year: int

    @property
    def money_wan(self) -> Wan:
        """int64[channel, year]."""
        return self.candidate.money_wan[self.year]


@dataclass(frozen=True, kw_only=True)
class Left:
    """A project not chosen, and the one reason."""

    project: ReserveProject
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReserveChoice:
    """Which reserve projects start when.

    short_wan : what lacks to the targets by year with the list and the chosen projects
    proven : whether the choice is proven best in both its aims
    rest : what must be started beside them, by class, for the targets to hold; where they can't
        be held, what lacks least; None: nothing was to start beside them
    played_wan : converted by year, the chosen projects played as items of the list
    """

    need: StartNeed
    chosen: tuple[Chosen, ...]
    left: tuple[Left, ...]
    short_wan: tuple[int, ...]
    proven: bool
    rest: StartPlan | None = None
    played_wan: tuple[int, ...] | None = None

    @property
    def converted_wan(self) -> tuple[int, ...]:
        """What the list and the chosen bring together."""
        return brought_wan(self.need, self.chosen)

    @property
    def total_wan(self) -> int:
        """总投资 of the chosen."""
        return sum(each.candidate.project.total_wan for each in self.chosen)

    @property
    def apart(self) -> float | None:
        """The most that play and plan are apart in a year, as a part of the plan's."""
        if self.played_wan is None:
            return None
        pairs = zip(self.played_wan, self.converted_wan, strict=True)
        return max(abs(played - wan) / max(1, wan) for played, wan in pairs)


def money_of(need: StartNeed, chosen: Sequence[Chosen]) -> Wan:
    """Money of chosen projects: int64[channel, year]."""
    whole = np.zeros((len(need.bearing), len(need.years)), dtype=np.int64)
    for each in chosen:
        whole += each.money_wan
    return whole


def brought_wan(need: StartNeed, chosen: Sequence[Chosen]) -> tuple[int, ...]:
    """What the list and chosen projects convert to by year."""
    money = money_of(need, chosen).sum(axis=0).tolist()
    return tuple(
        year.old_wan + wan * year.inclusion_bps // BPS
        for year, wan in zip(need.years, money, strict=True)
    )


def short_of(need: StartNeed, chosen: Sequence[Chosen]) -> tuple[int, ...]:
    """What lacks to the targets by year."""
    return tuple(
        max(0, (year.target_wan or 0) - wan)
        for year, wan in zip(need.years, brought_wan(need, chosen), strict=True)
    )


def with_chosen(need: StartNeed, chosen: Sequence[Chosen]) -> StartNeed:
    """The need where chosen projects are part of the list."""
    money, brought = money_of(need, chosen), brought_wan(need, chosen)
    left = sum(each.candidate.project.total_wan for each in chosen) - int(money.sum())
    return replace(
        need,
        years=tuple(
            replace(year, old_wan=wan) for year, wan in zip(need.years, brought, strict=True)
        ),
        bearing=tuple(
            replace(
                one,
                old_wan=tuple(
                    old + int(more) for old, more in zip(one.old_wan, money[c], strict=True)
                ),
            )
            for c, one in enumerate(need.bearing)
        ),
        old_in_hand_wan=need.old_in_hand_wan + left * need.years[-1].inclusion_bps // BPS,
    )


# --- Why not the others: one reason each, said of what was chosen


def reasons(
    need: StartNeed, every: Sequence[Candidate], chosen: Sequence[Chosen]
) -> tuple[Left, ...]:
    """Projects not chosen with the one reason, in their order."""
    taken = {each.candidate.project.code: each for each in chosen}
    by_group = {
        each.candidate.project.group: each.candidate.project
        for each in chosen
        if each.candidate.project.group is not None
    }
    names = {each.project.code: each.project for each in every}
    return tuple(
        Left(project=each.project, reason=_reason(need, each, taken, by_group, names, chosen))
        for each in every
        if each.project.code not in taken
    )


def _reason(
    need: StartNeed,
    each: Candidate,
    taken: dict[str, Chosen],
    by_group: dict[str, ReserveProject],
    names: dict[str, ReserveProject],
    chosen: Sequence[Chosen],
) -> str:
    project = each.project
    if not each.money_wan:
        return _not_ready(need, project)
    if project.group is not None and project.group in by_group:
        return f"与已选的 {by_group[project.group].label} 只能选一个"
    linked = project.linked_to
    if linked is not None and linked not in taken:
        return f"须先开工的 {names[linked].label} 没有入选"
    since = need.first if linked is None else taken[linked].year
    years = [year for year in each.money_wan if year >= since]
    if not years:
        assert linked is not None
        return f"须先开工的 {names[linked].label} 开工太晚"
    full = [_full(need, each.money_wan[year], chosen) for year in years]
    if all(full):
        wan, c, y = min(one for one in full if one is not None)
        where = "年度目标" if c < 0 else need.bearing[c].channel.short_name
        return f"{where} {need.years[y].year} 年已满，还差 {yi_text(wan)} 亿元的空间"
    return "目标用不上：已选的与按类别新开工的够了，或它来得太慢、占统筹渠道太多"


def _not_ready(need: StartNeed, project: ReserveProject) -> str:
    if project.readiness not in WAITS:
        return f"不成熟：还在{project.readiness}"
    return f"太晚：最早 {project.earliest or need.first} 年开工，{need.last} 年以前用不上"


def _full(need: StartNeed, money: Wan, chosen: Sequence[Chosen]) -> tuple[int, int, int] | None:
    """Where a start has most too much beside the chosen: 万元, channel (−1: a top), year; or None."""
    whole = money_of(need, chosen) + money
    over: list[tuple[int, int, int]] = []
    for c, one in enumerate(need.bearing):
        for y in range(len(need.years)):
            room = one.room_wan(y)
            if room is not None and money[c, y] and whole[c, y] > room:
                over.append((int(whole[c, y]) - room, c, y))
    for y, year in enumerate(need.years):
        if year.top_wan is not None and money[:, y].any():
            brought = year.old_wan + int(whole[:, y].sum()) * year.inclusion_bps // BPS
            if brought > year.top_wan:
                over.append((brought - year.top_wan, -1, y))
    return max(over, default=None)
