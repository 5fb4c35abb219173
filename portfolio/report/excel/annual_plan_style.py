"""How the sheets of a yearly investment plan look: frames in black, as such tables are printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.report.excel.book import EXACT, GAP, PALE, PERCENT, WHOLE, Book, Format, Worksheet
from portfolio.report.plain_text import lines_needed

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
}
TONES: dict[str, dict[str, Any]] = {
    "": {},
    "total": {"bold": True, "bg_color": "#D9D9D9"},
    "work": {"bold": True, "bg_color": "#F2F2F2"},
    "good": {"bold": True, "font_color": "#548235"},
    "bad": {"bold": True, "font_color": "#C00000"},
}
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
