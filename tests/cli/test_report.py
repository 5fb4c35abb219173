"""`portfolio report` as its users start it: the files, the numbers in all of them, refusals."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from portfolio.report.words.meeting import key_figures
from portfolio.workflows.reallocate import case_of_run, repaired_case
from tests.cli.command import (
    HANGS,
    contents,
    environment,
    portfolio,
    said_no_english,
    started,
    too_wide,
)
from tests.cli.test_refusals import USAGE, refused
from tests.cli.test_stress import INTERRUPTED_ITSELF
from tests.report.dossiers import played_dossier

#: Played only: what is tested here is the command, not the studies.
QUICK = ("-n", "0", "--no-reallocate")
SEPTEMBER = ("--asof", "2024Q3")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("report")
    process = started("report", *QUICK, *SEPTEMBER, "-s", "三碰头", cwd=folder)
    return process, folder / "out" / "报告 三碰头"


def page_figures(path: Path, scenario: str) -> list[str]:
    """The key figures as the page's data hold them."""
    text = path.read_text(encoding="utf-8")
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, flags=re.S)
    assert block is not None
    found = next(s for s in json.loads(block[1])["scenarios"] if s["name"] == scenario)
    return [figure["reads"] for figure in found["figures"]]


def briefing_cells(path: Path) -> list[str]:
    document = docx.Document(io.BytesIO(path.read_bytes()))
    return [
        cell.text.strip() for table in document.tables for row in table.rows for cell in row.cells
    ]


def excel_figures(path: Path) -> dict[str, float]:
    """Numbers of the sheet 要数 by their names."""
    sheet = openpyxl.load_workbook(path, data_only=True)["要数"]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    return {row[0]: row[1] for row in rows if len(row) > 2 and isinstance(row[1], int | float)}


def test_page_briefing_workbook_and_screen_show_the_same_figures(done) -> None:
    """Thirteen figures; each is read back from all four places, at the precision it is shown with."""
    process, folder = done
    assert process.returncode == 0, process.stderr
    figures = key_figures(played_dossier("三碰头"))
    assert len(figures) >= 10
    reads = [figure.reads for figure in figures]
    assert page_figures(folder / "报告.html", "三碰头") == reads
    cells = briefing_cells(folder / "简报.docx")
    screen = process.stdout.split("情景：三碰头")[1]
    workbook = excel_figures(folder / "年度投资计划表.xlsx")
    for figure in figures:
        assert cells[cells.index(figure.name) + 1] == figure.reads
        line = next(line for line in screen.splitlines() if line.startswith(figure.name + " "))
        assert line.removeprefix(figure.name).split()[0] == figure.reads
        stored = workbook[figure.name]
        shown = stored * 100 if figure.unit == "%" else stored
        assert figure.reads in (f"{shown:,.1f}", f"{shown:,}")
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))["scenarios"][1]
    annual = next(row for row in document["annual"] if row["year"] == 2024)
    by_name = {each["name"]: each for each in document["key_figures"]}
    assert by_name["2024 年计划投资"]["value_wan"] == annual["plan_wan"]
    assert by_name["2024 年预计完成投资"]["value_wan"] == annual["drawn_wan"]
    assert by_name["2024 年折市重点口径"]["value_wan"] == annual["converted_wan"]


def test_the_folder_holds_the_files_and_the_screen_names_them(done) -> None:
    process, folder = done
    names = {"报告.html", "简报.docx", "年度投资计划表.xlsx", "进度计划.xlsx", "run.json"}
    assert set(contents(folder)) == names
    for name in names:
        assert name in process.stdout.replace("\n  ", "")
    assert said_no_english(process.stdout + process.stderr)
    assert too_wide(process.stdout + process.stderr) == []
    assert "本次未做压力测试" in process.stdout


def test_what_is_asked_for_is_told_before_the_baseline(done) -> None:
    process, _ = done
    said = "".join(process.stdout.split())
    assert said.startswith("三碰头")
    assert said.index("情景：三碰头") < said.index("情景：基准") < said.index("总投资50,394亿元")


