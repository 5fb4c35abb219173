"""All findings of a stress test from its paths, and the paths worth replaying."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.items import Target
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import judged_from, year_measures
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.study.causes import cause_table, end_bias, item_chains, merges
from portfolio.model.study.confidence import (
    item_confidences,
    last_finish,
    late_items,
    late_quarters,
    mean_delay,
    money_finishes,
    public_confidence,
    total_cost_wan,
    whole_confidence,
    with_money,
)
from portfolio.model.study.drivers import drivers, year_ahead
from portfolio.model.study.findings import Estimate, Findings, NotablePath
from portfolio.model.study.intervals import (
    chance_difference,
    difference,
    percentile_difference,
    quantile_rank,
)
from portfolio.model.study.paths import Paths
from portfolio.model.study.result import CalmDifference, ScenarioComparison, YearDifference
from portfolio.model.study.years import (
    converted_wan,
    distance_wan,
    shown_years,
    worry_year,
    year_chances,
)

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
        ahead=year_ahead(portfolio, paths, judged_from(portfolio) if year is None else year),
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


# --- Scenarios on the same luck: paired differences, and whether there is any


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


def calm_differences(
    base: RunResult, other: RunResult, years: Iterable[int]
) -> dict[int, CalmDifference]:
    """What a scenario changes where no luck is played: by year, of the plan's own play.

    Held beside the mean over the paths it says what luck makes of a shock: works that are late ask
    for less, and a cut falls on money that would not have been drawn.
    """
    wanted = tuple(years)
    measures = (year_measures(run.portfolio, run.outcome, wanted) for run in (base, other))
    return {
        before.year: CalmDifference(
            converted_wan=None
            if before.converted_wan is None or after.converted_wan is None
            else after.converted_wan - before.converted_wan,
            investment_wan=after.drawn_wan - before.drawn_wan,
        )
        for before, after in zip(*measures, strict=True)
    }


def _target(portfolio: Portfolio, year: int) -> Target | None:
    """The year's target if it has a figure."""
    for target in portfolio.targets:
        if target.year == year and target.target_wan is not None:
            return target
    return None
