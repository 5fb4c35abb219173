"""The measures of a played plan: its years, channels and items, all in whole 万元."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.calendar import Calendar
from portfolio.model.items import (
    Channel,
    Item,
    Kind,
    ListPlanKind,
    Target,
    TargetKind,
    inclusion_bps_of,
)
from portfolio.model.measures.planned import agreed_year_wan, planned_progress_wan
from portfolio.model.money import BPS, Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import BUDGETED_YEARS, Portfolio, asof_year_of
from portfolio.model.quarters import PLAN_YEARS, PLAY_YEARS, or_end
from portfolio.model.rules.kept import kept
from portfolio.model.rules.parameters import derive, progress_by_quarter, released


@dataclass(frozen=True, kw_only=True)
class YearMeasure:
    """One year: plan, money drawn, progress at approved cost and the same converted.

    `converted_wan` is None where there is no 入列系数, `target` None in a year without a target.
    `list_runs_down`: a gap is 待入库, as the closed list runs down and investment does not fall.
    `past`: the year is over and no target judges it any more; `executed`: it is facts alone. A past
    year without facts is play (推演): what came about is what was published.
    """

    year: int
    plan_wan: int
    drawn_wan: int
    progress_wan: int
    inclusion_bps: int | None
    converted_wan: int | None
    target: Target | None
    list_runs_down: bool
    past: bool = False
    executed: bool = False

    @property
    def target_wan(self) -> int | None:
        """The year's target."""
        return None if self.target is None else self.target.target_wan

    @property
    def list_plan_wan(self) -> int | None:
        """名单计划: the plan of the year's list of works."""
        return None if self.target is None else self.target.list_plan_wan

    @property
    def list_plan_kind(self) -> ListPlanKind | None:
        """How that plan is known."""
        return None if self.target is None else self.target.list_plan_kind

    @property
    def list_done_wan(self) -> int | None:
        """名单完成: the outturn of the year's list as published."""
        return None if self.target is None else self.target.list_done_wan

    @property
    def met(self) -> bool | None:
        """Whether converted investment meets the target; None where either is missing, or past."""
        if self.past or self.target is None or self.converted_wan is None:
            return None
        return self.target.met_by(self.converted_wan)

    @property
    def below_wan(self) -> int:
        """How far converted investment stays below the target; 0 for a ceiling and once past."""
        if (
            self.past
            or self.target_wan is None
            or self.converted_wan is None
            or self.target is None
        ):
            return 0
        if self.target.kind is TargetKind.CEILING:
            return 0
        return max(0, self.target_wan - self.converted_wan)

    @property
    def above_wan(self) -> int:
        """How far converted investment goes beyond a ceiling or the top of a band; 0 once past."""
        if self.past or self.target is None or self.converted_wan is None:
            return 0
        top = {
            TargetKind.CEILING: self.target.target_wan,
            TargetKind.BAND: self.target.upper_wan,
            TargetKind.FLOOR: None,
        }[self.target.kind]
        return 0 if top is None else max(0, self.converted_wan - top)

    @property
    def planned_converted_wan(self) -> int | None:
        """The year's plan × 入列系数: what the plan itself would convert to."""
        return None if self.inclusion_bps is None else self.plan_wan * self.inclusion_bps // BPS

    @property
    def plan_below_target(self) -> bool:
        """Whether the plan itself stays below a floor or band: no play could be blamed for that."""
        planned, target = self.planned_converted_wan, self.target
        if self.past or planned is None or target is None or target.target_wan is None:
            return False
        return target.kind is not TargetKind.CEILING and planned < target.target_wan

    @property
    def short_of_plan_wan(self) -> int:
        """The part of the gap that the play made: converted plan (up to the target) less converted."""
        planned, target = self.planned_converted_wan, self.target_wan
        if planned is None or target is None or self.converted_wan is None or not self.below_wan:
            return 0
        return max(0, min(planned, target) - self.converted_wan)

    @property
    def shortfall_wan(self) -> int:
        """Gap to the target that counts as missed: all of it while the list is full, then what the play missed."""
        return self.short_of_plan_wan if self.list_runs_down else self.below_wan

    @property
    def to_be_listed_wan(self) -> int:
        """待入库: what the closed list leaves open once it runs down, the play's own part apart."""
        return self.below_wan - self.short_of_plan_wan if self.list_runs_down else 0

    @property
    def completion(self) -> float | None:
        """完成率: drawn ÷ the year's plan; None in a year without plan."""
        return self.drawn_wan / self.plan_wan if self.plan_wan else None


