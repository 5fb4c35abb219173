"""Keep an item where the repair cut it, by solving again: what it costs, and what would let it be.

All in the same model with a few rows more; the answers are compared with the repair solved the
same way, so that they differ by the item alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from portfolio.model.money import WAN_PER_YI, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import aim_values, worked_wan
from portfolio.model.reallocation.result import (
    ConflictMember,
    Counterfactual,
    KeptYear,
    Loosening,
    Shifted,
)
from portfolio.model.reallocation.settings import Aim, Way
from portfolio.optimize.aims import (
    Ladder,
    NoAnswerError,
    held,
    reached,
)
from portfolio.optimize.limit import Limit
from portfolio.optimize.model import Draft, Place, yi
from portfolio.optimize.questions.conflict import minimal_conflict
from portfolio.optimize.questions.prices import FLOORS, where
from portfolio.optimize.repair import Repaired
from portfolio.optimize.rules import build
from portfolio.optimize.solver import Expression, Solved, SolveState, Variable, total
from portfolio.optimize.warm_model import LoadedModel

# --- The rows that keep an item at its baseline, and what stands against them where they can't hold


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The question: an item's position and the plan years (positions) it is to be kept in.

    Of all years the cumulated money is meant: own money that comes late would else break its total.
    """

    repaired: Repaired
    item: int
    years: tuple[int, ...]
    cumulated: bool
    limit: Limit


def position_of(repaired: Repaired, item_no: int) -> int:
    """Position of an item by its number."""
    for position, item in enumerate(repaired.case.portfolio.items):
        if item.no == item_no:
            return position
    raise ValueError(f"没有编号为 {item_no} 的大项")


def years_of(repaired: Repaired, year: int | None) -> tuple[int, ...]:
    """Positions of the year asked about, or of all that can still be adjusted."""
    first = repaired.limits.first_year
    if year is None:
        return tuple(range(first, PLAN_YEARS))
    if not first <= year - repaired.case.calendar.first_year < PLAN_YEARS:
        last = repaired.case.calendar.first_year + PLAN_YEARS - 1
        raise ValueError(
            f"{year} 年不可调整：可调整的是 {repaired.case.calendar.first_year + first} 至 {last} 年"
        )
    return (year - repaired.case.calendar.first_year,)


def kept_years(asked: Asked, plan_wan: Wan) -> tuple[KeptYear, ...]:
    """The years asked about: baseline and repaired plan."""
    limits, item = asked.repaired.limits, asked.item
    worked = worked_wan(asked.repaired.case, plan_wan)[:, :, item].sum(axis=1)
    pooled = plan_wan[:, limits.pooled, item].sum(axis=1)
    if asked.cumulated:
        worked, pooled = np.cumsum(worked), np.cumsum(pooled)
    wanted, wanted_pooled = _wanted(asked)
    return tuple(
        KeptYear(
            year=asked.repaired.case.calendar.first_year + year,
            baseline_wan=int(wanted[year]),
            plan_wan=int(worked[year]),
            baseline_pooled_wan=int(wanted_pooled[year]),
            plan_pooled_wan=int(pooled[year]),
        )
        for year in asked.years
    )


def _wanted(asked: Asked) -> tuple[Wan, Wan]:
    """The item's baseline by year, in all and of 统筹 money: int64[15] each."""
    limits, item = asked.repaired.limits, asked.item
    totals = limits.baseline_total_wan[:, item]
    pooled = limits.baseline_wan[:, limits.pooled, item].sum(axis=1)
    return (np.cumsum(totals), np.cumsum(pooled)) if asked.cumulated else (totals, pooled)


@dataclass(frozen=True, kw_only=True)
class KeepRow:
    """A row that keeps the item: at least `low` of what is summed."""

    name: str
    expression: Expression
    low: float

    @property
    def terms(self) -> dict[str, float]:
        """Coefficients by variable."""
        return {term.name: float(weight) for term, weight in self.expression.items()}

    @property
    def room(self) -> float:
        """The bound with the constant taken off."""
        return self.low - float(self.expression.constant)


