"""Stress tests: the kernel compiled and on NumPy rows on the same luck, memory of many paths, the command from outside.

Ratios are taken inside one round, in which the engines take turns on the same paths; so a busy
moment falls on all of them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.timing import show

if TYPE_CHECKING:
    from portfolio.model.luck import Draws
    from portfolio.model.portfolio import Portfolio

SEED = 1
#: Least speed-up against the SimPy engine on machines with the widest vectors (AVX-512), the luck
#: drawn included: by items, engine, threads.
GUIDES = {
    (58, "compiled", 1): 400,
    (58, "compiled", 2): 720,
}
GUIDE_MEMORY_GB = 1.5
MEMORY_PATHS, QUICK_MEMORY_PATHS = 100_000, 10_000
COMMAND_PATHS = 2_000


class Size(NamedTuple):
    """How much is played in a round: SimPy paths, and chunks of 512 paths by engine."""

    items: int
    simpy_paths: int
    chunks: dict[str, int]


SIZES = (
    Size(58, 20, {"compiled": 16, "numpy": 2}),
    Size(851, 4, {"compiled": 2, "numpy": 1}),
)
QUICK_SIZES = (Size(58, 8, {"compiled": 4, "numpy": 1}),)
ENGINES = ("compiled", "numpy")
THREADS = (1, 2)


def run(*, quick: bool, memory: bool = False) -> None:
    """Measure all sizes, and unless `quick` the memory and the command."""
    for size in QUICK_SIZES if quick else SIZES:
        _show_size(size, _in_own_process("_stress", str(size.items), str(int(quick))))
    if memory or not quick:
        _show_memory(QUICK_MEMORY_PATHS if quick else MEMORY_PATHS)
    if not quick:
        _show_command()


def measure(items: int, quick: bool) -> dict[str, Any]:
    """Seconds a path by round: the SimPy engine, and each engine on so many threads."""
    from bench.portfolios import scaled
    from portfolio.sim.lanes.many_paths import play_many
    from portfolio.sim.stress import Luck, Window, window_draws
    from portfolio.workflows import load_workbook

    size = next(each for each in (QUICK_SIZES if quick else SIZES) if each.items == items)
    portfolio = scaled(load_workbook().portfolio, items).portfolio
    chunks = [
        window_draws(portfolio, Luck(seed=SEED), Window(512 * k + 1, 512))
        for k in range(max(size.chunks.values()))
    ]
    for engine in ENGINES:  # compiled, or loaded from disk, and warm
        play_many(portfolio, chunks[0].take(slice(0, 64)), engine=engine)
    rounds = [_round(portfolio, size, chunks) for _ in range(2 if quick else 3)]
    return {"rounds": rounds, "quarters": 100}


def _round(portfolio: Portfolio, size: Size, chunks: Sequence[Draws]) -> dict[str, Any]:
    from portfolio.model.luck import with_luck
    from portfolio.model.rules.parameters import derive
    from portfolio.sim.hands import Task, in_order
    from portfolio.sim.lanes.many_paths import play_many
    from portfolio.sim.stress import Luck, Window, window_draws

    def simpy_paths(paths: range) -> None:
        from portfolio.sim.one_path import play

        for row in paths:
            play(derive(with_luck(portfolio, chunks[0], row)))

    def drawn(k: int) -> Draws:
        return window_draws(portfolio, Luck(seed=SEED), Window(512 * k + 1, 512))

    def played(engine: str, threads: int, count: int, *, drawing: bool) -> float:
        def one(k: int) -> object:
            return play_many(portfolio, drawn(k) if drawing else chunks[k], engine=engine)

        tasks = [Task(one, k) for k in range(count)]
        return _wall(lambda: in_order(tasks, threads, lambda _: None, [])) / (512 * count)

    def drawing(threads: int) -> float:
        count = size.chunks["compiled"]
        tasks = [Task(drawn, k) for k in range(count)]
        return _wall(lambda: in_order(tasks, threads, lambda _: None, [])) / (512 * count)

    # The SimPy engine before and after the others: half of its paths each.
    half = size.simpy_paths // 2
    simpy = _wall(lambda: simpy_paths(range(half)))
    batch = {
        f"{engine} {threads} {name}": played(engine, threads, size.chunks[engine], drawing=with_it)
        for engine in ENGINES
        for threads in THREADS
        for name, with_it in (("alone", False), ("with draws", True))
    }
    draws = {str(threads): drawing(threads) for threads in THREADS}
    simpy += _wall(lambda: simpy_paths(range(half, size.simpy_paths)))
    return {"simpy": simpy / size.simpy_paths, "batch": batch, "draws": draws}


def _wall(action: Callable[[], object]) -> float:
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


def _show_size(size: Size, found: dict[str, Any]) -> None:
    rounds: list[dict[str, Any]] = found["rounds"]
    rows = []
    for engine in ENGINES:
        for threads in THREADS:
            for name in ("alone", "with draws"):
                key = f"{engine} {threads} {name}"
                # A SimPy path with draws: its share of a chunk's on one thread.
                ratios = [_simpy(each, name) / each["batch"][key] for each in rounds]
                fastest = min(each["batch"][key] for each in rounds)
                cells = size.items * found["quarters"]
                guide = GUIDES.get((size.items, engine, threads))
                rows.append(
                    (
                        f"{engine}, {threads} thread{'s' * (threads > 1)}, {name}",
                        f"{fastest * 1e6:,.0f}",
                        f"{fastest / cells * 1e9:.2f}",
                        f"{max(ratios):,.0f}",
                        f"{statistics.median(ratios):,.0f}",
                        "-" if guide is None else f"{guide:,}",
                    )
                )
    simpy = min(each["simpy"] for each in rounds)
    drawing = [min(each["draws"][str(threads)] for each in rounds) * 1e6 for threads in THREADS]
    heads = ("engine", "us/path", "ns/item/quarter", "x SimPy best", "median", "guide")
    show(f"{size.items} items under luck, {len(rounds)} rounds (wall time)", heads, rows)
    print(f"  SimPy engine, a path: {simpy * 1e3:,.1f} ms (limits derived and played)")
    print(f"  draws, a path: {drawing[0]:,.0f} us on one thread, {drawing[1]:,.0f} on two")


def _simpy(found: dict[str, Any], name: str) -> float:
    seconds: float = found["simpy"] + (found["draws"]["1"] if name == "with draws" else 0.0)
    return seconds


def measure_memory(paths: int) -> dict[str, Any]:
    """The process's largest resident set after a study of so many paths, and before it."""
    import resource

    from portfolio.sim.stress import Luck, study
    from portfolio.workflows import load_workbook

    portfolio = load_workbook().portfolio
    study([portfolio], luck=Luck(seed=SEED), paths=512)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = study([portfolio], luck=Luck(seed=SEED), paths=paths)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kib = 1024 if sys.platform != "darwin" else 1
    return {
        "paths": len(found.paths[0]),
        "before": before * kib,
        "peak": after * kib,
        "seconds": seconds,
    }


