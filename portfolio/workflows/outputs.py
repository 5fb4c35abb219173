"""Writing what came of a command; all files of it or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.model.problems import InputError, Problem
from portfolio.read import bundled_files
from portfolio.workflows.asked import Init, options_of, taking
from portfolio.workflows.inputs import BASELINE, load_workbook

if TYPE_CHECKING:
    from portfolio.model.dossier import Dossier
    from portfolio.model.measures.explain import Explanation
    from portfolio.model.measures.projects import Owned
    from portfolio.model.measures.results import RunResult
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.reallocation.hedge import HedgeResult
    from portfolio.model.reallocation.result import Counterfactual, Reallocation
    from portfolio.model.reallocation.sweep import FrontierResult, ReverseResult, SweepResult
    from portfolio.model.study.result import StressResult
    from portfolio.report.files import Written
    from portfolio.workflows.report import BriefResult
    from portfolio.workflows.run import CheckResult
    from portfolio.workflows.stress import ToldPath


def write_check(result: CheckResult, out: Path) -> tuple[Path, ...]:
    """Write 检查结果.json."""
    from portfolio.report.contents import check_contents
    from portfolio.report.files import write_all

    book = result.workbook
    contents = check_contents(
        book.portfolio, book.sha256, result.totals, result.conflicts, book.questions, book.notes
    )
    return write_all(out, contents, [book.path])


def write_explanation(
    explanation: Explanation | Owned, result: RunResult, out: Path
) -> tuple[Path, ...]:
    """Write an explanation as text for people and as JSON."""
    from portfolio.model.measures.projects import Owned
    from portfolio.report.contents import explanation_contents, owned_contents
    from portfolio.report.files import write_all

    contents = (
        owned_contents(explanation, result)
        if isinstance(explanation, Owned)
        else explanation_contents(explanation, result.portfolio)
    )
    return write_all(out, contents, result.files_read)


def write_counterfactual(answer: Counterfactual, result: RunResult, out: Path) -> tuple[Path, ...]:
    """Write what would keep an item as text for people and as JSON."""
    from portfolio.report.contents import counterfactual_contents
    from portfolio.report.files import write_all

    return write_all(out, counterfactual_contents(answer, result.portfolio), result.files_read)


def output_folder(given: Path | None, name: str, read: Sequence[Path] = ()) -> Path:
    """Where a run is written: the folder given, else `out/<name>` in the working folder.

    Another workbook than the shipped one is named too: one office keeps several, and what came of
    one isn't to take the place of what came of the other. `read` are the files read, it first.
    """
    from portfolio.report.contents import file_stem

    if given is not None:
        return given
    name = file_stem(name) or BASELINE
    if read and read[0].name != bundled_files.shipped_workbook().name:
        name = file_stem(f"{name}（{read[0].stem}）")
    return Path("out") / name


def write_run(
    result: RunResult, out: Path | None = None, archive: Path | None = None
) -> tuple[Path, ...]:
    """Write 进度计划.xlsx, the CSVs and run.json; all of them or none.

    `archive` is the folder in which the forecast is kept, one file an as-of and scenario.

    Raises
    ------
    InputError
        The folder can't be written, the disk is full, a file is open in another program or was
        read in this run. So it is with every function here; nothing is written then. To be kept
        a forecast must begin after facts, and none may be kept of its as-of that says otherwise.
    """
    from portfolio.report.contents import run_contents
    from portfolio.report.files import write_all
    from portfolio.workflows.record.archive import archived_run

    kept = archived_run(result, archive)
    folder = output_folder(out, result.label, result.files_read)
    return write_all(folder, run_contents(result), result.files_read, archived=kept)


def write_comparison(results: Sequence[RunResult], out: Path | None = None) -> tuple[Path, ...]:
    """Write 对比.xlsx for compared scenarios."""
    from portfolio.report.contents import comparison_contents
    from portfolio.report.files import files_read, write_all

    name = "对比 " + "、".join(result.label for result in results)
    folder = output_folder(out, name, results[0].files_read)
    return write_all(folder, comparison_contents(results), files_read(results))


def write_reallocation(
    result: Reallocation, out: Path | None = None, asof: str | None = None
) -> tuple[Path, ...]:
    """Write 调整方案.xlsx, 调整明细.csv and run.json of a repair; `asof` as asked is in the folder's name."""
    from portfolio.report.contents import reallocation_contents
    from portfolio.report.files import write_all

    name = f"预算调整 {result.run.label}" + ("" if asof is None else f" {asof}")
    read = result.run.files_read
    return write_all(output_folder(out, name, read), reallocation_contents(result), read)


