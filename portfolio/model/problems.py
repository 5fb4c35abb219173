"""What a user can fix: a problem with its place, the value found and the fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong in what the user gave.

    `place` is a cell (`项目清单!F17`), a line (`x.yaml 第 14 行`) or an option (`--set`);
    `found` says what is wrong with the value as found; `fix` says what to do next.
    """

    place: str
    found: str
    fix: str

    def __str__(self) -> str:
        return f"{self.place}：{self.found}。{self.fix}"


class InputError(Exception):
    """The input has problems: carries all of them, none thrown early."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @staticmethod
    def of(place: str, found: str, fix: str) -> InputError:
        """A single problem, to be raised."""
        return InputError([Problem(place=place, found=found, fix=fix)])


class Collected(list[Problem]):
    """Problems of several parts, told together once every part has been tried."""

    @contextmanager
    def part(self) -> Iterator[None]:
        """Collect what a part raises; what it would have returned is missing then."""
        try:
            yield
        except InputError as error:
            self.extend(error.problems)

    def raise_any(self) -> None:
        """Raise all that was collected, each once; nothing when there is nothing."""
        if self:
            raise InputError(dict.fromkeys(self))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name nearest to a word, None when none is near."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if not near:
        near = [name for name in names if word and (word in name or name in word)][:1]
    return near[0] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say “是否为…？” for the nearest known name, or list what is known (at most eight)."""
    names = list(dict.fromkeys(known))
    near = nearest(word, names)
    if near is not None:
        return f"是否为“{near}”？"
    if not names:
        return "此处没有可用的名称"
    shown = "、".join(names[:8])
    return f"可用的有：{shown}{' 等' if len(names) > 8 else ''}"
