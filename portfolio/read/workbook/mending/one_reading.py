"""A cell that can be read in one way only: what it says, exactly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from portfolio.model.money import LARGEST_WAN
from portfolio.model.schema import Cell, Column, plain
from portfolio.read.workbook.sheets.cells import (
    NUMBER_CELLS,
    UNITS,
    YI,
    Refused,
    is_blank,
    number_in,
    read_cell,
)

#: Units as they are written after an amount; 亿 and 万 are said for 亿元 and 万元.
_WRITTEN = {**UNITS, "亿": UNITS["亿元"], "万": UNITS["万元"]}
_AMOUNT = re.compile(
    rf"([+-]?(?:\d+|\d{{1,3}}(?:,\d{{3}})+)(?:\.\d+)?)\s*({'|'.join(sorted(_WRITTEN, key=len, reverse=True))})"
)
_YEAR = re.compile(r"(\d{4})年")


def number_said(column: Column, value: object, unit: str = YI) -> Decimal | int | None:
    """The number that a text in a column of numbers says, as the sheet would hold it.

    `unit` is that of the column's money, and the one it stays in. None: it is no text, or says
    none that can be read in one way only and is lawful there.
    """
    if not isinstance(value, str) or is_blank(value) or column.cell not in NUMBER_CELLS:
        return None
    if column.cell is Cell.MONEY:
        wan = wan_said(column, value, unit)
        return None if wan is None else in_unit(wan, unit)
    number = number_in(column, value)
    if number is None and column.cell is Cell.YEAR:
        year = _YEAR.fullmatch(unicodedata.normalize("NFKC", value).strip())
        number = None if year is None else Decimal(year[1])
    if number is None or not _lawful(column, number, YI):
        return None
    return int(number) if column.cell in (Cell.INTEGER, Cell.YEAR) else number


def wan_said(column: Column, value: object, unit: str) -> int | None:
    """The money of a cell in 万元; None where it can't be read in one way only, or may not be."""
    number: object = value
    if isinstance(value, str):
        number = number_in(column, value, unit)
        if number is None:
            stated = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", value).strip())
            if stated is None:
                return None
            wan = Fraction(stated[1].replace(",", "")) * _WRITTEN[stated[2]]
            if wan.denominator != 1 or not column.within(int(wan)) or abs(wan) > LARGEST_WAN:
                return None
            return int(wan)
    try:
        read = read_cell(column, number, unit)
    except Refused:
        return None
    return read if isinstance(read, int) else None


def in_unit(wan: int, unit: str) -> Decimal:
    """Money as a number of a unit, exactly."""
    held = UNITS[unit]
    return Decimal(wan * held.denominator) / Decimal(held.numerator)


def _lawful(column: Column, number: Decimal, unit: str) -> bool:
    try:
        read_cell(column, number, unit)
    except Refused:
        return False
    return True


def choice_meant(column: Column, value: object) -> str | None:
    """The choice that a text differs from by blanks, quotes and width alone; None: it is one."""
    if column.cell is not Cell.CHOICE or not isinstance(value, str) or is_blank(value):
        return None
    try:
        read_cell(column, value)
    except Refused:
        return name_meant(value, column.choices)
    return None


def name_meant(value: object, known: Iterable[str]) -> str | None:
    """The name that a text differs from by blanks, quotes and width alone; None: it is one."""
    if not isinstance(value, str) or is_blank(value):
        return None
    names = list(dict.fromkeys(known))
    if value.strip() in names:
        return None
    same = [str(name) for name in names if plain(name) == plain(value)]
    return same[0] if len(same) == 1 else None
