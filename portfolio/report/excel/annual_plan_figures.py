"""Sheet 要数: the key figures as numbers that can be referred to."""

from __future__ import annotations

from portfolio.model.dossier import Dossier
from portfolio.report.excel.annual_plan_layout import FIGURES
from portfolio.report.excel.annual_plan_style import height, merged, plan_style
from portfolio.report.excel.book import Book, Format, put, put_row, yi
from portfolio.report.fields import Unit
from portfolio.report.key_figures import PIECES, POINTS, KeyFigure, key_figures
from portfolio.report.wording import scenario_name

TITLE, ABOVE, HEAD = 0, 1, 2
FIRST = HEAD + 1
TITLES, WIDTHS = ("指标", "数值", "单位", "出处"), (34, 18, 12, 86)
NAME, VALUE, UNIT, SOURCE = range(4)


def write_figures(book: Book, dossier: Dossier) -> None:
    """One figure a row."""
    sheet = book.sheet(FIGURES, tab="#548235")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    heading = f"要数（情景：{scenario_name(dossier.run)}）"
    merged(sheet, (TITLE, 0), (TITLE, SOURCE), heading, plan_style(book, "title"))
    sheet.set_row(TITLE, 36)
    note = (
        "数值栏是数字，可直接引用：亿元保留到万元（四位小数），显示一位；百分比以比值存放；"
        "百分点以点数存放；没有的数写“—”。推演结果，不是批复。"
    )
    merged(sheet, (ABOVE, 0), (ABOVE, SOURCE), note, plan_style(book, "note"))
    sheet.set_row(ABOVE, height([(note, sum(WIDTHS))]))
    put_row(sheet, HEAD, TITLES, plan_style(book, "head"))
    sheet.set_row(HEAD, 24)
    for row, figure in enumerate(key_figures(dossier), start=FIRST):
        put(sheet, row, NAME, figure.name, plan_style(book, "text"))
        put(sheet, row, VALUE, number_of(figure), _style(book, figure))
        put(sheet, row, UNIT, figure.unit, plan_style(book, "centre"))
        put(sheet, row, SOURCE, figure.source, plan_style(book, "text"))
        sheet.set_row(row, height([(figure.source, WIDTHS[SOURCE])]) + 3)
    sheet.freeze_panes(FIRST, 0)
    sheet.repeat_rows(HEAD)


def number_of(figure: KeyFigure) -> float | str:
    """A figure as its cell holds it: 亿元, a ratio for %, points, a count; — for none."""
    if figure.value is None:
        return "—"
    if figure.unit == Unit.MONEY:
        return yi(int(figure.value))
    if figure.unit == POINTS:
        return float(figure.value * 100)
    return float(figure.value) if figure.unit == Unit.RATIO else int(figure.value)


def _style(book: Book, figure: KeyFigure) -> Format:
    if figure.value is None:
        return plan_style(book, "centre")
    names = {Unit.MONEY: "figure", Unit.RATIO: "percent", POINTS: "figure", PIECES: "whole"}
    return plan_style(book, names[figure.unit])
