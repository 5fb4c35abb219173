"""What is said of a hedge: the verdict, the comparison, never wider than the screen."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from portfolio.model.reallocation.hedge import (
    Compared,
    Costs,
    GateCheck,
    HedgeResult,
    HedgeSettings,
    NowCell,
    Risk,
)
from portfolio.model.reallocation.result import Verdict
from portfolio.model.study.findings import Estimate
from portfolio.report.json.reallocation import hedge_data
from portfolio.report.screen.console import SCREEN_COLUMNS, text_columns
from portfolio.report.screen.sweep import hedge_lines
from tests.report.reallocation_results import case_of
from tests.report.results import shipped_run


def estimate(yi: float, half: float) -> Estimate:
    return Estimate(value=yi * 1e4, low=(yi - half) * 1e4, high=(yi + half) * 1e4)


def compared(name: str, mean: float) -> Compared:
    nothing = np.zeros(2)
    return Compared(
        name=name, mean=estimate(mean, 20), worst=estimate(mean + 100, 30),
        objective=estimate(mean + 50, 25), delay=estimate(5, 1), unmet=estimate(0, 0),
        costs=Costs(shortfall_wan=nothing, delay_wan=nothing, unmet_wan=nothing),
    )  # fmt: skip


def hedge_result(**changes: object) -> HedgeResult:
    """A hedge of the shipped plan: 1 亿元 moved from the first item's cell to the second's."""
    run = shipped_run()
    case = case_of(run.portfolio, 3)
    plan = run.portfolio.plan_wan[:15]
    channel = run.portfolio.channels[0].id
    result = HedgeResult(
        run=run, case=case,
        settings=HedgeSettings(
            samples=300, years=1, risk=Risk(), seed=7, fresh=500, seconds=60.0
        ),
        verdict=Verdict.PROVEN, value_wan=10_645_165.0, bound_wan=10_645_132.0,
        repaired_value_wan=10_647_974.0, kept=100, rounds=28, solves=320, solve_seconds=12.1,
        total_seconds=36.0, plan_wan=plan, first_stage_wan=plan[3:4],
        cells=(
            NowCell(item_no=1, channel_id=channel, year=2024, baseline_wan=61_227,
                    repaired_wan=20_000, hedged_wan=10_000),
            NowCell(item_no=2, channel_id=channel, year=2024, baseline_wan=71_370,
                    repaired_wan=47_583, hedged_wan=57_583),
            NowCell(item_no=3, channel_id=channel, year=2024, baseline_wan=5,
                    repaired_wan=0, hedged_wan=0),
        ),
        compared=(
            compared("稳健方案", 950.3), compared("调整方案", 951.2), compared("原计划", 12_692.1)
        ),
        gain=estimate(0.9, 0.4), gate_check=GateCheck(checked=3, proven=3, worst_wan=0.03),
        sampled_channels=("一般公共预算", "地方政府专项债券", "土地出让/净地出让收益"),
    )  # fmt: skip
    return replace(result, **changes)  # type: ignore[arg-type]


def test_no_line_is_wider_than_the_screen() -> None:
    wide = hedge_result(compared=tuple(compared(name, 19_692.1) for name in ("稳健方案", "原计划")))
    for result in (hedge_result(), wide):
        assert max(text_columns(line) for line in hedge_lines(result)) <= SCREEN_COLUMNS


def test_the_verdict_comes_first_and_says_how_sure_it_is() -> None:
    assert hedge_lines(hedge_result())[1].startswith("已证最优：")
    unproven = hedge_result(verdict=Verdict.UNPROVEN, bound_wan=10_600_000.0)
    text = "".join(line.strip() for line in hedge_lines(unproven)[1:3])
    assert text.startswith("可行未证：目标值 1,064.52 亿元，下界 1,060.00 亿元")


def test_without_a_plan_nothing_is_compared() -> None:
    nothing = hedge_result(
        verdict=Verdict.INFEASIBLE, value_wan=None, bound_wan=None, plan_wan=None, compared=()
    )
    lines = hedge_lines(nothing)
    assert lines[1].startswith("无可行解：") and len(lines) == 2
    unrounded = hedge_result(verdict=Verdict.UNPROVEN, plan_wan=None, compared=(), gain=None)
    assert "不能使用" in "".join(hedge_lines(unrounded))


def test_intervals_the_value_of_hedging_and_the_cells_that_differ_are_told() -> None:
    text = "\n".join(hedge_lines(hedge_result()))
    assert "950.3（930.3–970.3）" in text
    assert "（VSS）" in text and "少 0.900 亿元（0.500 至" in text
    # 6.12 → 2.00 → 1.00 and 7.14 → 4.76 → 5.76; the third cell is as the repaired plan has it.
    assert "不同的有 2 格，共 2.0 亿元" in text
    assert "结果不变" in text


def test_a_gain_that_may_be_none_is_called_none() -> None:
    text = "".join(line.strip() for line in hedge_lines(hedge_result(gain=estimate(0.1, 0.4))))
    assert "没有实质差别" in text


def test_json_is_in_wan_and_holds_the_same() -> None:
    data = json.loads(json.dumps(hedge_data(hedge_result()), ensure_ascii=False))
    assert data["verdict"] == "已证最优" and data["proven"] is True
    assert data["gap_wan"] == 33.0 and data["first_year"] == 2024
    assert data["gain_wan"] == {"value": 9000.0, "low": 5000.0, "high": 13000.0}
    assert [each["plan"] for each in data["compared"]] == ["稳健方案", "调整方案", "原计划"]
    assert data["cells"][0]["hedged_wan"] == 10_000
