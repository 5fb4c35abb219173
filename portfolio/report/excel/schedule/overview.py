"""Sheet 总览: the years against their targets, with a native chart."""

from __future__ import annotations

from functools import partial

from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import YearMeasure
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, Sheet
from portfolio.report.excel.schedule import layout as names
from portfolio.report.excel.schedule.layout import OVERVIEW, Facts, year_key
from portfolio.report.excel.schedule.units import ITEMS
from portfolio.report.excel.styles import (
    DARK,
    LINE,
    MID,
    ORANGE,
    RED,
    ROW,
    axis,
    chart_title,
    grid_axis,
    legend,
)
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables.fields import Field, Fields, Table, text
from portfolio.report.tables.list_record import READ, list_table
from portfolio.report.tables.office import UNITS
from portfolio.report.tables.run import CHANGES_TOLD, YEAR_SHEET
from portfolio.report.words import outlook
from portfolio.report.words import run as words

HEAD = 6
NOTES, NOTES_WIDTH = 4, 140
CHART_TEXT = "柱形图：逐年计划投资、完成投资与折市重点口径；虚线为年度目标。数据见上表。"
#: What may be summed; targets and gaps of single years are not.
SUMMED = ("plan_wan", "drawn_wan", "progress_wan", "converted_wan")


def years(facts: Facts) -> tuple[Table[YearMeasure], Block]:
    """The table of years and where it stands."""
    table = _fields(facts).of(facts.measures)
    return table, placed(table, HEAD, OVERVIEW)


def _fields(facts: Facts) -> Fields[YearMeasure]:
    """The columns; after facts one that tells them from play."""
    portfolio = facts.result.portfolio
    if portfolio.facts is None:
        return YEAR_SHEET
    mark: Field[YearMeasure] = text(
        "mark", "执行／推演", lambda m: outlook.year_mark(portfolio, m.year), 15, look="centre"
    )
    return Fields(name=YEAR_SHEET.name, fields=(*YEAR_SHEET.fields, mark))


def write_overview(book: Book, facts: Facts) -> None:
    """The first sheet a director reads."""
    result = facts.result
    sheet, (table, block) = book.sheet(OVERVIEW, tab=DARK), years(facts)
    last = len(table.columns) - 1
    sheet.title(f"{result.calendar.list_name}投资总览 · {words.scenario_name(result)}", height=32)
    sheet.put_over((1, 0), (1, last), words.headline(result), "lead")
    sheet.set_row(1, 44)
    for row, line in enumerate(words.reconciliation_lines(result.portfolio), start=2):
        sheet.put(row, 0, line, "dark")
    notes = "".join(words.year_notes(result.calendar, facts.measures))
    sheet.put_over((NOTES, 0), (NOTES, last), notes, "dark line")
    sheet.set_row(NOTES, LINE * lines_needed(notes, NOTES_WIDTH))
    if carried := words.carried_over_line(facts.measures):
        sheet.put(HEAD - 1, 0, carried, "dark")
    sheet.put(HEAD - 1, last, "单位：亿元", "right")
    sheet.head_row(HEAD, [field.full or field.title for field in table.columns])
    plan, played = facts.plan_sheet[1], facts.played_sheet[1]
    totals = {"plan_wan": partial(_total, plan), "drawn_wan": partial(_total, played)}
    sheet.put_rows(table, block, totals)
    sheet.put_row(block.last + 1, ("合计",), "centre", "total")
    sheet.put_row(block.last + 1, [None] * last, "money", "total", first=1)
    sheet.put_sums(table, block, SUMMED)
    sheet.set_column(0, last, 13)
    for key, width in (("year", 9), ("verdict", 18), ("mark", 15)):
        if key in block.places:
            sheet.set_column(block.places[key], block.places[key], width)
    sheet.freeze_panes(block.first, 1)
    sheet.repeat_rows(HEAD)
    sheet.fit_to_pages(1, 1)
    _chart(sheet, block)


def _total(items: Block, measure: YearMeasure) -> str | None:
    """A year's grand total on a sheet of items; None for a year it does not have."""
    key = year_key(measure.year)
    return items.seen_cell(items.first, key) if key in items.places else None


def _chart(sheet: Sheet, block: Block) -> None:
    columns = sheet.new_chart("column")
    for key, colour in (("plan_wan", "#BDD7EE"), ("drawn_wan", MID), ("converted_wan", ORANGE)):
        fill = {"color": colour}
        columns.add_series(block.series(key, "year", fill=fill, gap=60, overlap=-5))
    line = sheet.new_chart("line")
    dashed = {"color": RED, "width": 2.25, "dash_type": "dash"}
    line.add_series(block.series("target_wan", "year", line=dashed))
    columns.combine(line)
    sheet.put_chart(
        columns,
        (block.last + 3, 0),
        (1098, 420),
        title=chart_title("逐年计划、完成投资、折市重点口径与目标（亿元）"),
        axes=(axis(), grid_axis()),
        legend=legend(),
        said=CHART_TEXT,
    )


