"""Made-up facts: a play with seeded luck and a few stories, told as an office would tell it.

Nothing of it is real. What is drawn to the as-of becomes rows of 月度执行: a row a year before the
as-of's, a row a month in it, some items by channel; budgets and what was carried over become rows of
年度额度. The same portfolio gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from portfolio.model.arrays import Integers, Ints
from portfolio.model.calendar import Calendar
from portfolio.model.facts import MONTHS, Level, period_label
from portfolio.model.items import Item, Kind
from portfolio.model.luck import with_luck, without_bundles
from portfolio.model.measures.planned import planned_quarters, planned_starts
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import CauseKind, EventKind, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.model.schema import Table
from portfolio.model.schema.settings import NO, YES
from portfolio.sim.one_path import play
from portfolio.sim.stress import Luck, one_draw

SEED, PATH = 2, 2
#: Parts of the drawn luck that are kept (%): an office's six years are milder than the worst paths.
COST, DURATION, VOLUME, RECEIPT = 40, 20, 30, 40
#: Every so many items costs more than approved, or starts late.
DEAR_EVERY, DEAR_BPS = 9, 11_500
LATE_EVERY, LATE_QUARTERS = 13, 3
#: What is left of land revenue in the as-of's year: another channel steps in.
LAND_BPS = 6_000
EARLY_BPS = 8_500
#: Figures are told to the million yuan.
STEP_WAN = 100
SPLIT_ITEMS = 12
#: How a quarter's money falls into its months, cumulated.
MONTH_WEIGHTS = ((320, 650, 1000), (300, 640, 1000), (340, 670, 1000))
RECEIVED, PAID, ISSUED, IN_STATISTICS = 980, 930, 850, 900
#: Overruns of more than this part become an adjusted total.
NOTED_OVERRUN_BPS = 10_500
#: Less than this part of the plan to date is far behind.
BEHIND_BPS = 8_500
TAKEN_BACK_WAN = 3_000
MADE_UP = "示例"
_TROUBLES = {
    CauseKind.GATE: "前置大项未到规定进度",
    CauseKind.STOPPAGE: "停工整改",
    CauseKind.CHANNEL: "资金到位慢于计划",
    CauseKind.LATE_START: "开工推迟",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A play, and what was drawn of it by the end of each month up to the as-of.

    cum_wan : [month, channel, item] drawn by the end of so many months, to the million yuan
    """

    portfolio: Portfolio
    outcome: Outcome
    asof: int

    @cached_property
    def cum_wan(self) -> Wan:
        """Drawn by the end of so many months: [month, channel, item]."""
        quarters = np.concatenate(
            [np.zeros_like(self.outcome.drawn_wan[:1]), self.outcome.drawn_wan.cumsum(axis=0)]
        )
        months = [quarters[0]]
        for month in range(self.asof):
            quarter, inside = divmod(month, 3)
            weight = np.array(
                [
                    MONTH_WEIGHTS[(item.no + quarter) % len(MONTH_WEIGHTS)][inside]
                    for item in self.portfolio.items
                ]
            )
            part = (quarters[quarter + 1] - quarters[quarter]) * weight // 1000
            months.append(quarters[quarter] + part)
        return np.array(months) // STEP_WAN * STEP_WAN

    @cached_property
    def planned_wan(self) -> Wan:
        """Planned to the as-of: [item]."""
        cumulated = planned_quarters(self.portfolio.plan_wan)
        return np.asarray(cumulated[self.asof // 3].sum(axis=0), dtype=np.int64)

    @property
    def first_of_year(self) -> int:
        """The first month of the as-of's year."""
        return (self.asof - 1) // MONTHS * MONTHS

    @property
    def periods(self) -> list[tuple[int, int]]:
        """First month and length: years, then months."""
        years = [(first, MONTHS) for first in range(0, self.first_of_year, MONTHS)]
        return years + [(month, 1) for month in range(self.first_of_year, self.asof)]

    @cached_property
    def split(self) -> frozenset[int]:
        """Positions of the items told by channel: those with substitutes, then the largest."""
        year = self.first_of_year // MONTHS
        substituted = {
            self.portfolio.position[event.item_no]
            for event in self.outcome.events
            if event.kind is EventKind.SUBSTITUTION
            and event.quarter // 4 == year
            and event.item_no is not None
        }
        drawn = (self.cum_wan[-1] - self.cum_wan[self.first_of_year]).sum(axis=0)
        largest = sorted(range(len(drawn)), key=lambda index: (-int(drawn[index]), index))
        order = sorted(substituted) + [index for index in largest if index not in substituted]
        return frozenset(order[:SPLIT_ITEMS])

    def completed(self, index: int) -> int | None:
        """The month of 竣工, None where it is still to come."""
        finish = self.outcome.finish[index]
        return None if finish is None or 3 * finish + 3 > self.asof else 3 * finish + 2

    def overrun(self, index: int) -> int | None:
        """The adjusted total of an item that drew more than approved, or that will clearly cost more.

        Before an item is half done nobody adjusts it.
        """
        item, cost = self.portfolio.items[index], int(self.portfolio.conditions.cost_bps[index])
        drawn = item.earlier_wan + int(self.cum_wan[-1, :, index].sum())
        foreseen = cost >= NOTED_OVERRUN_BPS and 2 * drawn >= item.total_wan
        if not foreseen and drawn <= item.total_wan:
            return None
        whole = item.earlier_wan + (item.total_wan - item.earlier_wan) * cost // BPS
        return -(-whole // (10 * STEP_WAN)) * 10 * STEP_WAN


def played(portfolio: Portfolio, asof_months: int) -> Told:
    """The play that is told: drawn luck made milder, and what it shall have of stories."""
    lucky = _with_stories(portfolio, _mild(portfolio), asof_months)
    return Told(portfolio=lucky, outcome=play(derive(lucky)), asof=asof_months)


def _mild(portfolio: Portfolio) -> Portfolio:
    """A path's luck, each factor brought nearer to 1; every item as one project."""
    portfolio = without_bundles(portfolio)
    draws = one_draw(portfolio, Luck(seed=SEED), PATH)
    milder = replace(
        draws,
        cost_bps=_nearer(draws.cost_bps, COST),
        duration_bps=_nearer(draws.duration_bps, DURATION),
        volume_bps=_nearer(draws.volume_bps, VOLUME),
        receipt_bps=_nearer(draws.receipt_bps, RECEIPT),
    )
    return with_luck(portfolio, milder, 0)


def _nearer(factor_bps: Integers, percent: int) -> Ints:
    return np.asarray(BPS + (factor_bps.astype(np.int64) - BPS) * percent // 100, dtype=np.int64)


def _with_stories(portfolio: Portfolio, lucky: Portfolio, asof_months: int) -> Portfolio:
    """Overspends, late starts, an early finish, and land revenue that fails in the as-of's year."""
    year, conditions = (asof_months - 1) // MONTHS, lucky.conditions
    dear = np.arange(len(portfolio.items)) % DEAR_EVERY == DEAR_EVERY - 1
    late = np.arange(len(portfolio.items)) % LATE_EVERY == LATE_EVERY - 1
    cost = np.where(dear, np.maximum(conditions.cost_bps, DEAR_BPS), conditions.cost_bps)
    duration, stopped = conditions.duration_bps.copy(), conditions.stopped.copy()
    early = _early(portfolio, year, ~(dear | late))
    if early is not None:
        duration[early], cost[early], stopped[:, early] = EARLY_BPS, BPS, False
    ask = lucky.envelopes.pooled_ask_wan.copy()
    pooled = portfolio.of_kind(Kind.POOLED)
    failing = int(np.flatnonzero(pooled)[-1])  # land stands last among what the city allots
    ask[year, failing] = ask[year, failing] * LAND_BPS // BPS
    return replace(
        lucky,
        conditions=replace(
            conditions,
            cost_bps=cost,
            duration_bps=duration,
            stopped=stopped,
            start_delay_quarters=np.where(late, LATE_QUARTERS, 0),
            substitution=True,
        ),
        envelopes=replace(lucky.envelopes, pooled_ask_wan=ask),
    )


def _early(portfolio: Portfolio, year: int, free: np.ndarray) -> int | None:
    """The last item that is planned to finish in a year and has no other story."""
    by_year = portfolio.plan_wan.sum(axis=1) > 0
    last = np.where(by_year.any(axis=0), len(by_year) - 1 - by_year[::-1].argmax(axis=0), -1)
    found = np.flatnonzero((last == year) & free)
    return int(found[-1]) if len(found) else None


# --- Rows of 月度执行


def execution_rows(told: Told) -> Table:
    """Every item's rows, in the order of the items and of time."""
    starts = planned_starts(told.portfolio)
    return [
        row
        for index, item in enumerate(told.portfolio.items)
        if starts[index] is not None
        for row in _item_rows(told, index, item)
    ]


def _item_rows(told: Told, index: int, item: Item) -> Iterator[dict[str, int | float | str | None]]:
    completed, adjusted = told.completed(index), told.overrun(index)
    for first, months in told.periods:
        done = told.cum_wan[first + months, :, index] - told.cum_wan[first, :, index]
        if completed is not None and first > completed and not done.any():
            continue
        rows = list(_period_rows(told, index, first, months, done))
        rows[0].update(_of_item(told, index, first, months))
        if adjusted is not None and _over_by(told, item, index, first + months):
            rows[0]["approved_wan"] = adjusted
            adjusted = None
        if completed is not None and first > completed:
            rows[0]["provenance"] = f"{MADE_UP}：尾款"
        yield from rows


def _over_by(told: Told, item: Item, index: int, end: int) -> bool:
    """Whether an adjusted total must be told by a month: the year before the as-of's at the latest."""
    drawn = item.earlier_wan + int(told.cum_wan[end, :, index].sum())
    return drawn > item.total_wan or end >= told.first_of_year


def _period_rows(
    told: Told, index: int, first: int, months: int, done: Wan
) -> Iterator[dict[str, int | float | str | None]]:
    item, calendar = told.portfolio.items[index], told.portfolio.calendar
    about: dict[str, int | float | str | None] = {
        "item_no": item.no,
        "item_name": item.name,
        "period": period_label(first, months, calendar),
    }
    if index not in told.split:
        whole = _ledgers(int(done.sum()))
        if _taken_back(told, index, first, months):
            whole = {"done_wan": -TAKEN_BACK_WAN, "provenance": f"{MADE_UP}：结算审计核减"}
        yield {**about, **whole}
        return
    paying = [int(c) for c in np.flatnonzero(done)] or [_first_channel(told, index)]
    for c in paying:
        channel = told.portfolio.channels[c]
        level = {Kind.EARMARKED: Level.ABOVE, Kind.POOLED: Level.CITY}.get(
            channel.kind, Level.OTHER
        )
        yield {**about, "channel": channel.name, "level": level, **_ledgers(int(done[c]))}


def _ledgers(done: int) -> dict[str, int | float | str | None]:
    """What was done, what has come and what was paid of it."""
    return {
        "done_wan": done,
        "received_wan": done * RECEIVED // 1000 // STEP_WAN * STEP_WAN,
        "paid_wan": done * PAID // 1000 // STEP_WAN * STEP_WAN,
    }


def _first_channel(told: Told, index: int) -> int:
    return int((told.portfolio.plan_wan[:, :, index].sum(axis=0) > 0).argmax())


def _taken_back(told: Told, index: int, first: int, months: int) -> bool:
    """One item gives a little back two months before the as-of, the largest told as a whole."""
    drawn = told.cum_wan[-1].sum(axis=0)
    whole = [k for k in range(len(told.portfolio.items)) if k not in told.split]
    largest = max(whole, key=lambda k: (int(drawn[k]), -k), default=None)
    return months == 1 and first == told.asof - 3 and index == largest


def _of_item(
    told: Told, index: int, first: int, months: int
) -> dict[str, int | float | str | None]:
    """What is told of the item as a whole at a period's end."""
    item, calendar = told.portfolio.items[index], told.portfolio.calendar
    end, cells = first + months, dict[str, int | float | str | None]()
    completed = told.completed(index)
    if (end % 3 == 0 or end == told.asof) and end >= told.first_of_year:
        done = completed is not None and end > completed
        cells["progress_bps"] = BPS if done else _progress(told, item, index, end)
    if completed is not None and first <= completed < end:
        cells["completed"] = _day(completed, calendar)
    start = told.outcome.start[index]
    if start is not None and first <= 3 * start < end:
        cells["started"] = _day(3 * start, calendar)
    if end == told.asof:
        cells |= _statistics(told, item, index, first) | _words(told, index)
    return cells


def _progress(told: Told, item: Item, index: int, end: int) -> int:
    """形象进度, to the whole per cent below: what overruns do not raise."""
    cost = int(told.portfolio.conditions.scale_bps[index])
    drawn = int(told.cum_wan[end, :, index].sum()) * BPS // max(cost, 1)
    whole = (item.earlier_wan + drawn) * BPS // item.total_wan
    return min(whole, BPS - 100) // 100 * 100


def _statistics(
    told: Told, item: Item, index: int, first: int
) -> dict[str, int | float | str | None]:
    if index % 3 == 2:
        return {}
    if index % 3 == 1:
        return {"in_statistics": NO}
    done = int((told.cum_wan[-1, :, index] - told.cum_wan[first, :, index]).sum())
    counted = done * IN_STATISTICS // 1000 // STEP_WAN * STEP_WAN
    return {
        "in_statistics": YES,
        "statistics_code": f"SL-{item.no:04d}",
        "statistics_wan": counted,
    }


def _words(told: Told, index: int) -> dict[str, int | float | str | None]:
    """What troubles an item that is far behind its plan, and what is done about it."""
    done = int(told.cum_wan[-1, :, index].sum()) * BPS
    if done >= BEHIND_BPS * int(told.planned_wan[index]):
        return {}
    kinds = [cause.kind for cause in told.outcome.causes[index] if cause.quarters > 0]
    trouble = next((_TROUBLES[kind] for kind in kinds if kind in _TROUBLES), "进度慢于计划")
    year = told.portfolio.calendar.first_year + told.first_of_year // MONTHS
    return {
        "problem": f"{MADE_UP}：{trouble}",
        "measure": f"{MADE_UP}：专班推进，按周调度",
        "due": f"{year}-12-31",
    }


def _day(month: int, calendar: Calendar) -> str:
    return f"{period_label(month, 1, calendar)}-20"


# --- Rows of 年度额度


def budget_rows(told: Told, budgets: Sequence[int]) -> Table:
    """Budgets of the as-of's year: of the city's channels, and of what the split items own.

    `budgets` are the plan's asks of the city's channels in that year, by channel.
    """
    return [*_pooled_rows(told, budgets), *_own_rows(told)]


def _pooled_rows(
    told: Told, budgets: Sequence[int]
) -> Iterator[dict[str, int | float | str | None]]:
    year = told.first_of_year // MONTHS
    for c, channel in enumerate(told.portfolio.channels):
        if channel.kind is not Kind.POOLED or not budgets[c]:
            continue
        allotted = int(told.outcome.allotted_wan[year, c].sum())
        first, now = _rounded(budgets[c]), _rounded(allotted)
        yield {
            "channel": channel.name,
            "year": told.portfolio.calendar.first_year + year,
            "initial_wan": first,
            "adjusted_wan": None if now == first else now,
            "issued_wan": now * ISSUED // 1000 // STEP_WAN * STEP_WAN,
            "arrived_wan": now * (ISSUED - 50) // 1000 // STEP_WAN * STEP_WAN,
            "carried_wan": _rounded(
                max(int(told.outcome.carried_in_wan[year, c].sum()), now // 50)
            ),
            "provenance": f"假设：{MADE_UP}数据",
        }


def _own_rows(told: Told) -> Iterator[dict[str, int | float | str | None]]:
    year = told.first_of_year // MONTHS
    for index in sorted(told.split):
        item = told.portfolio.items[index]
        for c, channel in enumerate(told.portfolio.channels):
            allotted = int(told.outcome.allotted_wan[year, c, index])
            if channel.kind not in (Kind.OWN, Kind.EARMARKED) or not allotted:
                continue
            carried = _rounded(int(told.outcome.carried_in_wan[year, c, index]))
            yield {
                "channel": channel.name,
                "year": told.portfolio.calendar.first_year + year,
                "item_no": item.no,
                "item_name": item.name,
                "initial_wan": _rounded(allotted),
                "carried_wan": carried or None,
                "provenance": f"假设：{MADE_UP}数据",
            }


def _rounded(wan: int) -> int:
    """Up to the ten million yuan."""
    return -(-wan // (10 * STEP_WAN)) * 10 * STEP_WAN
