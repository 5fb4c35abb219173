"""What each command leaves behind, as files by name: contents only, nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from portfolio.model.problems import alive, inert
from portfolio.report.json import json_text

if TYPE_CHECKING:
    from portfolio.model.approved.promote import Changes
    from portfolio.model.approved.records import Record
    from portfolio.model.calendar import Calendar
    from portfolio.model.difference.told import Told
    from portfolio.model.dossier import Dossier
    from portfolio.model.items import TotalCheck
    from portfolio.model.measures.explain import Explanation
    from portfolio.model.measures.graph import Conflict
    from portfolio.model.measures.projects import Owned
    from portfolio.model.measures.results import RunResult
    from portfolio.model.month.close import ClosedMonth
    from portfolio.model.month.owed import Owed
    from portfolio.model.paper import Paper
    from portfolio.model.pipeline.result import PipelineResult
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.problems import Problem
    from portfolio.model.reallocation.hedge import HedgeResult
    from portfolio.model.reallocation.result import Counterfactual, Reallocation
    from portfolio.model.reallocation.sweep import FrontierResult, ReverseResult, SweepResult
    from portfolio.model.record.archive import Archived
    from portfolio.model.record.backtest import Backtest
    from portfolio.model.record.conditions import Judged
    from portfolio.model.record.score import Scored
    from portfolio.model.schema import Table, Tables
    from portfolio.model.study.result import StressResult
    from portfolio.report.tables.forms.form import Form
    from portfolio.report.tables.month import Sent

#: Files by name.
Contents = dict[str, bytes]

CHECKED = "检查结果.json"
SCHEDULE = "进度计划.xlsx"
COMPARISON = "对比.xlsx"
STRESS = "压力测试.xlsx"
REALLOCATION = "调整方案.xlsx"
SWEEP = "扫描.xlsx"
PIPELINE, PIPELINE_DATA = "储备测算.xlsx", "pipeline.json"
SCORE, SCORE_DATA = "预测打分.xlsx", "score.json"
OWED, CLOSE, CLOSE_DATA, SENT_BACK = "收数清单.xlsx", "结账清单.xlsx", "close.json", "退回清单.xlsx"
DIFF, DIFF_DATA = "变动.xlsx", "变动.json"
BACKTEST, BACKTEST_DATA = "回测.xlsx", "backtest.json"
FORMS_DATA = "forms.json"
GRAPH = "前置条件图"
PATH_RESULTS = "路径结果"
RUN = "run.json"
PAGE = "报告.html"
BRIEFING = "简报.docx"
BRIEF, BRIEF_DATA = "一页纸.docx", "brief.json"
ANNUAL_PLAN = "年度投资计划表.xlsx"
ADJUSTED_LEAD = (
    "照调整方案改过的计划：计划各列为调整后的安排，累计完成、到位率、起止年限为照此推演一遍的结果。"
)
BEFORE_ARRIVAL = (
    "统筹与上级资金即调整后的安排；专属资金与贷款按到位前的数列示（推演再按情景打折、推迟），"
    "与 调整方案.xlsx 的承诺数不同。"
)
ADJUSTED_PLAN = "年度投资计划表（调整后）.xlsx"


def _json(data: Any) -> bytes:
    return json_text(data).encode("utf-8")


def _told(stem: str, lines: Sequence[str], data: Any) -> Contents:
    """A text for Windows' editor and the same as JSON."""
    text = "\r\n".join(lines) + "\r\n"
    return {f"{stem}.txt": text.encode("utf-8-sig"), f"{stem}.json": _json(data)}


def check_contents(
    portfolio: Portfolio,
    workbook_sha256: str,
    totals: Sequence[TotalCheck],
    conflicts: Sequence[Conflict],
    questions: Sequence[Problem] = (),
    notes: Sequence[Problem] = (),
) -> Contents:
    """检查结果.json."""
    from portfolio.report.json.run import check_json

    data = check_json(portfolio, workbook_sha256, totals, conflicts, questions, notes)
    return {CHECKED: _json(data)}


def fixed_contents(data: Any) -> Contents:
    """检查结果.json of a mended workbook."""
    return {CHECKED: _json(data)}


