"""Mutants: what they are, and that those kept as making no difference are still there."""

from __future__ import annotations

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


@pytest.mark.parametrize("file", sorted({each.file for each in SURVIVORS}))
def test_a_survivor_that_is_kept_is_a_mutant_of_today(file: str):
    """One whose line has changed must be looked at again."""
    there = {
        (each.text, each.was, each.now)
        for each in mutants((ROOT / file).read_text(encoding="utf-8"))
    }
    kept = {(each.text, each.was, each.now) for each in SURVIVORS if each.file == file}
    assert kept <= there
