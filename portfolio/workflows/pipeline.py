"""What must be started, and when, so that the yearly targets hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.problems import InputError, Problem
from portfolio.workflows.asked import Pipeline, silent, taking
from portfolio.workflows.inputs import read_merged
from portfolio.workflows.run import play_plan, played

if TYPE_CHECKING:
    from portfolio.model.items import Channel
    from portfolio.model.measures.results import RunResult
    from portfolio.model.pipeline.added import Start
    from portfolio.model.pipeline.need import StartNeed
    from portfolio.model.pipeline.plan import StartPlan
    from portfolio.model.pipeline.project import ReserveProject
    from portfolio.model.pipeline.reserve import ReserveChoice
    from portfolio.model.pipeline.result import (
        CaseResult,
        HeldFrom,
        Lacking,
        Moved,
        PipelineResult,
    )
    from portfolio.model.pipeline.settings import StartSettings
    from portfolio.model.portfolio import Portfolio


@taking(Pipeline)
def pipeline(asked: Pipeline) -> PipelineResult:
    """Which volumes of new projects must start, by class and year, for the targets to hold.

    What the list brings by itself is its play. Everything assumed of what isn't started yet is in
    `model.pipeline.settings`; each assumption is moved once, to show how much hangs on it.

    Parameters
    ----------
    first
        The first year in which anything may start; without it the year after the as-of's.
    hold
        The year from which every target is to hold; without it the earliest from which they can.
    aim
        What is least: 峰值 (the largest year), 总量 or 市级资金.
    cap
        Per cent of their mean plan of the planned period that 统筹 channels bear at the most, old and
        new works together; 0: no limit.
    in_hand
        Volume in hand at the end, in years of the last target.

    Raises
    ------
    InputError
        Problems of the workbook and of the scenarios, or nothing is asked of the years to come.
    """
    from portfolio.model.pipeline.cases import CASES, cuts_of
    from portfolio.model.pipeline.classes import first_years, start_classes
    from portfolio.model.pipeline.result import PipelineResult

    tell = asked.progress or silent
    loaded, scenario = read_merged(asked)
    settings = _settings(asked, loaded.portfolio)
    baseline = play_plan(loaded.portfolio, asked.progress)
    run = played(loaded, scenario, baseline, asked.progress)
    cases: list[CaseResult] = []
    for case in CASES:
        tell(f"正在测算：{case.name}")
        cuts, missing = cuts_of(case, loaded.portfolio.channels)
        hold = asked.hold
        if cases:  # all cases from the same year on, or they could not be compared
            hold = cases[0].shown.held_from
        cut = _cut_run(run, cuts, settings.first)
        cases.append(_case(case.name, cut, settings, hold, missing))
    tell("正在逐项移动假设")
    main = cases[0]
    return PipelineResult(
        run=replace(run, paper=run.paper.about(settings, asked.hold, loaded.reserve)),
        settings=settings,
        cases=tuple(cases),
        held=_held(main.need, run),
        moved=_moved(main, run),
        first_parts=first_years(start_classes(loaded.portfolio, settings), 5),
        reserve=_reserve(main, run, loaded.reserve),
    )


def _reserve(
    main: CaseResult, run: RunResult, projects: Sequence[ReserveProject]
) -> ReserveChoice | None:
    """Which reserve projects start when, what must be started beside them, and the choice played."""
    from portfolio.model.pipeline.reserve import candidates
    from portfolio.optimize.pipeline.reserve import chosen_reserve

    if not projects:
        return None
    every = candidates(projects, main.need, run.portfolio)
    peak = None if main.plan is None else main.plan.peak_wan
    choice = chosen_reserve(main.need, every, main.shown.held_from, peak_wan=peak)
    starts = tuple(each.candidate.start(each.year) for each in choice.chosen)
    return replace(choice, played_wan=_converted(run, starts, main.need))


def _cut_run(run: RunResult, cuts: Sequence[tuple[Channel, int]], first: int) -> RunResult:
    """The list with a case's cuts of what was asked for leaves, played."""
    from portfolio.model.pipeline.cases import as_sets
    from portfolio.model.scenarios import apply
    from portfolio.read.scenario.options import parse_sets

    calendar, channels = run.calendar, run.portfolio.channels
    cut = parse_sets(as_sets(cuts, first, calendar.last_plan_year), calendar, channels)
    if cut is None:
        return run
    portfolio, _ = apply(cut, run.portfolio)
    return replace(run, portfolio=portfolio, outcome=play_plan(portfolio))


def _settings(asked: Pipeline, portfolio: Portfolio) -> StartSettings:
    """What is assumed, judged.

    Raises
    ------
    InputError
        The first year is over, or no target is asked for from it on.
    """
    from portfolio.model.measures.years import judged_from
    from portfolio.model.money import BPS
    from portfolio.model.pipeline.need import target_years
    from portfolio.model.pipeline.settings import Aim, StartSettings
    from portfolio.workflows.asked import bounds_problems

    problems = bounds_problems(asked)
    past = judged_from(portfolio)
    first = asked.first or past + 1
    earliest = past + 1 if portfolio.facts is not None else past
    years = target_years(portfolio, first)
    if first < earliest:
        said = "执行数已到这一年" if portfolio.facts is not None else "这一年的名单已经公布"
        problems.append(
            Problem(
                place="--first",
                found=f"{first} 年太早：{said}",
                fix=f"请写 {earliest} 或以后的年份",
            )
        )
    elif not years:
        problems.append(
            Problem(
                place="年度目标!A1",
                found=f"{first} 年及以后没有下限或区间目标，无从测算",
                fix="请在年度目标表补上以后年份的目标，或把 --first 写早",
            )
        )
    elif asked.hold is not None and asked.hold not in years:
        problems.append(
            Problem(
                place="--hold",
                found=f"{asked.hold} 不在 {years[0]}—{years[-1]} 年内",
                fix="请写从哪一年起目标必须守住",
            )
        )
    if problems:
        raise InputError(problems)
    return StartSettings(
        first=first,
        aim=Aim(asked.aim),
        cap_bps=asked.cap * BPS // 100 if asked.cap else None,
        in_hand_bps=round(asked.in_hand * BPS),
    )


