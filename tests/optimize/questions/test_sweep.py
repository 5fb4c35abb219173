"""Sweeps and frontiers: equal to building each point anew; kinks where pencil and paper has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.reallocation.case import (
    RepairCase,
    asof_of_year,
    first_shocked_year,
    open_handed,
    repair_case,
)
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.reallocation.settings import Aim
from portfolio.model.reallocation.sweep import AimsReached, SweepPoint
from portfolio.model.scenarios import apply
from portfolio.optimize.aims import solve_in_order
from portfolio.optimize.questions.frontier import SHORTEST_YI, bends, frontier, sweep_kinks
from portfolio.optimize.questions.sweep import Shock, load_for_shocks, shares_free, solve_grid
from portfolio.optimize.rules import build
from portfolio.workflows import load_workbook, merged_scenario, play_plan
from tests.examples import examples, some
from tests.optimize.small_cases import LAST, A, B, random_cases, small_case

#: What is planned in 2035: 10 亿元 each for two items, out of A; B has 4 亿元 to spare.
TWO_ITEMS = {(LAST, A, 0): 10, (LAST, A, 1): 10}
SPARE_IN_B = {(LAST, B): 4}


def moved(case: RepairCase, shock: Shock, change_bps: int) -> RepairCase:
    """The case with its envelopes themselves moved."""
    envelopes = case.portfolio.envelopes
    ask, reserve = envelopes.pooled_ask_wan.copy(), envelopes.pooled_reserve_wan.copy()
    for year in shock.years:
        for channel in shock.channels:
            before, spare = int(ask[year, channel]), int(reserve[year, channel])
            ask[year, channel] = after = before * (BPS + change_bps) // BPS
            reserve[year, channel] = max(0, spare - max(0, before - after))
    envelopes = replace(envelopes, pooled_ask_wan=ask, pooled_reserve_wan=reserve)
    return replace(case, portfolio=replace(case.portfolio, envelopes=envelopes))


def anew(case: RepairCase) -> dict[Aim, float] | None:
    """缺口 and 滞后 (万元) of a model built and solved for this case alone."""
    found = solve_in_order(build(case, derive_repair(case)), seconds=120)
    values = {entry.aim: entry.value * WAN_PER_YI for entry in found.reached}
    return values if found.reached else None


def assert_same(point: SweepPoint | AimsReached, fresh: dict[Aim, float] | None) -> None:
    reached = point.reached if isinstance(point, SweepPoint) else point
    assert reached.proven
    assert reached.feasible == (fresh is not None)
    if fresh is not None:
        assert reached.shortfall_wan == pytest.approx(fresh[Aim.SHORTFALL], abs=1)
        assert reached.delay_wan == pytest.approx(fresh[Aim.DELAY], abs=1, rel=1e-6)


@examples(25)
@given(random_cases(shocks=True), st.lists(st.integers(-10_000, 3_000), min_size=1, max_size=4))
def test_a_sweep_finds_what_building_each_point_anew_finds(
    case: RepairCase, changes: Sequence[int]
) -> None:
    limits = derive_repair(case)
    pooled = tuple(k for k, is_pooled in enumerate(limits.pooled) if is_pooled)
    shock = Shock(channels=pooled, years=(case.first_year, min(case.first_year + 1, LAST)))
    shock = replace(shock, years=tuple(dict.fromkeys(shock.years)))
    found = solve_grid(load_for_shocks(case), [shock], [(change,) for change in changes])
    for point, change in zip(found, changes, strict=True):
        assert_same(point, anew(shares_free(moved(case, shock, change))))


@pytest.mark.parametrize(
    ("scenarios", "channels", "years", "changes"),
    some(
        [
            # Years the scenario leaves alone: there a change of the workbook's is one of the scenario's.
            (("专项债大幅收紧",), ("SPB",), (2023,), (-5_000, -2_500)),
            ((), ("GPB", "SPB", "LAND"), (2023, 2024, 2025), (-6_500, -5_800, -4_400, -2_000)),
            (("三碰头",), ("SPB",), (2023,), (-2_000,)),
            ((), ("SPB",), (2023,), (-5_000, -3_000, 0)),
        ]
    ),
)
def test_on_the_real_portfolio_a_sweep_is_what_set_options_come_to(
    scenarios: tuple[str, ...],
    channels: tuple[str, ...],
    years: tuple[int, ...],
    changes: tuple[int, ...],
) -> None:
    base = load_workbook().portfolio
    shocked = first_shocked_year(apply(merged_scenario(scenarios, ()), base)[0], base)
    earliest = min([*years, *([] if shocked is None else [SHIPPED.first_year + shocked])])

    def case_of(sets: Sequence[str]) -> RepairCase:
        portfolio, _ = apply(merged_scenario(scenarios, sets), base)
        return repair_case(
            portfolio,
            base,
            open_handed_play=play_plan(open_handed(portfolio)),
            shocked_play=play_plan(portfolio),
            asof_quarter=asof_of_year(SHIPPED, earliest),
        )

    case = case_of(())
    ids = [channel.id for channel in case.portfolio.channels]
    shock = Shock(
        channels=tuple(ids.index(name) for name in channels),
        years=tuple(year - SHIPPED.first_year for year in years),
    )
    found = solve_grid(load_for_shocks(case), [shock], [(change,) for change in changes])
    for point, change in zip(found, changes, strict=True):
        span = f"{years[0]}-{years[-1]}"
        sets = [f"{name}:{span}={change / 100:+g}%" for name in channels]
        assert_same(point, anew(shares_free(case_of(sets if change else ()))))


def test_the_shortfall_bends_where_spare_money_ends() -> None:
    # A lacks 20 × cut, B makes good 4 of it: nothing is missed down to -20 %, then 0.2 亿元 a
    # percentage point. (Below -95 % item 2 would miss its tenth.)
    case = small_case(TWO_ITEMS, envelopes=SPARE_IN_B, shares={(B, 0): 100}, wanted={LAST: 20})
    shock = Shock(channels=(A,), years=(LAST,))
    kinks, complete = sweep_kinks(load_for_shocks(case), shock, range(-8_000, 1, 2_500))
    assert complete
    (kink,) = kinks
    assert kink.at == pytest.approx(-2_000, abs=1)
    assert kink.before == pytest.approx(-2_000, abs=1)  # 万元
    assert kink.after == pytest.approx(0, abs=1)


def test_points_without_a_plan_are_marked_and_proven() -> None:
    # Item 2 keeps a tenth of its 10 亿元 and only A may pay it: with 0 there is no plan.
    case = small_case(TWO_ITEMS, envelopes=SPARE_IN_B, shares={(B, 0): 100}, wanted={LAST: 20})
    shock = Shock(channels=(A,), years=(LAST,))
    none, some = solve_grid(load_for_shocks(case), [shock], [(-10_000,), (-5_000,)])
    assert none.reached == AimsReached(feasible=False, proven=True)
    # 20 - 10 - 4 = 6 亿元 are missed.
    assert some.reached.shortfall_wan == pytest.approx(60_000, abs=1)
    assert some.reached.shortfall_by_year_wan == pytest.approx((60_000,), abs=2)


def test_a_frontier_falls_from_the_least_movement_to_the_full_repair() -> None:
    # A has 16 of 20 亿元: 4 must go, at the least. Each further one moved comes out of B (4 to
    # spare); 18 are wanted, so 2 are enough, and the other 2 only make good what is behind.
    case = small_case(
        TWO_ITEMS,
        envelopes={(LAST, A): 16, (LAST, B): 4},
        shares={(B, 0): 100},
        wanted={LAST: 18},
    )
    found = frontier(case, points=8)
    assert [point.moved_wan for point in found.points] == pytest.approx(
        [40_000 + 5_000 * k for k in range(9)], abs=2
    )
    shortfalls = [point.reached.shortfall_wan for point in found.points]
    assert shortfalls == pytest.approx([20_000, 15_000, 10_000, 5_000, 0, 0, 0, 0, 0], abs=2)
    delays = [point.reached.delay_wan or 0 for point in found.points]
    assert delays == sorted(delays, reverse=True)
    assert delays[-1] == pytest.approx(0, abs=20)
    (kink,) = found.kinks
    assert kink.at == pytest.approx(60_000, abs=50)
    assert kink.before == pytest.approx(-10_000, abs=20)  # a 亿元 for a 亿元
    assert kink.after == pytest.approx(0, abs=20)


@examples(15)
@given(random_cases(shocks=True))
def test_a_frontier_never_rises_and_ends_at_the_repair(case: RepairCase) -> None:
    found = frontier(case, points=4)
    fresh = anew(case)
    assert bool(found.points) == (fresh is not None)
    if not found.points:
        return
    values = [point.reached.shortfall_wan or 0 for point in found.points]
    assert all(later <= before + 2 for before, later in pairwise(values))
    # A frontier too short to be parted is told by its start alone: no more is moved than that short.
    short = round(SHORTEST_YI * WAN_PER_YI) if len(values) == 1 else 0
    assert values[-1] == pytest.approx((fresh or {})[Aim.SHORTFALL], abs=3 + short)


@given(
    st.lists(st.integers(1, 999), min_size=0, max_size=4, unique=True),
    st.integers(1, 5),
)
def test_bends_of_a_convex_line_are_found_to_a_thousandth(corners: list[int], steep: int) -> None:
    # Each corner adds `steep` to the slope; corners nearer than three steps are one bend.
    corners = sorted(corners)
    apart = [b - a for a, b in zip([0, *corners], [*corners, 1000], strict=True)]
    if any(gap < 8 for gap in apart):
        return

    def line(place: int) -> float:
        return float(sum(steep * max(0, place - corner) for corner in corners))

    found, complete = bends(line, [0, 250, 1000], 1, 400)
    assert complete
    assert [bend.at for bend in found] == pytest.approx(corners, abs=1)


def test_an_end_of_what_is_feasible_is_no_bend() -> None:
    found, complete = bends(lambda x: None if x < 500 else 2.0 * x, [0, 1000], 1, 400)
    assert (found, complete) == ((), True)
