"""One plan for now under sampled shocks as JSON, everything in 万元."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from portfolio.model.reallocation import Verdict
from portfolio.model.two_stage import Compared, HedgeResult


def hedge_data(result: HedgeResult) -> dict[str, Any]:
    """The result as it goes into JSON; null where there is no plan."""
    settings, check = result.settings, result.gate_check
    return {
        "scenario": result.run.scenario,
        "workbook_sha256": result.run.workbook_sha256,
        "version": result.run.version,
        "verdict": str(result.verdict),
        "proven": result.verdict is Verdict.PROVEN,
        "value_wan": result.value_wan,
        "bound_wan": result.bound_wan,
        "gap_wan": result.gap_wan,
        "repaired_value_wan": result.repaired_value_wan,
        "samples": settings.samples,
        "kept": result.kept,
        "first_year": result.case.calendar.first_year + result.case.first_year,
        "years": settings.years,
        "alpha": settings.risk.alpha,
        "weight": settings.risk.weight,
        "seed": settings.seed,
        "fresh": settings.fresh,
        "rounds": result.rounds,
        "solves": result.solves,
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