def keep_rows(asked: Asked, draft: Draft) -> tuple[KeepRow, ...]:
    """Rows for the item's total and its 统筹 money in each of the years asked about."""
    wanted, wanted_pooled = _wanted(asked)
    channels = np.flatnonzero(asked.repaired.limits.pooled).tolist()
    totals = draft.reached if asked.cumulated else draft.worked
    rows = []
    for year in asked.years:
        since = range(year + 1) if asked.cumulated else (year,)
        pooled = total(draft.money((y, c, asked.item)) for y in since for c in channels)
        bounds = (
            ("all", total([totals[year, asked.item]]), wanted[year]),
            ("pooled", pooled, wanted_pooled[year]),
        )
        for what, expression, low in bounds:
            if low:
                name = f"keep_{what}_{asked.repaired.case.calendar.first_year + year}"
                rows.append(KeepRow(name=name, expression=expression, low=yi(low)))
    return tuple(rows)


def add_rows(rungs: Sequence[LoadedModel], keep: Sequence[KeepRow]) -> None:
    """Lay the rows on loaded models."""
    for loaded in rungs:
        for row in keep:
            loaded.add_row(row.name, row.terms, row.room, None)


def impossible(
    asked: Asked, keep: Sequence[KeepRow]
) -> tuple[int | None, tuple[ConflictMember, ...], bool]:
    """How much the item's total lacks at the least, and which rules clash with keeping it."""
    draft = build(asked.repaired.case, asked.repaired.limits)
    lacking = _lacking(asked, LoadedModel.of(draft.model), keep)
    # The rows were written for another draft of the same model: names, not variables, are theirs.
    variables = {variable.name: variable for variable in draft.model.variables()}
    for row in keep:
        kept = total(weight * variables[name] for name, weight in row.terms.items())
        draft.model.addConstraint(kept >= row.room, row.name)
    try:
        rows, minimal = minimal_conflict(draft.model, tuple(draft.places), limit=asked.limit)
    except ValueError:
        return lacking, (), False
    if not minimal and len(rows) == len(draft.places):
        rows = ()  # nothing was narrowed: no news
    portfolio = asked.repaired.case.portfolio
    members = tuple(
        ConflictMember(
            rule=place.rule,
            where=where(portfolio, place),
            year=None if place.year is None else portfolio.calendar.first_year + place.year,
        )
        for place in (draft.places[name] for name in rows)
    )
    return lacking, members, minimal


def _lacking(asked: Asked, loaded: LoadedModel, keep: Sequence[KeepRow]) -> int | None:
    """Least by which the item's total stays below the baseline in the years asked about."""
    costs = {}
    for row in keep:
        if row.name.startswith("keep_all"):
            loaded.add_row(row.name, row.terms, row.room, None)
            loaded.add_column(f"lacks_{row.name}", {row.name: 1.0})
            costs[f"lacks_{row.name}"] = 1.0
    loaded.set_objective(costs)
    solved = asked.limit.solve(loaded)
    if solved.state is not SolveState.OPTIMAL:
        return None
    return round(reached(solved) * WAN_PER_YI)


# --- Keep an item where the repair cut it, by solving again: what it costs, and what would let it be


#: So many cells are told of what gives way and what is given.
TOLD = 5
#: Room (亿元) at the aims while a rule is loosened as little as possible: a hundredth of a 万元.
NO_COST_YI = 1e-6
#: Price of an aim that is worse beside a rule that gives in: never worth it, yet always an answer,
#: which the solver finds sooner than the proof that there is none.
WORSE = 10_000.0
#: Cells that differ by less (亿元) are the same: half a 万元.
SAME_CELL_YI = 0.5 / WAN_PER_YI


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A plan that keeps the item: the aims' values with it and in the repaired plan (亿元)."""

    before: dict[Aim, float]
    after: dict[Aim, float]
    cells: dict[tuple[int, int, int], float]


