"""A forecast as it is kept: what was foretold at an as-of, to be held against what came.

Amounts are whole 万元, finishes are quarters from the first year on, as everywhere inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from portfolio.model.arrays import Integers
from portfolio.model.calendar import Calendar
from portfolio.model.facts import MONTHS, month_label
from portfolio.model.study.intervals import quantile_rank

#: What the file says it is, how it is laid out, and how its name begins.
WHAT, LAYOUT = "portfolio 预测存档", 1
PREFIX = "预测 "
#: What is kept of many paths: nineteen values that cut them into twenty equal parts.
PERCENTS = tuple(range(5, 100, 5))
#: So many years not yet over are foretold: the as-of's and the next.
YEARS_KEPT = 2


class Way(StrEnum):
    """How it was foretold: by the one play without luck, or by many paths."""

    PLAY = "推演"
    PATHS = "压力测试"


@dataclass(frozen=True, kw_only=True)
class KeptYear:
    """A year's money as foretold at an as-of.

    plan_wan, done_wan : the year's plan; what was drawn of the year by the as-of
    values_wan : at `PERCENTS` of many paths, or the one value of a play without luck
    """

    year: int
    plan_wan: int
    done_wan: int
    values_wan: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class KeptItem:
    """An item as foretold.

    kind : the work it belongs to
    planned : its planned finish; None where it has none
    finishes : as a year's `values_wan`; the quarter after the last played where it never finishes
    finished : whether it was finished by the as-of
    """

    no: int
    name: str
    kind: str
    planned: int | None
    finished: bool
    finishes: tuple[int, ...]
    years: tuple[KeptYear, ...]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a forecast is from: it tells by what it was made, and is never computed with."""

    scenario: str
    workbook_sha256: str
    version: str
    seed: int | None
    paths: int | None
    tails: str | None
    quasi_random: bool


@dataclass(frozen=True, kw_only=True)
class Archived:
    """What was foretold of the years to come at an as-of.

    asof_months : months from the first year on that were past
    years : of all items together
    """

    place: str
    list_name: str
    first_year: int
    asof_months: int
    way: Way
    origin: Origin
    years: tuple[KeptYear, ...]
    items: tuple[KeptItem, ...]

    def months_to_end(self, year: int) -> int:
        """Months between the as-of and the end of a year."""
        return MONTHS * (year - self.first_year + 1) - self.asof_months

    def is_of(self, calendar: Calendar) -> bool:
        """Whether it is of the same list of the same place."""
        theirs = (self.place, self.list_name, self.first_year)
        return theirs == (calendar.place, calendar.list_name, calendar.first_year)


def asof_label(asof_months: int, calendar: Calendar) -> str:
    """The as-of as people write it: `2026-10`."""
    return month_label(asof_months - 1, calendar)


def kept_values(values: Integers) -> tuple[int, ...]:
    """The values that are kept of one a path; all of them values of paths."""
    ordered = np.sort(values)
    return tuple(int(ordered[quantile_rank(len(ordered), p) - 1]) for p in PERCENTS)
