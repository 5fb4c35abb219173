"""Sheets 调整明细 and 谁出谁进: every move, and its sums by item and by channel and year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portfolio.model.items import Channel, Item
from portfolio.model.money import BPS
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation_findings import Flow, flow, flows, need_wan
from portfolio.report.excel.book import Book, Worksheet, head_row, put_formula, put_row, title, yi
from portfolio.report.excel.reallocation_layout import AFTER, BEFORE, FLOWS, MOVES, Facts
from portfolio.report.excel.stress_blocks import (
    Block,
    cell_style,
    placed,
    print_wide,
    put_behind,
    put_heading,
    put_rows,
    put_table,
    set_widths,
)
from portfolio.report.fields import Field, Fields, Row, Table, Unit, money, number, text
from portfolio.report.reallocation_tables import MOVE_LOOKUP, move_fields, move_table

#: The last of the names that are repeated on a second page of print, and where that begins.
LAST_NAME, PAGE_TWO = "year", "basis"
FLOWS_HEAD = 3


def write_moves(book: Book, facts: Facts) -> None:
    """Every move with its approval; the list can be filtered."""
    sheet, result = book.sheet(MOVES, tab="#ED7D31", zoom=85), facts.result
    table = move_table(result)
    title(
        book,
        sheet,
        "调整明细（亿元；一行为一个大项、一个渠道、一年）",
        "负为让出，正为得到；审批的依据、期限含假设，见 docs/审批路径.md。"
        if result.moves
        else "没有要调整的资金。",
    )
    block = put_table(book, sheet, table, facts.moves.head)
    lookup = move_fields(result.case.portfolio).view(*MOVE_LOOKUP).of(result.moves)
    block = put_behind(book, sheet, lookup, block)
    for field in lookup.columns:
        place = block.places[field.key]
        sheet.set_column(place, place, field.width, None, {"hidden": True})
    repeated = block.places[LAST_NAME] + 1
    sheet.freeze_panes(block.first, repeated)
    widths = [field.width for field in table.columns]
    print_wide(sheet, widths, (block.places[PAGE_TWO],), repeated=repeated)


@dataclass(frozen=True, kw_only=True)
class ItemFlow:
    """What an item gives and takes."""

    item: Item
    flow: Flow


@dataclass(frozen=True, kw_only=True)
class YearFlow:
    """What a channel gives and takes in a year, beside its envelope.

    before_wan, after_wan : what the plan has of it
    old_wan, new_wan : its envelope before and after the shock; need_wan : what the plan takes of it
    """

    index: int
    channel: Channel
    year: int
    flow: Flow
    before_wan: int
    after_wan: int
    old_wan: int
    new_wan: int
    need_wan: int


_FLOW: dict[str, Field[Any]] = {
    "gives_wan": money("gives_wan", "让出", lambda row: row.flow.gives_wan, 13),
    "takes_wan": money("takes_wan", "得到", lambda row: row.flow.takes_wan, 13),
    "net_wan": money(
        "net_wan",
        "净变化",
        lambda row: row.flow.net_wan,
        13,
        look="signed money",
        formula="ROUND({takes_wan}-{gives_wan},4)",
    ),
}
ITEM_FLOWS = Fields[Any](
    name="按大项",
    fields=(
        number("no", "序号", lambda row: row.item.no, look="centre"),
        text("name", "大项", lambda row: row.item.name),
        *_FLOW.values(),
        number("cells", "格数", lambda row: row.flow.cells, 13),
    ),
)
YEAR_FLOWS = Fields[Any](
    name="按渠道、年份（自可调的第一年起）",
    fields=(
        text("channel", "渠道", lambda row: row.channel.name, 30),
        number("year", "年份", width=26, look="centre"),
        money("before_wan", "调整前合计", width=13),
        _FLOW["gives_wan"],
        _FLOW["takes_wan"],
        money("after_wan", "调整后合计", width=13),
        _FLOW["net_wan"],
        money("old_wan", "冲击前额度", width=13),
        money("new_wan", "冲击后额度", width=13),
        money(
            "change_wan",
            "额度变化",
            lambda row: row.new_wan - row.old_wan,
            13,
            look="signed money",
            formula="ROUND({new_wan}-{old_wan},4)",
        ),
        money("need_wan", "占用额度", width=13),
        money(
            "left_wan",
            "额度结余",
            lambda row: row.new_wan - row.need_wan,
            13,
            look="signed money",
            formula="ROUND({new_wan}-{need_wan},4)",
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Flows:
    """The two tables of 谁出谁进, one below the other, each with its sums in the row below."""

    facts: Facts

    @cached_property
    def items(self) -> Table[ItemFlow]:
        """By item, in the workbook's order."""
        found = flows(self.facts.result, lambda move: move.item_no)
        items = self.facts.result.case.portfolio.items
        return ITEM_FLOWS.of(
            ItemFlow(item=item, flow=found[item.no]) for item in items if item.no in found
        )

    @cached_property
    def years(self) -> Table[YearFlow]:
        """The 统筹 channels from the first adjustable year on, with money."""
        facts, case = self.facts, self.facts.result.case
        found = flows(facts.result, lambda move: (move.channel_id, move.year))
        none, needs = Flow(cells=0, gives_wan=0, takes_wan=0), need_wan(case, facts.after)
        old = facts.result.run.baseline.envelopes.pooled_wan
        new = case.portfolio.envelopes.pooled_wan
        before, after = facts.before.sum(axis=2), facts.after.sum(axis=2)
        return YEAR_FLOWS.of(
            YearFlow(
                index=c,
                channel=(channel := case.portfolio.channels[c]),
                year=(year := case.calendar.first_year + y),
                flow=found.get((channel.id, year), none),
                before_wan=int(before[y, c]),
                after_wan=int(after[y, c]),
                old_wan=int(old[y, c]),
                new_wan=int(new[y, c]),
                need_wan=int(needs[y, c]),
            )
            for c in facts.pooled
            for y in range(facts.first, PLAN_YEARS)
            if before[y, c] or after[y, c] or new[y, c]
        )

    @cached_property
    def item_block(self) -> Block:
        """Where the items stand."""
        return placed(self.items, FLOWS_HEAD, FLOWS)

    @cached_property
    def year_block(self) -> Block:
        """Where channels and years stand, below the items and their sums."""
        return placed(self.years, self.item_block.last + 4, FLOWS)


