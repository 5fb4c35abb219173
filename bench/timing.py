"""Repeats, medians, a calibration loop, and plain tables."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: A loop of plain Python and whole numbers: what this machine, this busy, does at this moment.
CALIBRATION_ROUNDS = 400_000


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Seconds of several repeats."""

    best: float
    median: float


def timing(seconds: Sequence[float]) -> Timing:
    return Timing(best=min(seconds), median=statistics.median(seconds))


def repeated(
    action: Callable[[], object], repeats: int, clock: Callable[[], float] = time.process_time
) -> Timing:
    """Time an action by the processor's clock (or another), which other work disturbs least."""
    seconds = []
    for _ in range(repeats):
        before = clock()
        action()
        seconds.append(clock() - before)
    return timing(seconds)


def calibration() -> float:
    """Best processor seconds of a fixed loop: divide by it to compare machines and moments."""

    def loop() -> int:
        value = 0
        for k in range(CALIBRATION_ROUNDS):
            value += k * k % 7
        return value

    return repeated(loop, 5).best


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f}"


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: first column to the left, numbers to the right."""
    texts = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[k]) for row in texts) for k in range(len(heads))]
    print(f"\n{title}")
    for number, row in enumerate(texts):
        cells = [
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))
