"""Checks of the year's allotment: need, envelope, who is served first, rationed credit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.audit_checks import Breach, breaches
from portfolio.model.audit_facts import Facts
from portfolio.model.items import Kind
from portfolio.model.quarters import PLAY_YEARS


def need(facts: Facts) -> Iterator[Breach]:
    """Need = planned at the year's end if the clock moves on, less drawn, less carried over."""
    conditions, outcome = facts.portfolio.conditions, facts.outcome
    starts = np.array([100 if q is None else q for q in facts.first])
    starts = starts + conditions.start_delay_quarters
    for year in range(_last_year(facts) + 1):
        moved = outcome.moved_bps[4 * year - 1] if year else np.zeros_like(starts)
        left = np.array([max(0, min(4, 4 * year + 4 - int(q))) for q in starts])
        drawn = facts.cum_credited[4 * year - 1] if year else np.zeros_like(facts.cost)
        wanted = facts.planned_at(moved + 10_000 * left) - drawn
        carried = outcome.carried_in_wan[year]
        if conditions.substitution:  # carried by purpose is not told: only its sum over 统筹 is
            pooled = facts.portfolio.of_kind(Kind.POOLED)
            own = np.where(pooled[:, None], 0, carried)
            off = np.abs(outcome.need_wan[year] - np.maximum(wanted - own, 0))
            off = np.where((pooled | facts.unaccounted(year))[:, None], 0, off)
            most = np.where(pooled[:, None], outcome.need_wan[year] - np.maximum(wanted, 0), 0)
            yield from breaches(facts, "need", np.maximum(off, most), "ci")
            continue
        off = np.abs(outcome.need_wan[year] - np.maximum(wanted - carried, 0))
        off = np.where(facts.unaccounted(year)[:, None], 0, off)
        yield from breaches(facts, "need", off, "ci")


def envelope(facts: Facts) -> Iterator[Breach]:
    """Envelope = allotted + lapsed; nobody gets more of an own envelope than it holds."""
    outcome, portfolio = facts.outcome, facts.portfolio
    pooled = portfolio.of_kind(Kind.POOLED)
    owned = portfolio.of_kind(Kind.EARMARKED, Kind.OWN)
    money = np.where(
        pooled, portfolio.envelopes.pooled_wan, portfolio.envelopes.own_wan.sum(axis=2)
    )
    off = np.abs(money - outcome.allotted_wan.sum(axis=2) - outcome.lapsed_wan)
    off += np.abs(money - outcome.envelope_wan)
    yield from breaches(facts, "envelope", np.where(pooled | owned, off, 0), "yc")
    yield from breaches(facts, "envelope", -outcome.lapsed_wan, "yc")
    over = outcome.allotted_wan - portfolio.envelopes.own_wan
    yield from breaches(facts, "envelope", np.where(owned[:, None], over, 0), "yci")


def allotment(facts: Facts) -> Iterator[Breach]:
    """统筹: class by class, pro rata or in order, nothing lapses that is needed.

    上级指定 and 专属: the smaller of need and own envelope. A channel's own part is what it served
    less what substitutes paid of it.
    """
    portfolio, outcome = facts.portfolio, facts.outcome
    own = outcome.served_wan - outcome.replaced_wan
    for year in range(_last_year(facts) + 1):
        for c, channel in enumerate(portfolio.channels):
            wants = outcome.need_wan[year, c]
            if channel.kind is Kind.POOLED:
                money = int(portfolio.envelopes.pooled_wan[year, c])
                due = _served(facts, money, [int(want) for want in wants])
            elif channel.kind is Kind.CREDIT:
                continue
            else:
                due = np.minimum(wants, portfolio.envelopes.own_wan[year, c])
            off = np.zeros_like(own[:1])
            off[0, c] = np.abs(own[year, c] - due)
            yield from breaches(facts, "allotment", off, "yci")


def _served(facts: Facts, money: int, wants: list[int]) -> Ints:
    due = [0] * len(wants)
    for level in sorted({item.priority for item in facts.portfolio.items}):
        group = [i for i, item in enumerate(facts.portfolio.items) if item.priority == level]
        asked, running, paid = sum(wants[i] for i in group), 0, 0
        there = min(money, asked)
        for i in group:
            running += wants[i]
            in_order = facts.portfolio.conditions.in_order
            until = min(running, there) if in_order else running * there // max(asked, 1)
            due[i], paid = until - paid, until
        money -= there
    return np.array(due, dtype=np.int64)


def credit(facts: Facts) -> Iterator[Breach]:
    """Rationed 随资本金: allotted = need × credit factor."""
    outcome = facts.outcome
    factor = np.minimum(facts.portfolio.conditions.credit_bps, 10_000)[:, :, None]
    off = np.abs(outcome.allotted_wan - outcome.need_wan * factor // 10_000)
    used = np.arange(PLAY_YEARS) <= _last_year(facts)
    rationed = facts.rationed & used[:, None]
    yield from breaches(facts, "credit", np.where(rationed[:, :, None], off, 0), "yci")


def _last_year(facts: Facts) -> int:
    """Last year in which something is left to do: after it engines need not play on."""
    finishes = [
        finish
        for first, finish in zip(facts.first, facts.outcome.finish, strict=True)
        if first is not None
    ]
    if any(finish is None for finish in finishes):
        return PLAY_YEARS - 1
    return max((finish // 4 for finish in finishes if finish is not None), default=0)
