"""A run as the JSON of the command line's contract: money in 万元, null where there is none."""

from __future__ import annotations

from typing import Any

from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.result import RunResult
from portfolio.report.render import data, data_rows
from portfolio.report.run_tables import (
    CHANNEL_DATA,
    ITEM_DATA,
    YEAR_DATA,
    annual_table,
    channel_table,
    item_rows,
)


def run_json(result: RunResult) -> dict[str, Any]:
    """A run's figures; the same input gives the same dictionary, no clock is read."""
    portfolio = result.portfolio
    return {
        "annual": data_rows(annual_table(result, YEAR_DATA)),
        "channels": data_rows(channel_table(result, CHANNEL_DATA)),
        "items": [
            {
                **data(ITEM_DATA, row),
                "causes": [
                    cause_json(portfolio, cause.kind, cause.ref, cause.quarters)
                    for cause in row.causes
                ],
            }
            for row in item_rows(result)
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
