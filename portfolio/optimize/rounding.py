"""From the solver's real numbers to a plan in whole 万元 that keeps every rule exactly.

统筹 cells, and cumulated loans and own money, that are not whole are rounded up or down by a small
integer model of the same rules, gates settled.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from portfolio.model.money import BPS, LARGEST_WAN, WAN_PER_YI, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import moved_wan, weights, worked_wan
from portfolio.model.reallocation.parameters import RepairLimits
from portfolio.model.reallocation.result import FewestCells
from portfolio.optimize.model import Draft, carried
from portfolio.optimize.reschedule import settled
from portfolio.optimize.share_rules import round_shares
from portfolio.optimize.solver import (
    Model,
    Term,
    Variable,
    is_variable,
    new_model,
    solve,
    total,
    variable,
)

#: A number so close to a whole one (万元) is that number: below what the solver can tell apart.
WHOLE = 0.01
#: Looks of HiGHS whether to end (see `solve`) after which a rounding is given up: one that is found
#: takes a few, and a few tenths of a second.
ROUNDING_LOOKS = 10_000
#: Numbers to be rounded from which it is enough to be within a hundredth of the best rounding, in
#: place of a thousandth: of 851 items 9 s in place of 35 (58 items have some 1,000).
MANY_STEPS = 5_000
#: Loans may be this far ahead of capital for rounding alone (万元); the audit
#: allows two.
LOAN_ROUNDING = 0.9


class RoundingError(Exception):
    """No whole-number plan was found near the solver's: a defect of ours, not of the input."""


@dataclass
class _Steps:
    """Rounding decisions: cells of 统筹 money, and the other channels' money cumulated."""

    base: Wan
    model: Model
    cells: dict[tuple[int, int, int], Variable] = field(default_factory=dict)
    loans: dict[tuple[int, int, int], Variable] = field(default_factory=dict)

    @cached_property
    def by_item(self) -> dict[int, list[tuple[tuple[int, int, int], Variable]]]:
        """Cells with their steps, by item."""
        found: dict[int, list[tuple[tuple[int, int, int], Variable]]] = defaultdict(list)
        for cell, step in self.cells.items():
            found[cell[2]].append((cell, step))
        return found

    def loan(self, year: int, channel: int, item: int) -> Term:
        """Step of a loan cumulated to a year's end."""
        return self.loans.get((year, channel, item), 0.0)


def whole_plan(draft: Draft, values: dict[str, float], *, apart: int = 0) -> Wan:
    """The plan in whole 万元: int64[15, channel, item].

    apart : how far beyond the whole numbers right beside the solver's may be looked

    Raises
    ------
    RoundingError
        No rounding within so many 万元 a cell keeps the rules.
    """
    draft = replace(draft, limits=settled(draft, values))
    real = _real_plan(draft, values)
    plan = _rounded(draft, real, values, apart=apart)
    if plan is None:
        raise RoundingError("no whole-number plan near the solver's")
    return plan


def _real_plan(draft: Draft, values: dict[str, float]) -> np.ndarray:
    """The solver's plan in 万元; what is whole but for the solver's tolerance is made whole."""
    real = np.zeros(draft.limits.baseline_wan.shape)
    for cell, term in draft.planned.items():
        if is_variable(term):
            real[cell] = values.get(term.name, 0.0) * WAN_PER_YI
        elif isinstance(term, float):
            real[cell] = term * WAN_PER_YI
        else:  # own money of an item that may move
            real[cell] = draft.limits.reference_wan[cell]
    near = np.rint(real)
    real = np.where(np.abs(real - near) < WHOLE, near, real)
    # What is the baseline's but for less than half a 万元 is no move.
    before = draft.limits.baseline_wan
    unmoved = draft.limits.open & (np.abs(real - before) < 0.5)
    return np.where(unmoved, before, real)


