"""score.json: kept forecasts and what came of them, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.paper import Paper
from portfolio.model.record.archive import Way, asof_label
from portfolio.model.record.score import Held, Line, Scored, finish_line, line
from portfolio.report.json import named, paper_json
from portfolio.report.tables.render import data_rows
from portfolio.report.tables.score import finish_fields, held_fields
from portfolio.report.words import score as words


def score_json(
    scored: Scored,
    calendar: Calendar,
    *,
    workbook_sha256: str,
    version: str,
    paper: Paper | None = None,
) -> dict[str, Any]:
    """The score as JSON-able data; money is 万元, parts are of 1."""
    return {
        "scenario": scored.scenario,
        "asof": asof_label(scored.asof_months, calendar),
        "forecasts": scored.kept,
        "year": [_of_way(scored, scored.years, way) for way in Way],
        "item_years": [
            {
                **_of_way(scored, scored.items, way),
                "by_class": [_line(each) for each in scored.by_kind(way)],
            }
            for way in Way
        ],
        "finishes": {
            "all": _line(finish_line("竣工", scored.finishes)),
            "by_class": [_line(each) for each in scored.finishes_by_kind()],
        },
        "not_scored": {
            "open_years": list(scored.open_years),
            "open_finishes": scored.open_finishes,
            "items_gone": list(scored.gone),
            "other_scenarios": list(scored.other_scenarios),
        },
        "forecasts_held": data_rows(held_fields(calendar).of((*scored.years, *scored.items))),
        "finishes_held": data_rows(finish_fields(calendar).of(scored.finishes)),
        "notes": list(words.NOTES),
        "origin": {
            "workbook_sha256": workbook_sha256,
            "version": version,
            **({} if paper is None else paper_json(paper)),
        },
    }


def _of_way(scored: Scored, held: Sequence[Held], way: Way) -> dict[str, Any]:
    told = [each for each in held if each.way is way]
    return {
        "way": str(way),
        "all": _line(line("全部", way, told)),
        "by_horizon": [_line(each) for each in scored.by_horizon(held, way)],
    }


def _line(of: Line) -> dict[str, Any]:
    band = of.band
    return {
        **named(of, "name", "n", "certain", "certain_wrong"),
        "coverage80": None
        if band is None
        else {**named(band, "inside", "n", "low", "high"), "part": band.part},
        "crps_wan": of.crps,
        "naive_wan": None if of.naive is None else named(of.naive, "plan", "straight", "rest"),
    }
