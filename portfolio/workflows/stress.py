"""Stress tests: thousands of paths on the same luck, judged and compared; and one path told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from portfolio.model.problems import Collected, InputError, Problem
from portfolio.workflows.asked import (
    MOST_PATHS,
    TAILS,
    Drawing,
    Replay,
    Stress,
    Told,
    bounds_problems,
    silent,
    taking,
)
from portfolio.workflows.hands import hands
from portfolio.workflows.inputs import calendar_of, read_merged
from portfolio.workflows.interrupt import Stop, stoppable
from portfolio.workflows.run import AuditError, play_plan, played, played_apart

if TYPE_CHECKING:
    from portfolio.model.arrays import Integers
    from portfolio.model.calendar import Calendar
    from portfolio.model.measures.path_story import PathStory
    from portfolio.model.measures.results import RunResult
    from portfolio.model.outcome import Outcome
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.record.trial import Trial
    from portfolio.model.study.findings import Findings
    from portfolio.model.study.list_chance import ListChance, ListPaths
    from portfolio.model.study.paths import Paths
    from portfolio.model.study.query_answers import AskedPrecision
    from portfolio.model.study.result import (
        Condition,
        Precision,
        Quantity,
        Sampling,
        StressResult,
    )
    from portfolio.sim.stress import Luck, Study, Workers

# --- The extra runs of a stress test: what each source of luck and each channel's money does


#: Extra runs (levers, leverage) use so many paths at most, by engine.
EXTRA_PATHS, SLOW_EXTRA_PATHS = 500, 100


def with_extras(
    results: Sequence[StressResult], asked: Stress, luck: Luck, workers: Workers, stop: Stop
) -> list[StressResult]:
    """The results with levers and leverage as asked; Ctrl-C leaves out those not done."""
    done, tell = list(results), asked.progress or silent
    for k, result in enumerate(results):
        try:
            with stop.let_through():
                if asked.levers:
                    done[k] = _with_levers(result, luck, workers, tell)
                if asked.leverage:
                    done[k] = _with_leverage(done[k], luck, asked.workers, tell)
        except KeyboardInterrupt:
            stopped = replace(result.sampling, extras_skipped=True)
            return [*done[:k], replace(done[k], sampling=stopped), *done[k + 1 :]]
    return done


def _with_levers(
    result: StressResult, luck: Luck, workers: Workers, tell: Told
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
        progress=counting(tell, f"正在逐项去除风险 {result.run.label}"),
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
        progress=counting(tell, f"正在计算渠道杠杆 {result.run.label}"),
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
class _Question:
    """What is asked of one scenario's paths; read for its own portfolio."""

    about: Quantity | None
    width: AskedPrecision | None
    conditions: tuple[Condition, ...]


@taking(Stress)
def stress(asked: Stress) -> tuple[StressResult, ...]:
    """Stress-test scenarios on the same luck: the baseline first, then each scenario apart.

    `sets` come last in each scenario; without a scenario they are one of their own. `fail_if` and
    `precision` (with `about`) concern the scenarios asked for, the baseline only where none is.
    With `precision` `n` is the number to begin with, and `most` (200,000) the last. `year` is
    looked at instead of the year to worry about first. `runs` are scenarios played apart already:
    nothing is read then. `levers` and `leverage` ask for extra runs, each for its own. Ctrl-C
    leaves a result of the paths done; once they are, it is noted in `stop` (of `stoppable`), which also leaves out the extra runs.
    `progress` is told how far it is, `say` what a user should know of the way it is done.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and what is asked, all at once.
    KeyboardInterrupt
        Stopped before any path was done.
    """
    runs, tell, stop = asked.runs, asked.progress or silent, asked.stop
    calendar = runs[0].calendar if runs else calendar_of(asked.workbook)
    problems = bounds_problems(asked) + precision_problems(asked, calendar)
    if runs is None or problems:
        runs = played_apart(asked, problems)
    questions, luck = _questions(runs, asked), luck_of(asked)
    say_notes(asked)
    with (
        nullcontext(stop) if stop is not None else stoppable(asked.say) as ctrl_c,
        hands(asked, asked.say) as workers,
    ):
        study = _study(runs, asked, questions, luck, workers, ctrl_c)
        ctrl_c.hold()
        if study.interrupted:
            ctrl_c.note()
        results: list[StressResult] = []
        rates = _list_rates(runs[0].portfolio, luck, len(study.paths[0]))
        for k, run in enumerate(runs):
            tell(f"正在统计 {run.label}", k, len(runs))
            listed = _listed(runs, study, k, rates)
            results.append(_judged(run, study, k, asked, questions[k], results[:1], listed))
        if not (asked.levers or asked.leverage):
            return tuple(results)
        if ctrl_c.noted:
            return tuple(_without_extras(result) for result in results)
        return tuple(with_extras(results, asked, luck, workers, ctrl_c))


