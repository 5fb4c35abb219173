"""What every command takes at 58, 851 and 5,000 items: processor's seconds, most memory, exit code.

Each is a process of its own, measured as the system accounts for it when it ends, so that other
work on the machine counts little. What was measured is kept as `resources.json` beside this file;
the table of README.md is made from it.

    python -m bench.resources                 # the table
    python -m bench.resources 5000 check run  # measure some commands anew (or all of a size)
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.portfolios import scaled, scaled_tables
from bench.timing import show

KEPT = Path(__file__).with_suffix(".json")
SIZES, QUICK_SIZES = (58, 851, 5_000), (58, 851)
#: Where a command is stopped: seconds of the processor, by the clock on a busy machine, memory.
MOST_SECONDS, MOST_CLOCK, MOST_BYTES = 300, 1_500, 8_000_000_000
SHOCK = ("--set", "专项债券:2023=-30%")
#: Name and words of each; {book} is the workbook, {out} a folder for it alone.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "check": ("check", "{book}"),
    "run": ("run", "-w", "{book}", "-o", "{out}"),
    "run --set": ("run", "-w", "{book}", "-o", "{out}", *SHOCK),
    "explain": ("explain", "1", "-w", "{book}", *SHOCK),
    "graph": ("graph", "-w", "{book}", "-o", "{out}"),
    "compare": ("compare", "-w", "{book}", "-o", "{out}", *SHOCK),
    "diff": ("diff", "{book}", "{book}", "-o", "{out}"),
    "brief": ("brief", "-w", "{book}", "-o", "{out}", *SHOCK),
    "backtest": ("backtest", "-w", "{book}", "-o", "{out}"),
    "pipeline": ("pipeline", "-w", "{book}", "-o", "{out}"),
    "stress -n 50": ("stress", "-n", "50", "-w", "{book}", "-o", "{out}"),
    "replay --path 7": ("replay", "--path", "7", "-n", "50", "-w", "{book}", "-o", "{out}"),
    "report -n 0 --no-reallocate": (
        "report", "-n", "0", "--no-reallocate", "-w", "{book}", "-o", "{out}", *SHOCK,
    ),
    "reallocate --time 15": ("reallocate", "--time", "15", "-w", "{book}", "-o", "{out}", *SHOCK),
}  # fmt: skip


Row = dict[str, Any]


def run(*, quick: bool) -> None:
    """Measure every command at every size and keep the figures."""
    rows = [row for n in (QUICK_SIZES if quick else SIZES) for row in measured(n, COMMANDS)]
    show("processor's seconds and most memory of a command", *_cells(rows))


def measured(n: int, names: Iterable[str]) -> list[Row]:
    """Measure some commands at a size; each figure is kept as soon as it is known."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as made:
        book = _workbook(Path(made) / f"{n}.xlsx", n)
        for name in names:
            rows.append({"command": name, "items": n, **_measured(name, book, Path(made))})
            print(f"  {n:,} {name}: {_cell(rows[-1])}", file=sys.stderr, flush=True)
            _keep(rows[-1])
    return rows


def _keep(row: Row) -> None:
    """Put a figure in the place of the one measured before; in the order of sizes and commands."""
    kept: list[Row] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else []
    others = [each for each in kept if _key(each) != _key(row)]
    order = list(COMMANDS)
    kept = sorted([*others, row], key=lambda each: (each["items"], order.index(each["command"])))
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in kept)
    KEPT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _key(row: Row) -> tuple[str, int]:
    return row["command"], row["items"]


def _workbook(path: Path, n: int) -> Path:
    from portfolio.read.bundled_files import default_workbook
    from portfolio.read.workbook import read_input_tables, read_workbook
    from portfolio.report.input_workbook import write_input_workbook

    real, tables = (
        read_workbook(default_workbook()).portfolio,
        read_input_tables(default_workbook()),
    )
    made = scaled(real, n)
    write_input_workbook(
        path, scaled_tables(tables, made, real) if n != len(real.items) else tables
    )
    return path


def _measured(name: str, book: Path, folder: Path) -> Row:
    """Seconds, megabytes and exit code of one command; the code is None where it was stopped."""
    out = folder / name.replace(" ", "_")
    words = [each.format(book=book, out=out) for each in COMMANDS[name]]
    process = subprocess.Popen(
        [sys.executable, "-m", "portfolio", *words], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    resource.prlimit(process.pid, resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.prlimit(process.pid, resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    stop = time.monotonic() + MOST_CLOCK
    done, status, used = 0, 0, None
    while not done:
        done, status, used = os.wait4(process.pid, os.WNOHANG)
        if not done and time.monotonic() > stop:
            process.kill()
        time.sleep(0.05)
    assert used is not None
    process.returncode = code = os.waitstatus_to_exitcode(status)
    return {
        "seconds": round(used.ru_utime + used.ru_stime, 1),
        "mb": round(used.ru_maxrss / 1024),
        "exit": None if code < 0 else code,
    }


# --- The table


def _cell(row: Row) -> str:
    told = f"{row['seconds']:,.1f} s, {row['mb']:,} MB"
    if row["exit"] is None:
        return f"> {told}, stopped"
    return told if row["exit"] == 0 else f"{told}, exit {row['exit']}"


def _cells(rows: Iterable[Row]) -> tuple[list[str], list[list[str]]]:
    by_cell = {_key(row): _cell(row) for row in rows}
    sizes = sorted({size for _, size in by_cell})
    names = dict.fromkeys(name for name, _ in by_cell)
    heads = ["command", *(f"{size:,} items" for size in sizes)]
    return heads, [
        [name, *(by_cell.get((name, size), "not measured") for size in sizes)] for name in names
    ]


def table(kept: str) -> str:
    """The table of README.md of what is kept."""
    heads, cells = _cells(json.loads(kept))
    lines: list[Sequence[str]] = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    lines += [[f"`{name}`", *rest] for name, *rest in cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    if sys.argv[1:]:
        measured(int(sys.argv[1].replace(",", "")), sys.argv[2:] or COMMANDS)
    print(table(KEPT.read_text(encoding="utf-8")), end="")