@dataclass(frozen=True, kw_only=True)
class ChannelYear:
    """A channel's ledger of one year; None where 随资本金 has no such entry, or facts tell none.

    A year that was over before play began has an envelope and what was drawn, nothing between.

    `follows_in_wan` is own money (上级指定, 专属) that items did not need in earlier years and that
    came with them into this one, `follows_out_wan` what goes on with them: envelope + follows in =
    allotted + lapsed + follows out. `room_wan` is the part of the envelope that is 再安排空间: an
    assumption, no part of what is voted. `gap_wan` is need that no channel could serve, as it stood in that year (随资本金: what was
    asked in the last quarter and not drawn). What is missing is asked for again the next year: gaps of years don't add up.
    """

    channel: Channel
    year: int
    plan_wan: int
    envelope_wan: int | None
    room_wan: int | None
    follows_in_wan: int | None
    allotted_wan: int | None
    carried_in_wan: int | None
    drawn_wan: int
    taken_back_wan: int | None
    lapsed_wan: int | None
    follows_out_wan: int | None
    carried_out_wan: int | None
    gap_wan: int


def planned_wan(portfolio: Portfolio) -> Wan:
    """Planned money from the first year on by item at approved cost."""
    return np.asarray(portfolio.baseline_wan.sum(axis=(0, 1)), dtype=np.int64)


def approved_wan(portfolio: Portfolio) -> Wan:
    """Money from the first year on at approved cost for the volume that comes about (落地率), by item."""
    return derive(portfolio).approved_wan


def cost_wan(portfolio: Portfolio) -> Wan:
    """What each item costs in play: what was drawn before, the rest × volume × cost factor."""
    return np.asarray(derive(portfolio).cost_wan.sum(axis=0), dtype=np.int64)


@kept(2)
def progress_wan(portfolio: Portfolio, outcome: Outcome) -> Wan:
    """Progress at approved cost by quarter's end, cumulated since the first year: int64[quarter, item].

    Without the earlier money; overruns don't count as progress. Money counts, not the finish: an
    item is complete when its tail (尾款) is paid.
    """
    drawn = np.cumsum(outcome.drawn_wan.sum(axis=1), axis=0)
    cost = cost_wan(portfolio)
    finish = np.array([or_end(quarter) for quarter in outcome.finish])
    complete = (np.arange(len(drawn))[:, None] >= finish) & (drawn == cost)
    return progress_by_quarter(derive(portfolio), drawn, complete)


def by_year(quarterly: Wan) -> Wan:
    """Sum quarters to years along the first axis."""
    return np.asarray(quarterly.reshape(-1, 4, *quarterly.shape[1:]).sum(axis=1), dtype=np.int64)


def drawn_by_item_wan(outcome: Outcome) -> Wan:
    """Money drawn: int64[year, item]."""
    return by_year(outcome.drawn_wan.sum(axis=1))


def drawn_by_channel_wan(outcome: Outcome) -> Wan:
    """Money drawn by the channel that paid: int64[year, channel]."""
    return by_year(outcome.drawn_wan.sum(axis=2))


def plan_by_year_wan(portfolio: Portfolio) -> Wan:
    """年度计划 over the play years, 0 after the plan's end: int64[25, channel, item].

    A year of which a version is in force has what was approved; the others what the plan says.
    """
    whole = played_plan_wan(portfolio)
    for year in range(PLAY_YEARS) if portfolio.versions else ():
        agreed = agreed_year_wan(portfolio, year)
        if agreed is not None:
            whole[year] = agreed
    return whole


def played_plan_wan(portfolio: Portfolio) -> Wan:
    """The plan that is played, over the play years: int64[25, channel, item]."""
    whole = np.zeros((PLAY_YEARS, *portfolio.plan_wan.shape[1:]), dtype=np.int64)
    whole[: len(portfolio.plan_wan)] = portfolio.plan_wan
    return whole


@kept(2)
def reported_years(calendar: Calendar, outcome: Outcome) -> tuple[int, ...]:
    """Years a report shows: the plan years, and later ones up to the last with money drawn or missing."""
    years = range(PLAY_YEARS)
    drawn = np.array([outcome.drawn_wan[4 * y : 4 * y + 4].any() for y in years])
    missing = np.array([(outcome.need_wan[y] > outcome.served_wan[y]).any() for y in years])
    last = max([PLAN_YEARS - 1, *np.flatnonzero(drawn | missing).tolist()])
    return tuple(range(calendar.first_year, calendar.first_year + last + 1))


