"""Scenarios played apart, each beside the baseline: what stress tests and reports begin with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.workflows.playing import play_plan, played
from portfolio.workflows.reading import BASELINE, calendar_of, load_workbook, merged_scenario

if TYPE_CHECKING:
    from portfolio.model.problems import Problem
    from portfolio.model.result import RunResult


def played_apart(
    scenarios: Sequence[str],
    workbook: Path | None = None,
    sets: Sequence[str] = (),
    known: Sequence[Problem] = (),
) -> tuple[RunResult, ...]:
    """The scenarios played without luck, the baseline first, `sets` last in each scenario.

    Without a scenario `sets` are one of their own. `known` are problems found before, told with
    those of the workbook and the scenarios.

    Raises
    ------
    InputError
        All problems at once.
    """
    from portfolio.model.problems import Collected

    problems, merged, runs = Collected(known), [], []
    calendar = calendar_of(workbook)
    with problems.part():
        loaded = load_workbook(workbook)
    wanted = [([name], sets) for name in dict.fromkeys(scenarios)]
    if sets and not wanted:
        wanted = [([], sets)]
    for names, extra in wanted:
        with problems.part():
            merged.append(merged_scenario(names, extra, calendar))
    problems.raise_any()
    baseline = play_plan(loaded.portfolio)
    # The baseline asked for by name, nothing set, is the reference itself.
    named = [each for each in merged if each.name == BASELINE and not each.changes]
    others = [each for each in merged if each not in named]
    for scenario in [*(named[:1] or [merged_scenario([], [], calendar)]), *others]:
        with problems.part():
            runs.append(played(loaded, scenario, baseline, None))
    problems.raise_any()
    return tuple(runs)
