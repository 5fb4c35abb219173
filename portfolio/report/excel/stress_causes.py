"""Sheet 成因: the delay of all paths shared out over its causes; every view sums to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from portfolio.model.study.finding import CauseShare
from portfolio.report.excel.book import RED, Book, put_formula, put_row, title
from portfolio.report.excel.check_list import Check
from portfolio.report.excel.stress_blocks import (
    GRID_LINES,
    Block,
    Sheet,
    axis,
    chart_title,
    put_block,
    put_heading,
)
from portfolio.report.stress_item_tables import item_causes_table
from portfolio.report.stress_tables import cause_shares_table
from portfolio.report.stress_wording import ASSUMED
from portfolio.report.wording import scenario_name

HEAD = 3
WIDTHS = (14, 40, *[13] * 9, 66)
CHART_ROWS = 17
CHART_CAUSES = 12


def write_causes(book: Book, sheet: Sheet) -> list[Check]:
    """By kind, by cause, by item; shares and sums by formula."""
    page, causes = sheet.page, sheet.result.findings.causes
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    title(
        book,
        page,
        f"滞后的成因 · {scenario_name(sheet.result.run)}（{ASSUMED}）",
        f"{causes.paths:,} 条路径共滞后 {causes.quarters:,} 季；每一季只记一个成因，各表之和都等于合计。"
        f"工期缩短记为负；未竣工的统计到推演期末（{sheet.result.calendar.last_play_year}Q4）。",
    )
    if not causes.by_kind:
        page.write_string(HEAD, 0, "没有滞后。", book.made({"bold": True}))
        return []
    row = put_heading(book, page, HEAD, "按类别")
    kinds = _shares(book, sheet, causes.by_kind, row)
    row = put_heading(book, page, kinds.below + 1, "按具体成因")
    each = _shares(book, sheet, causes.by_cause, row)
    _chart(book, sheet, each, HEAD)
    row = put_heading(
        book, page, max(each.below + 1, HEAD + CHART_ROWS + 2), "按大项（季，各路径合计）"
    )
    items = _items(book, sheet, row)
    page.fit_to_pages(1, 0)
    return _checks(sheet, kinds, each, items)


def _shares(book: Book, sheet: Sheet, shares: Sequence[CauseShare], row: int) -> Block:
    """A table of causes with shares and the sum by formula."""
    page, causes = sheet.page, sheet.result.findings.causes
    total = row + len(shares) + 1
    whole = f"{{quarters:${total}}}"
    share = f'IF({whole}=0,"",{{quarters}}/{whole})'
    block = put_block(
        book,
        page,
        cause_shares_table(sheet.result, shares),
        row,
        sheet=sheet.name,
        widths=dict(enumerate(WIDTHS)),
        formulas={"share": lambda _: share},
    )
    put_row(page, total, ("合计", None), book.style("text", "total"))
    style = book.style("whole", "total")
    place = block.places["quarters"]
    put_formula(page, total, place, f"={block.sum_of('quarters')}", causes.quarters, style)
    return block


def _items(book: Book, sheet: Sheet, row: int) -> Block:
    """Items by kind; each row's sum by formula."""
    table, widths = item_causes_table(sheet.result), dict(enumerate(WIDTHS))
    return put_block(book, sheet.page, table, row, sheet=sheet.name, widths=widths)


def _chart(book: Book, sheet: Sheet, block: Block, row: int) -> None:
    """The largest causes as bars, quarters a path."""
    last = min(block.last, block.first + CHART_CAUSES - 1)
    shown = replace(block, last=last)
    chart = book.workbook.add_chart({"type": "bar"})
    chart.add_series(shown.unnamed("per_path", "cause", fill={"color": RED}, gap=40))
    chart.set_title(chart_title("主要成因：每条路径平均滞后（季）"))
    chart.set_y_axis(axis(reverse=True, label_position="low", interval_unit=1))
    chart.set_x_axis(axis(num_format="#,##0", major_gridlines=GRID_LINES, label_position="high"))
    chart.set_legend({"none": True})
    chart.set_size({"width": 860, "height": 400})
    sheet.page.insert_chart(
        row, 6, chart, {"object_position": 2, "description": "最大的成因与其每条路径平均季数"}
    )


def _checks(sheet: Sheet, kinds: Block, each: Block, items: Block) -> list[Check]:
    """Every view sums to the whole."""
    quarters = sheet.result.findings.causes.quarters
    whole = kinds.seen_cell(kinds.last + 1, "quarters")
    views = (("按具体成因之和 ＝ 按类别之和", each), ("按大项之和 ＝ 按类别之和", items))
    return [
        Check(
            kind=sheet.name,
            what=what,
            found=whole,
            again=f"SUM({block.seen('quarters')})",
            found_value=quarters,
            again_value=quarters,
        )
        for what, block in views
    ]
