"""Sheet 分批汇总: years by batches, counted and summed over the list by live formulas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from portfolio.model.calendar import Calendar
from portfolio.model.measures.year_to_date import Batch
from portfolio.report.excel.annual_plan.batches import BatchFacts
from portfolio.report.excel.annual_plan.layout import BATCH_SUMS
from portfolio.report.excel.annual_plan.sheet import plan_sheet_of
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, yi
from portfolio.report.tables.annual_plan import BatchRow
from portfolio.report.tables.fields import Field, Fields, Table, money, number
from portfolio.report.words.annual_plan import DONE_BATCH
from portfolio.report.words.run import scenario_name

HEAD = 3
WIDTH = 10.5


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
        *(replace(each, width=WIDTH) for each in of_batches),
        *(replace(each, width=WIDTH) for each in _whole_year(facts.result.calendar, facts.block)),
    )
    years = (BatchYear(facts=facts, year=year) for year in facts.batches.years)
    table = Fields[BatchYear](name=BATCH_SUMS, fields=fields).of(years)
    return table, placed(table, HEAD, BATCH_SUMS)


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
    sheet.put_above(heading, note, last, WIDTH * last)
    sheet.put_framed(block, [table.fields["year"]], above=1)
    for batch in Batch:
        sheet.put_groups(block, {f"{batch}一批": _of_batch(batch, facts.block)})
    sheet.put_framed(block, _whole_year(facts.result.calendar, facts.block), above=1)
    for row in (HEAD - 1, HEAD):
        sheet.set_row(row, 22)
    sheet.put_rows(table, block)
    sheet.freeze_panes(block.first, block.places["year"] + 1)
    sheet.repeat_rows(HEAD - 1, HEAD)
