"""Where projects stand: what is planned of them and what facts say; delays are of their items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portfolio.model.facts import MONTHS, Execution
from portfolio.model.items import Item
from portfolio.model.measures.years import outstanding_wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.projects import Project
from portfolio.model.quarters import PLAN_YEARS, or_end


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A project and what was told of it to the as-of; None: not told.

    year : the one its money is told of: the as-of's, without facts the first after the period
    year_wan : planned in that year; done_wan, year_done_wan : 完成投资 since the first year, and in
        that year
    total_wan : the last approved total; prior_total_wan : the one before it was adjusted, if it was
    progress_bps, problem, measure, due : as last entered; started, completed : as written months
    """

    project: Project
    year: int
    year_wan: int | None
    total_wan: int | None = None
    prior_total_wan: int | None = None
    done_wan: int | None = None
    year_done_wan: int | None = None
    progress_bps: int | None = None
    started_month: int | None = None
    completed_month: int | None = None
    problem: str | None = None
    measure: str | None = None
    due: str | None = None


def shown_year(portfolio: Portfolio) -> int:
    """Index of the year whose money is told of a project."""
    facts = portfolio.facts
    year = portfolio.calendar.period_years if facts is None else facts.year
    return min(year, PLAN_YEARS - 1)


def standings(portfolio: Portfolio) -> tuple[Standing, ...]:
    """Every project of the list's items, in the sheet's order."""
    told: dict[str, list[Execution]] = {}
    for row in portfolio.facts.by_project if portfolio.facts is not None else ():
        told.setdefault(row.project_code or "", []).append(row)
    k = shown_year(portfolio)
    return tuple(
        _standing(project, k, portfolio.calendar.first_year + k, told.get(project.code, ()))
        for project in portfolio.projects
        if project.item_no in portfolio.position
    )


def _standing(project: Project, k: int, year: int, told: Iterable[Execution]) -> Standing:
    rows = sorted(told, key=lambda row: row.end_month)
    done = [row for row in rows if row.done_wan is not None]
    this_year = [row for row in done if row.first_month // MONTHS == k]
    said = next((row for row in reversed(rows) if row.problem), None)
    adjusted = _last(row.approved_wan for row in rows)
    return Standing(
        project=project,
        year=year,
        year_wan=project.year_wan(k),
        total_wan=project.total_wan if adjusted is None else adjusted,
        prior_total_wan=None if adjusted is None else project.total_wan,
        done_wan=sum(row.done_wan or 0 for row in done) if done else None,
        year_done_wan=sum(row.done_wan or 0 for row in this_year) if this_year else None,
        progress_bps=_last(row.progress_bps for row in rows),
        started_month=_last(row.started_month for row in rows),
        completed_month=_last(row.completed_month for row in rows),
        problem=said.problem if said else None,
        measure=said.measure if said else None,
        due=said.due if said else None,
    )


def _last(values: Iterable[int | None]) -> int | None:
    """The last that is told."""
    told = [value for value in values if value is not None]
    return told[-1] if told else None


# --- What a unit answers for


@dataclass(frozen=True, kw_only=True)
class OwnedItem:
    """An item of a unit, or one under which it has projects: these stand beside it.

    whole : the unit answers for the item itself
    delay_quarters : None for one that never finishes, or has no plan
    open_wan : not yet come about at its planned finish
    """

    item: Item
    index: int
    whole: bool
    projects: tuple[Standing, ...]
    late: bool
    delay_quarters: int | None
    open_wan: int
    weight: int


@dataclass(frozen=True, kw_only=True)
class Owned:
    """What a 责任单位 answers for: its items, the most delayed first (money open × quarters)."""

    owner: str
    items: tuple[OwnedItem, ...]

    @property
    def late(self) -> tuple[OwnedItem, ...]:
        """The late ones."""
        return tuple(owned for owned in self.items if owned.late)

    @property
    def projects(self) -> tuple[Standing, ...]:
        """Its projects, in the items' order."""
        return tuple(standing for owned in self.items for standing in owned.projects)


def owned_by(owner: str, portfolio: Portfolio, outcome: Outcome) -> Owned:
    """Items and projects of a unit with their items' delays, ranked."""
    mine: dict[int, list[Standing]] = {}
    for standing in standings(portfolio):
        if standing.project.owner == owner:
            mine.setdefault(standing.project.item_no, []).append(standing)
    open_wan = outstanding_wan(portfolio, outcome)
    items = []
    for index, item in enumerate(portfolio.items):
        if item.owner != owner and item.no not in mine:
            continue
        late, planned = outcome.is_late(index), outcome.planned_finish[index]
        quarters = or_end(outcome.finish[index]) - (planned or 0) if late else 0
        still = int(open_wan[index]) if late else 0
        items.append(
            OwnedItem(
                item=item,
                index=index,
                whole=item.owner == owner,
                projects=tuple(mine.get(item.no, ())),
                late=late,
                delay_quarters=outcome.delay_quarters(index),
                open_wan=still,
                weight=still * quarters,
            )
        )
    items.sort(key=lambda owned: (not owned.late, -owned.weight, owned.item.no))
    return Owned(owner=owner, items=tuple(items))
