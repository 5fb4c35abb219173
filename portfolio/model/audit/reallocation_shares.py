"""How far a repaired plan goes beyond the rules on what pays an item in a year; positive is a breach.

Item-year by item-year in fractions, worked out from the case and the plan alone. A share is of what
is not past: in a begun year of what is left of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.audit.reallocation_facts import RepairFacts
from portfolio.model.audit.reallocation_rules import eligible, from_first_year
from portfolio.model.items import Kind
from portfolio.model.money import BPS, Wan
from portfolio.model.rules.approval import is_bonds

#: Whole 万元 may miss a share by this much.
ROUNDING_WAN = 2
#: Words of 可否专项债 under which an item gets fewer special bonds than it could.
NOT, BUNDLED, PART = "否", "打包", "部分"

Money = dict[int, int]  # 万元 by 统筹 channel


@dataclass(frozen=True, kw_only=True)
class _Shares:
    """Shares of an item-year's 统筹 channels that are lawful whatever is decided.

    of_all, of_city : of all money but loans, of the city's money; each in bps as planned, as the
        cut envelopes leave the plan, and as they leave what comes under the shock
    planned, city, but_loans, whole : the plan's money by channel, of the city, but for loans, in all
    """

    of_all: tuple[Callable[[int], Fraction], ...]
    of_city: tuple[Callable[[int], Fraction] | None, ...]
    planned: Money
    city: int
    but_loans: int
    whole: int


#: Of an item-year (channel, most, least) in bps.
_Bounds = Callable[[int, int, _Shares], Iterator[tuple[int, int, int]]]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Who may be paid by whom, and what is cut: [year, channel, item] and [year, channel]."""

    there: Mask
    plan: Wan
    comes: Wan
    cut_bps: Wan


