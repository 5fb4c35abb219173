"""An adjusted plan read back from its sheet: what it becomes, and what is refused with its cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from portfolio.model.calendar import SHIPPED
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import InputError
from portfolio.model.scenarios import Scenario, apply, merge
from portfolio.model.scenarios.verbs import PlanSheet
from portfolio.model.schema.adjusted_plan import (
    ADJUSTED_SHEET,
    FIRST_DATA_ROW,
    HEADER_ROW,
    SCENARIO_CELL,
    SCENARIO_LABEL,
    SCENARIO_LABEL_CELL,
    SETS_CELL,
    SETS_LABEL,
    SETS_LABEL_CELL,
    headers,
    made_under,
)
from portfolio.read.scenario.file import find_scenario, read_scenario
from portfolio.read.scenario.options import parse_sets
from portfolio.read.workbook.adjusted import read_adjusted_sheet
from portfolio.workflows import merged_scenario
from tests.model.four_items import YI, four_items
from tests.model.scenarios.sample_changes import assert_equal
from tests.read.scenario.test_shipped_scenarios import FOLDER, shipped_portfolio

BASE = four_items()
SPB, METRO = 1, 1


def write_sheet(
    path: Path, portfolio: Portfolio = BASE, *, scenario: str = "", sets: str = "", plan: Any = None
) -> Path:
    """A sheet as a report lays it out, with a subtotal after each item."""
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet(ADJUSTED_SHEET)
    page.write("A1", "调整后计划（亿元）")
    page.write(SCENARIO_LABEL_CELL, SCENARIO_LABEL)
    page.write(SCENARIO_CELL, scenario)
    if sets:
        page.write(SETS_LABEL_CELL, SETS_LABEL)
        page.write(SETS_CELL, sets)
    page.write_row(HEADER_ROW - 1, 0, headers(SHIPPED))
    money = portfolio.baseline_wan if plan is None else plan
    at = FIRST_DATA_ROW - 1
    for i, item in enumerate(portfolio.items):
        for c, channel in enumerate(portfolio.channels):
            if money[:, c, i].any() or portfolio.baseline_wan[:, c, i].any():
                page.write_row(at, 0, [item.no, item.name, channel.name, channel.kind.value])
                for k, wan in enumerate(money[:, c, i].tolist(), start=4):
                    page.write_number(at, k, wan / YI)
                total = money[:, c, i].sum() / YI
                page.write_formula(at, 19, f"=SUM(E{at + 1}:S{at + 1})", None, total)
                at += 1
        page.write(at, 1, f"{item.name} 小计")
        page.write_row(at, 4, (money[:, :, i].sum(axis=1) / YI).tolist())
        at += 1
    page.write(at + 1, 0, "注：金额以亿元计。")
    book.close()
    return path


def find(name: str) -> Path:
    return find_scenario(name, FOLDER)


def read(path: Path) -> Scenario:
    return read_adjusted_sheet(path, find, FOLDER)


def edited(path: Path, **cells: object) -> Path:
    """The file with cells changed; formulas lose their values, as with any tool but Excel."""
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book[ADJUSTED_SHEET][cell] = value
    book.save(path)
    return path


def problems_of(path: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        read(path)
    return [(p.place, p.found, p.fix) for p in caught.value.problems]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Rows: 5 22·GPB, 6 22·CBI, 7 小计, 8 24·SPB, 9 24·LOAN, 10 小计, 11–13 31, 15 44·GPB."""
    return write_sheet(tmp_path / "调整方案.xlsx")


# -- what is read ----------------------------------------------------------------------------------


def test_a_sheet_as_written_is_the_plan_as_it_is(path: Path):
    scenario = read(path)
    assert scenario.name == "调整方案"
    portfolio, log = apply(scenario, BASE)
    assert log == ()
    assert_equal(portfolio, BASE)


def test_an_edited_cell_is_the_only_change(path: Path):
    # 24's bonds of 2023 stand in G8: 60 before; what is left of its total follows after 2035
    portfolio, log = apply(read(edited(path, G8=54.3211)), BASE)
    assert portfolio.plan_wan[2, SPB, METRO] == 543_211
    assert [(entry.quantity, entry.old, entry.new, entry.place) for entry in log] == [
        ("24 城市轨道交通 地方政府专项债券 2023年 计划", "60 亿元", "54.3211 亿元", f"{ADJUSTED_SHEET}!C8"),
        ("24 城市轨道交通 2036 年起计划", "0 亿元", "5.6789 亿元", f"{ADJUSTED_SHEET}!C8"),
    ]  # fmt: skip


