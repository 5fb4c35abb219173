"""Code and unit of items (项目代码, 责任单位) in every table of items, and the tables by unit.

Declared once: a table that names items passes its columns through `with_office`, which adds what
the list has behind the item's name, and nothing to a list that tells neither. The tables by unit
hold one row a unit, then its items; only where a list tells units. Last the projects of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from portfolio.model.items import Item
from portfolio.model.measures.projects import Standing, standings
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.units import ItemOfUnit, Unit, units
from portfolio.model.projects import Project
from portfolio.model.quarters import PLAN_YEARS
from portfolio.report.tables.fields import (
    Cell,
    Field,
    Fields,
    Row,
    Table,
    money,
    number,
    quarters,
    ratio,
    text,
)
from portfolio.report.words import run as words
from portfolio.report.words.run import finish_text
from portfolio.report.words.sources import LISTED, PLANNED, PLAYED

CODE, OWNER = "code", "owner"
NARROWEST, WIDEST = 12, 34


@dataclass(frozen=True, kw_only=True)
class _Of:
    """An attribute of the item that a row is about; None where it is about none."""

    key: str
    item: Callable[..., Item | None]

    def __call__(self, row: object) -> Cell:
        item = self.item(row)
        return None if item is None else getattr(item, self.key)


def told_by(items: Iterable[Item]) -> tuple[str, ...]:
    """Which of code and unit any of the items has."""
    known = tuple(items)
    return tuple(
        key for key in (CODE, OWNER) if any(getattr(item, key) is not None for item in known)
    )


def office_fields(
    items: Iterable[Item], of: Callable[[Row], Item | None], keys: Iterable[str] = (CODE, OWNER)
) -> tuple[Field[Row], ...]:
    """The columns that the items have of an office, of a row's item."""
    known = tuple(items)
    made: dict[str, Field[Row]] = {
        key: text(key, title, _Of(key=key, item=of), _width(known, key), look="wrap", source=LISTED)
        for key, title in ((CODE, "项目代码"), (OWNER, "责任单位"))
    }
    told = told_by(known)
    return tuple(made[key] for key in keys if key in told)


def _width(items: Iterable[Item], key: str) -> float:
    """So wide that nothing wraps, within reason: not every sheet gives its rows their heights."""
    longest = max((len(_bytes(getattr(item, key) or "")) for item in items), default=0)
    return float(min(WIDEST, max(NARROWEST, longest + 3)))


def _bytes(told: str) -> bytes:
    """A text in an encoding in which a Chinese character is as long as it is wide."""
    return told.encode("gb18030", errors="replace")


def with_office(
    fields: Fields[Row],
    items: Iterable[Item],
    of: Callable[[Row], Item | None],
    keys: Iterable[str] = (CODE, OWNER),
    *,
    last: bool = False,
) -> Fields[Row]:
    """A table with an item's code and unit behind its name, where any item has them.

    of : the item that a row is about
    last : behind all other columns, where a sheet's columns are shared by several tables
    """
    more = office_fields(items, of, keys)
    if not more:
        return fields
    named = [at for at, each in enumerate(fields) if each.key in ("name", "label", "item")]
    after = len(fields.fields) if last or not named else named[0] + 1
    together = (*fields.fields[:after], *more, *fields.fields[after:])
    return Fields(name=fields.name, fields=together)


def owner_suffix(item: Item) -> str:
    """The unit behind a name on a narrow screen."""
    return "" if item.owner is None else f"（{item.owner}）"


def labelled(item: Item) -> str:
    """Number, name and unit, on a narrow screen."""
    return item.label + owner_suffix(item)


# --- By unit: one row a unit, then its items


UNITS = "责任单位"
#: Of the items whose unit isn't told.
UNTOLD = "（未填）"


@dataclass(frozen=True, kw_only=True)
class UnitTables:
    """The year that is shown, its units, their items in the units' order."""

    year: int
    units: Table[Unit]
    items: Table[ItemOfUnit]


def unit_tables(result: RunResult) -> UnitTables | None:
    """The units in the as-of's year, without facts in the one after the period; None without units."""
    portfolio = result.portfolio
    facts, calendar = portfolio.facts, result.calendar
    index = calendar.period_years if facts is None else min(facts.year, PLAN_YEARS - 1)
    found = units(portfolio, result.outcome, index)
    if not found:
        return None
    executed = facts is not None
    return UnitTables(
        year=calendar.first_year + index,
        units=_unit_fields(executed=executed).of(found),
        items=_item_fields(result, executed=executed).of(row for one in found for row in one.items),
    )


def _sum(of: Callable[[ItemOfUnit], int | None]) -> Callable[[Unit], int]:
    def whole(unit: Unit) -> int:
        return sum(of(row) or 0 for row in unit.items)

    return whole


def _unit_fields(*, executed: bool) -> Fields[Unit]:
    done: tuple[Field[Unit], ...] = ()
    if executed:
        done = (money("done_wan", "已执行", _sum(lambda row: row.done_wan), 13),)
    return Fields[Unit](
        name=UNITS,
        fields=(
            text("owner", UNITS, lambda unit: unit.owner or UNTOLD, 30, look="wrap", source=LISTED),
            number("items", "大项（个）", lambda unit: len(unit.items), 10),
            money("plan_wan", "年度计划", _sum(lambda row: row.plan_wan), 13, source=PLANNED),
            *done,
            money("year_wan", "预计全年", _sum(lambda row: row.year_wan), 13, source=PLAYED),
            money("short_wan", "资金缺口", _sum(lambda row: row.short_wan), 13, source=PLAYED),
            number("late", "滞后（个）", lambda unit: len(unit.late), 10, source=PLAYED),
            quarters(
                "quarters",
                "最长滞后",
                lambda unit: max((row.late or 0 for row in unit.late), default=None),
                11,
                source=PLAYED,
            ),
        ),
    )


