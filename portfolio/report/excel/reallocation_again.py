"""Sheet 复算: money worked with, delay, and own money against the shock's, computed from the sheets.

The aims are computed once more here by formulas alone; 校核 compares them with the solver's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from portfolio.model.items import Kind
from portfolio.model.money import BPS
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.repair_aims import behind_wan, released_in_year_bps, weights
from portfolio.report.excel.book import (
    Book,
    Worksheet,
    cell,
    head_row,
    on_sheet,
    put,
    put_formula,
    put_money,
    put_row,
    span,
    title,
    yi,
)
from portfolio.report.excel.reallocation_layout import AFTER, AGAIN, BEFORE, Facts
from portfolio.report.excel.stress_blocks import put_heading

#: Columns: number, name, channel, a factor, the years, and in the own money's block the difference.
FACTOR, FIRST_COLUMN = 3, 4
LAST_COLUMN = FIRST_COLUMN + PLAN_YEARS - 1
DIFFERENCE = LAST_COLUMN + 1
TOP = 3


@dataclass(frozen=True, kw_only=True)
class Again:
    """The places of the blocks, one below the other; a block has its heading and its headings."""

    facts: Facts

    @property
    def items(self) -> int:
        """Number of items."""
        return len(self.facts.result.case.portfolio.items)

    @property
    def worked(self) -> int:
        """First row of the money worked with."""
        return TOP + 2

    @property
    def behind(self) -> int:
        """First row of the delays."""
        return self.worked + self.items + 3

    @property
    def reference(self) -> int:
        """First row of own money as the shock leaves it."""
        return self.behind + self.items + 3

    @property
    def beyond(self) -> int:
        """First row of own money beyond that."""
        return self.reference + len(self.own) + 3

    @property
    def released(self) -> int:
        """First row of the parts released in their own year; only where some are late."""
        return self.beyond + len(self.own) + 3

    @property
    def late(self) -> int:
        """First row of money released only in the next year."""
        return self.released + len(self.facts.pooled) + 3

    @cached_property
    def own(self) -> tuple[tuple[int, int], ...]:
        """(channel, item) of own and earmarked money, as 前后对比 has them."""
        kinds = self.facts.of_kinds(Kind.EARMARKED, Kind.OWN)
        return tuple(key for key in self.facts.cell_rows if key[0] in kinds)

    @cached_property
    def late_cells(self) -> dict[tuple[int, int], int]:
        """(channel, item) → row of its late money; empty where nothing is released late."""
        if not self.facts.late.any():
            return {}
        pooled = [key for key in self.facts.cell_rows if key[0] in self.facts.pooled]
        return {key: self.late + k for k, key in enumerate(pooled)}

    def block(self, first: int, rows: int, column: int | None = None) -> str:
        """A block's years (or one column) as seen from another sheet."""
        left, right = (FIRST_COLUMN, LAST_COLUMN) if column is None else (column, column)
        return on_sheet(AGAIN, span(first, left, first + max(1, rows) - 1, right))


def write_again(book: Book, facts: Facts) -> None:
    """The blocks."""
    sheet, again = book.sheet(AGAIN, tab="#7F7F7F", zoom=85), Again(facts=facts)
    title(
        book,
        sheet,
        "复算（亿元）：目标与规则用公式从各表再算一遍",
        "供核对者用；结论见 校核。形成投资＝当年安排－当年到不了位的＋上年顺延来的。",
    )
    _worked(book, sheet, again)
    _behind(book, sheet, again)
    _own(book, sheet, again)
    if again.late_cells:
        _late(book, sheet, again)
    for column, width in enumerate((8, 30, 30, 10)):
        sheet.set_column(column, column, width)
    sheet.set_column(FIRST_COLUMN, DIFFERENCE, 10)
    sheet.freeze_panes(1, 2)


def _head(
    book: Book,
    sheet: Worksheet,
    facts: Facts,
    first: int,
    heading: str,
    factor: str,
    more: str = "",
) -> None:
    """A block's heading above its headings."""
    put_heading(book, sheet, first - 2, heading)
    head_row(book, sheet, first - 1, ("序号", "大项", "渠道", factor))
    put_row(sheet, first - 1, facts.result.calendar.plan_years, book.style("year"), FIRST_COLUMN)
    if more:
        put(sheet, first - 1, DIFFERENCE, more, book.style("head"))


def _names(
    book: Book, sheet: Worksheet, again: Again, at: int, index: int, channel: int | None = None
) -> None:
    portfolio = again.facts.result.case.portfolio
    item = portfolio.items[index]
    put(sheet, at, 0, item.no, book.style("centre"))
    put(sheet, at, 1, item.name, book.style("text"))
    name = None if channel is None else portfolio.channels[channel].name
    put(sheet, at, 2, name, book.style("text"))


def _worked(book: Book, sheet: Worksheet, again: Again) -> None:
    facts, style = again.facts, book.style("money")
    _head(book, sheet, again.facts, again.worked, "各大项当年形成投资（调整后）", "")
    for index, row in facts.item_rows.items():
        at = again.worked + index
        _names(book, sheet, again, at, index)
        put(sheet, at, FACTOR, None, style)
        late = [r for (_, i), r in again.late_cells.items() if i == index]
        for y in range(PLAN_YEARS):
            formula = facts.at(row, AFTER + y)
            if late:
                column = FIRST_COLUMN + y
                formula += f"-SUM({cell(late[0], column)}:{cell(late[-1], column)})"
                if y:
                    formula += f"+SUM({cell(late[0], column - 1)}:{cell(late[-1], column - 1)})"
            wan = int(facts.worked[y, index])
            put_formula(sheet, at, FIRST_COLUMN + y, f"=ROUND({formula},4)", yi(wan), style)


