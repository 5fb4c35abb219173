"""Sheets 年度投资计划 and 年度完成投资: items by year, subtotals as live formulas."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.report.excel.book import (
    HEADINGS,
    ROW,
    Book,
    Worksheet,
    cell,
    on_sheet,
    put,
    put_formula,
    title,
)
from portfolio.report.excel.facts import (
    CHOICE_COLUMN,
    CHOICE_ROW,
    DEPTH,
    PLAN,
    PLAYED,
    Facts,
    Node,
    year_key,
)
from portfolio.report.excel.stress_blocks import Block, put_rows, set_widths
from portfolio.report.fields import Table

#: Up to so many rows are printed on one page.
ONE_PAGE_ROWS = 110
#: Helper columns behind the table that nobody reads.
HIDDEN = ("level", "work", "category", "group")


def write_plan(book: Book, facts: Facts) -> None:
    """The yearly investment plan."""
    sheet = book.sheet(PLAN, tab="#2F75B5", zoom=85)
    note = "计划为推演前的年度安排；工程、类别小计为公式。黄色格可选“本年”，右侧三列随之变化。"
    title(book, sheet, f"{PLAN}（亿元）", note)
    table, block = facts.plan_sheet
    _choice_label(book, sheet, "本年（可选）：")
    sheet.write_number(CHOICE_ROW, CHOICE_COLUMN, facts.shown_year, book.style("input"))
    years = facts.plan_years
    ends = (block.cell(block.head, year_key(year), fixed=True) for year in (years[0], years[-1]))
    chosen = (CHOICE_ROW, CHOICE_COLUMN) * 2
    sheet.data_validation(*chosen, {"validate": "list", "source": f"={':'.join(ends)}"})
    _write(book, sheet, table, block, years, "计划")


def write_played(book: Book, facts: Facts) -> None:
    """The same for what the play completed."""
    sheet = book.sheet(PLAYED, tab="#2F75B5", zoom=85)
    note = "按情景推演的完成投资（含造价变化）；“总投资”为推演造价，含 <first> 年前已完成。"
    note = facts.result.calendar.fill(note)
    title(book, sheet, f"{PLAYED}（亿元）", note)
    _choice_label(book, sheet, f"本年（随{PLAN}）：")
    source = f"={on_sheet(PLAN, cell(CHOICE_ROW, CHOICE_COLUMN, fixed=True))}"
    put_formula(sheet, CHOICE_ROW, CHOICE_COLUMN, source, facts.shown_year, book.style("centre"))
    _write(book, sheet, *facts.played_sheet, facts.years, "完成")


def _choice_label(book: Book, sheet: Worksheet, label: str) -> None:
    sheet.write_string(CHOICE_ROW, CHOICE_COLUMN - 1, label, book.made({"align": "right"}))


def _headings(
    book: Book, sheet: Worksheet, table: Table[Node], block: Block, years: Sequence[int], word: str
) -> None:
    """The headings that stay, the years as numbers, and the block that follows the chosen year."""
    style, head = book.style("head"), block.head
    sheet.set_row(head, HEADINGS)
    numbers = {year_key(year): year for year in years}
    for key, year in numbers.items():
        put(sheet, head, block.places[key], year, book.style("year"))
    choice, titles = cell(CHOICE_ROW, CHOICE_COLUMN, fixed=True), dict[str, str]()
    for field in table.columns:
        if field.title and field.key not in numbers:
            titles[field.key] = field.title
    titles["part"] = titles.pop("part")
    shown = years[table.rows[0].shown]
    for key, heading in titles.items():
        put(sheet, head, block.places[key], heading, style)
    for key, formula, heading in (
        ("earlier_wan", f'="至"&({choice}-1)&"年底累计{word}"', f"至{shown - 1}年底累计{word}"),
        ("this_year_wan", f'={choice}&"年{word}"', f"{shown}年{word}"),
    ):
        put_formula(sheet, head, block.places[key], formula, heading, style)


def _write(
    book: Book, sheet: Worksheet, table: Table[Node], block: Block, years: Sequence[int], word: str
) -> None:
    _headings(book, sheet, table, block, years, word)
    put_rows(book, sheet, table, block)
    for node in table.rows:
        sheet.set_row(node.at, ROW, None, {"level": DEPTH[node.level]})
    set_widths(sheet, table)
    for key in HIDDEN:
        place = block.places[key]
        sheet.set_column(place, place, table.fields[key].width, None, {"hidden": True})
    names = block.places["label"]
    sheet.freeze_panes(block.first, names + 1)
    sheet.repeat_rows(block.head)
    sheet.repeat_columns(0, names)
    sheet.print_area(0, 0, block.last, block.places["since_wan"])
    sheet.fit_to_pages(1, 1 if len(table.rows) <= ONE_PAGE_ROWS else 0)
    sheet.outline_settings(True, False, True, False)
