"""The record: yearly lists of works, their plans of January and what they came to, as entered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from portfolio.model.money import BPS

#: Months of a year: a row through all of them is a full year.
MONTHS = 12.0
#: Of the model, the priors and the rules below; another one gives another fingerprint.
SPECIFICATION = "rate-1"
#: Figures of earlier months make a forecast worse: they are kept and shown, never used.
FIRST_MONTH_USED = 6.0
#: From this month on figures within a year are told of; from June to it only that they exist.
FIRST_MONTH_TOLD = 9.0
#: With fewer full years than this a record tells of the prior, not of lists.
FEWEST_FULL_YEARS = 10
#: A table has 0.5 % to 99.5 %, nothing beyond them may be told.
QUANTILES = 199


class Level(StrEnum):
    """Whose list it is."""

    PROVINCE = "省"
    MUNICIPALITY = "直辖市"
    CITY = "市州"
    DISTRICT = "区县"
    ACROSS = "跨省"


class Source(StrEnum):
    """What kind of paper a figure stands in."""

    NEWS = "新闻"
    SITE = "政府网站"
    PLAN_REPORT = "计划报告"
    AUDIT = "审计"
    INSPECTION = "督查"
    YEARBOOK = "年鉴"
    OWN = "本地统计"


#: Papers that appear whatever the year came to; the others are written because it went well.
UNSELECTED = frozenset(
    (Source.PLAN_REPORT, Source.AUDIT, Source.INSPECTION, Source.YEARBOOK, Source.OWN)
)


class Use(StrEnum):
    """What a row is for."""

    FIT = "校准"
    SHOW = "仅展示"


@dataclass(frozen=True, kw_only=True)
class RateRow:
    """A figure of the record: how much of a list's plan of January was done by a month's end.

    year, through_month : None where the paper doesn't say; 12 is the whole year, 11.66 the 20th
        of December. Rows for `Use.FIT` have both
    plan_wan, done_wan : None where only the rate is told
    reason : why it is used so
    """

    place: str
    level: Level
    year: int | None
    through_month: float | None
    rate_bps: int
    source: Source
    use: Use
    plan_wan: int | None = None
    done_wan: int | None = None
    reason: str = ""
    provenance: str = ""

    @property
    def rate(self) -> float:
        """What was done as a part of the year's plan."""
        return self.rate_bps / BPS

    @property
    def is_full(self) -> bool:
        """Whether it is of a whole year."""
        return self.through_month == MONTHS


#: A place and a year: one list.
PlaceYear = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class RateTable:
    """The rate of a year as 199 quantiles (0.5 % … 99.5 %) in bps, as a workbook keeps them.

    year, through_month : the running year told of by its own figures up to that month; None for
        any year of which nothing is known yet
    rho_bps : part of the variance of ln R that two years of one place share
    fingerprint : of the record it was made from
    """

    quantiles_bps: tuple[int, ...]
    rho_bps: int
    fingerprint: str
    year: int | None = None
    through_month: float | None = None
    provenance: str = ""


@dataclass(frozen=True, kw_only=True)
class Record:
    """All rows as entered, whose own place the workbook's is, and the tables it keeps."""

    place: str
    rows: tuple[RateRow, ...] = ()
    tables: tuple[RateTable, ...] = ()

    @cached_property
    def used(self) -> tuple[RateRow, ...]:
        """The rows for the model in an order of their own: that of the sheet does not matter."""
        fit = [row for row in self.rows if row.use is Use.FIT]
        return tuple(sorted(fit, key=_order))

    @cached_property
    def full_years(self) -> dict[PlaceYear, RateRow]:
        """The whole years the model uses."""
        return {key_of(row): row for row in self.used if row.is_full}

    @cached_property
    def parts(self) -> dict[PlaceYear, tuple[RateRow, ...]]:
        """The figures within years that the model may use, by month."""
        found: dict[PlaceYear, tuple[RateRow, ...]] = {}
        for row in self.used:
            if not row.is_full:
                found[key_of(row)] = (*found.get(key_of(row), ()), row)
        return found

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all that the forecasts rest on: rows for use, own place, specification."""
        lines = [SPECIFICATION, self.place]
        lines += [
            f"{row.place}\t{row.year}\t{row.through_month:g}\t{row.rate_bps}\t{row.source}"
            for row in self.used
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def latest_part(self, key: PlaceYear, first_month: float) -> RateRow | None:
        """The last figure within a year, if it is of that month or later."""
        rows = self.parts.get(key, ())
        return rows[-1] if rows and month_of(rows[-1]) >= first_month else None

    @property
    def stale_tables(self) -> tuple[RateTable, ...]:
        """Tables that were made from another record than this."""
        return tuple(table for table in self.tables if table.fingerprint != self.fingerprint)

    def table_of(self, year: int) -> RateTable | None:
        """The table that holds for a year: the running year's own, else the one for any year."""
        fresh = [table for table in self.tables if table.fingerprint == self.fingerprint]
        own = [table for table in fresh if table.year == year]
        return max(own, key=lambda table: table.through_month or 0.0) if own else general(fresh)


def general(tables: Iterable[RateTable]) -> RateTable | None:
    """The table for years of which nothing is known yet."""
    return next((table for table in tables if table.year is None), None)


def key_of(row: RateRow) -> PlaceYear:
    """Place and year of a row that is used."""
    assert row.year is not None
    return row.place, row.year


def month_of(row: RateRow) -> float:
    """The month a row that is used goes through."""
    assert row.through_month is not None
    return row.through_month


def _order(row: RateRow) -> tuple[str, int, float, int]:
    return (*key_of(row), month_of(row), row.rate_bps)
