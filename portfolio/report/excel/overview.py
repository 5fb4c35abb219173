"""Sheet 总览: the years against their targets, with a native chart."""

from __future__ import annotations

from functools import partial

from portfolio.model.measures import YearMeasure
from portfolio.report.excel.book import (
    DARK,
    LINE,
    MID,
    ORANGE,
    RED,
    Book,
    Worksheet,
    head_row,
    put_row,
)
from portfolio.report.excel.facts import OVERVIEW, Facts, year_key
from portfolio.report.excel.stress_blocks import Block, placed, put_rows, put_sums
from portfolio.report.fields import Table
from portfolio.report.headline import headline
from portfolio.report.plain_text import lines_needed
from portfolio.report.run_tables import YEAR_SHEET
from portfolio.report.wording import (
    carried_over_line,
    reconciliation_lines,
    scenario_name,
    year_notes,
)

HEAD = 6
NOTES, NOTES_WIDTH = 4, 140
CHART_TEXT = "柱形图：逐年计划投资、完成投资与折市重点口径；虚线为年度目标。数据见上表。"
#: What may be summed; targets and gaps of single years are not.
SUMMED = ("plan_wan", "drawn_wan", "progress_wan", "converted_wan")


def years(facts: Facts) -> tuple[Table[YearMeasure], Block]:
    """The table of years and where it stands."""
    table = YEAR_SHEET.of(facts.measures)
    return table, placed(table, HEAD, OVERVIEW)


def write_overview(book: Book, facts: Facts) -> None:
    """The first sheet a director reads."""
    result = facts.result
    sheet, (table, block) = book.sheet(OVERVIEW, tab=DARK), years(facts)
    last_column = len(table.columns) - 1
    name = f"{result.calendar.list_name}投资总览 · {scenario_name(result)}"
    sheet.write_string(0, 0, name, book.style("title"))
    sheet.set_row(0, 32)
    sheet.merge_range(1, 0, 1, last_column, "", book.style("lead"))
    sheet.write_string(1, 0, headline(result), book.style("lead"))
    sheet.set_row(1, 44)
    for row, line in enumerate(reconciliation_lines(result.portfolio), start=2):
        sheet.write_string(row, 0, line, book.made({"font_color": "#404040"}))
    notes = "".join(year_notes(result.calendar, facts.measures))
    wrapped = book.made({"font_color": "#404040", "text_wrap": True, "valign": "top"})
    sheet.merge_range(NOTES, 0, NOTES, last_column, "", wrapped)
    sheet.write_string(NOTES, 0, notes, wrapped)
    sheet.set_row(NOTES, LINE * lines_needed(notes, NOTES_WIDTH))
    if carried := carried_over_line(facts.measures):
        sheet.write_string(HEAD - 1, 0, carried, book.made({"font_color": "#404040"}))
    sheet.write_string(HEAD - 1, last_column, "单位：亿元", book.made({"align": "right"}))
    head_row(book, sheet, HEAD, [field.full or field.title for field in table.columns])
    plan, played = facts.plan_sheet[1], facts.played_sheet[1]
    totals = {"plan_wan": partial(_total, plan), "drawn_wan": partial(_total, played)}
    put_rows(book, sheet, table, block, totals)
    put_row(sheet, block.last + 1, ("合计",), book.style("centre", "total"))
    put_row(sheet, block.last + 1, [None] * last_column, book.style("money", "total"), 1)
    put_sums(book, sheet, table, block, SUMMED)
    sheet.set_column(0, last_column, 13)
    for key, width in (("year", 9), ("verdict", 18)):
        sheet.set_column(block.places[key], block.places[key], width)
    sheet.freeze_panes(block.first, 1)
    sheet.repeat_rows(HEAD)
    sheet.fit_to_pages(1, 1)
    _chart(book, sheet, block)


def _total(items: Block, measure: YearMeasure) -> str | None:
    """A year's grand total on a sheet of items; None for a year it does not have."""
    key = year_key(measure.year)
    return items.seen_cell(items.first, key) if key in items.places else None


def _chart(book: Book, sheet: Worksheet, block: Block) -> None:
    columns = book.workbook.add_chart({"type": "column"})
    for key, colour in (("plan_wan", "#BDD7EE"), ("drawn_wan", MID), ("converted_wan", ORANGE)):
        fill = {"color": colour}
        columns.add_series(block.series(key, "year", fill=fill, gap=60, overlap=-5))
    line = book.workbook.add_chart({"type": "line"})
    dashed = {"color": RED, "width": 2.25, "dash_type": "dash"}
    line.add_series(block.series("target_wan", "year", line=dashed))
    columns.combine(line)
    font = {"name": "等线", "size": 10}
    columns.set_title(
        {
            "name": "逐年计划、完成投资、折市重点口径与目标（亿元）",
            "name_font": {"name": "等线", "size": 13, "bold": True},
        }
    )
    columns.set_x_axis({"num_font": font})
    columns.set_y_axis(
        {
            "num_font": font,
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}},
        }
    )
    columns.set_legend({"position": "bottom", "font": font})
    columns.set_size({"width": 1098, "height": 420})
    sheet.insert_chart(
        block.last + 3, 0, columns, {"object_position": 2, "description": CHART_TEXT}
    )
