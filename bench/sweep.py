"""A sweep of shocks: one loaded model, changed in place, against building and solving each anew."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from bench.timing import ms, show

if TYPE_CHECKING:
    from portfolio.model.reallocation.case import RepairCase
    from portfolio.optimize.questions.sweep import Shock

POINTS, QUICK_POINTS = 300, 60
#: So many of the points are built and solved anew.
ANEW, QUICK_ANEW = 15, 5
#: Of the first case, and of the last, in which gates stand in the way.
GUIDE_RATIO, GUIDE_GATES_RATIO = 15.0, 8.0
#: Title, scenarios, channel, years, deepest cut in bps.
CASES: tuple[tuple[str, tuple[str, ...], str, tuple[int, ...], int], ...] = (
    ("special bonds 2023", (), "SPB", (2023,), 5_000),
    ("all channels 2023-2025", (), "", (2023, 2024, 2025), 6_000),
    ("gates in the way", ("三碰头",), "SPB", (2023,), 3_000),
)


def measure_sweep(
    scenarios: tuple[str, ...], channel: str, years: tuple[int, ...], deepest_bps: int,
    points: int, anew: int,
) -> dict[str, Any]:  # fmt: skip
    """Seconds by point both ways, in one run and one process, and how far the values differ."""
    from portfolio.optimize.questions.sweep import load_for_shocks, solve_grid

    case, shock = _case(scenarios, channel, years)
    grid = [(-deepest_bps + deepest_bps * k // (points - 1),) for k in range(points)]
    begun = time.process_time()
    found = solve_grid(load_for_shocks(case), [shock], grid)
    swept = (time.process_time() - begun) / points
    chosen = [(points - 1) * k // (anew - 1) for k in range(anew)]
    begun = time.process_time()
    fresh = [_anew(case, shock, grid[k][0]) for k in chosen]
    built = (time.process_time() - begun) / anew
    pairs = [
        (value, reached)
        for k, values in zip(chosen, fresh, strict=True)
        for value, reached in zip(
            values, (found[k].reached.shortfall_wan, found[k].reached.delay_wan), strict=True
        )
    ]
    return {
        "points": points,
        "swept": swept,
        "built": built,
        "ratio": built / swept,
        "proven": sum(point.reached.proven for point in found),
        "apart_wan": max(
            (abs(a - b) for a, b in pairs if a is not None and b is not None), default=0
        ),
        "disagree": sum((a is None) != (b is None) for a, b in pairs),
    }


def _case(
    scenarios: tuple[str, ...], channel: str, years: tuple[int, ...]
) -> tuple[RepairCase, Shock]:
    from portfolio.model.reallocation.case import (
        asof_of_year,
        first_shocked_year,
        open_handed,
        repair_case,
    )
    from portfolio.model.scenarios import apply
    from portfolio.optimize.questions.sweep import Shock
    from portfolio.workflows import load_workbook, merged_scenario, play_plan

    base = load_workbook().portfolio
    shocked, _ = apply(merged_scenario(scenarios, ()), base)
    first = first_shocked_year(shocked, base)
    earliest = min([*years, *([] if first is None else [base.calendar.first_year + first])])
    case = repair_case(
        shocked,
        base,
        open_handed_play=play_plan(open_handed(shocked)),
        shocked_play=play_plan(shocked),
        asof_quarter=asof_of_year(base.calendar, earliest),
    )
    pooled = [
        k for k, c in enumerate(shocked.channels) if c.kind == "统筹" and channel in (c.id, "")
    ]
    return case, Shock(
        channels=tuple(pooled), years=tuple(year - base.calendar.first_year for year in years)
    )


def _anew(case: RepairCase, shock: Shock, change_bps: int) -> tuple[int | None, int | None]:
    """Both aims of a point by PuLP: build, solve, hold, solve."""
    from portfolio.model.money import BPS, WAN_PER_YI
    from portfolio.model.portfolio import reserve_beside
    from portfolio.model.reallocation.parameters import derive_repair
    from portfolio.model.reallocation.settings import Aim
    from portfolio.optimize.aims import EXPRESSIONS, KEPT, amount, held
    from portfolio.optimize.questions.sweep import shares_free
    from portfolio.optimize.rules import build
    from portfolio.optimize.solver import solve, total

    envelopes = case.portfolio.envelopes
    ask, reserve = envelopes.pooled_ask_wan.copy(), envelopes.pooled_reserve_wan.copy()
    for cell in product(shock.years, shock.channels):
        before = int(ask[cell])
        ask[cell] = before * (BPS + change_bps) // BPS
        reserve[cell] = reserve_beside(int(reserve[cell]), before, int(ask[cell]))
    moved = replace(envelopes, pooled_ask_wan=ask, pooled_reserve_wan=reserve)
    case = shares_free(replace(case, portfolio=replace(case.portfolio, envelopes=moved)))
    draft = build(case, derive_repair(case))
    first = EXPRESSIONS[Aim.SHORTFALL](draft)
    draft.model.setObjective(first)
    one = solve(draft.model)
    if one.objective is None:
        return None, None
    draft.model.addConstraint(first <= held(one.objective), "held")
    second = EXPRESSIONS[Aim.DELAY](draft)
    draft.model.setObjective(total([second, KEPT * first]))
    two = solve(draft.model)
    delay = None if two.objective is None else round(amount(second, two) * WAN_PER_YI)
    return round(one.objective * WAN_PER_YI), delay


def run(*, quick: bool) -> None:
    """Measure the cases and print them."""
    points, anew = (QUICK_POINTS, QUICK_ANEW) if quick else (POINTS, ANEW)
    rows, ratios = [], []
    for title, scenarios, channel, years, deepest in CASES:
        found = measure_sweep(scenarios, channel, years, deepest, points, anew)
        ratios.append(found["ratio"])
        rows.append(
            (
                title,
                points,
                ms(found["swept"]),
                ms(found["built"]),
                f"{found['ratio']:.1f}",
                f"{found['proven']}/{points}",
                found["apart_wan"],
                found["disagree"],
            )
        )
    heads = ("sweep", "points", "ms/point", "PuLP ms/point", "ratio", "proven", "apart 万元", "disagree")  # fmt: skip
    show("Sweep: one loaded model against building each (processor time)", heads, rows)
    print(f"  guide: {ratios[0]:.1f} times faster (>= {GUIDE_RATIO:.0f})")
    print(f"  gates in the way: {ratios[-1]:.1f} times faster (>= {GUIDE_GATES_RATIO:.0f})")
