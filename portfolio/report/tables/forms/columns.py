"""Kinds of columns that several forms have, and their usual values."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from portfolio.model.forms import origins as at
from portfolio.model.measures.years import percent_number
from portfolio.model.money import yi_text
from portfolio.report.tables.fields import Cell, Field, Kind, Unit, money, text
from portfolio.report.tables.forms.form import NOT_APPLICABLE

part = Kind(unit=Unit.RATIO, width=7.5)
#: Percentage points with one decimal, rounded before they are shown: none reads −0.0.
points = Kind(unit=Unit.DECIMAL, width=10)


def long_minus(said: str) -> str:
    """A number in words with the minus that forms print."""
    return said.replace("-", "−")


def yi_said(wan: int) -> str:
    """万元 as 亿元 in a form's sentences."""
    return long_minus(yi_text(wan))


def points_said(difference: Fraction) -> str:
    """A difference of ratios in percentage points, in a form's sentences."""
    return long_minus(percent_number(difference))


def percent_said(ratio: Fraction | None) -> str:
    """A ratio in a form's sentences; — where there is none."""
    return NOT_APPLICABLE if ratio is None else f"{points_said(ratio)}%"


def or_none(value: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
    """A value, — where there is none: for what need not be there."""
    return lambda row: value(row) or NOT_APPLICABLE


def ratio_of(value: Callable[[Any], Fraction | None]) -> Callable[[Any], Cell]:
    """A ratio; — where there is nothing to divide by."""

    def found(row: Any) -> Cell:
        ratio = value(row)
        return NOT_APPLICABLE if ratio is None else float(ratio)

    return found


def points_of(value: Callable[[Any], Fraction | None]) -> Callable[[Any], Cell]:
    """A difference of ratios in percentage points; — where there is none."""

    def found(row: Any) -> Cell:
        difference = value(row)
        return NOT_APPLICABLE if difference is None else float(percent_number(difference))

    return found


def amount(of: str, key: str, title: str, width: float = 10.5, **more: Any) -> Field[Any]:
    """A column of an amount that a row's attribute `of` holds."""
    return money(key, title, lambda row: getattr(getattr(row, of), key), width, **more)


def number_in_list(width: float = 5) -> Field[Any]:
    """序号; a sum has none."""
    return text(
        "no", "序号", lambda row: row.no or NOT_APPLICABLE, width, look="centre", source=at.HERE
    )