def _rounded(
    draft: Draft, real: np.ndarray, values: dict[str, float], *, apart: int = 0
) -> Wan | None:
    """Round by an integer model; None where nothing within `apart` + 1 万元 keeps the rules."""
    limits = draft.limits
    upto = np.cumsum(real, axis=0)
    near = np.rint(upto)
    fractional = (np.abs(upto - near) >= WHOLE) & ~limits.pooled[None, :, None]
    given = np.diff(near.astype(np.int64), axis=0, prepend=0)
    base = np.where(limits.pooled[:, None], np.floor(real).astype(np.int64), given)
    steps = _Steps(base=base, model=new_model("whole"))
    for year, channel, item in np.argwhere(limits.open & (np.abs(real - base) > 0)).tolist():
        name = f"W_{year}_{channel}_{item}"
        steps.cells[year, channel, item] = variable(steps.model, name, 0, 1, kind="Integer")
    for year, channel, item in np.argwhere(fractional).tolist():
        if year >= limits.first_year:
            name = f"L_{year}_{channel}_{item}"
            steps.loans[year, channel, item] = variable(steps.model, name, -1, 1, kind="Integer")
    if apart:
        _widen(draft, steps, apart)
    if steps.cells or steps.loans:
        _rows(draft, steps, values)
        weight = weights(draft.case)
        pulls = [-1 * int(weight[cell[2]]) * step for cell, step in steps.cells.items()]
        pulls += [-1 * int(weight[cell[2]]) * step for cell, step in steps.loans.items()]
        steps.model.setObjective(total(pulls))
        many = len(steps.cells) + len(steps.loans) > MANY_STEPS
        near = 1e-2 if apart or many else 1e-3
        solved = solve(steps.model, looks=ROUNDING_LOOKS, relative_gap=near)
        if not solved.has_plan:
            return None
        _take(steps, solved.values)
    return np.asarray(base, dtype=np.int64)


def _widen(draft: Draft, steps: _Steps, apart: int) -> None:
    """Let every cell of the items that are rounded step a few 万元 up or down, loans as they follow."""
    limits = draft.limits
    rounded = {cell[2] for cell in (*steps.cells, *steps.loans)}
    slope = np.ceil(carried(limits).per_capital.max(axis=0)).astype(np.int64)
    for cell, term in draft.planned.items():
        year, channel, item = cell
        if item not in rounded or year < limits.first_year or not is_variable(term):
            continue
        money, past = int(steps.base[cell]), int(limits.past_wan[cell])
        tail = f"{year}_{channel}_{item}"
        if limits.pooled[channel]:
            if cell not in steps.cells and not money:
                continue
            down = min(apart, max(0, money - past))
            steps.cells[cell] = variable(steps.model, f"W_{tail}", -down, 1 + apart, kind="Integer")
        else:
            far = (1 + apart) * max(1, int(slope[channel, item]))
            steps.loans[cell] = variable(steps.model, f"L_{tail}", -far, far, kind="Integer")


def _take(steps: _Steps, values: dict[str, float]) -> None:
    """Lay the decisions on the base."""
    for cell, step in steps.cells.items():
        steps.base[cell] += round(values[step.name])
    for (year, channel, item), step in steps.loans.items():
        taken = round(values[step.name])
        steps.base[year, channel, item] += taken
        if year + 1 < PLAN_YEARS:
            steps.base[year + 1, channel, item] -= taken


def _rows(draft: Draft, steps: _Steps, values: dict[str, float]) -> None:
    """The rules on the steps: what is left of every bound once the base is taken off."""
    limits, base = draft.limits, steps.base
    by_envelope: dict[tuple[int, int], list[Term]] = defaultdict(list)
    by_share: dict[tuple[int, int], list[Term]] = defaultdict(list)
    for (year, channel, item), step in steps.cells.items():
        scale = int(limits.scale_bps[item]) / BPS
        by_envelope[year, channel].append(step * scale)
        if limits.withheld_bps[year, channel] and year + 1 < PLAN_YEARS:
            kept = int(limits.withheld_bps[year, channel]) / BPS
            by_envelope[year + 1, channel].append(step * (scale * kept))
        by_share[channel, item].append(step)
    for (year, channel), parts in by_envelope.items():
        spent = int((limits.scale_bps * base[year, channel]).sum()) / BPS
        spent += _withheld(limits, base, year, channel)
        # A cell at a cost other than the approved one is paid up to a 万元 more than its share.
        dearer = int((limits.open[year, channel] & (limits.scale_bps != BPS)).sum())
        room = int(limits.envelope_wan[year, channel]) - spent - dearer
        steps.model.addConstraint(total(parts) <= room)
    _reserve_rows(limits, steps)
    for (channel, item), parts in by_share.items():
        room = int(limits.share_wan[channel, item]) - int(base[:, channel, item].sum())
        steps.model.addConstraint(total(parts) <= room)
    lifted = _lifted(draft, values)
    round_shares(limits, steps.model, base, steps.cells, steps.loans, lifted)
    _loan_rows(draft, steps)
    _item_rows(draft, steps, values)


def _reserve_rows(limits: RepairLimits, steps: _Steps) -> None:
    """Of a running year no more is given than can be approved in time, all items together."""
    year, most = limits.first_year, limits.raised_most_wan
    for channel in np.flatnonzero(limits.pooled & (most < LARGEST_WAN)).tolist():
        before = np.maximum(limits.baseline_wan[year, channel], limits.past_wan[year, channel])
        given = np.maximum(steps.base[year, channel] - before, 0)
        parts = [
            step
            for (y, c, item), step in steps.cells.items()
            if (y, c) == (year, channel) and steps.base[year, channel, item] >= before[item]
        ]
        if parts:
            steps.model.addConstraint(total(parts) <= max(0, int(most[channel])) - int(given.sum()))


