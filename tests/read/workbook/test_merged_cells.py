"""Merged cells: what Excel shows in every row of the merge stands in the first one only."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.problems import InputError
from portfolio.model.schema import sheet_named, sheets_of
from portfolio.model.schema.for_forms import FOR_FORMS
from portfolio.read.workbook import read_workbook
from tests.read.shipped import at, opened, place, put_row, saved

#: (sheet, key, first row, last row) of optional cells that are filled in these rows.
OPTIONAL = [
    ("项目清单", "yearly_cap_wan", 2, 4),
    ("年度目标", "target_wan", 5, 7),
    ("依赖关系", "pred_name", 2, 3),
]


@pytest.mark.parametrize(("sheet", "key", "first", "last"), OPTIONAL)
def test_merged_optional_cells_do_not_lose_their_values_in_silence(
    sheet: str, key: str, first: int, last: int, tmp_path: Path
):
    book = opened()
    span = f"{at(sheet, key, first)}:{at(sheet, key, last)}"
    assert book[sheet][at(sheet, key, last)].value is not None
    book[sheet].merge_cells(span)
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "merged.xlsx"))
    told = {problem.place: problem for problem in raised.value.problems}
    for row in range(first + 1, last + 1):
        problem = told[place(sheet, key, row)]
        assert f"在合并单元格 {span} 内" in problem.found
        assert f"请取消合并 {span}，逐格填写" in problem.fix
    assert place(sheet, key, first) not in told


#: Sheets with rows and with optional columns in the light copy of the shipped workbook.
LOOKED_AT = [
    sheet.name
    for sheet in sheets_of(SHIPPED)
    if sheet.name
    not in ("事后数据", "公开记录", "年度额度", "月度执行", "风险清单", "项目", "储备项目", "情景")
    and sheet.name not in {each.name for each in FOR_FORMS}
    and not all(column.required for column in sheet.columns)
]


@pytest.mark.parametrize("sheet", LOOKED_AT)
def test_every_optional_column_of_every_sheet_is_looked_at(sheet: str, tmp_path: Path):
    """The second row's cell is emptied by the merge with the first: always a problem of its own."""
    book, columns = opened(), sheet_named(sheet, SHIPPED).columns
    optional = [c.key for c in columns if not c.required and not c.may_span]
    for key in optional:
        book[sheet].merge_cells(f"{at(sheet, key, 2)}:{at(sheet, key, 3)}")
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "merged.xlsx"))
    told = {problem.place for problem in raised.value.problems if "合并单元格" in problem.found}
    assert {place(sheet, key, 3) for key in optional} <= told


def test_a_merge_along_a_row_is_seen_too(tmp_path: Path):
    book = opened()
    put_row(book, "年度额度", 2, channel="一般公共预算", year=2023, envelope_wan=5, reserve_wan=3)
    span = f"{at('年度额度', 'envelope_wan', 2)}:{at('年度额度', 'reserve_wan', 2)}"
    book["年度额度"].merge_cells(span)
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "merged.xlsx"))
    (problem,) = raised.value.problems
    assert problem.place == place("年度额度", "reserve_wan", 2)
    assert span in problem.found


def test_merges_beside_and_below_the_table_are_the_users_own(tmp_path: Path):
    book = opened()
    page = book["项目清单"]
    page["AX2"] = "自己的备注"
    page.merge_cells("AX2:AZ4")
    page.merge_cells("A70:R72")
    read_workbook(saved(book, tmp_path / "own.xlsx"))