# --- Sheet 说明: what this is, where it comes from, what a scenario changed, how to read it


#: Only where anything of the list is known.
LISTED_SHEET = (names.LISTED, "重点项目名单的计划与完成（公布数），旁列本清单大项折算数")
SHEETS: tuple[tuple[str, str], ...] = (
    (names.OVERVIEW, "逐年计划、完成投资、折市重点口径与目标，附图"),
    LISTED_SHEET,
    (names.PLAN, "各大项逐年计划，工程、类别小计；可选“本年”"),
    (names.PLAYED, "同上，推演的完成投资"),
    (names.GANTT, "按季，计划与推演对照"),
    (names.SOURCES, "各渠道逐年计划与完成投资"),
    (names.GAPS, "各渠道逐年未到位的资金"),
    (names.LEDGER, "各渠道逐年额度、下达、结转、收回、失效、顺延"),
    (names.CAUSES, "滞后大项与每一季的原因"),
    (names.CHANGES, "本情景与基准的差别"),
    (names.GATES, "前置条件及其按计划、按推演放行的季度"),
    (names.EVENTS, "推演中发生的事，按时间"),
    (names.EVIDENCE, "各依据编号所指的资料"),
    (names.CHECKS, "全部合计用公式复算，差额应为零"),
)
#: Only after facts.
OUTLOOK_SHEETS = (
    (names.OUTLOOK, "执行数到截至月、推演到年末：全年、分渠道，下年与待入库"),
    (names.LATE, "滞后大项按未完成×滞后季排列，主因与填报的问题"),
)
#: Only where there are projects.
PROJECTS_SHEET = (names.PROJECTS, "大项下的项目：单位、投资、逐年安排，所属大项的竣工与滞后")
#: Only where the list tells units.
UNIT_SHEETS = (
    (UNITS, "各责任单位当年的计划、预计、缺口与滞后"),
    (ITEMS, "同上，逐个大项，可按责任单位筛选"),
)
WIDTHS = (24, 66, 30, 36)


def write_listed(book: Book, facts: Facts) -> None:
    """The yearly list of works on record; no sheet where nothing of it is known."""
    table = list_table(facts.result)
    if not table.rows:
        return
    sheet = book.sheet(names.LISTED, tab=DARK)
    sheet.title("重点项目名单：计划与完成（亿元）", READ)
    sheet.put_table(table, 3)


def write_guide(book: Book, facts: Facts) -> None:
    """The first sheet."""
    result = facts.result
    sheet = book.sheet(names.GUIDE, tab=DARK)
    sheet.set_widths(WIDTHS)
    sheet.title(f"{result.calendar.list_name}进度计划", height=34)
    sheet.put_over((1, 0), (1, 3), words.headline(result), "lead")
    sheet.set_row(1, 46)
    pairs = (
        ("情景", words.scenario_name(result)),
        ("情景说明", words.summary_text(result) or "无"),
        *((("情景来源", result.source),) if result.source else ()),
        *((("情景未包括", "；".join(result.omits)),) if result.omits else ()),
        ("情景改动", f"{len(result.changes)} 处" + ("，见本页下方" if result.changes else "")),
        *words.origin_pairs(result),
        ("随机种子", "无（本次推演不含随机因素）" if result.seed is None else str(result.seed)),
    )
    row = sheet.put_pairs(3, pairs, WIDTHS)
    for heading, lines in (
        ("口径对照", words.reconciliation_lines(result.portfolio)),
        ("怎样读", words.definition_lines(result.calendar)),
        ("哪些是假设", words.assumption_lines(result)),
    ):
        row = sheet.put_points(row + 1, heading, lines, WIDTHS)
    row = sheet.put_heading(row + 1, "情景改动（原值 → 新值）")
    after = () if result.outlook is None else OUTLOOK_SHEETS
    owned = any(item.owner is not None for item in result.portfolio.items)
    sheets = [SHEETS[0], *after, SHEETS[1], *(UNIT_SHEETS if owned else ()), *SHEETS[2:]]
    if not list_table(result).rows:
        sheets.remove(LISTED_SHEET)
    if result.portfolio.projects:
        sheets.insert([name for name, _ in sheets].index(names.GANTT) + 1, PROJECTS_SHEET)
    row = _changes(sheet, row, result)
    if result.reading:
        row = sheet.put_points(row + 1, *words.reading_points(result.reading), WIDTHS)
    sheet.put_contents(row + 1, sheets)


def _changes(sheet: Sheet, row: int, result: RunResult) -> int:
    """What the scenario changed; the row below."""
    if not result.changes:
        sheet.put(row, 0, "没有改动：按工作簿原样推演。")
        return row + 1
    sheet.set_h_pagebreaks([row - 1])
    table = CHANGES_TOLD.of(enumerate(result.changes, start=1))
    block = placed(table, row)
    sheet.put_at(table, block)
    sheet.fit_rows(table, block, WIDTHS, least=ROW)
    return block.last + 1
