"""Two sheets that read as one: refused with both names, never one taken for the other in silence."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from portfolio.model.calendar import SHIPPED
from portfolio.model.problems import InputError, Problem
from portfolio.model.schema import GUIDE
from portfolio.model.schema.adjusted_plan import ADJUSTED_SHEET
from portfolio.read.workbook import read_workbook
from portfolio.read.workbook.calendar import calendar_of
from tests.read.shipped import opened, put, saved
from tests.read.workbook.test_adjusted import read, write_sheet


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as raised:
        read_workbook(path)
    return raised.value.problems


@pytest.mark.parametrize(
    "twin", ["年度目标 ", " 年度目标", "“年度目标”", "年度　目标", "‘年度目标’"]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_second_sheet_does_not_take_the_place_of_the_real_one(
    twin: str, first: bool, tmp_path: Path
):
    book = opened()
    page = book.copy_worksheet(book["年度目标"])
    page.title = twin
    page["B5"] = 1900
    if first:
        book.move_sheet(page, -len(book.worksheets))
    (problem,) = problems_of(saved(book, tmp_path / "twin.xlsx"))
    assert problem.place == "年度目标!A1"
    assert f"“{twin}”" in problem.found
    assert "“年度目标”" in problem.found
    assert "只留一张" in problem.fix


@pytest.mark.parametrize(("state", "said"), [("hidden", "隐藏"), ("veryHidden", "深度隐藏")])
def test_a_twin_that_cannot_be_seen_is_said_to_be_hidden(state: str, said: str, tmp_path: Path):
    book = opened()
    page = book.copy_worksheet(book["项目清单"])
    page.title, page.sheet_state = "项目清单 ", state
    put(book, "项目清单", "stage", 3, "项目清单也有错")
    (problem,) = problems_of(saved(book, tmp_path / "hidden.xlsx"))
    assert problem.place == "项目清单!A1"
    assert f"“项目清单 ”（{said}）" in problem.found
    assert "取消隐藏" in problem.fix
    assert ("VBA" in problem.fix) == (state == "veryHidden")


def test_two_sheets_of_settings_are_refused_and_neither_is_read(tmp_path: Path):
    book = opened()
    for title in ("设置", "设置 "):
        page = book.create_sheet(title)
        page.append(["首年", "计划期末年", "计划期名称", "清单名称", "地点"])
        page.append([2026, 2030, "十五五", "重大项目", "本市"])
    path = saved(book, tmp_path / "settings.xlsx")
    (problem,) = problems_of(path)
    assert problem.place == "设置!A1"
    assert "“设置”、“设置 ”" in problem.found
    assert "只留一张" in problem.fix
    assert calendar_of(path) == SHIPPED


def test_two_sheets_of_the_very_same_name_are_refused(tmp_path: Path):
    """No spreadsheet program writes this; a tool or a hand may."""
    book = opened()
    page = book.copy_worksheet(book["年度目标"])
    page.title = "年度目标乙"
    whole = saved(book, tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "same.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/workbook.xml":
                content, count = re.subn("年度目标乙".encode(), "年度目标".encode(), content)
                assert count >= 1
            new.writestr(name, content)
    (problem,) = problems_of(path)
    assert problem.place == "年度目标!A1"
    assert problem.found.count("“年度目标”") >= 2


def test_twins_among_sheets_that_are_not_read_are_left_alone(tmp_path: Path):
    book = opened()
    for title in ("备注", "备注 ", f"{GUIDE} "):
        book.create_sheet(title)
    read_workbook(saved(book, tmp_path / "own.xlsx"))


@pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
def test_a_twin_of_the_adjusted_plan_is_refused(state: str, tmp_path: Path):
    path = write_sheet(tmp_path / "调整方案.xlsx")
    book = openpyxl.load_workbook(path)
    page = book.copy_worksheet(book[ADJUSTED_SHEET])
    page.title, page.sheet_state = f"{ADJUSTED_SHEET} ", state
    page["G8"] = 1
    book.save(path)
    with pytest.raises(InputError) as raised:
        read(path)
    (problem,) = raised.value.problems
    assert f"“{ADJUSTED_SHEET}”" in problem.found
    assert f"“{ADJUSTED_SHEET} ”" in problem.found
    assert "只留一张" in problem.fix