def example_contents(
    tables: Tables, executed: Table, budgets: Table, calendar: Calendar, for_forms: Tables
) -> bytes:
    """A workbook with made-up facts, marked where it is read and where it is opened."""
    from portfolio.model.schema import SETTINGS, settings_row
    from portfolio.model.schema.scenarios import EXAMPLE_ROWS, SCENARIO_SHEET
    from portfolio.model.schema.settings import YES
    from portfolio.report.input_workbook import ABOUT_EXAMPLE, input_workbook_bytes

    made = {
        **tables,
        **for_forms,
        SETTINGS.name: [{**settings_row(calendar), "example": YES}],
        "月度执行": executed,
        "年度额度": [*tables["年度额度"], *budgets],
        SCENARIO_SHEET: [*tables[SCENARIO_SHEET], *EXAMPLE_ROWS],
    }
    return input_workbook_bytes(made, about=ABOUT_EXAMPLE, calendar=calendar)


def run_contents(result: RunResult) -> Contents:
    """进度计划.xlsx, the CSV files and run.json."""
    from portfolio.report.excel.schedule import schedule_bytes
    from portfolio.report.json.run import run_json
    from portfolio.report.tables.render import csv_bytes
    from portfolio.report.tables.run import run_tables

    return {
        SCHEDULE: schedule_bytes(result),
        **{f"{table.name}.csv": csv_bytes(table) for table in run_tables(result)},
        RUN: _json(run_json(result)),
    }


def comparison_contents(results: Sequence[RunResult]) -> Contents:
    """对比.xlsx of several runs, the first of them the one compared with."""
    from portfolio.report.excel.comparison import comparison_bytes

    return {COMPARISON: comparison_bytes(results)}


def explanation_contents(explanation: Explanation, portfolio: Portfolio) -> Contents:
    """Why an item is late or short, as text and as JSON."""
    from portfolio.report.json.run import explanation_data
    from portfolio.report.screen.explain import explanation_lines

    return _told(
        f"原因说明 {explanation.item.no}",
        explanation_lines(explanation, portfolio),
        explanation_data(explanation, portfolio),
    )


def owned_contents(owned: Owned, result: RunResult) -> Contents:
    """What a 责任单位 answers for, as text and as JSON."""
    from portfolio.report.json.projects import owned_json
    from portfolio.report.screen.projects import owned_lines

    lines = owned_lines(owned, result.portfolio, result.outcome)
    return _told(f"责任单位 {file_stem(owned.owner)}", lines, owned_json(owned, result))


def counterfactual_contents(answer: Counterfactual, portfolio: Portfolio) -> Contents:
    """What would keep an item, as text and as JSON."""
    from portfolio.report.screen.explain import counterfactual_data, counterfactual_lines

    return _told(
        f"调整说明 {answer.item_no}",
        counterfactual_lines(answer, portfolio),
        counterfactual_data(answer),
    )


def stress_contents(results: Sequence[StressResult], paths_as: str | None = None) -> Contents:
    """压力测试.xlsx and run.json; with `paths_as` (csv, parquet) the paths themselves too.

    Path-level results are one file a scenario, named after it where there are several.

    Raises
    ------
    InputError
        Parquet is asked for and pyarrow is not installed.
    """
    from portfolio.report.excel.stress import stress_bytes
    from portfolio.report.json.stress import stress_json
    from portfolio.report.tables.render import path_bytes
    from portfolio.report.tables.stress import path_columns

    contents = {}
    if paths_as is not None:
        stems = file_stems(PATH_RESULTS, [result.run.label for result in results])
        contents = {
            f"{stem}.{paths_as}": path_bytes(path_columns(result), paths_as)
            for stem, result in zip(stems, results, strict=True)
        }
    return {**contents, STRESS: stress_bytes(results), RUN: _json(stress_json(results))}


def archive_contents(kept: Sequence[Archived], calendar: Calendar) -> Contents:
    """Forecasts to be kept, a file each, named by as-of, scenario and how it was foretold.

    Raises
    ------
    InputError
        Two scenarios have names that can't be told apart in a file's name.
    """
    from portfolio.model.problems import InputError
    from portfolio.model.record.archive import PREFIX, asof_label
    from portfolio.report.json.archive import archive_json

    contents: Contents = {}
    for each in kept:
        asof = asof_label(each.asof_months, calendar)
        name = f"{PREFIX}{asof} {file_stem(each.origin.scenario)} {each.way}.json"
        if name in contents:
            raise InputError.of(
                "--archive", f"两个情景的存档都叫“{name}”", "请给其中一个情景换个名称，或分两次存档"
            )
        contents[name] = _json(archive_json(each, calendar))
    return contents


