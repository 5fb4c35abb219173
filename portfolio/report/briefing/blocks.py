"""What a briefing is made of, before anything is laid out: paragraphs, tables, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from portfolio.report.fields import Table, Unit
from portfolio.report.render import shown_text


class Role(Enum):
    """What a paragraph is for; the layout gives each its font and size."""

    TITLE = auto()
    SUBTITLE = auto()
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
class GridColumn:
    """A column of a table: its title, its part of the width, and whether it holds figures."""

    title: str
    width: int
    figures: bool = False


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table of ready texts with its caption; the caption says the unit."""

    caption: str
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


#: The look of a column of texts that are figures.
FIGURES = "figures"


def grid_of(table: Table[Any], caption: str, notes: tuple[str, ...] = ()) -> Grid:
    """A table as texts; widths are parts of the whole."""
    return Grid(
        caption=caption,
        columns=tuple(
            GridColumn(
                title=field.title,
                width=int(field.width),
                figures=field.unit is Unit.MONEY or field.look == FIGURES,
            )
            for field in table.columns
        ),
        rows=tuple(
            tuple(shown_text(field.value(row), field.unit) for field in table.columns)
            for row in table.rows
        ),
        notes=notes,
    )


@dataclass(frozen=True, kw_only=True)
class YearBar:
    """A year's converted investment and target, 万元; `met` None where it is not judged."""

    year: int
    converted_wan: int
    target_wan: int | None
    met: bool | None


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
    bars: tuple[YearBar, ...] | tuple[CauseBar, ...]


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """A briefing's content: the text, then the tables and pictures it refers to.

    footer : where the figures are from; stands on every page
    """

    title: str
    text: tuple[Paragraph, ...]
    grids: tuple[Grid, ...]
    pictures: tuple[Picture, ...]
    footer: str
