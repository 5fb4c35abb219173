"""年度投资计划表.xlsx: its sheets, formulas with values, checks of zero, text that stays text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.forms.lines import chinese_number
from portfolio.model.measures.results import RunResult
from portfolio.model.portfolio import Portfolio
from portfolio.report.excel.annual_plan import annual_plan_bytes
from portfolio.report.excel.annual_plan.layout import PlanLayout
from portfolio.report.excel.annual_plan.plan import all_proofs
from portfolio.report.json.run import run_json
from portfolio.report.tables.annual_plan import annual_plan
from portfolio.report.words.meeting import POINTS, key_figures
from tests.examples import examples
from tests.report.dossiers import dossier_of
from tests.report.excel.test_schedule import GROWN
from tests.report.office import SOFFICE
from tests.report.recalculation import differences, formulas_with_values
from tests.report.results import result_of, scenario_run, shipped_run
from tests.strategies import make_item, make_portfolio, portfolios

OTHERS = ["分批一览", "分批清单", "分批汇总", "要数", "图表"]
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
#: A scenario and the last quarter taken as past: 2024, 2026, 2021, the plan's last year.
CASES = [(None, 13), ("三碰头", 22), ("专项债大幅收紧", 0), (None, 59)]


def made(result: RunResult, quarter: int) -> bytes:
    return annual_plan_bytes(dossier_of(result, quarter))


def opened(content: bytes, *, values: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def headings(sheet: Any) -> dict[str, int]:
    """Column numbers by heading, both levels, line breaks left out."""
    found = {}
    for row in (3, 4):
        for cell in sheet[row]:
            if isinstance(cell.value, str):
                found[cell.value.replace("\n", "")] = cell.column
    return found


def item_rows(sheet: Any) -> list[Any]:
    level = headings(sheet)["层级"] - 1
    return [row for row in sheet.iter_rows(min_row=5) if row[level].value == "大项"]


def assert_sheets_hold_run_json(result: RunResult, quarter: int) -> None:
    book, document = opened(made(result, quarter), values=True), run_json(result)
    totals = {row["year"]: row["plan_wan"] / 10_000 for row in document["annual"]}
    whole = sum(item.total_wan for item in result.portfolio.items) / 10_000
    sheets = [sheet for sheet in book if sheet.title.endswith("年投资计划表")]
    for sheet in sheets:
        year, column = int(sheet.title[:4]), headings(sheet)
        plan, total = column[f"{year}年计划投资"], column["总投资"]
        rows = item_rows(sheet)
        assert sum(row[plan - 1].value for row in rows) == pytest.approx(totals.get(year, 0))
        assert sheet.cell(5, plan).value == pytest.approx(totals.get(year, 0))
        left = sheet.cell(sheet_row(sheet, "另："), total).value
        assert sheet.cell(5, total).value + left == pytest.approx(whole)
        assert verdicts(sheet) == {"√"}
    sums = book["分批汇总"]
    for row in sums.iter_rows(min_row=5, values_only=True):
        assert row[-1] == 0
        assert row[-3] == pytest.approx(totals.get(row[0], 0))


def sheet_row(sheet: Any, start: str) -> int:
    (row,) = [c.row for c in sheet["A"] if str(c.value).startswith(start)]
    return int(row)


def verdicts(sheet: Any) -> set[str]:
    column, first = headings(sheet)["合计"], sheet_row(sheet, "校核")
    found = [sheet.cell(row, column).value for row in range(first + 1, first + 7)]
    return set(found)


@pytest.mark.parametrize(("scenario", "quarter"), CASES)
def test_sheets_hold_what_run_json_says(scenario: str | None, quarter: int) -> None:
    assert_sheets_hold_run_json(shipped_run(scenario), quarter)


def test_sheets_of_this_year_and_the_next() -> None:
    names = opened(made(shipped_run(), 13)).sheetnames
    assert names == ["说明", "2024年投资计划表", "2025年投资计划表", *OTHERS]
    assert opened(made(shipped_run(), 59)).sheetnames == ["说明", "2035年投资计划表", *OTHERS]


@pytest.mark.parametrize(("scenario", "quarter"), CASES)
def test_page_setup(scenario: str | None, quarter: int) -> None:
    book = opened(made(shipped_run(scenario), quarter))
    for sheet in book:
        assert sheet.page_setup.paperSize == 8  # A3
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        if sheet.title not in ("说明", "图表"):
            assert sheet.print_title_rows and sheet.freeze_panes, sheet.title
    table = book[book.sheetnames[1]]
    assert table.print_title_rows == "$3:$4"
    assert "$A$1" in table.print_area


def test_the_table_reads_as_the_bureau_knows_it() -> None:
    formulas = opened(made(shipped_run(), 13))["2024年投资计划表"]
    values = opened(made(shipped_run(), 13), values=True)["2024年投资计划表"]
    assert values["A1"].value == "重大项目2024年度投资计划表（推演口径，情景：基准）"
    column = headings(values)
    for name in ("序号", "项目名称", "责任单位", "建设性质", "建设起止年限", "至2023年底累计完成投资",
                 "资金来源", "地方政府专项债券", "季度计划（累计）", "四季度", "到位率", "年度建设目标", "备注"):  # fmt: skip
        assert name in column
    merged = {str(area) for area in formulas.merged_cells.ranges}
    assert any(area.startswith("I3:") for area in merged)  # 资金来源 over its channels
    assert [values.cell(row, 1).value for row in (5, 6, 7)] == [None, "一", 1]
    assert values.cell(5, column["总投资"]).value == 50_394
    total = values.cell(5, column["2024年计划投资"])
    assert total.value == pytest.approx(5_890.7244)
    assert formulas.cell(5, column["2024年计划投资"]).value == "=I5"
    assert formulas.cell(7, column["合计"]).value == "=SUM(J7:Y7)"
    assert formulas.cell(6, column["四季度"]).value == "=SUBTOTAL(9,AC7:AC10)"
    assert formulas.cell(7, column["责任单位"]).value is None
    assert formulas.cell(7, column["责任单位"]).fill.fgColor.rgb == "FFFFF2CC"


def test_subtotals_do_not_count_twice() -> None:
    content = made(shipped_run("三碰头"), 22)
    sheet = opened(content, values=True)["2026年投资计划表"]
    column = headings(sheet)
    level = column["层级"] - 1
    for name in ("总投资", "合计", "银行贷款", "一季度", "资金需求"):
        by_level: dict[str, float] = {}
        for row in sheet.iter_rows(min_row=5):
            if row[level].value:
                amount = row[column[name] - 1].value
                by_level[row[level].value] = by_level.get(row[level].value, 0) + amount
        assert (
            by_level["合计"] == pytest.approx(by_level["工程"]) == pytest.approx(by_level["大项"])
        )


def test_the_rate_follows_its_two_columns_and_stays_below_one() -> None:
    content = made(shipped_run("三碰头"), 22)
    formulas, values = opened(content), opened(content, values=True)
    sheet, stored = formulas["2026年投资计划表"], values["2026年投资计划表"]
    rate = headings(sheet)["到位率"]
    rates = [row[rate - 1].value for row in item_rows(stored)]
    assert min(rates) < 0.5 and max(rates) == 1
    assert re.fullmatch(r'=IF\(\w+7=0,"",\w+7/\w+7\)', sheet.cell(7, rate).value)
    # 31 旧村庄改造 in 2026: 2,643,854 of 6,438,249 万元
    (village,) = [row for row in item_rows(stored) if row[0].value == 31]
    assert village[rate - 1].value == pytest.approx(2_643_854 / 6_438_249)


def test_every_formula_has_its_value() -> None:
    assert formulas_with_values(made(shipped_run(), 13)) > 800


def test_the_key_figures_are_numbers() -> None:
    dossier = dossier_of(shipped_run("三碰头"), 22)
    sheet = opened(annual_plan_bytes(dossier), values=True)["要数"]
    shown = {row[0]: row[1:] for row in sheet.iter_rows(min_row=4, values_only=True)}
    figures = key_figures(dossier)
    assert len(shown) == len(figures) >= 10
    for figure in figures:
        value, unit, source = shown[figure.name]
        assert (unit, source) == (figure.unit, figure.source)
        if figure.value is None:
            assert value == "—"
        elif figure.unit == "亿元":
            assert round(value * 10_000) == figure.value
        elif figure.unit == POINTS:
            assert value == pytest.approx(float(figure.value * 100))
        else:
            assert value == pytest.approx(float(figure.value))
            assert isinstance(figure.value, (int, Fraction))


def test_the_matrix_has_one_word_a_cell() -> None:
    sheet = opened(made(shipped_run(), 13), values=True)["分批一览"]
    rows = list(sheet.iter_rows(min_row=4, max_row=61, values_only=True))
    words = [value for row in rows for value in row[5:]]
    assert set(words) == {"开工", "建设", "投产", None}
    first = rows[0][5:]
    assert first[:2] == ("开工", "建设") and first[7] == "投产" and first[8] is None
    assert sheet["F64"].value == 52  # 开工 of 2021, below the matrix


def test_charts_are_native_and_say_what_they_show() -> None:
    with zipfile.ZipFile(io.BytesIO(made(shipped_run(), 13))) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert len(charts) == 4
    assert len(re.findall(r'descr="[^"]+数据见下方表。"', drawing)) == 4


def test_text_from_the_input_stays_text() -> None:
    result = shipped_run()
    items = tuple(
        replace(item, name=f"=HYPERLINK({item.no})", work=f">{item.work}*", provenance="=1+1")
        for item in result.portfolio.items
    )
    channels = tuple(replace(c, name=f"+{c.name}") for c in result.portfolio.channels)
    portfolio = replace(result.portfolio, items=items, channels=channels)
    hostile = replace(
        result, portfolio=portfolio, baseline=portfolio, scenario="=情景", title="", workbook="=a",
        summary="-说明", published=(),
    )  # fmt: skip
    book = opened(made(hostile, 13))
    texts = {
        cell.value: cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value in ("=HYPERLINK(1)", "=情景", "=a")
    }
    assert texts == {"=HYPERLINK(1)": "s", "=情景": "s", "=a": "s"}


def test_scenario_that_adds_and_cancels_items(tmp_path: Path) -> None:
    result = scenario_run(tmp_path, GROWN)
    assert_sheets_hold_run_json(result, 13)
    sheet = opened(made(result, 13), values=True)["2024年投资计划表"]
    names = [row[1].value for row in item_rows(sheet)]
    assert "=新机场" in names and "城市轨道交通" not in names


def test_same_dossier_same_bytes_without_a_clock() -> None:
    content = made(shipped_run(), 13)
    assert content == made(shipped_run(), 13)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"2000-01-01T"}


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")],
)
def test_parts_are_numbered_in_chinese(number: int, text: str) -> None:
    assert chinese_number(number) == text


@examples(15)
@given(portfolios(max_items=5), st.integers(0, 99))
def test_any_outcome_makes_a_table_whose_checks_are_zero(
    portfolio: Portfolio, quarter: int
) -> None:
    result = result_of(portfolio)
    year = 2021 + quarter // 4
    proofs = all_proofs(result, PlanLayout(annual_plan(result, year)))
    assert [p.what for p in proofs if round(p.found_value - p.again_value, 4)] == []
    assert_sheets_hold_run_json(result, quarter)


@needs_libreoffice
@pytest.mark.parametrize(("scenario", "quarter"), [(None, 13), ("三碰头", 58)])
def test_libreoffice_calculates_the_stored_values(
    scenario: str | None, quarter: int, tmp_path: Path
) -> None:
    path = tmp_path / "年度投资计划表.xlsx"
    path.write_bytes(made(shipped_run(scenario), quarter))
    count, found = differences(path, tmp_path)
    assert count > 600
    assert found == []


@needs_libreoffice
def test_libreoffice_agrees_where_no_item_has_money(tmp_path: Path) -> None:
    # One item with all its money before 2021, one with none: no row, no channel, no batch.
    nothing = np.zeros((15, 2, 2), dtype=np.int64)
    items = tuple(make_item(no, nothing[:, 0, 0], pre) for no, pre in ((1, 50_000), (2, 0)))
    result = result_of(make_portfolio(nothing, items=items))
    assert_sheets_hold_run_json(result, 13)
    path = tmp_path / "年度投资计划表.xlsx"
    path.write_bytes(made(result, 13))
    assert differences(path, tmp_path)[1] == []


@needs_libreoffice
def test_libreoffice_tells_works_of_strange_names_apart(tmp_path: Path) -> None:
    # `>…` would be an operator and `*` a wildcard, were they criteria; and an item is added.
    result = scenario_run(tmp_path, GROWN)
    names = dict.fromkeys(item.work for item in result.portfolio.items)
    strange = {name: f">{'道' * k}*" for k, name in enumerate(names)}
    items = tuple(replace(item, work=strange[item.work]) for item in result.portfolio.items)
    portfolio = replace(result.portfolio, items=items)
    path = tmp_path / "年度投资计划表.xlsx"
    path.write_bytes(made(replace(result, portfolio=portfolio), 13))
    assert differences(path, tmp_path)[1] == []
