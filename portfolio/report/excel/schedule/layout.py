"""What the sheets of a schedule share: the figures once, and where rows and columns stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.calendar import Calendar
from portfolio.model.items import Item
from portfolio.model.measures import years as measures
from portfolio.model.measures.results import RunResult
from portfolio.model.money import Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.report.excel.blocks import Block, cell, placed
from portfolio.report.tables.fields import Field, Fields, Table, money, number, ratio, text, toned
from portfolio.report.tables.office import with_office

OVERVIEW = "总览"
LISTED = "名单公布数"
OUTLOOK = "全年预计"
LATE = "滞后排序"
PLAN = "年度投资计划"
PLAYED = "年度完成投资"
GANTT = "甘特图"
PROJECTS = "项目"
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


WHOLE, WORK, CATEGORY, ITEM = "合计", "工程", "类别", "大项"
#: Where the reader chooses 本年.
CHOICE_ROW, CHOICE_COLUMN = 2, 2
ITEM_HEAD = 4
#: Tone and depth of the rows of an item sheet.
TONE = {WHOLE: "total", WORK: "work", CATEGORY: "category", ITEM: ""}
DEPTH = {WHOLE: 0, WORK: 0, CATEGORY: 1, ITEM: 2}


@dataclass(frozen=True, kw_only=True)
class Node:
    """A row of an item sheet: an item, or a subtotal over the rows `at` + 1 to `last`.

    `shown` is the position of 本年 among the years, until the reader chooses another.
    """

    level: str
    label: str
    item: Item
    at: int
    last: int
    total_wan: int
    before_wan: int
    years_wan: tuple[int, ...]
    shown: int

    @property
    def earlier_wan(self) -> int:
        """Money to the end of the year before 本年."""
        return self.before_wan + sum(self.years_wan[: self.shown])

    @property
    def part(self) -> float | None:
        """Money to the end of 本年 as a part of the whole."""
        reached = self.earlier_wan + self.years_wan[self.shown]
        return reached / self.total_wan if self.total_wan else None


def _own_item(node: Node) -> Item | None:
    return node.item if node.level == ITEM else None


def year_key(year: int) -> str:
    """The key of a year's column."""
    return f"y{year}"


def _value(wan: Callable[[Node], int], key: str, heading: str, width: float) -> Field[Node]:
    """A column of values of items, of which subtotals are sums."""

    def below(node: Node) -> str | None:
        if node.level == ITEM:
            return None
        return f"SUBTOTAL(9,{{{key}:{node.at + 1}}}:{{{key}:{node.last}}})"

    return money(key, heading, wan, width, formula=below)


def _tone(node: Node) -> str:
    return TONE[node.level]


def item_fields(sheet: str, years: Sequence[int], calendar: Calendar) -> Fields[Node]:
    """The columns of one of the two item sheets; the last four are hidden: checks look rows up."""
    keys = [year_key(year) for year in years]
    first, last = keys[0], keys[-1]
    heads, row = f"{{{first}:head}}:{{{last}:head}}", f"{{{first}}}:{{{last}}}"
    chosen = cell(CHOICE_ROW, CHOICE_COLUMN, fixed=True)
    total, period = "总投资" if sheet == PLAN else "推演造价", calendar.period_years
    shown: tuple[Field[Node], ...] = (
        number(
            "no",
            "序号",
            lambda node: node.item.no if node.level == ITEM else None,
            6,
            look="centre",
        ),
        text(
            "label", "工程 / 类别 / 大项", width=40, look=lambda node: f"level {DEPTH[node.level]}"
        ),
        _value(lambda node: node.total_wan, "total_wan", total, 12),
        money(
            "period_wan",
            "其中 <first>—<last>年",
            lambda node: sum(node.years_wan[:period]),
            formula=f"SUM({{{'+'.join(keys[:period])}}})",
        ),
        _value(lambda node: node.before_wan, "before_wan", "<first>年前已完成", 12),
        money(
            "earlier_wan", "", width=13, formula=f'{{before_wan}}+SUMIF({heads},"<"&{chosen},{row})'
        ),
        money(
            "this_year_wan",
            "",
            lambda node: node.years_wan[node.shown],
            formula=f"SUMIF({heads},{chosen},{row})",
        ),
        ratio(
            "part",
            "至本年底占总投资",
            width=11,
            formula='IF({total_wan}=0,"",({earlier_wan}+{this_year_wan})/{total_wan})',
        ),
        *(
            _value(partial(_of_year, k), year_key(year), str(year), 10)
            for k, year in enumerate(years)
        ),
        money(
            "since_wan",
            "<first>年起合计",
            lambda node: sum(node.years_wan),
            formula=f"SUM({{{'+'.join(keys)}}})",
        ),
    )
    hidden: tuple[Field[Node], ...] = (
        text("level", "层级", width=10),
        text("work", "工程", partial(_of_item, "work", (WORK, CATEGORY, ITEM)), 10),
        text("category", "类别", partial(_of_item, "category", (CATEGORY, ITEM)), 10),
        text("group", "组", partial(_of_item, "group", (ITEM,)), 10),
    )
    fields = (*toned(_tone, *shown), *toned(lambda _: "faint", *hidden))
    return Fields[Node](name=sheet, fields=fields).titled(calendar)


