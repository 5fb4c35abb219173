"""What is asked of starts: targets, what the list brings by itself, and what channels can bear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from portfolio.model.items import Channel, Kind, TargetKind, inclusion_bps_of
from portfolio.model.measures.years import (
    approved_wan,
    drawn_by_channel_wan,
    progress_wan,
    year_measures,
)
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import Outcome
from portfolio.model.pipeline.classes import StartClass, start_classes
from portfolio.model.pipeline.settings import StartSettings
from portfolio.model.portfolio import Portfolio


@dataclass(frozen=True, kw_only=True)
class NeedYear:
    """A year in which something may start; money in 万元.

    target_wan : floor or the bottom of a band, None where nothing is asked
    top_wan : ceiling or the top of a band, None where there is none
    old_wan : what the list brings by itself, converted as it is played
    """

    year: int
    target_wan: int | None
    top_wan: int | None
    old_wan: int
    inclusion_bps: int

    @property
    def gap_wan(self) -> int:
        """What starts must bring, converted."""
        return max(0, (self.target_wan or 0) - self.old_wan)


@dataclass(frozen=True, kw_only=True)
class Bearing:
    """What a channel bears: by the list alone in the years asked for, and its limit.

    mean_wan : mean plan of the planned period; limit_wan : old and new together may not be more
    by year, None where it is not limited (only 统筹 channels are)
    """

    channel: Channel
    mean_wan: int
    old_wan: tuple[int, ...]
    limit_wan: tuple[int, ...] | None

    def room_wan(self, k: int) -> int | None:
        """What is left of the limit in a year, None where there is no limit."""
        return None if self.limit_wan is None else max(0, self.limit_wan[k] - self.old_wan[k])


@dataclass(frozen=True, kw_only=True)
class StartNeed:
    """All that a plan of starts rests on.

    end_target_wan : volume that must be in hand at the end, converted; old_in_hand_wan what the
        list has of it
    """

    settings: StartSettings
    years: tuple[NeedYear, ...]
    classes: tuple[StartClass, ...]
    bearing: tuple[Bearing, ...]
    end_target_wan: int
    old_in_hand_wan: int

    @property
    def first(self) -> int:
        """The first year in which anything may start."""
        return self.years[0].year

    @property
    def last(self) -> int:
        """The last year with a target."""
        return self.years[-1].year


def target_years(portfolio: Portfolio, first: int) -> tuple[int, ...]:
    """Years from `first` to the last in which a target asks for something."""
    asked = [
        target.year
        for target in portfolio.targets
        if target.target_wan is not None
        and target.kind is not TargetKind.CEILING
        and target.year in portfolio.calendar.plan_years
        and target.year >= first
    ]
    return tuple(range(first, max(asked) + 1)) if asked else ()


def start_need(
    portfolio: Portfolio,
    outcome: Outcome,
    settings: StartSettings,
    before: Portfolio,
) -> StartNeed:
    """What is asked of starts beside a list as it was played.

    before : the portfolio without any scenario: its plan says what channels bore and which classes
        there are; what a scenario takes from a channel's envelope it takes from its limit
    """
    years = target_years(portfolio, settings.first)
    needs = tuple(_need_years(portfolio, outcome, settings, years))
    last = needs[-1]
    left = (
        approved_wan(portfolio).sum()
        - progress_wan(portfolio, outcome)[_end(portfolio, last.year)].sum()
    )
    return StartNeed(
        settings=settings,
        years=needs,
        classes=start_classes(before, settings),
        bearing=tuple(_bearing(portfolio, before, outcome, settings, years)),
        end_target_wan=(last.target_wan or 0) * settings.in_hand_bps // BPS,
        old_in_hand_wan=max(0, int(left)) * last.inclusion_bps // BPS,
    )


def corrected(need: StartNeed, planned: Sequence[int], played: Sequence[int]) -> StartNeed:
    """The need where the list brings what it does with the starts beside it.

    planned, played : converted by year, list and starts together
    """
    years = tuple(
        replace(year, old_wan=max(0, year.old_wan + wan - thought))
        for year, thought, wan in zip(need.years, planned, played, strict=True)
    )
    return replace(need, years=years)


def _end(portfolio: Portfolio, year: int) -> int:
    """Index of a year's last quarter."""
    return portfolio.calendar.quarter_of(year, 4)


def _need_years(
    portfolio: Portfolio, outcome: Outcome, settings: StartSettings, years: tuple[int, ...]
) -> Iterable[NeedYear]:
    for measure in year_measures(portfolio, outcome, years):
        target = measure.target
        factor = inclusion_bps_of(portfolio.targets, measure.year) or 0
        factor = min(BPS, factor * settings.inclusion_bps // BPS)
        asked, top = None, None
        if target is not None and target.target_wan is not None:
            ceiling = target.kind is TargetKind.CEILING
            top = target.target_wan if ceiling else target.upper_wan
            asked = None if ceiling else target.target_wan * settings.target_bps // BPS
            top = top if ceiling or target.kind is TargetKind.BAND else None
        yield NeedYear(
            year=measure.year,
            target_wan=asked,
            top_wan=top,
            old_wan=(measure.plan_wan if settings.old_as_planned else measure.progress_wan)
            * factor
            // BPS,
            inclusion_bps=factor,
        )


def _bearing(
    portfolio: Portfolio,
    before: Portfolio,
    outcome: Outcome,
    settings: StartSettings,
    years: tuple[int, ...],
) -> Iterable[Bearing]:
    calendar = before.calendar
    period = before.baseline_wan[: calendar.period_years].sum(axis=(0, 2)) // calendar.period_years
    drawn: Wan = drawn_by_channel_wan(outcome)
    for c, channel in enumerate(before.channels):
        limited = channel.kind is Kind.POOLED and settings.cap_bps is not None
        limit = int(period[c]) * (settings.cap_bps or 0) // BPS
        yield Bearing(
            channel=channel,
            mean_wan=int(period[c]),
            old_wan=tuple(int(drawn[year - calendar.first_year, c]) for year in years),
            limit_wan=tuple(
                _cut(limit, portfolio, before, year - calendar.first_year, c) for year in years
            )
            if limited
            else None,
        )


def _cut(limit_wan: int, portfolio: Portfolio, before: Portfolio, y: int, c: int) -> int:
    """A limit as a scenario leaves it: by the part of the envelope that is left."""
    was, now = (int(of.envelopes.pooled_ask_wan[y, c]) for of in (before, portfolio))
    return limit_wan * now // was if was else limit_wan
