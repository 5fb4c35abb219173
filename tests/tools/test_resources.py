"""What commands take: measured as a process's own, kept, and told by the one table."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from portfolio.read.bundled_files import default_workbook

if sys.platform == "win32":
    pytest.skip("processes are not accounted for there", allow_module_level=True)

from bench import resources

README = Path(resources.__file__).with_name("README.md")


def test_the_page_has_the_table_of_what_is_kept():
    kept = resources.KEPT.read_text(encoding="utf-8")
    assert resources.table(kept) in README.read_text(encoding="utf-8")
    assert {row["command"] for row in json.loads(kept)} == set(resources.COMMANDS)


def test_the_table_tells_what_was_stopped_what_failed_and_what_is_not_known():
    rows = [
        {"command": "check", "items": 58, "seconds": 1.8, "mb": 96, "exit": 0},
        {"command": "check", "items": 5_000, "seconds": 300.0, "mb": 1_204, "exit": None},
        {"command": "run", "items": 58, "seconds": 2.0, "mb": 90, "exit": 5},
    ]
    assert resources.table(json.dumps(rows)).splitlines() == [
        "| command | 58 items | 5,000 items |",
        "| --- | ---: | ---: |",
        "| `check` | 1.8 s, 96 MB | > 300.0 s, 1,204 MB, stopped |",
        "| `run` | 2.0 s, 90 MB, exit 5 | not measured |",
    ]


def test_a_figure_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(resources, "KEPT", tmp_path / "kept.json")
    for name, items, seconds in (
        ("run", 58, 3.0),
        ("check", 851, 2.0),
        ("check", 58, 1.0),
        ("run", 58, 4.0),
    ):
        row = {"command": name, "items": items, "seconds": seconds, "mb": 1, "exit": 0}
        resources._keep(row)
    kept = json.loads(resources.KEPT.read_text(encoding="utf-8"))
    told = [(row["items"], row["command"], row["seconds"]) for row in kept]
    assert told == [(58, "check", 1.0), (58, "run", 4.0), (851, "check", 2.0)]


def test_a_command_is_measured_as_its_own_and_stopped_where_it_takes_too_much(
    tmp_path: Path, monkeypatch
):
    whole = resources._measured("check", default_workbook(), tmp_path)
    assert whole["exit"] == 0
    assert 0.1 < whole["seconds"] < resources.MOST_SECONDS
    # No upper bound: a process is counted with the size of the one that began it, here all tests.
    assert whole["mb"] > 20
    monkeypatch.setattr(resources, "MOST_SECONDS", 1)
    stopped = resources._measured("run", default_workbook(), tmp_path)
    assert stopped["exit"] is None
    assert stopped["seconds"] < whole["seconds"] + 2
