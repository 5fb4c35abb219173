"""A finished run: what was played, from which input, and what a scenario changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portfolio.model.calendar import Calendar

if TYPE_CHECKING:
    from pathlib import Path

    from portfolio.model.items import Evidence, PublishedTotal
    from portfolio.model.outcome import Outcome
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.records import PublicRecord
    from portfolio.model.scenarios import ChangeLogEntry


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """Everything a report of one played plan needs.

    `portfolio` is the one played (after the scenario), `baseline` the workbook's own;
    `baseline_outcome` the baseline's play (for the baseline itself `outcome` once more). `seed`
    is None for a play without chance. `title`, `summary`, `source` and `omits` (what of the source's idea is left
    out) are the scenario's own words. `plan_breaches` are the rules of a repair that an adjusted plan
    breaks, None where the plan is the workbook's. `published`, `records` and `evidence` come from the workbook as they stand there.
    `files_read` are the workbook and the scenarios' files: no output may take their place.
    """

    portfolio: Portfolio
    baseline: Portfolio
    outcome: Outcome
    baseline_outcome: Outcome
    scenario: str
    summary: str | None
    changes: tuple[ChangeLogEntry, ...]
    workbook: str
    workbook_sha256: str
    version: str
    seed: int | None = None
    title: str = ""
    source: str = ""
    omits: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    published: tuple[PublishedTotal, ...] = ()
    records: tuple[PublicRecord, ...] = ()
    plan_breaches: tuple[str, ...] | None = None
    files_read: tuple[Path, ...] = field(default=(), compare=False)

    @property
    def calendar(self) -> Calendar:
        """The portfolio's calendar."""
        return self.portfolio.calendar
