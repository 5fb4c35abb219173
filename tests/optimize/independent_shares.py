"""The rules on what pays an item in a year a second time, from their wording; money in 亿元.

Shares are whole basis points: a most is rounded up, a least down.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import numpy as np

from portfolio.model.items import Kind
from portfolio.model.reallocation.case import RepairCase
from tests.optimize.independent_program import Linear, number, plus

YEARS = 15
WHOLE = 10_000
DEBT = "财政性债务"


class Shares:
    """Bounds of a case, cell by cell in whole 万元 and fractions; None where there is none."""

    def __init__(self, case: RepairCase, may_have: np.ndarray) -> None:
        self.case, self.portfolio, self.may_have = case, case.portfolio, may_have
        self.first = case.first_year
        self.plan = self.portfolio.plan_wan
        self.settings = case.settings
        kinds = [c.kind for c in self.portfolio.channels]
        self.city = [c for c, kind in enumerate(kinds) if kind is Kind.POOLED]
        self.own = [c for c, kind in enumerate(kinds) if kind in (Kind.OWN, Kind.EARMARKED)]
        self.bonds = [c for c in self.city if self.portfolio.channels[c].group == DEBT]

    def left(self, money: np.ndarray, y: int, i: int) -> list[int]:
        """What is not past of an item-year, by channel."""
        return [max(0, int(m) - int(p)) for m, p in zip(money[y, :, i], self.case.past_wan[y, :, i], strict=True)]  # fmt: skip

    def basis(self, y: int, i: int) -> list[int]:
        """The plan's money of the item-year, else of all years left, else of all."""
        there = [c for c in self.city if self.may_have[y, c, i]]
        left = [self.left(self.plan, v, i) for v in range(self.first, YEARS)]
        ever = [[int(m) for m in self.plan[:, :, i].sum(axis=0)]]
        for years in ([self.left(self.plan, y, i)], left, ever):
            summed = [sum(parts) for parts in zip(*years, strict=True)]
            if any(summed[c] for c in there):
                return summed
        return summed

    def part_there(self, y: int, c: int) -> int:
        """Basis points of what comes that the envelope of a channel pays."""
        envelopes = self.portfolio.envelopes
        scale = self.portfolio.conditions.cost_bps * self.portfolio.conditions.volume_bps // WHOLE
        asked = spent = 0
        for i in range(len(self.portfolio.items)):
            asked += self.left(self.case.reference_wan, y, i)[c] * int(scale[i]) // WHOLE
            if y == self.first:
                spent += int(self.case.past_wan[y, c, i]) * int(scale[i]) // WHOLE
        voted = int(envelopes.pooled_ask_wan[y, c] + envelopes.pooled_reserve_wan[y, c])
        room = max(0, voted - spent)
        part = WHOLE if room >= asked else room * WHOLE // asked
        return part if 2 * part >= WHOLE else 0  # less than half: as good as gone

    def lawful(self, y: int, i: int) -> list[tuple[dict[int, int], int]]:
        """Money by city channel, and of the item's own: as planned, cut, and as cut comes."""
        basis, comes = self.basis(y, i), self.left(self.case.reference_wan, y, i)
        there = [c for c in self.city if self.may_have[y, c, i]]
        cuts = {c: self.part_there(y, c) for c in there}
        own = [sum(money[c] for c in self.own) for money in (basis, comes)]
        return [
            ({c: basis[c] for c in there}, own[0]),
            ({c: basis[c] * cuts[c] // WHOLE for c in there}, own[0]),
            ({c: comes[c] * cuts[c] // WHOLE for c in there}, own[1]),
        ]

    def of_all(self, y: int, c: int, i: int) -> int:
        """The largest lawful share of all money but loans."""
        shares = [0]
        for city, own in self.lawful(y, i):
            if whole := sum(city.values()) + own:
                shares.append(ceil(Fraction(city[c] * WHOLE, whole)))
        return max(shares)

    def of_city(self, y: int, c: int, i: int) -> list[Fraction]:
        return [
            Fraction(city[c] * WHOLE, sum(city.values()))
            for city, _ in self.lawful(y, i)
            if sum(city.values())
        ]

    def band(self, y: int, c: int, i: int) -> tuple[int, int]:
        """Most and least of the city's money, around the plan's share of it and what a cut leaves."""
        band, basis = self.settings.yearly_band_bps, self.basis(y, i)
        city = sum(basis[k] for k in self.city if self.may_have[y, k, i])
        if band >= WHOLE or not city:
            return WHOLE, 0
        lawful = self.of_city(y, c, i)
        most, least = ceil(max(lawful) + band), floor(max(0, min(lawful) - band))
        if c in self.bonds and self.portfolio.items[i].bond_use in ("否", "打包"):
            least = 0
        return min(most, WHOLE), least

    def keeps(self, y: int, c: int, i: int) -> float:
        """Least of a channel that is cut (亿元): in proportion, less the band of what would come."""
        part, item = self.part_there(y, c), self.portfolio.items[i]
        waits = self.case.reschedule and "民生" not in item.tags
        if part >= WHOLE or waits or (c in self.bonds and item.bond_use == "否"):
            return 0.0
        comes = self.left(self.case.reference_wan, y, i)
        city = sum(comes[k] for k in self.city if self.may_have[y, k, i])
        keeps = (comes[c] * part - self.settings.yearly_band_bps * city) // WHOLE
        return max(0, min(keeps, self.left(self.plan, y, i)[c])) / WHOLE

    def ceiling(self, y: int, c: int, i: int, max_share: int) -> int:
        """Most of all but loans: the channel's ceiling on the year as planned."""
        basis = self.basis(y, i)
        own = sum(basis[k] for k in self.own)
        but_loans = sum(basis[k] for k in self.city if self.may_have[y, k, i]) + own
        if self.settings.yearly_band_bps >= WHOLE or not but_loans:
            return WHOLE
        allowed = ceil(Fraction(max_share * sum(basis), but_loans))
        return min(WHOLE, max(allowed, self.of_all(y, c, i)))


def lay_shares(repair) -> None:
    """The rows of all three rules on a program of a repair."""
    shape = repair.base.shape
    may_have = np.zeros(shape, dtype=bool)
    for y in repair.adjustable:
        for c in repair.of_kind(Kind.POOLED):
            for i in range(repair.n_i):
                may_have[y, c, i] = repair._eligible(y, c, i)
    shares = Shares(repair.case, may_have)
    for y, c, i in np.argwhere(may_have).tolist():
        city = plus(*((1, _left(repair, y, k, i)) for k in shares.city))
        owned = plus(*((1, _left(repair, y, k, i)) for k in shares.own))
        mine, in_all = _left(repair, y, c, i), plus((1, city), (1, owned))
        most, least = shares.band(y, c, i)
        if most < WHOLE:
            repair.program.at_most(mine, plus((most / WHOLE, city)))
        repair.program.at_most(plus((least / WHOLE, city)), mine)
        if (ceiling := shares.ceiling(y, c, i, repair._most(c, i))) < WHOLE:
            repair.program.at_most(mine, plus((ceiling / WHOLE, in_all)))
        if kept := shares.keeps(y, c, i):
            gates = [opened for succ, year, opened in repair.open if (succ, year) == (i, y)]
            closed = plus(*(part for o in gates for part in ((1, number(1)), (-1, o))))
            repair.program.at_most(plus((1, number(kept)), (-kept, closed)), mine)
        if c in shares.bonds:
            _lay_bonds(repair, shares, (y, c, i), in_all)


def _left(repair, y: int, c: int, i: int) -> Linear:
    form, past = repair.money[y][c][i], float(repair.past[y, c, i])
    if all(column == -1 for column in form):
        return number(max(0.0, form.get(-1, 0.0) - past))
    return plus((1, form), (-1, number(past)))


def _lay_bonds(repair, shares: Shares, cell, in_all: Linear) -> None:
    y, c, i = cell
    item, mine = repair.items[i], _left(repair, y, c, i)
    kept = (repair.base, repair.ref, repair.past)
    if item.bond_use == "否":
        most = max(float(money[cell]) for money in kept)
        repair.program.at_most(repair.money[y][c][i], number(most))
    if item.bond_use == "打包" or (item.bond_use == "部分" and y == YEARS - 1):
        upto = max(float(money[: y + 1, c, i].sum()) for money in kept)
        repair.program.at_most(repair._cum(c, i, y), number(upto))
    if item.bond_use == "部分" and (part := shares.of_all(y, c, i)) < WHOLE:
        repair.program.at_most(mine, plus((part / WHOLE, in_all)))
    if "民生" in item.tags and not shares.settings.livelihood_debt:
        upto = max(float(money[: y + 1, c, i].sum()) for money in kept)
        repair.program.at_most(repair._cum(c, i, y), number(upto))
