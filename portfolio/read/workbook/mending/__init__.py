"""What of a workbook can be read in one way only and stands there otherwise: as changes of cells.

What has two readings is no business of this module: it stays, and is told as a problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portfolio.model.calendar import Calendar
from portfolio.model.difference.mending import Mending, SheetRename
from portfolio.model.problems import InputError, Problem
from portfolio.model.schema import (
    HEADER_WORDS,
    SETTINGS,
    Cell,
    Column,
    Sheet,
    plain,
    sheets_of,
)
from portfolio.model.schema.layout import Reference
from portfolio.model.schema.plan import POINTS_TO_ITEM
from portfolio.read.workbook.calendar import read_calendar
from portfolio.read.workbook.file import Grid, read_file
from portfolio.read.workbook.items import ItemIndex, index_items, orphans_in
from portfolio.read.workbook.mending.formulas import Cells, Formula, formulas_in
from portfolio.read.workbook.mending.one_reading import choice_meant, name_meant, number_said
from portfolio.read.workbook.mending.sheet import MendedSheet
from portfolio.read.workbook.mending.units import turn_into_yi
from portfolio.read.workbook.sheets.cells import YI, column_index
from portfolio.read.workbook.sheets.headers import find_header, without_unit
from portfolio.read.workbook.sheets.rows import Findings, Row
from portfolio.read.workbook.tables import by_plain_name, header_words, read_tables

#: So many formulas are named.
NAMED = 5
_ITEMS, _TOTALS, _SHARES = "项目清单", "汇总校核", "资金结构"
#: What 汇总校核 sums, and the column of the list that names it.
_LEVELS = {"工程": "work", "类别": "category", "组": "group"}


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the workbook says as it is read: rows, items, problems by cell, formulas."""

    tables: Mapping[str, Sequence[Row]]
    index: ItemIndex
    places: frozenset[str]
    formulas: Sequence[Formula]


def mending_of(path: Path) -> Mending:
    """What is to be changed in a workbook's cells so that it stands there as it is read.

    Raises
    ------
    InputError
        The file can't be read, or the sheet 设置 can't: all years and headers are judged by it.
    """
    grids, findings = read_file(path).grids, Findings()
    calendar = read_calendar(grids, findings)
    if findings.problems:
        raise InputError(findings.problems)
    tables = read_tables(grids, calendar, findings)
    index = index_items(tables[_ITEMS], Findings())
    known = _Known(
        tables=tables,
        index=index,
        places=frozenset(problem.place for problem in findings.problems),
        formulas=tuple(formulas_in(grids)),
    )
    left: list[Problem] = []
    sheets = _sheets(grids, calendar)
    for mended in sheets:
        _take_out_sums(mended, known, left)
    _take_out_orphans(sheets, known, left)
    for mended in sheets:
        _say_numbers(mended)
        turn_into_yi(mended, known.formulas, left)
        _name_headers(mended, known, left)
        _name_things(mended, known)
    renames = _renames(grids, calendar)
    _tell_formulas(sheets, known, left)
    return Mending(
        sheets=renames,
        cells=tuple(each.changes[at] for each in sheets for at in sorted(each.changes)),
        left=tuple(left),
    )


def _sheets(grids: Sequence[Grid], calendar: Calendar) -> list[MendedSheet]:
    """The sheets that can be told and whose header can be found."""
    by_name, found = by_plain_name(grids), []
    renamed = header_words(by_name, calendar, Findings())
    for sheet in (SETTINGS, HEADER_WORDS, *sheets_of(calendar)):
        same = by_name.get(plain(sheet.name), [])
        if len(same) != 1:
            continue
        faults: list[Problem] = []
        words = renamed.get(sheet.name, {})
        header = find_header(sheet, same[0], faults, words)
        if header is not None:
            found.append(
                MendedSheet(
                    sheet=sheet, grid=same[0], header=header, faults=faults, words=frozenset(words)
                )
            )
    return found


