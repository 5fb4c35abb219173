"""缺口 near its least, then 调整量 + rate × 滞后, then few moves: against a formulation of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from portfolio.model.money import BPS
from portfolio.model.reallocation.aims import aim_values
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.result import Verdict
from portfolio.model.reallocation.settings import Aim, RepairSettings, Way
from portfolio.optimize.repair import repair
from tests.examples import examples
from tests.optimize.independent import FORMS
from tests.optimize.independent_program import number, plus
from tests.optimize.independent_rules import YI, Repair
from tests.optimize.small_cases import FREE_SHARES, LAST, A, B, random_cases, small_case

FILTERING = (HealthCheck.filter_too_much,)
#: A cell moved by less (亿元) is none: half a 万元.
TOUCHED = 0.5e-4
KNEES = st.builds(
    RepairSettings,
    slack_bps=st.sampled_from((0, 100, 2_000)),
    delay_rate_bps=st.sampled_from((0, 300, 1_000, 10_000)),
    cost_slack_bps=st.just(0),
)


def knee(case: RepairCase, **settings: int) -> RepairCase:
    return replace(case, settings=RepairSettings(**settings))  # type: ignore[arg-type]


def independent_knee(case: RepairCase) -> tuple[float, float] | None:
    """The least 缺口 and the least 调整量 + rate × 滞后 near it, in 万元; None when infeasible."""
    program, settings = Repair(case), case.settings
    shortfall = FORMS[Aim.SHORTFALL](program)
    least = program.program.least(shortfall)
    if least is None:
        return None
    most = least * (1 + settings.slack_bps / BPS)
    program.program.at_most(shortfall, number(most + 1e-6 + 1e-9 * most))
    rate = settings.delay_rate_bps / BPS
    cost = plus((1.0, FORMS[Aim.MOVEMENT](program)), (rate, FORMS[Aim.DELAY](program)))
    found = program.program.least(cost)
    assert found is not None
    return least * YI, found * YI


@examples(60, suppress_health_check=FILTERING)
@given(random_cases(), KNEES)
def test_weighed_aims_reach_what_an_independent_formulation_reaches(
    case: RepairCase, settings: RepairSettings
) -> None:
    case = replace(case, settings=settings)
    found, other = repair(case, few=False), independent_knee(case)
    assert (found.plan_wan is None) == (other is None)
    if other is None:
        return
    reached = {entry.aim: entry for entry in found.lexicographic.reached}
    shortfall, weighing = reached[Aim.SHORTFALL], found.lexicographic.weighing
    assert shortfall.bound is not None and weighing is not None and weighing.bound is not None
    assert shortfall.bound * YI == pytest.approx(other[0], abs=0.1)
    # A hundredth of a 万元 of 缺口 that is left open may be worth some 万元 of the other two.
    assert weighing.value * YI == pytest.approx(other[1], abs=5, rel=1e-5)
    assert weighing.bound <= weighing.value + 1e-5


@examples(60, suppress_health_check=FILTERING)
@given(st.booleans().flatmap(lambda shocks: random_cases(shocks=shocks)), st.sampled_from((0, 500)))
def test_few_moves_keep_every_rule_and_what_was_reached(case: RepairCase, slack: int) -> None:
    case = knee(case, cost_slack_bps=slack)
    plain, few = repair(case, few=False), repair(case)
    assume(plain.plan_wan is not None)
    assert few.plan_wan is not None and few.breaches == () and few.verdict is Verdict.PROVEN
    assert plain.weighed is not None and few.weighed is not None
    least = plain.lexicographic.reached[0].bound
    assert least is not None
    values = aim_values(case, few.plan_wan)
    cells = few.plan_wan.size
    assert values[Aim.SHORTFALL] <= least * YI * 1.01 + cells  # a 万元 a cell for rounding
    # 滞后 of a rounded cell counts in up to 15 years, × 8, at a tenth.
    most = plain.lexicographic.weighing
    assert most is not None
    assert few.weighed.value_wan <= most.value * YI * (1 + slack / BPS) + 12 * cells
    if few.fewest is not None:
        assert few.fewest.bound is None or few.fewest.bound <= few.fewest.cells
        assert few.fewest.cells == np.count_nonzero(_moved(case, few.plan_wan))


@examples(20, suppress_health_check=FILTERING)
@given(random_cases())
def test_the_same_case_has_the_same_plan(case: RepairCase) -> None:
    first, second = (repair(knee(case)) for _ in range(2))
    assert np.array_equal(first.plan_wan, second.plan_wan)
    assert first.weighed == second.weighed


def _moved(case: RepairCase, plan_wan: np.ndarray) -> np.ndarray:
    pooled = np.array([channel.id in ("A", "B") for channel in case.portfolio.channels])
    change = (plan_wan - case.portfolio.plan_wan[:15]) * pooled[:, None]
    return np.asarray(change[case.first_year :])


def freely(case: RepairCase, **settings: int) -> RepairCase:
    """Weighed, and no rule about shares in the way."""
    return replace(case, settings=replace(FREE_SHARES, way=Way.KNEE, **settings))  # type: ignore[arg-type]


def cut(**settings: int) -> RepairCase:
    """A is cut from 10 to 4 in the last year, B could pay the 6; class 1 weighs 8."""
    case = small_case(
        {(LAST, A, 0): 10}, envelopes={(LAST, A): 4, (LAST, B): 10}, shares={(B, 0): 80}
    )
    return freely(case, **settings)


@pytest.mark.parametrize(
    ("rate", "moved", "behind"),
    [
        # Leaving 6 behind costs 48 × rate beside the 6 that are cut; replacing them moves 6 more.
        (1_000, 6, 48),  # 4.8 < 6
        (1_300, 12, 0),  # 6.24 > 6
    ],
)
def test_delay_is_made_good_where_its_price_is_above_what_is_moved(
    rate: int, moved: int, behind: int
) -> None:
    found = repair(cut(delay_rate_bps=rate, cost_slack_bps=0))
    assert found.plan_wan is not None and found.weighed is not None
    values = aim_values(found.case, found.plan_wan)
    assert (values[Aim.MOVEMENT], values[Aim.DELAY]) == (moved * 10_000, behind * 10_000)
    assert found.weighed.value_wan == moved * 10_000 + behind * rate
    assert found.weighed.proven


def test_shortfall_may_stay_by_its_slack() -> None:
    # 4 of 10 come; 10 are wanted and B could pay 3: the least 缺口 is 3. A half more may stay (4.5),
    # where 滞后 costs nothing: of 3 that B could pay 1.5 are not moved.
    case = small_case(
        {(LAST, A, 0): 10},
        envelopes={(LAST, A): 4, (LAST, B): 3},
        shares={(B, 0): 80},
        wanted={LAST: 10},
    )
    for slack, moved in ((0, 9), (5_000, 7.5)):
        asked = freely(case, slack_bps=slack, delay_rate_bps=0, cost_slack_bps=0)
        found = repair(asked)
        assert found.plan_wan is not None
        assert aim_values(asked, found.plan_wan)[Aim.MOVEMENT] == pytest.approx(
            moved * 10_000, abs=1
        )


def test_more_may_be_moved_in_fewer_cells() -> None:
    # Two items lose 5 each of A in the last year; B pays item 1 at most 5, item 2 nothing. Nothing
    # is wanted, so that only 滞后 (class 1: 8, class 4: 1) weighs. One cell is the least to cut 5.
    plan = {(LAST, A, 0): 10, (LAST, A, 1): 10}
    case = small_case(plan, envelopes={(LAST, A): 15}, items={1: {"priority": 4}})
    found = repair(freely(case, cost_slack_bps=0))
    assert found.plan_wan is not None and found.fewest is not None
    assert (found.fewest.cells, found.fewest.proven) == (1, True)
    assert found.plan_wan[LAST, A].tolist() == [100_000, 50_000]
