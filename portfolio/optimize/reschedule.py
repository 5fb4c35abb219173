"""Start years as decisions: an item may begin later or go on more slowly, its own money with it.

A limited search, on request only. An item without money so far may start 1 to 3 whole years later:
everything it gets by year moves with it. An item under way can't start again, but the rest of its
money may take 5/4 or 3/2 of its time, from the first whole year that can be adjusted. Nothing comes
earlier, so no works are done in less than their least duration. What then falls after the plan is left
for later years.

Kept where they are: items tagged 民生 (their floor is by year), items of priority 1 past half
(过半), and every move whose money would come in years in which the item could not work with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.items import LIVELIHOOD
from portfolio.model.money import BPS, WAN_PER_YI, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import RepairLimits, floors, raised
from portfolio.optimize.model import Carried, Cell, Choice, Draft, Place, carried, yi
from portfolio.optimize.solver import Model, Term, is_variable, total, variable

#: Whole years by which a start may move.
SHIFTS = (1, 2, 3)
#: Quarters that what took a year may take instead: 5/4 and 3/2 of the time.
SLOWER = (5, 6)
YEAR = 4
PAST_HALF = "过半"
#: Steps of loans with capital that differ by less (亿元) are one: half of what is cut in rounding.
SAME_STEP_YI = 0.5e-4


def offered(model: Model, case: RepairCase, limits: RepairLimits) -> dict[int, tuple[Choice, ...]]:
    """Ways to move each item in time, other than leaving it; whether one is taken, `model` decides."""
    begins, goes_on = may_start_later(case), may_go_slower(case)
    found: dict[int, list[Choice]] = {}
    moves = [(years, YEAR) for years in SHIFTS] + [(0, slower) for slower in SLOWER]
    for years, slower in moves:
        moved = moved_limits(case, limits, years, slower)
        fits = (moved.reference_total_wan <= limits.cap_wan).all(axis=0)
        some = (moved.reference_wan.sum(axis=(0, 1)) > 0) & (
            moved.reference_wan != limits.reference_wan
        ).any(axis=(0, 1))
        for item in np.flatnonzero((begins if years else goes_on) & fits & some).tolist():
            name = f"U_{case.portfolio.items[item].no}_{years}_{slower}"
            taken = variable(model, name, 0, 1, kind="Binary")
            choice = Choice(taken=taken, years=years, slower=slower, limits=moved)
            found.setdefault(item, []).append(choice)
    return {item: tuple(choices) for item, choices in found.items()}


def may_start_later(case: RepairCase) -> Mask:
    """Items without any money so far, and none of 民生's: bool[item]."""
    return np.asarray(~_under_way(case) & ~_tagged(case))


def may_go_slower(case: RepairCase) -> Mask:
    """Items under way that are neither 民生's nor of priority 1 and past half: bool[item]."""
    urgent = [i.priority == 1 and i.stage == PAST_HALF for i in case.portfolio.items]
    return np.asarray(_under_way(case) & ~_tagged(case) & ~np.array(urgent))


def _under_way(case: RepairCase) -> Mask:
    before = np.array([item.earlier_wan for item in case.portfolio.items], dtype=np.int64)
    past = case.past_wan.sum(axis=(0, 1))
    comes = case.reference_wan[: case.first_year].sum(axis=(0, 1))
    return np.asarray((before > 0) | (past > 0) | (comes > 0))


def _tagged(case: RepairCase) -> Mask:
    return np.array([LIVELIHOOD in item.tags for item in case.portfolio.items])


def moved_limits(case: RepairCase, limits: RepairLimits, years: int, slower: int) -> RepairLimits:
    """The rules' numbers if every item were moved so; only items that may move are read from it."""
    since = case.first_year + int(case.year_is_running)

    def moved(money: Wan) -> Wan:
        return later(money, years) if years else stretched(money, since, slower)

    reference = moved(limits.reference_wan)
    totals = reference.sum(axis=1)
    begun = np.cumsum(totals, axis=0) > 0
    kinds = floors(case, totals, limits.cap_wan)
    contract, continuity, livelihood = (raised(limits, floor, totals) for floor in kinds)
    return replace(
        limits,
        reference_wan=reference,
        reference_total_wan=totals,
        loan_plan_wan=moved(limits.loan_plan_wan),
        open=limits.open & begun[:, None, :],
        cap_wan=np.where(begun, limits.cap_wan, 0),
        contract_wan=contract,
        continuity_wan=continuity,
        livelihood_wan=livelihood,
    )


def later(money_wan: Wan, years: int) -> Wan:
    """Money moved by whole years; what leaves the plan's years is left for later ones."""
    moved = np.zeros_like(money_wan)
    moved[years:] = money_wan[: PLAN_YEARS - years]
    return moved


def stretched(money_wan: Wan, since: int, slower: int) -> Wan:
    """Money from a year on at 4 / `slower` of its pace: cumulated, linear within a year, floored."""
    upto = np.concatenate([np.zeros_like(money_wan[:1]), np.cumsum(money_wan, axis=0)])
    moved = upto.copy()
    for year in range(since, PLAN_YEARS):
        whole, part = divmod((year + 1 - since) * YEAR, slower)
        low, high = upto[since + whole], upto[min(since + whole + 1, PLAN_YEARS)]
        moved[year + 1] = low + (high - low) * part // slower
    return np.asarray(np.diff(moved, axis=0), dtype=np.int64)


