"""The schedule: sheets, formulas with values, checks that are zero, text that stays text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given

from portfolio.model.items import PublishedTotal
from portfolio.model.measures.results import RunResult
from portfolio.model.portfolio import Portfolio
from portfolio.model.scenarios import ChangeLogEntry
from portfolio.report.excel.comparison import comparison_bytes
from portfolio.report.excel.schedule import schedule_bytes
from portfolio.report.excel.schedule.checks import all_checks
from portfolio.report.excel.schedule.layout import Facts
from portfolio.report.json.run import run_json
from portfolio.report.tables.list_record import list_table
from tests.examples import examples
from tests.report.office import SOFFICE
from tests.report.recalculation import differences, formulas_with_values
from tests.report.results import example_run, result_of, scenario_run, shipped_run
from tests.strategies import portfolios

SHEETS = [
    "呈批版", "说明", "总览", "名单公布数", "年度投资计划", "年度完成投资", "甘特图", "资金来源", "资金缺口", "资金台账",
    "滞后原因", "变更对比", "依赖关系", "事件日志", "资料依据", "校核",
]  # fmt: skip
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
GROWN = """标题: 增减大项
变更:
  - 取消大项: {大项: 24}
  - 新增大项:
      编号: 59
      名称: "=新机场"
      工程: 交通枢纽工程
      类别: 国际航空枢纽
      总投资: 100
      十四五投资: 100
      风险类别: airport
      优先级: 1
      阶段: 可研
      投资节奏: 新开工
      资金结构: {一般公共预算: 50%, 银行贷款: 50%}
"""


def opened(content: bytes, *, values: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def assert_checks_are_zero(result: RunResult) -> None:
    """No difference on 校核.

    The stored values of some rows are one number twice by construction: whether the formulas
    give it is judged by the recalculations below, whether the sheets hold it by
    `assert_sheets_hold_run_json`.
    """
    checks = all_checks(Facts(result))
    assert [check.what for check in checks if not check.is_zero] == []


def stored_years(book: Any, sheet: str) -> dict[int, float]:
    """The sum of the item rows of an item sheet by year, from the cells alone."""
    rows = list(book[sheet].iter_rows(min_row=5, values_only=True))
    heads = rows[0]
    level = heads.index("层级")
    return {
        head: sum(row[k] for row in rows[1:] if row[level] == "大项")
        for k, head in enumerate(heads)
        if isinstance(head, int)
    }


def assert_sheets_hold_run_json(result: RunResult) -> None:
    """The sheets' cells add up to run.json, which is made without them."""
    book, document = opened(schedule_bytes(result), values=True), run_json(result)
    for sheet, key in (("年度投资计划", "plan_wan"), ("年度完成投资", "drawn_wan")):
        of_items = stored_years(book, sheet)
        totals = {row["year"]: row[key] / 10_000 for row in document["annual"]}
        assert {year: wan for year, wan in totals.items() if wan} == pytest.approx(
            {year: of_items[year] for year, wan in totals.items() if wan}
        )
    by_channel = dict.fromkeys({row["channel"] for row in document["channels"]}, 0)
    for row in document["channels"]:
        by_channel[row["channel"]] += row["drawn_wan"]
    shown = [[cell.value for cell in row] for row in book["资金来源"].iter_rows()]
    # The second block is the play: of each channel the row that stands last, its sum at its end.
    last = {row[0]: row[-1] for row in shown if row[0] in by_channel}
    assert last == pytest.approx({name: wan / 10_000 for name, wan in by_channel.items()})


def test_checks_are_zero_after_facts() -> None:
    """Years that were over before play have no ledger, the running one may be above its envelope."""
    assert_checks_are_zero(example_run())


@needs_libreoffice
def test_formulas_of_checks_are_zero_after_facts(tmp_path: Path) -> None:
    path = tmp_path / "示例.xlsx"
    path.write_bytes(schedule_bytes(example_run()))
    count, found = differences(path, tmp_path)
    assert count > 1_000 and found == []
    verdicts = [row[-1] for row in opened(path.read_bytes(), values=True)["校核"].values]
    assert "√" in verdicts and "×" not in verdicts


@pytest.mark.parametrize("scenario", [None, "三碰头"])
def test_sheets_hold_what_run_json_says(scenario: str | None) -> None:
    assert_sheets_hold_run_json(shipped_run(scenario))


