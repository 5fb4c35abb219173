"""The figures and words of a yearly plan: each rule alone, and that nothing gets lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.measures.year_to_date import Batch, Life, batch_in
from portfolio.model.portfolio import Portfolio
from portfolio.report.json.run import run_json
from portfolio.report.tables.annual_plan import annual_plan, batches, plan_years
from portfolio.report.words.annual_plan import goal_text, nature_text, remark_text, span_text
from tests.examples import examples
from tests.report.results import result_of, shipped_run
from tests.strategies import portfolios

HALF, WHOLE = Fraction(1, 2), Fraction(1)
slow = examples(30)


def life(start: int | None, finish: int | None, *, before: bool = False) -> Life:
    return Life(begun_before=before, start=start, finish=finish)


@pytest.mark.parametrize(
    ("item", "nature"),
    [
        (life(2022, 2024), "建成"),
        (life(2024, 2024), "建成"),
        (life(2024, 2025), "新开工"),
        (life(2022, 2025), "续建"),
        (life(2025, 2027, before=True), "续建"),
        (life(2025, 2027), "前期"),
        (life(None, None), "前期"),
        (life(2021, 2023), "已建成"),
    ],
)
def test_the_nature_of_an_item_in_2024(item: Life, nature: str) -> None:
    assert nature_text(item, 2024) == nature


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (life(2022, 2027), "2022—2027"),
        (life(2022, 2022), "2022"),
        (life(2021, 2027, before=True), "2021年前—2027"),
        (life(2022, None), "2022—2045以后"),
        (life(None, None), "未开工"),
    ],
)
def test_the_years_of_an_item(item: Life, text: str) -> None:
    assert span_text(SHIPPED, item) == text


@pytest.mark.parametrize(
    ("planned", "played", "expected", "reached", "text"),
    [
        # 2024; plan and play agree
        (life(2022, 2024), life(2022, 2024), WHOLE, WHOLE, "建成"),
        (life(2022, 2026), life(2022, 2026), HALF, HALF, "形象进度达到50.0%"),
        (life(2024, 2026), life(2024, 2026), HALF, HALF, "开工建设，形象进度达到50.0%"),
        (life(2024, 2026), life(2024, 2026), Fraction(0), Fraction(0), "开工建设"),
        (life(2025, 2026), life(2025, 2026), Fraction(0), Fraction(0), "开展前期工作"),
        # they differ
        (life(2022, 2026), life(2022, 2027), HALF, Fraction(4, 10), "形象进度达到50.0%（推演40.0%）"),
        (life(2024, 2026), life(2024, 2027), HALF, Fraction(4, 10), "开工建设，形象进度达到50.0%（推演40.0%）"),
        (life(2024, 2026), life(2025, 2027), HALF, Fraction(0), "开工建设，形象进度达到50.0%（推演开展前期工作）"),
        (life(2022, 2026), life(2024, 2027), HALF, Fraction(4, 10), "形象进度达到50.0%（推演开工建设，形象进度达到40.0%）"),
        (life(2022, 2024), life(2022, 2025), WHOLE, HALF, "建成（推演50.0%）"),
        (life(2022, 2026), life(2025, 2027), HALF, Fraction(0), "形象进度达到50.0%（推演开展前期工作）"),
        (life(2021, 2023), life(2021, 2025), WHOLE, HALF, "形象进度达到50.0%（计划2023年建成）"),
        (life(2021, 2023), life(2021, 2024), WHOLE, WHOLE, "建成（计划2023年建成）"),
        (life(2021, 2025), life(2021, 2023), HALF, WHOLE, "形象进度达到50.0%（推演已建成）"),
        # what is not finished is never 100.0 %
        (life(2022, 2025), life(2022, 2025), Fraction(9999, 10_000), Fraction(9999, 10_000), "形象进度达到99.9%"),
    ],
)  # fmt: skip
def test_the_goal_of_a_year(
    planned: Life, played: Life, expected: Fraction, reached: Fraction, text: str
) -> None:
    assert goal_text(planned, played, 2024, expected, reached) == text


def test_a_late_item_says_why_and_from_where() -> None:
    # 53 电源 waits for 54 电网, which by the play is complete in 2027.
    (row,) = [r for r in annual_plan(shipped_run(), 2024).rows if r.index == 52]
    assert row.remark.startswith("计划2026Q4竣工，推演2027Q2，滞后2季（等待“54 电网”1季")
    assert "前置条件：54 电网须全部完成" in row.remark and "（推演2027Q1放行）" in row.remark
    assert row.remark.endswith("依据：D186、D300，其余为假设")


def test_a_gate_that_is_open_is_no_remark() -> None:
    result = shipped_run()
    item = life(2021, 2027)
    assert "前置条件" in remark_text(result, 52, item, 2027)  # opens in 2027Q1
    assert "前置条件" not in remark_text(result, 52, item, 2028)


def test_the_list_of_2024_is_whole() -> None:
    plan = annual_plan(shipped_run(), 2024)
    assert len(plan.rows) == 58 and plan.left_out == ()
    assert sum(row.total_wan for row in plan.rows) == 503_940_000
    assert sum(row.plan_wan for row in plan.rows) == plan.plan_wan == 58_907_244
    assert len(plan.channels) == 16


def test_what_is_finished_is_left_out() -> None:
    # In the baseline 5 items finish in 2026, 6 in 2027, 11 in 2028.
    plan = annual_plan(shipped_run(), 2029)
    assert len(plan.left_out) == 22
    assert len(plan.rows) + len(plan.left_out) == 58


def test_the_next_year_is_shown_while_the_plan_goes_on() -> None:
    assert plan_years(shipped_run(), 0) == (2021, 2022)
    assert plan_years(shipped_run(), 55) == (2034, 2035)
    assert plan_years(shipped_run(), 56) == (2035,)
    assert plan_years(shipped_run(), 63) == (2036,)


def test_an_item_finished_early_stays_while_its_plan_has_money() -> None:
    result = shipped_run()
    finish = (*result.outcome.finish[:-1], 11)  # 58 粮食供应 is given out as finished in 2023
    early = replace(result, outcome=replace(result.outcome, finish=finish))
    (row,) = [r for r in annual_plan(early, 2024).rows if r.index == 57]
    assert row.nature == "已建成"
    assert "推演已于2023Q4竣工，计划在本年仍有安排" in row.remark
    listed = [r for r in batches(early).rows if r.index == 57 and r.year == 2024]
    assert [r.batch for r in listed] == ["已投产"]
    assert not [r for r in annual_plan(early, 2027).rows if r.index == 57]


@slow
@given(portfolios(max_items=6), st.integers(2021, 2045))
def test_a_year_s_plan_loses_nothing(portfolio: Portfolio, year: int) -> None:
    result = result_of(portfolio)
    plan = annual_plan(result, year)
    of_run = {row["year"]: row["plan_wan"] for row in run_json(result)["annual"]}
    assert sum(row.plan_wan for row in plan.rows) == plan.plan_wan == of_run.get(year, 0)
    items = portfolio.items
    assert sum(r.total_wan for r in plan.rows) + plan.left_out_total_wan == sum(
        item.total_wan for item in items
    )
    assert sorted([r.index for r in plan.rows] + [*plan.left_out]) == list(range(len(items)))
    for row in plan.rows:
        assert list(row.quarters_wan) == sorted(row.quarters_wan)
        assert row.quarters_wan[-1] == row.plan_wan
        assert 0 <= row.arrived_wan <= row.needed_wan


@slow
@given(portfolios(max_items=6))
def test_batches_of_a_year_hold_every_item_once_and_all_money(portfolio: Portfolio) -> None:
    result = result_of(portfolio)
    found = batches(result)
    for k, year in enumerate(found.years):
        rows = [row for row in found.rows if row.year == year]
        assert max(Counter(row.index for row in rows).values(), default=1) == 1
        four = {row.index for row in rows if row.batch in tuple(Batch)}
        without = {i for i, each in enumerate(found.lives) if each is None}
        done = {i for i, each in enumerate(found.lives) if each and batch_in(each, year) is None}
        assert four | without | done == set(range(len(portfolio.items)))
        assert len(four) + len(without) + len(done) == len(portfolio.items)
        assert sum(row.plan_wan for row in rows) == found.plan_wan[k]
        assert sum(row.drawn_wan for row in rows) == found.drawn_wan[k]
    document = {row["year"]: row for row in run_json(result)["annual"]}
    for k, year in enumerate(found.years):
        told = document.get(year, {"plan_wan": 0, "drawn_wan": 0})
        assert (found.plan_wan[k], found.drawn_wan[k]) == (told["plan_wan"], told["drawn_wan"])
