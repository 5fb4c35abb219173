"""The answers to a shock that forms show: the repair offered and the others, each played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.workflows.asked import Progress, silent
from portfolio.workflows.reallocate import case_of_run, repaired_case

if TYPE_CHECKING:
    from portfolio.model.forms.answers.options import Answer, Options
    from portfolio.model.measures.results import RunResult
    from portfolio.model.reallocation.result import Reallocation

#: Paths on which each option is played to say how sure it is, and their seed.
PATHS, SEED = 100, 1


def answered(
    run: RunResult, progress: Progress | None, *, paths: int = PATHS
) -> tuple[Reallocation, Options]:
    """The repair of a scenario that is offered, and all answers to it side by side.

    Raises
    ------
    AuditError
        A repair or its play breaks the rulebook: a defect.
    """
    from portfolio.model.forms.answers.options import Answer, Name, options
    from portfolio.model.reallocation.findings import played_run
    from portfolio.model.reallocation.result import Verdict

    tell = progress or silent
    opened = case_of_run(run, progress=progress)
    offered = repaired_case(opened, ways=True, price_seconds=0.0, progress=progress)
    answers = [
        Answer(
            name=Name(str(way.name)),
            run=played_run(way),
            moves=way.moves,
            proven=way.verdict is Verdict.PROVEN,
        )
        for way in offered.ways
    ]
    found = options(run, _first_year(run), answers)
    return offered, _sure(run, found, answers, paths, tell) if paths else found


def _first_year(run: RunResult) -> int:
    """The first year that the scenario touches and that isn't over."""
    from portfolio.model.forms.planned.ahead import running_index
    from portfolio.model.reallocation.case import first_shocked_year

    shocked, running = first_shocked_year(run.portfolio, run.baseline), running_index(run.portfolio)
    index = running + 1 if shocked is None else max(shocked, running)
    return run.calendar.first_year + index


def _sure(
    run: RunResult, found: Options, answers: list[Answer], paths: int, tell: Progress
) -> Options:
    """The options with how sure each is, on the same luck."""
    from portfolio.model.forms.answers.options import with_confidence
    from portfolio.sim.stress import Luck, study

    if [item.no for item in run.portfolio.items] != [item.no for item in run.baseline.items]:
        return found  # other items draw other luck
    tell(f"正在用同一运气推演 {paths} 条路径")
    played = [run.baseline, run.portfolio, *(answer.run.portfolio for answer in answers)]
    return with_confidence(
        found, run.calendar, study(played, luck=Luck(seed=SEED), paths=paths).paths
    )
