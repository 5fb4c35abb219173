"""Tables: sheets and columns found by name, rows read cell by cell, problems collected."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from inspect import signature
from typing import Any, TypeVar

from portfolio.model.calendar import Calendar
from portfolio.model.facts import parse_date, parse_period
from portfolio.model.money import BPS, LARGEST_WAN, WAN_PER_YI, exact_decimal, scaled, yi_text
from portfolio.model.problems import Problem, did_you_mean, nearest
from portfolio.model.schema import (
    GUIDE,
    SETTINGS,
    TEMPLATES,
    Cell,
    CellValue,
    Column,
    Sheet,
    plain,
    sheets_of,
)
from portfolio.model.schema.layout import OnlyWhen, Reference
from portfolio.read.workbook.file import Grid

# --- Cells: from what stands in a sheet to exact values inside, or a problem with its cell


ERROR_VALUES = frozenset(
    (
        "#REF!",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#N/A",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#####",
    )
)
TEXT_CELLS = (Cell.TEXT, Cell.CHOICE)
#: How running totals are called: 1-10月, 1至10月, 累计, 截至10月.
RUNNING = re.compile(r"\d\s*[-—–至~～]\s*\d{1,2}\s*月|累计|截至|上半年|前.季度")


class Refused(Exception):  # noqa: N818  # not an error of ours: carries what to tell the user
    """A cell can't be read: what is wrong with it, and the fix."""

    def __init__(self, found: str, fix: str) -> None:
        self.found, self.fix = found, fix
        super().__init__(found)


def without_value(formula: str) -> Refused:
    """What is wrong with a formula whose value is not in the file."""
    fix = "请用 Excel 打开并保存一次（让公式算出结果），或直接填入数值"
    return Refused(f"公式 {shown(formula)} 没有保存计算结果", fix)


def column_letter(index: int) -> str:
    """Column letter of an index from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shown(value: object) -> str:
    """A value as found, for a message."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return "（空）"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime | dt.date):
        return f"日期 {value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”" if isinstance(value, str) else text