def _list_rates(portfolio: Portfolio, luck: Luck, paths: int) -> Integers:
    """What each path's yearly lists come to ÷ their plans: int32[path, year of play]."""
    from portfolio.model.record.table import tables_of
    from portfolio.sim.luck.list_rates import list_rates

    calendar = portfolio.calendar
    return list_rates(
        tables_of(portfolio.record, calendar.play_years),
        place=portfolio.record.place,
        first_year=calendar.first_year,
        seed=luck.seed,
        first_path=1,
        paths=paths,
    )


def _listed(runs: Sequence[RunResult], study: Study, k: int, rates: Integers) -> ListPaths:
    """What the chances of a scenario's years are made of."""
    from portfolio.model.study.list_chance import ListPaths

    return ListPaths(
        base=runs[0].portfolio,
        base_paths=study.paths[0],
        portfolio=runs[k].portfolio,
        paths=study.paths[k],
        rates_bps=rates,
    )


def _without_extras(result: StressResult) -> StressResult:
    return replace(result, sampling=replace(result.sampling, extras_skipped=True))


def _questions(runs: Sequence[RunResult], asked: Stress) -> tuple[_Question, ...]:
    """What is asked of each run: of the scenarios, of the baseline only where it is alone."""
    from portfolio.model.study.queries import of_paths, parse_condition, parse_quantity
    from portfolio.model.study.query_answers import parse_precision

    problems, found = Collected(), []
    about, precision = asked.about, asked.precision
    for k, run in enumerate(runs):
        quantity, width, conditions = None, None, []
        with problems.part():
            check_year(asked.year, run.portfolio)
        if k or len(runs) == 1:
            if about is not None and precision is not None:
                with problems.part():
                    quantity = of_paths(parse_quantity(about, run.portfolio), run.portfolio)
                    width = parse_precision(precision, quantity.unit)
            for text in asked.fail_if:
                with problems.part():
                    conditions.append(parse_condition(text, run.portfolio))
        found.append(_Question(about=quantity, width=width, conditions=tuple(conditions)))
    problems.raise_any()
    return tuple(found)


def _study(
    runs: Sequence[RunResult],
    asked: Stress,
    questions: Sequence[_Question],
    luck: Luck,
    workers: Workers,
    stop: Stop,
) -> Study:
    """The paths of all scenarios, as many as were asked for or as the asked precision takes."""
    from portfolio.model.study.query_answers import never_sure
    from portfolio.sim import stress as sim

    portfolios = [run.portfolio for run in runs]
    count = counting(asked.progress or silent, "正在推演")
    draw = partial(
        sim.study_sobol if asked.sobol else sim.study,
        portfolios,
        luck=luck,
        paths=asked.n,
        workers=workers,
        progress=count,
    )
    if asked.sobol or all(each.width is None for each in questions):
        return draw()

    def sure(paths: tuple[Paths, ...]) -> bool:
        # Between two batches there is a result already: it is not to be lost.
        with stop.holding():
            found = [_precision(*three) for three in zip(questions, portfolios, paths, strict=True)]
        done = [each is None or each.reached or never_sure(each) for each in found]
        return stop.noted or all(done)

    found = sim.until(
        portfolios,
        luck=luck,
        sure=sure,
        paths=asked.n,
        most=max(asked.n, asked.most or sim.MOST_PATHS),
        workers=workers,
        progress=count,
    )
    return replace(found, interrupted=found.interrupted or stop.noted)


def _precision(question: _Question, portfolio: Portfolio, paths: Paths) -> Precision | None:
    from portfolio.model.study.query_answers import precision

    if question.about is None or question.width is None:
        return None
    return precision(question.about, question.width, portfolio, paths)