def score_contents(
    scored: Scored,
    calendar: Calendar,
    *,
    workbook_sha256: str,
    version: str,
    example: bool = False,
    paper: Paper | None = None,
) -> Contents:
    """预测打分.xlsx and score.json."""
    from portfolio.report.excel.score import score_bytes
    from portfolio.report.json.score import score_json
    from portfolio.report.words.outlook import EXAMPLE

    data = score_json(
        scored, calendar, workbook_sha256=workbook_sha256, version=version, paper=paper
    )
    mark = f"（{EXAMPLE}）" if example else ""
    return {
        SCORE: score_bytes(scored, calendar, mark, [paper] if paper else []),
        SCORE_DATA: _json(data),
    }


def pipeline_contents(result: PipelineResult) -> Contents:
    """储备测算.xlsx and pipeline.json."""
    from portfolio.report.excel.pipeline import pipeline_bytes
    from portfolio.report.json.pipeline import pipeline_json

    return {PIPELINE: pipeline_bytes(result), PIPELINE_DATA: _json(pipeline_json(result))}


def diff_contents(told: Told) -> Contents:
    """变动.xlsx and 变动.json."""
    from portfolio.report.excel.diff import diff_bytes
    from portfolio.report.json.diff import diff_json

    return {DIFF: diff_bytes(told), DIFF_DATA: _json(diff_json(told))}


def sent_to(owed: Sequence[Owed], label: str) -> tuple[Sent, ...]:
    """What each unit owes, with the name of its file."""
    from portfolio.report.tables.month import Sent

    names = file_stems_of(label, [one.unit for one in owed])
    return tuple(Sent(owed=one, file=f"{name}.xlsx") for one, name in zip(owed, names, strict=True))


def collect_contents(
    owed: Sequence[Owed],
    label: str,
    calendar: Calendar,
    base: str,
    paper: Paper,
    *,
    example: bool = False,
) -> Contents:
    """A workbook a unit and 收数清单.xlsx."""
    from portfolio.report.excel.close import owed_bytes
    from portfolio.report.excel.collect import collect_bytes
    from portfolio.report.words.outlook import EXAMPLE

    mark, sent = (f"（{EXAMPLE}）" if example else ""), sent_to(owed, label)
    return {
        **{one.file: collect_bytes(one.owed, calendar, base, mark) for one in sent},
        OWED: owed_bytes(sent, label, calendar, mark, paper),
    }


def close_contents(
    month: ClosedMonth,
    calendar: Calendar,
    paper: Paper,
    *,
    content: bytes | None,
    name: str,
    told: Told | None,
) -> Contents:
    """The new workbook, what changed in it and 结账清单.xlsx; or 退回清单.xlsx alone."""
    from portfolio.report.excel.close import close_bytes
    from portfolio.report.json.month import closed_json
    from portfolio.report.words.outlook import EXAMPLE

    mark = f"（{EXAMPLE}）" if month.example else ""
    listed = close_bytes(month, calendar, mark, paper)
    if content is None:
        return {SENT_BACK: listed}
    changed = {} if told is None else diff_contents(told)
    return {name: content, **changed, CLOSE: listed, CLOSE_DATA: _json(closed_json(month))}


def approve_contents(
    record: Record, changes: Changes, calendar: Calendar, *, content: bytes, name: str
) -> Contents:
    """The new workbook and approve.json."""
    from portfolio.report.json.month import approved_json

    return {name: content, "approve.json": _json(approved_json(record, changes, calendar))}


def backtest_contents(
    test: Backtest,
    calendar: Calendar,
    judged: tuple[Judged, ...],
    *,
    workbook_sha256: str,
    version: str,
    example: bool = False,
    paper: Paper | None = None,
) -> Contents:
    """回测.xlsx and backtest.json."""
    from portfolio.report.excel.backtest import backtest_bytes
    from portfolio.report.json.backtest import backtest_json
    from portfolio.report.words.outlook import EXAMPLE

    data = backtest_json(
        test, judged, workbook_sha256=workbook_sha256, version=version, paper=paper
    )
    mark = f"（{EXAMPLE}）" if example else ""
    return {
        BACKTEST: backtest_bytes(test, calendar, judged, mark, [paper] if paper else []),
        BACKTEST_DATA: _json(data),
    }


