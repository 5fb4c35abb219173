"""Stress tests: thousands of paths on the same luck, judged and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.workflows.inputs import calendar_of
from portfolio.workflows.interrupt import Stop, stoppable
from portfolio.workflows.run import played_apart
from portfolio.workflows.sampling_options import (
    PATHS,
    SEED,
    Told,
    check_year,
    counting,
    luck_of,
    option_problems,
    precision_problems,
    say_notes,
    silent,
)

if TYPE_CHECKING:
    from portfolio.model.measures.results import RunResult
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.study.findings import Findings
    from portfolio.model.study.paths import Paths
    from portfolio.model.study.query_answers import AskedPrecision
    from portfolio.model.study.result import (
        Condition,
        Precision,
        Quantity,
        Sampling,
        StressResult,
    )
    from portfolio.sim.stress import Luck, Study
    from portfolio.workflows.interrupt import Stop

# --- The extra runs of a stress test: what each source of luck and each channel's money does


#: Extra runs (levers, leverage) use so many paths at most, by engine.
EXTRA_PATHS, SLOW_EXTRA_PATHS = 500, 100


def with_extras(
    results: Sequence[StressResult], luck: Luck, workers: int | None, tell: Told, stop: Stop,
    *, leverage: bool,
) -> list[StressResult]:  # fmt: skip
    """The results with levers and, if asked, leverage; Ctrl-C leaves out those not done."""
    done = list(results)
    for k, result in enumerate(results):
        try:
            with stop.let_through():
                done[k] = _with_levers(result, luck, workers, tell)
                if leverage:
                    done[k] = _with_leverage(done[k], luck, workers, tell)
        except KeyboardInterrupt:
            stopped = replace(result.sampling, extras_skipped=True)
            return [*done[:k], replace(done[k], sampling=stopped), *done[k + 1 :]]
    return done


def _with_levers(
    result: StressResult, luck: Luck, workers: int | None, tell: Told
) -> StressResult:  # fmt: skip
    """Luck switched off source by source on the first paths, where it goes along with outcomes."""
    from portfolio.model.study.drivers import lever_effects
    from portfolio.sim import levers as extra
    from portfolio.sim import stress as sim

    portfolio, worry = result.run.portfolio, result.findings.worry
    every = extra.levers(portfolio)
    played = extra.likeliest(every, result.findings.drivers)
    # A quasi-random study is of other luck than what is switched off here.
    keyed = not result.sampling.sobol
    base, *others = sim.study_without(
        portfolio,
        luck=luck,
        offs=[*(() if keyed else (frozenset(),)), *(lever.off for lever in played)],
        paths=_extra_paths(result),
        workers=workers,
        progress=counting(tell, f"正在逐项去除风险 {result.run.scenario}"),
        base=result.paths if keyed else None,
    )
    effects = lever_effects(
        portfolio,
        base,
        {lever.label: paths for lever, paths in zip(played, others, strict=True)},
        None if worry is None else worry.year,
    )
    return replace(result, levers=effects, levers_of=len(every))


def _with_leverage(
    result: StressResult, luck: Luck, workers: int | None, tell: Told
) -> StressResult:  # fmt: skip
    """Envelopes a little less, one channel and year at a time, on the first paths."""
    from portfolio.model.study.drivers import channel_leverage
    from portfolio.sim import levers as extra
    from portfolio.sim import stress as sim

    portfolio = result.run.portfolio
    less = extra.less_money(portfolio)
    base, leaner = sim.study_with_less(
        portfolio,
        [(year - portfolio.calendar.first_year, each) for (_, year), (_, each) in less.items()],
        sim.window_draws(portfolio, luck, sim.Window(1, _extra_paths(result))),
        workers=workers,
        progress=counting(tell, f"正在计算渠道杠杆 {result.run.scenario}"),
    )
    taken = {
        cell: (wan, paths) for (cell, (wan, _)), paths in zip(less.items(), leaner, strict=True)
    }
    return replace(result, leverage=channel_leverage(portfolio, base, taken))


def _extra_paths(result: StressResult) -> int:
    from portfolio.sim.lanes.many_paths import compiler_missing

    return min(len(result.paths), SLOW_EXTRA_PATHS if compiler_missing() else EXTRA_PATHS)


# --- Stress tests: thousands of paths on the same luck, judged and compared


#: The batch engines, as people read them.
ENGINE_NAMES = {"compiled": "编译内核", "numpy": "NumPy"}


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is asked of one scenario's paths; read for its own portfolio."""

    year: int | None
    about: Quantity | None
    width: AskedPrecision | None
    conditions: tuple[Condition, ...]


