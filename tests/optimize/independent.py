"""The repair a second time: what the best plan reaches, to compare the product's model with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from portfolio.model.items import Kind, TargetKind
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.settings import Aim
from tests.optimize.independent_program import Linear, number, plus
from tests.optimize.independent_rules import FIRST, YEARS, YI, Repair


def _over_zero(repair: Repair, form: Linear) -> Linear:
    """max(0, form), for a form that is made small."""
    if all(column == -1 for column in form):
        return number(max(0.0, form.get(-1, 0.0)))
    more = repair.program.column()
    repair.program.at_most(form, more)
    return more


def _shortfall(repair: Repair) -> Linear:
    parts = []
    for target in repair.portfolio.targets:
        y = target.year - FIRST
        if not repair.y1 <= y < YEARS or target.kind is TargetKind.CEILING:
            continue
        if target.target_wan is None or target.inclusion_bps is None:
            continue
        part = target.inclusion_bps / 10_000
        wanted = min(target.target_wan / YI, _progress(repair, y, repair.base.sum(axis=1)) * part)
        counts, known = _counts(repair, y)
        done = plus(
            (part, number(known)),
            *((part * counts[i], repair.work[y, i]) for i in range(repair.n_i)),
        )
        parts.append((1.0, _over_zero(repair, plus((1, number(wanted)), (-1, done)))))
    return plus(*parts)


def _counts(repair: Repair, y: int) -> tuple[np.ndarray, float]:
    """What an item's money counts as progress, and what the year's progress has beside it."""
    after = repair.case.after
    if after is None:
        return np.ones(repair.n_i), 0.0
    counts = after.counts_bps / 10_000
    known = after.reached_wan[y] / YI - repair.facts[y].sum(axis=0) * counts
    return counts, float(known.sum())


def _progress(repair: Repair, y: int, money: np.ndarray) -> float:
    counts, known = _counts(repair, y)
    return float((money[y] * counts).sum()) + known


def _delay(repair: Repair) -> Linear:
    base = repair.base.sum(axis=1).cumsum(axis=0)
    parts = []
    for y, i in np.ndindex(YEARS, repair.n_i):
        if y < repair.y1:
            continue  # nothing can be done about it
        behind = plus((1, number(base[y, i])), (-1, repair.cum_work[y, i]))
        weight = repair.case.settings.class_weights[min(repair.items[i].priority, 4) - 1]
        parts.append((float(weight), _over_zero(repair, behind)))
    return plus(*parts)


def _movement(repair: Repair) -> Linear:
    parts = []
    for y in repair.adjustable:
        for c in repair.of_kind(Kind.POOLED):
            for i in range(repair.n_i):
                change = plus((1, repair.money[y][c][i]), (-1, number(repair.base[y, c, i])))
                size = repair.program.column()
                repair.program.at_most(change, size)
                repair.program.at_most(plus((-1, change)), size)
                parts.append((1.0, size))
    return plus(*parts)


FORMS = {Aim.SHORTFALL: _shortfall, Aim.DELAY: _delay, Aim.MOVEMENT: _movement}


def independent_optimum(case: RepairCase, aims: Sequence[Aim]) -> list[float] | None:
    """The smallest value of each aim with the earlier ones held, in 万元; None when infeasible.

    Years past count for nothing.
    """
    best = independent_repair(case, aims)
    return None if best is None else best[0]


def independent_repair(
    case: RepairCase, aims: Sequence[Aim]
) -> tuple[list[float], np.ndarray] | None:
    """The aims' values, and a plan that reaches them, both in 万元 with fractions."""
    repair = Repair(case)
    values = []
    for aim in aims:
        form = FORMS[aim](repair)
        value = repair.program.least(form)
        if value is None:
            return None
        values.append(value * YI)
        repair.program.at_most(form, number(value + 1e-6 + 1e-9 * abs(value)))
    return values, repair.plan() * YI