def test_any_plan_survives_the_sheet_to_the_wan(tmp_path: Path):
    plan = BASE.plan_wan.copy()
    plan[0, SPB, METRO] -= 1
    plan[7, SPB, METRO] += 1
    plan[:5, 0, 0] = 0
    plan[14, 0, 0] = 123_457
    again, _ = apply(read(write_sheet(tmp_path / "x.xlsx", plan=plan)), BASE)
    assert (again.plan_wan[:15] == plan).all()


def test_an_emptied_year_is_zero_and_own_money_is_read_as_well(path: Path):
    portfolio, _ = apply(read(edited(path, G6=None, E8=None, F8=None)), BASE)
    assert portfolio.plan_wan[:3, 2, 0].tolist() == [50 * YI, 50 * YI, 0]
    assert portfolio.plan_wan[:3, SPB, METRO].tolist() == [0, 0, 60 * YI]


def test_what_the_plan_was_made_under_comes_first(tmp_path: Path):
    path = write_sheet(
        tmp_path / "x.xlsx",
        shipped_portfolio(),
        scenario="专项债收紧+三碰头",
        sets="土地出让:2024=-5%；SPB:2025=120亿",
    )
    scenario = read(path)
    named = [read_scenario(find(name), FOLDER) for name in ("专项债收紧", "三碰头")]
    options = parse_sets(["土地出让:2024=-5%", "SPB:2025=120亿"])
    assert options is not None
    before = merge([*named, options])
    assert scenario.layers[:-1] == before.layers
    assert isinstance(scenario.layers[-1].changes[0], PlanSheet)
    assert scenario.name == f"{before.name}+调整方案"
    assert made_under(scenario) == ("专项债收紧+三碰头", "土地出让:2024=-5%；SPB:2025=120亿")
    assert made_under(before) == made_under(scenario)
    assert made_under(read(write_sheet(path, scenario="专项债收紧+调整方案"))) == ("专项债收紧", "")
    apply(scenario, shipped_portfolio())


def test_a_scenario_elsewhere_is_named_by_its_path(tmp_path: Path):
    own = tmp_path / "自己的.yaml"
    own.write_text("标题: 试\n变更:\n  - 软前置条件: 生效\n", encoding="utf-8")
    scenario = read(write_sheet(tmp_path / "x.xlsx", scenario=str(own)))
    assert [layer.name for layer in scenario.layers] == ["自己的", "调整方案"]


def test_an_option_that_ends_in_xlsx_is_such_a_sheet(tmp_path: Path):
    path = write_sheet(tmp_path / "改过的.XLSX", shipped_portfolio(), scenario="专项债收紧")
    scenario = merged_scenario([str(path)], ["SPB:2025=120亿"])
    assert scenario.name == "专项债收紧+调整方案+临时设定 SPB:2025=120亿"
    with pytest.raises(InputError, match="找不到这个文件"):
        merged_scenario([str(tmp_path / "没有.xlsx")], [])


def test_headers_in_any_order_with_own_columns_and_years_as_numbers(path: Path):
    book = openpyxl.load_workbook(path)
    page = book[ADJUSTED_SHEET]
    page["G4"], page["H4"] = 2023, "2024年"
    page.insert_cols(4)
    page["D4"] = "我的备注"
    for cell in page["U"]:
        cell.value = None  # 合计 may go: its formulas point elsewhere now
    book.save(path)
    portfolio, log = apply(read(path), BASE)
    assert log == ()
    assert_equal(portfolio, BASE)


# -- what is refused -------------------------------------------------------------------------------

