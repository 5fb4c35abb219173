"""Kept forecasts held against the facts that came later."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.model.paper import Paper
from portfolio.model.problems import InputError
from portfolio.version import __version__
from portfolio.workflows.asked import Score, taking
from portfolio.workflows.inputs import load_workbook, plan_number, today

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.record.score import Scored


@dataclass(frozen=True, kw_only=True)
class ScoreResult:
    """Kept forecasts held against facts, and where these are from."""

    scored: Scored
    calendar: Calendar
    example: bool
    workbook_sha256: str
    path: Path
    version: str
    paper: Paper = field(default_factory=Paper)


@taking(Score)
def score(asked: Score) -> ScoreResult:
    """Hold the kept forecasts of a folder against the facts of a workbook.

    Only what is known by the as-of is scored: money of years that are over, and finishes whose
    forecast band lies in the past, whether the item has finished or not.

    Parameters
    ----------
    folder
        Where `write_run` and `write_stress` have kept forecasts.
    workbook
        The shipped one when none is named.
    scenario
        Whose forecasts are scored: those of other scenarios foretell what was not tried.
    asof
        The month to whose end the facts are taken; without it the last complete one.

    Raises
    ------
    InputError
        Problems of the workbook and of the kept forecasts; there are no facts, or nothing of what
        was foretold is known yet.
    """
    from portfolio.model.record.score import score as scored
    from portfolio.model.study.came import came_of
    from portfolio.read.archive import read_archives

    loaded = load_workbook(asked.workbook, asked.asof)
    portfolio = loaded.portfolio
    if portfolio.facts is None:
        raise InputError.of(
            "月度执行!A1", "工作簿没有执行数，无从打分", "请先填写执行数（见 docs/执行数.md）"
        )
    kept = read_archives(asked.folder, portfolio.calendar)
    found = scored(kept, came_of(portfolio), asked.scenario)
    if not found.years and not found.items and not found.finishes:
        raise InputError.of(str(asked.folder), *_nothing_known(found))
    return ScoreResult(
        scored=found,
        calendar=portfolio.calendar,
        example=portfolio.facts.example,
        workbook_sha256=loaded.sha256,
        path=loaded.path,
        version=__version__,
        paper=replace(
            loaded.paper,
            made_on=today(),
            number=plan_number(portfolio, loaded, asked.scenario, found),
        ),
    )


def _nothing_known(found: Scored) -> tuple[str, str]:
    """Why nothing can be scored, and what to do."""
    if not found.kept:
        others = "、".join(found.other_scenarios)
        return (
            f"没有情景“{found.scenario}”的存档（有的是：{others}）",
            "请用 -s 写明给哪个情景的预测打分",
        )
    return (
        "存档预测的年份都还没有结束，没有可以打分的",
        "请等年份结束、全年执行数填齐后再打分；工作簿的截至月可用 --asof 写明",
    )


def write_score(result: ScoreResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write 预测打分.xlsx and score.json; all of them or none.

    Raises
    ------
    InputError
        As every function that writes.
    """
    from portfolio.report.contents import score_contents
    from portfolio.report.files import write_all
    from portfolio.workflows.outputs import output_folder

    contents = score_contents(
        result.scored,
        result.calendar,
        workbook_sha256=result.workbook_sha256,
        version=result.version,
        example=result.example,
        paper=result.paper,
    )
    return write_all(output_folder(out, "预测打分"), contents, [result.path])
