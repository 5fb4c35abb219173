"""Where the shortfall's line bends, along a sweep of shocks or along the money moved (frontier)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from portfolio.model.money import WAN_PER_YI
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.settings import Aim
from portfolio.model.reallocation.sweep import FrontierPoint, Kink, Swing
from portfolio.optimize.aims import KEPT, held, movement
from portfolio.optimize.model import Draft
from portfolio.optimize.questions.sweep import (
    Shock,
    Shocked,
    Solution,
    amount,
    both_aims,
    least,
    load_case,
    set_envelopes,
    wanted_years,
    worked_yi,
)
from portfolio.optimize.solver import Expression

#: A line is straight where its middle is this near its chord (亿元).
STRAIGHT_YI = 1e-3
#: A tenth of a percentage point, in bps: kinks are searched no finer.
FINEST_BPS = 10
#: Of a frontier's length; a tenth of a percent as well.
FINEST_PARTS = 1_000
#: A frontier is drawn where its length (亿元) leaves each of these parts a 万元.
SHORTEST_YI = FINEST_PARTS / WAN_PER_YI
#: Room (亿元) at the bound on what is moved: a tenth of a 万元.
ROOM_YI = 0.1 / WAN_PER_YI
#: Solves spent on the search for kinks.
MOST_SOLVES = 400
#: Kinks shown with their items, the sharpest; items shown at each.
MOST_KINKS, MOST_SWINGS = 20, 5
#: A year lacks something when it lacks more than rounding (万元).
MISSED_WAN = 30


@dataclass
class _Line:
    """A line's values by whole position, each solved once; None where no plan keeps the rules."""

    value: Callable[[int], float | None]
    left: int
    known: dict[int, float | None] = field(default_factory=dict)

    def at(self, position: int) -> float | None:
        """The value at a position."""
        if position not in self.known:
            self.left -= 1
            self.known[position] = self.value(position)
        return self.known[position]


@dataclass(frozen=True, kw_only=True)
class Bend:
    """A bend of a line and its slopes on both sides, by unit of the position."""

    at: float
    before: float
    after: float


def bends(
    value: Callable[[int], float | None], marks: Sequence[int], finest: int, most: int
) -> tuple[tuple[Bend, ...], bool]:
    """Where a line bends, by halving between the marks down to `finest`.

    A stretch counts as straight where its middle lies on its chord, which is exact for a line
    that bends one way only; with gates it may bend both ways, and a bend may go unseen.

    Returns
    -------
    bends
        In order of their positions.
    complete
        False where `most` solves were spent first.
    """
    line = _Line(value=value, left=most)
    places = sorted(set(marks))
    straight: list[tuple[int, int]] = []
    waiting = list(pairwise(places))
    while waiting and line.left > 0:
        low, high = waiting.pop()
        one, two = line.at(low), line.at(high)
        if high - low <= finest or (one is None and two is None):
            continue
        middle = (low + high) // 2
        between = line.at(middle)
        if one is not None and two is not None and between is not None:
            chord = one + (two - one) * (middle - low) / (high - low)
            if abs(between - chord) <= STRAIGHT_YI:
                straight.append((low, high))
                continue
        waiting += [(middle, high), (low, middle)]
    return tuple(_between(sorted(straight), line.known, finest)), not waiting


def _between(
    straight: Sequence[tuple[int, int]], known: Mapping[int, float | None], finest: int
) -> Iterator[Bend]:
    """Bends between neighbouring straight stretches: where their lines meet."""

    def slope(stretch: tuple[int, int]) -> float:
        low, high = (known[end] or 0.0 for end in stretch)
        return (high - low) / (stretch[1] - stretch[0])

    for left, right in pairwise(straight):
        before, after = slope(left), slope(right)
        shortest = min(left[1] - left[0], right[1] - right[0])
        gap = range(left[1], right[0] + 1)
        if any(known.get(place, 0.0) is None for place in gap):
            continue
        if abs(after - before) <= 4 * STRAIGHT_YI / max(shortest, finest):
            continue
        end, start = known[left[1]] or 0.0, known[right[0]] or 0.0
        meet = (start - end + before * left[1] - after * right[0]) / (before - after)
        yield Bend(at=min(max(meet, left[1]), right[0]), before=before, after=after)


