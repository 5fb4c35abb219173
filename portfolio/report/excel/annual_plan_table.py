"""Sheet 年度投资计划表: a year's plan by item and channel, its subtotals as live formulas."""

from __future__ import annotations

from portfolio.model.result import RunResult
from portfolio.report.annual_plan_tables import AnnualPlan, PlanRow
from portfolio.report.excel.annual_plan_layout import (
    ABOVE,
    DONE,
    HEAD,
    ITEM_LEVEL,
    NAME,
    NATURE,
    NUMBER,
    OWNER,
    PLAN,
    QUARTERS,
    SPAN,
    SUM,
    TITLE,
    TOTAL,
    TOTAL_LEVEL,
    WHOLE,
    Line,
    PlanLayout,
    plan_sheet,
)
from portfolio.report.excel.annual_plan_proof import write_notes, write_proof
from portfolio.report.excel.annual_plan_style import SMALL, height, merged, plan_style
from portfolio.report.excel.book import (
    Book,
    Worksheet,
    cell,
    put,
    put_formula,
    put_money,
    yi,
)
from portfolio.report.wording import scenario_name

#: Years are digits mostly, so more of them fits than of Chinese text.
DIGITS = 1.4
#: Least height of an item's row: room to write beside the printed text.
ITEM_ROW = 23
#: So many lines are printed on a page.
PAGE_LINES = 40
TONES = {TOTAL_LEVEL: "total", "工程": "work", ITEM_LEVEL: ""}
HEADINGS = {
    NUMBER: "序号",
    NAME: "项目名称",
    OWNER: "责任单位",
    NATURE: "建设\n性质",
    SPAN: "建设起止\n年限",
    WHOLE: "总投资",
}