def test_the_plan_has_no_columns_after_its_end() -> None:
    # Under this scenario the play goes on to 2036 and longer.
    book = opened(schedule_bytes(shipped_run("三碰头")), values=True)
    assert max(stored_years(book, "年度投资计划")) == 2035
    assert max(stored_years(book, "年度完成投资")) > 2035


@pytest.mark.parametrize("scenario", [None, "三碰头"])
def test_sheets_and_page_setup(scenario: str | None) -> None:
    book = opened(schedule_bytes(shipped_run(scenario)))
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.page_setup.paperSize == 8  # A3
        assert sheet.page_setup.orientation == "landscape"
        if sheet.title not in ("呈批版", "说明", "资金来源", "资金缺口"):
            assert sheet.print_title_rows, sheet.title
        if sheet.title != "说明":
            assert sheet.freeze_panes, sheet.title


def test_long_lists_are_printed_small_one_page_wide() -> None:
    book = opened(schedule_bytes(shipped_run("三碰头")))
    for name in ("事件日志", "资金台账"):
        sheet = book[name]
        pages = sheet.page_setup.fitToHeight
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is what a sheet has unsaid
        assert (pages - 1) * 64 < sheet.max_row - 4 <= pages * 64
    heads = [cell.value for cell in book["资金台账"][4]]
    assert "年初下达\n（亿元）" in heads


def test_a_small_gap_is_not_shown_as_nothing() -> None:
    # The plan asks 745.9486 亿元 of the bonds in 2023: 0.0186 are lacking.
    sheet = opened(schedule_bytes(shipped_run(None, "专项债券:2023=745.93亿")))["资金缺口"]
    small = [
        c
        for row in sheet.iter_rows()
        for c in row
        if isinstance(c.value, float) and 0 < c.value < 0.05
    ]
    assert small
    assert {cell.number_format for cell in small} == {'[=0]"–";[<0.05]0.0000;#,##0.0'}


def test_every_formula_has_its_value() -> None:
    assert formulas_with_values(schedule_bytes(shipped_run())) > 2_000


def test_checks_are_all_zero_and_reach_the_published_totals() -> None:
    result = shipped_run("三碰头")
    assert_checks_are_zero(result)
    sheet = opened(schedule_bytes(result), values=True)["校核"]
    assert sheet["D3"].value == "全部为零"
    found = [row[3].value for row in sheet.iter_rows(min_row=6) if row[1].value == "公布总数"]
    assert len(found) == 66
    assert found[:2] == [50_394, 26_788]


def test_a_wrong_published_total_is_not_zero() -> None:
    wrong = PublishedTotal(
        level="工程", name="科技创新工程", parent=None, item_count=4, total_wan=1, plan_wan=1,
        provenance="假设：测试",
    )  # fmt: skip
    sheet = opened(schedule_bytes(replace(shipped_run(), published=(wrong,))), values=True)["校核"]
    assert sheet["D3"].value == "有 2 处不为零"


def test_subtotals_are_formulas_and_years_are_the_known_ones() -> None:
    content = schedule_bytes(shipped_run())
    formulas, values = opened(content)["年度投资计划"], opened(content, values=True)["年度投资计划"]
    assert formulas["I6"].value.startswith("=SUBTOTAL(9,")
    assert values["C6"].value == 50_394
    assert [round(values.cell(6, column).value, 1) for column in range(9, 14)] == [
        4127.6, 5216.9, 5778.5, 5890.7, 5774.2,
    ]  # fmt: skip
    # 至2025年底累计 = 2021年前 + 2021—2025; 2026年计划
    assert values["F6"].value == pytest.approx(3_588.5 + 26_788)
    assert round(values["G6"].value, 1) == 5_003.9


def test_text_from_the_input_stays_text(tmp_path: Path) -> None:
    entry = ChangeLogEntry(quantity="=1+1", old="+1", new="@x", place="-y.yaml")
    result = shipped_run()
    items = tuple(
        replace(item, name=f"=HYPERLINK({item.no})", work=f"+{item.work}", category="@类")
        for item in result.portfolio.items
    )
    portfolio = replace(result.portfolio, items=items)
    hostile = replace(
        result, portfolio=portfolio, baseline=portfolio, changes=(entry,), scenario="=情景",
        title="", summary="-说明", published=(),
    )  # fmt: skip
    book = opened(schedule_bytes(hostile))
    texts = {
        cell.value: cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value in ("=1+1", "=HYPERLINK(1)", "@类", "=情景")
    }
    assert texts == {"=1+1": "s", "=HYPERLINK(1)": "s", "@类": "s", "=情景": "s"}