def _of_item(key: str, levels: tuple[str, ...], node: Node) -> str | None:
    """What a row of some levels has of its item."""
    return getattr(node.item, key) if node.level in levels else None


def _of_year(k: int, node: Node) -> int:
    return node.years_wan[k]


@dataclass(frozen=True)
class Facts:
    """A run's figures as the sheets need them: [year, item] and [year, channel] in 万元."""

    result: RunResult

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years shown."""
        return measures.reported_years(self.result.calendar, self.result.outcome)

    @property
    def shown_year(self) -> int:
        """本年: the year the block 至上年底累计 · 本年 shows until the reader chooses another."""
        return self.years[self.shown]

    @property
    def shown(self) -> int:
        """Its place among the years: after facts the as-of's, else the one after the period."""
        facts, after = self.result.portfolio.facts, self.result.calendar.period_years
        return after if facts is None else min(facts.year, PLAN_YEARS - 1)

    @property
    def plan_years(self) -> tuple[int, ...]:
        """The years of them that have a plan."""
        return self.years[:PLAN_YEARS]

    @cached_property
    def measures(self) -> tuple[measures.YearMeasure, ...]:
        """The years against their targets."""
        return measures.year_measures(self.result.portfolio, self.result.outcome)

    @cached_property
    def plan(self) -> Wan:
        """Plan by year and item."""
        return np.asarray(
            measures.plan_by_year_wan(self.result.portfolio).sum(axis=1)[: len(self.years)]
        )

    @cached_property
    def played_plan(self) -> Wan:
        """The plan that is played by year and item, whatever version of it is in force."""
        return np.asarray(
            measures.played_plan_wan(self.result.portfolio).sum(axis=1)[: len(self.years)]
        )

    @cached_property
    def drawn(self) -> Wan:
        """Money drawn by year and item."""
        return measures.drawn_by_item_wan(self.result.outcome)[: len(self.years)]

    @cached_property
    def cost(self) -> Wan:
        """Cost from the first year on by item."""
        return measures.cost_wan(self.result.portfolio)

    @cached_property
    def plan_by_channel(self) -> Wan:
        """Plan by year and channel."""
        return np.asarray(
            measures.plan_by_year_wan(self.result.portfolio).sum(axis=2)[: len(self.years)]
        )

    @cached_property
    def drawn_by_channel(self) -> Wan:
        """Money drawn by year and channel."""
        return measures.drawn_by_channel_wan(self.result.outcome)[: len(self.years)]

    @cached_property
    def gap(self) -> Wan:
        """Funding gap by year and channel."""
        return measures.funding_gap_wan(self.result.portfolio, self.result.outcome)[
            : len(self.years)
        ]

    @cached_property
    def behind(self) -> Mask:
        """Quarters at whose end an item is behind its plan: bool[quarter, item]."""
        return measures.behind_plan(self.result.portfolio, self.result.outcome)

    @cached_property
    def plan_sheet(self) -> tuple[Table[Node], Block]:
        """The sheet 年度投资计划; the plan has no years after its end."""
        total = np.array([item.total_wan for item in self._items], dtype=np.int64)
        return self._item_sheet(PLAN, self.plan_years, total, self.plan)

    @cached_property
    def played_sheet(self) -> tuple[Table[Node], Block]:
        """The sheet 年度完成投资."""
        return self._item_sheet(PLAYED, self.years, self._before + self.cost, self.drawn)

    @property
    def _items(self) -> tuple[Item, ...]:
        return self.result.portfolio.items

    @property
    def _before(self) -> Wan:
        return np.array([item.earlier_wan for item in self._items], dtype=np.int64)

    def _item_sheet(
        self, sheet: str, years: Sequence[int], total: Wan, by_year: Wan
    ) -> tuple[Table[Node], Block]:
        """The grand total, then each work and category with its items, and where they stand."""
        nodes: list[Node] = []

        def add(level: str, label: str, indices: list[int], rows_below: int) -> None:
            at = ITEM_HEAD + 1 + len(nodes)
            nodes.append(
                Node(
                    level=level,
                    label=label,
                    item=self._items[indices[0]],
                    at=at,
                    last=at + rows_below,
                    total_wan=int(total[indices].sum()),
                    before_wan=int(self._before[indices].sum()),
                    years_wan=tuple(by_year[: len(years), indices].sum(axis=1).tolist()),
                    shown=self.shown,
                )
            )

        groups = measures.item_groups(self._items)
        below = {
            work: sum(len(rows) + (category is not None) for category, rows in categories.items())
            for work, categories in groups.items()
        }
        add(WHOLE, WHOLE, list(range(len(self._items))), sum(below.values()) + len(groups))
        for work, categories in groups.items():
            add(WORK, work, [i for rows in categories.values() for i in rows], below[work])
            for category, rows in categories.items():
                if category is not None:
                    add(CATEGORY, category, rows, len(rows))
                for index in rows:
                    add(ITEM, self._items[index].name, [index], 0)
        fields = item_fields(sheet, years, self.result.calendar)
        table = with_office(fields, self._items, _own_item).of(nodes)
        return table, placed(table, ITEM_HEAD, sheet)
