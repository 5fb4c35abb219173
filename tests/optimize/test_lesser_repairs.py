"""Repairs that move less than the full one: where on the frontier they stand, and what they keep."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, assume, given

from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.money import WAN_PER_YI
from portfolio.model.reallocation.aims import aim_values, moved_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.settings import Aim
from portfolio.optimize.questions.lesser_repairs import (
    Lesser,
    halfway,
    lesser_repairs,
    turn,
)
from portfolio.optimize.repair import repair
from tests.examples import examples
from tests.optimize.small_cases import random_cases


def test_the_turn_is_farthest_below_the_line_between_the_ends() -> None:
    # From 100 to 0 in four steps the line has 75, 50, 25: 30 at the first lies 45 below it.
    values = [(100.0, 0.0), (30.0, 0.0), (20.0, 0.0), (10.0, 0.0), (0.0, 0.0)]
    assert turn(values) == 1
    # 60, 10, 5: 15, 40 and 20 below: the second.
    assert turn([(100.0, 0.0), (60.0, 0.0), (10.0, 0.0), (5.0, 0.0), (0.0, 0.0)]) == 2


def test_half_is_made_good_by_the_first_place_that_does() -> None:
    values = [(100.0, 0.0), (60.0, 0.0), (50.0, 0.0), (5.0, 0.0), (0.0, 0.0)]
    assert halfway(values) == 2
    assert halfway([(100.0, 0.0), (90.0, 0.0), (0.0, 0.0)]) is None  # only the full repair does


def test_where_no_shortfall_falls_the_delay_is_looked_at() -> None:
    values = [(7.0, 100.0), (7.0, 40.0), (7.0, 0.0)]
    assert turn(values) == halfway(values) == 1


def test_where_nothing_falls_or_an_end_has_no_plan_there_is_no_turn() -> None:
    flat = [(7.0, 1.0)] * 4
    assert turn(flat) is halfway(flat) is None
    assert turn([None, (1.0, 1.0), (0.0, 0.0)]) is None
    assert turn([(9.0, 9.0), None, (0.0, 0.0)]) is None


@examples(30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(random_cases(shocks=True))
def test_a_lesser_repair_keeps_every_rule_moves_no_more_and_does_no_better(
    case: RepairCase,
) -> None:
    found = lesser_repairs(case)
    assume(found)
    full = repair(case, few=False)
    assert full.plan_wan is not None
    best = aim_values(case, full.plan_wan)
    cells = full.plan_wan.size
    for lesser in found:
        assert [str(breach) for breach in audit_repair(case, lesser.plan_wan)] == []
        moved = int(np.abs(moved_wan(case, lesser.plan_wan)).sum())
        assert moved <= lesser.moved_yi * WAN_PER_YI + cells  # each cell rounded up by one at most
        values = aim_values(case, lesser.plan_wan)
        first = case.settings.aims[0]
        if first is not Aim.MOVEMENT and lesser.proven:
            assert values[first] >= best[first] - cells
    order = [lesser.which for lesser in found]
    assert order == sorted(order, key=list(Lesser).index)