def is_blank(value: object) -> bool:
    """Nothing stands in the cell, or only blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def read_cell(column: Column, value: object) -> CellValue:
    """The value of a filled cell in the units used inside.

    Raises
    ------
    Refused
        Wrong kind, too fine, out of bounds, or not of the closed set.
    """
    if isinstance(value, str) and value.strip().upper() in ERROR_VALUES:
        raise Refused(f"Excel 错误值 {value.strip()}", "请改正公式，或直接填入数值")
    if column.cell in TEXT_CELLS:
        return _choice(column, _text(value))
    if column.cell is Cell.VALUE:
        return value if isinstance(value, int | float) else _text(value)
    if column.cell is Cell.PERIOD:
        return _period(column, value)
    if column.cell in (Cell.DATE, Cell.DATE_OR_TEXT):
        return _date(column, value)
    return _number(column, value)


def _period(column: Column, value: object) -> str:
    """A month, quarter or year; Excel makes a date of a month that is typed."""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m}"
    text = _text(value)
    period = parse_period(text)
    if period is None:
        fix = column.note
        if RUNNING.search(text):
            fix = "这里填当期数，不填累计数：请用本月累计减上月累计，按月（或季、年）各填一行"
        raise Refused(f"{shown(value)}不是期间", fix)
    return period.label


def _date(column: Column, value: object) -> str:
    """A day or a month, as text."""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%Y-%m-%d}"
    fix = "请填日期，写成 年-月-日、年-月 或 ××××年×月"
    if isinstance(value, bool | int | float | dt.time | dt.timedelta):
        raise Refused(f"{shown(value)}不是日期", f"{fix}；数字请先把单元格改为日期格式")
    date = parse_date(_text(value))
    if date is None and column.cell is Cell.DATE_OR_TEXT:
        return _text(value)
    if date is None:
        raise Refused(f"{shown(value)}不是日期", fix)
    return date


def _text(value: object) -> str:
    if isinstance(value, bool | dt.datetime | dt.date | dt.time):
        raise Refused(f"{shown(value)}不是文字", "请改为文字")
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value).strip()


def _choice(column: Column, text: str) -> str:
    if text in column.choices:
        return column.choices[column.choices.index(text)]  # a member, where they are an enum's
    if not column.choices:
        return text
    inside = [choice for choice in column.choices if f"（{text.upper()}）" in choice]
    if len(inside) == 1:
        return inside[0]
    raise Refused(f"{shown(text)}不在可选范围内", did_you_mean(text, column.choices))


def _number(column: Column, value: object) -> CellValue:
    if isinstance(value, str):
        number = exact_decimal(value.replace("%", "").replace("％", ""))
        if number is None:
            raise Refused(f"文字{shown(value)}不是数字", f"请填{_wanted(column)}")
        raise Refused(f"文字{shown(value)}是文本格式的数字", "请把单元格改为数值格式后重新输入")
    if isinstance(value, bool | dt.datetime | dt.date | dt.time | dt.timedelta):
        raise Refused(f"{shown(value)}不是数字", f"请把单元格改为常规格式，填{_wanted(column)}")
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused(f"{shown(value)}不是有效的数字", f"请填{_wanted(column)}")
    if column.cell in (Cell.RATIO, Cell.NUMBER):
        return _bounded(column, float(value), value)
    scale = {Cell.MONEY: WAN_PER_YI, Cell.SHARE: BPS}.get(column.cell, 1)
    if abs(value) > 10 * LARGEST_WAN:
        raise Refused(f"{shown(value)}过大", f"请检查单位，应填{_wanted(column)}")
    whole = scaled(value, scale)
    if whole is None:
        raise Refused(*_too_fine(column, value))
    return _bounded(column, whole, value)


def _too_fine(column: Column, value: object) -> tuple[str, str]:
    if column.cell is Cell.MONEY:
        return f"{shown(value)} 亿元比万元更细", "金额最多四位小数（万元），请改为整万元"
    if column.cell is Cell.SHARE:
        return f"{_percent(value)}比 0.01% 更细", "比例最多到 0.01%，请改为两位小数的百分数"
    return f"{shown(value)}不是整数", f"请填{_wanted(column)}"


def _percent(value: object) -> str:
    number = exact_decimal(value)
    return shown(value) if number is None else f"{(number * 100).normalize():f}%"


def _bounded(column: Column, inside: float, value: object) -> CellValue:
    low, high = column.least, column.most
    if (low is None or inside >= low) and (high is None or inside <= high):
        return inside
    if column.cell is Cell.MONEY:
        if inside < 0 and low is not None and low >= 0:
            raise Refused(f"{shown(value)} 亿元是负数", "金额不能为负，请改正")
        if low is not None and 0 <= inside < low:
            raise Refused(f"金额为 {shown(value)}", "应大于 0；没有数的单元格请留空或删去该行")
        raise Refused(
            f"{shown(value)} 亿元过大",
            f"全部大项合计不能超过 {yi_text(LARGEST_WAN, 0)} 亿元，请检查单位（应为亿元）",
        )
    if column.cell in (Cell.SHARE, Cell.RATIO):
        text = _percent(value)
        raise Refused(f"{text}超出范围", f"应在 {_range_text(column)} 之间；30% 请填 30% 或 0.3")
    if column.cell is Cell.YEAR:
        raise Refused(f"年份 {shown(value)} 超出范围", f"应在 {low:g} 至 {high:g} 之间")
    raise Refused(f"{shown(value)} 超出范围", f"应在 {low:g} 至 {high:g} 之间")


def _range_text(column: Column) -> str:
    scale = BPS if column.cell is Cell.SHARE else 1
    low = 100 * (column.least or 0) / scale
    return f"{low:g}% 至 {100 * (column.most or 0) / scale:g}%"


def _wanted(column: Column) -> str:
    return {
        Cell.MONEY: "金额（亿元，数字）",
        Cell.SHARE: "比例（百分数）",
        Cell.RATIO: "比例（百分数）",
        Cell.YEAR: "四位数的年份",
        Cell.INTEGER: "整数",
    }.get(column.cell, "数字")


def column_index(letters: str) -> int:
    """Index from 0 of a column letter: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - 64
    return index - 1


