"""Sheet 总览: the years against their targets, with a native chart."""

from __future__ import annotations

from functools import partial

from portfolio.model.measures.years import YearMeasure
from portfolio.report.excel.blocks import Block, placed, put_rows, put_sums
from portfolio.report.excel.book import (
    DARK,
    LINE,
    MID,
    ORANGE,
    RED,
    ROW,
    Book,
    Worksheet,
    head_row,
    put,
    put_row,
)
from portfolio.report.excel.schedule import layout as names
from portfolio.report.excel.schedule.layout import OVERVIEW, Facts, year_key
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Table
from portfolio.report.tables.run import YEAR_SHEET
from portfolio.report.words.run import (
    assumption_lines,
    carried_over_line,
    change_note,
    definition_lines,
    headline,
    reconciliation_lines,
    scenario_name,
    summary_text,
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


# --- Sheet 说明: what this is, where it comes from, what a scenario changed, how to read it


SHEETS: tuple[tuple[str, str], ...] = (
    (names.OVERVIEW, "逐年计划、完成投资、折市重点口径与目标，附图"),
    (names.PLAN, "各大项逐年计划，工程、类别小计；可选“本年”"),
    (names.PLAYED, "同上，推演的完成投资"),
    (names.GANTT, "按季，计划与推演对照"),
    (names.SOURCES, "各渠道逐年计划与完成投资"),
    (names.GAPS, "各渠道逐年未到位的资金"),
    (names.LEDGER, "各渠道逐年额度、下达、结转、收回、失效"),
    (names.CAUSES, "滞后大项与每一季的原因"),
    (names.CHANGES, "本情景与基准的差别"),
    (names.GATES, "前置条件及其按计划、按推演放行的季度"),
    (names.EVENTS, "推演中发生的事，按时间"),
    (names.EVIDENCE, "各依据编号所指的资料"),
    (names.CHECKS, "全部合计用公式复算，差额应为零"),
)
WIDTHS = (24, 66, 30, 36)


def write_guide(book: Book, facts: Facts) -> None:
    """The first sheet."""
    result = facts.result
    sheet = book.sheet(names.GUIDE, tab="#1F3864")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"{result.calendar.list_name}进度计划", book.style("title"))
    sheet.set_row(0, 34)
    sheet.merge_range(1, 0, 1, 3, "", book.style("lead"))
    sheet.write_string(1, 0, headline(result), book.style("lead"))
    sheet.set_row(1, 46)
    row = _pairs(
        book,
        sheet,
        3,
        (
            ("情景", scenario_name(result)),
            ("情景说明", summary_text(result) or "无"),
            *((("情景来源", result.source),) if result.source else ()),
            *((("情景未包括", "；".join(result.omits)),) if result.omits else ()),
            ("情景改动", f"{len(result.changes)} 处" + ("，见本页下方" if result.changes else "")),
            ("输入工作簿", result.workbook),
            ("输入文件 SHA-256", result.workbook_sha256),
            ("程序版本", result.version),
            ("随机种子", "无（本次推演不含随机因素）" if result.seed is None else str(result.seed)),
        ),
    )
    row = _paragraphs(book, sheet, row + 1, "口径对照", reconciliation_lines(result.portfolio))
    row = _paragraphs(book, sheet, row + 1, "怎样读", definition_lines(result.calendar))
    row = _paragraphs(book, sheet, row + 1, "哪些是假设", assumption_lines(result))
    row = _changes(book, sheet, row + 1, facts)
    _contents(book, sheet, row + 1)
    sheet.fit_to_pages(1, 0)


def _pairs(book: Book, sheet: Worksheet, row: int, pairs: tuple[tuple[str, str], ...]) -> int:
    for label, value in pairs:
        put(sheet, row, 0, label, book.made({"bold": True, "valign": "top"}))
        sheet.merge_range(row, 1, row, 3, "", book.style("line"))
        sheet.write_string(row, 1, value, book.style("line"))
        sheet.set_row(row, 2 + LINE * lines_needed(value, sum(WIDTHS[1:])))
        row += 1
    return row


def _paragraphs(
    book: Book, sheet: Worksheet, row: int, heading: str, lines: tuple[str, ...]
) -> int:
    sheet.write_string(row, 0, heading, book.style("subtitle"))
    sheet.set_row(row, 22)
    for line in lines:
        row += 1
        sheet.merge_range(row, 0, row, 3, "", book.style("line"))
        sheet.write_string(row, 0, f"· {line}", book.style("line"))
        sheet.set_row(row, 2 + LINE * lines_needed(line, sum(WIDTHS)))
    return row + 1


def _contents(book: Book, sheet: Worksheet, row: int) -> None:
    sheet.write_string(row, 0, "各表内容", book.style("subtitle"))
    sheet.set_row(row, 22)
    link = book.made({"font_color": "#0563C1", "underline": 1})
    for name, meaning in SHEETS:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, 1, meaning, book.made({}))


def _changes(book: Book, sheet: Worksheet, row: int, facts: Facts) -> int:
    changes = facts.result.changes
    sheet.write_string(row, 0, "情景改动（原值 → 新值）", book.style("subtitle"))
    sheet.set_row(row, 22)
    if not changes:
        sheet.write_string(row + 1, 0, "没有改动：按工作簿原样推演。", book.made({}))
        return row + 2
    sheet.set_h_pagebreaks([row])
    head_row(book, sheet, row + 1, ["序号", "改动的量", "原值 → 新值", "出处、备注"])
    for k, change in enumerate(changes, start=1):
        put(sheet, row + 1 + k, 0, k, book.style("centre"))
        place = f"{change.place} {change_note(change) or ''}".strip()
        values = (change.quantity, f"{change.old} → {change.new}", place)
        for column, value in enumerate(values, start=1):
            put(sheet, row + 1 + k, column, value, book.style("wrap"))
        lines = max(
            lines_needed(value, width - 2) for value, width in zip(values, WIDTHS[1:], strict=True)
        )
        sheet.set_row(row + 1 + k, max(ROW, 2 + LINE * lines))
    return row + 2 + len(changes)