def _behind(book: Book, sheet: Worksheet, again: Again) -> None:
    """Cumulated baseline less cumulated money worked with, where that is behind."""
    facts, style = again.facts, book.style("money")
    case = facts.result.case
    behind, weight = behind_wan(case, facts.after), weights(case)
    _head(book, sheet, again.facts, again.behind, "各大项累计落后于基准（年末）", "权重")
    for index, row in facts.item_rows.items():
        at, own = again.behind + index, again.worked + index
        _names(book, sheet, again, at, index)
        put(sheet, at, FACTOR, int(weight[index]), book.style("whole"))
        for y in range(PLAN_YEARS):
            column = FIRST_COLUMN + y
            base = f"SUM({facts.at(row, BEFORE)}:{cell(row, BEFORE + y)})"
            done = f"SUM({cell(own, FIRST_COLUMN)}:{cell(own, column)})"
            formula = f"=MAX(0,ROUND({base}-{done},4))"
            put_formula(sheet, at, column, formula, yi(int(behind[y, index])), style)


def _own(book: Book, sheet: Worksheet, again: Again) -> None:
    """Own and earmarked money: what the shock leaves, and how far the plan goes beyond it."""
    facts, style = again.facts, book.style("money")
    reference = facts.result.case.reference_wan
    _head(book, sheet, again.facts, again.reference, "上级指定与专属资金：冲击后可到位", "须相等")
    _head(
        book,
        sheet,
        again.facts,
        again.beyond,
        "上级指定与专属资金：调整后累计超出冲击后（应全为零）",
        "",
        "须相等者相差",
    )
    for k, (c, index) in enumerate(again.own):
        at, over, row = again.reference + k, again.beyond + k, facts.cell_rows[c, index]
        fixed = bool(facts.own_fixed[c, index])
        for place in (at, over):
            _names(book, sheet, again, place, index, c)
        put(sheet, at, FACTOR, int(fixed), book.style("centre"))
        put(sheet, over, FACTOR, None, style)
        plan, left = facts.after[:, c, index], reference[:, c, index]
        beyond = np.maximum(0, np.cumsum(plan) - np.cumsum(left))
        for y in range(PLAN_YEARS):
            column = FIRST_COLUMN + y
            put_money(sheet, at, column, int(left[y]), style)
            if y < facts.first:
                put(sheet, over, column, 0, style)
                continue
            mine = f"SUM({facts.at(row, AFTER)}:{cell(row, AFTER + y)})"
            theirs = f"SUM({cell(at, FIRST_COLUMN)}:{cell(at, column)})"
            formula = f"=MAX(0,ROUND({mine}-{theirs},4))"
            put_formula(sheet, over, column, formula, yi(int(beyond[y])), style)
        off = int(np.abs(plan - left)[facts.first :].sum()) if fixed else 0
        _own_difference(book, sheet, again, (at, over, row), off)


def _own_difference(
    book: Book, sheet: Worksheet, again: Again, rows: tuple[int, int, int], off_wan: int
) -> None:
    """Absolute differences in the adjustable years, where the two have to be equal."""
    (at, over, row), first = rows, again.facts.first
    style = book.style("money")
    if first >= PLAN_YEARS:
        put(sheet, over, DIFFERENCE, 0, style)
        return
    mine = f"{again.facts.at(row, AFTER + first)}:{cell(row, AFTER + PLAN_YEARS - 1)}"
    theirs = f"{cell(at, FIRST_COLUMN + first)}:{cell(at, LAST_COLUMN)}"
    formula = f"={cell(at, FACTOR)}*SUMPRODUCT(ROUND(ABS({mine}-{theirs}),4))"
    put_formula(sheet, over, DIFFERENCE, formula, yi(off_wan), style)


def _late(book: Book, sheet: Worksheet, again: Again) -> None:
    """Parts released in their own year, and the money that comes only in the next."""
    facts, portfolio = again.facts, again.facts.result.case.portfolio
    parts = released_in_year_bps(portfolio)
    _head(book, sheet, again.facts, again.released, "统筹渠道当年能到位的部分（万分之）", "")
    row_of = {c: again.released + k for k, c in enumerate(facts.pooled)}
    for c, at in row_of.items():
        put_row(sheet, at, (None, None), book.style("text"))
        put(sheet, at, 2, portfolio.channels[c].name, book.style("text"))
        put(sheet, at, FACTOR, None, book.style("text"))
        put_row(sheet, at, parts[:, c].tolist(), book.style("whole"), FIRST_COLUMN)
    _head(book, sheet, again.facts, again.late, "当年到不了位、顺延到下一年的统筹资金", "")
    for (c, index), at in again.late_cells.items():
        _names(book, sheet, again, at, index, c)
        put(sheet, at, FACTOR, None, book.style("text"))
        for y in range(PLAN_YEARS):
            column, wan = FIRST_COLUMN + y, int(facts.late[y, c, index])
            if y < facts.first:
                put(sheet, at, column, 0, book.style("money"))
                continue
            money = facts.at(facts.cell_rows[c, index], AFTER + y)
            there = f"INT(ROUND({money}*10000,0)*{cell(row_of[c], column)}/{BPS})"
            formula = f"=ROUND({money}-{there}/10000,4)"
            put_formula(sheet, at, column, formula, yi(wan), book.style("money"))
