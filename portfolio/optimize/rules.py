"""The rules of a repair as rows of a linear model: one function a rule, in rulebook order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

import numpy as np

from portfolio.model.money import BPS, LARGEST_WAN, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.case import NOT_IN_TIME, RepairCase
from portfolio.model.reallocation.parameters import RepairLimits, YearGate
from portfolio.optimize.model import Cell, Draft, Place, item_years, open_draft, yi
from portfolio.optimize.reschedule import (
    loan_steps,
    moved_floor,
    moved_loans,
    moved_own,
    offered,
    start_year,
)
from portfolio.optimize.share_rules import (
    bonds_where_lawful,
    closed_gates,
    livelihood_debt,
    shared_cut,
    yearly_band,
)
from portfolio.optimize.solver import Term, is_variable, new_model, total, variable

#: A threshold counts as met, or as not met yet, when the money is this near (亿元): a thousandth of a
#: 万元. Thresholds are often all of an item's money, which sums of fractions miss by a hair.
JUST_MET_YI = 1e-7

# --- How far each item can be by each year, so that gates settled beforehand need no binary


def reach(limits: RepairLimits, may_wait: Collection[int] = ()) -> tuple[Wan, Wan]:
    """Least and most cumulated money of each item by each year's end: int64[15, item] each.

    Least: what is past and the floors, 0 for floors a gate may lift and for items that may start
    later (`may_wait`). Most: caps and the item's total.
    """
    first = limits.first_year
    past = np.cumsum(limits.past_wan.sum(axis=1), axis=0)
    started = np.arange(PLAN_YEARS)[:, None] >= first
    floors = (
        np.maximum(np.maximum(limits.contract_wan, limits.continuity_wan), limits.livelihood_wan)
        * started
    )
    for gate in limits.gates:
        floors[:, gate.succ] = 0
    floors[:, list(may_wait)] = 0
    least = np.where(started, past[first - 1] if first else 0, past) + np.cumsum(floors, axis=0)
    caps = np.where(started, limits.cap_wan, 0)
    most = np.where(started, past[first - 1] if first else 0, past) + np.cumsum(caps, axis=0)
    most = np.minimum(most, np.maximum(limits.budget_wan, past))
    # A gate whose predecessor stands already where the plan begins needs no search.
    return np.asarray(least), np.asarray(np.maximum(most, past))


# --- The rules of a repair as rows of a linear model: one function a rule, in rulebook order


def begun(case: RepairCase, limits: RepairLimits) -> Draft:
    """A repair's model without rules: its variables, and the ways items may be moved in time."""
    model = new_model("repair")
    return open_draft(model, case, limits, offered(model, case, limits) if case.reschedule else {})


def build(case: RepairCase, limits: RepairLimits) -> Draft:
    """A repair's model with every rule laid on it; no aim yet."""
    draft = begun(case, limits)
    gate_by_year(draft)  # the floors give way where a gate is closed
    for code, rule in RULES.items():
        if code != "gate_by_year":
            rule(draft)
    return draft


def voted_envelope(draft: Draft) -> None:
    """A 统筹 channel plans no more in a year than its envelope, at actual cost.

    What a shock inside the year before has kept of its allotments is paid from it as well. Where costs differ from the approved ones a 万元 an item is kept back for rounding.
    """
    limits = draft.limits
    dearer = limits.scale_bps != BPS
    for channel in np.flatnonzero(limits.pooled).tolist():
        for year in range(limits.first_year, PLAN_YEARS):
            cells = [(year, channel, item) for item in range(len(limits.scale_bps))]
            parts = [
                draft.money(cell) * (int(limits.scale_bps[cell[2]]) / BPS)
                for cell in cells
                if cell in draft.planned
            ]
            withheld = (
                int(limits.withheld_bps[year - 1, channel]) if year > limits.first_year else 0
            )
            if withheld:
                parts += [
                    draft.asked((year - 1, channel, item)) * (int(scale) * withheld / BPS**2)
                    for item, scale in enumerate(limits.scale_bps)
                    if (year - 1, channel, item) in draft.planned
                ]
            kept = int((limits.open[year, channel] & dearer).sum())
            envelope = yi(max(0, int(limits.envelope_wan[year, channel]) - kept))
            place = Place(rule="voted_envelope", year=year, channel=channel)
            draft.row(total(parts) <= envelope, place)


