"""The bytes of a file: regular files only, and never more of them than is allowed."""

from __future__ import annotations

import stat
from enum import StrEnum
from pathlib import Path


class Why(StrEnum):
    """Why a file's bytes can't be had."""

    MISSING = "missing"
    FOLDER = "folder"
    SPECIAL = "special"  # a pipe would be waited for, a device may never end
    LARGE = "large"
    BARRED = "barred"
    NAME = "name"  # no system has such a name


class Unreadable(Exception):  # noqa: N818  # not an error of ours: its reader tells it
    """A file that can't be read; `said` is what the system says of it, or its size in bytes."""

    def __init__(self, why: Why, said: str = "") -> None:
        self.why, self.said = why, said
        super().__init__(f"{why} {said}")


def is_there(path: Path) -> bool:
    """Whether something bears a name; no name that is too long or impossible does."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether a name is a folder's."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def bytes_of(path: Path, most: int) -> bytes:
    """The bytes of a regular file of at most so many.

    Raises
    ------
    Unreadable
        There is none, it is none, it is too large, or it may not be read.
    """
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise Unreadable(Why.FOLDER)
        if not stat.S_ISREG(facts.st_mode):
            raise Unreadable(Why.SPECIAL)
        if facts.st_size > most:
            raise Unreadable(Why.LARGE, str(facts.st_size))
        with path.open("rb") as file:
            content = file.read(most + 1)  # some files of the system grow while they are read
    except FileNotFoundError as error:
        raise Unreadable(Why.MISSING) from error
    except IsADirectoryError as error:
        raise Unreadable(Why.FOLDER) from error
    except PermissionError as error:
        # Windows refuses a folder with this error.
        raise Unreadable(Why.FOLDER if is_folder(path) else Why.BARRED) from error
    except (OSError, ValueError) as error:
        raise Unreadable(Why.NAME, str(getattr(error, "strerror", None) or error)) from error
    if len(content) > most:
        raise Unreadable(Why.LARGE, str(len(content)))
    return content