def write_hedge(result: HedgeResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write what a hedge came to as text for people and as JSON."""
    from portfolio.report.contents import hedge_contents
    from portfolio.report.files import write_all

    folder = output_folder(out, f"稳健方案 {result.run.label}", result.run.files_read)
    return write_all(folder, hedge_contents(result), result.run.files_read)


def sweep_folder(
    out: Path | None, asked: str, scenarios: Sequence[str], workbook: Path | None = None
) -> Path:
    """Where sweeps are written: the folder given, else one named for what is asked."""
    return output_folder(
        out, f"{asked} {'+'.join(scenarios) or BASELINE}", [workbook] if workbook else ()
    )


def write_sweep(
    out: Path,
    sweep: SweepResult | None = None,
    frontier: FrontierResult | None = None,
    reverse: ReverseResult | None = None,
) -> tuple[Path, ...]:
    """Write 扫描.xlsx and run.json of what was asked; all of them or none."""
    from portfolio.report.contents import sweep_contents
    from portfolio.report.files import files_read, write_all

    asked = [answer.origin for answer in (sweep, frontier, reverse) if answer is not None]
    return write_all(out, sweep_contents(sweep, frontier, reverse), files_read(asked))


def write_stress(
    results: Sequence[StressResult],
    out: Path | None = None,
    paths_as: str | None = None,
    archive: Path | None = None,
) -> tuple[Path, ...]:
    """Write 压力测试.xlsx and run.json; with `paths_as` (csv or parquet) a row for each path too.

    `archive` is as `write_run` has it; the paths are played once more for it.
    """
    from portfolio.report.contents import stress_contents
    from portfolio.report.files import files_read, write_all
    from portfolio.workflows.record.archive import archived_stress

    kept = archived_stress(results, archive)
    names = [result.run.label for result in results]
    folder = output_folder(
        out, "压力测试 " + "、".join(names[1:] or names), results[0].run.files_read
    )
    read = files_read(result.run for result in results)
    return write_all(folder, stress_contents(results, paths_as), read, archived=kept)


def write_brief(result: BriefResult, out: Path | None = None) -> tuple[Path, ...]:
    """Write 一页纸.docx and brief.json of a scenario."""
    from portfolio.report.contents import brief_contents
    from portfolio.report.files import write_all

    folder = output_folder(out, f"一页纸 {result.run.label}", result.run.files_read)
    return write_all(folder, brief_contents(result.run, result.repair), result.run.files_read)


def write_report(
    dossiers: Sequence[Dossier], out: Path | None = None, *, first: Written | None = None
) -> Written:
    """Write 报告.html of all scenarios and, of each one asked for, its briefing and Excel files.

    first : what `write_report_plays` has written of the same scenarios; it isn't written again
    """
    from portfolio.report.contents import play_contents, report_contents
    from portfolio.report.files import files_read, write_all, written_in_turn

    contents = report_contents(dossiers)
    if first is None:
        contents |= play_contents(dossiers)
    read = files_read(dossier.run for dossier in dossiers)
    written = write_all(_report_folder(dossiers, out), contents, read)
    return written if first is None else written_in_turn(first, written)


def write_report_plays(dossiers: Sequence[Dossier], out: Path | None = None) -> Written:
    """Write 进度计划.xlsx of each scenario asked for, before anything is searched."""
    from portfolio.report.contents import play_contents
    from portfolio.report.files import files_read, write_all

    read = files_read(dossier.run for dossier in dossiers)
    return write_all(_report_folder(dossiers, out), play_contents(dossiers), read)


def _report_folder(dossiers: Sequence[Dossier], out: Path | None) -> Path:
    name = "报告 " + "、".join(dossier.name for dossier in dossiers if dossier.asked)
    return output_folder(out, name, dossiers[0].run.files_read)


def replay_lines(replay: ToldPath, *, whole: bool = False) -> list[str]:
    """A path's story in lines for a screen of 80 columns; `whole`: with every turning point."""
    from portfolio.report.screen.replay import replay_lines as lines_of

    since = None if whole else _told_from(replay.run)
    return lines_of(
        replay.story, replay.run.label, replay.lucky, replay.outcome, whole=whole, since=since
    )


def _told_from(run: RunResult) -> int | None:
    """The first year of a path's story that is news: the as-of's, else that of the first shock."""
    from portfolio.model.measures.years import judged_from
    from portfolio.model.reallocation.case import first_shocked_year

    if run.portfolio.facts is not None:
        return judged_from(run.portfolio)
    shocked = first_shocked_year(run.portfolio, run.baseline)
    return None if not shocked else run.calendar.first_year + shocked


def replay_data(replay: ToldPath) -> dict[str, Any]:
    """A path's story as JSON-able data."""
    from portfolio.report.json.stress import replay_data as data_of

    return data_of(
        replay.story,
        replay.run.scenario,
        replay.lucky,
        replay.outcome,
        workbook_sha256=replay.run.workbook_sha256,
        version=replay.run.version,
    )


def check_paths_format(paths_as: str | None) -> None:
    """Tell before a long run, not after it, that Parquet can't be written here.

    Raises
    ------
    InputError
        pyarrow is not installed.
    """
    from importlib.util import find_spec

    from portfolio.report.tables.render import NO_PARQUET

    if paths_as == "parquet" and find_spec("pyarrow") is None:
        raise InputError([NO_PARQUET])


def write_replay(replay: ToldPath, out: Path) -> tuple[Path, ...]:
    """Write a path's story as text for people and as JSON."""
    from portfolio.report.contents import replay_contents
    from portfolio.report.files import write_all

    path, lines = replay.story.standing.path, replay_lines(replay, whole=True)
    contents = replay_contents(path, lines, replay_data(replay))
    return write_all(out, contents, replay.run.files_read)


def graph(workbook: Path | None = None, out: Path | None = None) -> tuple[Portfolio, list[Path]]:
    """Write the dependency graph as SVG, HTML and GraphML."""
    from portfolio.report.contents import GRAPH, graph_contents
    from portfolio.report.files import write_all

    loaded = load_workbook(workbook)
    contents = graph_contents(loaded.portfolio)
    folder = output_folder(out, GRAPH, [loaded.path])
    return loaded.portfolio, list(write_all(folder, contents, [loaded.path]))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long: told where the folder is made
        return False


@taking(Init)
def init(asked: Init) -> list[Path]:
    """Make an input workbook without projects and a scenario template in a new folder.

    The workbook has the name of the shipped one, which is read where none is named. Its calendar
    is the default workbook's but for what is said of it (`period` as “首年-末年”, `name` its name);
    another one than the shipped is written down in it.

    Raises
    ------
    InputError
        The calendar can't be, one of the files is there already, or the folder can't be written.
        Nothing is overwritten.
    """
    from portfolio.model.schema.blank import blank_tables
    from portfolio.read.scenario.schema import FILE_NAME, scenario_template, schema_text
    from portfolio.read.workbook import read_input_tables
    from portfolio.read.workbook.calendar import NewCalendar, calendar_of, new_calendar
    from portfolio.report.files import write_files
    from portfolio.report.input_workbook import input_workbook_bytes

    example = bundled_files.default_workbook()
    old = calendar_of(example)
    folder, said = (
        asked.folder,
        NewCalendar(**{name: getattr(asked, name) for name in options_of(Init)}),
    )
    calendar = new_calendar(said, old)
    contents = {
        folder / "inputs" / bundled_files.WORKBOOK_NAME: input_workbook_bytes(
            blank_tables(read_input_tables(example), calendar, old),
            calendar=calendar,
        ),
        folder / "scenarios" / "我的情景.yaml": scenario_template(calendar).encode("utf-8"),
        folder / "scenarios" / FILE_NAME: schema_text(calendar).encode("utf-8"),
    }
    there = [path for path in contents if _exists(path)]
    if there:
        raise InputError(
            Problem(place=str(path), found="文件已存在", fix="请换一个文件夹，原文件未改动")
            for path in there
        )
    return list(write_files(contents))
