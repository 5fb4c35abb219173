"""Read an adjusted plan back from its sheet: a scenario, or every problem with its cell.

The sheet is laid out in `portfolio.model.schema.adjusted_plan`. What it says of items and
channels is judged when the scenario is applied; here it is read cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.money import LARGEST_WAN, WAN_PER_YI, scaled, yi_text
from portfolio.model.problems import Collected, InputError, nearest
from portfolio.model.scenarios.scenario import Layer, Scenario, merge
from portfolio.model.scenarios.verbs import PlanRow, PlanSheet
from portfolio.model.schema import Cell, CellValue, Column, plain
from portfolio.model.schema import adjusted_plan as layout
from portfolio.model.schema.plan import ITEMS
from portfolio.read.scenario.file import SHEET_SUFFIX, read_scenario
from portfolio.read.scenario.options import parse_sets
from portfolio.read.workbook.file import Grid, read_file
from portfolio.read.workbook.sheets.cells import (
    Refused,
    column_index,
    column_letter,
    is_blank,
    read_cell,
    shown,
    without_value,
)
from portfolio.read.workbook.sheets.rows import Findings
from portfolio.read.workbook.tables import by_plain_name, twins

# --- The table of an adjusted plan: columns found by header, rows read cell by cell


_COLUMNS = {
    layout.NO_HEADER: replace(ITEMS.column("no"), key=layout.NO_HEADER, header=layout.NO_HEADER),
    layout.NAME_HEADER: Column(key=layout.NAME_HEADER, header=layout.NAME_HEADER),
    layout.CHANNEL_HEADER: Column(key=layout.CHANNEL_HEADER, header=layout.CHANNEL_HEADER),
    layout.KIND_HEADER: Column(
        key=layout.KIND_HEADER, header=layout.KIND_HEADER, cell=Cell.CHOICE, choices=layout.KINDS
    ),
}


def _column(header: str) -> Column:
    """What a cell under a header may hold: all but the first few are years, with money."""
    year = Column(
        key=header, header=header, cell=Cell.MONEY, least=0, most=LARGEST_WAN, required=False
    )
    return _COLUMNS.get(header, year)


#: What calculating in a cell may leave over of a 万元.
CALCULATED = 1e-6


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A grid with the place of each column, from 0; `years` are the layout.headers of the years."""

    grid: Grid
    columns: Mapping[str, int]
    years: tuple[str, ...]

    def value(self, row: int, header: str) -> object:
        """What a cell holds; None past the row's end."""
        cells, place = self.grid.values[row], self.columns[header]
        return cells[place] if place < len(cells) else None

    def place(self, row: int, header: str) -> str:
        """The cell as users name it."""
        return f"{self.grid.name}!{column_letter(self.columns[header])}{row + 1}"

    def lost(self, row: int, header: str) -> str | None:
        """A formula without its value."""
        if self.value(row, header) is not None:
            return None
        return self.grid.lost_formula(row, self.columns[header])

    def filled(self, row: int, header: str) -> bool:
        """Whether anything stands in a cell."""
        return not is_blank(self.value(row, header)) or bool(self.lost(row, header))


def read_rows(grid: Grid, findings: Findings, calendar: Calendar) -> list[PlanRow]:
    """Rows of data: subtotals are passed over, an empty row ends them."""
    columns = _columns(grid, findings, calendar)
    if columns is None:
        return []
    table = _Table(grid=grid, columns=columns, years=layout.year_headers(calendar))
    within, after = _data_rows(table)
    rows = [row for number in within if (row := _row(table, number, findings)) is not None]
    _check_skipped(table, within, findings)
    if not within:
        findings.add(
            f"{grid.name}!A{layout.FIRST_DATA_ROW}",
            "表中没有数据",
            "请从 portfolio reallocate 重新写出",
        )
    for number in after[:1]:
        findings.add(
            table.place(number, layout.NO_HEADER),
            f"空行之后还有数据（{shown(table.value(number, layout.NO_HEADER))}）",
            "空行表示表已结束：请删去空行，或删去其后的行",
        )
    return rows


def _data_rows(table: _Table) -> tuple[list[int], list[int]]:
    """Rows with a 序号 before the first empty row, and those after it that look like data."""
    within: list[int] = []
    after: list[int] = []
    ended = False
    for number in range(layout.FIRST_DATA_ROW - 1, len(table.grid.values)):
        filled = [header for header in table.columns if table.filled(number, header)]
        ended = ended or not filled
        if layout.NO_HEADER not in filled:
            continue
        if not ended:
            within.append(number)
        elif layout.CHANNEL_HEADER in filled:
            after.append(number)
    return within, after


def _check_skipped(table: _Table, within: list[int], findings: Findings) -> None:
    """Rows without a 序号 that are no subtotals: their item and channel stand in rows of data."""
    if not within:
        return
    texts = {
        header: {_plain_text(table.value(number, header)) for number in within} - {""}
        for header in (layout.NAME_HEADER, layout.CHANNEL_HEADER)
    }
    for number in range(within[0], within[-1] + 1):
        if number in within:
            continue
        if all(_plain_text(table.value(number, h)) in known for h, known in texts.items()):
            findings.add(
                table.place(number, layout.NO_HEADER),
                f"“{layout.NO_HEADER}”是空的，而这一行有大项和渠道",
                "请补上大项的序号；不要这一行请整行删去",
            )


