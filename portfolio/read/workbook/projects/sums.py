"""Sums of projects held against their item: total, money before, each year, the periods.

Where all projects of an item tell a figure their sum is the item's; where only some do, it is no
more than that. A project all of whose money is told by year tells every year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portfolio.model.calendar import Calendar
from portfolio.model.items import Item
from portfolio.model.projects import Project
from portfolio.model.schema.projects import YEAR_KEYS
from portfolio.read.workbook.facts import exact_yi
from portfolio.read.workbook.sheets.rows import Findings, Row

#: What a project that stands for the rest is called.
REST = "未分解"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A row and the project it lists."""

    row: Row
    value: Project


@dataclass(frozen=True, kw_only=True)
class _Sum:
    """A figure of an item that its projects sum to; `keys` are its cells in a project's row."""

    title: str
    where: str
    wan: int
    keys: tuple[str, ...]
    of: Callable[[Project], int | None]


def by_item(listed: Sequence[Listed]) -> dict[int, list[Listed]]:
    """Projects by their item's number, in the sheet's order."""
    found: dict[int, list[Listed]] = {}
    for each in listed:
        found.setdefault(each.value.item_no, []).append(each)
    return found


def check_sums(
    listed: Sequence[Listed],
    items: Sequence[Item],
    known: Mapping[tuple[int, int], Row],
    calendar: Calendar,
    findings: Findings,
) -> None:
    """Note every sum that differs from the item's."""
    projects = by_item(listed)
    for item in items:
        for figure in _sums_of(item, known, calendar) if item.no in projects else ():
            _check_sum(figure, item, projects[item.no], findings)


def _sums_of(
    item: Item, known: Mapping[tuple[int, int], Row], calendar: Calendar
) -> Iterator[_Sum]:
    """Every figure of an item that projects may tell."""
    yield _Sum(title="总投资", where="项目清单", wan=item.total_wan, keys=("total_wan",),
               of=lambda project: project.total_wan)  # fmt: skip
    before = f"{calendar.first_year}年前已完成"
    yield _Sum(title=before, where="项目清单", wan=item.earlier_wan, keys=("earlier_wan",),
               of=Project.before_wan)  # fmt: skip
    period = calendar.period_years
    for title, wan, span in (
        (f"“{calendar.period_name}”投资", item.plan_wan, range(period)),
        (f"{calendar.period_last} 年后投资", item.after_period_wan, range(period, len(YEAR_KEYS))),
    ):
        if wan >= 0:
            yield _Sum(title=title, where="项目清单", wan=wan,
                       keys=tuple(YEAR_KEYS[k] for k in span), of=_whole_span(span))  # fmt: skip
    for k, key in enumerate(YEAR_KEYS):
        row = known.get((item.no, calendar.first_year + k))
        if row is not None and row.sound("money_wan"):
            yield _Sum(title=f"{calendar.first_year + k} 年投资",
                       where=f"年度计划（{row.place('money_wan')}）", wan=row.whole("money_wan"),
                       keys=(key,), of=_whole_span(range(k, k + 1)))  # fmt: skip


def _whole_span(span: range) -> Callable[[Project], int | None]:
    """The money of a span of years; None where a year of it is not known."""

    def of(project: Project) -> int | None:
        years = [project.year_wan(k) for k in span]
        told = [wan for wan in years if wan is not None]
        return sum(told) if len(told) == len(years) else None

    return of


def _check_sum(figure: _Sum, item: Item, projects: Sequence[Listed], findings: Findings) -> None:
    refused = any(set(figure.keys) & each.row.refused for each in projects)
    whole = [figure.of(each.value) for each in projects]
    all_told = not refused and None not in whole
    told = sum(
        _told(each.row, figure.keys) if wan is None else wan
        for each, wan in zip(projects, whole, strict=True)
    )
    if told == figure.wan or (told < figure.wan and not all_told):
        return
    places = [
        each.row.place(key) for each in projects for key in figure.keys if each.row.sound(key)
    ]
    if not places:
        return  # nothing but what follows from other cells, and they are noted
    apart = exact_yi(abs(told - figure.wan))
    more = told > figure.wan
    fix = "请改正其中一处" if more else (
        f"请改正其中一处；没有分解到项目的部分请另加一行，项目名称写“{REST}”"
    )  # fmt: skip
    findings.add(
        places[-1],
        f"大项 {item.label} 的 {len(projects)} 个项目{figure.title}合计 {exact_yi(told)} 亿元，"
        f"比{figure.where}的 {exact_yi(figure.wan)} 亿元{'多' if more else '少'} {apart} 亿元",
        fix,
    )


def _told(row: Row, keys: Sequence[str]) -> int:
    return sum(row.whole(key) for key in keys if row.sound(key))


def whole_years(
    listed: Sequence[Listed], items: Sequence[Item], calendar: Calendar
) -> dict[tuple[int, int], int]:
    """Money by (item number, year) of items whose projects tell all of it: all plan years."""
    projects, found = by_item(listed), {}
    for item in items:
        mine = [each.value for each in projects.get(item.no, ())]
        if not mine or not all(project.is_whole for project in mine):
            continue
        if sum(project.total_wan or 0 for project in mine) != item.total_wan:
            continue
        for k in range(len(YEAR_KEYS)):
            money = sum(project.year_wan(k) or 0 for project in mine)
            found[item.no, calendar.first_year + k] = money
    return found
