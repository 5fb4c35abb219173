"""What a meeting looks at: scenarios played, stress-tested and repaired, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from portfolio.model.facts import parse_period
from portfolio.model.problems import InputError, Problem
from portfolio.workflows.asked import (
    REPORT_PATHS,
    Brief,
    Report,
    Told,
    bounds_problems,
    silent,
    taking,
)
from portfolio.workflows.inputs import BASELINE, calendar_of
from portfolio.workflows.interrupt import aside, stoppable
from portfolio.workflows.reallocate import case_of_run, repaired_case
from portfolio.workflows.run import played_apart
from portfolio.workflows.run import run as play_run
from portfolio.workflows.stress import stress

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.dossier import Dossier
    from portfolio.model.measures.live import Live
    from portfolio.model.measures.results import RunResult
    from portfolio.model.reallocation.result import Reallocation
    from portfolio.model.study.result import StressResult

NOT_ASKED_STRESS = "本次未做压力测试"
NO_LUCK = "本次报告没有做压力测试（-n 0）；去掉 -n 0 再做一次报告就有"
NOT_ASKED_REPAIR = "本次未求调整方案"
NOT_YET = "调整方案尚在求解"
NO_SHOCK = "本情景对计划没有改动，无须调整"
NO_YEAR_LEFT = "报告时点已是计划期末，没有可以调整的年份"
ADJUSTED = "本情景的计划已是调整后的方案，不再求调整"


@taking(Report)
def report(asked: Report) -> tuple[Dossier, ...]:
    """Scenarios as a report shows them: the baseline first, then each apart.

    `asof` is the month to whose end facts are taken. Without facts it is the last quarter taken as
    past (“2024Q3”), to whose end the briefing counts; without it that is the end of the year before the first one that any of the scenarios shocks. `paths` 0
    leaves out the stress test, `repair` False the repairs. A repair is decided at the end of the
    year before the shock, as `reallocate` does, or at the end of `asof` where that is later: what
    is past can't be moved any more. The baseline is asked for where it is named or alone. `played`
    is given the scenarios as played before anything is searched; the stress test goes on meanwhile.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and the options, all at once.
    AuditError
        A repaired plan or its play breaks the rulebook: a defect.
    KeyboardInterrupt
        Stopped; nothing is left half done.
    """
    from portfolio.model.dossier import Dossier

    asof = asked.asof
    judged = asof is not None and parse_period(asof) is None
    problems = _quarter(asof, calendar_of(asked.workbook))[1] if asof and judged else []
    runs = played_apart(asked, [*problems, *_paths_problems(asked)])
    given = _last_past(asof, runs[0])
    quarter = quarter_before_shock(runs) if given is None else given
    plays = tuple(
        Dossier(
            run=run,
            quarter=quarter,
            no_stress=NOT_ASKED_STRESS,
            no_repair=(_no_repair(run, quarter) or NOT_YET) if asked.repair else NOT_ASKED_REPAIR,
            asked=k > 0 or len(runs) == 1 or BASELINE in asked.scenarios,
        )
        for k, run in enumerate(runs)
    )
    testing = partial(_stressed_and_loaded, runs, quarter, asked)
    with aside(testing, apart=asked.cluster is None) as stressed:
        if asked.played is not None:
            asked.played(plays)
        repairs = [_repaired(play, k, len(plays), given, asked) for k, play in enumerate(plays)]
        results = stressed()
    lives = [_live(*each, asked) for each in zip(plays, results, strict=True)]
    return tuple(
        replace(
            play,
            stress=result,
            no_stress=NOT_ASKED_STRESS if result is None else None,
            repair=repair,
            no_repair=play.no_repair if repair is None else None,
            live=live,
            no_live=no_live,
        )
        for play, result, repair, (live, no_live) in zip(
            plays, results, repairs, lives, strict=True
        )
    )


def _stressed_and_loaded(
    runs: Sequence[RunResult], quarter: int, asked: Report
) -> tuple[StressResult | None, ...]:
    found = _stressed(runs, quarter, asked)
    _load_writers()
    return found


def _load_writers() -> None:
    """Load what a report is written with, while the solver works."""
    from portfolio.report import briefing, page
    from portfolio.report.briefing import charts, document
    from portfolio.report.excel import book

    del briefing, page, charts, document, book


def _repaired(
    play: Dossier, k: int, among: int, given: int | None, asked: Report
) -> Reallocation | None:
    """The repair of a scenario; None where it has none."""
    if play.no_repair != NOT_YET:
        return None
    say = partial(_say, asked.progress or silent, play.run, k, among)
    opened = case_of_run(play.run, not_before=given, progress=say)
    return repaired_case(
        opened, ways=asked.ways, seconds=asked.seconds, price_seconds=0.0, progress=say
    )


def _live(play: Dossier, stressed: StressResult | None, asked: Report) -> tuple[Live | None, str]:
    """What the page plays on, or why it can't."""
    from portfolio.model.scenarios.setting_verbs import PRIORITIES
    from portfolio.sim.live import LUCKY_PATHS, live_of, why_not, with_luck
    from portfolio.sim.stress import Luck, Window, window_draws

    run = play.run
    no_live = why_not(run.portfolio, run.baseline)
    if no_live:
        return None, no_live
    live = live_of(run, play.quarter, PRIORITIES)
    if stressed is None:
        return replace(live, no_luck=NO_LUCK), ""
    window = Window(1, min(LUCKY_PATHS, len(stressed.paths)))
    draws = window_draws(run.portfolio, Luck(seed=asked.seed), window)
    return with_luck(live, run, draws, stressed.paths, seed=asked.seed), ""


