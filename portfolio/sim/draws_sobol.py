"""Quasi-random normal numbers: a scrambled Sobol sequence instead of one stream a row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import gammaincinv, ndtri

from portfolio.model.arrays import Floats
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_YEARS
from portfolio.sim.draws_scores import TAIL_FREEDOM, Normals, Scores32, groups, risky_channels
from portfolio.sim.draws_streams import CHUNK, stream

#: Binary digits of a coordinate.
BITS = 30


def sobol_normals(
    portfolio: Portfolio, *, seed: int, randomisation: int, paths: int, tails: str
) -> Iterator[Normals]:
    """Normal numbers of consecutive chunks of a sequence; `paths` is a power of two.

    Dimensions, the best first: what all items share, the spread of the t copula (kept free for the
    Gaussian one, so that both have the same luck), the groups, cost and delay of the items with
    the most money first, the years of the channels year by year.
    """
    from scipy.stats import qmc  # takes half a second, and few ask for it

    n_groups, n_items = len(groups(portfolio)[0]), len(portfolio.items)
    n_channels = len(risky_channels(portfolio))
    sizes = [2, n_groups, 2 * n_items, n_channels * PLAY_YEARS]
    ends = np.cumsum(sizes)
    scramble = int(stream(seed, "sobol", str(randomisation), 0).integers(2**63))
    # Named `seed` in every release; newer ones call it `rng` as well.
    sequence = qmc.Sobol(int(ends[-1]), bits=BITS, seed=scramble)
    by_money = sorted(range(n_items), key=lambda i: (-portfolio.items[i].total_wan, i))
    place = np.empty(n_items, dtype=np.intp)
    place[by_money] = np.arange(n_items)
    for _ in range(0, paths, CHUNK):
        # The middle of a cell: 0 would be a score without end.
        points = sequence.random(min(paths, CHUNK)).T + 0.5 ** (BITS + 1)
        shared, group, items, years = np.split(points, ends[:-1])
        yield Normals(
            common=ndtri(shared[0]),
            group=ndtri(group),
            own=ndtri(items[2 * place]),
            pace=ndtri(items[2 * place + 1]),
            yearly=_by_channel(ndtri(years), n_channels),
            spread=_spread(shared[1]) if tails == "t5" else None,
        )


def _by_channel(years: Floats, n_channels: int) -> Scores32:
    """Rows year by year as float64[channel, year, path]."""
    by_year = years.reshape(PLAY_YEARS, n_channels, -1)
    return np.ascontiguousarray(by_year.transpose(1, 0, 2), dtype=np.float32)


def _spread(chance: Floats) -> Floats:
    """Quantiles of sqrt(chi²/ν)."""
    chi2 = 2.0 * gammaincinv(TAIL_FREEDOM / 2.0, chance)
    return np.asarray(np.sqrt(chi2 / TAIL_FREEDOM))
