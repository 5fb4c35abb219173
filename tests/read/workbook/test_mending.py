"""What has one reading is mended in a copy that says the same; what has two is left and told."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from portfolio import workflows
from portfolio.model.difference.mending import Mending
from portfolio.model.problems import InputError
from portfolio.model.schema import Cell, Column
from portfolio.read.workbook import Workbook, read_workbook
from portfolio.read.workbook.file import read_file
from portfolio.read.workbook.mending import mending_of
from portfolio.read.workbook.mending.formulas import Cells, Formula, formulas_in
from portfolio.read.workbook.mending.one_reading import number_said
from portfolio.report.hand_edits import as_written, stamped
from portfolio.workflows.fix import FixResult
from tests.read.shipped import SHIPPED, at, opened, saved
from tests.read.workbook.test_lists_as_given import (
    SEEDS,
    assert_same,
    clean,
    given,
    items_of,
    unit_row,
)

ITEMS = "项目清单"
METRO = 24
#: Seeds whose list is the shipped workbook with its looks, and whose copy is read cell by cell:
#: that takes several times as long.
WHOLE, LOOKED_INTO = (0, 6, 13), (0, 1, 4, 5, 6, 8, 13)
#: Words of notes that a mended copy has no reason for.
MENDED_NOTES = ("文本格式", "已换算", "不作一行数据")


def fixed(book: Any, folder: Path, name: str = "名单.xlsx") -> FixResult:
    return workflows.fix(saved(book, folder / name))


def copy_of(result: FixResult, folder: Path) -> Path:
    assert result.copy is not None
    path = folder / result.name
    path.write_bytes(result.copy)
    return path


def at_cell(mending: Mending, sheet: str, cell: str) -> Any:
    (change,) = [each for each in mending.cells if (each.sheet, each.cell) == (sheet, cell)]
    return change


def found_in(result: FixResult) -> str:
    return "\n".join(problem.found for problem in result.mending.left)


# --- Lists of offices: the copy says the same, and everything not told is as it was


@pytest.fixture(scope="module")
def original() -> Workbook:
    return read_workbook(SHIPPED)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mended_list_says_the_same_and_needs_no_mending(
    seed: int, original: Workbook, tmp_path: Path
) -> None:
    _, book = given(seed, clean() if seed in WHOLE else opened())
    result = fixed(book, tmp_path)
    assert result.problems == ()  # that it says what the list given says is held by `fix` itself
    assert result.checked is not None
    after = result.checked.workbook
    assert_same(after, original)
    assert result.mending.left == ()
    assert [note for note in after.notes if any(word in note.found for word in MENDED_NOTES)] == []
    if result.copy is None:
        assert not result.mending
    elif seed in LOOKED_INTO:
        path = copy_of(result, tmp_path)
        assert not mending_of(path)
        assert_only_told_changed(result.mending, tmp_path / "名单.xlsx", path)


def assert_only_told_changed(mending: Mending, before: Path, after: Path) -> None:
    """Every cell that isn't told of has its value and its format, every sheet its shape."""
    old, new = (openpyxl.load_workbook(path) for path in (before, after))
    told = {(change.sheet, change.cell) for change in mending.cells}
    names = {rename.before: rename.after for rename in mending.sheets}
    assert new.sheetnames == [*(names.get(name, name) for name in old.sheetnames), "自动改动"]
    for page in old.worksheets:
        other = new[names.get(page.title, page.title)]
        assert other.merged_cells.ranges == page.merged_cells.ranges
        for row in page.iter_rows():
            for cell in row:
                twin = other[cell.coordinate]
                if (page.title, cell.coordinate) not in told:
                    assert twin.value == cell.value, cell
                    assert twin.number_format == cell.number_format, cell
                assert repr(twin.font) == repr(cell.font), cell
                assert repr(twin.fill) == repr(cell.fill), cell
    listed = [[cell.value for cell in row] for row in new["自动改动"].iter_rows(min_row=2)]
    assert len(listed) == len(mending.changes)


