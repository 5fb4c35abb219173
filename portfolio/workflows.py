"""One function per command: the Python API. The command line adds nothing to it.

Every function takes paths and values and returns values; files are written by the `write_*`
functions alone. Heavy imports stay inside, so that a command pays only for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio import __version__, shipped

if TYPE_CHECKING:
    from portfolio.model.conflicts import Conflict
    from portfolio.model.explanation import Explanation
    from portfolio.model.outcome import Outcome
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.reconcile import TotalCheck
    from portfolio.model.result import RunResult
    from portfolio.model.scenarios import Scenario
    from portfolio.read.workbook import Workbook

Progress = Callable[[str], None]
BASELINE = "基准"


class AuditError(Exception):
    """A played plan broke the rulebook: a defect of the program, nothing was written."""


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """A good workbook's reconciliation and the plan's conflicts with its own gates."""

    workbook: Workbook
    totals: tuple[TotalCheck, ...]
    conflicts: tuple[Conflict, ...]


def workbook_path(path: Path | None = None) -> Path:
    """The workbook that is read: the one named, else the default."""
    return path or shipped.default_workbook()


def load_workbook(path: Path | None = None) -> Workbook:
    """Read a workbook (the shipped one when none is named).

    Raises
    ------
    InputError
        All its problems at once.
    """
    from portfolio.read.workbook import read_workbook

    return read_workbook(workbook_path(path))


def find_scenario(name: str) -> Path:
    """The file meant by a scenario's name or path.

    Raises
    ------
    InputError
        There is none; near names are suggested.
    """
    from portfolio.model.problems import InputError
    from portfolio.read.scenario_file import find_scenario as find_in

    *nearer, last = shipped.scenario_folders()
    for folder in nearer:
        if folder.is_dir():
            with suppress(InputError):
                return find_in(name, folder)
    return find_in(name, last)


def merged_scenario(names: Sequence[str], sets: Sequence[str]) -> Scenario:
    """The scenarios laid over one another, the later wins, `--set` last.

    Raises
    ------
    InputError
        The problems of all of them at once.
    """
    from portfolio.model.problems import Collected
    from portfolio.model.scenarios import merge
    from portfolio.read.quick_set import parse_sets
    from portfolio.read.scenario_file import read_scenario

    problems, given = Collected(), []
    for name in names:
        with problems.part():
            given.append(read_scenario(find_scenario(name), shipped.scenario_folder()))
    with problems.part():
        extra = parse_sets(sets)
        given += [extra] if extra is not None else []
    problems.raise_any()
    return merge(given)


def check(path: Path | None = None) -> CheckResult:
    """Judge a workbook; a good one is reconciled with the published figures.

    Raises
    ------
    InputError
        All its problems at once.
    """
    from portfolio.model.conflicts import plan_conflicts
    from portfolio.model.reconcile import reconcile

    workbook = load_workbook(path)
    return CheckResult(
        workbook=workbook,
        totals=reconcile(workbook.portfolio.items, workbook.totals),
        conflicts=plan_conflicts(workbook.portfolio),
    )


def play_plan(portfolio: Portfolio, progress: Progress | None = None) -> Outcome:
    """Play a portfolio's plan once and audit what came of it.

    Raises
    ------
    AuditError
        The outcome breaks the rulebook.
    """
    from portfolio.model.audit import audit
    from portfolio.model.limits import derive
    from portfolio.model.quarters import FIRST_YEAR
    from portfolio.sim.one_path import play

    def tell(year: int) -> None:
        if progress is not None:
            progress(f"正在推演 {FIRST_YEAR + year} 年")

    outcome = play(derive(portfolio), progress=tell)
    breaches = audit(portfolio, outcome)
    if breaches:
        raise AuditError("\n".join(str(breach) for breach in breaches))
    return outcome


def run(
    workbook: Path | None = None,
    scenarios: Sequence[str] = (),
    sets: Sequence[str] = (),
    progress: Progress | None = None,
) -> RunResult:
    """Play the plan under the merged scenarios and return what reports need.

    Raises
    ------
    InputError
        Problems of the workbook and of the scenarios, all at once.
    """
    from portfolio.model.problems import Collected

    problems = Collected()
    with problems.part():
        loaded = load_workbook(workbook)
    with problems.part():
        scenario = merged_scenario(scenarios, sets)
    problems.raise_any()
    baseline_outcome = play_plan(loaded.portfolio, progress)
    return _result(loaded, scenario, baseline_outcome, progress)


def _result(
    loaded: Workbook, scenario: Scenario, baseline: Outcome, progress: Progress | None
) -> RunResult:
    from portfolio.model.result import RunResult
    from portfolio.model.scenarios import apply

    portfolio, changes = apply(scenario, loaded.portfolio)
    return RunResult(
        portfolio=portfolio,
        baseline=loaded.portfolio,
        outcome=play_plan(portfolio, progress) if changes else baseline,
        baseline_outcome=baseline,
        scenario=scenario.name,
        title=scenario.title,
        summary=scenario.summary or None,
        source=scenario.source,
        omits=scenario.omits,
        changes=changes,
        workbook=loaded.path.name,
        workbook_sha256=loaded.sha256,
        version=__version__,
        evidence=loaded.evidence,
        published=loaded.totals,
    )


def compare(
    scenarios: Sequence[str],
    workbook: Path | None = None,
    sets: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[RunResult, ...]:
    """Play scenarios apart, in the order given; `sets` come last in each.

    With fewer than two scenarios `sets` make the second: the one scenario (or the baseline) is
    compared with itself under them.

    Raises
    ------
    InputError
        Problems of the workbook and of all the scenarios at once.
    """
    from portfolio.model.problems import Collected

    wanted = [([name], sets) for name in scenarios]
    if len(scenarios) < 2:
        wanted = [(list(scenarios) or [BASELINE], []), (list(scenarios), sets)]
    problems, merged, results = Collected(), [], []
    with problems.part():
        loaded = load_workbook(workbook)
    for names, extra in wanted:
        with problems.part():
            merged.append(merged_scenario(names, extra))
    problems.raise_any()
    baseline = play_plan(loaded.portfolio, progress)
    for scenario in merged:
        with problems.part():
            results.append(_result(loaded, scenario, baseline, progress))
    problems.raise_any()
    return tuple(results)


def explain(
    item: str,
    workbook: Path | None = None,
    scenarios: Sequence[str] = (),
    sets: Sequence[str] = (),
) -> tuple[Explanation, RunResult]:
    """Why an item is late or short under the merged scenarios.

    Raises
    ------
    InputError
        Problems of the workbook, the scenarios or the item's name.
    """
    from portfolio.model.explain import explain as explain_item
    from portfolio.model.items_lookup import find_item

    result = run(workbook, scenarios, sets)
    found = find_item(item, result.portfolio.items)
    return explain_item(found.no, result.portfolio, result.outcome), result


def write_check(result: CheckResult, out: Path) -> tuple[Path, ...]:
    """Write 检查结果.json."""
    from portfolio.report.check_json import check_json
    from portfolio.report.files import write_all
    from portfolio.report.json_text import json_text

    book = result.workbook
    facts = check_json(book.portfolio, book.sha256, result.totals, result.conflicts)
    return write_all(out, {"检查结果.json": json_text(facts).encode("utf-8")})


def write_explanation(explanation: Explanation, result: RunResult, out: Path) -> tuple[Path, ...]:
    """Write an explanation as text for people and as JSON."""
    from portfolio.report.explain_json import explanation_data
    from portfolio.report.explain_text import explanation_lines
    from portfolio.report.files import write_all
    from portfolio.report.json_text import json_text

    lines = explanation_lines(explanation, result.portfolio)
    data = explanation_data(explanation, result.portfolio)
    stem = f"原因说明 {explanation.item.no}"
    return write_all(
        out,
        {
            f"{stem}.txt": ("\r\n".join(lines) + "\r\n").encode("utf-8-sig"),
            f"{stem}.json": json_text(data).encode("utf-8"),
        },
    )


def output_folder(given: Path | None, scenario: str) -> Path:
    """Where a run is written: the folder given, else `out/<scenario>` in the working folder."""
    safe = "".join("_" if mark in '<>:"/\\|?*' else mark for mark in scenario).strip(" .")
    return given or Path("out") / (safe or BASELINE)


def write_run(result: RunResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write 进度计划.xlsx, the CSVs and run.json; all of them or none."""
    from portfolio.report.files import write_run as write

    return write(result, output_folder(out, result.scenario))


