"""What the sheets of a schedule share: the figures once, and where rows and columns stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from portfolio.model.measures import (
    YearMeasure,
    behind_plan,
    cost_wan,
    drawn_by_channel_wan,
    drawn_by_item_wan,
    funding_gap_wan,
    item_groups,
    late_positions,
    plan_by_year_wan,
    reported_years,
    year_measures,
)
from portfolio.model.money import Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.result import RunResult
from portfolio.report.excel.book import column_name, span

OVERVIEW = "总览"
PLAN = "年度投资计划"
PLAYED = "年度完成投资"
GANTT = "甘特图"
SOURCES = "资金来源"
GAPS = "资金缺口"
LEDGER = "资金台账"
CAUSES = "滞后原因"
CHANGES = "变更对比"
GATES = "依赖关系"
EVENTS = "事件日志"
EVIDENCE = "资料依据"
CHECKS = "校核"
GUIDE = "说明"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A row of an item sheet: a subtotal (合计, 工程, 类别) or an item (大项)."""

    level: str
    label: str
    positions: tuple[int, ...]
    last_row: int


@dataclass(frozen=True, kw_only=True)
class ItemLayout:
    """Where an item sheet has its rows and columns, zero-based."""

    years: tuple[int, ...]
    nodes: tuple[Node, ...]
    period_years: int
    choice_row: int = 2
    head_row: int = 4
    total: int = 2
    period: int = 3
    before: int = 4
    to_last_year: int = 5
    this_year: int = 6
    part: int = 7
    first_year: int = 8

    @property
    def shown_year(self) -> int:
        """The year the block 至上年底累计 · 本年 shows until the reader chooses another."""
        return self.years[self.period_years]

    @property
    def first_row(self) -> int:
        """The row of the grand total; subtotals and items follow."""
        return self.head_row + 1

    @property
    def last_row(self) -> int:
        """The last item's row."""
        return self.head_row + len(self.nodes)

    @property
    def last_year(self) -> int:
        """The column of the last year."""
        return self.first_year + len(self.years) - 1

    @property
    def since(self) -> int:
        """The column of the sum from the first year on."""
        return self.last_year + 1

    @property
    def level(self) -> int:
        """The first of the helper columns 层级, 工程, 类别, 组."""
        return self.since + 1

    def column(self, column: int) -> str:
        """A column's rows as a fixed range."""
        return span(self.first_row, column, self.last_row, column)

    def year_column(self, year: int) -> int:
        """The column of a year."""
        return self.first_year + self.years.index(year)

    def letters(self, column: int) -> str:
        """A column's letters."""
        return column_name(column)


@dataclass(frozen=True)
class Facts:
    """A run's figures as the sheets need them: [year, item] and [year, channel] in 万元."""

    result: RunResult

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years shown."""
        return reported_years(self.result.calendar, self.result.outcome)

    @cached_property
    def measures(self) -> tuple[YearMeasure, ...]:
        """The years against their targets."""
        return year_measures(self.result.portfolio, self.result.outcome)

    @cached_property
    def plan(self) -> Wan:
        """Plan by year and item."""
        return np.asarray(plan_by_year_wan(self.result.portfolio).sum(axis=1)[: len(self.years)])

    @cached_property
    def drawn(self) -> Wan:
        """Money drawn by year and item."""
        return drawn_by_item_wan(self.result.outcome)[: len(self.years)]

    @cached_property
    def cost(self) -> Wan:
        """Cost from the first year on by item."""
        return cost_wan(self.result.portfolio)

    @cached_property
    def plan_by_channel(self) -> Wan:
        """Plan by year and channel."""
        return np.asarray(plan_by_year_wan(self.result.portfolio).sum(axis=2)[: len(self.years)])

    @cached_property
    def drawn_by_channel(self) -> Wan:
        """Money drawn by year and channel."""
        return drawn_by_channel_wan(self.result.outcome)[: len(self.years)]

    @cached_property
    def gap(self) -> Wan:
        """Funding gap by year and channel."""
        return funding_gap_wan(self.result.portfolio, self.result.outcome)[: len(self.years)]

    @cached_property
    def behind(self) -> npt.NDArray[np.bool_]:
        """Quarters at whose end an item is behind its plan: bool[quarter, item]."""
        return behind_plan(self.result.portfolio, self.result.outcome)

    @cached_property
    def late(self) -> tuple[int, ...]:
        """Positions of the late items."""
        return late_positions(self.result.portfolio, self.result.outcome)

    def layout_of(self, sheet: str) -> ItemLayout:
        """Rows and columns of one of the two item sheets; the plan has no years after its end."""
        if sheet == PLAN:
            return replace(self._layout, years=self.years[:PLAN_YEARS])
        return self._layout

    @cached_property
    def _layout(self) -> ItemLayout:
        items = self.result.portfolio.items
        nodes: list[Node] = []
        first = ItemLayout(
            years=self.years, nodes=(), period_years=self.result.calendar.period_years
        ).first_row

        def add(level: str, label: str, positions: list[int], rows_below: int) -> None:
            last = first + len(nodes) + rows_below
            nodes.append(Node(level=level, label=label, positions=tuple(positions), last_row=last))

        groups = item_groups(items)
        below = {
            work: sum(len(rows) + (category is not None) for category, rows in categories.items())
            for work, categories in groups.items()
        }
        add("合计", "合计", list(range(len(items))), sum(below.values()) + len(groups))
        for work, categories in groups.items():
            add("工程", work, [i for rows in categories.values() for i in rows], below[work])
            for category, rows in categories.items():
                if category is not None:
                    add("类别", category, rows, len(rows))
                for index in rows:
                    add("大项", items[index].name, [index], 0)
        return ItemLayout(
            years=self.years, nodes=tuple(nodes), period_years=self.result.calendar.period_years
        )