def test_a_clean_workbook_is_not_copied() -> None:
    result = workflows.fix(SHIPPED)
    assert not result.mending
    assert result.copy is None
    assert result.checked is not None


# --- Units: exact, whole sheets, formats that show every decimal


def test_amounts_of_a_unit_row_become_yi_exactly(tmp_path: Path) -> None:
    book = opened()
    unit_row(book, None)  # type: ignore[arg-type]  # it draws nothing
    for row in range(4, 20):
        book[ITEMS].cell(row, 6).number_format = "#,##0"
    original = opened()[ITEMS]
    result = fixed(book, tmp_path)
    page = openpyxl.load_workbook(copy_of(result, tmp_path))[ITEMS]
    assert page["C2"].value == "单位：亿元"
    assert page["A1"].value == "某市重点项目一览表"
    assert page["F3"].value == original["F1"].value
    for row in range(2, 60):
        assert page.cell(row + 2, 6).value == original.cell(row, 6).value
    assert "." in page["F5"].number_format or float(page["F5"].value).is_integer()
    change = at_cell(result.mending, ITEMS, "F4")
    assert change.after == Decimal(str(original["F2"].value))
    assert change.why == "万元换成亿元"


def test_small_amounts_are_shown_whole(tmp_path: Path) -> None:
    book = opened()
    unit_row(book, None)  # type: ignore[arg-type]
    page, columns = book[ITEMS], {str(c.value): c.column for c in book[ITEMS][3]}
    cell = page.cell(10, columns["年度上限"])
    cell.value, cell.number_format = 1234567, "#,##0"
    result = fixed(book, tmp_path)
    twin = openpyxl.load_workbook(copy_of(result, tmp_path))[ITEMS][cell.coordinate]
    assert twin.value == 123.4567
    assert twin.number_format == "#,##0.00##"


def test_a_cell_that_cannot_be_read_keeps_the_sheets_unit(tmp_path: Path) -> None:
    book = opened()
    unit_row(book, None)  # type: ignore[arg-type]
    book[ITEMS]["F9"] = "1,41"
    result = fixed(book, tmp_path)
    assert "读不准，金额没有换成亿元" in found_in(result)
    assert [problem.place for problem in result.problems] == [f"{ITEMS}!F9"]
    assert not any(change.amount for change in result.mending.cells)


@pytest.mark.parametrize(
    ("sheet", "cell", "formula"),
    [("我的表", "A1", "=SUM(项目清单!F:F)/10000"), (ITEMS, "F9", "=G9*1")],
)
def test_formulas_that_rest_on_amounts_keep_the_sheets_unit(
    sheet: str, cell: str, formula: str, tmp_path: Path
) -> None:
    book = opened()
    unit_row(book, None)  # type: ignore[arg-type]
    if sheet not in book.sheetnames:
        book.create_sheet(sheet)
    value = book[ITEMS]["F9"].value if sheet == ITEMS else 1
    book[sheet][cell] = formula
    path = with_value(saved(book, tmp_path / "名单.xlsx"), formula, value)
    result = workflows.fix(path)
    assert "金额没有换成亿元" in found_in(result)
    assert not any(change.amount for change in result.mending.cells)


def with_value(path: Path, formula: str, value: object) -> Path:
    """A formula's result as Excel would have saved it."""
    content = path.read_bytes()
    buffer = io.BytesIO()
    bare = formula.removeprefix("=")
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            pattern = f"<f>{re.escape(bare)}</f><v ?/?>(</v>)?"
            part = re.sub(pattern.encode(), f"<f>{bare}</f><v>{value}</v>".encode(), part)
            new.writestr(entry, part)
    path.write_bytes(buffer.getvalue())
    return path


def test_own_numbers_below_a_unit_row_leave_the_unit(tmp_path: Path) -> None:
    book = opened()
    unit_row(book, None)  # type: ignore[arg-type]
    page = book[ITEMS]
    place = page.max_column + 1
    page.cell(3, place).value, page.cell(5, place).value = "本年安排资金", 120
    assert "“本年安排资金”一列是自己的数字" in found_in(fixed(book, tmp_path))


