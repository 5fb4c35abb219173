"""pipeline.json: the starts the targets need, as numbers; money is 万元."""

from __future__ import annotations

from typing import Any

from portfolio.model.pipeline.plan import StartPlan
from portfolio.model.pipeline.result import CaseResult, PipelineResult
from portfolio.model.pipeline.shown import channel_loads, class_starts, effects, plan_years
from portfolio.report.json import named, paper_json
from portfolio.report.tables import pipeline as tables
from portfolio.report.tables.render import data_rows
from portfolio.report.words.answers import pipeline as words


def pipeline_json(result: PipelineResult) -> dict[str, Any]:
    """All that came of it."""
    settings = result.settings
    return {
        "answer": words.answer(result),
        "mark": words.MARK,
        "scenario": result.run.scenario,
        "settings": {
            **named(
                settings, "first", "stretch_bps", "low_bps", "high_bps", "cap_bps", "in_hand_bps"
            ),
            "aim": str(settings.aim),
        },
        "first_parts": list(result.first_parts),
        "cases": [_case(case) for case in result.cases],
        "held_from": data_rows(tables.HELD.of(result.held)),
        "assumptions": data_rows(tables.MOVED.of(effects(result))),
        "reserve": _reserve(result),
        "notes": [*words.lines(result), *words.NOTES],
        "origin": {
            "workbook": result.run.workbook,
            "workbook_sha256": result.run.workbook_sha256,
            "version": result.run.version,
            **paper_json(result.run.paper),
        },
    }


def _case(case: CaseResult) -> dict[str, Any]:
    plan, lacking = case.shown, case.lacking
    years = [need.year for need in plan.need.years]
    return {
        "name": case.name,
        "held": case.plan is not None,
        "held_from": plan.held_from,
        "missing": list(case.missing),
        **named(plan, "peak_wan", "total_wan", "city_wan", "in_hand_wan"),
        "in_hand_asked_wan": plan.need.end_target_wan,
        "end_short_wan": plan.end_short_wan,
        "apart": case.apart,
        "years": data_rows(tables.YEARS.of(plan_years(case))),
        "channels": data_rows(tables.channel_fields(years).of(channel_loads(plan))),
        "classes": data_rows(tables.class_fields(years).of(class_starts(plan))),
        "lacking": None
        if lacking is None
        else {
            "least_short_wan": _by_year(lacking.least),
            "starts_wan": list(lacking.least.starts_wan),
            "growth_wan": None if lacking.growth_wan is None else dict(lacking.growth_wan),
        },
    }


def _reserve(result: PipelineResult) -> dict[str, Any] | None:
    choice = result.reserve
    if choice is None:
        return None
    years = [str(need.year) for need in choice.need.years]
    rest = choice.rest
    return {
        "chosen": data_rows(tables.CHOSEN.of(choice.chosen)),
        "left": data_rows(tables.LEFT.of(choice.left)),
        "proven": choice.proven,
        "short_wan": dict(zip(years, choice.short_wan, strict=True)),
        "converted_wan": dict(zip(years, choice.converted_wan, strict=True)),
        "played_wan": None
        if choice.played_wan is None
        else dict(zip(years, choice.played_wan, strict=True)),
        "rest_holds": None if rest is None else rest.holds,
        "rest_starts_wan": None if rest is None else dict(zip(years, rest.starts_wan, strict=True)),
    }


def _by_year(plan: StartPlan) -> dict[str, int]:
    return {
        str(need.year): short for need, short in zip(plan.need.years, plan.short_wan, strict=True)
    }
