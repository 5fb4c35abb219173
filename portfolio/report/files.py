"""Writing a run's files: each whole or not at all, and all of them or none."""

from __future__ import annotations

import errno
import filecmp
import shutil
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from portfolio.model.problems import InputError, Problem
from portfolio.model.reallocation import Reallocation
from portfolio.model.result import RunResult
from portfolio.model.study.result import StressResult
from portfolio.model.sweep import FrontierResult, ReverseResult, SweepResult
from portfolio.report.json_text import json_text
from portfolio.report.render import csv_bytes
from portfolio.report.run_json import run_json
from portfolio.report.run_tables import run_tables

SCHEDULE = "进度计划.xlsx"
COMPARISON = "对比.xlsx"
STRESS = "压力测试.xlsx"
REALLOCATION = "调整方案.xlsx"
SWEEP = "扫描.xlsx"
PATH_RESULTS = "路径结果"
#: So much of a path that is too long is shown.
SHOWN_OF_A_LONG_PATH = 40


def write_run(result: RunResult, out_dir: Path) -> tuple[Path, ...]:
    """Write a run's schedule, tables and run.json into `out_dir`; return the paths.

    Raises
    ------
    InputError
        The folder can't be written, the disk is full, or a file is open in another program.
    """
    from portfolio.report.excel import schedule_bytes

    contents = {SCHEDULE: schedule_bytes(result)}
    contents |= {f"{table.name}.csv": csv_bytes(table) for table in run_tables(result)}
    contents["run.json"] = json_text(run_json(result)).encode("utf-8")
    return write_all(out_dir, contents)


def write_comparison(results: Sequence[RunResult], out_dir: Path) -> tuple[Path, ...]:
    """Write 对比.xlsx for several runs, the first of them the one compared with."""
    from portfolio.report.excel import comparison_bytes

    return write_all(out_dir, {COMPARISON: comparison_bytes(results)})


def write_stress(
    results: Sequence[StressResult], out_dir: Path, paths_as: str | None = None
) -> tuple[Path, ...]:
    """Write 压力测试.xlsx and run.json; with `paths_as` (csv, parquet) the paths themselves too.

    Path-level results are one file a scenario, named after it where there are several.

    Raises
    ------
    InputError
        As `write_run`; or Parquet is asked for and pyarrow is not installed. Nothing is written.
    """
    from portfolio.report.excel import stress_bytes
    from portfolio.report.stress_json import stress_json

    contents: dict[str, bytes] = {}
    if paths_as is not None:
        contents |= _path_files(results, paths_as)
    contents |= {
        STRESS: stress_bytes(results),
        "run.json": json_text(stress_json(results)).encode("utf-8"),
    }
    return write_all(out_dir, contents)


def write_reallocation(result: Reallocation, out_dir: Path) -> tuple[Path, ...]:
    """Write 调整方案.xlsx, 调整明细.csv and run.json of a repair; an infeasible one has no moves.

    Raises
    ------
    InputError
        As `write_run`. Nothing is written.
    """
    from portfolio.report.excel.reallocation import reallocation_bytes
    from portfolio.report.reallocation_json import reallocation_json
    from portfolio.report.reallocation_tables import move_table

    moves = move_table(result)
    contents = {
        REALLOCATION: reallocation_bytes(result),
        f"{moves.name}.csv": csv_bytes(moves),
        "run.json": json_text(reallocation_json(result)).encode("utf-8"),
    }
    return write_all(out_dir, contents)


def write_sweep(
    out_dir: Path,
    *,
    sweep: SweepResult | None = None,
    frontier: FrontierResult | None = None,
    reverse: ReverseResult | None = None,
) -> tuple[Path, ...]:
    """Write 扫描.xlsx and run.json of a sweep, a frontier and a reverse stress test.

    Raises
    ------
    InputError
        As `write_run`. Nothing is written.
    """
    from portfolio.report.excel.sweep import sweep_bytes
    from portfolio.report.sweep_json import frontier_data, reverse_data, sweep_data

    facts = {
        "sweep": None if sweep is None else sweep_data(sweep),
        "frontier": None if frontier is None else frontier_data(frontier),
        "reverse": None if reverse is None else reverse_data(reverse),
    }
    contents = {
        SWEEP: sweep_bytes(sweep, frontier, reverse),
        "run.json": json_text(facts).encode("utf-8"),
    }
    return write_all(out_dir, contents)


def _path_files(results: Sequence[StressResult], paths_as: str) -> dict[str, bytes]:
    """Path-level files by name; scenarios of one name are numbered."""
    from portfolio.report.render import path_bytes
    from portfolio.report.stress_paths import path_columns

    stems = file_stems(PATH_RESULTS, [result.run.scenario for result in results])
    return {
        f"{stem}.{paths_as}": path_bytes(path_columns(result), paths_as)
        for stem, result in zip(stems, results, strict=True)
    }


def file_stem(name: str) -> str:
    """A name as a file or folder may bear it on every system."""
    return "".join("_" if mark in '<>:"/\\|?*' else mark for mark in name).strip(" .")[:80]