def test_scenario_that_adds_and_cancels_items(tmp_path: Path) -> None:
    result = scenario_run(tmp_path, GROWN)
    assert_checks_are_zero(result)
    book = opened(schedule_bytes(result), values=True)
    names = [row[1].value for row in book["变更对比"].iter_rows()]
    assert "=新机场" in names and "城市轨道交通" in names


def test_same_run_same_bytes_without_a_clock() -> None:
    content = schedule_bytes(shipped_run())
    assert content == schedule_bytes(shipped_run())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"2000-01-01T"}


@examples(15)
@given(portfolios(max_items=6))
def test_any_outcome_makes_a_schedule_whose_checks_are_zero(portfolio: Portfolio) -> None:
    result = result_of(portfolio)
    assert_checks_are_zero(result)
    listed = bool(list_table(result).rows)
    named = [name for name in SHEETS if listed or name != "名单公布数"]
    assert opened(schedule_bytes(result)).sheetnames == named


@needs_libreoffice
@pytest.mark.parametrize("scenario", [None, "三碰头"])
def test_libreoffice_calculates_the_stored_values(scenario: str | None, tmp_path: Path) -> None:
    path = tmp_path / "进度计划.xlsx"
    path.write_bytes(schedule_bytes(shipped_run(scenario)))
    count, found = differences(path, tmp_path)
    assert count > 2_000
    assert found == []


@needs_libreoffice
def test_libreoffice_tells_totals_of_one_name_apart(tmp_path: Path) -> None:
    # Two 组 are called “>道*路”, in the 类别 “=一” and “二"号”; a third begins the same.
    result = shipped_run()
    places = [("=一", ">道*路"), ("=一", ">道*路"), ('二"号', ">道*路"), ('二"号', ">道路的路")]
    items = tuple(
        replace(item, category=category, group=group)
        for item, (category, group) in zip(
            result.portfolio.items, places * len(result.portfolio.items), strict=False
        )
    )
    portfolio = replace(result.portfolio, items=items)
    published = tuple(
        PublishedTotal(
            level="组", name=group, parent=category, item_count=None,
            total_wan=sum(i.total_wan for i in items if (i.category, i.group) == (category, group)),
            plan_wan=sum(i.plan_wan for i in items if (i.category, i.group) == (category, group)),
            provenance="假设：测试",
        )
        for category, group in dict.fromkeys(places)
    )  # fmt: skip
    renamed = replace(result, portfolio=portfolio, baseline=portfolio, published=published)
    assert_checks_are_zero(renamed)
    path = tmp_path / "进度计划.xlsx"
    path.write_bytes(schedule_bytes(renamed))
    assert differences(path, tmp_path)[1] == []


@needs_libreoffice
def test_libreoffice_agrees_on_a_grown_portfolio(tmp_path: Path) -> None:
    path = tmp_path / "进度计划.xlsx"
    path.write_bytes(schedule_bytes(scenario_run(tmp_path, GROWN)))
    assert differences(path, tmp_path)[1] == []


@needs_libreoffice
def test_libreoffice_agrees_on_a_comparison(tmp_path: Path) -> None:
    path = tmp_path / "对比.xlsx"
    path.write_bytes(comparison_bytes([shipped_run(), shipped_run("三碰头")]))
    count, found = differences(path, tmp_path)
    assert count > 300
    assert found == []


@needs_libreoffice
def test_a_false_stored_value_would_be_found(tmp_path: Path) -> None:
    path, false = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    path.write_bytes(schedule_bytes(shipped_run()))
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(false, "w") as copy:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet5.xml":
                content = content.replace(b"</f><v>50394.0</v>", b"</f><v>50395.0</v>", 1)
            copy.writestr(entry, content)
    (difference,) = differences(false, tmp_path)[1]
    assert (difference.place, difference.stored) == ("年度投资计划!C6", 50_395)
