"""Sheet 变更对比: this scenario against the baseline, by year and by item."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.items import Item
from portfolio.model.measures import (
    cost_wan,
    drawn_by_item_wan,
    year_measures,
)
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.report.excel.book import (
    Book,
    Worksheet,
    cell,
    head_row,
    put,
    put_formula,
    put_money,
    title,
    yi,
)
from portfolio.report.excel.facts import CHANGES, Facts
from portfolio.report.wording import finish_text

HEAD = 4
YEAR_TITLES = (
    "序号",
    "年份",
    "基准计划",
    "本情景计划",
    "差",
    "基准完成投资",
    "本情景完成投资",
    "差",
    "基准折市重点",
    "本情景折市重点",
    "差",
)
ITEM_TITLES = (
    "序号",
    "大项",
    "基准总投资",
    "其中“<period>”投资",
    "本情景造价",
    "造价差",
    "基准<first>—<last>完成",
    "本情景<first>—<last>完成",
    "差",
    "基准竣工",
    "本情景竣工",
    "竣工变化（季）",
    "工程",
    "类别",
    "组",
)
TOTAL, PERIOD, COST, COST_CHANGE, BASE_DRAWN, DRAWN, DRAWN_CHANGE = range(2, 9)
BASE_FINISH, FINISH, FINISH_CHANGE, WORK, CATEGORY, GROUP = range(9, 15)


@dataclass(frozen=True, kw_only=True)
class Side:
    """An item in one of the two portfolios; zeros and None where it is not part of it."""

    total_wan: int = 0
    period_wan: int = 0
    finish: int | None = None
    finish_text: str | None = None


def all_items(facts: Facts) -> tuple[Item, ...]:
    """Items of the baseline, then those a scenario added."""
    base, now = facts.result.baseline, facts.result.portfolio
    added = [item for item in now.items if item.no not in base.position]
    return (*base.items, *added)


def item_head(facts: Facts) -> int:
    """The heading row of the items, below the years."""
    return HEAD + len(_years(facts)) + 4


def _years(facts: Facts) -> tuple[int, ...]:
    base = year_measures(facts.result.baseline, facts.result.baseline_outcome)
    return tuple(sorted({*facts.years, *(measure.year for measure in base)}))


def write_changes(book: Book, facts: Facts) -> None:
    """Differences by year above, by item below."""
    sheet = book.sheet(CHANGES, tab="#BF8F00")
    title(
        book,
        sheet,
        f"变更对比：{facts.result.scenario} 与 基准（亿元）",
        "基准为未加情景的工作簿：计划与推演。差＝本情景－基准。",
    )
    sheet.write_string(HEAD - 1, 0, "按年", book.style("subtitle"))
    head_row(book, sheet, HEAD, YEAR_TITLES)
    _years_block(book, sheet, facts)
    head = item_head(facts)
    sheet.write_string(head - 1, 0, "按大项", book.style("subtitle"))
    titles = [facts.result.calendar.fill(name) for name in ITEM_TITLES]
    head_row(book, sheet, head, titles)
    _items_block(book, sheet, facts, head + 1)
    for column, width in enumerate((6, 38, *[14] * 10, 18, 30, 18)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(3, 2)
    sheet.repeat_rows(head)


def _years_block(book: Book, sheet: Worksheet, facts: Facts) -> None:
    result = facts.result
    base = {m.year: m for m in year_measures(result.baseline, result.baseline_outcome)}
    now = {m.year: m for m in facts.measures}
    money = book.style("money")
    for row, year in enumerate(_years(facts), start=HEAD + 1):
        put(sheet, row, 0, row - HEAD, book.style("centre"))
        put(sheet, row, 1, f"{year}年", book.style("text"))
        old, new = base.get(year), now.get(year)
        pairs = (
            (old.plan_wan if old else 0, new.plan_wan if new else 0),
            (old.drawn_wan if old else 0, new.drawn_wan if new else 0),
            (old.converted_wan if old else None, new.converted_wan if new else None),
        )
        for k, (before, after) in enumerate(pairs):
            column = 2 + 3 * k
            put_money(sheet, row, column, before, money)
            put_money(sheet, row, column + 1, after, money)
            _difference(book, sheet, row, column + 2, (before, after))


def _difference(
    book: Book, sheet: Worksheet, row: int, column: int, pair: tuple[int | None, int | None]
) -> None:
    """The new value less the old one, beside them; blank where one is missing."""
    before, after = pair
    if before is None or after is None:
        put(sheet, row, column, None, book.style("money"))
        return
    formula = f"={cell(row, column - 1)}-{cell(row, column - 2)}"
    tone = "bad" if after < before else "good" if after > before else ""
    put_formula(sheet, row, column, formula, yi(after - before), book.style("money", tone))


def _sides(portfolio: Portfolio, outcome: Outcome) -> dict[int, Side]:
    period = drawn_by_item_wan(outcome)[: portfolio.calendar.period_years].sum(axis=0)
    cost = cost_wan(portfolio)
    return {
        item.no: Side(
            total_wan=item.earlier_wan + int(cost[index]),
            period_wan=int(period[index]),
            finish=outcome.finish[index],
            finish_text=finish_text(portfolio.calendar, outcome, index),
        )
        for index, item in enumerate(portfolio.items)
    }


def _items_block(book: Book, sheet: Worksheet, facts: Facts, first: int) -> None:
    result = facts.result
    base = _sides(result.baseline, result.baseline_outcome)
    now = _sides(result.portfolio, result.outcome)
    money, centre = book.style("money"), book.style("centre")
    for row, item in enumerate(all_items(facts), start=first):
        old, new = base.get(item.no, Side()), now.get(item.no, Side())
        published = item if item.no in base else None
        put(sheet, row, 0, item.no, centre)
        for column, value in (
            (1, item.name),
            (WORK, item.work),
            (CATEGORY, item.category),
            (GROUP, item.group),
        ):
            put(sheet, row, column, value, book.style("text"))
        put_money(sheet, row, TOTAL, published.total_wan if published else 0, money)
        put_money(sheet, row, PERIOD, published.plan_wan if published else 0, money)
        put_money(sheet, row, COST, new.total_wan, money)
        formula = f"={cell(row, COST)}-{cell(row, TOTAL)}"
        total = published.total_wan if published else 0
        put_formula(sheet, row, COST_CHANGE, formula, yi(new.total_wan - total), money)
        put_money(sheet, row, BASE_DRAWN, old.period_wan, money)
        put_money(sheet, row, DRAWN, new.period_wan, money)
        _difference(book, sheet, row, DRAWN_CHANGE, (old.period_wan, new.period_wan))
        put(sheet, row, BASE_FINISH, old.finish_text, centre)
        put(sheet, row, FINISH, new.finish_text, centre)
        moved = None
        if old.finish is not None and new.finish is not None:
            moved = new.finish - old.finish
        put(
            sheet,
            row,
            FINISH_CHANGE,
            moved,
            book.style("whole", "bad" if moved and moved > 0 else ""),
        )
