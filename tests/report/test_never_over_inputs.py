"""No output takes the place of a file that was read, or of one somebody has worked in."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from portfolio.model.problems import InputError
from portfolio.read.scenario.file import read_scenario
from portfolio.read.workbook.adjusted import read_adjusted_sheet
from portfolio.report.files import write_all
from portfolio.report.hand_edits import as_written, is_stamped, stamped
from portfolio.workflows import write_reallocation
from tests.read.workbook.test_adjusted import write_sheet
from tests.report.reallocation_results import small_repair

KEPT = "原来的内容"


def book(text: str = "甲") -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        made.add_worksheet("表").write_string(0, 0, text)
    return buffer.getvalue()


def edit(path: Path, text: str) -> None:
    opened = openpyxl.load_workbook(path)
    opened.active["A1"] = text
    opened.save(path)


def first_cell(path: Path) -> object:
    return openpyxl.load_workbook(path).active["A1"].value


def refuse(folder: Path, name: str, read: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(InputError) as caught:
        write_all(folder, {"别的.csv": b"new", name: b"new"}, [read])
    (problem,) = caught.value.problems
    assert problem.place == str(folder / name)
    assert "读入" in problem.found
    assert "-o" in problem.fix
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_a_file_that_was_read_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "进度计划.xlsx").write_text(KEPT, encoding="utf-8")
    refuse(tmp_path, "进度计划.xlsx", tmp_path / "进度计划.xlsx")


def test_it_is_refused_by_another_name_of_its_folder_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "夹"
    folder.mkdir()
    (folder / "run.json").write_text(KEPT, encoding="utf-8")
    monkeypatch.chdir(folder)
    refuse(folder, "run.json", Path("run.json"))
    refuse(folder, "run.json", Path("..") / "夹" / "run.json")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_followed_both_ways(tmp_path: Path) -> None:
    folder = tmp_path / "夹"
    folder.mkdir()
    (tmp_path / "原件.xlsx").write_text(KEPT, encoding="utf-8")
    (folder / "甲.xlsx").symlink_to(tmp_path / "原件.xlsx")
    refuse(folder, "甲.xlsx", tmp_path / "原件.xlsx")
    (folder / "乙.xlsx").write_text(KEPT, encoding="utf-8")
    (tmp_path / "指向乙.xlsx").symlink_to(folder / "乙.xlsx")
    refuse(folder, "乙.xlsx", tmp_path / "指向乙.xlsx")


def test_a_scenario_knows_its_file_and_those_it_extends(tmp_path: Path) -> None:
    for name, parent in (("甲", ""), ("乙", "继承: 甲\n"), ("丙", "继承: 乙\n")):
        text = f"标题: 试\n{parent}变更: []\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    scenario = read_scenario(tmp_path / "丙.yaml")
    assert {path.name for path in scenario.files} == {"甲.yaml", "乙.yaml", "丙.yaml"}


def test_the_stamp_fits_until_the_file_is_saved_by_another_program(tmp_path: Path) -> None:
    path = tmp_path / "甲.xlsx"
    path.write_bytes(stamped(book()))
    assert as_written(path)
    assert first_cell(path) == "甲"
    assert stamped(book()) == stamped(book())
    assert not is_stamped(book())
    edit(path, "甲")
    assert not as_written(path)


def test_a_changed_part_breaks_the_stamp() -> None:
    whole = stamped(book("甲"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            content = old.read(entry).replace("甲".encode(), "乙".encode())
            new.writestr(entry.filename, content)
    assert is_stamped(whole)
    assert not is_stamped(buffer.getvalue())


def test_what_is_no_document_gets_no_stamp() -> None:
    assert stamped(b"text") == b"text"


def test_a_file_somebody_worked_in_is_kept_under_a_name_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "调整方案.xlsx"
    for number in (1, 2):
        write_all(tmp_path, {path.name: book("新")})
        edit(path, f"手改 {number}")
    written = write_all(tmp_path, {path.name: book("再新")})
    assert [aside.name for aside in written.aside] == ["调整方案（手改 2）.xlsx"]
    assert tuple(written) == (path,)
    assert first_cell(path) == "再新"
    kept = {first_cell(tmp_path / f"调整方案（手改 {number}）.xlsx") for number in (1, 2)}
    assert kept == {"手改 1", "手改 2"}


def test_an_untouched_file_is_replaced_and_one_of_unknown_origin_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "调整方案.xlsx"
    write_all(tmp_path, {path.name: book("旧")})
    assert write_all(tmp_path, {path.name: book("新")}).aside == ()
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    path.write_bytes(book("来历不明"))
    (aside,) = write_all(tmp_path, {path.name: book("新")}).aside
    assert first_cell(aside) == "来历不明"


def test_if_it_cant_be_kept_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "调整方案.xlsx"
    path.write_bytes(book("手改"))
    replace_file = Path.replace

    def fail(file: Path, target: Path) -> Path:
        if "手改" in Path(target).name:
            raise OSError(28, "No space left on device")
        return replace_file(file, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError):
        write_all(tmp_path, {path.name: book("新"), "甲.csv": b"1"})
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert first_cell(path) == "手改"


def test_what_failed_later_takes_the_kept_copy_away_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "调整方案.xlsx"
    path.write_bytes(book("手改"))
    replace_file = Path.replace

    def fail(file: Path, target: Path) -> Path:
        if Path(target).name == path.name:
            raise OSError(28, "No space left on device")
        return replace_file(file, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError):
        write_all(tmp_path, {path.name: book("新")})
    monkeypatch.undo()
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert first_cell(path) == "手改"


def test_a_repair_is_stamped_and_a_sheet_read_back_is_known(tmp_path: Path) -> None:
    paths = write_reallocation(small_repair(), tmp_path)
    assert all(as_written(path) for path in paths if path.suffix == ".xlsx")
    sheet = write_sheet(tmp_path / "手改.xlsx")
    assert read_adjusted_sheet(sheet, Path, None).files == (sheet,)
