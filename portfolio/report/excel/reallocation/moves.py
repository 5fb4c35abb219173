"""Sheets 调整明细 and 谁出谁进: every move, and its sums by item and by channel and year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from portfolio.model.items import Channel, Item
from portfolio.model.money import BPS, yi_text
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.findings import Flow, flow, flows, need_wan
from portfolio.model.reallocation.result import Reallocation
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, Sheet, yi
from portfolio.report.excel.reallocation import layout
from portfolio.report.excel.styles import HEADINGS, LINE, ROW
from portfolio.report.screen.console import lines_needed
from portfolio.report.tables import reallocation as tables
from portfolio.report.tables.fields import Field, Fields, Row, Table, Unit, money, number, text
from portfolio.report.tables.office import CODE, OWNER, with_office
from portfolio.report.words.reallocation import (
    conflict_lead,
    counted_text,
    grandfathered_line,
    needs_sentence,
    no_prices_line,
    prices_lead,
    ways_cut_line,
)
from portfolio.report.words.run import CLOSED_LIST

#: The last of the names that are repeated on a second page of print, and where that begins.
LAST_NAME, PAGE_TWO = "year", "basis"
FLOWS_HEAD = 3


def write_moves(book: Book, facts: layout.Facts) -> None:
    """Every move with its approval; the list can be filtered."""
    sheet, result = book.sheet(layout.MOVES, tab="#ED7D31", zoom=85), facts.result
    table = tables.move_table(result)
    sheet.title(
        "调整明细（亿元；一行为一个大项、一个渠道、一年）",
        "负为调减，正为调增；审批的依据、期限含假设，见 docs/审批路径.md。"
        if result.moves
        else "没有要调整的资金。",
    )
    block = sheet.put_table(table, facts.moves.head)
    lookup = tables.move_fields(result.case.portfolio).view(*tables.MOVE_LOOKUP).of(result.moves)
    block = sheet.put_behind(lookup, block)
    for field in lookup.columns:
        place = block.places[field.key]
        sheet.set_column(place, place, field.width, None, {"hidden": True})
    repeated = block.places[LAST_NAME] + 1
    sheet.freeze_panes(block.first, repeated)
    widths = table.widths
    sheet.print_wide(widths, (block.places[PAGE_TWO],), repeated=repeated)


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
    "gives_wan": money("gives_wan", "调减", lambda row: row.flow.gives_wan, 13),
    "takes_wan": money("takes_wan", "调增", lambda row: row.flow.takes_wan, 13),
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

    facts: layout.Facts

    @cached_property
    def items(self) -> Table[ItemFlow]:
        """By item, in the workbook's order."""
        found = flows(self.facts.result, lambda move: move.item_no)
        items = self.facts.result.case.portfolio.items
        # Behind its numbers: the columns above and below each other are shared.
        fields = with_office(ITEM_FLOWS, items, lambda row: row.item, last=True)
        return fields.of(
            ItemFlow(item=item, flow=found[item.no]) for item in items if item.no in found
        )

    @cached_property
    def years(self) -> Table[YearFlow]:
        """The 统筹 channels from the first adjustable year on, with money."""
        facts, case = self.facts, self.facts.result.case
        found = flows(facts.result, lambda move: (move.channel_id, move.year))
        none, needs = Flow(cells=0, gives_wan=0, takes_wan=0), need_wan(case, facts.after)
        new = case.portfolio.envelopes.pooled_wan
        carried = new - case.played.envelopes.pooled_wan  # into a year that has begun
        old = facts.result.run.baseline.envelopes.pooled_wan + carried
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
        return placed(self.items, FLOWS_HEAD, layout.FLOWS)

    @cached_property
    def year_block(self) -> Block:
        """Where channels and years stand, below the items and their sums."""
        return placed(self.years, self.item_block.last + 4, layout.FLOWS)


