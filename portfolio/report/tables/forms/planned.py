"""Columns that forms of years to come share: who and what a line is, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.forms import origins as at
from portfolio.model.forms.planned.ahead import Ahead, Planned, by_project, years_ahead
from portfolio.model.forms.planned.grouped import Group
from portfolio.model.forms.planned.limits import ChannelLimit, channel_limits, entered_limits
from portfolio.model.forms.source import Source
from portfolio.model.items import ProjectKind
from portfolio.report.tables.fields import Cell, Field, text
from portfolio.report.tables.forms.form import NOT_APPLICABLE

KIND_WORDS = {ProjectKind.FINISHING: "计划竣工投产"}
ROUNDED = "因四舍五入，分项之和与合计略有出入。"

LineOf = Callable[[Any], Planned]


@dataclass(frozen=True)
class Years:
    """What forms of years to come are made of."""

    source: Source

    @cached_property
    def ahead(self) -> Ahead:
        """Items year by year."""
        return years_ahead(self.source.portfolio, self.source.run.baseline)

    @cached_property
    def lines(self) -> tuple[Planned, ...]:
        """The same, among projects where they tell enough."""
        return by_project(self.ahead, self.source.portfolio)

    @cached_property
    def limits(self) -> tuple[tuple[ChannelLimit, ...], ...]:
        """Limits, needs and gaps of the public items' channels by year."""
        portfolio, before = self.source.portfolio, self.source.run.baseline
        public = [line for line in self.ahead.lines if line.public]
        return channel_limits(self.ahead, public, portfolio, before, entered_limits(portfolio))

    @property
    def shocked(self) -> bool:
        """Whether a scenario is laid on the plan."""
        return bool(self.source.run.changes)

    @property
    def year(self) -> int:
        """The first year of the forms."""
        return self.ahead.year

    @property
    def stage(self) -> str:
        """草案, or which approved version it is."""
        approved = self.ahead.approved
        return "草案" if approved is None else approved.title


def kind_text(kind: ProjectKind | None) -> str | None:
    """项目类别 as forms say it."""
    return None if kind is None else KIND_WORDS.get(kind, str(kind))


def month_text(quarter: int | None, calendar: Calendar, *, last: bool) -> str | None:
    """A quarter as its first or last month: 2027年9月."""
    if quarter is None:
        return None
    return f"{calendar.year_of_quarter(quarter)}年{3 * (quarter % 4) + (3 if last else 1)}月"


def span_text(line: Planned, calendar: Calendar) -> str | None:
    """建设起止年限: as a project tells it, else its item's by the plan's pace."""
    if line.project is not None and (line.project.start or line.project.finish):
        return "—".join(said or "" for said in (line.project.start, line.project.finish))
    first = calendar.first_year
    if line.finish is None:
        return None
    earlier = line.item.earlier_wan > 0 or line.start is None
    begin = f"{first}年前" if earlier else str(calendar.year_of_quarter(line.start or 0))
    return f"{begin}—{calendar.year_of_quarter(line.finish)}"


def alone(group: Group[Any], line_of: LineOf) -> Planned | None:
    """The line of a row that stands alone, or of the item of a sum; None for other sums."""
    return line_of(group.rows[0]) if group.item is not None and group.rows else None


def _told(line_of: LineOf, of: Callable[[Planned], Cell]) -> Callable[[Group[Any]], Cell]:
    def value(group: Group[Any]) -> Cell:
        line = alone(group, line_of)
        return None if line is None else of(line)

    return value


def words(
    key: str, title: str, width: float, line_of: LineOf, of: Callable[[Planned], Cell],
    look: str = "", source: str = "",
) -> Field[Group[Any]]:  # fmt: skip
    """A column of words about an item or project."""
    return text(key, title, _told(line_of, of), width, look=look, source=source)


def whose(group: Group[Any], line_of: LineOf, name: str) -> str | None:
    """What the project tells, and its item where the project doesn't; an item's own for a sum."""
    line = alone(group, line_of)
    if line is None:
        return None
    project = line.project if group.one is not None else None
    said = getattr(project, name, None) or getattr(line.item, name, None)
    return None if said is None else str(said)


def office(key: str, title: str, width: float, line_of: LineOf) -> Field[Group[Any]]:
    """A column of what an office's list tells of a project or its item."""
    return text(key, title, lambda group: whose(group, line_of, key), width, source=at.LISTED)


def code(width: float, line_of: LineOf) -> Field[Group[Any]]:
    """项目代码: an item's only where the line is the item's."""

    def value(group: Group[Any]) -> Cell:
        line = alone(group, line_of)
        if line is None:
            return None
        if group.one is not None and line.project is not None:
            return line.project.code
        return line.item.code

    return text("code", "项目代码", value, width, source=at.LISTED)


def scope(source: Source, width: float, line_of: LineOf) -> Field[Group[Any]]:
    """建设规模及内容."""

    def value(group: Group[Any]) -> Cell:
        line = alone(group, line_of)
        if line is None:
            return None
        told = source.entered.scopes
        project = line.project if group.one is not None else None
        return told.get(line.item.no if project is None else project.code)

    return text("scope", "建设规模及内容", value, width, source=at.OF_THE_MONTH)


def number_of(group: Group[Any]) -> Cell:
    """序号."""
    return group.no or NOT_APPLICABLE
