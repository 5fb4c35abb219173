"""The year in which facts end as JSON: facts as entered, and the forecast; money in 万元."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from portfolio.model.facts import month_label
from portfolio.model.measures.outlook import ChannelOutlook, Delayed, Outlook, entered
from portfolio.model.measures.planned import plan_in_force
from portfolio.model.measures.results import RunResult
from portfolio.model.portfolio import Portfolio
from portfolio.report.json import cause_json, named
from portfolio.report.words.run import quarter_text


def facts_json(result: RunResult) -> dict[str, Any]:
    """`asof`, `facts` and `forecast`; nothing without facts."""
    seen = result.outlook
    if seen is None:
        return {}
    return {
        "asof": month_label(seen.asof_months - 1, result.calendar) if seen.asof_months else None,
        "facts": [
            {
                "year": row.year,
                "channel": None if row.channel is None else row.channel.name,
                "item": row.item_no,
                "drawn_wan": row.drawn_wan,
            }
            for row in entered(result.portfolio)
        ],
        "forecast": _forecast(result, seen),
    }


def version_json(portfolio: Portfolio) -> dict[str, Any]:
    """The approved version that the year and lateness are held against; nothing without versions."""
    if not portfolio.versions:
        return {}
    version = plan_in_force(portfolio)
    told = None if version is None else {
        **{key: getattr(version, key) for key in (
            "title", "year", "approved_on", "document", "authority", "plan_wan", "mark",
        )},
        "effective": month_label(version.effective, portfolio.calendar),
    }  # fmt: skip
    return {"plan_version": told}


def _forecast(result: RunResult, seen: Outlook) -> dict[str, Any]:
    """The as-of's year and what follows; parts of 1 for ratios, null where there is none."""
    facts = result.portfolio.facts
    return {
        "example": facts is not None and facts.example,
        "year": seen.year,
        "months": seen.months,
        "plan_wan": seen.this.plan_wan,
        "done_wan": seen.done_wan,
        "played_wan": seen.rest_wan,
        "year_wan": seen.year_wan,
        "completion": _number(seen.completion),
        "elapsed": _number(seen.elapsed),
        "ahead": _number(seen.ahead),
        "ahead_of_season": _number(seen.ahead_of_season),
        "progress_wan": seen.this.progress_wan,
        "converted_wan": seen.this.converted_wan,
        "list_plan_wan": seen.list_plan_wan,
        "target_wan": seen.this.target_wan,
        "next_year_wan": None if seen.following is None else seen.following.drawn_wan,
        "unfed_from": None if seen.unfed is None else seen.unfed.year,
        "to_be_listed_wan": None if seen.unfed is None else seen.unfed.to_be_listed_wan,
        "channels": [_channel(row) for row in seen.channels],
        "delayed": [_delayed(result, row) for row in seen.delayed],
        "refuted_gates": [gate.id for gate in seen.refuted],
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _channel(row: ChannelOutlook) -> dict[str, Any]:
    return {
        "channel": row.channel.name,
        **named(
            row, "plan_wan", "done_wan", "year_wan", "short_wan", "over_wan", "next_plan_wan",
            "next_wan", "next_short_wan",
        ),
    }  # fmt: skip


def _delayed(result: RunResult, row: Delayed) -> dict[str, Any]:
    cause = row.cause
    return {
        "no": row.item_no,
        **named(row, "open_wan", "quarters"),
        "finish": quarter_text(result.calendar, row.finish),
        "cause": None
        if cause is None
        else cause_json(result.portfolio, cause.kind, cause.ref, cause.quarters),
        **named(row, "problem", "measure", "due"),
    }
