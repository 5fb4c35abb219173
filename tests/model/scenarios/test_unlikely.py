"""Amounts a hundred times more or less than what was are refused, unless written with “!”."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio.model.problems import InputError
from portfolio.model.scenarios import apply
from portfolio.model.scenarios.verbs import MeantWan, PlannedMoney, Selector
from portfolio.read.scenario.file import read_scenario
from portfolio.read.workbook import Workbook, read_workbook
from tests.model.four_items import YI, four_items
from tests.model.scenarios.sample_changes import P, put, scenario
from tests.read.shipped import SHIPPED


@pytest.fixture(scope="module")
def shipped() -> Workbook:
    return read_workbook(SHIPPED)


def laid(line: str, shipped: Workbook, folder: Path) -> str:
    """What the log says of a line, or what is wrong with it."""
    path = folder / "x.yaml"
    path.write_text(f"标题: 试\n变更:\n- {line}\n", encoding="utf-8")
    try:
        _, log = apply(read_scenario(path), shipped.portfolio)
    except InputError as error:
        return "；".join(f"{each.found}。{each.fix}" for each in error.problems)
    return "；".join(f"{each.quantity} {each.new}" for each in log)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("年度目标: {年份: 2022, 金额: 3604万}", "2022 年 年度目标 由 3"),
        ("年度上限: {大项: 24, 金额: 150000亿}", "超过原来的 100 倍"),
        ("年度上限: {大项: 24, 金额: 120万}", "不到原来的 1/100"),
        ("年度上限: {大项: 全部, 金额: 1万}", "等 58 处"),
        ("计划安排: {大项: 24, 渠道: 专项债券, 年份: 2024, 金额: 60万}", "2024 年计划 由"),
        ("计划安排: {大项: 24, 渠道: 专项债券, 年份: 2024, 金额: 39000}", "超过原来的 100 倍"),
    ],
)
def test_another_unit_is_refused_and_can_be_insisted_on(
    line: str, told: str, shipped: Workbook, tmp_path: Path
) -> None:
    refused = laid(line, shipped, tmp_path)
    assert told in refused
    assert "在金额后加“!”" in refused
    insisted = laid(line.replace("}", "!}"), shipped, tmp_path)
    assert "加“!”" not in insisted


@pytest.mark.parametrize(
    "line",
    [
        "年度目标: {年份: 2022, 金额: 3604}",
        "年度上限: {大项: 24, 金额: 900亿}",
        "计划安排: {大项: 24, 渠道: 专项债券, 年份: 2024, 金额: 0}",
        "计划安排: {大项: 24, 渠道: 专项债券, 年份: 2024, 金额: 20亿}",
    ],
)
def test_amounts_of_the_same_order_and_none_at_all_are_taken(
    line: str, shipped: Workbook, tmp_path: Path
) -> None:
    assert "加“!”" not in laid(line, shipped, tmp_path)


def test_what_is_meant_is_held_as_any_other_amount() -> None:
    base = four_items()
    one = apply(scenario(put("年度目标", years=(2022,), target_wan=MeantWan(YI))), base)[0]
    (target,) = [each for each in one.targets if each.year == 2022]
    assert target.target_wan == YI
    assert type(target.target_wan) is int


def test_money_moved_into_a_year_with_little_of_it_is_no_slip() -> None:
    base = four_items()
    c, i = base.channel_position["SPB"], base.position[22]
    held = base.baseline_wan[:, c, i]
    year = int(held.argmin())
    change = PlannedMoney(
        place=P,
        selector=Selector.items(22),
        channel="SPB",
        years=(base.calendar.first_year + year,),
        amounts_wan=(int(held.max()),),
    )
    try:
        apply(scenario(change), base)
    except InputError as error:
        assert not any("加“!”" in each.fix for each in error.problems)
