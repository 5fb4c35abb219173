"""Lists as offices give them: rows of sums left out and held against their items, and what is told.

Nothing is read otherwise than it stands there without a note of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from portfolio.model.money import yi_text
from portfolio.model.problems import Problem
from portfolio.model.quarters import year_spans
from portfolio.model.schema import Cell, Column, Sheet, plain
from portfolio.read.workbook.file import Grid
from portfolio.read.workbook.sheets.cells import (
    YI,
    Refused,
    column_letter,
    is_blank,
    number_in,
    read_cell,
)
from portfolio.read.workbook.sheets.headers import Header
from portfolio.read.workbook.sheets.rows import Findings, Row

#: How a row of sums is called; 小计 sums what stands since the row of sums before.
WHOLE, PART = ("合计", "总计", "总和", "累计"), ("小计",)
LISTED = 8
#: Takes the cell, what was done with it, and what to do where that is wrong.
Note = Callable[[str, str, str], None]


@dataclass(frozen=True, kw_only=True)
class TotalRow:
    """A row of sums: its label, its place from 0, and how many rows of items stand above it."""

    label: str
    index: int
    after: int


def total_label(sheet: Sheet, cells: Sequence[object], header: Header) -> str | None:
    """The label of a row of sums; None for a row of an item.

    A sheet whose own choices name sums (汇总校核) has none.
    """
    for column in sheet.columns:
        place = header.places.get(column.key)
        if place is None or place >= len(cells) or column.key == "provenance":
            continue
        value = cells[place]
        if not isinstance(value, str) or (label := _label_in(value)) is None:
            continue
        text = plain(value)
        if any(label in choice for c in sheet.columns for choice in c.choices):
            return None
        # A label stands where an item's number or name would, or alone.
        if column.cell in (Cell.INTEGER, Cell.MONEY) or text in (*WHOLE, *PART):
            return label
        if _without_number(sheet, cells, header):
            return label
    return None


@lru_cache(maxsize=8_192)  # names and codes stand in many rows
def _label_in(said: str) -> str | None:
    """The word of sums that a cell ends with, if it is short enough for a label."""
    text = plain(said)
    label = next((w for w in (*WHOLE, *PART) if text in (w, f"{w}:") or text.endswith(w)), None)
    return None if label is None or len(text) > len(label) + 12 else label


def _without_number(sheet: Sheet, cells: Sequence[object], header: Header) -> bool:
    """Whether the first column that must be filled with a number is empty."""
    for column in sheet.columns:
        if column.cell is Cell.INTEGER and column.required:
            place = header.places.get(column.key)
            return place is None or place >= len(cells) or is_blank(cells[place])
    return False


def check_totals(
    sheet: Sheet, grid: Grid, header: Header, rows: Sequence[Row], totals: Sequence[TotalRow],
    findings: Findings,
) -> None:  # fmt: skip
    """Hold rows of sums against the rows they sum, in every column of money."""
    since = 0
    for total in totals:
        cells = grid.values[total.index]
        spans = [rows[: total.after], rows[since : total.after], rows[total.after :]]
        if total.label in WHOLE:
            spans = [rows[: total.after], rows, rows[since : total.after]]
        for column in sheet.columns:
            place = header.places.get(column.key)
            if column.cell is not Cell.MONEY or place is None or place >= len(cells):
                continue
            got = _money(column, cells[place], header)
            wanted = [sum(row.whole_or_none(column.key) or 0 for row in span) for span in spans]
            if got is None or got in wanted:
                continue
            order = (1, 0, 2) if total.label in PART else (0, 1, 2)
            which = next((k for k in order if spans[k]), 0)
            findings.add(
                f"{grid.name}!{column_letter(place)}{total.index + 1}",
                f"“{total.label}”行的{column.title}是 {_said(column, got, header)}，"
                f"所合各行共 {_said(column, wanted[which], header)}，"
                f"相差 {_said(column, got - wanted[which], header)}",
                "请核对是合计没有更新，还是少了、多了行；改正后再用，也可删去这一行",
            )
        since = total.after


def _said(column: Column, wan: int, header: Header) -> str:
    """Money in the sheet's own unit where that is 万元, else in 亿元."""
    return f"{wan:,} 万元" if header.units.get(column.key) == "万元" else f"{yi_text(wan, 4)} 亿元"