def counterfactual(
    repaired: Repaired, item_no: int, year: int | None, *, seconds: float | None = None
) -> Counterfactual:
    """What it would take to keep an item at its baseline in a year, or in all that are left.

    `seconds` are for all solves, None for a set effort.

    Raises
    ------
    ValueError
        The repair has no plan, or the item or the year can't be asked about.
    """
    if repaired.plan_wan is None:
        raise ValueError("没有调整方案，无从比较")
    asked = Asked(
        repaired=repaired,
        item=position_of(repaired, item_no),
        years=years_of(repaired, year),
        cumulated=year is None,
        limit=Limit.of(seconds),
    )
    years = kept_years(asked, repaired.plan_wan)
    if not any(kept.cut for kept in years):
        return _answer(item_no, years, possible=True, shortfall_wan=0, delay_wan=0)
    draft = build(repaired.case, repaired.limits)
    ladder = Ladder.of(draft)
    keep = keep_rows(asked, draft)
    try:
        base = _settled(ladder, asked)
    except NoAnswerError:
        return _answer(item_no, years, possible=None, complete=False)
    add_rows(ladder.rungs, keep)
    try:
        kept = _keep_it(asked, draft, ladder, base)
    except NoAnswerError as error:
        if error.state is not SolveState.INFEASIBLE:
            return _answer(item_no, years, possible=None, complete=False)
        return _barred(asked, years, draft, ladder, base, keep)
    costs = {aim: round((kept.after[aim] - kept.before[aim]) * WAN_PER_YI) for aim in kept.after}
    loosenings: tuple[Loosening, ...] = ()
    complete = True
    if any(costs.values()):
        loosenings, complete = _loosenings(asked, draft, ladder, base, keep, asked.limit)
    given, taken, others = _shifted(asked, kept)
    return _answer(
        item_no, years, possible=True, shortfall_wan=costs[Aim.SHORTFALL],
        delay_wan=costs[Aim.DELAY], given=given, taken=taken, others_wan=others,
        loosenings=loosenings, complete=complete,
    )  # fmt: skip


def _barred(
    asked: Asked,
    years: tuple[KeptYear, ...],
    draft: Draft,
    ladder: Ladder,
    base: Sequence[Solved],
    keep: Sequence[KeepRow],
) -> Counterfactual:
    """No plan keeps the item: what it lacks at the least, what clashes, what would let it be."""
    half = asked.limit.part(1 / 2)
    loosenings, complete = _loosenings(asked, draft, ladder, base, keep, half)
    lacking, conflict, minimal = impossible(asked, keep)
    return _answer(
        asked.repaired.case.portfolio.items[asked.item].no, years, possible=False,
        lacking_wan=lacking, conflict=conflict, conflict_is_minimal=minimal,
        loosenings=loosenings, complete=complete,
    )  # fmt: skip


def _answer(
    item_no: int,
    years: tuple[KeptYear, ...],
    *,
    possible: bool | None,
    shortfall_wan: int | None = None,
    delay_wan: int | None = None,
    given: tuple[Shifted, ...] = (),
    taken: tuple[Shifted, ...] = (),
    others_wan: int = 0,
    lacking_wan: int | None = None,
    conflict: tuple[ConflictMember, ...] = (),
    conflict_is_minimal: bool = False,
    loosenings: tuple[Loosening, ...] = (),
    complete: bool = True,
) -> Counterfactual:
    return Counterfactual(
        item_no=item_no, years=years, possible=possible, shortfall_wan=shortfall_wan,
        delay_wan=delay_wan, given=given, taken=taken, others_wan=others_wan,
        lacking_wan=lacking_wan, conflict=conflict, conflict_is_minimal=conflict_is_minimal,
        loosenings=loosenings, complete=complete,
    )  # fmt: skip


