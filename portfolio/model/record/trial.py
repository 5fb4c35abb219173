"""How the yearly forecasts did on the years that are known: what stands beside every chance of one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from portfolio.model.record.backtest import FEWEST_FORETOLD, Foretold, foretell
from portfolio.model.record.rows import FEWEST_FULL_YEARS, Record
from portfolio.model.record.scores import Coverage, Gain, coverage, gain


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The least of a back-test that a chance is told with.

    band : how many of the years foretold the 80 % band held
    crps, as_planned : mean error, and that of “as planned”, in parts of the plan
    over_spread : what is gained over the plain distribution of all rates so far
    """

    band: Coverage
    crps: float
    as_planned: float
    over_spread: Gain


@lru_cache(maxsize=8)
def trial_of(record: Record) -> Trial | None:
    """How the forecasts did; None where too few years are known to say. Takes a second or two."""
    if len(record.full_years) < FEWEST_FULL_YEARS:
        return None
    found: tuple[Foretold, ...] = foretell(record)
    if len(found) < FEWEST_FORETOLD:
        return None
    errors = [each.crps for each in found]
    return Trial(
        band=coverage(sum(each.inside for each in found), len(found)),
        crps=float(np.mean(errors)),
        as_planned=float(np.mean([each.naive.plan for each in found])),
        over_spread=gain(
            errors, [each.naive.spread for each in found], [each.key[1] for each in found]
        ),
    )
