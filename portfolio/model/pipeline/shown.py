"""What a plan of starts comes to, row by row: years, channels, classes, moved assumptions."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.items import Channel
from portfolio.model.pipeline.plan import StartPlan
from portfolio.model.pipeline.result import CaseResult, HeldFrom, Moved, PipelineResult


@dataclass(frozen=True, kw_only=True)
class PlanYear:
    """A year of a plan of starts; converted but for `starts_wan`.

    played_wan : the same played, the starts items of the list
    """

    year: int
    starts_wan: int
    target_wan: int | None
    old_wan: int
    new_wan: int
    converted_wan: int
    short_wan: int
    played_wan: int | None


def plan_years(case: CaseResult) -> tuple[PlanYear, ...]:
    """A case's plan by year."""
    plan = case.shown
    played = case.played_wan or (None,) * len(plan.need.years)
    return tuple(
        PlanYear(
            year=need.year,
            starts_wan=plan.starts_wan[y],
            target_wan=need.target_wan,
            old_wan=need.old_wan,
            new_wan=plan.new_wan[y],
            converted_wan=plan.converted_wan[y],
            short_wan=plan.short_wan[y],
            played_wan=played[y],
        )
        for y, need in enumerate(plan.need.years)
    )


@dataclass(frozen=True, kw_only=True)
class ChannelLoad:
    """What a channel bears, old and new together, in 万元 by year.

    mean_wan : its mean plan of the planned period
    """

    channel: Channel
    mean_wan: int
    limit_wan: int | None
    old_wan: tuple[int, ...]
    new_wan: tuple[int, ...]

    @property
    def both_wan(self) -> tuple[int, ...]:
        """Old and new."""
        return tuple(old + new for old, new in zip(self.old_wan, self.new_wan, strict=True))

    @property
    def most_wan(self) -> int:
        """In the year of most."""
        return max(self.both_wan)

    @property
    def growth(self) -> float | None:
        """The year of most against the mean, as a part of it; None for a channel that had nothing."""
        return self.most_wan / self.mean_wan - 1 if self.mean_wan else None


def channel_loads(plan: StartPlan) -> tuple[ChannelLoad, ...]:
    """Channels that bear anything of the starts, the most first."""
    loads = [
        ChannelLoad(
            channel=one.channel,
            mean_wan=one.mean_wan,
            limit_wan=None if one.limit_wan is None else min(one.limit_wan),
            old_wan=one.old_wan,
            new_wan=tuple(int(each) for each in plan.channels_wan[c]),
        )
        for c, one in enumerate(plan.need.bearing)
        if plan.channels_wan[c].any()
    ]
    return tuple(sorted(loads, key=lambda load: -sum(load.new_wan)))


@dataclass(frozen=True, kw_only=True)
class ClassStarts:
    """What starts of a class, in 万元 by year; `part` is its part of the list."""

    title: str
    part: float
    years: float
    starts_wan: tuple[int, ...]

    @property
    def total_wan(self) -> int:
        """All that starts of it."""
        return sum(self.starts_wan)


def class_starts(plan: StartPlan) -> tuple[ClassStarts, ...]:
    """Classes of which anything starts, the most first."""
    whole = sum(each.weight_wan for each in plan.need.classes)
    rows = [
        ClassStarts(
            title=each.title,
            part=each.weight_wan / whole,
            years=each.years,
            starts_wan=tuple(int(wan) for wan in plan.volumes_wan[k]),
        )
        for k, each in enumerate(plan.need.classes)
        if plan.volumes_wan[k].any()
    ]
    return tuple(sorted(rows, key=lambda row: -row.total_wan))


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An assumption moved, and how far the answer moves; None: nothing holds the targets then."""

    moved: Moved
    peak_wan: int | None
    total_wan: int | None
    peak_more_wan: int | None
    total_more_wan: int | None


def effects(result: PipelineResult) -> tuple[Effect, ...]:
    """Assumptions in the order in which they are stated."""
    base = result.main.shown
    return tuple(
        Effect(
            moved=each,
            peak_wan=None if each.plan is None else each.plan.peak_wan,
            total_wan=None if each.plan is None else each.plan.total_wan,
            peak_more_wan=None if each.plan is None else each.plan.peak_wan - base.peak_wan,
            total_more_wan=None if each.plan is None else each.plan.total_wan - base.total_wan,
        )
        for each in result.moved
    )


def least_peak(held: HeldFrom) -> int:
    """What starts in the largest year, limits or no limits; 0 where not even that would do."""
    plan = held.plan or held.unlimited
    return 0 if plan is None else plan.peak_wan