def _need(run: RunResult, settings: StartSettings) -> StartNeed:
    from portfolio.model.pipeline.need import start_need

    return start_need(run.portfolio, run.outcome, settings, run.baseline)


def _case(
    name: str,
    run: RunResult,
    settings: StartSettings,
    hold: int | None,
    missing: tuple[str, ...],
) -> CaseResult:
    """A case's plan, what lacks where there is none, and the plan played.

    hold : the year from which targets are to hold; None: the earliest from which they can
    """
    from portfolio.model.pipeline.need import corrected

    need = _need(run, settings)
    result = _planned(name, need, hold, missing)
    for _ in range(ROUNDS):
        result = replace(result, played_wan=_played(run, result.shown))
        if (result.apart or 0.0) <= NEAR:
            break
        need = corrected(result.need, result.shown.converted_wan, result.played_wan or ())
        result = _planned(name, need, hold, missing)
    else:
        result = replace(result, played_wan=_played(run, result.shown))
    return result


#: Where money is short the list takes of what starts ask for: what it brings is then taken from
#: the play of both, so many times at the most, until play and plan are so near.
ROUNDS, NEAR = 3, 0.003


def _planned(name: str, need: StartNeed, hold: int | None, missing: tuple[str, ...]) -> CaseResult:
    """A case's plan, and what lacks, not yet played."""
    from portfolio.model.pipeline.result import CaseResult
    from portfolio.optimize.pipeline.starts import earliest_starts, least_starts

    plan = earliest_starts(need) if hold is None else least_starts(need, hold)
    lacking, from_year = None, need.first if hold is None else hold
    if plan is None or plan.held_from > from_year:
        lacking = _lacking(need, from_year)
        if lacking.least.holds:  # only what is kept for rounding lacked
            plan, lacking = lacking.least, None
    return CaseResult(
        name=name, need=need, plan=plan, lacking=lacking, played_wan=None, missing=missing
    )


def _lacking(need: StartNeed, from_year: int) -> Lacking:
    from portfolio.model.pipeline.result import Lacking
    from portfolio.optimize.pipeline.starts import growth_needed, least_shortfall

    return Lacking(
        least=least_shortfall(need, from_year), growth_wan=growth_needed(need, from_year)
    )


def _played(run: RunResult, plan: StartPlan) -> tuple[int, ...]:
    """What the list and a plan's starts convert to by year, played."""
    from portfolio.model.pipeline.added import starts_of

    return _converted(run, starts_of(plan), plan.need)


def _converted(run: RunResult, starts: Sequence[Start], need: StartNeed) -> tuple[int, ...]:
    """What the list and starts convert to by year, the starts played as items of the list."""
    from portfolio.model.measures.years import year_measures
    from portfolio.model.pipeline.added import with_starts

    portfolio = with_starts(run.portfolio, starts)
    outcome = play_plan(portfolio) if starts else run.outcome
    years = [year.year for year in need.years]
    return tuple(each.converted_wan or 0 for each in year_measures(portfolio, outcome, years))


def _held(need: StartNeed, run: RunResult) -> tuple[HeldFrom, ...]:
    """What it takes to hold the targets from each of the first years on."""
    from portfolio.model.pipeline.result import HeldFrom
    from portfolio.optimize.pipeline.starts import least_starts

    found = []
    for year in need.years[:LOOKED_AT]:
        plan, unlimited = least_starts(need, year.year), None
        if plan is None:
            free = _need(run, replace(need.settings, cap_bps=None))
            unlimited = least_starts(free, year.year)
        found.append(HeldFrom(year=year.year, plan=plan, unlimited=unlimited))
    return tuple(found)


#: So many first years are tried as the one from which targets hold.
LOOKED_AT = 4


def _moved(main: CaseResult, run: RunResult) -> tuple[Moved, ...]:
    """Assumptions moved one at a time, targets held from the same year on."""
    from portfolio.model.pipeline.moved import moved_assumptions
    from portfolio.model.pipeline.result import Moved
    from portfolio.optimize.pipeline.starts import least_starts

    if main.plan is None:
        return ()
    return tuple(
        Moved(
            name=each.name,
            now=each.now,
            then=each.then,
            plan=least_starts(_need(run, each.settings), main.plan.held_from),
        )
        for each in moved_assumptions(main.need.settings)
    )


def write_pipeline(result: PipelineResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write 储备测算.xlsx and pipeline.json; all of them or none.

    Raises
    ------
    InputError
        As every function that writes.
    """
    from portfolio.report.contents import pipeline_contents
    from portfolio.report.files import write_all
    from portfolio.workflows.outputs import output_folder

    folder = output_folder(out, f"储备测算 {result.run.label}", result.run.files_read)
    return write_all(folder, pipeline_contents(result), result.run.files_read)
