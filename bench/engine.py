"""The SimPy engine per path: time, growth, memory. Each size runs in a process of its own."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING, Any

from bench.portfolios import scaled, without_gates
from bench.timing import calibration, ms, repeated, show

if TYPE_CHECKING:
    from portfolio.model.portfolio import Portfolio

SIZES = (58, 851, 5_000, 20_000)
QUICK_SIZES = (58, 851)
GUIDE_MS = 12.0
GUIDE_GROWTH = 3.0


def measure_path(n: int, variant: str, repeats: int) -> dict[str, Any]:
    """Play a portfolio of `n` items: `gates` (hard gates on), `open` (no gates), `shock`."""
    from portfolio.model.rules.parameters import derive
    from portfolio.sim.one_path import play
    from portfolio.workflows import load_workbook

    portfolio = scaled(load_workbook().portfolio, n).portfolio
    if variant == "open":
        portfolio = without_gates(portfolio)
    if variant == "shock":
        portfolio = _shocked(portfolio)
    deriving = repeated(lambda: derive(portfolio), min(repeats, 5))
    limits = derive(portfolio)
    outcome = play(limits)
    events, drawn = len(outcome.events), int(outcome.drawn_wan.sum())
    del outcome
    before = calibration()
    playing = repeated(lambda: play(limits), repeats)
    loop = min(before, calibration())
    tracemalloc.start()
    play(limits)
    peak = tracemalloc.get_traced_memory()[1]
    return {
        "n": n,
        "variant": variant,
        "best": playing.best,
        "median": playing.median,
        "derive": deriving.best,
        "loop": loop,
        "peak_mb": peak / 2**20,
        "events": events,
        "drawn_wan": drawn,
    }


def _shocked(portfolio: Portfolio) -> Portfolio:
    """Special bonds 30 % lower in every year."""
    from portfolio.model.scenarios import apply, merge
    from portfolio.read.scenario.options import parse_sets

    cut = parse_sets(["专项债券:2021-2045=-30%"])
    assert cut is not None
    return apply(merge([cut]), portfolio)[0]


def run(*, quick: bool) -> None:
    """Measure all sizes and print them."""
    sizes = QUICK_SIZES if quick else SIZES
    plan = [(58, "open"), *((n, "gates") for n in sizes), *((n, "shock") for n in sizes)]
    results = [_in_own_process(n, variant, _repeats(n, quick)) for n, variant in plan]
    rows = []
    for result in results:
        n, best, loop = result["n"], result["best"], result["loop"]
        rows.append(
            (
                f"{n:,} {result['variant']}",
                ms(best),
                ms(result["median"]),
                f"{best / n * 1e6:,.0f}",
                f"{best / loop:.2f}",
                _growth(results, result),
                ms(result["derive"]),
                f"{result['peak_mb']:,.0f}",
                f"{result['events']:,}",
            )
        )
    heads = ("items", "best ms", "median ms", "us/item", "x loop", "x/doubling", "derive ms",
             "peak MB", "events")  # fmt: skip
    show("SimPy engine, one path (processor time; loop = calibration)", heads, rows)
    print(f"  calibration loop: {ms(min(r['loop'] for r in results))} ms")
    _guides(results)


def _repeats(n: int, quick: bool) -> int:
    repeats = 60 if n < 100 else 15 if n < 1000 else 5
    return max(2, repeats // 4) if quick else repeats


def _growth(results: list[dict[str, Any]], result: dict[str, Any]) -> str:
    """Factor of time for a doubling of the items, in loops of each process's own calibration."""
    smaller = [
        other for other in results
        if other["variant"] == result["variant"] and other["n"] < result["n"]
    ]  # fmt: skip
    if not smaller:
        return "-"
    last = smaller[-1]
    ratio = (result["best"] / result["loop"]) / (last["best"] / last["loop"])
    return f"{ratio ** (1 / math.log2(result['n'] / last['n'])):.2f}"


def _guides(results: list[dict[str, Any]]) -> None:
    by = {(r["n"], r["variant"]): r for r in results}
    real = by[58, "gates"]["best"] * 1e3
    print(f"  guide: a path at 58 items {real:.1f} ms (<= {GUIDE_MS:.0f})")
    if (20_000, "gates") in by:
        large, small = by[20_000, "gates"], by[851, "gates"]
        growth = (large["best"] / 20_000 / large["loop"]) / (small["best"] / 851 / small["loop"])
        print(f"  guide: time per item, 20,000 against 851: {growth:.2f} (<= {GUIDE_GROWTH:.0f})")


def _in_own_process(n: int, variant: str, repeats: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.run", "_path", str(n), variant, str(repeats)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONUTF8": "1"}
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found
