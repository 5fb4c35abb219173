"""A finished run: what was played, from which input, and what a scenario changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from portfolio.model.calendar import Calendar
from portfolio.model.items import Item
from portfolio.model.measures.outlook import Outlook, outlook
from portfolio.model.measures.years import drawn_by_item_wan
from portfolio.model.money import SEEN_WAN
from portfolio.model.paper import Paper
from portfolio.model.quarters import or_end

if TYPE_CHECKING:
    from pathlib import Path

    from portfolio.model.items import Evidence, PublicRecord, PublishedTotal
    from portfolio.model.outcome import Outcome
    from portfolio.model.portfolio import Portfolio
    from portfolio.model.problems import Problem
    from portfolio.model.scenarios import ChangeLogEntry


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """Everything a report of one played plan needs.

    `portfolio` is the one played (after the scenario), `baseline` the workbook's own;
    `baseline_outcome` the baseline's play (for the baseline itself `outcome` once more). `seed`
    is None for a play without chance. `title`, `summary`, `source`, `omits` (what of the source's idea is left
    out) and `kind` are the scenario's own words. `plan_breaches` are the rules of a repair that an adjusted plan
    breaks, None where the plan is the workbook's. `published`, `records` and `evidence` come from the workbook as they stand there.
    `scenario_sheet` is the workbook's sheet that the scenario stands in, "" where it is from files.
    `scenario_label` is what the scenario is called where people read it, "" where that is its name.
    `paper` is who makes what is written of it, when, and its number.
    `reading` is what of the workbook was read otherwise than it stands there.
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
    kind: str = ""
    evidence: tuple[Evidence, ...] = ()
    published: tuple[PublishedTotal, ...] = ()
    records: tuple[PublicRecord, ...] = ()
    plan_breaches: tuple[str, ...] | None = None
    scenario_sheet: str = ""
    scenario_label: str = ""
    paper: Paper = field(default_factory=Paper)
    reading: tuple[Problem, ...] = ()
    files_read: tuple[Path, ...] = field(default=(), compare=False)

    @property
    def label(self) -> str:
        """What the scenario is called where people read it."""
        return self.scenario_label or self.scenario

    @property
    def calendar(self) -> Calendar:
        """The portfolio's calendar."""
        return self.portfolio.calendar

    @cached_property
    def outlook(self) -> Outlook | None:
        """What the year in which facts end will come to; None without facts."""
        return outlook(self.portfolio, self.outcome, self.baseline)


# --- What a scenario moved, against the baseline's play: years, items, delays


@dataclass(frozen=True, kw_only=True)
class ItemShift:
    """An item whose money or finish differs from the baseline's play.

    less_year, less_wan : the year in which most is missing, and how much (None and 0: no year)
    finish_change : quarters later; None for an item without a finish in one of the plays
    """

    item: Item
    less_year: int | None
    less_wan: int
    finish_change: int | None


def item_shifts(result: RunResult) -> tuple[ItemShift, ...]:
    """Items of both plays that differ to be seen, the largest yearly loss first."""
    now, before = drawn_by_item_wan(result.outcome), drawn_by_item_wan(result.baseline_outcome)
    shifts = []
    for index, item in enumerate(result.portfolio.items):
        base = result.baseline.position.get(item.no)
        if base is None:
            continue
        missing = before[:, base] - now[:, index]
        change = _finish_change(result, index, base)
        if abs(missing).max() < SEEN_WAN and not change:
            continue
        worst = int(missing.argmax())
        less = int(missing[worst]) if missing[worst] >= SEEN_WAN else 0
        shifts.append(
            ItemShift(
                item=item,
                less_year=result.calendar.first_year + worst if less else None,
                less_wan=less,
                finish_change=change,
            )
        )
    return tuple(sorted(shifts, key=lambda shift: -shift.less_wan))


def _finish_change(result: RunResult, index: int, base: int) -> int | None:
    now, before = result.outcome.finish[index], result.baseline_outcome.finish[base]
    if result.outcome.planned_finish[index] is None:
        return None
    if now is None or before is None:
        return 0 if now == before else None
    return now - before


def worst_year(result: RunResult) -> tuple[int, int] | None:
    """The year in which most is missing in all, and how much; None when no year shows less."""
    now, before = drawn_by_item_wan(result.outcome), drawn_by_item_wan(result.baseline_outcome)
    missing = before.sum(axis=1) - now.sum(axis=1)
    worst = int(missing.argmax())
    lost = int(missing[worst])
    return (result.calendar.first_year + worst, lost) if lost >= SEEN_WAN else None


def new_delays(result: RunResult) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Positions of items late only now, and of items later than in the baseline's play."""
    new, worse = [], []
    for index, item in enumerate(result.portfolio.items):
        if not result.outcome.is_late(index):
            continue
        base = result.baseline.position.get(item.no)
        if base is None or not result.baseline_outcome.is_late(base):
            new.append(index)
        elif or_end(result.outcome.finish[index]) > or_end(result.baseline_outcome.finish[base]):
            worse.append(index)
    return tuple(new), tuple(worse)
