"""What questions of “how far” end in: a sweep of shocks, a frontier, a reverse stress test.

Money is the solver's optimum rounded to whole 万元; no plan is laid down in whole 万元 here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from portfolio.model.calendar import Calendar
from portfolio.model.paper import Paper

#: What names every 统筹 channel together.
ALL_POOLED = "全部统筹"


@dataclass(frozen=True, kw_only=True)
class SweepAxis:
    """One `--sweep`: envelopes moved together, from one change to another in equal steps.

    place : where it was written; channel : as written
    changes_bps : change against the scenario's envelope, -5,000 = half of it cut
    """

    place: str
    channel: str
    years: tuple[int, ...]
    changes_bps: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SweepOrigin:
    """What was asked of which workbook under which scenario.

    first_year : first year that can be adjusted: the decision is taken at the end of the year
        before the earliest year the scenario or the shocks asked for touch
    years : years that are to reach something, converted; shortfalls by year follow them
    files_read : the workbook and the scenarios' files: no output may take their place
    example : its facts are made up
    paper : who makes what is written of it, when, and its number
    """

    scenario: str
    title: str
    workbook: str
    workbook_sha256: str
    version: str
    first_year: int
    years: tuple[int, ...]
    files_read: tuple[Path, ...] = field(default=(), compare=False)
    calendar: Calendar
    example: bool = False
    paper: Paper = field(default_factory=Paper)


@dataclass(frozen=True, kw_only=True)
class AimsReached:
    """The least of the first aim, and of the second with the first held.

    shortfall_by_year_wan : by the origin's years; empty where there is no plan
    shortfall_wan, delay_wan : None where there is no plan (delay is weighted 万元·年)
    feasible : whether a plan keeps every rule; None where time ended before that was known
    proven : whether both values, or that there is no plan, are proven
    """

    feasible: bool | None
    proven: bool
    shortfall_wan: int | None = None
    delay_wan: int | None = None
    shortfall_by_year_wan: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SweepPoint:
    """A point of the grid; changes_bps by axis."""

    changes_bps: tuple[int, ...]
    reached: AimsReached


@dataclass(frozen=True, kw_only=True)
class Swing:
    """An item whose money turns at a kink, in the year it turns most.

    before, after : 万元 of the item's money by unit along the line (a sweep: by percentage point
        of change; a frontier: by 亿元 moved), on the side before and after the kink
    """

    item_no: int
    name: str
    year: int
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class Kink:
    """Where the slope of the shortfall changes.

    at : a sweep's change in bps, a frontier's moved money in 万元
    before, after : 万元 of shortfall by percentage point of change, or by 亿元 moved
    swings : items whose money turns there, those that turn most first
    """

    at: float
    before: float
    after: float
    swings: tuple[Swing, ...]


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """A grid of shocks, solved point by point.

    channels : names of the channels each axis moves
    kinks : along a single axis; None where several axes span the grid or nobody asked
    kinks_complete : False where the search for them ended with its count of solves
    seconds : of all the points together, and of loading the model
    """

    origin: SweepOrigin
    axes: tuple[SweepAxis, ...]
    channels: tuple[tuple[str, ...], ...]
    points: tuple[SweepPoint, ...]
    kinks: tuple[Kink, ...] | None
    kinks_complete: bool
    seconds: float


@dataclass(frozen=True, kw_only=True)
class FrontierPoint:
    """The aims with no more than `moved_wan` of 统筹 money moved away from the baseline."""

    moved_wan: int
    reached: AimsReached


@dataclass(frozen=True, kw_only=True)
class FrontierResult:
    """Shortfall against money moved, from the least movement that keeps the rules to the full repair.

    points : empty where no plan keeps the rules
    """

    origin: SweepOrigin
    points: tuple[FrontierPoint, ...]
    kinks: tuple[Kink, ...]
    kinks_complete: bool
    seconds: float


class Failing(StrEnum):
    """What gives way at the smallest cut that is too much."""

    SHORTFALL = "年度目标达不到"
    INFEASIBLE = "无可行方案"


@dataclass(frozen=True, kw_only=True)
class ReverseAnswer:
    """The smallest cut at which a year can't be met any more.

    channel : its name, or 全部统筹
    wanted_wan : the year's target, or the baseline where it is below
    cut_bps : to a tenth of a percent, rounded up; 0 where it is missed without a cut; None where
        it is met even with nothing left
    cut_wan : that cut in money, over all the years cut
    shortfall_wan : least shortfall of the year at that cut, None where no plan keeps the rules
    proven : whether every solve of the search was proven
    """

    channel: str
    year: int
    wanted_wan: int
    envelope_wan: int
    cut_bps: int | None
    cut_wan: int | None
    failing: Failing | None
    shortfall_wan: int | None
    proven: bool


@dataclass(frozen=True, kw_only=True)
class ReverseResult:
    """Smallest cuts by channel (and all together) and year."""

    origin: SweepOrigin
    cut_years: tuple[int, ...]
    tolerance_wan: int
    answers: tuple[ReverseAnswer, ...]
    seconds: float