def _money(column: Column, value: object, header: Header) -> int | None:
    """Money of a cell in a row of sums; None where it can't be read: it is not an item's."""
    unit = header.units.get(column.key, YI)
    number = number_in(column, value, unit) if isinstance(value, str) else value
    if is_blank(number) or number is None:
        return None
    try:
        read = read_cell(column, number, unit)
    except Refused:
        return None
    return read if isinstance(read, int) else None


def note_reading(
    sheet: Sheet, grid: Grid, header: Header, rows: Sequence[Row], totals: Sequence[TotalRow],
    as_text: Sequence[tuple[Column, int]], spanned: Sequence[tuple[Column, int]], findings: Findings,
) -> None:  # fmt: skip
    """Note how a sheet was read, where that isn't as it stands."""
    notes = findings.notes

    def note(place: str, found: str, fix: str) -> None:
        notes.append(Problem(place=f"{grid.name}!{place}", found=found, fix=fix))

    if header.row:
        note(
            f"A{header.row + 1}", f"表头在第 {header.row + 1} 行，以上各行不读", "不是表头的请改正"
        )
    for column in sheet.columns:
        if (name := header.names.get(column.key)) is not None:
            place = f"{column_letter(header.places[column.key])}{header.row + 1}"
            note(place, f"“{name}”一列作“{column.header}”读入", "不是这个意思的请改表头")
    for unit in dict.fromkeys(header.units.values()):
        where = header.unit_place.partition("!")[2] if header.unit_place else f"A{header.row + 1}"
        note(where, f"金额按{unit}读取，已换算为亿元", "单位不对的请改正")
    for total in totals:
        found = f"第 {total.index + 1} 行是“{total.label}”，不作一行数据，已与各行核对"
        note(f"A{total.index + 1}", found, "确是一行数据的请改名称")
    for cells, what in (
        (as_text, "是文本格式的数字，按数字读取"),
        (spanned, "在合并单元格内，取合并的值"),
    ):
        for column, numbers in _by_column(cells).items():
            letter = column_letter(header.places[column.key])
            rest = f" 等 {len(numbers)} 格" if len(numbers) > 1 else ""
            note(f"{letter}{numbers[0]}", f"{letter}{numbers[0]}{rest}{what}", "不对的请改正")
    _note_hidden(sheet, grid, header, rows, note)


def _by_column(cells: Iterable[tuple[Column, int]]) -> Mapping[Column, list[int]]:
    by_key: dict[str, tuple[Column, list[int]]] = {}
    for column, index in cells:
        by_key.setdefault(column.key, (column, []))[1].append(index + 1)
    return dict(by_key.values())


def _note_hidden(sheet: Sheet, grid: Grid, header: Header, rows: Sequence[Row], note: Note) -> None:
    hidden = [row.number for row in rows if row.number - 1 in grid.hidden_rows]
    if hidden:
        found = f"第 {year_spans(hidden)} 行是隐藏（或筛选掉）的，照样读入"
        note(f"A{hidden[0]}", found, "不要的请删去，不是隐藏")
    columns = [
        (c, place)
        for c in sheet.columns
        if (place := header.places.get(c.key)) is not None and place in grid.hidden_columns
    ]
    if columns:
        names = "、".join(f"{column_letter(p)}（{c.header}）" for c, p in columns[:LISTED])
        note(
            f"{column_letter(columns[0][1])}{header.row + 1}",
            f"隐藏的列照样读入：{names}",
            "不要的请清空",
        )
