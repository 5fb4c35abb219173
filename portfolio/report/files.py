"""Writing files: each whole or not at all, and all of them or none."""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from portfolio.model.measures.results import RunResult
from portfolio.model.problems import InputError, Problem
from portfolio.model.reallocation.sweep import SweepOrigin
from portfolio.report.hand_edits import SUFFIXES, as_written, is_stamped, name_aside, stamped
from portfolio.report.passing import Traces, cleared

#: So much of a path that is too long is shown.
SHOWN_OF_A_LONG_PATH = 40


class Written(tuple[Path, ...]):
    """Paths of the files written; `aside` are files somebody had worked in, by their new names.

    archived : forecasts kept, in their own folder
    left : passing files that could not be removed
    mixed : files that a killed run may have left new among old ones and that were not written now;
        None where no run was killed in between
    """

    aside: tuple[Path, ...] = ()
    archived: tuple[Path, ...] = ()
    left: tuple[Path, ...] = ()
    mixed: tuple[str, ...] | None = None


def written_in_turn(first: Written, then: Written) -> Written:
    """Two writings into one folder told as one."""
    done = Written((*then, *first))
    done.aside, done.archived = (*first.aside, *then.aside), (*first.archived, *then.archived)
    done.left = tuple(dict.fromkeys((*first.left, *then.left)))
    if first.mixed is not None or then.mixed is not None:
        mixed = (*(first.mixed or ()), *(then.mixed or ()))
        names = {path.name for path in done}
        done.mixed = tuple(name for name in dict.fromkeys(mixed) if name not in names)
    return done


def files_read(runs: Iterable[RunResult | SweepOrigin]) -> tuple[Path, ...]:
    """The files that any of the runs has read."""
    return tuple(dict.fromkeys(path for run in runs for path in run.files_read))


def write_all(
    out_dir: Path,
    contents: Mapping[str, bytes],
    read: Iterable[Path] = (),
    *,
    renewed: Mapping[Path, tuple[bytes, Path]] | None = None,
    archived: Mapping[Path, bytes] | None = None,
) -> Written:
    """Write a command's files into one folder (made if missing), as `write_files` does.

    archived : forecasts to be kept, by their whole paths, written with the others; one that is
        there already must be equal and is left as it is
    renewed : files of the user's elsewhere that are written with them, each with its new content
        and the name its former state is kept under; only these may be among `read`

    Excel and Word files are stamped, so that it can be told later whether somebody has worked in
    them: such a file gives way under a name of its own, as does one without a stamp.
    """
    files = {
        out_dir / name: stamped(content) if name.endswith(SUFFIXES) else content
        for name, content in contents.items()
    }
    edited = {
        path: name_aside(path)
        for path, content in files.items()
        if is_stamped(content) and _there(path) and not as_written(path)
    }
    anew = dict(renewed or {})
    inputs = [path for path in read if not any(_same(path, one) for one in anew)]
    over = [path for path in files if any(_same(path, one) for one in anew)]
    if over:
        raise InputError(_was_read(path) for path in over)
    files |= {path: content for path, (content, _) in anew.items()}
    kept = {path: former for path, (_, former) in anew.items()}
    keep = dict(archived or {})
    others = [_kept_otherwise(path) for path, content in keep.items() if _differs(path, content)]
    if others:
        raise InputError(others)
    files |= {path: content for path, content in keep.items() if not _there(path)}
    written = write_files(files, inputs, edited | kept)
    if not keep:
        return written
    done = Written(path for path in written if path not in keep)
    done.aside, done.archived = written.aside, tuple(keep)
    done.left, done.mixed = written.left, written.mixed
    return done


def _differs(path: Path, content: bytes) -> bool:
    """Whether something else than the content is there."""
    try:
        return _there(path) and path.read_bytes() != content
    except OSError:  # a folder, or not to be read: it is not the content
        return True


def _kept_otherwise(path: Path) -> Problem:
    return Problem(
        place=str(path),
        found="这个截至月、这个情景的预测已经存过，与这次的不同（输入、参数或版本变了）",
        fix="存过的预测不改写：请换一个 --archive 文件夹；旧的若要作废，请先自行移走。没有写出任何文件",
    )


