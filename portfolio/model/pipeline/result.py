"""What came of asking which starts the targets need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portfolio.model.pipeline.need import StartNeed
from portfolio.model.pipeline.plan import StartPlan
from portfolio.model.pipeline.settings import StartSettings

if TYPE_CHECKING:
    from portfolio.model.measures.results import RunResult
    from portfolio.model.pipeline.reserve import ReserveChoice


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """Where the targets can't be held from the first year on: what lacks at the least.

    least : the plan of least shortfall within the limits of the channels
    growth_wan : by how much limits of channels (ids) would have to grow a year for every target to
        hold; None where that would not be enough
    """

    least: StartPlan
    growth_wan: Mapping[str, int] | None


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """A case and its plan; None where not even the last year's target can be held.

    missing : channels the case speaks of that the workbook hasn't
    lacking : None where every target holds
    played_wan : converted by year, the starts played as items of the list
    """

    name: str
    need: StartNeed
    plan: StartPlan | None
    lacking: Lacking | None
    played_wan: tuple[int, ...] | None
    missing: tuple[str, ...] = ()

    @property
    def shown(self) -> StartPlan:
        """The plan told: where nothing holds, that of least shortfall."""
        if self.plan is not None:
            return self.plan
        assert self.lacking is not None
        return self.lacking.least

    @property
    def apart(self) -> float | None:
        """The most that play and plan are apart in a year, as a part of the plan's."""
        if self.played_wan is None:
            return None
        pairs = zip(self.played_wan, self.shown.converted_wan, strict=True)
        return max(abs(played - wan) / max(1, wan) for played, wan in pairs)


@dataclass(frozen=True, kw_only=True)
class HeldFrom:
    """What it takes to hold the targets from a year on; no plan: the channels don't bear it.

    unlimited : the plan if 统筹 channels had no limit, where there is none within them
    """

    year: int
    plan: StartPlan | None
    unlimited: StartPlan | None = None


@dataclass(frozen=True, kw_only=True)
class Moved:
    """An assumption moved, and the plan that it makes, of the targets from the same year on."""

    name: str
    now: str
    then: str
    plan: StartPlan | None


@dataclass(frozen=True, kw_only=True)
class PipelineResult:
    """Which starts the targets need.

    run : the list as it is played
    first_parts : parts of a start's money in its first years, in the list's mix
    """

    run: RunResult
    settings: StartSettings
    cases: tuple[CaseResult, ...]
    held: tuple[HeldFrom, ...]
    moved: tuple[Moved, ...]
    first_parts: tuple[float, ...]
    reserve: ReserveChoice | None = None

    @property
    def main(self) -> CaseResult:
        """The case that is told first."""
        return self.cases[0]
