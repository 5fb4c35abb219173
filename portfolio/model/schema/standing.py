"""Where a sheet's table stands in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a sheet stands in a file: rows and columns are counted from 0.

    header : the row of its header; last : the last row that holds anything
    places : columns by key
    units : 万元 that a unit of money holds, by column key, where it isn't 亿元
    free : the first column without a header
    """

    header: int
    last: int
    places: Mapping[str, int]
    units: Mapping[str, Fraction]
    free: int
