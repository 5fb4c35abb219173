"""The command line from outside: `run` end to end and what it is made of, `--help`."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.timing import ms, show, timing

GUIDE_RUN_SECONDS = 4.0
GUIDE_HELP = 6.0
RUN = ("run", "--set", "专项债券:2023-2025=-30%")


def _wall(arguments: list[str], folder: str) -> float:
    before = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    return time.perf_counter() - before


def run(*, quick: bool) -> None:
    """Wall time of whole runs, and the split of one in its own process."""
    repeats = 3 if quick else 5
    with tempfile.TemporaryDirectory() as folder:
        plain = timing([_wall(["-m", "portfolio", "run"], folder) for _ in range(repeats)])
        shocked = timing([_wall(["-m", "portfolio", *RUN], folder) for _ in range(repeats)])
    show(
        "portfolio run, end to end (wall time of the process)",
        ("command", "best ms", "median ms"),
        [
            ("run", ms(plain.best), ms(plain.median)),
            ("run --set bonds -30 %", ms(shocked.best), ms(shocked.median)),
        ],
    )
    print(f"  guide: run {shocked.median:.2f} s (<= {GUIDE_RUN_SECONDS:.0f})")
    splits = [_split_in_own_process() for _ in range(repeats)]
    rows = [(step, ms(min(split[step] for split in splits))) for step in splits[0]]
    rows.append(("sum", ms(sum(min(split[step] for split in splits) for step in splits[0]))))
    show("what run --set is made of (best of several processes)", ("step", "ms"), rows)


def measure_split() -> dict[str, float]:
    """One run in this process, step by step; each step pays for its own imports."""
    seconds: dict[str, float] = {}

    def step(name: str, action: Callable[[], Any]) -> Any:
        before = time.perf_counter()
        result = action()
        seconds[name] = time.perf_counter() - before
        return result

    def imports() -> None:
        for name in ("numpy", "scipy.special", "networkx", "simpy", "openpyxl", "xlsxwriter",
                     "portfolio.cli", "portfolio.report.files"):  # fmt: skip
            importlib.import_module(name)

    step("import libraries", imports)
    from portfolio import workflows
    from portfolio.model.audit import audit
    from portfolio.model.rules.parameters import derive
    from portfolio.model.scenarios import apply
    from portfolio.report.excel.schedule import schedule_bytes
    from portfolio.report.json import json_text
    from portfolio.report.json.run import run_json
    from portfolio.report.screen.run import show_run
    from portfolio.report.tables.render import csv_bytes
    from portfolio.report.tables.run import run_tables
    from portfolio.sim.one_path import play

    loaded = step("read workbook, make plan", workflows.load_workbook)
    scenario = step("read scenario", lambda: workflows.merged_scenario((), (RUN[-1],)))
    portfolio = step("apply scenario", lambda: apply(scenario, loaded.portfolio)[0])
    limits = step("derive limits x2", lambda: (derive(loaded.portfolio), derive(portfolio)))
    outcomes = step("play x2", lambda: (play(limits[0]), play(limits[1])))
    step("audit x2", lambda: (audit(loaded.portfolio, outcomes[0]), audit(portfolio, outcomes[1])))
    result = workflows.run(None, (), (RUN[-1],))
    step("make the schedule (xlsx)", lambda: schedule_bytes(result))
    step("make the CSV files", lambda: [csv_bytes(table) for table in run_tables(result)])
    step("make run.json", lambda: json_text(run_json(result)))
    screen = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stdout, terminal = screen, sys.stdout
    try:
        step("screen", lambda: show_run(result))
    finally:
        sys.stdout = terminal
        screen.close()
    return seconds


def _split_in_own_process() -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.run", "_split"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def help_page(*, quick: bool) -> None:
    """`portfolio --help` against a Python that does nothing, turn by turn."""
    repeats = 7 if quick else 21
    bare, helped = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            bare.append(_wall(["-c", "pass"], folder))
            helped.append(_wall(["-m", "portfolio", "--help"], folder))
    own, other = timing(helped), timing(bare)
    show(
        "portfolio --help against bare Python (wall time, alternating)",
        ("process", "best ms", "median ms"),
        [
            ("python -c pass", ms(other.best), ms(other.median)),
            ("portfolio --help", ms(own.best), ms(own.median)),
        ],
    )
    print(f"  guide: ratio of medians {own.median / other.median:.1f} (<= {GUIDE_HELP:.0f})")
