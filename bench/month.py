"""A month's round of 200 made-up projects and 14 units: sheets out and back, closed, forms, one page.

Each command is a process of its own, measured by the processor's clock. The sheets come back filled
in by the tests' seeded filler, at first with its twelve errors, all of which must be found. What was
measured is kept as `month.json` beside this file; the table of README.md is made from it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.timing import show
from tests.returned_sheets import filled, planted

KEPT = Path(__file__).with_suffix(".json")
GUIDE_SECONDS = 60.0
PROJECTS, QUICK_PROJECTS = 200, 60
ASOF, NEXT = "示例-项目.xlsx", "2026-11"
HEADS = ("command", "processor", "wall")
#: A month that isn't closed as sheets must be mended.
NOT_CLOSED = 3

Row = dict[str, Any]


def run(*, quick: bool) -> None:
    """Each command once: its processor's time and the wall's; the whole list's figures are kept."""
    projects = QUICK_PROJECTS if quick else PROJECTS
    with tempfile.TemporaryDirectory() as made:
        rows = list(_round(Path(made), projects))
    show(f"a month's round, {projects} projects (s)", HEADS, _cells(rows))
    print(f"  guide: {_sum(rows, 'seconds'):.0f} s of the processor (<= {GUIDE_SECONDS:.0f})")
    if not quick:
        lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in rows)
        KEPT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _round(folder: Path, projects: int) -> Iterable[Row]:
    closed = f"结/{Path(ASOF).stem} {NEXT}.xlsx"
    yield _timed(folder, "example", "--projects", str(projects), "-o", ".")
    yield _timed(folder, "collect", "-w", ASOF, "-o", "发", "--month", NEXT)
    filled(folder / "发", folder / "好")
    shutil.copytree(folder / "好", folder / "错")
    errors = planted(sorted((folder / "错").glob("*.xlsx")))
    back = _timed(folder, "close", NEXT, "错", "-w", ASOF, "-o", "退", "--json", exits=NOT_CLOSED)
    asked = {
        (one["file"], one["place"]): one["ask"] for one in json.loads(back.pop("told"))["asked"]
    }
    assert all(asked.get((error.file, error.place)) for error in errors), "an error wasn't found"
    yield back | {"command": f"close, {len(errors)} errors found"}
    yield _timed(folder, "close", NEXT, "好", "-w", ASOF, "-o", "结")
    yield _timed(folder, "forms", "-w", closed, "-o", "表")
    yield _timed(folder, "brief", "-w", closed, "--set", "专项债券:T+1=-30%", "-o", "页")


def _timed(folder: Path, *arguments: str, exits: int = 0) -> Row:
    """Seconds of the processor and of the wall, and with `--json` what was told."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "portfolio", *arguments], cwd=folder, check=False,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == exits, (arguments, done.returncode)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    row: Row = {
        "command": arguments[0],
        "seconds": round(used, 1),
        "wall": round(time.perf_counter() - began, 1),
    }
    return row | ({"told": done.stdout} if "--json" in arguments else {})


def _sum(rows: Iterable[Row], key: str) -> float:
    return sum(float(row[key]) for row in rows)


def _cells(rows: Sequence[Row]) -> list[list[str]]:
    sums = {"command": "sum"} | {key: _sum(rows, key) for key in ("seconds", "wall")}
    return [
        [str(row["command"]), f"{row['seconds']:.1f}", f"{row['wall']:.1f}"]
        for row in (*rows, sums)
    ]


def table(kept: str) -> str:
    """The table of README.md of what is kept."""
    lines: list[Sequence[str]] = [
        HEADS, ["---", *["---:"] * (len(HEADS) - 1)], *_cells(json.loads(kept))
    ]  # fmt: skip
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
