"""The rules on what pays an item in a year, as rows of a repair's model and of its rounding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.money import BPS, LARGEST_WAN, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.parameters import RepairLimits
from portfolio.model.reallocation.shares import SHARE_ROUNDING_WAN
from portfolio.optimize.model import Cell, Draft, Place, yi
from portfolio.optimize.solver import Model, Term, is_variable, total


def yearly_band(draft: Draft) -> None:
    """Each channel's share of an item-year stays near the plan's, and below its yearly ceiling."""
    bounds, limits = draft.limits.shares, draft.limits
    for year, item, cells in _item_years(draft):
        pooled = _year(draft, year, item, limits.pooled)
        all_of_it = _year(draft, year, item, limits.pooled | limits.owned)
        for cell in cells:
            place = Place(rule="yearly_band", year=year, channel=cell[1], item=item)
            most, least = int(bounds.most_bps[cell]), int(bounds.least_bps[cell])
            if most < BPS:
                draft.row(_left(draft, cell) - most / BPS * pooled <= 0, place)
            if least > 0:
                draft.row(_left(draft, cell) - least / BPS * pooled >= 0, place, way=1)
            if (ceiling := int(bounds.ceiling_bps[cell])) < BPS:
                draft.row(_left(draft, cell) - ceiling / BPS * all_of_it <= 0, place, way=2)


def shared_cut(draft: Draft) -> None:
    """A cut channel's year falls on its items in proportion, but for the band's part of each."""
    for year, channel, item in np.argwhere(draft.limits.shares.shared_wan).tolist():
        cell = (year, channel, item)
        closed, least = closed_gates(draft, item, year), yi(draft.limits.shares.shared_wan[cell])
        if not is_variable(draft.planned.get(cell)) or (isinstance(closed, float) and closed >= 1):
            continue
        place = Place(rule="shared_cut", year=year, channel=channel, item=item)
        draft.row(_left(draft, cell) + closed * least >= least, place)


def closed_gates(draft: Draft, item: int, year: int) -> Term:
    """How many gates of an item are closed in a year."""
    closed: Term = 0.0
    for gate in draft.limits.gates:
        if gate.succ == item and (gate.index, year) in draft.gate_open:
            closed = closed + (1.0 - draft.gate_open[gate.index, year])
    return closed


def bonds_where_lawful(draft: Draft) -> None:
    """No new special bonds where they aren't lawful: by 可否专项债 of the item."""
    bounds, limits = draft.limits.shares, draft.limits
    for year, item, cells in _item_years(draft):
        for cell in cells:
            channel = cell[1]
            place = Place(rule="bonds_where_lawful", year=year, channel=channel, item=item)
            if bounds.bonds_bps[cell] < BPS:
                all_of_it = _year(draft, year, item, limits.pooled | limits.owned)
                part = int(bounds.bonds_bps[cell]) / BPS
                draft.row(_left(draft, cell) - part * all_of_it <= 0, place)
            if bounds.bonds_wan[cell] < LARGEST_WAN:
                draft.row(draft.money(cell) <= yi(bounds.bonds_wan[cell]), place, way=1)
    _upto(draft, bounds.bonds_upto_wan, "bonds_where_lawful", way=2)


def livelihood_debt(draft: Draft) -> None:
    """Items of 民生 have no more special bonds up to any year than planned: budget stays budget."""
    _upto(draft, draft.limits.shares.debt_upto_wan, "livelihood_debt", way=0)


def _upto(draft: Draft, most_wan: Wan, rule: str, *, way: int) -> None:
    """Money cumulated up to each year's end, where that is bound."""
    for year, channel, item in np.argwhere(most_wan < LARGEST_WAN).tolist():
        upto = [draft.money((y, channel, item)) for y in range(year + 1)]
        if year >= draft.limits.first_year and any(is_variable(term) for term in upto):
            place = Place(rule=rule, year=year, channel=channel, item=item)
            draft.row(total(upto) <= yi(most_wan[year, channel, item]), place, way=way)


