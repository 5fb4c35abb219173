"""Words of what a stress test says first: shares in tenths, pictures left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.record.words import share_words
from portfolio.model.study.findings import Estimate
from portfolio.report.words.stress_first import joint_left_out
from tests.report.stress_results import shipped_stress


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "不到一成"), (0.099, "不到一成"), (0.1, "约一成"), (0.449, "约四成"), (0.45, "约五成"),
     (0.899, "约九成"), (0.9, "九成以上"), (1, "九成以上")],
)  # fmt: skip
def test_shares_are_told_in_tenths(share: float, said: str) -> None:
    assert share_words(share) == said


def test_a_picture_with_all_points_in_one_corner_is_left_out() -> None:
    row = shipped_stress().findings.items[0]
    sure, never = (Estimate(value=value, low=None, high=None) for value in (1.0, 0.0))
    corner = replace(row.joint, both=never, over_only=never, late_only=never, over_and_late=sure)
    flat = replace(row, joint=corner)
    said = joint_left_out([flat, flat])
    assert said is not None
    assert "既超支又滞后 100%" in said
    half = Estimate(value=0.5, low=None, high=None)
    spread = replace(row, joint=replace(corner, late_only=half, over_and_late=half))
    assert joint_left_out([flat, spread]) is None
