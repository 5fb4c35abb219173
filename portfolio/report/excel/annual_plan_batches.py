"""Sheets 分批一览, 分批清单, 分批汇总: who is 投产, 建设, 开工, 储备 in which year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from portfolio.model.batches import Batch
from portfolio.model.result import RunResult
from portfolio.report.annual_plan_tables import Batches, batches
from portfolio.report.annual_plan_wording import DONE_BATCH, STARTS, batch_text, span_text
from portfolio.report.excel.annual_plan_layout import BATCH_GRID, BATCH_LIST
from portfolio.report.excel.annual_plan_style import FRAME, LINE, ROOM, height, merged, plan_style
from portfolio.report.excel.book import (
    DENSE_PAGE,
    Book,
    Format,
    Worksheet,
    on_sheet,
    put,
    put_formula,
    put_money,
    put_row,
    span,
)
from portfolio.report.wording import quarter_text, scenario_name

TITLE, ABOVE, HEAD = 0, 1, 2
FIRST = HEAD + 1
#: The plan text names four batches; a closed list has none waiting behind them.
FOUR = "“投产一批、建设一批、开工一批、储备一批”（《规划纲要》）"
#: Each batch by fill and weight; its word stands in the cell, so that it reads without colour too.
LOOKS: dict[str, dict[str, object]] = {
    Batch.COMPLETED: {"bg_color": "#1F3864", "font_color": "white", "bold": True},
    Batch.UNDER_WAY: {"bg_color": "#BDD7EE"},
    Batch.STARTED: {"bg_color": "#FFE699", "bold": True},
    Batch.RESERVE: {"font_color": "#595959", "italic": True},
    DONE_BATCH: {"bg_color": "#D9D9D9"},
    "": {"bg_color": "#F2F2F2"},
}
#: Columns of the list.
YEAR, BATCH, NO, NAME, WORK, TOTAL, PLAN, DRAWN, START, FINISH = range(10)
LIST_TITLES = (
    "年份", "批次", "序号", "项目名称", "工程", "总投资", "当年计划投资", "当年推演完成",
    "推演开工", "推演竣工",
)  # fmt: skip
#: Columns of the matrix before its years.
GRID_TITLES = ("序号", "项目名称", "工程", "总投资", "建设起止年限")


@dataclass(frozen=True)
class BatchFacts:
    """The batches once, and where the list has its rows."""

    result: RunResult

    @cached_property
    def batches(self) -> Batches:
        """The batches of all years."""
        return batches(self.result)

    @property
    def last_row(self) -> int:
        """The list's last row; a list without items has one blank row."""
        return FIRST + max(1, len(self.batches.rows)) - 1

    def column(self, column: int) -> str:
        """A column of the list, from any sheet."""
        return on_sheet(BATCH_LIST, span(FIRST, column, self.last_row, column))


def batch_styles(book: Book) -> dict[str, Format]:
    """A cell's look by its batch."""
    base = {**FRAME, "align": "center"}
    return {batch: book.made({**base, **look}) for batch, look in LOOKS.items()}


def head_of(book: Book, sheet: Worksheet, heading: str, note: str, last_column: int) -> None:
    """Title, note and unit over a sheet."""
    merged(sheet, (TITLE, 0), (TITLE, last_column), heading, plan_style(book, "title"))
    sheet.set_row(TITLE, 36)
    merged(sheet, (ABOVE, 0), (ABOVE, last_column - 1), note, plan_style(book, "note"))
    put(sheet, ABOVE, last_column, "单位：亿元", plan_style(book, "unit"))


