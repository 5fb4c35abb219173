"""One path of a stress test as a story: its luck, what it did to the years, who is late and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.calendar import Calendar
from portfolio.model.items import Kind
from portfolio.model.luck import Draws
from portfolio.model.measures.planned import plan_quarters, planned_span
from portfolio.model.measures.years import YearMeasure, cost_wan, late_positions, year_measures
from portfolio.model.money import BPS
from portfolio.model.outcome import Cause, Event, EventKind, Outcome
from portfolio.model.portfolio import NO_LAG, Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.rules.clock import ends
from portfolio.model.study.confidence import last_finish, late_quarters, total_cost_wan, with_money
from portfolio.model.study.paths import Paths
from portfolio.model.study.years import converted_wan

#: Events that turn a path; the others are the bureau's bookkeeping.
TURNS = (EventKind.STOP, EventKind.HELD, EventKind.SHORT, EventKind.START, EventKind.FINISH)


@dataclass(frozen=True, kw_only=True)
class Rank:
    """A figure of the path among those of all paths: how many are lower, how many higher.

    unit : 亿元 (the value is 万元), 季度 (a quarter index, 100 = after the play) or 个
    """

    label: str
    unit: str
    value: int
    lower: int
    higher: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a path was chosen and where it stands among paths 1 to `among`.

    wish : 最差, 中位 or 最好; None where its number was asked for
    year : the year to worry about first, or the one asked for (`year_asked`), whose converted
        investment the choice goes by; None without such a year (then it goes by total cost)
    """

    path: int
    seed: int
    tails: str
    among: int
    wish: str | None
    year: int | None
    ranks: tuple[Rank, ...]
    year_asked: bool = False


@dataclass(frozen=True, kw_only=True)
class StoppedSpan:
    """Quarters of one stoppage, both ends included."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class ItemLuck:
    """The luck of an item: factors, and what they come to in money and quarters.

    money_wan : cost with the luck less without; quarters : planned length with less without
    stretch_bps, lag_bps : how the clock of a bundle runs whose projects take `duration_bps`; None
        for single projects
    stopped : stoppages drawn while the item was under way
    """

    item_no: int
    cost_bps: int
    volume_bps: int
    duration_bps: int
    money_wan: int
    quarters: int
    stretch_bps: int | None
    lag_bps: int | None
    stopped: tuple[StoppedSpan, ...]


@dataclass(frozen=True, kw_only=True)
class ChannelLuck:
    """到位率 of a channel in a year, and what it takes from (or adds to) the envelope.

    `change_wan` is None for 随资本金, which has no envelope.
    """

    channel_id: str
    year: int
    receipt_bps: int
    change_wan: int | None


@dataclass(frozen=True, kw_only=True)
class YearStory:
    """A year of the path (`now`), and the same year without luck (`prior`).

    turns : the log's events that turn the path, in its order
    """

    now: YearMeasure
    prior: YearMeasure
    channels: tuple[ChannelLuck, ...]
    turns: tuple[Event, ...]

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.now.year


@dataclass(frozen=True, kw_only=True)
class LateItem:
    """A late item; its causes sum to the delay (without a finish: to the end of play)."""

    item_no: int
    planned_finish: int
    prior_finish: int | None
    finish: int | None
    delay_quarters: int | None
    causes: tuple[Cause, ...]


@dataclass(frozen=True, kw_only=True)
class PathStory:
    """Everything told of a path.

    items : luck of the items with money, the costliest first; happened : ids of the register's
    late : the late items, by the money open at the planned finish
    """

    standing: Standing
    items: tuple[ItemLuck, ...]
    channels: tuple[ChannelLuck, ...]
    happened: tuple[str, ...]
    years: tuple[YearStory, ...]
    late: tuple[LateItem, ...]
    prior_late: int


def path_story(
    standing: Standing,
    portfolio: Portfolio,
    draws: Draws,
    lucky: Portfolio,
    outcome: Outcome,
    prior: Outcome,
) -> PathStory:
    """Tell the one path of `draws`.

    portfolio, prior : the scenario without luck, and its play; lucky, outcome : with the luck
    """
    channels = _channel_lucks(portfolio, draws, lucky)
    return PathStory(
        standing=standing,
        items=_item_lucks(portfolio, draws, lucky, outcome),
        channels=channels,
        happened=tuple(
            risk.id for k, risk in enumerate(portfolio.risk.register) if draws.happened[0, k]
        ),
        years=_years(portfolio, lucky, outcome, prior, channels),
        late=tuple(_late(lucky, outcome, prior, i) for i in late_positions(lucky, outcome)),
        prior_late=len(late_positions(portfolio, prior)),
    )


def _item_lucks(
    portfolio: Portfolio, draws: Draws, lucky: Portfolio, outcome: Outcome
) -> tuple[ItemLuck, ...]:
    money = cost_wan(lucky) - cost_wan(portfolio)
    first, length = planned_span(plan_quarters(portfolio))
    luck, plain = lucky.conditions, portfolio.conditions
    longer = ends(length, luck.duration_bps, luck.lag_bps)
    longer = longer - ends(length, plain.duration_bps, plain.lag_bps)
    of_bundle = luck.lag_bps != NO_LAG
    found = [
        ItemLuck(
            item_no=portfolio.items[i].no,
            cost_bps=int(draws.cost_bps[0, i]),
            volume_bps=int(draws.volume_bps[0, i]),
            duration_bps=int(draws.duration_bps[0, i]),
            money_wan=int(money[i]),
            quarters=round(int(longer[i]) / BPS),
            stretch_bps=int(luck.duration_bps[i]) if of_bundle[i] else None,
            lag_bps=int(luck.lag_bps[i]) if of_bundle[i] else None,
            stopped=_stopped(draws.stopped[0, :, i], int(first[i]), outcome.finish[i]),
        )
        for i in np.flatnonzero(length > 0).tolist()
    ]
    return tuple(sorted(found, key=lambda luck: -luck.money_wan))


def _stopped(stopped: Mask, first: int, finish: int | None) -> tuple[StoppedSpan, ...]:
    """Stoppages drawn between the planned start and the finish."""
    end = PLAY_QUARTERS if finish is None else finish + 1
    edges = np.diff(stopped[first:end].astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return tuple(
        StoppedSpan(first=first + a, last=first + b - 1)
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
    )


def _channel_lucks(portfolio: Portfolio, draws: Draws, lucky: Portfolio) -> tuple[ChannelLuck, ...]:
    """到位率 of every channel in the years in which it has money to give or is planned to."""
    before, after = _envelopes(portfolio), _envelopes(lucky)
    planned = portfolio.plan_wan.sum(axis=2)
    found = []
    for c, channel in enumerate(portfolio.channels):
        for y in range(len(planned)):
            credit = channel.kind is Kind.CREDIT
            if not (planned[y, c] if credit else before[y, c]):
                continue
            found.append(
                ChannelLuck(
                    channel_id=channel.id,
                    year=portfolio.calendar.first_year + y,
                    receipt_bps=int(draws.receipt_bps[0, y, c]),
                    change_wan=None if credit else int(after[y, c] - before[y, c]),
                )
            )
    return tuple(found)


def _envelopes(portfolio: Portfolio) -> Ints:
    """All envelopes under luck: int64[year, channel]."""
    envelopes = portfolio.envelopes
    return np.asarray(envelopes.pooled_in_luck_wan + envelopes.own_in_luck_wan.sum(axis=2))


def _years(
    portfolio: Portfolio,
    lucky: Portfolio,
    outcome: Outcome,
    prior: Outcome,
    channels: tuple[ChannelLuck, ...],
) -> tuple[YearStory, ...]:
    """The years in which either play has something to report."""
    now = {measure.year: measure for measure in year_measures(lucky, outcome)}
    before = {measure.year: measure for measure in year_measures(portfolio, prior)}
    moved = _moved(portfolio, outcome, prior)
    stories = []
    for year in sorted({*now, *before}):
        known = now.get(year) or before[year]
        # What one of the plays leaves out has no money in it.
        empty = replace(
            known,
            drawn_wan=0,
            progress_wan=0,
            converted_wan=None if known.inclusion_bps is None else 0,
        )
        stories.append(
            YearStory(
                now=now.get(year, empty),
                prior=before.get(year, empty),
                channels=tuple(luck for luck in channels if luck.year == year),
                turns=tuple(
                    event
                    for event in outcome.events
                    if _turns(event, portfolio.calendar, year, moved)
                ),
            )
        )
    return tuple(stories)


def _moved(portfolio: Portfolio, outcome: Outcome, prior: Outcome) -> set[tuple[EventKind, int]]:
    """Starts and finishes at another time than without luck, with the item's number."""
    return {
        (kind, item.no)
        for kind, now, before in (
            (EventKind.START, outcome.start, prior.start),
            (EventKind.FINISH, outcome.finish, prior.finish),
        )
        for index, item in enumerate(portfolio.items)
        if now[index] != before[index]
    }