def _item_years(draft: Draft) -> Iterator[tuple[int, int, tuple[Cell, ...]]]:
    """Item-years that can still be adjusted, each with its 统筹 cells that are decided."""
    limits = draft.limits
    for item in range(len(limits.budget_wan)):
        for year in range(limits.first_year, PLAN_YEARS):
            channels = np.flatnonzero(limits.open[year, :, item]).tolist()
            cells = tuple(
                (year, c, item) for c in channels if is_variable(draft.planned.get((year, c, item)))
            )
            if cells:
                yield year, item, cells


def _left(draft: Draft, cell: Cell) -> Term:
    """Money of a cell that is not past."""
    term, past = draft.money(cell), yi(draft.limits.past_wan[cell])
    if isinstance(term, float):
        return max(0.0, term - past)
    return term - past if past else term


def _year(draft: Draft, year: int, item: int, channels: np.ndarray) -> Term:
    """An item-year's money of some channels that is not past."""
    return total(_left(draft, (year, c, item)) for c in np.flatnonzero(channels).tolist())


# --- The same rows on the rounding of a plan to whole 万元


def round_shares(
    limits: RepairLimits,
    model: Model,
    base: Wan,
    steps: Mapping[Cell, Term],
    owned_steps: Mapping[Cell, Term],
    lifted: Mask,
) -> None:
    """Lay the rules on rounding steps: `owned_steps` are cumulated, as in the rounding itself.

    lifted : bool[15, item] a closed gate lifts the item's floors
    """
    bounds = limits.shares
    left = np.maximum(base - limits.past_wan, 0)
    stepped = {(cell[0], cell[2]) for cell in steps}
    for year, item in sorted(stepped):
        pooled = _steps(steps, np.flatnonzero(limits.pooled).tolist(), year, item)
        owned = np.flatnonzero(limits.owned).tolist()
        others = _steps(owned_steps, owned, year, item)
        others += [-1 * term for term in _steps(owned_steps, owned, year - 1, item)]
        in_all = int(left[year, limits.pooled | limits.owned, item].sum())
        of_city = int(left[year, limits.pooled, item].sum())
        for channel in np.flatnonzero(limits.open[year, :, item]).tolist():
            cell = (year, channel, item)
            mine, now = steps.get(cell, 0.0), int(left[cell])
            rest = SHARE_ROUNDING_WAN
            for bps in (int(bounds.ceiling_bps[cell]), int(bounds.bonds_bps[cell])):
                if bps < BPS:
                    room = bps * in_all / BPS - now + rest
                    _row(model, [mine, *(-bps / BPS * t for t in (*pooled, *others))], room)
            if (bps := int(bounds.most_bps[cell])) < BPS:
                room = bps * of_city / BPS - now + rest
                _row(model, [mine, *(-bps / BPS * t for t in pooled)], room)
            if bps := int(bounds.least_bps[cell]):
                room = now - bps * of_city / BPS + rest
                _row(model, [-1 * mine, *(bps / BPS * t for t in pooled)], room)
            if bounds.shared_wan[cell] and not lifted[year, item]:
                _row(model, [-1 * mine], now - int(bounds.shared_wan[cell]))
            if bounds.bonds_wan[cell] < LARGEST_WAN:
                _row(model, [mine], int(bounds.bonds_wan[cell] - base[cell]))
    _round_upto(limits, model, base, steps)


def _round_upto(limits: RepairLimits, model: Model, base: Wan, steps: Mapping[Cell, Term]) -> None:
    upto, bounds = np.cumsum(base, axis=0), limits.shares
    most = np.minimum(bounds.bonds_upto_wan, bounds.debt_upto_wan)
    for channel, item in sorted({cell[1:] for cell in steps}):
        for year in range(limits.first_year, PLAN_YEARS):
            if most[year, channel, item] < LARGEST_WAN:
                mine = [steps.get((y, channel, item), 0.0) for y in range(year + 1)]
                _row(model, mine, int(most[year, channel, item] - upto[year, channel, item]))


def _steps(steps: Mapping[Cell, Term], channels: list[int], year: int, item: int) -> list[Term]:
    return [steps[year, c, item] for c in channels if (year, c, item) in steps]


def _row(model: Model, terms: Sequence[Term], room: float) -> None:
    """A row of rounding steps; one without a step holds already."""
    parts = [term for term in terms if not isinstance(term, float)]
    if parts:
        model.addConstraint(total(parts) <= room)
