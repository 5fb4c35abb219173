"""Twins: 2,000 other draws of a forecast's law from the as-of on, against its bands and ranks.

No times: what is measured is how often a band of 80 % holds, and whether ranks are even.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from bench.timing import show

PATHS, TWINS, TENTHS = 20_000, 2_000, 10
YEARS = (2026, 2027, 2028, 2029, 2030)


def run(*, quick: bool = False) -> None:
    """Draw forecast and twins on the example workbook; a table by year."""
    from scipy.stats import binomtest, chisquare

    from portfolio import workflows
    from portfolio.sim.lanes.many_paths import play_many
    from portfolio.sim.luck import draw

    paths, twins = (PATHS // 10, TWINS // 10) if quick else (PATHS, TWINS)
    with tempfile.TemporaryDirectory() as folder:
        (workbook,) = workflows.example(Path(folder))
        portfolio = workflows.run(workbook).portfolio
    money = [
        play_many(portfolio, draw(portfolio, seed=seed, first_path=1, paths=n)).drawn_wan
        for seed, n in ((1, paths), (2, twins))
    ]
    rows = []
    for year in YEARS:
        forecast, found = (np.sort(wan[:, year - portfolio.calendar.first_year]) for wan in money)
        low, high = np.quantile(forecast, (0.1, 0.9))
        inside = int(((found >= low) & (found <= high)).sum())
        tenths = np.searchsorted(forecast, found) * TENTHS // (paths + 1)
        even = chisquare(np.bincount(tenths, minlength=TENTHS)).pvalue
        p = binomtest(inside, twins, 0.8).pvalue
        rows.append((str(year), f"{inside} of {twins}", f"{p:.2f}", f"{even:.3f}"))
    title = f"{twins:,} twins against {paths:,} paths, example workbook from 2026-10"
    show(title, ("year", "in the 80 % band", "p (binomial)", "p (ranks, χ²)"), rows)
