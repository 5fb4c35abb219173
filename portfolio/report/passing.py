"""Passing files beside those that are written, and what a run that was killed has left of them."""

from __future__ import annotations

import os
import platform
import re
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

#: A passing file: the machine, the process and the file it is of.
_NAME = re.compile(r"\.portfolio-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{32}\.tmp")
#: No writing takes as many seconds. Processes of other machines can't be asked, nor those of
#: Windows, where asking ends them.
LONG_AGO = 3_600
#: There while files take their places: after a kill it tells who opens the folder.
UNFINISHED = "写出未完成（新旧文件混杂）.txt"
_TOLD = (
    "程序在写出下列文件的中途被终止：其中有的是新的，有的还是上一次的，不能合在一起用。",
    "请把同一条命令重新运行一次；运行完后本文件自行消失。",
    "",
)


class Traces:
    """The passing files of a writing; `kept` are those that must stay, `left` those that would."""

    def __init__(self) -> None:
        self.names: list[Path] = []
        self.kept: dict[Path, Path] = {}
        self.left: list[Path] = []

    def beside(self, path: Path) -> Path:
        """A passing name beside a file."""
        name = path.with_name(f".portfolio-{_machine()}-{os.getpid()}-{uuid.uuid4().hex}.tmp")
        self.names.append(name)
        return name

    def note(self, folder: Path, names: Iterable[str]) -> None:
        """Leave word of what is being written; gone when it is done."""
        path = folder / UNFINISHED
        self.names.append(path)
        with suppress(OSError):
            path.write_text("\r\n".join((*_TOLD, *names)) + "\r\n", encoding="utf-8-sig")

    def clear(self) -> None:
        """Remove them; one that can't be (a virus scanner has it) is noted, nothing more."""
        for name in self.names:
            if name not in self.kept:
                try:
                    name.unlink(missing_ok=True)
                except OSError:
                    self.left.append(name)


def cleared(folder: Path) -> tuple[str, ...] | None:
    """Remove what killed runs have left in a folder; the names of files they left half renewed.

    None where no run was killed in between.
    """
    try:
        for path in folder.iterdir():
            if (match := _NAME.fullmatch(path.name)) and _forsaken(path, match[1], int(match[2])):
                with suppress(OSError):
                    path.unlink()
        lines = (folder / UNFINISHED).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeError):
        return None
    return tuple(lines[len(_TOLD) :])


def _machine() -> str:
    return blake2b(platform.node().encode("utf-8", "replace"), digest_size=4).hexdigest()


def _forsaken(path: Path, machine: str, process: int) -> bool:
    """Whether nobody will come back to a passing file."""
    if os.name != "nt" and machine == _machine():
        return not _runs(process)
    with suppress(OSError):
        return time.time() - path.stat().st_ctime > LONG_AGO
    return False


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # it is somebody else's
        return True
    return True
