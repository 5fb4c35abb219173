"""What the command refuses: exit code, Chinese, what to do next, and nothing written."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.command import contents, portfolio, said_no_english, too_wide
from tests.read.shipped import SHIPPED, at, opened, place, put, saved

USAGE, PROBLEMS = 2, 3
needs_rights = pytest.mark.skipif(
    sys.platform == "win32" or (hasattr(os, "geteuid") and os.geteuid() == 0),
    reason="rights on folders bind neither root nor Windows this way",
)


def refused(tmp_path: Path, *words: str | Path, code: int = PROBLEMS) -> str:
    """Run, check that it is refused in Chinese and writes nothing; return what it says."""
    before = contents(tmp_path)
    done = portfolio(*words, cwd=tmp_path)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stdout == ""
    assert done.stderr.strip()
    assert said_no_english(done.stderr), done.stderr
    assert too_wide(done.stderr) == [] or str(tmp_path) in done.stderr
    assert contents(tmp_path) == before
    return done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rum",), "是否为“run”？"),
        (("run", "--sett", "a"), "是否为 --set？"),
        (("run", "-s"), "-s"),
        (("run", "--json=1"), "--json"),
        (("run", "多余"), "多余"),
        (("run", "-o", ""), "不能为空"),
        (("check", ""), "不能为空"),
        (("init", ""), "不能为空"),
        (("explain",), "大项"),
        (("init",), "文件夹"),
        (("compare", "-s", "基准"), "至少两个情景"),
        (("compare",), "至少两个情景"),
        (("graph", "--json"), "--json"),
        (("--verson",), "--version"),
    ],
)
def test_usage(words, said, tmp_path):
    text = refused(tmp_path, *words, code=USAGE)
    assert "用法错误" in text
    assert "--help" in text
    assert said in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "-s", "专项债收緊"), "是否为“专项债收紧”？"),
        (("run", "-s", "没有.yaml"), "没有.yaml"),
        (("run", "--set", "专项债卷:2023=-30%"), "是否为“地方政府专项债券”？"),
        (("run", "--set", "专项债券"), "专项债券"),
        (("run", "--set", "专项债券:1999=0.5"), "1999"),
        (("explain", "重大科技基础设使"), "是否为"),
        (("explain", "99"), "99"),
        (("check", "没有.xlsx"), "找不到"),
        (("run", "-w", "没有.xlsx", "--json"), "找不到"),
        (("compare", "-s", "基准", "-s", "专项债收緊"), "是否为“专项债收紧”？"),
        (("graph", "-w", "没有.xlsx"), "找不到"),
        (("graph", "-o", "长" * 300), "文件夹名太长"),
        (("init", "长" * 300), "文件夹名太长"),
    ],
)
def test_unknown_names(words, said, tmp_path):
    assert said in refused(tmp_path, *words)


def test_a_file_that_is_no_workbook(tmp_path):
    path = Path(tmp_path, "计划.xlsx")
    path.write_text("序号,大项\n", encoding="utf-8")
    assert "另存为" in refused(tmp_path, "check", path.name)
    assert "另存为" in refused(tmp_path, "run", "-w", path.name, "-o", "out")


@pytest.fixture(scope="module")
def damaged(tmp_path_factory) -> Path:
    """A workbook with three problems on two sheets."""
    book = opened()
    put(book, "项目清单", "total_wan", 3, "待定")
    put(book, "项目清单", "no", 5, book["项目清单"][at("项目清单", "no", 4)].value)
    put(book, "依赖关系", "pred_no", 2, 999)
    return saved(book, tmp_path_factory.mktemp("damaged") / "坏.xlsx")


def test_all_problems_of_a_workbook_with_their_cells(damaged, tmp_path):
    text = refused(tmp_path, "check", damaged)
    for cell in (
        place("项目清单", "total_wan", 3),
        place("项目清单", "no", 5),
        place("依赖关系", "pred_no", 2),
    ):
        assert cell in text
    assert "待定" in text


def test_problems_of_workbook_scenario_and_set_come_together(damaged, tmp_path):
    scenario = Path(tmp_path, "坏.yaml")
    scenario.write_text("标题: 坏\n变更:\n  - 渠道额渡: {渠道: 专项债券}\n", encoding="utf-8")
    text = refused(
        tmp_path, "run", "-w", damaged, "-s", scenario.name, "--set", "专项债券", "-o", "out"
    )
    assert place("项目清单", "total_wan", 3) in text
    assert "第 3 行" in text
    assert "是否为" in text
    assert "--set" in text


def test_run_with_json_on_a_bad_input_leaves_stdout_empty(damaged, tmp_path):
    refused(tmp_path, "run", "-w", damaged, "--json")


def test_check_with_json_tells_the_problems_as_json(damaged, tmp_path):
    """The problems are check's result: on stdout as JSON, the code still says 3."""
    done = portfolio("check", damaged, "--json", cwd=tmp_path)
    assert done.returncode == PROBLEMS
    problems = json.loads(done.stdout)["problems"]
    assert place("项目清单", "total_wan", 3) in {problem["place"] for problem in problems}
    assert all(problem["found"] and problem["fix"] for problem in problems)
    assert "Traceback" not in done.stderr
    assert contents(tmp_path) == {}


def test_the_output_folder_is_a_file(tmp_path):
    Path(tmp_path, "out").write_text("我是文件", encoding="utf-8")
    for words in (("run",), ("compare", "-s", "基准", "-s", "专项债收紧"), ("graph",)):
        assert "文件夹" in refused(tmp_path, *words, "-o", "out")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("run",), "进度计划.xlsx"),
        (("run",), "run.json"),
        (("compare", "-s", "基准", "-s", "专项债收紧"), "对比.xlsx"),
    ],
)
def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(words, name, tmp_path):
    """A folder in a file's place stands for a file that is open in another program."""
    Path(tmp_path, "out", name).mkdir(parents=True)
    Path(tmp_path, "out", "年度.csv").write_text("旧", encoding="utf-8")
    text = refused(tmp_path, *words, "-o", "out")
    assert name in text


@needs_rights
def test_a_folder_without_the_right_to_write(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    folder.chmod(0o500)
    try:
        assert "权限" in refused(tmp_path, "run", "-o", "out")
    finally:
        folder.chmod(0o700)


def test_init_does_not_touch_what_is_there(tmp_path):
    Path(tmp_path, "新城").write_text("我是文件", encoding="utf-8")
    refused(tmp_path, "init", "新城")


def test_a_run_never_takes_the_place_of_its_own_workbook(tmp_path: Path) -> None:
    book = tmp_path / "进度计划.xlsx"
    book.write_bytes(SHIPPED.read_bytes())
    done = portfolio("run", "-w", book, "-o", tmp_path, cwd=tmp_path)
    assert done.returncode == 3
    assert "读入" in done.stderr
    assert "-o" in done.stderr
    assert contents(tmp_path) == {book.name: SHIPPED.read_bytes()}