def stress(
    scenarios: Sequence[str] = (),
    workbook: Path | None = None,
    sets: Sequence[str] = (),
    n: int = PATHS,
    seed: int = SEED,
    workers: int | None = None,
    *,
    tails: str = "正态",
    sobol: bool = False,
    precision: str | None = None,
    about: str | None = None,
    fail_if: Sequence[str] = (),
    progress: Told | None = None,
    say: Callable[[str], None] | None = None,
    levers: bool = True,
    leverage: bool = False,
    most: int | None = None,
    year: int | None = None,
    stop: Stop | None = None,
    runs: Sequence[RunResult] | None = None,
) -> tuple[StressResult, ...]:
    """Stress-test scenarios on the same luck: the baseline first, then each scenario apart.

    `sets` come last in each scenario; without a scenario they are one of their own. `fail_if` and
    `precision` (with `about`) concern the scenarios asked for, the baseline only where none is.
    With `precision` `n` is the number to begin with, and `most` (200,000) the last. `year` is
    looked at instead of the year to worry about first. `runs` are scenarios played apart already:
    nothing is read then. `levers` and `leverage` are the extra runs; the latter asks for the
    former. Ctrl-C leaves a result of the paths done;
    once they are, it is noted in `stop` (of `stoppable`), which also leaves out the extra runs.
    `progress` is told how far it is, `say` what a user should know of the way it is done.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and what is asked, all at once.
    KeyboardInterrupt
        Stopped before any path was done.
    """
    calendar = runs[0].calendar if runs else calendar_of(workbook)
    problems = option_problems(n, seed, workers, tails)
    problems += precision_problems(precision, about, calendar, sobol=sobol)
    if runs is None or problems:
        runs = played_apart(scenarios, workbook, sets, problems)
    asked = _asked(runs, precision, about, fail_if, year)
    luck = luck_of(seed, tails)
    tell = progress or silent
    say_notes(say, n, sobol=sobol)
    with nullcontext(stop) if stop is not None else stoppable(say) as ctrl_c:
        study = _study(
            runs, asked, luck, n, workers, sobol=sobol, most=most, tell=tell, stop=ctrl_c
        )
        ctrl_c.hold()
        if study.interrupted:
            ctrl_c.note()
        results: list[StressResult] = []
        for k, run in enumerate(runs):
            tell(f"正在统计 {run.scenario}", k, len(runs))
            results.append(_judged(run, study, k, seed, tails, asked[k], results[:1]))
        if not (levers or leverage):
            return tuple(results)
        if ctrl_c.noted:
            return tuple(_without_extras(result) for result in results)
        return tuple(with_extras(results, luck, workers, tell, ctrl_c, leverage=leverage))


def _without_extras(result: StressResult) -> StressResult:
    return replace(result, sampling=replace(result.sampling, extras_skipped=True))


