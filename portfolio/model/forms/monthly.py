"""表1 重点项目投资月报: every item and project of the as-of's year, to the as-of month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from portfolio.model.facts import MONTHS, date_month, month_label
from portfolio.model.forms.entered import Effect, Thresholds, Trouble, is_large_overrun
from portfolio.model.forms.ledger import COUNTED, Ledger, Ledgers, ledgers
from portfolio.model.forms.lines import (
    Line,
    Rank,
    above,
    chinese_number,
    completed,
    remainder,
    summed,
    told_sum,
)
from portfolio.model.forms.source import Source
from portfolio.model.forms.spread import HIGH, LOW
from portfolio.model.forms.standing import Listed, Standing, standings
from portfolio.model.items import Item, ProjectKind
from portfolio.model.measures.years import ahead, completion
from portfolio.model.money import BPS
from portfolio.model.projects import Project

UNALLOCATED, UNTOLD_DATE = "未分解", "未定时限"


class Light(StrEnum):
    """How far an item is behind the part of the year that is past."""

    GREEN = "绿"
    YELLOW = "黄"
    RED = "红"


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Money of form 1, every figure None where it isn't told.

    total_wan : the last approved total
    since_wan : since it began, to the as-of month; month_wan, year_wan : of the month, of the year
    last_year_wan : of last year to the same month
    plan_wan, public_wan : 本年计划, the public part of it
    forecast_wan : facts and play of the whole year
    counted_wan : 本年入统投资
    """

    total_wan: int | None = None
    since_wan: int | None = None
    plan_wan: int | None = None
    public_wan: int | None = None
    month_wan: int | None = None
    year_wan: int | None = None
    last_year_wan: int | None = None
    forecast_wan: int | None = None
    counted_wan: int | None = None


@dataclass(frozen=True, kw_only=True)
class Monthly:
    """A row of form 1: an item, a project, or a sum of them.

    months : of the as-of's year that are past
    season : what of a year is usually done by then; None where no curve is set
    count : projects in it
    low_wan, high_wan : P10 and P90 of the whole year on many paths, of these items together; None of
        projects, and where no paths were played
    by_month : done in the year by the end of each of its months past; None where it isn't told
    """

    name: str
    amounts: Amounts
    months: int
    season: Fraction | None = None
    count: int = 1
    thresholds: Thresholds = field(default_factory=Thresholds)
    no: str | None = None
    code: str | None = None
    owner: str | None = None
    builder: str | None = None
    district: str | None = None
    work: str | None = None
    kind: ProjectKind | None = None
    span: str | None = None
    scope: str | None = None
    in_statistics: bool | None = None
    statistics_code: str | None = None
    progress_bps: int | None = None
    works: str | None = None
    goal: str | None = None
    planned_start: str | None = None
    started: str | None = None
    planned_finish: str | None = None
    finish: str | None = None
    problem: str | None = None
    measure: str | None = None
    due: str | None = None
    category: str | None = None
    person: str | None = None
    dealt_with: str | None = None
    stopped: bool = False
    begun: bool = True
    prior_total_wan: int | None = None
    by_month: tuple[int | None, ...] = ()
    low_wan: int | None = None
    high_wan: int | None = None

    @property
    def completion(self) -> Fraction | None:
        """完成率."""
        done, plan = self.amounts.year_wan, self.amounts.plan_wan
        return None if done is None or plan is None else completion(done, plan)

    @property
    def elapsed(self) -> Fraction:
        """序时."""
        return Fraction(self.months, 12)

    @property
    def ahead(self) -> Fraction | None:
        """超（欠）序时."""
        done, plan = self.amounts.year_wan, self.amounts.plan_wan
        return None if done is None or plan is None else ahead(done, plan, self.months)

    @property
    def ahead_of_season(self) -> Fraction | None:
        """较同期曲线."""
        if self.completion is None or self.season is None:
            return None
        return self.completion - self.season

    @property
    def growth(self) -> Fraction | None:
        """同比: against last year's same months; None where these had nothing."""
        now, then = self.amounts.year_wan, self.amounts.last_year_wan
        return None if now is None or not then or then < 0 else Fraction(now - then, then)

    @property
    def expected(self) -> Fraction | None:
        """预计完成率."""
        whole, plan = self.amounts.forecast_wan, self.amounts.plan_wan
        return None if whole is None or plan is None else completion(whole, plan)

    @property
    def overrun_wan(self) -> int:
        """What the total in force is above the one it took the place of."""
        total, prior = self.amounts.total_wan, self.prior_total_wan
        return 0 if total is None or prior is None else max(0, total - prior)

    @property
    def overrun(self) -> bool:
        """Whether it is so much that the estimate has to be adjusted by its own procedure."""
        return self.prior_total_wan is not None and is_large_overrun(
            self.overrun_wan, self.prior_total_wan
        )

    @property
    def months_behind(self) -> int | None:
        """Months in a row, the as-of's the last, at whose end it was behind 序时."""
        plan = self.amounts.plan_wan
        if not plan or not self.by_month or self.by_month[-1] is None:
            return None
        behind = 0
        for month, done in reversed(list(enumerate(self.by_month, start=1))):
            if done is None or ahead(done, plan, month) >= 0:  # type: ignore[operator]
                break
            behind += 1
        return behind

    @property
    def light(self) -> Light | None:
        """By 序时; red where works stand still; None where nothing is to be done or was told."""
        if self.stopped:
            return Light.RED
        if self.ahead is None or not self.begun:
            return None
        if self.ahead >= -Fraction(self.thresholds.yellow_bps, BPS):
            return Light.GREEN
        return Light.YELLOW if self.ahead >= -Fraction(self.thresholds.red_bps, BPS) else Light.RED


