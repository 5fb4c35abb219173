"""Reading what a command is given: the workbook, the scenarios."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.facts import parse_period
from portfolio.model.problems import Collected, InputError, Problem
from portfolio.model.quarters import PLAY_YEARS
from portfolio.read import bundled_files
from portfolio.version import __version__

if TYPE_CHECKING:
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.scenarios import Scenario
    from portfolio.read.workbook import Workbook
    from portfolio.workflows.asked import Apart, Merged

BASELINE = "基准"


def workbook_path(path: Path | None = None) -> Path:
    """The workbook that is read: the one named, else the default."""
    return path or bundled_files.default_workbook()


def load_workbook(
    path: Path | None = None, asof: str | None = None, *, asof_needs_facts: bool = True
) -> Workbook:
    """Read a workbook (the shipped one when none is named).

    `asof` is the month to whose end its facts are taken (`read.workbook.read_workbook`).

    Raises
    ------
    InputError
        All its problems at once.
    """
    from portfolio.read.workbook import read_workbook

    return read_workbook(workbook_path(path), asof, asof_needs_facts=asof_needs_facts)


def plan_number(portfolio: Portfolio, loaded: Workbook, *options: object) -> str:
    """方案编号 of a portfolio as it is played, of the workbook it came from and the rules' version."""
    from portfolio.model.paper import signs_of

    return signs_of((__version__, portfolio, loaded.portfolio, loaded.totals, options))


#: The day, in seconds since 1970 (UTC), that files say they were made on; without it today.
EPOCH = "SOURCE_DATE_EPOCH"


def today() -> str:
    """编制时间: the day by the machine's clock, or the one that the environment states.

    Raises
    ------
    InputError
        The environment states what is no day.
    """
    stated = os.environ.get(EPOCH)
    if not stated:
        return dt.date.today().isoformat()
    try:
        return dt.datetime.fromtimestamp(int(stated), dt.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        fix = "请写自 1970 年起的秒数，或去掉这个环境变量"
        raise InputError.of(EPOCH, f"“{stated}”不是时刻", fix) from None


def calendar_of(path: Path | None = None) -> Calendar:
    """The calendar of a workbook, for what is read before the workbook is known to be sound."""
    from portfolio.read.workbook.calendar import calendar_of as calendar_in

    return calendar_in(workbook_path(path))


def seen_from(loaded: Workbook | None, path: Path | None) -> Calendar:
    """The calendar that scenarios are read by: relative years are counted from the as-of's year.

    loaded : None where the workbook can't be read: then nobody knows T, and it is taken to lie in
        the middle, so that no relative year is refused for what is wrong elsewhere
    """
    if loaded is None:
        calendar = calendar_of(path)
        return calendar.seen_in(calendar.first_year + PLAY_YEARS // 2)
    portfolio = loaded.portfolio
    if portfolio.facts is None:
        return portfolio.calendar
    return portfolio.calendar.seen_in(portfolio.calendar.first_year + portfolio.facts.year)


def find_scenario(name: str) -> Path:
    """The file meant by a scenario's name or path.

    Raises
    ------
    InputError
        There is none; near names are suggested.
    """
    from portfolio.read.scenario.file import find_scenario as find_in

    *nearer, last = bundled_files.scenario_folders()
    for folder in nearer:
        if folder.is_dir():
            with suppress(InputError):
                return find_in(name, folder)
    return find_in(name, last)


def read_apart(
    asked: Merged | Apart,
    wanted: Iterable[tuple[Sequence[str], Sequence[str]]],
    known: Iterable[Problem] = (),
) -> tuple[Workbook, list[Scenario]]:
    """The workbook and several scenarios, each of names and `--set` options laid over one another.

    Workbook and as-of are those asked for.

    Raises
    ------
    InputError
        Problems of all of them at once, behind those `known` before.
    """
    problems, merged, loaded = Collected(known), [], None
    needs_facts = not asked.asof_without_facts
    with problems.part():
        loaded = load_workbook(asked.workbook, asked.asof, asof_needs_facts=needs_facts)
    calendar = seen_from(loaded, asked.workbook)
    for names, sets in wanted:
        with problems.part():
            merged.append(merged_scenario(names, sets, calendar))
    problems.raise_any()
    assert loaded is not None
    return loaded, merged


def read_merged(asked: Merged | Apart) -> tuple[Workbook, Scenario]:
    """The workbook and all scenarios asked for as one.

    Raises
    ------
    InputError
        Problems of both at once.
    """
    loaded, (scenario,) = read_apart(asked, [(asked.scenarios, asked.sets)])
    return loaded, scenario


def told_by_quarter(asof: str | None, loaded: Workbook | None) -> bool:
    """Whether an as-of must be a quarter, because there are no facts whose as-of it could be.

    Of a workbook that could not be read only what is no period at all is judged so.
    """
    if asof is None:
        return False
    if loaded is None:
        return parse_period(asof) is None
    return loaded.portfolio.facts is None


def merged_scenario(
    names: Sequence[str], sets: Sequence[str], calendar: Calendar = SHIPPED
) -> Scenario:
    """The scenarios laid over one another, the later wins, `--set` last.

    `calendar` is of the workbook that they are meant for: years are judged by it, and relative
    ones counted from its `this_year`.

    Raises
    ------
    InputError
        The problems of all of them at once.
    """
    from portfolio.model.scenarios import merge
    from portfolio.read.scenario.options import parse_sets

    problems, given = Collected(), []
    for name in names:
        with problems.part():
            given.append(_scenario(find_scenario(name), calendar))
    with problems.part():
        extra = parse_sets(sets, calendar)
        given += [extra] if extra is not None else []
    problems.raise_any()
    return merge(given)


def _scenario(path: Path, calendar: Calendar) -> Scenario:
    """A scenario read from its file, or from the sheet of an adjusted plan.

    Raises
    ------
    InputError
        Every problem of it.
    """
    from portfolio.read.scenario.file import SHEET_SUFFIX, read_scenario

    if path.suffix.lower() == SHEET_SUFFIX:
        from portfolio.read.workbook.adjusted import read_adjusted_sheet

        return read_adjusted_sheet(path, find_scenario, bundled_files.scenario_folder(), calendar)
    return read_scenario(path, bundled_files.scenario_folder(), calendar)
