"""An office's own words for headers, told in the sheet 列名对照."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portfolio.model.problems import InputError
from portfolio.read.workbook import Workbook, read_workbook, scenario_names
from portfolio.read.workbook.mending import mending_of
from tests.read.shipped import opened, saved
from tests.read.workbook.test_lists_as_given import assert_same, items_of

ITEMS = "项目清单"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return read_workbook(saved(opened(), tmp_path_factory.mktemp("原样") / "名单.xlsx"))


def with_words(book: Any, *rows: tuple[str, str, str], name: str = "列名对照") -> Any:
    page = book.create_sheet(name)
    page.append(("表", "我们的列名", "系统列名"))
    for row in rows:
        page.append(row)
    return book


def renamed(book: Any, **words: str) -> Any:
    page, columns = items_of(book)
    for name, word in words.items():
        page.cell(1, columns[name]).value = word
    return book


def test_own_words_are_read_and_told(original: Workbook, tmp_path: Path) -> None:
    book = renamed(opened(), 大项名称="工程子目", 总投资="批复概算", 责任单位="牵头处室")
    with_words(
        book,
        ("项目清单", "工程子目", "大项名称"),
        ("项目清单", "批复概算", "总投资"),
        (" 项目清单", "牵头 处室", "责任单位"),
    )
    read = read_workbook(saved(book, tmp_path / "名单.xlsx"))
    assert_same(read, original)
    assert [note.found for note in read.notes] == [
        "“工程子目”一列作“大项名称”读入",
        "“批复概算”一列作“总投资（亿元）”读入",
        "“牵头处室”一列作“责任单位”读入",
    ]


@pytest.mark.parametrize("header", ["批复概算（万元）", "批复概算"])
@pytest.mark.parametrize("own", ["批复概算", "批复概算（万元）"])
def test_the_unit_is_the_headers_own(
    header: str, own: str, original: Workbook, tmp_path: Path
) -> None:
    in_wan = "万元" in header
    if own != "批复概算" and not in_wan:
        return  # another word than stands there
    book = renamed(opened(), 总投资=header)
    page, _ = items_of(book)
    place = next(cell.column for cell in page[1] if cell.value == header)
    for row in range(2, page.max_row + 1):
        cell = page.cell(row, place)
        if in_wan and cell.value is not None:
            cell.value = round(cell.value * 10_000)
    with_words(book, ("项目清单", own, "总投资（亿元）"))
    path = saved(book, tmp_path / "名单.xlsx")
    assert_same(read_workbook(path), original)
    mended = {change.cell: change.after for change in mending_of(path).cells}
    assert bool(mended) is in_wan  # the office's own word stays as long as the unit does


def test_a_unit_above_the_header_is_that_of_own_words(original: Workbook, tmp_path: Path) -> None:
    book = renamed(opened(), 总投资="批复概算")
    page, _ = items_of(book)
    money = [c for c in range(1, page.max_column + 1) if "亿元" in str(page.cell(1, c).value)]
    money.append(next(cell.column for cell in page[1] if cell.value == "批复概算"))
    for column in money:
        head = page.cell(1, column)
        head.value = str(head.value).replace("（亿元）", "")
        for row in range(2, page.max_row + 1):
            cell = page.cell(row, column)
            if isinstance(cell.value, int | float):
                cell.value = round(cell.value * 10_000)
    page.insert_rows(1)
    page["B1"] = "单位：万元"
    with_words(book, ("项目清单", "批复概算", "总投资"))
    assert_same(read_workbook(saved(book, tmp_path / "名单.xlsx")), original)


@pytest.mark.parametrize(
    ("row", "cell", "found", "fix"),
    [
        (("项目清丹", "甲", "大项名称"), "A2", "没有“项目清丹”这张表", "是否为“项目清单”？"),
        (("项目清单", "甲", "大项名"), "C2", "“项目清单”没有“大项名”这一列", "是否为“大项名称”？"),
        (("项目清单", "总投资", "年度上限"), "B2", "“总投资”本来就是“项目清单”的一列", "另取"),
        (("项目清单", "甲", ""), "C2", "“系统列名”是空的", "请填写"),
    ],
)
def test_what_names_nothing_is_a_problem_with_near_names(
    row: tuple[str, str, str], cell: str, found: str, fix: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as raised:
        read_workbook(saved(with_words(opened(), row), tmp_path / "名单.xlsx"))
    (problem,) = raised.value.problems
    assert problem.place == f"列名对照!{cell}"
    assert found in problem.found
    assert fix in problem.fix


def test_one_word_for_two_columns_is_a_problem(tmp_path: Path) -> None:
    rows = (("项目清单", "牵头处室", "责任单位"), ("项目清单", "牵头处室", "建设单位"))
    with pytest.raises(InputError) as raised:
        read_workbook(saved(with_words(opened(), *rows), tmp_path / "名单.xlsx"))
    assert [problem.place for problem in raised.value.problems] == ["列名对照!B3"]


def test_a_word_beside_the_columns_own_is_asked(tmp_path: Path) -> None:
    book = with_words(opened(), ("项目清单", "牵头处室", "责任单位"))
    page, _ = items_of(book)
    page.cell(1, page.max_column + 1).value = "牵头处室"
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "名单.xlsx"))
    assert "都可作“责任单位”" in raised.value.problems[0].found


def test_a_word_that_stands_nowhere_is_told(tmp_path: Path) -> None:
    book = with_words(opened(), ("项目清单", "牵头处室", "责任单位"))
    (note,) = read_workbook(saved(book, tmp_path / "名单.xlsx")).notes
    assert note.place == "列名对照!B2"
    assert "“项目清单”的表头中没有“牵头处室”" in note.found


def test_a_sheet_with_a_name_near_to_it_is_asked(tmp_path: Path) -> None:
    book = with_words(opened(), ("项目清单", "牵头处室", "责任单位"), name="列名对照表")
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "名单.xlsx"))
    assert "把它改名为“列名对照”" in raised.value.problems[0].fix


def test_scenarios_are_named_under_own_words_too(tmp_path: Path) -> None:
    book = with_words(opened(), ("情景", "方案名", "情景"))
    page = book["情景"]
    page["A1"] = "方案名"
    page["A2"], page["B2"] = "减一成", "渠道延迟"
    assert scenario_names(saved(book, tmp_path / "名单.xlsx")) == ("减一成",)