def _item_fields(result: RunResult, *, executed: bool) -> Fields[ItemOfUnit]:
    portfolio = result.portfolio

    def finish(row: ItemOfUnit) -> str | None:
        return finish_text(result.calendar, result.outcome, portfolio.position[row.item.no])

    done: tuple[Field[ItemOfUnit], ...] = (money("done_wan", "已执行"),) if executed else ()
    fields = Fields[ItemOfUnit](
        name=f"{UNITS}的大项",
        fields=(
            number("no", "序号", lambda row: row.item.no, 7, look="centre", source=LISTED),
            text("name", "大项", lambda row: row.item.name, 34, look="wrap", source=LISTED),
            money("plan_wan", "年度计划", source=PLANNED),
            *done,
            money("year_wan", "预计全年", source=PLAYED),
            money("short_wan", "资金缺口", source=PLAYED),
            text("finish", "预计竣工", finish, 13, look="centre", source=PLAYED),
            quarters("late", "滞后", source=PLAYED),
        ),
    )
    return with_office(fields, portfolio.items, lambda row: row.item)


# --- Projects under the items


NAME = "项目"


@dataclass(frozen=True, kw_only=True)
class ProjectRow:
    """A project beside its item's play."""

    result: RunResult
    standing: Standing
    index: int

    @property
    def project(self) -> Project:
        """The project as listed."""
        return self.standing.project

    @property
    def item(self) -> Item:
        """Its item."""
        return self.result.portfolio.items[self.index]

    @property
    def planned_finish(self) -> str | None:
        """When the item was to finish."""
        return words.quarter_text(
            self.result.calendar, self.result.outcome.planned_finish[self.index]
        )

    @property
    def finish(self) -> str | None:
        """When the play finishes the item."""
        return words.quarter_text(self.result.calendar, self.result.outcome.finish[self.index])

    @property
    def end(self) -> str | None:
        """The same, in words where the play ends before it."""
        return words.finish_text(self.result.calendar, self.result.outcome, self.index)

    @property
    def delay(self) -> int | None:
        """Quarters of delay of the item."""
        return self.result.outcome.delay_quarters(self.index)


def project_rows(result: RunResult) -> tuple[ProjectRow, ...]:
    """Every project of the list's items, in the sheet's order."""
    portfolio = result.portfolio
    return tuple(
        ProjectRow(result=result, standing=each, index=portfolio.position[each.project.item_no])
        for each in standings(portfolio)
    )


def project_table(result: RunResult) -> Table[ProjectRow]:
    """The table; years of which no project tells anything have no column."""
    rows, calendar = project_rows(result), result.calendar
    told = [
        k for k, _ in enumerate(calendar.plan_years) if any(row.project.year_wan(k) for row in rows)
    ]
    by_year = [_year(k, calendar.first_year + k) for k in told]
    return Fields[ProjectRow](
        name=NAME,
        fields=(
            text("code", "项目代码", lambda row: row.project.code, 24),
            text("name", "项目名称", lambda row: row.project.name, 34, look="wrap"),
            number("item_no", "大项序号", lambda row: row.item.no, look="centre"),
            text("item", "大项", lambda row: row.item.name, 26, look="wrap"),
            text("owner", "责任单位", lambda row: row.project.owner, 18),
            text("builder", "建设单位", lambda row: row.project.builder, 18),
            text("district", "所在区", lambda row: row.project.district, 10),
            text("tier", "级次", lambda row: row.project.tier, 8),
            text("project_kind", "项目类别", lambda row: row.project.project_kind, 10),
            money("total_wan", "总投资", lambda row: row.standing.total_wan),
            money("earlier_wan", "<first>年前已完成", lambda row: row.project.before_wan()),
            *by_year,
            *_facts(result),
            text("planned_finish", "所属大项计划竣工", width=11, look="centre"),
            text("end", "所属大项推演竣工", width=13, look="centre"),
            quarters("delay", "所属大项滞后", width=9),
            text("goal", "年度建设目标", lambda row: row.project.goal, 34, look="wrap"),
        ),
    ).titled(calendar).of(rows)  # fmt: skip


def _year(k: int, year: int) -> Field[ProjectRow]:
    def wan(k: int, row: ProjectRow) -> int | None:
        return row.project.year_wan(k)

    return money(f"y{year}", f"{year}年安排", partial(wan, k), 10)


def _facts(result: RunResult) -> tuple[Field[ProjectRow], ...]:
    """What facts by project say; no columns without any."""
    facts = result.portfolio.facts
    if facts is None or not facts.by_project:
        return ()
    return (
        money("done_wan", "<first>年起累计完成（执行数）", lambda row: row.standing.done_wan),
        money("year_done_wan", "当年完成（执行数）", lambda row: row.standing.year_done_wan),
        ratio("progress", "形象进度", _progress, 9),
        text("problem", "问题", lambda row: row.standing.problem, 30, look="wrap"),
    )


def _progress(row: ProjectRow) -> float | None:
    bps = row.standing.progress_bps
    return None if bps is None else bps / 10_000
