"""The tables by unit (责任单位): one row a unit, then its items; only where a list tells units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portfolio.model.measures.results import RunResult
from portfolio.model.measures.units import ItemOfUnit, Unit, units
from portfolio.model.quarters import PLAN_YEARS
from portfolio.report.tables.fields import Field, Fields, Table, money, number, quarters, text
from portfolio.report.tables.owned import with_office
from portfolio.report.words.run import finish_text
from portfolio.report.words.sources import LISTED, PLANNED, PLAYED

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