def _settled(ladder: Ladder, asked: Asked) -> tuple[Solved, ...]:
    """The repaired plan's own values, gates as it has them."""
    ladder.fix_integers_at(asked.repaired.values)
    return ladder.climb(asked.limit, floors=_good_enough(asked))


def _good_enough(asked: Asked) -> dict[Aim, float] | None:
    """What the repaired plan reaches, where it gives up some of an aim for fewer moves (亿元)."""
    case, plan = asked.repaired.case, asked.repaired.plan_wan
    if case.settings.way is Way.STRICT or plan is None:
        return None
    return {aim: wan / WAN_PER_YI for aim, wan in aim_values(case, plan).items()}


def _keep_it(asked: Asked, draft: Draft, ladder: Ladder, base: tuple[Solved, ...]) -> _Kept:
    """Make the aims small with the item kept; then come as near to the repaired plan as can be."""
    ladder.free_integers()
    if ladder.rungs[-1].has_integers:
        # Gates are decided first, the aims then held as exactly as an LP can.
        floors = _good_enough(asked)
        gates = ladder.climb(asked.limit, tight=False, floors=floors)[-1].values
        ladder.fix_integers_at(gates)
        try:
            after = ladder.climb(asked.limit, floors=floors)
        except NoAnswerError:  # with these gates there was a plan just now
            raise NoAnswerError(SolveState.NOTHING) from None
    else:
        after = ladder.climb(asked.limit, floors=_good_enough(asked))
    nearest = _nearest(asked, draft, ladder, after)
    cells = {
        cell: nearest.values.get(term.name, 0.0) - base_cell
        for cell, term, base_cell in _pooled(asked, draft)
    }
    return _Kept(
        before={aim: reached(solved) for aim, solved in zip(ladder.aims, base, strict=True)},
        after={aim: reached(solved) for aim, solved in zip(ladder.aims, after, strict=True)},
        cells=cells,
    )


def _pooled(asked: Asked, draft: Draft) -> list[tuple[tuple[int, int, int], Variable, float]]:
    """统筹 cells that can be decided, with what the repaired plan gives them (亿元)."""
    plan = asked.repaired.plan_wan
    assert plan is not None
    return [
        (cell, term, yi(plan[cell]))
        for cell, term in draft.planned.items()
        if not isinstance(term, float) and asked.repaired.limits.pooled[cell[1]]
    ]


def _nearest(asked: Asked, draft: Draft, ladder: Ladder, after: Sequence[Solved]) -> Solved:
    """The plan nearest to the repaired one among those that reach the aims' new values."""
    loaded, cost = ladder.rungs[-1], ladder.costs[-1]
    *below, last = (reached(solved) for solved in after)
    for rung, value in enumerate(below):
        ladder.hold(len(below), rung, value, NO_COST_YI)
    if cost.terms:
        most = held(last) - cost.constant
        loaded.add_row("held_last", cost.terms, None, most)
    apart = {}
    for _, term, before in _pooled(asked, draft):
        up, down = f"more_{term.name}", f"less_{term.name}"
        loaded.add_row(f"from_{term.name}", {term.name: 1.0}, before, before)
        loaded.add_column(up, {f"from_{term.name}": -1.0})
        loaded.add_column(down, {f"from_{term.name}": 1.0})
        apart.update({up: 1.0, down: 1.0})
    loaded.set_objective(apart)
    solved = asked.limit.solve(loaded)
    if solved.state is not SolveState.OPTIMAL:
        raise NoAnswerError(SolveState.NOTHING)
    return solved


