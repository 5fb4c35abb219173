"""Workbooks made to hurt are refused with place and fix; damaged ones are too, or read rightly."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from bench.fuzz.workbooks import (
    LIST,
    NASTY,
    cells_alone,
    damages,
    mutated,
    packed,
    parts,
    shipped,
    with_part,
)
from portfolio.model.problems import LONGEST_TOLD, MOST_TOLD, InputError
from portfolio.model.schema.adjusted_plan import ADJUSTED_SHEET
from portfolio.read.door import parts as door
from portfolio.read.scenario.file import (
    DEEPEST,
    LARGEST_FILE_BYTES,
    LONGEST_CHAIN,
    MOST_BYTES,
    MOST_FILES,
)
from portfolio.read.scenario.types import MOST_ALTERNATIVES
from portfolio.read.workbook import file, read_workbook
from portfolio.read.workbook.calendar import calendar_of
from portfolio.read.workbook.file import Grid, read_file
from portfolio.read.workbook.sheets import opened
from portfolio.read.workbook.sheets.walked import LAST_COLUMN, LAST_ROW, OUT_OF_SHEET
from tests.read.workbook.test_adjusted import read, write_sheet

#: How much of what hurts is enough to pass every bound.
SIZE = 0.05


@pytest.mark.parametrize("make", NASTY.values(), ids=NASTY)
def test_a_nasty_workbook_is_refused(
    make: Callable[[float], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(door, "MOST_ELEMENTS", 1_000_000)
    path = tmp_path / "坏.xlsx"
    path.write_bytes(make(SIZE))
    with pytest.raises(InputError) as raised:
        read_workbook(path)
    (problem,) = raised.value.problems
    assert problem.place == str(path)
    assert problem.found
    assert problem.fix
    calendar_of(path)  # what is asked of a workbook that was refused doesn't fail either


def by_another_reader(path: Path) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Names and values as openpyxl's own reader has them."""
    content = io.BytesIO(cells_alone(path.read_bytes()))
    book = openpyxl.load_workbook(content, read_only=True, data_only=True)
    found = []
    for page in book.worksheets:
        page.reset_dimensions()
        found.append((page.title, [tuple(row) for row in page.iter_rows(values_only=True)]))
    return found


def held(grids: tuple[Grid, ...]) -> list[tuple[str, list[tuple[object, ...]]]]:
    return [(grid.name, [tuple(row) for row in grid.values]) for grid in grids]


def with_types(book: list[tuple[str, list[tuple[object, ...]]]]) -> list[object]:
    return [
        (name, [[(type(value), repr(value)) for value in row] for row in rows])
        for name, rows in book
    ]