def _asked(
    runs: Sequence[RunResult],
    precision: str | None,
    about: str | None,
    fail_if: Sequence[str],
    year: int | None,
) -> tuple[_Asked, ...]:
    """What is asked of each run: of the scenarios, of the baseline only where it is alone."""
    from portfolio.model.problems import Collected
    from portfolio.model.study.queries import parse_condition, parse_quantity
    from portfolio.model.study.query_answers import parse_precision

    problems, found = Collected(), []
    for k, run in enumerate(runs):
        quantity, width, conditions = None, None, []
        with problems.part():
            check_year(year, run.portfolio)
        if k or len(runs) == 1:
            if about is not None and precision is not None:
                with problems.part():
                    quantity = parse_quantity(about, run.portfolio)
                    width = parse_precision(precision, quantity.unit)
            for text in fail_if:
                with problems.part():
                    conditions.append(parse_condition(text, run.portfolio))
        found.append(_Asked(year=year, about=quantity, width=width, conditions=tuple(conditions)))
    problems.raise_any()
    return tuple(found)


def _study(
    runs: Sequence[RunResult],
    asked: Sequence[_Asked],
    luck: Luck,
    n: int,
    workers: int | None,
    *,
    sobol: bool,
    most: int | None,
    tell: Told,
    stop: Stop,
) -> Study:
    """The paths of all scenarios, as many as were asked for or as the asked precision takes."""
    from portfolio.model.study.query_answers import never_sure
    from portfolio.sim import stress as sim

    count, portfolios = counting(tell, "正在推演"), [run.portfolio for run in runs]
    if sobol:
        return sim.study_sobol(portfolios, luck=luck, paths=n, workers=workers, progress=count)
    if all(each.width is None for each in asked):
        return sim.study(portfolios, luck=luck, paths=n, workers=workers, progress=count)

    def sure(paths: tuple[Paths, ...]) -> bool:
        # Between two batches there is a result already: it is not to be lost.
        with stop.holding():
            found = [_precision(*three) for three in zip(asked, portfolios, paths, strict=True)]
        done = [each is None or each.reached or never_sure(each) for each in found]
        return stop.noted or all(done)

    found = sim.until(
        portfolios,
        luck=luck,
        sure=sure,
        paths=n,
        most=max(n, most or sim.MOST_PATHS),
        workers=workers,
        progress=count,
    )
    return replace(found, interrupted=found.interrupted or stop.noted)


def _precision(asked: _Asked, portfolio: Portfolio, paths: Paths) -> Precision | None:
    from portfolio.model.study.query_answers import precision

    if asked.about is None or asked.width is None:
        return None
    return precision(asked.about, asked.width, portfolio, paths)


def _judged(
    run: RunResult,
    study: Study,
    k: int,
    seed: int,
    tails: str,
    asked: _Asked,
    reference: Sequence[StressResult],
) -> StressResult:
    """A scenario's paths judged, and compared with the first scenario's."""
    from portfolio.model.study.assess import compare, findings
    from portfolio.model.study.query_answers import judge
    from portfolio.model.study.result import StressResult

    paths, portfolio = study.paths[k], run.portfolio
    found = findings(portfolio, paths, run.outcome, asked.year)
    comparison = None
    if reference:
        first = reference[0]
        comparison = compare(
            first.run.scenario,
            (first.run.portfolio, first.paths),
            run.scenario,
            (portfolio, paths),
        )
    return StressResult(
        run=run,
        sampling=_sampling(study, k, seed, tails, portfolio, found),
        paths=paths,
        findings=found,
        comparison=comparison,
        precision=_precision(asked, portfolio, paths),
        judged=tuple(judge(condition, portfolio, paths) for condition in asked.conditions),
    )


def _sampling(
    study: Study, k: int, seed: int, tails: str, portfolio: Portfolio, found: Findings
) -> Sampling:
    from portfolio.model.study.assess import usual_questions
    from portfolio.model.study.query_answers import sampling_errors
    from portfolio.model.study.result import Sampling
    from portfolio.sim.lanes.many_paths import default_engine

    parts = study.parts[k] if study.parts else ()
    questions = usual_questions(
        portfolio.calendar, None if found.worry is None else found.worry.year
    )
    return Sampling(
        seed=seed,
        asked=study.asked,
        interrupted=len(study.paths[k]) < study.asked,
        tails=tails,
        engine=ENGINE_NAMES[default_engine()],
        sobol=sampling_errors(portfolio, parts, questions) if len(parts) > 1 else (),
    )
