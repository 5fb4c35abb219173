"""Sheet 大项: finish, cost and joint confidence of all together and of every item, side by side."""

from __future__ import annotations

from portfolio.report.excel.book import Book, cell, on_sheet, put, put_formula, title, yi
from portfolio.report.excel.check_list import Check
from portfolio.report.excel.stress_blocks import (
    Block,
    Sheet,
    print_wide,
    put_block,
    set_widths,
)
from portfolio.report.stress_change import censored_note
from portfolio.report.stress_item_tables import (
    PERCENTS,
    all_and_items,
    item_cost_table,
    item_finish_table,
)
from portfolio.report.stress_wording import ASSUMED, SURE
from portfolio.report.wording import scenario_name

HEAD = 4
#: Columns both tables begin with; the cost table leaves them out.
LEAD = 2
#: Where each half breaks in print, from its first column: about a dozen columns a page.
FINISH_BREAK, COST_BREAK = 10, 10
#: In `item_cost_table`.
APPROVED, COST, BOTH, QUADRANTS, RESERVE = 4, 5, 15, 18, 21


def write_items(book: Book, sheet: Sheet) -> list[Check]:
    """One row an item: when it finishes, what it costs, how sure both are."""
    page = sheet.page
    title(
        book,
        page,
        f"大项的竣工、造价与联合把握 · {scenario_name(sheet.result.run)}（{ASSUMED}；亿元，季）",
        f"{SURE}。P80：五条路径中约四条不超过此数。联合把握：造价不超批准数且竣工不晚于计划。"
        "关键度：处在决定末项竣工的链条上的把握。造价准备：该分位造价超出批准造价的部分。",
    )
    note = censored_note(sheet.result)
    if note is not None:
        page.write_string(2, 0, note, book.made({"font_color": "#595959"}))
    finish, cost = item_finish_table(sheet.result), item_cost_table(sheet.result)
    right = len(finish.columns) - LEAD
    # The cost table first: the finish table's name columns then stand over its own.
    block = put_block(book, page, cost, HEAD, first=right)
    put_block(book, page, finish, HEAD)
    set_widths(page, cost, right)
    set_widths(page, finish)
    _bands(book, sheet, len(finish.columns), right + len(cost.columns) - 1)
    _reserves(book, sheet, block, right)
    page.autofilter(HEAD, 0, block.last, right + len(cost.columns) - 1)
    page.freeze_panes(HEAD + 1, LEAD)
    page.repeat_rows(HEAD)
    start = len(finish.columns)
    widths = [column.width for column in (*finish.columns, *cost.columns[LEAD:])]
    # The names are printed again on every page.
    print_wide(page, widths, (FINISH_BREAK, start, start + COST_BREAK), repeated=LEAD)
    return _checks(sheet, block, right)


def _bands(book: Book, sheet: Sheet, finish_end: int, last: int) -> None:
    """What the columns are about, over their headings."""
    band = {"bold": True, "align": "center", "font_color": "white", "border": 1}
    for first, end, text, colour in (
        (LEAD, finish_end - 1, "竣工", "#2F75B5"),
        (finish_end, last, "造价与联合把握", "#548235"),
    ):
        style = book.made({**band, "bg_color": colour, "border_color": "#FFFFFF"})
        sheet.page.merge_range(HEAD - 1, first, HEAD - 1, end, text, style)


def _reserves(book: Book, sheet: Sheet, block: Block, right: int) -> None:
    """The reserves by formula: the percentile's cost over the approved one."""
    for k, row in enumerate(all_and_items(sheet.result)):
        r = block.first + k
        for percent, column in ((70, RESERVE), (80, RESERVE + 1)):
            reserve = dict(row.reserve_wan).get(percent, 0)
            at = cell(r, right + COST + PERCENTS.index(percent))
            formula = f"=MAX(0,{at}-{cell(r, right + APPROVED)})"
            put_formula(sheet.page, r, right + column, formula, yi(reserve), book.style("money"))
    if not all_and_items(sheet.result):
        put(sheet.page, block.first, 0, "没有有投资的大项。", book.style("text"))


def _checks(sheet: Sheet, block: Block, right: int) -> list[Check]:
    """The four quadrants of every item are all its paths; the items' approved costs the whole's."""
    checks = []
    rows = all_and_items(sheet.result)
    for k, row in enumerate(rows):
        r = block.first + k
        both = on_sheet(sheet.name, cell(r, right + BOTH))
        others = f"{cell(r, right + QUADRANTS)}:{cell(r, right + QUADRANTS + 2)}"
        joint = row.joint
        name = "全部" if row.item_no is None else str(row.item_no)
        checks.append(
            Check(
                kind=sheet.name,
                what=f"{name}：联合把握四象限之和 ＝ 1",
                found=f"{both}+SUM({on_sheet(sheet.name, others)})",
                again="1",
                found_value=joint.both.value
                + joint.over_only.value
                + joint.late_only.value
                + joint.over_and_late.value,
                again_value=1.0,
            )
        )
    if len(rows) > 1 and rows[0].item_no is None:
        column = right + APPROVED
        below = on_sheet(sheet.name, f"{cell(block.first + 1, column)}:{cell(block.last, column)}")
        checks.append(
            Check(
                kind=sheet.name,
                what="各大项批准造价之和 ＝ 全部",
                found=on_sheet(sheet.name, cell(block.first, column)),
                again=f"SUM({below})",
                found_value=yi(rows[0].approved_wan),
                again_value=yi(sum(row.approved_wan for row in rows[1:])),
            )
        )
    return checks