def channel_share(draft: Draft) -> None:
    """A channel brings an item no more than its ceiling; cells it may not pay have no variable."""
    limits = draft.limits
    for channel in np.flatnonzero(limits.pooled).tolist():
        for item in range(len(limits.budget_wan)):
            parts = [draft.money((year, channel, item)) for year in range(PLAN_YEARS)]
            if all(isinstance(part, float) for part in parts):
                continue
            most = yi(limits.share_wan[channel, item])
            draft.row(total(parts) <= most, Place(rule="channel_share", channel=channel, item=item))


def own_money(draft: Draft) -> None:
    """上级指定 and 专属 money comes just as the shock leaves it; only behind a closed gate later.

    What a gate held back is there at the latest in the year after it opens.
    """
    limits = draft.limits
    before = slice(0, limits.first_year)
    arrears = (limits.reference_wan[before] - limits.past_wan[before]).sum(axis=0)
    waits = {gate.succ for gate in limits.gates}
    for channel in np.flatnonzero(limits.owned).tolist():
        for item in range(len(limits.budget_wan)):
            if limits.own_fixed[channel, item]:
                continue
            upto: Term = 0.0
            for year in range(PLAN_YEARS):
                upto = upto + draft.money((year, channel, item))
                if year < limits.first_year or isinstance(upto, float):
                    continue
                left = moved_own(draft, channel, item, year)
                place = Place(rule="own_money", year=year, channel=channel, item=item)
                draft.row(upto - left <= 0, place)
                held = closed_gates(draft, item, year) + closed_gates(draft, item, year - 1)
                closed = isinstance(held, float) and held >= 1.0
                if item not in waits or closed:
                    continue
                ways = (limits, *(choice.limits for choice in draft.choices.get(item, ())))
                all_of_it = yi(max(w.reference_wan[: year + 1, channel, item].sum() for w in ways))
                behind = yi(max(0, int(arrears[channel, item]))) + all_of_it * held
                name = f"comes_{draft.case.portfolio.items[item].no}_"
                name += f"{draft.case.portfolio.channels[channel].id}_{draft.case.calendar.first_year + year}"
                draft.model.addConstraint(upto - left + behind >= 0, name)


def loans_with_capital(draft: Draft) -> None:
    """Loans so far in step with capital so far, as planned or as the shock leaves it; all ≤ planned.

    Rationed credit grants a part of what is asked for in a year.
    """
    limits = draft.limits
    baseline = np.cumsum(limits.baseline_wan, axis=0)
    steps = loan_steps(draft)
    whole_city = np.asarray(limits.open.any(axis=(0, 1)))  # only these have capital that is rounded
    for channel in np.flatnonzero(limits.credit).tolist():
        for item in np.flatnonzero(baseline[-1, channel]).tolist():
            upto: Term = 0.0
            for year in range(PLAN_YEARS):
                before = upto
                upto = upto + draft.money((year, channel, item))
                if year < limits.first_year:
                    continue
                cell = (year, channel, item)
                loans = int(baseline[cell])
                rounded = whole_city[item] and loans < baseline[-1, channel, item]
                spare = yi(min(limits.spare_wan, loans)) if rounded else 0.0
                place = Place(rule="loans_with_capital", year=year, channel=channel, item=item)
                for way, step in enumerate(moved_loans(draft, steps, cell)):
                    most = draft.capital[year, item] * step.per_capital + before * step.kept
                    most = most + (step.fixed - spare) + step.slack
                    draft.row(upto - most <= 0, place, way=way)
            all_of_it = yi(baseline[-1, channel, item])
            place = Place(rule="loans_with_capital", channel=channel, item=item)
            draft.row(upto <= all_of_it, place)


