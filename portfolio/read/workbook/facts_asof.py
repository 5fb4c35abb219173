"""Up to when facts are complete, and the as-of that is asked for or follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from portfolio.model.calendar import Calendar
from portfolio.model.facts import (
    MONTHS,
    Execution,
    Period,
    month_label,
    parse_period,
    period_label,
)
from portfolio.model.items import Item
from portfolio.model.measures.planned import planned_starts
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_YEARS
from portfolio.read.workbook.facts import Fact
from portfolio.read.workbook.sheets.rows import Findings

PLACE = "--asof"
#: So many items are named where the same months are missing.
NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Covered:
    """An item whose months must be told: from when on (None: not yet), and its rows with money.

    also : rows that tell months as well, though none need be told for them
    """

    item: Item
    planned_from: int | None
    rows: tuple[Execution, ...]
    completed: int | None
    also: tuple[Execution, ...] = ()

    def first(self) -> int | None:
        """The month from which on it must be told."""
        begins = [row.first_month for row in self.rows]
        begins += [] if self.planned_from is None else [self.planned_from]
        return min(begins, default=None)

    def missing(self, asof: int) -> list[int]:
        """Months before an as-of of which nothing is told by rows that end by it."""
        first = self.first()
        if first is None:
            return []
        last = asof if self.completed is None else min(asof, self.completed + 1)
        told = {
            month
            for row in (*self.rows, *self.also)
            if row.end_month <= asof
            for month in range(row.first_month, row.end_month)
        }
        return [month for month in range(first, last) if month not in told]


def covered_items(facts: Sequence[Fact], portfolio: Portfolio) -> tuple[Covered, ...]:
    """Every item with plan money or rows: rows that tell no 完成投资 cover no month.

    A project that has begun to tell goes on, unless its item tells the month itself.
    """
    rows_of: dict[int, list[Execution]] = {}
    for fact in facts:
        rows_of.setdefault(fact.value.item_no, []).append(fact.value)
    covered = []
    for item, quarter in zip(portfolio.items, planned_starts(portfolio), strict=True):
        rows = rows_of.get(item.no, [])
        done = [row.completed_month for row in rows if row.completed_month is not None]
        covered.append(
            Covered(
                item=item,
                planned_from=None if quarter is None else 3 * quarter,
                rows=tuple(row for row in rows if row.done_wan is not None),
                completed=min(done, default=None),
            )
        )
    return (*covered, *_covered_projects(facts, portfolio))


def _covered_projects(facts: Sequence[Fact], portfolio: Portfolio) -> Iterator[Covered]:
    """The projects with rows, each under its item's name."""
    rows_of: dict[str, list[Execution]] = {}
    own: dict[int, list[Execution]] = {}
    for fact in facts:
        if not fact.parts and fact.value.done_wan is not None:
            own.setdefault(fact.value.item_no, []).append(fact.value)
        for part in fact.parts:
            rows_of.setdefault(part.value.project_code or "", []).append(part.value)
    for code, rows in rows_of.items():
        item = portfolio.item(rows[0].item_no)
        done = [row.completed_month for row in rows if row.completed_month is not None]
        yield Covered(
            item=replace(item, name=f"{item.name}（项目 {code}）"),
            planned_from=None,
            rows=tuple(row for row in rows if row.done_wan is not None),
            completed=min(done, default=None),
            also=tuple(own.get(item.no, ())),
        )


def last_complete(covered: Sequence[Covered]) -> int:
    """Months that are complete, 0 where not one is."""
    ends = {row.end_month for each in covered for row in each.rows}
    # No as-of lies behind the first month any item leaves out, whichever rows are taken.
    latest = min((_first_gap(each) for each in covered), default=0)
    candidates = sorted((end for end in ends if end <= latest), reverse=True)
    return next((end for end in candidates if not any(each.missing(end) for each in covered)), 0)


def _first_gap(each: Covered) -> int:
    last = max((row.end_month for row in (*each.rows, *each.also)), default=0)
    beyond = MONTHS * PLAY_YEARS if each.completed is not None else last
    begins = each.first()
    missing = each.missing(last)
    if missing:
        return missing[0]
    return MONTHS * PLAY_YEARS if begins is None else max(beyond, begins)


