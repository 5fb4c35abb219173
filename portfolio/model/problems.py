"""What a user can fix: a problem with its place, the value found and the fix."""

from __future__ import annotations

import difflib
import heapq
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: What a screen obeys instead of showing it, what turns the direction of reading, and what no file
#: of text or XML may hold.
_ALIVE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufffe\uffff]"
)
#: More letters of one sentence are not told.
LONGEST_TOLD = 2_000
#: More problems of one input are counted, not told.
MOST_TOLD = 1_000
#: Names among which the nearest is sought thoroughly, and letters of a word it is sought for.
THOROUGHLY, LONGEST_WORD = 300, 80


def alive(text: str) -> str | None:
    """The first sign in a text that is no letter to be shown, as `U+202E`; None where all are."""
    found = _ALIVE.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def inert(text: str) -> str:
    """A text whose signs of that kind are shown by their numbers."""
    return _ALIVE.sub(lambda found: f"‹U+{ord(found[0]):04X}›", text)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong in what the user gave.

    `place` is a cell (`项目清单!F17`), a line (`x.yaml 第 14 行`) or an option (`--set`);
    `found` says what is wrong with the value as found; `fix` says what to do next.
    """

    place: str
    found: str
    fix: str

    def __post_init__(self) -> None:
        """What is quoted of an input can't act on a screen, nor fill it."""
        for name in ("place", "found", "fix"):
            said = getattr(self, name)
            short = said if len(said) <= LONGEST_TOLD else f"{said[:LONGEST_TOLD]}…"
            object.__setattr__(self, name, inert(short))

    def __str__(self) -> str:
        return f"{self.place}：{self.found}。{self.fix}"


class InputError(Exception):
    """The input has problems: carries all of them, none thrown early."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = _told(tuple(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @staticmethod
    def of(place: str, found: str, fix: str) -> InputError:
        """A single problem, to be raised."""
        return InputError([Problem(place=place, found=found, fix=fix)])


def _told(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """As many problems as can be read, and how many more there are."""
    more = len(problems) - MOST_TOLD
    if more <= 0:
        return problems
    last = Problem(
        place="其余", found=f"另有 {more:,} 处问题没有列出", fix="请先改正以上各处，再检查一次"
    )
    return (*problems[:MOST_TOLD], last)


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
    """The known name nearest to a word, None when none is near.

    For a very long word there is none; among very many names those that share most letters with
    it are compared.
    """
    names = list(dict.fromkeys(known))
    if len(word) > LONGEST_WORD:
        return None
    if len(names) > THOROUGHLY:
        letters = set(word)
        names = heapq.nlargest(THOROUGHLY, names, key=lambda name: len(letters & set(name)))
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