def _judged(
    run: RunResult,
    study: Study,
    k: int,
    asked: Stress,
    question: _Question,
    reference: Sequence[StressResult],
    listed: ListPaths,
) -> StressResult:
    """A scenario's paths judged, and compared with the first scenario's."""
    from portfolio.model.study.assess import compare, findings
    from portfolio.model.study.query_answers import judge
    from portfolio.model.study.result import StressResult

    paths, portfolio, told = study.paths[k], run.portfolio, listed.told_years()
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
        sampling=_sampling(study, k, asked, portfolio, found),
        paths=paths,
        findings=found,
        comparison=comparison,
        precision=_precision(question, portfolio, paths),
        judged=tuple(
            judge(condition, portfolio, paths, listed) for condition in question.conditions
        ),
        listed=told,
        trial=_trial(asked, portfolio, told),
    )


def _trial(asked: Stress, portfolio: Portfolio, told: Sequence[ListChance]) -> Trial | None:
    """How such chances did so far, where one is told; a report has its own plays and no room."""
    from portfolio.model.record.trial import trial_of

    if asked.runs is not None or all(one.range is None for one in told):
        return None
    return trial_of(portfolio.record)


def _sampling(
    study: Study, k: int, asked: Stress, portfolio: Portfolio, found: Findings
) -> Sampling:
    from portfolio.model.study.assess import usual_questions
    from portfolio.model.study.list_chance import speaks_of_list
    from portfolio.model.study.query_answers import sampling_errors
    from portfolio.model.study.result import Sampling
    from portfolio.sim.lanes.many_paths import default_engine

    parts = study.parts[k] if study.parts else ()
    worry = None if found.worry is None else found.worry.year
    questions = usual_questions(portfolio.calendar, worry)
    # The record's chance has no error of sampling.
    if worry is not None and speaks_of_list(portfolio, worry):
        questions = tuple(text for text in questions if not text.startswith("P("))
    return Sampling(
        seed=asked.seed,
        asked=study.asked,
        interrupted=len(study.paths[k]) < study.asked,
        tails=asked.tails,
        engine=ENGINE_NAMES[default_engine()],
        sobol=sampling_errors(portfolio, parts, questions) if len(parts) > 1 else (),
    )


# --- One path of a stress test told, checked by both engines


#: Paths that may be asked for by what they are.
WISHES = ("最差", "中位", "最好")


@dataclass(frozen=True, kw_only=True)
class ToldPath:
    """One path told: the scenario played without luck, the path's portfolio and outcome, its story."""

    run: RunResult
    story: PathStory
    lucky: Portfolio
    outcome: Outcome


@taking(Replay)
def replay(asked: Replay) -> ToldPath:
    """Tell one path of a stress test under the merged scenarios.

    `path` is its number, counted from 1, or 最差, 中位, 最好 of the first `n` by the investment of
    `year`, or of the year to worry about first.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios and the options, all at once.
    DisagreementError
        The event engine and the batch engine differ: a defect of the program.
    """
    from portfolio.sim.stress import study, study_sobol

    problems = Collected(bounds_problems(asked) + path_problems(asked))
    with problems.part():
        loaded, scenario = read_merged(asked)
    problems.raise_any()
    run = played(loaded, scenario, play_plan(loaded.portfolio), None)
    check_year(asked.year, run.portfolio)
    luck, tell = luck_of(asked), counting(asked.progress or silent, "正在推演")
    say_notes(asked)
    play_all = study_sobol if asked.sobol else study
    with hands(asked, asked.say) as workers:
        found = play_all([run.portfolio], luck=luck, paths=asked.n, workers=workers, progress=tell)
    if found.interrupted:
        raise KeyboardInterrupt
    return _told(run, found.paths[0], luck, asked)


def _told(run: RunResult, paths: Paths, luck: Luck, asked: Replay) -> ToldPath:
    """Play the wanted path again, check it against the batch engine and the rulebook, tell it."""
    from portfolio.model.audit import audit
    from portfolio.model.measures.path_story import Standing, path_story, ranks
    from portfolio.model.study.assess import notable_paths
    from portfolio.model.study.years import worry_year, year_chances
    from portfolio.sim.replay import replay as play_again
    from portfolio.sim.stress import one_draw

    portfolio, wanted = run.portfolio, asked.path
    worry = worry_year(year_chances(portfolio, paths, run.outcome), asked.year)
    year = None if worry is None else worry.year
    notable = {each.label: each.path for each in notable_paths(portfolio, paths, year)}
    number = notable[wanted] if isinstance(wanted, str) else wanted
    draws = one_draw(portfolio, luck, number, sobol_of=asked.n if asked.sobol else None)
    again = play_again(portfolio, draws, number, paths)
    breaches = audit(again.lucky, again.outcome)
    if breaches:
        raise AuditError("\n".join(str(breach) for breach in breaches))
    standing = Standing(
        path=number,
        seed=luck.seed,
        tails=asked.tails + ("，Sobol" if asked.sobol else ""),
        among=len(paths),
        wish=wanted if isinstance(wanted, str) else None,
        year=year,
        year_asked=asked.year is not None,
        ranks=ranks(portfolio, paths, again.batch, year),
    )
    story = path_story(standing, portfolio, draws, again.lucky, again.outcome, run.outcome)
    return ToldPath(run=run, story=story, lucky=again.lucky, outcome=again.outcome)


