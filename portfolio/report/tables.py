"""Tables by position, as they were declared before `fields`: each one still here moves there."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter

from portfolio.report import fields
from portfolio.report.fields import Cell, Field, Fields

Column = Field[tuple[Cell, ...]]


class Table(fields.Table[tuple[Cell, ...]]):
    """A named table of columns and rows of cells."""

    def __init__(
        self, *, name: str, columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...]
    ) -> None:
        titles = [column.title for column in columns]
        keyed = tuple(
            replace(
                column,
                key=column.title if titles.index(column.title) == k else f"{column.title}{k}",
                value=itemgetter(k),
            )
            for k, column in enumerate(columns)
        )
        super().__init__(fields=Fields(name=name, fields=keyed), rows=rows)


def text(title: str, width: float = 12) -> Column:
    """A column of text."""
    return fields.text("", title, width=width)


def money(title: str, width: float = 12) -> Column:
    """A column of money."""
    return fields.money("", title, width=width)


def number(title: str, width: float = 8) -> Column:
    """A column of plain whole numbers."""
    return fields.number("", title, width=width)


def quarters(title: str, width: float = 10) -> Column:
    """A column counting quarters."""
    return fields.quarters("", title, width=width)


def ratio(title: str, width: float = 10) -> Column:
    """A column of ratios, shown in per cent."""
    return fields.ratio("", title, width=width)


def chance(title: str, width: float = 8) -> Column:
    """A column of chances, shown in whole per cents."""
    return fields.chance("", title, width=width)


def decimal(title: str, width: float = 9) -> Column:
    """A column of numbers with decimals whose unit is in the title."""
    return fields.decimal("", title, width=width)
