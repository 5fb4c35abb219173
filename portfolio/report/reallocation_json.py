"""A repair as JSON: the contract's keys of the repaired plan's play, `reallocation` beside them.

Everything in 万元; quarters as people read them, null where there is none.
"""

from __future__ import annotations

from typing import Any

from portfolio.model.played_aims import play_judges, played_aims
from portfolio.model.reallocation import Reallocation, Stage, Verdict
from portfolio.model.reallocation_findings import first_year, known_bound, played_run
from portfolio.report.reallocation_luck import luck_data
from portfolio.report.reallocation_tables import (
    APPROVAL_DATA,
    BROKEN_DATA,
    CONFLICT_DATA,
    MOVE_DATA,
    NEED_DATA,
    PRICE_DATA,
    PROMISE_DATA,
    conflict_table,
    grandfathered_table,
    move_fields,
    need_table,
    price_table,
    promise_rows,
)
from portfolio.report.render import data, data_rows
from portfolio.report.run_json import run_json
from portfolio.report.wording import quarter_text


def reallocation_json(result: Reallocation) -> dict[str, Any]:
    """The repaired plan's run (infeasible: the unrepaired one's) plus `reallocation`."""
    case = result.case
    document = run_json(played_run(result))
    document["reallocation"] = {
        "verdict": str(result.verdict),
        "proven": result.verdict is Verdict.PROVEN,
        "stages": [_stage(stage) for stage in result.stages],
        "fewest": _fewest(result),
        "moves": _moves(result),
        "years": data_rows(PROMISE_DATA.of(promise_rows(result))),
        "prices": None if result.prices is None else data_rows(price_table(result, PRICE_DATA)),
        "infeasibility": _infeasibility(result),
        "grandfathered": data_rows(grandfathered_table(result, BROKEN_DATA)),
        "played": _played(result),
        "luck": luck_data(result.luck),
        "time_limit_seconds": result.time_limit_seconds,
        "solver": result.solver,
        "asof": quarter_text(case.calendar, case.asof_quarter) if case.asof_quarter >= 0 else None,
        "first_year": first_year(case),
        "reschedule": case.reschedule,
    }
    fewest = result.fewest
    document["timing"] = {
        "stages_seconds": {str(stage.aim): stage.seconds for stage in result.stages},
        "fewest_cells_seconds": None if fewest is None else fewest.seconds,
    }
    return document


def _played(result: Reallocation) -> dict[str, Any] | None:
    """The aims as both plays reach them: 缺口 in 万元 converted, 滞后 in weighted 万元·年."""
    case = result.case
    if result.repaired is None or result.outcome is None or not play_judges(case):
        return None
    before = played_aims(case, case.portfolio, result.run.outcome)
    after = played_aims(case, result.repaired, result.outcome)
    return {
        "unrepaired": {str(aim): wan for aim, wan in before.items()},
        "repaired": {str(aim): wan for aim, wan in after.items()},
    }


def _stage(stage: Stage) -> dict[str, Any]:
    bound = known_bound(stage)
    return {
        "aim": str(stage.aim),
        "value_wan": stage.value_wan,
        "bound_wan": bound,
        "gap": None if bound is None else stage.gap,
        "proven": stage.proven,
    }


def _fewest(result: Reallocation) -> dict[str, Any] | None:
    fewest = result.fewest
    if fewest is None:
        return None
    return {
        "cells": fewest.cells,
        "bound": fewest.bound,
        "proven": fewest.proven,
        "time_limit_seconds": fewest.limit_seconds,
    }


def _moves(result: Reallocation) -> list[dict[str, Any]]:
    fields = move_fields(result.case.portfolio)
    told, approval = fields.view(*MOVE_DATA), fields.view(*APPROVAL_DATA)
    return [
        {
            **data(told, move),
            "reasons": [str(reason) for reason in move.reasons],
            "approval": data(approval, move),
        }
        for move in result.moves
    ]


def _infeasibility(result: Reallocation) -> dict[str, Any] | None:
    if result.infeasibility is None:
        return None
    return {
        "needs": data_rows(need_table(result, NEED_DATA)),
        "conflict": data_rows(conflict_table(result, CONFLICT_DATA)),
        "conflict_is_minimal": result.infeasibility.conflict_is_minimal,
    }