def _withheld(limits: RepairLimits, base: Wan, year: int, channel: int) -> float:
    """What a year's envelope pays of the year before's allotments that a shock kept (万元)."""
    if year <= limits.first_year or not limits.withheld_bps[year - 1, channel]:
        return 0.0
    asked = base[year - 1, channel] - limits.before_wan[year - 1, channel]
    kept = int(limits.withheld_bps[year - 1, channel])
    return float((limits.scale_bps * asked).sum()) * kept / BPS**2


def _loan_rows(draft: Draft, steps: _Steps) -> None:
    """Loans and own money within their bounds for the rounded capital, cumulated never falling."""
    limits = draft.limits
    baseline = np.cumsum(limits.baseline_wan, axis=0)
    per = carried(limits)
    upto = np.cumsum(steps.base, axis=0)
    worked = worked_wan(draft.case, steps.base)
    held = np.cumsum((worked * limits.capital_bps[:, None]).sum(axis=1) / BPS, axis=0)
    own = np.cumsum(limits.reference_wan, axis=0)
    for item in sorted({cell[2] for cell in (*steps.cells, *steps.loans)}):
        for channel in np.flatnonzero(~limits.pooled & (baseline[-1, :, item] > 0)).tolist():
            for year in range(limits.first_year, PLAN_YEARS):
                step, earlier = steps.loan(year, channel, item), steps.loan(year - 1, channel, item)
                change = total([step, -1 * earlier])
                steps.model.addConstraint(change >= -int(steps.base[year, channel, item]))
                cell = (year, channel, item)
                so_far = int(upto[cell])
                if limits.owned[channel]:
                    room = int(own[year, channel, item]) - so_far
                    steps.model.addConstraint(total([step]) <= room)
                    continue
                rate, kept = float(per.per_capital[cell]), float(per.kept[cell])
                before = so_far - int(steps.base[cell])
                room = rate * held[year, item] + kept * before + float(per.fixed_wan[cell]) - so_far
                taken = [step, -1 * kept * earlier]
                capital = [-1 * rate * term for term in _capital_steps(limits, steps, year, item)]
                steps.model.addConstraint(total([*taken, *capital]) <= room + LOAN_ROUNDING)
            if limits.credit[channel]:
                last = total([steps.loan(PLAN_YEARS - 1, channel, item)])
                room = int(baseline[-1, channel, item] - upto[-1, channel, item])
                steps.model.addConstraint(last <= room)


def _capital_steps(limits: RepairLimits, steps: _Steps, year: int, item: int) -> list[Term]:
    """What the decisions add to an item's capital up to a year's end."""
    parts: list[Term] = [
        step * (int(limits.capital_bps[cell[1]]) / BPS * _worked_part(limits, cell, year))
        for cell, step in steps.by_item[item]
        if cell[0] <= year
    ]
    for channel in np.flatnonzero(limits.owned).tolist():
        step = steps.loan(year, channel, item)
        if is_variable(step):
            parts.append(step * (int(limits.capital_bps[channel]) / BPS))
    return parts


def _item_rows(draft: Draft, steps: _Steps, values: dict[str, float]) -> None:
    """Caps, floors, gates, totals and capital ratio of each item that has a step."""
    limits = draft.limits
    worked = worked_wan(draft.case, steps.base).sum(axis=1)
    floors = np.maximum(
        np.maximum(limits.contract_wan, limits.continuity_wan), limits.livelihood_wan
    )
    floors = floors * ~_lifted(draft, values)
    least, most = _gate_bounds(draft, values)
    slow = np.cumsum(limits.reference_total_wan, axis=0)
    most = np.where(limits.slowed, np.minimum(most, slow), most)
    most[-1] = np.minimum(most[-1], limits.budget_wan)
    reached = np.cumsum(worked, axis=0)
    # A release that comes in two parts is cut twice; a 万元 for each of its cells covers that.
    spare = np.where(_released_late(limits), 3, 0)
    others = np.flatnonzero(~limits.pooled).tolist()
    for item in sorted({cell[2] for cell in (*steps.cells, *steps.loans)}):
        mine = [(cell, step) for cell, step in steps.cells.items() if cell[2] == item]
        for year in range(limits.first_year, PLAN_YEARS):
            loans = [steps.loan(year, c, item) for c in others]
            before = [-1 * steps.loan(year - 1, c, item) for c in others]
            parts = [(s, _worked_part(limits, cell, year)) for cell, s in mine]
            earlier = [_worked_part(limits, cell, year - 1) for cell, _ in mine]
            upto = total([*(s * part for s, part in parts if part), *loans])
            added = [(s, p - e) for (s, p), e in zip(parts, earlier, strict=True) if p != e]
            now = total([*(s * part for s, part in added), *loans, *before])
            room = int(limits.cap_wan[year, item] - worked[year, item])
            steps.model.addConstraint(now <= room)
            if floors[year, item]:
                cut = int(spare[year, item]) if now else 0  # whole cells lose nothing
                needed = int(floors[year, item] - worked[year, item]) + cut
                steps.model.addConstraint(now >= needed)
            if most[year, item] < 2 * limits.budget_wan[item]:
                room = int(most[year, item] - reached[year, item])
                steps.model.addConstraint(upto <= room)
            if least[year, item]:
                needed = int(least[year, item] - reached[year, item])
                steps.model.addConstraint(upto >= needed)
        _ratio_row(draft, steps, item, mine)


