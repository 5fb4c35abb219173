"""Repairs that move less than the full one: one of few moves, and a balanced one.

One model is loaded; a row bounds what is moved, as the frontier does, and at each bound the aims
are made small in their order. The first aim that a repair changes at all is looked at: the repair
of few moves makes good at least half of what the full one does; the balanced one stands where the
frontier turns most, farthest from the line between its ends.
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
from portfolio.optimize.solver import Expression
from portfolio.optimize.whole.rounding import RoundingError, whole_plan

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
    """The place that does half, and the one where the frontier turns most, in whole 万元."""
    values = [_value(solution) for solution in found]
    half, knee = halfway(values), turn(values)
    few = None if half is None or knee is None or half >= knee else half
    for which, at in ((Lesser.FEW, few), (Lesser.BALANCED, knee)):
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


Values = Sequence[tuple[float, float] | None]


def _line(values: Values) -> list[float | None] | None:
    """The first aim that falls along the places: 缺口, else 滞后; None where neither does."""
    first, last = values[0], values[-1]
    if first is None or last is None:
        return None
    for which in (0, 1):
        if first[which] > last[which]:
            return [None if value is None else value[which] for value in values]
    return None


def turn(values: Values) -> int | None:
    """The inner place farthest below the line between the ends; None where nothing falls."""
    line = _line(values)
    if line is None or line[0] is None or line[-1] is None:
        return None
    first, drop, steps = line[0], line[0] - line[-1], len(line) - 1
    below = [
        (first - drop * k / steps - value, -k)
        for k, value in enumerate(line[1:-1], start=1)
        if value is not None
    ]
    return -max(below)[1] if below else None


def halfway(values: Values) -> int | None:
    """The first inner place that does at least half of what the last does."""
    line = _line(values)
    if line is None or line[0] is None or line[-1] is None:
        return None
    half = (line[0] + line[-1]) / 2
    inner = enumerate(line[1:-1], start=1)
    return next((k for k, value in inner if value is not None and value <= half), None)
