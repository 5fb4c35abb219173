"""Several runs side by side: the first is the one the others are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from portfolio.model.items import Channel, Item
from portfolio.model.measures import (
    YearMeasure,
    drawn_by_channel_wan,
    drawn_by_item_wan,
    late_positions,
    year_measures,
)
from portfolio.model.money import yi_text
from portfolio.model.quarters import (
    PLAY_QUARTERS,
    PLAY_YEARS,
)
from portfolio.model.result import RunResult
from portfolio.report.tables import Cell, Table, money, number, quarters, text
from portfolio.report.wording import finish_text, year_verdict


@dataclass(frozen=True)
class Side:
    """One run as a comparison looks things up in it."""

    result: RunResult

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.result.scenario

    @cached_property
    def years(self) -> dict[int, YearMeasure]:
        """Measures by year."""
        return {m.year: m for m in year_measures(self.result.portfolio, self.result.outcome)}

    @cached_property
    def channels(self) -> dict[str, list[int]]:
        """Money drawn by year, by channel id."""
        drawn = drawn_by_channel_wan(self.result.outcome)
        return {
            channel.id: [int(wan) for wan in drawn[:, c]]
            for c, channel in enumerate(self.result.portfolio.channels)
        }

    @cached_property
    def items(self) -> dict[int, list[int]]:
        """Money drawn by year, by item number."""
        drawn = drawn_by_item_wan(self.result.outcome)
        return {
            item.no: [int(wan) for wan in drawn[:, index]]
            for index, item in enumerate(self.result.portfolio.items)
        }

    def item_year(self, no: int, year: int) -> int:
        """Money an item draws in a year; 0 where it is not part of the run."""
        by_year = self.items.get(no)
        return 0 if by_year is None else by_year[year - self.result.calendar.first_year]

    def item_period(self, no: int) -> int | None:
        """Money an item draws in the planned period; None where it is not part of the run."""
        by_year = self.items.get(no)
        return None if by_year is None else sum(by_year[: self.result.calendar.period_years])

    def drawn(self, year: int) -> int:
        """Money drawn in a year."""
        return self.years[year].drawn_wan if year in self.years else 0

    def converted(self, year: int) -> int | None:
        """Converted investment of a year."""
        return self.years[year].converted_wan if year in self.years else None

    def finish(self, no: int) -> str | None:
        """An item's finish as people read it; None where it is not part of the run."""
        index = self.result.portfolio.position.get(no)
        return (
            None if index is None else finish_text(self.result.calendar, self.result.outcome, index)
        )

    def finish_quarter(self, no: int) -> int | None:
        """An item's finish for a difference: one quarter past the end when it never finishes."""
        index = self.result.portfolio.position.get(no)
        if index is None or self.result.outcome.planned_finish[index] is None:
            return None
        finish = self.result.outcome.finish[index]
        return PLAY_QUARTERS if finish is None else finish


def compared_items(sides: Sequence[Side]) -> tuple[Item, ...]:
    """Items of all runs, in the order of the first that has them."""
    found = {item.no: item for side in reversed(sides) for item in side.result.portfolio.items}
    order = dict.fromkeys(item.no for side in sides for item in side.result.portfolio.items)
    return tuple(found[no] for no in order)


def compared_channels(sides: Sequence[Side]) -> tuple[Channel, ...]:
    """Channels of all runs."""
    found = {c.id: c for side in reversed(sides) for c in side.result.portfolio.channels}
    order = dict.fromkeys(c.id for side in sides for c in side.result.portfolio.channels)
    return tuple(found[channel_id] for channel_id in order)


def compared_years(sides: Sequence[Side]) -> tuple[int, ...]:
    """Years any of the runs shows."""
    return tuple(
        year
        for year in sides[0].result.calendar.play_years
        if any(year in side.years for side in sides)
    )


def summary_table(results: Sequence[RunResult]) -> Table:
    """One row a scenario: the sums of the plan period, targets met, delays.

    The quarters are those of the ledger: the delay of finished items, and what items not finished
    have lost until the end of play.
    """
    sides = [Side(result) for result in results]
    length = sides[0].result.calendar.fill("<length>年")
    columns = (
        text("情景", 24),
        money(length + "完成", 14),
        money("差", 12),
        text("达标", 10),
        text("差得最多的年份", 20),
        number("滞后", 10),
        quarters("季数", 12),
    )
    rows = tuple(_summary_row(side, sides[0]) for side in sides)
    return Table(name="概览", columns=columns, rows=rows)


