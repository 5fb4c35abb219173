"""Sheet 大项: finish, cost and joint confidence of all together and of every item, side by side."""

from __future__ import annotations

from itertools import pairwise

from portfolio.report.excel.book import Book, on_sheet, put, title, yi
from portfolio.report.excel.check_list import Check
from portfolio.report.excel.stress_blocks import (
    Block,
    Sheet,
    placed,
    print_wide,
    put_block,
    set_widths,
)
from portfolio.report.fields import Table
from portfolio.report.stress_change import censored_note
from portfolio.report.stress_item_tables import ItemSure, item_cost_table, item_finish_table
from portfolio.report.stress_wording import ASSUMED, SURE
from portfolio.report.wording import scenario_name

HEAD = 4
#: Where each half breaks in print, from its first column: about a dozen columns a page.
FINISH_BREAK, COST_BREAK = 10, 10


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
    # Both begin with the names; the cost table leaves them out.
    lead = placed(finish, HEAD).places["work"]
    right = len(finish.columns) - lead
    # The cost table first: the finish table's name columns then stand over its own.
    block = put_block(book, page, cost, HEAD, sheet=sheet.name, first=right)
    put_block(book, page, finish, HEAD)
    set_widths(page, cost, right)
    set_widths(page, finish)
    _bands(book, sheet, (lead, len(finish.columns), right + len(cost.columns)))
    if not cost.rows:
        put(page, block.first, 0, "没有有投资的大项。", book.style("text"))
    page.autofilter(HEAD, 0, block.last, right + len(cost.columns) - 1)
    page.freeze_panes(HEAD + 1, lead)
    page.repeat_rows(HEAD)
    start = len(finish.columns)
    widths = [column.width for column in (*finish.columns, *cost.columns[lead:])]
    # The names are printed again on every page.
    print_wide(page, widths, (FINISH_BREAK, start, start + COST_BREAK), repeated=lead)
    return _checks(cost, block)


def _bands(book: Book, sheet: Sheet, ends: tuple[int, int, int]) -> None:
    """What the columns are about, over their headings."""
    band = {"bold": True, "align": "center", "font_color": "white", "border": 1}
    kinds = (("竣工", "#2F75B5"), ("造价与联合把握", "#548235"))
    for (first, end), (text, colour) in zip(pairwise(ends), kinds, strict=True):
        style = book.made({**band, "bg_color": colour, "border_color": "#FFFFFF"})
        sheet.page.merge_range(HEAD - 1, first, HEAD - 1, end - 1, text, style)


def _checks(table: Table[ItemSure], block: Block) -> list[Check]:
    """The four quadrants of every item are all its paths; the items' approved costs the whole's."""
    checks = []
    for at, row in enumerate(table.rows, start=block.first):
        others = block.seen_cells(at, ("over_only", "late_only", "over_and_late"))
        joint = row.joint
        checks.append(
            Check(
                kind=block.sheet,
                what=f"{row.no}：联合把握四象限之和 ＝ 1",
                found=f"{block.seen_cell(at, 'both')}+SUM({others})",
                again="1",
                found_value=joint.both.value
                + joint.over_only.value
                + joint.late_only.value
                + joint.over_and_late.value,
                again_value=1.0,
            )
        )
    rows = table.rows
    if len(rows) > 1 and rows[0].item is None:
        ends = (block.cell(row, "approved_wan") for row in (block.first + 1, block.last))
        checks.append(
            Check(
                kind=block.sheet,
                what="各大项批准造价之和 ＝ 全部",
                found=block.seen_cell(block.first, "approved_wan"),
                again=f"SUM({on_sheet(block.sheet, ':'.join(ends))})",
                found_value=yi(rows[0].of.approved_wan),
                again_value=yi(sum(row.of.approved_wan for row in rows[1:])),
            )
        )
    return checks
