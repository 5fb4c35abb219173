"""The back-test: each year foretold from what was known before it, beside the naive forecasts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from portfolio.model.items import Target, TargetKind
from portfolio.model.record.chance import YearChance, list_plan_of, year_chance
from portfolio.model.record.forecast import Forecast, sample_crps
from portfolio.model.record.profile import Profile, fitted_profile
from portfolio.model.record.rates import Chosen, Seen, forecast, seen_rows
from portfolio.model.record.rows import (
    FEWEST_FULL_YEARS,
    FIRST_MONTH_TOLD,
    FIRST_MONTH_USED,
    MONTHS,
    UNSELECTED,
    PlaceYear,
    RateRow,
    RateTable,
    Record,
    Source,
    key_of,
    month_of,
)
from portfolio.model.record.scores import Coverage, Evenness, Gain, coverage, evenness, gain
from portfolio.model.record.table import made_tables

#: Years foretold: before this one too little was known.
FIRST_FORETOLD = 2015
#: The band that is told and tested: P10 to P90.
BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True, kw_only=True)
class Naive:
    """What forecasts without a model score (CRPS) on one year.

    plan : “as planned” · mean : the mean of all years so far · spread : the plain distribution of
    all rates so far · last : “as last year” of the place, else as planned
    """

    plan: float
    mean: float
    spread: float
    last: float


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """A year that is known, foretold from earlier years alone.

    band : P10, P50 and P90 of the rate; `place_in` the chance the forecast gave to less than came
    met_so_far : part of all earlier years that reached their plan
    has_history : whether earlier years of the same place were known
    """

    key: PlaceYear
    rate: float
    rows: int
    band: tuple[float, float, float]
    place_in: float
    chance: float
    crps: float
    naive: Naive
    met_so_far: float
    has_history: bool

    @property
    def inside(self) -> bool:
        """Whether what came lay within the band."""
        return self.band[0] <= self.rate <= self.band[2]

    @property
    def met(self) -> bool:
        """Whether the plan was reached."""
        return self.rate >= 1


@dataclass(frozen=True, kw_only=True)
class WithinYear:
    """A figure within a year of which the whole is known, and the year foretold from it.

    straight, shaped : the year by the calendar, and by the profile of the other years
    band, crps : of the forecast that uses the figure; `crps_without` of the one that doesn't
    """

    key: PlaceYear
    month: float
    rate: float
    straight: float
    shaped: float
    band: tuple[float, float, float]
    crps: float
    crps_without: float

    @property
    def inside(self) -> bool:
        """Whether what came lay within the band."""
        return self.band[0] <= self.rate <= self.band[2]


@dataclass(frozen=True, kw_only=True)
class Unended:
    """A figure of September or later of a year whose whole nobody published, foretold in January.

    Such figures are not published because the year ended well: they test what the papers choose.
    band : of the figure, from the year's forecast and the profile of all years
    """

    key: PlaceYear
    month: float
    rate: float
    band: tuple[float, float, float]
    place_in: float

    @property
    def inside(self) -> bool:
        """Whether the figure lay within the band."""
        return self.band[0] <= self.rate <= self.band[2]


#: Months within a year that are told of together: from, to and how they are called.
SEASONS = (
    (0.0, 6.0, "3—5 月"),
    (6.0, 9.0, "6—8 月"),
    (9.0, 11.0, "9—10 月"),
    (11.0, 12.0, "11 月"),
)


@dataclass(frozen=True, kw_only=True)
class Season:
    """Figures of some months together: band, mean scores, root mean square relative errors."""

    name: str
    n: int
    straight: float
    shaped: float
    modelled: float
    inside: int
    crps: float
    crps_without: float


@dataclass(frozen=True, kw_only=True)
class OfSource:
    """Full years by the paper they stand in; `selected`: it appears because the year went well."""

    source: Source
    n: int
    met: int
    mean: float
    selected: bool


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """All there is to say of how far the chances of years can be trusted.

    until : the last year whose rows are used, None for all
    foretold, within, unended : full years and figures within years, foretold
    full_only : mean score of the model that uses no figures within years
    chances : of the years to come
    tables : the rate as whole numbers, for engines
    """

    record: Record
    until: int | None
    profile: Profile
    parts_used: int
    foretold: tuple[Foretold, ...]
    within: tuple[WithinYear, ...]
    unended: tuple[Unended, ...]
    full_only: float
    chances: tuple[YearChance, ...]
    tables: tuple[RateTable, ...]

    @property
    def n(self) -> int:
        """How many years were foretold."""
        return len(self.foretold)

    @cached_property
    def band(self) -> Coverage:
        """How many the 80 % band held."""
        return coverage(sum(each.inside for each in self.foretold), self.n)

    @cached_property
    def unended_band(self) -> Coverage | None:
        """The same of figures of years whose whole nobody published; None where there are none."""
        inside = sum(each.inside for each in self.unended)
        return coverage(inside, len(self.unended)) if self.unended else None

    @cached_property
    def unended_evenness(self) -> Evenness | None:
        """How even the places of those figures are."""
        places = [each.place_in for each in self.unended]
        return evenness(places) if places else None

    @cached_property
    def evenness(self) -> Evenness:
        """How even the places of what came are."""
        return evenness([each.place_in for each in self.foretold])

    @property
    def crps(self) -> float:
        """Mean score."""
        return float(np.mean([each.crps for each in self.foretold]))

    def naive_crps(self, name: str) -> float:
        """Mean score of a naive forecast, by its name in `Naive`."""
        return float(np.mean([getattr(each.naive, name) for each in self.foretold]))

    def gain_over(self, name: str) -> Gain:
        """How much smaller the error is than a naive forecast's."""
        return gain(
            [each.crps for each in self.foretold],
            [getattr(each.naive, name) for each in self.foretold],
            [each.key[1] for each in self.foretold],
        )

    @property
    def brier(self) -> float:
        """Mean squared error of the chance that the plan is reached."""
        return float(np.mean([(each.chance - each.met) ** 2 for each in self.foretold]))

    @property
    def brier_always(self) -> float:
        """The same of “always reached”."""
        return float(np.mean([not each.met for each in self.foretold]))

    @property
    def brier_so_far(self) -> float:
        """The same of the part reached so far."""
        return float(np.mean([(each.met_so_far - each.met) ** 2 for each in self.foretold]))

    @property
    def by_source(self) -> tuple[OfSource, ...]:
        """Full years by kind of paper, those with most first."""
        found = []
        for source in Source:
            rates = [row.rate for row in self.record.full_years.values() if row.source is source]
            if rates:
                found.append(
                    OfSource(
                        source=source,
                        n=len(rates),
                        met=sum(rate >= 1 for rate in rates),
                        mean=sum(rates) / len(rates),
                        selected=source not in UNSELECTED,
                    )
                )
        return tuple(sorted(found, key=lambda row: -row.n))

    @property
    def seasons(self) -> tuple[Season, ...]:
        """Figures within years by season."""
        found = []
        for first, end, name in SEASONS:
            of = [each for each in self.within if first <= each.month < end]
            if of:
                found.append(_season(name, of))
        return tuple(found)


