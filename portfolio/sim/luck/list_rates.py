"""The rate of yearly lists by path: drawn from the record's quantiles, in whole basis points.

Every number depends on the seed, the path, the place and its own year alone: scenarios share the
rates, and one more year leaves the others as they were.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from portfolio.model.arrays import Floats
from portfolio.model.money import BPS
from portfolio.model.record.rows import RateTable
from portfolio.model.record.table import PARTS
from portfolio.sim.luck.scores import CHUNK, stream

PURPOSE = "名单完成率"
#: Uniform numbers are whole millionths; each of the 200 parts between quantiles has so many.
MILLION = 1_000_000
CELL = MILLION // PARTS


def list_rates(
    tables: Sequence[RateTable | None],
    *,
    place: str,
    first_year: int,
    seed: int,
    first_path: int,
    paths: int,
) -> npt.NDArray[np.int32]:
    """The rates of paths `first_path` (from 1) on, int32[path, year]; 0 in a year without a table.

    tables : a table a year from `first_year` on. Years of one place share `rho_bps` of the
        variance of their scores
    """
    if first_path < 1 or paths < 0:
        raise ValueError(f"{paths} paths from path {first_path} on")
    rates = np.zeros((paths, len(tables)), dtype=np.int32)
    if not paths:
        return rates
    common = _scores(seed, place, first_path, paths)
    for index, table in enumerate(tables):
        if table is not None:
            own = _scores(seed, str(first_year + index), first_path, paths)
            shared = table.rho_bps / BPS
            scores = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
            rates[:, index] = rates_at(table.quantiles_bps, scores)
    return rates


def rates_at(quantiles_bps: Sequence[int], scores: Floats) -> npt.NDArray[np.int32]:
    """The rates at normal scores: whole numbers between the quantiles, none beyond them."""
    quantiles = np.asarray(quantiles_bps, dtype=np.int64)
    uniform = np.clip(np.floor(ndtr(scores) * MILLION).astype(np.int64), CELL, MILLION - CELL - 1)
    cell, within = np.divmod(uniform, CELL)
    below, above = quantiles[cell - 1], quantiles[cell]  # the first quantile ends the first cell
    rates: npt.NDArray[np.int32] = (below + (above - below) * within // CELL).astype(np.int32)
    return rates


def _scores(seed: int, name: str, first_path: int, paths: int) -> Floats:
    """Normal scores of a window of paths: chunks are drawn whole."""
    start, stop = first_path - 1, first_path - 1 + paths
    chunks = range(start // CHUNK, (stop - 1) // CHUNK + 1)
    drawn = [stream(seed, PURPOSE, name, chunk).standard_normal(CHUNK) for chunk in chunks]
    offset = start - chunks.start * CHUNK
    return np.concatenate(drawn)[offset : offset + paths]
