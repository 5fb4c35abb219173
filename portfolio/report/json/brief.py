"""The one page as data: the answer, its figures, its lines, who decides by when; money in 万元."""

from __future__ import annotations

from typing import Any

from portfolio.model.measures.answers.answer import Answer, ShockAnswer, answer
from portfolio.model.measures.answers.decisions import Decision, decisions, repair_decisions
from portfolio.model.measures.results import RunResult
from portfolio.model.reallocation.result import Reallocation
from portfolio.report.briefing.brief import brief_lines, brief_paper
from portfolio.report.json import paper_json
from portfolio.report.json.answer import answer_json
from portfolio.report.words.answers.decisions import decision_line, quarter_words


def brief_json(run: RunResult, repair: Reallocation | None) -> dict[str, Any]:
    """The page's data."""
    found = answer(run)
    rows = decisions(run, found) if repair is None else repair_decisions(repair)
    return {
        "scenario": run.scenario,
        "title": run.title or run.label,
        "answer": answer_json(run),
        "years": _years(found),
        "items": _items(found),
        "decisions": [_decision(row, run) for row in rows],
        "text": list(brief_lines(run, repair)),
        **paper_json(brief_paper(run, repair)),
        "workbook_sha256": run.workbook_sha256,
        "version": run.version,
    }


def _years(found: Answer) -> list[dict[str, Any]]:
    if isinstance(found, ShockAnswer):
        return [
            {"year": year, "base_wan": base, "drawn_wan": drawn}
            for year, base, drawn in zip(found.years, found.base_wan, found.drawn_wan, strict=True)
        ]
    year = found.this
    return [
        {
            "year": year.year,
            "plan_wan": year.plan_wan,
            "drawn_wan": year.drawn_wan,
            "converted_wan": year.converted_wan,
            "target_wan": year.target_wan,
        }
    ]


def _items(found: Answer) -> list[dict[str, Any]]:
    if isinstance(found, ShockAnswer):
        return [
            {
                "no": hit.item.no,
                "name": hit.item.name,
                "base_wan": hit.base_wan,
                "drawn_wan": hit.drawn_wan,
                "less_years_wan": hit.less_years_wan,
                "later_quarters": hit.later,
            }
            for hit in found.hits
        ]
    return [
        {
            "no": row.item.no,
            "name": row.item.name,
            "plan_wan": row.plan_wan,
            "drawn_wan": row.drawn_wan,
        }
        for row in found.short
    ]


def _decision(row: Decision, run: RunResult) -> dict[str, Any]:
    calendar = run.calendar
    return {
        "authority": row.body,
        "kind": str(row.kind),
        "year": row.year,
        "channels": list(row.channels),
        "basis": row.path.basis,
        "ask_by": None if row.ask_by is None else quarter_words(calendar, row.ask_by),
        "text": decision_line(row, calendar),
    }
