"""How far a repair may change what pays an item in a year: bounds in basis points and whole 万元.

The band counts on what the city allots: a channel's share of an item-year's 统筹 money. Ceilings and
special bonds count on the year's money other than loans (those follow capital). Of a begun year it
is what is left of it. A share counts from the plan's own share of the item-year or, where no 统筹
money is planned in it (works moved later), of all that is left of the item's plan, else of its whole
plan. What the shock alone does to the shares is always lawful: the plan, and what comes under the
shock, with each 统筹 channel cut in proportion to its envelope. And where a channel is cut, each item
bears of it at most its proportion and the band's part of its 统筹 money; nothing has to be raised.
Upper bounds are rounded up to a basis point, lower ones down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.items import LIVELIHOOD, BondUse
from portfolio.model.money import BPS, LARGEST_WAN, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.result import Grandfathered
from portfolio.model.rules.approval import is_bonds
from portfolio.model.rules.parameters import Limits

#: A channel cut to less of what was to come is as good as gone for the shares a cut leaves.
LEAST_CUT_BPS = BPS // 2
#: Shares hold but for this much (万元), which whole 万元 need.
SHARE_ROUNDING_WAN = 2


@dataclass(frozen=True, kw_only=True)
class ShareBounds:
    """Bounds of 统筹 cells: [15 years, channel, item]; the year's money is what is not past.

    most_bps : of the item-year's 统筹 money; 10,000 bounds nothing
    least_bps : of the item-year's 统筹 money; 0 bounds nothing
    ceiling_bps : of the item-year's money other than loans; 10,000 bounds nothing
    bonds_bps : as `ceiling_bps`, of special bonds of items that may carry them in part
    shared_wan : least money that is not past; 0 bounds nothing
    bonds_wan, bonds_upto_wan : most special bonds in a year, and up to its end since the first
        year; `LARGEST_WAN` bounds nothing
    debt_upto_wan : as `bonds_upto_wan`, of items of 民生 that turn no budget into debt
    """

    most_bps: Ints
    least_bps: Ints
    ceiling_bps: Ints
    bonds_bps: Ints
    shared_wan: Wan
    bonds_wan: Wan
    bonds_upto_wan: Wan
    debt_upto_wan: Wan


@dataclass(frozen=True, kw_only=True)
class _Mix:
    """What pays an item-year: 统筹 money by channel, their sum, and all but loans."""

    channel_wan: Wan
    pooled_wan: Wan
    all_wan: Wan


def share_bounds(case: RepairCase, limits: Limits, open_: Mask) -> ShareBounds:
    """Derive the bounds from a case; `open_` marks the 统筹 cells that may hold money."""
    basis, whole = _basis(case, limits, open_)
    cuts = _cut_bps(case, limits)
    comes = _mix(_left(case, case.reference_wan), limits, open_)
    mixes = (basis, _cut(basis, cuts), _cut(comes, cuts))
    shape, band = open_.shape, case.settings.yearly_band_bps
    most, least = np.full(shape, BPS, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    ceiling = most
    lawful_bps = np.max([_up(m.channel_wan * BPS, m.all_wan[:, None]) for m in mixes], axis=0)
    if band < BPS:
        most, least = _band(mixes, band)
        ceiling = np.maximum(_ceiling(limits, basis, whole), lawful_bps)
    bonds, used = _bonds(case), _uses(case)
    part = bonds[:, None] & (used == BondUse.PART)[None]
    none_asked = bonds[:, None] & np.isin(used, (BondUse.BUNDLED, BondUse.NOT))[None]
    kept = bonds[:, None] & _tagged(case)[None] & (not case.settings.livelihood_debt)
    own_years, as_planned = _planned_bonds(case)
    not_lawful, bundled = _by_use(case, bonds, used)
    last = (np.arange(PLAN_YEARS) == PLAN_YEARS - 1)[:, None, None]
    found = ShareBounds(
        most_bps=np.minimum(most, BPS),
        least_bps=np.where(none_asked, 0, least),
        ceiling_bps=np.minimum(ceiling, BPS),
        bonds_bps=np.where(part, np.minimum(lawful_bps, BPS), BPS),
        shared_wan=_shared(case, comes, cuts, bonds[:, None] & (used == BondUse.NOT)[None]),
        bonds_wan=np.where(not_lawful, own_years, LARGEST_WAN),
        bonds_upto_wan=np.where(bundled | (part & last), as_planned, LARGEST_WAN),
        debt_upto_wan=np.where(kept, as_planned, LARGEST_WAN),
    )
    return _over_years(case, found, open_) if case.reschedule else found


def bonds_as_planned(case: RepairCase) -> tuple[Grandfathered, ...]:
    """Special bonds the plan still has for items that are 否 or 打包: what stands may stay."""
    left = _left(case, case.portfolio.plan_wan)[:, _bonds(case)].sum(axis=(0, 1))
    return tuple(
        Grandfathered(
            rule="bonds_where_lawful",
            where=f"{item.label}（可否专项债：{item.bond_use}）",
            year=None,
            beyond_wan=int(money),
        )
        for item, money in zip(case.portfolio.items, left, strict=True)
        if item.bond_use in (BondUse.NOT, BondUse.BUNDLED) and money > 0
    )


def _left(case: RepairCase, money_wan: Wan) -> Wan:
    """Money that is not past, 0 before the first year that can be adjusted."""
    left = np.maximum(money_wan[:PLAN_YEARS] - case.past_wan, 0)
    left[: case.first_year] = 0
    return np.asarray(left)


def _mix(left_wan: Wan, limits: Limits, open_: Mask) -> _Mix:
    channel = np.where(open_, left_wan, 0)
    owned = np.where(limits.owned[None, :, None], left_wan, 0).sum(axis=1)
    pooled = channel.sum(axis=1)
    return _Mix(channel_wan=channel, pooled_wan=pooled, all_wan=pooled + owned)


def _basis(case: RepairCase, limits: Limits, open_: Mask) -> tuple[_Mix, Wan]:
    """The plan's own money of each item-year, or of all its years; and that with loans."""
    plan = case.portfolio.plan_wan[:PLAN_YEARS]
    left = _left(case, plan)
    for wider in (left.sum(axis=0), plan.sum(axis=0)):
        without = np.where(open_, left, 0).sum(axis=1) == 0
        left = np.where(without[:, None], wider[None], left)
    return _mix(left, limits, open_), left.sum(axis=1)


