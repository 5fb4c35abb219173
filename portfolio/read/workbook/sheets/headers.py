"""Where a sheet's header stands, which column each of its cells heads, in which unit its money is.

Lists of offices have a title and a row of units above their header, and words of their own in it.
What can be meant in one way only is taken and told; what can't is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portfolio.model.problems import Problem, nearest
from portfolio.model.schema import Cell, Column, Sheet, plain
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.sheets.cells import UNITS, YI, column_letter, is_blank, shown

#: A header stands in one of so many first rows.
HEADER_ROWS = 6
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
#: A unit stated above a header: 单位：万元.
UNIT_ROW = re.compile(rf"单位\s*[:：]?\s*(?:人民币)?\s*({_UNIT})")
#: A header with its unit, blanks and width gone: 总投资(万元), 总投资(单位:万元).
_WITH_UNIT = re.compile(rf"(.*?)\((?:单位:?)?({_UNIT})\)")


@dataclass(frozen=True, kw_only=True)
class Header:
    """A sheet's header: its row from 0, places and units (of money, 亿元 left out) by column key.

    names : headers as they stand there, by column key, where they aren't the column's own
    unit_place : the cell above the header that states the unit of money
    """

    row: int
    places: Mapping[str, int]
    units: Mapping[str, str]
    names: Mapping[str, str]
    unit_place: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Meant:
    """A column that a header may head; the unit it states; whether in the column's own words."""

    column: Column
    unit: str | None
    own: bool


def find_header(
    sheet: Sheet, grid: Grid, problems: list[Problem], renamed: Mapping[str, str] | None = None
) -> Header | None:
    """The header of a sheet; None where the table can't be read at all (noted).

    renamed : the user's own words for headers: what stands there → the column's header, both plain
    """
    row = _header_row(sheet, grid, renamed or {})
    headers = _cells_of(grid, row)
    names = {place: plain(text) for place, text in headers.items()}
    if not names:
        _note(problems, f"{grid.name}!A{row + 1}", f"第 {row + 1} 行没有表头", _header_list(sheet))
        return None
    stated, unit_place = _stated_unit(grid, row, problems)
    meant = _Words(sheet, stated, renamed or {})
    places, units, taken = _places(grid, row, names, meant, headers, problems)
    strangers = {headers[p]: p for p in names if p not in taken}
    missing = [column for column in sheet.columns if column.key not in places]
    if len(missing) == len(sheet.columns):
        found = f"第 {row + 1} 行不是表头，是{shown(headers[min(names)])}"
        _note(problems, f"{grid.name}!A{row + 1}", found, _header_list(sheet))
        return None
    for column in missing:
        if not column.may_be_missing:
            _missing_column(grid, row, column, strangers, problems)
        elif near := _alike(column, strangers):
            _misnamed_column(grid, row, column, strangers.pop(near), near, problems)
    own = {c.key: {plain(c.header), *map(plain, c.was)} for c in sheet.columns}
    return Header(
        row=row,
        places=places,
        units={key: unit for key, unit in units.items() if unit != YI},
        names={k: headers[p] for k, p in places.items() if plain(headers[p]) not in own[k]},
        unit_place=unit_place if stated is not None and stated != YI else None,
    )


class _Words:
    """What the words of a header can mean on a sheet."""

    def __init__(self, sheet: Sheet, stated: str | None, renamed: Mapping[str, str]) -> None:
        self.exact = {
            plain(header): column
            for column in sheet.columns
            for header in (column.header, *column.was)
        }
        self.bare = {
            plain(header).partition("(")[0]: column
            for column in sheet.columns
            if column.cell is Cell.MONEY
            for header in (column.header, *column.was)
        }
        self.also = {plain(word): column for column in sheet.columns for word in column.also}
        self.renamed = {own: self.exact[header] for own, header in renamed.items()}
        self.stated = stated

    def of(self, name: str) -> _Meant | None:
        """The column a header heads; None where none is meant."""
        base, unit = without_unit(name)
        renamed = self.renamed.get(name) or self.renamed.get(base)
        if renamed is not None and renamed.cell is Cell.MONEY:
            return _Meant(column=renamed, unit=unit or self.stated or YI, own=True)
        if renamed is not None:
            return _Meant(column=renamed, unit=None, own=True)
        if name in self.exact:
            column = self.exact[name]
            return _Meant(column=column, unit=YI if column.cell is Cell.MONEY else None, own=True)
        if base in self.bare and (unit or self.stated):
            return _Meant(column=self.bare[base], unit=unit, own=True)
        told = self.also.get(base)
        if told is None or (told.cell is not Cell.MONEY and unit is not None):
            return None
        if told.cell is Cell.MONEY and not (unit or self.stated):
            return None
        return _Meant(column=told, unit=unit, own=False)


def _header_row(sheet: Sheet, grid: Grid, renamed: Mapping[str, str]) -> int:
    """The row with most words of the header; the first where none has two of them."""
    words, best, most = _Words(sheet, YI, renamed), 0, 0
    for row in range(min(HEADER_ROWS, len(grid.values))):
        names = {plain(text) for text in _cells_of(grid, row).values()}
        heads = {meant.column.key for name in names if (meant := words.of(name))}
        if len(heads) >= most and (len(heads) > 1 or row == 0):
            best, most = row, len(heads)
    return best


