"""The repair of at most so many moves: never more, unless the rules need more; audited; and best of few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.reallocation.aims import aim_values, moved_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.settings import Aim, RepairSettings, Way
from portfolio.optimize.repair import few_at_most, repair
from portfolio.optimize.ways.few_moves import movable
from tests.examples import examples
from tests.optimize.small_cases import FREE_SHARES, LAST, A, B, random_cases, small_case

FILTERING = (HealthCheck.filter_too_much,)


@examples(40, suppress_health_check=FILTERING)
@given(random_cases(), st.integers(1, 6))
def test_no_more_is_moved_than_allowed_and_every_rule_is_kept(case: RepairCase, most: int) -> None:
    case = replace(case, settings=RepairSettings())
    full = repair(case)
    assume(full.plan_wan is not None)
    found = few_at_most(full, case.settings, most)
    assume(found is not None)
    assert found is not None
    few, allowed = found
    assert few.plan_wan is not None and audit_repair(case, few.plan_wan) == ()
    assert np.count_nonzero(moved_wan(case, few.plan_wan)) <= allowed
    assert full.fewest is not None
    if full.fewest.cells <= most:
        assert allowed == most


def cut() -> RepairCase:
    """Three items lose 2 each of A in the last year: 6 of 30 are cut, B could pay 6."""
    plan = {(LAST, A, item): 10 for item in range(3)}
    return small_case(
        plan,
        envelopes={(LAST, A): 24, (LAST, B): 6},
        shares={(B, item): 30 for item in range(3)},
        wanted={LAST: 30},
        settings=replace(FREE_SHARES, way=Way.KNEE),
    )


def test_of_few_moves_those_that_bring_most_are_taken() -> None:
    # B may pay 3 of each item, and none may have more than its 10. One cell cut by 6 is the least; with
    # 2 moves that item gets 3 of B. A third brings nothing: a second item cut by 3 still lacks B's 3.
    # With four both get them.
    case = cut()
    full = repair(case)
    lacking = []
    for most in (1, 2, 3, 4):
        found = few_at_most(full, case.settings, most)
        assert found is not None and found[0].plan_wan is not None
        assert found[1] == most
        lacking.append(aim_values(case, found[0].plan_wan)[Aim.SHORTFALL])
    assert lacking == [60_000, 30_000, 30_000, 0]


def test_rules_that_need_more_moves_are_given_them() -> None:
    # No item may lose more than 2 of its 10 (80 % signed): 6 cut are at least three cells.
    plan = {(LAST, A, item): 10 for item in range(3)}
    case = small_case(
        plan,
        envelopes={(LAST, A): 24},
        items={item: {"contract": 80} for item in range(3)},
        settings=replace(FREE_SHARES, way=Way.KNEE),
    )
    found = few_at_most(repair(case), case.settings, 1)
    assert found is not None and found[1] == 3
    assert len(movable(repair(case).draft)) == 3
