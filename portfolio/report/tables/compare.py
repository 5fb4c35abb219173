"""Several runs side by side: the first is the one the others are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from portfolio.model.calendar import numeral
from portfolio.model.items import Channel, Item
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import (
    YearMeasure,
    drawn_by_channel_wan,
    drawn_by_item_wan,
    judged_years,
    late_positions,
    year_measures,
)
from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.report.tables.fields import (
    Field,
    Fields,
    Row,
    Table,
    money,
    number,
    quarters,
    text,
    year,
)
from portfolio.report.tables.office import labelled
from portfolio.report.words.run import finish_text, year_verdict


@dataclass(frozen=True)
class Side:
    """One run as a comparison looks things up in it."""

    result: RunResult

    @property
    def name(self) -> str:
        """What the scenario is called where people read it."""
        return self.result.label

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

    @property
    def _period(self) -> list[YearMeasure]:
        years = judged_years(self.result.portfolio)
        return [m for year, m in self.years.items() if year in years]

    @property
    def period_wan(self) -> int:
        """Money drawn in the years judged."""
        return sum(m.drawn_wan for m in self._period)

    @property
    def met(self) -> str:
        """How many targets of the years judged are met; — where none is judged."""
        judged = [m for m in self._period if m.met is not None]
        if not judged:
            return "—"
        return f"{sum(bool(m.met) for m in judged)}/{len(judged)}"

    def item_year(self, no: int, year: int) -> int:
        """Money an item draws in a year; 0 where it is not part of the run."""
        by_year = self.items.get(no)
        return 0 if by_year is None else by_year[year - self.result.calendar.first_year]

    def item_period(self, no: int) -> int | None:
        """Money an item draws in the years judged; None where it is not part of the run."""
        by_year = self.items.get(no)
        return None if by_year is None else sum(by_year[judged_slice(self.result)])

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


def judged_slice(result: RunResult) -> slice:
    """The years judged as places from the first year on."""
    years, first = judged_years(result.portfolio), result.calendar.first_year
    return slice(years[0] - first, years[-1] + 1 - first)


def span_text(result: RunResult) -> str:
    """The years judged in a heading, by how many they are: 五年."""
    return f"{numeral(len(judged_years(result.portfolio)))}年"


def _titled(fields: Fields[Row], result: RunResult) -> Fields[Row]:
    """A table whose headings say which years its sums are of."""
    told = (
        replace(field, title=field.title.replace("<length>年", span_text(result)))
        for field in fields
    )
    return Fields(name=fields.name, fields=tuple(told))


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


Amount = tuple[str, Callable[[Row], int | None]]


def sign_tone(moved_wan: int | None) -> str:
    """A loss in red, a gain in green, where it is to be seen in a figure with one decimal."""
    if moved_wan is None or abs(moved_wan) < SEEN_WAN:
        return ""
    return "bad" if moved_wan < 0 else "good"


def less(key: str, title: str, new: Amount[Row], old: Amount[Row], width: float) -> Field[Row]:
    """The difference of two amounts, each by its key, where there are both; its sign in colour."""

    def change(row: Row) -> int | None:
        before, after = old[1](row), new[1](row)
        return None if before is None or after is None else after - before

    def tone(row: Row) -> str:
        return sign_tone(change(row))

    def formula(row: Row) -> str | None:
        return None if change(row) is None else f"{{{new[0]}}}-{{{old[0]}}}"

    return money(key, title, change, width, tone=tone, formula=formula)


# --- all runs ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A run and the one it is compared with."""

    first: Side
    other: Side

    @property
    def worst(self) -> str | None:
        """The year in which most is missing, and how much."""
        found = largest_change(self.first, self.other)
        return None if found is None else f"{found[0]} {yi_text(found[1])}"

    @property
    def late(self) -> tuple[int, ...]:
        """Positions of the late items."""
        return late_positions(self.other.result.portfolio, self.other.result.outcome)

    @property
    def quarters(self) -> int:
        """The delay of finished items, and what the others have lost until the end of play."""
        causes = self.other.result.outcome.causes
        return sum(cause.quarters for index in self.late for cause in causes[index])


SUMMARY = Fields[Pair](
    name="概览",
    fields=(
        text("name", "情景", lambda pair: pair.other.name, 24),
        money("period_wan", "<length>年完成", lambda pair: pair.other.period_wan, 14),
        money(
            "change_wan",
            "差",
            lambda pair: pair.other.period_wan - pair.first.period_wan,
            signed=True,
        ),
        text("met", "达标", lambda pair: pair.other.met, 10),
        text("worst", "差得最多的年份", width=20),
        number("late", "滞后", lambda pair: len(pair.late), 10),
        quarters("quarters", "季数", width=12),
    ),
)


def summary_table(results: Sequence[RunResult]) -> Table[Pair]:
    """One row a scenario: the sums of the plan period, targets met, delays."""
    sides = [Side(result) for result in results]
    return _titled(SUMMARY, results[0]).of(Pair(first=sides[0], other=side) for side in sides)


