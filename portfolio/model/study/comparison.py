"""Scenarios on the same luck: paired differences, and whether there is any."""

from __future__ import annotations

import numpy as np

from portfolio.model.items import Target
from portfolio.model.portfolio import Portfolio
from portfolio.model.study.confidence import (
    last_finish,
    late_quarters,
    mean_delay,
    total_cost_wan,
    with_money,
)
from portfolio.model.study.estimates import Estimate
from portfolio.model.study.intervals import chance_difference, difference, percentile_difference
from portfolio.model.study.paths import Paths
from portfolio.model.study.result import ScenarioComparison, YearDifference
from portfolio.model.study.yearly import converted_wan, distance_wan, shown_years

#: One played scenario: the portfolio it was applied to, and its paths.
Played = tuple[Portfolio, Paths]


def compare(reference: str, base: Played, scenario: str, other: Played) -> ScenarioComparison:
    """A scenario less the reference, path by path on the same luck.

    Each is judged by its own targets and 入列系数. Where one run was stopped early, the paths
    both have are compared.

    Raises
    ------
    ValueError
        A run has no paths.
    """
    count = min(len(base[1]), len(other[1]))
    if count == 0:
        raise ValueError("no paths to compare")
    years = sorted({*shown_years(*base), *shown_years(*other)})

    def pair(of_base: np.ndarray, of_other: np.ndarray) -> Estimate:
        return difference(of_base[:count], of_other[:count])

    late = [(late_quarters(*played) > 0).sum(axis=1) for played in (base, other)]
    ends = [
        last_finish(*played) if with_money(played[0]).any() else np.zeros(count, dtype=np.int64)
        for played in (base, other)
    ]
    return ScenarioComparison(
        reference=reference,
        scenario=scenario,
        paths=count,
        years=tuple(_year(year, base, other, count) for year in years),
        cost=pair(total_cost_wan(base[1]), total_cost_wan(other[1])),
        delay=pair(mean_delay(*base), mean_delay(*other)),
        late_items=pair(late[0], late[1]),
        end=pair(ends[0], ends[1]),
    )


def _year(year: int, base: Played, other: Played, count: int) -> YearDifference:
    index = year - base[0].calendar.first_year
    investment = difference(base[1].drawn_wan[:count, index], other[1].drawn_wan[:count, index])
    before, after = converted_wan(*base, year), converted_wan(*other, year)
    if before is None or after is None:
        return YearDifference(
            year=year, chance=None, converted=None, converted_p50=None, investment=investment
        )
    before, after = before[:count], after[:count]
    targets = _target(base[0], year), _target(other[0], year)
    chance = None
    if (
        year <= base[0].calendar.last_full_list_year
        and targets[0] is not None
        and targets[1] is not None
    ):
        chance = chance_difference(
            distance_wan(targets[0], before) == 0, distance_wan(targets[1], after) == 0
        )
    return YearDifference(
        year=year,
        chance=chance,
        converted=difference(before, after),
        converted_p50=percentile_difference(before, after, 50),
        investment=investment,
    )


def _target(portfolio: Portfolio, year: int) -> Target | None:
    """The year's target if it has a figure."""
    for target in portfolio.targets:
        if target.year == year and target.target_wan is not None:
            return target
    return None