# --- Cells


MONEY = Column(key="x_wan", header="总投资（亿元）", cell=Cell.MONEY, least=1, most=10**9)
YEAR = Column(key="year", header="年份", cell=Cell.YEAR, least=2021, most=2035)


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        (MONEY, "2,298", Decimal(2298)),
        (MONEY, "３，８００．５", Decimal("3800.5")),
        (MONEY, "3,800万元", Decimal("0.38")),
        (MONEY, "12.5 亿", Decimal("12.5")),
        (MONEY, "12.5亿元", Decimal("12.5")),
        (MONEY, "1.5元", None),  # finer than 万元
        (MONEY, "1,41", None),
        (MONEY, "约3800", None),
        (MONEY, "1 234", None),
        (MONEY, "0", None),  # below the least
        (YEAR, "2026年", 2026),
        (YEAR, " ２０２６ ", 2026),
        (YEAR, "2099年", None),
        (YEAR, "26年", None),
    ],
)
def test_a_text_says_a_number_in_one_way_only(column: Column, text: str, said: object) -> None:
    assert number_said(column, text) == said


def test_a_number_in_a_cell_of_text_becomes_one_that_counts(tmp_path: Path) -> None:
    book = opened()
    cell = book[ITEMS]["F9"]
    cell.value, cell.number_format = f"{cell.value:,}", "@"
    result = fixed(book, tmp_path)
    twin = openpyxl.load_workbook(copy_of(result, tmp_path))[ITEMS]["F9"]
    assert isinstance(twin.value, int | float)
    assert twin.number_format == "General"
    assert repr(twin.font) == repr(cell.font)


def test_an_amount_with_its_unit_is_a_problem_that_is_mended(tmp_path: Path) -> None:
    book = opened()
    cell = at(ITEMS, "total_wan", 3)
    value = book[ITEMS][cell].value
    book[ITEMS][cell] = f"{value * 10_000:,.0f}万元"
    with pytest.raises(InputError):
        workflows.check(saved(book, tmp_path / "名单.xlsx"))
    result = workflows.fix(tmp_path / "名单.xlsx")
    assert result.problems == ()
    assert result.checked is not None
    assert result.checked.workbook.portfolio.item(2).total_wan == round(value * 10_000)


def test_names_and_choices_with_blanks_are_mended(tmp_path: Path) -> None:
    book = opened()
    shares, gates = book["资金结构"], book["依赖关系"]
    for cell in (
        shares[at("资金结构", "item_name", 5)],
        shares[at("资金结构", "channel", 5)],
        gates[at("依赖关系", "strength", 3)],
    ):
        cell.value = f"{cell.value[:2]}　{cell.value[2:]}"
    total = book["汇总校核"][at("汇总校核", "name", 3)]
    total.value = f"{total.value[:1]} {total.value[1:]}"
    with pytest.raises(InputError) as raised:
        workflows.check(saved(book, tmp_path / "名单.xlsx"))
    assert len(raised.value.problems) >= 4
    result = workflows.fix(tmp_path / "名单.xlsx")
    assert result.problems == ()
    assert len(result.mending.cells) == 4


def test_a_name_of_another_item_is_asked_not_mended(tmp_path: Path) -> None:
    book = opened()
    book["资金结构"][at("资金结构", "item_name", 5)] = "别的大项"
    result = fixed(book, tmp_path)
    assert not result.mending
    assert [problem.place for problem in result.problems] == [
        f"资金结构!{at('资金结构', 'item_name', 5)}"
    ]


# --- Sheets' names, with whatever speaks of them


def test_a_scenario_is_the_same_under_its_sheets_own_name(tmp_path: Path) -> None:
    book = opened()
    page = book["情景"]
    page.title = "情 景"
    for place, value in enumerate(("减一成", "渠道额度", "专项债券", None, 2026, "-10%"), 1):
        page.cell(2, place).value = value
    result = fixed(book, tmp_path)
    assert [each.after for each in result.mending.sheets] == ["情景"]
    assert result.checked is not None
    assert [each.name for each in result.checked.workbook.scenarios] == ["减一成"]


