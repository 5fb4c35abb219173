"""Sheet 总览: the years against their targets, with a native chart."""

from __future__ import annotations

from portfolio.model.items import TargetKind
from portfolio.model.measures import YearMeasure
from portfolio.model.money import BPS
from portfolio.report.excel.book import (
    DARK,
    LINE,
    MID,
    ORANGE,
    RED,
    Book,
    Worksheet,
    cell,
    head_row,
    on_sheet,
    put,
    put_formula,
    put_money,
    span,
    yi,
)
from portfolio.report.excel.facts import OVERVIEW, PLAN, PLAYED, Facts
from portfolio.report.headline import headline
from portfolio.report.plain_text import lines_needed
from portfolio.report.wording import (
    carried_over_line,
    reconciliation_lines,
    scenario_name,
    year_notes,
    year_verdict,
)

HEAD = 6
NOTES, NOTES_WIDTH = 4, 140
CHART_TEXT = "柱形图：逐年计划投资、完成投资与折市重点口径；虚线为年度目标。数据见上表。"
FIRST = HEAD + 1
TITLES = (
    "年份",
    "计划投资",
    "完成投资",
    "完成率",
    "形象进度折算投资",
    "入列系数",
    "折市重点口径",
    "年度目标",
    "差额",
    "待入库",
    "结论",
)
YEAR, PLANNED, DRAWN, COMPLETION, PROGRESS, FACTOR, CONVERTED, TARGET, SHORT, LISTED, VERDICT = (
    range(11)
)


def write_overview(book: Book, facts: Facts) -> None:
    """The first sheet a director reads."""
    result = facts.result
    sheet = book.sheet(OVERVIEW, tab=DARK)
    sheet.write_string(
        0, 0, f"{result.calendar.list_name}投资总览 · {scenario_name(result)}", book.style("title")
    )
    sheet.set_row(0, 32)
    sheet.merge_range(1, 0, 1, VERDICT, "", book.style("lead"))
    sheet.write_string(1, 0, headline(result), book.style("lead"))
    sheet.set_row(1, 44)
    for row, line in enumerate(reconciliation_lines(result.portfolio), start=2):
        sheet.write_string(row, 0, line, book.made({"font_color": "#404040"}))
    notes = "".join(year_notes(result.calendar, facts.measures))
    wrapped = book.made({"font_color": "#404040", "text_wrap": True, "valign": "top"})
    sheet.merge_range(NOTES, 0, NOTES, VERDICT, "", wrapped)
    sheet.write_string(NOTES, 0, notes, wrapped)
    sheet.set_row(NOTES, LINE * lines_needed(notes, NOTES_WIDTH))
    if carried := carried_over_line(facts.measures):
        sheet.write_string(HEAD - 1, 0, carried, book.made({"font_color": "#404040"}))
    sheet.write_string(HEAD - 1, VERDICT, "单位：亿元", book.made({"align": "right"}))
    head_row(book, sheet, HEAD, TITLES)
    for row, measure in enumerate(facts.measures, start=FIRST):
        _year_row(book, sheet, row, measure, facts)
    last = FIRST + len(facts.measures) - 1
    _sum_row(book, sheet, last + 1, facts)
    sheet.set_column(0, 0, 9)
    sheet.set_column(1, 9, 13)
    sheet.set_column(VERDICT, VERDICT, 18)
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(HEAD)
    sheet.fit_to_pages(1, 1)
    _chart(book, sheet, last)


def _year_row(book: Book, sheet: Worksheet, row: int, m: YearMeasure, facts: Facts) -> None:
    money, percent = book.style("money"), book.style("percent")
    put(sheet, row, YEAR, str(m.year), book.style("centre"))
    for column, name, wan in ((PLANNED, PLAN, m.plan_wan), (DRAWN, PLAYED, m.drawn_wan)):
        layout = facts.layout_of(name)
        if m.year in layout.years:
            total = on_sheet(name, cell(layout.first_row, layout.year_column(m.year)))
            put_formula(sheet, row, column, f"={total}", yi(wan), money)
        else:
            put_money(sheet, row, column, wan, money)
    planned, drawn = cell(row, PLANNED), cell(row, DRAWN)
    put_formula(
        sheet,
        row,
        COMPLETION,
        f'=IF({planned}=0,"",{drawn}/{planned})',
        "" if m.completion is None else m.completion,
        percent,
    )
    put_money(sheet, row, PROGRESS, m.progress_wan, money)
    factor = m.inclusion_bps
    put(
        sheet,
        row,
        FACTOR,
        None if factor is None else factor / BPS,
        book.style("factor"),
    )
    if m.converted_wan is None:
        put(sheet, row, CONVERTED, None, money)
    else:
        put_formula(sheet, row, CONVERTED, converted_formula(row), yi(m.converted_wan), money)
    put_money(sheet, row, TARGET, m.target_wan, money)
    _gap_cells(book, sheet, row, m)
    tone = (
        "good"
        if m.met
        else "bad"
        if m.above_wan or (m.shortfall_wan and not m.list_runs_down)
        else ""
    )
    put(sheet, row, VERDICT, year_verdict(m), book.style("centre", tone))


