"""A table is declared once: each column is a `Field`, and every output picks fields by their key.

A declaration holds all that CSV, JSON, page, screen and workbook say of a table; a view is the same
table with fewer columns. Nothing refers to a column by its place or its Chinese title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Generic, TypeVar

from portfolio.model.calendar import Calendar

Cell = str | int | float | None
Row = TypeVar("Row")


class Unit(StrEnum):
    """What a column holds. Money is 万元 inside a table and 亿元 for the reader."""

    TEXT = ""
    #: A year: a number in JSON, a label without separators to a reader.
    YEAR = "年"
    MONEY = "亿元"
    RATIO = "%"
    QUARTERS = "季"
    NUMBER = "数"
    #: A chance (parts of 1), shown as whole per cents: it rests on assumptions.
    CHANCE = "把握"
    #: Any other number with decimals; its title says the unit.
    DECIMAL = "小数"


#: Units that a heading says; the others are seen in the cells or stand in the title.
IN_HEADING = (Unit.MONEY, Unit.RATIO, Unit.QUARTERS)


def plain(_: object) -> str:
    """The tone of a cell that stands out in no way."""
    return ""


def as_is(formula: str) -> str:
    """A formula that names no fields, whatever braces are in it."""
    return formula.replace("{", "{{").replace("}", "}}")


@dataclass(frozen=True, kw_only=True)
class Field(Generic[Row]):
    """A column of a table, for all outputs.

    key : its name in code and JSON, unique in its table
    title : its heading; `short` on the screen and `full` on a sheet of its own, where they differ
    value : of a row: money in 万元, ratios and chances as parts of 1, None for none
    width : in characters
    look : the style of its cells in a workbook where the unit alone does not say it (`wrap`,
        `centre`); of a row where it depends on that
    tone : what a row's cell says by colour: `good`, `bad`, `gap` or nothing
    formula : how a workbook computes it from cells of the same row, fields named by key:
        `{drawn_wan}/{plan_wan}`; of a row where it depends on that, None for a plain value
    source : where its numbers are from, if not from where the table's are
    signed : it is a difference, of which a screen shows the sign
    """

    key: str
    title: str
    value: Callable[[Row], Cell]
    unit: Unit = Unit.TEXT
    width: float = 12
    short: str = ""
    full: str = ""
    look: str | Callable[[Row], str] = ""
    tone: Callable[[Row], str] = plain
    formula: str | Callable[[Row], str | None] | None = None
    source: str = ""
    signed: bool = False

    @property
    def heading(self) -> str:
        """Title with unit, as in a file's header."""
        return f"{self.title}（{self.unit}）" if self.unit in IN_HEADING else self.title

    def look_of(self, row: Row) -> str:
        """The style of a row's cell, nothing where the unit says it."""
        return self.look(row) if callable(self.look) else self.look

    def formula_of(self, row: Row) -> str | None:
        """A row's formula, None where the cell holds a plain value."""
        return self.formula(row) if callable(self.formula) else self.formula


@dataclass(frozen=True, kw_only=True)
class Fields(Generic[Row]):
    """The columns of a table in their order, or of a view of it."""

    name: str
    fields: tuple[Field[Row], ...]

    def __post_init__(self) -> None:
        """Hold that a key names one column.

        Raises
        ------
        ValueError
            Two fields have the same key.
        """
        if len(self.by_key) != len(self.fields):
            raise ValueError(f"{self.name}: a key names two fields")

    @cached_property
    def by_key(self) -> dict[str, Field[Row]]:
        """Fields by key."""
        return {field.key: field for field in self.fields}

    def __iter__(self) -> Iterator[Field[Row]]:
        return iter(self.fields)

    def __getitem__(self, key: str) -> Field[Row]:
        return self.by_key[key]

    def view(self, *keys: str, name: str = "") -> Fields[Row]:
        """The table with these columns in this order."""
        return Fields(name=name or self.name, fields=tuple(self[key] for key in keys))

    def titled(self, calendar: Calendar) -> Fields[Row]:
        """The table with its titles, where they are templates, filled by a calendar."""
        fields = (replace(field, title=calendar.fill(field.title)) for field in self.fields)
        return Fields(name=self.name, fields=tuple(fields))

    def of(self, rows: Iterable[Row]) -> Table[Row]:
        """The table filled with rows."""
        return Table(fields=self, rows=tuple(rows))


@dataclass(frozen=True, kw_only=True)
class Table(Generic[Row]):
    """A table with its rows; what a row is only its fields know."""

    fields: Fields[Row]
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """The table's name."""
        return self.fields.name

    @property
    def columns(self) -> tuple[Field[Row], ...]:
        """The fields in their order."""
        return self.fields.fields

    @cached_property
    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        """The values row by row: 万元 as int, ratios and chances as float, text as str."""
        return tuple(tuple(field.value(row) for field in self.columns) for row in self.rows)

    @property
    def widths(self) -> list[float]:
        """The columns' widths in their order."""
        return [field.width for field in self.columns]

    def column(self, key: str) -> tuple[Cell, ...]:
        """The values of a column."""
        return tuple(map(self.fields[key].value, self.rows))

    def view(self, *keys: str, name: str = "") -> Table[Row]:
        """The same rows with these columns."""
        return self.fields.view(*keys, name=name).of(self.rows)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of column, called to declare one."""

    unit: Unit
    width: float

    def __call__(
        self,
        key: str,
        title: str,
        value: Callable[[Row], Cell] | None = None,
        width: float | None = None,
        *,
        short: str = "",
        full: str = "",
        look: str | Callable[[Row], str] = "",
        tone: Callable[[Row], str] = plain,
        formula: str | Callable[[Row], str | None] | None = None,
        source: str = "",
        signed: bool = False,
    ) -> Field[Row]:
        """A column of this kind; without `value` it holds the row's attribute named `key`."""
        return Field(
            key=key,
            title=title,
            value=value or attrgetter(key),
            unit=self.unit,
            width=self.width if width is None else width,
            short=short,
            full=full,
            look=look,
            tone=tone,
            formula=formula,
            source=source,
            signed=signed,
        )


def toned(tone: Callable[[Row], str], *fields: Field[Row]) -> Iterator[Field[Row]]:
    """Columns whose cells say by colour what their row is."""
    return (replace(field, tone=tone) for field in fields)


text = Kind(unit=Unit.TEXT, width=12)
year = Kind(unit=Unit.YEAR, width=8)
money = Kind(unit=Unit.MONEY, width=12)
number = Kind(unit=Unit.NUMBER, width=8)
quarters = Kind(unit=Unit.QUARTERS, width=10)
ratio = Kind(unit=Unit.RATIO, width=10)
chance = Kind(unit=Unit.CHANCE, width=8)
decimal = Kind(unit=Unit.DECIMAL, width=9)