# --- Sheets by their names as people read them, and what to say where two of them read the same


_STATES = {"hidden": "（隐藏）", "veryHidden": "（深度隐藏）"}


def by_plain_name(grids: Iterable[Grid]) -> dict[str, list[Grid]]:
    """Sheets by name without width, blanks and quotes: Excel tells such names apart, people don't."""
    named: dict[str, list[Grid]] = {}
    for grid in grids:
        named.setdefault(plain(grid.name), []).append(grid)
    return named


def twins(name: str, grids: Sequence[Grid], place: str) -> Problem:
    """Several sheets that can each be meant: none of them is read."""
    names = "、".join(f"“{grid.name}”{_STATES.get(grid.state, '')}" for grid in grids)
    states = {grid.state for grid in grids}
    unhide = ""
    if states & set(_STATES):
        unhide = "；隐藏的表请先右键任一表名“取消隐藏”"
    if "veryHidden" in states:
        unhide += "，深度隐藏的须在 VBA 编辑器（Alt+F11）的属性窗口把 Visible 改为 -1"
    return Problem(
        place=place,
        found=f"有 {len(grids)} 张工作表都读作“{name}”：{names}",
        fix=f"请只留一张，其余删去或改成不同的名字（空格、引号和全半角不算不同）{unhide}",
    )


# --- Tables: sheets and columns found by name, rows read cell by cell, problems collected


T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row as read: values by column key (None where the cell is empty or refused).

    `needed` are the cells without which it makes no value: the required ones but 依据.
    """

    sheet: str
    number: int
    values: Mapping[str, CellValue]
    letters: Mapping[str, str]
    refused: frozenset[str]
    needed: tuple[str, ...]

    def place(self, key: str) -> str:
        """The cell as users name it: `项目清单!F17`."""
        return f"{self.sheet}!{self.letters[key]}{self.number}"

    def sound(self, *keys: str) -> bool:
        """Whether these cells are filled and were understood."""
        return all(self.values[key] is not None for key in keys)

    def sound_any(self, *keys: str) -> bool:
        """Whether any of these cells is."""
        return any(self.values[key] is not None for key in keys)

    @property
    def is_whole(self) -> bool:
        """Whether all cells that are needed are."""
        return self.sound(*self.needed)

    def made(self, kind: Callable[..., T], **given: Any) -> T:
        """A value whose attributes are called as the columns, but for those given."""
        names = [name for name in _attributes(kind) if name not in given]
        values: dict[str, Any] = {name: self.values[name] for name in names}
        if "provenance" in values:
            values["provenance"] = values["provenance"] or ""
        return kind(**values, **given)

    def whole(self, key: str) -> int:
        """An integer cell that is known to be filled."""
        value = self.values[key]
        assert isinstance(value, int)
        return value

    def whole_or_none(self, key: str) -> int | None:
        """An integer cell that may be empty."""
        return None if self.values[key] is None else self.whole(key)

    def number_of(self, key: str) -> float:
        """A plain number that is known to be filled."""
        value = self.values[key]
        assert isinstance(value, int | float)
        return float(value)

    def text(self, key: str) -> str:
        """A text cell that is known to be filled."""
        return str(self.values[key])

    def text_or_none(self, key: str) -> str | None:
        """A text cell that may be empty."""
        return None if self.values[key] is None else self.text(key)


@cache
def _attributes(kind: Callable[..., object]) -> tuple[str, ...]:
    return tuple(signature(kind).parameters)


@dataclass
class Findings:
    """Problems collected while reading."""

    problems: list[Problem] = field(default_factory=list)
    missing_sheets: set[str] = field(default_factory=set)

    def add(self, place: str, found: str, fix: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(place=place, found=found, fix=fix))


def _check_rows(sheet: Sheet, rows: Sequence[Row], findings: Findings) -> None:
    """Note what the declaration of a sheet refuses of rows that are read."""
    for column in sheet.columns:
        if column.unique:
            _note_repeated(rows, column, findings)
        if column.only_when:
            for row in rows:
                _check_only_when(row, column, column.only_when, findings)
    for part in sheet.sums:
        for row in rows:
            if row.sound(*part.keys):
                total = sum(row.whole(key) for key in part.keys)
                if total != BPS:
                    found = f"{part.of}合计 {total / 100:g}%"
                    findings.add(row.place(part.keys[0]), found, part.fix)


def _note_repeated(rows: Sequence[Row], column: Column, findings: Findings) -> None:
    """Note values of a column that must be used once only."""
    seen: dict[str, int] = {}
    for row in rows:
        if row.sound(column.key):
            value = row.text(column.key)
            if value in seen:
                found = f"{column.unique}“{value}”重复，第 {seen[value]} 行已用"
                findings.add(row.place(column.key), found, column.fix)
            seen.setdefault(value, row.number)


def _check_only_when(row: Row, column: Column, rule: OnlyWhen, findings: Findings) -> None:
    """Note a cell that is empty where it belongs, or filled where it doesn't."""
    value, when = row.values[column.key], row.values[rule.key]
    unknown = when is None and (rule.values or rule.key in row.refused)
    if unknown or column.key in row.refused:
        return
    belongs = rule.met_by(when)
    flaw = None
    if belongs and value is None:
        flaw = rule.lacking
    elif not belongs and value is not None:
        flaw = rule.surplus
    if flaw is not None:
        found, fix = flaw
        text = _value_text(column, value)
        findings.add(row.place(column.key), found.format(value=text, when=when), fix)