def _plain_text(value: object) -> str:
    return "" if is_blank(value) else plain(str(value))


# -- columns ---------------------------------------------------------------------------------------


def _columns(grid: Grid, findings: Findings, calendar: Calendar) -> dict[str, int] | None:
    """Header → place; None after any is missing."""
    at = layout.HEADER_ROW - 1
    cells = grid.values[at] if at < len(grid.values) else ()
    there = {place: _header(value) for place, value in enumerate(cells) if not is_blank(value)}
    wanted = {plain(header): header for header in layout.headers(calendar)}
    found: dict[str, int] = {}
    for place, name in there.items():
        header = wanted.get(name)
        if header is not None and header in found:
            findings.add(
                f"{grid.name}!{column_letter(place)}{layout.HEADER_ROW}",
                f"表头“{header}”重复，{column_letter(found[header])} 列也是",
                "请只留一列，另一列改名或删去",
            )
        elif header is not None:
            found[header] = place
    if not found:
        seen = shown(cells[min(there)]) if there else "（空）"
        findings.add(
            f"{grid.name}!A{layout.HEADER_ROW}",
            f"第 {layout.HEADER_ROW} 行不是表头，是{seen}",
            f"表头须在第 {layout.HEADER_ROW} 行：{'、'.join(layout.headers(calendar))}",
        )
        return None
    missing = [h for h in (*_COLUMNS, *layout.year_headers(calendar)) if h not in found]
    strangers = [name for name in there.values() if name not in wanted]
    for header in missing:
        near = nearest(header, strangers) if not header.isdecimal() else None
        findings.add(
            f"{grid.name}!{column_letter(len(cells))}{layout.HEADER_ROW}",
            f"缺少“{header}”一列",
            f"是否为“{near}”？请把表头改为“{header}”"
            if near
            else f"请恢复这一列，表头写“{header}”",
        )
    return None if missing else found


def _header(value: object) -> str:
    """A header as text: years may be numbers, or end in 年."""
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    bare = plain(text)
    return bare.removesuffix("年") if bare.removesuffix("年").isdecimal() else bare


# -- rows ------------------------------------------------------------------------------------------


def _row(table: _Table, number: int, findings: Findings) -> PlanRow | None:
    """A row of data; None after a problem."""
    before = len(findings.problems)
    values = {
        header: _cell(table, number, header, findings) for header in (*_COLUMNS, *table.years)
    }
    _check_total(table, number, [values[year] for year in table.years], findings)
    if len(findings.problems) > before:
        return None
    return PlanRow(
        item_no=int(values[layout.NO_HEADER] or 0),
        item_name=str(values[layout.NAME_HEADER]),
        channel=str(values[layout.CHANNEL_HEADER]),
        kind=str(values[layout.KIND_HEADER]),
        years_wan=tuple(int(values[year] or 0) for year in table.years),
        no_place=table.place(number, layout.NO_HEADER),
        name_place=table.place(number, layout.NAME_HEADER),
        channel_place=table.place(number, layout.CHANNEL_HEADER),
        kind_place=table.place(number, layout.KIND_HEADER),
        year_places=tuple(table.place(number, year) for year in table.years),
    )


def _cell(table: _Table, number: int, header: str, findings: Findings) -> CellValue:
    """The value of a cell; None for an empty year, and after a problem."""
    column, value = _column(header), table.value(number, header)
    try:
        formula = table.lost(number, header)
        if formula is not None:
            raise without_value(formula)
        if not is_blank(value):
            return read_cell(column, _whole_wan(value))
        span = table.grid.merged_range(number, table.columns[header]) if table.grid.merged else None
        if span:
            raise Refused(f"在合并单元格 {span} 内", f"请取消合并 {span}，逐格填写")
        if column.required:
            raise Refused(f"“{header}”是空的", f"请填写{header}；不要这一行请整行删去")
    except Refused as refusal:
        findings.add(table.place(number, header), refusal.found, refusal.fix)
    return None


def _whole_wan(value: object) -> object:
    """A number that lacks a 万元 only by what a subtraction in Excel leaves over, made whole."""
    if not isinstance(value, float) or not abs(value) < LARGEST_WAN:
        return value  # none, or far too large: the reader of cells says so
    nearest = round(value * WAN_PER_YI)
    return nearest / WAN_PER_YI if abs(value * WAN_PER_YI - nearest) < CALCULATED else value


