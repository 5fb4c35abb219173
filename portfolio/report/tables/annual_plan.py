"""The figures of a yearly investment plan (年度投资计划表) and of the batches year by year."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.items import Channel, Item
from portfolio.model.measures.planned import planned_progress_wan
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import (
    Batch,
    Life,
    batch_in,
    batch_years,
    planned_lives,
    played_lives,
    year_to_date,
)
from portfolio.model.measures.years import (
    approved_wan,
    arrival,
    drawn_by_item_wan,
    plan_by_year_wan,
    progress_wan,
)
from portfolio.model.money import Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.report.tables.fields import Field, Fields, money, number, text
from portfolio.report.words.annual_plan import (
    batch_text,
    goal_text,
    nature_text,
    remark_text,
    span_text,
)
from portfolio.report.words.run import quarter_text

BATCH_GRID, BATCH_LIST = "分批一览", "分批清单"


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """An item in a year's plan; money in 万元.

    done_before_wan : played to the end of the year before, earlier money included
    by_channel_wan : the year's plan by the channels of `AnnualPlan.channels`
    quarters_wan : the year's plan to the end of each quarter, cumulated
    needed_wan, arrived_wan : see `model.arrival`
    """

    index: int
    item: Item
    nature: str
    span: str
    done_before_wan: int
    by_channel_wan: tuple[int, ...]
    quarters_wan: tuple[int, int, int, int]
    needed_wan: int
    arrived_wan: int
    goal: str
    remark: str

    @property
    def total_wan(self) -> int:
        """The approved cost."""
        return self.item.total_wan

    @property
    def plan_wan(self) -> int:
        """The year's plan."""
        return sum(self.by_channel_wan)


@dataclass(frozen=True, kw_only=True)
class AnnualPlan:
    """The plan of a year.

    channels : the channels with planned money in the year
    works : the rows by work (工程), in the list's order
    left_out : positions of the items that are finished before the year, or have no money
        from the first year on, and have no planned money in it
    left_out_done_wan : their money played to the end of the year before
    plan_wan : the plan of all items in the year, as the run's measures have it
    """

    year: int
    channels: tuple[Channel, ...]
    works: tuple[tuple[str, tuple[PlanRow, ...]], ...]
    left_out: tuple[int, ...]
    left_out_total_wan: int
    left_out_done_wan: int
    plan_wan: int

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        """All items' rows."""
        return tuple(row for _, rows in self.works for row in rows)


def annual_plan(result: RunResult, year: int) -> AnnualPlan:
    """The plan of a year (of the played 25), items by work."""
    portfolio, outcome = result.portfolio, result.outcome
    plan = plan_by_year_wan(portfolio)[year - result.calendar.first_year]
    lives = played_lives(portfolio, outcome)
    listed = [
        index
        for index, life in enumerate(lives)
        if life is not None and (batch_in(life, year) is not None or plan[:, index].any())
    ]
    channels = tuple(np.flatnonzero(plan.any(axis=1)).tolist())
    works: dict[str, list[PlanRow]] = {}
    for index, row in zip(listed, _rows(result, year, listed, channels), strict=True):
        works.setdefault(portfolio.items[index].work, []).append(row)
    left_out = tuple(index for index in range(len(lives)) if index not in set(listed))
    done = _done_before(portfolio, outcome, year)
    return AnnualPlan(
        year=year,
        channels=tuple(portfolio.channels[c] for c in channels),
        works=tuple((work, tuple(rows)) for work, rows in works.items()),
        left_out=left_out,
        left_out_total_wan=sum(portfolio.items[index].total_wan for index in left_out),
        left_out_done_wan=sum(int(done[index]) for index in left_out),
        plan_wan=int(plan.sum()),
    )


def _rows(
    result: RunResult, year: int, listed: list[int], channels: tuple[int, ...]
) -> list[PlanRow]:
    portfolio, outcome = result.portfolio, result.outcome
    y, last = year - result.calendar.first_year, result.calendar.quarter_of(year, 4)
    plan = plan_by_year_wan(portfolio)[y]
    planned, played = planned_lives(portfolio, outcome), played_lives(portfolio, outcome)
    done, money = _done_before(portfolio, outcome, year), arrival(portfolio, outcome)
    expected, reached = _progress(portfolio, outcome, last)
    to_date = [
        year_to_date(portfolio, outcome, last - 3 + k).plan_to_date_wan.tolist() for k in range(4)
    ]
    rows = []
    for index in listed:
        life, by_plan = played[index], planned[index]
        assert life is not None and by_plan is not None  # listed items have money
        rows.append(
            PlanRow(
                index=index,
                item=portfolio.items[index],
                nature=nature_text(life, year),
                span=span_text(result.calendar, life),
                done_before_wan=int(done[index]),
                by_channel_wan=tuple(int(plan[c, index]) for c in channels),
                quarters_wan=(
                    to_date[0][index],
                    to_date[1][index],
                    to_date[2][index],
                    to_date[3][index],
                ),
                needed_wan=int(money.needed_wan[y, index]),
                arrived_wan=int(money.arrived_wan[y, index]),
                goal=goal_text(by_plan, life, year, expected[index], reached[index]),
                remark=remark_text(result, index, life, year),
            )
        )
    return rows


def _done_before(portfolio: Portfolio, outcome: Outcome, year: int) -> Wan:
    """Money played to the end of the year before, earlier money included, by item."""
    before = np.array([item.earlier_wan for item in portfolio.items], dtype=np.int64)
    drawn = drawn_by_item_wan(outcome)[: year - portfolio.calendar.first_year].sum(axis=0)
    return np.asarray(before + drawn, dtype=np.int64)


