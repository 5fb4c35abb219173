"""The sentences of a scenario that may be read out: play, years, chances, repair."""

from __future__ import annotations

from portfolio.model.dossier import Dossier
from portfolio.model.measures import year_measures
from portfolio.report.headline import headline
from portfolio.report.reallocation_wording import played_line, verdict_line
from portfolio.report.stress_headline import chances_sentence
from portfolio.report.wording import year_notes


def sentences(dossier: Dossier) -> tuple[str, ...]:
    """What page and screen say first of a scenario, the play's sentence before the others."""
    run = dossier.run
    lines = [headline(run), *year_notes(year_measures(run.portfolio, run.outcome))]
    if dossier.stress is not None:
        lines.append(chances_sentence(dossier.stress))
    if dossier.repair is not None:
        lines.append(f"预算调整{verdict_line(dossier.repair)}")
        lines += filter(None, [played_line(dossier.repair)])
    return tuple(lines)
