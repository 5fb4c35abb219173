"""Sheets 分批一览, 分批清单, 分批汇总: who is 投产, 建设, 开工, 储备 in which year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import Batch
from portfolio.report.excel.annual_plan.style import (
    LINE,
    ROOM,
    height,
    merged,
    plan_cell_style,
    plan_style,
    put_heads,
)
from portfolio.report.excel.blocks import Block, placed, put_rows, set_widths
from portfolio.report.excel.book import DENSE_PAGE, Book, Worksheet, put, put_formula
from portfolio.report.tables.annual_plan import (
    BATCH_LIST,
    Batches,
    BatchRow,
    ItemLife,
    batch_grid,
    batch_rows,
    batches,
)
from portfolio.report.tables.fields import Table
from portfolio.report.words.annual_plan import DONE_BATCH, STARTS
from portfolio.report.words.run import scenario_name

TITLE, ABOVE, HEAD = 0, 1, 2
FIRST = HEAD + 1
#: The plan text names four batches; a closed list has none waiting behind them.
FOUR = "“投产一批、建设一批、开工一批、储备一批”（《规划纲要》）"


@dataclass(frozen=True)
class BatchFacts:
    """The batches once, and where the list has its rows."""

    result: RunResult

    @cached_property
    def batches(self) -> Batches:
        """The batches of all years."""
        return batches(self.result)

    @cached_property
    def listed(self) -> Table[BatchRow]:
        """The list 分批清单."""
        return batch_rows(self.result.calendar).of(self.batches.rows)

    @cached_property
    def block(self) -> Block:
        """Where the list has its rows; a list without items has one blank row."""
        block = placed(self.listed, HEAD, BATCH_LIST)
        return replace(block, last=max(block.first, block.last))


def head_of(book: Book, sheet: Worksheet, heading: str, note: str, last_column: int) -> None:
    """Title, note and unit over a sheet."""
    merged(sheet, (TITLE, 0), (TITLE, last_column), heading, plan_style(book, "title"))
    sheet.set_row(TITLE, 36)
    merged(sheet, (ABOVE, 0), (ABOVE, last_column - 1), note, plan_style(book, "note"))
    put(sheet, ABOVE, last_column, "单位：亿元", plan_style(book, "unit"))


def write_batch_grid(book: Book, facts: BatchFacts) -> None:
    """Items by years, the word of the batch in each cell."""
    years, items = facts.batches.years, facts.result.portfolio.items
    lives = zip(items, facts.batches.lives, strict=True)
    table = batch_grid(facts.result.calendar, years).of(
        ItemLife(item=item, life=life) for item, life in lives
    )
    sheet = book.sheet(table.name, tab="#2F75B5", zoom=85)
    block, fields = placed(table, HEAD, table.name), table.fields
    set_widths(sheet, table)
    name = scenario_name(facts.result)
    note = (
        f"按推演的开工、竣工年份列出{FOUR}：投产＝当年竣工；开工＝当年开工且当年不竣工；建设＝往年已开工、当年不竣工"
        "（<first>年前已有投资的视为往年开工）；储备＝年底仍未开工。每个大项每年只在一批；竣工以后空白（灰）。"
        f"清单封闭，没有后续项目，后期储备为零不等于没有储备项目。{STARTS}"
    )
    note = facts.result.calendar.fill(note)
    last = len(table.columns) - 1
    head_of(book, sheet, f"各年投产、建设、开工、储备一览（情景：{name}）", note, last)
    sheet.set_row(ABOVE, height([(note, sum(each.width for each in table.columns[:-1]))]))
    put_heads(book, sheet, block, [each for each in table.columns if each.title])
    for year in years:
        put(sheet, HEAD, block.places[str(year)], year, plan_style(book, "year"))
    sheet.set_row(HEAD, 24)
    put_rows(book, sheet, table, block, styled=plan_cell_style)
    wrapped = fields.view("name", "work")
    for at, row in enumerate(table.rows, start=block.first):
        sheet.set_row(at, height([(str(each.value(row)), each.width) for each in wrapped]))
    _grid_counts(book, sheet, facts, block)
    sheet.freeze_panes(FIRST, block.places["work"])
    sheet.repeat_rows(HEAD)
    sheet.fit_to_pages(1, 1 if len(table.rows) <= 80 else 0)


def _grid_counts(book: Book, sheet: Worksheet, facts: BatchFacts, block: Block) -> None:
    """Below the matrix: how many of each batch, counted in its own columns."""
    label = block.places["span"]
    for row, batch in enumerate(Batch, start=block.last + 1):
        merged(sheet, (row, 0), (row, label - 1), "项数", plan_style(book, "centre", "work"))
        put(sheet, row, label, str(batch), plan_style(book, f"batch {batch}"))
        for year in facts.batches.years:
            count, cells = len(facts.batches.of(year, batch)), block.column(str(year))
            style, place = plan_style(book, "whole", "work"), block.places[str(year)]
            put_formula(sheet, row, place, f'=COUNTIF({cells},"{batch}")', count, style)


def write_batch_list(book: Book, facts: BatchFacts) -> None:
    """Every item of every batch, year by year, to be filtered."""
    table, block = facts.listed, facts.block
    sheet = book.sheet(table.name, tab="#2F75B5")
    set_widths(sheet, table)
    note = (
        "一行为某年某批中的一个大项；可按年份、批次、工程筛选。总投资为批准数；计划为推演前的年度安排，"
        f"完成为推演。“{DONE_BATCH}”为推演往年已竣工而计划在当年仍有安排的大项，不在四批之内。"
    )
    name, last = scenario_name(facts.result), len(table.columns) - 1
    head_of(book, sheet, f"分年分批项目清单（情景：{name}）", note, last)
    sheet.set_row(ABOVE, height([(note, 140)]))
    put_heads(book, sheet, block, table.columns)
    sheet.set_row(HEAD, 24)
    put_rows(book, sheet, table, block, styled=plan_cell_style)
    sheet.set_default_row(LINE + ROOM)
    sheet.fit_to_pages(1, max(1, -(-len(table.rows) // DENSE_PAGE)))
    sheet.autofilter(HEAD, 0, block.last, last)
    sheet.freeze_panes(FIRST, block.places["no"])
    sheet.repeat_rows(HEAD)
