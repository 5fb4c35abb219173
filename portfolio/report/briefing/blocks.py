"""What a briefing is made of, before anything is laid out: paragraphs, tables, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Any

from portfolio.model.money import yi_text
from portfolio.report.tables.fields import Cell, Field, Table, Unit
from portfolio.report.words.reallocation import signed_yi


class Role(Enum):
    """What a paragraph is for; the layout gives each its font and size."""

    TITLE = auto()
    SUBTITLE = auto()
    LEAD = auto()
    HEADING = auto()
    BODY = auto()
    CAPTION = auto()
    NOTE = auto()


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Text in one role; `lead` is its first words, set off from the rest."""

    text: str
    role: Role = Role.BODY
    lead: str = ""

    @property
    def plain(self) -> str:
        """The paragraph as one string."""
        return self.lead + self.text


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table with its caption, which says the unit; the fields' widths are parts of the whole."""

    caption: str
    table: Table[Any]
    notes: tuple[str, ...] = ()

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The headings, then the rows, as texts."""
        columns = self.table.columns
        heads = tuple(field.short or field.title for field in columns)
        rows = (
            tuple(_text(field, value) for field, value in zip(columns, cells, strict=True))
            for cells in self.table.cells
        )
        return heads, *rows

    @property
    def figures(self) -> tuple[bool, ...]:
        """Which columns hold figures, to the right."""
        return tuple(f.unit is Unit.MONEY or f.look == "right" for f in self.table.columns)


def _text(field: Field[Any], value: Cell) -> str:
    if value is None:
        return "—"
    if field.unit is Unit.MONEY:
        return (signed_yi if field.signed else yi_text)(int(value))
    return str(value)


@dataclass(frozen=True, kw_only=True)
class YearBar:
    """A year's converted investment and target, 万元; `met` None where it is not judged."""

    year: int
    converted_wan: int
    target_wan: int | None
    met: bool | None


@dataclass(frozen=True, kw_only=True)
class PairBar:
    """A year's money in the baseline's play and under the scenario, 万元."""

    year: int
    base_wan: int
    drawn_wan: int


@dataclass(frozen=True, kw_only=True)
class CauseBar:
    """A cause of delay and the quarters it took from all late items."""

    name: str
    quarters: int


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing's data, with its caption and what it shows in words."""

    caption: str
    words: str
    bars: tuple[YearBar, ...] | tuple[PairBar, ...] | tuple[CauseBar, ...]


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """A briefing's content: the text, then the tables and pictures it refers to.

    footer : where the figures are from; stands on every page
    made : who made it, when, and its number; stands below it
    closing : the text behind the tables and pictures
    """

    title: str
    text: tuple[Paragraph, ...]
    grids: tuple[Grid, ...]
    pictures: tuple[Picture, ...]
    footer: str
    made: str = ""
    closing: tuple[Paragraph, ...] = ()