def signed_contracts(draft: Draft) -> None:
    """What is signed is paid: a share of next year's reference, less in each further year."""
    _floor(draft, "signed_contracts")


def yearly_cap(draft: Draft) -> None:
    """No item does more in a year than it can."""
    for year, item in item_years(draft.limits):
        most = draft.moved(item, partial(_cap, year=year, item=item))
        place = Place(rule="yearly_cap", year=year, item=item)
        draft.row(draft.worked[year, item] - most <= 0, place)


def no_stop_start(draft: Draft) -> None:
    """Between first and last money every year sees at least a tenth of the reference."""
    _floor(draft, "no_stop_start")


def gate_by_year(draft: Draft) -> None:
    """A closed gate holds its successor below a ceiling; it opens in the year the threshold is met."""
    limits = draft.limits
    least, most = reach(limits, draft.choices)
    for gate in limits.gates:
        for year in range(limits.first_year, PLAN_YEARS):
            _gate_year(draft, gate, year, least, most)


def _gate_year(
    draft: Draft, gate: YearGate, year: int, least: np.ndarray, most: np.ndarray
) -> None:
    place = Place(rule="gate_by_year", year=year, item=gate.succ, gate=gate.index)
    when = year - gate.lag_years
    ceiling = int(gate.ceiling_wan[year])
    possible = int(most[year, gate.succ])
    if when >= 0 and least[when, gate.pred] >= gate.threshold_wan:
        draft.gate_open[gate.index, year] = 1.0
        return
    never = when < 0 or most[when, gate.pred] < gate.threshold_wan
    if never:
        draft.gate_open[gate.index, year] = 0.0
        draft.row(draft.reached[year, gate.succ] <= yi(ceiling), place)
        return
    opened = variable(
        draft.model, f"G_{gate.id}_{draft.case.calendar.first_year + year}", 0, 1, kind="Binary"
    )
    draft.gate_open[gate.index, year] = opened
    above = max(0, possible - ceiling)
    draft.row(draft.reached[year, gate.succ] - yi(above) * opened <= yi(ceiling), place)
    met = draft.reached[when, gate.pred] - yi(gate.threshold_wan) * opened >= -JUST_MET_YI
    draft.model.addConstraint(met, f"opens_{gate.id}_{draft.case.calendar.first_year + year}")
    # And it is open once the threshold is met: a plan may not call it closed to escape a floor.
    beyond = max(0, int(most[when, gate.pred]) - gate.threshold_wan + 1)
    below = yi(gate.threshold_wan - 1) + JUST_MET_YI
    known = draft.reached[when, gate.pred] - yi(beyond) * opened <= below
    draft.model.addConstraint(known, f"known_{gate.id}_{draft.case.calendar.first_year + year}")
    earlier = draft.gate_open.get((gate.index, year - 1))
    if is_variable(earlier):
        draft.model.addConstraint(
            earlier - opened <= 0, f"stays_{gate.id}_{draft.case.calendar.first_year + year}"
        )


def capital_ratio(draft: Draft) -> None:
    """Capital is at least its required part of all the item's money."""
    limits = draft.limits
    for item in range(len(limits.budget_wan)):
        end, ratio = PLAN_YEARS - 1, int(limits.ratio_bps[item]) / BPS
        if isinstance(draft.reached[end, item], float):
            continue
        held = draft.capital[end, item] - draft.reached[end, item] * ratio
        draft.row(held >= 0, Place(rule="capital_ratio", item=item))


def livelihood_floor(draft: Draft) -> None:
    """Items of people's livelihood keep most of their money in every year."""
    _floor(draft, "livelihood_floor")


def adjusted_total(draft: Draft) -> None:
    """No item is given more than it costs."""
    for item, budget in enumerate(draft.limits.budget_wan):
        upto = draft.reached[PLAN_YEARS - 1, item]
        if not isinstance(upto, float):
            draft.row(upto <= yi(budget), Place(rule="adjusted_total", item=item))


