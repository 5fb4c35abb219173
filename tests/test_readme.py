"""The READMEs tell the truth: what the first command prints, and that every command works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.command import portfolio

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> list[str]:
    """Commands of the table; what stands in brackets is left out."""
    found = re.findall(r"^\| `portfolio ([^`]+)` \|", text_of("README.md"), flags=re.M)
    return [re.sub(r"\s*\[[^]]*\]", "", line) for line in found]


def test_both_readmes_show_what_the_main_job_prints(tmp_path: Path) -> None:
    printed = portfolio("run", cwd=tmp_path, COLUMNS="80").stdout
    # The number of the plan is another one with every change of the program or the workbook.
    lines = [line.rstrip() for line in printed.splitlines() if not line.startswith("方案编号")]
    shown = lines[: next(k for k, line in enumerate(lines) if line.startswith("已写出到"))]
    for name in READMES:
        block = re.search(r"```text\n(.*?)\n```", text_of(name), flags=re.S)
        assert block is not None
        assert block[1].splitlines()[: len(shown)] == shown


def test_both_readmes_show_what_facts_are_answered_with(tmp_path: Path) -> None:
    assert portfolio("example", cwd=tmp_path).returncode == 0
    example = tmp_path / "out" / "示例" / "示例-执行数.xlsx"
    done = portfolio("run", "-w", example, "-s", "明年专项债减三成", cwd=tmp_path, COLUMNS="80")
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    for name in READMES:
        blocks = re.findall(r"```text\n(.*?)\n```", text_of(name), flags=re.S)
        assert blocks[1].splitlines() == lines[: lines.index("")]


def test_the_readmes_name_the_same_commands_and_pictures() -> None:
    english, chinese = (text_of(name) for name in READMES)
    for pattern in (r"^\| `(portfolio [^`]+)` \|", r"\((docs/[^)]+)\)", r"^python3 .*$"):
        assert re.findall(pattern, english, flags=re.M) == re.findall(pattern, chinese, flags=re.M)
    for path in re.findall(r"\]\(((?!http)[^)#]+)\)", english + chinese):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_readme_works(line: str, tmp_path: Path) -> None:
    done = portfolio(*line.split(), cwd=tmp_path, COLUMNS="80")
    assert done.returncode == 0, done.stderr


def test_the_python_example_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.search(r"```python\n(.*?)\n```", text_of("README.md"), flags=re.S)
    assert block is not None
    code = block[1].replace('"inputs/十大工程.xlsx"', repr(str(ROOT / "inputs" / "十大工程.xlsx")))
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert (tmp_path / "out" / "demo" / "run.json").exists()
