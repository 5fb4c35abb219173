"""Projects as JSON: money in 万元, null for what isn't told; there only where there are projects."""

from __future__ import annotations

from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.facts import month_label
from portfolio.model.measures.projects import Owned, OwnedItem, Standing
from portfolio.model.measures.results import RunResult
from portfolio.report.json import cause_json, named
from portfolio.report.tables.office import ProjectRow, project_rows
from portfolio.report.words.run import quarter_text


def projects_json(result: RunResult) -> dict[str, Any]:
    """`projects` of run.json; nothing where there are none."""
    rows = project_rows(result)
    return {"projects": [_run_row(row) for row in rows]} if rows else {}


def _run_row(row: ProjectRow) -> dict[str, Any]:
    return {
        **standing_json(row.standing, row.result.calendar),
        "item_planned_finish": row.planned_finish,
        "item_finish": row.finish,
        "item_delay_quarters": row.delay,
    }


def standing_json(each: Standing, calendar: Calendar) -> dict[str, Any]:
    """A project: who and what it is, its money by year, and what facts say."""
    project = each.project
    return {
        **named(
            project, "code", "name", "item_no", "owner", "builder", "district", "tier",
            "project_kind", "earlier_wan",
        ),
        **named(each, "total_wan", "prior_total_wan"),
        "years": {
            str(calendar.first_year + k): wan
            for k in range(len(project.years_wan))
            if (wan := project.year_wan(k)) is not None
        },
        **named(project, "start", "finish", "goal"),
        **named(each, "year", "year_wan", "done_wan", "year_done_wan", "progress_bps"),
        "started": _month(each.started_month, calendar),
        "completed": _month(each.completed_month, calendar),
        **named(each, "problem", "measure", "due"),
    }  # fmt: skip


def _month(month: int | None, calendar: Calendar) -> str | None:
    return None if month is None else month_label(month, calendar)


# --- What a unit answers for


def owned_json(owned: Owned, result: RunResult) -> dict[str, Any]:
    """A unit's items and projects, ranked as on the screen."""
    return {
        "owner": owned.owner,
        "late": len(owned.late),
        "items": [_owned_item(each, result) for each in owned.items],
    }


def _owned_item(each: OwnedItem, result: RunResult) -> dict[str, Any]:
    calendar, outcome = result.calendar, result.outcome
    return {
        **named(each.item, "no", "name"),
        "whole": each.whole,
        **named(each, "late", "delay_quarters", "open_wan"),
        "planned_finish": quarter_text(calendar, outcome.planned_finish[each.index]),
        "finish": quarter_text(calendar, outcome.finish[each.index]),
        "causes": [
            cause_json(result.portfolio, cause.kind, cause.ref, cause.quarters)
            for cause in outcome.causes[each.index]
        ],
        "projects": [standing_json(one, calendar) for one in each.projects],
    }
