"""Sheet 滞后原因: every quarter of delay with its cause; the causes sum to the delay."""

from __future__ import annotations

from portfolio.report.excel.book import LINE, RED, Book, title
from portfolio.report.excel.facts import CAUSES, Facts
from portfolio.report.excel.stress_blocks import Block, placed, put_rows, put_titles, set_widths
from portfolio.report.fields import Table
from portfolio.report.plain_text import lines_needed
from portfolio.report.run_tables import LATE, ItemRow, late_rows

HEAD = 3


def late_items(facts: Facts) -> tuple[Table[ItemRow], Block]:
    """The late items and where they stand."""
    table = LATE.of(late_rows(facts.result))
    return table, placed(table, HEAD, CAUSES)


def write_causes(book: Book, facts: Facts) -> None:
    """One row a late item, one column a kind of cause, and the story in words."""
    sheet, (table, block) = book.sheet(CAUSES, tab=RED), late_items(facts)
    on_time = len(facts.result.portfolio.items) - len(table.rows)
    title(
        book,
        sheet,
        f"滞后原因：{len(table.rows)} 个大项滞后，{on_time} 个按期或提前",
        "滞后的每一季只记一个原因，各原因之和等于滞后季数；"
        f"未竣工的大项统计到推演期末（{facts.result.calendar.last_play_year}Q4）。",
    )
    put_titles(book, sheet, table, block)
    put_rows(book, sheet, table, block)
    for at, row in enumerate(table.rows, start=block.first):
        lines = lines_needed(row.story, int(table.fields["story"].width) - 2)
        sheet.set_row(at, 2 + LINE * lines)
    if not table.rows:
        sheet.write_string(block.first, 0, "没有滞后的大项。", book.made({"bold": True}))
    set_widths(sheet, table)
    sheet.freeze_panes(block.first, block.places["name"] + 1)
    sheet.repeat_rows(HEAD)