def write_files(
    contents: Mapping[Path, bytes],
    read: Iterable[Path] = (),
    edited: Mapping[Path, Path] | None = None,
) -> Written:
    """Write files, their folders made if missing, all of them or none.

    A file among `read`, by whatever name, is never written over. Files that are `edited` are kept
    under the names given there.

    Each is first written beside its place under a passing name, to the disk itself; only when all
    are there do they take their places. Should one not get its place, or the user stop the program,
    those that have taken theirs give way to the old files again, and new files and folders go.
    Only a machine or a process that dies in between can leave some new and some old, each of them
    whole: then a text in the folder says so, and the next writing clears up.

    Raises
    ------
    InputError
        A folder can't be written, the disk is full, a file is open in another program, or it was
        read in this run. Nothing is written.
    """
    inputs, kept = tuple(read), dict(edited or {})
    problems = [_was_read(path) for path in contents if any(_same(path, one) for one in inputs)]
    problems += [_locked(path) for path in contents if not _replaceable(path)]
    if problems:
        raise InputError(problems)
    traces = Traces()
    try:
        mixed = _placed(contents, kept, traces)
    except BaseException as error:
        traces.clear()
        if traces.kept:
            raise InputError(
                _not_put_back(path, old) for old, path in traces.kept.items()
            ) from error
        raise
    traces.clear()
    done = Written(contents)
    done.aside, done.left, done.mixed = tuple(kept.values()), tuple(traces.left), mixed
    return done


def _placed(
    contents: Mapping[Path, bytes], kept: Mapping[Path, Path], traces: Traces
) -> tuple[str, ...] | None:
    """Write and place files; what of a killed run's is not among them, as `Written.mixed` has it."""
    mixed: list[str] | None = None
    with ExitStack() as folders, ExitStack() as undo:
        by_folder: dict[Path, list[str]] = {}
        for path in contents:
            by_folder.setdefault(path.parent, []).append(path.name)
        for folder, names in by_folder.items():
            _make_folder(folder, folders)
            if (before := cleared(folder)) is not None:
                mixed = [*(mixed or ()), *(name for name in before if name not in names)]
        folders.callback(traces.clear)  # before the folders made here, which go if empty
        written = {path: _write_beside(path, contents[path], traces) for path in contents}
        for path, aside in kept.items():
            _set_aside(path, aside, traces, undo)
        for folder, names in by_folder.items():
            if len(names) > 1:
                traces.note(folder, names)
        for path, temporary in written.items():
            _take_place(temporary, path, traces, undo)
        for folder in by_folder:
            _to_disk(folder)
        folders.pop_all()
        undo.pop_all()
    return None if mixed is None else tuple(mixed)


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


def _write_beside(path: Path, content: bytes, traces: Traces) -> Path:
    """Write a file's content under a passing name in the same folder, and to the disk."""
    temporary = traces.beside(path)
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError([_problem(path.parent, error)]) from error
    return temporary


def _to_disk(folder: Path) -> None:
    """Let the names of a folder's files reach the disk, where a system can be told to."""
    if os.name == "nt":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _take_place(temporary: Path, path: Path, traces: Traces, undo: ExitStack) -> None:
    """Put a written file in its place; undone, the old file is back or, without one, nothing."""
    try:
        if path.exists():
            # A copy, not the file itself: its place is never empty, whenever the program ends.
            old = traces.beside(path)
            shutil.copy2(path, old)
            undo.callback(_put_back, old, path, traces)
            with suppress(OSError):  # who may read it stays as it was
                shutil.copymode(path, temporary)
        else:
            undo.callback(_take_away, path)
        temporary.replace(path)
    except PermissionError as error:  # Windows: it was opened in the meantime
        raise InputError([_locked(path)]) from error
    except OSError as error:
        raise InputError([_problem(path.parent, error)]) from error


def _set_aside(path: Path, aside: Path, traces: Traces, undo: ExitStack) -> None:
    """Keep a copy of a file somebody has worked in under its own name; undone, it goes again."""
    try:
        copy = traces.beside(path)
        shutil.copy2(path, copy)
        undo.callback(_take_away, aside)
        copy.replace(aside)
    except OSError as error:
        raise InputError([_problem(path.parent, error)]) from error


def _take_away(path: Path) -> None:
    """Remove a new file again; where that can't be it stays, whole as it is."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _put_back(old: Path, path: Path, traces: Traces) -> None:
    """Give an old file its place again, unless it still has it; where that can't be, it is kept."""
    try:
        if not filecmp.cmp(old, path, shallow=False):
            old.replace(path)
    except OSError:
        traces.kept[old] = path


def _not_put_back(path: Path, old: Path) -> Problem:
    return Problem(
        place=str(path),
        found="写出中途失败，原文件没能放回原处",
        fix=f"原文件的内容在同一文件夹的“{old.name}”，请改名为“{path.name}”，再重新运行",
    )


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long, a folder out of reach: told where the folder is made
        return False


def _same(path: Path, read: Path) -> bool:
    """Whether two paths mean one file: links, letters and shortcuts of names don't matter."""
    try:
        return path.samefile(read)
    except OSError:  # one of them isn't there (any more)
        return False


def _replaceable(path: Path) -> bool:
    """Whether an existing file may be replaced; on Windows one open in Excel may not."""
    if not _there(path):
        return True
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False


def _was_read(path: Path) -> Problem:
    return Problem(
        place=str(path),
        found="这是本次运行读入的文件，输出不能覆盖它",
        fix="请用 -o 另选输出文件夹，然后重新运行；没有写出任何文件，该文件未改动",
    )


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
