"""Files: whole or not at all, readable by Excel, the same bytes each time."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import pytest

from portfolio.model.problems import InputError
from portfolio.model.scenarios import ChangeLogEntry
from portfolio.report.contents import COMPARISON
from portfolio.report.files import write_all, write_files
from portfolio.report.tables.fields import Cell, Fields, money, ratio, text
from portfolio.report.tables.render import csv_bytes, exact_yi, frames
from portfolio.report.tables.run import run_tables
from portfolio.workflows import write_comparison, write_run
from tests.report.results import shipped_run

NAMES = {
    "进度计划.xlsx", "年度.csv", "渠道.csv", "大项.csv", "大项年度.csv", "滞后原因.csv",
    "依赖关系.csv", "事件日志.csv", "情景改动.csv", "run.json",
}  # fmt: skip


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_run_writes_its_files_and_nothing_else(tmp_path: Path) -> None:
    paths = write_run(shipped_run(), tmp_path / "新" / "夹")
    assert {path.name for path in paths} == NAMES
    assert {path.name for path in (tmp_path / "新" / "夹").iterdir()} == NAMES


def test_same_run_same_bytes(tmp_path: Path) -> None:
    first = write_run(shipped_run(), tmp_path / "a")
    second = write_run(shipped_run(), tmp_path / "b")
    assert [a.read_bytes() for a in first] == [b.read_bytes() for b in second]


def test_csv_is_utf8_with_bom_crlf_and_exact(tmp_path: Path) -> None:
    table = Fields[tuple[Cell, ...]](
        name="例",
        fields=(
            text("year", "年份", itemgetter(0)),
            money("drawn_wan", "完成投资", itemgetter(1)),
            ratio("completion", "完成率", itemgetter(2)),
        ),
    ).of((("2021", 41_245_001, 0.99925), ("2022", -5, None)))
    content = csv_bytes(table)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    assert read_csv(content) == [
        ["年份", "完成投资（亿元）", "完成率（%）"],
        ["2021", "4124.5001", "99.92"],
        ["2022", "-0.0005", ""],
    ]


def test_text_that_looks_like_a_formula_is_neutralised_and_numbers_are_not() -> None:
    live = ("=1+1", "+86", "-3%", "@SUM(A1)", "\t=1", "＝1＋1", "＋86", "－3%", "＠SUM(A1)")
    starts = (*live, "平常")
    fields = Fields[str](
        name="例", fields=(text("a", "甲", lambda start: start), money("b", "乙", lambda _: -1))
    )
    table = fields.of(starts)
    rows = read_csv(csv_bytes(table))[1:]
    assert [row[0] for row in rows] == [*(f"'{start}" for start in live), "平常"]
    assert {row[1] for row in rows} == {"-0.0001"}


@pytest.mark.parametrize(
    ("wan", "written"), [(0, "0.0000"), (-1, "-0.0001"), (10_000, "1.0000"), (12_345, "1.2345")]
)
def test_exact_yi(wan: int, written: str) -> None:
    assert exact_yi(wan) == written


def test_yearly_csv_sums_to_the_plan(tmp_path: Path) -> None:
    annual, _, items, by_item, *_ = run_tables(shipped_run())
    heads, *rows = read_csv(csv_bytes(annual))
    plan = heads.index("计划（亿元）")
    assert round(sum(float(row[plan]) for row in rows[:5]), 4) == 26_788
    by_no = read_csv(csv_bytes(by_item))[1:]
    assert round(sum(float(row[3]) for row in by_no), 4) == 50_394 - 3_588.5
    assert len(items.rows) == 58


def test_the_tables_of_a_run_are_data_frames_in_yi() -> None:
    tables = frames(run_tables(shipped_run()))
    assert list(tables) == [table.name for table in run_tables(shipped_run())]
    annual = tables["年度"]
    assert annual["计划（亿元）"].iloc[:5].sum() == pytest.approx(26_788)
    assert annual["年份"].iloc[0] == "2021"
    assert annual["完成率（%）"].iloc[0] == pytest.approx(99.92, abs=0.01)


def test_a_file_in_place_of_the_folder_is_a_problem(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.write_text("一个文件", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        write_all(place, {"甲.csv": b"1"})
    (problem,) = caught.value.problems
    assert "文件夹" in problem.fix
    assert place.read_text(encoding="utf-8") == "一个文件"


@pytest.mark.skipif(
    os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0),
    reason="permissions don't bind this user",
)
def test_read_only_file_and_folder_are_problems(tmp_path: Path) -> None:
    old = tmp_path / "甲.csv"
    old.write_bytes(b"old")
    old.chmod(0o444)
    with pytest.raises(InputError):
        write_all(tmp_path, {"甲.csv": b"new", "乙.csv": b"new"})
    assert old.read_bytes() == b"old"
    folder = tmp_path / "读"
    folder.mkdir()
    folder.chmod(0o555)
    with pytest.raises(InputError) as caught:
        write_all(folder, {"甲.csv": b"1"})
    assert "权限" in caught.value.problems[0].found


def test_a_file_open_in_excel_is_named_and_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Windows refuses to open for writing what Excel holds open; both locked files are told.
    for name in ("甲.xlsx", "乙.csv", "丙.csv"):
        (tmp_path / name).write_bytes(b"old")
    opened = Path.open

    def refuse(path: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
        if path.name in ("甲.xlsx", "丙.csv") and "+" in mode:
            raise PermissionError(13, "in use", str(path))
        return opened(path, mode, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError) as caught:
        write_all(tmp_path, dict.fromkeys(("甲.xlsx", "乙.csv", "丙.csv"), b"new"))
    assert [Path(p.place).name for p in caught.value.problems] == ["甲.xlsx", "丙.csv"]
    monkeypatch.undo()
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"old"}


def test_full_disk_leaves_the_old_files_and_no_traces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "甲.csv").write_bytes(b"old")
    when_writing(monkeypatch, 2, OSError(28, "No space left on device"))
    with pytest.raises(InputError) as caught:
        write_all(tmp_path, {"甲.csv": b"new", "乙.csv": b"new"})
    assert "磁盘" in caught.value.problems[0].found
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("甲.csv", b"old")]


def test_a_stop_by_the_user_leaves_no_traces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    when_writing(monkeypatch, 2, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path / "新" / "夹", {"甲.csv": b"new", "乙.csv": b"new"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [PermissionError(13, "in use"), KeyboardInterrupt()])
def test_a_third_file_without_its_place_puts_the_first_two_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    # Of three files in three folders, one of them new, the last can't take its place.
    old, new, last = (tmp_path / folder / "甲.csv" for folder in ("一", "二", "三"))
    for path in (old, last):
        path.parent.mkdir()
        path.write_bytes(b"old")
    replace_file = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target == last:
            raise error
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises((InputError, KeyboardInterrupt)):
        write_files(dict.fromkeys((old, new, last), b"new"))
    monkeypatch.undo()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(left) == sorted([old, last])
    assert {path.read_bytes() for path in left} == {b"old"}
    assert not new.parent.exists()


def test_files_of_several_folders_are_written_in_one_go(tmp_path: Path) -> None:
    contents = {tmp_path / "甲" / "a.txt": b"1", tmp_path / "乙" / "b.txt": b"2"}
    assert write_files(contents) == tuple(contents)
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert written == contents


def when_writing(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """Let the writing of the file of that number fail."""
    opened = Path.open
    written: list[Path] = []

    def fail(path: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
        file = opened(path, mode, *args, **kwargs)  # type: ignore[call-overload]
        if mode == "xb":
            written.append(path)
            if len(written) == number:
                file.close()
                raise error
        return file

    monkeypatch.setattr(Path, "open", fail)


def test_changes_are_written_as_logged(tmp_path: Path) -> None:
    entry = ChangeLogEntry(quantity="=量", old="1", new="-2", place="x.yaml 第 3 行")
    result = replace(shipped_run(), changes=(entry,))
    table = run_tables(result)[-1]
    assert read_csv(csv_bytes(table))[1] == ["'=量", "1", "'-2", "x.yaml 第 3 行", ""]


def test_comparison_writes_one_workbook(tmp_path: Path) -> None:
    (path,) = write_comparison([shipped_run(), shipped_run("三碰头")], tmp_path)
    assert path.name == COMPARISON
