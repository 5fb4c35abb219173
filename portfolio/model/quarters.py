"""Time as a quarter index from 2021Q1; people see `2023Q2` and years."""

from __future__ import annotations

from collections.abc import Iterable

FIRST_YEAR = 2021
PLAN_PERIOD_YEARS = 5
PLAN_YEARS = 15
PLAY_YEARS = 25
PLAY_QUARTERS = 4 * PLAY_YEARS
LAST_PERIOD_YEAR = FIRST_YEAR + PLAN_PERIOD_YEARS - 1
LAST_PLAN_YEAR = FIRST_YEAR + PLAN_YEARS - 1
LAST_PLAY_YEAR = FIRST_YEAR + PLAY_YEARS - 1
#: From the year after this one a closed list runs down: a gap to the target is 待入库, no failure.
LAST_FULL_LIST_YEAR = 2027


def quarter_label(quarter: int) -> str:
    """Quarter index as `2023Q2`."""
    return f"{FIRST_YEAR + quarter // 4}Q{quarter % 4 + 1}"


def finish_label(quarter: int | None) -> str:
    """Finish as people read it; None reads “2045Q4 以后”."""
    return f"{LAST_PLAY_YEAR}Q4 以后" if quarter is None else quarter_label(quarter)


def quarter_of(year: int, number: int = 1) -> int:
    """Index of quarter `number` (1–4) of `year`."""
    return 4 * (year - FIRST_YEAR) + number - 1


def year_spans(years: Iterable[int]) -> str:
    """Years as people list them: `2022–2024、2027`."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return "、".join(str(s[0]) if len(s) == 1 else f"{s[0]}–{s[-1]}" for s in spans)


def parse_quarter(text: str) -> int | None:
    """`2023Q2` as an index, None when it is not one (or lies before 2021)."""
    head, letter, tail = text.strip().upper().partition("Q")
    if not (letter and head.isdecimal() and len(head) == 4 and tail in ("1", "2", "3", "4")):
        return None
    index = quarter_of(int(head), int(tail))
    return index if 0 <= index < PLAY_QUARTERS else None