def forms_contents(forms: Sequence[Form], printed: Sequence[Form]) -> Contents:
    """呈批版 and a workbook for each form as it is printed; forms.json as they are declared."""
    from portfolio.report.excel.forms import form_bytes, pages_bytes
    from portfolio.report.json.forms import forms_json
    from portfolio.report.tables.forms.signed import packets

    signed = {f"{file_stem(p.stem)}.xlsx": pages_bytes(p.stem, p.pages) for p in packets(forms)}
    books = {f"{file_stem(form.stem)}.xlsx": form_bytes(form) for form in printed}
    return {**signed, **books, FORMS_DATA: _json(forms_json(forms))}


def replay_contents(path: int, lines: Sequence[str], data: Any) -> Contents:
    """A path's story as text and as JSON."""
    return _told(f"路径故事 {path}", lines, data)


def reallocation_contents(result: Reallocation) -> Contents:
    """调整方案.xlsx, 调整明细.csv and run.json of a repair; an infeasible one has no moves."""
    from portfolio.report.excel.reallocation import reallocation_bytes
    from portfolio.report.json.reallocation import reallocation_json
    from portfolio.report.tables.reallocation import move_table
    from portfolio.report.tables.render import csv_bytes

    moves = move_table(result)
    return {
        REALLOCATION: reallocation_bytes(result),
        f"{moves.name}.csv": csv_bytes(moves),
        RUN: _json(reallocation_json(result)),
    }


def hedge_contents(result: HedgeResult) -> Contents:
    """What a hedge came to, as text and as run.json."""
    from portfolio.report.json.reallocation import hedge_data
    from portfolio.report.screen.sweep import hedge_lines

    text = "\r\n".join(hedge_lines(result)) + "\r\n"
    return {"稳健方案.txt": text.encode("utf-8-sig"), RUN: _json(hedge_data(result))}


def sweep_contents(
    sweep: SweepResult | None, frontier: FrontierResult | None, reverse: ReverseResult | None
) -> Contents:
    """扫描.xlsx and run.json of a sweep, a frontier and a reverse stress test."""
    from portfolio.report.excel.sweep import sweep_bytes
    from portfolio.report.json.reallocation import frontier_data, reverse_data, sweep_data

    facts = {
        "sweep": None if sweep is None else sweep_data(sweep),
        "frontier": None if frontier is None else frontier_data(frontier),
        "reverse": None if reverse is None else reverse_data(reverse),
    }
    return {SWEEP: sweep_bytes(sweep, frontier, reverse), RUN: _json(facts)}


def graph_contents(portfolio: Portfolio) -> Contents:
    """The graph of gates as .svg, .html and .graphml."""
    from portfolio.model.gates import graphml_text
    from portfolio.report.graph.layout import lay_out
    from portfolio.report.graph.page import html_text
    from portfolio.report.graph.svg import svg_text

    layout = lay_out(portfolio)
    texts = {
        ".svg": svg_text(portfolio, layout),
        ".html": html_text(portfolio, layout),
        ".graphml": graphml_text(portfolio.items, portfolio.gates),
    }
    return {f"{GRAPH}{suffix}": text.encode("utf-8") for suffix, text in texts.items()}


def report_contents(dossiers: Sequence[Dossier]) -> Contents:
    """报告.html, 简报.docx, 年度投资计划表.xlsx and run.json; `play_contents` has 进度计划.xlsx.

    A scenario with a repair has its 调整方案.xlsx too, and one with moves the yearly plan as
    adjusted. Where several scenarios are asked for, their own files bear their names.
    """
    from portfolio.report.briefing import briefing_bytes
    from portfolio.report.excel.annual_plan import annual_plan_bytes
    from portfolio.report.json.run import report_json
    from portfolio.report.page import page_text

    contents = {PAGE: page_text(dossiers).encode("utf-8")}
    contents |= _made_of_each(
        dossiers,
        (
            (BRIEFING, briefing_bytes),
            (ANNUAL_PLAN, annual_plan_bytes),
            (REALLOCATION, _repair_bytes),
            (ADJUSTED_PLAN, _adjusted_bytes),
        ),
    )
    contents[RUN] = _json(report_json(dossiers))
    return contents


