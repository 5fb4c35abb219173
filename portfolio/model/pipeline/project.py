"""A reserve project (储备项目) as an office lists it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Readiness(StrEnum):
    """How far a reserve project is (成熟度)."""

    READY = "可开工"
    STUDIED = "可研已批"
    PROPOSED = "建议书已批"
    IDEA = "谋划"


#: Years until a project can start, counted from the first; one that is only thought of never does.
#: An assumption.
WAITS = {Readiness.READY: 0, Readiness.STUDIED: 1, Readiness.PROPOSED: 2}
#: Of the value score.
BEST = 100


@dataclass(frozen=True, kw_only=True)
class ReserveProject:
    """A project that could be started.

    earliest : the year before which it can't start; None: as its readiness says
    score : value, 0 to `BEST`
    mix_bps : parts of the channels in their order; None: as its class
    group : of those of one group only one may be chosen
    linked_to : code of the project before which it may not start
    """

    code: str
    name: str
    risk_class: str
    total_wan: int
    readiness: Readiness
    earliest: int | None = None
    score: int = 50
    mix_bps: tuple[int, ...] | None = None
    group: str | None = None
    linked_to: str | None = None
    provenance: str = ""

    @property
    def label(self) -> str:
        """Code and name."""
        return f"{self.code} {self.name}"

    def years(self, first: int, last: int) -> range:
        """Years in which it may start, where none may before the first."""
        wait = WAITS.get(self.readiness)
        if wait is None:
            return range(0)
        return range(max(first + wait, self.earliest or first), last + 1)