def converted_formula(row: int, of: int = PROGRESS) -> str:
    """Converted investment, cut to the 万元 on whole numbers so that no binary digit decides."""
    progress, factor = cell(row, of), cell(row, FACTOR)
    return f"=INT(ROUND({progress}*10000,0)*ROUND({factor}*10000,0)/10000)/10000"


def _gap_cells(book: Book, sheet: Worksheet, row: int, m: YearMeasure) -> None:
    """差额 while the list is full and 待入库 after it; a ceiling's excess counts as 差额."""
    target, converted = cell(row, TARGET), cell(row, CONVERTED)
    judged = m.met is not None
    gap = m.shortfall_wan + m.above_wan
    if judged and m.target is not None and m.target.kind is TargetKind.FLOOR:
        open_gap = f"MAX(0,{target}-{converted})"
        style = book.style("money", "gap" if gap else "")
        if not m.list_runs_down:
            put_formula(sheet, row, SHORT, f"={open_gap}", yi(gap), style)
            put(sheet, row, LISTED, None, book.style("money"))
            return
        # Of a closed list only what the play missed against the plan is a gap, the rest 待入库.
        plan = converted_formula(row, PLANNED).removeprefix("=")
        short = f"=IF({open_gap}=0,0,MAX(0,MIN({plan},{target})-{converted}))"
        put_formula(sheet, row, SHORT, short, yi(gap), style)
        listed = f"={open_gap}-{cell(row, SHORT)}"
        put_formula(sheet, row, LISTED, listed, yi(m.to_be_listed_wan), book.style("money"))
        return
    put_money(sheet, row, SHORT, gap if judged else None, book.style("money", "gap" if gap else ""))
    put_money(sheet, row, LISTED, m.to_be_listed_wan or None, book.style("money"))


def _sum_row(book: Book, sheet: Worksheet, row: int, facts: Facts) -> None:
    """Sums of what may be summed; targets and gaps of single years are not."""
    style = book.style("money", "total")
    put(sheet, row, YEAR, "合计", book.style("centre", "total"))
    for column in range(1, VERDICT + 1):
        put(sheet, row, column, None, style)
    sums = {
        PLANNED: sum(m.plan_wan for m in facts.measures),
        DRAWN: sum(m.drawn_wan for m in facts.measures),
        PROGRESS: sum(m.progress_wan for m in facts.measures),
        CONVERTED: sum(m.converted_wan or 0 for m in facts.measures),
    }
    for column, wan in sums.items():
        formula = f"=SUM({cell(FIRST, column)}:{cell(row - 1, column)})"
        put_formula(sheet, row, column, formula, yi(wan), style)


def _chart(book: Book, sheet: Worksheet, last: int) -> None:
    columns = book.workbook.add_chart({"type": "column"})
    years = "=" + on_sheet(OVERVIEW, span(FIRST, YEAR, last, YEAR))
    for column, colour in ((PLANNED, "#BDD7EE"), (DRAWN, MID), (CONVERTED, ORANGE)):
        columns.add_series(
            {
                "name": "=" + on_sheet(OVERVIEW, cell(HEAD, column, fixed=True)),
                "categories": years,
                "values": "=" + on_sheet(OVERVIEW, span(FIRST, column, last, column)),
                "fill": {"color": colour},
                "gap": 60,
                "overlap": -5,
            }
        )
    line = book.workbook.add_chart({"type": "line"})
    line.add_series(
        {
            "name": "=" + on_sheet(OVERVIEW, cell(HEAD, TARGET, fixed=True)),
            "categories": years,
            "values": "=" + on_sheet(OVERVIEW, span(FIRST, TARGET, last, TARGET)),
            "line": {"color": RED, "width": 2.25, "dash_type": "dash"},
        }
    )
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
    sheet.insert_chart(last + 3, 0, columns, {"object_position": 2, "description": CHART_TEXT})
