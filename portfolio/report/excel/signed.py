"""Sheet 呈批版: what of a workbook is printed and signed, at its front; the other sheets are its annexes.

Excel and WPS print the sheet at hand unless the whole workbook is asked for: this one is at hand when
the workbook is opened. No sheet can be kept out of “打印整个工作簿” but by hiding it, so that logs,
checks and evidence have a print area of their heading alone (`kept_aside`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Generic

from portfolio.model.money import SEEN_WAN
from portfolio.model.paper import Paper
from portfolio.report.excel.book import Book, Sheet, cell_value
from portfolio.report.excel.styles import DARK
from portfolio.report.tables.fields import Field, Row, Table, Unit
from portfolio.report.words.paper import signing_line

SIGNED = "呈批版"
#: Printed pages at most; and rows of a table of which there may be any number.
MOST_PAGES, MOST_ROWS = 5, 30
#: Rows and columns of a sheet kept aside that are printed: its heading.
HEADING_ROWS, HEADING_COLUMNS = 2, 8
PRINTING = (
    "Excel、WPS 默认只打印本表；选“打印整个工作簿”时其余各表也会印出，其中 {} 只印表头"
    "（要全印，先清除该表的打印区域）。"
)


@dataclass(frozen=True, kw_only=True)
class Part(Generic[Row]):
    """A table of the page: its first rows, and the rest in a line.

    table : the gravest rows first
    whole : the sheet that has all of them
    what : how its rows are counted
    summed : money that is summed over the rows left out
    empty : what stands there without rows; "": nothing of it
    """

    heading: str
    table: Table[Row]
    whole: str = ""
    what: str = "行"
    summed: tuple[str, ...] = ()
    most: int = MOST_ROWS
    empty: str = ""


def write_signed(
    book: Book,
    title: str,
    *,
    leads: Sequence[str],
    lines: Sequence[str],
    parts: Sequence[Part[Any]],
    points: Sequence[tuple[str, Sequence[str]]],
    paper: Paper,
    aside: Sequence[str],
) -> None:
    """Write the sheet; to be the first one written, so that it stands at the front.

    leads, lines : what it comes to, and the facts; points : lines under headings, last what is next
    aside : the sheets that `kept_aside` will print the headings of
    """
    shown = [part for part in parts if part.table.rows or part.empty]
    widths = [max(each) for each in zip_longest(*(p.table.widths for p in shown), fillvalue=0.0)]
    last, wide = len(widths) - 1, sum(widths)
    sheet = book.sheet(SIGNED, tab=DARK)
    sheet.set_widths(widths)
    sheet.title(f"{title}　{SIGNED}", height=34)
    row = sheet.put_lines(1, leads, last, wide * 0.8, style="lead")
    row = sheet.put_lines(row, [*lines, "单位：亿元"], last, wide, style="line") + 1
    for part in shown:
        row = _put_part(sheet, row, part, widths) + 1
    for heading, told in points:
        if told:
            row = sheet.put_points(row, heading, told, widths) + 1
    row = sheet.put_lines(row, [signing_line(paper)], last, wide, style="line")
    sheet.put_lines(row, [PRINTING.format("、".join(aside))], last, wide)
    sheet.freeze_panes(1, 0)
    sheet.activate()
    sheet.set_first_sheet()


def first_lines(lines: Sequence[str], most: int, what: str, whole: str) -> list[str]:
    """The first of some lines, and how many more there are on the sheet that has all of them."""
    if len(lines) <= most:
        return list(lines)
    return [*lines[: most - 1], f"其余 {len(lines) - most + 1} {what}，见“{whole}”表"]


def _put_part(sheet: Sheet, row: int, part: Part[Any], widths: Sequence[float]) -> int:
    """A table under its heading; the row below it."""
    rows = part.table.rows
    shown = rows if len(rows) <= part.most else rows[: part.most - 1]
    counted = f"（{len(rows)} {part.what}）" if part.whole else ""
    row = sheet.put_heading(row, part.heading + counted)
    if not rows:
        return sheet.put_lines(row, [part.empty], len(widths) - 1, sum(widths), style="line")
    table = part.table.fields.of(shown)
    block = sheet.put_block(table, row, widths=widths)
    rest = rows[len(shown) :]
    if not rest:
        return block.last + 1
    below = block.last + 1
    for each in table.columns:
        at = block.places[each.key]
        if each.key in part.summed:
            count = sum(int(each.value(one) or 0) for one in rest)
            style = sheet.looks.style_of(Unit.MONEY, count, each.look_of(rest[0]))
            sheet.put(below, at, cell_value(each.unit, count), style, "total")
        else:
            sheet.put(below, at, None, "text", "total")
    told = f"其余 {len(rest)} {part.what}，见“{part.whole}”表"
    before = min((block.places[key] for key in part.summed), default=len(table.columns))
    first = min(block.places.values())
    sheet.put_over((below, first), (below, max(first, before - 1)), told, "text", "total")
    return below + 1


def kept_aside(book: Book, names: Sequence[str]) -> None:
    """Let nothing but their headings be printed of some sheets: they are read on the screen."""
    for name in names:
        sheet = book.workbook.get_worksheet_by_name(name)
        if sheet is not None:
            sheet.print_area(0, 0, HEADING_ROWS - 1, HEADING_COLUMNS - 1)


def nothing_unseen(table: Table[Row], keys: Collection[str]) -> Table[Row]:
    """A table whose amounts under what is seen (0.05 亿元) are 0 in some columns."""

    def seen(field: Field[Row]) -> Field[Row]:
        def value(row: Row) -> Any:
            told = field.value(row)
            return 0 if isinstance(told, int) and abs(told) < SEEN_WAN else told

        return replace(field, value=value) if field.key in keys else field

    return replace(table.fields, fields=tuple(map(seen, table.columns))).of(table.rows)


def without_formulas(table: Table[Row]) -> Table[Row]:
    """A table whose cells are plain values: what its formulas look at isn't on the page."""
    fields = tuple(replace(each, formula=None) for each in table.columns)
    return replace(table.fields, fields=fields).of(table.rows)
