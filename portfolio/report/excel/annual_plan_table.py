"""Sheet 年度投资计划表: a year's plan by item and channel, its subtotals as live formulas."""

from __future__ import annotations

from portfolio.model.result import RunResult
from portfolio.report.annual_plan_tables import AnnualPlan
from portfolio.report.excel.annual_plan_layout import (
    ABOVE,
    HEAD,
    TITLE,
    TOTAL,
    Line,
    PlanLayout,
)
from portfolio.report.excel.annual_plan_proof import write_notes, write_proof
from portfolio.report.excel.annual_plan_style import (
    SMALL,
    height,
    merged,
    plan_cell_style,
    plan_style,
    put_groups,
    put_heads,
)
from portfolio.report.excel.book import Book, Worksheet, put
from portfolio.report.excel.stress_blocks import put_rows
from portfolio.report.wording import scenario_name

#: Years are digits mostly, so more of them fits than of Chinese text.
DIGITS = 1.4
#: Least height of an item's row: room to write beside the printed text.
ITEM_ROW = 23
#: So many lines are printed on a page.
PAGE_LINES = 40
#: Columns whose texts wrap, with what more fits in them than their width says.
WRAPPED = {"name": 1.0, "span": DIGITS, "goal": SMALL, "remark": SMALL}


def write_annual_plan(book: Book, result: RunResult, plan: AnnualPlan) -> None:
    """The sheet of a year."""
    layout = PlanLayout(plan)
    table, places = layout.table, layout.block.places
    sheet = book.sheet(table.name, tab="#1F3864", zoom=85)
    for each in table.columns:
        sheet.set_column(places[each.key], places[each.key], each.width)
    sheet.set_column(places["remark"] + 1, places["remark"] + 1, 2)
    _above(book, sheet, result, layout)
    _headings(book, sheet, layout)
    put_rows(book, sheet, table, layout.block, styled=plan_cell_style)
    for row, line in enumerate(table.rows, start=TOTAL):
        sheet.set_row(row, _height(line, layout))
    row = write_proof(book, sheet, result, layout)
    last = write_notes(book, sheet, layout, row + 1, result.calendar)
    sheet.freeze_panes(TOTAL, places["owner"])
    sheet.repeat_rows(HEAD - 1, HEAD)
    sheet.print_area(0, 0, last - 1, places["remark"])
    # So many pages and no more: notes alone on a last page would stand under empty headings.
    sheet.fit_to_pages(1, max(1, -(-len(table.rows) // PAGE_LINES)))


def _above(book: Book, sheet: Worksheet, result: RunResult, layout: PlanLayout) -> None:
    """Title, origin, unit."""
    year, last = layout.plan.year, layout.block.places["remark"]
    name = f"重大项目{year}年度投资计划表（推演口径，情景：{scenario_name(result)}）"
    merged(sheet, (TITLE, 0), (TITLE, last), name, plan_style(book, "title"))
    sheet.set_row(TITLE, 36)
    origin = (
        f"输入工作簿：{result.workbook}　推演结果，不是批复。"
        "计划各列为推演前的年度安排；建设性质、起止年限、累计完成与到位率为推演。"
    )
    merged(sheet, (ABOVE, 0), (ABOVE, last - 1), origin, plan_style(book, "above"))
    put(sheet, ABOVE, last, "单位：亿元", plan_style(book, "unit"))
    sheet.set_row(ABOVE, 20)


def _headings(book: Book, sheet: Worksheet, layout: PlanLayout) -> None:
    """Two levels: 资金来源 over its channels, 季度计划 over the quarters."""
    block = layout.block
    put_heads(book, sheet, block, layout.single, above=1)
    groups = {"资金来源": layout.sources, "季度计划（累计）": layout.quarters}
    put_groups(book, sheet, block, groups)
    put_groups(book, sheet, block, {"辅助列（不打印）": layout.helpers})
    sheet.set_row(HEAD - 1, 22)
    sheet.set_row(HEAD, height([(each.title, each.width) for each in layout.sources], 2))


def _height(line: Line, layout: PlanLayout) -> float:
    """A row as high as its texts need."""
    fields = [layout.table.fields[key] for key in WRAPPED]
    texts = [(str(f.value(line) or ""), f.width * WRAPPED[f.key]) for f in fields]
    return max(ITEM_ROW, height(texts)) if line.item else height(texts) + 2
