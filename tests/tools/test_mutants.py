"""Mutants: what they are, and that those kept as making no difference are still there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.mutants import mutants
from tools.survivors import SURVIVORS

ROOT = Path(__file__).parents[2]


def test_each_expression_is_changed_in_one_way():
    source = "def f(a, b):\n    return min(a, 2) if a < b and not b else a // b\n"
    told = {(each.was, each.now) for each in mutants(source)}
    assert told == {
        (
            "min(a, 2) if a < b and (not b) else a // b",
            "min(a, 2) if not (a < b and (not b)) else a // b",
        ),
        ("a < b and (not b)", "a < b or not b"),
        ("a < b", "a <= b"),
        ("not b", "b"),
        ("a // b", "a * b"),
        ("min", "max"),
        ("2", "3"),
    }
    assert {(each.line, each.text) for each in mutants(source)} == {
        (2, source.splitlines()[1].strip())
    }


@pytest.mark.parametrize(
    ("body", "seconds", "passes"),
    [("return 2", 600, True), ("return 3", 600, False), ("import time; time.sleep(600)", 3, False)],
)
def test_the_tests_of_a_tree_are_run_on_what_stands_in_it(
    body: str, seconds: float, passes: bool, tmp_path: Path
):
    """In a process of its own, which is copied for them: none of it is known there before."""
    (tmp_path / "counted.py").write_text(f"def two():\n    {body}\n", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    test = "from counted import two\nimport hypothesis\n\ndef test_two():\n    assert two() == 2\n"
    (tmp_path / "test_counted.py").write_text(test, encoding="utf-8")
    asked = f"_passes(Path({str(tmp_path)!r}), ['test_counted.py'], {seconds})"
    code = f"from pathlib import Path; from tools.mutants import _passes; print({asked})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(passes)]


@pytest.mark.parametrize("file", sorted({each.file for each in SURVIVORS}))
def test_a_survivor_that_is_kept_is_a_mutant_of_today(file: str):
    """One whose line has changed must be looked at again."""
    there = {
        (each.text, each.was, each.now)
        for each in mutants((ROOT / file).read_text(encoding="utf-8"))
    }
    kept = {(each.text, each.was, each.now) for each in SURVIVORS if each.file == file}
    assert kept <= there
