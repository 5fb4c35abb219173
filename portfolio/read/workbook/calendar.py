"""The sheet 设置 of a workbook: its calendar (left out: the shipped workbook's) and its tail.

`portfolio init` is told of a new workbook's calendar what `NewCalendar` holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.money import DEFAULT_TAIL_BPS
from portfolio.model.paper import Paper
from portfolio.model.problems import InputError, Problem
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.schema import SETTINGS, plain
from portfolio.model.schema.settings import EARLIEST, LATEST
from portfolio.read.workbook.file import Grid, read_file, sheet_names
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, read_table, twins


def read_calendar(grids: Iterable[Grid], findings: Findings) -> Calendar:
    """The calendar that a workbook states; what is wrong with it is noted.

    Where the sheet can't be relied on, as much of it as can: scenarios are then judged by what was
    most probably meant.
    """
    row = read_settings(grids, findings)
    return SHIPPED if row is None else _calendar(row, findings)


def read_tail_bps(grids: Iterable[Grid]) -> int:
    """The tail (尾款) a workbook states, or the usual one; `read_calendar` notes what is wrong."""
    row = read_settings(grids, Findings())
    tail = None if row is None else row.whole_or_none("tail_bps")
    return DEFAULT_TAIL_BPS if tail is None else tail


def read_office(grids: Iterable[Grid]) -> Paper:
    """Who makes the papers, as a workbook states it."""
    row = read_settings(grids, Findings())
    if row is None:
        return Paper()
    return Paper(**{key: row.text_or_none(key) or "" for key in ("unit", "author", "reviewer")})


def read_settings(grids: Iterable[Grid], findings: Findings) -> Row | None:
    """The row of the sheet 设置; None where there is none to rely on."""
    same = by_plain_name(grids).get(plain(SETTINGS.name), [])
    if len(same) > 1:
        findings.problems.append(twins(SETTINGS.name, same, f"{SETTINGS.name}!A1"))
    if len(same) != 1:
        return None
    rows = read_table(SETTINGS, same[0], findings)
    for row in rows[1:]:
        findings.add(row.place("first_year"), "设置多于一行", "只留一行，其余请删去")
    return rows[0] if rows else None


def _calendar(row: Row, findings: Findings) -> Calendar:
    first, last = (row.whole_or_none(key) for key in ("first_year", "period_last"))
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


def calendar_of(path: Path) -> Calendar:
    """The calendar of a file as far as it can be read; the file's problems are told elsewhere."""
    if plain(SETTINGS.name) not in {plain(name) for name in sheet_names(path)}:
        return SHIPPED
    try:
        return read_calendar(read_file(path).grids, Findings())
    except InputError:
        return SHIPPED


# --- The calendar of a new workbook, as it is told


#: What another calendar calls its period, list and place where nothing else is said.
PERIOD_NAME, LIST_NAME, PLACE = "计划期", "重大项目", "本市"
_PERIOD = re.compile(r"(\d{4})\s*[-–—~～至]\s*(\d{4})\s*年?")


@dataclass(frozen=True, kw_only=True)
class NewCalendar:
    """What is said of a new workbook's calendar, as written; None where nothing is."""

    first_year: int | None = None
    period: str | None = None
    name: str | None = None
    list_name: str | None = None
    place: str | None = None


def new_calendar(said: NewCalendar, old: Calendar) -> Calendar:
    """The calendar meant; where nothing is said of it, the old one.

    Raises
    ------
    InputError
        The years can't be read, or the planned period is not one that begins in the first year.
    """
    if said == NewCalendar():
        return old
    problems: list[Problem] = []
    first, last = _years_told(said, old, problems)
    names = {"--name": said.name, "--list": said.list_name, "--place": said.place}
    for option, name in names.items():
        if name is not None and not name.strip():
            problems.append(Problem(place=option, found="名称是空的", fix="请写一个名称，或去掉它"))
    if problems:
        raise InputError(problems)
    moved = (first, last) != (old.first_year, old.period_last)
    return Calendar(
        first_year=first,
        period_last=last,
        period_name=said.name or (PERIOD_NAME if moved else old.period_name),
        list_name=said.list_name or (LIST_NAME if moved else old.list_name),
        place=said.place or (PLACE if moved else old.place),
    )


def _years_told(said: NewCalendar, old: Calendar, problems: list[Problem]) -> tuple[int, int]:
    """First year and last year of the planned period."""
    first = old.first_year if said.first_year is None else said.first_year
    if not EARLIEST <= first <= LATEST:
        fix = f"请写 {EARLIEST}–{LATEST} 之间的年份"
        problems.append(Problem(place="--first-year", found=f"首年 {first} 不对", fix=fix))
        return first, first
    if said.period is None:
        return first, first + old.period_years - 1
    match = _PERIOD.fullmatch(said.period.strip())
    if match is None:
        found = f"“{said.period}”不是计划期"
        fix = f"请写首年和末年，如 {first}-{first + old.period_years - 1}"
        problems.append(Problem(place="--period", found=found, fix=fix))
        return first, first
    begin, last = int(match[1]), int(match[2])
    if said.first_year is None:
        first = begin
    if begin != first:
        found = f"计划期从 {begin} 年起，首年却是 {first} 年"
        problems.append(
            Problem(place="--period", found=found, fix="计划期须从首年起，请改其中一个")
        )
    elif not first <= last < first + PLAN_YEARS - 1:
        found = f"计划期 {begin}—{last} 年的末年不对"
        fix = f"末年请写 {first} 至 {first + PLAN_YEARS - 2} 之间的年份"
        problems.append(Problem(place="--period", found=found, fix=fix))
    return first, last
