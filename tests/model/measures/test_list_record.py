"""The yearly list on record: what is published is the fact, and no past year is judged by a play."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from portfolio.model.items import ListPlanKind, PublicRecord
from portfolio.model.measures.list_record import list_record, longest_record
from portfolio.model.measures.years import judged_from, year_measures
from portfolio.model.rules.parameters import derive
from portfolio.report.tables.list_record import LIST_DATA, list_table
from portfolio.report.tables.render import data_rows
from portfolio.report.words.run import headline, year_verdict
from portfolio.sim.one_path import play
from tests.model.measures.test_years import own_money, target
from tests.report.results import example_run, shipped_run

PUBLISHED = ListPlanKind.PUBLISHED


def record(year: int, part: str, value: float | None, **changes: object) -> PublicRecord:
    plain = PublicRecord(
        period=str(year), part=part, universe="市重点建设项目", metric="完成投资", value=value,
        unit="亿元", share_of_year_bps=None, note=None, provenance="假设：测试",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_year_before_one_whose_list_is_in_print_is_past() -> None:
    # 1,000 a year make 700 each, below 900 in 2021 and 2022: play that nobody has to answer for
    # once the list of 2023 is published.
    goals = [target(year, 900) for year in (2021, 2022, 2023)]
    goals[2] = replace(goals[2], list_plan_wan=800, list_plan_kind=PUBLISHED)
    portfolio = own_money(dict.fromkeys((2021, 2022, 2023), 1000), *goals)
    assert judged_from(portfolio) == 2023
    first, second, third, *_ = year_measures(portfolio, play(derive(portfolio)))
    assert [(m.past, m.executed, m.met, m.below_wan) for m in (first, second)] == [
        (True, False, None, 0)
    ] * 2
    assert year_verdict(first) == year_verdict(second) == "推演"
    assert (third.past, third.met, third.below_wan) == (False, False, 200)


def test_only_what_is_in_print_makes_a_year_past() -> None:
    for kind in (ListPlanKind.INTERPOLATED, ListPlanKind.ASSUMED):
        goal = target(2023, 900, list_plan_wan=800, list_plan_kind=kind)
        portfolio = own_money({2021: 1000}, target(2021, 900), goal)
        assert judged_from(portfolio) == 2021
        (first, *_) = year_measures(portfolio, play(derive(portfolio)))
        assert (first.past, first.met) == (False, False)


def test_the_longest_period_published_is_the_outturn() -> None:
    records = [
        record(2023, "1-3月", 600.5),
        record(2023, "1-10月", 3186.0),
        record(2023, "1-11月", None),
        record(2023, "全年", 9999.0, universe="攻城拔寨项目"),
        record(2022, "全年", 3500.0),
    ]
    assert longest_record(records, 2023) == (31_860_000, 10)
    assert longest_record(records, 2022) == (35_000_000, 12)
    assert longest_record(records, 2021) is None


def test_the_list_stands_before_the_play() -> None:
    goals = [
        target(2019, None, list_plan_wan=1000, list_plan_kind=PUBLISHED, list_done_wan=1080),
        target(2021, 900),
        target(2023, 900, list_plan_wan=800, list_plan_kind=PUBLISHED),
    ]
    portfolio = own_money({2021: 1000, 2023: 1001}, *goals)
    records = [record(2023, "1-6月", 0.04)]
    before, during = list_record(portfolio, play(derive(portfolio)), records)
    assert (before.year, before.done_wan, before.months) == (2019, 1080, 12)
    assert before.completion == Fraction(108, 100)
    assert before.converted_wan is None
    assert (during.year, during.done_wan, during.months) == (2023, 400, 6)
    assert (during.completion, during.converted_wan) == (Fraction(1, 2), 700)


def test_the_shipped_list_is_as_published() -> None:
    rows = data_rows(list_table(shipped_run(), LIST_DATA))
    told = [
        (r["year"], r["list_plan_wan"], r["list_plan_kind"], r["list_done_wan"], r["months"])
        for r in rows
    ]
    assert told == [
        (2019, 30_877_100, "公布", 33_340_000, 12),
        (2020, 33_110_000, "公布", 38_010_000, 12),
        (2021, 36_040_000, "公布", None, 0),
        (2023, 37_850_000, "公布", 31_860_000, 10),
        (2024, 38_020_000, "内插", 30_570_000, 9),
        (2026, 38_000_000, "公布", None, 0),
    ]
    assert [row["mark"] for row in rows] == [None, None, *["推演"] * 4]
    marks = {row["year"]: row["mark"] for row in data_rows(list_table(example_run(), LIST_DATA))}
    assert (marks[2024], marks[2026]) == ("已执行", "已执行＋推演")


def test_no_past_year_of_the_shipped_plan_is_met_or_missed() -> None:
    run = shipped_run()
    past = [m for m in year_measures(run.portfolio, run.outcome) if m.year < 2026]
    assert [year_verdict(m) for m in past] == ["推演"] * 5
    assert [m.target_wan for m in past if m.year in (2021, 2023)] == [36_040_000, 37_850_000]
    told = headline(run)
    assert "达标，最弱" not in told and "差 " not in told
    assert "推演完成投资" in told and "推演不评判达标" in told
