"""`--set`: what it takes, what it refuses, and that it comes last."""

from __future__ import annotations

import pytest

from portfolio.model.problems import InputError
from portfolio.model.scenarios import apply, merge
from portfolio.model.scenarios.verbs import Amount, EnvelopeChange, Factor, Increase, Revision
from portfolio.read.scenario.options import parse_sets
from tests.model.four_items import four_items
from tests.read.workbook.facts_in_memory import shipped


@pytest.mark.parametrize(
    ("option", "channel", "years", "revision"),
    [
        ("专项债券:2023=-30%", "专项债券", (2023,), Factor(bps=7000)),
        ("专项债券:2023=+5.5%", "专项债券", (2023,), Factor(bps=10_550)),
        ("土地出让:2023-2025=0.7", "土地出让", (2023, 2024, 2025), Factor(bps=7000)),
        ("SPB:2023=70%", "SPB", (2023,), Factor(bps=7000)),
        ("SPB:2024=120亿", "SPB", (2024,), Amount(wan=1_200_000)),
        ("SPB:2024=1,200.5亿元", "SPB", (2024,), Amount(wan=12_005_000)),
        ("SPB:2024=-20亿", "SPB", (2024,), Increase(wan=-200_000)),
        ("SPB:2024=5000万", "SPB", (2024,), Amount(wan=5000)),
        ("SPB:2044起=0", "SPB", (2044, 2045), Factor(bps=0)),
        (" 专项债券：2023 ＝ －30% ", "专项债券", (2023,), Factor(bps=7000)),
    ],
)
def test_option_as_change(option: str, channel: str, years: tuple[int, ...], revision: Revision):
    scenario = parse_sets([option])
    assert scenario is not None
    (change,) = scenario.changes
    assert change == EnvelopeChange(
        place=f"--set {option}", channels=(channel,), years=years, revisions=(revision,)
    )


def test_no_options_no_scenario():
    assert parse_sets([]) is None


@pytest.mark.parametrize(
    ("option", "found", "fix"),
    [
        ("专项债券2023=-30%", "缺少冒号", "请写“渠道:年份=变动”"),
        ("专项债券:2023", "缺少等号", "专项债券:2023=-30%"),
        ("专项债券:2023=", "缺少渠道、年份或变动", "请写“渠道:年份=变动”"),
        (":2023=0.7", "缺少渠道、年份或变动", "请写“渠道:年份=变动”"),
        ("", "缺少等号", "请写“渠道:年份=变动”"),
        ("专项债券:23=-30%", "“23”不是年份", "2023-2025"),
        ("专项债券:2019=-30%", "年份“2019”不在推演期内", "2021–2045"),
        ("专项债券:2025-2023=-30%", "前大后小", "是否为“2023-2025”？"),
        ("专项债券:2023=少三成", "“少三成”不是系数", "0.7 或 70%"),
        ("专项债券:2023=-30", "“-30”不是变动", "是否为“-30%”？"),
        ("专项债券:2023=30", "系数“30”超出 0–10", "是否为“30%”？"),
        ("专项债券:2023=-130%", "“-130%”超出 -100% 至 +900%", "-30%"),
        ("专项债券:2023=0.00001亿", "不足一万元", "最细到万元"),
        ("专项债券:2023=0.70001", "比 0.01% 还细", "四位小数"),
        ("专项债券:2023=nan", "“nan”不是系数", "0.7"),
    ],
)
def test_bad_option_is_quoted_with_the_fix(option: str, found: str, fix: str):
    with pytest.raises(InputError) as caught:
        parse_sets([option, "SPB:2023=0.7"])
    (problem,) = caught.value.problems
    assert problem.place == f"--set {option}"
    assert found in problem.found
    assert fix in problem.fix


def test_all_bad_options_come_at_once():
    with pytest.raises(InputError) as caught:
        parse_sets(["a", "b:c=d"])
    assert len(caught.value.problems) == 3  # a has no =; b:c=d has neither a year nor a factor


def test_unknown_channel_is_told_when_applied():
    scenario = parse_sets(["专项债卷:2023=0.7"])
    assert scenario is not None
    with pytest.raises(InputError, match=r"--set 专项债卷:2023=0.7：没有名为“专项债卷”"):
        apply(scenario, four_items())


def test_same_quantity_twice_is_a_problem_and_set_beats_a_file():
    twice = parse_sets(["SPB:2023=0.7", "专项债券:2022-2023=0.8"])
    assert twice is not None
    with pytest.raises(InputError, match=r"--set SPB:2023=0.7 已有一处变更"):
        apply(twice, four_items())
    first, last = parse_sets(["SPB:2023=0.7"]), parse_sets(["SPB:2023=0.5"])
    assert first is not None
    assert last is not None
    portfolio, _ = apply(merge([first, last]), four_items())
    assert portfolio.envelopes.pooled_wan[2, 1] == 340_000  # 68 × 0.5, no reserve


def test_an_amount_of_another_unit_must_be_said_to_be_meant():
    portfolio = shipped().portfolio

    def laid(option: str) -> str:
        try:
            scenario = parse_sets([option])
            assert scenario is not None
            _, log = apply(scenario, portfolio)
        except InputError as error:
            return error.problems[0].found + error.problems[0].fix
        return str(log[0])

    assert "不到原来的 1/100" in laid("地方政府专项债券:2026=300万")
    assert "超过原来的 100 倍" in laid("地方政府专项债券:2026=200000亿")
    assert "→ 0.0300 亿元" in laid("地方政府专项债券:2026=300万!")
    assert "→ 0 亿元" in laid("地方政府专项债券:2026=0亿")