def start_year(draft: Draft) -> None:
    """At most one move an item; before it begins no channel pays it."""
    for item, choices in draft.choices.items():
        taken = total(choice.taken for choice in choices)
        draft.row(taken <= 1, Place(rule="start_year", item=item))
    limits = draft.limits
    for (year, channel, item), term in draft.planned.items():
        choices = draft.choices.get(item, ())
        waits = [c.taken for c in choices if not c.limits.open[year, channel, item]]
        if limits.pooled[channel] and waits and is_variable(term):
            scale = max(1, int(limits.scale_bps[item]))
            paid = int(limits.envelope_wan[year, channel]) * BPS // scale
            most = yi(min(int(limits.share_wan[channel, item]), paid))
            place = Place(rule="start_year", year=year, channel=channel, item=item)
            draft.row(term + most * total(waits) <= most, place)


def moved_own(draft: Draft, channel: int, item: int, year: int) -> Term:
    """Own money there is up to a year's end."""
    return draft.moved(item, lambda moved: moved.reference_wan[: year + 1, channel, item].sum())


def moved_floor(draft: Draft, rule: str, year: int, item: int) -> tuple[Term, float]:
    """Floor of an item in a year, and the most it can be."""
    field = FLOORS[rule]
    ways = (draft.limits, *(choice.limits for choice in draft.choices.get(item, ())))
    most = max(int(getattr(limits, field)[year, item]) for limits in ways)
    return draft.moved(item, lambda moved: getattr(moved, field)[year, item]), yi(most)


FLOORS = {
    "signed_contracts": "contract_wan",
    "no_stop_start": "continuity_wan",
    "livelihood_floor": "livelihood_wan",
}


@dataclass(frozen=True, kw_only=True)
class LoanStep:
    """Loans so far ≤ kept × loans before + fixed + per_capital × capital so far + slack (亿元).

    slack : what the row gives way by while another way to move the item is taken
    """

    kept: float
    fixed: float
    per_capital: float
    slack: Term


def loan_steps(draft: Draft) -> dict[int, Carried]:
    """Loans' steps with capital for the plan as it is and each way to move it, by limits' id."""
    ways = {id(draft.limits): draft.limits}
    ways |= {id(c.limits): c.limits for choices in draft.choices.values() for c in choices}
    return {key: carried(limits) for key, limits in ways.items()}


def moved_loans(draft: Draft, steps: dict[int, Carried], cell: Cell) -> Iterator[LoanStep]:
    """The steps of a cell that differ, each with its slack for the ways it does not hold for."""
    year, _, item = cell
    limits, choices = draft.limits, draft.choices.get(item, ())
    most = yi(min(limits.cap_wan[: year + 1, item].sum(), limits.budget_wan[item]))
    stays = 1.0 - total(choice.taken for choice in choices) if choices else 1.0
    ways: list[tuple[Term, float, float]] = []
    for taken, at in ((stays, limits), *((c.taken, c.limits) for c in choices)):
        step = steps[id(at)]
        fixed, slope = yi_of(step.fixed_wan[cell]), float(step.per_capital[cell])
        unbegun = not at.reference_total_wan[: year + 1, item].any()
        if ways and unbegun and not fixed and not ways[0][1]:
            slope = ways[0][2]  # no capital yet, so that any step says 0
        ways.append((taken, fixed, slope))
    for group in _alike(ways, most):
        fixed, slope = max(w[1] for w in group), max(w[2] for w in group)
        slack = [
            way[0] * max(0.0, way[1] - fixed, way[1] - fixed + (way[2] - slope) * most)
            for way in ways
            if way not in group
        ]
        kept = float(steps[id(limits)].kept[cell])
        loose: Term = total(slack) if slack else 0.0
        yield LoanStep(kept=kept, fixed=fixed, per_capital=slope, slack=loose)


def yi_of(wan: float) -> float:
    """万元 that need not be whole as 亿元."""
    return float(wan) / WAN_PER_YI


def _alike(
    ways: list[tuple[Term, float, float]], most: float
) -> list[list[tuple[Term, float, float]]]:
    """Ways grouped by their step; steps that differ by less than what rounding cuts are one."""
    groups: list[list[tuple[Term, float, float]]] = []
    for way in ways:
        for group in groups:
            first = group[0]
            if abs(way[1] - first[1]) + abs(way[2] - first[2]) * most < SAME_STEP_YI:
                group.append(way)
                break
        else:
            groups.append([way])
    return groups


@contextmanager
def as_moved(draft: Draft, values: dict[str, float]) -> Iterator[None]:
    """The model with every item moved as a solution moves it, and free again afterwards."""
    taken = [choice.taken for choices in draft.choices.values() for choice in choices]
    for binary in taken:
        binary.lowBound = binary.upBound = round(values.get(binary.name, 0.0))
    try:
        yield
    finally:
        for binary in taken:
            binary.lowBound, binary.upBound = 0, 1


def settled(draft: Draft, values: dict[str, float]) -> RepairLimits:
    """The rules' numbers with every item moved as a solution moves it."""
    limits = draft.limits
    chosen = moved_items(draft, values)
    if not chosen:
        return limits
    arrays = {name: getattr(limits, name).copy() for name in MOVES}
    for item, choice in chosen.items():
        for name, array in arrays.items():
            array[..., item] = getattr(choice.limits, name)[..., item]
    return replace(limits, **arrays)


#: Fields of the limits that move with an item.
MOVES = (
    "reference_wan",
    "reference_total_wan",
    "loan_plan_wan",
    "open",
    "cap_wan",
    "contract_wan",
    "continuity_wan",
    "livelihood_wan",
)


def moved_items(draft: Draft, values: dict[str, float]) -> dict[int, Choice]:
    """Items a solution moves in time, and how."""
    return {
        item: choice
        for item, choices in draft.choices.items()
        for choice in choices
        if values.get(choice.taken.name, 0.0) > 0.5
    }
