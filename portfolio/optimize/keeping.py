"""The rows that keep an item at its baseline, and what stands against them where they can't hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from portfolio.model.counterfactual import KeptYear
from portfolio.model.money import WAN_PER_YI, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation import ConflictMember
from portfolio.model.repair_aims import worked_wan
from portfolio.optimize.conflict import minimal_conflict
from portfolio.optimize.draft import Draft, yi
from portfolio.optimize.ladder import Deadline, reached
from portfolio.optimize.levers import where
from portfolio.optimize.loaded import LoadedModel
from portfolio.optimize.reallocation import build
from portfolio.optimize.repair import Repaired
from portfolio.optimize.solver import Expression, SolveState, total


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The question: an item's position and the plan years (positions) it is to be kept in.

    Of all years the cumulated money is meant: own money that comes late would else break its total.
    """

    repaired: Repaired
    item: int
    years: tuple[int, ...]
    cumulated: bool
    deadline: Deadline


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
        rows, minimal = minimal_conflict(
            draft.model, tuple(draft.places), seconds=asked.deadline.left
        )
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
    solved = loaded.solve(seconds=asked.deadline.left)
    if solved.state is not SolveState.OPTIMAL:
        return None
    return round(reached(solved) * WAN_PER_YI)