BAD: list[tuple[dict[str, object], str, str, str]] = [
    ({"F8": "六十"}, "F8", "文字“六十”不是数字", "亿元"),
    ({"F8": "60"}, "F8", "文本格式的数字", "数值格式"),
    ({"F8": 1.00001}, "F8", "1.00001 亿元比万元更细", "四位小数"),
    ({"F8": -3}, "F8", "-3 亿元是负数", "不能为负"),
    ({"F8": "#REF!"}, "F8", "Excel 错误值 #REF!", "改正公式"),
    ({"F8": "=1+1"}, "F8", "公式 “=1+1” 没有保存计算结果", "用 Excel 打开并保存"),
    ({"F8": True}, "F8", "TRUE不是数字", "常规格式"),
    ({"A8": 2.5}, "A8", "2.5不是整数", "整数"),
    ({"A8": "甲"}, "A8", "文字“甲”不是数字", "整数"),
    ({"A8": None}, "A8", "“序号”是空的，而这一行有大项和渠道", "补上"),
    ({"B8": None}, "B8", "“大项”是空的", "整行删去"),
    ({"C8": " "}, "C8", "“渠道”是空的", "整行删去"),
    ({"D8": "统愁"}, "D8", "“统愁”不在可选范围内", "是否为“统筹”？"),
    ({"T8": 301}, "T8", "合计 301 与各年之和 300.0000 亿元不符", "改各年"),
    ({"F4": "年度"}, "U4", "缺少“2022”一列", "请恢复这一列"),
    ({"C4": "渠到"}, "U4", "缺少“渠道”一列", "是否为“渠到”？"),
    ({"F4": 2021}, "F4", "表头“2021”重复，E 列也是", "只留一列"),
    ({"A2": "场景"}, "A2", "应为“情景”，却是“场景”", "恢复第 2 行"),
    ({"B2": "专项债受紧"}, "B2", "没有名为“专项债受紧”的情景", "是否为“专项债收紧”？"),
    ({"B2": "甲.xlsx"}, "B2", "“甲.xlsx”是工作簿", "-s 依次叠加"),
    ({"D2": "SPB=3"}, "D2（SPB=3）", "缺少冒号", "渠道:年份=变动"),
    ({"A20": 24, "C20": "银行贷款"}, "A20", "空行之后还有数据（24）", "删去空行"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "place", "found", "fix"), BAD, ids=[one[2] for one in BAD])
def test_a_bad_cell_is_told(path: Path, cells: dict[str, object], place: str, found: str, fix: str):
    told = problems_of(edited(path, **cells))
    assert any(p == f"{ADJUSTED_SHEET}!{place}" and found in f and fix in x for p, f, x in told), (
        told
    )


def test_every_problem_comes_at_once(path: Path):
    told = problems_of(edited(path, B2="没有的", E5="甲", G8=-1, S15="=A1"))
    assert [place.rpartition("!")[2] for place, _, _ in told] == ["B2", "E5", "G8", "S15"]


def test_a_merged_cell_is_not_taken_for_zero(path: Path):
    book = openpyxl.load_workbook(path)
    book[ADJUSTED_SHEET].merge_cells("F8:G8")
    book.save(path)
    assert problems_of(path) == [
        (f"{ADJUSTED_SHEET}!G8", "在合并单元格 F8:G8 内", "请取消合并 F8:G8，逐格填写")
    ]


def emptied(page: Any) -> None:
    page.delete_rows(FIRST_DATA_ROW, 100)


def renamed(page: Any) -> None:
    page.title = "调整后的计划"


def strange(page: Any) -> None:
    page.title = "台账"


def headless(page: Any) -> None:
    page.delete_rows(HEADER_ROW)


@pytest.mark.parametrize(
    ("change", "found", "fix"),
    [
        (emptied, "表中没有数据", "重新写出"),
        (renamed, "没有名为“调整后计划”的工作表，有：调整后的计划", "是否为“调整后的计划”？"),
        (strange, "没有名为“调整后计划”的工作表，有：台账", "输入工作簿请用 -w"),
        (headless, "第 4 行不是表头，是22", "表头须在第 4 行：序号、大项"),
    ],
)
def test_a_sheet_that_is_none(path: Path, change: Callable[[Any], None], found: str, fix: str):
    book = openpyxl.load_workbook(path)
    change(book[ADJUSTED_SHEET])
    book.save(path)
    ((_, said, how),) = problems_of(path)
    assert found in said
    assert fix in how


def test_unknown_items_and_channels_are_told_by_their_cells_when_applied(path: Path):
    scenario = read(edited(path, A5=23, B6="国铁", C8="专项债卷", D9="统筹"))
    with pytest.raises(InputError) as caught:
        apply(scenario, BASE)
    assert [(p.place.rpartition("!")[2], p.found) for p in caught.value.problems] == [
        ("A5", "没有序号为 23 的大项（国铁干线）"),
        ("B6", "序号 22 是“国铁干线”，这里写“国铁”"),
        ("C8", "没有名为“专项债卷”的资金渠道"),
        ("D9", "类别“统筹”与渠道“银行贷款”（随资本金）不符"),
    ]