def _value_text(column: Column, value: CellValue) -> str:
    if column.cell is Cell.MONEY and value is not None:
        return yi_text(int(value))
    return (
        f"{int(value) / 100:g}%" if column.cell is Cell.SHARE and value is not None else f"{value}"
    )


def referred(
    row: Row, key: str, to: Reference, ids: Mapping[str, str], findings: Findings,
    *, also: Sequence[str] = (),
) -> str | None:  # fmt: skip
    """The id of what a row names (or its id, as written); None when there is none (noted).

    Without any to choose from nothing is noted: the sheet itself is missing, which is. `also`
    are words that may be meant as well.
    """
    if not ids or not row.sound(key):
        return None
    name = row.text(key)
    if name in ids:
        return ids[name]
    if name in ids.values():
        return name
    found = f"{to.sheet}表中没有{to.what}“{name}”"
    findings.add(row.place(key), found, did_you_mean(name, [*ids, *also]))
    return None


def off_by(total_bps: int) -> str:
    """How far parts are from making 100 %."""
    gap = BPS - total_bps
    return f"还差 {gap / 100:g}%" if gap > 0 else f"多出 {-gap / 100:g}%"


def read_tables(
    grids: Iterable[Grid], calendar: Calendar, findings: Findings
) -> dict[str, list[Row]]:
    """Rows of every sheet of the layout; sheets and columns of the user's own are left alone."""
    by_name = by_plain_name(grids)
    known = {plain(sheet.name) for sheet in (*TEMPLATES, SETTINGS)} | {plain(GUIDE)}
    strangers = [same[-1].name for name, same in by_name.items() if name not in known]
    tables: dict[str, list[Row]] = {}
    for sheet in sheets_of(calendar):
        same = by_name.get(plain(sheet.name), [])
        if len(same) != 1:
            tables[sheet.name] = []
            findings.missing_sheets.add(sheet.name)
            if same:
                findings.problems.append(twins(sheet.name, same, f"{sheet.name}!A1"))
            elif not sheet.may_be_missing:
                _missing_sheet(sheet, strangers, findings)
            elif near := nearest(sheet.name, [s for s in strangers if _alike(sheet.name, s)]):
                _misnamed_sheet(sheet, near, findings)
        else:
            tables[sheet.name] = read_table(sheet, same[0], findings)
    return tables


