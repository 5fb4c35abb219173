"""表3A 年度重点项目计划: the year's list of works, and the list of those still to be prepared.

Held: to the end of the year before + the year's plan <= 总投资; the fourth quarter's cumulated plan is
the year's; the sources sum to it; the three kinds sum to the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portfolio.model.calendar import Calendar
from portfolio.model.forms.planned.ahead import Ahead, Planned
from portfolio.model.forms.planned.pots import Source, folded, source_of
from portfolio.model.items import ProjectKind

#: The kinds of the year's list, as it is ordered and counted.
LISTED_KINDS = (ProjectKind.GOING_ON, ProjectKind.NEW, ProjectKind.FINISHING)
QUARTERS = 4


@dataclass(frozen=True, kw_only=True)
class KeyProject:
    """A work of the year's list, in 万元.

    quarters_wan : the year's plan to the end of each quarter, cumulated
    sources_wan : by `Source`
    """

    line: Planned
    kind: ProjectKind
    plan_wan: int
    quarters_wan: tuple[int, int, int, int]
    sources_wan: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class KeyProjects:
    """The year's list and the works to be prepared for later years.

    closed : how many are left out: all their money is done before the year
    """

    year: int
    listed: tuple[KeyProject, ...]
    prepared: tuple[Planned, ...]
    closed: int

    def count(self, kind: ProjectKind) -> int:
        """How many of the list are of a kind."""
        return sum(row.kind is kind for row in self.listed)

    @property
    def plan_wan(self) -> int:
        """The year's plan of all."""
        return sum(row.plan_wan for row in self.listed)


def key_projects(ahead: Ahead, lines: Iterable[Planned]) -> KeyProjects:
    """Both lists of the year of `ahead`; `lines` are its items, or these among their projects."""
    listed: list[KeyProject] = []
    prepared: list[Planned] = []
    closed = 0
    sources = [source_of(channel) for channel in ahead.channels]
    for line in lines:
        kind = line.kind_in_first(ahead.tail_bps)
        if kind is None:
            closed += 1
        elif kind is ProjectKind.PREPARED:
            prepared.append(line)
        else:
            listed.append(
                KeyProject(
                    line=line,
                    kind=kind,
                    plan_wan=line.year_wan(0),
                    quarters_wan=quarters_of(line, ahead.calendar, ahead.year),
                    sources_wan=folded(line.years_wan[0], sources, Source),
                )
            )
    return KeyProjects(
        year=ahead.year, listed=tuple(listed), prepared=tuple(prepared), closed=closed
    )


def quarters_of(line: Planned, calendar: Calendar, year: int) -> tuple[int, int, int, int]:
    """A year's plan cumulated by quarter: evenly over the quarters in which the work goes on.

    What is paid after its finish falls evenly into the whole year.
    """
    plan, first = line.year_wan(0), calendar.quarter_of(year)
    start = first if line.start is None else line.start
    finish = first + QUARTERS - 1 if line.finish is None else line.finish
    upto = [max(0, min(first + k, finish) - max(first, start) + 1) for k in range(QUARTERS)]
    if not upto[-1]:
        upto = [1, 2, 3, 4]
    q1, q2, q3, q4 = (plan * quarters // upto[-1] for quarters in upto)
    return q1, q2, q3, q4
