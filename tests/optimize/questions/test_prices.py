"""Prices of limits: by hand on two items, against fresh solves, and what must hold of the real plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.items import Target, TargetKind
from portfolio.model.reallocation.case import RepairCase, open_handed, repair_case
from portfolio.model.reallocation.result import Price, Verdict
from portfolio.model.reallocation.settings import Aim, RepairSettings, Way
from portfolio.model.scenarios import apply
from portfolio.optimize.limit import EFFORT, Limit
from portfolio.optimize.questions.prices import prices
from portfolio.optimize.repair import Repaired, repair
from portfolio.workflows import load_workbook, merged_scenario, play_plan
from tests.strategies import make_channel, make_item, make_portfolio

BUDGET, LOAN = 0, 1
LEVERAGED, PLAIN = 0, 1


def two_items(envelope_2021: int, *, aims: tuple[Aim, ...] = tuple(Aim), **changes: object):
    """Item 1 borrows half of what the budget gives it, item 2 doesn't; 2021 has too little.

    ====  ======  ====  ======
    year  item 1  LOAN  item 2  (万元; the budget's envelope is 2000 in 2022, nothing later)
    ====  ======  ====  ======
    2021    1000   500    1000
    2022    1000   500    1000
    ====  ======  ====  ======

    2021's target is what was planned: 2500 × 0.7 = 1750. Nobody may do more in a year than planned,
    so that what 2021 lacks is never caught up and counts in all 15 years.
    """
    plan = np.zeros((15, 2, 2), dtype=np.int64)
    plan[:2, BUDGET] = 1000
    plan[:2, LOAN, LEVERAGED] = 500
    channels = (make_channel(0, reserve_bps=0, reserve_floor_bps=0), make_channel(4))
    items = tuple(
        make_item(no + 1, plan[:, :, no].sum(axis=1), yearly_cap_wan=1500 - 500 * no)
        for no in range(2)
    )
    portfolio = make_portfolio(plan, channels=channels, items=items)
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    ask[0, BUDGET] = envelope_2021
    target = Target(
        year=2021, target_wan=10**6, kind=TargetKind.FLOOR, upper_wan=None, inclusion_bps=7000,
        programme_weight_bps=None, provenance="假设：测试", **published_nothing(),
    )  # fmt: skip
    portfolio = replace(
        portfolio,
        targets=(target,),
        envelopes=replace(portfolio.envelopes, pooled_ask_wan=ask),
    )
    case = RepairCase(
        portfolio=portfolio,
        asof_quarter=-1,
        reference_wan=plan,
        past_wan=np.zeros_like(plan),
        work_bps=np.full((15, 2), 10_000, dtype=np.int64),
        slowed=np.zeros(2, dtype=np.bool_),
        # Prices hold what items keep of a cut: shares are free here, fresh solves move them.
        settings=RepairSettings(way=Way.STRICT, aims=aims, yearly_band_bps=10_000),
    )
    return replace(case, **changes)  # type: ignore[arg-type]


def published_nothing() -> dict[str, object]:
    """Fields of a target that play no part."""
    known = {"year", "target_wan", "kind", "upper_wan", "inclusion_bps"}
    known |= {"programme_weight_bps", "provenance"}
    return dict.fromkeys(sorted(set(Target.__dataclass_fields__) - known))


def of_envelope(found: tuple[Price, ...]) -> Price:
    """The price of the budget in 2021."""
    return next(one for one in found if one.rule == "voted_envelope" and one.year == 2021)


def values(repaired: Repaired) -> dict[Aim, int]:
    return {stage.aim: stage.value_wan for stage in repaired.stages}


def test_an_envelope_is_worth_what_the_item_at_the_margin_makes_of_it():
    # 1400: item 1 is served first (a 万元 makes 1.5), 400 are left for item 2, which is the margin:
    # 100 more are 70 converted, and 100 less behind in each of 15 years at weight 8. Item 2 takes
    # 600 more; with 300 less it is at its floor of 100 (a tenth), and item 1 begins to lose.
    price = of_envelope(prices(repair(two_items(1400)), step_wan=100))
    assert (price.shortfall_wan, price.delay_wan, price.loans_wan) == (70, 12_000, 0)
    assert (price.limit_wan, price.used_wan, price.step_wan) == (1400, 1400, 100)
    assert (price.holds_down_wan, price.holds_up_wan) == (300, 600)


def test_loans_come_in_an_envelopes_train():
    # 800: item 2 stays at its floor of 100, item 1 has 700 and borrows 350: 100 more make 150,
    # 105 converted. It takes 300 more; at 150 in all, loan included, it would be at its floor of a
    # tenth. In 2022 item 2 leaves item 1 the 300 it lacks of capital, so that the loans come in
    # 2023: 100 more are 150 less behind in 2021, 250 in 2022 (item 2 keeps 100 more), then 100.
    price = of_envelope(prices(repair(two_items(800)), step_wan=100))
    assert (price.shortfall_wan, price.delay_wan, price.loans_wan) == (
        105,
        8 * (150 + 250 + 13 * 100),
        50,
    )
    assert (price.holds_down_wan, price.holds_up_wan) == (600, 300)


def test_a_floor_falls_and_its_money_goes_where_it_makes_more():
    # Item 2's floor of 100 lets 100 go to item 1: 150 − 100 = 50 more, 35 converted.
    found = prices(repair(two_items(800)), step_wan=1000)
    floor = next(one for one in found if one.rule == "no_stop_start")
    assert (floor.item_no, floor.limit_wan, floor.step_wan) == (2, 100, 100)
    assert (floor.shortfall_wan, floor.loans_wan) == (35, 50)
    assert (floor.holds_down_wan, floor.holds_up_wan) == (100, 600)


@pytest.mark.parametrize("envelope", [600, 1100, 1400, 1900])
@pytest.mark.parametrize("step", [50, 300, 2000])
def test_a_price_is_the_difference_of_two_fresh_solves(envelope, step):
    before = repair(two_items(envelope))
    after = values(repair(two_items(envelope + step)))
    price = of_envelope(prices(before, step_wan=step))
    assert abs(values(before)[Aim.SHORTFALL] - after[Aim.SHORTFALL] - price.shortfall_wan) <= 1
    assert abs(values(before)[Aim.DELAY] - after[Aim.DELAY] - price.delay_wan) <= 1


@pytest.mark.parametrize("envelope", [700, 1100, 1250, 1700])
def test_a_price_holds_inside_its_range_and_buys_less_beyond(envelope):
    one = of_envelope(prices(repair(two_items(envelope)), step_wan=100))
    assert one.holds_down_wan is not None and one.holds_up_wan is not None
    here = values(repair(two_items(envelope)))[Aim.SHORTFALL]
    for change in (one.holds_up_wan, one.holds_up_wan // 2, -one.holds_down_wan):
        there = values(repair(two_items(envelope + change)))[Aim.SHORTFALL]
        assert abs((here - there) - one.shortfall_wan * change / 100) <= 2
    beyond = values(repair(two_items(envelope + one.holds_up_wan + 100)))[Aim.SHORTFALL]
    assert here - beyond < one.shortfall_wan * (one.holds_up_wan + 100) / 100 - 10


def test_nothing_has_a_price_where_nothing_is_lacking():
    assert prices(repair(two_items(2000)), step_wan=100) == ()


def test_without_a_plan_or_without_time_there_are_no_prices():
    assert prices(repair(two_items(0)), step_wan=100) == ()
    limit = Limit.of(0.0)
    assert prices(repair(two_items(1400)), step_wan=100, limit=limit) == ()
    assert limit.cut


def test_where_the_effort_is_spent_first_some_prices_are_missing_and_that_is_known():
    repaired = repair(two_items(800))
    enough = Limit.of(None)
    every = prices(repaired, step_wan=100, limit=enough)
    assert every and not enough.cut
    spent = EFFORT - (enough.effort or 0)
    short = Limit.of(None, effort=spent // 2)
    assert prices(repaired, step_wan=100, limit=short) != every
    assert short.cut


def test_the_order_of_the_aims_is_the_settings():
    # 滞后 before 缺口: item 1's 1.5 are worth more than item 2's 1 as before; the 70 are second now.
    aims = (Aim.DELAY, Aim.SHORTFALL, Aim.MOVEMENT)
    price = of_envelope(prices(repair(two_items(1400, aims=aims)), step_wan=100))
    assert (price.delay_wan, price.shortfall_wan) == (12_000, 70)


def test_with_the_movement_held_first_a_step_pays_for_what_may_move():
    # The cut of 600 must go somewhere; 100 more are 100 less to move, taken back where they help.
    aims = (Aim.MOVEMENT, Aim.SHORTFALL, Aim.DELAY)
    price = of_envelope(prices(repair(two_items(1400, aims=aims)), step_wan=100))
    assert price.shortfall_wan == 70


def shipped(name: str) -> Repaired:
    base = load_workbook().portfolio
    portfolio, _ = apply(merged_scenario([name], ()), base)
    case = repair_case(
        portfolio,
        base,
        open_handed_play=play_plan(open_handed(portfolio)),
        shocked_play=play_plan(portfolio),
    )
    return repair(case)


def test_prices_of_the_real_plan_are_ranked_and_explained_by_their_loans():
    defaults = shipped("自筹违约")
    assert defaults.verdict is Verdict.PROVEN
    found = prices(defaults, most=6)
    assert len(found) == 6
    ranks = [(-one.shortfall_wan, -one.delay_wan) for one in found]
    assert ranks == sorted(ranks)
    for one in found:
        assert one.shortfall_wan >= 0 and max(one.shortfall_wan, one.delay_wan) > 0
        assert 0 < one.step_wan <= 10_000
        assert one.holds_up_wan is None or one.holds_up_wan >= 0
        assert abs(one.limit_wan - one.used_wan) <= 20  # it binds, but for whole 万元
        if one.rule == "voted_envelope":
            # A 万元 and the loans it brings convert at 0.70.
            assert one.shortfall_wan * 10 <= 7 * (one.step_wan + one.loans_wan) + 10


def test_a_shock_that_costs_neither_shortfall_nor_delay_has_no_prices():
    repaired = shipped("专项债收紧")
    assert values(repaired)[Aim.DELAY] < 1000  # what rounding to whole 万元 leaves, weighted
    assert prices(repaired) == ()
