"""Starts that the targets need: volumes by class and year, judged without the model that found them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from portfolio.model.items import Kind
from portfolio.model.measures.years import year_measures
from portfolio.model.money import BPS, WAN_PER_YI
from portfolio.model.pipeline.added import Start, starts_of, with_starts
from portfolio.model.pipeline.classes import WHOLE, curve, part_of, start_classes
from portfolio.model.pipeline.need import StartNeed, start_need
from portfolio.model.pipeline.plan import STEP_WAN, StartPlan
from portfolio.model.pipeline.result import CaseResult, Lacking, PipelineResult
from portfolio.model.pipeline.settings import Aim, StartSettings
from portfolio.optimize.pipeline.starts import (
    earliest_starts,
    growth_needed,
    least_shortfall,
    least_starts,
)
from portfolio.report.words.answers import pipeline as words
from portfolio.workflows.run import play_plan
from tests.examples import examples
from tests.optimize.start_cases import FIRST, LAST, small_list, small_need
from tests.report.results import shipped_run
from tests.strategies import RISK

#: The small list is held from its second year on.
HELD = FIRST + 1


@given(
    volume=st.integers(0, 2_000_000_000),
    a=st.floats(0.5, 6.0),
    b=st.floats(0.5, 6.0),
    years=st.floats(1.0, 12.0),
    quarters=st.integers(1, 4),
    shown=st.integers(0, 16),
)
@examples(200)
def test_a_start_keeps_its_volume_and_comes_by_cumulated_floors(
    volume: int, a: float, b: float, years: float, quarters: int, shown: int
) -> None:
    upto = curve(replace(RISK, beta_a=a, beta_b=b), years, quarters)
    assert upto[-1] == WHOLE and list(upto) == sorted(upto) and upto[0] >= 0
    each = replace(start_classes(small_list(), StartSettings(first=FIRST))[0], upto=upto)
    money = each.money_wan(volume, shown)
    assert len(money) == shown and all(wan >= 0 for wan in money)
    marks = [volume * part // WHOLE for part in upto[:shown]]
    marks += [volume] * (shown - len(marks))
    assert np.cumsum(money).tolist() == marks
    if shown >= len(upto):
        assert sum(money) == volume


def test_what_starts_late_in_a_year_brings_less_in_it() -> None:
    spread, at_once = curve(RISK, 4.0, 4), curve(RISK, 4.0, 1)
    assert spread[0] < at_once[0] and len(spread) == len(at_once) + 1


@pytest.fixture(scope="module")
def need() -> StartNeed:
    return small_need()


@pytest.fixture(scope="module")
def plan(need: StartNeed) -> StartPlan:
    found = least_starts(need, HELD)
    assert found is not None
    return found


def test_the_plan_holds_what_it_says_counted_again(need: StartNeed, plan: StartPlan) -> None:
    """From the volumes alone: targets, limits of channels, mix, volume in hand."""
    volumes = plan.volumes_wan
    assert (volumes >= 0).all() and not (volumes % STEP_WAN).any()
    whole = sum(each.weight_wan for each in need.classes)
    for y, year in enumerate(need.years):
        brought, asked = 0.0, np.zeros(len(need.bearing))
        for k, each in enumerate(need.classes):
            money = sum(int(volumes[k, s]) * part_of(each, y - s) for s in range(y + 1))
            brought += money * year.inclusion_bps / BPS
            asked += money * np.array(each.mix_bps) / BPS
            low, high = (each.weight_wan / whole * part for part in (0.5, 1.5))
            started = volumes[:, y].sum()
            assert low * started - STEP_WAN <= volumes[k, y] <= high * started + STEP_WAN
        assert year.old_wan + brought == pytest.approx(plan.converted_wan[y], abs=20)
        if year.year >= HELD:
            assert plan.converted_wan[y] >= (year.target_wan or 0) and not plan.short_wan[y]
        for c, one in enumerate(need.bearing):
            assert plan.channels_wan[c, y] == pytest.approx(asked[c], abs=20)
            if one.limit_wan is not None:
                assert one.channel.kind is Kind.POOLED
                assert one.old_wan[y] + plan.channels_wan[c, y] <= one.limit_wan[y]
    assert plan.channels_wan.sum() == plan.money_wan.sum()
    assert plan.in_hand_wan >= need.end_target_wan == 2 * (need.years[-1].target_wan or 0)


def independent_peak(need: StartNeed, held_from: int) -> float:
    """Least peak by another formulation: rows written anew as matrices, in 万元."""
    classes, years = need.classes, need.years
    n, m = len(classes), len(years)
    whole = sum(each.weight_wan for each in classes)
    rows: list[np.ndarray] = []
    most: list[float] = []

    def at(k: int, s: int) -> int:
        return k * m + s

    def add(row: np.ndarray, high: float) -> None:
        rows.append(row)
        most.append(high)

    for s in range(m):
        started = np.zeros(n * m + 1)
        started[[at(k, s) for k in range(n)]] = 1
        peak = started.copy()
        peak[-1] = -1
        add(peak, 0)
        for k, each in enumerate(classes):
            part = each.weight_wan / whole
            one = np.zeros(n * m + 1)
            one[at(k, s)] = 1
            add(part * 0.5 * started - one, 0)
            add(one - part * 1.5 * started, 0)
    left = np.zeros(n * m + 1)
    for k, each in enumerate(classes):
        for s in range(m):
            left[at(k, s)] = 1 - each.upto[min(m - 1 - s, len(each.upto) - 1)] / WHOLE
    add(-left, -(need.end_target_wan - need.old_in_hand_wan))
    for y, year in enumerate(years):
        money = np.zeros((n, n * m + 1))
        for k, each in enumerate(classes):
            for s in range(y + 1):
                upto = (0, *each.upto, WHOLE)
                now, before = (upto[min(j, len(upto) - 1)] for j in (y - s + 1, y - s))
                money[k, at(k, s)] = (now - before) / WHOLE
        if year.year >= held_from:
            add(-money.sum(axis=0), -year.gap_wan)
        for c, one_channel in enumerate(need.bearing):
            if one_channel.limit_wan is not None:
                mix = np.array([each.mix_bps[c] / BPS for each in classes])
                add(mix @ money, one_channel.limit_wan[y] - one_channel.old_wan[y])
    cost = np.zeros(n * m + 1)
    cost[-1] = 1
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(most))
    return float(found.fun) if found.success else float("inf")


@pytest.mark.parametrize("hold", [FIRST, FIRST + 1, FIRST + 3])
@pytest.mark.parametrize("cap", [None, 11_000])
def test_no_plan_has_a_lower_peak(hold: int, cap: int | None) -> None:
    need = small_need(cap_bps=cap)
    least, plan = independent_peak(need, hold), least_starts(need, hold)
    if plan is None:
        assert least == float("inf") or not least_shortfall(need, hold).holds
        return
    assert least <= plan.peak_wan + 1
    assert plan.peak_wan <= least * 1.001 + 2 * STEP_WAN * len(need.classes) + 1_000


def test_each_aim_is_best_at_its_own(need: StartNeed) -> None:
    plans = {}
    for aim in Aim:
        found = least_starts(small_need(aim=aim), HELD)
        assert found is not None
        plans[aim] = found
    assert plans[Aim.PEAK].peak_wan == min(plan.peak_wan for plan in plans.values())
    nearly = 1.011
    for aim, which in ((Aim.VOLUME, "total_wan"), (Aim.CITY, "city_wan")):
        least = min(getattr(plan, which) for plan in plans.values())
        assert getattr(plans[aim], which) <= least * nearly


def test_played_as_items_the_starts_bring_what_is_told(plan: StartPlan) -> None:
    base = small_list()
    starts = starts_of(plan)
    portfolio = with_starts(base, starts)
    assert len(portfolio.items) == len(base.items) + len(starts)
    years = [year.year for year in plan.need.years]
    played = year_measures(portfolio, play_plan(portfolio), years)
    for measure, wan in zip(played, plan.converted_wan, strict=True):
        assert measure.converted_wan == pytest.approx(wan, rel=0.01)
        if measure.year >= HELD:
            assert (measure.converted_wan or 0) >= 0.99 * (measure.target_wan or 0)


def test_a_start_inside_the_planned_period_is_played_too(need: StartNeed) -> None:
    base = small_list()
    start = Start(
        name="期内", of=need.classes[0], volume_wan=500_000, year=base.calendar.period_last - 1
    )
    portfolio = with_starts(base, [start])
    assert portfolio.items[-1].plan_wan > 0
    brought = [
        sum(measure.drawn_wan for measure in year_measures(each, play_plan(each)))
        for each in (portfolio, base)
    ]
    assert brought[0] - brought[1] == 500_000


def test_envelopes_grow_by_what_the_starts_ask(plan: StartPlan) -> None:
    base = small_list()
    grown = with_starts(base, starts_of(plan)).envelopes.pooled_ask_wan
    more = grown - base.envelopes.pooled_ask_wan
    first = FIRST - base.calendar.first_year
    asked = more[first : first + len(plan.need.years), 0]
    assert asked.tolist() == pytest.approx(
        plan.channels_wan[0].tolist(), abs=len(plan.need.classes) * 6
    )
    assert not more[:, 2].any() and not more[:first].any()


def test_where_no_plan_is_what_lacks_is_told() -> None:
    """A limit too low: the least shortfall by year, and by how much the limit would have to grow."""
    need = small_need(cap_bps=2_000)
    assert least_starts(need, HELD) is None
    lacking = least_shortfall(need, HELD)
    assert not lacking.holds and sum(lacking.short_wan) > 0
    growth = growth_needed(need, HELD)
    assert growth is not None and list(growth) == ["C0"]
    one = need.bearing[0]
    assert one.limit_wan is not None
    enough = (one.limit_wan[0] + growth["C0"]) * BPS / one.mean_wan
    assert least_starts(small_need(cap_bps=round(enough * 1.001) + 1), HELD) is not None
    assert least_starts(small_need(cap_bps=round(enough * 0.98)), HELD) is None


def test_the_earliest_year_that_can_be_held_is_found(need: StartNeed) -> None:
    plan = earliest_starts(need)
    assert plan is not None and FIRST <= plan.held_from <= LAST
    for year in range(FIRST, plan.held_from):
        assert least_starts(need, year) is None


def test_where_nothing_holds_the_first_sentence_says_so() -> None:
    need = small_need(cap_bps=2_000)
    lacking = Lacking(least=least_shortfall(need, HELD), growth_wan=growth_needed(need, HELD))
    case = CaseResult(name="按计划", need=need, plan=None, lacking=lacking, played_wan=None)
    run: Any = None  # the sentence is of the case alone
    told = PipelineResult(
        run=run, settings=need.settings, cases=(case, case), held=(), moved=(), first_parts=(0.1,)
    )
    said = words.answer(told)
    assert said.startswith(f"{HELD}—{LAST} 年的目标守不住") and f"仍缺 {HELD} 年" in said
    assert any("要守住，统筹渠道上限每年须增：渠道0 " in line for line in words.lines(told))


def test_a_list_that_holds_its_targets_by_itself_needs_nothing() -> None:
    need = small_need(small_list(target_wan=1), in_hand_bps=0)
    plan = earliest_starts(need)
    assert plan is not None and plan.held_from == FIRST and not plan.total_wan
    case = CaseResult(name="按计划", need=need, plan=plan, lacking=None, played_wan=None)
    run: Any = None  # the sentence is of the case alone
    told = PipelineResult(
        run=run, settings=need.settings, cases=(case,), held=(), moved=(), first_parts=(0.1,)
    )
    assert words.answer(told) == f"{FIRST}—{LAST} 年的目标现清单自己守得住，不须新开工。"


@pytest.mark.parametrize(
    ("settings", "peak_yi"),
    [
        # As the list plans, nothing asked at the end: the numbers that were first reckoned by hand.
        ({"first": 2027, "low_bps": BPS, "high_bps": BPS, "cap_bps": None}, 30_428),
        ({"first": 2026}, 5_919),
    ],
)
def test_the_shipped_list_asks_what_was_reckoned_before(
    settings: dict[str, Any], peak_yi: int
) -> None:
    run = shipped_run()
    asked = StartSettings(in_hand_bps=0, old_as_planned=True, **settings)
    plan = least_starts(start_need(run.portfolio, run.outcome, asked, run.baseline), 2027)
    assert plan is not None
    assert plan.peak_wan / WAN_PER_YI == pytest.approx(peak_yi, rel=0.002)
