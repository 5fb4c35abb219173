"""How the sheets of a yearly investment plan look: frames in black, as such tables are printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portfolio.model.measures.year_to_date import Batch
from portfolio.report.excel.blocks import Block
from portfolio.report.excel.book import Book, Sheet
from portfolio.report.excel.styles import EXACT, GAP, PALE, PERCENT, WHOLE, Looks
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Field, Unit
from portfolio.report.words.annual_plan import DONE_BATCH

FRAME: dict[str, Any] = {
    "border": 1,
    "border_color": "#404040",
    "valign": "vcenter",
    "font_size": 10,
}
HEADING: dict[str, Any] = {
    **FRAME,
    "bold": True,
    "align": "center",
    "text_wrap": True,
    "bg_color": PALE,
    "font_size": 9,
}
#: Each batch by fill and weight; its word stands in the cell, so that it reads without colour too.
BATCHES: dict[str, dict[str, Any]] = {
    Batch.COMPLETED: {"bg_color": "#1F3864", "font_color": "white", "bold": True},
    Batch.UNDER_WAY: {"bg_color": "#BDD7EE"},
    Batch.STARTED: {"bg_color": "#FFE699", "bold": True},
    Batch.RESERVE: {"font_color": "#595959", "italic": True},
    DONE_BATCH: {"bg_color": "#D9D9D9"},
    "": {"bg_color": "#F2F2F2"},
}
PLAIN: dict[str, Any] = {"font_size": 10, "font_color": "#404040"}
STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 20, "align": "center", "valign": "vcenter"},
    "above": {**PLAIN, "valign": "vcenter"},
    "unit": {**PLAIN, "align": "right", "valign": "vcenter"},
    "note": {**PLAIN, "text_wrap": True, "valign": "top"},
    "head": HEADING,
    "year": {**HEADING, "num_format": '0"年"'},
    "text": {**FRAME, "text_wrap": True},
    "wrap": {**FRAME, "text_wrap": True},
    "small": {**FRAME, "text_wrap": True, "font_size": 9},
    "centre": {**FRAME, "align": "center", "text_wrap": True},
    #: A small amount shows its 万元, none a dash: nothing that is there reads 0.0.
    "money": {**FRAME, "num_format": GAP},
    "figure": {**FRAME, "num_format": "#,##0.0;-#,##0.0;0.0", "align": "center"},
    "exact": {**FRAME, "num_format": EXACT},
    "percent": {**FRAME, "num_format": PERCENT, "align": "center"},
    "whole": {**FRAME, "num_format": WHOLE, "align": "center"},
    "number": {**FRAME, "num_format": WHOLE},
    "count": {**FRAME, "num_format": '0"项"', "align": "center"},
    "input": {**FRAME, "bg_color": "#FFF2CC", "text_wrap": True},
    "helper": {**FRAME, "num_format": GAP, "font_color": "#7F7F7F"},
    "helper_text": {**FRAME, "font_color": "#7F7F7F", "align": "center"},
    **{f"batch {name}": {**FRAME, "align": "center", **look} for name, look in BATCHES.items()},
}
TONES: dict[str, dict[str, Any]] = {
    "": {},
    "total": {"bold": True, "bg_color": "#D9D9D9"},
    "work": {"bold": True, "bg_color": "#F2F2F2"},
    "good": {"bold": True, "font_color": "#548235"},
    "bad": {"bold": True, "font_color": "#C00000"},
}
LOOKS = Looks(
    name="plan",
    styles=STYLES,
    tones=TONES,
    by_unit={
        **dict.fromkeys(Unit, "text"),
        Unit.MONEY: "money",
        Unit.RATIO: "percent",
        Unit.NUMBER: "whole",
    },
)
#: Rows of the title, of what stands above the table, and of its headings.
TITLE, ABOVE, HEAD = 0, 1, 2
#: Height of a line of 10 points, and what a row has besides its lines.
LINE, ROOM = 13.5, 5
#: So much more of the style “small” fits in a column than of the font its width is counted in.
SMALL = 1.18


def height(texts: Sequence[tuple[str, float]], least: int = 1) -> float:
    """Height of a row whose texts wrap in columns of the given widths."""
    lines = max([least, *(lines_needed(text, width - 1) for text, width in texts)])
    return ROOM + LINE * lines


class PlanSheet(Sheet):
    """A sheet in the looks of a yearly plan."""

    def put_above(
        self, heading: str, note: str, last: int, room: float, *, unit: bool = True
    ) -> None:
        """Title and note (with so much room) over the columns to `last`, behind it the unit."""
        self.put_over((TITLE, 0), (TITLE, last), heading, "title")
        self.set_row(TITLE, 36)
        self.put_over((ABOVE, 0), (ABOVE, last - unit), note, "note")
        if unit:
            self.put(ABOVE, last, "单位：亿元", "unit")
        self.set_row(ABOVE, height([(note, room)]))

    def put_framed(self, block: Block, fields: Iterable[Field[Any]], above: int = 0) -> None:
        """Headings of some columns; merged with so many rows above."""
        for each in fields:
            place = block.places[each.key]
            self.put_over((block.head - above, place), (block.head, place), each.title, "head")

    def put_groups(self, block: Block, groups: Mapping[str, Sequence[Field[Any]]]) -> None:
        """Headings over some columns side by side, then those of the columns below them."""
        for name, fields in groups.items():
            places, above = [block.places[each.key] for each in fields], block.head - 1
            self.put_over((above, min(places)), (above, max(places)), name, "head")
        for fields in groups.values():
            self.put_framed(block, fields)

    def put_notes(self, row: int, lines: Iterable[str], last: int, width: float) -> int:
        """Notes below each other, each over all columns; the row below."""
        for line in lines:
            self.put_over((row, 0), (row, last), line, "note")
            self.set_row(row, height([(line, width)]) - ROOM + 1)
            row += 1
        return row


def plan_sheet_of(book: Book, name: str, tab: str, zoom: int = 100) -> PlanSheet:
    """A new sheet of a yearly plan."""
    return book.sheet_of(PlanSheet, name, tab=tab, zoom=zoom, looks=LOOKS)
