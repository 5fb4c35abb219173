"""`portfolio diff`: what is told, written and refused of two workbooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.command import Done, contents, portfolio, said_no_english, started, too_wide
from tests.read.shipped import SHIPPED, put
from tests.report.results import example_workbook

OLD, NEW = "上月.xlsx", "本月.xlsx"
#: The screen holds the most important; the rest is counted.
MOST_LINES = 45


def changed(folder: Path, name: str, change: Callable[[Any], None]) -> Path:
    """A copy of the made-up workbook with some cells changed."""
    book = openpyxl.load_workbook(example_workbook())
    change(book)
    book.save(folder / name)
    return folder / name


def _this_month(book: Any) -> None:
    put(book, "项目清单", "total_wan", 22, 518)  # item 21: 506.0
    facts = book["月度执行"]
    facts["G5"], facts["G50"] = facts["G5"].value + 1.5, facts["G50"].value + 2
    facts.delete_rows(900)
    put(book, "年度额度", "initial_wan", 3, 600)
    put(book, "年度目标", "target_wan", 12, 3900)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("变动")
    (here / OLD).write_bytes(example_workbook().read_bytes())
    changed(here, NEW, _this_month)
    return here


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    return started("diff", OLD, NEW, "--fail-if", "改写过去", cwd=folder)


def test_closed_months_stand_first_and_end_with_a_code_of_their_own(done: Done):
    assert done.returncode == 6, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "变动：上月.xlsx（执行数截至 2026-10）→ 本月.xlsx（执行数截至 2026-10）"
    assert lines[1] == "! 示例数据：执行数是编造的，不代表真实情况"
    assert lines[2] == "事实：3 处改写过去月份（2026-10 及以前）：改动 2 行、删去 1 行"
    assert len(lines) <= MOST_LINES
    assert not too_wide(done.stdout) and said_no_english(done.stdout)


def test_each_change_is_told_with_its_difference_and_its_cell(done: Done):
    for line in (
        "大项 21 国际航运枢纽：总投资 506.0 → 518.0（+12.0） 项目清单!F22",
        "地方政府专项债券 2026 年：年初预算 613.0 → 600.0（-13.0） 年度额度!G3",
        "2029 年：年度目标 3,800.0 → 3,900.0（+100.0） 年度目标!B12",
    ):
        assert line in done.stdout
    assert "2026 年预计全年" in done.stdout and "竣工时间" in done.stdout


def test_the_files_hold_all_of_it(folder: Path, done: Done):
    assert done.returncode == 6
    assert sorted(contents(folder / "out" / "变动")) == ["变动.json", "变动.xlsx"]
    told = json.loads((folder / "out" / "变动" / "变动.json").read_text("utf-8"))
    assert told["count"] == 6 and len(told["closed"]) == 3 and not told["turned"]
    money = next(c for c in told["changes"] if c["sheet"] == "项目清单")
    assert money["cells"] == [
        {
            "key": "total_wan",
            "title": "总投资",
            "old": 5_060_000,
            "new": 5_180_000,
            "difference": 120_000,
            "old_place": "项目清单!F22",
            "new_place": "项目清单!F22",
        }
    ]
    book = openpyxl.load_workbook(folder / "out" / "变动" / "变动.xlsx")
    assert book.sheetnames == ["摘要", "过去月份", "变动"]
    assert book["过去月份"].max_row == 4 + 3 and book["变动"].max_row == 4 + 6
    for page in book.worksheets:
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
        assert page.sheet_properties.pageSetUpPr.fitToPage


def test_json_on_stdout_is_the_file(folder: Path):
    done = portfolio("diff", OLD, NEW, "--json", "-o", "另", cwd=folder)
    assert done.returncode == 0
    assert done.stdout == (folder / "另" / "变动.json").read_text("utf-8")


def test_the_same_workbook_has_no_change(folder: Path):
    done = portfolio("diff", OLD, OLD, "--fail-if", "改写过去", "-o", "无", cwd=folder)
    assert done.returncode == 0
    assert "没有变动。" in done.stdout


def test_rows_in_another_order_are_no_change(folder: Path):
    def sort(book: Any) -> None:
        page = book["月度执行"]
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
        filled = [row for row in rows if row[0] is not None]
        for number, row in enumerate(reversed(filled), start=3):  # an empty row is inserted too
            for place, value in enumerate(row, start=1):
                page.cell(number, place).value = value
        for place in range(1, page.max_column + 1):
            page.cell(2, place).value = None

    changed(folder, "排序.xlsx", sort)
    done = portfolio("diff", OLD, "排序.xlsx", "-o", "无", cwd=folder)
    assert "没有变动。" in done.stdout, done.stdout + done.stderr


def test_files_in_the_wrong_order_are_told(folder: Path):
    def earlier(book: Any) -> None:
        page = book["月度执行"]
        for number in range(page.max_row, 1, -1):
            if page.cell(number, 4).value == "2026-10":
                page.delete_rows(number)

    changed(folder, "九月.xlsx", earlier)
    done = portfolio("diff", OLD, "九月.xlsx", "-o", "反", cwd=folder)
    assert "两个文件的次序可能颠倒" in done.stdout
    done = portfolio("diff", "九月.xlsx", OLD, "--fail-if", "改写过去", "-o", "正", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "事实：过去月份（2026-09 及以前）没有改写" in done.stdout
    assert "新报事实" in done.stdout


def test_a_workbook_with_problems_is_compared_as_far_as_it_can_be_read(folder: Path):
    def broken(book: Any) -> None:
        _this_month(book)
        put(book, "项目清单", "plan_wan", 5, "五百")

    changed(folder, "有误.xlsx", broken)
    done = portfolio("diff", OLD, "有误.xlsx", "-o", "误", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "有误.xlsx 有" in done.stdout and "没有推演" in done.stdout
    assert "→ “五百”（读不懂） 项目清单!G5" in done.stdout.replace("\n    ", "")
    told = json.loads((folder / "误" / "变动.json").read_text("utf-8"))
    assert told["consequence"] is None
    assert any(p["place"] == "有误.xlsx 项目清单!G5" for p in told["problems"])


def test_what_is_no_workbook_is_refused_for_both_files_at_once(folder: Path):
    (folder / "文本.xlsx").write_text("不是工作簿", encoding="utf-8")
    done = portfolio("diff", "没有.xlsx", "文本.xlsx", "-o", "不写", cwd=folder)
    assert done.returncode == 3
    assert "输入有 2 处问题" in done.stderr and "找不到这个文件" in done.stderr
    assert not (folder / "不写").exists()


def test_no_output_takes_the_place_of_an_input(folder: Path):
    book = folder / "里" / "变动.xlsx"
    book.parent.mkdir()
    book.write_bytes((folder / OLD).read_bytes())
    done = portfolio("diff", "里/变动.xlsx", NEW, "-o", "里", cwd=folder)
    assert done.returncode == 3
    assert book.read_bytes() == (folder / OLD).read_bytes()


def test_another_condition_is_bad_usage(folder: Path):
    done = portfolio("diff", OLD, NEW, "--fail-if", "别的", cwd=folder)
    assert done.returncode == 2
    assert "改写过去" in done.stderr


def test_an_as_of_says_until_when_both_are_taken(folder: Path):
    done = portfolio("diff", OLD, NEW, "--asof", "2026-06", "-o", "六月", cwd=folder)
    assert done.returncode == 0, done.stderr
    first, _, second = done.stdout.splitlines()[:3]
    assert first == "变动：上月.xlsx（执行数截至 2026-06）→ 本月.xlsx（执行数截至 2026-06）"
    assert "（2026-06 及以前）" in second
    told = json.loads((folder / "六月" / "变动.json").read_text("utf-8"))
    assert (told["old"]["asof"], told["new"]["asof"]) == ("2026-06", "2026-06")
    later = portfolio("diff", OLD, NEW, "--asof", "2026Q4", "-o", "后", cwd=folder)
    assert later.returncode == 0  # both end before, and are taken to where they do
    assert "上月.xlsx（执行数截至 2026-10）" in later.stdout


def test_an_as_of_that_is_none_is_refused(folder: Path):
    done = portfolio("diff", OLD, NEW, "--asof", "去年", "-o", "不写", cwd=folder)
    assert done.returncode == 3
    assert "“去年”不是月份" in done.stderr
    assert done.stderr.count("“去年”") == 1
    done = portfolio("diff", SHIPPED, SHIPPED, "--asof", "2026-10", "-o", "不写", cwd=folder)
    assert done.returncode == 3
    assert "两个工作簿都没有月度执行" in done.stderr
    assert not (folder / "不写").exists()


def test_made_up_facts_are_marked_on_every_sheet(folder: Path, done: Done):
    assert done.returncode == 6
    book = openpyxl.load_workbook(folder / "out" / "变动" / "变动.xlsx")
    for page in book.worksheets:
        assert "（示例数据）" in page["A1"].value
        assert "示例数据" in str(page.oddHeader.right.text)
    told = json.loads((folder / "out" / "变动" / "变动.json").read_text("utf-8"))
    assert told["old"]["example"] and told["new"]["example"]
