"""Where things stand in 调整方案.xlsx: sheet names, rows of items and channels, blocks of years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.items import Item, Kind
from portfolio.model.measures.years import item_groups
from portfolio.model.money import BPS, Wan
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import released_in_year_bps, worked_wan
from portfolio.model.reallocation.findings import planned
from portfolio.model.reallocation.parameters import derive_repair
from portfolio.model.reallocation.plan import plan_for_play
from portfolio.model.reallocation.result import Reallocation
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.tables import reallocation as tables
from portfolio.report.tables.fields import Field, Fields, money, number, text, toned
from portfolio.report.words.reallocation.alternatives import ALTERNATIVES_SHEET

HOME, MOVES, CELLS, FLOWS = "结论", "调整明细", "前后对比", "谁出谁进"
PRICES, CONFLICTS, PROMISE, BROKEN = "价格", "规则冲突", "承诺与推演", "既有突破"
LUCK = "同一运气"
OTHERS = ALTERNATIVES_SHEET
EDIT, AGAIN, CHECKS, GUIDE = "调整后计划", "复算", "校核", "说明"

WHOLE, WORK, ITEM, CHANNEL = "合计", "工程", "大项", "渠道"
TONE = {WHOLE: "total", WORK: "work", ITEM: "category", CHANNEL: ""}
DEPTH = {WHOLE: 0, WORK: 0, ITEM: 1, CHANNEL: 2}
CELLS_HEAD, MOVES_HEAD, PROMISE_HEAD = 4, 3, 5


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of 前后对比, `at`; the rows below it to `last` belong to it.

    items, channel : positions
    before_wan, after_wan : its money by year
    """

    portfolio: Portfolio
    level: str
    label: str
    at: int
    last: int
    items: tuple[int, ...]
    channel: int | None
    before_wan: tuple[int, ...]
    after_wan: tuple[int, ...]

    @property
    def item(self) -> Item:
        """The item, of a row below a work."""
        return self.portfolio.items[self.items[0]]

    def money(self, block: str, y: int | None) -> int:
        """The money of a block in a year, or in all."""
        by_year = {BEFORE: self.before_wan, AFTER: self.after_wan}
        if block == CHANGE:
            return self.money(AFTER, y) - self.money(BEFORE, y)
        return sum(by_year[block]) if y is None else by_year[block][y]


#: Blocks of years of 前后对比, each with its sum.
BEFORE, AFTER, CHANGE = "before", "after", "change"
BLOCKS = {BEFORE: "调整前（基准计划）", AFTER: "调整后", CHANGE: "增减（调整后－调整前）"}
#: Columns only the rows of channels have, and those that formulas look rows up by.
OF_CHANNELS = ("scale", "position")
HIDDEN = ("level", "position")


def cell_key(block: str, y: int | None = None) -> str:
    """The key of a block's y-th year, or of its sum."""
    return block if y is None else f"{block}{y}"


def _tone(row: Row) -> str:
    return TONE[row.level]


def _money(block: str, y: int | None) -> Field[Row]:
    """The y-th year of a block: a value of channels, SUBTOTAL over the rows below of the others."""
    key = cell_key(block, y)

    def formula(row: Row) -> str | None:
        if block == CHANGE:
            return f"ROUND({{{cell_key(AFTER, y)}}}-{{{cell_key(BEFORE, y)}}},4)"
        if y is None:
            return f"SUM({{{'+'.join(cell_key(block, each) for each in range(PLAN_YEARS))}}})"
        if row.last == row.at:  # a channel, or an item without any
            return None
        return f"SUBTOTAL(9,{{{key}:{row.at + 1}}}:{{{key}:{row.last}}})"

    return money(
        key,
        "合计" if y is None else f"<first+{y}>",
        lambda row: row.money(block, y),
        11 if y is None else 9,
        look="signed money" if block == CHANGE else "money",
        formula=formula,
    )


def _of_channel(key: str, row: Row) -> str | None:
    """What a row of a channel has of it."""
    if row.channel is None:
        return None
    return str(getattr(row.portfolio.channels[row.channel], key))