def _show_memory(paths: int) -> None:
    if sys.platform == "win32":
        print("\nmemory of a study: not measured on Windows")
        return
    found = _in_own_process("_stress_memory", str(paths))
    rows = [
        (
            f"{found['paths']:,}",
            f"{found['before'] / 1e9:.2f}",
            f"{found['peak'] / 1e9:.2f}",
            f"{found['seconds']:,.1f}",
        )
    ]
    show(
        "memory of a study at 58 items (largest resident set of the process)",
        ("paths", "GB after the first 512", "GB at most", "s"),
        rows,
    )
    print(f"  guide: 100,000 paths <= {GUIDE_MEMORY_GB} GB")


def _show_command() -> None:
    rows = []
    for name, extra in (
        ("as it is", ()),
        ("--levers", ("--levers",)),
        ("--leverage", ("--leverage",)),
    ):
        seconds = []
        for _ in range(2):
            with tempfile.TemporaryDirectory() as folder:
                line = ["-m", "portfolio", "stress", "-n", str(COMMAND_PATHS), *extra]
                seconds.append(_wall(partial(_python, line, folder)))
        rows.append((f"stress -n {COMMAND_PATHS}, {name}", f"{min(seconds):.1f}"))
    show("portfolio stress, end to end (wall time of the process)", ("command", "best s"), rows)


def _python(arguments: Sequence[str], folder: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    return done.stdout


def _in_own_process(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_python(["-m", "bench.run", *arguments]))
    return found
