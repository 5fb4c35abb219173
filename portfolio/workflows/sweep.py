"""How far it goes: a sweep of shocks, the frontier of a repair, the reverse stress test."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from portfolio.model.items import Channel, Kind
from portfolio.model.problems import Collected, InputError, Problem
from portfolio.version import __version__
from portfolio.workflows.asked import Frontier, Merged, Progress, Reverse, Sweep, silent, taking
from portfolio.workflows.inputs import plan_number, read_merged, seen_from, today
from portfolio.workflows.run import play_plan

if TYPE_CHECKING:
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.reallocation.case import RepairCase
    from portfolio.model.reallocation.sweep import (
        FrontierResult,
        Kink,
        ReverseResult,
        SweepAxis,
        SweepOrigin,
        SweepResult,
    )
    from portfolio.model.scenarios import Scenario
    from portfolio.optimize.questions.sweep import Shock, Shocked
    from portfolio.read.workbook import Workbook


@taking(Sweep)
def sweep(asked: Sweep) -> SweepResult:
    """Repair the plan at every point of a grid of shocks laid on the merged scenario.

    Changes are against the envelopes the scenario leaves (`--set` changes the workbook's).
    Every point starts from one decision: the end of the year before the earliest year the
    scenario or any shock of the grid touches. `seconds` is the limit of one solve, by
    default a set effort: the same answer on every machine.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and the sweeps, all at once.
    """
    from portfolio.model.reallocation.sweep import SweepResult
    from portfolio.optimize.questions.sweep import load_for_shocks, solve_grid
    from portfolio.read.scenario.options import parse_sweeps

    problems, read = Collected(), _Read(asked)
    axes: tuple[SweepAxis, ...] = ()
    with problems.part():
        axes = parse_sweeps(asked.sweeps, read.calendar)
    with problems.part():
        case, origin = _case(read, [y for axis in axes for y in axis.years])
    problems.raise_any()
    shocks = _shocks(axes, case.portfolio)
    grid = list(product(*(axis.changes_bps for axis in axes)))
    begun = time.monotonic()
    shocked = load_for_shocks(case)
    tell, each = asked.progress or silent, len(grid)
    origin = _numbered(origin, axes, asked.kinks, asked.seconds)
    points = solve_grid(
        shocked,
        shocks,
        grid,
        seconds=asked.seconds,
        progress=lambda number: tell(f"正在求解第 {number}/{each} 个点"),
    )
    spent = time.monotonic() - begun
    found = _kinks(shocked, shocks, axes, asked.seconds, tell) if asked.kinks else None
    names = [channel.name for channel in case.portfolio.channels]
    return SweepResult(
        origin=origin,
        axes=axes,
        channels=tuple(tuple(names[c] for c in shock.channels) for shock in shocks),
        points=points,
        kinks=None if found is None else found[0],
        kinks_complete=found is None or found[1],
        seconds=spent,
    )


def _kinks(
    shocked: Shocked,
    shocks: Sequence[Shock],
    axes: Sequence[SweepAxis],
    seconds: float | None,
    tell: Progress,
) -> tuple[tuple[Kink, ...], bool] | None:
    """Kinks along a single axis; several axes have no line to bend."""
    from portfolio.optimize.questions.frontier import sweep_kinks

    if len(axes) != 1:
        return None
    tell("正在查找转折点")
    return sweep_kinks(shocked, shocks[0], axes[0].changes_bps, seconds=seconds)


@taking(Frontier)
def frontier(asked: Frontier) -> FrontierResult:
    """Shortfall against 亿 moved for the merged scenario: from nothing moved to the full repair.

    `seconds` is the limit of one solve, by default a set effort.

    Raises
    ------
    InputError
        Problems of the workbook and of the scenarios, all at once.
    """
    from portfolio.model.reallocation.sweep import FrontierResult
    from portfolio.optimize.questions.frontier import frontier as solve_frontier

    case, origin = _case(_Read(asked), ())
    origin = _numbered(origin, asked.points, asked.seconds)
    (asked.progress or silent)("正在求调整量与缺口的前沿")
    begun = time.monotonic()
    found = solve_frontier(case, points=asked.points, seconds=asked.seconds)
    return FrontierResult(
        origin=origin,
        points=found.points,
        kinks=found.kinks,
        kinks_complete=found.complete,
        seconds=time.monotonic() - begun,
    )


@taking(Reverse)
def reverse(asked: Reverse) -> ReverseResult:
    """The smallest cut of each 统筹 channel, and of all together, that makes a year miss its target.

    Parameters
    ----------
    cut
        Years that are cut, `2023` or `2023-2025`.
    targets
        Years that are to be met; by default every year to come that has a target.
    seconds
        Limit of one solve, by default a set effort.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and the years, all at once.
    """
    from portfolio.model.reallocation.sweep import ReverseResult
    from portfolio.optimize.questions.sweep import TOLERANCE_WAN
    from portfolio.optimize.questions.sweep import reverse as solve_reverse
    from portfolio.read.scenario.options import parse_plan_years

    problems, read = Collected(), _Read(asked)
    cut_years: tuple[int, ...] = ()
    targets: tuple[int, ...] = ()
    with problems.part():
        cut_years = parse_plan_years(asked.cut, "--reverse", read.calendar)
    with problems.part():
        if asked.targets is not None:
            targets = parse_plan_years(asked.targets, "--reverse", read.calendar)
    with problems.part():
        case, origin = _case(read, cut_years)
    problems.raise_any()

    tell, begun = asked.progress or silent, time.monotonic()
    origin = _numbered(origin, cut_years, targets, asked.seconds)
    answers = solve_reverse(
        case,
        cut_years,
        targets or origin.years,
        seconds=asked.seconds,
        progress=lambda channel, year: tell(f"正在反推 {channel} {year} 年"),
    )
    return ReverseResult(
        origin=origin,
        cut_years=cut_years,
        tolerance_wan=TOLERANCE_WAN,
        answers=answers,
        seconds=time.monotonic() - begun,
    )


def _numbered(origin: SweepOrigin, *options: object) -> SweepOrigin:
    """The origin with the number of the plan as it is asked about so."""
    return replace(origin, paper=origin.paper.about(*options))


class _Read:
    """The workbook and the merged scenario, read before the options' years.

    These may be relative to the workbook's facts; problems of the options are told first.
    """

    def __init__(self, asked: Merged) -> None:
        self.problems = Collected()
        self.both: tuple[Workbook, Scenario] | None = None
        with self.problems.part():
            self.both = read_merged(asked)
        self.calendar = seen_from(None if self.both is None else self.both[0], asked.workbook)

    def result(self) -> tuple[Workbook, Scenario]:
        """Both.

        Raises
        ------
        InputError
            The problems of both.
        """
        self.problems.raise_any()
        assert self.both is not None
        return self.both


def _case(read: _Read, years: Sequence[int]) -> tuple[RepairCase, SweepOrigin]:
    """The case of the merged scenario, decided before the earliest year anything touches."""
    from portfolio.model.reallocation.case import (
        asof_of_year,
        first_shocked_year,
        open_handed,
        repair_case,
    )
    from portfolio.model.reallocation.sweep import SweepOrigin
    from portfolio.model.scenarios import apply
    from portfolio.optimize.questions.sweep import wanted_years

    loaded, scenario = read.result()
    portfolio, _ = apply(scenario, loaded.portfolio)
    shocked = first_shocked_year(portfolio, loaded.portfolio)
    touched = [*years, *([] if shocked is None else [portfolio.calendar.first_year + shocked])]
    decided = asof_of_year(portfolio.calendar, min(touched)) if touched else None
    case = repair_case(
        portfolio,
        loaded.portfolio,
        open_handed_play=play_plan(open_handed(portfolio)),
        shocked_play=play_plan(portfolio),
        asof_quarter=decided,
    )
    origin = SweepOrigin(
        scenario=scenario.name,
        title=scenario.title,
        workbook=loaded.path.name,
        workbook_sha256=loaded.sha256,
        version=__version__,
        first_year=portfolio.calendar.first_year + case.first_year,
        years=wanted_years(case),
        files_read=(loaded.path, *scenario.files),
        calendar=portfolio.calendar,
        example=portfolio.facts is not None and portfolio.facts.example,
        paper=replace(loaded.paper, made_on=today(), number=plan_number(portfolio, loaded)),
    )
    return case, origin


def _shocks(axes: Sequence[SweepAxis], portfolio: Portfolio) -> list[Shock]:
    """The axes with their channels found: 统筹 channels only, each year of one moved once.

    Raises
    ------
    InputError
        Unknown channels, channels that aren't the city's to allot, money moved twice.
    """
    from portfolio.optimize.questions.sweep import Shock

    shocks: list[Shock] = []
    problems: list[Problem] = []
    taken: set[tuple[int, int]] = set()
    for axis in axes:
        try:
            channels = _pooled(axis, portfolio.channels)
        except InputError as error:
            problems += error.problems
            continue
        shock = Shock(
            channels=channels,
            years=tuple(year - portfolio.calendar.first_year for year in axis.years),
        )
        cells = set(product(shock.years, shock.channels))
        if cells & taken:
            year, channel = min(cells & taken)
            problems.append(
                _twice(
                    axis.place, portfolio.channels[channel], portfolio.calendar.first_year + year
                )
            )
        taken |= cells
        shocks.append(shock)
    if problems:
        raise InputError(problems)
    return shocks


def _pooled(axis: SweepAxis, channels: tuple[Channel, ...]) -> tuple[int, ...]:
    """Positions of the channels an axis names."""
    from portfolio.model.reallocation.sweep import ALL_POOLED
    from portfolio.model.scenarios.select import find_channel

    def pooled(channel: Channel) -> bool:
        return channel.kind is Kind.POOLED

    if axis.channel == ALL_POOLED:
        return tuple(c for c, channel in enumerate(channels) if pooled(channel))
    found = find_channel(axis.channel, channels, axis.place, fits=pooled)
    if not pooled(found):
        raise InputError([_not_pooled(axis.place, found)])
    return (channels.index(found),)


def _not_pooled(place: str, channel: Channel) -> Problem:
    return Problem(
        place=place,
        found=f"“{channel.name}”属于{channel.kind}，不是统筹渠道",
        fix="扫描只变动统筹渠道的额度；其他渠道请写进情景，再用 -s 选用",
    )


def _twice(place: str, channel: Channel, year: int) -> Problem:
    return Problem(
        place=place,
        found=f"“{channel.name}”{year}年的额度在两项 --sweep 中都有变动",
        fix="同一渠道同一年份只写一次",
    )
