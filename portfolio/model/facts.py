"""Facts: what has happened up to the as-of month, as it was entered. Never played, never changed.

Months are counted from January of the first year: month 0 is that January, and an as-of of 70
months in a calendar that begins in 2021 is the end of October 2026.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.calendar import Calendar

MONTHS = 12


class Level(StrEnum):
    """级次: whose money it is."""

    ABOVE = "上级"
    CITY = "市本级"
    DISTRICT = "区"
    OTHER = "非财政"


@dataclass(frozen=True, kw_only=True)
class Execution:
    """A row of the sheet 月度执行: an item in a month, a quarter or a year.

    first_month, months : the period; 1, 3 or 12 months
    channel_id : None: not told by channel
    done_wan, received_wan, paid_wan : 完成投资, 到位, 支付 of the period; None: not told, 0 is a
        fact. Only 完成投资 drives the play
    progress_bps : 形象进度 of the whole item at the period's end
    approved_wan : 调整概算, in force from this period on
    level, in_statistics, statistics_code, statistics_wan : carried along, never computed with
    started_month, completed_month : 开工日期, 竣工日期
    problem, measure, due, provenance : words
    project_code : of which project of the item; None: of the item itself
    parts : how many rows of projects this one sums; 0: it was entered as it stands
    """

    item_no: int
    first_month: int
    months: int
    channel_id: str | None
    level: Level | None = None
    done_wan: int | None = None
    received_wan: int | None = None
    paid_wan: int | None = None
    progress_bps: int | None = None
    approved_wan: int | None = None
    in_statistics: bool | None = None
    statistics_code: str | None = None
    statistics_wan: int | None = None
    started_month: int | None = None
    completed_month: int | None = None
    problem: str | None = None
    measure: str | None = None
    due: str | None = None
    provenance: str = ""
    project_code: str | None = None
    parts: int = 0

    @property
    def end_month(self) -> int:
        """The month after the period's last."""
        return self.first_month + self.months


@dataclass(frozen=True, kw_only=True)
class CarriedIn:
    """上年结转 of a channel into a year, of one item where it is known by item."""

    channel_id: str
    year: int
    item_no: int | None
    carried_wan: int


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A row of 年度额度 with a budget: of a channel and year, of one item where it is by item.

    initial_wan, adjusted_wan : 年初预算, 调整预算
    issued_wan, arrived_wan : 已下达, 已到位; told beside it, never computed with
    """

    channel_id: str
    year: int
    item_no: int | None
    initial_wan: int | None = None
    adjusted_wan: int | None = None
    issued_wan: int | None = None
    arrived_wan: int | None = None

    @property
    def budget_wan(self) -> int | None:
        """The budget in force: the adjusted one, else the year's first; None: none was entered."""
        return self.initial_wan if self.adjusted_wan is None else self.adjusted_wan


@dataclass(frozen=True, kw_only=True)
class Season:
    """Parts of a year's 完成投资 by quarter, 10,000 in all; None: of all channels together."""

    channel_id: str | None
    quarter_bps: tuple[int, int, int, int]
    provenance: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known of what happened, and up to when.

    asof_months : months from the first year on that are past; play begins after them
    rows : of the items, those that end by the as-of, in the sheet's order; what is entered by
        project is summed there
    by_project : the rows of projects as they were entered
    budgets, carried_in : of every year entered; the envelopes hold the budgets already
    keep_mix : what remains of an item is paid by the mix reached so far; otherwise the plan's
        mix is restored (假设)
    example : the workbook is made up (示例数据)
    """

    asof_months: int
    rows: tuple[Execution, ...] = ()
    by_project: tuple[Execution, ...] = ()
    budgets: tuple[Budget, ...] = ()
    carried_in: tuple[CarriedIn, ...] = ()
    seasons: tuple[Season, ...] = ()
    keep_mix: bool = False
    example: bool = False

    @property
    def quarter(self) -> int:
        """The first quarter that is played, the begun one where the as-of is inside a quarter."""
        return self.asof_months // 3

    @property
    def entered_rows(self) -> int:
        """How many rows were entered."""
        return sum(max(1, row.parts) for row in self.rows)

    @property
    def last_ended_quarter(self) -> int:
        """The last quarter that is over; at the earliest the play's first."""
        return max(0, self.quarter - 1)

    @property
    def months_past(self) -> int:
        """Months of the begun quarter that are past: 0, 1 or 2."""
        return self.asof_months % 3

    @property
    def year(self) -> int:
        """Index of the year in which the as-of month lies: a December still lies in its year."""
        return max(self.asof_months - 1, 0) // MONTHS


def month_label(month: int, calendar: Calendar) -> str:
    """A month as people write it: `2026-10`."""
    return f"{calendar.first_year + month // MONTHS}-{month % MONTHS + 1:02d}"


def months_from(year: int, month: int, calendar: Calendar) -> int:
    """A month (1 to 12) of a year as counted from January of the first year."""
    return MONTHS * (year - calendar.first_year) + month - 1


# --- Periods and dates as they are written


_MONTH = re.compile(r"(\d{4})(?:[-/]|年)(\d{1,2})(?:月份?)?")
_MONTH_DIGITS = re.compile(r"(\d{4})(\d{2})")
_QUARTER = re.compile(r"(\d{4})年?[-/]?(?:Q([1-4])|第?([一二三四1-4])季度?)")
_YEAR = re.compile(r"(\d{4})(?:年(?:度)?)?")
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, kw_only=True)
class Period:
    """A month, a quarter or a year: its first month (1 to 12) and how many it has."""

    year: int
    month: int
    months: int

    @property
    def label(self) -> str:
        """As it is written: `2026-10`, `2026Q3`, `2026`."""
        if self.months == 1:
            return f"{self.year}-{self.month:02d}"
        return f"{self.year}Q{self.month // 3 + 1}" if self.months == 3 else f"{self.year}"

    def first_month(self, calendar: Calendar) -> int:
        """Its first month, counted from January of the first year."""
        return months_from(self.year, self.month, calendar)

    def end_month(self, calendar: Calendar) -> int:
        """The month after its last, counted so."""
        return self.first_month(calendar) + self.months


def parse_period(text: str) -> Period | None:
    """A period as people write it: 2026-10, 2026年10月, 2026Q3, 2026年三季度, 2026; None: no such."""
    bare = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if match := _QUARTER.fullmatch(bare):
        number = int(match[2] or _QUARTERS.get(match[3]) or match[3])
        return Period(year=int(match[1]), month=3 * number - 2, months=3)
    if match := _YEAR.fullmatch(bare):
        return Period(year=int(match[1]), month=1, months=MONTHS)
    if match := _MONTH.fullmatch(bare) or _MONTH_DIGITS.fullmatch(bare):
        month = int(match[2])
        return Period(year=int(match[1]), month=month, months=1) if 1 <= month <= MONTHS else None
    return None


def parse_date(text: str) -> str | None:
    """A day or a month as `2026-10-15` or `2026-10`; None: no such."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    if match := _DAY.fullmatch(bare):
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        except ValueError:
            return None
    period = parse_period(text)
    return period.label if period is not None and period.months == 1 else None


def date_month(date: str, calendar: Calendar) -> int:
    """The month of a date as `parse_date` gives it, counted from January of the first year."""
    return months_from(int(date[:4]), int(date[5:7]), calendar)


def period_label(first_month: int, months: int, calendar: Calendar) -> str:
    """A period as people write it."""
    year, month = divmod(first_month, MONTHS)
    return Period(year=calendar.first_year + year, month=month + 1, months=months).label
