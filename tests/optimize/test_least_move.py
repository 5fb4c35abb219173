"""Moves too small to be signed: taken back where nothing is lost by it, left where they must be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.result import Verdict
from portfolio.optimize.repair import repair
from tests.optimize.small_cases import FREE_SHARES, LAST, A, B, small_case

LEAST = replace(FREE_SHARES, least_move_wan=500)


def short_of_six(spare: float, least_move_wan: int = 500) -> RepairCase:
    """A has 4 of 10 in 2035; B could pay `spare` of it."""
    return small_case(
        {(LAST, A, 0): 10},
        envelopes={(LAST, A): 4, (LAST, B): spare},
        shares={(B, 0): 80},
        settings=replace(LEAST, least_move_wan=least_move_wan),
    )


@pytest.mark.parametrize(
    ("spare", "least", "paid"), [(0.03, 500, 0), (0.03, 300, 300), (0.06, 500, 600), (0.03, 0, 300)]
)
def test_a_small_move_that_may_go_goes(spare: float, least: int, paid: int) -> None:
    # 0.03 late for a year × 8 = 0.24: less than a least move so weighted (0.05 × 8).
    found = repair(short_of_six(spare, least))
    assert found.plan_wan is not None
    assert found.breaches == ()
    assert found.plan_wan[LAST, [A, B], 0].tolist() == [40_000, paid]
    assert found.verdict is Verdict.PROVEN


def test_a_small_move_that_the_envelope_asks_for_stays() -> None:
    found = repair(small_case({(LAST, A, 0): 10}, envelopes={(LAST, A): 9.98}, settings=LEAST))
    assert found.plan_wan is not None
    assert found.plan_wan[LAST, A, 0] == 99_800


def test_a_small_move_that_fills_the_target_stays() -> None:
    # Without the 0.06 of B the year lacks as much: more than a least move of 0.05.
    case = small_case(
        {(LAST, A, 0): 5, (LAST, A, 1): 5},
        envelopes={(LAST, A): 10 - 0.06, (LAST, B): 0.06},
        shares={(B, 0): 80, (B, 1): 80},
        wanted={LAST: 10},
        settings=replace(LEAST, least_move_wan=601),
    )
    found = repair(case)
    assert found.plan_wan is not None
    assert found.plan_wan[LAST].sum() == 100_000
    moved = np.abs(found.plan_wan - case.portfolio.plan_wan)
    assert moved[moved > 0].tolist() == [600, 600]