def write_annual_plan(book: Book, result: RunResult, plan: AnnualPlan) -> None:
    """The sheet of a year."""
    layout = PlanLayout(plan)
    sheet = book.sheet(plan_sheet(plan.year), tab="#1F3864", zoom=85)
    for column, width in layout.widths.items():
        sheet.set_column(column, column, width)
    _above(book, sheet, result, layout)
    _headings(book, sheet, result, layout)
    for row, line in enumerate(layout.lines, start=TOTAL):
        _line(book, sheet, row, line, layout, result)
    row = write_proof(book, sheet, result, layout)
    last = write_notes(book, sheet, layout, row + 1, result.calendar)
    sheet.freeze_panes(TOTAL, OWNER)
    sheet.repeat_rows(HEAD, HEAD + 1)
    sheet.print_area(0, 0, last - 1, layout.remark)
    # So many pages and no more: notes alone on a last page would stand under empty headings.
    sheet.fit_to_pages(1, max(1, -(-len(layout.lines) // PAGE_LINES)))


def _above(book: Book, sheet: Worksheet, result: RunResult, layout: PlanLayout) -> None:
    """Title, origin, unit."""
    year = layout.plan.year
    name = f"重大项目{year}年度投资计划表（推演口径，情景：{scenario_name(result)}）"
    merged(sheet, (TITLE, 0), (TITLE, layout.remark), name, plan_style(book, "title"))
    sheet.set_row(TITLE, 36)
    origin = (
        f"输入工作簿：{result.workbook}　推演结果，不是批复。"
        "计划各列为推演前的年度安排；建设性质、起止年限、累计完成与到位率为推演。"
    )
    merged(sheet, (ABOVE, 0), (ABOVE, layout.goal), origin, plan_style(book, "above"))
    put(sheet, ABOVE, layout.remark, "单位：亿元", plan_style(book, "unit"))
    sheet.set_row(ABOVE, 20)


def _headings(book: Book, sheet: Worksheet, result: RunResult, layout: PlanLayout) -> None:
    """Two levels: 资金来源 over its channels, 季度计划 over the quarters."""
    head, year = plan_style(book, "head"), layout.plan.year
    single = {
        **HEADINGS,
        DONE: f"至{year - 1}年底\n累计完成投资",
        PLAN: f"{year}年\n计划投资",
        layout.rate: "到位率",
        layout.goal: "年度建设目标",
        layout.remark: "备注",
    }
    for column, text in single.items():
        merged(sheet, (HEAD, column), (HEAD + 1, column), text, head)
    merged(sheet, (HEAD, SUM), (HEAD, layout.quarter - 1), "资金来源", head)
    quarters = (HEAD, layout.quarter), (HEAD, layout.rate - 1)
    merged(sheet, *quarters, "季度计划（累计）", head)
    names = ("合计", *layout.channel_names(result.portfolio))
    for column, name in enumerate((*names, *QUARTERS), start=SUM):
        put(sheet, HEAD + 1, column, name, head)
    merged(sheet, (HEAD, layout.needed), (HEAD, layout.level), "辅助列（不打印）", head)
    for k, name in enumerate(("资金需求", "到位资金", "层级")):
        put(sheet, HEAD + 1, layout.needed + k, name, head)
    sheet.set_row(HEAD, 22)
    sheet.set_row(HEAD + 1, height([(name, layout.widths[layout.channel]) for name in names], 2))


def _line(
    book: Book, sheet: Worksheet, row: int, line: Line, layout: PlanLayout, result: RunResult
) -> None:
    tone = TONES[line.level]
    if line.level == ITEM_LEVEL:
        _item_texts(book, sheet, row, line.rows[0], layout, result)
    else:
        _subtotal_texts(book, sheet, row, line, layout)
    amounts = [layout.amounts(each) for each in line.rows]
    for column in layout.money_columns:
        wan = sum(each[column] for each in amounts)
        helper = column in (layout.needed, layout.arrived)
        style = plan_style(book, "helper" if helper else "money", tone)
        if line.level == ITEM_LEVEL or not line.rows:
            put_money(sheet, row, column, wan, style)
        else:
            below = f"{cell(row + 1, column)}:{cell(line.last_row, column)}"
            put_formula(sheet, row, column, f"=SUBTOTAL(9,{below})", yi(wan), style)
    _derived(book, sheet, row, line, layout)
    put(sheet, row, layout.level, line.level, plan_style(book, "helper_text", tone))


def _derived(book: Book, sheet: Worksheet, row: int, line: Line, layout: PlanLayout) -> None:
    """What follows from a row's own cells: 合计, 本年计划投资, 到位率."""
    tone = TONES[line.level]
    money, plan = plan_style(book, "money", tone), sum(each.plan_wan for each in line.rows)
    if layout.plan.channels:
        channels = f"{cell(row, layout.channel)}:{cell(row, layout.quarter - 1)}"
        put_formula(sheet, row, SUM, f"=SUM({channels})", yi(plan), money)
    else:
        put_money(sheet, row, SUM, plan, money)
    put_formula(sheet, row, PLAN, f"={cell(row, SUM)}", yi(plan), money)
    arrived, needed = (
        sum(each.arrived_wan for each in line.rows),
        sum(each.needed_wan for each in line.rows),
    )
    put_formula(
        sheet,
        row,
        layout.rate,
        f'=IF({cell(row, layout.needed)}=0,"",{cell(row, layout.arrived)}/{cell(row, layout.needed)})',
        arrived / needed if needed else "",
        plan_style(book, "percent", tone),
    )


def _item_texts(
    book: Book, sheet: Worksheet, row: int, item: PlanRow, layout: PlanLayout, result: RunResult
) -> None:
    known = result.portfolio.items[item.index]
    put(sheet, row, NUMBER, known.no, plan_style(book, "centre"))
    put(sheet, row, NAME, known.name, plan_style(book, "text"))
    put(sheet, row, OWNER, None, plan_style(book, "input"))
    put(sheet, row, NATURE, item.nature, plan_style(book, "centre"))
    put(sheet, row, SPAN, item.span, plan_style(book, "centre"))
    put(sheet, row, layout.goal, item.goal, plan_style(book, "small"))
    put(sheet, row, layout.remark, item.remark, plan_style(book, "small"))
    widths = layout.widths
    texts = [
        (known.name, widths[NAME]),
        (item.span, widths[SPAN] * DIGITS),
        (item.goal, widths[layout.goal] * SMALL),
        (item.remark, widths[layout.remark] * SMALL),
    ]
    sheet.set_row(row, max(ITEM_ROW, height(texts)))


def _subtotal_texts(book: Book, sheet: Worksheet, row: int, line: Line, layout: PlanLayout) -> None:
    tone = TONES[line.level]
    put(sheet, row, NUMBER, line.number, plan_style(book, "centre", tone))
    count = f"（{len(line.rows)}项）"
    put(sheet, row, NAME, line.label + count, plan_style(book, "text", tone))
    for column in (OWNER, NATURE, SPAN, layout.goal, layout.remark):
        put(sheet, row, column, None, plan_style(book, "text", tone))
    sheet.set_row(row, height([(line.label + count, layout.widths[NAME])]) + 2)
