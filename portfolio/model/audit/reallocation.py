"""The rules of a repair as checks on any repaired plan, knowing no model and no solver.

Everything is worked out anew from the portfolio, the case and the plan's whole 万元. An empty
answer means that every rule of `rulebook.REPAIR_RULES` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.audit import reallocation_rules as checks
from portfolio.model.audit import reallocation_shares as shares
from portfolio.model.audit.play import Breach, breaches
from portfolio.model.audit.reallocation_facts import (
    RepairFacts,
    may_shift,
    may_stretch,
    repair_facts,
)
from portfolio.model.items import Kind
from portfolio.model.money import BPS, LARGEST_WAN, Wan
from portfolio.model.reallocation.case import RepairCase

#: Under `reschedule` an item starts at most this many years later than the shock lets it.
LARGEST_SHIFT_YEARS = 3
#: And an item under way takes at most so many times its time for the rest of its money.
STRETCHES = (Fraction(5, 4), Fraction(3, 2))


def audit_repair(case: RepairCase, plan_wan: Wan) -> tuple[Breach, ...]:
    """Check a repaired plan against the rules of a repair: an empty tuple, or every breach.

    Parameters
    ----------
    case
        What the repair started from.
    plan_wan
        int64[15 years, channel, item] at approved cost, years past included.

    Raises
    ------
    ValueError
        The plan has another shape than the workbook's or is not in whole 万元.
    """
    facts = repair_facts(case, plan_wan)
    if case.reschedule:
        facts = _moved(facts)
    items = case.portfolio.items
    gates = [f"{items[gate.succ].label} 前置条件 {gate.id}" for gate in facts.gates]
    return tuple(
        breach
        for code, found in CHECKS.items()
        for excess, axes in found
        for breach in breaches(facts, code, excess(facts), axes, gates)
    )


def _moved(facts: RepairFacts) -> RepairFacts:
    """The facts with each item's reference moved in time as explains its plan best.

    A plan that starts late may do so because a gate is closed or because it was moved, and one
    with hardly any money shows no start: a move counts as the plan's own if the item's rules
    hold under it, the shift its first money tells first.
    """
    told = _told_shift(facts)
    ways = [_shifted(facts, k) for k in range(LARGEST_SHIFT_YEARS + 1)]
    ways += [_stretched(facts, stretch) for stretch in STRETCHES]
    excess = np.stack([_excess_by_item(way) for way in ways])
    excess = 2 * excess + (np.arange(len(excess))[:, None] != told[None])
    best, items = excess.argmin(axis=0), np.arange(len(told))
    reference, pledged = (
        np.moveaxis(np.stack(moved)[best, :, :, items], 0, 2)
        for moved in ([w.reference_wan for w in ways], [w.pledged_wan for w in ways])
    )
    return replace(facts, reference_wan=reference, pledged_wan=pledged)


def _told_shift(facts: RepairFacts) -> Wan:
    """Whole years from the reference's first money to the plan's: int64[item], in 0 to 3."""
    late = _first_year(facts.plan_wan) - _first_year(facts.case.reference_wan)
    return np.asarray(np.clip(late, 0, LARGEST_SHIFT_YEARS), dtype=np.int64)


def _first_year(money_wan: Wan) -> Wan:
    """First year with money, the number of years where there is none: int64[item]."""
    some = money_wan.sum(axis=1) > 0
    return np.where(some.any(axis=0), some.argmax(axis=0), len(some)).astype(np.int64)


def _shifted(facts: RepairFacts, years: int) -> RepairFacts:
    """The facts with every item that may start later moved by whole years; the rest is past the plan."""

    def moved(money: Wan) -> Wan:
        return np.concatenate([np.zeros_like(money[:years]), money[: len(money) - years]])

    return _where_able(facts, moved, may_shift(facts.case))


def _stretched(facts: RepairFacts, stretch: Fraction) -> RepairFacts:
    """The facts with the rest of the money of every item that may go slower taking longer.

    What was reached `t` years after the first whole year is reached after `stretch` × t, evenly
    within a year, cut to whole 万元.
    """
    since = -(-(facts.case.asof_quarter + 1) // 4)

    def moved(money: Wan) -> Wan:
        result = money.copy()
        for c, i in np.argwhere(money[since:].any(axis=0)):
            years = [int(wan) for wan in money[since:, c, i]]
            before = 0
            for year in range(len(years)):
                then = Fraction(year + 1) / stretch
                part = then - int(then)
                upto = sum(years[: int(then)]) + int(years[int(then)] * part)
                result[since + year, c, i], before = upto - before, upto
        return np.asarray(result)

    return _where_able(facts, moved, may_stretch(facts.case))


def _where_able(facts: RepairFacts, moved: Callable[[Wan], Wan], may: Mask) -> RepairFacts:
    """The facts with items moved that may be and whose works could then be done in each year."""
    reference, pledged = moved(facts.reference_wan), moved(facts.pledged_wan)
    able = may & (reference.sum(axis=1) <= checks.yearly_most(facts)).all(axis=0)
    return replace(
        facts,
        reference_wan=np.where(able, reference, facts.reference_wan),
        pledged_wan=np.where(able, pledged, facts.pledged_wan),
    )


def _excess_by_item(facts: RepairFacts) -> Wan:
    """What an item's own rules miss in all under a reference: int64[item]."""
    total = np.zeros(facts.plan_wan.shape[2], dtype=np.int64)
    for excess in (
        checks.not_eligible(facts),
        checks.own_moved(facts),
        checks.loans_ahead(facts),
        checks.contracts_unpaid(facts),
        checks.over_capacity(facts),
        checks.stopped_short(facts),
        checks.livelihood_cut(facts),
        checks.faster_than_shock(facts),
    ):
        total += np.maximum(excess, 0).sum(axis=tuple(range(excess.ndim - 1)))
    return total


