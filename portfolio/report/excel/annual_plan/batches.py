"""Sheets 分批一览, 分批清单, 分批汇总: who is 投产, 建设, 开工, 储备 in which year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

from portfolio.model.calendar import Calendar
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import Batch
from portfolio.report.excel.annual_plan.layout import BATCH_SUMS
from portfolio.report.excel.annual_plan.sheet import (
    HEAD,
    LINE,
    ROOM,
    PlanSheet,
    height,
    plan_sheet_of,
)
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, yi
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
from portfolio.report.tables.fields import Field, Fields, Table, money, number
from portfolio.report.tables.office import with_office
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
        fields = batch_rows(self.result.calendar)
        items = self.result.portfolio.items
        return with_office(fields, items, lambda row: row.item, last=True).of(self.batches.rows)

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


# --- Sheet 分批汇总: years by batches, counted and summed over the list by live formulas


SUMS_HEAD = 3
SUMS_WIDTH = 10.5


@dataclass(frozen=True, kw_only=True)
class BatchYear:
    """A year of the batches."""

    facts: BatchFacts
    year: int


def _of(row: BatchYear, batch: str | None) -> tuple[BatchRow, ...]:
    return row.facts.batches.of(row.year, batch)


def _count(row: BatchYear, batch: str) -> int:
    return len(_of(row, batch))


def _sum(row: BatchYear, key: str, batch: str | None = None) -> int:
    told = row.facts.listed.fields[key]
    return sum(int(told.value(each) or 0) for each in _of(row, batch))


def _earlier(row: BatchYear) -> int:
    lives = row.facts.batches.lives
    return sum(life is not None and (life.finish or row.year) < row.year for life in lives)


def _without(row: BatchYear) -> int:
    return sum(life is None for life in row.facts.batches.lives)


def _items(row: BatchYear) -> int:
    return len(row.facts.batches.lives)


def _against(row: BatchYear) -> tuple[tuple[str, float, float], ...]:
    """The whole year by the list and by the run, by key."""
    found = row.facts.batches
    k = found.years.index(row.year)
    return (
        ("items", _items(row), _items(row)),
        ("plan_wan", yi(_sum(row, "plan_wan")), yi(found.plan_wan[k])),
        ("drawn_wan", yi(_sum(row, "drawn_wan")), yi(found.drawn_wan[k])),
    )


def _off(row: BatchYear) -> float:
    return round(sum(abs(value - again) for _, value, again in _against(row)), 4)


def _off_formula(row: BatchYear) -> str:
    return f"ROUND({'+'.join(f'ABS({{{key}}}-{again})' for key, _, again in _against(row))},4)"


def count_key(batch: Batch) -> str:
    """The key of a batch's count."""
    return f"{batch.name}_items"


def _of_batch(batch: Batch, listed: Block) -> tuple[Field[BatchYear], ...]:
    """A batch's count and sums, by formulas over the list."""
    criteria = f'{listed.seen("year")},${{year}},{listed.seen("batch")},"{batch}"'
    titles = {"total_wan": "总投资", "plan_wan": "当年计划", "drawn_wan": "推演完成"}
    sums = (
        money(
            f"{batch.name}_{key}",
            title,
            partial(_sum, key=key, batch=batch),
            formula=f"SUMIFS({listed.seen(key)},{criteria})",
        )
        for key, title in titles.items()
    )
    count = partial(_count, batch=batch)
    return number(count_key(batch), "项数", count, formula=f"COUNTIFS({criteria})"), *sums


def _whole_year(calendar: Calendar, listed: Block) -> tuple[Field[BatchYear], ...]:
    """Everything else of the year, and whether it adds up to the list and to the run."""
    years, batch = listed.seen("year"), listed.seen("batch")
    plan, drawn = listed.seen("plan_wan"), listed.seen("drawn_wan")
    before = f'{years},"<"&${{year}},{batch},"{Batch.COMPLETED}"'
    done = f'{years},${{year}},{batch},"{DONE_BATCH}"'
    counts = "+".join(f"{{{count_key(each)}}}" for each in Batch)
    late = partial(_sum, key="plan_wan", batch=DONE_BATCH)
    planned, played = (partial(_sum, key=key) for key in ("plan_wan", "drawn_wan"))
    return (
        number("earlier", "往年\n已投产", _earlier, formula=f"COUNTIFS({before})"),
        number("without", calendar.fill("<first>年起\n无投资"), _without),
        number("items", "大项合计", _items, formula=f"{counts}+{{earlier}}+{{without}}"),
        money("done_plan_wan", "已投产的\n计划", late, formula=f"SUMIFS({plan},{done})"),
        money("plan_wan", "计划合计", planned, formula=f"SUMIFS({plan},{years},${{year}})"),
        money("drawn_wan", "完成合计", played, formula=f"SUMIFS({drawn},{years},${{year}})"),
        number("off", "校核", _off, look="exact", formula=_off_formula),
    )


def batch_sums(facts: BatchFacts) -> tuple[Table[BatchYear], Block]:
    """The table, one row a year, and where it stands."""
    of_batches = (each for batch in Batch for each in _of_batch(batch, facts.block))
    fields = (
        number("year", "年份", width=9, look="year"),
        *(replace(each, width=SUMS_WIDTH) for each in of_batches),
        *(
            replace(each, width=SUMS_WIDTH)
            for each in _whole_year(facts.result.calendar, facts.block)
        ),
    )
    years = (BatchYear(facts=facts, year=year) for year in facts.batches.years)
    table = Fields[BatchYear](name=BATCH_SUMS, fields=fields).of(years)
    return table, placed(table, SUMS_HEAD, BATCH_SUMS)


def write_batch_sums(book: Book, facts: BatchFacts) -> None:
    """The sheet."""
    sheet = plan_sheet_of(book, BATCH_SUMS, "#2F75B5")
    table, block = batch_sums(facts)
    sheet.set_widths(table.widths)
    note = (
        "项数、总投资、计划、完成均为公式，数自“分批清单”。总投资为批准数，同一大项每年各列一次，不可跨年相加。"
        "大项合计＝四批＋往年已投产＋<first>年起无投资，应等于清单项数；计划合计、完成合计应等于推演结果；校核为三处差额绝对值之和。"
    )
    note = facts.result.calendar.fill(note)
    heading = f"各年分批汇总（情景：{scenario_name(facts.result)}）"
    last = len(table.columns) - 1
    sheet.put_above(heading, note, last, SUMS_WIDTH * last)
    sheet.put_framed(block, [table.fields["year"]], above=1)
    for batch in Batch:
        sheet.put_groups(block, {f"{batch}一批": _of_batch(batch, facts.block)})
    sheet.put_framed(block, _whole_year(facts.result.calendar, facts.block), above=1)
    for row in (SUMS_HEAD - 1, SUMS_HEAD):
        sheet.set_row(row, 22)
    sheet.put_rows(table, block)
    sheet.freeze_panes(block.first, block.places["year"] + 1)
    sheet.repeat_rows(SUMS_HEAD - 1, SUMS_HEAD)