def _missing_sheet(sheet: Sheet, strangers: list[str], findings: Findings) -> None:
    name = nearest(sheet.name, strangers)
    if name is not None:
        _misnamed_sheet(sheet, name, findings)
        return
    findings.add(
        f"{sheet.name}!A1",
        f"缺少工作表“{sheet.name}”",
        f"请恢复这张表（{sheet.purpose}）；没有内容的也要保留表头",
    )


def _misnamed_sheet(sheet: Sheet, name: str, findings: Findings) -> None:
    found = f"缺少工作表“{sheet.name}”，有一张名为“{name}”的表"
    own = "；自己的表请另取一个不相近的名字" if sheet.may_be_missing else ""
    findings.add(f"{name}!A1", found, f"是否为“{name}”？请把它改名为“{sheet.name}”{own}")


def _alike(name: str, stranger: str) -> bool:
    """Whether a sheet of the user's own may be meant as one that can be left out.

    Stricter than for sheets that must be there: it has all but one of the letters, and both of two.
    """
    least = max(len(name) - 1, min(len(name), 2))
    return sum(letter in plain(stranger) for letter in plain(name)) >= least


def read_table(sheet: Sheet, grid: Grid, findings: Findings) -> list[Row]:
    """Rows of one sheet."""
    found = _columns(sheet, grid, findings)
    if found is None:
        return []
    letters = {key: column_letter(place) for key, place in found.items()}
    for column in sheet.columns:
        letters.setdefault(column.key, "?")
    present = [(column, found[column.key]) for column in sheet.columns if column.key in found]
    rows: list[Row] = []
    for index, cells in enumerate(grid.values[1:], start=1):
        if not cells:
            continue
        row = _read_row(sheet, grid, index, cells, present, letters, findings)
        if row is not None:
            rows.append(row)
    if not rows and not sheet.may_be_empty:
        findings.add(f"{grid.name}!A2", "表中没有数据", f"至少填一行：{sheet.purpose}")
    _check_rows(sheet, rows, findings)
    return rows


def _columns(sheet: Sheet, grid: Grid, findings: Findings) -> dict[str, int] | None:
    """Column key → place. None when the table can't be read at all."""
    headers = list(grid.values[0]) if grid.values else []
    names = {
        place: plain(str(header)) for place, header in enumerate(headers) if not is_blank(header)
    }
    if not names:
        findings.add(f"{grid.name}!A1", "第 1 行没有表头", _header_list(sheet))
        return None
    wanted = {
        plain(header): column for column in sheet.columns for header in (column.header, *column.was)
    }
    found: dict[str, int] = {}
    for place, name in names.items():
        column = wanted.get(name)
        if column is None:
            continue
        if column.key in found:
            findings.add(
                f"{grid.name}!{column_letter(place)}1",
                f"表头“{column.header}”重复，{column_letter(found[column.key])} 列也是",
                "请只留一列，另一列改名或删去",
            )
        else:
            found[column.key] = place
    strangers = {str(headers[place]): place for place, name in names.items() if name not in wanted}
    missing = [column for column in sheet.columns if column.key not in found]
    if len(missing) == len(sheet.columns):
        findings.add(
            f"{grid.name}!A1",
            f"第 1 行不是表头，是{shown(headers[min(names)])}",
            _header_list(sheet),
        )
        return None
    for column in missing:
        if not column.may_be_missing:
            _missing_column(grid, column, strangers, len(headers), findings)
        elif near := _meant(column, strangers):
            _misnamed_column(grid, column, strangers.pop(near), near, findings)
    return found


def _header_list(sheet: Sheet) -> str:
    return f"表头须在第 1 行：{'、'.join(column.header for column in sheet.columns)}"