#: Facts are followed by the years of a rolling plan: the as-of's year and so many more.
ROLLING_YEARS = 3


def judged_from(portfolio: Portfolio) -> int:
    """The first year that a target judges; those before it are past.

    With facts the as-of's year. Without, the last of which the list's plan is in print: when a
    year's list is published the years before it are over, whatever the play makes of them. No clock
    is read.
    """
    first = portfolio.calendar.first_year
    if portfolio.facts is not None:
        return first + portfolio.facts.year
    return max([first, *(target.year for target in portfolio.targets if target.plan_is_published)])


def judged_years(portfolio: Portfolio) -> range:
    """The years that sums and comparisons are of: the planned period, with facts what is to come.

    With facts they begin with the as-of's year and end with the period, or with the rolling plan
    where that goes on for longer. Which of them a target judges is `judged_from`'s to say.
    """
    calendar = portfolio.calendar
    if portfolio.facts is None:
        return calendar.period
    year = judged_from(portfolio)
    last = max(calendar.period_last, year + ROLLING_YEARS)
    return range(year, min(last, calendar.last_play_year) + 1)


def year_measures(
    portfolio: Portfolio, outcome: Outcome, years: Iterable[int] | None = None
) -> tuple[YearMeasure, ...]:
    """The years of a played plan against their targets; without `years` the reported ones."""
    targets = {target.year: target for target in portfolio.targets}
    plan = plan_by_year_wan(portfolio).sum(axis=(1, 2))
    drawn = drawn_by_item_wan(outcome).sum(axis=1)
    cumulated = progress_wan(portfolio, outcome)[3::4]
    progress = np.diff(cumulated, axis=0, prepend=0).sum(axis=1)
    begun, measures = judged_from(portfolio), []
    for year in reported_years(portfolio.calendar, outcome) if years is None else years:
        index, target = year - portfolio.calendar.first_year, targets.get(year)
        factor = inclusion_bps_of(portfolio.targets, year)
        measures.append(
            YearMeasure(
                year=year,
                plan_wan=int(plan[index]),
                drawn_wan=int(drawn[index]),
                progress_wan=int(progress[index]),
                inclusion_bps=factor,
                converted_wan=None if factor is None else int(progress[index]) * factor // BPS,
                target=target,
                list_runs_down=year > portfolio.calendar.last_full_list_year,
                past=year < begun,
                executed=portfolio.facts is not None and year < begun,
            )
        )
    return tuple(measures)


def funding_gap_wan(portfolio: Portfolio, outcome: Outcome) -> Wan:
    """What each channel left unserved in a year: int64[year, channel], see `ChannelYear`."""
    unserved = (outcome.need_wan - outcome.served_wan + outcome.never_released_wan).sum(axis=2)
    credit = portfolio.of_kind(Kind.CREDIT)
    return np.where(credit, outcome.loan_gap_wan, unserved)


def room_wan(portfolio: Portfolio) -> Wan:
    """再安排空间, what an envelope holds beyond what is asked and voted: int64[year, channel].

    In the running year and the next the city's channels hold what is entered, and nothing else.
    """
    pooled = portfolio.envelopes.pooled_reserve_wan.copy()
    pooled[: asof_year_of(portfolio.facts) + BUDGETED_YEARS] = 0
    return np.asarray(pooled + own_room_wan(portfolio).sum(axis=2), dtype=np.int64)


def own_room_wan(portfolio: Portfolio) -> Wan:
    """The same of money that is by item: int64[year, channel, item].

    What the running year's own budgets hold beyond the need after facts is theirs, no assumption.
    """
    room = portfolio.envelopes.own_reserve_wan.copy()
    if portfolio.facts is not None:
        room[: asof_year_of(portfolio.facts) + 1] = 0
    return room


#: What the ledger of a year has that was over before play began.
BEFORE_PLAY = ("envelope_wan", "room_wan")


def beyond_envelope_wan(portfolio: Portfolio, outcome: Outcome) -> Wan:
    """What was drawn of a channel in the running year before play, beyond its envelope: [channel].

    By item where money is the item's own. That much the year's allotment passes the envelope.
    """
    year, spent = asof_year_of(portfolio.facts), derive(portfolio).opening.spent_wan
    own = portfolio.envelopes.own_wan[year] + outcome.follows_in_wan[year]
    of_items = np.maximum(spent - own, 0).sum(axis=1)
    of_city = np.maximum(spent.sum(axis=1) - portfolio.envelopes.pooled_wan[year], 0)
    found = np.where(portfolio.of_kind(Kind.POOLED), of_city, of_items)
    return np.asarray(np.where(portfolio.of_kind(Kind.CREDIT), 0, found), dtype=np.int64)