def _check_total(
    table: _Table, number: int, years: Iterable[CellValue], findings: Findings
) -> None:
    """A 合计 typed over, other than its years: years are what counts, so say so."""
    if layout.TOTAL_HEADER not in table.columns:
        return
    value = table.value(number, layout.TOTAL_HEADER)
    formulas, place = table.grid.formulas, table.columns[layout.TOTAL_HEADER]
    held = (
        formulas[number][place]
        if number < len(formulas) and place < len(formulas[number])
        else None
    )
    if is_blank(value) or str(getattr(held, "text", held)).startswith("="):
        return
    total = scaled(value, WAN_PER_YI)
    wan = sum(int(year or 0) for year in years)
    if total != wan:
        findings.add(
            table.place(number, layout.TOTAL_HEADER),
            f"合计 {shown(value)} 与各年之和 {yi_text(wan, 4)} 亿元不符",
            "各年的数才算数：请改各年，合计留公式或清空",
        )


# --- Read an adjusted plan back from its sheet: a scenario, or every problem with its cell


def read_adjusted_sheet(
    path: Path,
    find: Callable[[str], Path],
    folder: Path | None,
    calendar: Calendar = SHIPPED,
    own: Mapping[str, Scenario | None] | None = None,
) -> Scenario:
    """The scenario a sheet stands for: what it was made under, then its plan.

    find : the file of a scenario's name or path; folder : where its parents are sought
    own : scenarios of the workbook's own sheet by name, None for one that can't be read

    Raises
    ------
    InputError
        Every problem of the sheet, and of the scenarios it names.
    """
    grid = _sheet(path)
    problems, findings = Collected(), Findings()
    before: list[Scenario] = []
    with problems.part():
        before = _made_under(grid, find, folder, calendar, own or {})
    rows = read_rows(grid, findings, calendar)
    problems += findings.problems
    problems.raise_any()
    change = PlanSheet(place=f"{path.name} {layout.ADJUSTED_SHEET}", rows=tuple(rows))
    plan = Scenario(
        name=layout.ADJUSTED_NAME,
        title=layout.ADJUSTED_NAME,
        summary=f"各年计划按 {path.name} 的“{layout.ADJUSTED_SHEET}”表安排。",
        source=path.name,
        layers=(Layer(name=layout.ADJUSTED_NAME, changes=(change,)),),
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
    same = by_plain_name(grids).get(plain(layout.ADJUSTED_SHEET), [])
    if len(same) == 1:
        return same[0]
    if same:
        raise InputError([twins(layout.ADJUSTED_SHEET, same, path.name)])
    names = list(dict.fromkeys(grid.name for grid in grids))
    near = nearest(layout.ADJUSTED_SHEET, names)
    fix = (
        f"是否为“{near}”？请改名为“{layout.ADJUSTED_SHEET}”"
        if near
        else "请用 portfolio reallocate 写出的"
    )
    raise InputError.of(
        path.name,
        f"没有名为“{layout.ADJUSTED_SHEET}”的工作表，有：{'、'.join(names[:8])}",
        fix if near else f"{fix}“{layout.ADJUSTED_NAME}”工作簿；输入工作簿请用 -w",
    )


def _made_under(
    grid: Grid,
    find: Callable[[str], Path],
    folder: Path | None,
    calendar: Calendar,
    own: Mapping[str, Scenario | None],
) -> list[Scenario]:
    """The scenarios and options named above the table, read.

    Raises
    ------
    InputError
        Every problem of them.
    """
    problems, given = Collected(), []
    label = _text(grid, layout.SCENARIO_LABEL_CELL)
    if plain(label) != layout.SCENARIO_LABEL:
        place = f"{grid.name}!{layout.SCENARIO_LABEL_CELL}"
        found = f"应为“{layout.SCENARIO_LABEL}”，却是{shown(label)}"
        fix = f"请恢复第 {layout.ORIGIN_ROW} 行：A 列写“{layout.SCENARIO_LABEL}”，B 列写调整时所用的情景"
        raise InputError.of(place, found, fix)
    names = [
        part.strip() for part in _text(grid, layout.SCENARIO_CELL).split(layout.SCENARIO_SEPARATOR)
    ]
    for name in names:
        if name in own:
            given += [stood] if (stood := own[name]) is not None else []
        elif name not in ("", layout.ADJUSTED_NAME):
            with problems.part():
                path = _named(name, f"{grid.name}!{layout.SCENARIO_CELL}", find)
                given.append(read_scenario(path, folder, calendar, asked=False))
    options = [part.strip() for part in _text(grid, layout.SETS_CELL).split(layout.SETS_SEPARATOR)]
    with problems.part():
        extra = _options(
            [part for part in options if part], f"{grid.name}!{layout.SETS_CELL}", calendar
        )
        given += [extra] if extra is not None else []
    problems.raise_any()
    return given


def _named(name: str, place: str, find: Callable[[str], Path]) -> Path:
    try:
        path = find(name)
    except InputError as error:
        fix = f"{error.problems[0].fix}；情景文件在别处的，请写它的路径"
        raise InputError.of(place, f"没有名为“{name}”的情景", fix) from None
    if path.suffix.lower() == SHEET_SUFFIX:
        fix = "请写调整时所用的情景；几张调整方案表请用 -s 依次叠加"
        raise InputError.of(place, f"“{name}”是工作簿，不是情景文件", fix)
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
