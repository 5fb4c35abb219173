"""Years told from T on, the year in which the as-of month lies: every spelling, and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from portfolio.model.calendar import SHIPPED, Calendar
from portfolio.model.facts import Facts
from portfolio.model.problems import InputError
from portfolio.model.scenarios.verbs import AddItem, EnvelopeChange, Put
from portfolio.read.scenario.file import read_scenario
from portfolio.read.scenario.options import parse_plan_years, parse_sets, parse_sweeps
from portfolio.read.scenario.schema import scenario_schema

IN_2026 = SHIPPED.seen_in(2026)


def years_of(text: str, calendar: Calendar = IN_2026) -> tuple[int, ...]:
    scenario = parse_sets([f"SPB:{text}=0.7"], calendar)
    assert scenario is not None
    (change,) = scenario.changes
    assert isinstance(change, EnvelopeChange)
    return change.years


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("T", (2026,)),
        ("t", (2026,)),
        ("T年", (2026,)),
        ("T+1", (2027,)),
        ("T + 1", (2027,)),
        ("T-1", (2025,)),
        ("T-5", (2021,)),
        ("T+12", (2038,)),
        ("T-T+2", (2026, 2027, 2028)),
        ("T+1-T+3", (2027, 2028, 2029)),
        ("T+1–T+3", (2027, 2028, 2029)),
        ("T+1~T+3年", (2027, 2028, 2029)),
        ("T-1至T", (2025, 2026)),
        ("T-1-T+1", (2025, 2026, 2027)),
        ("T+1-2028", (2027, 2028)),
        ("2025-T", (2025, 2026)),
        ("T-2028", (2026, 2027, 2028)),
        ("T+17起", (2043, 2044, 2045)),
        ("Ｔ＋１", (2027,)),
        ("Ｔ－１", (2025,)),
        ("2027", (2027,)),
    ],
)
def test_spellings(text: str, years: tuple[int, ...]):
    assert years_of(text) == years


def test_without_facts_t_is_the_first_year():
    assert years_of("T", SHIPPED) == (2021,)
    assert years_of("T+1-T+3", SHIPPED) == (2022, 2023, 2024)


@pytest.mark.parametrize(
    ("months", "year"), [(70, 2026), (72, 2026), (73, 2027), (1, 2021), (12, 2021), (0, 2021)]
)
def test_t_is_the_year_in_which_the_asof_month_lies(months: int, year: int):
    # 70 months from January 2021 on are past: October 2026. After 72 the month is December 2026,
    # and “next year” is still 2027.
    assert SHIPPED.first_year + Facts(asof_months=months).year == year


@pytest.mark.parametrize(
    ("text", "found", "fix"),
    [
        ("T-6", "年份“T-6”（即 2020 年）不在推演期内", "推演期为 2021–2045"),
        ("T+20", "年份“T+20”（即 2046 年）不在推演期内", "推演期为 2021–2045"),
        ("T-1-T+20", "年份“T-1-T+20”（即 2025–2046 年）不在推演期内", "推演期为 2021–2045"),
        ("T+3-T+1", "年份“T+3-T+1”（即 2029–2027 年）前大后小", "是否为“T+1-T+3”？"),
        ("T+1-3", "“T+1-3”不是年份", "是否为“T+1-T+3”？相对年份请写如 T、T+1"),
        ("T+", "“T+”不是年份", "相对年份请写如 T、T+1、T-1、T+1-T+3 或 T+1起"),
        ("T1", "“T1”不是年份", "相对年份请写如 T、T+1"),
        ("T+1.5", "“T+1.5”不是年份", "相对年份请写如 T、T+1"),
        ("T+²", "“T+²”不是年份", "相对年份请写如 T、T+1"),
        ("T+100", "“T+100”不是年份", "相对年份请写如 T、T+1"),
        ("TQ5", "“TQ5”不是季度", "相对季度请写如 TQ3 或 T+1Q1"),
        ("T-6Q1", "季度“T-6Q1”（即 2020Q1）不在推演期内", "推演期为 2021–2045"),
        ("2026Q5", "“2026Q5”不是推演期内的季度", "如 2026Q1"),
    ],
)
def test_what_is_wrong_is_told_with_the_year_meant(text: str, found: str, fix: str):
    with pytest.raises(InputError) as caught:
        parse_sets([f"SPB:{text}=0.7"], IN_2026)
    (problem,) = caught.value.problems
    assert problem.place == f"--set SPB:{text}=0.7"
    assert problem.found == found
    assert fix in problem.fix


FILE = """\
标题: 相对年份
变更:
  - 渠道额度: {渠道: SPB, 年份: T+1-T+2, 系数: [0.7, 0.8]}
  - 渠道延迟: {渠道: SPB, 年份: [T+1, 2030], 季度数: 1}
  - 停工: {大项: 4, 自: T+1Q2, 季度数: 3}
  - 施工进度: {大项: 4, 自: T Q4, 季度数: 1, 系数: 60%}
  - 年度目标: {年份: T+1, 金额: 3900亿}
  - 新增大项: {编号: 59, 名称: 新医院, 工程: 民生福祉工程, 总投资: 30亿, 十四五投资: 20亿, 优先级: 2,
      风险类别: 医院, 阶段: 可研, 投资节奏: 新开工, 资金结构: {SPB: 100%}, 年度计划: {T-1: 5亿, T+1: 3亿}}
"""


def test_a_file_of_relative_years_has_real_years_and_fits_the_schema(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_text(FILE, encoding="utf-8")
    money, delay, stop, pace, target, item = read_scenario(path, calendar=IN_2026).changes
    assert isinstance(money, EnvelopeChange)
    assert money.years == (2027, 2028)
    assert all(isinstance(one, Put) for one in (delay, stop, pace, target))
    assert delay.years == (2027, 2030)  # type: ignore[attr-defined]
    assert stop.first_quarter == SHIPPED.quarter_of(2027, 2)  # type: ignore[attr-defined]
    assert pace.first_quarter == SHIPPED.quarter_of(2026, 4)  # type: ignore[attr-defined]
    assert target.years == (2027,)  # type: ignore[attr-defined]
    assert isinstance(item, AddItem)
    assert item.known_years_wan == ((2025, 50_000), (2027, 30_000))
    told = YAML(typ="safe", pure=True).load(FILE)
    jsonschema.Draft202012Validator(scenario_schema()).validate(json.loads(json.dumps(told)))


def test_parents_are_read_in_the_same_year(tmp_path: Path):
    text = "标题: 父\n变更:\n  - 渠道延迟: {渠道: SPB, 年份: T+1, 季度数: 1}\n"
    (tmp_path / "父.yaml").write_text(text, encoding="utf-8")
    child = tmp_path / "子.yaml"
    child.write_text("标题: 子\n继承: 父\n变更: []\n", encoding="utf-8")
    (change,) = read_scenario(child, calendar=IN_2026).changes
    assert isinstance(change, Put)
    assert change.years == (2027,)


def test_sweeps_and_reverse_questions_take_them_too():
    (axis,) = parse_sweeps(["SPB:T+1-T+2=-50%..0%/10"], IN_2026)
    assert axis.years == (2027, 2028)
    assert parse_plan_years("T+1", "--reverse", IN_2026) == (2027,)
    assert parse_plan_years("T+8起", "--reverse", IN_2026) == (2034, 2035)
