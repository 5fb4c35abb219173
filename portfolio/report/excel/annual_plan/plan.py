"""Sheet 年度投资计划表: a year's plan by item and channel, its subtotals as live formulas."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.calendar import Calendar
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import drawn_by_item_wan
from portfolio.report.excel.annual_plan.layout import (
    ABOVE,
    HEAD,
    ITEM_LEVEL,
    TITLE,
    TOTAL,
    Line,
    PlanLayout,
)
from portfolio.report.excel.annual_plan.style import (
    SMALL,
    height,
    merged,
    note_lines,
    plan_cell_style,
    plan_style,
    put_groups,
    put_heads,
)
from portfolio.report.excel.blocks import placed, put_rows
from portfolio.report.excel.book import Book, Worksheet, put, put_money, yi
from portfolio.report.tables.annual_plan import AnnualPlan
from portfolio.report.tables.fields import Fields, number, text
from portfolio.report.words.annual_plan import STARTS
from portfolio.report.words.run import scenario_name

# --- Below a 年度投资计划表: what it leaves out, its totals computed once more, its notes


def _style(proof: Proof) -> str:
    return proof.style


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A total as the table has it, and as a second way gives it: formulas and stored values."""

    what: str
    found: str
    again: str
    found_value: float
    again_value: float
    style: str = "exact"

    @property
    def difference(self) -> float:
        """How far both are apart."""
        return round(self.found_value - self.again_value, 4)


PROOFS = Fields[Proof](
    name="校核",
    fields=(
        number("found", "表内数", lambda p: p.found_value, look=_style, formula=lambda p: p.found),
        number("again", "复算数", lambda p: p.again_value, look=_style, formula=lambda p: p.again),
        number("difference", "差额", look=_style, formula="ROUND({found}-{again},4)"),
        text(
            "verdict",
            "结论",
            lambda p: "×" if p.difference else "√",
            look="centre",
            tone=lambda p: "bad" if p.difference else "good",
            formula='IF({difference}=0,"√","×")',
        ),
    ),
)


def write_proof(book: Book, sheet: Worksheet, result: RunResult, layout: PlanLayout) -> int:
    """The row of what is left out and the block 校核; returns the row after them."""
    _left_out(book, sheet, layout, result.calendar)
    head, above = layout.left_out_row + 2, layout.block.places
    table = PROOFS.of(all_proofs(result, layout))
    block = placed(table, head, left=above["total_wan"])
    merged(
        sheet, (head, 0), (head, above["span"]), "校核（差额应全部为零）", plan_style(book, "head")
    )
    put_heads(book, sheet, block, table.columns)
    for row, proof in enumerate(table.rows, start=block.first):
        merged(sheet, (row, 0), (row, above["span"]), proof.what, plan_style(book, "text"))
    put_rows(book, sheet, table, block, styled=plan_cell_style)
    return block.last + 1


def _left_out(book: Book, sheet: Worksheet, layout: PlanLayout, calendar: Calendar) -> None:
    row, plan, places = layout.left_out_row, layout.plan, layout.block.places
    what, last = (
        calendar.fill("另：未列入本表的大项（推演往年已建成或<first>年起无投资，且本年无计划）"),
        places["span"],
    )
    merged(sheet, (row, 0), (row, last - 1), what, plan_style(book, "text"))
    put(sheet, row, last, len(plan.left_out), plan_style(book, "count"))
    money = plan_style(book, "money")
    put_money(sheet, row, places["total_wan"], plan.left_out_total_wan, money)
    put_money(sheet, row, places["done_before_wan"], plan.left_out_done_wan, money)
    put_money(sheet, row, places["plan_wan"], 0, money)
    width = sum(each.width for each in layout.printed if places[each.key] < last)
    sheet.set_row(row, height([(what, width)]))


def all_proofs(result: RunResult, layout: PlanLayout) -> tuple[Proof, ...]:
    """Every total of a year's table, once more."""
    return (*_plan_proofs(layout), *_whole_proofs(result, layout))


def _plan_proofs(layout: PlanLayout) -> tuple[Proof, ...]:
    """The year's plan against the run's, against its items, against its last quarter."""
    plan, block = layout.plan, layout.block
    level, last = block.column("level"), block.column("q4")
    planned = sum(row.plan_wan for row in plan.rows)
    off = sum(abs(row.quarters_wan[-1] - row.plan_wan) for row in plan.rows)
    is_item = f'({level}="{ITEM_LEVEL}")'
    total = (layout.total("plan_wan"), planned)
    return (
        _proof(
            f"{plan.year}年计划投资合计＝推演结果（run.json）中该年计划",
            total,
            (str(yi(plan.plan_wan)), plan.plan_wan),
        ),
        _proof(
            "计划投资合计＝各大项之和（不经小计）",
            total,
            (f'SUMIF({level},"{ITEM_LEVEL}",{block.column("plan_wan")})', planned),
        ),
        _proof(
            "四季度累计＝本年计划（各大项绝对差之和）",
            (f"SUMPRODUCT({is_item}*ROUND(ABS({last}-{block.column('plan_wan')}),4))", off),
            ("0", 0),
        ),
    )


def _whole_proofs(result: RunResult, layout: PlanLayout) -> tuple[Proof, ...]:
    """What is listed and what is left out, together the whole list."""
    plan, block, left = layout.plan, layout.block, layout.left_out_row
    items = result.portfolio.items
    whole = sum(item.total_wan for item in items)
    drawn = drawn_by_item_wan(result.outcome)[: plan.year - result.calendar.first_year]
    done = sum(item.earlier_wan for item in items) + int(drawn.sum())
    listed = sum(row.total_wan for row in plan.rows)
    listed_done = sum(row.done_before_wan for row in plan.rows)
    return (
        _proof(
            "总投资：列入＋未列入＝清单总投资",
            (
                f"{layout.total('total_wan')}+{block.cell(left, 'total_wan')}",
                listed + plan.left_out_total_wan,
            ),
            (str(yi(whole)), whole),
        ),
        _proof(
            f"至{plan.year - 1}年底累计完成：列入＋未列入＝推演",
            (
                f"{layout.total('done_before_wan')}+{block.cell(left, 'done_before_wan')}",
                listed_done + plan.left_out_done_wan,
            ),
            (str(yi(done)), done),
        ),
        Proof(
            what="大项数：列入＋未列入＝清单（个）",
            found=f'COUNTIF({block.column("level")},"{ITEM_LEVEL}")+{block.cell(left, "span")}',
            again=str(len(items)),
            found_value=len(plan.rows) + len(plan.left_out),
            again_value=len(items),
            style="number",
        ),
    )


def _proof(what: str, found: tuple[str, int], again: tuple[str, int]) -> Proof:
    return Proof(
        what=what,
        found=found[0],
        again=again[0],
        found_value=yi(found[1]),
        again_value=yi(again[1]),
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


def write_notes(
    book: Book, sheet: Worksheet, layout: PlanLayout, row: int, calendar: Calendar
) -> int:
    """The notes below everything; returns the row after them."""
    return note_lines(
        book,
        sheet,
        row,
        plan_notes(calendar, layout.plan.year),
        layout.block.places["remark"],
        layout.printed_width,
    )


# --- Sheet 年度投资计划表: a year's plan by item and channel, its subtotals as live formulas


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
