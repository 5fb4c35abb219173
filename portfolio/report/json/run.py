"""A run as the JSON of the command line's contract: money in 万元, null where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from portfolio.model.dossier import Dossier
from portfolio.model.facts import month_label
from portfolio.model.items import TotalCheck
from portfolio.model.measures.explain import Explanation, GateStory, MoneyYear, ShortYear, Trace
from portfolio.model.measures.graph import Conflict
from portfolio.model.measures.projects import Owned
from portfolio.model.measures.results import RunResult
from portfolio.model.portfolio import Portfolio
from portfolio.model.problems import Problem
from portfolio.model.reallocation.result import Reallocation
from portfolio.model.study.result import StressResult
from portfolio.report.json import cause_json, named, paper_json
from portfolio.report.json.answer import answer_json, figure_json
from portfolio.report.json.outlook import facts_json, version_json
from portfolio.report.json.projects import owned_json, projects_json, standing_json
from portfolio.report.screen.explain import headline
from portfolio.report.tables.list_record import LIST_DATA, list_table
from portfolio.report.tables.render import data, data_rows
from portfolio.report.tables.run import (
    CHANNEL_DATA,
    ITEM_DATA,
    YEAR_DATA,
    annual_table,
    channel_table,
    item_rows,
    of_items,
)
from portfolio.report.words.meeting import key_figures
from portfolio.report.words.run import conflict_sentence, quarter_text


def run_json(result: RunResult) -> dict[str, Any]:
    """A run's figures; the same input gives the same dictionary, made on the same day."""
    portfolio, fields = result.portfolio, of_items(ITEM_DATA, result)
    return {
        "answer": answer_json(result),
        "annual": data_rows(annual_table(result, YEAR_DATA)),
        "channels": data_rows(channel_table(result, CHANNEL_DATA)),
        "items": [
            {
                **data(fields, row),
                "causes": [
                    cause_json(portfolio, cause.kind, cause.ref, cause.quarters)
                    for cause in row.causes
                ],
            }
            for row in item_rows(result)
        ],
        "list_record": data_rows(list_table(result, LIST_DATA)),
        **facts_json(result),
        **version_json(result.portfolio),
        **projects_json(result),
        **({"reading": [asdict(note) for note in result.reading]} if result.reading else {}),
        "origin": {
            **named(result, "workbook_sha256", "scenario", "seed", "version"),
            **({"scenario_sheet": result.scenario_sheet} if result.scenario_sheet else {}),
            **paper_json(result.paper),
        },
    }


# --- A good workbook's judgement as JSON, in 万元


#: Counted only where there are any.
_PROJECTS = ("projects",)


def check_json(
    portfolio: Portfolio,
    sha256: str,
    totals: Sequence[TotalCheck],
    conflicts: Sequence[Conflict],
    questions: Sequence[Problem] = (),
    notes: Sequence[Problem] = (),
) -> dict[str, Any]:
    """Counts, the published totals against the items, and the plan's conflicts with its gates.

    Facts and what should be looked at are there only where there are any.
    """
    return {
        "workbook_sha256": sha256,
        "counts": {
            key: len(getattr(portfolio, key))
            for key in (
                "items",
                "gates",
                "channels",
                "shares",
                *_PROJECTS[: bool(portfolio.projects)],
            )
        },
        "total_wan": sum(item.total_wan for item in portfolio.items),
        "plan_wan": sum(item.plan_wan for item in portfolio.items),
        "totals": [
            {
                **named(check.published, "level", "name"),
                "published_count": check.published.item_count,
                "item_count": check.item_count,
                "published_total_wan": check.published.total_wan,
                "total_wan": check.total_wan,
                "published_plan_wan": check.published.plan_wan,
                "plan_wan": check.plan_wan,
                "agrees": check.agrees,
            }
            for check in totals
        ],
        "conflicts": [
            {
                "gate": conflict.gate.id,
                "hard": conflict.gate.hard,
                "pred": conflict.pred.no,
                "succ": conflict.succ.no,
                "first_quarter": portfolio.calendar.quarter_label(conflict.first_quarter),
                "last_quarter": portfolio.calendar.quarter_label(conflict.last_quarter),
                "excess_wan": conflict.excess_wan,
            }
            for conflict in conflicts
        ],
        **_facts_checked(portfolio, questions),
        **({"notes": [asdict(note) for note in notes]} if notes else {}),
    }


