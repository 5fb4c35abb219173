"""The command as its users start it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

COMMAND = (sys.executable, "-m", "portfolio")
SCREEN_COLUMNS = 80


def environment(**changes: str) -> dict[str, str]:
    """This process's variables, without those that colour or widen what is shown."""
    keep = {
        name: value
        for name, value in os.environ.items()
        if name not in ("FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LINES")
    }
    return {**keep, "PYTHONIOENCODING": "utf-8", **changes}


def portfolio(
    *words: str | Path, cwd: Path, encoding: str = "utf-8", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `portfolio` with these words in a folder and wait for it."""
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding=encoding,
        errors="strict" if encoding == "utf-8" else "replace",
        timeout=120,
        check=False,
    )


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
