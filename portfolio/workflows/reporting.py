"""What a meeting looks at: scenarios played, stress-tested and repaired, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.workflows.apart import played_apart
from portfolio.workflows.luck_options import SEED, Told, option_problems, silent
from portfolio.workflows.reallocating import (
    CELLS_SECONDS,
    SECONDS,
    case_of_run,
    repaired_case,
)
from portfolio.workflows.stressing import stress

if TYPE_CHECKING:
    from portfolio.model.dossier import Dossier
    from portfolio.model.problems import Problem

#: Paths of a report's stress test: enough for a fan; `portfolio stress` takes more by default.
PATHS = 1_000
NOT_ASKED_STRESS = "未做压力测试（-n 0）"
NOT_ASKED_REPAIR = "未求调整方案（--no-reallocate）"
NO_SHOCK = "本情景对计划没有改动，无须调整"
NO_YEAR_LEFT = "报告时点已是计划期末，没有可以调整的年份"
ADJUSTED = "本情景的计划已是调整后的方案，不再求调整"


def report(
    scenarios: Sequence[str] = (),
    workbook: Path | None = None,
    sets: Sequence[str] = (),
    *,
    asof: str,
    paths: int = PATHS,
    seed: int = SEED,
    workers: int | None = None,
    repair: bool = True,
    seconds: float = SECONDS,
    cells_seconds: float = CELLS_SECONDS,
    progress: Told | None = None,
) -> tuple[Dossier, ...]:
    """Scenarios as a report shows them: the baseline first, then each apart.

    `asof` is the last quarter taken as past (“2024Q3”), to whose end the briefing counts. `paths` 0 leaves out the stress test, `repair` False the repairs. A repair is
    decided at the end of the year before the shock, as `reallocate` does, or at the end of `asof`
    where that is later: what is past can't be moved any more.

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

    tell = progress or silent
    quarter, problems = _quarter(asof)
    problems += option_problems(paths, seed, workers, "正态") if paths else []
    if problems or not paths:
        # With problems this tells those of the workbook and the scenarios as well.
        runs = played_apart(scenarios, workbook, sets, problems)
        dossiers = [Dossier(run=run, quarter=quarter, no_stress=NOT_ASKED_STRESS) for run in runs]
    else:
        stressed = stress(
            scenarios, workbook, sets, paths, seed, workers, progress=tell, leverage=False
        )
        if any(result.sampling.interrupted for result in stressed):
            raise KeyboardInterrupt
        dossiers = [Dossier(run=each.run, quarter=quarter, stress=each) for each in stressed]
    return tuple(
        _repaired(dossier, k, len(dossiers), (seconds, cells_seconds), tell)
        if repair
        else replace(dossier, no_repair=NOT_ASKED_REPAIR)
        for k, dossier in enumerate(dossiers)
    )


def _quarter(text: str) -> tuple[int, list[Problem]]:
    """The quarter of `--asof`, or what is wrong with it."""
    from portfolio.model.problems import Problem
    from portfolio.model.quarters import FIRST_YEAR, LAST_PLAN_YEAR, PLAN_YEARS, parse_quarter

    quarter = parse_quarter(text)
    if quarter is not None and quarter < 4 * PLAN_YEARS:
        return quarter, []
    return 0, [
        Problem(
            place="--asof",
            found=f"“{text}”不是计划期内的季度",
            fix=f"请写 {FIRST_YEAR}Q1 至 {LAST_PLAN_YEAR}Q4 之间的季度，如 2024Q3",
        )
    ]


def _repaired(
    dossier: Dossier, k: int, among: int, limits: tuple[float, float], tell: Told
) -> Dossier:
    """A dossier with its repair, or with the reason why there is none."""
    run = dossier.run
    if run.portfolio.adjusted is not None:
        return replace(dossier, no_repair=ADJUSTED)
    if not run.changes:
        return replace(dossier, no_repair=NO_SHOCK)
    from portfolio.model.quarters import LAST_PLAN_YEAR, quarter_of

    if dossier.quarter >= quarter_of(LAST_PLAN_YEAR, 4):
        return replace(dossier, no_repair=NO_YEAR_LEFT)
    seconds, cells_seconds = limits

    def say(text: str) -> None:
        tell(f"{text} {run.scenario}", k, among)

    opened = case_of_run(run, progress=say)
    if dossier.quarter > opened.case.asof_quarter:
        opened = case_of_run(run, dossier.quarter, progress=say)
    repaired = repaired_case(
        opened,
        seconds=seconds,
        cells_seconds=cells_seconds,
        price_seconds=0.0,
        progress=say,
    )
    return replace(dossier, repair=repaired)