def write_flows(book: Book, facts: layout.Facts) -> None:
    """Gives and takes by item, then by channel and year beside the envelopes."""
    sheet, shown = book.sheet(layout.FLOWS, tab="#ED7D31", zoom=85), Flows(facts=facts)
    sheet.title(
        "谁出谁进（亿元）",
        "由 调整明细 用公式汇总；各大项净变化之和等于各渠道各年净变化之和。占用额度按推演造价，逐格进到万元。",
    )
    sheet.set_widths(shown.years.widths)
    for key in (CODE, OWNER):
        if key in shown.items.fields.by_key:
            place = shown.item_block.places[key]
            sheet.set_column(place, place, shown.items.fields[key].width)
    whole = flow(facts.result.moves)
    sums = {"gives_wan": whole.gives_wan, "takes_wan": whole.takes_wan, "net_wan": whole.net_wan}
    _put(sheet, shown.items, shown.item_block, _by_item(facts), ("no", "name"))
    _sums(sheet, shown.items, shown.item_block, {**sums, "cells": whole.cells})
    _put(sheet, shown.years, shown.year_block, _by_year(facts), tuple(YEAR_FLOWS.by_key))
    _sums(sheet, shown.years, shown.year_block, sums)
    sheet.freeze_panes(FLOWS_HEAD - 1, 2)


def _put(
    sheet: Sheet,
    table: Table[Row],
    block: Block,
    formulas: Mapping[str, Callable[[Row], str]],
    total: tuple[str, ...],
) -> None:
    """A table under its heading; below it the row of sums, which the columns `total` begin."""
    sheet.put_heading(block.head - 1, table.name)
    sheet.put_at(table, block, formulas)
    blank = [None] * (len(total) - 1)
    sheet.put_row(block.last + 1, ("合计", *blank), "text", "total")


def _sums(sheet: Sheet, table: Table[Any], block: Block, sums: Mapping[str, int]) -> None:
    """Sums in the row below; nothing to sum is 0."""
    for key, value in sums.items():
        field = table.fields[key]
        style = sheet.looks.style_of(field.unit, value, field.look_of(table))
        whole = yi(value) if field.unit is Unit.MONEY else value
        body = block.sum_of(key) if table.rows else "0"
        sheet.put_formula(block.last + 1, block.places[key], f"={body}", whole, style, "total")


def _by_item(facts: layout.Facts) -> dict[str, Callable[[ItemFlow], str]]:
    items, change = facts.moves.seen("no"), facts.moves.seen("change_wan")
    return {
        "gives_wan": lambda _: f'-SUMIFS({change},{items},{{no}},{change},"<0")',
        "takes_wan": lambda _: f'SUMIFS({change},{items},{{no}},{change},">0")',
        "cells": lambda _: f"COUNTIF({items},{{no}})",
    }


def _by_year(facts: layout.Facts) -> dict[str, Callable[[YearFlow], str]]:
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
            return planned(layout.AFTER, row)
        index, plan = facts.cells.seen("position"), facts.year(layout.AFTER, row.year - first_year)
        wan, scale = f"ROUND({plan}*10000,0)", f"ROUND({facts.cells.seen('scale')}*10000,0)"
        return f"SUMPRODUCT(({index}={row.index + 1})*ROUNDUP({wan}*{scale}/10000,0))/10000"

    return {
        "before_wan": lambda row: planned(layout.BEFORE, row),
        "gives_wan": lambda row: f'-SUMIFS({of(row)},"<0")',
        "takes_wan": lambda row: f'SUMIFS({of(row)},">0")',
        "after_wan": lambda row: planned(layout.AFTER, row),
        "need_wan": need,
    }


# --- Sheet 承诺与推演: what the repaired plan promises and what its play made of it, and why


WIDTHS = (8, 28, 14, 14, 13, 16, 13, 13, 13, 40, 44, 13, 13, 13)
#: Years that do not convert have no cells of these; the reason is merged over two.
CONVERTED = ("off_wan", *map(tables.gap_key, tables.WAYS))
MERGED = ("why", "spare")
NOTES = (
    "应达到：目标与基准折市重点中的小者（冲击造成的缺口只从这里量起）；没有目标或入列系数的年份不判断。",
    CLOSED_LIST,
)


