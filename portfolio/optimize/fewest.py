"""Among plans equally good in every aim, one that changes few cells: sought with a set effort."""

from __future__ import annotations

import math

import numpy as np

from portfolio.model.reallocation import FewestCells
from portfolio.model.repair_aims import moved_wan
from portfolio.optimize.aims import Lexicographic
from portfolio.optimize.draft import Draft, item_years, yi
from portfolio.optimize.solver import Solved, SolveState, Term, is_variable, solve, total, variable

#: Part of a cell's largest amount below which a cell counts as unchanged by the solver.
TOUCHED_YI = 1e-4
#: Looks of HiGHS whether to end (see `solve`) times variables, for a look takes longer in a large
#: model: 24 looks and about 10 s for 58 items on an idle machine. So many looks at the least.
EFFORT, FEWEST_LOOKS = 200_000, 3


def fewest_cells(
    draft: Draft, answer: Lexicographic, *, seconds: float | None, guard: float
) -> tuple[Solved, FewestCells]:
    """A solution with few changed cells, every aim held, and what is known of the least number.

    The draft must come from `solve_in_order`: its rows hold the aims. The search ends after
    `seconds` or, without them, after a set number of looks, the same on every machine, and only a
    machine that needs more than `guard` seconds for them ends it earlier. `answer` itself is
    returned where nothing better is found.
    """
    changed = _changed(draft, answer.solved.values)
    if not changed:
        return answer.solved, FewestCells(cells=0, bound=0, proven=True, seconds=0.0)
    touched: list[Term] = []
    limits = draft.limits
    for channel in np.flatnonzero(limits.pooled).tolist():
        for year, item in item_years(limits):
            term = draft.money((year, channel, item))
            if not is_variable(term):
                continue
            before = yi(limits.baseline_wan[year, channel, item])
            most = max(before, yi(min(limits.cap_wan[year, item], limits.share_wan[channel, item])))
            if not most:
                continue
            mark = variable(f"Z_{term.name[2:]}", 0, 1, kind="Binary")
            rise = max(0.0, most - before)
            draft.model.addConstraint(term - rise * mark <= before, f"rise_{term.name[2:]}")
            draft.model.addConstraint(term + before * mark >= before, f"fall_{term.name[2:]}")
            touched.append(mark)
    draft.model.setObjective(total(touched))
    limit = guard if seconds is None else seconds
    looks = max(FEWEST_LOOKS, round(EFFORT / max(1, len(draft.model.variables()))))
    found = solve(draft.model, seconds=limit, looks=looks if seconds is None else None)
    timed = seconds is not None or found.seconds >= limit
    bound = None if found.bound is None else math.ceil(found.bound - 1e-6)
    better = found.has_plan and _changed(draft, found.values) < changed
    best = found if better else answer.solved
    cells = _changed(draft, best.values)
    return best, FewestCells(
        cells=cells,
        bound=bound,
        proven=(found.state is SolveState.OPTIMAL and better) or bound == cells,
        seconds=found.seconds,
        limit_seconds=limit if timed else None,
    )


def _changed(draft: Draft, values: dict[str, float]) -> int:
    """Number of 统筹 cells that differ from the baseline in a solution."""
    limits, count = draft.limits, 0
    for (year, channel, item), term in draft.planned.items():
        if limits.pooled[channel] and is_variable(term):
            before = yi(limits.baseline_wan[year, channel, item])
            count += abs(values.get(term.name, 0.0) - before) >= TOUCHED_YI
    return int(count)


def counted(fewest: FewestCells, draft: Draft, plan_wan: np.ndarray) -> FewestCells:
    """The same with the cells of the plan in whole 万元 counted."""
    cells = int((moved_wan(draft.case, plan_wan) != 0).sum())
    return FewestCells(
        cells=cells,
        bound=None if fewest.bound is None else min(fewest.bound, cells),
        proven=fewest.proven and cells == fewest.cells,
        seconds=fewest.seconds,
        limit_seconds=fewest.limit_seconds,
    )