def _turns(event: Event, calendar: Calendar, year: int, moved: set[tuple[EventKind, int]]) -> bool:
    """Whether an event of the year belongs to the story: starts and finishes only where moved."""
    if calendar.first_year + event.quarter // 4 != year or event.kind not in TURNS:
        return False
    dated = event.kind in (EventKind.START, EventKind.FINISH)
    return not dated or (event.kind, event.item_no) in moved


def _late(lucky: Portfolio, outcome: Outcome, prior: Outcome, index: int) -> LateItem:
    planned = outcome.planned_finish[index]
    assert planned is not None  # only what was planned is late
    return LateItem(
        item_no=lucky.items[index].no,
        planned_finish=planned,
        prior_finish=prior.finish[index],
        finish=outcome.finish[index],
        delay_quarters=outcome.delay_quarters(index),
        causes=outcome.causes[index],
    )


def ranks(portfolio: Portfolio, paths: Paths, one: Paths, worry: int | None) -> tuple[Rank, ...]:
    """Where the single path of `one` stands among `paths`."""
    among, own = _figures(portfolio, paths, worry), _figures(portfolio, one, worry)
    return tuple(
        Rank(
            label=label,
            unit=unit,
            value=int(own[label, unit][0]),
            lower=int((values < own[label, unit][0]).sum()),
            higher=int((values > own[label, unit][0]).sum()),
        )
        for (label, unit), values in among.items()
    )


def _figures(portfolio: Portfolio, paths: Paths, worry: int | None) -> dict[tuple[str, str], Ints]:
    """What paths are ranked by, with the unit: int64[path]."""
    found: dict[tuple[str, str], Ints] = {}
    converted = None if worry is None else converted_wan(portfolio, paths, worry)
    if converted is not None:
        found[f"{worry} 年折市重点", "亿元"] = converted
    found[portfolio.calendar.fill("总造价（<first> 年起）"), "亿元"] = total_cost_wan(paths)
    if with_money(portfolio).any():
        found["最后竣工", "季度"] = last_finish(portfolio, paths)
    late = (late_quarters(portfolio, paths) > 0).sum(axis=1)
    found["滞后大项", "个"] = np.asarray(late, dtype=np.int64)
    return found
