"""`portfolio forms`: the files of each form, what can't be made, the same as data."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from portfolio import workflows
from portfolio.read.workbook import read_input_tables
from portfolio.report.input_workbook import write_input_workbook
from tests.cli.command import Done, portfolio, said_no_english, started, too_wide
from tests.read.shipped import SHIPPED

MONTH = "2026年10月"
FOLDER = "报表 2026-10（示例-执行数）"
FILES = {
    "1": f"表1 重点项目投资月报 {MONTH}.xlsx",
    "2A": f"表2A 资金到位与支付表 {MONTH}.xlsx",
    "2B": f"表2B 专项债券项目支出进度表 {MONTH}.xlsx",
    "6": f"表6 缺口销号清单 {MONTH}.xlsx",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = workflows.example(tmp_path_factory.mktemp("example"))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forms")


@pytest.fixture(scope="module")
def done(folder: Path, book: Path) -> Done:
    return started("forms", "1", "2a", "2B", "6", "-w", book, cwd=folder)


def test_a_workbook_a_form_and_the_data_of_all(done: Done, folder: Path):
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (folder / "out" / FOLDER).iterdir()) == sorted(
        [f"呈批版 月报 {MONTH}.xlsx", *FILES.values(), "forms.json"]
    )
    assert not too_wide(done.stdout)
    assert said_no_english(done.stdout.replace("forms.json", ""))


def test_what_is_printed_says_unit_asof_and_what_it_was_made_of(done: Done, folder: Path):
    assert done.returncode == 0
    data = json.loads((folder / "out" / FOLDER / "forms.json").read_text(encoding="utf-8"))
    for told in data["forms"]:
        opened = openpyxl.load_workbook(folder / "out" / FOLDER / FILES[told["number"]])
        assert opened.sheetnames == [sheet["name"] for sheet in told["sheets"]]
        for sheet in opened:
            said = "".join(
                str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value
            )
            assert "统计截至：2026年10月底" in said
            assert "单位：万元" in said or "单位：亿元" in said
            assert f"方案编号：{told['number_of_plan']}" in said
            assert f"工作簿指纹：{told['workbook_sha256'][:16]}" in said
            for signed in (
                "编制单位（盖章）",
                "单位负责人",
                "填表人",
                "复核人",
                "联系电话",
                "报出日期",
            ):
                assert signed in said


def test_money_as_data_is_whole_wan_and_what_is_not_told_is_null(done: Done, folder: Path):
    assert done.returncode == 0
    data = json.loads((folder / "out" / FOLDER / "forms.json").read_text(encoding="utf-8"))
    first = data["forms"][0]["sheets"][0]
    total = first["lines"][0]
    assert isinstance(total["year_wan"], int)
    assert any(line["counted_wan"] is None for line in first["lines"])
    assert total["parts"] == len(first["lines"]) - 1


def test_the_same_on_stdout(book: Path, tmp_path: Path, done: Done, folder: Path):
    assert done.returncode == 0
    again = portfolio("forms", *FILES, "-w", book, "--json", cwd=tmp_path)
    assert again.returncode == 0
    kept = (folder / "out" / FOLDER / "forms.json").read_text(encoding="utf-8")
    assert json.loads(again.stdout) == json.loads(kept)


def test_the_year_done_is_that_of_the_play(book: Path, tmp_path: Path, folder: Path, done: Done):
    assert done.returncode == 0
    run = portfolio("run", "-w", book, "--json", cwd=tmp_path)
    forecast = json.loads(run.stdout)["forecast"]
    data = json.loads((folder / "out" / FOLDER / "forms.json").read_text(encoding="utf-8"))
    total = data["forms"][0]["sheets"][0]["lines"][0]
    for key, shown in (("year_wan", "done_wan"), ("forecast_wan", "year_wan")):
        assert total[key] == forecast[shown]
    for key in ("plan_wan", "completion", "elapsed"):
        assert total[key] == forecast[key]


def test_no_such_form_is_told_with_those_there_are(book: Path, tmp_path: Path):
    told = portfolio("forms", "1", "九", "-w", book, cwd=tmp_path)
    assert told.returncode == 3
    assert "没有表“九”" in told.stderr
    assert "2A 资金到位与支付表" in told.stderr
    assert not (tmp_path / "out").exists()


def test_without_facts_a_form_of_facts_is_refused_and_nothing_written(tmp_path: Path):
    told = portfolio("forms", "1", "2A", "-w", SHIPPED, cwd=tmp_path)
    assert told.returncode == 3
    assert "表1：工作簿没有执行数" in "".join(told.stderr.split())
    assert "表2A" in told.stderr
    assert not (tmp_path / "out").exists()


def test_without_bonds_their_form_is_left_out_and_it_is_said_why(book: Path, tmp_path: Path):
    tables = dict(read_input_tables(book))
    tables["专项债券"], tables["问题台账"] = [], []
    write_input_workbook(tmp_path / "少.xlsx", tables)
    asked = portfolio("forms", "2B", "-w", tmp_path / "少.xlsx", cwd=tmp_path)
    assert asked.returncode == 3
    assert "没有已发行的专项债券" in asked.stderr
    told = portfolio("forms", "-w", tmp_path / "少.xlsx", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "表2B 没有写出：没有已发行的专项债券" in told.stdout
    made = tmp_path / "out" / "报表 2026-10（少）"
    assert not (made / FILES["2B"]).exists()
    sheet = openpyxl.load_workbook(made / FILES["6"])["缺口销号清单"]
    assert "未报：请在“问题台账”表" in str(sheet.cell(4, 1).value)
