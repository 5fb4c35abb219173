"""A month's round of 200 made-up projects and 14 units: sheets out and back, closed, forms, one page."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.timing import show
from tests.returned_sheets import filled

GUIDE_SECONDS = 60.0
PROJECTS, QUICK_PROJECTS = 200, 60
ASOF, NEXT = "示例-项目.xlsx", "2026-11"


def run(*, quick: bool) -> None:
    """Each command once: its processor's time and the wall's."""
    rows, total = [], [0.0, 0.0]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        closed = f"结/{Path(ASOF).stem} {NEXT}.xlsx"
        projects = QUICK_PROJECTS if quick else PROJECTS
        _timed(folder, "example", "--projects", str(projects), "-o", ".")
        steps = {
            "collect": ("-w", ASOF, "-o", "发"),
            "close": (NEXT, "好", "-w", ASOF, "-o", "结"),
            "forms": ("-w", closed, "-o", "表"),
            "brief": ("-w", closed, "--set", "专项债券:T+1=-30%", "-o", "页"),
        }
        for command, arguments in steps.items():
            seconds = _timed(folder, command, *arguments)
            if command == "collect":
                filled(folder / "发", folder / "好")
            total = [a + b for a, b in zip(total, seconds, strict=True)]
            rows.append((command, *(f"{each:.1f}" for each in seconds)))
    rows.append(("sum", *(f"{each:.1f}" for each in total)))
    show(f"a month's round, {projects} projects (s)", ("command", "processor", "wall"), rows)
    print(f"  guide: {total[0]:.0f} s of the processor (<= {GUIDE_SECONDS:.0f})")


def _timed(folder: Path, *arguments: str) -> tuple[float, float]:
    """Seconds of the processor and of the wall."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "portfolio", *arguments], cwd=folder, check=True,
        stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - began
