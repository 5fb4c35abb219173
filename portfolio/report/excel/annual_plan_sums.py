"""Sheet 分批汇总: years by batches, counted and summed over the list by live formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portfolio.model.batches import Batch
from portfolio.model.calendar import Calendar
from portfolio.report.annual_plan_tables import BatchRow
from portfolio.report.annual_plan_wording import DONE_BATCH
from portfolio.report.excel import annual_plan_batches as places
from portfolio.report.excel.annual_plan_batches import ABOVE, BatchFacts, head_of
from portfolio.report.excel.annual_plan_layout import BATCH_SUMS
from portfolio.report.excel.annual_plan_style import height, merged, plan_style
from portfolio.report.excel.book import Book, Format, Worksheet, cell, put, put_formula, yi
from portfolio.report.wording import scenario_name

HEAD = 2
FIRST = HEAD + 2
#: Columns: the year, four of each batch, then what makes the year whole.
YEAR, BATCHES, MEASURES = 0, 1, ("项数", "总投资", "当年计划", "推演完成")
EARLIER = BATCHES + len(Batch) * len(MEASURES)
WITHOUT, ITEMS, DONE_PLAN, PLAN, DRAWN, CHECK = range(EARLIER + 1, EARLIER + 7)
RIGHT = (
    "往年\n已投产", "<first>年起\n无投资", "大项合计", "已投产的\n计划", "计划合计", "完成合计", "校核",
)  # fmt: skip


def count_column(batch: Batch) -> int:
    """The column of a batch's count."""
    return BATCHES + list(Batch).index(batch) * len(MEASURES)


def write_batch_sums(book: Book, facts: BatchFacts) -> None:
    """One row a year."""
    sheet = book.sheet(BATCH_SUMS, tab="#2F75B5")
    sheet.set_column(YEAR, YEAR, 9)
    sheet.set_column(BATCHES, CHECK, 10.5)
    note = (
        "项数、总投资、计划、完成均为公式，数自“分批清单”。总投资为批准数，同一大项每年各列一次，不可跨年相加。"
        "大项合计＝四批＋往年已投产＋<first>年起无投资，应等于清单项数；计划合计、完成合计应等于推演结果；校核为三处差额绝对值之和。"
    )
    note = facts.result.calendar.fill(note)
    heading = f"各年分批汇总（情景：{scenario_name(facts.result)}）"
    head_of(book, sheet, heading, note, CHECK)
    sheet.set_row(ABOVE, height([(note, 10.5 * CHECK)]))
    _headings(book, sheet, facts.result.calendar)
    for row, year in enumerate(facts.batches.years, start=FIRST):
        _year_row(book, sheet, row, year, facts)
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(HEAD, HEAD + 1)


def _headings(book: Book, sheet: Worksheet, calendar: Calendar) -> None:
    head = plan_style(book, "head")
    merged(sheet, (HEAD, YEAR), (HEAD + 1, YEAR), "年份", head)
    for batch in Batch:
        first = count_column(batch)
        last = first + len(MEASURES) - 1
        merged(sheet, (HEAD, first), (HEAD, last), f"{batch}一批", head)
        for k, measure in enumerate(MEASURES):
            put(sheet, HEAD + 1, first + k, measure, head)
    for column, text in enumerate(RIGHT, start=EARLIER):
        merged(sheet, (HEAD, column), (HEAD + 1, column), calendar.fill(text), head)
    sheet.set_row(HEAD, 22)
    sheet.set_row(HEAD + 1, 22)


def _year_row(book: Book, sheet: Worksheet, row: int, year: int, facts: BatchFacts) -> None:
    rows = facts.batches.of(year)
    put(sheet, row, YEAR, year, plan_style(book, "year"))
    for batch in Batch:
        _batch_cells(book, sheet, row, batch, facts.batches.of(year, batch), facts)
    _whole_year(book, sheet, row, year, rows, facts)


def _batch_cells(
    book: Book,
    sheet: Worksheet,
    row: int,
    batch: Batch,
    rows: Sequence[BatchRow],
    facts: BatchFacts,
) -> None:
    criteria = _criteria(row, facts) + f',{facts.column(places.BATCH)},"{batch}"'
    items, first = facts.result.portfolio.items, count_column(batch)
    count = f"=COUNTIFS({criteria})"
    put_formula(sheet, row, first, count, len(rows), plan_style(book, "whole"))
    sums: tuple[tuple[int, Callable[[BatchRow], int]], ...] = (
        (places.TOTAL, lambda each: items[each.index].total_wan),
        (places.PLAN, lambda each: each.plan_wan),
        (places.DRAWN, lambda each: each.drawn_wan),
    )
    for k, (column, amount) in enumerate(sums, start=1):
        formula = f"=SUMIFS({facts.column(column)},{criteria})"
        wan = sum(amount(each) for each in rows)
        put_formula(sheet, row, first + k, formula, yi(wan), plan_style(book, "money"))


def _criteria(row: int, facts: BatchFacts, sign: str = "") -> str:
    year = f"${cell(row, YEAR)}"
    return f"{facts.column(places.YEAR)}," + (f'"{sign}"&{year}' if sign else year)


def _whole_year(
    book: Book, sheet: Worksheet, row: int, year: int, rows: Sequence[BatchRow], facts: BatchFacts
) -> None:
    """Everything else of the year, and whether it adds up to the list and to the run."""
    found, lives = facts.batches, facts.batches.lives
    whole, money = plan_style(book, "whole"), plan_style(book, "money")
    k, batch = found.years.index(year), facts.column(places.BATCH)
    earlier = sum(life is not None and (life.finish or year) < year for life in lives)
    without = sum(life is None for life in lives)
    counts = "+".join(cell(row, count_column(each)) for each in Batch)
    late = [each for each in rows if each.batch == DONE_BATCH]
    plan, drawn = (
        sum(each.plan_wan for each in rows),
        sum(each.drawn_wan for each in rows),
    )

    def sum_of(column: int, criteria: str) -> str:
        return f"=SUMIFS({facts.column(column)},{criteria})"

    before = f'=COUNTIFS({_criteria(row, facts, "<")},{batch},"{Batch.COMPLETED}")'
    done = f'{_criteria(row, facts)},{batch},"{DONE_BATCH}"'
    cells: tuple[tuple[int, str, float, Format], ...] = (
        (EARLIER, before, earlier, whole),
        (ITEMS, f"={counts}+{cell(row, EARLIER)}+{cell(row, WITHOUT)}", len(lives), whole),
        (DONE_PLAN, sum_of(places.PLAN, done), yi(sum(each.plan_wan for each in late)), money),
        (PLAN, sum_of(places.PLAN, _criteria(row, facts)), yi(plan), money),
        (DRAWN, sum_of(places.DRAWN, _criteria(row, facts)), yi(drawn), money),
    )
    put(sheet, row, WITHOUT, without, whole)
    for column, formula, value, style in cells:
        put_formula(sheet, row, column, formula, value, style)
    against = (
        (ITEMS, len(lives), len(lives)),
        (PLAN, yi(plan), yi(found.plan_wan[k])),
        (DRAWN, yi(drawn), yi(found.drawn_wan[k])),
    )
    terms = "+".join(f"ABS({cell(row, column)}-{again})" for column, _, again in against)
    off = round(sum(abs(value - again) for _, value, again in against), 4)
    put_formula(sheet, row, CHECK, f"=ROUND({terms},4)", off, plan_style(book, "exact"))
