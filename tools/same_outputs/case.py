"""A case: one command line in a folder of its own, with the files it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Case:
    """One command line, and how it is run."""

    words: Sequence[str]
    #: A word by which `--only` finds cases of a kind.
    group: str
    #: Whether the quick form runs it too.
    quick: bool = True
    #: In a process of its own, as users start it, and not in a fork with all imported.
    cold: bool = False
    #: Whether the folder holds `inputs/` and `scenarios/`; else the program uses its own.
    given: bool = True
    #: Names below the given files that are put into the folder.
    brings: tuple[str, ...] = ()
    #: Whether the batch engine plays.
    engine: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    #: After so long it is killed, which its exit code tells.
    seconds: int = 3_600

    @property
    def name(self) -> str:
        """What the case is called in records and reports: unique and readable."""
        words = " ".join(word if len(word) < 60 else f"{word[:40]}…" for word in self.words)
        rest = "\0".join(
            [
                *self.words,
                *self.brings,
                str(self.cold),
                str(self.given),
                *(f"{key}={value}" for key, value in sorted(self.environment.items())),
            ]
        )
        mark = hashlib.sha256(rest.encode()).hexdigest()[:8]
        return f"{self.group}: {words} #{mark}".replace("\n", " ")


def chosen(cases: Sequence[Case], *, full: bool, only: Sequence[str]) -> list[Case]:
    """The cases of the quick or the full form whose names hold one of the words, each once."""
    by_name = {case.name: case for case in cases if (full or case.quick) and named(case.name, only)}
    return list(by_name.values())


def named(name: str, only: Sequence[str]) -> bool:
    """Whether a name has one of the words in it; any has where there are none."""
    return not only or any(word in name for word in only)
