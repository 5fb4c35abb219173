"""A repair as JSON: the contract's keys of the repaired plan's play, `reallocation` beside them.

Everything in 万元; quarters as people read them, null where there is none.
"""

from __future__ import annotations

from typing import Any

from portfolio.model.played_aims import play_judges, played_aims
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation import (
    Infeasibility,
    Move,
    Price,
    Reallocation,
    Stage,
    Verdict,
    YearPromise,
)
from portfolio.report.reallocation_luck import luck_data
from portfolio.report.reallocation_views import first_year, known_bound, played_run
from portfolio.report.reallocation_wording import channel_of, rule_title
from portfolio.report.run_json import run_json
from portfolio.report.wording import quarter_text


def reallocation_json(result: Reallocation) -> dict[str, Any]:
    """The repaired plan's run (infeasible: the unrepaired one's) plus `reallocation`."""
    case, portfolio = result.case, result.case.portfolio
    document = run_json(played_run(result))
    document["reallocation"] = {
        "verdict": str(result.verdict),
        "proven": result.verdict is Verdict.PROVEN,
        "stages": [_stage(stage) for stage in result.stages],
        "fewest": _fewest(result),
        "moves": [_move(portfolio, move) for move in result.moves],
        "years": [_year(year, feasible=result.plan_wan is not None) for year in result.years],
        "prices": None
        if result.prices is None
        else [_price(portfolio, price) for price in result.prices],
        "infeasibility": _infeasibility(result.infeasibility),
        "grandfathered": [
            {
                "rule": one.rule,
                "title": rule_title(one.rule),
                "where": one.where,
                "year": one.year,
                "beyond_wan": one.beyond_wan,
            }
            for one in result.grandfathered
        ],
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


def _move(portfolio: Portfolio, move: Move) -> dict[str, Any]:
    approval = move.approval
    return {
        "no": move.item_no,
        "name": portfolio.item(move.item_no).name,
        "channel": channel_of(portfolio, move.channel_id).name,
        "channel_id": move.channel_id,
        "year": move.year,
        "before_wan": move.before_wan,
        "after_wan": move.after_wan,
        "change_wan": move.change_wan,
        "reasons": [str(reason) for reason in move.reasons],
        "approval": {
            "kind": str(approval.kind),
            "authority": str(approval.authority),
            "basis": approval.basis,
            "steps": approval.steps,
            "asked_quarter": quarter_text(portfolio.calendar, approval.asked_quarter),
            "effective_quarter": quarter_text(portfolio.calendar, approval.effective_quarter),
            "note": approval.note,
        },
    }


def _year(year: YearPromise, *, feasible: bool) -> dict[str, Any]:
    """Converted money; null in a year without 入列系数, and of a plan that there is not."""
    converts = year.inclusion_bps is not None
    return {
        "year": year.year,
        "target_wan": year.target_wan,
        "inclusion_bps": year.inclusion_bps,
        "baseline_wan": year.baseline_wan if converts else None,
        "shocked_wan": year.shocked_wan if converts else None,
        "promised_wan": year.promised_wan if converts and feasible else None,
        "played_wan": year.played_wan if converts and feasible else None,
    }


def _price(portfolio: Portfolio, price: Price) -> dict[str, Any]:
    channel = None if price.channel_id is None else channel_of(portfolio, price.channel_id).name
    return {
        "rule": price.rule,
        "title": rule_title(price.rule),
        "where": price.where,
        "channel": channel,
        "channel_id": price.channel_id,
        "no": price.item_no,
        "year": price.year,
        "limit_wan": price.limit_wan,
        "used_wan": price.used_wan,
        "step_wan": price.step_wan,
        "shortfall_wan": price.shortfall_wan,
        "delay_wan": price.delay_wan,
        "loans_wan": price.loans_wan,
        "holds_down_wan": price.holds_down_wan,
        "holds_up_wan": price.holds_up_wan,
    }


def _infeasibility(found: Infeasibility | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "needs": [
            {
                "rule": need.rule,
                "title": rule_title(need.rule),
                "where": need.where,
                "year": need.year,
                "lacking_wan": need.lacking_wan,
                "alternative": need.alternative,
            }
            for need in found.needs
        ],
        "conflict": [
            {
                "rule": one.rule,
                "title": rule_title(one.rule),
                "where": one.where,
                "year": one.year,
            }
            for one in found.conflict
        ],
        "conflict_is_minimal": found.conflict_is_minimal,
    }
