"""Facts: what has happened up to the as-of month, as it was entered. Never played, never changed.

Months are counted from January of the first year: month 0 is that January, and an as-of of 70
months in a calendar that begins in 2021 is the end of October 2026.
"""

from __future__ import annotations

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
class Season:
    """Parts of a year's 完成投资 by quarter, 10,000 in all; None: of all channels together."""

    channel_id: str | None
    quarter_bps: tuple[int, int, int, int]
    provenance: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known of what happened, and up to when.

    asof_months : months from the first year on that are past; play begins after them
    rows : those that end by the as-of, in the sheet's order
    keep_mix : what remains of an item is paid by the mix reached so far; otherwise the plan's
        mix is restored (假设)
    example : the workbook is made up (示例数据)
    """

    asof_months: int
    rows: tuple[Execution, ...] = ()
    carried_in: tuple[CarriedIn, ...] = ()
    seasons: tuple[Season, ...] = ()
    keep_mix: bool = False
    example: bool = False

    @property
    def quarter(self) -> int:
        """The first quarter that is played, the begun one where the as-of is inside a quarter."""
        return self.asof_months // 3

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
