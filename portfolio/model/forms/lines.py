"""Lines of a form: a sum stands above its parts, and what isn't told is not 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar, cast

Row = TypeVar("Row")


class Rank(IntEnum):
    """How high a line stands: a sum of all, of a group, of an item; the rest are plain."""

    TOTAL = 0
    GROUP = 1
    ITEM = 2
    PART = 3


@dataclass(frozen=True, kw_only=True)
class Line(Generic[Row]):
    """A row of a form and the lines that it sums.

    parts : how many of the lines after it, all levels counted, it is the sum of; 0: it stands alone
    """

    rank: Rank
    row: Row
    parts: int = 0


_DIGITS = "一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1–99 as 一 … 九十九, as a table numbers its parts; larger ones in digits."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else _DIGITS[tens - 1] + "十"
    return ten + (_DIGITS[ones - 1] if ones else "")


def above(rank: Rank, row: Row, below: Iterable[Line[Row]]) -> Iterator[Line[Row]]:
    """A sum, then the lines it is made of."""
    lines = tuple(below)
    yield Line(rank=rank, row=row, parts=len(lines))
    yield from lines


# --- Sums where something may not be told


def told_sum(amounts: Iterable[int | None]) -> int | None:
    """The sum of what is told; None where nothing is."""
    told = [amount for amount in amounts if amount is not None]
    return sum(told) if told else None


Figures = TypeVar("Figures")


def summed(parts: Sequence[Figures], kind: type[Figures]) -> Figures:
    """Figures (a dataclass of `int | None`) added up field by field."""
    assert is_dataclass(kind)
    return kind(
        **{each.name: told_sum(getattr(part, each.name) for part in parts) for each in fields(kind)}
    )


def completed(whole: Figures, parts: Sequence[Figures]) -> Figures:
    """Figures, and where they tell nothing the sum of their parts."""
    of_parts = summed(parts, type(whole))
    assert is_dataclass(whole)
    missing = {
        each.name: getattr(of_parts, each.name)
        for each in fields(whole)
        if getattr(whole, each.name) is None
    }
    return _with(whole, missing)


def remainder(whole: Figures, parts: Sequence[Figures]) -> Figures | None:
    """What of figures their parts leave open (未分解); None where they leave nothing.

    A figure that no part tells stays with the whole: there is nothing to break it down to.
    """
    assert is_dataclass(whole)
    left: dict[str, Any] = {}
    for each in fields(whole):
        of_all, of_parts = getattr(whole, each.name), told_sum(getattr(p, each.name) for p in parts)
        left[each.name] = None if None in (of_all, of_parts) else of_all - of_parts or None
    if not any(left.values()):
        return None
    return _with(whole, left)


def _with(figures: Figures, changed: dict[str, Any]) -> Figures:
    kept = {each.name: getattr(figures, each.name) for each in fields(cast(Any, figures))}
    kind: type[Figures] = type(figures)
    return kind(**{**kept, **changed})