def test_a_sheets_name_is_mended_wherever_it_is_said(tmp_path: Path) -> None:
    book = opened()
    book["资金结构"].title = "“资金结构” "
    book["年度计划"].title = "年度 计划"
    own = book.create_sheet("我的表")
    own["A1"], own["A2"] = "='“资金结构” '!A2", "='年度 计划'!A2+1"
    result = fixed(book, tmp_path)
    assert {(each.before, each.after) for each in result.mending.sheets} == {
        ("“资金结构” ", "资金结构"),
        ("年度 计划", "年度计划"),
    }
    copy = openpyxl.load_workbook(copy_of(result, tmp_path))
    assert "资金结构" in copy.sheetnames
    assert copy["我的表"]["A1"].value == "=资金结构!A2"
    assert copy["我的表"]["A2"].value == "=年度计划!A2+1"


# --- Rows of sums


def with_sum(value_of: Any = None) -> Any:
    book = opened()
    page, columns = items_of(book)
    row = page.max_row + 1
    page.cell(row, columns["大项名称"]).value = "合计"
    for name in ("总投资", "“十四五”投资"):
        each = [page.cell(r, columns[name]).value or 0 for r in range(2, row)]
        page.cell(row, columns[name]).value = round(sum(each), 4)
    return book


def test_a_row_of_sums_is_emptied_and_nothing_moves(tmp_path: Path) -> None:
    book = with_sum()
    row = book[ITEMS].max_row
    book[ITEMS].cell(row + 1, 2).value = "注：以上为公布数"
    book[ITEMS].cell(row + 1, 2).value = None
    result = fixed(book, tmp_path)
    page = openpyxl.load_workbook(copy_of(result, tmp_path))[ITEMS]
    assert [cell.value for cell in page[row]] == [None] * page.max_column
    assert {change.after for change in result.mending.cells} == {None}
    assert result.checked is not None
    assert result.checked.workbook.notes == ()


def test_a_sum_that_is_wrong_is_left(tmp_path: Path) -> None:
    book = with_sum()
    page, columns = items_of(book)
    page.cell(page.max_row, columns["总投资"]).value += 1
    result = fixed(book, tmp_path)
    assert not result.mending
    assert "相差 1.0000" in result.problems[0].found


def test_a_sum_that_a_formula_rests_on_is_left(tmp_path: Path) -> None:
    book = with_sum()
    own = book.create_sheet("我的表")
    own["A1"] = f"=项目清单!F{book[ITEMS].max_row}"
    result = fixed(book, tmp_path)
    assert not result.mending
    assert "用到项目清单“合计”行，没有取走" in found_in(result)


def test_a_sum_that_is_a_formula_is_emptied_with_the_order_of_sums(tmp_path: Path) -> None:
    book = with_sum()
    row, (page, columns) = book[ITEMS].max_row, items_of(book)
    cell = page.cell(row, columns["总投资"])
    value, cell.value = cell.value, f"=SUM(F2:F{row - 1})"
    path = with_value(saved(book, tmp_path / "名单.xlsx"), f"=SUM(F2:F{row - 1})", value)
    result = workflows.fix(path)
    assert result.problems == ()
    assert f"=SUM(F2:F{row - 1})（值 " in at_cell(result.mending, ITEMS, cell.coordinate).before
    with zipfile.ZipFile(copy_of(result, tmp_path)) as archive:
        assert not any("calcChain" in name for name in archive.namelist())


# --- A deleted item


def without_metro() -> Any:
    book = opened()
    book[ITEMS].delete_rows(METRO + 1)
    return book


def test_orphans_of_a_deleted_item_are_taken_along(tmp_path: Path) -> None:
    result = fixed(without_metro(), tmp_path)
    assert result.problems == ()
    assert result.checked is not None
    assert METRO not in result.checked.workbook.portfolio.position
    emptied = {(change.sheet, change.number) for change in result.mending.cells}
    assert len(emptied) > 10
    assert {change.after for change in result.mending.cells} == {None}
    assert all("已没有序号 24" in change.why for change in result.mending.cells)