def write_comparison(results: Sequence[RunResult], out: Path | None = None) -> tuple[Path, ...]:
    """Write 对比.xlsx for compared scenarios."""
    from portfolio.report.files import write_comparison as write

    name = "对比 " + "、".join(result.scenario for result in results)
    return write(results, output_folder(out, name[:80]))


def graph(workbook: Path | None = None, out: Path | None = None) -> tuple[Portfolio, list[Path]]:
    """Write the dependency graph as SVG, HTML and GraphML."""
    from portfolio.report.graph_view import write_graph

    loaded = load_workbook(workbook)
    return loaded.portfolio, write_graph(loaded.portfolio, output_folder(out, "前置条件图"))


def init(folder: Path) -> list[Path]:
    """Make `inputs/十大工程.xlsx` without projects and a scenario template in a new folder.

    Raises
    ------
    InputError
        One of the files is there already, or the folder can't be written. Nothing is overwritten.
    """
    from portfolio.model.problems import InputError, Problem
    from portfolio.model.sheets.blank import blank_tables
    from portfolio.read.scenario_template import scenario_template
    from portfolio.read.workbook import read_input_tables
    from portfolio.report.files import write_files
    from portfolio.report.input_workbook import input_workbook_bytes

    schema = shipped.scenario_folder() / "scenario.schema.json"
    contents = {
        folder / "inputs" / shipped.WORKBOOK_NAME: input_workbook_bytes(
            blank_tables(read_input_tables(shipped.default_workbook()))
        ),
        folder / "scenarios" / "我的情景.yaml": scenario_template().encode("utf-8"),
        folder / "scenarios" / schema.name: schema.read_bytes(),
    }
    there = [path for path in contents if path.exists()]
    if there:
        raise InputError(
            Problem(place=str(path), found="文件已存在", fix="请换一个文件夹，原文件未改动")
            for path in there
        )
    return list(write_files(contents))
