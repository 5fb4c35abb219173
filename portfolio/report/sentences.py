"""The sentences of a scenario that may be read out: play, years, chances, repair."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.dossier import Dossier
from portfolio.model.measures import year_measures
from portfolio.model.reallocation import Reallocation
from portfolio.report.headline import headline
from portfolio.report.reallocation_wording import PLAN_FILE, played_line, verdict_line
from portfolio.report.sources import (
    LISTED,
    PLANNED_YEARS,
    PLAYED,
    PLAYED_AGAIN,
    RECORDED,
    REPAIRED,
    items_source,
    luck_source,
    target_source,
)
from portfolio.report.stress_headline import chances_sentence
from portfolio.report.stress_limits import record_lines
from portfolio.report.wording import reconciliation_lines, year_notes


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence and where its numbers are from."""

    text: str
    source: str


def _next_step(repair: Reallocation) -> tuple[str, ...]:
    """What follows where there is nothing to move, or no way to move it."""
    if repair.infeasibility is not None:
        return (f"缺多少、哪些规则互相冲突，见 {PLAN_FILE} 的“规则冲突”。",)
    return () if repair.moves else ("没有要调整的资金：按原计划执行。",)


def reconciliation(dossier: Dossier) -> tuple[Sentence, ...]:
    """The two lines every report opens with."""
    run = dossier.run
    listed, universes = reconciliation_lines(run.portfolio)
    return (
        Sentence(text=listed, source=f"{LISTED}各大项之和；{items_source(run)}"),
        Sentence(
            text=universes, source=f"入列系数与目标：{target_source(run, run.calendar.first_year)}"
        ),
    )


def sentences(dossier: Dossier) -> tuple[Sentence, ...]:
    """What page and screen say first of a scenario, the play's sentence before the others."""
    run, stress, repair = dossier.run, dossier.stress, dossier.repair
    told = [Sentence(text=headline(run), source=PLAYED)]
    told += [
        Sentence(text=note, source=PLANNED_YEARS)
        for note in year_notes(run.calendar, year_measures(run.portfolio, run.outcome))
    ]
    if stress is not None:
        # A scenario with shocks is no forecast of what came about.
        record = () if run.changes else record_lines(stress, telling=True)
        told += [Sentence(text=line, source=RECORDED) for line in record]
        told.append(Sentence(text=chances_sentence(stress), source=luck_source(stress)))
    if repair is not None:
        told.append(Sentence(text=f"预算调整{verdict_line(repair)}", source=REPAIRED))
        played = played_line(repair)
        if played is not None:
            told.append(Sentence(text=played, source=PLAYED_AGAIN))
        told += [Sentence(text=line, source=REPAIRED) for line in _next_step(repair)]
    return tuple(told)
