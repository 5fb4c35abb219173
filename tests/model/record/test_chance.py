"""How sure a year is, when nothing is told, and in which words."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from portfolio.model.facts import Facts
from portfolio.model.items import ListPlanKind, TargetKind
from portfolio.model.record import words
from portfolio.model.record.chance import (
    ListPlan,
    Refusal,
    Stage,
    chance_of,
    list_plan_of,
    year_chance,
)
from portfolio.model.record.rows import Record, Source
from portfolio.model.record.variants import TOLD, Variant, hidden_misses
from tests.model.record.records import row, shipped, shipped_portfolio

YI = 10_000
PLAN = ListPlan(plan_wan=3_800 * YI, kind=ListPlanKind.PUBLISHED)
TARGET = 3_800 * YI


def with_figure(month: float, rate: float) -> Record:
    return replace(shipped(), rows=(*shipped().rows, row("广州", 2026, rate, month=month)))


def test_the_shipped_workbook_tells_the_year_that_is_planned_as_a_range():
    told = chance_of(shipped_portfolio(), 2026)
    assert told.plan == PLAN
    assert [each.variant for each in told.by_variant] == list(TOLD)
    assert told.range == pytest.approx((0.717, 0.883), abs=0.001)
    assert words.chance_words(told) == "约七到九成"
    assert words.hidden_words(told) == "若本市另有两年没公布、也没完成：约六到七成"
    assert words.level_words(told) == "计划的 98%—123%（十次里约八次），中间 110%"
    assert words.money_words(told) == "约 3,700—4,700 亿元，中间约 4,200"
    assert words.plan_words(told) == "名单计划 3,800 亿元"


def test_a_year_without_a_plan_of_its_list_is_refused_with_the_reason():
    told = chance_of(shipped_portfolio(), 2027)
    assert told.refusal is Refusal.NO_PLAN
    assert (told.range, told.hidden, told.level_bps) == (None, None, None)
    assert "没有 2027 年名单计划，不给把握" in words.chance_words(told)
    assert words.hidden_words(told) is words.level_words(told) is words.money_words(told) is None


def with_target(year: int, **changes: object):
    portfolio = shipped_portfolio()
    targets = tuple(
        replace(target, **changes) if target.year == year else target
        for target in portfolio.targets
    )
    return replace(portfolio, targets=targets)


def test_an_assumed_plan_is_told_and_marked():
    portfolio = with_target(2027, list_plan_wan=3_900 * YI, list_plan_kind=ListPlanKind.ASSUMED)
    told = chance_of(portfolio, 2027)
    assert told.refusal is None
    assert words.plan_words(told) == "名单计划 3,900 亿元（假设）"


def test_an_interpolated_plan_is_refused_unless_asked_for():
    plan = ListPlan(plan_wan=3_800 * YI, kind=ListPlanKind.INTERPOLATED)
    assert year_chance(shipped(), 2026, plan, TARGET).refusal is Refusal.INTERPOLATED
    assert year_chance(shipped(), 2026, plan, TARGET, interpolated=True).range is not None


def test_the_plan_entered_comes_before_the_published_one():
    portfolio = with_target(2026, list_plan_wan=4_000 * YI, list_plan_kind=ListPlanKind.ASSUMED)
    assert list_plan_of(portfolio.targets, 2026) == ListPlan(
        plan_wan=4_000 * YI, kind=ListPlanKind.ASSUMED
    )
    assert list_plan_of(portfolio.targets, 2022) is None
    assert list_plan_of(portfolio.targets, 1999) is None


def test_other_refusals():
    assert chance_of(with_target(2026, target_wan=None), 2026).refusal is Refusal.NO_TARGET
    ceiling = chance_of(with_target(2026, kind=TargetKind.CEILING), 2026)
    assert (ceiling.refusal, ceiling.range) == (Refusal.NOT_A_FLOOR, None)
    thin = Record(place="广州", rows=shipped().rows[:20])
    assert year_chance(thin, 2026, PLAN, TARGET).refusal is Refusal.NO_RECORD
    assert year_chance(Record(place="广州"), 2026, PLAN, TARGET).refusal is Refusal.NO_RECORD
    for refusal in Refusal:
        told = replace(chance_of(shipped_portfolio(), 2027), refusal=refusal)
        assert "不给把握" in words.chance_words(told)


def test_no_chance_without_a_range_over_choices():
    """Eleven old full years of press of other places: of late, own and unselected ones are none."""
    rows = tuple(row(f"地{k}", 2000, 1.1) for k in range(11))
    told = year_chance(Record(place="广州", rows=rows), 2026, PLAN, TARGET)
    assert told.range is None or len(told.by_variant) >= 2
    own = tuple(row("广州", 2000 + k, 1.1) for k in range(11))
    alone = year_chance(Record(place="广州", rows=own), 2026, PLAN, TARGET)
    assert alone.refusal is Refusal.ONE_CHOICE
    assert alone.range is None


def test_the_less_is_asked_the_surer():
    chances = [
        year_chance(shipped(), 2026, PLAN, int(TARGET * part)).range for part in (0.9, 1.0, 1.1)
    ]
    for lower, higher in pairwise(chances):
        assert lower is not None and higher is not None
        assert lower[0] > higher[0] and lower[1] > higher[1]


# --- The running year


@pytest.mark.parametrize(("months", "said"), [(65, ""), (66, "截至 6 月"), (70, "截至 10 月")])
def test_facts_of_items_without_a_figure_of_the_list_are_said_to_be_no_help(months, said):
    portfolio = replace(shipped_portfolio(), facts=Facts(asof_months=months))
    told = chance_of(portfolio, 2026)
    assert told.range == chance_of(shipped_portfolio(), 2026).range
    assert bool(words.stage_words(told)) == bool(said) and said in words.stage_words(told)
    known = replace(portfolio, record=with_figure(9.0, 0.76))
    assert "没有填" not in words.stage_words(chance_of(known, 2026))


def test_figures_before_june_change_nothing():
    told = year_chance(with_figure(4.0, 0.9), 2026, PLAN, TARGET)
    before = year_chance(shipped(), 2026, PLAN, TARGET)
    assert told.stage is Stage.TOO_EARLY
    assert (told.by_variant, told.level_bps) == (before.by_variant, before.level_bps)
    assert words.chance_words(told).startswith("约七到九成（年初的估计")


@pytest.mark.parametrize("month", [6.0, 7.0, 8.9])
def test_until_september_it_is_still_unclear(month):
    told = year_chance(with_figure(month, 0.2), 2026, PLAN, TARGET)
    before = year_chance(shipped(), 2026, PLAN, TARGET)
    assert told.stage is Stage.UNCLEAR
    assert (told.by_variant, told.level_bps) == (before.by_variant, before.level_bps)
    assert "还看不准" in words.chance_words(told)
    assert words.chance_words(told).startswith("约七到九成")


@pytest.mark.parametrize(
    ("month", "rate", "said"),
    [
        (9.0, 0.76, "约八成以上"),
        (10.0, 0.855, "约九成以上"),
        (11.0, 0.93, "约九成以上"),
        (11.0, 0.86, "约一成以下"),
        (10.0, 0.70, "约一成以下"),
    ],
)
def test_from_september_the_figures_speak(month, rate, said):
    told = year_chance(with_figure(month, rate), 2026, PLAN, TARGET)
    assert told.stage is Stage.RUNNING
    assert words.chance_words(told) == f"{said}（已用截至 {month:g} 月的年内数）"
    assert words.hidden_words(told) is None


def test_nothing_is_ever_certain_before_it_is_reached():
    told = year_chance(with_figure(11.0, 0.99), 2026, PLAN, TARGET)
    assert told.range is not None and told.range[0] > 0.99
    assert words.chance_words(told).startswith("约九成以上")


def test_the_level_never_falls_below_what_is_done():
    told = year_chance(with_figure(11.0, 0.99), 2026, PLAN, TARGET)
    assert told.level_bps is not None and min(told.level_bps) >= 9_900


@pytest.mark.parametrize("month", [5.0, 8.0, 11.0])
def test_a_target_that_is_reached(month):
    told = year_chance(with_figure(month, 1.01), 2026, PLAN, TARGET)
    assert told.stage is Stage.REACHED
    assert told.range == (1.0, 1.0)
    assert words.chance_words(told) == "年内数已达到目标"


@pytest.mark.parametrize(("rate", "said"), [(1.02, "已达到"), (0.97, "没有达到")])
def test_a_year_that_has_ended(rate, said):
    told = year_chance(with_figure(12.0, rate), 2026, PLAN, TARGET)
    assert told.stage is Stage.ENDED
    assert words.chance_words(told).endswith(said)
    assert (told.by_variant, words.level_words(told)) == ((), None)


def test_figures_that_are_given_count_like_those_of_the_record():
    figure = row("广州", 2026, 0.855, month=10.0)
    given = year_chance(shipped(), 2026, PLAN, TARGET, figure)
    entered = year_chance(with_figure(10.0, 0.855), 2026, PLAN, TARGET)
    assert given.by_variant == entered.by_variant


# --- The misses nobody published


def test_hidden_misses_lie_in_the_first_years_without_a_figure():
    assert [(each.year, each.place) for each in hidden_misses(shipped(), 2026)] == [
        (2021, "广州"), (2022, "广州"),
    ]  # fmt: skip


def test_a_place_whose_years_are_all_known_hides_none():
    own = tuple(row("广州", year, 1.05, source=Source.OWN) for year in range(2021, 2026))
    others = [each for each in shipped().rows if each.place != "广州" or each.year in (2019, 2020)]
    record = replace(shipped(), rows=(*others, *own))
    assert hidden_misses(record, 2026) == ()
    told = year_chance(record, 2026, PLAN, TARGET)
    assert told.hidden is None
    assert words.hidden_words(told) is None


def test_a_place_nobody_wrote_of_may_hide_the_last_two_years():
    record = replace(shipped(), place="新城")
    assert [each.year for each in hidden_misses(record, 2026)] == [2024, 2025]
    told = year_chance(record, 2026, PLAN, TARGET)
    by_variant = {each.variant: each.chance for each in told.by_variant}
    assert by_variant[Variant.ALL] == by_variant[Variant.ELSEWHERE]


# --- Words


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.717, 0.883, "约七到九成"),
        (0.682, 0.682, "约六到七成"),
        (0.7, 0.7, "约七成"),
        (0.7, 0.8, "约七到八成"),
        (0.3 - 1e-12, 0.4 + 1e-12, "约三到四成"),
        (0.9, 0.95, "约九成以上"),
        (0.9, 1.0, "约九成以上"),
        (0.85, 0.95, "约八成以上"),
        (0.0, 0.1, "约一成以下"),
        (0.0, 0.05, "约一成以下"),
        (0.05, 0.15, "约二成以下"),
        (0.1, 0.2, "约一到二成"),
        (0.0, 1.0, "说不准"),
        (0.05, 0.95, "说不准"),
        (1.0, 1.0, "约九成以上"),
    ],
)
def test_ranges_in_tenths(low, high, said):
    assert words.range_words(low, high) == said


@pytest.mark.parametrize(
    ("plan_yi", "said"),
    [
        (38_000, "约 37,000—47,000 亿元，中间约 42,000"),
        (3_800, "约 3,700—4,700 亿元，中间约 4,200"),
        (380, "约 370—470 亿元，中间约 420"),
        (38, "约 37—47 亿元，中间约 42"),
        (3.8, "约 3.7—4.7 亿元，中间约 4.2"),
    ],
)
def test_money_is_told_coarsely(plan_yi, said):
    plan = ListPlan(plan_wan=round(plan_yi * YI), kind=ListPlanKind.PUBLISHED)
    assert words.money_words(year_chance(shipped(), 2026, plan, plan.plan_wan)) == said


def test_what_it_rests_on():
    said = words.basis_words(shipped(), 72)
    assert said == "依据 32 个地区年的全年数（30 个完成，多为报喜的新闻稿）和 72 个年内数"