def _facts_checked(portfolio: Portfolio, questions: Sequence[Problem]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if portfolio.facts is not None:
        facts = portfolio.facts
        told["asof"] = month_label(facts.asof_months - 1, portfolio.calendar)
        told["facts"] = {"rows": facts.entered_rows, "example": facts.example}
    if questions:
        told["questions"] = [asdict(question) for question in questions]
    return told


# --- An explanation as JSON-able data: money in 万元, quarters as people read them, null for none


def explained_data(told: Explanation | Owned, result: RunResult) -> dict[str, Any]:
    """What `explain` found, of an item or of a unit."""
    if isinstance(told, Owned):
        return owned_json(told, result)
    return explanation_data(told, result.portfolio)


def explanation_data(explanation: Explanation, portfolio: Portfolio) -> dict[str, Any]:
    """The whole chain of an explanation; a channel goes by its name, a gate by its id."""
    return {
        **named(explanation.item, "no", "name"),
        "headline": headline(portfolio.calendar, explanation),
        "late": explanation.late,
        **_quarters(portfolio, explanation, "planned_start", "start", "planned_finish", "finish"),
        "delay_quarters": explanation.delay_quarters,
        "causes": [_trace(trace, portfolio) for trace in explanation.causes],
        "short_years": [_short_year(year, portfolio) for year in explanation.short_years],
        "short_causes": [_trace(trace, portfolio) for trace in explanation.short_causes],
        **_projects_of(explanation, portfolio),
    }


def _projects_of(explanation: Explanation, portfolio: Portfolio) -> dict[str, Any]:
    """The projects of an item that has any, and which of them was asked for."""
    if not explanation.projects:
        return {}
    return {
        "project": explanation.asked_project,
        "projects": [standing_json(each, portfolio.calendar) for each in explanation.projects],
    }


def _quarters(portfolio: Portfolio, value: object, *names: str) -> dict[str, str | None]:
    """Attributes that are quarters, as people read them."""
    told = named(value, *names)
    return {name: quarter_text(portfolio.calendar, quarter) for name, quarter in told.items()}


def _trace(trace: Trace, portfolio: Portfolio) -> dict[str, Any]:
    data = cause_json(portfolio, trace.kind, trace.ref, trace.quarters)
    if trace.gate is not None:
        data["gate"] = _gate(trace.gate, portfolio)
    if trace.money is not None:
        data["told_above"] = trace.money.told
        data["years"] = [_money_year(year) for year in trace.money.years]
        data["before"] = [_trace(earlier, portfolio) for earlier in trace.money.before]
    if trace.behind is not None:
        data["behind"] = {
            "asof": month_label(trace.behind.asof_months - 1, portfolio.calendar),
            **named(
                trace.behind, "due_wan", "reached_wan", "drawn_wan", "problem", "measure", "due"
            ),
        }
    if trace.capacity is not None:
        data["told_above"] = trace.capacity.told
        data["yearly_cap_wan"] = trace.capacity.yearly_cap_wan
        data["behind_wan"] = trace.capacity.behind_wan
        data["before"] = [_trace(earlier, portfolio) for earlier in trace.capacity.before]
    if trace.spans:
        data["spans"] = [
            {**_quarters(portfolio, span, "first", "last"), "pace_bps": span.factor_bps}
            for span in trace.spans
        ]
    if trace.factor_bps is not None:
        data["duration_bps"] = trace.factor_bps
    return data


def _gate(story: GateStory, portfolio: Portfolio) -> dict[str, Any]:
    return {
        **named(story.gate, "id", "hard"),
        "pred": named(story.pred, "no", "name"),
        **named(story, "at_wan", "holds_wan"),
        **_quarters(portfolio, story, "planned_reached", "reached", "opened"),
        **named(story, "late_quarters", "pred_on_plan"),
        "plan_conflict": None
        if story.conflict is None
        else conflict_sentence(portfolio.calendar, story.conflict),
        "told_above": story.told or story.causes_told,
        "rounding_quarters": story.rounding_quarters,
        "causes": [_trace(trace, portfolio) for trace in story.causes],
    }


def _money_year(year: MoneyYear) -> dict[str, Any]:
    told = named(
        year, "year", "need_wan", "served_wan", "short_wan", "envelope_wan", "room_wan", "planned_wan",
        "knock_on", "asked_wan", "higher_wan", "same_wan", "replaced_wan", "taken_back_wan",
        "delay_quarters", "credit_bps",
    )  # fmt: skip
    if year.takers:
        told["takers"] = [{"no": no, "allotted_wan": wan} for no, wan in year.takers]
    return told


def _short_year(year: ShortYear, portfolio: Portfolio) -> dict[str, Any]:
    return {
        **named(year, "year", "plan_wan", "drawn_wan", "short_wan", "carried_over"),
        "binds": [cause_json(portfolio, bind.kind, bind.ref, bind.quarters) for bind in year.binds],
    }


# --- A report as JSON: each scenario by the contract's keys, its key figures, what was studied


def report_json(dossiers: Sequence[Dossier]) -> dict[str, Any]:
    """One scenario by the keys of `run` and some more; several as a list under `scenarios`.

    Raises
    ------
    ValueError
        There are no dossiers.
    """
    if not dossiers:
        raise ValueError("no scenario to report")
    documents = [_scenario(dossier) for dossier in dossiers]
    return documents[0] if len(documents) == 1 else {"scenarios": documents}


def _scenario(dossier: Dossier) -> dict[str, Any]:
    document = run_json(dossier.run)
    document["origin"] |= paper_json(dossier.paper)
    return {
        **document,
        "briefing_quarter": dossier.calendar.quarter_label(dossier.quarter),
        "key_figures": [figure_json(figure) for figure in key_figures(dossier)],
        "stress": None if dossier.stress is None else _stress(dossier.stress),
        "repair": None if dossier.repair is None else _repair(dossier.repair),
    }


def _stress(stress: StressResult) -> dict[str, Any]:
    return {
        "paths": len(stress.paths),
        "seed": stress.sampling.seed,
        "chances": [
            {"year": y.year, **named(y.chance, "value", "low", "high")}
            for y in stress.findings.years
            if y.chance is not None
        ],
    }


def _repair(repair: Reallocation) -> dict[str, Any]:
    return {
        "verdict": str(repair.verdict),
        "number": repair.paper.number,
        "stages": [
            {"aim": str(stage.aim), "value_wan": stage.value_wan, "proven": stage.proven}
            for stage in repair.stages
        ],
        "moves": len(repair.moves),
    }
