"""Writing survives its interruption: whole files, nothing mixed without a word, nothing left behind."""

from __future__ import annotations

import os
import signal
import stat
import time
from pathlib import Path

import pytest

from bench.fuzz.writing import FILES, SIZE, ended, held, started
from portfolio.model.problems import InputError
from portfolio.report.files import write_all
from portfolio.report.passing import LONG_AGO, UNFINISHED, cleared

UNIX = pytest.mark.skipif(os.name == "nt", reason="signals end a process there")
OLD = dict.fromkeys(("甲.csv", "乙.csv", "丙.csv"), b"old")
NEW = dict.fromkeys(OLD, b"new")


@UNIX
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_told_to_end_it_undoes_what_it_was_writing(name: str, tmp_path: Path):
    for pause in (0.0, 0.003, 0.011):
        process = started(tmp_path)
        time.sleep(pause)
        assert ended(process, getattr(signal, name)) == 130
        assert len(set(held(tmp_path))) == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


@UNIX
def test_what_a_killed_run_has_left_is_told_and_cleared(tmp_path: Path):
    for pause in (0.0, 0.002, 0.004, 0.007, 0.01):
        process = started(tmp_path)
        time.sleep(pause)
        ended(process, signal.SIGKILL)
        found = held(tmp_path)
        assert {len(content) for content in found} == {SIZE}  # each whole
        told = (tmp_path / UNFINISHED).exists()
        assert told or len(set(found)) == 1
        written = write_all(tmp_path, dict.fromkeys(FILES, b"new"))
        assert (written.mixed is not None) == told
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def test_files_of_the_killed_run_that_are_not_written_now_are_named(tmp_path: Path):
    (tmp_path / UNFINISHED).write_text("一\n二\n\n甲.csv\n丁.csv\n", encoding="utf-8-sig")
    assert write_all(tmp_path, NEW).mixed == ("丁.csv",)
    assert write_all(tmp_path, NEW).mixed is None


def test_passing_files_of_others_at_work_are_left_alone(tmp_path: Path):
    own = tmp_path / f".portfolio-00000000-1-{'0' * 32}.tmp"
    own.write_bytes(b"")
    (tmp_path / ".portfolio.tmp").write_bytes(b"")
    cleared(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert LONG_AGO >= 3_600


@UNIX
def test_who_may_read_a_file_stays_as_it_was(tmp_path: Path):
    write_all(tmp_path, OLD)
    (tmp_path / "甲.csv").chmod(0o600)
    write_all(tmp_path, NEW)
    assert stat.S_IMODE((tmp_path / "甲.csv").stat().st_mode) == 0o600


def test_a_passing_file_that_will_not_go_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_all(tmp_path, OLD)
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".tmp" and path.exists():
            raise PermissionError(13, "in use")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    written = write_all(tmp_path, NEW)
    monkeypatch.undo()
    assert len(written.left) == len(OLD)
    assert {(tmp_path / name).read_bytes() for name in NEW} == {b"new"}


def test_an_old_file_that_cannot_be_put_back_is_kept_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_all(tmp_path, OLD)
    replace, count = Path.replace, 0

    def refuse(path: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count > 1:
            raise OSError(5, "Input/output error")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError) as raised:
        write_all(tmp_path, NEW)
    monkeypatch.undo()
    (problem,) = raised.value.problems
    assert problem.place == str(tmp_path / "甲.csv")
    (kept,) = tmp_path.glob(".portfolio-*.tmp")
    assert kept.name in problem.fix
    assert kept.read_bytes() == b"old"


CALLS = ("open", "replace", "unlink", "mkdir", "exists", "stat")


@pytest.mark.parametrize("number", [1, 2, 4, 7])
@pytest.mark.parametrize("error", [28, 13, 5, 30])
@pytest.mark.parametrize("call", CALLS)
def test_an_error_of_any_call_leaves_old_or_new(
    call: str, error: int, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "夹"
    write_all(folder, OLD)
    real, count = getattr(Path, call), 0

    def fail(path: Path, *words: object, **named: object) -> object:
        nonlocal count
        if tmp_path in path.parents or path == tmp_path:
            count += 1
            if count == number:
                raise OSError(error, os.strerror(error), str(path))
        return real(path, *words, **named)

    monkeypatch.setattr(Path, call, fail)
    done = False
    try:
        write_all(folder, NEW)
        done = True
    except InputError as raised:
        assert all(each.place and each.found and each.fix for each in raised.problems)
    monkeypatch.undo()
    assert {(folder / name).read_bytes() for name in OLD} == ({b"new"} if done else {b"old"})


def test_every_file_has_reached_the_disk_before_one_changes_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """After a loss of power a name leads to an old file or to a whole new one."""
    write_all(tmp_path, OLD)
    said: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        said.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def replaced(path: Path, target: Path) -> Path:
        said.append("place")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    write_all(tmp_path, NEW)
    first, last = said.index("place"), len(said) - said[::-1].index("place")
    assert said[:first].count("file") >= len(NEW)
    assert said.count("place") >= len(NEW)
    assert os.name == "nt" or "folder" in said[last:]
