"""What every paper says of itself: who made it and when, and the number of what it is about.

The number (方案编号) stands for what was played: the portfolio as it was read, the scenario laid on
it, the as-of, the rules' version. It is made of the values, not of the file, so that saving a
workbook again in Excel doesn't change it, and a scenario by another name and place has the same one.
A stress test and a repair add four characters of their own options.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any

import numpy as np

#: Letters and digits that can't be taken for one another: no I, L, O and U.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, OPTIONS_LENGTH = 8, 4
BITS = 5
#: Metadata of a field that counts only where it tells something: one that is at its default leaves
#: the number what it was before there was such a field.
WHERE_TOLD = {"where_told": True}


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Who made a paper, when, and what it is about; empty where it isn't known.

    unit, author, reviewer : 编制单位, 编制人, 复核人 of the workbook's sheet 设置
    made_on : the day it was made, as 2026-11-30
    number : 方案编号
    """

    unit: str = ""
    author: str = ""
    reviewer: str = ""
    made_on: str = ""
    number: str = ""

    def about(self, *options: object) -> Paper:
        """The paper of a study of the same plan, whose options count too."""
        if not self.number:
            return self
        return replace(self, number=f"{self.number}-{signs_of(options, OPTIONS_LENGTH)}")


def signs_of(value: object, length: int = LENGTH) -> str:
    """A few signs that stand for a value; equal values have equal ones."""
    digest = hashlib.sha256()
    _put(value, digest.update)
    number = int.from_bytes(digest.digest(), "big")
    return "".join(SIGNS[number >> (BITS * k) & 31] for k in range(length))


def _put(value: Any, put: Callable[[bytes], object]) -> None:
    """A value in bytes that say its kind and its extent, so that no two values share them.

    Raises
    ------
    TypeError
        It is of a kind whose order or extent isn't known.
    """
    if value is None or isinstance(value, _SINGLE):
        text = _plain(value).encode("utf-8")
        put(b"%d:%b" % (len(text), text))
    elif isinstance(value, np.ndarray):
        # Whole numbers of every width and order of bytes are written alike.
        whole = value.dtype.kind in "iub"
        told = value.astype("<i8" if whole else "<f8")
        put(f"a{whole:d}{value.shape};".encode())
        put(told.tobytes())
    elif is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        told_fields = [one for one in _fields_of(kind) if not _is_untold(one, value)]
        put(f"d{kind.__name__}{len(told_fields)};".encode())
        for one in told_fields:
            if one.counts:
                put(one.head)
                _put(getattr(value, one.name), put)
    elif isinstance(value, Mapping):
        put(f"m{len(value)};".encode())
        _put_sorted(value.items(), put)
    elif isinstance(value, (frozenset, set)):
        put(f"s{len(value)};".encode())
        _put_sorted(value, put)
    elif isinstance(value, (tuple, list)):
        put(f"l{len(value)};".encode())
        for each in value:
            _put(each, put)
    else:
        text = _plain(value).encode("utf-8")
        put(b"%d:%b" % (len(text), text))


#: Most of a portfolio's values are of these kinds, which have no parts.
_SINGLE = (str, int, float)


def _put_sorted(values: Iterable[object], put: Callable[[bytes], object]) -> None:
    """Values that have no order, in the order of their bytes."""
    told = set()
    for each in values:
        parts: list[bytes] = []
        _put(each, parts.append)
        told.add(b"".join(parts))
    for one in sorted(told):
        put(one)


@dataclass(frozen=True, kw_only=True)
class _Field:
    """A field as it counts: `head` stands before its value; `default` where it counts only if told."""

    name: str
    head: bytes
    counts: bool
    where_told: bool
    default: object


@cache
def _fields_of(kind: type) -> tuple[_Field, ...]:
    return tuple(
        _Field(
            name=each.name, head=f"{each.name}=".encode(), counts=each.compare,
            where_told="where_told" in each.metadata, default=each.default,
        )
        for each in fields(kind)
    )  # fmt: skip


def _is_untold(field: _Field, value: Any) -> bool:
    return field.where_told and bool(getattr(value, field.name) == field.default)


def _plain(value: Any) -> str:
    """A value without parts as text."""
    if isinstance(value, Enum):
        return f"e{value.value}"
    if value is None or isinstance(value, (str, bool, int, float)):
        return f"{type(value).__name__[0]}{value!r}"
    if isinstance(value, np.generic):
        return _plain(value.item())
    if hasattr(value, "isoformat") or type(value).__name__ == "Fraction":
        return f"t{value}"
    if isinstance(value, range):
        return f"r{value!r}"
    raise TypeError(f"no signs for a {type(value).__name__}")
