"""Telling one path of a stress test, checked by both engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.model.problems import Problem
from portfolio.workflows.asked import MOST_PATHS, Replay, bounds_problems, silent, taking
from portfolio.workflows.inputs import read_merged
from portfolio.workflows.run import AuditError, play_plan, played
from portfolio.workflows.stress import check_year, counting, luck_of, say_notes

if TYPE_CHECKING:
    from portfolio.model.measures.path_story import PathStory
    from portfolio.model.measures.results import RunResult
    from portfolio.model.outcome import Outcome
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.study.paths import Paths
    from portfolio.sim.stress import Luck


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
    from portfolio.model.problems import Collected
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
    found = play_all(
        [run.portfolio], luck=luck, paths=asked.n, workers=asked.workers, progress=tell
    )
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
