"""`portfolio check --fix`: what is said, written, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.command import contents, portfolio, said_no_english, too_wide
from tests.read.shipped import at, opened

ITEMS, LIST = "项目清单", "清单.xlsx"


def given(folder: Path, *, broken: bool = False) -> Any:
    """A list with a text number, a row of sums and a word of its own; broken: and a riddle."""
    book = opened()
    page = book[ITEMS]
    page[at(ITEMS, "no", 1)] = "编号"
    total = at(ITEMS, "total_wan", 5)
    page[total] = f" {page[total].value:,} "
    row = page.max_row + 1
    page[at(ITEMS, "name", row)] = "合计"
    if broken:
        page[at(ITEMS, "plan_wan", 7)] = "1,41"
    book.save(folder / LIST)
    return book


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_a_mended_copy_is_written_and_the_original_left(folder: Path):
    given(folder)
    before = (folder / LIST).read_bytes()
    done = portfolio("check", LIST, "--fix", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert not too_wide(done.stdout) and said_no_english(done.stdout)
    assert done.stdout.startswith("改了 3 处，都只有一种读法（原文件没有动）")
    for said in (
        "项目清单!F5  2,",
        "：文本格式的数字改为数值",
        "“编号”是“序号”的另一种说法",
        "行清空（共 1 格）：“合计”行不是一行数据",
        "汇总校核：58 个大项",
        "清单-改.xlsx、检查结果.json",
    ):
        assert said.replace("  ", " ") in done.stdout.replace("\n    ", ""), said
    assert (folder / LIST).read_bytes() == before
    assert sorted(contents(folder / "out" / "检查")) == ["检查结果.json", "清单-改.xlsx"]
    told = json.loads((folder / "out" / "检查" / "检查结果.json").read_text("utf-8"))
    assert told["fixed"]["copy"] == "清单-改.xlsx"
    assert [set(each) for each in told["fixed"]["changes"]] == 3 * [
        {"sheet", "cell", "before", "after", "why"}
    ]
    assert "notes" not in told
    again = portfolio("check", "out/检查/清单-改.xlsx", "--fix", cwd=folder)
    assert again.stdout.startswith("没有要改的")
    assert not (folder / "out" / "检查" / "清单-改-改.xlsx").exists()


def test_what_has_two_readings_is_left_and_told_by_its_cell_in_the_copy(folder: Path):
    given(folder, broken=True)
    done = portfolio("check", LIST, "--fix", "-o", "改", "--json", cwd=folder)
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert [each["place"] for each in told["problems"]] == [f"{ITEMS}!{at(ITEMS, 'plan_wan', 7)}"]
    assert len(told["fixed"]["changes"]) == 3
    assert "“1,41”" in done.stderr
    copy = openpyxl.load_workbook(folder / "改" / "清单-改.xlsx")[ITEMS]
    assert copy[at(ITEMS, "plan_wan", 7)].value == "1,41"
    assert copy[at(ITEMS, "no", 1)].value == "序号"


def test_a_file_that_is_no_workbook_is_refused(folder: Path):
    (folder / LIST).write_text("不是工作簿", encoding="utf-8")
    done = portfolio("check", LIST, "--fix", cwd=folder)
    assert done.returncode == 3
    assert "输入有 1 处问题" in done.stderr
    assert not (folder / "out").exists()


def test_a_run_logs_what_was_read_otherwise(folder: Path):
    given(folder)
    done = portfolio("run", "-w", LIST, "-o", "推演", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "照单读入，与样表不同的 3 处" in done.stdout
    told = json.loads((folder / "推演" / "run.json").read_text("utf-8"))
    assert [each["found"] for each in told["reading"]][:1] == ["“编号”一列作“序号”读入"]
    assert len(told["reading"]) == 3
    page = openpyxl.load_workbook(folder / "推演" / "进度计划.xlsx")["说明"]
    said = [str(cell.value) for cell in page["A"] if cell.value]
    start = said.index("照单读入，与样表不同的 3 处")
    assert "“编号”一列作“序号”读入" in said[start + 1]
