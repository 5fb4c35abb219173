"""Sheets 分批一览, 分批清单, 分批汇总: who is 投产, 建设, 开工, 储备 in which year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import Batch
from portfolio.report.excel.annual_plan.sheet import (
    HEAD,
    LINE,
    ROOM,
    PlanSheet,
    height,
    plan_sheet_of,
)
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book
from portfolio.report.excel.styles import DENSE_PAGE
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


def write_batch_grid(book: Book, facts: BatchFacts) -> None:
    """Items by years, the word of the batch in each cell."""
    years, items = facts.batches.years, facts.result.portfolio.items
    lives = zip(items, facts.batches.lives, strict=True)
    table = batch_grid(facts.result.calendar, years).of(
        ItemLife(item=item, life=life) for item, life in lives
    )
    sheet = plan_sheet_of(book, table.name, "#2F75B5", 85)
    block = placed(table, HEAD, table.name)
    sheet.set_widths(table.widths)
    heading = f"各年投产、建设、开工、储备一览（情景：{scenario_name(facts.result)}）"
    note = (
        f"按推演的开工、竣工年份列出{FOUR}：投产＝当年竣工；开工＝当年开工且当年不竣工；建设＝往年已开工、当年不竣工"
        "（<first>年前已有投资的视为往年开工）；储备＝年底仍未开工。每个大项每年只在一批；竣工以后空白（灰）。"
        f"清单封闭，没有后续项目，后期储备为零不等于没有储备项目。{STARTS}"
    )
    note, last = facts.result.calendar.fill(note), len(table.columns) - 1
    sheet.put_above(heading, note, last, sum(table.widths[:-1]))
    sheet.put_framed(block, [each for each in table.columns if each.title])
    for year in years:
        sheet.put(HEAD, block.places[str(year)], year, "year")
    sheet.set_row(HEAD, 24)
    sheet.put_rows(table, block)
    wrapped = table.fields.view("name", "work")
    for at, row in enumerate(table.rows, start=block.first):
        sheet.set_row(at, height([(str(each.value(row)), each.width) for each in wrapped]))
    _grid_counts(sheet, facts, block)
    sheet.freeze_panes(HEAD + 1, block.places["work"])
    sheet.repeat_rows(HEAD)
    sheet.fit_to_pages(1, 1 if len(table.rows) <= 80 else 0)


def _grid_counts(sheet: PlanSheet, facts: BatchFacts, block: Block) -> None:
    """Below the matrix: how many of each batch, counted in its own columns."""
    label = block.places["span"]
    for row, batch in enumerate(Batch, start=block.last + 1):
        sheet.put_over((row, 0), (row, label - 1), "项数", "centre", "work")
        sheet.put(row, label, str(batch), f"batch {batch}")
        for year in facts.batches.years:
            count, cells = len(facts.batches.of(year, batch)), block.column(str(year))
            formula, place = f'=COUNTIF({cells},"{batch}")', block.places[str(year)]
            sheet.put_formula(row, place, formula, count, "whole", "work")


def write_batch_list(book: Book, facts: BatchFacts) -> None:
    """Every item of every batch, year by year, to be filtered."""
    table, block = facts.listed, facts.block
    sheet = plan_sheet_of(book, table.name, "#2F75B5")
    sheet.set_widths(table.widths)
    note = (
        "一行为某年某批中的一个大项；可按年份、批次、工程筛选。总投资为批准数；计划为推演前的年度安排，"
        f"完成为推演。“{DONE_BATCH}”为推演往年已竣工而计划在当年仍有安排的大项，不在四批之内。"
    )
    heading, last = (
        f"分年分批项目清单（情景：{scenario_name(facts.result)}）",
        len(table.columns) - 1,
    )
    sheet.put_above(heading, note, last, 140)
    sheet.put_framed(block, table.columns)
    sheet.set_row(HEAD, 24)
    sheet.put_rows(table, block)
    sheet.set_default_row(LINE + ROOM)
    sheet.fit_to_pages(1, max(1, -(-len(table.rows) // DENSE_PAGE)))
    sheet.autofilter(HEAD, 0, block.last, last)
    sheet.freeze_panes(HEAD + 1, block.places["no"])
    sheet.repeat_rows(HEAD)
