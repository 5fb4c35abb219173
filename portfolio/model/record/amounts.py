"""What a year's list comes to on each path: its plan × the rate drawn, under a scenario by ratio.

Whole 万元 in int64. The play of the closed list supplies differences only: what it draws under the
scenario ÷ what it draws without, on the same luck. Equal plays give equal integers.
"""

from __future__ import annotations

import numpy as np

from portfolio.model.arrays import Integers, Ints
from portfolio.model.money import BPS


def baseline_amounts(list_plan_wan: Integers, rate_bps: Integers) -> Ints:
    """A_b, int64[path, year]: plans int[year] × rates int[path, year] // 10,000."""
    return list_plan_wan.astype(np.int64) * rate_bps.astype(np.int64) // BPS


def scenario_amounts(
    baseline_wan: Integers, scenario_drawn: Integers, baseline_drawn: Integers
) -> Ints:
    """A_s, int64[path, year]: A_b × S_s // S_b; where the baseline draws nothing, A_b.

    scenario_drawn, baseline_drawn : money drawn by the closed list in that year and path
    """
    base, ratio_of = baseline_wan.astype(np.int64), baseline_drawn.astype(np.int64)
    scaled = base * scenario_drawn.astype(np.int64) // np.maximum(ratio_of, 1)
    return np.where(ratio_of == 0, base, scaled)


def half_passed_on(
    baseline_wan: Integers, scenario_drawn: Integers, baseline_drawn: Integers
) -> Ints:
    """A_s where works that take the place of others halve a shock: A_b × √(S_s ÷ S_b) // 1.

    A sensitivity beside `scenario_amounts`, which takes it that none does. The root is taken in
    whole basis points.
    """
    base, ratio_of = baseline_wan.astype(np.int64), baseline_drawn.astype(np.int64)
    squared = scenario_drawn.astype(np.int64) * BPS * BPS // np.maximum(ratio_of, 1)
    root = np.sqrt(squared.astype(np.float64)).astype(np.int64)
    root -= root * root > squared
    root += (root + 1) * (root + 1) <= squared
    return np.where(ratio_of == 0, base, base * root // BPS)
