"""压力测试.xlsx: its sheets, native charts, chances as numbers, checks that are zero."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given

from portfolio.model.calendar import SHIPPED
from portfolio.model.portfolio import Portfolio
from portfolio.report.excel.stress import stress_bytes
from portfolio.report.excel.stress.items import half_label
from portfolio.report.words.stress import ASSUMED
from tests.examples import examples
from tests.report.office import SOFFICE
from tests.report.recalculation import differences
from tests.report.results import result_of
from tests.report.stress_results import PATHS, shipped_pair, shipped_stress, stress_of
from tests.strategies import portfolios

SHEETS = [
    "首页", "大项", "龙卷风", "竣工分布", "联合把握", "成因", "渠道杠杆", "封闭清单附录", "风险参数", "校核",
]  # fmt: skip
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def opened(content: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def charts(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = [name for name in book.namelist() if name.startswith("xl/charts/chart")]
        return [book.read(name).decode("utf-8") for name in names]


def row_of(sheet: Any, first: str) -> list[Any]:
    return next([c.value for c in row] for row in sheet.iter_rows() if row[0].value == first)


def test_the_sheets_of_one_scenario() -> None:
    assert opened(stress_bytes([shipped_stress()])).sheetnames == SHEETS


def test_several_scenarios_have_their_sheets_side_by_side() -> None:
    names = opened(stress_bytes(shipped_pair())).sheetnames
    assert names[:3] == ["首页", "大项·基准", "大项·三碰头"]
    # 三碰头 changes no risk parameter: one sheet of them holds for both.
    assert names[-3:] == ["情景差异", "风险参数", "校核"]


def test_names_that_excel_can_not_hold_are_made_to_fit() -> None:
    first = shipped_stress()
    second = replace(first, run=replace(first.run, scenario="很长的情景名" * 8 + "[a/b]"))
    third = replace(first, run=replace(first.run, scenario="很长的情景名" * 8 + "[A/B]x"))
    names = opened(stress_bytes([first, second, third])).sheetnames
    assert max(len(name) for name in names) <= 31
    assert len({name.casefold() for name in names}) == len(names)


def test_charts_are_native_and_of_the_kinds_promised() -> None:
    found = charts(stress_bytes([shipped_stress()]))
    kinds = {
        "fan": "<c:areaChart>",
        "tornado": '<c:barDir val="bar"/><c:grouping val="stacked"/>',
        "histogram": '<c:barDir val="col"/>',
        "joint": "<c:scatterChart>",
    }
    for name, mark in kinds.items():
        assert any(mark in chart for chart in found), name
    fan = next(chart for chart in found if "<c:areaChart>" in chart)
    assert "<c:lineChart>" in fan  # the target, on the same axes


def test_chances_are_numbers_shown_as_whole_per_cents() -> None:
    result = shipped_stress()
    sheet = opened(stress_bytes([result]))["封闭清单附录"]
    heads = next(row for row in sheet.iter_rows() if row[0].value == "年份")
    place = next(cell.column for cell in heads if cell.value == "达到比例")
    for year in result.findings.years:
        row = next(
            row for row in sheet.iter_rows(min_row=heads[0].row) if row[0].value == str(year.year)
        )
        cell = row[place - 1]
        if year.chance is None:
            assert cell.value is None
        else:
            assert cell.value == pytest.approx(year.chance.value, abs=1e-12)
            assert "0.0" not in cell.number_format


def test_every_sheet_with_chances_says_its_premise() -> None:
    book = opened(stress_bytes([shipped_stress()]))
    for name in SHEETS[:-2]:
        top = [cell.value for row in book[name].iter_rows(max_row=3) for cell in row if cell.value]
        assert any(ASSUMED in str(value) for value in top), name


def test_the_sheets_hold_the_results_figures() -> None:
    result = shipped_stress()
    book = opened(stress_bytes([result]))
    item = result.findings.items[0]
    row = row_of(book["大项"], str(item.item_no))
    assert item.approved_wan / 10_000 in row
    assert item.cost.at(80).value / 10_000 in row
    assert pytest.approx(item.joint.both.value, abs=1e-12) in row
    causes = row_of(book["成因"], "合计")
    assert causes[2] == result.findings.causes.quarters
    assert str(7) == row_of_second(book["校核"], "随机种子")


def row_of_second(sheet: Any, label: str) -> Any:
    return next(row[2].value for row in sheet.iter_rows() if row[1].value == label)


def test_the_assumptions_used_stand_with_their_basis() -> None:
    sheet = opened(stress_bytes([shipped_stress()]))["风险参数"]
    cells = {cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
    portfolio = shipped_stress().run.portfolio
    used = {item.risk_class for item in portfolio.items}
    for risk in portfolio.risk_classes:
        assert (risk.title in cells) == (risk.key in used)
    assert "R1 征拆受阻" in cells and "假设：判断" in cells
    assert portfolio.channel_risks[0].provenance in cells


def test_every_check_is_zero_and_histograms_hold_every_path() -> None:
    book = opened(stress_bytes(shipped_pair()))
    rows = [row for row in book["校核"].iter_rows(values_only=True) if row[6] in ("√", "×")]
    assert len(rows) > 100 and all(row[6] == "√" for row in rows)
    sums = [row[3] for row in rows if "分布之和" in str(row[2])]
    assert sums and set(sums) == {PATHS}


def test_half_years_are_named() -> None:
    assert [half_label(SHIPPED, q) for q in (0, 2, 40, 100)] == [
        "2021上",
        "2021下",
        "2031上",
        "2045Q4 以后",
    ]


@needs_libreoffice
def test_libreoffice_calculates_every_stored_value(tmp_path: Path) -> None:
    path = tmp_path / "压力测试.xlsx"
    path.write_bytes(stress_bytes([shipped_stress()]))
    count, found = differences(path, tmp_path)
    assert found == []
    assert count > 500


@examples(6)
@given(portfolios(max_items=4))
def test_any_portfolio_makes_a_workbook(portfolio: Portfolio) -> None:
    book = opened(stress_bytes([stress_of(result_of(portfolio), paths=3)]))
    # Nothing was measured of channels: no sheet says so at length. Points in one corner: no picture.
    told = {str(row[0].value): str(row[1].value) for row in book["首页"].iter_rows()}
    left_out = {"渠道杠杆"} | ({"联合把握"} if "（从略）" in told else set())
    assert book.sheetnames == [name for name in SHEETS if name not in left_out]
    rows = [row for row in book["校核"].iter_rows(values_only=True) if row[6] in ("√", "×")]
    assert all(row[6] == "√" for row in rows)
