"""The layout of the input workbook, declared once for its writer, its reader and the tests."""

from __future__ import annotations

from portfolio.model.sheets import evidence_sheets as _evidence
from portfolio.model.sheets import funding_sheets as _funding
from portfolio.model.sheets import plan_sheets as _plan
from portfolio.model.sheets import risk_sheets as _risk
from portfolio.model.sheets.layout import Cell, CellValue, Column, Sheet, Table, Tables, plain

__all__ = [
    "GUIDE",
    "SHEETS",
    "Cell",
    "CellValue",
    "Column",
    "Sheet",
    "Table",
    "Tables",
    "plain",
    "sheet_named",
]

#: The first sheet explains the workbook to its reader; the program does not read it.
GUIDE = "说明"

#: Sheets with a table, in the order of the workbook.
SHEETS: tuple[Sheet, ...] = (
    _plan.ITEMS,
    _plan.TOTALS,
    _plan.GATES,
    _funding.CHANNELS,
    _funding.SHARES,
    _plan.TARGETS,
    _plan.KNOWN_YEARS,
    _funding.ENVELOPES,
    _risk.RISK_CLASSES,
    _risk.REALISATIONS,
    _risk.CHANNEL_RISKS,
    _risk.STAGE_FACTORS,
    _risk.CORRELATIONS,
    _risk.REGISTER,
    _evidence.EVIDENCE,
    _evidence.OBSERVATIONS,
    _evidence.PUBLIC_RECORDS,
)


def sheet_named(name: str) -> Sheet:
    """The sheet of that name."""
    return next(sheet for sheet in SHEETS if sheet.name == name)
