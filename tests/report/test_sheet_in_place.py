"""A sheet put into a workbook: everything else stays, byte for byte, and it reads."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from portfolio.model.record.table import as_row
from portfolio.model.schema.record import DISTRIBUTION
from portfolio.read.workbook import read_input_tables, read_workbook
from portfolio.report.sheet_in_place import with_rows
from tests.model.record.records import shipped
from tests.read.shipped import SHIPPED, opened, opened_whole, shipped_bytes

ROWS = [as_row(table) for table in shipped().tables][:2]


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def content_of(book) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def without_sheet() -> bytes:
    book = opened()
    del book[DISTRIBUTION.name]
    own = book.create_sheet("我的表")
    own["A1"], own["B2"] = "自己的", "=1+1"
    return content_of(book)


def read_rows(content: bytes, tmp_path: Path):
    path = tmp_path / "made.xlsx"
    path.write_bytes(content)
    return read_input_tables(path)[DISTRIBUTION.name], read_workbook(path)


def test_rows_of_a_sheet_that_is_there_are_exchanged(tmp_path: Path):
    made = with_rows(shipped_bytes(), DISTRIBUTION, ROWS)
    assert made is not None
    before, after = parts(shipped_bytes()), parts(made)
    changed = [name for name in after if before.get(name) != after[name]]
    assert list(before) == list(after)
    assert len(changed) == 1 and changed[0].startswith("xl/worksheets/")
    rows, loaded = read_rows(made, tmp_path)
    assert rows == ROWS
    assert loaded.portfolio.record.tables == shipped().tables[:2]
    page = openpyxl.load_workbook(io.BytesIO(made))[DISTRIBUTION.name]
    known = opened_whole()[DISTRIBUTION.name]
    assert page.column_dimensions["D"].width == known.column_dimensions["D"].width
    assert page["A1"].fill.fgColor.rgb == known["A1"].fill.fgColor.rgb


def test_a_sheet_that_is_not_there_is_added(tmp_path: Path):
    old = without_sheet()
    made = with_rows(old, DISTRIBUTION, ROWS)
    assert made is not None
    before, after = parts(old), parts(made)
    lists = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
    assert {name for name in before if before[name] != after[name]} == lists
    assert len(after) == len(before) + 1
    rows, loaded = read_rows(made, tmp_path)
    assert rows == ROWS
    assert loaded.portfolio.record.rows == shipped().rows
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames[-1] == DISTRIBUTION.name
    assert (book["我的表"]["A1"].value, book["我的表"]["B2"].value) == ("自己的", "=1+1")


def test_done_twice_it_changes_nothing(tmp_path: Path):
    once = with_rows(without_sheet(), DISTRIBUTION, ROWS)
    assert once is not None
    twice = with_rows(once, DISTRIBUTION, ROWS)
    assert twice is not None
    assert parts(twice) == parts(once)


def test_no_rows_leave_the_header(tmp_path: Path):
    made = with_rows(shipped_bytes(), DISTRIBUTION, [])
    assert made is not None
    rows, _ = read_rows(made, tmp_path)
    assert rows == []


def test_texts_are_escaped(tmp_path: Path):
    row = {**ROWS[0], "provenance": "a<b>&“c”  ]]>"}
    made = with_rows(without_sheet(), DISTRIBUTION, [row])
    assert made is not None
    rows, _ = read_rows(made, tmp_path)
    assert rows[0]["provenance"] == "a<b>&“c”  ]]>"


MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = b"http://schemas.openxmlformats.org/package/2006/relationships"


@pytest.mark.parametrize(
    ("part", "words", "namespace"),
    [
        ("xl/workbook.xml", (b"workbook", b"sheets"), MAIN),
        ("xl/_rels/workbook.xml.rels", (b"Relationships",), PACKAGE),
        ("[Content_Types].xml", (b"Types",), b"http://schemas.openxmlformats.org/package/2006/content-types"),
    ],
)  # fmt: skip
def test_a_build_that_is_not_understood_is_left_alone(part, words, namespace):
    """Prefixed elements, as some programs write them: adding text there would break the file."""

    def prefixed(content: bytes) -> bytes:
        for word in words:
            content = content.replace(b"</" + word + b">", b"</x:" + word + b">")
            content = content.replace(b"<" + word + b">", b"<x:" + word + b">")
            content = content.replace(b"<" + word + b" ", b"<x:" + word + b" ")
        head = b"<x:" + words[0]
        return content.replace(head, head + b' xmlns:x="' + namespace + b'"', 1)

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts(without_sheet()).items():
            archive.writestr(name, prefixed(content) if name == part else content)
    assert with_rows(buffer.getvalue(), DISTRIBUTION, ROWS) is None


def test_the_shipped_workbook_is_untouched():
    assert SHIPPED.read_bytes() == shipped_bytes()