def _last_past(asof: str | None, run: RunResult) -> int | None:
    """The last quarter taken as past: of the facts, else as told; None: neither.

    Raises
    ------
    InputError
        There are no facts, and it is no quarter.
    """
    if run.baseline.facts is not None:
        return run.baseline.facts.last_ended_quarter
    if asof is None:
        return None
    quarter, problems = _quarter(asof, run.calendar)
    if problems:
        raise InputError(problems)
    return quarter


def quarter_before_shock(runs: Sequence[RunResult]) -> int:
    """The last quarter before the first year any of the runs is shocked; the first quarter at the earliest."""
    from portfolio.model.reallocation.case import first_shocked_year

    years = [first_shocked_year(run.portfolio, run.baseline) for run in runs]
    return max(0, 4 * min((year for year in years if year is not None), default=0) - 1)


def _stressed(
    runs: Sequence[RunResult], quarter: int, asked: Report
) -> tuple[StressResult | None, ...]:
    """The stress tests of the runs on the same luck; None for each where none is asked for.

    Ctrl-C stops the report, whenever it comes: half a report is none.
    """
    if not asked.paths:
        return (None,) * len(runs)
    with stoppable() as stop:
        stressed = stress(
            n=asked.paths,
            seed=asked.seed,
            workers=asked.workers,
            cluster=asked.cluster,
            progress=asked.progress,
            year=_year_ahead(runs, quarter),
            stop=stop,
            runs=runs,
        )
    if stop.noted:
        raise KeyboardInterrupt
    return stressed


def _year_ahead(runs: Sequence[RunResult], quarter: int) -> int | None:
    """The year of a quarter, or the next where it is the last; None where some run can't be asked.

    Drivers are told for this year: a year that is over is no risk any more.
    """
    from portfolio.model.study.years import years_to_look_at

    year = runs[0].calendar.first_year + (quarter + 1) // 4
    return year if all(year in years_to_look_at(run.portfolio) for run in runs) else None


def _say(tell: Told, run: RunResult, k: int, among: int, text: str) -> None:
    tell(f"{text} {run.label}", k, among)


def _quarter(text: str, calendar: Calendar) -> tuple[int, list[Problem]]:
    """The quarter of `--asof` (the first one where it is none), and what is wrong with it."""
    from portfolio.model.quarters import PLAN_YEARS

    quarter = calendar.parse_quarter(text)
    if quarter is not None and quarter < 4 * PLAN_YEARS:
        return quarter, []
    problem = Problem(
        place="--asof",
        found=f"“{text}”不是计划期内的季度",
        fix=f"请写 {calendar.first_year}Q1 至 {calendar.last_plan_year}Q4 之间的季度，"
        f"如 {calendar.first_year + 3}Q3",
    )
    return 0, [problem]


def _paths_problems(asked: Report) -> list[Problem]:
    """What is wrong with the options of the stress test; 0 paths are none."""
    if not asked.paths:
        return []
    if asked.paths < 0:
        fix = f"请写 0（不做压力测试）或更大的整数，默认 {REPORT_PATHS:,}"
        return [Problem(place="-n", found=f"路径数不能是 {asked.paths}", fix=fix)]
    return bounds_problems(asked)


def _no_repair(run: RunResult, quarter: int) -> str | None:
    """Why a scenario can't be repaired; None where it can."""
    if run.portfolio.adjusted is not None:
        return ADJUSTED
    if not run.changes:
        return NO_SHOCK
    return (
        NO_YEAR_LEFT if quarter >= run.calendar.quarter_of(run.calendar.last_plan_year, 4) else None
    )


# --- One page for who decides: a scenario played, with a repair where one is asked for


@dataclass(frozen=True, kw_only=True)
class BriefResult:
    """What the page is about; `repair` is None where none was asked for or nothing is shocked."""

    run: RunResult
    repair: Reallocation | None


@taking(Brief)
def brief(asked: Brief) -> BriefResult:
    """Play the merged scenarios, and repair the plan where that is asked for and something is shocked.

    Raises
    ------
    InputError
        Problems of the workbook and of the scenarios, all at once.
    AuditError
        A play or the repaired plan breaks the rulebook: a defect.
    """
    result = play_run(
        asked.workbook, asked.scenarios, asked.sets, asof=asked.asof, progress=asked.progress
    )
    if not asked.repair or not result.changes or result.portfolio.adjusted is not None:
        return BriefResult(run=result, repair=None)
    repaired = repaired_case(
        case_of_run(result, progress=asked.progress),
        seconds=asked.seconds,
        price_seconds=0.0,
        progress=asked.progress,
    )
    return BriefResult(run=result, repair=repaired)
