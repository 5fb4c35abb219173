"""What a month's round takes: kept, and told by the one table."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("processes are not accounted for there", allow_module_level=True)

from bench import month

README = Path(month.__file__).with_name("README.md")


def test_the_page_has_the_table_of_what_is_kept():
    kept = month.KEPT.read_text(encoding="utf-8")
    assert month.table(kept) in README.read_text(encoding="utf-8")
    commands = [row["command"] for row in json.loads(kept)]
    assert commands == [
        "example", "collect", "close, 12 errors found", "close", "forms", "brief",
    ]  # fmt: skip


def test_the_last_line_sums_what_is_above_it():
    rows = [
        {"command": "collect", "seconds": 5.5, "wall": 6.0},
        {"command": "close", "seconds": 4.3, "wall": 12.1},
    ]
    assert month.table(json.dumps(rows)).splitlines() == [
        "| command | processor | wall |",
        "| --- | ---: | ---: |",
        "| collect | 5.5 | 6.0 |",
        "| close | 4.3 | 12.1 |",
        "| sum | 9.8 | 18.1 |",
    ]
