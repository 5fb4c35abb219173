"""Fewer scenarios that stand for many: fast forward selection by the Kantorovich distance.

After Heitsch and Römisch, “Scenario reduction algorithms in stochastic programming”,
Computational Optimization and Applications 24 (2003): one scenario after the other is kept, each
time the one that leaves the least weighted distance from the others to their nearest kept one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Floats


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept of some scenarios.

    rows : positions of the kept ones, rising
    weights : float[kept] their own weight and that of the dropped ones nearest to them; sum 1
    distance : weighted distance of all scenarios to their nearest kept one
    """

    rows: tuple[int, ...]
    weights: Floats
    distance: float


def reduce_scenarios(vectors: Floats, keep: int, weights: Floats | None = None) -> Kept:
    """Keep at most `keep` of the scenarios float[scenario, number]; ties go to the first.

    Without `weights` all weigh the same. The same input always gives the same answer.
    """
    count = len(vectors)
    if keep < 1 or not count:
        raise ValueError("keep at least one of at least one scenario")
    part = np.full(count, 1.0 / count) if weights is None else weights / weights.sum()
    if keep >= count:
        return Kept(rows=tuple(range(count)), weights=part, distance=0.0)
    apart = _distances(vectors)
    chosen: list[int] = []
    nearest = np.full(count, np.inf)
    for _ in range(keep):
        left = part @ np.minimum(nearest[:, None], apart)
        left[chosen] = np.inf
        best = int(np.argmin(left))
        chosen.append(best)
        nearest = np.minimum(nearest, apart[:, best])
    rows = sorted(chosen)
    mine = np.argmin(apart[:, rows], axis=1)
    mine[rows] = range(len(rows))  # one kept stands for itself, even beside its double
    gathered = np.zeros(len(rows))
    np.add.at(gathered, mine, part)
    return Kept(rows=tuple(rows), weights=gathered, distance=float(part @ nearest))


def _distances(vectors: Floats) -> Floats:
    """Euclidean distances between all pairs, exactly 0 on the diagonal."""
    squares = (vectors**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * vectors @ vectors.T, 0.0))
    np.fill_diagonal(apart, 0.0)
    return np.asarray(apart, dtype=np.float64)
