"""The schedule after facts: facts and play apart, the year as a whole, made-up data marked."""

from __future__ import annotations

import io

import openpyxl
import pytest

from portfolio.report.excel.comparison import comparison_bytes
from portfolio.report.excel.schedule import schedule_bytes
from tests.report.results import example_run, shipped_run


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(schedule_bytes(example_run())), data_only=True)


def texts(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[object]:
    return [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def test_made_up_facts_are_marked_on_every_sheet(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        assert "示例数据" in str(sheet["A1"].value), sheet.title
        assert sheet.oddHeader.right.text == "（示例数据）", sheet.title
    compared = openpyxl.load_workbook(io.BytesIO(comparison_bytes([example_run()] * 2)))
    assert all("示例数据" in str(sheet["A1"].value) for sheet in compared.worksheets)


def test_the_year_has_its_sheet_with_the_figures_of_the_outlook(book: openpyxl.Workbook) -> None:
    seen = example_run().outlook
    assert seen is not None and seen.ahead is not None
    rows = {row[0]: row[1] for row in book["全年预计"].iter_rows(values_only=True)}
    assert rows["已执行"] == pytest.approx(seen.done_wan / 10_000)
    assert rows["预计全年"] == pytest.approx(seen.year_wan / 10_000)
    assert rows["超（欠）序时"] == pytest.approx(float(seen.ahead))
    late = [row[0] for row in book["滞后排序"].iter_rows(min_row=5, values_only=True) if row[0]]
    portfolio = example_run().portfolio
    assert late == [portfolio.item(row.item_no).label for row in seen.delayed]


def test_facts_and_play_are_told_apart(book: openpyxl.Workbook) -> None:
    overview = book["总览"]
    marks = {row[0]: row[14] for row in overview.iter_rows(min_row=8, max_row=20, values_only=True)}
    assert (marks["2025"], marks["2026"], marks["2027"]) == ("已执行", "已执行＋推演", "推演")
    played = book["年度完成投资"]
    over = {played.cell(5, c).value: played.cell(4, c).value for c in range(9, 20)}
    assert (over[2021], over[2026], over[2027]) == ("已执行", "已执行＋推演", "推演")
    assert "▼ 截至 2026-10：左为已执行，右为推演" in texts(book["甘特图"])
    assert played["C3"].value == 2026


def test_without_facts_there_is_no_such_sheet_and_no_mark() -> None:
    book = openpyxl.load_workbook(io.BytesIO(schedule_bytes(shipped_run())), data_only=True)
    assert not {"全年预计", "滞后排序"} & set(book.sheetnames)
    found = " ".join(str(text) for sheet in book.worksheets for text in texts(sheet))
    assert "已执行" not in found and "示例数据" not in found and "全年预计" not in found
