"""The command as its users start it, in a folder of its own: as a process, or in this one.

A process takes two seconds to start before it does anything. One of each command is started as
users do (`started`), and so is all that is about code pages, closed pipes and signals; words, files
and exit codes of the others are judged in this process (`portfolio`), which a test of
`test_commands.py` holds against the real one.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from portfolio.cli import main

COMMAND = (sys.executable, "-m", "portfolio")
SCREEN_COLUMNS = 80
#: Seconds after which a process hangs for certain; no machine is so slow.
HANGS = 3_600

Done = subprocess.CompletedProcess[str]


def environment(**changes: str) -> dict[str, str]:
    """This process's variables, without those that colour or widen what is shown."""
    keep = {
        name: value
        for name, value in os.environ.items()
        if name not in ("FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LINES")
    }
    return {**keep, "PYTHONIOENCODING": "utf-8", **changes}


def started(*words: str | Path, cwd: Path, encoding: str = "utf-8", **variables: str) -> Done:
    """Run `portfolio` with these words in a folder as a process of its own and wait for it."""
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding=encoding,
        errors="strict" if encoding == "utf-8" else "replace",
        timeout=HANGS,
        check=False,
    )


def portfolio(*words: str | Path, cwd: Path, **variables: str) -> Done:
    """Run `portfolio` with these words in a folder, in this process: what `started` would give."""
    argv = [*map(str, words)]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    code: object = None
    with _as_a_process(cwd, out, err, variables):
        try:
            main(argv)
        except SystemExit as end:
            code = end.code
    said = [_said(stream) for stream in (out, err)]
    assert code is None or isinstance(code, int)
    return subprocess.CompletedProcess(argv, code or 0, *said)


def _said(stream: io.TextIOWrapper) -> str:
    """What was written, with the line ends that a reader of a process's text sees."""
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8").replace("\r\n", "\n")


@contextmanager
def _as_a_process(
    cwd: Path, out: io.TextIOWrapper, err: io.TextIOWrapper, variables: dict[str, str]
) -> Iterator[None]:
    """A folder, streams and variables of its own; warnings are seen as a process shows them."""
    assert not any(name.startswith("PYTHON") for name in variables), "read when Python starts"
    with (
        Path(os.devnull).open(encoding="utf-8") as nothing,
        mock.patch.dict(os.environ, environment(**variables), clear=True),
        mock.patch.object(sys, "stdin", nothing),
        chdir(cwd),
        redirect_stdout(out),
        redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        warnings.resetwarnings()
        for ignored in (DeprecationWarning, PendingDeprecationWarning, ImportWarning):
            warnings.simplefilter("ignore", ignored)
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.showwarning = _show_warning
        yield


def _show_warning(message, category, filename, lineno, file=None, line=None) -> None:
    (file or sys.stderr).write(warnings.formatwarning(message, category, filename, lineno, line))


def width(line: str) -> int:
    """Columns a line takes on a terminal: Chinese letters take two."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in line
    )  # fmt: skip


def too_wide(text: str) -> list[str]:
    """Lines that an 80-column terminal would break."""
    return [line for line in text.splitlines() if width(line) > SCREEN_COLUMNS]


def contents(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder by its path: bytes of files, None for folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def said_no_english(text: str) -> bool:
    """Whether a message is free of the words that command-line libraries say by default."""
    words = ("Error", "Usage", "Try ", "Options", "Commands", "Missing", "Invalid", "No such")
    return "Traceback" not in text and not any(word in text for word in words)