def path_problems(asked: Replay) -> list[Problem]:
    """What is wrong with the path asked for."""
    path = asked.path
    if isinstance(path, str):
        if path in WISHES:
            return []
        return [
            Problem(
                place="--path",
                found=f"没有“{path}”",
                fix=f"请写路径号（从 1 起）或 {'、'.join(WISHES)}",
            )
        ]
    if path < 1 or path > MOST_PATHS:
        return [
            Problem(
                place="--path",
                found=f"没有第 {path:,} 条路径",
                fix=f"请取 1 至 {MOST_PATHS:,} 的整数",
            )
        ]
    if asked.sobol and asked.n >= 1 and path > (there := _sobol_paths(asked.n)):
        return [
            Problem(
                place="--path",
                found=f"拟随机抽样共 {there:,} 条路径，没有第 {path:,} 条",
                fix="请与 stress 用同样的 -n；路径号不超过它的路径数",
            )
        ]
    return []


def _sobol_paths(n: int) -> int:
    from portfolio.sim.stress import RANDOMISATIONS, sobol_size

    return RANDOMISATIONS * sobol_size(n)


# --- What both share: how the luck is drawn, what is said of it, what can't be asked


def luck_of(asked: Drawing) -> Luck:
    """The luck of a study; the options have been judged."""
    from portfolio.sim.stress import Luck

    return Luck(seed=asked.seed, tails=TAILS[asked.tails])


def say_notes(asked: Drawing) -> None:
    """Say what a user should know before it starts: the engine, the number of paths."""
    from portfolio.sim.lanes.many_paths import compiler_missing, to_be_compiled
    from portfolio.sim.stress import RANDOMISATIONS, sobol_size

    say = asked.say or silent
    if compiler_missing():
        say(
            "本机载入不了编译器 numba，推演约慢五十倍，数相同（可运行 pip install --force-reinstall numba 修复）"
        )
    elif to_be_compiled():
        say("首次使用须为本机编译一次，空闲的电脑约 10 秒，忙时更久")
    if asked.sobol and RANDOMISATIONS * sobol_size(asked.n) != asked.n:
        size = sobol_size(asked.n)
        say(f"拟随机抽样每组的路径数须为 2 的幂：{RANDOMISATIONS} 组，每组 {size:,} 条")


def counting(tell: Told, text: str) -> Callable[[int, int], None]:
    """Tell counts under one text."""
    return lambda done, total: tell(text, done, total)


def check_year(year: int | None, portfolio: Portfolio) -> None:
    """Refuse a year that can't be looked at.

    Raises
    ------
    InputError
        The plan has no such year, or the year has no target or no 入列系数.
    """
    from portfolio.model.quarters import year_spans
    from portfolio.model.study.years import years_to_look_at

    known = years_to_look_at(portfolio)
    if year is None or year in known:
        return
    fix = f"可取 {year_spans(known)}" if known else "请在工作表“年度目标”中填写目标和入列系数"
    raise InputError.of("--year", f"{year} 年没有可对照的年度目标", fix)


def precision_problems(asked: Stress, calendar: Calendar) -> list[Problem]:
    """What is wrong with the asked precision, its words apart."""
    precision, about = asked.precision, asked.about
    how = calendar.fill("请写成 --precision 1% --about 'P(<full>>=3800)'")
    found = []
    if precision is not None and about is None:
        found.append(Problem(place="--precision", found="没有说明要算准什么", fix=how))
    if about is not None and precision is None:
        found.append(Problem(place="--about", found="没有说明要多准", fix=how))
    if precision is not None and asked.sobol:
        found.append(
            Problem(place="--precision", found="不能与 --sobol 同用", fix="请去掉其中一个")
        )
    return found
