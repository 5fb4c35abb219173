"""Scenarios on the same luck: what differs, and what does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.study.assess import compare
from tests.model.four_items import YI, four_items
from tests.model.measures.test_years import target
from tests.model.study.made_paths import made_paths


def converted_to(yi: np.ndarray, year: int = 2025) -> np.ndarray:
    """Progress that converts (0.7) to so many 亿元."""
    progress = np.zeros((len(yi), 25), dtype=np.int64)
    progress[:, year - 2021] = np.ceil(yi * YI / 0.7)
    return progress


def test_a_small_shift_is_told_from_the_luck():
    # The luck moves the year between 150 and 249.5 亿, the scenario takes 2 亿 from every path.
    portfolio = four_items()
    luck = 150 + 0.5 * ((np.arange(200) * 77) % 200)
    base = made_paths(portfolio, 200, progress_wan=converted_to(luck))
    other = made_paths(portfolio, 200, progress_wan=converted_to(luck - 2))
    found = compare("基准", (portfolio, base), "试算", (portfolio, other))
    assert (found.reference, found.scenario, found.paths) == ("基准", "试算", 200)
    year = found.years[2025 - 2021]
    assert year.year == 2025
    assert year.converted is not None and year.converted.value == pytest.approx(-2 * YI, abs=2)
    assert year.converted.differs
    # Target 200: 100 of 200 paths reach it, and the four between 200 and 201.5 no longer do.
    assert year.chance is not None
    assert year.chance.value == pytest.approx(-4 / 200)
    # By percentile there are only eight sections of 25: no interval, so no claim.
    assert year.converted_p50 is not None
    assert year.converted_p50.value == pytest.approx(-2 * YI, abs=2)
    assert not year.converted_p50.differs
    assert not found.cost.differs and not found.delay.differs and not found.end.differs


def test_the_same_scenario_differs_in_nothing():
    portfolio = four_items()
    paths = made_paths(portfolio, 50, progress_wan=converted_to(np.arange(150.0, 250, 2)))
    found = compare("甲", (portfolio, paths), "乙", (portfolio, paths))
    for estimate in (found.cost, found.delay, found.late_items, found.end):
        assert (estimate.value, estimate.differs) == (0, False)
    for year in found.years:
        assert year.chance is None or not year.chance.differs
        assert year.converted is not None and year.converted.value == 0
        assert (year.chance is None) is (year.year > 2025)


def test_each_is_judged_by_its_own_target():
    portfolio = four_items()
    lower = replace(portfolio, targets=(target(2025, 100 * YI),))
    paths = made_paths(portfolio, 20, progress_wan=converted_to(np.full(20, 150.0)))
    found = compare("甲", (portfolio, paths), "乙", (lower, paths)).years[4]
    assert found.chance is not None and found.chance.value == 1


def test_a_run_stopped_early_is_compared_as_far_as_it_went():
    portfolio = four_items()
    finish = np.full((30, 4), 19)
    finish[:, 2] = 25
    found = compare(
        "甲", (portfolio, made_paths(portfolio, 50)),
        "乙", (portfolio, made_paths(portfolio, 30, finish=finish)),
    )  # fmt: skip
    assert found.paths == 30
    assert (found.end.value, found.late_items.value) == (6, 1)
    # 6 quarters × 200 of 1,250 亿.
    assert found.delay.value == pytest.approx(0.96)
    with pytest.raises(ValueError, match="no paths"):
        compare(
            "甲", (portfolio, made_paths(portfolio, 0)), "乙", (portfolio, made_paths(portfolio, 1))
        )