def channel_years(portfolio: Portfolio, outcome: Outcome) -> tuple[ChannelYear, ...]:
    """The ledger of every channel, channel by channel, over the reported years."""
    drawn = drawn_by_channel_wan(outcome)
    plan = plan_by_year_wan(portfolio).sum(axis=2)
    gap = funding_gap_wan(portfolio, outcome)
    ledger = {
        "envelope_wan": outcome.envelope_wan,
        "room_wan": room_wan(portfolio),
        "follows_in_wan": outcome.follows_in_wan.sum(axis=2),
        "allotted_wan": outcome.allotted_wan.sum(axis=2),
        "carried_in_wan": outcome.carried_in_wan.sum(axis=2),
        "taken_back_wan": outcome.taken_back_wan.sum(axis=2),
        "lapsed_wan": outcome.lapsed_wan,
        "follows_out_wan": outcome.follows_out_wan.sum(axis=2),
        "carried_out_wan": outcome.carried_out_wan.sum(axis=2),
    }
    years = reported_years(portfolio.calendar, outcome)
    rows = []
    for c, channel in enumerate(portfolio.channels):
        for year in years:
            y = year - portfolio.calendar.first_year
            has_ledger = channel.kind is not Kind.CREDIT
            over = y < asof_year_of(portfolio.facts)
            entries = {
                name: None
                if not has_ledger or (over and name not in BEFORE_PLAY)
                else int(values[y, c])
                for name, values in ledger.items()
            }
            rows.append(
                ChannelYear(
                    channel=channel,
                    year=year,
                    plan_wan=int(plan[y, c]),
                    drawn_wan=int(drawn[y, c]),
                    gap_wan=int(gap[y, c]),
                    **entries,
                )
            )
    return tuple(rows)


def late_positions(portfolio: Portfolio, outcome: Outcome) -> tuple[int, ...]:
    """Positions of the late items: by the money open at their planned finish, tails last.

    What facts have finished is past.
    """
    finished = derive(portfolio).opening.finished
    late = [
        index
        for index in range(len(portfolio.items))
        if outcome.is_late(index) and not finished[index]
    ]
    outstanding = outstanding_wan(portfolio, outcome)
    tails = set(tail_positions(portfolio, outcome))
    return tuple(sorted(late, key=lambda i: (i in tails, -int(outstanding[i]), i)))


def tail_positions(portfolio: Portfolio, outcome: Outcome) -> tuple[int, ...]:
    """Late items of which no more than the tail was open at the planned finish (尾款)."""
    outstanding = outstanding_wan(portfolio, outcome)
    return tuple(
        index
        for index, item in enumerate(portfolio.items)
        if outcome.is_late(index) and is_tail(portfolio, item, int(outstanding[index]))
    )


def is_tail(portfolio: Portfolio, item: Item, open_wan: int) -> bool:
    """Whether an item lacks no more than its tail (尾款): what it may owe at its finish (sheet 设置)."""
    return open_wan * BPS <= portfolio.tail_bps * item.total_wan


def envelope_held(portfolio: Portfolio, channel: int, item: int) -> bool:
    """Whether an envelope that serves an item is in no plan year below what the plan asks of it.

    The item's own envelope for 上级指定 and 专属, the city's for 统筹, at the scenario's cost.
    """
    kind = portfolio.channels[channel].kind
    years = len(portfolio.plan_wan)
    ask = portfolio.plan_wan[:, channel] * portfolio.conditions.scale_bps // BPS
    if kind is Kind.POOLED:
        return bool((portfolio.envelopes.pooled_wan[:years, channel] >= ask.sum(axis=1)).all())
    if kind is Kind.CREDIT:
        return False
    return bool((portfolio.envelopes.own_wan[:years, channel, item] >= ask[:, item]).all())


def outstanding_wan(portfolio: Portfolio, outcome: Outcome) -> Wan:
    """Money at approved cost not yet come about when the item was to be finished.

    Of the volume that comes about at all (落地率).
    """
    planned = approved_wan(portfolio)
    progress = progress_wan(portfolio, outcome)
    rows = [0 if finish is None else finish for finish in outcome.planned_finish]
    reached = progress[rows, np.arange(len(rows))]
    has_finish = np.array([finish is not None for finish in outcome.planned_finish], dtype=bool)
    return np.where(has_finish, planned - reached, 0)