def write_promise(book: Book, facts: layout.Facts) -> None:
    """By year, then by item."""
    sheet, block = book.sheet(layout.PROMISE, tab="#2F75B5", zoom=85), facts.promise
    sheet.set_widths(WIDTHS)
    sheet.title("承诺与推演（折市重点口径，亿元）")
    why, spare = (block.places[key] for key in MERGED)
    notes = [facts.result.calendar.fill(note) for note in NOTES]
    notes[0] += counted_text(facts.result.case)
    sheet.put_lines(1, notes, why, sum(WIDTHS[:spare]))
    sheet.put_heading(block.head - 1, "按年份（折市重点）")
    sheet.head_row(block.head, [field.title for field in layout.PROMISE_SHEET])
    heading = layout.PROMISE_SHEET["why"].title
    sheet.put_over((block.head, why), (block.head, spare), heading, "head")
    every = [key for key in layout.PROMISE_SHEET.by_key if key not in MERGED]
    plain = [key for key in every if key not in CONVERTED]
    for at, row in enumerate(facts.years, start=block.first):
        shown = layout.PROMISE_SHEET.view(*(every if row.converts else plain)).of([row])
        sheet.put_rows(shown, replace(block, first=at))
        sheet.put_over((at, why), (at, spare), row.why, "wrap")
        width = WIDTHS[why] + WIDTHS[spare] - 2
        sheet.set_row(at, max(ROW, 2 + LINE * lines_needed(row.why, width)))
    _items(sheet, facts, block.first + len(facts.years) + 1)
    sheet.freeze_panes(block.first, 1)


def _items(sheet: Sheet, facts: layout.Facts, row: int) -> None:
    """Items whose play differs from the plan."""
    row = sheet.put_heading(row, "按大项（形象进度，未折算；只列有年份相差 0.05 亿元以上的）")
    table = tables.item_promise_table(facts.result)
    if not table.rows:
        sheet.put(row, 0, "各大项的推演与承诺一致。")
        return
    sheet.put_block(table, row, widths=WIDTHS)


# --- Sheets 价格, 规则冲突 and 既有突破: what limits, what conflicts, what the baseline breaks


CONFLICT_WIDTHS = (36, 52, 10, 16, 60)


def write_prices(book: Book, result: Reallocation) -> None:
    """What one step more of each binding limit would buy, with the range in which that holds."""
    sheet = book.sheet(layout.PRICES, tab="#7030A0", zoom=85)
    sheet.title(
        "价格：卡住结果的限额再放宽一点能换来什么（亿元）",
        prices_lead(result) if result.prices else no_prices_line(result),
    )
    table = tables.price_table(result)
    block = sheet.put_table(table, 3)
    more = tables.price_table(result, tables.PRICE_UNIT)
    sheet.put_behind(more, block)
    sheet.set_widths(more.widths, len(table.columns))
    sheet.set_row(block.head, HEADINGS + 8)


def write_luck(book: Book, result: Reallocation) -> None:
    """Both plans under the same luck; no sheet where no stress test was asked for."""
    if result.luck is None:
        return
    sheet = book.sheet(layout.LUCK, tab="#7030A0", zoom=100)
    sheet.title("同一运气：调整后的计划减不调整的计划", tables.luck_lead(result.luck))
    sheet.put_table(tables.luck_table(result.luck), 3)


def write_conflicts(book: Book, result: Reallocation) -> None:
    """The cheapest repair, then the rules that can't all hold; else that there is no conflict."""
    sheet, found = book.sheet(layout.CONFLICTS, tab="#C00000"), result.infeasibility
    sheet.set_widths(CONFLICT_WIDTHS)
    sheet.title("规则冲突")
    if found is None:
        sheet.put(2, 0, "没有冲突：调整后的计划满足全部规则。")
        return
    last = len(CONFLICT_WIDTHS) - 1
    lead = [needs_sentence(found.needs).rstrip("："), *filter(None, [ways_cut_line(found)])]
    row = sheet.put_lines(1, lead, last, sum(CONFLICT_WIDTHS) * 0.8, style="lead")
    row = sheet.put_heading(row + 1, "最省的补救（亿元）")
    needs = tables.need_table(result)
    block = sheet.put_block(needs, row, widths=CONFLICT_WIDTHS)
    if found.needs:
        total = ("合计", *[None] * (len(needs.columns) - 1))
        sheet.put_row(block.last + 1, total, "text", "total")
        sheet.put_sums(needs, block, ("lacking_wan",))
    row = sheet.put_heading(block.last + 4, conflict_lead(minimal=found.conflict_is_minimal))
    sheet.put_block(tables.conflict_table(result), row, widths=CONFLICT_WIDTHS)


def write_broken(book: Book, result: Reallocation) -> None:
    """Where the baseline itself breaks a rule."""
    sheet = book.sheet(layout.BROKEN, tab="#7F7F7F")
    total = sum(one.beyond_wan for one in result.grandfathered)
    more = f"合计超出 {yi_text(total)} 亿元。" if result.grandfathered else ""
    sheet.title("既有突破（亿元）", grandfathered_line(result.grandfathered) + more)
    sheet.put_table(tables.grandfathered_table(result), 3)