def _progress(
    portfolio: Portfolio, outcome: Outcome, quarter: int
) -> tuple[list[Fraction], list[Fraction]]:
    """Progress at approved cost to a quarter's end by item, planned and played."""
    items = portfolio.items
    planned = planned_progress_wan(portfolio)[quarter].tolist()
    played, approved = progress_wan(portfolio, outcome)[quarter].tolist(), approved_wan(portfolio)
    expected = [Fraction(planned[i], max(1, item.total_wan)) for i, item in enumerate(items)]
    reached = [
        Fraction(item.earlier_wan + played[i], max(1, item.earlier_wan + int(approved[i])))
        for i, item in enumerate(items)
    ]
    return expected, reached


@dataclass(frozen=True, kw_only=True)
class BatchRow:
    """An item in the batch of a year; money in 万元."""

    year: int
    batch: str
    index: int
    item: Item
    start: int | None
    finish: int | None
    plan_wan: int
    drawn_wan: int


def batch_rows(calendar: Calendar) -> Fields[BatchRow]:
    """The list of the batches, one row an item and year."""
    return Fields[BatchRow](
        name=BATCH_LIST,
        fields=(
            number("year", "年份", width=9, look="centre"),
            text("batch", "批次", width=9, look=lambda row: f"batch {row.batch}"),
            number("no", "序号", lambda row: row.item.no, look="centre"),
            text("name", "项目名称", lambda row: row.item.name, 42),
            text("work", "工程", lambda row: row.item.work, 20),
            money("total_wan", "总投资", lambda row: row.item.total_wan, 13),
            money("plan_wan", "当年计划投资", width=15),
            money("drawn_wan", "当年推演完成", width=15),
            text(
                "start",
                "推演开工",
                lambda row: quarter_text(calendar, row.start) or "未开工",
                look="centre",
            ),
            text(
                "finish",
                "推演竣工",
                lambda row: quarter_text(calendar, row.finish) or "未竣工",
                14,
                look="centre",
            ),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class ItemLife:
    """An item and when it is built, None for one without money from the first year on."""

    item: Item
    life: Life | None

    def batch(self, year: int) -> str:
        """The word of its batch in a year, nothing from its finish on."""
        return "" if self.life is None else str(batch_in(self.life, year) or "")


def batch_grid(calendar: Calendar, years: tuple[int, ...]) -> Fields[ItemLife]:
    """Items by years, the word of the batch in each cell; a year's column has its number as key."""
    width = max(6.5, 130 / len(years))
    return Fields[ItemLife](
        name=BATCH_GRID,
        fields=(
            number("no", "序号", lambda row: row.item.no, 5, look="centre"),
            text("name", "项目名称", lambda row: row.item.name, 26),
            text("work", "工程", lambda row: row.item.work, 15),
            money("total_wan", "总投资", lambda row: row.item.total_wan, 11),
            text(
                "span",
                "建设起止年限",
                lambda row: span_text(calendar, row.life) if row.life else "无投资",
                14,
                look="centre",
            ),
            *(_batch_field(year, width) for year in years),
        ),
    )


def _batch_field(year: int, width: float) -> Field[ItemLife]:
    return text(
        str(year),
        "",
        lambda row: row.batch(year) or None,
        width,
        look=lambda row: f"batch {row.batch(year)}",
    )


@dataclass(frozen=True, kw_only=True)
class Batches:
    """The batches of all years.

    lives : by item, None for one without money from the first year on: it is in no batch
    rows : by year, then batch, then as listed; also the items finished before a year in which
        they still have money by plan or play (已投产), so that a year's money is whole
    plan_wan, drawn_wan : by year, of all items
    """

    years: tuple[int, ...]
    lives: tuple[Life | None, ...]
    rows: tuple[BatchRow, ...]
    plan_wan: tuple[int, ...]
    drawn_wan: tuple[int, ...]

    def of(self, year: int, batch: str | None = None) -> tuple[BatchRow, ...]:
        """The rows of a year, or of a batch of it."""
        return tuple(row for row in self.rows if row.year == year and batch in (None, row.batch))


def batches(result: RunResult) -> Batches:
    """The batches of every year, from the first to the last year of plan or play."""
    portfolio, outcome = result.portfolio, result.outcome
    years, lives = batch_years(portfolio, outcome), played_lives(portfolio, outcome)
    plan, drawn = plan_by_year_wan(portfolio).sum(axis=1), drawn_by_item_wan(outcome)
    rows: list[BatchRow] = []
    for year in years:
        y = year - result.calendar.first_year
        of_year = [
            BatchRow(
                year=year,
                batch=batch_text(life, year),
                index=index,
                item=item,
                start=outcome.start[index],
                finish=outcome.finish[index],
                plan_wan=int(plan[y, index]),
                drawn_wan=int(drawn[y, index]),
            )
            for index, (item, life) in enumerate(zip(portfolio.items, lives, strict=True))
            if life is not None
            and (batch_in(life, year) is not None or plan[y, index] or drawn[y, index])
        ]
        order = {str(batch): k for k, batch in enumerate(Batch)}
        rows += sorted(of_year, key=lambda row: order.get(row.batch, len(order)))
    span = slice(0, len(years))
    return Batches(
        years=years,
        lives=lives,
        rows=tuple(rows),
        plan_wan=tuple(plan.sum(axis=1)[span].tolist()),
        drawn_wan=tuple(drawn.sum(axis=1)[span].tolist()),
    )


def plan_years(result: RunResult, quarter: int) -> tuple[int, ...]:
    """本年 and, while the plan goes on, the year after it."""
    this_year = result.calendar.first_year + quarter // 4
    last = result.calendar.first_year + len(result.portfolio.plan_wan) - 1
    return (this_year, this_year + 1) if this_year < last else (this_year,)