def _summary_row(side: Side, first: Side) -> tuple[Cell, ...]:
    period = [m for year, m in side.years.items() if year <= first.result.calendar.period_last]
    judged = [m for m in period if m.met is not None]
    worst = largest_change(first, side)
    drawn = sum(m.drawn_wan for m in period)
    reference = sum(
        m.drawn_wan for y, m in first.years.items() if y <= first.result.calendar.period_last
    )
    outcome = side.result.outcome
    late = late_positions(side.result.portfolio, outcome)
    return (
        side.name,
        drawn,
        drawn - reference,
        f"{sum(bool(m.met) for m in judged)}/{len(judged)}",
        None if worst is None else f"{worst[0]} {yi_text(worst[1])}",
        len(late),
        sum(cause.quarters for index in late for cause in outcome.causes[index]),
    )


def year_differences(first: RunResult, other: RunResult) -> Table:
    """The years in which two runs differ."""
    a, b = Side(first), Side(other)
    columns = (
        text("年份", 8),
        money("投资：原"),
        money("现"),
        money("差"),
        money("折市：原"),
        money("现"),
        money("差"),
        text("结论", 18),
    )
    rows = []
    for year in compared_years((a, b)):
        before, after = a.converted(year), b.converted(year)
        gap = None if before is None or after is None else after - before
        change = b.drawn(year) - a.drawn(year)
        if change or gap:
            verdict = year_verdict(b.years[year]) if year in b.years else None
            rows.append(
                (str(year), a.drawn(year), b.drawn(year), change, before, after, gap, verdict)
            )
    return Table(name="按年", columns=columns, rows=tuple(rows))


def channel_differences(first: RunResult, other: RunResult) -> Table:
    """Channels whose money differs in any year, the largest yearly differences first."""
    a, b = Side(first), Side(other)
    length = first.calendar.fill("<length>年")
    columns = (
        text("渠道", 26),
        money(length + "：原"),
        money("现"),
        money("差"),
        text("最大年份", 14),
        money("该年之差"),
    )
    none, period = [0] * PLAY_YEARS, first.calendar.period_years
    rows: list[tuple[Cell, ...]] = []
    for channel in compared_channels((a, b)):
        before, after = a.channels.get(channel.id, none), b.channels.get(channel.id, none)
        by_year = [y - x for x, y in zip(before, after, strict=True)]
        if not any(by_year):
            continue
        worst = max(range(len(by_year)), key=lambda k: abs(by_year[k]))
        old, new = sum(before[:period]), sum(after[:period])
        year = str(first.calendar.first_year + worst)
        rows.append((channel.name, old, new, new - old, year, by_year[worst]))
    rows.sort(key=lambda row: -abs(int(row[5] or 0)))
    return Table(name="按渠道", columns=columns, rows=tuple(rows))


def item_differences(first: RunResult, other: RunResult) -> Table:
    """Items that differ in any year or in their finish, the largest yearly difference first."""
    a, b = Side(first), Side(other)
    length = first.calendar.fill("<length>年")
    columns = (
        text("大项", 28),
        text("最大年份", 14),
        money("该年之差"),
        money(length + "之差"),
        text("竣工：原", 14),
        text("现", 14),
        quarters("竣工变化"),
    )
    rows: list[tuple[Cell, ...]] = []
    for item in compared_items((a, b)):
        worst = largest_item_change(a, b, item.no)
        moved = finish_change(a, b, item.no)
        old, new = a.finish(item.no), b.finish(item.no)
        if worst is None and not moved and old == new:
            continue
        year, change = (None, 0) if worst is None else (str(worst[0]), worst[1])
        period = (b.item_period(item.no) or 0) - (a.item_period(item.no) or 0)
        rows.append((item.label, year, change, period, old, new, moved))
    rows.sort(key=lambda row: (-abs(int(row[2] or 0)), -abs(int(row[6] or 0))))
    return Table(name="按大项", columns=columns, rows=tuple(rows))


def largest_item_change(first: Side, other: Side, no: int) -> tuple[int, int] | None:
    """The year in which an item's money differs most, and by how much; None for no difference."""
    years = first.result.calendar.play_years
    changes = {year: other.item_year(no, year) - first.item_year(no, year) for year in years}
    year = max(years, key=lambda y: abs(changes[y]))
    return (year, changes[year]) if changes[year] else None


def largest_change(first: Side, other: Side) -> tuple[int, int] | None:
    """The year in which most money is missing against the first run (else the most more)."""
    years = first.result.calendar.play_years
    changes = {year: other.drawn(year) - first.drawn(year) for year in years}
    least = min(years, key=lambda y: changes[y])
    year = least if changes[least] < 0 else max(years, key=lambda y: changes[y])
    return (year, changes[year]) if changes[year] else None


def finish_change(first: Side, other: Side, no: int) -> int | None:
    """Quarters by which an item finishes later; None where a run does not have it."""
    old, new = first.finish_quarter(no), other.finish_quarter(no)
    return None if old is None or new is None else new - old
