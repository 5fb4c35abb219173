"""The calendar of a new workbook, from what `portfolio init` is told of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portfolio.model.calendar import Calendar
from portfolio.model.problems import InputError, Problem
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.schema.settings import EARLIEST, LATEST

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
    first, last = _years(said, old, problems)
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


def _years(said: NewCalendar, old: Calendar, problems: list[Problem]) -> tuple[int, int]:
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