def test_orphans_stay_where_the_item_may_have_another_number(tmp_path: Path) -> None:
    book = opened()
    book[ITEMS][at(ITEMS, "no", METRO + 1)] = 240
    for page in book:
        for row in page.iter_rows(min_row=2):
            for head, cell in zip(page[1], row, strict=True):
                if head.value in ("大项名称", "前置大项", "后续大项") and page.title != ITEMS:
                    cell.value = None  # no name says which item is meant
    result = fixed(book, tmp_path)
    assert not any(change.after is None for change in result.mending.cells)
    assert "240 城市轨道交通 没有资金，也许就是它" in found_in(result)
    assert result.problems


# --- What a file may hold besides


def test_a_list_object_gets_its_columns_new_words(tmp_path: Path) -> None:
    book = opened()
    page, columns = items_of(book)
    page.cell(1, columns["责任单位"]).value = "牵头单位"
    table = Table(displayName="清单", ref=page.dimensions)
    page.add_table(table)
    result = fixed(book, tmp_path)
    copy = copy_of(result, tmp_path)
    names = [c.name for c in openpyxl.load_workbook(copy)[ITEMS].tables["清单"].tableColumns]
    assert "责任单位" in names
    assert "牵头单位" not in names


def formulas(book: Any, path: Path) -> list[Formula]:
    return list(formulas_in(read_file(saved(book, path)).grids))


@pytest.mark.parametrize(
    ("formula", "rests"),
    [
        ("=F60", True),
        ("=$F$60*2", True),
        ("=SUM(F2:F100)", True),
        ("=SUM(F:F)", True),
        ("=SUM(60:60)", True),
        ("=另一张表!F60", False),
        ("=SUM(F2:F59)", False),
        ('=G60&"F60"', False),
        ("=LOG10(F59)", False),
        ('=INDIRECT("F60")', True),
        ("=合计数*2", True),
        ("=表1[总投资]", True),
        ("=1E3+TRUE", False),
    ],
)
def test_formulas_are_known_by_what_they_rest_on(formula: str, rests: bool, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "表"
    book.active["H1"] = formula
    book.create_sheet("另一张表")
    (found,) = formulas(book, tmp_path / "x.xlsx")
    assert Cells([("表", 59, 5)]).carry(found) is rests


# --- Files


def test_the_file_read_is_never_written_over(tmp_path: Path) -> None:
    book = opened()
    book[ITEMS]["F9"] = f"{book[ITEMS]['F9'].value:,}".rjust(9)
    path = saved(book, tmp_path / "名单.xlsx")
    content = stamped(path.read_bytes())  # as a workbook written by this program is
    path.write_bytes(content)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "名单-改.xlsx").symlink_to(path)
    result = workflows.fix(path)
    with pytest.raises(InputError) as raised:
        workflows.write_fix(result, tmp_path / "out")
    assert "输出不能覆盖它" in raised.value.problems[0].found
    assert path.read_bytes() == content
    written = workflows.write_fix(result, tmp_path / "另处")
    assert [each.name for each in written] == ["名单-改.xlsx", "检查结果.json"]
    assert as_written(written[0])
    again = workflows.write_fix(result, tmp_path / "另处")
    assert again.aside == ()


def test_a_second_list_of_changes_stands_beside_the_first(tmp_path: Path) -> None:
    book = opened()
    book[ITEMS]["F9"] = f" {book[ITEMS]['F9'].value}"
    path = copy_of(fixed(book, tmp_path), tmp_path)
    book = openpyxl.load_workbook(path)
    book[ITEMS]["F10"] = f" {book[ITEMS]['F10'].value}"
    result = fixed(book, tmp_path)
    names = openpyxl.load_workbook(io.BytesIO(result.copy or b"")).sheetnames
    assert names[-2:] == ["自动改动", "自动改动2"]