def behind_plan(portfolio: Portfolio, outcome: Outcome) -> Mask:
    """Quarters at whose end an item is behind its plan by more than 1 % of its money."""
    before = np.array([item.earlier_wan for item in portfolio.items], dtype=np.int64)
    expected = planned_progress_wan(portfolio) - before
    slack = planned_wan(portfolio) // 100
    return np.asarray(progress_wan(portfolio, outcome) + slack < expected, dtype=np.bool_)


def item_groups(items: tuple[Item, ...]) -> dict[str, dict[str | None, list[int]]]:
    """Positions by work, then category, each in order of first appearance."""
    groups: dict[str, dict[str | None, list[int]]] = {}
    for index, item in enumerate(items):
        groups.setdefault(item.work, {}).setdefault(item.category, []).append(index)
    return groups


def active_quarters(outcome: Outcome) -> Mask:
    """Quarters in which an item's clock moved or money was drawn: bool[quarter, item]."""
    moved = np.diff(outcome.moved_bps, axis=0, prepend=0) > 0
    return np.asarray(moved | (outcome.drawn_wan.sum(axis=1) > 0), dtype=np.bool_)


# --- How far a year has come: 完成率, 序时进度 and their difference, as exact fractions


MONTHS = 12


def completion(done_wan: int, plan_wan: int) -> Fraction | None:
    """完成率: done ÷ the year's plan; None in a year without plan."""
    return Fraction(done_wan, plan_wan) if plan_wan else None


def elapsed(months: int) -> Fraction:
    """序时: the part of the year that has gone by at the end of a month (1–12).

    Raises
    ------
    ValueError
        There is no such month.
    """
    if not 1 <= months <= MONTHS:
        raise ValueError(f"a year has no month {months}")
    return Fraction(months, MONTHS)


def ahead(done_wan: int, plan_wan: int, months: int) -> Fraction | None:
    """超（欠）序时进度: 完成率 less the part of the year gone by; negative for 欠.

    None in a year without plan. From unrounded values: 97.16 % at the end of October is 13.8
    points ahead, though 97.2 less 83.3 would read 13.9.
    """
    rate = completion(done_wan, plan_wan)
    return None if rate is None else rate - elapsed(months)


def percent_number(value: Fraction, digits: int = 1) -> str:
    """A ratio in per cent without its sign %, rounded half up (away from 0) to `digits` decimals."""
    unit = 10**digits
    scaled = abs(value) * 100 * unit
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    whole, part = divmod(rounded, unit)
    sign = "-" if value < 0 and rounded else ""
    return f"{sign}{whole}" + (f".{part:0{digits}d}" if digits else "")


# --- 资金到位率: of the money an item needed in a year, the part that arrived in it


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Money of the channels with an envelope: int64[year, item], the play years.

    needed_wan : need at the year's beginning + what was carried over from the year before
    arrived_wan : what was carried over + the part of the year's allotment released in the year
    """

    needed_wan: Wan
    arrived_wan: Wan


def arrival(portfolio: Portfolio, outcome: Outcome) -> Arrival:
    """What was needed and what arrived, by year and item.

    随资本金 stays out: loans follow capital and have no envelope that could arrive. An allotment
    that a delay pushes past the year's end (到位推迟) arrives the next year, as money carried
    over. What arrives is never more than what is needed: no more is allotted than is needed,
    substitutes included, and both count the same money carried over.
    """
    conditions = portfolio.conditions
    parts = released(conditions.release_bps, conditions.delay_quarters)
    in_year = outcome.allotted_wan * parts[:, :, -1, None] // BPS
    by_shock = np.take_along_axis(parts, np.minimum(conditions.cut_from, 3)[:, :, None], axis=2)
    there = outcome.allotted_wan * by_shock // BPS
    there += (in_year - there) * conditions.cut_bps[:, :, None] // BPS
    arrived = outcome.carried_in_wan + np.where(conditions.cut_from[:, :, None] < 3, there, in_year)
    needed = outcome.carried_in_wan + outcome.need_wan
    with_envelope = ~portfolio.of_kind(Kind.CREDIT)
    return Arrival(
        needed_wan=np.asarray(needed[:, with_envelope].sum(axis=1), dtype=np.int64),
        arrived_wan=np.asarray(arrived[:, with_envelope].sum(axis=1), dtype=np.int64),
    )