def write_batch_grid(book: Book, facts: BatchFacts) -> None:
    """Items by years, the word of the batch in each cell."""
    sheet = book.sheet(BATCH_GRID, tab="#2F75B5", zoom=85)
    years, first = facts.batches.years, len(GRID_TITLES)
    last_column = first + len(years) - 1
    widths = [5, 26, 15, 11, 14, *[max(6.5, 130 / len(years))] * len(years)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    name = scenario_name(facts.result)
    note = (
        f"按推演的开工、竣工年份列出{FOUR}：投产＝当年竣工；开工＝当年开工且当年不竣工；建设＝往年已开工、当年不竣工"
        "（<first>年前已有投资的视为往年开工）；储备＝年底仍未开工。每个大项每年只在一批；竣工以后空白（灰）。"
        f"清单封闭，没有后续项目，后期储备为零不等于没有储备项目。{STARTS}"
    )
    note = facts.result.calendar.fill(note)
    head_of(book, sheet, f"各年投产、建设、开工、储备一览（情景：{name}）", note, last_column)
    sheet.set_row(ABOVE, height([(note, sum(widths[:-1]))]))
    put_row(sheet, HEAD, GRID_TITLES, plan_style(book, "head"))
    put_row(sheet, HEAD, years, plan_style(book, "year"), first)
    sheet.set_row(HEAD, 24)
    styles = batch_styles(book)
    for row in range(FIRST, FIRST + len(facts.batches.lives)):
        _grid_row(book, sheet, row, facts, styles, widths)
    _grid_counts(book, sheet, facts, styles)
    sheet.freeze_panes(FIRST, 2)
    sheet.repeat_rows(HEAD)
    sheet.fit_to_pages(1, 1 if len(facts.batches.lives) <= 80 else 0)


def _grid_row(
    book: Book,
    sheet: Worksheet,
    row: int,
    facts: BatchFacts,
    styles: dict[str, Format],
    widths: list[float],
) -> None:
    index, years = row - FIRST, facts.batches.years
    item, life = facts.result.portfolio.items[index], facts.batches.lives[index]
    put(sheet, row, 0, item.no, plan_style(book, "centre"))
    put(sheet, row, 1, item.name, plan_style(book, "text"))
    put(sheet, row, 2, item.work, plan_style(book, "text"))
    put_money(sheet, row, 3, item.total_wan, plan_style(book, "money"))
    put(
        sheet,
        row,
        4,
        span_text(facts.result.calendar, life) if life else "无投资",
        plan_style(book, "centre"),
    )
    for column, year in enumerate(years, start=len(GRID_TITLES)):
        word = "" if life is None else batch_text(life, year)
        word = "" if word == DONE_BATCH else word
        put(sheet, row, column, word or None, styles[word])
    sheet.set_row(row, height([(item.name, widths[1]), (item.work, widths[2])]))


def _grid_counts(
    book: Book, sheet: Worksheet, facts: BatchFacts, styles: dict[str, Format]
) -> None:
    """Below the matrix: how many of each batch, counted in its own columns."""
    lives, years = facts.batches.lives, facts.batches.years
    last = FIRST + len(lives) - 1
    for row, batch in enumerate(Batch, start=last + 1):
        label = len(GRID_TITLES) - 1
        merged(sheet, (row, 0), (row, label - 1), "项数", plan_style(book, "centre", "work"))
        put(sheet, row, label, str(batch), styles[batch])
        for column, year in enumerate(years, start=len(GRID_TITLES)):
            count = len(facts.batches.of(year, batch))
            cells = span(FIRST, column, last, column)
            style = plan_style(book, "whole", "work")
            put_formula(sheet, row, column, f'=COUNTIF({cells},"{batch}")', count, style)


def write_batch_list(book: Book, facts: BatchFacts) -> None:
    """Every item of every batch, year by year, to be filtered."""
    sheet = book.sheet(BATCH_LIST, tab="#2F75B5")
    for column, width in enumerate((9, 9, 8, 42, 20, 13, 15, 15, 12, 14)):
        sheet.set_column(column, column, width)
    note = (
        "一行为某年某批中的一个大项；可按年份、批次、工程筛选。总投资为批准数；计划为推演前的年度安排，"
        f"完成为推演。“{DONE_BATCH}”为推演往年已竣工而计划在当年仍有安排的大项，不在四批之内。"
    )
    name = scenario_name(facts.result)
    head_of(book, sheet, f"分年分批项目清单（情景：{name}）", note, FINISH)
    sheet.set_row(ABOVE, height([(note, 140)]))
    put_row(sheet, HEAD, LIST_TITLES, plan_style(book, "head"))
    sheet.set_row(HEAD, 24)
    styles, outcome = batch_styles(book), facts.result.outcome
    text, centre, money = (plan_style(book, name) for name in ("text", "centre", "money"))
    for row, each in enumerate(facts.batches.rows, start=FIRST):
        item = facts.result.portfolio.items[each.index]
        put(sheet, row, YEAR, each.year, centre)
        put(sheet, row, BATCH, each.batch, styles[each.batch])
        put(sheet, row, NO, item.no, centre)
        put(sheet, row, NAME, item.name, text)
        put(sheet, row, WORK, item.work, text)
        for column, wan in (
            (TOTAL, item.total_wan),
            (PLAN, each.plan_wan),
            (DRAWN, each.drawn_wan),
        ):
            put_money(sheet, row, column, wan, money)
        put(
            sheet,
            row,
            START,
            quarter_text(facts.result.calendar, outcome.start[each.index]) or "未开工",
            centre,
        )
        put(
            sheet,
            row,
            FINISH,
            quarter_text(facts.result.calendar, outcome.finish[each.index]) or "未竣工",
            centre,
        )
    sheet.set_default_row(LINE + ROOM)
    sheet.fit_to_pages(1, max(1, -(-len(facts.batches.rows) // DENSE_PAGE)))
    sheet.autofilter(HEAD, 0, facts.last_row, FINISH)
    sheet.freeze_panes(FIRST, NO)
    sheet.repeat_rows(HEAD)
