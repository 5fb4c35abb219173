"""The calendar of a portfolio: its first year, its planned period, and what both are called.

Inside, time is a quarter index from the first quarter of the first year, and a year an index from
the first year; people see `2023Q2` and years. The calendar is data of the workbook (sheet 设置).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from portfolio.model.quarters import PLAN_YEARS, PLAY_QUARTERS, PLAY_YEARS

_PLACE = re.compile(r"<(first|last|plan_end|play_end|full|period|list|place|length)([+-]\d+)?>")
_NUMERALS = "〇一二三四五六七八九十"


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Which year is the first, the planned period (from the first year on), and the names.

    first_year, period_last : first year; last year of the planned period
    period_name : what the planned period is called
    list_name, place : what the list of works and its city are called
    this_year : T of relative years (T+1), the year in which the as-of month lies; None without
        facts, and T is then the first year. No data of the workbook's sheet: it follows from the
        facts (`seen_in`)
    fed_until : the last year in which the plan of the closed list reaches the target; None where
         it reaches it in no year, or no plan is known. It comes of the plan, not of sheet 设置
    """

    first_year: int
    period_last: int
    period_name: str
    list_name: str
    place: str
    this_year: int | None = None
    fed_until: int | None = None

    def __post_init__(self) -> None:
        """Hold that the planned period ends before the plan does.

        Raises
        ------
        ValueError
            It does not.
        """
        if not 1 <= self.period_years < PLAN_YEARS:
            raise ValueError("the planned period ends before the plan does")

    @property
    def period_years(self) -> int:
        """Length of the planned period."""
        return self.period_last - self.first_year + 1

    @property
    def period(self) -> range:
        """The years of the planned period."""
        return range(self.first_year, self.period_last + 1)

    @property
    def plan_years(self) -> range:
        """The plan years."""
        return range(self.first_year, self.first_year + PLAN_YEARS)

    @property
    def play_years(self) -> range:
        """The years that are played."""
        return range(self.first_year, self.first_year + PLAY_YEARS)

    @property
    def last_plan_year(self) -> int:
        """The last plan year."""
        return self.first_year + PLAN_YEARS - 1

    @property
    def last_play_year(self) -> int:
        """The last year that is played."""
        return self.first_year + PLAY_YEARS - 1

    @property
    def last_full_list_year(self) -> int:
        """From the year after this one a closed list runs down: a gap is 待入库, no failure.

        A list that never fed the target runs down after its period: what lacks before is missed.
        """
        return self.period_last if self.fed_until is None else self.fed_until

    @property
    def relative_to(self) -> int:
        """T: the year that relative years are counted from."""
        return self.first_year if self.this_year is None else self.this_year

    def seen_in(self, year: int | None) -> Calendar:
        """The calendar as it is read in a year: relative years are counted from it."""
        return replace(self, this_year=year)

    def year_of_quarter(self, quarter: int) -> int:
        """The year a quarter lies in."""
        return self.first_year + quarter // 4

    def quarter_of(self, year: int, number: int = 1) -> int:
        """Index of quarter `number` (1–4) of `year`."""
        return 4 * (year - self.first_year) + number - 1

    def quarter_label(self, quarter: int) -> str:
        """Quarter index as people write it, year and Q1 to Q4."""
        return f"{self.first_year + quarter // 4}Q{quarter % 4 + 1}"

    @property
    def never_label(self) -> str:
        """A finish that play does not reach, as people read it."""
        return f"{self.last_play_year}Q4 以后"

    def finish_label(self, quarter: int | None) -> str:
        """Finish as people read it; None is after the last quarter played."""
        return self.never_label if quarter is None else self.quarter_label(quarter)

    def parse_quarter(self, text: str) -> int | None:
        """A quarter's label as an index, None when it is not one (or is not played)."""
        head, letter, tail = text.strip().upper().partition("Q")
        if not (letter and head.isdecimal() and len(head) == 4 and tail in ("1", "2", "3", "4")):
            return None
        index = self.quarter_of(int(head), int(tail))
        return index if 0 <= index < PLAY_QUARTERS else None

    def last_ended_quarter(self, year: int, month: int) -> int:
        """The last quarter of the plan that has ended in a month; at the earliest its first."""
        ended = self.quarter_of(year, (month - 1) // 3 + 1) - 1
        return min(max(0, ended), 4 * PLAN_YEARS - 1)

    def fill(self, text: str) -> str:
        """A text with its places filled: `<first>—<last>`, `“<period>”投资`, `<first+2>`.

        Years, with or without a distance: <first>, <last> of the period, <plan_end>, <play_end>,
        <full> for the last year of the full list. Names: <period>, <list>, <place>. <length>: how
        many years the period has, in words.
        """
        if "<" not in text:
            return text
        years = {
            "first": self.first_year,
            "last": self.period_last,
            "plan_end": self.last_plan_year,
            "play_end": self.last_play_year,
            "full": self.last_full_list_year,
        }
        names = {
            "period": self.period_name,
            "list": self.list_name,
            "place": self.place,
            "length": numeral(self.period_years),
        }

        def word(match: re.Match[str]) -> str:
            place, distance = match[1], int(match[2] or 0)
            return names[place] if place in names else str(years[place] + distance)

        return _PLACE.sub(word, text)


def numeral(number: int) -> str:
    """A number up to 19 as people write it in words."""
    tens, ones = divmod(number, 10)
    return ("十" if tens else "") + (_NUMERALS[ones] if ones or not tens else "")


#: What the shipped workbook is about; a workbook without a sheet 设置 means the same.
SHIPPED = Calendar(
    first_year=2021,
    period_last=2025,
    period_name="十四五",
    list_name="十大工程",
    place="广州",
)
