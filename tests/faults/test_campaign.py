"""The hostile campaign's figures are kept, told by one table, and show nothing let in or lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.fuzz import kept
from bench.fuzz.judging import COLUMNS, GOOD, REFUSED, RIGHT, WRONG

README = Path(kept.__file__).parents[1] / "README.md"


def test_the_page_has_the_table_of_what_is_kept():
    text = kept.KEPT.read_text(encoding="utf-8")
    assert kept.table(text) in README.read_text(encoding="utf-8")
    rows = json.loads(text)
    assert all(sum(row[column] for column in GOOD) > 0 for row in rows)
    assert [row["door"] for row in rows if any(row[c] for c in COLUMNS if c not in GOOD)] == []


def test_a_doors_figures_take_the_place_of_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept, "KEPT", tmp_path / "kept.json")
    doors = ["files", "--set"]
    kept.keep("--set", 7, {REFUSED: 1_200, RIGHT: 3}, doors)
    kept.keep("files", 7, {REFUSED: 5}, doors)
    kept.keep("--set", 8, {REFUSED: 1_000, RIGHT: 4, WRONG: 1}, doors)
    assert kept.table(kept.KEPT.read_text(encoding="utf-8")).splitlines()[2:] == [
        "| files | 7 | 5 | 5 | 0 | 0 | 0 | 0 | 0 | 0 |",
        "| `--set` | 8 | 1,005 | 1,000 | 4 | 1 | 0 | 0 | 0 | 0 |",
    ]
