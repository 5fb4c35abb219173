"""Repairs that move less than the full one: the least that keeps the rules, and a balanced one.

One model is loaded; a row bounds what is moved, as the frontier does, and at each bound the aims
are made small in their order. The balanced repair stands where the frontier turns most: farthest
from the line between its ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.money import Wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.optimize.aims import movement
from portfolio.optimize.model import Draft
from portfolio.optimize.questions.frontier import ROOM_YI, SHORTEST_YI, ends_of
from portfolio.optimize.questions.sweep import Solution, both_aims, load_case
from portfolio.optimize.rounding import RoundingError, whole_plan
from portfolio.optimize.solver import Expression

#: Places on the frontier that are looked at.
PLACES = 8


class Lesser(StrEnum):
    """Which repair."""

    FEW = "少动"
    BALANCED = "平衡"


@dataclass(frozen=True, kw_only=True)
class LesserRepair:
    """A repair in whole 万元 that keeps every rule.

    plan_wan : int64[15, channel, item]
    moved_yi : the bound on what is moved; proven : its aims were proven least under it
    """

    which: Lesser
    plan_wan: Wan
    moved_yi: float
    proven: bool


def lesser_repairs(
    case: RepairCase, *, seconds: float | None = None, progress: Callable[[int], None] | None = None
) -> tuple[LesserRepair, ...]:
    """Both repairs, as far as they can be had; none where no plan keeps the rules.

    Where what keeps the rules is the full repair already there is nothing between, and none is told.
    """
    moved: list[Expression] = []

    def row(draft: Draft) -> dict[str, Expression]:
        moved.append(movement(draft))
        return {"moved": moved[0]}

    shocked = load_case(case, extra=row)
    ends = ends_of(shocked, moved[0], seconds)
    if ends is None or ends[1] - ends[0] <= SHORTEST_YI:
        return ()
    low, high = ends
    places = [low + (high - low) * k / PLACES for k in range(PLACES + 1)]
    found: list[Solution] = []
    for number, place in enumerate(places, start=1):
        most = place + ROOM_YI - float(moved[0].constant)
        shocked.first.set_row_bounds("moved", None, most)
        shocked.second.set_row_bounds("moved", None, most)
        found.append(both_aims(shocked, seconds=seconds))
        if progress is not None:
            progress(number)
    return tuple(_whole(shocked.draft, case, places, found))


def _whole(
    draft: Draft, case: RepairCase, places: Sequence[float], found: Sequence[Solution]
) -> Iterator[LesserRepair]:
    """The first place, and the one where the frontier turns most, in whole 万元."""
    knee = turn([_value(solution) for solution in found])
    for which, at in ((Lesser.FEW, 0), (Lesser.BALANCED, knee)):
        if at is None or not found[at].values:
            continue
        try:
            plan = whole_plan(draft, dict(found[at].values))
        except RoundingError:
            continue
        if not audit_repair(case, plan):
            yield LesserRepair(
                which=which,
                plan_wan=plan,
                moved_yi=places[at],
                proven=found[at].reached.proven,
            )


def _value(solution: Solution) -> tuple[float, float] | None:
    """缺口 and 滞后 of a place; None where there is no plan."""
    reached = solution.reached
    if reached.shortfall_wan is None or reached.delay_wan is None:
        return None
    return float(reached.shortfall_wan), float(reached.delay_wan)


def turn(values: Sequence[tuple[float, float] | None]) -> int | None:
    """The inner place farthest below the line between the ends; by 缺口, where it changes, else 滞后.

    None where nothing changes, or an end has no plan.
    """
    first, last = values[0], values[-1]
    if first is None or last is None:
        return None
    for which in (0, 1):
        drop = first[which] - last[which]
        if drop <= 0:
            continue
        below = [
            (first[which] - drop * k / (len(values) - 1) - value[which], -k)
            for k, value in enumerate(values[1:-1], start=1)
            if value is not None
        ]
        return -max(below)[1] if below else None
    return None
