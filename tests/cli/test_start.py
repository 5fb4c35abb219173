"""`portfolio start` and the double-click starters: what comes of a workbook is put beside it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import portfolio, too_wide
from tests.report.results import example_workbook

STARTERS = Path(__file__).parents[2] / "双击运行"
SHELL = ("运行.sh", "运行.command")


def test_what_comes_of_a_workbook_is_put_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "我的 文件夹"
    folder.mkdir()
    shutil.copy(example_workbook(), folder / "清 单.xlsx")
    (folder / "坏.xlsx").write_text("不是工作簿", encoding="utf-8")
    done = portfolio("start", folder / "坏.xlsx", folder / "清 单.xlsx", cwd=tmp_path)
    assert done.returncode == 3
    assert "坏.xlsx：" in done.stderr
    assert not too_wide(done.stdout)
    made = folder / "清 单 推演结果"
    names = {path.name for path in made.iterdir()}
    assert {"一页纸.docx", "进度计划.xlsx", "run.json", "报表"} <= names
    assert any(path.name.startswith("表1 ") for path in (made / "报表").iterdir())
    assert not (folder / "坏 推演结果").exists()


def test_the_starter_of_windows_is_what_cmd_reads() -> None:
    content = (STARTERS / "运行.bat").read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    text = content.decode("ascii")
    assert "start %*" in text
    assert text.rstrip().endswith("exit /b %CODE%")
    labels = {line[1:].strip() for line in text.splitlines() if line.startswith(":")}
    asked = {line.split("goto ")[1].strip() for line in text.splitlines() if "goto " in line}
    assert asked == labels


def test_the_starters_of_shells_are_the_same_and_can_be_run() -> None:
    first, second = ((STARTERS / name).read_bytes() for name in SHELL)
    assert first == second
    assert b"\r" not in first
    if sys.platform != "win32":
        assert all((STARTERS / name).stat().st_mode & 0o100 for name in SHELL)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's")
def test_a_starter_runs_what_is_dropped_on_it(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", str(STARTERS / SHELL[0]), str(tmp_path / "没有.xlsx")],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
        check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "找不到这个文件" in "".join(done.stderr.split())
