"""收数清单.xlsx and 结账清单.xlsx: who owes what, who sent what, what to ask whom."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.month.close import ClosedMonth
from portfolio.model.month.returned import Asked, Weight
from portfolio.model.paper import Paper
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.styles import DARK, MID, ORANGE, RED
from portfolio.report.tables import month as tables
from portfolio.report.tables.fields import Fields
from portfolio.report.words import month as words

SUMMARY = "摘要"
WIDTHS = (26, 10, 36, 8, 8, 8, 12)


def owed_bytes(
    sent: Sequence[tables.Sent], label: str, calendar: Calendar, mark: str, paper: Paper
) -> bytes:
    """The list of who owes what for a month."""

    def fill(book: Book) -> None:
        sheet = book.sheet(tables.OWED.name, tab=DARK)
        sheet.set_paper(9)
        sheet.title(words.owed_title(label), words.owed_line(sent))
        block = sheet.put_table(tables.OWED.of(sent), 3)
        sheet.put(block.last + 1, 0, "合计", "bold", "total")
        sheet.put_sums(tables.OWED.of(sent), block, ("lines", "must", "funds"))

    return made_bytes(fill, calendar, words.owed_title(label), mark, [paper])


def close_bytes(month: ClosedMonth, calendar: Calendar, mark: str, paper: Paper) -> bytes:
    """What came of a month, and what must be mended or asked about, to be sent to each unit."""

    def fill(book: Book) -> None:
        _summary(book, month)
        sheets = month.sheets
        for name, weights, tab in (
            ("退回", (Weight.MUST,), RED),
            ("请核对", (Weight.ASK,), ORANGE),
            ("已说明", (Weight.TOLD,), MID),
        ):
            rows = [one for one in sheets.asked if one.weight in weights]
            if rows:
                _list(book, name, words.ASKED_NOTES[name], tables.ASKED, rows, tab)

    return made_bytes(fill, calendar, words.close_title(month), mark, [paper])


def _summary(book: Book, month: ClosedMonth) -> None:
    sheet = book.sheet(SUMMARY, tab=DARK)
    sheet.set_paper(9)
    sheet.set_widths(WIDTHS)
    sheet.title(words.close_title(month))
    row = sheet.put_lead(2, words.close_lead(month), WIDTHS) + 1
    points = words.close_points(month)
    if points:
        row = sheet.put_points(row, "要点", points, WIDTHS) + 1
    table = tables.UNITS.of(month.sheets.units)
    block = sheet.put_block(table, sheet.put_heading(row, "各单位"), widths=WIDTHS)
    sheet.put(block.last + 1, 0, "合计", "bold", "total")
    sheet.put_sums(table, block, ("lines", "must_mend", "to_check", "done_wan"))
    sheet.repeat_rows(block.head)


def _list(
    book: Book, name: str, note: str, fields: Fields[Asked], rows: Sequence[Asked],
    tab: str,
) -> None:  # fmt: skip
    sheet: Sheet = book.sheet(name, tab=tab)
    sheet.title(name, note)
    sheet.put_table(fields.of(rows), 3)
