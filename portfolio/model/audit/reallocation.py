"""The rules of a repair as checks on any repaired plan, knowing no model and no solver.

Everything is worked out anew from the portfolio, the case and the plan's whole 万元. An empty
answer means that every rule of `rulebook.REPAIR_RULES` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.audit import reallocation_rules as checks
from portfolio.model.audit.play import Breach
from portfolio.model.audit.reallocation_facts import (
    RepairFacts,
    may_shift,
    may_stretch,
    repair_facts,
)
from portfolio.model.items import Kind
from portfolio.model.money import LARGEST_WAN, Wan
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
    return tuple(breach for check in CHECKS.values() for breach in check(facts))


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


def _breaches(facts: RepairFacts, code: str, excess: Wan, axes: str) -> Iterator[Breach]:
    """One breach for each positive cell of an array whose axes are named y, c, i and g."""
    portfolio = facts.case.portfolio
    words: dict[str, Callable[[int], str]] = {
        "y": lambda year: f"{portfolio.calendar.first_year + year} 年",
        "c": lambda channel: portfolio.channels[channel].name,
        "i": lambda item: portfolio.items[item].label,
        "g": lambda gate: (
            f"{portfolio.items[facts.gates[gate].succ].label} 前置条件 {facts.gates[gate].id}"
        ),
    }
    for cell in np.argwhere(excess > 0):
        where = " ".join(words[axis](int(at)) for axis, at in zip(axes, cell, strict=True))
        yield Breach(code=code, where=where, amount=int(excess[tuple(cell)]))


def voted_envelope(facts: RepairFacts) -> Iterator[Breach]:
    """A year's 统筹 money stays within the voted envelope of its channel."""
    yield from _breaches(facts, "voted_envelope", checks.over_envelope(facts), "yc")


def channel_share(facts: RepairFacts) -> Iterator[Breach]:
    """统筹 money goes only where the channel may go, up to its share; no money is negative."""
    yield from _breaches(facts, "channel_share", checks.not_eligible(facts), "yci")
    yield from _breaches(facts, "channel_share", checks.over_share(facts), "ci")
    yield from _breaches(facts, "channel_share", -facts.plan_wan, "yci")


def own_money(facts: RepairFacts) -> Iterator[Breach]:
    """Own and earmarked money stays with its item and comes when it comes."""
    yield from _breaches(facts, "own_money", checks.own_moved(facts), "yci")


def loans_with_capital(facts: RepairFacts) -> Iterator[Breach]:
    """Loans are not ahead of the capital they follow, nor more than planned."""
    yield from _breaches(facts, "loans_with_capital", checks.loans_ahead(facts), "yci")
    yield from _breaches(facts, "loans_with_capital", checks.loans_over_plan(facts), "ci")


def signed_contracts(facts: RepairFacts) -> Iterator[Breach]:
    """What is signed is paid."""
    yield from _breaches(facts, "signed_contracts", checks.contracts_unpaid(facts), "yi")


def yearly_cap(facts: RepairFacts) -> Iterator[Breach]:
    """No item does more in a year than it can."""
    yield from _breaches(facts, "yearly_cap", checks.over_capacity(facts), "yi")


def no_stop_start(facts: RepairFacts) -> Iterator[Breach]:
    """No item under way is left without money."""
    yield from _breaches(facts, "no_stop_start", checks.stopped_short(facts), "yi")


def gate_by_year(facts: RepairFacts) -> Iterator[Breach]:
    """While a gate is closed its successor stays within its room."""
    yield from _breaches(facts, "gate_by_year", checks.past_gates(facts), "yg")


def capital_ratio(facts: RepairFacts) -> Iterator[Breach]:
    """Every item keeps its least share of capital."""
    yield from _breaches(facts, "capital_ratio", checks.capital_missing(facts), "i")


def livelihood_floor(facts: RepairFacts) -> Iterator[Breach]:
    """Livelihood items keep their part in every year."""
    yield from _breaches(facts, "livelihood_floor", checks.livelihood_cut(facts), "yi")


def adjusted_total(facts: RepairFacts) -> Iterator[Breach]:
    """No item gets more than its total; a cell no portfolio could hold would upset the sums."""
    yield from _breaches(facts, "adjusted_total", checks.over_total(facts), "i")
    yield from _breaches(facts, "adjusted_total", facts.plan_wan - LARGEST_WAN, "yci")


def past_years(facts: RepairFacts) -> Iterator[Breach]:
    """What is past stays as it was."""
    yield from _breaches(facts, "past_years", checks.past_changed(facts), "yci")


def approval_in_time(facts: RepairFacts) -> Iterator[Breach]:
    """In a running year only channels whose approval still comes in time get more."""
    from portfolio.model.rules.approval import approval_path, in_time

    case, year = facts.case, facts.case.first_year
    if not case.year_is_running or year >= len(facts.plan_wan):
        return
    over = np.zeros_like(facts.plan_wan)
    over[year] = facts.plan_wan[year] - np.maximum(facts.baseline_wan[year], case.past_wan[year])
    for c, channel in enumerate(case.portfolio.channels):
        path = approval_path(
            case.calendar,
            channel_id=channel.id,
            channel_group=channel.group,
            year=case.calendar.first_year + year,
            asof_quarter=case.asof_quarter,
            increase=True,
            from_reserve=True,
            livelihood=False,
        )
        if channel.kind is not Kind.POOLED or in_time(
            path, case.calendar, case.calendar.first_year + year
        ):
            over[:, c] = 0
    yield from _breaches(facts, "approval_in_time", over, "yci")


def shocked_clock(facts: RepairFacts) -> Iterator[Breach]:
    """Money can't make up for time the shock took."""
    yield from _breaches(facts, "shocked_clock", checks.faster_than_shock(facts), "yi")


def start_year(facts: RepairFacts) -> Iterator[Breach]:
    """A start moves by whole years, never ahead of the shock's and by three years at most."""
    if not facts.case.reschedule:
        return
    first = _first_year(facts.plan_wan)
    earliest = _first_year(facts.case.reference_wan)
    late = first - earliest - LARGEST_SHIFT_YEARS
    off = np.where(first < earliest, earliest - first, np.where(_waits(facts, first), late, 0))
    off = np.where(may_shift(facts.case), off, 0)
    yield from _breaches(facts, "start_year", off, "i")


def _waits(facts: RepairFacts, first: Wan) -> Mask:
    """Items that could go on with the latest start and have no money yet, against their rules.

    A gate closed in its years leaves an item without money lawfully, however late it is.
    """
    latest = _shifted(replace(facts, reference_wan=facts.case.reference_wan), LARGEST_SHIFT_YEARS)
    years = np.arange(len(facts.plan_wan))[:, None]
    waits = ((checks.stopped_short(latest) > 0) & (years < first)).any(axis=0)
    return np.asarray(waits & (_excess_by_item(facts) > 0))


#: The check of each rule, in the rulebook's order.
CHECKS: Mapping[str, Callable[[RepairFacts], Iterator[Breach]]] = {
    "voted_envelope": voted_envelope,
    "channel_share": channel_share,
    "own_money": own_money,
    "loans_with_capital": loans_with_capital,
    "signed_contracts": signed_contracts,
    "yearly_cap": yearly_cap,
    "no_stop_start": no_stop_start,
    "gate_by_year": gate_by_year,
    "capital_ratio": capital_ratio,
    "livelihood_floor": livelihood_floor,
    "adjusted_total": adjusted_total,
    "past_years": past_years,
    "approval_in_time": approval_in_time,
    "shocked_clock": shocked_clock,
    "start_year": start_year,
}
