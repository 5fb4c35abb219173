"""What every plan as good as the one offered must move, and plans as good that are as unlike as can be.

As good: no goal of the way it was made by is more than a part above the offered plan's. What must be moved in a
channel's year, or of an item, is made small by an LP in which gates may be half open: no plan whatever
its gates moves less. Other plans are sought with the gates of the offered one: cells moved before are
dear (Brill, Chang, Hopkins 1982, Hop-Skip-Jump), and a cell is the dearer the less of it is moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import floor

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.items import Kind
from portfolio.model.money import BPS, SEEN_WAN, WAN_PER_YI, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import aim_values, moved_wan
from portfolio.model.reallocation.alternatives import Forced, Free, Place, Within
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.settings import ALIKE_BPS, OTHERS, Aim
from portfolio.optimize.model import Draft, cell_name
from portfolio.optimize.rounding import WHOLE, RoundingError, whole_plan
from portfolio.optimize.solver import SolveState, added, is_variable, set_looks
from portfolio.optimize.warm_model import LoadedModel
from portfolio.optimize.ways.at_most import years_hit
from portfolio.optimize.ways.few_moves import (
    Movable,
    allow,
    mark,
    marked,
    movable,
    reweighted,
    touched,
)
from portfolio.optimize.ways.weighed import Goal, Laid, goals_of

#: How many times dearer each plan that moves a cell makes it for those after.
AWAY = 5.0
#: Reweighted LPs for each plan; looks of the search among the cells they touch, as a part of a set
#: effort.
REWEIGHTED, LOOKS = 6, 0.5
#: Where the LPs touch more cells than this they are left as they are: a search would find nothing.
MANY = 120
#: Where no rounding beside a plan keeps the rules, so far from it (万元).
APART_WAN = (0, 3)


@dataclass(frozen=True, kw_only=True)
class Alike:
    """What is known of the plans as good as the one offered.

    forced : channel-years first, then items
    free : those the offered plan moves though a plan as good doesn't
    plans : int64[15, channel, item] each, the others found
    """

    within: tuple[Within, ...]
    forced: tuple[Forced, ...]
    free: tuple[Free, ...]
    plans: tuple[Wan, ...]


@dataclass(frozen=True, kw_only=True)
class Held:
    """A goal and what it may come to (万元; 滞后 weighted 万元·年)."""

    goal: Goal
    most_wan: int
    unseen_wan: int

    @staticmethod
    def all_of(case: RepairCase, plan_wan: Wan) -> tuple[Held, ...]:
        """The goals of a plan as good: a part more, and what is not seen on paper."""
        values, unseen = aim_values(case, plan_wan), dict.fromkeys(Aim, SEEN_WAN)
        unseen[Aim.DELAY] *= max(case.settings.class_weights)
        held = []
        for goal in goals_of(case.settings):
            value, little = (_weighed(goal, each) for each in (values, unseen))
            most = value + value * ALIKE_BPS // BPS + little
            held.append(Held(goal=goal, most_wan=most, unseen_wan=little))
        return tuple(held)

    @property
    def within(self) -> Within:
        """As it is told."""
        return Within(weights=self.goal.weights, most_wan=self.most_wan)

    def keeps(self, values: Mapping[Aim, int]) -> bool:
        """Whether a plan's aims are as good."""
        return _weighed(self.goal, values) <= self.most_wan


def _weighed(goal: Goal, values: Mapping[Aim, int]) -> int:
    return floor(added(weight * values[aim] for aim, weight in goal.weights.items()))


def alike(laid: Laid, plan_wan: Wan, values: Mapping[str, float], *, near: bool = False) -> Alike:
    """What plans as good as this one have in common, and some of them.

    values : the plan by variable, as it was before it was made whole
    near : whether the others move money in the years that are hit alone
    """
    case = laid.draft.case
    held = Held.all_of(case, plan_wan)
    search = _Others.of(laid, plan_wan, values, held)
    plans = tuple(search.found(near=near))
    known = [moved_wan(case, plan) for plan in (plan_wan, *plans)]
    forced, free = _in_common(laid, held, known, search)
    return Alike(within=tuple(each.within for each in held), forced=forced, free=free, plans=plans)


def _loaded(laid: Laid, held: Iterable[Held], *, whole: bool = False) -> LoadedModel:
    """Loaded with every goal held; `whole` leaves room for rounding to whole 万元."""
    loaded = LoadedModel.of_matrix(laid.matrix)
    for number, each in enumerate(held):
        cost = laid.cost(each.goal)
        most = each.most_wan - (each.unseen_wan / 2 if whole else 0)
        if cost.terms:
            loaded.add_row(f"alike_{number}", cost.terms, None, most / WAN_PER_YI - cost.constant)
    return loaded


