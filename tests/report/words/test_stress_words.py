"""Chances without decimals, intervals rounded outwards, differences that may be none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.items import Target, TargetKind
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.findings import Estimate, Worry, WorryYear
from portfolio.model.study.list_chance import ListPaths
from portfolio.model.study.result import Answer, Judged, Precision, Unit
from portfolio.report.words.stress import (
    answer_text,
    appendix_lines,
    chance_text,
    finish_range,
    judged_text,
    limit_lines,
    list_lines,
    paths_text,
    points_text,
    precision_text,
    quarter_or_later,
    record_lines,
    signed_number_text,
    signed_yi_text,
    target_words,
    whole_percent,
    whole_yi,
)
from tests.report.stress_results import shipped_stress


def estimate(value: float, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0%"), (0.0001, "<1%"), (0.005, "1%"), (0.125, "13%"), (0.4949, "49%"),
     (0.994, "99%"), (0.9951, ">99%"), (1, "100%")],
)  # fmt: skip
def test_a_chance_is_a_whole_per_cent_and_never_or_always_only_when_it_is(
    value: float, text: str
) -> None:
    assert whole_percent(value) == text


def test_the_interval_of_a_chance_is_rounded_outwards() -> None:
    # 35.2 % and 39.1 % lie inside 35–40; 7 % is not pushed to 8 % by its last binary digit.
    assert chance_text(estimate(0.372, 0.352, 0.391)) == "37%（35–40）"
    assert chance_text(estimate(0.05, 0.03, 0.07)) == "5%（3–7）"
    assert chance_text(estimate(0.5)) == "50%"


def test_differences_carry_their_sign_and_no_zero_has_one() -> None:
    assert points_text(estimate(-0.12, -0.15, -0.09)) == "-12（-15 至 -9）"
    assert points_text(estimate(-0.0045, -0.0076, -0.0014)) == "-0.4（-0.8 至 -0.1）"
    assert signed_yi_text(estimate(-2_100_000, -2_400_000, -1_800_000)) == "-210（-240 至 -180）"
    assert signed_yi_text(estimate(10_000, -100, 20_100)) == "+1（0 至 +2）"
    assert signed_number_text(estimate(1.24, -0.01, 2.5)) == "+1.2（0 至 +2.5）"


def test_little_money_does_not_read_as_none() -> None:
    assert [whole_yi(wan) for wan in (0, 3, 5_000, 12_345_678)] == ["0", "<1", "1", "1,235"]


def test_the_end_of_play_is_no_quarter() -> None:
    assert quarter_or_later(SHIPPED, 9) == "2023Q2"
    assert quarter_or_later(SHIPPED, PLAY_QUARTERS) == "2045Q4 以后"
    assert quarter_or_later(SHIPPED, None) is None
    assert finish_range(SHIPPED, 40, PLAY_QUARTERS) == "2031Q1–2045Q4 以后"
    assert finish_range(SHIPPED, 40, 40) == "2031Q1"
    assert finish_range(SHIPPED, 40, None) == "2031Q1–…"
    assert finish_range(SHIPPED, None, None) == ""


def test_targets_say_their_kind() -> None:
    floor = Target(
        year=2024, target_wan=38_000_000, kind=TargetKind.FLOOR, upper_wan=None,
        inclusion_bps=7_000, programme_weight_bps=None, list_plan_wan=None, list_plan_kind=None,
        list_done_wan=None, published_projects=None, provenance="假设",
    )  # fmt: skip
    assert target_words(floor) == "3,800"
    assert target_words(replace(floor, kind=TargetKind.CEILING)) == "≤3,800"
    band = replace(floor, kind=TargetKind.BAND, upper_wan=40_000_000)
    assert target_words(band) == "3,800–4,000"
    assert target_words(None) == target_words(replace(floor, target_wan=None)) == "—"


def test_conditions_and_precision_say_what_was_found() -> None:
    chance = Answer(text="P(2026>=3800)", unit=Unit.CHANCE, estimate=estimate(0.7, 0.68, 0.72))
    judged = Judged(text="P(2026>=3800)<0.8", answer=chance, bound=0.8, met=True, sure=True)
    assert judged_text(SHIPPED, judged) == "条件 P(2026>=3800)<0.8：成立（推演值 70%（68–72））。"
    assert "还" not in judged_text(SHIPPED, judged) and "才能定" in judged_text(
        SHIPPED, replace(judged, sure=False)
    )
    wanted = Precision(
        answer=chance, asked_half_width=0.01, half_width=0.02, reached=False, paths_needed=8_000
    )
    assert precision_text(SHIPPED, wanted).endswith(
        "要求 ±1.0 个百分点，现为 ±2.0 个百分点：尚未达到，约共需 8,000 条路径。"
    )
    finish = Answer(text="P80(22)", unit=Unit.QUARTER, estimate=estimate(41, 40, PLAY_QUARTERS))
    assert answer_text(SHIPPED, finish) == "2031Q2（2031Q1–2045Q4 以后）"
    money = Answer(text="P80(总造价)", unit=Unit.WAN, estimate=estimate(6e8, None, 6.1e8))
    assert answer_text(SHIPPED, money) == "60,000.0 亿元（…–61,000）"


def test_the_appendix_begins_with_what_the_record_contradicts() -> None:
    result = shipped_stress()
    # What the public record contradicts comes first.
    told = len(record_lines(result, telling=True))
    assert all("公开数" in line for line in appendix_lines(result)[:told])
    lines = appendix_lines(result)[told:]
    # All its years with a share lie before the last published list: nobody worries about them.
    worry = result.findings.worry
    assert worry is not None and worry.year < 2026
    assert not any("最该先担心" in line for line in lines)
    # The two levers of the sample are sources; what they gain comes before any swing.
    assert "去掉该风险" in lines[0] and "工期" in lines[0]
    assert "占投资 90% 的大项 P80 竣工" in lines[1] and "联合把握" in lines[2]
    # The share of the closed list comes last, and is called that.
    assert lines[3].startswith("以假设参数为前提，120 条路径中，封闭清单（只有现有大项）")
    assert "计划本身即低于目标" in lines[3] and lines[3].endswith("不是达标概率。")
    without = appendix_lines(replace(result, levers=()))
    assert "最高一成与最低一成" in without[told]


def test_the_record_speaks_first_of_the_running_year_and_the_next() -> None:
    result = shipped_stress()
    base = ListPaths(
        base=result.run.portfolio, base_paths=result.paths, portfolio=result.run.portfolio,
        paths=result.paths, rates_bps=np.full((len(result.paths), 25), 11_000, dtype=np.int32),
    )  # fmt: skip
    first, hidden, following = list_lines(replace(result, listed=base.told_years()))
    assert first.startswith("2026 年名单计划 3,800 亿元，达到 3,800 亿元的把握：约七到九成；")
    assert "计划的 98%—123%（十次里约八次）" in first
    assert hidden == "若本市另有两年没公布、也没完成：约六到七成（依据见 portfolio backtest）。"
    assert following.startswith("没有 2027 年名单计划，不给把握")


def test_a_year_asked_for_is_not_called_the_one_to_worry_about() -> None:
    result = shipped_stress()
    worry = WorryYear(year=2024, why=Worry.ASKED)
    asked = replace(result, findings=replace(result.findings, worry=worry))
    lines = "".join(appendix_lines(asked))
    assert "所问年份 2024 年：封闭清单达到目标的比例" in lines and "最该先担心" not in lines


def test_an_interval_without_0_never_shows_0() -> None:
    # 0.3 亿元 reads 0 in whole 亿元: one decimal more, for the value and both ends.
    assert signed_yi_text(estimate(9_000, 3_000, 15_000)) == "+0.9（+0.3 至 +1.5）"
    assert signed_number_text(estimate(0.08, 0.04, 0.12)) == "+0.08（+0.04 至 +0.12）"
    assert points_text(estimate(0.012, 0.004, 0.02)) == "+1.2（+0.4 至 +2.0）"


def test_a_run_stopped_early_says_so() -> None:
    result = shipped_stress()
    stopped = replace(result, sampling=replace(result.sampling, interrupted=True, asked=500))
    assert paths_text(stopped) == "120 条路径（中途停止，原定 500 条；已完成的有效）"


def test_an_empty_register_is_told_as_a_limit() -> None:
    result = shipped_stress()
    portfolio = result.run.portfolio
    empty = replace(portfolio, risk=replace(portfolio.risk, register=()))
    bare = replace(result, run=replace(result.run, portfolio=empty))
    assert "风险清单为空" in limit_lines([bare])[-1]
    # 30 % by the register; what counts is how often the paths had it.
    share = whole_percent(float(result.paths.happened[:, 0].mean()))
    assert limit_lines([result])[-1] == f"计入点名的风险：征拆受阻（{share} 的路径发生）。"
    both = limit_lines([result, bare])[-2:]
    assert both[0].startswith(f"情景“{result.run.scenario}”计入点名的风险")
    assert both[1].startswith(f"情景“{bare.run.scenario}”的风险清单为空")


def test_ties_of_chances_are_rounded_up_whatever_their_floats() -> None:
    """0.285 × 100 is 28.499999999999996."""
    assert [whole_percent(c) for c in (0.145, 0.285, 0.565, 0.575)] == ["15%", "29%", "57%", "58%"]