def known_until(record: Record, until: int | None) -> Record:
    """The record as it stood at the end of a year."""
    if until is None:
        return record
    rows = [row for row in record.rows if row.year is None or row.year <= until]
    return replace(record, rows=tuple(rows))


def first_open_year(record: Record) -> int | None:
    """The year after the last of which any place's whole is known."""
    years = [year for _, year in record.full_years]
    return max(years) + 1 if years else None


def foretell(record: Record, chosen: Chosen | None = None) -> tuple[Foretold, ...]:
    """Every known year from `FIRST_FORETOLD` on, foretold from the years before it."""
    keys = [key for key in record.full_years if key[1] >= FIRST_FORETOLD]
    base = chosen or Chosen()
    return tuple(_foretold(record, key, base) for key in keys if _earlier(record, key[1]))


def _earlier(record: Record, year: int) -> list[RateRow]:
    return [row for key, row in record.full_years.items() if key[1] < year]


def _foretold(record: Record, key: PlaceYear, base: Chosen) -> Foretold:
    place, year = key
    came = record.full_years[key].rate
    told, rows = _told_before(record, key, base)
    earlier = _earlier(record, year)
    rates = np.array([row.rate for row in earlier])
    own = [row for row in earlier if row.place == place]
    low, middle, high = told.quantiles(np.array(BAND)).tolist()
    return Foretold(
        key=key,
        rate=came,
        rows=rows,
        band=(low, middle, high),
        place_in=told.below(came),
        chance=told.at_least(1.0),
        crps=told.crps(came),
        naive=Naive(
            plan=abs(came - 1.0),
            mean=abs(came - float(rates.mean())),
            spread=sample_crps(rates, came),
            last=abs(came - (own[-1].rate if own else 1.0)),
        ),
        met_so_far=float((rates >= 1).mean()),
        has_history=bool(own),
    )


def _told_before(record: Record, key: PlaceYear, base: Chosen) -> tuple[Forecast, int]:
    """The forecast of a year in its January, and the rows it rests on."""

    def before(other: PlaceYear) -> bool:
        return other[1] < key[1] and base.keep(other)

    profile = fitted_profile(record, before)
    rows = seen_rows(record, profile, replace(base, keep=before))
    return forecast(rows, key, profile), len(rows)


def within_years(record: Record) -> tuple[WithinYear, ...]:
    """Every figure within a year whose whole is known, the year foretold with it and without."""
    return tuple(
        _within(record, row) for key in record.full_years for row in record.parts.get(key, ())
    )