def outside_band(facts: RepairFacts) -> Wan:
    """[year, channel, item] 统筹 money beyond the band around the plan's share, or short of it."""
    band = facts.case.settings.yearly_band_bps
    off = np.zeros_like(facts.plan_wan)
    if band >= BPS:
        return off
    bonds = _bonds(facts)

    def bounds(year: int, item: int, shares: _Shares) -> Iterator[tuple[int, int, int]]:
        lawful = [share for share in shares.of_city if share is not None]
        for c in shares.planned:
            most, least = BPS, 0
            if shares.city:
                most = math.ceil(max(share(c) for share in lawful) + band)
                least = max(math.floor(min(share(c) for share in lawful) - band), 0)
            if c in bonds and facts.portfolio.items[item].bond_use in (NOT, BUNDLED):
                least = 0
            yield c, min(most, BPS), least

    for year, item, widest in _bounds(facts, bounds):
        money, city, _ = _spent(facts, year, item)
        for c, (most, least) in widest.items():
            over = money[c] - most * city // BPS if most < BPS else 0
            short = -(-least * city // BPS) - money[c]
            off[year, c, item] = max(over, short) - ROUNDING_WAN
    return off


def above_yearly_ceiling(facts: RepairFacts) -> Wan:
    """[year, channel, item] money beyond 上限份额 of what is planned for the year, without loans."""
    if facts.case.settings.yearly_band_bps >= BPS:
        return np.zeros_like(facts.plan_wan)
    ceilings = {(s.channel_id, s.item_no): s.max_share_bps for s in facts.portfolio.shares}
    channels = facts.portfolio.channels

    def bounds(year: int, item: int, shares: _Shares) -> Iterator[tuple[int, int, int]]:
        for c in shares.planned:
            most = BPS
            if shares.but_loans:
                ceiling = ceilings.get((channels[c].id, facts.portfolio.items[item].no), 0)
                planned = Fraction(ceiling * shares.whole, shares.but_loans)
                most = math.ceil(max(planned, *(share(c) for share in shares.of_all)))
            yield c, min(most, BPS), 0

    return _beyond(facts, bounds)


def bears_too_much(facts: RepairFacts) -> Wan:
    """[year, channel, item] what an item lacks of a cut channel beyond its proportion and the band.

    No matter where a closed gate holds it, it may wait, or special bonds aren't lawful; nor has it
    to be given more than is planned.
    """
    asked, off = _asked(facts), np.zeros_like(facts.plan_wan)
    band, bonds = facts.case.settings.yearly_band_bps, _bonds(facts)
    city = np.flatnonzero(facts.of_kind(Kind.POOLED)).tolist()
    for year, item in np.ndindex(*facts.work_wan.shape):
        who = facts.portfolio.items[item]
        if facts.held[year, item] or (facts.case.reschedule and "民生" not in who.tags):
            continue
        comes = {c: int(asked.comes[year, c, item]) for c in city if asked.there[year, c, item]}
        for c, coming in comes.items():
            part = int(asked.cut_bps[year, c])
            if part < BPS and not (c in bonds and who.bond_use == NOT):
                keeps = Fraction(coming * part - band * sum(comes.values()), BPS)
                past = int(facts.case.past_wan[year, c, item])
                left, planned = (
                    max(0, int(money[year, c, item]) - past)
                    for money in (facts.plan_wan, facts.baseline_wan)
                )
                off[year, c, item] = max(0, min(math.floor(keeps), planned)) - left
    return off


def _beyond(facts: RepairFacts, bounds: _Bounds) -> Wan:
    """[year, channel, item] money beyond a share of all but loans."""
    off = np.zeros_like(facts.plan_wan)
    for year, item, widest in _bounds(facts, bounds):
        money, _, all_of_it = _spent(facts, year, item)
        for c, (most, _) in widest.items():
            if most < BPS:
                off[year, c, item] = money[c] - most * all_of_it // BPS - ROUNDING_WAN
    return off


def _bounds(
    facts: RepairFacts,
    bounds: _Bounds,
) -> Iterator[tuple[int, int, dict[int, tuple[int, int]]]]:
    """Each item-year with (most, least) by channel; of items that may move the widest of all years."""
    asked = _asked(facts)
    years = range(facts.case.first_year, len(facts.plan_wan))
    pays = _pays(facts)
    for item, who in enumerate(facts.portfolio.items):
        moves = facts.case.reschedule and "民生" not in who.tags
        found = {
            year: {c: (most, least) for c, most, least in bounds(year, item, shares)}
            for year in years
            if (moves or pays[year, item])
            and (shares := _shares(facts, asked, year, item)) is not None
        }
        if moves:
            found = _widest(found, len(years))
        for year, by_channel in found.items():
            yield year, item, by_channel


def _pays(facts: RepairFacts) -> Mask:
    """Item-years in which the city pays something that is not past: nothing has no shares."""
    left = (facts.plan_wan > facts.case.past_wan)[:, facts.of_kind(Kind.POOLED)]
    return np.asarray(left.any(axis=1))


def _widest(
    found: dict[int, dict[int, tuple[int, int]]], years: int
) -> dict[int, dict[int, tuple[int, int]]]:
    """The widest bounds of all years; a year in which a channel isn't there bounds nothing below."""
    channels = {c for by_channel in found.values() for c in by_channel}
    wide = {}
    for c in channels:
        told = [by_channel[c] for by_channel in found.values() if c in by_channel]
        least = min(low for _, low in told) if len(told) == years else 0
        wide[c] = (max(high for high, _ in told), least)
    return {year: {c: wide[c] for c in by_channel} for year, by_channel in found.items()}


def bonds_beyond_share(facts: RepairFacts) -> Wan:
    """[year, channel, item] special bonds beyond the plan's share of items that are 部分."""
    bonds = _bonds(facts)

    def bounds(year: int, item: int, shares: _Shares) -> Iterator[tuple[int, int, int]]:
        if facts.portfolio.items[item].bond_use == PART:
            for c in bonds & shares.planned.keys():
                yield c, math.ceil(max(share(c) for share in shares.of_all)), 0

    return _beyond(facts, bounds)


def bonds_not_lawful(facts: RepairFacts) -> Wan:
    """[year, channel, item] special bonds of items that are 否 beyond the year's own as planned."""
    kept = np.maximum(facts.baseline_wan, facts.case.reference_wan)
    off = facts.plan_wan - np.maximum(kept, facts.case.past_wan)
    none = [
        item.bond_use != NOT or (facts.case.reschedule and "民生" not in item.tags)
        for item in facts.portfolio.items
    ]
    off[:, :, none] = 0
    off[:, [c for c in range(off.shape[1]) if c not in _bonds(facts)]] = 0
    return from_first_year(facts, off)


def bonds_ahead(facts: RepairFacts) -> Wan:
    """[year, channel, item] special bonds cumulated beyond the plan's: 打包 ever, 部分 in all."""
    off = _bonds_beyond_plan(facts)
    for i, item in enumerate(facts.portfolio.items):
        moves = facts.case.reschedule and "民生" not in item.tags
        if item.bond_use == PART:
            off[:-1, :, i] = 0
        elif item.bond_use != BUNDLED and not (item.bond_use == NOT and moves):
            off[:, :, i] = 0
    return from_first_year(facts, off)


def turned_into_debt(facts: RepairFacts) -> Wan:
    """[year, channel, item] special bonds of 民生 cumulated beyond the plan's."""
    off = _bonds_beyond_plan(facts)
    tagged = np.array(["民生" in item.tags for item in facts.portfolio.items])
    off[:, :, ~tagged] = 0
    return from_first_year(facts, 0 * off if facts.case.settings.livelihood_debt else off)


def _bonds_beyond_plan(facts: RepairFacts) -> Wan:
    """[year, channel, item] special bonds cumulated beyond what is planned, comes, or came."""
    every = (facts.baseline_wan, facts.case.reference_wan, facts.case.past_wan)
    off = np.cumsum(facts.plan_wan, axis=0)
    off -= np.maximum.reduce([np.cumsum(money, axis=0) for money in every])
    off[:, [c for c in range(off.shape[1]) if c not in _bonds(facts)]] = 0
    return np.asarray(off, dtype=np.int64)


def _bonds(facts: RepairFacts) -> set[int]:
    """Positions of the channels of special bonds; all government debt in the list is of them."""
    return {
        c
        for c, channel in enumerate(facts.portfolio.channels)
        if is_bonds(channel.id, channel.group)
    }


def _spent(facts: RepairFacts, year: int, item: int) -> tuple[Money, int, int]:
    """What is not past of an item-year: 统筹 by channel, their sum, and all but loans."""
    money: Money = {}
    owned = 0
    for c, channel in enumerate(facts.portfolio.channels):
        left = max(0, int(facts.plan_wan[year, c, item] - facts.case.past_wan[year, c, item]))
        if channel.kind is Kind.POOLED:
            money[c] = left
        elif channel.kind is not Kind.CREDIT:
            owned += left
    return money, sum(money.values()), sum(money.values()) + owned


def _asked(facts: RepairFacts) -> _Asked:
    case = facts.case
    started = np.cumsum(case.reference_wan.sum(axis=1), axis=0) > 0
    there = eligible(facts, started) & facts.of_kind(Kind.POOLED)[None, :, None]
    plan, comes = (
        np.maximum(m - case.past_wan, 0) for m in (facts.baseline_wan, case.reference_wan)
    )
    plan[: case.first_year] = comes[: case.first_year] = 0
    envelopes, scale = facts.portfolio.envelopes, facts.portfolio.conditions.scale_bps
    voted = envelopes.pooled_ask_wan + envelopes.pooled_reserve_wan
    cut = np.full(plan.shape[:2], BPS, dtype=np.int64)
    for year, c in np.ndindex(*cut.shape):
        asked = int((comes[year, c] * scale // BPS).sum())
        spent = int((case.past_wan[year, c] * scale // BPS).sum()) if year == case.first_year else 0
        room = max(0, int(voted[year, c]) - spent)
        if asked > room:
            # A channel cut to less than half is as good as gone.
            part = room * BPS // asked
            cut[year, c] = part if 2 * part >= BPS else 0
    return _Asked(there=there, plan=plan, comes=comes, cut_bps=cut)


def _shares(facts: RepairFacts, asked: _Asked, year: int, item: int) -> _Shares | None:
    """The lawful shares of an item-year; None where no 统筹 channel is there."""
    there = np.flatnonzero(asked.there[year, :, item]).tolist()
    if not there:
        return None
    planned = _planned(facts, asked, year, item, there)
    city = {c: int(planned[c]) for c in there}
    own = facts.of_kind(Kind.OWN, Kind.EARMARKED)
    owned = int(planned[own].sum())
    comes = asked.comes[year, :, item]
    cuts = {c: int(asked.cut_bps[year, c]) for c in there}
    mixes = (
        (city, owned),
        ({c: city[c] * cuts[c] // BPS for c in there}, owned),
        ({c: int(comes[c]) * cuts[c] // BPS for c in there}, int(comes[own].sum())),
    )
    return _Shares(
        of_all=tuple(_share_of(money, sum(money.values()) + other) for money, other in mixes),
        of_city=tuple(
            _share_of(money, total) if (total := sum(money.values())) else None
            for money, _ in mixes
        ),
        planned=city,
        city=sum(city.values()),
        but_loans=sum(city.values()) + owned,
        whole=int(planned.sum()),
    )


def _planned(facts: RepairFacts, asked: _Asked, year: int, item: int, there: list[int]) -> Wan:
    """What the plan has of an item's channels: in the year, else in all years left, else in all."""
    every = asked.plan[:, :, item]
    for money in (every[year], every.sum(axis=0), facts.baseline_wan[:, :, item].sum(axis=0)):
        if money[there].any():
            break
    return np.asarray(money)


def _share_of(money: Money, whole: int) -> Callable[[int], Fraction]:
    """Basis points of a whole; none of nothing."""
    return lambda c: Fraction(money.get(c, 0) * BPS, whole) if whole else Fraction(0)
