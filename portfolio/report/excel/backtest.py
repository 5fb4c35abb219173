"""回测.xlsx: the card (校准), every year foretold, figures within years, the distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.paper import Paper
from portfolio.model.record.backtest import Backtest
from portfolio.model.record.conditions import Judged
from portfolio.report.excel.blocks import Block
from portfolio.report.excel.book import Book, Sheet, made_bytes
from portfolio.report.excel.styles import DARK, MID, RED, chart_title, grid_axis, legend
from portfolio.report.tables import backtest as tables
from portfolio.report.tables.fields import Table
from portfolio.report.words import backtest as words
from portfolio.report.words.paper import paper_line

CARD, FORETOLD, WITHIN, QUANTILES = "校准", "逐次预测", "年内数", "完成率分布"
#: Columns of the card.
WIDTHS = (34, 16, 14, 14, 14, 18, 14, 16)
CHART = (900, 380)


def backtest_bytes(
    test: Backtest,
    calendar: Calendar,
    judged: tuple[Judged, ...] = (),
    mark: str = "",
    papers: Sequence[Paper] = (),
) -> bytes:
    """The workbook's bytes; the same results give the same bytes."""

    def fill(book: Book) -> None:
        _card(book, test, judged, papers)
        _foretold(book, test)
        sheet = book.sheet(WITHIN, tab=MID)
        sheet.title("年内数：从年中的累计数看全年", "年内曲线与各年完成率都不含所预测的那一年。")
        sheet.put_table(tables.WITHIN.of(test.within), 3)
        _quantiles(book, test)

    return made_bytes(fill, calendar, f"{calendar.list_name}把握的回测", mark, papers)


def _card(book: Book, test: Backtest, judged: tuple[Judged, ...], papers: Sequence[Paper]) -> None:
    sheet = book.sheet(CARD, tab=DARK)
    sheet.set_widths(WIDTHS)
    sheet.title(words.title(test))
    unended = words.unended_line(test)
    lines = [*words.card_lines(test), *([] if unended is None else [unended])]
    lines += [words.basis_line(test), words.audit_line(test)]
    row = sheet.put_points(1, "逐年检验", [*lines, *words.judged_lines(judged)], WIDTHS)
    for told in test.chances:
        row = sheet.put_points(row + 1, words.chance_head(told), words.chance_notes(told), WIDTHS)
    row = _block(
        sheet, row + 1, "比朴素的预测准多少（“本模型少”为正即更准）", tables.compared(test)
    )
    row = sheet.put_lines(row - 1, [words.LAST_TIME], len(WIDTHS) - 1, sum(WIDTHS)) + 1
    seasons = words.seasons_line(test)
    if seasons is not None:
        row = _block(sheet, row, "年内数有没有用", tables.SEASONS.of(test.seasons))
        notes = [f"{seasons}。{words.profile_line(test)}"]
        row = sheet.put_lines(row, notes, len(WIDTHS) - 1, sum(WIDTHS)) + 1
    chosen = tables.choices(test.chances)
    if chosen.rows:
        row = _block(sheet, row, "各种取舍下的把握：只可作为范围引用", chosen)
    row = _block(sheet, row, "全年数的来源", tables.SOURCES.of(test.by_source))
    row = sheet.put_points(row, "不能检验的", words.UNTESTABLE, WIDTHS)
    if line := paper_line(papers):
        sheet.put_lines(row + 1, [line], len(WIDTHS) - 1, sum(WIDTHS), style="line")


def _block(sheet: Sheet, row: int, heading: str, table: Table[Any]) -> int:
    """A table under its heading; the row of the next heading."""
    return sheet.put_block(table, sheet.put_heading(row, heading), widths=WIDTHS).below


def _foretold(book: Book, test: Backtest) -> None:
    sheet = book.sheet(FORETOLD, tab=MID)
    sheet.title("逐次预测：每个地区年只用此前各年的数", "八成区间为 P10 至 P90。")
    table = tables.FORETOLD.of(sorted(test.foretold, key=lambda each: each.key[::-1]))
    block = sheet.put_table(table, 3)
    chart = sheet.new_chart("line")
    for key, colour, dash in (
        ("p90", MID, "dash"),
        ("p50", DARK, "solid"),
        ("p10", MID, "dash"),
    ):
        chart.add_series(_series(block, key, colour, dash))
    came = block.series("rate", "place")
    marker = {"type": "circle", "size": 7, "fill": {"color": RED}, "border": {"color": RED}}
    chart.add_series({**came, "line": {"none": True}, "marker": marker})
    sheet.put_chart(
        chart, (block.below, 0), CHART, title=chart_title("预测的八成区间与实际完成率"),
        axes=(grid_axis(num_format="@"), grid_axis(num_format="0%", min=0.7)),
        legend=legend(), said="逐次预测的 P10、中位、P90 与实际完成率",
    )  # fmt: skip


def _series(block: Block, key: str, colour: str, dash: str) -> dict[str, object]:
    return block.series(key, "place", line={"color": colour, "width": 1.75, "dash_type": dash})


def _quantiles(book: Book, test: Backtest) -> None:
    sheet = book.sheet(QUANTILES, tab=MID)
    sheet.title("完成率分布：还没有年内数的年份", "199 个分位数，供压力测试抽取各年完成率。")
    block = sheet.put_table(tables.quantiles(test), 3)
    chart = sheet.new_chart("scatter", "smooth")
    line = {"color": DARK, "width": 2.25}
    chart.add_series(block.unnamed("part", "rate", line=line))
    sheet.put_chart(
        chart, (3, 3), (760, 420), title=chart_title("完成率不超过横轴之值的可能"),
        axes=(grid_axis(num_format="0%"), grid_axis(num_format="0%", min=0, max=1)),
        said="完成率的累计分布",
    )  # fmt: skip
