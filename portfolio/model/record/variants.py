"""The honest choices of rows a chance is told over, and the misses nobody published.

No single choice is right: papers report what went well, old years may not tell of new ones, and a
place's own years are few. The range over the choices is what may be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.record.forecast import Forecast
from portfolio.model.record.profile import Profile, fitted_profile
from portfolio.model.record.rates import (
    Chosen,
    Seen,
    forecast,
    seen_full,
    seen_part,
    seen_rows,
)
from portfolio.model.record.rows import (
    UNSELECTED,
    PlaceYear,
    RateRow,
    Record,
    month_of,
)

#: “Of late”: the year itself and so many before it.
RECENT_YEARS = 4
#: A choice with fewer rows than this tells of the prior alone, and is left out.
FEWEST_ROWS = 5
#: What two years without a published figure may have come to: a miss is what nobody publishes.
HIDDEN_RATES = (0.95, 0.90)


class Variant(StrEnum):
    """A choice of rows, as it is called beside its result."""

    ALL = "全部"
    UNSELECTED = "只用不因结果好坏而公布的"
    RECENT = "只看近几年"
    RECENT_FULL = "只看近几年的全年数"
    ELSEWHERE = "换作陌生城市"
    HIDDEN = "另有两年没公布、也没完成"


#: Those the range is told over; the hidden misses have a line of their own.
TOLD = (
    Variant.ALL,
    Variant.UNSELECTED,
    Variant.RECENT,
    Variant.RECENT_FULL,
    Variant.ELSEWHERE,
)


@dataclass(frozen=True, kw_only=True)
class VariantForecast:
    """What a choice of rows says of a year; `rows` is how many it used."""

    variant: Variant
    forecast: Forecast
    rows: int


def chosen_rows(variant: Variant, record: Record, year: int) -> Chosen:
    """The rows of a choice, for a forecast of that year."""
    target = (record.place, year)

    def other(key: PlaceYear) -> bool:
        return key != target

    def recent(key: PlaceYear) -> bool:
        return other(key) and key[1] >= year - RECENT_YEARS

    def elsewhere(key: PlaceYear) -> bool:
        return key[0] != record.place

    def unselected(row: RateRow) -> bool:
        return row.source in UNSELECTED

    choices: dict[Variant, Chosen] = {
        Variant.UNSELECTED: Chosen(keep=other, keep_full=unselected),
        Variant.RECENT: Chosen(keep=recent),
        Variant.RECENT_FULL: Chosen(keep=recent, with_parts=False),
        Variant.ELSEWHERE: Chosen(keep=elsewhere),
    }
    return choices.get(variant, Chosen(keep=other))


def hidden_misses(record: Record, year: int) -> tuple[Seen, ...]:
    """The first years within the place's own record that nobody published, taken as missed.

    Of a place without any figure the two years before; of one whose years are all known, none.
    """
    own = _own_years(record)
    first = min((known for known in own if known < year), default=year - len(HIDDEN_RATES))
    silent = [each for each in range(first, year) if each not in own]
    rates = HIDDEN_RATES[max(0, len(HIDDEN_RATES) - len(silent)) :]
    return tuple(
        seen_full(record.place, each, rate) for each, rate in zip(silent, rates, strict=False)
    )


def _own_years(record: Record) -> set[int]:
    """The own years that some row of the model tells of."""
    first_month = Chosen().first_month
    parts = [key for key in record.parts if record.latest_part(key, first_month)]
    return {year for place, year in (*record.full_years, *parts) if place == record.place}


def forecasts(
    record: Record,
    year: int,
    variants: Sequence[Variant] = TOLD,
    running: RateRow | None = None,
    profile: Profile | None = None,
    fewest: int = FEWEST_ROWS,
) -> tuple[VariantForecast, ...]:
    """What each choice says of a year of the own place; choices of too few rows are left out.

    running : a figure of June or later within that year
    fewest : rows a choice must have
    """
    shape = profile or _profile_for(record, year)
    now = None
    if running is not None:
        now = seen_part(record.place, year, running.rate, month_of(running), shape)
    found = []
    for variant in variants:
        rows = seen_rows(record, shape, chosen_rows(variant, record, year))
        if variant is Variant.HIDDEN:
            misses = hidden_misses(record, year)
            if not misses:
                continue
            rows += misses
        if len(rows) >= fewest:
            told = forecast(rows, (record.place, year), shape, now)
            found.append(VariantForecast(variant=variant, forecast=told, rows=len(rows)))
    return tuple(found)


def _profile_for(record: Record, year: int) -> Profile:
    """The profile of all years but the one that is told of."""
    return fitted_profile(record, lambda key: key != (record.place, year))
