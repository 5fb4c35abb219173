"""预测打分.xlsx: the card and its tables, and every forecast beside what came."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.calendar import Calendar
from portfolio.model.paper import Paper
from portfolio.model.record.archive import Way
from portfolio.model.record.score import Line, Scored
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.styles import DARK, MID
from portfolio.report.tables import score as tables
from portfolio.report.tables.fields import Fields
from portfolio.report.words import score as words
from portfolio.report.words.paper import paper_line

CARD, HELD, FINISHES = "打分", "逐条", "竣工"
#: Columns of the card.
WIDTHS = (18, 10, 14, 10, 14, 14, 12, 14, 14, 14)


def score_bytes(
    scored: Scored, calendar: Calendar, mark: str = "", papers: Sequence[Paper] = ()
) -> bytes:
    """The workbook's bytes; the same score gives the same bytes."""

    def fill(book: Book) -> None:
        _card(book, scored, calendar, papers)
        sheet = book.sheet(HELD, tab=MID)
        sheet.title("逐条：存档的预测与实际", "金额单位：亿元；八成区间为 P10 至 P90。")
        rows = (*scored.years, *scored.items)
        sheet.put_table(tables.held_fields(calendar).of(rows), 3)
        if scored.finishes:
            sheet = book.sheet(FINISHES, tab=MID)
            sheet.title("竣工：存档的预测与实际", "只列预测的 P90 已过去的。")
            sheet.put_table(tables.finish_fields(calendar).of(scored.finishes), 3)

    return made_bytes(fill, calendar, f"{calendar.list_name}存档预测的打分", mark, papers)


def _card(book: Book, scored: Scored, calendar: Calendar, papers: Sequence[Paper]) -> None:
    sheet = book.sheet(CARD, tab=DARK)
    sheet.set_widths(WIDTHS)
    sheet.title(words.title(scored, calendar), "金额单位：亿元。")
    row = sheet.put_points(3, "结果", words.card_lines(scored, calendar), WIDTHS) + 1
    for way in Way:
        for name, fields, lines in (
            (f"全年合计，{way}，按离年末的月数", tables.HORIZONS, scored.by_horizon(scored.years, way)),
            (f"各大项全年，{way}，按离年末的月数", tables.HORIZONS, scored.by_horizon(scored.items, way)),
            (f"各大项全年，{way}，按工程", tables.KINDS, scored.by_kind(way)),
        ):  # fmt: skip
            row = _block(sheet, row, name, fields, lines)
    row = _block(sheet, row, "竣工，按工程", tables.FINISHES, scored.finishes_by_kind())
    row = sheet.put_points(row, "怎样看", words.NOTES, WIDTHS)
    if line := paper_line(papers):
        sheet.put_lines(row + 1, [line], len(WIDTHS) - 1, sum(WIDTHS), style="line")


def _block(
    sheet: Sheet, row: int, heading: str, fields: Fields[Line], lines: Sequence[Line]
) -> int:
    """A table under its heading; the row of the next heading."""
    if not lines:
        return row
    table = fields.of(lines)
    return sheet.put_block(table, sheet.put_heading(row, heading), widths=WIDTHS).below