# --- Plans as good, as unlike as can be


@dataclass(kw_only=True)
class _Others:
    """A search of plans, each away from all before: gates settled, aims held, cells with marks.

    seen : how many of the plans so far move a cell
    """

    laid: Laid
    cells: tuple[Movable, ...]
    loaded: LoadedModel
    start: Mapping[str, float]
    held: tuple[Held, ...]
    seen: Counter[str]

    @staticmethod
    def of(
        laid: Laid, plan_wan: Wan, values: Mapping[str, float], held: tuple[Held, ...]
    ) -> _Others:
        cells = movable(laid.draft)
        loaded = _loaded(laid.with_gates(values), held, whole=True)
        mark(loaded, cells)
        search = _Others(
            laid=laid, cells=cells, loaded=loaded, start=values, held=held, seen=Counter()
        )
        search.note(plan_wan)
        return search

    def note(self, plan_wan: Wan) -> None:
        """Count the cells a plan moves."""
        moved = moved_wan(self.laid.draft.case, plan_wan) != 0
        self.seen.update(
            cell_name(term)
            for cell, term in self.laid.draft.planned.items()
            if moved[cell] and is_variable(term)
        )

    def found(self, *, near: bool) -> Iterator[Wan]:
        """The plans in whole 万元; ends with the first that isn't to be had."""
        names = self._near() if near else {cell.name for cell in self.cells}
        for _ in range(OTHERS):
            values = self._sparse(names)
            plan = None if values is None else self._whole(values)
            if plan is None:
                return
            self.note(plan)
            yield plan

    def _near(self) -> set[str]:
        """Cells of the years that are hit: among them few moves are sought."""
        years = years_hit(self.laid.draft.case, self.laid.draft.limits)
        near = {cell.name for cell in self.cells if cell.year in years}
        return near | touched(self.start, self.cells)

    def _dear(self, name: str) -> float:
        """What a cell costs beside one that no plan moves yet."""
        return 1.0 + AWAY * self.seen[name]

    def _sparse(self, names: set[str]) -> Mapping[str, float] | None:
        """A plan of few of these cells: reweighted LPs, then fewer among the cells they touch."""
        loaded, cells = self.loaded, self.cells
        loaded.relax(True)
        allow(loaded, cells, names)
        terms, some, best = dict.fromkeys(_changes(cells), 1.0), set[str](), None
        for _ in range(REWEIGHTED):
            loaded.set_objective(
                {v: terms[v] * self._dear(c.name) for c in cells for v in _changes([c])}
            )
            solved = loaded.solve(set_effort=True)
            if solved.state is not SolveState.OPTIMAL:
                break
            moved = touched(solved.values, cells)
            some |= moved
            if best is None or self._weight(moved) < self._weight(touched(best, cells)):
                best = solved.values
            terms = reweighted(solved.values, cells)
        loaded.relax(False)
        return best if best is None or len(some) > MANY else self._fewer(best, some)

    def _fewer(self, best: Mapping[str, float], some: Collection[str]) -> Mapping[str, float]:
        """Few of these cells, dear ones last; then the least moved in them."""
        loaded, cells = self.loaded, self.cells
        allow(loaded, cells, some)
        loaded.set_objective({f"Z_{cell.name}": self._dear(cell.name) for cell in cells})
        loaded.start_at(marked(best, cells))
        found = loaded.solve(looks=max(1, round(LOOKS * set_looks(loaded.columns))))
        values = found.values if found.has_plan else best
        loaded.relax(True)
        allow(loaded, cells, touched(values, cells))
        cost = self.laid.costs[Aim.MOVEMENT]
        loaded.set_objective(cost.terms, cost.constant)
        solved = loaded.solve(set_effort=True)
        loaded.relax(False)
        return solved.values if solved.state is SolveState.OPTIMAL else values

    def leaves(self, place: Mask) -> bool:
        """Whether a plan as good, whole and lawful, moves nothing in some cells."""
        loaded, draft = self.loaded, self.laid.draft
        loaded.relax(True)
        stay = {cell_name(draft.planned[cell]) for cell in draft.changes if place[cell]}
        allow(loaded, self.cells, {cell.name for cell in self.cells} - stay)
        cost = self.laid.costs[Aim.MOVEMENT]
        loaded.set_objective(cost.terms, cost.constant)
        solved = loaded.solve(set_effort=True)
        if solved.state is not SolveState.OPTIMAL:
            return False
        plan = self._whole(solved.values)
        change = None if plan is None else moved_wan(draft.case, plan)
        return change is not None and int(np.abs(change[place]).sum()) < SEEN_WAN

    def _weight(self, names: Iterable[str]) -> float:
        return added(self._dear(name) for name in names)

    def _whole(self, values: Mapping[str, float]) -> Wan | None:
        """In whole 万元, by every rule and as good; None where that is not to be had."""
        case = self.laid.draft.case
        for apart in APART_WAN:
            with suppress(RoundingError):
                plan = whole_plan(self.laid.draft, dict(values), apart=apart)
                values_wan = aim_values(case, plan)
                if all(each.keeps(values_wan) for each in self.held) and not audit_repair(
                    case, plan
                ):
                    return plan
        return None


