"""Read an adjusted plan back from its sheet: a scenario, or every problem with its cell.

The sheet is laid out in `portfolio.model.sheets.adjusted_layout`. What it says of items and
channels is judged when the scenario is applied; here it is read cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.problems import Collected, InputError, Problem, nearest
from portfolio.model.scenarios.repair_verbs import PlanSheet
from portfolio.model.scenarios.scenario import Layer, Scenario, merge
from portfolio.model.sheets import plain
from portfolio.model.sheets.adjusted_layout import (
    ADJUSTED_NAME,
    ADJUSTED_SHEET,
    ORIGIN_ROW,
    SCENARIO_CELL,
    SCENARIO_LABEL,
    SCENARIO_LABEL_CELL,
    SCENARIO_SEPARATOR,
    SETS_CELL,
    SETS_SEPARATOR,
)
from portfolio.read.adjusted_rows import read_rows
from portfolio.read.cells import column_index, is_blank, shown
from portfolio.read.quick_set import parse_sets
from portfolio.read.scenario_file import SHEET_SUFFIX, read_scenario
from portfolio.read.sheet_names import by_plain_name, twins
from portfolio.read.tables import Findings
from portfolio.read.workbook_file import Grid, read_file


def read_adjusted_sheet(
    path: Path,
    find: Callable[[str], Path],
    folder: Path | None,
    calendar: Calendar = SHIPPED,
) -> Scenario:
    """The scenario a sheet stands for: what it was made under, then its plan.

    find : the file of a scenario's name or path; folder : where its parents are sought.

    Raises
    ------
    InputError
        Every problem of the sheet, and of the scenarios it names.
    """
    grid = _sheet(path)
    problems, findings = Collected(), Findings()
    before: list[Scenario] = []
    with problems.part():
        before = _made_under(grid, find, folder, calendar)
    rows = read_rows(grid, findings, calendar)
    problems += findings.problems
    problems.raise_any()
    change = PlanSheet(place=f"{path.name} {ADJUSTED_SHEET}", rows=tuple(rows))
    plan = Scenario(
        name=ADJUSTED_NAME,
        title=ADJUSTED_NAME,
        summary=f"各年计划按 {path.name} 的“{ADJUSTED_SHEET}”表安排。",
        source=path.name,
        layers=(Layer(name=ADJUSTED_NAME, changes=(change,)),),
        files=(path,),
    )
    return merge([*before, plan])


def _sheet(path: Path) -> Grid:
    """The sheet of a file.

    Raises
    ------
    InputError
        The file is no workbook, or has no such sheet or more than one.
    """
    grids = read_file(path).grids
    same = by_plain_name(grids).get(plain(ADJUSTED_SHEET), [])
    if len(same) == 1:
        return same[0]
    if same:
        raise InputError([twins(ADJUSTED_SHEET, same, path.name)])
    names = list(dict.fromkeys(grid.name for grid in grids))
    near = nearest(ADJUSTED_SHEET, names)
    fix = (
        f"是否为“{near}”？请改名为“{ADJUSTED_SHEET}”"
        if near
        else "请用 portfolio reallocate 写出的"
    )
    raise InputError(
        [
            Problem(
                place=path.name,
                found=f"没有名为“{ADJUSTED_SHEET}”的工作表，有：{'、'.join(names[:8])}",
                fix=fix if near else f"{fix}“{ADJUSTED_NAME}”工作簿；输入工作簿请用 -w",
            )
        ]
    )


def _made_under(
    grid: Grid, find: Callable[[str], Path], folder: Path | None, calendar: Calendar
) -> list[Scenario]:
    """The scenarios and options named above the table, read.

    Raises
    ------
    InputError
        Every problem of them.
    """
    problems, given = Collected(), []
    label = _text(grid, SCENARIO_LABEL_CELL)
    if plain(label) != SCENARIO_LABEL:
        place = f"{grid.name}!{SCENARIO_LABEL_CELL}"
        found = f"应为“{SCENARIO_LABEL}”，却是{shown(label)}"
        fix = f"请恢复第 {ORIGIN_ROW} 行：A 列写“{SCENARIO_LABEL}”，B 列写调整时所用的情景"
        raise InputError([Problem(place=place, found=found, fix=fix)])
    names = [part.strip() for part in _text(grid, SCENARIO_CELL).split(SCENARIO_SEPARATOR)]
    for name in names:
        if name not in ("", ADJUSTED_NAME):
            with problems.part():
                path = _named(name, f"{grid.name}!{SCENARIO_CELL}", find)
                given.append(read_scenario(path, folder, calendar))
    options = [part.strip() for part in _text(grid, SETS_CELL).split(SETS_SEPARATOR)]
    with problems.part():
        extra = _options([part for part in options if part], f"{grid.name}!{SETS_CELL}", calendar)
        given += [extra] if extra is not None else []
    problems.raise_any()
    return given


def _named(name: str, place: str, find: Callable[[str], Path]) -> Path:
    try:
        path = find(name)
    except InputError as error:
        fix = f"{error.problems[0].fix}；情景文件在别处的，请写它的路径"
        raise InputError([Problem(place=place, found=f"没有名为“{name}”的情景", fix=fix)]) from None
    if path.suffix.lower() == SHEET_SUFFIX:
        fix = "请写调整时所用的情景；几张调整方案表请用 -s 依次叠加"
        raise InputError([Problem(place=place, found=f"“{name}”是工作簿，不是情景文件", fix=fix)])
    return path


def _options(options: list[str], place: str, calendar: Calendar) -> Scenario | None:
    try:
        return parse_sets(options, calendar)
    except InputError as error:
        raise InputError(
            replace(problem, place=f"{place}（{problem.place.removeprefix('--set ')}）")
            for problem in error.problems
        ) from None


def _text(grid: Grid, cell: str) -> str:
    row, column = int(cell[1:]) - 1, column_index(cell[0])
    if row >= len(grid.values) or column >= len(grid.values[row]):
        return ""
    value = grid.values[row][column]
    return "" if is_blank(value) else str(value).strip()
