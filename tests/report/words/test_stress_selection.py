"""Orders and choices of a stress test's reports: what leads, and what is left out."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.study.findings import Driver, Estimate, Level, Source, Swing
from portfolio.model.study.result import LeverEffect, StressResult
from portfolio.report.tables.stress import year_table
from portfolio.report.tables.stress_items import half_year_counts
from portfolio.report.words.stress_selection import (
    chosen_items,
    deciding_items,
    latest_items,
    levers_of,
    shown_levers,
    tornado,
    worst_leverage,
    year_leverage,
)
from tests.report.stress_results import LESS_WAN, PATHS, shipped_stress


def swing(value: float, *, sure: bool = True) -> Swing:
    """A swing of that size; one that is not sure has 0 in its interval."""
    half = abs(value) / 2 if sure else abs(value) * 2
    change = Estimate(value=value, low=value - half, high=value + half)
    return Swing(low=0.0, high=value, difference=change, rank_correlation=0.1)


def driver(ref: str, converted: Swing, delay: Swing, level: Level = Level.ITEM) -> Driver:
    return Driver(
        level=level, source=Source.COST, ref=ref, label=ref, converted=converted,
        cost=swing(1.0), delay=delay,
    )  # fmt: skip


def with_drivers(*drivers: Driver) -> StressResult:
    result = shipped_stress()
    return replace(result, findings=replace(result.findings, drivers=drivers))


def lever(label: str, converted: float, delay: float) -> LeverEffect:
    return LeverEffect(
        label=label, paths=10, converted=swing(converted).difference,
        investment=swing(1.0).difference, cost=swing(1.0).difference,
        delay=swing(delay).difference,
    )  # fmt: skip


def test_a_tornado_leads_with_the_widest_and_leaves_out_what_may_be_chance() -> None:
    result = with_drivers(
        driver("1", swing(3.0), swing(1.0)),
        driver("2", swing(-9.0), swing(2.0)),
        driver("3", swing(20.0, sure=False), swing(3.0)),
        driver("类", swing(50.0), swing(9.0), level=Level.CLASS),
    )
    assert [row.ref for row, _ in tornado(result, "converted", 10)] == ["2", "1"]
    assert [row.ref for row, _ in tornado(result, "delay", 2)] == ["3", "2"]
    assert [row.ref for row, _ in tornado(result, "delay", 2, (Level.CLASS,))] == ["类"]


def test_an_items_swing_is_its_widest_variable() -> None:
    no = shipped_stress().findings.chain[0].item_no
    result = with_drivers(
        driver(str(no), swing(3.0), swing(1.0)), driver(str(no), swing(-9.0), swing(0.5))
    )
    first = deciding_items(result, 3)[0]
    assert (first.chain.item_no, first.converted, first.delay) == (no, 9.0, 1.0)


def test_the_latest_items_lead_by_their_p80_and_none_is_on_time() -> None:
    rows = latest_items(shipped_stress(), 100)
    behind = [row.finish.at(80).value - row.planned_finish for row in rows]
    assert behind == sorted(behind, reverse=True) and min(behind) > 0
    assert latest_items(shipped_stress(), 2) == rows[:2]


def test_chosen_items_are_eight_different_ones() -> None:
    numbers = [row.item_no for row in chosen_items(shipped_stress())]
    assert len(numbers) == len(set(numbers)) == 8
    assert numbers[0] == shipped_stress().findings.chain[0].item_no


def test_levers_are_told_by_kind_and_all_sources_are_shown() -> None:
    levers = (
        lever("来源：工期", 3_660_000.0, -6.0), lever("来源：造价", 2_000.0, -4.0),
        lever("大项：1 甲", 50_000.0, -0.1), lever("大项：2 乙", 90_000.0, -0.2),
        lever("渠道：丙", -70_000.0, -0.3),
    )  # fmt: skip
    result = replace(shipped_stress(), levers=levers)
    assert levers_of(result, "大项") == (("2 乙", 90_000.0), ("1 甲", 50_000.0))
    # 0.2 亿元 reads 0, and what takes money away is no gain.
    assert [name for name, _ in levers_of(result, "来源")] == ["工期"]
    assert levers_of(result, "渠道") == ()
    shown = [row.label for row in shown_levers(result, 1)]
    assert shown == ["来源：工期", "来源：造价", "渠道：丙", "大项：2 乙"]


def test_leverage_leads_with_the_dearest() -> None:
    rows = worst_leverage(shipped_stress())
    assert [row.channel_id for row in rows] == ["LAND"]
    of_channel = [row.investment_in_year.value for row in shipped_stress().leverage]
    assert rows[0].investment_in_year.value == max(of_channel)
    assert rows[0].less_wan == LESS_WAN
    worry = shipped_stress().findings.worry
    assert worry is not None
    assert all(row.year == worry.year for row in year_leverage(shipped_stress()))


def test_a_histogram_holds_every_path_once() -> None:
    result = shipped_stress()
    for row in result.findings.items:
        counts = half_year_counts(result, row)
        assert counts.total() == PATHS
        assert all(quarter % 2 == 0 for quarter in counts)


def test_the_table_of_years_has_a_chance_or_a_gap_never_both() -> None:
    table = year_table(shipped_stress())
    columns = (table.column(key) for key in ("year", "chance", "to_be_listed_p50"))
    for year, chance, listed in zip(*columns, strict=True):
        assert chance is None or listed is None
        assert (chance is not None) == (int(str(year)) <= 2025)
