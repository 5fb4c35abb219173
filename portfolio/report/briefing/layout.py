"""How large a briefing can be set so that it stays on two A4 pages.

Line spacing is exact, so a line's height does not depend on the reader's fonts; a character's
width does not either: a Chinese one is as wide as the font is high, other ones about half. So
lines, and with them pages, can be counted without a word processor.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.report.briefing.blocks import Briefing, Grid, Paragraph, Role

PAGES = 2
A4_MM = (210.0, 297.0)
#: Top, bottom, left and right.
MARGINS_MM = (19.0, 17.0, 22.0, 22.0)
#: Width and height of a drawing.
PICTURE_MM = (79.0, 46.0)
_POINTS_PER_MM = 72 / 25.4
TEXT_WIDTH = (A4_MM[0] - MARGINS_MM[2] - MARGINS_MM[3]) * _POINTS_PER_MM
TEXT_HEIGHT = (A4_MM[1] - MARGINS_MM[0] - MARGINS_MM[1]) * _POINTS_PER_MM
#: Points left and right of a cell's text, and above and below it.
CELL_SIDE, CELL_TOP = 3.0, 1.0
#: Held back of the two pages: the end of the first is seldom filled to the last line.
SPARE = 55.0
#: Word puts a little room between Chinese and other letters: a quarter of the size.
_BETWEEN = 0.25
#: Lines break before a punctuation mark that may not begin one: some room at their ends is lost.
_RAGGED = 1.015


@dataclass(frozen=True, kw_only=True)
class Face:
    """A size of letters and the exact height of a line, in points, with the room around it."""

    size: float
    line: float
    before: float = 0.0
    after: float = 0.0
    indent: int = 0


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The faces of a briefing: one for each role of a paragraph, and that of the tables."""

    faces: dict[Role, Face]
    table: Face


def layout_of(body: float, line: float) -> Layout:
    """A layout around the size of its body text."""
    small, table = min(9.5, max(8.0, body - 1.5)), min(9.0, max(7.5, body - 2))
    return Layout(
        faces={
            Role.TITLE: Face(size=body + 6, line=body * 2 + 4, after=2),
            Role.SUBTITLE: Face(size=small, line=small * 1.35, after=3),
            Role.HEADING: Face(size=body, line=line, before=3, after=0, indent=2),
            Role.BODY: Face(size=body, line=line, indent=2),
            Role.CAPTION: Face(size=small + 0.5, line=small * 1.5, before=4, after=1),
            Role.NOTE: Face(size=small, line=small * 1.3, before=2, after=2),
        },
        table=Face(size=table, line=table * 1.27),
    )


#: From 小四 down to what can still be read, each size with wider lines first.
LAYOUTS = tuple(
    layout_of(half / 2, round(half / 2 * spacing, 1))
    for half in range(24, 16, -1)
    for spacing in (1.6, 1.5, 1.4)
)
#: Letters as small as this are worth a first page that ends where the text ends.
_SMALLEST_FOR_A_CLEAN_PAGE = 10.5


def layout_for(briefing: Briefing, *, drawn: bool) -> Layout | None:
    """The layout a briefing is best set in; None where it overflows the pages in all of them.

    The largest that fits, or a smaller one by which the text fills just the first page.
    """
    fitting = [layout for layout in LAYOUTS if fits(briefing, layout, drawn=drawn)]
    for layout in fitting:
        large = layout.faces[Role.BODY].size >= _SMALLEST_FOR_A_CLEAN_PAGE
        if large and tables_apart(briefing, layout, drawn=drawn):
            return layout
    return fitting[0] if fitting else None


def text_width(text: str) -> float:
    """A text's width in parts of its size: 1 for a Chinese character, about half for others."""
    width, before = 0.0, False
    for place, char in enumerate(text):
        # Quotation marks and dashes are as wide as a character in a Chinese font (“A”).
        wide = unicodedata.east_asian_width(char) in "WFA"
        width += 1.0 if wide else 0.53
        letters = wide and char.isalpha()
        if place and letters != before and char.isalnum() and text[place - 1].isalnum():
            width += _BETWEEN
        before = letters
    return width


def lines_of(text: str, face: Face, width: float) -> int:
    """How many lines a text takes in a width in points."""
    needed = (text_width(text) + face.indent) * face.size * _RAGGED
    return max(1, math.ceil(needed / width))


def paragraph_height(paragraph: Paragraph, layout: Layout) -> float:
    """A paragraph's height in points."""
    face = layout.faces[paragraph.role]
    lines = lines_of(paragraph.plain, face, TEXT_WIDTH)
    return lines * face.line + face.before + face.after


def column_widths(grid: Grid) -> list[float]:
    """A table's columns in points: together as wide as the text."""
    columns = grid.table.columns
    whole = sum(column.width for column in columns)
    return [TEXT_WIDTH * column.width / whole for column in columns]


def grid_height(grid: Grid, layout: Layout) -> float:
    """A table's height in points with its caption and notes."""
    widths = column_widths(grid)
    height = sum(_row_height(row, widths, layout.table) for row in grid.rows)
    around = [Paragraph(text="表" + grid.caption, role=Role.CAPTION)]
    around += [Paragraph(text=note, role=Role.NOTE) for note in grid.notes]
    return height + sum(paragraph_height(paragraph, layout) for paragraph in around)


def _row_height(row: Sequence[str], widths: Sequence[float], face: Face) -> float:
    lines = (
        lines_of(text, face, width - 2 * CELL_SIDE) for text, width in zip(row, widths, strict=True)
    )
    return max(lines) * face.line + 2 * CELL_TOP + 0.5


def pictures_height(briefing: Briefing, layout: Layout, *, drawn: bool) -> float:
    """The height of the row of pictures with its captions, or of the line said in its place."""
    if not briefing.pictures:
        return 0.0
    caption = layout.faces[Role.CAPTION]
    room = 2 * caption.line + caption.before + caption.after
    return room + PICTURE_MM[1] * _POINTS_PER_MM + 4 if drawn else room


def heights(briefing: Briefing, layout: Layout, *, drawn: bool) -> tuple[float, float]:
    """The height of the text, and of the tables and pictures after it, in points."""
    text = sum(paragraph_height(paragraph, layout) for paragraph in briefing.text)
    tables = sum(grid_height(grid, layout) for grid in briefing.grids)
    return text, tables + pictures_height(briefing, layout, drawn=drawn)


def fits(briefing: Briefing, layout: Layout, *, drawn: bool) -> bool:
    """Whether text, tables and pictures stay on the two pages."""
    return sum(heights(briefing, layout, drawn=drawn)) <= PAGES * TEXT_HEIGHT - SPARE


def tables_apart(briefing: Briefing, layout: Layout, *, drawn: bool) -> bool:
    """Whether the text fills no more than the first page: then the tables begin the second."""
    text, tables = heights(briefing, layout, drawn=drawn)
    return text <= TEXT_HEIGHT and tables <= TEXT_HEIGHT - SPARE / 2
