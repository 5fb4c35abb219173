"""Projects under the items: rows of the sheet 项目 made into values, and held against their items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.items import Item
from portfolio.model.projects import Project
from portfolio.model.schema import plain, sheet_named
from portfolio.model.schema.projects import PROJECTS, YEAR_KEYS
from portfolio.read.workbook.facts import exact_yi
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.items import ItemIndex, check_item_number
from portfolio.read.workbook.projects.sums import Listed
from portfolio.read.workbook.sheets.cells import column_letter
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name

#: A header of money in a year.
_MONEY_OF_A_YEAR = re.compile(r"(\d{4})年(?:度|计划|完成)?投资")


def read_projects(
    rows: Sequence[Row],
    index: ItemIndex,
    items: Sequence[Item],
    calendar: Calendar,
    findings: Findings,
) -> tuple[Listed, ...]:
    """Projects of the rows that say which they are and of which item."""
    codes = {item.code: item for item in items if item.code is not None}
    listed: list[Listed] = []
    for row in rows:
        no = check_item_number(row, "item_no", "item_name", index, findings)
        if row.sound("code") and row.text("code") in codes:
            findings.add(
                row.place("code"),
                f"项目代码“{row.text('code')}”是大项 {codes[row.text('code')].label} 的",
                "项目与大项的代码不能相同，请改正其中一个",
            )
        _check_money(row, calendar, findings)
        _check_dates(row, findings)
        if no is not None and row.sound("code", "name"):
            years = tuple(row.whole_or_none(key) for key in YEAR_KEYS)
            listed.append(Listed(row=row, value=row.made(Project, item_no=no, years_wan=years)))
    return tuple(listed)


def check_years(grids: Iterable[Grid], calendar: Calendar, findings: Findings) -> None:
    """Note columns of money in years that have no place in the plan: they would be lost."""
    known = {plain(column.header) for column in sheet_named(PROJECTS.name, calendar).columns}
    for grid in by_plain_name(grids).get(plain(PROJECTS.name), []):
        for place, header in enumerate(grid.values[0] if grid.values else ()):
            told = _MONEY_OF_A_YEAR.match(plain(str(header or "")))
            if told is None or plain(str(header)) in known or int(told[1]) in calendar.plan_years:
                continue
            first, last = calendar.first_year, calendar.last_plan_year
            findings.add(
                f"{grid.name}!{column_letter(place)}1",
                f"“{header}”不在计划年份 {first} 至 {last} 年之内",
                f"{first} 年以前的请并入“{first}年前已完成”，{last} 年以后的不填；"
                "自己的列请另取一个名字",
            )


def codes_lost(rows: Sequence[Row], listed: Sequence[Listed]) -> frozenset[str]:
    """Codes of rows that list no project: what is wrong with them is noted."""
    read = {each.value.code for each in listed}
    return frozenset(row.text("code") for row in rows if row.sound("code")) - read


def _check_money(row: Row, calendar: Calendar, findings: Findings) -> None:
    """What is told before and by year is within the total."""
    keys = [key for key in ("earlier_wan", *YEAR_KEYS) if row.sound(key)]
    if not row.sound("total_wan") or not keys:
        return
    told, total = sum(row.whole(key) for key in keys), row.whole("total_wan")
    if told > total:
        findings.add(
            row.place(keys[-1]),
            f"{calendar.first_year}年前已完成与各年投资合计 {exact_yi(told)} 亿元，"
            f"大于本项目总投资 {exact_yi(total)} 亿元",
            f"请核对各年与总投资（{row.place('total_wan')}）",
        )


def _check_dates(row: Row, findings: Findings) -> None:
    """竣工 is not before 开工, where both are dates."""
    if not row.sound("start", "finish"):
        return
    start, finish = row.text("start"), row.text("finish")
    if not (start[:4].isdecimal() and finish[:4].isdecimal()):
        return
    shorter = min(len(start), len(finish))
    if finish[:shorter] < start[:shorter]:
        findings.add(row.place("finish"), f"竣工 {finish} 早于开工 {start}", "请核对这两个日期")
