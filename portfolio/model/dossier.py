"""What is brought to a meeting about one scenario: its play, its stress test, its repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portfolio.model.calendar import Calendar
    from portfolio.model.measures.live import Live
    from portfolio.model.measures.results import RunResult
    from portfolio.model.paper import Paper
    from portfolio.model.reallocation.result import Reallocation
    from portfolio.model.study.result import StressResult


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """The results of one scenario that a report shows.

    quarter : the last quarter taken as past, to whose end the briefing counts
    stress, repair : None where they were not asked for, or can't be had
    no_stress, no_repair : why not, as people read it and without a full stop; None where they are
        there
    live : what a page plays on, None where it can't, or was not asked for; no_live says why not
    asked : whether it was asked for, and has files of its own; else it only stands beside others
    """

    run: RunResult
    quarter: int
    stress: StressResult | None = None
    repair: Reallocation | None = None
    no_stress: str | None = None
    no_repair: str | None = None
    live: Live | None = None
    no_live: str = "本次未准备现场推演"
    asked: bool = True

    def __post_init__(self) -> None:
        """Hold that what is missing has its reason.

        Raises
        ------
        ValueError
            A reason is missing, or there is one for what is there.
        """
        for found, reason in ((self.stress, self.no_stress), (self.repair, self.no_repair)):
            if (found is None) != (reason is not None):
                raise ValueError("a study is there, or the reason why it is not")

    @property
    def calendar(self) -> Calendar:
        """The portfolio's calendar."""
        return self.run.portfolio.calendar

    @property
    def paper(self) -> Paper:
        """The run's paper, numbered by the studies beside it and the quarter too."""
        studies = [each.paper.number for each in (self.stress, self.repair) if each is not None]
        return self.run.paper.about("report", self.quarter, studies)

    @property
    def name(self) -> str:
        """What the scenario is called where people read it."""
        return self.run.label
