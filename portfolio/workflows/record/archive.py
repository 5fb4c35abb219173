"""Forecasts as files to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.workflows.asked import TAILS

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.measures.results import RunResult
    from portfolio.model.record.archive import Archived
    from portfolio.model.study.result import StressResult


def archived_run(result: RunResult, folder: Path | None) -> dict[Path, bytes]:
    """The file of a play's forecast by its whole path; none where no folder is given.

    Raises
    ------
    InputError
        There are no facts that it could begin after.
    """
    from portfolio.model.study.kept import kept_of_run

    return {} if folder is None else _files(folder, [kept_of_run(result)], result.calendar)


def archived_stress(results: Sequence[StressResult], folder: Path | None) -> dict[Path, bytes]:
    """The files of a stress test's forecasts, one a scenario; the paths are played once more.

    Raises
    ------
    InputError
        There are no facts that they could begin after, or the test was stopped early.
    """
    if folder is None:
        return {}
    kept = [_kept_of_paths(result) for result in results]
    return _files(folder, kept, results[0].calendar)


def _kept_of_paths(result: StressResult) -> Archived:
    from portfolio.model.study.kept import check_keepable, kept_of_paths
    from portfolio.sim.item_years import item_years
    from portfolio.sim.stress import Luck

    years, sampling = check_keepable(result), result.sampling
    money = item_years(
        result.run.portfolio,
        Luck(seed=sampling.seed, tails=TAILS[sampling.tails]),
        len(result.paths),
        years,
        quasi_random=bool(sampling.sobol),
    )
    if (money.sum(axis=2) != result.paths.drawn_wan[:, years.start : years.stop]).any():
        raise RuntimeError("the paths played once more are not those of the stress test")
    return kept_of_paths(result, money)


def _files(folder: Path, kept: Sequence[Archived], calendar: Calendar) -> dict[Path, bytes]:
    from portfolio.report.contents import archive_contents

    return {folder / name: content for name, content in archive_contents(kept, calendar).items()}
