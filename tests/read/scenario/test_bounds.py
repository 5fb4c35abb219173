"""What a sheet takes a scenario takes too, and a repaired plan of it can be read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.problems import InputError
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.scenarios import apply
from portfolio.model.schema import sheet_named
from portfolio.read.scenario.file import read_scenario
from portfolio.read.scenario.verbs import VERB_BY_KEY
from tests.model.four_items import four_items
from tests.read.workbook.test_adjusted import read, write_sheet

LARGEST = 999_999
ADDED = (
    "标题: 试\n变更:\n  - 新增大项: {{编号: {no}, 名称: 新医院, 工程: 民生, 总投资: 30亿, "
    "十四五投资: {plan}, 优先级: 2, 风险类别: {risk}, 阶段: 可研, 投资节奏: 新开工, "
    "最短工期: {years}{more}, 资金结构: {{一般公共预算: 100%}}}}\n"
)


def added(folder: Path, **values: object) -> Path:
    risk = four_items().risk_classes[0].key
    path = folder / "新增.yaml"
    words = {"no": 59, "plan": "20亿", "years": 1, "risk": risk, "more": ""} | values
    path.write_text(ADDED.format(**words), encoding="utf-8")
    return path


def bounds_of(verb: str, key: str) -> tuple[int, int]:
    field = next(field for field in VERB_BY_KEY[verb].fields if field.key == key)
    return field.type.schema["minimum"], field.type.schema["maximum"]


@pytest.mark.parametrize(
    ("sheet", "column", "verb", "key"),
    [
        ("项目清单", "no", "新增大项", "编号"),
        ("项目清单", "min_duration_years", "新增大项", "最短工期"),
        ("项目清单", "priority", "新增大项", "优先级"),
        ("项目清单", "priority", "优先级", "级别"),
        ("依赖关系", "lag_quarters", "前置条件", "滞后季度"),
    ],
)
def test_a_scenario_takes_what_the_sheet_takes(sheet: str, column: str, verb: str, key: str):
    layout = sheet_named(sheet, SHIPPED).column(column)
    assert bounds_of(verb, key) == (layout.least, layout.most)


def test_a_gate_may_wait_as_long_as_is_played():
    assert sheet_named("依赖关系", SHIPPED).column("lag_quarters").most == PLAY_QUARTERS


@pytest.mark.parametrize("no", [100_000, LARGEST])
def test_a_plan_with_a_large_item_number_can_be_read_back(no: int, tmp_path: Path):
    base = four_items()
    last = base.items[-1]
    portfolio = replace(
        base,
        items=(*base.items[:-1], replace(last, no=no)),
        gates=tuple(g for g in base.gates if last.no not in (g.pred_no, g.succ_no)),
        shares=tuple(replace(s, item_no=no) if s.item_no == last.no else s for s in base.shares),
    )
    _, log = apply(read(write_sheet(tmp_path / "调整方案.xlsx", portfolio)), portfolio)
    assert log == ()


def test_an_added_item_takes_the_numbers_and_years_a_sheet_takes(tmp_path: Path):
    scenario = read_scenario(added(tmp_path, no=LARGEST, years=30))
    portfolio, _ = apply(scenario, four_items())
    assert portfolio.items[-1].no == LARGEST
    assert portfolio.items[-1].min_duration_years == 30
    with pytest.raises(InputError, match="1–999999 的整数"):
        read_scenario(added(tmp_path, no=LARGEST + 1))
    with pytest.raises(InputError, match="1–30 的整数"):
        read_scenario(added(tmp_path, years=31))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"plan": "0亿", "more": ", 首年: 2023"}, "首年是 2023 年，“十四五”投资却是 0"),
        ({"more": ", 首年: 2027"}, "首年是 2027 年，晚于 2025 年"),
        ({"more": ", 年度上限: 0"}, "年度上限为 0"),
    ],
)
def test_what_a_sheet_refuses_an_added_item_may_not_have(
    values: dict[str, str], found: str, tmp_path: Path
):
    with pytest.raises(InputError, match=found):
        apply(read_scenario(added(tmp_path, **values)), four_items())


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("{年份: 2023, 金额: 0}", "年度目标 0 亿元 不大于 0"),
        ("{年份: 2023, 类型: 区间, 金额: 100亿, 上限金额: 100亿}", "下端 .*、上端"),
        ("{年份: 2023, 上限金额: 100亿}", "2023 年目标类型是“下限”，却填了区间上沿 100.0 亿元"),
        ("{年份: 2023, 类型: 上限, 上限金额: 100亿}", "目标类型是“上限”，却填了区间上沿"),
    ],
)
def test_a_target_a_sheet_refuses_a_scenario_may_not_set(change: str, found: str, tmp_path: Path):
    path = tmp_path / "目标.yaml"
    path.write_text(f"标题: 试\n变更:\n  - 年度目标: {change}\n", encoding="utf-8")
    with pytest.raises(InputError, match=found):
        apply(read_scenario(path), four_items())
