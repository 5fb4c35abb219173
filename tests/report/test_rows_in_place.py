"""Rows put behind those of a sheet: they read back, and all else in the file stays."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from portfolio.model.schema.facts import EXECUTION
from portfolio.model.schema.returns import CLOSINGS
from portfolio.read.workbook import read_input_tables
from portfolio.read.workbook.file import read_file
from portfolio.read.workbook.month.standing import standing_of
from portfolio.report.rows_in_place import slots, with_more_rows
from tests.report.results import example_workbook

SHEET = EXECUTION.name


def _row(no: int, done: int, **more: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(column.key for column in EXECUTION.columns),
        "item_no": no, "period": "2026-11", "done_wan": done, "provenance": "月报 & <一>", **more,
    }  # fmt: skip


NEW = [_row(1, 12_345), _row(2, 0, problem="第一行\n第二行"), _row(3, -7, progress_bps=4_250)]


def _made(path: Path, rows: list[dict[str, Any]], instead: tuple[int, ...] = ()) -> Path | None:
    standing = standing_of(EXECUTION, read_file(path).grids)
    content = with_more_rows(path.read_bytes(), EXECUTION, standing, rows, instead)
    if content is None:
        return None
    made = path.with_name("新.xlsx")
    made.write_bytes(content)
    return made


def _book(tmp_path: Path, change: Any = None) -> Path:
    book = openpyxl.load_workbook(example_workbook())
    if change is not None:
        change(book)
    path = tmp_path / "旧.xlsx"
    book.save(path)
    return path


def _told(path: Path) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in row.items() if value is not None and key != "item_name"}
        for row in read_input_tables(path)[SHEET]
    ]


def _own(book: Any) -> None:
    """An office's own: a title, 万元, another order of columns, a column and a format of its own."""
    page = book[SHEET]
    rows = [[cell.value for cell in row] for row in page.iter_rows() if row[0].value is not None]
    heads = [str(value) for value in rows[0]]
    money = [k for k, head in enumerate(heads) if head.endswith("（亿元）")]
    order = [len(heads) - 1, *range(len(heads) - 1)]
    page.delete_rows(1, page.max_row)
    page.append(["某局执行数"])
    page.append(["单位：万元"])
    page.append([heads[k].replace("（亿元）", "") for k in order] + ["我的备注"])
    for row in rows[1:]:
        told = [
            round(value * 10_000) if k in money and isinstance(value, int | float) else value
            for k, value in enumerate(row)
        ]
        page.append([told[k] for k in order] + ["备"])
    for cell in page[page.max_row]:
        cell.fill = PatternFill("solid", fgColor="FFFF00")


@pytest.mark.parametrize("change", [None, _own], ids=["as laid out", "an office's own"])
def test_old_and_new_rows_read_back(tmp_path: Path, change: Any) -> None:
    path = _book(tmp_path, change)
    made = _made(path, NEW)
    assert made is not None
    expected = [{k: v for k, v in row.items() if v is not None} for row in NEW]
    assert _told(made) == [*_told(path), *expected]


def test_a_new_row_looks_like_the_last_one(tmp_path: Path) -> None:
    made = _made(_book(tmp_path, _own), NEW)
    page = openpyxl.load_workbook(made)[SHEET]
    last = page.max_row
    assert page.cell(last, 4).fill.fgColor.rgb == "00FFFF00"
    assert page.cell(last - 3, page.max_column).value == "备"
    assert page.cell(last, page.max_column).value is None


def test_every_other_part_stays_byte_for_byte(tmp_path: Path) -> None:
    path = _book(tmp_path)
    before, after = (_parts(each) for each in (path, _made(path, NEW)))
    assert before.keys() == after.keys()
    changed = [name for name in before if before[name] != after[name]]
    assert len(changed) == 1
    assert changed[0].startswith("xl/worksheets/")


def _parts(path: Path | None) -> dict[str, bytes]:
    assert path is not None
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_rows_that_give_way_are_gone(tmp_path: Path) -> None:
    path = _book(tmp_path)
    before = _told(path)
    made = _made(path, NEW[:1], instead=(2, 3))
    after = _told(made)
    assert len(after) == len(before) - 1
    assert after[0]["provenance"] == NEW[0]["provenance"]
    assert after[1:] == before[2:]
    standing = standing_of(EXECUTION, read_file(path).grids)
    assert slots(standing, 3, (2, 3))[:2] == [2, 3]


def test_a_row_that_computes_does_not_give_way(tmp_path: Path) -> None:
    def formula(book: Any) -> None:
        book[SHEET].cell(2, 7).value = "=1+1"

    assert _made(_book(tmp_path, formula), NEW, instead=(2,)) is None


def test_a_column_that_is_missing_is_added(tmp_path: Path) -> None:
    def without(book: Any) -> None:
        page = book[SHEET]
        place = next(cell.column for cell in page[1] if cell.value == "项目代码")
        page.delete_cols(place)

    path = _book(tmp_path, without)
    tables = _told(_made(path, [_row(1, 5, project_code="P1")]).with_name("旧.xlsx"))
    book = openpyxl.load_workbook(path.with_name("新.xlsx"))
    heads = [cell.value for cell in book[SHEET][1]]
    assert heads.count("项目代码") == 1
    assert len(tables) > 1


def test_a_sheet_that_is_not_there_is_added(tmp_path: Path) -> None:
    path = _book(tmp_path)
    row = {**dict.fromkeys(c.key for c in CLOSINGS.columns), "number": 1, "month": "2026-11"}
    content = with_more_rows(path.read_bytes(), CLOSINGS, None, [row])
    assert content is not None
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[-1] == CLOSINGS.name
    assert book[CLOSINGS.name]["B2"].value == "2026-11"