def sweep_kinks(
    shocked: Shocked, shock: Shock, changes_bps: Sequence[int], *, seconds: float | None = None
) -> tuple[tuple[Kink, ...], bool]:
    """Kinks of the shortfall along one axis of shocks, to a tenth of a percentage point."""

    def move(change: float) -> None:
        set_envelopes(shocked, [shock], [change], whole=False)

    def value(change: int) -> float | None:
        move(change)
        return _shortfall(shocked, seconds)

    found, complete = bends(value, changes_bps, FINEST_BPS, MOST_SOLVES)
    low, high = min(changes_bps), max(changes_bps)
    kinks = _kinks(shocked, found, move, (low, high), FINEST_BPS, 100.0, seconds)
    return kinks, complete


def _shortfall(shocked: Shocked, seconds: float | None) -> float | None:
    """The least shortfall in 亿元; where 滞后 comes first, what it leaves."""
    if shocked.aims[0] is Aim.SHORTFALL:
        return least(shocked.first, seconds=seconds).objective
    solution = both_aims(shocked, seconds=seconds)
    return amount(shocked.expressions[Aim.SHORTFALL], solution.values) if solution.values else None


def _kinks(
    shocked: Shocked,
    found: Sequence[Bend],
    move: Callable[[float], None],
    ends: tuple[float, float],
    step: float,
    unit: float,
    seconds: float | None,
) -> tuple[Kink, ...]:
    """Bends with the items whose money turns there; `unit` positions make a slope's unit."""
    sharpest = sorted(found, key=lambda bend: -abs(bend.after - bend.before))[:MOST_KINKS]
    kinks = []
    for bend in sorted(sharpest, key=lambda bend: bend.at):
        sides = []
        for position in (bend.at - step, bend.at, bend.at + step):
            move(min(max(position, ends[0]), ends[1]))
            sides.append(both_aims(shocked, seconds=seconds))
        kinks.append(
            Kink(
                at=bend.at,
                before=bend.before * unit * WAN_PER_YI,
                after=bend.after * unit * WAN_PER_YI,
                swings=_swings(shocked.draft, sides, unit / step * WAN_PER_YI),
            )
        )
    return tuple(kinks)


def _swings(draft: Draft, sides: Sequence[Solution], factor: float) -> tuple[Swing, ...]:
    """Items by how much their money turns, each in its year of the largest turn.

    Of the years that lack something there: in the others many plans are as good as each other.
    """
    if not all(side.values for side in sides):
        return ()
    low, middle, high = (worked_yi(draft, side.values) for side in sides)
    lacking = [
        sum(by_year)
        for by_year in zip(*(s.reached.shortfall_by_year_wan for s in sides), strict=True)
    ]
    years = [
        y - draft.case.calendar.first_year
        for y, lack in zip(wanted_years(draft.case), lacking, strict=True)
        if lack > MISSED_WAN
    ]
    if not years:
        return ()
    before, after = (middle - low)[years] * factor, (high - middle)[years] * factor
    turn = np.abs(after - before)
    at, most = turn.argmax(axis=0), turn.max(axis=0)
    items = draft.case.portfolio.items
    order = sorted(range(len(items)), key=lambda item: -float(most[item]))[:MOST_SWINGS]
    return tuple(
        Swing(
            item_no=items[item].no,
            name=items[item].name,
            year=draft.case.calendar.first_year + years[int(at[item])],
            before=float(before[at[item], item]),
            after=float(after[at[item], item]),
        )
        for item in order
        if most[item] > STRAIGHT_YI * factor
    )


