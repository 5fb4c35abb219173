"""Sheet 年度投资计划表: a year's plan by item and channel, its subtotals as live formulas."""

from __future__ import annotations

from portfolio.model.calendar import Calendar
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import drawn_by_item_wan
from portfolio.model.paper import Paper
from portfolio.report.excel.annual_plan.layout import HEAD, ITEM_LEVEL, TOTAL, Line, PlanLayout
from portfolio.report.excel.annual_plan.sheet import (
    ABOVE,
    SMALL,
    TITLE,
    PlanSheet,
    height,
    plan_sheet_of,
)
from portfolio.report.excel.blocks import placed
from portfolio.report.excel.book import Book, yi
from portfolio.report.excel.check_list import CHECK_FIELDS, Check, money_check
from portfolio.report.tables.annual_plan import AnnualPlan
from portfolio.report.words.annual_plan import STARTS
from portfolio.report.words.paper import signing_line
from portfolio.report.words.run import scenario_name

# --- Below a 年度投资计划表: what it leaves out, its totals computed once more, its notes


PROOFS = CHECK_FIELDS.view("found", "again", "less", "verdict")
VERDICT = 'IF({less}=0,"√","×")'


def write_proof(sheet: PlanSheet, result: RunResult, layout: PlanLayout) -> int:
    """The row of what is left out and the block 校核; returns the row after them."""
    _left_out(sheet, layout, result.calendar)
    head, above = layout.left_out_row + 2, layout.block.places
    proofs = all_proofs(result, layout)
    table = PROOFS.of(enumerate(proofs))
    block = placed(table, head, left=above["total_wan"])
    sheet.put_over((head, 0), (head, above["span"]), "校核（差额应全部为零）", "head")
    sheet.put_framed(block, table.columns)
    for row, proof in enumerate(proofs, start=block.first):
        sheet.put_over((row, 0), (row, above["span"]), proof.what, "text")
    sheet.put_rows(table, block, {"verdict": lambda _: VERDICT})
    return block.last + 1


def _left_out(sheet: PlanSheet, layout: PlanLayout, calendar: Calendar) -> None:
    row, plan, places = layout.left_out_row, layout.plan, layout.block.places
    what = "另：未列入本表的大项（推演往年已建成或<first>年起无投资，且本年无计划）"
    what, last = calendar.fill(what), places["span"]
    sheet.put_over((row, 0), (row, last - 1), what, "text")
    sheet.put(row, last, len(plan.left_out), "count")
    for key, wan in (
        ("total_wan", plan.left_out_total_wan),
        ("done_before_wan", plan.left_out_done_wan),
        ("plan_wan", 0),
    ):
        sheet.put_money(row, places[key], wan, "money")
    width = sum(each.width for each in layout.printed if places[each.key] < last)
    sheet.set_row(row, height([(what, width)]))


def all_proofs(result: RunResult, layout: PlanLayout) -> tuple[Check, ...]:
    """Every total of a year's table, once more."""
    return (*_plan_proofs(layout), *_whole_proofs(result, layout))


def _plan_proofs(layout: PlanLayout) -> tuple[Check, ...]:
    """The year's plan against the run's, against its items, against its last quarter."""
    plan, block, name = layout.plan, layout.block, layout.table.name
    level, last, planned = (block.column(key) for key in ("level", "q4", "plan_wan"))
    wan = sum(row.plan_wan for row in plan.rows)
    off = sum(abs(row.quarters_wan[-1] - row.plan_wan) for row in plan.rows)
    apart = f'SUMPRODUCT(({level}="{ITEM_LEVEL}")*ROUND(ABS({last}-{planned}),4))'
    total, again = layout.total("plan_wan"), f'SUMIF({level},"{ITEM_LEVEL}",{planned})'
    stated = f"{plan.year}年计划投资合计＝推演结果（run.json）中该年计划"
    return (
        money_check(name, stated, total, str(yi(plan.plan_wan)), wan, plan.plan_wan),
        money_check(name, "计划投资合计＝各大项之和（不经小计）", total, again, wan),
        money_check(name, "四季度累计＝本年计划（各大项绝对差之和）", apart, "0", off, 0),
    )


def _whole_proofs(result: RunResult, layout: PlanLayout) -> tuple[Check, ...]:
    """What is listed and what is left out, together the whole list."""
    plan, block, left = layout.plan, layout.block, layout.left_out_row
    items, name = result.portfolio.items, layout.table.name
    whole = sum(item.total_wan for item in items)
    drawn = drawn_by_item_wan(result.outcome)[: plan.year - result.calendar.first_year]
    done = sum(item.earlier_wan for item in items) + int(drawn.sum())
    listed = sum(row.total_wan for row in plan.rows) + plan.left_out_total_wan
    listed_done = sum(row.done_before_wan for row in plan.rows) + plan.left_out_done_wan

    def both(key: str) -> str:
        return f"{layout.total(key)}+{block.cell(left, key)}"

    return (
        money_check(
            name,
            "总投资：列入＋未列入＝清单总投资",
            both("total_wan"),
            str(yi(whole)),
            listed,
            whole,
        ),
        money_check(
            name,
            f"至{plan.year - 1}年底累计完成：列入＋未列入＝推演",
            both("done_before_wan"),
            str(yi(done)),
            listed_done,
            done,
        ),
        Check(
            kind=name,
            what="大项数：列入＋未列入＝清单（个）",
            found=f'COUNTIF({block.column("level")},"{ITEM_LEVEL}")+{block.cell(left, "span")}',
            again=str(len(items)),
            found_value=len(plan.rows) + len(plan.left_out),
            again_value=len(items),
            look="number",
        ),
    )


