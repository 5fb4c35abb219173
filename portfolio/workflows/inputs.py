"""Reading what a command is given: the workbook, the scenarios."""

from __future__ import annotations

import datetime as dt
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.facts import parse_period
from portfolio.model.problems import Collected, InputError, Problem
from portfolio.model.quarters import PLAY_YEARS
from portfolio.read import bundled_files
from portfolio.version import __version__

if TYPE_CHECKING:
    from portfolio.model.items import Channel
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.scenarios import Scenario
    from portfolio.read.workbook import Workbook
    from portfolio.workflows.asked import Apart, Merged

BASELINE = "基准"
#: Scenarios of a workbook's own sheet by name; None for one that can't be read.
Own = Mapping[str, "Scenario | None"]


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
    from portfolio.model.portfolio import seen_by

    return seen_by(loaded.portfolio.calendar, loaded.portfolio.facts)


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
    own = own_scenarios(loaded, asked.workbook)
    channels = () if loaded is None else loaded.portfolio.channels
    for names, sets in wanted:
        with problems.part():
            merged.append(merged_scenario(names, sets, calendar, own, channels))
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


def own_scenarios(loaded: Workbook | None, path: Path | None = None) -> Own:
    """The scenarios of a workbook's sheet 情景 by name; of one with problems the names alone."""
    from portfolio.read.workbook import scenario_names

    if loaded is None:
        return dict.fromkeys(map(_in_one_form, scenario_names(workbook_path(path))))
    return {_in_one_form(each.name): each for each in loaded.scenarios}


def _in_one_form(name: str) -> str:
    """A name without what looks the same: macOS may hand out decomposed letters."""
    return unicodedata.normalize("NFC", name.strip())


def check_own_scenarios(loaded: Workbook) -> None:
    """Try every scenario of the sheet 情景 on its workbook, as a command that plays it would.

    Raises
    ------
    InputError
        What can't be laid on it, or is called as a file is; all of it at once.
    """
    from portfolio.model.scenarios import apply

    problems, own = Collected(), own_scenarios(loaded)
    for scenario in loaded.scenarios:
        with problems.part():
            _named(scenario.name, loaded.portfolio.calendar, own)
        with problems.part():
            apply(scenario, loaded.portfolio)
    problems.raise_any()


def merged_scenario(
    names: Sequence[str],
    sets: Sequence[str],
    calendar: Calendar = SHIPPED,
    own: Mapping[str, Scenario | None] | None = None,
    channels: Sequence[Channel] = (),
) -> Scenario:
    """The scenarios laid over one another, the later wins, `--set` last.

    `own` are those of the workbook's sheet 情景; one that can't be read is passed over, for the
    workbook's problems tell of it.

    `calendar` is of the workbook that they are meant for: years are judged by it, and relative
    ones counted from its `this_year`. By its `channels` an id gets its name in the title.

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
            given += [found] if (found := _named(name, calendar, own or {})) is not None else []
    with problems.part():
        extra = parse_sets(sets, calendar, channels)
        given += [extra] if extra is not None else []
    problems.raise_any()
    return merge(given)


def _named(name: str, calendar: Calendar, own: Own) -> Scenario | None:
    """A scenario of a file or of the workbook's own sheet; None for one of these unread.

    Raises
    ------
    InputError
        There is none, there are two, or every problem of its file.
    """
    if _in_one_form(name) not in own:
        try:
            path = find_scenario(name)
        except InputError as error:
            raise InputError(_also_own(problem, own) for problem in error.problems) from None
        return _scenario(path, calendar, own)
    stood, file = own[_in_one_form(name)], _file_of(name)
    if stood is not None and file is not None:
        raise InputError.of(
            stood.changes[0].place,
            f"情景“{name}”与情景文件 {file} 同名",
            "请把“情景”表中这个情景的各行改名，或给文件改名",
        )
    return stood


def _file_of(name: str) -> Path | None:
    """The file that a scenario's name means; None where there is none."""
    with suppress(InputError):
        return find_scenario(name)
    return None


def _also_own(problem: Problem, own: Own) -> Problem:
    """A name that is unknown, with those of the sheet told too."""
    if not own:
        return problem
    more = f"工作簿“情景”表中有：{'、'.join(list(own)[:8])}"
    return replace(problem, fix=f"{problem.fix}；{more}")


def _scenario(path: Path, calendar: Calendar, own: Own) -> Scenario:
    """A scenario read from its file, or from the sheet of an adjusted plan.

    Raises
    ------
    InputError
        Every problem of it.
    """
    from portfolio.read.scenario.file import SHEET_SUFFIX, read_scenario

    if path.suffix.lower() == SHEET_SUFFIX:
        from portfolio.read.workbook.adjusted import read_adjusted_sheet

        return read_adjusted_sheet(
            path, find_scenario, bundled_files.scenario_folder(), calendar, own
        )
    return read_scenario(path, bundled_files.scenario_folder(), calendar)
