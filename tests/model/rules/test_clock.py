"""Clocks worked by hand: of a project stretched from end to end, of a bundle that comes to lag."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.money import BPS
from portfolio.model.portfolio import NO_LAG
from portfolio.model.risk import BundleSettings
from portfolio.model.rules.clock import begun_at, ends, of_bundle, standing

#: A project that takes 1.2 of its time, and bundles stretched by half that come to lag by three quarters.
DURATION = np.array([12_000, 15_000, 15_000])
LAG = np.array([NO_LAG, 30_000, 30_000])


def test_a_project_ends_at_its_stretched_end_and_a_bundle_at_the_nearer_of_two():
    """20 quarters × 1.2 = 24; 20 × 1.5 = 30 but 20 + 3 = 23; 4 × 1.5 = 6, less than 4 + 3."""
    assert ends(np.array([20, 20, 4]), DURATION, LAG).tolist() == [240_000, 230_000, 60_000]


def test_a_clock_that_has_come_somewhere_stands_there():
    """A quarter and a half × 1.2 = 1.8; 10 × 1.5 = 15 but 10 + 3 = 13; 4 × 1.5 = 6."""
    position = np.array([15_000, 100_000, 40_000])
    assert begun_at(position, DURATION, LAG).tolist() == [18_000, 130_000, 60_000]
    # What is not a whole basis point is not yet come to.
    assert begun_at(np.array([1]), np.array([12_001]), np.array([NO_LAG])).tolist() == [2]


def test_where_a_clock_stands_on_its_plan():
    """2.5 quarters = 2 × 1.2 and 0.1 of 1.2; 13 − 3 = 10 is more than 13 ÷ 1.5; 6 ÷ 1.5 = 4."""
    whole, rest, of = standing(np.array([25_000, 130_000, 60_000]), DURATION, LAG)
    assert whole.tolist() == [2, 10, 4]
    assert rest.tolist() == [1_000, 0, 0]
    assert of.tolist() == [12_000, BPS, BPS]


def test_without_bundles_each_clock_is_stretched():
    whole, rest, of = standing(np.array([25_000]), np.array([12_000]), np.array([NO_LAG]))
    assert (whole.tolist(), rest.tolist(), of.tolist()) == ([2], [1_000], [12_000])
    # The rest of a bundle's quarter is of a quarter of the plan, beside a project or alone.
    whole, rest, of = standing(np.array([67_500]), np.array([15_000]), np.array([30_000]))
    assert (whole.tolist(), rest.tolist(), of.tolist()) == ([4], [5_000], [BPS])


@given(
    quarters=st.integers(0, 100),
    duration=st.integers(5_000, 30_000),
    lag=st.one_of(st.just(NO_LAG), st.integers(0, 100_000)),
)
def test_a_clock_set_at_a_whole_quarter_stands_at_it_and_ends_where_its_length_is(
    quarters: int, duration: int, lag: int
):
    of, lags = np.array([duration]), np.array([lag])
    moved = begun_at(np.array([quarters * BPS]), of, lags)
    whole, rest, _ = standing(moved, of, lags)
    assert (whole.tolist(), rest.tolist()) == ([quarters], [0])
    assert ends(np.array([quarters]), of, lags).tolist() == moved.tolist()


@pytest.mark.parametrize(
    ("factor", "stretch", "lag"), [(14_000, 12_000, 16_000), (10_000, 10_000, 0), (9_000, 9_500, 0)]
)
def test_a_bundle_is_stretched_by_part_of_its_projects_delay_and_lags_by_half_their_life_of_it(
    factor: int, stretch: int, lag: int
):
    """0.4 late: half of it stretches the bundle; 8 quarters × 0.4 ÷ 2 = 1.6. Who is early has no lag."""
    settings = BundleSettings(
        life_quarters=8, stretch_bps=5_000, project_wan=1, size_cv2=1.0, floor_bps=0
    )
    found = of_bundle(np.array([factor]), settings)
    assert [each.tolist() for each in found] == [[stretch], [lag]]
