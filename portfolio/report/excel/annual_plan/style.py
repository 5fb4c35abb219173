"""How the sheets of a yearly investment plan look: frames in black, as such tables are printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portfolio.model.measures.year_to_date import Batch
from portfolio.report.excel.blocks import Block
from portfolio.report.excel.book import EXACT, GAP, PALE, PERCENT, WHOLE, Book, Format, Worksheet
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Cell, Field, Unit
from portfolio.report.words.annual_plan import DONE_BATCH

FRAME: dict[str, Any] = {
    "border": 1,
    "border_color": "#404040",
    "valign": "vcenter",
    "font_size": 10,
}
HEAD: dict[str, Any] = {
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
    "title": {"bold": True, "font_size": 20, "align": "center", "valign": "vcenter"},
    "above": {**PLAIN, "valign": "vcenter"},
    "unit": {**PLAIN, "align": "right", "valign": "vcenter"},
    "note": {**PLAIN, "text_wrap": True, "valign": "top"},
    "head": HEAD,
    "year": {**HEAD, "num_format": '0"年"'},
    "text": {**FRAME, "text_wrap": True},
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
_BY_UNIT = {Unit.MONEY: "money", Unit.RATIO: "percent", Unit.NUMBER: "whole"}
#: Height of a line of 10 points, and what a row has besides its lines.
LINE, ROOM = 13.5, 5
#: So much more of the style “small” fits in a column than of the font its width is counted in.
SMALL = 1.18


def plan_style(book: Book, name: str, tone: str = "") -> Format:
    """A format of these sheets, made once."""
    key = (f"plan:{name}", tone)
    if key not in book.formats:
        book.formats[key] = book.made({**STYLES[name], **TONES[tone]})
    return book.formats[key]


def plan_cell_style(book: Book, unit: Unit, _: Cell, look: str = "", tone: str = "") -> Format:
    """How a cell looks: by `look` if given, else by its unit."""
    return plan_style(book, look or _BY_UNIT.get(unit, "text"), tone)


def put_heads(
    book: Book, sheet: Worksheet, block: Block, fields: Iterable[Field[Any]], above: int = 0
) -> None:
    """Headings of some columns; merged with so many rows above."""
    head = plan_style(book, "head")
    for each in fields:
        place = block.places[each.key]
        merged(sheet, (block.head - above, place), (block.head, place), each.title, head)


def put_groups(
    book: Book, sheet: Worksheet, block: Block, groups: Mapping[str, Sequence[Field[Any]]]
) -> None:
    """Headings over some columns side by side, then those of the columns below them."""
    for name, fields in groups.items():
        places, above = [block.places[each.key] for each in fields], block.head - 1
        first, last = (above, min(places)), (above, max(places))
        merged(sheet, first, last, name, plan_style(book, "head"))
    for fields in groups.values():
        put_heads(book, sheet, block, fields)


def height(texts: Sequence[tuple[str, float]], least: int = 1) -> float:
    """Height of a row whose texts wrap in columns of the given widths."""
    lines = max([least, *(lines_needed(text, width - 1) for text, width in texts)])
    return ROOM + LINE * lines


def merged(
    sheet: Worksheet, first: tuple[int, int], last: tuple[int, int], text: str, style: Format
) -> None:
    """A text over some cells, merged where they are more than one."""
    if first == last:
        sheet.write_string(*first, text, style)
        return
    sheet.merge_range(*first, *last, "", style)
    sheet.write_string(*first, text, style)


def note_lines(
    book: Book, sheet: Worksheet, row: int, lines: Sequence[str], last_column: int, width: float
) -> int:
    """Notes below each other, each over all columns; returns the row after them."""
    style = plan_style(book, "note")
    for line in lines:
        merged(sheet, (row, 0), (row, last_column), line, style)
        sheet.set_row(row, height([(line, width)]) - ROOM + 1)
        row += 1
    return row