def _within(record: Record, row: RateRow) -> WithinYear:
    """The profile is of all other years, the rows of earlier ones."""
    key, month = key_of(row), month_of(row)
    came = record.full_years[key].rate
    # Of any month, June or not: whether figures before June help is what is tested.
    first = FIRST_MONTH_USED if month >= FIRST_MONTH_USED else 0.0
    profile = fitted_profile(record, lambda other: other != key, first)
    earlier = seen_rows(record, profile, Chosen(keep=lambda other: other[1] < key[1]))
    share = profile.share(month)
    running = Seen(
        place=key[0], year=key[1], log_rate=math.log(row.rate / share), open_part=1.0 - share
    )
    told = forecast(earlier, key, profile, running)
    low, middle, high = told.quantiles(np.array(BAND)).tolist()
    return WithinYear(
        key=key,
        month=month,
        rate=came,
        straight=row.rate * MONTHS / month,
        shaped=row.rate / share,
        band=(low, middle, high),
        crps=told.crps(came),
        crps_without=forecast(earlier, key, profile).crps(came),
    )


def unended_years(record: Record, profile: Profile) -> tuple[Unended, ...]:
    """The late figures of years known no further, each foretold from the years before it."""
    found = []
    for key in record.parts:
        row = record.latest_part(key, FIRST_MONTH_TOLD)
        known = row is None or key in record.full_years or key[1] < FIRST_FORETOLD
        if row is not None and not known and _earlier(record, key[1]):
            found.append(_unended(record, row, profile))
    return tuple(found)


def _unended(record: Record, row: RateRow, profile: Profile) -> Unended:
    key, month = key_of(row), month_of(row)
    earlier = seen_rows(record, profile, Chosen(keep=lambda other: other[1] < key[1]))
    year = forecast(earlier, key, profile)
    told = year.within(profile.share(month), profile.log_error(month))
    low, middle, high = told.quantiles(np.array(BAND)).tolist()
    return Unended(
        key=key,
        month=month,
        rate=row.rate,
        band=(low, middle, high),
        place_in=told.below(row.rate),
    )


def _season(name: str, of: Sequence[WithinYear]) -> Season:
    def error(values: Sequence[float]) -> float:
        squares = [(v / each.rate - 1) ** 2 for v, each in zip(values, of, strict=True)]
        return math.sqrt(sum(squares) / len(of))

    return Season(
        name=name,
        n=len(of),
        straight=error([each.straight for each in of]),
        shaped=error([each.shaped for each in of]),
        modelled=error([each.band[1] for each in of]),
        inside=sum(each.inside for each in of),
        crps=float(np.mean([each.crps for each in of])),
        crps_without=float(np.mean([each.crps_without for each in of])),
    )


#: Fewer years foretold than this say nothing.
FEWEST_FORETOLD = 5


def backtest(
    record: Record, targets: Sequence[Target], until: int | None = None
) -> Backtest | None:
    """The back-test of a record, as it stood at the end of a year; None where it is too thin."""
    known = known_until(record, until)
    first = first_open_year(known)
    if len(known.full_years) < FEWEST_FULL_YEARS or first is None:
        return None
    found = _tested(known)
    if len(found.foretold) < FEWEST_FORETOLD:
        return None
    return Backtest(
        record=known,
        until=until,
        profile=found.profile,
        parts_used=found.parts_used,
        foretold=found.foretold,
        within=found.within,
        unended=found.unended,
        full_only=found.full_only,
        chances=tuple(
            year_chance(known, year, list_plan_of(targets, year), _wanted(targets, year))
            for year in (first, first + 1)
        ),
        tables=found.tables,
    )


@dataclass(frozen=True, kw_only=True)
class _Tested:
    """What a record alone comes to."""

    profile: Profile
    parts_used: int
    foretold: tuple[Foretold, ...]
    within: tuple[WithinYear, ...]
    unended: tuple[Unended, ...]
    full_only: float
    tables: tuple[RateTable, ...]


@lru_cache(maxsize=8)
def _tested(record: Record) -> _Tested:
    """Some hundred fits: kept, for several outputs ask for them."""
    profile = fitted_profile(record)
    alone = foretell(record, Chosen(with_parts=False))
    return _Tested(
        profile=profile,
        parts_used=len(seen_rows(record, profile, Chosen())) - len(record.full_years),
        foretold=foretell(record),
        within=within_years(record),
        unended=unended_years(record, profile),
        full_only=float(np.mean([each.crps for each in alone])) if alone else 0.0,
        tables=made_tables(record),
    )


def _wanted(targets: Sequence[Target], year: int) -> int | None:
    """The floor a year has to reach."""
    return next(
        (
            target.target_wan
            for target in targets
            if target.year == year and target.kind is TargetKind.FLOOR
        ),
        None,
    )
