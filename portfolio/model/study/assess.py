"""All findings of a stress test from its paths, and the paths worth replaying."""

from __future__ import annotations

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.study.causes import cause_table
from portfolio.model.study.chain import end_bias, item_chains, merges
from portfolio.model.study.confidence import (
    item_confidences,
    late_items,
    money_finishes,
    public_confidence,
    total_cost_wan,
    whole_confidence,
)
from portfolio.model.study.drivers import drivers
from portfolio.model.study.finding import Findings, NotablePath
from portfolio.model.study.intervals import quantile_rank
from portfolio.model.study.paths import Paths
from portfolio.model.study.yearly import converted_wan, worry_year, year_chances

#: Where a path stands among all, as a percentile of the converted investment of the year looked at.
NOTABLE = (("最差", 5), ("中位", 50), ("最好", 95))


def findings(
    portfolio: Portfolio, paths: Paths, prior: Outcome, year: int | None = None
) -> Findings:
    """What the paths of one scenario say, beside `prior`, the same scenario without luck.

    `year`, one of `years_to_look_at`, is looked at instead of the year to worry about first.

    Raises
    ------
    ValueError
        There are no paths.
    """
    if len(paths) == 0:
        raise ValueError("no paths to judge")
    years = year_chances(portfolio, paths, prior)
    worry = worry_year(years, year)
    return Findings(
        years=years,
        worry=worry,
        whole=whole_confidence(portfolio, paths, prior),
        public=public_confidence(portfolio, paths, prior),
        by_money=money_finishes(portfolio, paths, prior),
        late_items=late_items(portfolio, paths),
        items=item_confidences(portfolio, paths, prior),
        drivers=drivers(portfolio, paths, None if worry is None else worry.year),
        chain=item_chains(portfolio, paths),
        merges=merges(portfolio, paths, prior),
        end=end_bias(portfolio, paths, prior),
        causes=cause_table(portfolio, paths),
        notable=notable_paths(portfolio, paths, None if worry is None else worry.year),
    )


def notable_paths(portfolio: Portfolio, paths: Paths, worry: int | None) -> tuple[NotablePath, ...]:
    """The worst (P5), median and best (P95) path by the worry year's converted investment.

    Without such a year by total cost, the dearest 5 % being the worst. Of equal paths the first.
    """
    values = None if worry is None else converted_wan(portfolio, paths, worry)
    rank_by = -total_cost_wan(paths) if values is None else values
    order = np.argsort(rank_by, kind="stable")
    found = []
    for label, percent in NOTABLE:
        value = rank_by[order[quantile_rank(len(paths), percent) - 1]]
        path = int(np.flatnonzero(rank_by == value)[0])
        found.append(NotablePath(label=label, path=path + 1, value_wan=abs(int(value))))
    return tuple(found)


def usual_questions(calendar: Calendar, worry: int | None) -> tuple[str, ...]:
    """Quantities by which a way of sampling is judged."""
    by_year = () if worry is None else (f"均值({worry})",)
    if worry is not None and worry <= calendar.last_full_list_year:
        by_year = (f"P({worry}达标)", *by_year)
    return (*by_year, "均值(总造价)", "P80(总造价)")