def _renames(grids: Sequence[Grid], calendar: Calendar) -> tuple[SheetRename, ...]:
    """Sheets whose name differs by blanks, quotes or width from the one they are read by."""
    by_name = by_plain_name(grids)
    return tuple(
        SheetRename(before=same[0].name, after=sheet.name, why="表名多了空格或引号，或全半角不同")
        for sheet in (SETTINGS, HEADER_WORDS, *sheets_of(calendar))
        if len(same := by_name.get(plain(sheet.name), [])) == 1 and same[0].name != sheet.name
    )


# --- Rows: sums that agree with their rows, and what points to items that are gone


def _take_out_sums(mended: MendedSheet, known: _Known, left: list[Problem]) -> None:
    """Take out rows of sums, but those that don't agree (asked) and those formulas rest on."""
    for row, label in mended.totals.items():
        if any(mended.named(row, place) in known.places for _, place in mended.columns):
            continue
        if _rested_on(mended, [row], known, left, f"“{label}”行"):
            continue
        mended.empty(row, f"“{label}”行不是一行数据，与各行核对相符")


def _take_out_orphans(sheets: Sequence[MendedSheet], known: _Known, left: list[Problem]) -> None:
    """Take along what points to a deleted item, where nothing else can be meant.

    A listed item that no row of money points to may be the one, with another number: then which
    of the two happened is asked, not guessed.
    """
    index = known.index
    if not index.names:
        return
    orphans = {no: rows for no, rows in orphans_in(known.tables, index).items() if len(rows) > 1}
    fed = {row.whole("item_no") for row in known.tables[_SHARES] if row.sound("item_no")}
    unfed = sorted(set(index.names) - fed)
    by_sheet = {each.grid.name: each for each in sheets}
    for no, rows in orphans.items():
        places: dict[str, list[int]] = {}
        for row, _ in rows:
            places.setdefault(row.sheet, []).append(row.number - 1)
        first, key = rows[0]
        if unfed:
            shown = "、".join(f"{each} {index.names[each]}" for each in unfed[:NAMED])
            found = f"{len(rows)} 行指着没有的序号 {no}，没有取走：清单中的 {shown} 没有资金，也许就是它"
            fix = f"改了序号的请把各行的 {no} 改成新序号；确已取消的请先填好这些大项的资金，再运行一次"
            left.append(Problem(place=first.place(key), found=found, fix=fix))
            continue
        held = [
            _rested_on(by_sheet[name], numbers, known, left, f"大项 {no} 的行")
            for name, numbers in places.items()
        ]
        if any(held):
            continue
        for name, numbers in places.items():
            for number in dict.fromkeys(numbers):
                by_sheet[name].empty(number, f"项目清单中已没有序号 {no}，指着它的行随之取走")


def _rested_on(
    mended: MendedSheet, rows: Sequence[int], known: _Known, left: list[Problem], what: str
) -> bool:
    """Whether a formula elsewhere rests on rows, which is told: they stay then."""
    cells = Cells(mended.place(row, column) for row in rows for column in mended.filled(row))
    for formula in known.formulas:
        sheet, row, _ = formula.place
        own = sheet == mended.grid.name and row in rows
        if not own and cells.carry(formula):
            found = f"公式 {formula.text[:40]} 用到{mended.sheet.name}{what}，没有取走"
            fix = "请先改公式或改为数值，再运行一次；不改也行，合计行不作数据读入"
            if "大项" in what:
                fix = "请先改公式或改为数值，再运行一次"
            left.append(Problem(place=formula.cell, found=found, fix=fix))
            return True
    return False


# --- Cells: numbers stored as text, headers in other words, names with blanks


def _say_numbers(mended: MendedSheet) -> None:
    """Numbers that stand there as text, and years with 年: in the unit of their column."""
    kept = [row for row in mended.totals if row not in mended.emptied]
    for column, place in mended.columns:
        unit = mended.header.units.get(column.key, YI)
        for row in (*mended.rows(), *(kept if column.cell is Cell.MONEY else ())):
            value = mended.value(row, place)
            said = number_said(column, value, unit)
            if said is not None:
                mended.change((row, place), said, _why_number(column, str(value), unit))


def _why_number(column: Column, value: str, unit: str) -> str:
    if column.cell is Cell.YEAR and "年" in value:
        return "年份写成数字"
    text = plain(value).rstrip("元")
    if (
        column.cell is Cell.MONEY
        and text[-1:] in "亿万百千"
        and not text.endswith(unit.rstrip("元"))
    ):
        return f"写明的单位换成{unit}"
    return "文本格式的数字改为数值"


