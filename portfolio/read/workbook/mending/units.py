"""Money of another unit turned into 亿元, exactly: a sheet's whole, or nothing of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from portfolio.model.problems import Problem
from portfolio.model.schema import Cell, Column, plain
from portfolio.read.workbook.mending.formulas import Cells, Formula
from portfolio.read.workbook.mending.one_reading import in_unit, wan_said
from portfolio.read.workbook.mending.sheet import MendedSheet
from portfolio.read.workbook.sheets.cells import UNITS, YI, column_letter, is_blank
from portfolio.read.workbook.sheets.headers import UNIT_ROW

_LEAVE = "这张表的金额仍按原单位读取；要换成亿元请先处理这一处，再运行一次"


def turn_into_yi(mended: MendedSheet, formulas: Sequence[Formula], left: list[Problem]) -> None:
    """Note the sheet's amounts in 亿元, its headers and its unit, where nothing stands against it.

    A cell that can't be read as it stands would be read in another unit afterwards, and a formula
    that rests on an amount would say another sum: then the sheet keeps its unit, which is told.
    """
    columns = [(c, p) for c, p in mended.columns if c.cell is Cell.MONEY]
    others = [(c, p) for c, p in columns if c.key in mended.header.units]
    if not others:
        return
    flaw = _against(mended, columns, others, formulas)
    if flaw is not None:
        where, found = flaw
        left.append(Problem(place=where, found=f"{found}，金额没有换成亿元", fix=_LEAVE))
        return
    for column, place in others:
        unit = mended.header.units[column.key]
        for row in _rows(mended):
            value = mended.value(row, place)
            wan = wan_said(column, value, unit)
            if wan or (wan is not None and isinstance(value, str)):  # 0 is 0 in every unit
                after = in_unit(wan, YI)
                mended.change((row, place), after, f"{unit}换成亿元", amount=True)
    for column, place in columns:
        if plain(str(mended.value(mended.header.row, place))) != plain(column.header):
            mended.change((mended.header.row, place), column.header, "表头写明单位亿元")
    for row, place, text in _unit_cells(mended):
        mended.change((row, place), text, "金额已换成亿元")


def _rows(mended: MendedSheet) -> list[int]:
    """Rows with amounts: rows of sums that stay are sums of the same unit."""
    return sorted({*mended.rows(), *(row for row in mended.totals if row not in mended.emptied)})


def _against(
    mended: MendedSheet,
    columns: Sequence[tuple[Column, int]],
    others: Sequence[tuple[Column, int]],
    formulas: Sequence[Formula],
) -> tuple[str, str] | None:
    """What stands against turning a sheet's amounts: its place, and what it is."""
    head = mended.header.row
    if mended.faults:
        return mended.faults[0].place, "表头有问题"
    for _, place in columns:
        if is_blank(mended.value(head, place)) or mended.formula(head, place) is not None:
            return mended.named(head, place), "表头在合并单元格内，或是公式"
    changed = []
    for column, place in others:
        for row in _rows(mended):
            value = mended.value(row, place)
            formula = mended.formula(row, place)
            if formula is not None:
                return mended.named(row, place), f"金额是公式 {formula[:40]}"
            if is_blank(value):
                continue
            if wan_said(column, value, mended.header.units[column.key]) is not None:
                changed.append(mended.place(row, place))
            elif re.search(r"\d", str(value)):
                return mended.named(row, place), f"金额“{value}”读不准"
    resting = _resting(formulas, Cells(changed), mended)
    if resting is not None:
        return resting.cell, f"公式 {resting.text[:40]} 用到{mended.sheet.name}的金额"
    if mended.header.unit_place is not None and (own := _own_amounts(mended)) is not None:
        title = mended.value(head, own)
        return f"{mended.grid.name}!{column_letter(own)}{head + 1}", (
            f"表头上方写了单位，“{title}”一列是自己的数字，不知道是不是这个单位"
        )
    return None


def _resting(formulas: Sequence[Formula], cells: Cells, mended: MendedSheet) -> Formula | None:
    """A formula that stays and rests on one of the cells."""
    for formula in formulas:
        sheet, row, _ = formula.place
        if (sheet != mended.grid.name or row not in mended.emptied) and cells.carry(formula):
            return formula
    return None


def _own_amounts(mended: MendedSheet) -> int | None:
    """A column of the user's own that holds numbers."""
    known = {place for _, place in mended.columns}
    for row in mended.rows():
        for place, value in enumerate(mended.grid.values[row]):
            if place not in known and isinstance(value, int | float) and value is not True:
                return place
    return None


def _unit_cells(mended: MendedSheet) -> list[tuple[int, int, str]]:
    """Cells above the header that state the unit, with what they are to say."""
    found = []
    for row in range(mended.header.row):
        for place, value in enumerate(mended.grid.values[row]):
            stated = UNIT_ROW.search(value) if isinstance(value, str) else None
            if stated is None or stated[1] == YI or stated[1] not in UNITS:
                continue
            text = str(value)
            found.append((row, place, text[: stated.start(1)] + YI + text[stated.end(1) :]))
    return found
