"""The kernel against that of another commit, and both against the SimPy engine, in turns.

Each tree plays the same luck in a process of its own, one round after another, by the processor's
clock of the thread that plays: a busy moment falls on all of them. Ratios are medians of those of
single rounds.
"""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO

from bench.timing import show

REPOSITORY = Path(__file__).parents[1]
#: The last commit with engines of the first edition.
AGAINST = "657423e"
#: Items, paths of a round, SimPy paths of a round, rounds.
SIZES = ((58, 512, 4, 15), (851, 128, 1, 7), (5_000, 64, 0, 3))
QUICK_SIZES = ((58, 128, 1, 3),)

#: Plays what a line asks for ("batch", "draws" or "simpy") and says the seconds a path; on names
#: that both trees have.
PLAYER = """
import sys, time
items, paths, simpy = map(int, sys.argv[1:])
from bench.portfolios import scaled
from portfolio.model.luck import with_luck
from portfolio.model.rules.parameters import derive
from portfolio.sim.lanes.many_paths import play_many
from portfolio.sim.luck import draw
from portfolio.sim.one_path import play
from portfolio.workflows import load_workbook
portfolio = scaled(load_workbook().portfolio, items).portfolio
drawn = lambda: draw(portfolio, seed=1, first_path=1, paths=paths)
draws = drawn()
actions = {
    "batch": (paths, lambda: play_many(portfolio, draws)),
    "draws": (paths, drawn),
    "simpy": (simpy, lambda: [play(derive(with_luck(portfolio, draws, k))) for k in range(simpy)]),
}
started = time.process_time()
actions["batch"][1]()
print(time.process_time() - started, flush=True)
for line in sys.stdin:
    count, action = actions[line.strip()]
    before = time.thread_time()
    action()
    print((time.thread_time() - before) / count, flush=True)
"""


def run(*, quick: bool) -> None:
    """Measure all sizes and print them."""
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "tree"
        git = ["git", "-C", str(REPOSITORY), "archive", AGAINST]
        archive = subprocess.run(git, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(old, filter="data")
        for size in QUICK_SIZES if quick else SIZES:
            _show_size(*size, old)


def _show_size(items: int, paths: int, simpy: int, rounds: int, old: Path) -> None:
    new_player, old_player = (_player(tree, items, paths, simpy) for tree in (REPOSITORY, old))
    first = [float(_said(player)) for player in (new_player, old_player)]
    found: dict[str, list[float]] = {name: [] for name in ("new", "old", "draws", "simpy")}
    for _ in range(rounds):
        found["old"].append(_asked(old_player, "batch"))
        found["new"].append(_asked(new_player, "batch"))
        found["draws"].append(_asked(new_player, "draws"))
        if simpy:
            found["simpy"].append(_asked(new_player, "simpy"))
    for player in (new_player, old_player):
        player.terminate()
    drawing = [new + draws for new, draws in zip(found["new"], found["draws"], strict=True)]
    rows = [
        (name, f"{min(times) * 1e6:,.0f}", f"{min(times) / items / 100 * 1e9:.1f}",
         _ratio(found["old"], times), _ratio(found["simpy"], times))
        for name, times in (("this tree", found["new"]), ("with draws", drawing),
                            (AGAINST, found["old"]))
    ]  # fmt: skip
    heads = ("engine, one thread", "us/path", "ns/item/quarter", f"x {AGAINST}", "x SimPy")
    show(f"{items:,} items under luck, {rounds} rounds (processor time)", heads, rows)
    if simpy:
        print(f"  SimPy engine, a path: {min(found['simpy']) * 1e3:,.1f} ms")
    print(
        f"  first play, loading or compiling included: {first[0]:.1f} s, {AGAINST} {first[1]:.1f} s"
    )


def _ratio(slow: list[float], fast: list[float]) -> str:
    ratios = [one / other for one, other in zip(slow, fast, strict=True)] if slow else []
    return f"{statistics.median(ratios):,.2f}" if ratios else "-"


def _player(tree: Path, items: int, paths: int, simpy: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PLAYER, *map(str, (items, paths, simpy))],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _asked(player: subprocess.Popen[str], what: str) -> float:
    stream: IO[str] | None = player.stdin
    assert stream is not None
    stream.write(f"{what}\n")
    stream.flush()
    return float(_said(player))


def _said(player: subprocess.Popen[str]) -> str:
    assert player.stdout is not None
    return player.stdout.readline()