def _cells_of(grid: Grid, row: int) -> dict[int, str]:
    """A header's texts by place; a cell merged with ones above holds what they say."""
    if row >= len(grid.values):
        return {}
    texts = {}
    for place, value in enumerate(grid.values[row]):
        if is_blank(value) and row and grid.merged:
            value = grid.spanning(row, place)  # noqa: PLW2901  # what Excel shows there
        if not is_blank(value):
            texts[place] = str(value)
    return texts


def without_unit(name: str) -> tuple[str, str | None]:
    """A header, plain, without the unit of money it states, and the unit."""
    with_unit = _WITH_UNIT.fullmatch(name)
    return (with_unit[1], with_unit[2]) if with_unit else (name, None)


def _stated_unit(grid: Grid, row: int, problems: list[Problem]) -> tuple[str | None, str]:
    """The unit stated above the header, and where; two different ones are noted."""
    found: dict[str, str] = {}
    for above in range(row):
        for place, value in enumerate(grid.values[above]):
            if isinstance(value, str) and (told := UNIT_ROW.search(value)):
                found.setdefault(told[1], f"{grid.name}!{column_letter(place)}{above + 1}")
    if len(found) > 1:
        units = "、".join(f"{unit}（{place.partition('!')[2]}）" for unit, place in found.items())
        last = list(found.values())[-1]
        _note(problems, last, f"表头上方写了不同的单位：{units}", "请只留一个金额单位")
    unit = next(iter(found), None)
    return unit, found.get(unit or "", "")


def _places(
    grid: Grid, row: int, names: Mapping[int, str], words: _Words, headers: Mapping[int, str],
    problems: list[Problem],
) -> tuple[dict[str, int], dict[str, str], set[int]]:  # fmt: skip
    """Places and units by column key, and the places that head a column."""
    heads = {place: meant for place, name in names.items() if (meant := words.of(name))}
    own = {meant.column.key for meant in heads.values() if meant.own}
    places: dict[str, int] = {}
    units: dict[str, str] = {}
    for place, meant in heads.items():
        column, cell = meant.column, f"{grid.name}!{column_letter(place)}{row + 1}"
        if not meant.own and column.key in own:
            continue  # the user's own column beside it
        if column.key in places:
            other = column_letter(places[column.key])
            said = headers[places[column.key]]
            found = f"表头“{column.header}”重复，{other} 列也是"
            if plain(said) != plain(headers[place]):
                found = f"表头“{headers[place]}”与 {other} 列“{said}”都可作“{column.header}”"
            _note(problems, cell, found, "请只留一列，另一列改名或删去")
            continue
        places[column.key] = place
        if column.cell is Cell.MONEY:
            units[column.key] = meant.unit or words.stated or YI
            if meant.unit and words.stated and meant.unit != words.stated:
                found = f"表头写 {meant.unit}，表头上方写单位 {words.stated}"
                _note(problems, cell, found, "请改成同一个单位")
    return places, units, set(heads)


def _note(problems: list[Problem], place: str, found: str, fix: str) -> None:
    problems.append(Problem(place=place, found=found, fix=fix))


def _header_list(sheet: Sheet) -> str:
    titles = "、".join(column.header for column in sheet.columns)
    return f"表头须在前 {HEADER_ROWS} 行内（一般在第 1 行）：{titles}"


def _missing_column(
    grid: Grid, row: int, column: Column, strangers: dict[str, int], problems: list[Problem]
) -> None:
    name = nearest(column.header, strangers) or _near_without_unit(column.header, strangers)
    if name is not None:
        _misnamed_column(grid, row, column, strangers.pop(name), name, problems)
        return
    width = len(grid.values[row])
    _note(
        problems,
        f"{grid.name}!{column_letter(width)}{row + 1}",
        f"缺少“{column.header}”一列",
        f"请恢复这一列，表头写“{column.header}”；列的次序不限",
    )


def _misnamed_column(
    grid: Grid, row: int, column: Column, place: int, name: str, problems: list[Problem]
) -> None:
    found = f"缺少“{column.header}”一列，这里的表头是“{name}”"
    own = "；自己的列请另取一个不相近的名字" if column.may_be_missing else ""
    fix = f"是否为“{name}”？请把表头改为“{column.header}”{own}"
    _note(problems, f"{grid.name}!{column_letter(place)}{row + 1}", found, fix)


def _alike(column: Column, strangers: Iterable[str]) -> str | None:
    """A header of the user's own that may be meant as a column that can be left out.

    As with sheets, it is stricter than for columns that must be there: without the unit it has all
    but one of the letters, and at most one of its own.
    """
    bare = plain(column.header).partition("(")[0]
    for name in strangers:
        own = plain(name).partition("(")[0]
        if letters_alike(bare, own) and len(own) <= len(bare) + 1:
            return name
    return None


def letters_alike(name: str, stranger: str) -> bool:
    """Whether a name of the user's own may be meant as one that can be left out.

    Stricter than for what must be there: it has all but one of the letters, and both of two.
    """
    least = max(len(name) - 1, min(len(name), 2))
    return sum(letter in plain(stranger) for letter in plain(name)) >= least


def _near_without_unit(header: str, strangers: Sequence[str] | Mapping[str, int]) -> str | None:
    """A header like this one but for the unit in brackets: 总投資 for 总投资（亿元）."""
    bare = {plain(name).partition("(")[0]: name for name in strangers}
    near = nearest(plain(header).partition("(")[0], [name for name in bare if name])
    return bare[near] if near else None
