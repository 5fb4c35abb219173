"""Where things stand in 调整方案.xlsx: sheet names, rows of items and channels, blocks of years."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from portfolio.model.items import Kind
from portfolio.model.measures import item_groups
from portfolio.model.money import Wan
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation import Reallocation
from portfolio.model.repair_aims import released_in_year_bps, worked_wan
from portfolio.model.repair_limits import derive_repair
from portfolio.report.excel.book import cell, on_sheet, span
from portfolio.report.reallocation_views import planned

HOME, MOVES, CELLS, FLOWS = "结论", "调整明细", "前后对比", "谁出谁进"
PRICES, CONFLICTS, PROMISE, BROKEN = "价格", "规则冲突", "承诺与推演", "既有突破"
LUCK = "同一运气"
EDIT, AGAIN, CHECKS, GUIDE = "调整后计划", "复算", "校核", "说明"

WHOLE, WORK, ITEM, CHANNEL = "合计", "工程", "大项", "渠道"
#: Zero-based columns of 前后对比: names, three blocks of years with their sums, lookups.
BEFORE, BLOCK = 4, PLAN_YEARS + 1
AFTER, CHANGE = BEFORE + BLOCK, BEFORE + 2 * BLOCK
SCALE = BEFORE + 3 * BLOCK
LEVEL, CHANNEL_INDEX = SCALE + 1, SCALE + 2
CELLS_HEAD = 4
CELLS_FIRST = CELLS_HEAD + 1


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of 前后对比; `last` is the last row that belongs to it, `item` and `channel` positions."""

    level: str
    label: str
    last: int
    items: tuple[int, ...]
    channel: int | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A repair with a plan, and the places of its figures."""

    result: Reallocation

    @cached_property
    def before(self) -> Wan:
        """The baseline: int64[15, channel, item]."""
        return self.result.case.portfolio.plan_wan[:PLAN_YEARS]

    @cached_property
    def after(self) -> Wan:
        """The repaired plan: int64[15, channel, item]."""
        return planned(self.result)[:PLAN_YEARS]

    @cached_property
    def given(self) -> Wan:
        """The plan as the play is given it: int64[15, channel, item].

        As `after`, but own and earmarked money in the year it is allotted, not that it arrives in,
        and loans before credit is rationed: read back, the play must delay and ration them once.
        """
        repaired = self.result.repaired
        return self.after if repaired is None else repaired.plan_wan[:PLAN_YEARS]

    @cached_property
    def worked(self) -> Wan:
        """Money worked with by year and item: int64[15, item]."""
        return np.asarray(worked_wan(self.result.case, self.after).sum(axis=1))

    @cached_property
    def late(self) -> Wan:
        """What a year's allotment releases only in the next: int64[15, channel, item]."""
        parts = released_in_year_bps(self.result.case.portfolio)[:, :, None]
        late = self.after - self.after * parts // 10_000
        late[: self.result.case.first_year] = 0
        return np.asarray(late, dtype=np.int64)

    @cached_property
    def own_fixed(self) -> npt.NDArray[np.bool_]:
        """Own and earmarked cells that come just as the shock leaves them: bool[channel, item]."""
        return derive_repair(self.result.case).own_fixed

    @property
    def first(self) -> int:
        """Index of the first year that can be adjusted."""
        return self.result.case.first_year

    @property
    def pooled(self) -> tuple[int, ...]:
        """Positions of the 统筹 channels."""
        return self.of_kinds(Kind.POOLED)

    def of_kinds(self, *kinds: Kind) -> tuple[int, ...]:
        """Positions of the channels of some kinds."""
        mask = self.result.case.portfolio.of_kind(*kinds)
        return tuple(int(c) for c in np.flatnonzero(mask))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of 前后对比: whole, works, their items, their channels with money."""
        portfolio = self.result.case.portfolio
        used = (self.before + self.after + self.given).sum(axis=0) > 0
        at, body = CELLS_FIRST + 1, []
        for work, categories in item_groups(portfolio.items).items():
            indices = tuple(index for own in categories.values() for index in own)
            size = len(indices) + int(used[:, list(indices)].sum())
            body.append(Row(level=WORK, label=work, last=at + size, items=indices))
            at += 1
            for index in indices:
                channels = [int(c) for c in np.flatnonzero(used[:, index])]
                label, own = portfolio.items[index].name, (index,)
                body.append(Row(level=ITEM, label=label, last=at + len(channels), items=own))
                body += [
                    Row(level=CHANNEL, label=label, last=at + k, items=own, channel=c)
                    for k, c in enumerate(channels, start=1)
                ]
                at += 1 + len(channels)
        every = tuple(range(len(portfolio.items)))
        return (Row(level=WHOLE, label=WHOLE, last=at - 1, items=every), *body)

    @cached_property
    def item_rows(self) -> dict[int, int]:
        """Item position → its row."""
        numbered = enumerate(self.rows, start=CELLS_FIRST)
        return {row.items[0]: at for at, row in numbered if row.level == ITEM}

    @cached_property
    def cell_rows(self) -> dict[tuple[int, int], int]:
        """(channel, item) → its row."""
        numbered = enumerate(self.rows, start=CELLS_FIRST)
        return {(row.channel, row.items[0]): at for at, row in numbered if row.channel is not None}

    @property
    def last_row(self) -> int:
        """The last row of 前后对比."""
        return CELLS_FIRST + len(self.rows) - 1

    def column(self, column: int) -> str:
        """A column of 前后对比 as seen from another sheet."""
        return on_sheet(CELLS, span(CELLS_FIRST, column, self.last_row, column))

    def at(self, row: int, column: int) -> str:
        """A cell of 前后对比 as seen from another sheet."""
        return on_sheet(CELLS, cell(row, column))

    def money(self, values: Wan, row: Row) -> Wan:
        """A row's figures out of [15, channel, item]."""
        chosen = values[:, :, list(row.items)]
        if row.channel is not None:
            chosen = chosen[:, [row.channel]]
        return np.asarray(chosen.sum(axis=(1, 2)))

    @cached_property
    def move_rows(self) -> tuple[int, int]:
        """First and last row of 调整明细 that can hold a move; one empty row where there is none."""
        return MOVES_HEAD + 1, MOVES_HEAD + max(1, len(self.result.moves))

    def move_column(self, column: int) -> str:
        """A column of 调整明细 as seen from another sheet."""
        first, last = self.move_rows
        return on_sheet(MOVES, span(first, column, last, column))


MOVES_HEAD = 3
#: Columns of 调整明细 that formulas use; the last two are hidden lookups.
MOVE_ITEM, MOVE_BEFORE, MOVE_AFTER, MOVE_CHANGE = 0, 4, 5, 6
MOVE_CHANNEL, MOVE_YEAR = 15, 16
