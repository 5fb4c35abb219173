"""A stress test on the screen: 80 columns, its premise at every table with a chance."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from portfolio.model.portfolio import Portfolio
from portfolio.report.screen.stress import show_stress
from portfolio.report.words.stress import ASSUMED, NO_DIFFERENCE
from tests.examples import examples
from tests.report.results import result_of
from tests.report.screen.test_run_screen import assert_fits, printed
from tests.report.stress_results import shipped_pair, shipped_stress, stress_of
from tests.strategies import portfolios


def test_a_stress_test_fits_the_screen_and_no_figure_is_cut_off() -> None:
    text = printed(lambda out: show_stress(shipped_pair(), out))
    assert_fits(text)
    assert "…" not in text
    assert "50,394" in text


def test_every_heading_over_chances_says_its_premise() -> None:
    lines = printed(lambda out: show_stress([shipped_stress()], out)).splitlines()
    titles = [k for k, line in enumerate(lines) if "───" in line]
    for k in titles:
        if not any(word in lines[k - 1] for word in ("把握", "关键度", "达到比例")):
            continue
        above = "".join(lines[max(0, k - 4) : k - 1])
        assert ASSUMED in above, lines[k - 1]
    assert any("达到比例" in lines[k - 1] for k in titles)


def test_chances_have_no_decimals() -> None:
    text = printed(lambda out: show_stress([shipped_stress()], out))
    chances = text.split("数字有多准", maxsplit=1)[0]
    assert not re.search(r"\d\.\d+%", chances)
    assert re.search(r"\d+%（\d+–\d+）", chances)


def test_once_the_list_runs_down_there_is_a_gap_and_no_chance() -> None:
    text = printed(lambda out: show_stress([shipped_stress()], out))
    later = text.split("2026 年起只列待入库差额")[1].split("数字有多准")[0]
    assert "待入库" in later and "清单封闭所致，非投资下滑" in later
    assert "%" not in later


@pytest.mark.parametrize(
    "part",
    [
        "不是达标把握", "竣工与联合把握", "起决定作用的大项", "龙卷风", "去掉某种风险",
        "滞后的成因", "渠道杠杆", "数字有多准", "拟随机抽样", "这个推演说不了什么", "40 条路径",
    ],
)  # fmt: skip
def test_the_parts_are_there(part: str) -> None:
    assert part in printed(lambda out: show_stress([shipped_stress()], out))


def test_scenarios_that_do_not_differ_say_so() -> None:
    pair = shipped_pair()
    text = printed(lambda out: show_stress(pair, out)).split("情景差异")[1]
    # Both scenarios have the same items and costs: with equal luck the cost can't differ.
    assert f"总造价（亿元）：{NO_DIFFERENCE}" in text
    # The scenario takes money away in 2023: every path has less.
    row = next(line for line in text.splitlines() if line.startswith("2023"))
    assert re.search(r"-\d", row)


@examples(10)
@given(portfolios(max_items=4))
def test_any_portfolio_can_be_shown(portfolio: Portfolio) -> None:
    result = stress_of(result_of(portfolio), paths=4)
    assert_fits(printed(lambda out: show_stress([result], out)))
