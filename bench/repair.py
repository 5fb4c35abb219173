"""Repairing the plan: what each step takes, and what each idea to make it fast is worth.

Ideas are measured by leaving them out (or putting them in) one at a time, in turns with the model
as it is: a ratio is taken inside one process and one run.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.timing import show

if TYPE_CHECKING:
    from portfolio.model.reallocation.case import RepairCase
    from portfolio.model.reallocation.parameters import RepairLimits
    from portfolio.optimize.model import Draft
    from portfolio.optimize.solver import Solved

#: The first is of risk classes, so that it can be laid on any number of items, and leaves a real 缺口:
#: of 851 items the reserve absorbs a fall of the land, and a search would find the plan again.
SHOCKS = ("自筹违约", "土地出让断崖", "土地出让续跌", "三碰头")
SIZES, QUICK_SIZES = (58, 851), (58,)
#: At 58 items: all aims together, and the first aim without integers.
GUIDE_AIMS_SECONDS, GUIDE_RELAXED_SECONDS = 20.0, 2.0
GUIDE_LARGE_SECONDS = 90.0
#: Up to so many items the repair itself is timed as well.
LARGEST_WHOLE = 851
#: For all aims of a model together.
SECONDS = 240.0
REAL = 58
WAYS = ("simplex", "ipm", "ipm without crossover", "simplex without presolve")


def run(*, quick: bool) -> None:
    """Measure the steps of a repair, then the ideas."""
    found = [_in_own_process(str(n), int(quick)) for n in (QUICK_SIZES if quick else SIZES)]
    _show_steps([steps for each in found for steps in each["steps"]])
    for each in found:
        _show_ideas(each)


def measure(items: int, quick: bool) -> dict[str, Any]:
    """Steps under each shock, and the ideas under the first; of a large size what ends in minutes."""
    large = items > REAL
    cases = [(shock, *_case(items, shock)) for shock in (SHOCKS[:1] if quick or large else SHOCKS)]
    first = cases[0][1]
    # Ahead of the steps, whose largest memory then is that of a whole repair.
    ways = {name: _relaxed(first, name) for name in WAYS}
    ideas = {} if large else _ideas(first, 1 if quick else 3)
    steps = [
        {"items": items, "shock": shock, **_steps(case, spent, whole=items <= LARGEST_WHOLE)}
        for shock, case, spent in cases
    ]
    return {"items": items, "steps": steps, "ideas": ideas, "solvers": ways}


def _case(items: int, shock: str) -> tuple[RepairCase, float]:
    """A case at a size, and the seconds its two plays take."""
    from bench.portfolios import scaled
    from portfolio.model.reallocation.case import open_handed, repair_case
    from portfolio.model.rules.parameters import derive
    from portfolio.model.scenarios import apply
    from portfolio.sim.one_path import play
    from portfolio.workflows import load_workbook
    from portfolio.workflows.inputs import merged_scenario

    before = scaled(load_workbook().portfolio, items).portfolio
    portfolio, _ = apply(merged_scenario([shock], []), before)
    plays, spent = timed(
        lambda: [play(derive(each)) for each in (open_handed(portfolio), portfolio)]
    )
    case = repair_case(portfolio, before, open_handed_play=plays[0], shocked_play=plays[1])
    return case, spent


def _steps(case: RepairCase, playing: float, *, whole: bool) -> dict[str, Any]:
    from portfolio.model.audit.reallocation import audit_repair
    from portfolio.model.reallocation.parameters import derive_repair
    from portfolio.optimize.limit import Effort
    from portfolio.optimize.repair import repair
    from portfolio.optimize.rounding import RoundingError, whole_plan
    from portfolio.optimize.rules import build
    from portfolio.optimize.solver import SolveState
    from portfolio.optimize.ways.weighed import Laid, climb, goals_of

    limits, numbers = timed(lambda: derive_repair(case))
    draft, building = timed(lambda: build(case, limits))
    laid = Laid.of(draft)
    climbed, climbing = timed(lambda: climb(laid, goals_of(case.settings), Effort.of(None)))
    try:
        plan, rounding = timed(lambda: whole_plan(draft, climbed.found[-1].values))
    except RoundingError:  # the repair then solves again a little inside the rules
        plan, rounding = None, None
    checked = timed(lambda: audit_repair(case, plan))[1] if plan is not None else None
    spent = timed(lambda: repair(case))[1] if whole else None
    return {
        **_size(draft),
        "plays": playing,
        "limits": numbers,
        "build": building,
        "goals": climbing,
        "gaps": [_gap(found) for found in climbed.found],
        "proven": sum(found.state is SolveState.OPTIMAL for found in climbed.found),
        "rounding": rounding,
        "audit": checked,
        "whole": spent,
        "memory": _peak_bytes(),
    }


def _gap(found: Solved) -> float | None:
    """What a plan may be above the least there is, as a part of it."""
    if found.bound is None or found.objective is None:
        return None
    return (found.objective - found.bound) / max(1.0, abs(found.objective))


def _size(draft: Draft) -> dict[str, int]:
    variables = draft.model.variables()
    return {
        "columns": len(variables),
        "rows": len(draft.model.constraints()),
        "binaries": sum(each.cat == "Integer" for each in variables),
    }


def _ideas(case: RepairCase, rounds: int) -> dict[str, Any]:
    """Seconds by round of building and all aims, the model changed one way at a time."""
    from portfolio.model.reallocation.parameters import derive_repair

    limits = derive_repair(case)
    ways: dict[str, Callable[[], Draft]] = {
        "as it is": lambda: _built(case, limits),
        "impossible columns kept": lambda: _with_every_column(case, limits),
        "gates not settled beforehand": lambda: _with_every_gate(case, limits),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    values: dict[str, list[float]] = {}
    sizes = {name: _size(make()) for name, make in ways.items()}
    for _ in range(rounds):
        for name, make in ways.items():
            reached, spent = timed(lambda make=make: _aims(make()))  # type: ignore[misc]
            seconds[name].append(spent)
            values[name] = reached
    return {"seconds": seconds, "values": values, "sizes": sizes, "rounds": rounds}


def _aims(draft: Draft) -> list[float]:
    from portfolio.optimize.aims import solve_in_order

    return [entry.value for entry in solve_in_order(draft, seconds=SECONDS).reached]


def _built(case: RepairCase, limits: RepairLimits) -> Draft:
    from portfolio.optimize.rules import build

    return build(case, limits)


def _with_every_column(case: RepairCase, limits: RepairLimits) -> Draft:
    """A variable for every 统筹 cell, held at nothing where none may be."""
    from dataclasses import replace

    years = np.arange(len(limits.open))[:, None, None] >= limits.first_year
    every = np.broadcast_to(limits.pooled[None, :, None] & years, limits.open.shape)
    draft = _built(case, replace(limits, open=every))
    for cell, term in draft.planned.items():
        if limits.pooled[cell[1]] and not limits.open[cell] and not isinstance(term, float):
            term.upBound = 0.0
    return draft


def _with_every_gate(case: RepairCase, limits: RepairLimits) -> Draft:
    """A binary for every gate and year, whatever floors and caps say of it."""
    from unittest.mock import patch

    from portfolio.optimize import rules

    def nothing_known(limits: RepairLimits, *_: object) -> tuple[Any, Any]:
        most = np.broadcast_to(limits.budget_wan, limits.cap_wan.shape)
        return np.zeros_like(limits.cap_wan), most

    with patch.object(rules, "reach", nothing_known):
        return _built(case, limits)


def _relaxed(case: RepairCase, way: str) -> dict[str, float]:
    """滞后 alone without integers, straight by HiGHS: seconds, value and steps taken."""
    import highspy

    from portfolio.model.reallocation.parameters import derive_repair
    from portfolio.optimize.aims import delay

    draft = _built(case, derive_repair(case))
    draft.model.setObjective(delay(draft))
    highs = highspy.Highs()
    highs.silent()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "repair.mps")
        draft.model.writeMPS(path)
        highs.readModel(path)
    options = {"solve_relaxation": True, "threads": 1, "solver": way.split(maxsplit=1)[0]}
    if way.endswith("presolve"):
        options["presolve"] = "off"
    if way.endswith("crossover"):
        options["run_crossover"] = "off"
    for name, value in options.items():
        highs.setOptionValue(name, value)
    _, spent = timed(highs.run)
    told = highs.getInfo()
    return {"seconds": spent, "value": float(told.objective_function_value)}


def timed(action: Callable[[], Any]) -> tuple[Any, float]:
    """What an action gives, and its seconds of the processor: the machine may be shared."""
    begun = time.process_time()
    result = action()
    return result, time.process_time() - begun


def _peak_bytes() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _show_steps(found: list[dict[str, Any]]) -> None:
    rows = [
        (
            f"{each['items']}, {each['shock']}",
            f"{each['columns']:,}",
            f"{each['rows']:,}",
            each["binaries"],
            f"{each['plays']:.2f}",
            f"{each['limits'] + each['build']:.2f}",
            f"{each['goals']:.2f}",
            ", ".join("-" if gap is None else f"{gap:.0e}" for gap in each["gaps"]),
            _told(each["rounding"]),
            _told(each["audit"]),
            _told(each["whole"]),
            f"{each['proven']} of 2",
            f"{each['memory'] / 1e6:,.0f}",
        )
        for each in found
    ]
    size = ("items, shock", "columns", "rows", "binaries")
    steps = (
        "plays", "build", "both goals", "gaps", "round", "audit", "repair()", "proven",
        "peak MB",
    )  # fmt: skip
    show("repair: seconds by step (processor time)", (*size, *steps), rows)
    print(f"  guides: the goals together < {GUIDE_AIMS_SECONDS:.0f} s at 58 items, proven")
    print(
        f"  within {GUIDE_LARGE_SECONDS:.0f} s at 851; 3,000 within 0.1 % in 300 s (bench.run _repair 3000 1)"
    )


def _told(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"


def _show_ideas(found: dict[str, Any]) -> None:
    ideas = found["ideas"]
    rows = []
    for name, seconds in ideas.get("seconds", {}).items():
        plain = ideas["seconds"]["as it is"]
        ratios = [each / first for each, first in zip(seconds, plain, strict=True)]
        size, values = ideas["sizes"][name], ideas["values"][name]
        rows.append(
            (
                name,
                f"{size['columns']:,}",
                size["binaries"],
                f"{min(seconds):.2f}",
                f"{statistics.median(ratios):.2f}",
                " / ".join(f"{value:,.2f}" for value in values),
            )
        )
    if rows:
        heads = ("model", "columns", "binaries", "best s", "x as it is", "aims reached, 亿元")
        title = f"{found['items']} items, {ideas['rounds']} rounds: build and all aims"
        show(title, heads, rows)
    first = found["solvers"][WAYS[0]]["seconds"]
    solved = [
        (name, f"{each['seconds']:.2f}", f"{each['seconds'] / first:.2f}", f"{each['value']:,.3f}")
        for name, each in found["solvers"].items()
    ]
    heads_solved = ("滞后 without integers", "s", "x simplex", "weighted 亿元·年")
    show(f"{found['items']} items: ways to solve", heads_solved, solved)
    print(f"  guide at 58 items: < {GUIDE_RELAXED_SECONDS:.0f} s")


def _in_own_process(items: str, quick: int) -> dict[str, Any]:
    line = [sys.executable, "-W", "ignore", "-m", "bench.run", "_repair", items, str(quick)]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
