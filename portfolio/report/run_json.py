"""A run as the JSON of the command line's contract: money in 万元, null where there is none."""

from __future__ import annotations

from typing import Any

from portfolio.model.measures import channel_years, year_measures
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.result import RunResult
from portfolio.report.wording import quarter_text


def run_json(result: RunResult) -> dict[str, Any]:
    """A run's figures; the same input gives the same dictionary, no clock is read."""
    portfolio, outcome = result.portfolio, result.outcome
    return {
        "annual": [
            {
                "year": measure.year,
                "plan_wan": measure.plan_wan,
                "drawn_wan": measure.drawn_wan,
                "progress_wan": measure.progress_wan,
                "converted_wan": measure.converted_wan,
                "target_wan": measure.target_wan,
            }
            for measure in year_measures(portfolio, outcome)
        ],
        "channels": [
            {
                "channel": row.channel.name,
                "year": row.year,
                "envelope_wan": row.envelope_wan,
                "allotted_wan": row.allotted_wan,
                "carried_in_wan": row.carried_in_wan,
                "drawn_wan": row.drawn_wan,
                "taken_back_wan": row.taken_back_wan,
                "lapsed_wan": row.lapsed_wan,
                "carried_out_wan": row.carried_out_wan,
            }
            for row in channel_years(portfolio, outcome)
        ],
        "items": [
            {
                "no": item.no,
                "name": item.name,
                "planned_start": quarter_text(result.calendar, outcome.planned_start[index]),
                "planned_finish": quarter_text(result.calendar, outcome.planned_finish[index]),
                "start": quarter_text(result.calendar, outcome.start[index]),
                "finish": quarter_text(result.calendar, outcome.finish[index]),
                "delay_quarters": outcome.delay_quarters(index),
                "causes": [
                    cause_json(portfolio, cause.kind, cause.ref, cause.quarters)
                    for cause in outcome.causes[index]
                ],
            }
            for index, item in enumerate(portfolio.items)
        ],
        "origin": {
            "workbook_sha256": result.workbook_sha256,
            "scenario": result.scenario,
            "seed": result.seed,
            "version": result.version,
        },
    }


def cause_json(
    portfolio: Portfolio, kind: CauseKind, ref: str | None, quarters: int
) -> dict[str, Any]:
    """A cause; `ref` is the gate's id or the channel's name as in `channels`."""
    if kind is CauseKind.CHANNEL and ref in portfolio.channel_position:
        ref = portfolio.channels[portfolio.channel_position[ref]].name
    return {"cause": str(kind), "ref": ref, "quarters": quarters}
