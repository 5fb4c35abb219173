"""The years over the paths: chance of the target, converted fans, shortfalls, the year to worry about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.arrays import Integers, Ints
from portfolio.model.items import PublicRecord, Target, TargetKind
from portfolio.model.measures.list_record import months_of
from portfolio.model.measures.years import YearMeasure, plan_by_year_wan, year_measures
from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS, PLAY_YEARS
from portfolio.model.study.findings import Worry, WorryYear, YearChance
from portfolio.model.study.intervals import chance, fan, mean, mean_where
from portfolio.model.study.paths import Paths

FAN_PERCENTS = (5, 10, 25, 50, 75, 90, 95)
GAP_PERCENTS = (50, 90)
#: A year whose target is met in less than this part of the paths is one to worry about.
LIKELY = 0.5


def inclusion_by_year(portfolio: Portfolio) -> tuple[int | None, ...]:
    """入列系数 of the 25 play years, in basis points; past the sheet's last year that one goes on."""
    given = {target.year: target.inclusion_bps for target in portfolio.targets}
    last = max((year for year, factor in given.items() if factor is not None), default=None)
    if last is None:
        return (None,) * PLAY_YEARS
    return tuple(
        given.get(year) if year <= last else given[last] for year in portfolio.calendar.play_years
    )


def converted_wan(portfolio: Portfolio, paths: Paths, year: int) -> Ints | None:
    """Converted progress (折市重点口径) of a year: int64[path]; None without 入列系数.

    The same arithmetic as `measures.year_measures`: floor(progress × factor).
    """
    return _times(portfolio, paths.progress_wan, year)


def converted_money_wan(portfolio: Portfolio, paths: Paths, year: int) -> Ints | None:
    """Money × 入列系数 of a year: int64[path]. Overruns raise it; it does not count as on target."""
    return _times(portfolio, paths.drawn_wan, year)


