"""Sheet 变更对比: this scenario against the baseline, by year and by item."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from portfolio.model.items import Item
from portfolio.model.measures.years import YearMeasure, cost_wan, drawn_by_item_wan, year_measures
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book
from portfolio.report.excel.schedule.layout import CHANGES, Facts
from portfolio.report.tables.compare import less
from portfolio.report.tables.fields import Field, Fields, Row, Table, money, number, text
from portfolio.report.tables.office import with_office
from portfolio.report.words.run import finish_text

HEAD = 4


def _pair(
    key: str, word: str, before: Callable[[Row], int | None], after: Callable[[Row], int | None]
) -> Iterator[Field[Row]]:
    """An amount of the baseline, of the scenario, and the difference where there are both."""
    yield money(f"old_{key}", f"基准{word}", before, 14)
    yield money(f"new_{key}", f"本情景{word}", after, 14)
    yield less(f"less_{key}", "差", (f"new_{key}", after), (f"old_{key}", before), 14)


@dataclass(frozen=True, kw_only=True)
class Year:
    """A year of baseline and scenario; None where one does not report it."""

    no: int
    year: int
    old: YearMeasure | None
    new: YearMeasure | None


YEARS = Fields[Year](
    name="按年",
    fields=(
        number("no", "序号", look="centre"),
        text("year", "年份", lambda row: f"{row.year}年"),
        *_pair(
            "plan_wan",
            "计划",
            lambda row: row.old.plan_wan if row.old else 0,
            lambda row: row.new.plan_wan if row.new else 0,
        ),
        *_pair(
            "drawn_wan",
            "完成投资",
            lambda row: row.old.drawn_wan if row.old else 0,
            lambda row: row.new.drawn_wan if row.new else 0,
        ),
        *_pair(
            "converted_wan",
            "折市重点",
            lambda row: row.old.converted_wan if row.old else None,
            lambda row: row.new.converted_wan if row.new else None,
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Side:
    """An item in one of the two portfolios; zeros and None where it is not part of it."""

    total_wan: int = 0
    period_wan: int = 0
    finish: int | None = None
    finish_text: str | None = None


@dataclass(frozen=True, kw_only=True)
class ItemPair:
    """An item in baseline and scenario; published amounts are 0 for one that a scenario added."""

    item: Item
    total_wan: int
    plan_wan: int
    old: Side
    new: Side

    @property
    def moved(self) -> int | None:
        """Quarters by which it finishes later."""
        if self.old.finish is None or self.new.finish is None:
            return None
        return self.new.finish - self.old.finish


def _own_item(row: ItemPair) -> Item:
    return row.item


ITEMS = Fields[ItemPair](
    name="按大项",
    fields=(
        number("no", "序号", lambda row: row.item.no, 6, look="centre"),
        text("name", "大项", lambda row: row.item.name, 38),
        money("total_wan", "基准总投资", width=14),
        money("plan_wan", "其中“<period>”投资", width=14),
        money("cost_wan", "本情景造价", lambda row: row.new.total_wan, 14),
        money(
            "dearer_wan",
            "造价差",
            lambda row: row.new.total_wan - row.total_wan,
            14,
            formula="{cost_wan}-{total_wan}",
        ),
        *_pair(
            "period_wan",
            "<first>—<last>完成",
            lambda row: row.old.period_wan,
            lambda row: row.new.period_wan,
        ),
        text("old_finish", "基准竣工", lambda row: row.old.finish_text, 14, look="centre"),
        text("new_finish", "本情景竣工", lambda row: row.new.finish_text, 14, look="centre"),
        number(
            "moved",
            "竣工变化（季）",
            width=14,
            tone=lambda row: "bad" if row.moved and row.moved > 0 else "",
        ),
        text("work", "工程", lambda row: row.item.work, 18),
        text("category", "类别", lambda row: row.item.category, 30),
        text("group", "组", lambda row: row.item.group, 18),
    ),
)


def changed_years(facts: Facts) -> tuple[Table[Year], Block]:
    """The years of baseline and scenario and where they stand."""
    result = facts.result
    base = {m.year: m for m in year_measures(result.baseline, result.baseline_outcome)}
    now = {m.year: m for m in facts.measures}
    years = sorted({*facts.years, *base})
    table = YEARS.of(
        Year(no=k, year=year, old=base.get(year), new=now.get(year))
        for k, year in enumerate(years, start=1)
    )
    return table, placed(table, HEAD, CHANGES)


def changed_items(facts: Facts) -> tuple[Table[ItemPair], Block]:
    """Items of the baseline, then those a scenario added, and where they stand."""
    result = facts.result
    added = [item for item in result.portfolio.items if item.no not in result.baseline.position]
    base = _sides(result.baseline, result.baseline_outcome)
    now = _sides(result.portfolio, result.outcome)
    table = (
        with_office(ITEMS, result.portfolio.items, _own_item)
        .titled(result.calendar)
        .of(
            ItemPair(
                item=item,
                total_wan=item.total_wan if item.no in base else 0,
                plan_wan=item.plan_wan if item.no in base else 0,
                old=base.get(item.no, Side()),
                new=now.get(item.no, Side()),
            )
            for item in (*result.baseline.items, *added)
        )
    )
    return table, placed(table, changed_years(facts)[1].last + 4, CHANGES)


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


def write_changes(book: Book, facts: Facts) -> None:
    """Differences by year above, by item below."""
    sheet = book.sheet(CHANGES, tab="#BF8F00")
    sheet.title(
        f"变更对比：{facts.result.label} 与 基准（亿元）",
        "基准为未加情景的工作簿：计划与推演。差＝本情景－基准。",
    )
    table, block = changed_items(facts)
    shown: tuple[tuple[Table[Any], Block], ...] = (changed_years(facts), (table, block))
    for each, place in shown:
        sheet.put(place.head - 1, 0, each.name, "subtitle")
        sheet.put_at(each, place)
    sheet.set_widths(table.widths)
    sheet.freeze_panes(3, 2)
    sheet.repeat_rows(block.head)
