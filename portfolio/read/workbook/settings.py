"""The calendar of a workbook, from its sheet 设置; without one it is the shipped workbook's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.problems import InputError
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.schema import SETTINGS, plain
from portfolio.read.workbook.file import Grid, read_file, sheet_names
from portfolio.read.workbook.tables import Findings, Row, by_plain_name, read_table, twins


def read_calendar(grids: Iterable[Grid], findings: Findings) -> Calendar:
    """The calendar that a workbook states; what is wrong with it is noted.

    Where the sheet can't be relied on, as much of it as can: scenarios are then judged by what was
    most probably meant.
    """
    same = by_plain_name(grids).get(plain(SETTINGS.name), [])
    if len(same) > 1:
        findings.problems.append(twins(SETTINGS.name, same, f"{SETTINGS.name}!A1"))
    if len(same) != 1:
        return SHIPPED
    rows = read_table(SETTINGS, same[0], findings)
    if not rows:
        return SHIPPED
    for row in rows[1:]:
        findings.add(row.place("first_year"), "设置多于一行", "只留一行，其余请删去")
    return _calendar(rows[0], findings)


def _calendar(row: Row, findings: Findings) -> Calendar:
    first, last = (_year(row, key) for key in ("first_year", "period_last"))
    if first is None:
        first = SHIPPED.first_year if last is None else last - SHIPPED.period_years + 1
    if last is not None and not first <= last < first + PLAN_YEARS - 1:
        findings.add(
            row.place("period_last"),
            f"计划期末年 {last} 不在首年 {first} 之后的计划期内",
            f"请写 {first} 至 {first + PLAN_YEARS - 2} 之间的年份",
        )
        last = None
    return Calendar(
        first_year=first,
        period_last=first + SHIPPED.period_years - 1 if last is None else last,
        period_name=row.text_or_none("period_name") or SHIPPED.period_name,
        list_name=row.text_or_none("list_name") or SHIPPED.list_name,
        place=row.text_or_none("place") or SHIPPED.place,
    )


def _year(row: Row, key: str) -> int | None:
    return row.whole(key) if row.sound(key) else None


def calendar_of(path: Path) -> Calendar:
    """The calendar of a file as far as it can be read; the file's problems are told elsewhere."""
    if plain(SETTINGS.name) not in {plain(name) for name in sheet_names(path)}:
        return SHIPPED
    try:
        return read_calendar(read_file(path).grids, Findings())
    except InputError:
        return SHIPPED
