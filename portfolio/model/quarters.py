"""Time as a quarter index from the first quarter of the first year: how long plan and play are.

Which year is the first is the portfolio's `Calendar`.
"""

from __future__ import annotations

from collections.abc import Iterable

PLAN_YEARS = 15
PLAY_YEARS = 25
PLAY_QUARTERS = 4 * PLAY_YEARS


def or_end(quarter: int | None) -> int:
    """A quarter, or the one after the play's last for what never comes."""
    return PLAY_QUARTERS if quarter is None else quarter


def year_spans(years: Iterable[int]) -> str:
    """Years as people list them, neighbours as spans: `1999–2001、2004`."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return "、".join(str(s[0]) if len(s) == 1 else f"{s[0]}–{s[-1]}" for s in spans)
