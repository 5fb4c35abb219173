"""Sheet 复算: money worked with, delay, and own money against the shock's, computed from the sheets.

The aims are computed once more here by formulas alone; 校核 compares them with the solver's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from portfolio.model.items import Kind
from portfolio.model.money import BPS, Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import behind_wan, released_in_year_bps, weights
from portfolio.report.excel.blocks import Block, on_sheet, placed, span
from portfolio.report.excel.book import Book, yi
from portfolio.report.excel.reallocation.layout import AFTER, AGAIN, BEFORE, Facts
from portfolio.report.tables.fields import Fields, Table, money, number, text

TOP = 4


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of a block: an item, a channel, or an item's money of a channel, by year.

    place : in its block, of which rows of the same place belong together
    factor : what stands before the years, as the block says
    off_wan : how far the years differ in all, of own money that may not
    """

    place: int
    channel: int | None
    index: int | None
    no: int | None
    item: str | None
    channel_name: str | None
    years: tuple[int, ...]
    factor: int | None
    off_wan: int


def year_key(y: int) -> str:
    """The key of the y-th year's column."""
    return f"y{y}"


KEYS = tuple(map(year_key, range(PLAN_YEARS)))


def _year(y: int, line: Line) -> int:
    return line.years[y]


def _fields(name: str, factor: str = "", no: str = "centre", before: str = "money") -> Fields[Line]:
    """The columns of a block; `no` and `before` are the looks of the number and the factor."""
    return Fields(
        name=name,
        fields=(
            number("no", "序号", look=no),
            text("item", "大项", width=30),
            text("channel_name", "渠道", width=30),
            number("factor", factor, width=10, look=before),
            *(money(KEYS[y], f"<first+{y}>", partial(_year, y), 10) for y in range(PLAN_YEARS)),
        ),
    )


WORKED = _fields("各大项当年形成投资（调整后）")
BEHIND = _fields("各大项累计落后于基准（年末）", "权重", before="whole")
REFERENCE = _fields("上级指定与专属资金：冲击后可到位", "须相等", before="centre")
_BEYOND = _fields("上级指定与专属资金：调整后累计超出冲击后（应全为零）")
BEYOND = replace(_BEYOND, fields=(*_BEYOND, money("off_wan", "须相等者相差", width=10)))
_PARTS = _fields("统筹渠道当年能到位的部分（万分之）", no="text", before="text")
RELEASED = replace(
    _PARTS, fields=tuple(number(f.key, f.title, f.value) if f.key in KEYS else f for f in _PARTS)
)
LATE = _fields("当年到不了位、顺延到下一年的统筹资金", before="text")


@dataclass(frozen=True, kw_only=True)
class Again:
    """The blocks, one below the other; each has its heading and its headings."""

    facts: Facts

    @cached_property
    def own(self) -> tuple[tuple[int, int], ...]:
        """(channel, item) of own and earmarked money, as 前后对比 has them."""
        return self._cells(self.facts.of_kinds(Kind.EARMARKED, Kind.OWN))

    @cached_property
    def late(self) -> tuple[tuple[int, int], ...]:
        """(channel, item) of 统筹 money; none where nothing is released late."""
        return self._cells(self.facts.pooled) if self.facts.late.any() else ()

    def _cells(self, channels: Sequence[int]) -> tuple[tuple[int, int], ...]:
        return tuple(key for key in self.facts.cell_rows if key[0] in channels)

    @cached_property
    def tables(self) -> tuple[Table[Line], ...]:
        """The blocks in their order; the last two only where some money is released late."""
        facts, case = self.facts, self.facts.result.case
        items = [(None, index) for index in range(len(case.portfolio.items))]
        c, i = np.array(self.own, dtype=np.int64).reshape(-1, 2).T
        plan, left = facts.after[:, c, i], case.reference_wan[:PLAN_YEARS, c, i]
        beyond = np.maximum(0, np.cumsum(plan, axis=0) - np.cumsum(left, axis=0))
        beyond[: facts.first] = 0
        fixed = facts.own_fixed[c, i].astype(np.int64)
        off = fixed * np.abs(plan - left)[facts.first :].sum(axis=0)
        tables = [
            self._table(WORKED, items, facts.worked),
            self._table(BEHIND, items, behind_wan(case, facts.after), weights(case)),
            self._table(REFERENCE, self.own, left, fixed),
            self._table(BEYOND, self.own, beyond, off=off),
        ]
        if self.late:
            parts = released_in_year_bps(case)[:, list(facts.pooled)]
            c, i = np.array(self.late).T
            channels = [(channel, None) for channel in facts.pooled]
            tables += [
                self._table(RELEASED, channels, parts),
                self._table(LATE, self.late, facts.late[:, c, i]),
            ]
        return tuple(tables)

    def _table(
        self,
        fields: Fields[Line],
        cells: Sequence[tuple[int | None, int | None]],
        years: Wan,
        factor: Wan | None = None,
        off: Wan | None = None,
    ) -> Table[Line]:
        """A block of (channel, item); figures by year and row, and by row."""
        portfolio = self.facts.result.case.portfolio
        return fields.titled(portfolio.calendar).of(
            Line(
                place=k,
                channel=c,
                index=index,
                no=None if index is None else portfolio.items[index].no,
                item=None if index is None else portfolio.items[index].name,
                channel_name=None if c is None else portfolio.channels[c].name,
                years=tuple(years[:, k].tolist()),
                factor=None if factor is None else int(factor[k]),
                off_wan=0 if off is None else int(off[k]),
            )
            for k, (c, index) in enumerate(cells)
        )

    @cached_property
    def blocks(self) -> dict[str, Block]:
        """Where the blocks stand, by name; one without rows keeps an empty one."""
        found, head = dict[str, Block](), TOP
        for table in self.tables:
            block = placed(table, head, AGAIN)
            found[table.name] = replace(block, last=max(block.first, block.last))
            head = block.last + 3
        return found

    def block(self, fields: Fields[Line]) -> Block:
        """Where a block stands."""
        return self.blocks[fields.name]

    def years(self, fields: Fields[Line]) -> str:
        """A block's years as seen from another sheet."""
        block = self.block(fields)
        left, right = block.places[KEYS[0]], block.places[KEYS[-1]]
        return on_sheet(AGAIN, span(block.first, left, block.last, right))

    def cells(self, fields: Fields[Line], place: int, y: int, first: int | None = None) -> str:
        """A line's cell in the y-th year of a block, or its cells from the year `first` on."""
        block = self.block(fields)
        at, years = block.first + place, (y,) if first is None else (first, y)
        return ":".join(block.cell(at, KEYS[each]) for each in years)

    def row(self, line: Line) -> int:
        """Where the line's money stands in 前后对比."""
        assert line.index is not None
        if line.channel is None:
            return self.facts.item_rows[line.index]
        return self.facts.cell_rows[line.channel, line.index]


