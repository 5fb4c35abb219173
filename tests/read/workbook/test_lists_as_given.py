"""Lists as offices export them: read as their clean original, or refused with the place; never otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from portfolio.model.problems import InputError
from portfolio.read.workbook import Workbook, read_workbook
from tests.examples import some
from tests.read.shipped import SHIPPED, saved

ITEMS, WAN = "项目清单", 10_000
MONEY = ("总投资", "“十四五”投资", "2021年前已完成", "年度上限")


def items_of(book: Any) -> tuple[Any, dict[str, int]]:
    page = book[ITEMS]
    return page, {str(cell.value).partition("（")[0]: cell.column for cell in page[1]}


def money_cells(book: Any) -> list[Any]:
    page, columns = items_of(book)
    return [
        page.cell(row, columns[name])
        for name in MONEY
        for row in range(2, page.max_row + 1)
        if isinstance(page.cell(row, columns[name]).value, int | float)
    ]


def in_wan(book: Any, _: random.Random) -> None:
    page, columns = items_of(book)
    for cell in money_cells(book):
        cell.value = round(cell.value * WAN)
    for name in MONEY:
        page.cell(1, columns[name]).value = f"{name}(万元)"


def unit_row(book: Any, _: random.Random) -> None:
    page, columns = items_of(book)
    for cell in money_cells(book):
        cell.value = round(cell.value * WAN)
    for name in MONEY:
        page.cell(1, columns[name]).value = name
    page.insert_rows(1, 2)
    page["A1"], page["C2"] = "某市重点项目一览表", "单位：万元"


def titled(book: Any, rng: random.Random) -> None:
    page, _ = items_of(book)
    page.insert_rows(1, rng.randint(1, 4))
    page["A1"] = "十大工程项目清单（内部使用）"


def as_text(book: Any, rng: random.Random) -> None:
    for cell in rng.sample(money_cells(book), 20):
        cell.value = rng.choice(("{:,}", " {} ", "{:,} ")).format(cell.value)


def wide_digits(book: Any, rng: random.Random) -> None:
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    for cell in rng.sample(money_cells(book), 10):
        cell.value = str(cell.value).translate(wide)


def with_total(book: Any, rng: random.Random) -> None:
    page, columns = items_of(book)
    row = rng.choice((2, page.max_row + 1))
    if row == 2:
        page.insert_rows(2)
    page.cell(row, columns["大项名称"]).value = "合  计"
    for name in ("总投资", "“十四五”投资"):
        each = (page.cell(r, columns[name]).value for r in range(2, page.max_row + 1))
        page.cell(row, columns[name]).value = round(sum(v for v in each if v is not None), 4)


def sorted_by_money(book: Any, _: random.Random) -> None:
    """Only what stands in the rows is sorted: the order of items in the workbook is another then."""
    page, columns = items_of(book)
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    rows = [row for row in rows if row[0] is not None]
    page.delete_rows(2, page.max_row)
    for row in sorted(rows, key=lambda row: -row[columns["总投资"] - 1]):
        page.append(row)


def filtered(book: Any, rng: random.Random) -> None:
    page, _ = items_of(book)
    for row in rng.sample(range(2, 60), 12):
        page.row_dimensions[row].hidden = True


def merged(book: Any, _: random.Random) -> None:
    page, columns = items_of(book)
    place = columns["工程"]
    first = 2
    while first < 60:
        last = first
        while page.cell(last + 1, place).value == page.cell(first, place).value:
            last += 1
        if last > first:
            page.merge_cells(start_row=first, end_row=last, start_column=place, end_column=place)
        first = last + 1


def other_words(book: Any, _: random.Random) -> None:
    page, columns = items_of(book)
    for name, word in (("大项名称", "项目名称"), ("序号", "编号"), ("责任单位", "牵头单位")):
        page.cell(1, columns[name]).value = word


def reordered(book: Any, rng: random.Random) -> None:
    page, _ = items_of(book)
    order = list(range(page.max_column))
    rng.shuffle(order)
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    for number, row in enumerate(rows, start=1):
        for place, old in enumerate(order, start=1):
            page.cell(number, place).value = row[old]


def own_columns(book: Any, _: random.Random) -> None:
    page, _ = items_of(book)
    page.insert_cols(1)
    page["A1"] = "领导批示"
    page["A5"] = "请抓紧"


CONTENT = (in_wan, as_text, wide_digits, merged, other_words, own_columns, unit_row)
LAYOUT = (titled, with_total, filtered, sorted_by_money, reordered)
#: Rows are moved first, and the header last, as the changes look for it in the first row.
ORDER = (sorted_by_money, with_total, *CONTENT, reordered, filtered, titled)
#: A share of them has every change to the content and every one to the layout too.
SEEDS = some(range(30))


def clean() -> Any:
    return openpyxl.load_workbook(SHIPPED)


@pytest.fixture(scope="module")
def original() -> Workbook:
    return read_workbook(SHIPPED)


def assert_same(read: Workbook, original: Workbook) -> None:
    one, other = read.portfolio, original.portfolio
    assert {item.no: item for item in one.items} == {item.no: item for item in other.items}
    for no, place in other.position.items():
        got = one.plan_wan[:, :, one.position[no]]
        assert (got == other.plan_wan[:, :, place]).all()


def given(seed: int, book: Any = None) -> tuple[list[Callable[[Any, random.Random], None]], Any]:
    """The shipped list as an office would give it: what was done to it, and the workbook."""
    rng = random.Random(seed)
    chosen: list[Callable[[Any, random.Random], None]] = []
    chosen.append(CONTENT[seed % len(CONTENT)])
    chosen.append(LAYOUT[seed % len(LAYOUT)])
    if chosen[0] is merged and chosen[1] in (sorted_by_money, reordered, titled, with_total):
        chosen.pop()  # moving rows of a merged list is another list
    if chosen[0] is unit_row and chosen[-1] is not filtered:
        chosen = [chosen[0]]
    book = book or clean()
    for change in sorted(chosen, key=ORDER.index):
        change(book, rng)
    return chosen, book


@pytest.mark.parametrize("seed", SEEDS)
def test_an_offices_list_is_read_as_its_clean_original(
    seed: int, original: Workbook, tmp_path: Path
) -> None:
    chosen, book = given(seed)
    read = read_workbook(saved(book, tmp_path / "名单.xlsx"))
    assert_same(read, original)
    silent = {
        (reordered,),
        (own_columns,),
        (own_columns, reordered),
        (own_columns, sorted_by_money),
    }
    assert read.notes or tuple(chosen) in silent or set(chosen) <= {
        own_columns, reordered, sorted_by_money
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "place", "found"),
    [
        (lambda page, c: page.cell(2, c["总投资"], "1,41"), "F2", "不是数字"),
        (lambda page, c: page.cell(1, c["备选"], "总投资额（亿元）"), None, ""),
        (lambda page, c: page.cell(1, c["总投资"], "总投资（万元）"), "F2", "比万元更细"),
    ],
)
def test_what_has_two_readings_is_asked(change, place, found, tmp_path: Path) -> None:
    book = clean()
    page, columns = items_of(book)
    columns["备选"] = page.max_column + 1
    if found == "比万元更细":
        page.cell(2, columns["总投资"]).value = 141.5
    change(page, columns)
    path = saved(book, tmp_path / "名单.xlsx")
    if place is None:
        read_workbook(path)  # a column in the sheet's own words stands before one in other words
        return
    with pytest.raises(InputError) as raised:
        read_workbook(path)
    told = {problem.place: problem.found for problem in raised.value.problems}
    assert found in told[f"{ITEMS}!{place}"]


def test_a_sum_that_is_not_that_of_its_rows_is_a_problem(tmp_path: Path) -> None:
    book = clean()
    with_total(book, random.Random(1))
    page, columns = items_of(book)
    row = next(r for r in range(2, 70) if page.cell(r, columns["大项名称"]).value == "合  计")
    page.cell(row, columns["总投资"]).value += 1
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "名单.xlsx"))
    (problem,) = raised.value.problems
    assert "相差 1.0000" in problem.found
    assert problem.place == f"{ITEMS}!F{row}"


def test_two_units_contradict_each_other(tmp_path: Path) -> None:
    book = clean()
    page, _ = items_of(book)
    page.insert_rows(1)
    page["A1"] = "金额单位：万元"
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "名单.xlsx"))
    assert "表头写 亿元，表头上方写单位 万元" in raised.value.problems[0].found


def test_two_words_for_one_column_are_asked(tmp_path: Path) -> None:
    book = clean()
    page, columns = items_of(book)
    page.cell(1, columns["责任单位"]).value = "牵头单位"
    page.cell(1, page.max_column + 1).value = "主管部门"
    with pytest.raises(InputError) as raised:
        read_workbook(saved(book, tmp_path / "名单.xlsx"))
    assert "都可作“责任单位”" in raised.value.problems[0].found


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    book = clean()
    for row in (3, 4, 9):
        book[ITEMS].row_dimensions[row].hidden = True
    book[ITEMS].column_dimensions["F"].hidden = True
    told = [note.found for note in read_workbook(saved(book, tmp_path / "名单.xlsx")).notes]
    assert told == [
        "隐藏的列照样读入：F（总投资（亿元））",
        "第 3–4、9 行是隐藏（或筛选掉）的，照样读入",
    ]


def test_a_clean_workbook_has_no_notes(original: Workbook) -> None:
    assert original.notes == ()