@dataclass(frozen=True, kw_only=True)
class MonthlyReport:
    """Form 1.

    works, units, projects : by 领域 and item; by 责任单位; by 领域, item and project
    of_units : what each 责任单位 answers for: its projects, its items that have none, and what is
        told of an item alone
    prepared : 预备项目, which have no plan of the year
    formal : positions of the items that the sums are of
    over : items finished in earlier years, in none of the lists
    """

    works: tuple[Line[Monthly], ...]
    units: tuple[Line[Monthly], ...]
    projects: tuple[Line[Monthly], ...]
    prepared: tuple[Monthly, ...]
    over: tuple[str, ...]
    formal: tuple[int, ...] = ()
    of_units: Mapping[str, tuple[Monthly, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Made:
    """An item's row and those of its projects, what they leave open last."""

    item: Item
    index: int
    row: Monthly
    listed: Listed
    projects: tuple[Monthly, ...]


def monthly_report(source: Source) -> MonthlyReport:
    """Form 1 of a play with facts."""
    told = ledgers(source.facts)
    by_item: dict[int, list[Project]] = {}
    for project in source.portfolio.projects:
        by_item.setdefault(project.item_no, []).append(project)
    made = []
    for standing in standings(source, told):
        item = source.portfolio.items[standing.index]
        row = _item_row(source, item, standing, told[item.no])
        projects = [
            replace(_project_row(source, each, row, told), no=f"{item.no}.{k}")
            for k, each in enumerate(by_item.get(item.no, ()), start=1)
        ]
        row = replace(row, amounts=completed(row.amounts, [each.amounts for each in projects]))
        made.append(
            _Made(
                item=item,
                index=standing.index,
                row=_spread(source, row, [standing.index]),
                listed=standing.listed,
                projects=_closed(row, projects),
            )
        )
    formal = [each for each in made if each.listed is Listed.FORMAL]
    return MonthlyReport(
        works=tuple(_by_work(source, formal, items_only=True)),
        units=tuple(_by_unit(source, formal)),
        projects=tuple(_by_work(source, formal, items_only=False)),
        prepared=tuple(each.row for each in made if each.listed is Listed.PREPARED),
        over=tuple(each.item.label for each in made if each.listed is Listed.OVER),
        formal=tuple(each.index for each in formal),
        of_units={unit: tuple(rows) for unit, rows in _of_units(formal).items()},
    )


# --- Rows


def _item_row(source: Source, item: Item, standing: Standing, ledger: Ledger) -> Monthly:
    total, before = _total(item.total_wan, ledger)
    calendar, entered = source.portfolio.calendar, source.entered
    return replace(
        _told_row(source, item.no, ledger),
        name=item.name,
        amounts=replace(
            _amounts(source, item.no, ledger, item.earlier_wan),
            total_wan=total,
            plan_wan=standing.plan_wan,
            public_wan=standing.public_wan,
            forecast_wan=standing.forecast_wan,
        ),
        no=str(item.no),
        code=item.code,
        owner=item.owner,
        builder=item.builder,
        district=item.district,
        work=item.work,
        kind=standing.kind,
        span=standing.span,
        scope=entered.scopes.get(item.no),
        goal=item.goal,
        planned_start=standing.planned_start if item.earlier_wan == 0
        else f"{calendar.first_year}年前",
        planned_finish=standing.planned_finish,
        finish=standing.finish,
        begun=ledger.begun,
        prior_total_wan=before,
    )  # fmt: skip


def _project_row(source: Source, project: Project, item: Monthly, told: Ledgers) -> Monthly:
    ledger = told[project.code]
    total, prior = (None, None) if project.total_wan is None else _total(project.total_wan, ledger)
    span = "—".join(each for each in (project.start, project.finish) if each) or None
    return replace(
        _told_row(source, project.code, ledger),
        name=project.name,
        amounts=replace(
            _amounts(source, project.code, ledger, project.before_wan()),
            total_wan=total,
            plan_wan=project.year_wan(source.year),
        ),
        code=project.code,
        owner=project.owner,
        builder=project.builder,
        district=project.district,
        work=item.work,
        kind=_project_kind(source, project, ledger),
        span=span,
        scope=source.entered.scopes.get(project.code),
        goal=project.goal,
        planned_start=project.start,
        planned_finish=project.finish,
        begun=ledger.begun,
        prior_total_wan=prior,
    )


def _project_kind(source: Source, project: Project, ledger: Ledger) -> ProjectKind | None:
    """As written, but for works that facts show to have begun in an earlier year."""
    started, written = ledger.started, project.project_kind
    new = written in (ProjectKind.NEW, ProjectKind.PREPARED)
    if new and started is not None and started // MONTHS < source.year:
        return ProjectKind.GOING_ON
    return written


def _told_row(source: Source, whose: int | str, ledger: Ledger) -> Monthly:
    """What facts tell of an item or project besides money."""
    calendar = source.portfolio.calendar
    started, completed = ledger.started, ledger.completed
    progress = [row.progress_bps for row in ledger.rows if row.progress_bps is not None]
    flags = [row.in_statistics for row in ledger.rows if row.in_statistics is not None]
    code = ledger.latest("statistics_code")
    return Monthly(
        name="",
        amounts=Amounts(),
        months=source.months,
        season=source.season,
        thresholds=source.entered.thresholds,
        by_month=tuple(
            ledger.within(ledger.year_from, ledger.year_from + month)
            for month in range(1, source.months + 1)
        ),
        in_statistics=flags[-1] if flags else None,
        statistics_code=None if code is None else str(code),
        progress_bps=progress[-1] if progress else None,
        works=source.entered.works.get(whose),
        started=None if started is None else month_label(started, calendar),
        finish=None if completed is None else month_label(completed, calendar),
        **_problem(source, whose, ledger),
    )


def _problem(source: Source, whose: int | str, ledger: Ledger) -> dict[str, Any]:
    """What stands in the way, of the register under its numbers; else as facts last tell it."""
    troubles = [each for each in source.entered.troubles if each.whose == whose]
    opened = [each for each in troubles if each.is_open]
    dealt = "；".join(f"{each.no} {each.state}" for each in troubles if _recent(source, each))
    if not opened:
        said = next((row for row in reversed(ledger.rows) if row.problem), None)
        words = {} if said is None else {"problem": said.problem, "measure": said.measure}
        due = None if said is None else said.due
        return {**words, "due": due, "dealt_with": dealt or None}
    return {
        "problem": "；".join(f"{each.no} {each.problem}" for each in opened),
        "category": "；".join(dict.fromkeys(each.category for each in opened)),
        "measure": "；".join(each.measure for each in opened if each.measure) or None,
        "person": "；".join(dict.fromkeys(each.person for each in opened if each.person)) or None,
        "due": "；".join(each.moved_to or each.due or UNTOLD_DATE for each in opened),
        "dealt_with": dealt or None,
        "stopped": any(each.effect in (Effect.STOPPED, Effect.UNPAID) for each in opened),
    }


def _recent(source: Source, trouble: Trouble) -> bool:
    """Whether a problem is open, or was closed in the as-of month."""
    if trouble.closed_on is None:
        return trouble.is_open
    return date_month(trouble.closed_on, source.portfolio.calendar) == source.facts.asof_months - 1


def _amounts(source: Source, whose: int | str, ledger: Ledger, earlier_wan: int | None) -> Amounts:
    before, year = ledger.before_year(), ledger.year()
    known = None not in (before, year, earlier_wan)
    last = ledger.last_year()
    return Amounts(
        since_wan=(earlier_wan or 0) + (before or 0) + (year or 0) if known else None,
        month_wan=ledger.month(),
        year_wan=year,
        last_year_wan=source.entered.last_year_wan.get(whose) if last is None else last,
        counted_wan=ledger.year(COUNTED),
    )


def _total(approved_wan: int, ledger: Ledger) -> tuple[int, int | None]:
    """The total in force, and what it was before it was adjusted."""
    now = ledger.latest("approved_wan")
    return (approved_wan, None) if now is None else (int(now), approved_wan)


def _closed(item: Monthly, projects: Sequence[Monthly]) -> tuple[Monthly, ...]:
    """Projects of an item, and what they leave open of it."""
    if not projects:
        return ()
    left = remainder(item.amounts, [each.amounts for each in projects])
    if left is None:
        return tuple(projects)
    rest = Monthly(
        name=UNALLOCATED, amounts=left, months=item.months, season=item.season, work=item.work,
        owner=item.owner, count=0, thresholds=item.thresholds,
        by_month=_left_by_month(item, projects),
    )  # fmt: skip
    return (*projects, rest)


def _left_by_month(item: Monthly, projects: Sequence[Monthly]) -> tuple[int | None, ...]:
    """What projects leave open of their item at the end of each month."""
    found = []
    for whole, parts in zip(item.by_month, _months(projects), strict=True):
        found.append(None if whole is None or parts is None else whole - parts)
    return tuple(found)


# --- Sums


def _months(rows: Sequence[Monthly]) -> tuple[int | None, ...]:
    """What rows had done together by the end of each month."""
    told = [row.by_month for row in rows if row.by_month]
    return tuple(told_sum(of_month) for of_month in zip(*told, strict=True))


def _sum(name: str, rows: Sequence[Monthly], first: Monthly, no: str | None = None) -> Monthly:
    return Monthly(
        name=name,
        amounts=summed([row.amounts for row in rows], Amounts),
        months=first.months,
        season=first.season,
        thresholds=first.thresholds,
        count=sum(row.count for row in rows),
        no=no,
        by_month=_months(rows),
    )


def _by_work(source: Source, made: Sequence[_Made], *, items_only: bool) -> Iterator[Line[Monthly]]:
    """合计, then each 领域 with its items (and their projects)."""
    counted = [replace(each.row, count=_projects(each)) for each in made]
    groups: dict[str, list[_Made]] = {}
    for each in made:
        groups.setdefault(each.item.work, []).append(each)
    lines: list[Line[Monthly]] = []
    for k, (work, members) in enumerate(groups.items(), start=1):
        rows = [replace(each.row, count=_projects(each)) for each in members]
        below: list[Line[Monthly]] = []
        for row, each in zip(rows, members, strict=True):
            parts = () if items_only else each.projects
            below += above(Rank.ITEM, row, [Line(rank=Rank.PART, row=project) for project in parts])
        whole = _sum(work, rows, source_row(source), no=chinese_number(k))
        lines += above(Rank.GROUP, _spread(source, whole, [e.index for e in members]), below)
    total = _sum("合计", counted, source_row(source))
    yield from above(Rank.TOTAL, _spread(source, total, [each.index for each in made]), lines)


def _spread(source: Source, row: Monthly, items: Sequence[int]) -> Monthly:
    """A row with what its items come to together on many paths: of a sum not its rows' sum."""
    if source.spread is None or not items:
        return row
    low, high = (source.spread.percentile_wan(items, percent) for percent in (LOW, HIGH))
    return replace(row, low_wan=low, high_wan=high)


def source_row(source: Source) -> Monthly:
    """What every row of a source has: how far the year has come."""
    return Monthly(
        name="", amounts=Amounts(), months=source.months, season=source.season,
        thresholds=source.entered.thresholds,
    )  # fmt: skip


def _projects(made: _Made) -> int:
    """How many projects an item is listed with; one that isn't broken down counts as one."""
    return sum(row.count for row in made.projects) or 1


def _of_units(made: Sequence[_Made]) -> dict[str, list[Monthly]]:
    """Rows by 责任单位; what is told only of items counts with the item's unit."""
    units: dict[str, list[Monthly]] = {}
    for each in made:
        for row in each.projects or (each.row,):
            units.setdefault(row.owner or NO_UNIT, []).append(row)
        if each.projects:
            units.setdefault(each.item.owner or NO_UNIT, []).append(_only_of_item(each))
    return units


def unit_sum(source: Source, name: str, rows: Sequence[Monthly]) -> Monthly:
    """What rows come to."""
    return _sum(name, rows, source_row(source))


def _by_unit(source: Source, made: Sequence[_Made]) -> Iterator[Line[Monthly]]:
    """合计, then each 责任单位."""
    rows = [unit_sum(source, name, members) for name, members in _of_units(made).items()]
    rows.sort(key=lambda row: (row.name == NO_UNIT, -(row.amounts.plan_wan or 0), row.name))
    numbered = [replace(row, no=str(k)) for k, row in enumerate(rows, start=1)]
    total = _sum("合计", [each.row for each in made], source_row(source))
    total = replace(total, count=sum(map(_projects, made)))
    yield from above(Rank.TOTAL, total, [Line(rank=Rank.GROUP, row=row) for row in numbered])


#: Where neither the project nor its item has a unit, and what is told of an item alone.
NO_UNIT = "未分到责任单位"


def _only_of_item(made: _Made) -> Monthly:
    """What is told of an item and of none of its projects."""
    whole, parts = made.row.amounts, [row.amounts for row in made.projects]
    told = summed(parts, Amounts)
    left = {
        name: getattr(whole, name)
        for name in Amounts.__dataclass_fields__
        if getattr(told, name) is None
    }
    alone = tuple(
        whole if of_parts is None else None
        for whole, of_parts in zip(made.row.by_month, _months(made.projects), strict=True)
    )
    return replace(made.row, amounts=Amounts(**left), count=0, by_month=alone)
