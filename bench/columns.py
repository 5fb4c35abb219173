"""A trial, no product code: a large list's first goal by columns of its blocks (Dantzig and Wolfe 1960).

The large LP isn't solved at all. Prices of the linking rows, first those of the list of 58 items, give each
block's plan and with all of them a bound; a small LP mixes the plans found so far and tells new prices.
Gates are whole in each plan and not in a mix: what the mix is above the bound says how near prices can
come, not yet a plan.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.timing import show

if TYPE_CHECKING:
    from portfolio.model.arrays import Floats, Ints
    from portfolio.optimize.blocks import Parts
    from portfolio.optimize.ways.weighed import Laid

SHOCK = "自筹违约"
SIZES, QUICK_SIZES = (851, 3_000), (200,)
ROUNDS = 40
#: Part of the mix that it may be above the bound.
NEAR = 1e-3
#: From the best prices so far towards the newest.
STEP = 0.3
#: What it costs in a mix to break a linking row, 亿元 each: more than 缺口 does.
BROKEN = 20.0


@dataclass
class Mix:
    """The small LP: linking rows, and one for each block whose plans are mixed."""

    parts: Parts
    links: Ints
    highs: Any
    by_block: list[Any] = field(default_factory=list)

    @staticmethod
    def of(parts: Parts) -> Mix:
        """A mix of no plans yet: what stands in linking rows alone, and breaking them."""
        import highspy
        from scipy.sparse import csc_matrix

        matrix, links = parts.matrix, np.flatnonzero(parts.linking)
        place = np.full(len(matrix.rows), -1)
        place[links] = np.arange(len(links))
        of_links = parts.linking[matrix.row_of_entry]
        where = place[matrix.row_of_entry[of_links]], matrix.places[of_links]
        shape = len(links), len(matrix.columns)
        linking = csc_matrix((matrix.entries[of_links], where), shape=shape)
        mix = Mix(parts=parts, links=links, highs=highspy.Highs())
        mix.highs.silent()
        mix.by_block = [linking[:, columns] for columns, _ in parts.blocks]
        low, high = matrix.row_low[links], matrix.row_high[links]
        one, none = np.ones(len(parts.blocks)), np.zeros(0, dtype=np.int32)
        lows, highs = np.concatenate([low, one]), np.concatenate([high, one])
        mix.highs.addRows(
            len(lows), lows, highs, 0, np.zeros(len(lows), np.int32), none, none * 1.0
        )
        for at in parts.alone.tolist():
            column = linking[:, at]
            bounds = matrix.low[at], matrix.high[at]
            mix.add(matrix.costs[at], *bounds, column.indices, column.data)
        for row in range(len(links)):
            for bound, sign in ((low[row], 1.0), (high[row], -1.0)):
                if np.isfinite(bound):
                    mix.add(BROKEN, 0.0, np.inf, np.array([row]), np.array([sign]))
        return mix

    def add(self, cost: float, low: float, high: float, rows: Ints, entries: Floats) -> None:
        """Add a column."""
        self.highs.addCol(
            float(cost), float(low), float(high), len(rows), rows.astype(np.int32), entries
        )

    def add_plans(self, plans: list[Floats]) -> None:
        """Add a plan of every block."""
        for block, (plan, linking) in enumerate(zip(plans, self.by_block, strict=True)):
            brings = linking @ plan
            rows = np.flatnonzero(np.abs(brings) > 1e-12)
            cost = float(self.parts.matrix.costs[self.parts.blocks[block][0]] @ plan)
            own = len(self.links) + block
            self.add(cost, 0.0, np.inf, np.append(rows, own), np.append(brings[rows], 1.0))

    def solve(self) -> tuple[float, Floats]:
        """What the best mix comes to, and prices of all rows of the large model."""
        self.highs.run()
        prices = np.zeros(len(self.parts.matrix.rows))
        prices[self.links] = np.array(self.highs.getSolution().row_dual)[: len(self.links)]
        value = float(self.highs.getObjectiveValue()) + self.parts.matrix.offset
        return value, prices


def laid(items: int) -> tuple[Laid, Parts, dict[str, float]]:
    """A case's model with its first goal, taken apart; prices where it is small enough to relax."""
    from bench.repair import REAL, _case
    from portfolio.model.reallocation.parameters import derive_repair
    from portfolio.optimize.blocks import Parts
    from portfolio.optimize.rules import build
    from portfolio.optimize.warm_model import LoadedModel
    from portfolio.optimize.ways.weighed import Laid, goals_of

    case, _ = _case(items, SHOCK)
    found = Laid.of(build(case, derive_repair(case)))
    cost = found.cost(goals_of(case.settings)[0])
    whole = LoadedModel.of_matrix(found.matrix)
    whole.set_objective(cost.terms, cost.constant)
    parts = Parts.of(whole, found.draft.links_items)
    prices: dict[str, float] = {}
    if items == REAL:
        whole.relax(True)
        whole.solve()
        prices = whole.row_duals()
    return found, parts, prices


def measure(items: int) -> list[tuple[int, float, float, float, float]]:
    """Round, seconds so far, bound, mix and gap, building left out."""
    from bench.repair import REAL

    _, parts, _ = laid(items)
    known = laid(REAL)[2]
    prices = np.array([known.get(name, 0.0) for name in parts.matrix.rows])
    begun = time.process_time()
    mix, told, best, centre = Mix.of(parts), [], -np.inf, prices
    for number in range(1, ROUNDS + 1):
        least, _, answers = parts.answers(prices)
        if least > best:
            best, centre = least, prices
        mix.add_plans([np.array(list(each.values.values())) for each in answers])
        value, newest = mix.solve()
        gap = (value - best) / max(1.0, abs(value))
        told.append((number, time.process_time() - begun, best, value, gap))
        if gap <= NEAR:
            break
        prices = centre + STEP * (newest - centre)
    return told


def run(*, quick: bool) -> None:
    """Measure the sizes; rounds are told that are the first, the last or a fifth."""
    for items in QUICK_SIZES if quick else SIZES:
        found = measure(items)
        rows = [
            (number, f"{spent:.0f}", f"{best:,.3f}", f"{value:,.3f}", f"{gap:.3%}")
            for number, spent, best, value, gap in found
            if number in (1, len(found)) or not number % 5
        ]
        heads = ("round", "s", "bound, 亿元", "mix, 亿元", "gap")
        show(
            f"{items} items, {SHOCK}: 缺口 by columns (processor time, building left out)",
            heads,
            rows,
        )