@dataclass(frozen=True, kw_only=True)
class Frontier:
    """Points from the least movement to the full repair's; none where no plan keeps the rules."""

    points: tuple[FrontierPoint, ...]
    kinks: tuple[Kink, ...]
    complete: bool


def frontier(case: RepairCase, *, points: int = 20, seconds: float | None = None) -> Frontier:
    """Shortfall and delay against the 统筹 money moved, on one loaded model.

    Only the bound of one row changes: what is moved is at most so much. Starts at 0, or at the
    least movement that keeps the rules.
    """
    moved: list[Expression] = []

    def row(draft: Draft) -> dict[str, Expression]:
        moved.append(movement(draft))
        return {"moved": moved[0]}

    shocked = load_case(case, extra=row)
    ends = ends_of(shocked, moved[0], seconds)
    if ends is None:
        return Frontier(points=(), kinks=(), complete=True)
    low, high = ends
    count = points if high - low > SHORTEST_YI else 0

    def move(amount_yi: float) -> None:
        most = amount_yi + ROOM_YI - float(moved[0].constant)
        shocked.first.set_row_bounds("moved", None, most)
        shocked.second.set_row_bounds("moved", None, most)

    places = [low + (high - low) * k / max(count, 1) for k in range(count + 1)]
    found = []
    for place in places:
        move(place)
        reached: Solution = both_aims(shocked, seconds=seconds)
        found.append(FrontierPoint(moved_wan=round(place * WAN_PER_YI), reached=reached.reached))
    kinks, complete = (
        ((), True) if not count else _frontier_kinks(shocked, move, ends, count, seconds)
    )
    return Frontier(points=tuple(found), kinks=kinks, complete=complete)


def _frontier_kinks(
    shocked: Shocked,
    move: Callable[[float], None],
    ends: tuple[float, float],
    count: int,
    seconds: float | None,
) -> tuple[tuple[Kink, ...], bool]:
    """Kinks in thousandths of the frontier's length, told in 万元 moved."""
    low, length = ends[0], ends[1] - ends[0]

    def to(part: float) -> None:
        move(low + length * part / FINEST_PARTS)

    def value(part: int) -> float | None:
        to(part)
        return _shortfall(shocked, seconds)

    marks = [round(FINEST_PARTS * k / count) for k in range(count + 1)]
    found, complete = bends(value, marks, 1, MOST_SOLVES)
    per_yi = FINEST_PARTS / length
    kinks = _kinks(shocked, found, to, (0.0, float(FINEST_PARTS)), 1.0, per_yi, seconds)
    at = [(low + length * kink.at / FINEST_PARTS) * WAN_PER_YI for kink in kinks]
    return tuple(
        Kink(at=place, before=kink.before, after=kink.after, swings=kink.swings)
        for place, kink in zip(at, kinks, strict=True)
    ), complete


def ends_of(
    shocked: Shocked, moved: Expression, seconds: float | None
) -> tuple[float, float] | None:
    """The least movement that keeps the rules, and that of the plan with both aims made small."""
    first, second = (shocked.expressions[aim] for aim in shocked.aims)
    solution = both_aims(shocked, seconds=seconds)
    if solution.first is None:
        return None
    reached = amount(second, solution.values)
    shocked.second.set_row_bounds("held_second", None, held(reached) - float(second.constant))
    shocked.second.minimise([(1.0, moved), (KEPT, first), (KEPT, second)])
    most = least(shocked.second, seconds=seconds)
    shocked.second.set_row_bounds("held_second", None, None)
    shocked.second.minimise([(1.0, second), (KEPT, first)])
    shocked.first.minimise([(1.0, moved)])
    fewest = least(shocked.first, seconds=seconds)
    shocked.first.minimise([(1.0, first)])
    if fewest.objective is None or not most.values:
        return None
    return max(0.0, fewest.objective), max(fewest.objective, amount(moved, most.values))