def _name_headers(mended: MendedSheet, known: _Known, left: list[Problem]) -> None:
    """Headers in other words get the column's own, where it heads no column of a list object."""
    head = mended.header.row
    for column, place in mended.columns:
        name = mended.header.names.get(column.key)
        if name is None or (head, place) in mended.changes or mended.value(head, place) != name:
            continue  # done already, or it stands in a merged cell above
        if {plain(name), without_unit(plain(name))[0]} & mended.words:
            continue  # the office's own word, as it says itself
        if column.cell is Cell.MONEY and mended.header.units:
            continue  # the unit it may state is still that of its amounts
        if any("[" in formula.text for formula in known.formulas):
            found = f"工作簿有按列名引用的公式，表头“{name}”没有改成“{column.header}”"
            fix = "照读不误，可以不改"
            left.append(Problem(place=mended.named(head, place), found=found, fix=fix))
            continue
        mended.change((head, place), column.header, f"“{name}”是“{column.header}”的另一种说法")


def _name_things(mended: MendedSheet, known: _Known) -> None:
    """Names and choices that differ by blanks, quotes or width from the one they can only mean."""
    places = {column.key: place for column, place in mended.columns}
    of = {column.key: column for column, _ in mended.columns}
    for row in mended.rows():
        for key, place in places.items():
            value = mended.value(row, place)
            meant = choice_meant(of[key], value)
            if meant is None and (to := of[key].refers_to) and not of[key].many:
                meant = name_meant(value, _names(to, known))
            if meant is not None:
                mended.change((row, place), meant, "与可选的说法只差空格、引号或全半角")
    for each in known.tables.get(mended.sheet.name, ()):
        if each.number - 1 in mended.emptied:
            continue
        for key, meant in _meant_beside(each, mended.sheet, known):
            at = (each.number - 1, column_index(each.letters[key]))
            mended.change(at, meant, f"与{_ITEMS}的名称只差空格、引号或全半角")


def _names(to: Reference, known: _Known) -> Iterable[str]:
    rows = known.tables[to.sheet]
    return [row.text(key) for key in (to.name, to.id) for row in rows if row.sound(key)]


def _meant_beside(row: Row, sheet: Sheet, known: _Known) -> list[tuple[str, str]]:
    """Names of items beside their numbers, and of what is summed: column and name meant."""
    found = []
    for key in POINTS_TO_ITEM:
        name = key.removesuffix("no") + "name"
        if name not in row.values or not row.sound(key, name):
            continue
        listed = known.index.names.get(row.whole(key))
        meant = None if not listed else name_meant(row.text(name), [listed])
        if meant is not None and row.whole(key) not in known.index.repeated:
            found.append((name, meant))
    if sheet.name == _TOTALS and row.sound("level", "name") and row.text("level") in _LEVELS:
        key = _LEVELS[row.text("level")]
        names = [each.text(key) for each in known.tables[_ITEMS] if each.sound(key)]
        if (meant := name_meant(row.text("name"), names)) is not None:
            found.append(("name", meant))
    return found


def _tell_formulas(sheets: Sequence[MendedSheet], known: _Known, left: list[Problem]) -> None:
    """Tell of formulas that rest on changed cells: their saved results are of before."""
    changed = Cells(each.place(*at) for each in sheets for at in each.changes)
    emptied = {(each.grid.name, row) for each in sheets for row in each.emptied}
    resting = [
        formula
        for formula in known.formulas
        if formula.place[:2] not in emptied and changed.carry(formula)
    ]
    if resting:
        cells = "、".join(formula.cell for formula in resting[:NAMED])
        more = f" 等 {len(resting)} 处" if len(resting) > NAMED else ""
        left.append(
            Problem(
                place=resting[0].cell,
                found=f"公式用到（或可能用到）改过的单元格，结果仍是原来保存的：{cells}{more}",
                fix="请用 Excel 打开改好的一份，保存一次（公式随之重算），再运行 portfolio check",
            )
        )
