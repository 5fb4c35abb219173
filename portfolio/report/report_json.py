"""A report as JSON: each scenario by the contract's keys, its key figures, what was studied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.model.dossier import Dossier
from portfolio.model.reallocation import Reallocation
from portfolio.model.study.result import StressResult
from portfolio.report.fields import Unit
from portfolio.report.key_figures import KeyFigure, key_figures
from portfolio.report.run_json import run_json


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
    return {
        **run_json(dossier.run),
        "briefing_quarter": dossier.calendar.quarter_label(dossier.quarter),
        "key_figures": [_figure(figure) for figure in key_figures(dossier)],
        "stress": None if dossier.stress is None else _stress(dossier.stress),
        "repair": None if dossier.repair is None else _repair(dossier.repair),
    }


def _figure(figure: KeyFigure) -> dict[str, Any]:
    """Money in 万元; ratios and points in parts of 1."""
    if figure.unit == Unit.MONEY:
        return {"name": figure.name, "value_wan": figure.value}
    value = figure.value
    number = value if value is None or isinstance(value, int) else float(value)
    return {"name": figure.name, "value": number}


def _stress(stress: StressResult) -> dict[str, Any]:
    return {
        "paths": len(stress.paths),
        "seed": stress.sampling.seed,
        "chances": [
            {"year": y.year, "value": y.chance.value, "low": y.chance.low, "high": y.chance.high}
            for y in stress.findings.years
            if y.chance is not None
        ],
    }


def _repair(repair: Reallocation) -> dict[str, Any]:
    return {
        "verdict": str(repair.verdict),
        "stages": [
            {"aim": str(stage.aim), "value_wan": stage.value_wan, "proven": stage.proven}
            for stage in repair.stages
        ],
        "moves": len(repair.moves),
    }
