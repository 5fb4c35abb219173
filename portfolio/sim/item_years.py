"""Each item's money in some years, path by path: of this a study itself keeps only sums."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.luck import Draws
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.sim.hands import Task, in_order
from portfolio.sim.lanes.many_paths import Trace, play_many
from portfolio.sim.stress import (
    RANDOMISATIONS,
    Luck,
    Window,
    Workers,
    sobol_draws,
    window_draws,
    windows,
)

#: Paths written down at a time, of a list of some fifty items: all that one does takes a megabyte.
AT_A_TIME = 64
#: Of a long list fewer at a time: so many amounts (of a quarter, channel and item) together, 64 MB.
MOST_AMOUNTS = 8_000_000


def item_years(
    portfolio: Portfolio,
    luck: Luck,
    paths: int,
    years: range,
    *,
    quasi_random: bool = False,
    workers: Workers = None,
) -> Ints:
    """Money of the paths of a study: int64[path, year of `years`, item].

    paths : all of the study; of a quasi-random one as many as it came to
    years : counted from the first

    Raises
    ------
    KeyboardInterrupt
        Stopped before all were done.
    """
    size = paths // RANDOMISATIONS
    tasks = (
        [Task(_of_randomisation, portfolio, luck, k, size, years) for k in range(RANDOMISATIONS)]
        if quasi_random
        else [Task(_of_window, portfolio, luck, window, years) for window in windows(1, paths)]
    )
    found: list[Ints] = []
    if in_order(tasks, workers, lambda _done: None, found):
        raise KeyboardInterrupt
    return np.concatenate(found)


def _of_window(portfolio: Portfolio, luck: Luck, window: Window, years: range) -> Ints:
    draws = window_draws(portfolio, luck, window)
    return np.concatenate(list(_played(portfolio, draws, years)))


def _of_randomisation(
    portfolio: Portfolio, luck: Luck, number: int, size: int, years: range
) -> Ints:
    draws = sobol_draws(portfolio, luck, number, size)
    return np.concatenate(list(_played(portfolio, draws, years)))


def _played(portfolio: Portfolio, draws: Draws, years: range) -> Iterator[Ints]:
    shape = (PLAY_QUARTERS, len(portfolio.channels), len(portfolio.items), len(portfolio.gates))
    size = max(1, min(AT_A_TIME, MOST_AMOUNTS // max(1, prod(shape[:3]))))
    for start in range(0, len(draws), size):
        some = draws.take(slice(start, start + size))
        trace = Trace.empty(len(some), *shape)
        play_many(portfolio, some, trace=trace)
        wanted = trace.drawn[:, 4 * years.start : 4 * years.stop].sum(axis=2)
        yield wanted.reshape(len(some), len(years), 4, -1).sum(axis=2)