def write_flows(book: Book, facts: Facts) -> None:
    """Gives and takes by item, then by channel and year beside the envelopes."""
    sheet, shown = book.sheet(FLOWS, tab="#ED7D31", zoom=85), Flows(facts=facts)
    title(
        book,
        sheet,
        "谁出谁进（亿元）",
        "由 调整明细 用公式汇总；各大项净变化之和等于各渠道各年净变化之和。占用额度按推演造价，逐格进到万元。",
    )
    set_widths(sheet, shown.years)
    whole = flow(facts.result.moves)
    sums = {"gives_wan": whole.gives_wan, "takes_wan": whole.takes_wan, "net_wan": whole.net_wan}
    _put(book, sheet, shown.items, shown.item_block, _by_item(facts), ("no", "name"))
    _sums(book, sheet, shown.items, shown.item_block, {**sums, "cells": whole.cells})
    _put(book, sheet, shown.years, shown.year_block, _by_year(facts), tuple(YEAR_FLOWS.by_key))
    _sums(book, sheet, shown.years, shown.year_block, sums)
    sheet.freeze_panes(FLOWS_HEAD - 1, 2)


def _put(
    book: Book,
    sheet: Worksheet,
    table: Table[Row],
    block: Block,
    formulas: Mapping[str, Callable[[Row], str]],
    total: tuple[str, ...],
) -> None:
    """A table under its heading; below it the row of sums, which the columns `total` begin."""
    put_heading(book, sheet, block.head - 1, table.name)
    head_row(book, sheet, block.head, [field.title for field in table.columns])
    put_rows(book, sheet, table, block, formulas)
    blank = [None] * (len(total) - 1)
    put_row(sheet, block.last + 1, ("合计", *blank), book.style("text", "total"))


def _sums(
    book: Book, sheet: Worksheet, table: Table[Any], block: Block, sums: Mapping[str, int]
) -> None:
    """Sums in the row below; nothing to sum is 0."""
    for key, value in sums.items():
        field = table.fields[key]
        style = cell_style(book, field.unit, value, field.look_of(table), "total")
        whole = yi(value) if field.unit is Unit.MONEY else value
        body = block.sum_of(key) if table.rows else "0"
        put_formula(sheet, block.last + 1, block.places[key], f"={body}", whole, style)


def _by_item(facts: Facts) -> dict[str, Callable[[ItemFlow], str]]:
    items, change = facts.moves.seen("no"), facts.moves.seen("change_wan")
    return {
        "gives_wan": lambda _: f'-SUMIFS({change},{items},{{no}},{change},"<0")',
        "takes_wan": lambda _: f'SUMIFS({change},{items},{{no}},{change},">0")',
        "cells": lambda _: f"COUNTIF({items},{{no}})",
    }


def _by_year(facts: Facts) -> dict[str, Callable[[YearFlow], str]]:
    change, ids, years = map(facts.moves.seen, ("change_wan", "position", "when"))
    first_year = facts.result.calendar.first_year

    def of(row: YearFlow) -> str:
        return f"{change},{ids},{row.index + 1},{years},{{year}},{change}"

    def planned(block: str, row: YearFlow) -> str:
        index, plan = facts.cells.seen("position"), facts.year(block, row.year - first_year)
        return f"SUMIF({index},{row.index + 1},{plan})"

    def need(row: YearFlow) -> str:
        """What the plan takes of an envelope: each cell × cost factor, rounded up to the 万元."""
        if (facts.result.case.portfolio.conditions.scale_bps == BPS).all():
            return planned(AFTER, row)
        index, plan = facts.cells.seen("position"), facts.year(AFTER, row.year - first_year)
        wan, scale = f"ROUND({plan}*10000,0)", f"ROUND({facts.cells.seen('scale')}*10000,0)"
        return f"SUMPRODUCT(({index}={row.index + 1})*ROUNDUP({wan}*{scale}/10000,0))/10000"

    return {
        "before_wan": lambda row: planned(BEFORE, row),
        "gives_wan": lambda row: f'-SUMIFS({of(row)},"<0")',
        "takes_wan": lambda row: f'SUMIFS({of(row)},">0")',
        "after_wan": lambda row: planned(AFTER, row),
        "need_wan": need,
    }
