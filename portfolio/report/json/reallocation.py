"""A repair as JSON: the contract's keys of the repaired plan's play, `reallocation` beside them.

Everything in 万元; quarters as people read them, null where there is none.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from portfolio.model.reallocation.aims import play_judges, played_aims
from portfolio.model.reallocation.findings import first_year, known_bound, played_run
from portfolio.model.reallocation.hedge import Compared, HedgeResult
from portfolio.model.reallocation.result import Reallocation, Stage, Verdict
from portfolio.model.reallocation.sweep import (
    AimsReached,
    FrontierResult,
    Kink,
    ReverseResult,
    SweepOrigin,
    SweepResult,
)
from portfolio.report.json import named, paper_json
from portfolio.report.json.answer import answer_json
from portfolio.report.json.run import run_json
from portfolio.report.tables import reallocation as tables
from portfolio.report.tables.reallocation import alternatives as alike
from portfolio.report.tables.render import data, data_rows
from portfolio.report.tables.sweep import REVERSE_DATA
from portfolio.report.words.run import quarter_text


def reallocation_json(result: Reallocation) -> dict[str, Any]:
    """The repaired plan's run (infeasible: the unrepaired one's) plus `reallocation`."""
    case = result.case
    # What the scenario takes is told of the plan without the moves.
    document = {**run_json(played_run(result)), "answer": answer_json(result.run)}
    document["origin"] |= paper_json(result.paper)
    document["reallocation"] = {
        "verdict": str(result.verdict),
        "proven": result.verdict is Verdict.PROVEN,
        "stages": [_stage(stage) for stage in result.stages],
        "name": str(result.name),
        "allowed_moves": result.allowed,
        "ways": data_rows(tables.WAYS_BESIDE.of(result.ways)),
        "alternatives": _alternatives(result),
        "way": str(case.settings.way),
        "weighed": None
        if result.weighed is None
        else named(result.weighed, "value_wan", "least_wan", "proven"),
        "fewest": _fewest(result),
        "moves": _moves(result),
        "years": data_rows(tables.PROMISE_DATA.of(tables.promise_rows(result))),
        "prices": None
        if result.prices is None
        else data_rows(tables.price_table(result, tables.PRICE_DATA)),
        "prices_complete": None if result.prices is None else result.prices_complete,
        "infeasibility": _infeasibility(result),
        "grandfathered": data_rows(tables.grandfathered_table(result, tables.BROKEN_DATA)),
        "played": _played(result),
        "luck": tables.luck_data(result.luck),
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
    before = played_aims(case, case.played, result.run.outcome)
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
    return named(fewest, "cells", "bound", "proven")


def _moves(result: Reallocation) -> list[dict[str, Any]]:
    fields = tables.move_fields(result.case.portfolio)
    told, approval = fields.view(*tables.MOVE_DATA), fields.view(*tables.APPROVAL_DATA)
    return [
        {
            **data(told, move),
            "reasons": [str(reason) for reason in move.reasons],
            "approval": data(approval, move),
        }
        for move in result.moves
    ]


def _alternatives(result: Reallocation) -> dict[str, Any] | None:
    """What every plan as good moves, what it needn't, and the others with their moves."""
    found, portfolio = result.alternatives, result.case.portfolio
    if found is None:
        return None
    forced, free = alike.forced_fields(portfolio), alike.free_fields(portfolio)
    plan = alike.plan_fields(portfolio).view(*alike.PLAN_DATA)
    return {
        "within": [
            {"weights": {str(a): w for a, w in each.weights.items()}, "most_wan": each.most_wan}
            for each in found.within
        ],
        "forced": data_rows(forced.view(*alike.FORCED_DATA).of(found.forced)),
        "free": data_rows(free.view(*alike.FREE_DATA).of(found.free)),
        "others": [
            {**data(plan, each), "moves": _moves(each.repair)}
            for each in alike.plans(result, found)
            if each.shared is not None
        ],
    }


def _infeasibility(result: Reallocation) -> dict[str, Any] | None:
    if result.infeasibility is None:
        return None
    return {
        "needs": data_rows(tables.need_table(result, tables.NEED_DATA)),
        "conflict": data_rows(tables.conflict_table(result, tables.CONFLICT_DATA)),
        "conflict_is_minimal": result.infeasibility.conflict_is_minimal,
        "complete": result.infeasibility.complete,
    }


