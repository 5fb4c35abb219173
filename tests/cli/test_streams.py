"""Ctrl-C, readers that go away, and terminals of other code pages."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.cli.command import (
    COMMAND,
    HANGS,
    contents,
    environment,
    portfolio,
    started,
    too_wide,
)
from tests.cli.test_stress import INTERRUPTED_ITSELF
from tests.read.shipped import SHIPPED

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")
INTERRUPTED = 130


@posix_only
@pytest.mark.parametrize("command", ["check", "run"])
def test_ctrl_c_leaves_the_old_files(command, tmp_path):
    """The signal comes when the workbook is opened, so always in the middle."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text("旧", encoding="utf-8")
    plan = tmp_path / "计划.xlsx"
    shutil.copy(SHIPPED, plan)
    words = {"check": ["check", str(plan)], "run": ["run", "-w", str(plan), "-o", "out"]}
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_ITSELF, "open", plan.name, "1", *words[command]],
        cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", timeout=HANGS, check=False,
    )  # fmt: skip
    assert done.returncode == INTERRUPTED
    assert done.stdout == ""
    assert done.stderr.startswith("已中断")
    assert "Traceback" not in done.stderr
    assert contents(out) == {"run.json": "旧".encode()}


@posix_only
@pytest.mark.parametrize(
    "words", [("run", "-o", "out"), ("run", "-o", "out", "--json"), ("graph",)]
)
def test_a_reader_that_goes_away_is_no_error(words, tmp_path):
    with subprocess.Popen(
        [*COMMAND, *words],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        process.wait(timeout=HANGS)
    assert process.returncode == 0
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    assert contents(tmp_path / "out")


@pytest.mark.parametrize("encoding", ["ascii", "gbk:strict", "cp1252"])
def test_a_narrow_code_page_stops_nothing(encoding, tmp_path):
    done = started(
        "run", "-o", "out", cwd=tmp_path, encoding=encoding.partition(":")[0],
        PYTHONIOENCODING=encoding, PYTHONUTF8="0", LANG="C", LC_ALL="",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "26,788" in done.stdout
    assert (tmp_path / "out" / "run.json").is_file()


def test_a_chinese_code_page_loses_no_letter(tmp_path):
    words = ("run", "-o", "out")
    chinese = started(*words, cwd=tmp_path, encoding="gbk", PYTHONIOENCODING="gbk")
    plain = portfolio(*words, cwd=tmp_path)
    assert chinese.stdout == plain.stdout


def test_json_is_utf8_whatever_the_code_page(tmp_path):
    done = started("check", "--json", cwd=tmp_path, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert json.loads(done.stdout)


def test_problems_are_told_on_a_narrow_code_page(tmp_path):
    done = started(
        "run", "-s", "没有", cwd=tmp_path, encoding="ascii", PYTHONIOENCODING="ascii",
        PYTHONUTF8="0", LANG="C", LC_ALL="C",
    )  # fmt: skip
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_a_narrow_screen_and_no_colour(tmp_path):
    done = portfolio("run", "-o", "out", cwd=tmp_path, NO_COLOR="1", COLUMNS="80")
    assert "\x1b[" not in done.stdout
    assert too_wide(done.stdout) == []


def test_colour_is_for_terminals(tmp_path):
    done = portfolio("run", "-o", "out", cwd=tmp_path, COLUMNS="200")
    assert "\x1b[" not in done.stdout
    assert too_wide(done.stdout) == []
