"""Sheets 全年预计 and 滞后排序: facts, the play of the year's rest, what follows; only after facts."""

from __future__ import annotations

from portfolio.model.money import WAN_PER_YI
from portfolio.report.excel.book import Book
from portfolio.report.excel.schedule.layout import LATE, OUTLOOK, Facts
from portfolio.report.excel.styles import ORANGE
from portfolio.report.tables import outlook as tables
from portfolio.report.tables.fields import Fields, Unit, number, text
from portfolio.report.tables.outlook import Figure
from portfolio.report.words import outlook as words
from portfolio.report.words.run import EXECUTED, PLAYED

WIDTHS = (34, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13)
LOOKS = {Unit.MONEY: "money", Unit.RATIO: "percent", Unit.YEAR: "centre"}


def _value(figure: Figure) -> float | int | None:
    if figure.value is None or isinstance(figure.value, str):
        return None
    return figure.value / WAN_PER_YI if figure.unit is Unit.MONEY else figure.value


FIGURES = Fields[Figure](
    name=OUTLOOK,
    fields=(
        text("name", "指标", width=34),
        number("value", "数值", _value, 14, look=lambda figure: LOOKS[figure.unit]),
        text("unit", "单位", lambda figure: str(figure.unit), 13, look="centre"),
        text("about", "说明", width=13, look="text"),
    ),
)


def write_outlook(book: Book, facts: Facts) -> None:
    """The year in which facts end, and all its late items; no sheet without facts."""
    result = facts.result
    seen = result.outlook
    if seen is None:
        return
    sheet = book.sheet(OUTLOOK, tab=ORANGE)
    sheet.set_widths(WIDTHS)
    sheet.title(f"{seen.year} 年全年预计：{EXECUTED}到 {seen.months} 月底，其后{PLAYED}")
    lines = (*words.answer_lines(result, seen), *words.finding_lines(result, seen))
    row = sheet.put_lines(1, lines, len(WIDTHS) - 1, sum(WIDTHS), style="line")
    row = sheet.put_heading(row + 1, "全年与下年")
    row = sheet.put_block(FIGURES.of(tables.figures(seen)), row, widths=WIDTHS).below
    row = sheet.put_heading(row, "分渠道")
    sheet.put_block(tables.channel_outlook(seen), row, widths=WIDTHS)
    sheet.fit_to_pages(1, 1)
    late = book.sheet(LATE, tab=ORANGE)
    late.title("滞后大项排序", "按未完成×滞后季排列；尾工、尾款不计，执行数已竣工的不计。")
    late.put_table(tables.delayed_table(result, seen.delayed), 3)
