"""Files that are damaged, made to hurt, or no files: a problem that says so, never a traceback."""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio.model.problems import InputError, Problem
from portfolio.read.scenario.file import read_scenario
from portfolio.read.workbook import file, read_workbook
from portfolio.read.workbook.file import read_file
from portfolio.read.workbook.sheets import opened
from tests.read.shipped import shipped_bytes

pytestmark = pytest.mark.usefixtures("read_anew")


def problem_of(path: Path) -> Problem:
    with pytest.raises(InputError) as raised:
        read_file(path)
    (problem,) = raised.value.problems
    return problem


def with_byte(position: int) -> bytes:
    whole = shipped_bytes()
    return whole[:position] + b"\x00" + whole[position:]


def rewritten(path: Path, change: Callable[[str, bytes], bytes], **again: bytes) -> Path:
    """The shipped workbook with its parts changed; `again` are names of parts to write twice."""
    with (
        zipfile.ZipFile(io.BytesIO(shipped_bytes())) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in again.items():
            new.writestr(name, content)
    return path


def in_first_sheet(pattern: bytes, text: bytes) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet2.xml":  # 项目清单, after the guide
            return content
        content, count = re.subn(pattern, text, content, count=1)
        assert count == 1
        return content

    return change


def test_a_damaged_container_is_told_not_thrown(tmp_path: Path, monkeypatch):
    """Bytes put in, taken out or changed near the directory of parts: the door lets no error out."""
    monkeypatch.setattr(opened, "_reader", lambda *_: None)
    monkeypatch.setattr(opened, "_common", lambda *_: None)
    monkeypatch.setattr(opened, "_sheets", lambda *_: [])
    path, luck = tmp_path / "坏.xlsx", random.Random(7)
    whole = shipped_bytes()
    directory = whole.rindex(b"PK\x05\x06") - 3_000
    refused = 0
    for number in range(120):
        start = luck.randrange(directory, len(whole))
        damage = luck.choice((b"", b"\x00", b"\xff", luck.randbytes(4)))
        kept = luck.randrange(0, 6)
        path.write_bytes(whole[:start] + damage + whole[start + kept :])
        try:
            read_file(path)
        except InputError as error:
            refused += 1
            (problem,) = error.problems
            assert problem.place == str(path), number
            assert problem.fix, number
    assert refused > 10


def test_a_byte_too_many_makes_a_damaged_file(tmp_path: Path):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(with_byte(shipped_bytes().rindex(b"PK\x05\x06")))
    problem = problem_of(path)
    assert "已损坏" in problem.found
    assert "备份" in problem.fix


@pytest.mark.parametrize("error", [zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError])
def test_whatever_the_container_fails_with_is_damage(error, tmp_path: Path, monkeypatch):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(shipped_bytes())

    def fail(*_args: object, **_more: object) -> None:
        raise error("no")

    monkeypatch.setattr(opened.zipfile, "ZipFile", fail)
    problem = problem_of(path)
    assert "已损坏" in problem.found
    assert error.__name__ in problem.found


def test_a_part_that_is_there_twice_is_damage(tmp_path: Path):
    """Which of the two is read would be chance; Excel refuses such a file."""
    name = "xl/worksheets/sheet2.xml"
    with zipfile.ZipFile(io.BytesIO(shipped_bytes())) as archive:
        content = archive.read(name).replace(b"<v>141</v>", b"<v>14.1</v>")
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = rewritten(tmp_path / "twice.xlsx", lambda _, part: part, **{name: content})
    problem = problem_of(path)
    assert "已损坏" in problem.found
    assert name in problem.found


def test_a_cell_written_twice_is_damage(tmp_path: Path):
    change = in_first_sheet(rb'(<c r="F2"[^>]*><v>)141(</v></c>)', rb"\g<1>141\2\g<1>999\2")
    problem = problem_of(rewritten(tmp_path / "twice.xlsx", change))
    assert "已损坏" in problem.found
    assert "项目清单!F2" in problem.found


@pytest.mark.parametrize("row", [b"1048577", b"1000000000", b"1e9", b"&#49;000000000"])
def test_a_cell_far_below_excels_last_row_does_not_hang(row: bytes, tmp_path: Path):
    change = in_first_sheet(
        rb"</sheetData>", b'<row r="' + row + b'"><c><v>1</v></c></row></sheetData>'
    )
    problem = problem_of(rewritten(tmp_path / "deep.xlsx", change))
    assert "“项目清单”" in problem.found
    assert "1,048,576 行" in problem.found


def test_more_cells_than_any_portfolio_has_are_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(file, "MOST_CELLS", 2_000)
    path = tmp_path / "多.xlsx"
    path.write_bytes(shipped_bytes())
    problem = problem_of(path)
    assert "超过 2,000 个单元格" in problem.found
    assert "另存" in problem.fix


def test_a_file_larger_than_it_may_unpack_to_is_not_read(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(file, "LARGEST_FILE_BYTES", 1_000)
    path = tmp_path / "大.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"\0" * 1_000)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("read"))
    assert "超过" in problem_of(path).found


@pytest.mark.parametrize("name", ["空洞.xlsx", "空洞.yaml"])
def test_a_file_of_five_gigabytes_is_not_read(name: str, tmp_path: Path, monkeypatch):
    """It has no bytes on the disk and would have them all in memory."""
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(5 * 2**30)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("read"))
    with pytest.raises(InputError, match="超过") as raised:
        (read_scenario if name.endswith("yaml") else read_workbook)(path)
    assert raised.value.problems[0].place.endswith(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("name", ["管道.xlsx", "管道.yaml"])
def test_a_pipe_is_not_waited_for(name: str, tmp_path: Path):
    path = tmp_path / name
    os.mkfifo(path)
    with pytest.raises(InputError) as raised:
        (read_scenario if name.endswith("yaml") else read_workbook)(path)
    (problem,) = raised.value.problems
    assert "不是普通文件" in problem.found


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
@pytest.mark.parametrize("name", ["设备.xlsx", "设备.yaml"])
def test_a_link_to_a_device_is_not_read(name: str, tmp_path: Path):
    path = tmp_path / name
    path.symlink_to("/dev/zero")
    with pytest.raises(InputError) as raised:
        (read_scenario if name.endswith("yaml") else read_workbook)(path)
    (problem,) = raised.value.problems
    assert "不是普通文件" in problem.found


def test_a_folder_that_may_not_be_listed_is_no_traceback(tmp_path: Path, monkeypatch):
    def refuse(_: Path) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "iterdir", refuse)
    monkeypatch.setattr(Path, "glob", lambda *_: refuse(tmp_path))
    assert "找不到" in problem_of(tmp_path / "没有.xlsx").found
    assert "文件夹" in problem_of(tmp_path).found
