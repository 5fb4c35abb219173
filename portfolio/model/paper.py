"""What every paper says of itself: who made it and when, and the number of what it is about.

The number (方案编号) stands for what was played: the portfolio as it was read, the scenario laid on
it, the as-of, the rules' version. It is made of the values, not of the file, so that saving a
workbook again in Excel doesn't change it, and a scenario by another name and place has the same one.
A stress test and a repair add four characters of their own options.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass, replace
from enum import Enum
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
    for part in _parts(value):
        digest.update(part)
    number = int.from_bytes(digest.digest(), "big")
    return "".join(SIGNS[number >> (BITS * k) & 31] for k in range(length))


def _parts(value: Any) -> Iterator[bytes]:
    """A value in bytes that say its kind and its extent, so that no two values share them.

    Raises
    ------
    TypeError
        It is of a kind whose order or extent isn't known.
    """
    if isinstance(value, np.ndarray):
        # Whole numbers of every width and order of bytes are written alike.
        whole = value.dtype.kind in "iub"
        told = value.astype("<i8" if whole else "<f8")
        yield f"a{whole:d}{value.shape};".encode()
        yield told.tobytes()
    elif is_dataclass(value) and not isinstance(value, type):
        told_fields = [each for each in fields(value) if not _is_untold(each, value)]
        yield f"d{type(value).__name__}{len(told_fields)};".encode()
        for field in told_fields:
            if field.compare:
                yield f"{field.name}=".encode()
                yield from _parts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield f"m{len(value)};".encode()
        yield from _sorted({b"".join(_parts(pair)) for pair in value.items()})
    elif isinstance(value, (frozenset, set)):
        yield f"s{len(value)};".encode()
        yield from _sorted({b"".join(_parts(each)) for each in value})
    elif isinstance(value, (tuple, list)):
        yield f"l{len(value)};".encode()
        for each in value:
            yield from _parts(each)
    else:
        text = _plain(value).encode("utf-8")
        yield f"{len(text)}:".encode() + text


def _is_untold(field: Field[Any], value: Any) -> bool:
    return "where_told" in field.metadata and getattr(value, field.name) == field.default


def _sorted(parts: set[bytes]) -> list[bytes]:
    return sorted(parts)


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
