"""The paths of a study as they come in: in memory, or on disk where they would fill it.

Rows are laid where they belong when they come, so nothing is held twice. On disk columns lie one
after the other, as they are asked for; the file has no name and is gone with the process.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import fields
from typing import Any

import numpy as np

from portfolio.model.study.paths import SUMMED, Paths

#: More bytes of paths than this are kept on disk.
MOST_IN_MEMORY = 512 * 2**20
#: Columns begin at whole lines of the processor's cache.
LINE = 64
#: Left free on the disk.
SPARE_BYTES = 256 * 2**20


class DiskFullError(Exception):
    """The paths don't fit on the disk: bytes wanted, bytes free, and where."""

    def __init__(self, wanted: int, free: int, folder: str) -> None:
        super().__init__(f"{wanted} bytes wanted, {free} free in {folder}")
        self.wanted, self.free, self.folder = wanted, free, folder


class Gathered:
    """Room for so many paths of one portfolio, filled from the first on; `rows` are here."""

    def __init__(self, paths: int) -> None:
        self._wanted, self.rows = paths, 0
        self._columns: dict[str, Any] = {}
        self._sums: dict[str, Any] = {}

    def add(self, part: Paths) -> None:
        """Lay down the paths that come next.

        Raises
        ------
        DiskFullError
            There is no room on the disk for all that are to come.
        """
        given = {f.name: getattr(part, f.name) for f in fields(Paths)}
        arrays = {
            name: array for name, array in given.items() if array is not None and name not in SUMMED
        }
        if not self._columns:
            self._columns = self._room(arrays)
        ends = self.rows + len(part)
        for name, column in self._columns.items():
            column[self.rows : ends] = arrays[name]
        sums = {name: given[name] + self._sums.get(name, 0) for name in SUMMED}
        self._sums, self.rows = sums, ends  # at once: a part is here whole or not at all

    def paths(self) -> Paths:
        """All that came.

        Raises
        ------
        ValueError
            Nothing did.
        """
        if not self._columns:
            raise ValueError("no paths")
        return Paths(
            **{name: column[: self.rows] for name, column in self._columns.items()}, **self._sums
        )

    def _room(self, arrays: dict[str, Any]) -> dict[str, Any]:
        shapes = {name: (self._wanted, *array.shape[1:]) for name, array in arrays.items()}
        sizes = {
            name: int(np.prod(shapes[name], dtype=np.int64)) * array.itemsize
            for name, array in arrays.items()
        }
        whole = sum(sizes.values())
        if whole <= MOST_IN_MEMORY:
            return {name: np.empty(shapes[name], array.dtype) for name, array in arrays.items()}
        folder = tempfile.gettempdir()
        free = shutil.disk_usage(folder).free
        if whole + SPARE_BYTES > free:
            raise DiskFullError(whole, free, folder)
        found, begins = {}, 0
        with tempfile.TemporaryFile() as file:  # what is mapped lives on without it
            file.truncate(whole + LINE * len(sizes))
            for name, array in arrays.items():
                there = np.memmap(file, array.dtype, "r+", begins, shapes[name], order="F")
                found[name] = there.view(np.ndarray)
                begins += -(-sizes[name] // LINE) * LINE
        return found