def plan_notes(calendar: Calendar, year: int) -> tuple[str, ...]:
    """How the columns are to be read."""
    notes = (
        f"注：1. 总投资为工作簿中的批准数；{year}年计划投资、资金来源、季度计划为推演前的年度安排"
        "（已知年份照列，其余由投资节奏推算，为假设）。季度计划为年初至该季度末累计，"
        "各渠道分别按“全年×季度÷4”向下取整到万元后相加。",
        f"2. 建设性质、建设起止年限按推演的开工、竣工年份：建成＝{year}年竣工；新开工＝{year}年开工且当年不竣工；"
        f"续建＝往年已开工（<first>年前已有投资的视为往年开工）且{year}年不竣工；前期＝{year}年底仍未开工；"
        f"已建成＝推演往年已竣工而计划在本年仍有安排。{STARTS}",
        f"3. 至{year - 1}年底累计完成投资为推演的完成投资，含<first>年前已完成和造价变化，可能高于总投资。",
        "4. 到位率＝到位资金÷资金需求，只计有额度的渠道（统筹、上级指定、专属；贷款、债券等随资本金的渠道没有额度，"
        "不计）。资金需求＝上年结转＋年初需要；到位资金＝上年结转＋当年下达中当年到位的部分（含其他渠道代付；"
        "推迟到下年的不计）。当年没有需求的不填。资金需求按推演进度计算，含往年欠到位而补要的部分，与本年计划不同。",
        "5. 年度建设目标为年底应达到的形象进度（按批准造价，含<first>年前投资，超概不算进度）：括号前按计划，"
        "推演与之不同的在括号内。责任单位（黄色格）由使用单位填写。",
    )
    return tuple(calendar.fill(note) for note in notes)


# --- Sheet 年度投资计划表: a year's plan by item and channel, its subtotals as live formulas


#: Years are digits mostly, so more of them fits than of Chinese text.
DIGITS = 1.4
#: Least height of an item's row: room to write beside the printed text.
ITEM_ROW = 23
#: So many lines are printed on a page.
PAGE_LINES = 40
#: Columns whose texts wrap, with what more fits in them than their width says.
WRAPPED = {"name": 1.0, "code": SMALL, "owner": 1.0, "span": DIGITS, "goal": SMALL, "remark": SMALL}


def write_annual_plan(book: Book, result: RunResult, plan: AnnualPlan, paper: Paper) -> None:
    """The sheet of a year, to be signed."""
    layout = PlanLayout(plan)
    table, places = layout.table, layout.block.places
    sheet = plan_sheet_of(book, table.name, "#1F3864", 85)
    for each in table.columns:
        sheet.set_column(places[each.key], places[each.key], each.width)
    sheet.set_column(places["remark"] + 1, places["remark"] + 1, 2)
    _above(sheet, result, layout)
    _headings(sheet, layout)
    sheet.put_rows(table, layout.block)
    for row, line in enumerate(table.rows, start=TOTAL):
        sheet.set_row(row, _height(line, layout))
    row = write_proof(sheet, result, layout)
    notes, remark = plan_notes(result.calendar, plan.year), places["remark"]
    signed = [signing_line(paper)] if paper.number else []
    last = sheet.put_notes(row + 1, [*notes, *signed], remark, layout.printed_width)
    sheet.freeze_panes(TOTAL, places["owner"])
    sheet.repeat_rows(HEAD - 1, HEAD)
    sheet.print_area(0, 0, last - 1, remark)
    # So many pages and no more: notes alone on a last page would stand under empty headings.
    sheet.fit_to_pages(1, max(1, -(-len(table.rows) // PAGE_LINES)))


def _above(sheet: PlanSheet, result: RunResult, layout: PlanLayout) -> None:
    """Title, origin, unit."""
    year, last = layout.plan.year, layout.block.places["remark"]
    name = f"重大项目{year}年度投资计划表（推演口径，情景：{scenario_name(result)}）"
    sheet.put_over((TITLE, 0), (TITLE, last), name, "title")
    sheet.set_row(TITLE, 36)
    origin = (
        f"输入工作簿：{result.workbook}　推演结果，不是批复。"
        "计划各列为推演前的年度安排；建设性质、起止年限、累计完成与到位率为推演。"
    )
    sheet.put_over((ABOVE, 0), (ABOVE, last - 1), origin, "above")
    sheet.put(ABOVE, last, "单位：亿元", "unit")
    sheet.set_row(ABOVE, 20)


def _headings(sheet: PlanSheet, layout: PlanLayout) -> None:
    """Two levels: 资金来源 over its channels, 季度计划 over the quarters."""
    block = layout.block
    sheet.put_framed(block, layout.single, above=1)
    groups = {"资金来源": layout.sources, "季度计划（累计）": layout.quarters}
    sheet.put_groups(block, groups)
    sheet.put_groups(block, {"辅助列（不打印）": layout.helpers})
    sheet.set_row(HEAD - 1, 22)
    sheet.set_row(HEAD, height([(each.title, each.width) for each in layout.sources], 2))


def _height(line: Line, layout: PlanLayout) -> float:
    """A row as high as its texts need."""
    fields = [each for each in layout.table.fields if each.key in WRAPPED]
    texts = [(str(f.value(line) or ""), f.width * WRAPPED[f.key]) for f in fields]
    return max(ITEM_ROW, height(texts)) if line.item else height(texts) + 2