def _missing_column(
    grid: Grid, column: Column, strangers: dict[str, int], width: int, findings: Findings
) -> None:
    name = nearest(column.header, strangers) or _near_without_unit(column.header, strangers)
    if name is not None:
        _misnamed_column(grid, column, strangers.pop(name), name, findings)
        return
    findings.add(
        f"{grid.name}!{column_letter(width)}1",
        f"缺少“{column.header}”一列",
        f"请恢复这一列，表头写“{column.header}”；列的次序不限",
    )


def _misnamed_column(grid: Grid, column: Column, place: int, name: str, findings: Findings) -> None:
    found = f"缺少“{column.header}”一列，这里的表头是“{name}”"
    own = "；自己的列请另取一个不相近的名字" if column.may_be_missing else ""
    fix = f"是否为“{name}”？请把表头改为“{column.header}”{own}"
    findings.add(f"{grid.name}!{column_letter(place)}1", found, fix)


def _meant(column: Column, strangers: Iterable[str]) -> str | None:
    """A header of the user's own that may be meant as a column that can be left out.

    As with sheets, it is stricter than for columns that must be there: without the unit it has all
    but one of the letters, and at most one of its own.
    """
    bare = plain(column.header).partition("(")[0]
    for name in strangers:
        own = plain(name).partition("(")[0]
        if [*filter(str.isdecimal, bare)] != [*filter(str.isdecimal, own)]:
            continue  # another year
        if _alike(bare, own) and len(own) <= len(bare) + 1:
            return name
    return None


def _near_without_unit(header: str, strangers: Iterable[str]) -> str | None:
    """A header like this one but for the unit in brackets: 总投資 for 总投资（亿元）."""
    bare = {plain(name).partition("(")[0]: name for name in strangers}
    near = nearest(plain(header).partition("(")[0], [name for name in bare if name])
    return bare[near] if near else None


def _read_row(
    sheet: Sheet,
    grid: Grid,
    index: int,
    cells: Sequence[object],
    present: list[tuple[Column, int]],
    letters: Mapping[str, str],
    findings: Findings,
) -> Row | None:
    width = len(cells)
    raw = [cells[place] if place < width else None for _, place in present]
    lost = [
        grid.lost_formula(index, place) if value is None and grid.formulas else None
        for (_, place), value in zip(present, raw, strict=True)
    ]
    if all(is_blank(value) for value in raw) and not any(lost):
        return None
    values: dict[str, CellValue] = dict.fromkeys(letters)
    there = {column.key for column, _ in present}
    # columns noted as missing
    refused = {c.key for c in sheet.columns if c.key not in there and not c.may_be_missing}
    for (column, place), value, formula in zip(present, raw, lost, strict=True):
        if value is None and formula is None and not column.required and not grid.merged:
            continue  # most cells of a long list
        span = grid.merged_range(index, place) if grid.merged else None
        try:
            values[column.key] = _value(column, value, formula, merged=span is not None)
        except Refused as refusal:
            refused.add(column.key)
            cell = f"{grid.name}!{column_letter(place)}{index + 1}"
            merged = f"；它在合并单元格 {span} 内" if span else ""
            undo = f"请取消合并 {span}，逐格填写；" if span else ""
            findings.add(cell, refusal.found + merged, undo + refusal.fix)
    return Row(
        sheet=grid.name,
        number=index + 1,
        values=values,
        letters=letters,
        refused=frozenset(refused),
        needed=tuple(c.key for c in sheet.columns if c.required and c.key != "provenance"),
    )


def _value(column: Column, value: object, formula: str | None, *, merged: bool) -> CellValue:
    if formula is not None:
        raise without_value(formula)
    if not is_blank(value):
        return read_cell(column, value)
    if column.required:
        raise Refused(
            f"“{column.header}”是空的",
            f"请填写：{column.note}" if column.note else f"请填写{column.header}",
        )
    if merged:  # Excel shows the first cell's value here, the file holds none
        raise Refused(f"“{column.header}”是空的", "确实没有的留空")
    return None
