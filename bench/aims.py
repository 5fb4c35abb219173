"""What each way of weighing a repair's aims comes to: promised, played, and which one is offered.

A way is a change of the settings, or a number of moves. 亿元, weighted 亿元·年 and cells; seconds are
processor seconds of this process.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bench.timing import show

if TYPE_CHECKING:
    from portfolio.model.money import Wan
    from portfolio.model.reallocation.settings import Aim, RepairSettings
    from portfolio.optimize.repair import Repaired
    from portfolio.workflows.reallocate import OpenedCase

#: Scenarios and settings of the command line; the first alone where it must be quick.
CASES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((), ("专项债券:2027=-30%",)),
    (("专项债大幅收紧",), ()),
    (("土地出让断崖",), ()),
    (("自筹违约",), ()),
)
#: Moves at most.
MOVES = (6, 8, 10, 15, 20)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A way: aims promised and played in 万元, moved cells."""

    way: str
    promised: dict[str, int]
    played: dict[str, int]
    cells: int
    seconds: float


def run(*, quick: bool) -> None:
    """Show a table for each case."""
    for scenarios, sets in CASES[: 1 if quick else None]:
        rows, offered = measure(scenarios, sets, quick=quick)
        heads = ["way", "cells", "缺口", "滞后", "调整量", "缺口 played", "滞后 played", "s"]
        title = f"{'、'.join((*scenarios, *sets))}（默认给：{offered}）"
        show(title, heads, [_told(row) for row in rows])


def measure(
    scenarios: tuple[str, ...], sets: tuple[str, ...], *, quick: bool
) -> tuple[list[Row], str]:
    """Every way of a case, changing nothing first; and the name of the way that is offered."""
    from portfolio.model.reallocation.aims import played_aims
    from portfolio.optimize.repair import few_at_most, repair, repaired
    from portfolio.workflows.reallocate import open_case, repaired_case

    opened = open_case(None, scenarios, sets)
    case = opened.case
    before = played_aims(case, case.played, opened.run.outcome)
    rows = [Row(way="as it is", promised={}, played=_by_name(before), cells=0, seconds=0.0)]
    begun = time.process_time()
    knee = repair(case)
    rows.append(_row("knee", opened, knee, begun))
    for name, settings in {} if quick else _settings(case.settings).items():
        begun = time.process_time()
        rows.append(_row(name, opened, repaired(knee.laid, knee.limits, settings), begun))
    for most in MOVES:
        begun = time.process_time()
        found = few_at_most(knee, case.settings, most)
        if found is not None:
            rows.append(_row(f"at most {most} ({found[1]})", opened, found[0], begun))
    return rows, str(repaired_case(opened, price_seconds=0.0).name)


def _settings(base: RepairSettings) -> dict[str, RepairSettings]:
    from portfolio.model.reallocation.settings import Way

    return {
        "strict": replace(base, way=Way.STRICT),
        "S least, then M + 0.1 D": replace(base, slack_bps=0),
        "S + 5 %, then M + 0.1 D": replace(base, slack_bps=500),
        "S + 1 %, then M + 0.03 D": replace(base, delay_rate_bps=300),
        "S + 1 %, then M + 0.3 D": replace(base, delay_rate_bps=3_000),
        "any shares": replace(base, yearly_band_bps=10_000),
    }


def _row(way: str, opened: OpenedCase, found: Repaired, begun: float) -> Row:
    from portfolio.model.reallocation.aims import aim_values

    spent, case, plan = time.process_time() - begun, opened.case, found.plan_wan
    if plan is None:
        return Row(way=way, promised={}, played={}, cells=0, seconds=spent)
    return Row(
        way=way,
        promised=_by_name(aim_values(case, plan)),
        played=_by_name(_played(opened, plan)),
        cells=_moved(opened, plan),
        seconds=spent,
    )


def _played(opened: OpenedCase, plan_wan: Wan) -> dict[Aim, int]:
    from portfolio.model.reallocation.aims import played_aims
    from portfolio.workflows import play_plan
    from portfolio.workflows.reallocate import laid_out

    portfolio = laid_out(opened.case, plan_wan)
    return played_aims(opened.case, portfolio, play_plan(portfolio))


def _moved(opened: OpenedCase, plan_wan: Wan) -> int:
    from portfolio.model.reallocation.aims import moved_wan

    return int(np.count_nonzero(moved_wan(opened.case, plan_wan)))


def _by_name(aims: Mapping[Aim, int]) -> dict[str, int]:
    return {str(aim): wan for aim, wan in aims.items()}


def _told(row: Row) -> list[str]:
    def yi(aims: dict[str, int], name: str) -> str:
        return f"{aims[name] / 10_000:,.1f}" if name in aims else "-"

    return [
        row.way, str(row.cells), *(yi(row.promised, n) for n in ("缺口", "滞后", "调整量")),
        *(yi(row.played, n) for n in ("缺口", "滞后")), f"{row.seconds:.1f}",
    ]  # fmt: skip