def _shifted(asked: Asked, kept: _Kept) -> tuple[tuple[Shifted, ...], tuple[Shifted, ...], int]:
    """What the item gets, what others give, and how much in all."""
    plan, portfolio = asked.repaired.plan_wan, asked.repaired.case.portfolio
    assert plan is not None
    given, taken = [], []
    for cell, change in kept.cells.items():
        if abs(change) < SAME_CELL_YI:
            continue
        year, channel, item = cell
        shifted = Shifted(
            item_no=portfolio.items[item].no,
            channel_id=portfolio.channels[channel].id,
            year=portfolio.calendar.first_year + year,
            before_wan=int(plan[cell]),
            after_wan=int(plan[cell]) + round(change * WAN_PER_YI),
        )
        if item == asked.item and year in asked.years and change > 0:
            given.append(shifted)
        elif item != asked.item and change < 0:
            taken.append(shifted)
    given.sort(key=lambda one: -one.change_wan)
    taken.sort(key=lambda one: one.change_wan)
    others = -sum(one.change_wan for one in taken)
    return tuple(given[:TOLD]), tuple(taken[:TOLD]), others


def _loosenings(
    asked: Asked,
    draft: Draft,
    ladder: Ladder,
    base: Sequence[Solved],
    keep: Sequence[KeepRow],
    limit: Limit,
) -> tuple[tuple[Loosening, ...], bool]:
    """By how much which single rule must give so that the item is kept and no aim is worse."""
    loaded, names = LoadedModel.of(draft.model), _of_the_item(asked, draft)
    for rung, (cost, solved) in enumerate(zip(ladder.costs, base, strict=True)):
        if cost.terms:
            most = reached(solved) + NO_COST_YI - cost.constant
            loaded.add_row(f"no_worse_{rung}", cost.terms, None, most)
            loaded.add_column(f"worse_{rung}", {f"no_worse_{rung}": -1.0})
    add_rows([loaded], keep)
    if loaded.has_integers:
        loaded.fix_integers_at(base[-1].values)
    for name in names:
        sign = 1.0 if loaded.row_bounds(name)[0] > -math.inf else -1.0
        loaded.add_column(f"gives_{name}", {name: sign}, high=0.0)
    worse = {f"worse_{rung}": WORSE for rung, cost in enumerate(ladder.costs) if cost.terms}
    found: list[Loosening] = []
    for name in names:
        loaded.set_column_bounds(f"gives_{name}", 0.0, None)
        loaded.set_objective({f"gives_{name}": 1.0, **worse})
        solved = limit.solve(loaded)
        loaded.set_column_bounds(f"gives_{name}", 0.0, 0.0)
        if solved.state not in (SolveState.OPTIMAL, SolveState.INFEASIBLE):
            return _sorted(found), False
        if solved.has_plan and all(solved.values[column] <= SAME_CELL_YI for column in worse):
            amount = solved.values[f"gives_{name}"]
            found.append(_loosening(asked, draft.places[name], amount))
    return _sorted(found), True


def _sorted(found: Sequence[Loosening]) -> tuple[Loosening, ...]:
    return tuple(sorted(found, key=lambda one: (one.more_wan, one.where)))


def _loosening(asked: Asked, place: Place, amount: float) -> Loosening:
    return Loosening(
        rule=place.rule,
        where=where(asked.repaired.case.portfolio, place),
        year=None if place.year is None else asked.repaired.case.calendar.first_year + place.year,
        more_wan=math.ceil(amount * WAN_PER_YI - 0.05),
    )


def _of_the_item(asked: Asked, draft: Draft) -> list[str]:
    """Rows that may hold the item down, and the envelopes of its 统筹 channels in those years."""
    channels = set(
        np.flatnonzero(asked.repaired.limits.open[:, :, asked.item].any(axis=0)).tolist()
    )
    names = []
    for name, place in draft.places.items():
        if place.rule == "voted_envelope":
            wanted = place.channel in channels and place.year in asked.years
        elif place.rule in FLOORS and place.rule != "capital_ratio":
            wanted = False  # a floor never stands against giving more
        else:
            wanted = place.item == asked.item and (place.year is None or place.year in asked.years)
        if wanted:
            names.append(name)
    return names