def _late_approval(facts: RepairFacts) -> Wan:
    """[year, channel] more in a running year than can be approved before it is over.

    The reserve pays what nobody asks for at actual cost; what items give up comes too late earlier.
    """
    from portfolio.model.rules.approval import more_in_time

    case, year = facts.case, facts.case.first_year
    over = np.zeros(facts.plan_wan.shape[:2], dtype=np.int64)
    if not case.year_is_running or year >= len(facts.plan_wan):
        return over
    given = facts.plan_wan[year] - np.maximum(facts.baseline_wan[year], case.past_wan[year])
    envelopes, scale = case.portfolio.envelopes, case.portfolio.conditions.scale_bps
    voted = envelopes.pooled_ask_wan[year] + envelopes.pooled_reserve_wan[year]
    for c, channel in enumerate(case.portfolio.channels):
        if channel.kind is not Kind.POOLED:
            continue
        of_others, of_reserve = (
            more_in_time(
                case.calendar,
                channel_id=channel.id,
                channel_group=channel.group,
                year=case.calendar.first_year + year,
                asof_quarter=case.asof_quarter,
                from_reserve=from_reserve,
            )
            for from_reserve in (False, True)
        )
        if of_others:
            continue
        left = int(voted[c]) - int((facts.baseline_wan[year, c] * scale // BPS).sum())
        over[year, c] = np.maximum(given[c], 0).sum() - (max(0, left) if of_reserve else 0)
    return over


def _off_start(facts: RepairFacts) -> Wan:
    """[item] years a start is ahead of the shock's, or more than three behind it."""
    if not facts.case.reschedule:
        return np.zeros(facts.plan_wan.shape[2], dtype=np.int64)
    first = _first_year(facts.plan_wan)
    earliest = _first_year(facts.case.reference_wan)
    late = first - earliest - LARGEST_SHIFT_YEARS
    off = np.where(first < earliest, earliest - first, np.where(_waits(facts, first), late, 0))
    return np.where(may_shift(facts.case), off, 0)


def _waits(facts: RepairFacts, first: Wan) -> Mask:
    """Items that could go on with the latest start and have no money yet, against their rules.

    A gate closed in its years leaves an item without money lawfully, however late it is.
    """
    latest = _shifted(replace(facts, reference_wan=facts.case.reference_wan), LARGEST_SHIFT_YEARS)
    years = np.arange(len(facts.plan_wan))[:, None]
    waits = ((checks.stopped_short(latest) > 0) & (years < first)).any(axis=0)
    return np.asarray(waits & (_excess_by_item(facts) > 0))


#: How far a plan goes beyond a rule, and the axes of that.
Excess = tuple[Callable[[RepairFacts], Wan], str]
#: The checks of each rule, in the rulebook's order. No plan's money is negative, and no cell is
#: so large that no portfolio could hold it: that would upset the sums.
CHECKS: Mapping[str, tuple[Excess, ...]] = {
    "voted_envelope": ((checks.over_envelope, "yc"),),
    "channel_share": (
        (checks.not_eligible, "yci"),
        (checks.over_share, "ci"),
        (lambda facts: -facts.plan_wan, "yci"),
    ),
    "yearly_band": (
        (shares.outside_band, "yci"),
        (shares.above_yearly_ceiling, "yci"),
    ),
    "bonds_where_lawful": (
        (shares.bonds_beyond_share, "yci"),
        (shares.bonds_not_lawful, "yci"),
        (shares.bonds_ahead, "yci"),
    ),
    "livelihood_debt": ((shares.turned_into_debt, "yci"),),
    "own_money": ((checks.own_moved, "yci"),),
    "loans_with_capital": ((checks.loans_ahead, "yci"), (checks.loans_over_plan, "ci")),
    "signed_contracts": ((checks.contracts_unpaid, "yi"),),
    "yearly_cap": ((checks.over_capacity, "yi"),),
    "no_stop_start": ((checks.stopped_short, "yi"),),
    "gate_by_year": ((checks.past_gates, "yg"),),
    "shared_cut": ((shares.bears_too_much, "yci"),),
    "capital_ratio": ((checks.capital_missing, "i"),),
    "livelihood_floor": ((checks.livelihood_cut, "yi"),),
    "adjusted_total": (
        (checks.over_total, "i"),
        (lambda facts: facts.plan_wan - LARGEST_WAN, "yci"),
    ),
    "past_years": ((checks.past_changed, "yci"),),
    "approval_in_time": ((_late_approval, "yc"),),
    "shocked_clock": ((checks.faster_than_shock, "yi"),),
    "start_year": ((_off_start, "i"),),
}
