"""Checks of a year's allotment: need, envelope, own money, who is served first, rationed credit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.audit.play import Breach, Facts, breaches, clock_after
from portfolio.model.items import Kind
from portfolio.model.quarters import PLAY_YEARS


def need(facts: Facts) -> Iterator[Breach]:
    """Need = planned at the year's end if the clock moves on, less drawn, less carried over."""
    conditions, outcome, begun = facts.portfolio.conditions, facts.outcome, facts.begun
    for year in range(begun.quarter // 4, _last_year(facts) + 1):
        opens = year == begun.quarter // 4
        moved = facts.moved if opens else outcome.moved_bps[4 * year - 1]
        drawn = np.zeros_like(facts.cost) if opens else facts.cum_credited[4 * year - 1]
        wanted = facts.planned_at(clock_after(facts, moved, year, 4)) - drawn
        carried = outcome.carried_in_wan[year] - (begun.used_wan if opens else 0)
        told = outcome.need_wan[year] - (begun.spent_wan if opens else 0)
        if conditions.substitution:  # carried by purpose is not told: only its sum over 统筹 is
            pooled = facts.portfolio.of_kind(Kind.POOLED)
            own = np.where(pooled[:, None], 0, carried)
            off = np.abs(told - np.maximum(wanted - own, 0))
            off = np.where((pooled | facts.unaccounted(year))[:, None], 0, off)
            most = np.where(pooled[:, None], told - np.maximum(wanted, 0), 0)
            yield from breaches(facts, "need", np.maximum(off, most)[None], "yci", since=year)
            continue
        off = np.abs(told - np.maximum(wanted - carried, 0))
        off = np.where(facts.unaccounted(year)[:, None], 0, off)
        yield from breaches(facts, "need", off[None], "yci", since=year)


def envelope(facts: Facts) -> Iterator[Breach]:
    """统筹: envelope = allotted + lapsed. Every envelope is the portfolio's, nothing lapses twice."""
    outcome, portfolio = facts.outcome, facts.portfolio
    pooled = portfolio.of_kind(Kind.POOLED)
    owned = portfolio.of_kind(Kind.EARMARKED, Kind.OWN)
    money = np.where(
        pooled, portfolio.envelopes.pooled_wan, portfolio.envelopes.own_wan.sum(axis=2)
    )
    opens, spent = facts.begun.quarter // 4, facts.begun.spent_wan
    there = money.copy()
    there[opens] = np.maximum(money[opens], spent.sum(axis=1))
    off = np.abs(there - outcome.allotted_wan.sum(axis=2) - outcome.lapsed_wan) * pooled
    off[:opens] = 0
    off += np.abs(money - outcome.envelope_wan) * (pooled | owned)
    yield from breaches(facts, "envelope", off, "yc")
    yield from breaches(facts, "envelope", -outcome.lapsed_wan, "yc")


def own_follows(facts: Facts) -> Iterator[Breach]:
    """Own money: envelope + followed in = allotted + follows on + lapsed, item by item.

    What follows on is the ask and what came in, less what was allotted, until the item is paid.
    """
    o, envelopes, opens = facts.outcome, facts.portfolio.envelopes, facts.begun.quarter // 4
    owned = facts.portfolio.of_kind(Kind.EARMARKED, Kind.OWN)[:, None]
    played = np.arange(PLAY_YEARS)[:, None] >= opens
    # In the year after it is paid nothing follows any more; an item without money owes nothing.
    paid = np.where(facts.begun.paid, -1, facts.paid)
    owing = (paid >= 4 * np.arange(PLAY_YEARS)[:, None]) & (facts.plan > 0) & played
    unused = np.maximum(o.follows_in_wan + envelopes.own_ask_wan - o.allotted_wan, 0)
    expected = np.where(owned & owing[:, None, :], unused, 0)
    yield from breaches(facts, "own_follows", np.abs(o.follows_out_wan - expected), "yci")
    came = np.concatenate([np.zeros_like(expected[:1]), o.follows_out_wan[:-1]])
    yield from breaches(facts, "own_follows", np.abs(o.follows_in_wan - came), "yci")
    there = np.where(owned, envelopes.own_wan + o.follows_in_wan, 0)
    there[opens] = np.where(owned, np.maximum(there[opens], facts.begun.spent_wan), 0)
    over = np.where(owned, o.allotted_wan - there, 0)
    yield from breaches(facts, "own_follows", over, "yci")
    rest = (there - np.where(owned, o.allotted_wan, 0) - o.follows_out_wan).sum(axis=2)
    off = np.where(owned[:, 0] & played, np.abs(rest - o.lapsed_wan), 0)
    yield from breaches(facts, "own_follows", off, "yc")


def allotment(facts: Facts) -> Iterator[Breach]:
    """统筹: class by class, pro rata or in order, nothing lapses that is needed.

    上级指定 and 专属: the smaller of need and own envelope with what follows. A channel's own part is what it served
    less what substitutes paid of it.
    """
    portfolio, outcome = facts.portfolio, facts.outcome
    own, opens = outcome.served_wan - outcome.replaced_wan, facts.begun.quarter // 4
    for year in range(opens, _last_year(facts) + 1):
        for c, channel in enumerate(portfolio.channels):
            spent = facts.begun.spent_wan[c] * (year == opens)
            wants = outcome.need_wan[year, c] - spent
            if channel.kind is Kind.POOLED:
                money = max(int(portfolio.envelopes.pooled_wan[year, c]) - int(spent.sum()), 0)
                due = _served(facts, money, [int(want) for want in wants])
            elif channel.kind is Kind.CREDIT:
                continue
            else:
                there = portfolio.envelopes.own_wan[year, c] + outcome.follows_in_wan[year, c]
                there = np.maximum(there - spent, 0)
                due = np.minimum(wants, there)
            off = np.zeros_like(own[:1])
            off[0, c] = np.abs(own[year, c] - spent - due)
            yield from breaches(facts, "allotment", off, "yci", since=year)


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
    due, opens = outcome.need_wan * factor // 10_000, facts.begun.quarter // 4
    due[opens] = np.maximum(due[opens], facts.begun.spent_wan)
    off = np.abs(outcome.allotted_wan - due)
    off[:opens] = 0
    used = np.arange(PLAY_YEARS) <= _last_year(facts)
    rationed = facts.rationed & used[:, None]
    yield from breaches(facts, "credit", np.where(rationed[:, :, None], off, 0), "yci")


def _last_year(facts: Facts) -> int:
    """Last year in which something is left to do: after it engines need not play on."""
    paid = [int(q) for first, q in zip(facts.first, facts.paid, strict=True) if first is not None]
    return min(max(paid, default=0) // 4, PLAY_YEARS - 1)
