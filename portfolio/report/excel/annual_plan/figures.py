"""Sheet 要数: the key figures as numbers that can be referred to."""

from __future__ import annotations

from portfolio.model.dossier import Dossier
from portfolio.report.excel.annual_plan.layout import FIGURES
from portfolio.report.excel.annual_plan.style import (
    height,
    merged,
    plan_cell_style,
    plan_style,
    put_heads,
)
from portfolio.report.excel.blocks import placed, put_rows, set_widths, total_width
from portfolio.report.excel.book import Book
from portfolio.report.words.meeting import KEY_FIGURE_SHEET, key_figures
from portfolio.report.words.run import scenario_name

TITLE, ABOVE, HEAD = 0, 1, 2


def write_figures(book: Book, dossier: Dossier) -> None:
    """One figure a row."""
    sheet, table = book.sheet(FIGURES, tab="#548235"), KEY_FIGURE_SHEET.of(key_figures(dossier))
    block, last = placed(table, HEAD), len(table.columns) - 1
    set_widths(sheet, table)
    heading = f"要数（情景：{scenario_name(dossier.run)}）"
    merged(sheet, (TITLE, 0), (TITLE, last), heading, plan_style(book, "title"))
    sheet.set_row(TITLE, 36)
    note = (
        "数值栏是数字，可直接引用：亿元保留到万元（四位小数），显示一位；百分比以比值存放；"
        "百分点以点数存放；没有的数写“—”。推演结果，不是批复。"
    )
    merged(sheet, (ABOVE, 0), (ABOVE, last), note, plan_style(book, "note"))
    sheet.set_row(ABOVE, height([(note, total_width([each.width for each in table.columns]))]))
    put_heads(book, sheet, block, table.columns)
    sheet.set_row(HEAD, 24)
    put_rows(book, sheet, table, block, styled=plan_cell_style)
    for row, figure in enumerate(table.rows, start=block.first):
        sheet.set_row(row, height([(figure.source, table.fields["source"].width)]) + 3)
    sheet.freeze_panes(block.first, 0)
    sheet.repeat_rows(HEAD)