CELL_FIELDS = Fields[Row](
    name=CELLS,
    fields=(
        *toned(
            _tone,
            number(
                "no",
                "序号",
                lambda row: row.item.no if row.level in (ITEM, CHANNEL) else None,
                6,
                look="centre",
            ),
            text(
                "label", "工程 / 大项", width=34, look=lambda row: f"level {1 + DEPTH[row.level]}"
            ),
            text("channel", "渠道", partial(_of_channel, "name"), 30),
            text("kind", "性质", partial(_of_channel, "kind"), 10, look="centre"),
            *(_money(block, y) for block in BLOCKS for y in (*range(PLAN_YEARS), None)),
        ),
        number(
            "scale",
            "造价系数",
            lambda row: int(row.portfolio.conditions.scale_bps[row.items[0]]) / BPS,
            9,
            look="factor",
        ),
        *toned(
            lambda _: "faint",
            text("level", "层级", width=8),
            number(
                "position",
                "渠道序",
                lambda row: None if row.channel is None else row.channel + 1,
                look="centre",
            ),
        ),
    ),
)


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
        played = self.result.repaired is not None
        return plan_for_play(self.result.case, self.after) if played else self.after

    @cached_property
    def worked(self) -> Wan:
        """Money worked with by year and item: int64[15, item]."""
        return np.asarray(worked_wan(self.result.case, self.after).sum(axis=1))

    @cached_property
    def late(self) -> Wan:
        """What a year's allotment releases only in the next: int64[15, channel, item]."""
        parts = released_in_year_bps(self.result.case)[:, :, None]
        asked = self.after - self.result.case.before_wan
        late = asked - asked * parts // 10_000
        late[: self.result.case.first_year] = 0
        return np.asarray(late, dtype=np.int64)

    @cached_property
    def own_fixed(self) -> Mask:
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
        items = self.result.case.portfolio.items
        used = (self.before + self.after + self.given).sum(axis=0) > 0
        first, body = CELLS_HEAD + 1, list[Row]()

        def row(
            level: str, label: str, indices: Sequence[int], size: int, channel: int | None = None
        ) -> Row:
            at = first + 1 + len(body) if level != WHOLE else first
            return self._row(level, label, (at, at + size), tuple(indices), channel)

        for work, categories in item_groups(items).items():
            indices = [index for own in categories.values() for index in own]
            body.append(row(WORK, work, indices, len(indices) + int(used[:, indices].sum())))
            for index in indices:
                channels, label = np.flatnonzero(used[:, index]).tolist(), items[index].name
                body.append(row(ITEM, label, [index], len(channels)))
                for c in channels:
                    body.append(row(CHANNEL, label, [index], 0, c))
        return (row(WHOLE, WHOLE, range(len(items)), len(body)), *body)

    def _row(
        self,
        level: str,
        label: str,
        rows: tuple[int, int],
        items: tuple[int, ...],
        channel: int | None,
    ) -> Row:
        channels = slice(None) if channel is None else [channel]
        before, after = (
            plan[:, :, list(items)][:, channels].sum(axis=(1, 2)).tolist()
            for plan in (self.before, self.after)
        )
        return Row(
            portfolio=self.result.case.portfolio,
            level=level,
            label=label,
            at=rows[0],
            last=rows[1],
            items=items,
            channel=channel,
            before_wan=tuple(before),
            after_wan=tuple(after),
        )

    @cached_property
    def item_rows(self) -> dict[int, int]:
        """Item position → its row."""
        return {row.items[0]: row.at for row in self.rows if row.level == ITEM}

    @cached_property
    def cell_rows(self) -> dict[tuple[int, int], int]:
        """(channel, item) → its row."""
        return {(row.channel, row.items[0]): row.at for row in self.rows if row.channel is not None}

    @cached_property
    def cells(self) -> Block:
        """Where 前后对比 stands."""
        return placed(CELL_FIELDS.of(self.rows), CELLS_HEAD, CELLS)

    def year(self, block: str, y: int) -> str:
        """A block's year of 前后对比 as seen from another sheet."""
        return self.cells.seen(cell_key(block, y))

    def at(self, row: int, block: str, y: int, to: int | None = None) -> str:
        """A row's cell of a year (or of the years `y` to `to`) as seen from another sheet."""
        last = "" if to is None else f":{self.cells.cell(row, cell_key(block, to))}"
        return self.cells.seen_cell(row, cell_key(block, y)) + last

    @cached_property
    def moves(self) -> Block:
        """Where 调整明细 stands; one empty row where there is no move."""
        block = placed(tables.move_table(self.result), MOVES_HEAD, MOVES)
        lookup = tables.move_fields(self.result.case.portfolio).view(*tables.MOVE_LOOKUP).of(())
        behind = placed(lookup, MOVES_HEAD, MOVES, left=len(block.places))
        block = replace(block, places={**block.places, **behind.places})
        return replace(block, last=max(block.first, block.last))

    @cached_property
    def years(self) -> tuple[tables.PromiseRow, ...]:
        """The years of 承诺与推演."""
        return tables.promise_rows(self.result)

    @cached_property
    def promise(self) -> Block:
        """Where the years of 承诺与推演 stand."""
        block = placed(PROMISE_SHEET.of(self.years), PROMISE_HEAD, PROMISE)
        return replace(block, last=max(block.first, block.last))


#: The reason takes two columns.
PROMISE_SHEET = Fields[tables.PromiseRow](
    name=PROMISE,
    fields=(
        *tables.PROMISES.view(
            "year", "target_wan", "inclusion", "wanted_wan", "baseline_wan", "shocked_wan",
            "promised_wan", "played_wan", "off_wan", "why",
        ),
        text("spare", "", lambda _: None),
        *tables.PROMISES.view(*map(tables.gap_key, tables.WAYS)),
    ),
)  # fmt: skip