Formula = Callable[[Line], str | None]


def write_again(book: Book, facts: Facts) -> None:
    """The blocks."""
    sheet, again = book.sheet(AGAIN, tab="#7F7F7F", zoom=85), Again(facts=facts)
    sheet.title(
        "复算（亿元）：目标与规则用公式从各表再算一遍",
        "供核对者用；结论见 校核。形成投资＝当年安排－当年到不了位的＋上年顺延来的。",
    )
    years = {WORKED.name: _worked, BEHIND.name: _behind, BEYOND.name: _beyond, LATE.name: _late}
    for table in again.tables:
        block, formulas = again.blocks[table.name], dict[str, Formula]()
        sheet.put_heading(block.head - 1, table.name)
        sheet.put_heads(table.fields, block)
        if table.name in years:
            formulas |= {key: partial(years[table.name], again, y) for y, key in enumerate(KEYS)}
        if table.name == BEYOND.name:
            formulas["off_wan"] = partial(_off, again)
        sheet.put_rows(table, block, formulas)
    sheet.set_widths(BEYOND.of(()).widths)
    sheet.freeze_panes(1, 2)


def _worked(again: Again, y: int, line: Line) -> str:
    """What is planned less what comes only in the next year, and what comes from the last."""
    found = again.facts.at(again.row(line), AFTER, y)
    places = [k for k, (_, index) in enumerate(again.late) if index == line.index]
    for sign, of in (("-", y), ("+", y - 1)):
        if places and of >= 0:
            ends = (again.cells(LATE, places[k], of) for k in (0, -1))
            found += f"{sign}SUM({':'.join(ends)})"
    return f"ROUND({found},4)"


def _behind(again: Again, y: int, line: Line) -> str | None:
    """Cumulated baseline less cumulated money worked with, where that is behind; past years count for nothing."""
    if y < again.facts.first:
        return None
    base = again.facts.at(again.row(line), BEFORE, 0, y)
    own = again.cells(WORKED, line.place, y, 0)
    return f"MAX(0,ROUND(SUM({base})-SUM({own}),4))"


def _beyond(again: Again, y: int, line: Line) -> str | None:
    """How far the plan's cumulated money is beyond what the shock leaves."""
    if y < again.facts.first:
        return None
    mine = again.facts.at(again.row(line), AFTER, 0, y)
    theirs = again.cells(REFERENCE, line.place, y, 0)
    return f"MAX(0,ROUND(SUM({mine})-SUM({theirs}),4))"


def _off(again: Again, line: Line) -> str | None:
    """Absolute differences in the adjustable years, where the two have to be equal."""
    first, last = again.facts.first, PLAN_YEARS - 1
    if first > last:
        return None
    mine = again.facts.at(again.row(line), AFTER, first, last)
    theirs, block = again.cells(REFERENCE, line.place, last, first), again.block(REFERENCE)
    equal = block.cell(block.first + line.place, "factor")
    return f"{equal}*SUMPRODUCT(ROUND(ABS({mine}-{theirs}),4))"


def _late(again: Again, y: int, line: Line) -> str | None:
    """Money that is not released in its own year."""
    if y < again.facts.first:
        return None
    planned = again.facts.at(again.row(line), AFTER, y)
    assert line.channel is not None
    part = again.cells(RELEASED, again.facts.pooled.index(line.channel), y)
    before = int(again.facts.result.case.before_wan[y, line.channel, line.index or 0])
    if before:  # drawn before the as-of
        planned = f"({planned}-{yi(before):.4f})"
    there = f"INT(ROUND({planned}*10000,0)*{part}/{BPS})"
    return f"ROUND({planned}-{there}/10000,4)"