def file_stems(stem: str, scenarios: Sequence[str]) -> list[str]:
    """Names of files of several scenarios: the stem alone where there is one, else with its name.

    Scenarios of one name are numbered.
    """
    if len(scenarios) == 1:
        return [stem]
    taken: list[str] = []
    for number, scenario in enumerate(scenarios, start=1):
        named = file_stem(f"{stem} {scenario}")
        if named.casefold() in {each.casefold() for each in taken}:
            named = f"{named} {number}"
        taken.append(named)
    return taken


def write_all(out_dir: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into one folder (made if missing), as `write_files` does."""
    return write_files({out_dir / name: content for name, content in contents.items()})


def write_files(contents: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write files, their folders made if missing, all of them or none.

    Each is first written beside its place under a passing name; only when all are there do they
    take their places. Should one not get its place, or the user stop the program, those that
    have taken theirs give way to the old files again, and new files and folders go. Only a
    machine that dies in between can leave some new and some old, each of them whole.

    Raises
    ------
    InputError
        A folder can't be written, the disk is full, or a file is open in another program.
    """
    locked = [path for path in contents if not _replaceable(path)]
    if locked:
        raise InputError(_locked(path) for path in locked)
    with ExitStack() as folders, ExitStack() as passing, ExitStack() as undo:
        for folder in dict.fromkeys(path.parent for path in contents):
            _make_folder(folder, folders)
        written = {path: _write_beside(path, contents[path], passing) for path in contents}
        for path, temporary in written.items():
            _take_place(temporary, path, passing, undo)
        folders.pop_all()
        undo.pop_all()
    return tuple(contents)


def _make_folder(folder: Path, folders: ExitStack) -> None:
    """Make a folder and those above it; undone, the ones that were missing go if empty."""
    try:
        for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
            folders.callback(_remove_empty, missing)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError([_problem(folder, error)]) from error


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):  # another program's file in it keeps it
        folder.rmdir()


def _write_beside(path: Path, content: bytes, passing: ExitStack) -> Path:
    """Write a file's content under a passing name in the same folder."""
    temporary = _passing_name(path, passing)
    try:
        with temporary.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise InputError([_problem(path.parent, error)]) from error
    return temporary


def _passing_name(path: Path, passing: ExitStack) -> Path:
    """A name of its own beside a file; whatever bears it at the end is removed."""
    name = path.with_name(f".{uuid.uuid4().hex}.tmp")
    passing.callback(name.unlink, missing_ok=True)
    return name


def _take_place(temporary: Path, path: Path, passing: ExitStack, undo: ExitStack) -> None:
    """Put a written file in its place; undone, the old file is back or, without one, nothing."""
    try:
        if path.exists():
            # A copy, not the file itself: its place is never empty, whenever the program ends.
            old = _passing_name(path, passing)
            shutil.copy2(path, old)
            undo.callback(_put_back, old, path)
        else:
            undo.callback(path.unlink, missing_ok=True)
        temporary.replace(path)
    except PermissionError as error:  # Windows: it was opened in the meantime
        raise InputError([_locked(path)]) from error
    except OSError as error:
        raise InputError([_problem(path.parent, error)]) from error


def _put_back(old: Path, path: Path) -> None:
    """Give an old file its place again, unless it still has it."""
    if not filecmp.cmp(old, path, shallow=False):
        old.replace(path)


def _replaceable(path: Path) -> bool:
    """Whether an existing file may be replaced; on Windows one open in Excel may not."""
    try:
        if not path.exists():
            return True
    except OSError:  # a name too long, a folder out of reach: told where the folder is made
        return True
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False


def _locked(path: Path) -> Problem:
    return Problem(
        place=str(path),
        found="文件无法改写，可能正在 Excel、Word 等程序中打开，或为只读",
        fix="请关闭该文件（或取消只读），或用 -o 另选输出文件夹，然后重新运行；该文件未改动",
    )


def _problem(place: Path, error: OSError) -> Problem:
    """What went wrong in writing, and what to do about it."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return Problem(
            place=str(place),
            found="磁盘空间已满，文件没有写出",
            fix="请清理磁盘，或用 -o 另选输出文件夹，然后重新运行；原文件未改动",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Problem(
            place=str(place),
            found="没有写入权限",
            fix="请用 -o 另选一个可以写入的输出文件夹，然后重新运行",
        )
    if isinstance(error, (NotADirectoryError, FileExistsError)):
        return Problem(
            place=str(place), found="该路径是一个文件，不是文件夹", fix="请用 -o 另选输出文件夹"
        )
    if error.errno == errno.ENAMETOOLONG:
        return Problem(
            place=f"{str(place)[:SHOWN_OF_A_LONG_PATH]}…",
            found="文件夹名太长，无法新建",
            fix="请用 -o 另取一个较短的名字，然后重新运行",
        )
    return Problem(
        place=str(place),
        found=f"文件没有写出（{error.strerror or error}）",
        fix="请检查路径与磁盘，或用 -o 另选输出文件夹，然后重新运行",
    )
