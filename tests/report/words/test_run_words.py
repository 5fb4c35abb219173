"""The sentences of a report, each from the smallest case that asks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Target, TargetKind
from portfolio.model.measures.years import year_measures
from portfolio.model.outcome import Cause, CauseKind
from portfolio.model.portfolio import Conditions, Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.report.tables.run import annual_table, evidence_table, gate_table
from portfolio.report.words.run import (
    assumption_lines,
    carried_over_line,
    cause_name,
    causes_text,
    headline,
    reconciliation_lines,
    target_text,
    year_verdict,
)
from portfolio.sim.one_path import play
from tests.report.results import result_of, shipped_run
from tests.strategies import make_channel, make_portfolio


def goal(year: int, wan: int, **changes: object) -> Target:
    plain = Target(
        year=year, target_wan=wan, kind=TargetKind.FLOOR, upper_wan=None, inclusion_bps=7000,
        programme_weight_bps=None, list_plan_wan=None, list_plan_kind=None, list_done_wan=None,
        published_projects=None, provenance="假设：测试",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def two_items(*targets: Target, gates: tuple[Gate, ...] = (), late: int = 0) -> Portfolio:
    """Two items of 1,000 亿 a year in 2021 and 2022, each with money of its own."""
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    plan[:2] = 10_000_000
    channels = (make_channel(2, reserve_bps=10_000),)
    conditions = replace(Conditions.neutral(2, channels), start_delay_quarters=np.array([late, 0]))
    made = make_portfolio(plan, channels=channels, gates=gates, conditions=conditions)
    return replace(made, targets=targets)


def soft_start_gate() -> Gate:
    return Gate(
        id="G1", pred_no=1, succ_no=2, type=GateType.SS, fraction_bps=None, holds_bps=0,
        lag_quarters=0, hard=False, reason="=测试", provenance="假设：测试",
    )  # fmt: skip


def test_headline_when_everything_is_met_and_nothing_late() -> None:
    # 2,000 亿 a year × 0.70 = 1,400 亿, exactly the targets.
    result = result_of(two_items(goal(2021, 14_000_000), goal(2022, 14_000_000)))
    assert headline(result) == (
        "2021—2025 年 2 个大项推演完成投资 4,000 亿元，为计划的 100.0%；"
        "折市重点口径 2 年全部达标；没有大项滞后。"
    )


def test_headline_does_not_count_years_whose_list_runs_down_as_missed() -> None:
    # The list is full in 2021, which is met; in 2022 100 亿 above it are 待入库.
    portfolio = two_items(goal(2021, 14_000_000), goal(2022, 15_000_000))
    portfolio = replace(portfolio, calendar=replace(portfolio.calendar, fed_until=2021))
    assert portfolio.calendar.last_full_list_year == 2021
    assert "折市重点口径 1 年全部达标；2022 年清单不够目标，差额列为待入库，不计未达标；没有" in (
        headline(result_of(portfolio))
    )


def test_headline_of_a_scenario_says_how_far_it_is_from_the_baseline() -> None:
    # Item 1 starts after 2025: its 2,000 亿 fall out of the period.
    late = result_of(two_items(late=20), baseline=two_items())
    assert "，为计划的 50.0%，比基准少 2,000 亿元" in headline(late)


def test_headline_without_targets_speaks_of_money_and_delay() -> None:
    result = result_of(two_items(late=3))
    assert "折市重点" not in headline(result)
    assert "；1 个大项滞后，牵涉投资最多的原因是" in headline(result)


def test_reconciliation_of_years_with_different_factors() -> None:
    targets = (goal(2021, 14_000_000), goal(2022, 14_000_000, inclusion_bps=6000))
    first, second = reconciliation_lines(two_items(*targets))
    assert first == "清单：2 个大项，总投资 4,000 亿元，其中 2021—2025 年 4,000 亿元。"
    assert "入列系数逐年不同" in second
    assert "年度目标 1,400 亿元" in second


@pytest.mark.parametrize(
    ("target", "shown", "verdict"),
    [
        (goal(2021, 14_000_000), "1,400.0", "达标"),
        (goal(2021, 15_000_000), "1,500.0", "差 100.0"),
        (goal(2021, 13_000_000, kind=TargetKind.CEILING), "≤1,300.0", "超上限 100.0"),
        (
            goal(2021, 13_000_000, kind=TargetKind.BAND, upper_wan=15_000_000),
            "1,300.0–1,500.0",
            "达标",
        ),
    ],
)
def test_year_against_target_in_words(target: Target, shown: str, verdict: str) -> None:
    portfolio = two_items(target)
    measure = year_measures(portfolio, play(derive(portfolio)))[0]
    assert (target_text(measure), year_verdict(measure)) == (shown, verdict)


def test_years_that_catch_up_are_said_to_carry_earlier_money() -> None:
    # Item 1 starts a year late: 2021 has half its plan, 2023 far more than the little it has.
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    plan[:3] = [[[1_000, 1_000]], [[1_000, 1_000]], [[100, 100]]]
    channels = (make_channel(2, reserve_bps=20_000, reserve_floor_bps=20_000),)
    calm = make_portfolio(plan, channels=channels)
    start = np.array([4, 0])
    late = replace(calm, conditions=replace(calm.conditions, start_delay_quarters=start))
    measures = year_measures(late, play(derive(late)))
    assert (measures[2].completion or 0) > 4
    assert carried_over_line(measures) == (
        "2023 年完成率高于 110%：其中有以前年度未完成、结转到当年的投资。"
    )
    assert carried_over_line(year_measures(calm, play(derive(calm)))) is None


def test_an_overrun_is_not_taken_for_money_of_earlier_years() -> None:
    dear = replace(two_items(), conditions=Conditions.neutral(2, two_items().channels))
    dear = replace(dear, conditions=replace(dear.conditions, cost_bps=np.array([15_000, 15_000])))
    measures = year_measures(dear, play(derive(dear)))
    assert (measures[0].completion or 0) > 1.1
    assert carried_over_line(measures) is None


def test_year_without_target_has_no_verdict() -> None:
    table = annual_table(result_of(two_items()))
    assert set(table.column("verdict")) == {"—"}


def test_causes_name_what_they_concern_largest_first() -> None:
    portfolio = two_items(gates=(soft_start_gate(),))
    causes = (
        Cause(kind=CauseKind.STOPPAGE, ref=None, quarters=1),
        Cause(kind=CauseKind.GATE, ref="G1", quarters=3),
        Cause(kind=CauseKind.CHANNEL, ref="C2", quarters=2),
    )
    assert causes_text(portfolio, causes) == "等待“1 大项1”3季；“渠道2”资金不足2季；停工1季"
    assert cause_name(portfolio, CauseKind.GATE, "没有") == "前置条件"


def test_a_soft_gate_that_was_passed_is_told() -> None:
    # Item 1 starts 3 quarters late; item 2 may, by the soft gate, start only with it.
    table = gate_table(result_of(two_items(gates=(soft_start_gate(),), late=3)))
    assert table.column("state") == ("不约束，2021Q1 起被突破",)
    on_time = gate_table(result_of(two_items(gates=(soft_start_gate(),))))
    assert "不约束，未突破" in on_time.cells[0]


def test_assumptions_are_counted_and_evidence_is_what_is_pointed_to() -> None:
    result = shipped_run()
    assert any("108 条中" in line for line in assumption_lines(result))
    ids = set(evidence_table(result).column("id"))
    assert ids and ids <= {evidence.id for evidence in result.evidence}
    assert "D248" in ids  # the target of 2019 points to it
