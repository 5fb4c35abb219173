"""Each item's money in some years, path by path: of this a study itself keeps only sums."""

from __future__ import annotations

from collections.abc import Iterator

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

#: Paths written down at a time: all that one does takes a megabyte.
AT_A_TIME = 64


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
    for start in range(0, len(draws), AT_A_TIME):
        some = draws.take(slice(start, start + AT_A_TIME))
        trace = Trace.empty(len(some), *shape)
        play_many(portfolio, some, trace=trace)
        wanted = trace.drawn[:, 4 * years.start : 4 * years.stop].sum(axis=2)
        yield wanted.reshape(len(some), len(years), 4, -1).sum(axis=2)
