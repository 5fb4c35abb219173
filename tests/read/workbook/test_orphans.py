"""An item that is gone: one problem with every row that still points to it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from portfolio.model.problems import InputError
from portfolio.read.workbook import orphan_rows, read_workbook
from tests.read.shipped import SHIPPED

#: 城市轨道交通, to which shares, gates, known years and more point.
METRO = 24


@pytest.fixture
def without_metro(tmp_path: Path) -> Path:
    book = openpyxl.load_workbook(SHIPPED)
    book["项目清单"].delete_rows(METRO + 1)
    book.save(tmp_path / "少一项.xlsx")
    return tmp_path / "少一项.xlsx"


def test_a_deleted_item_is_one_problem(without_metro: Path):
    with pytest.raises(InputError) as raised:
        read_workbook(without_metro)
    (problem,) = raised.value.problems
    orphans = orphan_rows(without_metro)[METRO]
    assert f"没有序号 24（城市轨道交通），却有 {len(orphans)} 行指着它" in problem.found
    for sheet in {sheet for sheet, _ in orphans}:
        assert f"{sheet} 第 " in problem.found
    assert "汇总校核的合计也要改" in problem.fix


def test_the_orphans_are_all_rows_with_its_number_and_no_others(without_metro: Path):
    book = openpyxl.load_workbook(without_metro)
    with_number = {
        (page.title, row[0].row)
        for page in book
        for row in page.iter_rows(min_row=2)
        for head, cell in zip(page[1], row, strict=True)
        if head.value in ("大项序号", "前置序号", "后续序号") and cell.value == METRO
    }
    orphans = orphan_rows(without_metro)
    assert set(orphans) == {METRO}
    assert set(orphans[METRO]) == with_number
    for name, number in sorted(orphans[METRO], reverse=True):
        book[name].delete_rows(number)
    book.save(without_metro)
    assert orphan_rows(without_metro) == {}
    assert METRO not in read_workbook(without_metro).portfolio.position


def test_a_number_beside_the_name_of_another_item_is_a_slip_of_its_own(tmp_path: Path):
    book = openpyxl.load_workbook(SHIPPED)
    page = book["资金结构"]
    for row in (2, 3):
        page.cell(row, 1).value = 77
    book.save(tmp_path / "错号.xlsx")
    with pytest.raises(InputError) as raised:
        read_workbook(tmp_path / "错号.xlsx")
    told = [problem for problem in raised.value.problems if "没有序号 77" in problem.found]
    assert [problem.place for problem in told] == ["资金结构!A2", "资金结构!A3"]
    assert orphan_rows(tmp_path / "错号.xlsx") == {}


def test_nothing_is_orphaned_in_a_sound_workbook():
    assert orphan_rows(SHIPPED) == {}