def _worked_part(limits: RepairLimits, cell: tuple[int, int, int], year: int) -> float:
    """Part of a 万元 planned in a cell that is worked with by a year's end."""
    if cell[0] >= year:
        return int(limits.released_bps[cell[:2]]) / BPS if cell[0] == year else 0.0
    return 1.0


def _released_late(limits: RepairLimits) -> np.ndarray:
    """Years in which money of the year or of the one before may come late: bool[15, item]."""
    late = np.asarray((limits.open & (limits.released_bps < BPS)[:, :, None]).any(axis=1))
    late[1:] |= late[:-1]
    return late


def _ratio_row(
    draft: Draft, steps: _Steps, item: int, mine: list[tuple[tuple[int, int, int], Variable]]
) -> None:
    """Capital stays at its least share of the item's money."""
    limits = draft.limits
    ratio = int(limits.ratio_bps[item])
    money = steps.base[:, :, item].sum(axis=0)
    held = int((money * (limits.capital_bps - ratio)).sum())
    parts: list[Term] = [step * int(limits.capital_bps[cell[1]] - ratio) for cell, step in mine]
    for channel in np.flatnonzero(~limits.pooled).tolist():
        worth = int(limits.capital_bps[channel] - ratio)
        parts.append(steps.loan(PLAN_YEARS - 1, channel, item) * worth)
    steps.model.addConstraint(total(parts) >= -held)


def _open(draft: Draft, gate: int, year: int, values: dict[str, float]) -> bool:
    term = draft.gate_open[gate, year]
    if is_variable(term):
        return values.get(term.name, 0.0) > 0.5
    return float(term) > 0.5


def _lifted(draft: Draft, values: dict[str, float]) -> np.ndarray:
    """Years in which a closed gate lifts an item's floors: bool[15, item]."""
    lifted = np.zeros(draft.limits.cap_wan.shape, dtype=np.bool_)
    for gate in draft.limits.gates:
        for year in range(draft.limits.first_year, PLAN_YEARS):
            lifted[year, gate.succ] |= not _open(draft, gate.index, year, values)
    return lifted


def _gate_bounds(draft: Draft, values: dict[str, float]) -> tuple[Wan, Wan]:
    """Least (to open what the plan opens) and most (under what stays closed) by year and item."""
    limits = draft.limits
    least = np.zeros(limits.cap_wan.shape, dtype=np.int64)
    most = np.full(limits.cap_wan.shape, np.int64(2**62))
    for gate in limits.gates:
        for year in range(limits.first_year, PLAN_YEARS):
            if not is_variable(draft.gate_open[gate.index, year]):
                if not _open(draft, gate.index, year, values):
                    most[year, gate.succ] = min(most[year, gate.succ], gate.ceiling_wan[year])
                continue
            when = year - gate.lag_years
            if _open(draft, gate.index, year, values):
                least[when, gate.pred] = max(least[when, gate.pred], gate.threshold_wan)
            else:
                most[year, gate.succ] = min(most[year, gate.succ], gate.ceiling_wan[year])
                most[when, gate.pred] = min(most[when, gate.pred], gate.threshold_wan - 1)
    return least, most


def counted(fewest: FewestCells, draft: Draft, plan_wan: np.ndarray) -> FewestCells:
    """The same with the cells of the plan in whole 万元 counted."""
    cells = int((moved_wan(draft.case, plan_wan) != 0).sum())
    return FewestCells(
        cells=cells,
        bound=None if fewest.bound is None else min(fewest.bound, cells),
        proven=fewest.proven and cells == fewest.cells,
        seconds=fewest.seconds,
    )