def _cut_bps(case: RepairCase, limits: Limits) -> Ints:
    """Part of what comes that each channel's envelope pays in a year: [year, channel].

    A channel that pays less than `LEAST_CUT_BPS` of it counts as gone: it can't be shared out.
    """
    asked = (_left(case, case.reference_wan) * limits.scale_bps // BPS).sum(axis=2)
    spent = np.where(np.arange(PLAN_YEARS)[:, None, None] == case.first_year, case.past_wan, 0)
    spent = (spent * limits.scale_bps // BPS).sum(axis=2)
    there = np.maximum(limits.pooled_wan[:PLAN_YEARS] - spent, 0)
    part = there * BPS // np.maximum(asked, 1)
    return np.where(asked > there, np.where(part < LEAST_CUT_BPS, 0, part), BPS)


def _cut(mix: _Mix, cuts_bps: Ints) -> _Mix:
    channel = mix.channel_wan * cuts_bps[:, :, None] // BPS
    pooled = channel.sum(axis=1)
    owned = mix.all_wan - mix.pooled_wan
    return _Mix(channel_wan=channel, pooled_wan=pooled, all_wan=pooled + owned)


def _up(part: Wan, whole: Wan) -> Ints:
    """Part of a whole, rounded up; 0 of nothing."""
    return np.where(whole > 0, -(-part // np.maximum(whole, 1)), 0)


def _band(mixes: tuple[_Mix, ...], band: int) -> tuple[Ints, Ints]:
    """Bounds of every 统筹 channel's share of the city's money: the lawful shares and the band."""
    shape = mixes[0].channel_wan.shape
    most, least = np.zeros(shape, dtype=np.int64), np.full(shape, BPS, dtype=np.int64)
    for mix in mixes:
        pooled = mix.pooled_wan[:, None]
        most = np.maximum(most, _up(mix.channel_wan * BPS, pooled))
        share = mix.channel_wan * BPS // np.maximum(pooled, 1)
        least = np.where(pooled > 0, np.minimum(least, share), least)
    there = mixes[0].pooled_wan[:, None] > 0
    return np.where(there, most + band, BPS), np.where(there, np.maximum(least - band, 0), 0)


def _ceiling(limits: Limits, basis: _Mix, whole_wan: Wan) -> Ints:
    """上限份额 of an item-year's money, as a share of what isn't loans."""
    most = limits.substitute_most_bps[None] * whole_wan[:, None]
    return np.where(basis.all_wan[:, None] > 0, _up(most, basis.all_wan[:, None]), BPS)


def _shared(case: RepairCase, comes: _Mix, cuts_bps: Ints, free: Mask) -> Wan:
    """What an item keeps at least of a channel that is cut, of what would come; none where `free`.

    Never more than is planned: nothing has to be raised. Items that may move in time may wait for it.
    """
    cut, band = cuts_bps[:, :, None], case.settings.yearly_band_bps
    least = (comes.channel_wan * cut - band * comes.pooled_wan[:, None]) // BPS
    least = np.minimum(least, _left(case, case.portfolio.plan_wan))
    free = free | (case.reschedule & ~_tagged(case))[None]
    return np.where((cut < BPS) & ~free[None], np.maximum(least, 0), 0)


def _bonds(case: RepairCase) -> Mask:
    """Channels of special bonds: bool[channel]."""
    return np.array([is_bonds(c.id, c.group) for c in case.portfolio.channels])


def _uses(case: RepairCase) -> np.ndarray:
    return np.array([str(item.bond_use or "") for item in case.portfolio.items])


def _tagged(case: RepairCase) -> Mask:
    return np.array([LIVELIHOOD in item.tags for item in case.portfolio.items])


def _planned_bonds(case: RepairCase) -> tuple[Wan, Wan]:
    """What a cell has as planned, as it comes or as it came: by year, and cumulated."""
    every = (case.portfolio.plan_wan[:PLAN_YEARS], case.reference_wan, case.past_wan)
    return (
        np.maximum.reduce(every),
        np.maximum.reduce([np.cumsum(money, axis=0) for money in every]),
    )


def _by_use(case: RepairCase, bonds: Mask, used: np.ndarray) -> tuple[Mask, Mask]:
    """Cells bound by year (否), and cumulated (打包): bool[channel, item] each.

    Where start years move no single year says what is planned: those are bound cumulated.
    """
    not_lawful = bonds[:, None] & (used == BondUse.NOT)[None]
    bundled = bonds[:, None] & (used == BondUse.BUNDLED)[None]
    moves = not_lawful & ~_tagged(case)[None] & case.reschedule
    return not_lawful & ~moves, bundled | moves


def _over_years(case: RepairCase, bounds: ShareBounds, open_: Mask) -> ShareBounds:
    """Where start years may move too: the widest bounds of all years, for items that may."""
    moves = ~_tagged(case)
    years = slice(case.first_year, None)

    def widest(bps: Ints, pick: np.ufunc) -> Ints:
        if case.first_year >= PLAN_YEARS:
            return bps
        return np.where(moves, pick.reduce(bps[years], axis=0)[None], bps)

    return ShareBounds(
        most_bps=widest(np.where(open_, bounds.most_bps, 0), np.maximum),
        least_bps=widest(bounds.least_bps, np.minimum),
        ceiling_bps=widest(np.where(open_, bounds.ceiling_bps, 0), np.maximum),
        bonds_bps=widest(bounds.bonds_bps, np.maximum),
        shared_wan=bounds.shared_wan,
        bonds_wan=bounds.bonds_wan,
        bonds_upto_wan=bounds.bonds_upto_wan,
        debt_upto_wan=bounds.debt_upto_wan,
    )
