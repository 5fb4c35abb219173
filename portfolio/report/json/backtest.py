"""backtest.json: all that a back-test found, as numbers."""

from __future__ import annotations

from typing import Any

from portfolio.model.paper import Paper
from portfolio.model.record import words as said
from portfolio.model.record.backtest import Backtest
from portfolio.model.record.chance import YearChance
from portfolio.model.record.conditions import Judged
from portfolio.model.record.table import as_row
from portfolio.report.json import named, paper_json
from portfolio.report.tables import backtest as tables
from portfolio.report.tables.render import data_rows
from portfolio.report.words import backtest as words


def backtest_json(
    test: Backtest,
    judged: tuple[Judged, ...] = (),
    *,
    workbook_sha256: str,
    version: str,
    paper: Paper | None = None,
) -> dict[str, Any]:
    """The back-test as JSON-able data; rates and chances are parts of 1, money is 万元."""
    band, even, unended = test.band, test.evenness, test.unended_band
    return {
        "until": test.until,
        "record": {
            "place": test.record.place,
            "fingerprint": test.record.fingerprint,
            "rows": len(test.record.rows),
            "full_years": len(test.record.full_years),
            "parts_used": test.parts_used,
            "by_source": data_rows(tables.SOURCES.of(test.by_source)),
        },
        "profile": named(test.profile, "shift", "error", "spread", "pairs"),
        "rolling": {
            "n": test.n,
            "coverage80": {**named(band, "inside", "n", "low", "high"), "part": band.part},
            "pit_tenths": list(even.tenths),
            "ks_distance": even.distance,
            "ks_p_value": even.p_value,
            "crps": test.crps,
            "crps_full_years_only": test.full_only,
            "brier": test.brier,
            "brier_always_met": test.brier_always,
            "brier_part_met_so_far": test.brier_so_far,
            "naive": [
                {"key": row.key, **data}
                for row, data in zip(
                    tables.compared(test).rows, data_rows(tables.compared(test)), strict=True
                )
            ],
            "foretold": data_rows(tables.FORETOLD.of(test.foretold)),
        },
        "unended": {
            "coverage80": None if unended is None else named(unended, "inside", "n", "low", "high"),
            "figures": data_rows(tables.UNENDED.of(test.unended)),
        },
        "within_year": {
            "seasons": data_rows(tables.SEASONS.of(test.seasons)),
            "figures": data_rows(tables.WITHIN.of(test.within)),
        },
        "chances": [chance_json(told) for told in test.chances],
        "distributions": [as_row(table) for table in test.tables],
        "untestable": list(words.UNTESTABLE),
        "conditions": [
            {"text": each.condition.text, "value": each.value, "met": each.met} for each in judged
        ],
        "origin": {
            "workbook_sha256": workbook_sha256,
            "version": version,
            **({} if paper is None else paper_json(paper)),
        },
    }


def chance_json(told: YearChance) -> dict[str, Any]:
    """A year's chance; without its range over the choices of rows there is none."""
    found, level = told.range, told.level_bps
    return {
        "year": told.year,
        "list_plan_wan": None if told.plan is None else told.plan.plan_wan,
        "list_plan_kind": None if told.plan is None else str(told.plan.kind),
        "target_wan": told.target_wan,
        "stage": str(told.stage),
        "words": said.chance_words(told),
        "hidden_words": said.hidden_words(told),
        "level_words": said.level_words(told),
        "money_words": said.money_words(told),
        "refusal": None if told.refusal is None else str(told.refusal),
        "low": None if found is None else found[0],
        "high": None if found is None else found[1],
        "by_choice": [
            {"choice": str(each.variant), "rows": each.rows, "chance": each.chance}
            for each in told.by_variant
        ],
        "with_hidden_misses": told.hidden,
        "level_bps": None if level is None else list(level),
    }