def test_several_scenarios_have_files_of_their_own_and_one_page(tmp_path) -> None:
    words = ("-s", "三碰头", "-s", "停工两季度", "-s", "停工两季度")
    process = portfolio("report", *QUICK, *SEPTEMBER, *words, "-o", "出", "--json", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert set(contents(tmp_path / "出")) == {
        "报告.html",
        "run.json",
        *(f"{stem} {name}.{suffix}" for name in ("三碰头", "停工两季度") for stem, suffix in (
            ("简报", "docx"), ("年度投资计划表", "xlsx"), ("进度计划", "xlsx"))),
    }  # fmt: skip
    told = json.loads(process.stdout)["scenarios"]
    assert [each["origin"]["scenario"] for each in told] == ["基准", "三碰头", "停工两季度"]
    assert (
        told == json.loads((tmp_path / "出" / "run.json").read_text(encoding="utf-8"))["scenarios"]
    )
    assert "已写出到" in process.stderr


def test_stress_and_repair_are_taken_in(tmp_path) -> None:
    process = portfolio(
        "report", "-n", "40", *SEPTEMBER, "--set", "专项债券:2027=-30%", "-o", "出", "--json",
        cwd=tmp_path,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    base, shocked = json.loads(process.stdout)["scenarios"]
    assert base["stress"]["paths"] == shocked["stress"]["paths"] == 40
    assert base["repair"] is None
    assert shocked["repair"]["verdict"] in ("已证最优", "可行未证")
    assert "调整方案.xlsx" in contents(tmp_path / "出")


def test_the_schedule_is_there_before_anything_is_searched(tmp_path, monkeypatch) -> None:
    """Solving begins with the schedule on the disk; at the end it is as `run` writes it."""
    seen: list[set[str]] = []

    def looked(*given: Any, **more: Any) -> Any:
        seen.append({each.name for each in (tmp_path / "出").iterdir()})
        return case_of_run(*given, **more)

    ways: list[bool] = []

    def solved(*given: Any, **more: Any) -> Any:
        ways.append(more["ways"])
        return repaired_case(*given, **more)

    workflow = import_module("portfolio.workflows.report")
    monkeypatch.setattr(workflow, "case_of_run", looked)
    monkeypatch.setattr(workflow, "repaired_case", solved)
    words = (*SEPTEMBER, "--set", "专项债券:2027=-30%")
    done = portfolio("report", "-n", "20", *words, "--no-ways", "-o", "出", cwd=tmp_path)
    assert ways == [False]
    assert done.returncode == 0, done.stderr
    assert seen == [{"进度计划.xlsx"}]
    assert "已先写出" in done.stderr
    assert "进度计划.xlsx" in done.stdout.replace("\n  ", "").split("已写出到")[1]
    run = portfolio("run", "--set", "专项债券:2027=-30%", "-o", "推演", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    first, again = (tmp_path / folder / "进度计划.xlsx" for folder in ("出", "推演"))
    assert first.read_bytes() == again.read_bytes()


def test_without_a_quarter_or_a_shock_the_first_one_is_taken_and_said(tmp_path) -> None:
    process = portfolio("report", *QUICK, "-o", "出", "--json", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert "未指定 --asof，按 2021Q1" in process.stderr
    assert json.loads(process.stdout)["briefing_quarter"] == "2021Q1"


def test_without_a_quarter_that_before_the_first_shock_is_taken_and_said(tmp_path) -> None:
    words = ("--set", "专项债券:2024=-30%", "-o", "出", "--json")
    process = portfolio("report", *QUICK, *words, cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert "未指定 --asof，按 2023Q4（首个受冲击年度之前）" in process.stderr
    told = json.loads(process.stdout)["scenarios"]
    assert [one["briefing_quarter"] for one in told] == ["2023Q4", "2023Q4"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--asof", "2024"), "“2024”不是计划期内的季度"),
        (("--asof", "2036Q1"), "“2036Q1”不是计划期内的季度"),
        (("-n", "-1"), "路径数不能是 -1"),
        (("-s", "没有这个"), "没有这个"),
        (("--workers", "0", "-n", "10"), "0 不在"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_written(tmp_path, words, said) -> None:
    assert said in refused(tmp_path, "report", *SEPTEMBER, *words)


def test_a_number_that_is_none_is_a_usage_error(tmp_path) -> None:
    assert "“很多”不是整数" in refused(tmp_path, "report", "-n", "很多", code=USAGE)


def test_all_problems_are_told_at_once(tmp_path) -> None:
    words = ("-n", "0", "--asof", "昨天", "-s", "没有这个", "--set", "乱写")
    told = refused(tmp_path, "report", *words)
    for place in ("昨天", "没有这个", "乱写"):
        assert place in told


def test_a_file_in_the_folders_place_is_told_and_kept(tmp_path) -> None:
    (tmp_path / "出").write_text("我的文件", encoding="utf-8")
    refused(tmp_path, "report", *QUICK, *SEPTEMBER, "-o", "出")


@pytest.mark.parametrize(
    "mark", ["portfolio.model.study.assess", "portfolio.optimize.repair", "portfolio.report.page"]
)
def test_ctrl_c_stops_a_report_whenever_it_comes(tmp_path, mark) -> None:
    """While paths are judged, before the solver, before the files: what rests on the play alone stays."""
    words = ("report", "-n", "30", *SEPTEMBER, "--set", "专项债券:2027=-30%")
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_ITSELF, "import", mark, "1", *words],
        cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", timeout=HANGS, check=False,
    )  # fmt: skip
    assert done.returncode == 130, done.stderr
    assert "已中断" in done.stderr
    assert {each.name for each in tmp_path.rglob("*.*")} <= {"进度计划.xlsx"}