def asof_months(
    asof: str | None, facts: Sequence[Fact], portfolio: Portfolio, findings: Findings
) -> int:
    """The as-of asked for, or the last complete month; what is missing is noted."""
    covered, calendar = covered_items(facts, portfolio), portfolio.calendar
    if asof is None:
        months = last_complete(covered)
        if not months:
            _note_nothing_complete(facts, covered, calendar, findings)
        return months
    period = asof_period(asof, calendar, findings)
    if period is None:
        return 0
    months = period.end_month(calendar)
    complete = last_complete(covered)
    for missing, items in _missing_alike(covered, months, calendar):
        fix = "请补填这些月份（未动工的请填 0）"
        if complete:
            fix += f"，或改用 --asof {month_label(complete - 1, calendar)}（数据齐全的最后一月）"
        findings.add(PLACE, f"截至 {period.label} 的执行数不全：{_named(items)}缺 {missing}", fix)
    return months


def asof_period(asof: str, calendar: Calendar, findings: Findings) -> Period | None:
    """What `--asof` says; None when it is no period of the play (noted)."""
    period = parse_period(asof)
    if period is not None and period.year in calendar.play_years:
        return period
    example = calendar.first_year + calendar.period_years
    found = f"“{asof}”不是月份" if period is None else f"“{asof}”不在推演的年份之内"
    fix = (
        f"请写执行数截至的月份，如 {example}-10（也可写 {example}年10月、{example}Q3）"
        if period is None
        else f"应在 {calendar.first_year} 至 {calendar.last_play_year} 年之间，如 {example}-10"
    )
    findings.add(PLACE, found, fix)
    return None


def without_facts(asof: str, findings: Findings) -> None:
    """Note an as-of asked of a workbook that holds no facts."""
    findings.add(
        PLACE,
        f"工作簿没有月度执行，不能从 {asof} 起推演",
        "请先填“月度执行”表（没有这张表的，可从 portfolio init 新建的工作簿复制），或去掉 --asof",
    )


def _note_nothing_complete(
    facts: Sequence[Fact], covered: Sequence[Covered], calendar: Calendar, findings: Findings
) -> None:
    """Not one month is told of every item that is planned to have begun: say which lack what."""
    last = max(fact.value.end_month for fact in facts)
    free = max(fact.row.number for fact in facts) + 1
    sheet = facts[0].row.sheet
    for missing, items in _missing_alike(covered, last, calendar):
        findings.add(
            f"{sheet}!A{free}",
            f"{_named(items)}缺 {missing} 的完成投资，没有一个月的执行数是齐的",
            "计划已开工的大项每月（或按季、按年）都要有数：请补填，未动工的请填 0",
        )


def _missing_alike(
    covered: Sequence[Covered], asof: int, calendar: Calendar
) -> Iterator[tuple[str, list[Item]]]:
    """Items by what they lack up to an as-of, those that lack most first."""
    alike: dict[tuple[int, ...], list[Item]] = {}
    for each in covered:
        if missing := each.missing(asof):
            alike.setdefault(tuple(missing), []).append(each.item)
    for months in sorted(alike, key=lambda missing: (-len(missing), missing)):
        yield _spans(months, calendar), alike[months]


def _spans(months: Sequence[int], calendar: Calendar) -> str:
    """Months as people list them: whole years and quarters by name, neighbours as spans."""
    spans: list[list[int]] = []
    for month in months:
        if spans and month == spans[-1][1] + 1:
            spans[-1][1] = month
        else:
            spans.append([month, month])
    return "、".join(_span(first, last, calendar) for first, last in spans)


def _span(first: int, last: int, calendar: Calendar) -> str:
    months = last - first + 1
    if months in (1, 3, MONTHS) and first % months == 0:
        return period_label(first, months, calendar)
    return f"{month_label(first, calendar)} 至 {month_label(last, calendar)}"


def _named(items: Sequence[Item]) -> str:
    names = "、".join(item.label for item in items[:NAMED])
    more = f" 等 {len(items)} 个大项" if len(items) > NAMED else ""
    return f"大项 {names}{more} "


def lacking_next(covered: Sequence[Covered], asof: int) -> Mapping[int, Item]:
    """Items by number that have no row for the month after an as-of, where others have one."""
    following = asof + 1
    told = any(row.end_month >= following for each in covered for row in each.rows)
    return {each.item.no: each.item for each in covered if told and each.missing(following)}