def play_contents(dossiers: Sequence[Dossier]) -> Contents:
    """进度计划.xlsx of each scenario asked for: what of a report rests on its play alone."""
    from portfolio.report.excel.schedule import schedule_bytes

    return _made_of_each(dossiers, ((SCHEDULE, lambda dossier: schedule_bytes(dossier.run)),))


def _made_of_each(
    dossiers: Sequence[Dossier], makers: Sequence[tuple[str, Callable[[Dossier], bytes | None]]]
) -> Contents:
    """Files of every scenario asked for, by the names they bear."""
    contents: Contents = {}
    asked = [dossier for dossier in dossiers if dossier.asked]
    names = [dossier.name for dossier in asked]
    for file, made in makers:
        stem, suffix = file.rsplit(".", 1)
        for named, dossier in zip(file_stems(stem, names), asked, strict=True):
            content = made(dossier)
            if content is not None:
                contents[f"{named}.{suffix}"] = content
    return contents


def brief_contents(run: RunResult, repair: Reallocation | None) -> Contents:
    """一页纸.docx, the same as data, and the 调整方案.xlsx that it speaks of where there is one."""
    from portfolio.report.briefing.brief import brief_bytes
    from portfolio.report.json.brief import brief_json

    contents = {BRIEF: brief_bytes(run, repair), BRIEF_DATA: _json(brief_json(run, repair))}
    if repair is None:
        return contents
    from portfolio.report.excel.reallocation import reallocation_bytes

    return {**contents, REALLOCATION: reallocation_bytes(repair)}


def _repair_bytes(dossier: Dossier) -> bytes | None:
    from portfolio.report.excel.reallocation import reallocation_bytes

    return None if dossier.repair is None else reallocation_bytes(dossier.repair)


def _adjusted_bytes(dossier: Dossier) -> bytes | None:
    """The yearly plan after the moves; None where nothing is moved."""
    from portfolio.model.reallocation.findings import planned, played_run
    from portfolio.report.excel.annual_plan import annual_plan_bytes
    from portfolio.report.words.reallocation import bearing, played_line

    repair = dossier.repair
    if repair is None or repair.repaired is None or not repair.moves:
        return None
    run = played_run(repair)
    # Decided after the shock began the play counts the shock twice: its columns only orient.
    orients = "，推演各列只供参考" if bearing(repair) is None else ""
    title = f"{run.title or run.label}，调整后{orients}"
    promised = planned(repair)
    # The play delays and rations own money itself: its plan holds what is arranged before that.
    first = 0 if repair.case.after is None else repair.case.first_year
    as_promised = (run.portfolio.plan_wan[first : len(promised)] == promised[first:]).all()
    lead = ADJUSTED_LEAD + ("" if as_promised else BEFORE_ARRIVAL) + (played_line(repair) or "")
    return annual_plan_bytes(replace(dossier, run=replace(run, title=title)), lead)


#: Names that Windows keeps for devices, whatever stands behind a full stop.
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")
#: Letters of a name that a file or folder may bear; with the path before it Windows allows 260.
LONGEST_STEM = 80


def file_stem(name: str) -> str:
    """A name as a file or folder may bear it on every system, distinct from that of any other.

    What Windows or a screen can't bear gives way, and so do the ends that Windows cuts; a name
    changed so ends in a sum of the whole, because another may be changed into the same.
    """
    plain = "".join(
        "_" if mark in '<>:"/\\|?*\t\r\n' else mark
        for mark in (inert(name) if alive(name) else name)
    )
    stem = _DEVICES.sub(lambda found: f"_{found[0]}", plain.strip(" ."))[:LONGEST_STEM].rstrip(" .")
    if stem == name or not name.strip():
        return stem
    total = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
    return f"{stem[: LONGEST_STEM - 7]} {total}".strip()


def file_stems_of(stem: str, names: Sequence[str]) -> list[str]:
    """Names of files that all bear a name, however many there are; equal ones are numbered."""
    return file_stems(stem, [*names, ""])[:-1]


def file_stems(stem: str, scenarios: Sequence[str]) -> list[str]:
    """Names of files of several scenarios: the stem alone where there is one, else with its name.

    Scenarios of one name are numbered.
    """
    if len(scenarios) == 1:
        return [stem]
    taken: list[str] = []
    for number, scenario in enumerate(scenarios, start=1):
        named = file_stem(f"{stem} {scenario}")
        if named.casefold() in {each.casefold() for each in taken}:
            named = f"{named} {number}"
        taken.append(named)
    return taken