def _times(portfolio: Portfolio, money: Integers, year: int) -> Ints | None:
    index = year - portfolio.calendar.first_year
    factor = inclusion_by_year(portfolio)[index]
    if factor is None:
        return None
    return np.asarray(money[:, index].astype(np.int64) * factor // BPS)


def distance_wan(target: Target, converted: Ints) -> Ints:
    """How far a path is from meeting the target: int64[path], 0 exactly where it is met.

    Below a floor or band, above a ceiling or band: as `YearMeasure.below_wan` and `above_wan`, so
    that 0 means what `Target.met_by` says.
    """
    if target.target_wan is None:
        return np.zeros_like(converted)
    below = np.maximum(target.target_wan - converted, 0)
    if target.kind is TargetKind.CEILING:
        return np.asarray(np.maximum(converted - target.target_wan, 0))
    if target.kind is TargetKind.BAND and target.upper_wan is not None:
        return np.asarray(below + np.maximum(converted - target.upper_wan, 0))
    return np.asarray(below)


def shown_years(portfolio: Portfolio, paths: Paths) -> tuple[int, ...]:
    """Years a stress test shows: the plan years, and later ones up to the last with money drawn."""
    drawn = np.flatnonzero((paths.drawn_wan > 0).any(axis=0))
    last = max([PLAN_YEARS - 1, *drawn.tolist()])
    return tuple(portfolio.calendar.play_years[: last + 1])


def year_chances(portfolio: Portfolio, paths: Paths, prior: Outcome) -> tuple[YearChance, ...]:
    """The years over the paths beside `prior`, the same scenario played without luck."""
    targets = {target.year: target for target in portfolio.targets}
    measured = {measure.year: measure for measure in year_measures(portfolio, prior)}
    plan = plan_by_year_wan(portfolio).sum(axis=(1, 2))
    factors = inclusion_by_year(portfolio)
    years = []
    for year in shown_years(portfolio, paths):
        target, factor = targets.get(year), factors[year - portfolio.calendar.first_year]
        planned = (
            None
            if factor is None
            else int(plan[year - portfolio.calendar.first_year]) * factor // BPS
        )
        converted = converted_wan(portfolio, paths, year)
        money = converted_money_wan(portfolio, paths, year)
        played = measured.get(year)
        # A year the play's report leaves out has no money in it.
        without = None if factor is None else 0
        plain = YearChance(
            year=year,
            target=target,
            inclusion_bps=factor,
            planned_converted_wan=planned,
            prior_converted_wan=without if played is None else played.converted_wan,
            prior_met=None if played is None else _met_without_luck(played),
            plan_below_target=_plan_below(target, planned),
            list_runs_down=year > portfolio.calendar.last_full_list_year,
            drawn=fan(paths.drawn_wan[:, year - portfolio.calendar.first_year], FAN_PERCENTS),
            converted=None if converted is None else fan(converted, FAN_PERCENTS),
            converted_money=None if money is None else fan(money, FAN_PERCENTS),
            chance=None,
            shortfall=None,
            shortfall_if_missed=None,
            to_be_listed=None,
            short_of_plan=None,
        )
        # A year before the as-of's is over: there is no chance in it.
        over = played is not None and played.executed
        years.append(plain if over else _against_target(plain, converted))
    return tuple(years)


def _met_without_luck(played: YearMeasure) -> bool | None:
    """Whether the play without luck meets the target; None where either is missing, or of facts."""
    if played.executed or played.target is None or played.converted_wan is None:
        return None
    return played.target.met_by(played.converted_wan)


def _plan_below(target: Target | None, planned: int | None) -> bool:
    """Whether the plan itself, converted, stays below a floor or band."""
    if target is None or target.target_wan is None or planned is None:
        return False
    return target.kind is not TargetKind.CEILING and planned < target.target_wan


def _against_target(year: YearChance, converted: Ints | None) -> YearChance:
    """The year with its chance and shortfall; once the list runs down with the closed list's gap instead."""
    target = year.target
    if target is None or target.target_wan is None or converted is None:
        return year
    away = distance_wan(target, converted)
    if not year.list_runs_down:
        return replace(
            year,
            chance=chance(away == 0),
            shortfall=mean(away),
            shortfall_if_missed=mean_where(away, away > 0),
        )
    if target.kind is TargetKind.CEILING:
        return year
    # As `YearMeasure.to_be_listed_wan` and `short_of_plan_wan` cut the gap of one play.
    below = np.maximum(target.target_wan - converted, 0)
    expected = min(year.planned_converted_wan or 0, target.target_wan)
    short = np.maximum(expected - converted, 0)
    return replace(
        year,
        to_be_listed=fan(below - short, GAP_PERCENTS),
        short_of_plan=fan(short, GAP_PERCENTS),
    )


def years_to_look_at(portfolio: Portfolio) -> tuple[int, ...]:
    """Years that may be asked for: the plan years with a target and 入列系数 that are not over."""
    targets = {target.year for target in portfolio.targets if target.target_wan is not None}
    factors = inclusion_by_year(portfolio)
    begun = 0 if portfolio.facts is None else portfolio.facts.year
    return tuple(
        year
        for year in portfolio.calendar.plan_years[begun:]
        if year in targets and factors[year - portfolio.calendar.first_year] is not None
    )


def worry_year(years: tuple[YearChance, ...], asked: int | None = None) -> WorryYear | None:
    """The year asked for, else the one to worry about first: the first while the list is full below one half.

    That is by the chance of its target. Where there is none, the year with the lowest chance (the earliest of equals). Years whose
    plan itself stays below the target are passed over unless all do. None without any chance.
    """
    if asked is not None:
        return WorryYear(year=asked, why=Worry.ASKED)
    judged = [(year.chance.value, year) for year in years if year.chance is not None]
    fair = [(value, year) for value, year in judged if not year.plan_below_target]
    if not judged:
        return None
    lowest = min(fair or judged, key=lambda pair: (pair[0], pair[1].year))[1]
    if not fair:
        return WorryYear(year=lowest.year, why=Worry.PLAN_ITSELF)
    for value, year in fair:
        if value < LIKELY:
            return WorryYear(year=year.year, why=Worry.UNLIKELY)
    return WorryYear(year=lowest.year, why=Worry.LEAST_LIKELY)


# --- Published investment of the yearly list beside the fan of the same year: a check of the priors


@dataclass(frozen=True, kw_only=True)
class OnRecord:
    """What is published of a year: money done by the end of `months`.

    year_wan : the whole year's money, straight on by months (the figure itself for 12)
    above : True above P95 of the converted money, False below P5, None between
    """

    year: YearChance
    period: str
    months: int
    done_wan: int
    year_wan: int
    above: bool | None


def money_on_record(
    records: Sequence[PublicRecord], years: Sequence[YearChance]
) -> tuple[OnRecord, ...]:
    """The longest published period of each year that was played, in the order of the years."""
    found = []
    for year in years:
        periods = [
            (months, record)
            for record in records
            if (months := months_of(record, year.year)) and record.value is not None
        ]
        if not periods or year.converted_money is None:
            continue
        months, record = max(periods, key=lambda entry: entry[0])
        done = round((record.value or 0.0) * WAN_PER_YI)
        whole = done * 12 // months
        low, high = (year.converted_money.at(percent).value for percent in (5, 95))
        found.append(
            OnRecord(
                year=year,
                period="" if months == 12 else f" {record.part} ",
                months=months,
                done_wan=done,
                year_wan=whole,
                above=True if whole > high else False if whole < low else None,
            )
        )
    return tuple(found)
