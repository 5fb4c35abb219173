"""What the as-of's year comes to on many paths with luck: what lies on both sides of a forecast."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.study.intervals import quantile_rank

#: Between these four paths of five lie; what lies between them is the middle.
LOW, MIDDLE, HIGH = 10, 50, 90


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The as-of's year on the same luck for all items.

    drawn_wan : int64[path, item] facts and play of the whole year: never less than the facts
    seed : of the luck
    """

    drawn_wan: Ints
    seed: int

    @property
    def paths(self) -> int:
        """How many there are."""
        return len(self.drawn_wan)

    def percentile_wan(self, items: Iterable[int], percent: int) -> int:
        """A percentile of what items come to together, path by path; not the sum of theirs.

        The smallest value that so many per cent of the paths don't pass, in 万元.
        """
        totals = np.sort(self.drawn_wan[:, list(items)].sum(axis=1))
        return int(totals[quantile_rank(len(totals), percent) - 1])
