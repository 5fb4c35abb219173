"""Commas stand between groups of three digits or nowhere: `1,5亿` is not 15 亿."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.money import exact_decimal, scaled
from portfolio.model.problems import InputError
from portfolio.model.scenarios.verbs import Amount, Increase
from portfolio.model.study.queries import parse_condition
from portfolio.model.study.query_answers import parse_precision
from portfolio.model.study.result import Unit
from portfolio.read.scenario.file import read_scenario
from portfolio.read.scenario.options import parse_sets
from portfolio.read.scenario.types import MONEY, RELATIVE_REVISION, whole_number
from portfolio.read.scenario.values import Leaf, Sink
from tests.model.four_items import four_items

MISPLACED = [
    "1,5",
    "1，5",
    "12,34",
    "1,2345",
    ",5",
    "1,",
    "1,,000",
    "1,000,00",
    "1.5,000",
    "1234,567",
]
GROUPED = [("1,200", 1200), ("1，200", 1200), ("12,345,678", 12_345_678), ("-1,200", -1200)]


@pytest.mark.parametrize("text", [*MISPLACED, "1_5"])
def test_a_misplaced_comma_is_no_number(text: str):
    assert exact_decimal(text) is None
    assert scaled(text, 10_000) is None


@pytest.mark.parametrize(("text", "number"), GROUPED)
def test_groups_of_three_are_read(text: str, number: int):
    assert exact_decimal(text) == number


@pytest.mark.parametrize("text", MISPLACED)
@pytest.mark.parametrize("form", ["{}亿", "-{}亿", "{}万"])
def test_a_misplaced_comma_in_an_option_is_refused_with_the_fix(text: str, form: str):
    option = f"专项债券:2023={form.format(text)}"
    with pytest.raises(InputError) as caught:
        parse_sets([option])
    (problem,) = caught.value.problems
    assert problem.place == f"--set {option}"
    assert "零头" not in problem.found
    if re.search(r"\d[,，]", text):
        assert "逗号只用来每三位分节" in problem.fix


def test_full_width_commas_group_as_well():
    scenario = parse_sets(["SPB:2024=1，200.5亿", "SPB:2025=-1,200亿"])
    assert scenario is not None
    assert [change.revisions for change in scenario.changes] == [
        (Amount(wan=12_005_000),),
        (Increase(wan=-12_000_000),),
    ]


@pytest.mark.parametrize("text", ["1,5", "1，5亿", "12,34万"])
def test_a_misplaced_comma_in_a_scenario_is_refused(text: str):
    for kind in (MONEY, RELATIVE_REVISION, whole_number(0, 100)):
        sink = Sink(place=str, calendar=SHIPPED)
        assert kind.read(Leaf(text=text, line=3), sink) is None
        assert len(sink.problems) == 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (MONEY, "1,200亿"),
        (MONEY, "1，200.5"),
        (MONEY, "120"),
        (MONEY, ".5亿"),
        (RELATIVE_REVISION, "-1,200亿"),
    ],
)
def test_what_is_read_fits_the_schema_and_a_misplaced_comma_does_not(kind, text: str):
    patterns = [
        part["pattern"] for part in kind.schema.get("anyOf", [kind.schema]) if "pattern" in part
    ]
    assert kind.read(Leaf(text=text, line=1), Sink(place=str, calendar=SHIPPED)) is not None
    assert any(re.search(pattern, text) for pattern in patterns)
    for wrong in MISPLACED:
        sign = "-" if kind is RELATIVE_REVISION else ""
        assert not any(re.search(pattern, f"{sign}{wrong}亿") for pattern in patterns), wrong


@pytest.mark.parametrize(
    "text", ["P80(总造价)>1,5", "P80(总造价)>1，5亿", "P(2026>=38,00)<0.5", "P(2026达标)<1,5%"]
)
def test_a_misplaced_comma_in_a_condition_is_refused(text: str):
    with pytest.raises(InputError):
        parse_condition(text, four_items())


@pytest.mark.parametrize(
    ("verb", "whole"),
    [
        ("计划安排: {大项: 1, 渠道: SPB, 年份: 2023-2024, 金额: [1,200亿]}", "1,200亿"),
        ("渠道额度: {渠道: SPB, 年份: 2023-2024, 变动: [-1,200亿]}", "-1,200亿"),
        ("渠道额度: {渠道: SPB, 年份: 2023-2025, 金额: [90, 1,200]}", "1,200"),
    ],
)
def test_a_comma_within_an_amount_of_a_list_is_not_read_as_two(
    verb: str, whole: str, tmp_path: Path
):
    path = tmp_path / "列表.yaml"
    path.write_text(f"标题: 试\n变更:\n  - {verb}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    (problem,) = caught.value.problems
    assert problem.place == "列表.yaml 第 3 行"
    assert f"“{whole}”读成了" in problem.found
    assert f'["{whole}"]' in problem.fix
    # In quotes it is the one amount.
    path.write_text(path.read_text("utf-8").replace(whole, f'"{whole}"'), encoding="utf-8")
    assert len(read_scenario(path).changes) == 1


@pytest.mark.parametrize("amounts", ["[3600,4000]", "[0.7亿,200亿]", "[1200亿,200亿]"])
def test_amounts_that_no_comma_can_join_need_no_blank(amounts: str, tmp_path: Path):
    path = tmp_path / "列表.yaml"
    verb = f"渠道额度: {{渠道: SPB, 年份: 2023-2024, 金额: {amounts}}}"
    path.write_text(f"标题: 试\n变更:\n  - {verb}\n", encoding="utf-8")
    (change,) = read_scenario(path).changes
    assert len(change.revisions) == 2


def test_a_misplaced_comma_in_a_precision_is_refused():
    with pytest.raises(InputError):
        parse_precision("1,5%", Unit.CHANCE)
    with pytest.raises(InputError):
        parse_precision("1,5亿", Unit.WAN)
