"""Telling one path of a stress test, checked by both engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.workflows.inputs import calendar_of, load_workbook, merged_scenario
from portfolio.workflows.run import AuditError, play_plan, played
from portfolio.workflows.sampling_options import (
    PATHS,
    SEED,
    Told,
    check_year,
    counting,
    luck_of,
    option_problems,
    path_problems,
    say_notes,
    silent,
)

if TYPE_CHECKING:
    from portfolio.model.measures.path_story import PathStory
    from portfolio.model.measures.results import RunResult
    from portfolio.model.outcome import Outcome
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.study.paths import Paths
    from portfolio.sim.stress import Luck


@dataclass(frozen=True, kw_only=True)
class Replay:
    """One path told: the scenario played without luck, the path's portfolio and outcome, its story."""

    run: RunResult
    story: PathStory
    lucky: Portfolio
    outcome: Outcome


def replay(
    path: int | str,
    scenarios: Sequence[str] = (),
    workbook: Path | None = None,
    sets: Sequence[str] = (),
    n: int = PATHS,
    seed: int = SEED,
    workers: int | None = None,
    *,
    tails: str = "正态",
    sobol: bool = False,
    progress: Told | None = None,
    say: Callable[[str], None] | None = None,
    year: int | None = None,
) -> Replay:
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

    problems = Collected(option_problems(n, seed, workers, tails))
    problems += path_problems(path, n, sobol=sobol)
    calendar = calendar_of(workbook)
    with problems.part():
        loaded = load_workbook(workbook)
    with problems.part():
        scenario = merged_scenario(scenarios, sets, calendar)
    problems.raise_any()
    run = played(loaded, scenario, play_plan(loaded.portfolio), None)
    check_year(year, run.portfolio)
    luck, tell = luck_of(seed, tails), counting(progress or silent, "正在推演")
    say_notes(say, n, sobol=sobol)
    play_all = study_sobol if sobol else study
    found = play_all([run.portfolio], luck=luck, paths=n, workers=workers, progress=tell)
    if found.interrupted:
        raise KeyboardInterrupt
    return _told(run, found.paths[0], luck, path, tails, year, sobol_of=n if sobol else None)


def _told(
    run: RunResult,
    paths: Paths,
    luck: Luck,
    wanted: int | str,
    tails: str,
    asked_year: int | None,
    *,
    sobol_of: int | None,
) -> Replay:
    """Play the wanted path again, check it against the batch engine and the rulebook, tell it."""
    from portfolio.model.audit import audit
    from portfolio.model.measures.path_story import Standing, path_story, ranks
    from portfolio.model.study.assess import notable_paths
    from portfolio.model.study.years import worry_year, year_chances
    from portfolio.sim.replay import replay as play_again
    from portfolio.sim.stress import one_draw

    portfolio = run.portfolio
    worry = worry_year(year_chances(portfolio, paths, run.outcome), asked_year)
    year = None if worry is None else worry.year
    notable = {each.label: each.path for each in notable_paths(portfolio, paths, year)}
    number = notable[wanted] if isinstance(wanted, str) else wanted
    draws = one_draw(portfolio, luck, number, sobol_of=sobol_of)
    again = play_again(portfolio, draws, number, paths)
    breaches = audit(again.lucky, again.outcome)
    if breaches:
        raise AuditError("\n".join(str(breach) for breach in breaches))
    standing = Standing(
        path=number,
        seed=luck.seed,
        tails=tails + ("，Sobol" if sobol_of else ""),
        among=len(paths),
        wish=wanted if isinstance(wanted, str) else None,
        year=year,
        year_asked=asked_year is not None,
        ranks=ranks(portfolio, paths, again.batch, year),
    )
    story = path_story(standing, portfolio, draws, again.lucky, again.outcome, run.outcome)
    return Replay(run=run, story=story, lucky=again.lucky, outcome=again.outcome)