def past_years(draft: Draft) -> None:
    """What is past stays: constants, and in a running year the lower bounds of the variables."""
    for cell, term in draft.planned.items():
        year, channel, item = cell
        past = int(draft.limits.past_wan[cell])
        if past and is_variable(term):
            place = Place(rule="past_years", year=year, channel=channel, item=item)
            draft.row(term >= yi(past), place)


def approval_in_time(draft: Draft) -> None:
    """In a running year nothing is raised that could not be approved before the year is over."""
    limits, year = draft.limits, draft.limits.first_year
    for channel in np.flatnonzero(limits.pooled & (limits.raised_most_wan < LARGEST_WAN)).tolist():
        cells = _decided(draft, channel)
        most = int(limits.raised_most_wan[channel])
        if most != NOT_IN_TIME:
            place = Place(rule="approval_in_time", year=year, channel=channel)
            raised = total(draft.change(cell)[0] for cell in cells)
            draft.row(raised <= yi(most + drawn_over_wan(draft, channel)), place)
            continue
        for cell in cells:
            most = max(int(limits.baseline_wan[cell]), int(limits.past_wan[cell]))
            place = Place(rule="approval_in_time", year=year, channel=channel, item=cell[2])
            draft.row(draft.money(cell) <= yi(most), place)


def _decided(draft: Draft, channel: int) -> list[Cell]:
    """A channel's cells of the first year that the solver decides."""
    year, items = draft.limits.first_year, range(len(draft.limits.budget_wan))
    cells = [(year, channel, item) for item in items]
    return [cell for cell in cells if is_variable(draft.planned.get(cell))]


def drawn_over_wan(draft: Draft, channel: int) -> int:
    """What such cells have drawn beyond what they were to have."""
    past, planned = draft.limits.past_wan, draft.limits.baseline_wan
    return sum(max(0, int(past[cell] - planned[cell])) for cell in _decided(draft, channel))


def shocked_clock(draft: Draft) -> None:
    """An item the shock slows down is never ahead of the time it is left."""
    for year, item in item_years(draft.limits):
        if draft.limits.slowed[item]:
            place = Place(rule="shocked_clock", year=year, item=item)
            most = draft.moved(item, partial(_reference_so_far, year=year, item=item))
            draft.row(draft.reached[year, item] - most <= 0, place)


def _cap(limits: RepairLimits, year: int, item: int) -> int:
    return int(limits.cap_wan[year, item])


def _reference_so_far(limits: RepairLimits, year: int, item: int) -> int:
    return int(limits.reference_total_wan[: year + 1, item].sum())


def _floor(draft: Draft, rule: str) -> None:
    """At least so much in a year, unless a closed gate holds the item."""
    held_by: dict[int, list[YearGate]] = {}
    for gate in draft.limits.gates:
        held_by.setdefault(gate.succ, []).append(gate)
    for year, item in item_years(draft.limits):
        floor, most = moved_floor(draft, rule, year, item)
        if not most:
            continue
        closed: Term = 0.0
        for gate in held_by.get(item, []):
            closed = closed + (1.0 - draft.gate_open[gate.index, year])
        if isinstance(closed, float) and closed >= 1.0:
            continue
        least = draft.worked[year, item] + closed * most - floor
        draft.row(least >= 0, Place(rule=rule, year=year, item=item))


#: Code of the rulebook → what lays the rule on a model; gates before the rules they lift.
RULES: dict[str, Callable[[Draft], None]] = {
    "voted_envelope": voted_envelope,
    "channel_share": channel_share,
    "yearly_band": yearly_band,
    "bonds_where_lawful": bonds_where_lawful,
    "livelihood_debt": livelihood_debt,
    "own_money": own_money,
    "loans_with_capital": loans_with_capital,
    "signed_contracts": signed_contracts,
    "yearly_cap": yearly_cap,
    "no_stop_start": no_stop_start,
    "gate_by_year": gate_by_year,
    "shared_cut": shared_cut,
    "capital_ratio": capital_ratio,
    "livelihood_floor": livelihood_floor,
    "adjusted_total": adjusted_total,
    "past_years": past_years,
    "approval_in_time": approval_in_time,
    "shocked_clock": shocked_clock,
    "start_year": start_year,
}
