"""Kept forecasts scored on twins: other draws of the forecast's own law, played to the year's end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from portfolio import workflows
from portfolio.model.measures.years import by_year
from portfolio.model.outcome import Outcome
from portfolio.model.record.archive import Archived, Way
from portfolio.model.record.score import Came, CameItem, Scored, line, score
from portfolio.model.study.came import came_of
from portfolio.model.study.kept import check_keepable, kept_of_paths
from portfolio.sim.item_years import item_years
from portfolio.sim.stress import Luck
from tests.report.results import example_run, example_workbook
from tests.sim.facts_of_plays import facts_of
from tests.sim.twins import TWINS, twins_played

PATHS, SEED = 600, 1
#: What the hit rate may be off by chance alone: once in a hundred.
LEVEL = 0.01
#: As-of of the twins' facts: 2026 and 2027 are over.
TWO_YEARS = 84
#: As-of by which the bands of many finishes are over.
LONG_AFTER = 132


@pytest.fixture(scope="module")
def kept() -> Archived:
    """The forecast at the end of October 2026."""
    (result,) = workflows.stress([], example_workbook(), n=PATHS, seed=SEED, levers=False)
    years = check_keepable(result)
    money = item_years(result.run.portfolio, Luck(seed=SEED), PATHS, years)
    return kept_of_paths(result, money)


@pytest.fixture(scope="module")
def twins() -> list[Outcome]:
    return twins_played()


@pytest.fixture(scope="module")
def scored(kept: Archived, twins: list[Outcome]) -> list[Scored]:
    return [score([kept], came_of_twin(twin), "基准") for twin in twins]


def came_of_twin(twin: Outcome, months: int = TWO_YEARS) -> Came:
    """What a twin has drawn and finished by an as-of, the end of 2027."""
    portfolio, money = example_run().portfolio, by_year(twin.drawn_wan).sum(axis=1)
    return Came(
        asof_months=months,
        items={
            item.no: CameItem(
                name=item.name,
                money_wan={2021 + y: int(money[y, i]) for y in range(months // 12)},
                finish=_by(twin.finish[i], months // 3),
            )
            for i, item in enumerate(portfolio.items)
        },
    )


def _by(finish: int | None, quarters: int) -> int | None:
    return finish if finish is not None and finish < quarters else None


@pytest.mark.parametrize("year", [2026, 2027])
def test_bands_of_the_year_hold_eighty_percent_of_the_twins(
    scored: list[Scored], year: int
) -> None:
    held = [each for one in scored for each in one.years if each.year == year]
    found = line("", Way.PATHS, held)
    assert found.n == TWINS and found.band is not None
    assert binomtest(found.band.inside, TWINS, 0.8).pvalue > LEVEL
    # Each twin is a luck of its own, so that the interval means what it says.
    assert found.band.low <= 0.8 <= found.band.high


def test_bands_of_items_hold_eighty_percent_of_the_twins_or_more_for_ties(
    scored: list[Scored],
) -> None:
    parts = [line("", Way.PATHS, one.items).band for one in scored]
    hits = np.array([band.part for band in parts if band is not None])
    assert len(hits) == TWINS
    error = float(hits.std(ddof=1)) / TWINS**0.5
    assert 0.8 - 3 * error <= hits.mean() <= 0.93


def test_finishes_whose_band_is_over_are_held_by_it(kept: Archived, twins: list[Outcome]) -> None:
    late = [score([kept], came_of_twin(twin, LONG_AFTER), "基准") for twin in twins]
    hits = np.array([np.mean([h.inside for h in one.finishes if not h.certain]) for one in late])
    judged = {held.item_no for held in late[0].finishes if not held.certain}
    assert len(judged) > 10
    # Not all have finished: those left out because they had not would make the band look better.
    assert any(held.came is None for one in late for held in one.finishes)
    error = float(hits.std(ddof=1)) / TWINS**0.5
    assert 0.8 - 3 * error <= hits.mean() <= 0.95


def test_the_forecast_beats_naive_ones_on_its_own_law(scored: list[Scored]) -> None:
    found = line("", Way.PATHS, [each for one in scored for each in one.years])
    assert found.crps is not None and found.naive is not None
    assert found.crps < min(found.naive.plan, found.naive.straight, found.naive.rest)


def test_facts_entered_of_a_twin_come_to_what_it_drew(twins: list[Outcome]) -> None:
    portfolio, twin = example_run().portfolio, twins[0]
    lived = replace(portfolio, facts=facts_of(portfolio, twin, 72))
    known, truth = came_of(lived), came_of_twin(twin)
    assert known.asof_months == 72
    for no, item in known.items.items():
        assert item.money_wan == {
            year: truth.items[no].money_wan[year] for year in range(2021, 2027)
        }