# --- A sweep, a frontier and a reverse stress test as JSON-able data; money in 万元, changes in bps


def sweep_data(result: SweepResult) -> dict[str, Any]:
    """The grid and its kinks."""
    years = result.origin.years
    return {
        "origin": _origin(result.origin),
        "axes": [
            {
                "channel": axis.channel,
                "channels": list(channels),
                **named(axis, "years", "changes_bps"),
            }
            for axis, channels in zip(result.axes, result.channels, strict=True)
        ],
        "points": [
            {"changes_bps": list(point.changes_bps), **_reached(point.reached, years)}
            for point in result.points
        ],
        "kinks": None if result.kinks is None else [_kink(k, "change_bps") for k in result.kinks],
        "kinks_complete": result.kinks_complete,
        "kink_unit": "万元 by percentage point of change",
    }


def frontier_data(result: FrontierResult) -> dict[str, Any]:
    """The frontier and its kinks."""
    years = result.origin.years
    return {
        "origin": _origin(result.origin),
        "points": [
            {"moved_wan": point.moved_wan, **_reached(point.reached, years)}
            for point in result.points
        ],
        "kinks": [_kink(kink, "moved_wan") for kink in result.kinks],
        "kinks_complete": result.kinks_complete,
        "kink_unit": "万元 by 亿元 moved",
    }


def reverse_data(result: ReverseResult) -> dict[str, Any]:
    """The smallest cuts that are too much; null where nothing is."""
    return {
        "origin": _origin(result.origin),
        "cut_years": list(result.cut_years),
        "tolerance_wan": result.tolerance_wan,
        "answers": data_rows(REVERSE_DATA.of(result.answers)),
    }


def _origin(origin: SweepOrigin) -> dict[str, Any]:
    return {
        **named(origin, "workbook_sha256", "scenario"),
        "seed": None,
        **named(origin, "version", "first_year"),
        **paper_json(origin.paper),
    }


def _reached(reached: AimsReached, years: tuple[int, ...]) -> dict[str, Any]:
    return {
        **named(reached, "feasible", "proven", "shortfall_wan", "delay_wan"),
        "shortfall_by_year": [
            {"year": year, "shortfall_wan": wan}
            for year, wan in zip(years, reached.shortfall_by_year_wan, strict=False)
        ],
    }


def _kink(kink: Kink, place: str) -> dict[str, Any]:
    return {
        place: round(kink.at, 2),
        "before_wan": round(kink.before, 2),
        "after_wan": round(kink.after, 2),
        "items": [
            {
                "no": swing.item_no,
                "name": swing.name,
                "year": swing.year,
                "before_wan": round(swing.before, 2),
                "after_wan": round(swing.after, 2),
            }
            for swing in kink.swings
        ],
    }


# --- One plan for now under sampled shocks as JSON, everything in 万元


def hedge_data(result: HedgeResult) -> dict[str, Any]:
    """The result as it goes into JSON; null where there is no plan."""
    settings, check = result.settings, result.gate_check
    return {
        **named(result.run, "scenario", "workbook_sha256", "version"),
        **paper_json(result.paper),
        "verdict": str(result.verdict),
        "proven": result.verdict is Verdict.PROVEN,
        **named(result, "value_wan", "bound_wan", "gap_wan", "repaired_value_wan"),
        "samples": settings.samples,
        "kept": result.kept,
        "first_year": result.case.calendar.first_year + result.case.first_year,
        "years": settings.years,
        **named(settings.risk, "alpha", "weight"),
        **named(settings, "seed", "fresh"),
        **named(result, "rounds", "solves"),
        "timing": {"solve_seconds": round(result.solve_seconds, 1)},
        "sampled_channels": list(result.sampled_channels),
        "compared": [_compared(each) for each in result.compared],
        "gain_wan": None if result.gain is None else asdict(result.gain),
        "gate_check": None if check is None else asdict(check),
        "cells": [asdict(cell) for cell in result.cells],
    }


def _compared(each: Compared) -> dict[str, Any]:
    return {
        "plan": each.name,
        "mean_wan": asdict(each.mean),
        "worst_wan": asdict(each.worst),
        "objective_wan": asdict(each.objective),
        "delay_wan_years": asdict(each.delay),
        "unmet_wan": asdict(each.unmet),
    }