def test_sheets_are_read_as_another_reader_reads_them(tmp_path: Path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(shipped())
    assert with_types(held(read_file(path).grids)) == with_types(by_another_reader(path))


@pytest.mark.parametrize(
    ("pattern", "cell"),
    [
        (rb'<c r="F2"[^>]*>.*?</c>', b'<c r="F2" t="b"><v>1</v></c>'),
        (rb'<c r="F2"[^>]*>.*?</c>', b'<c r="F2" t="e"><v>#N/A</v></c>'),
        (rb'<c r="F2"[^>]*>.*?</c>', b'<c r="F2" t="d"><v>2026-10-01</v></c>'),
        (rb'<c r="F2"[^>]*>.*?</c>', b'<c r="F2" t="str"><f>A1</f><v>1</v></c>'),
        (rb'<c r="F2"[^>]*>.*?</c>', b"<c><v>1.50E+2</v></c>"),
        (
            rb'<c r="F2"[^>]*>.*?</c>',
            b'<c r="F2" t="inlineStr"><is><r><t>a</t></r><rPh sb="0" eb="1"><t>x</t></rPh>'
            b"<r><t> b</t></r></is></c>",
        ),
        (rb'<row r="2"', b"<row"),
        (rb"<v>141</v>", b"<v> 141 </v>"),
        (rb"<v>141</v>", b"<v><![CDATA[141]]></v>"),
        (rb"<v>141</v>", b"<v>1<!-- -->41</v>"),
    ],
)
def test_every_kind_of_cell_is_read_as_another_reader_reads_it(
    pattern: bytes, cell: bytes, tmp_path: Path
):
    path = tmp_path / "x.xlsx"
    path.write_bytes(with_part(LIST, pattern, cell))
    assert with_types(held(read_file(path).grids)) == with_types(by_another_reader(path))


def test_damaged_workbooks_are_refused_or_read_as_another_reader_reads_them(tmp_path: Path):
    path, refused, read = tmp_path / "x.xlsx", 0, 0
    for content in damages(seed=19, number=24):
        path.write_bytes(content)
        try:
            grids = read_file(path).grids
        except InputError as error:
            refused += 1
            assert all(each.place and each.found and each.fix for each in error.problems)
            continue
        read += 1
        assert with_types(held(grids)) == with_types(by_another_reader(path))
    assert refused > 4
    assert read > 4


def test_workbooks_with_wrong_cells_are_judged(tmp_path: Path):
    path, refused = tmp_path / "x.xlsx", 0
    for number in range(4):
        luck = random.Random(f"cells {number}")
        content = mutated(luck)
        path.write_bytes(content)
        try:
            read_workbook(path)
        except InputError as error:
            refused += 1
            assert all(each.place and each.found and each.fix for each in error.problems)
    assert refused


@pytest.mark.parametrize("kind", ["", ' t="s"'])
@pytest.mark.parametrize("style", ["NaN", "-1", "", "１"])
def test_a_cell_whose_format_is_no_number_is_a_damaged_file(style: str, kind: str, tmp_path: Path):
    """Other programs don't open such a file."""
    path = tmp_path / "x.xlsx"
    cell = f'<c r="F2" s="{style}"{kind}><v>1</v></c>'.encode()
    path.write_bytes(with_part(LIST, rb'<c r="F2"[^>]*>.*?</c>', cell))
    with pytest.raises(InputError, match=f"F2.*格式号“{style}”不是数"):
        read_file(path)


def _with_shared_formula(cell: bytes, formula: bytes, other: bytes) -> bytes:
    """A formula in a cell of 项目清单, and another cell that shares it; neither with its value."""
    made = parts()
    for place, text in (
        (cell, b'<f t="shared" ref="F2:G3" si="0">%s</f>' % formula),
        (other, b'<f t="shared" si="0"/>'),
    ):
        new = b'<c r="%s">%s</c>' % (place, text)
        pattern = rb'<c r="%s"[^>]*>.*?</c>' % place
        made[LIST], count = re.subn(pattern, lambda _, new=new: new, made[LIST], count=1)
        assert count == 1
    return packed(made)


def test_a_shared_formula_is_told_by_each_of_its_cells(tmp_path: Path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(_with_shared_formula(b"F2", b"G2+1", b"F3"))
    grid = next(grid for grid in read_file(path).grids if grid.name == "项目清单")
    assert (grid.lost_formula(1, 5), grid.lost_formula(2, 5)) == ("=G2+1", "=G3+1")
    with pytest.raises(InputError, match="公式 “=G3\\+1” 没有保存计算结果"):
        read_workbook(path)


def test_a_shared_formula_that_points_beside_the_sheet_is_told_as_excel_has_it(tmp_path: Path):
    """Its text is asked for long after the file was read, where no failure of a library is caught."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(_with_shared_formula(b"G2", b"A2+1", b"F3"))
    with pytest.raises(InputError, match=f"项目清单!F3.*公式 “{OUT_OF_SHEET}” 没有保存计算结果"):
        read_workbook(path)


def test_what_hurts_a_reader_is_not_judged_by_its_name():
    door.judge(
        {"xl/worksheets/sheet1.xml": b"<worksheet>" + b"<a>" * 100}
    )  # judged when it is read
    with pytest.raises(door.Hostile, match="嵌套"):
        door.judge({"docProps/thumbnail.bin": b"<a>" * 100})
    door.judge({"xl/media/image1.png": b"\x89PNG" + b"<a>" * 100})
    buffer = io.BytesIO(b"<a x='" + b"a" * (door.LONGEST + 1) + b"'/>")
    with pytest.raises(door.Hostile, match="属性"):
        door.judge({"x.xml": buffer.getvalue()})


@pytest.mark.parametrize("value", [1e305, -1e305, 1e300])
def test_an_amount_beyond_all_bounds_in_an_adjusted_plan_is_a_problem(value: float, tmp_path: Path):
    path = write_sheet(tmp_path / "调整方案.xlsx")
    book = openpyxl.load_workbook(path)
    book[ADJUSTED_SHEET]["G8"] = value
    book.save(path)
    with pytest.raises(InputError) as raised:
        read(path)
    assert any(each.place.endswith("!G8") and each.fix for each in raised.value.problems)


def test_the_page_tells_the_bounds_that_hold():
    page = (Path(__file__).parents[2] / "docs" / "文件与安全.md").read_text(encoding="utf-8")
    told = (
        f"{file.LARGEST_FILE_BYTES // 10**6} MB", f"{opened.MOST_SHEETS} 张", f"{file.MOST_CELLS:,} 个单元格",
        f"{LAST_ROW:,} 行", f"{LAST_COLUMN:,} 列", f"{door.MOST_ELEMENTS:,} 个", f"{door.MOST_OTHERS:,} 个",
        f"嵌套 {door.DEEPEST} 层", f"{door.LONGEST:,} 字", f"{LARGEST_FILE_BYTES // 1_000} kB",
        f"嵌套 {DEEPEST} 层", f"{MOST_ALTERNATIVES:,} 种", f"继承 {LONGEST_CHAIN} 层", f"{MOST_FILES} 个文件",
        f"{MOST_BYTES // 1_000} kB", f"{MOST_TOLD:,} 处", f"{LONGEST_TOLD:,} 字",
    )  # fmt: skip
    assert [words for words in told if words not in page] == []