def _changes(cells: Iterable[Movable]) -> Iterator[str]:
    """The variables of what is moved in cells."""
    for cell in cells:
        yield cell.up
        if cell.down:
            yield cell.down


# --- What plans as good have in common


def _in_common(
    laid: Laid, held: Iterable[Held], known: Sequence[Wan], search: _Others
) -> tuple[tuple[Forced, ...], tuple[Free, ...]]:
    """Where every plan as good moves something, and where the first of the known does and need not.

    known : int64[15, channel, item] each, what plans as good move
    """
    loaded = _loaded(laid, held)
    loaded.relax(True)
    forced, free = [], []
    for place, cells in _places(laid.draft.case):
        moved = [int(np.abs(change[cells]).sum()) for change in known]
        if moved[0] < SEEN_WAN:
            continue
        both, down, up = (
            min(_least(laid.draft, loaded, cells, known, signs), *_amounts(known, cells, signs))
            for signs in ((1, -1), (-1,), (1,))
        )
        if both >= SEEN_WAN:
            forced.append(
                Forced(place=place, moved_wan=both, down_wan=down, up_wan=up, offered_wan=moved[0])
            )
        elif min(moved) < SEEN_WAN or search.leaves(cells):
            free.append(Free(place=place, offered_wan=moved[0]))
    return tuple(forced), tuple(free)


def _places(case: RepairCase) -> Iterator[tuple[Place, Mask]]:
    """Every 统筹 channel's year that can be adjusted, then every item, with its cells."""
    portfolio = case.portfolio
    pooled = np.flatnonzero(portfolio.of_kind(Kind.POOLED)).tolist()
    shape = (PLAN_YEARS, len(portfolio.channels), len(portfolio.items))
    for channel in pooled:
        for y in range(case.first_year, PLAN_YEARS):
            cells = np.zeros(shape, dtype=np.bool_)
            cells[y, channel] = True
            year = case.calendar.first_year + y
            yield Place(channel_id=portfolio.channels[channel].id, year=year), cells
    for at, item in enumerate(portfolio.items):
        cells = np.zeros(shape, dtype=np.bool_)
        cells[case.first_year :, pooled, at] = True
        yield Place(item_no=item.no), cells


def _amounts(changes: Iterable[Wan], cells: Mask, signs: Collection[int]) -> Iterator[int]:
    """What each plan puts on (sign 1) and takes off (−1) in some cells."""
    for change in changes:
        moved = change[cells]
        yield int(sum(np.maximum(sign * moved, 0).sum() for sign in signs))


def _least(
    draft: Draft, loaded: LoadedModel, cells: Mask, known: Sequence[Wan], signs: Collection[int]
) -> int:
    """A bound (万元) below which no plan as good moves these cells up (1), down (−1) or both."""
    if min(_amounts(known, cells, signs)) < SEEN_WAN:
        return 0
    terms, given = _terms(draft, cells, known[0], signs)
    loaded.set_objective(terms, given / WAN_PER_YI)
    solved = loaded.solve(set_effort=True)
    if solved.state is not SolveState.OPTIMAL or solved.objective is None:
        return 0
    return max(0, floor(solved.objective * WAN_PER_YI + WHOLE))


def _terms(
    draft: Draft, cells: Mask, change: Wan, signs: Collection[int]
) -> tuple[dict[str, float], int]:
    """What is moved in some cells as an objective, and what is moved in cells nobody decides (万元)."""
    terms, given = {}, 0
    for year, channel, item in np.argwhere(cells).tolist():
        cell = year, channel, item
        parts = draft.changes.get(cell)
        if parts is None:
            given += sum(max(0, sign * int(change[cell])) for sign in signs)
            continue
        terms.update(
            {part.name: 1.0 for part, sign in zip(parts, (1, -1), strict=False) if sign in signs}
        )
    return terms, given
