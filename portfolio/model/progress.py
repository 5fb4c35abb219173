"""Progress at approved cost (形象进度): what overruns do not raise."""

from __future__ import annotations

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.money import Wan


def at_approved_cost(drawn_wan: Wan, approved_wan: Wan, cost_wan: Wan, complete: Mask) -> Wan:
    """Money drawn since the first year as progress: floor(drawn × approved ÷ cost), all of it when complete.

    The last axis is the item; earlier axes of `drawn_wan` and `complete` are kept. Products fit
    int64 while a portfolio holds no more than `money.LARGEST_WAN`.
    """
    scaled = drawn_wan * approved_wan // np.maximum(cost_wan, 1)
    return np.asarray(np.where(complete, approved_wan, scaled), dtype=np.int64)
