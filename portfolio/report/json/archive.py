"""A forecast as it is kept: the same forecast gives the same bytes."""

from __future__ import annotations

from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.record.archive import (
    LAYOUT,
    PERCENTS,
    WHAT,
    Archived,
    KeptItem,
    KeptYear,
    Way,
    asof_label,
)
from portfolio.report.json import named


def archive_json(kept: Archived, calendar: Calendar) -> dict[str, Any]:
    """A kept forecast as JSON-able data; money is 万元, a finish a quarter as people write it."""

    def year(of: KeptYear) -> dict[str, Any]:
        return {
            "year": of.year,
            "plan_wan": of.plan_wan,
            "done_wan": of.done_wan,
            "values_wan": list(of.values_wan),
        }

    def item(of: KeptItem) -> dict[str, Any]:
        return {
            **named(of, "no", "name", "kind"),
            "planned_finish": None if of.planned is None else calendar.quarter_label(of.planned),
            "finished": of.finished,
            "finishes": [calendar.quarter_label(quarter) for quarter in of.finishes],
            "years": [year(each) for each in of.years],
        }

    return {
        "what": WHAT,
        "layout": LAYOUT,
        "asof": asof_label(kept.asof_months, calendar),
        "way": str(kept.way),
        "percents": list(PERCENTS) if kept.way is Way.PATHS else None,
        "list": {
            "place": kept.place,
            "list_name": kept.list_name,
            "first_year": kept.first_year,
        },
        "origin": named(
            kept.origin,
            "scenario",
            "workbook_sha256",
            "version",
            "seed",
            "paths",
            "tails",
            "quasi_random",
        ),
        "years": [year(each) for each in kept.years],
        "items": [item(each) for each in kept.items],
    }