# --- one run less another ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class YearChange:
    """A year in two runs."""

    first: Side
    other: Side
    year: int

    @property
    def drawn_wan(self) -> int:
        """Money drawn more than in the first run."""
        return self.other.drawn(self.year) - self.first.drawn(self.year)

    @property
    def converted_wan(self) -> int | None:
        """Converted investment more than in the first run; None where a run has none."""
        old, new = self.first.converted(self.year), self.other.converted(self.year)
        return None if old is None or new is None else new - old

    @property
    def verdict(self) -> str | None:
        """The second run's year against its target."""
        measure = self.other.years.get(self.year)
        return None if measure is None else year_verdict(measure)


YEAR_CHANGES = Fields[YearChange](
    name="按年",
    fields=(
        year("year", "年份"),
        money("old_drawn_wan", "投资：原", lambda row: row.first.drawn(row.year)),
        money("new_drawn_wan", "现", lambda row: row.other.drawn(row.year)),
        money("drawn_wan", "差", signed=True),
        money("old_converted_wan", "折市：原", lambda row: row.first.converted(row.year)),
        money("new_converted_wan", "现", lambda row: row.other.converted(row.year)),
        money("converted_wan", "差", signed=True),
        text("verdict", "结论", width=18),
    ),
)


def year_differences(first: RunResult, other: RunResult) -> Table[YearChange]:
    """The years in which two runs differ."""
    a, b = Side(first), Side(other)
    rows = (YearChange(first=a, other=b, year=year) for year in compared_years((a, b)))
    return YEAR_CHANGES.of(row for row in rows if row.drawn_wan or row.converted_wan)


@dataclass(frozen=True, kw_only=True)
class ChannelChange:
    """A channel whose money differs: in the plan period, and in the year that differs most."""

    channel: Channel
    old_wan: int
    new_wan: int
    year: int
    year_wan: int


CHANNEL_CHANGES = Fields[ChannelChange](
    name="按渠道",
    fields=(
        text("channel", "渠道", lambda row: row.channel.name, 26),
        money("old_wan", "<length>年：原"),
        money("new_wan", "现"),
        money("change_wan", "差", lambda row: row.new_wan - row.old_wan, signed=True),
        year("year", "最大年份", width=14),
        money("year_wan", "该年之差", signed=True),
    ),
)


def channel_differences(first: RunResult, other: RunResult) -> Table[ChannelChange]:
    """Channels whose money differs in any year, the largest yearly differences first."""
    a, b = Side(first), Side(other)
    none, judged = [0] * PLAY_YEARS, judged_slice(first)
    rows = []
    for channel in compared_channels((a, b)):
        before, after = a.channels.get(channel.id, none), b.channels.get(channel.id, none)
        by_year = [y - x for x, y in zip(before, after, strict=True)]
        if any(by_year):
            worst = max(range(len(by_year)), key=lambda k: abs(by_year[k]))
            rows.append(
                ChannelChange(
                    channel=channel,
                    old_wan=sum(before[judged]),
                    new_wan=sum(after[judged]),
                    year=first.calendar.first_year + worst,
                    year_wan=by_year[worst],
                )
            )
    fields = _titled(CHANNEL_CHANGES, first)
    return fields.of(sorted(rows, key=lambda row: -abs(row.year_wan)))


@dataclass(frozen=True, kw_only=True)
class ItemChange:
    """An item in two runs; `year` is the one that differs most, None where none does."""

    first: Side
    other: Side
    item: Item
    year: int | None
    year_wan: int

    @property
    def period_wan(self) -> int:
        """Money of the plan period more than in the first run."""
        no = self.item.no
        return (self.other.item_period(no) or 0) - (self.first.item_period(no) or 0)

    @property
    def finish_change(self) -> int | None:
        """Quarters by which it finishes later."""
        return finish_change(self.first, self.other, self.item.no)


ITEM_CHANGES = Fields[ItemChange](
    name="按大项",
    fields=(
        text("item", "大项", lambda row: labelled(row.item), 28),
        year("year", "最大年份", width=14),
        money("year_wan", "该年之差", signed=True),
        money("period_wan", "<length>年之差", signed=True),
        text("old_finish", "竣工：原", lambda row: row.first.finish(row.item.no), 14),
        text("new_finish", "现", lambda row: row.other.finish(row.item.no), 14),
        quarters("finish_change", "竣工变化", signed=True),
    ),
)


def item_differences(first: RunResult, other: RunResult) -> Table[ItemChange]:
    """Items that differ in any year or in their finish, the largest yearly difference first."""
    a, b = Side(first), Side(other)
    rows = []
    for item in compared_items((a, b)):
        year, wan = largest_item_change(a, b, item.no) or (None, 0)
        row = ItemChange(first=a, other=b, item=item, year=year, year_wan=wan)
        if year or row.finish_change or a.finish(item.no) != b.finish(item.no):
            rows.append(row)
    rows.sort(key=lambda row: (-abs(row.year_wan), -abs(row.finish_change or 0)))
    return _titled(ITEM_CHANGES, first).of(rows)


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
