"""The layout of the input workbook, declared once for its writer, its reader and the tests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from portfolio.model.calendar import Calendar
from portfolio.model.schema import evidence as _evidence
from portfolio.model.schema import facts as _facts
from portfolio.model.schema import for_forms as _for_forms
from portfolio.model.schema import funding as _funding
from portfolio.model.schema import plan as _plan
from portfolio.model.schema import projects as _projects
from portfolio.model.schema import record as _record
from portfolio.model.schema import reserve as _reserve
from portfolio.model.schema import returns as _returns
from portfolio.model.schema import risk as _risk
from portfolio.model.schema import scenarios as _scenarios
from portfolio.model.schema.layout import (
    Cell,
    CellValue,
    Column,
    Said,
    Sheet,
    Table,
    Tables,
    plain,
)
from portfolio.model.schema.settings import HEADER_WORDS, SETTINGS, settings_row

__all__ = [
    "GUIDE",
    "HEADER_WORDS",
    "SETTINGS",
    "TEMPLATES",
    "Cell",
    "CellValue",
    "Column",
    "Sheet",
    "Table",
    "Tables",
    "plain",
    "settings_row",
    "sheet_named",
    "sheets_of",
]

#: The first sheet explains the workbook to its reader; the program does not read it.
GUIDE = "说明"

#: Sheets with a table, in the order of the workbook: for a calendar to fill, see `sheets_of`.
TEMPLATES: tuple[Sheet, ...] = (
    _plan.ITEMS,
    _projects.PROJECTS,
    _reserve.RESERVE,
    _plan.TOTALS,
    _plan.GATES,
    _funding.CHANNELS,
    _funding.SHARES,
    _plan.TARGETS,
    _plan.KNOWN_YEARS,
    _funding.ENVELOPES,
    _funding.PLAUSIBLE,
    _facts.EXECUTION,
    _facts.SEASONS,
    *_for_forms.FOR_FORMS,
    _returns.DEADLINES,
    _scenarios.SCENARIOS,
    _risk.RISK_CLASSES,
    _risk.REALISATIONS,
    _risk.CHANNEL_RISKS,
    _risk.STAGE_FACTORS,
    _risk.CORRELATIONS,
    _risk.REGISTER,
    _risk.BUNDLES,
    _evidence.EVIDENCE,
    _evidence.OBSERVATIONS,
    _evidence.PUBLIC_RECORDS,
    _record.COMPLETION,
    _record.DISTRIBUTION,
)


@cache
def sheets_of(calendar: Calendar) -> tuple[Sheet, ...]:
    """The sheets of a workbook with that calendar."""
    return tuple(_filled(sheet, calendar) for sheet in TEMPLATES)


def _filled(sheet: Sheet, calendar: Calendar) -> Sheet:
    columns = tuple(_filled_column(column, calendar) for column in sheet.columns)
    return replace(sheet, purpose=calendar.fill(sheet.purpose), columns=columns)


def _filled_column(column: Column, calendar: Calendar) -> Column:
    """A column with its texts filled; years of its bounds are counted from the first year."""
    first = calendar.first_year if column.cell is Cell.YEAR else 0
    return replace(
        column,
        header=calendar.fill(column.header),
        also=tuple(map(calendar.fill, column.also)),
        note=calendar.fill(column.note),
        least=None if column.least is None else first + column.least,
        most=None if column.most is None else first + column.most,
        set_as=_filled_said(column.set_as, calendar),
        added_as=_filled_said(column.added_as, calendar),
    )


def _filled_said(said: Said | None, calendar: Calendar) -> Said | None:
    if said is None:
        return None
    return replace(said, word=calendar.fill(said.word), about=calendar.fill(said.about))


def sheet_named(name: str, calendar: Calendar) -> Sheet:
    """The sheet of that name."""
    return next(sheet for sheet in sheets_of(calendar) if sheet.name == name)
