"""A sweep, a frontier and a reverse stress test as JSON-able data; money in 万元, changes in bps."""

from __future__ import annotations

from typing import Any

from portfolio.model.sweep import (
    AimsReached,
    FrontierResult,
    Kink,
    ReverseResult,
    SweepOrigin,
    SweepResult,
)
from portfolio.report.render import data_rows
from portfolio.report.sweep_tables import REVERSE_DATA


def sweep_data(result: SweepResult) -> dict[str, Any]:
    """The grid and its kinks."""
    years = result.origin.years
    return {
        "origin": _origin(result.origin),
        "axes": [
            {
                "channel": axis.channel,
                "channels": list(channels),
                "years": list(axis.years),
                "changes_bps": list(axis.changes_bps),
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
        "workbook_sha256": origin.workbook_sha256,
        "scenario": origin.scenario,
        "seed": None,
        "version": origin.version,
        "first_year": origin.first_year,
    }


def _reached(reached: AimsReached, years: tuple[int, ...]) -> dict[str, Any]:
    return {
        "feasible": reached.feasible,
        "proven": reached.proven,
        "shortfall_wan": reached.shortfall_wan,
        "delay_wan": reached.delay_wan,
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
