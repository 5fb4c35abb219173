"""Open a repair: what the shock leaves, from when on the plan can be changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Ints, Mask
from portfolio.model.calendar import Calendar
from portfolio.model.items import Kind
from portfolio.model.measures.planned import planned_quarters, planned_span
from portfolio.model.measures.years import by_year
from portfolio.model.money import BPS, LARGEST_WAN, Wan, differences
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS, PLAY_YEARS
from portfolio.model.reallocation.from_facts import (
    as_left,
    carried_in,
    counts_bps,
    drawn_by_year,
    left_of_plan,
    reached_by_year,
)
from portfolio.model.reallocation.settings import RepairSettings
from portfolio.model.rules.approval import is_bonds, more_in_time
from portfolio.model.rules.opening import opening
from portfolio.model.rules.parameters import derive


@dataclass(frozen=True, kw_only=True)
class AfterFacts:
    """What facts say of the years up to the as-of.

    portfolio : the portfolio as it is played, with its facts
    drawn_wan : int64[15 years, channel, item] what was drawn; loans keep step with capital after it
    reached_wan : int64[15 years, item] progress at approved cost
    counts_bps : int64[item] progress that money makes that is still to be drawn
    """

    portfolio: Portfolio
    drawn_wan: Wan
    reached_wan: Wan
    counts_bps: Ints


@dataclass(frozen=True, kw_only=True)
class RepairCase:
    """What a repair starts from; arrays at approved cost, 15 plan years, the first year first.

    portfolio : the portfolio under the scenario; its plan is the baseline B. After facts what they
        leave of it (`from_facts.as_left`)
    asof_quarter : last quarter already past (-1: before the first year)
    reference_wan : int64[year, channel, item] R, what each channel would bring under the shock if
        the city paid its planned part in full: the baseline moved by late starts, stoppages,
        pace and duration, own and earmarked money as the shock leaves it, loans as capital and
        credit allow; gates left out. Without a shock R = B
    past_wan : int64[year, channel, item] money of the years and quarters already past, 0 after
        them: the baseline's where the shock had not begun, else what the play drew; after facts
        what was drawn, in the begun year with what items carried in and the special bonds that
        came for them
    work_bps : int64[year, item] part of a year's quarters in which the item may work: started
        (late starts counted) and not stopped
    slowed : bool[item] whose timing the scenario touches (late start, stoppage, pace, duration)
    after : what facts say of the past; None without facts
    reschedule : whether start years are decisions too (and the full target counts)
    """

    portfolio: Portfolio
    asof_quarter: int
    reference_wan: Wan
    past_wan: Wan
    work_bps: Ints
    slowed: Mask
    after: AfterFacts | None = None
    reschedule: bool = False
    settings: RepairSettings = field(default_factory=RepairSettings)

    @property
    def calendar(self) -> Calendar:
        """The portfolio's calendar."""
        return self.portfolio.calendar

    @property
    def first_year(self) -> int:
        """Index of the first year that can be adjusted: that of the quarter after `asof_quarter`."""
        return (self.asof_quarter + 1) // 4

    @property
    def year_is_running(self) -> bool:
        """Whether that year has begun already."""
        facts = None if self.after is None else self.after.portfolio.facts
        return (self.asof_quarter + 1) % 4 != 0 or (facts is not None and facts.months_past > 0)

    @property
    def played(self) -> Portfolio:
        """The portfolio that is played: after facts not what they leave of it, but itself."""
        return self.portfolio if self.after is None else self.after.portfolio

    @property
    def before_wan(self) -> Wan:
        """Money that loans and capital do not look back to: what facts have drawn, else nothing."""
        return np.zeros_like(self.past_wan) if self.after is None else self.after.drawn_wan


def open_handed(portfolio: Portfolio) -> Portfolio:
    """The portfolio with city money without end and no gates: its play shows what the shock leaves.

    Late starts, stoppages, pace, duration, the items' own and earmarked envelopes, credit and the
    rhythm of release stay as they are.
    """
    cost = portfolio.plan_wan.sum(axis=(0, 2)) * 4 + 1
    dearest = int(max(portfolio.conditions.scale_bps.max(initial=BPS), BPS))
    pooled = portfolio.envelopes.pooled_ask_wan > -1  # every year and channel
    unlimited = np.where(pooled, cost[None, :] * dearest // BPS, 0)
    return replace(
        portfolio,
        gates=(),
        envelopes=replace(portfolio.envelopes, pooled_ask_wan=unlimited),
        conditions=replace(portfolio.conditions, soft_gates_bind=False),
    )


def first_shocked_year(portfolio: Portfolio, before: Portfolio) -> int | None:
    """Index of the first year in which the scenario takes or adds money, time or conditions.

    None where it touches none of them (targets, priorities and policies of sharing are no shock).
    """
    if [item.no for item in portfolio.items] != [item.no for item in before.items]:
        return 0
    if portfolio.binding_gates != before.binding_gates:
        return 0
    now, then = portfolio.conditions, before.conditions
    pairs = (
        (portfolio.envelopes.pooled_wan, before.envelopes.pooled_wan),
        (portfolio.envelopes.own_wan, before.envelopes.own_wan),
        (by_play_year(now.stopped), by_play_year(then.stopped)),
        (by_play_year(now.pace_bps), by_play_year(then.pace_bps)),
        (now.release_bps, then.release_bps),
        (now.delay_quarters, then.delay_quarters),
        (now.credit_bps, then.credit_bps),
        (now.cut_bps, then.cut_bps),
        (now.cut_from, then.cut_from),
    )
    years = [
        int(year)
        for new, old in pairs
        for year in np.flatnonzero((new != old).reshape(PLAY_YEARS, -1).any(axis=1))[:1]
    ]
    first, _ = planned_span(planned_quarters(portfolio.plan_wan))
    touched = (
        (now.scale_bps != then.scale_bps)
        | (now.duration_bps != then.duration_bps)
        | (now.start_delay_quarters != then.start_delay_quarters)
    )
    years += [int(quarter) // 4 for quarter in first[touched]]
    return min(years, default=None)


def by_play_year(quarterly: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Quarters [100, …] as [25 years, 4, …]."""
    return quarterly.reshape(PLAY_YEARS, 4, *quarterly.shape[1:])


def repair_case(
    portfolio: Portfolio,
    before: Portfolio,
    *,
    open_handed_play: Outcome,
    shocked_play: Outcome,
    asof_quarter: int | None = None,
    reschedule: bool = False,
) -> RepairCase:
    """The case of a repair.

    `open_handed_play` is the play of `open_handed(portfolio)`, `shocked_play` that of the portfolio
    itself. Without `asof_quarter` the decision is taken at the end of the year before the shock;
    after facts it is taken where they end.
    """
    if portfolio.facts is not None:
        return _case_after_facts(portfolio, before, open_handed_play, reschedule=reschedule)
    shocked = first_shocked_year(portfolio, before)
    asof = 4 * (shocked or 0) - 1 if asof_quarter is None else asof_quarter
    return RepairCase(
        portfolio=portfolio,
        asof_quarter=asof,
        reference_wan=_at_approved_cost(portfolio, by_year(open_handed_play.drawn_wan)),
        past_wan=_past(portfolio, shocked_play, asof, shocked),
        work_bps=_work_bps(portfolio),
        slowed=slowed(portfolio),
        reschedule=reschedule,
        settings=portfolio.repair,
    )


def _case_after_facts(
    portfolio: Portfolio, before: Portfolio, play: Outcome, *, reschedule: bool
) -> RepairCase:
    """The case of a repair from facts on: what they leave is the plan, what was drawn is the past."""
    drawn = drawn_by_year(portfolio)[:PLAN_YEARS]
    begun = opening(portfolio)
    year = begun.quarter // 4
    reference = drawn + played_after_facts(portfolio, play)
    past = drawn.copy()
    past[year] += np.minimum(_stays(portfolio, before), reference[year] - drawn[year])
    return RepairCase(
        portfolio=_room_for(as_left(portfolio, before), past, year),
        asof_quarter=begun.quarter - 1,
        reference_wan=reference,
        past_wan=past,
        work_bps=_work_bps(portfolio),
        slowed=slowed(portfolio),
        after=AfterFacts(
            portfolio=portfolio,
            drawn_wan=drawn,
            reached_wan=reached_by_year(portfolio),
            counts_bps=counts_bps(portfolio),
        ),
        reschedule=reschedule,
        settings=portfolio.repair,
    )


def _stays(portfolio: Portfolio, before: Portfolio) -> Wan:
    """统筹 money that stays with its items in the begun year: [channel, item].

    What they carried in, and special bonds that came (到位) and are not drawn yet: to give those to
    another item (用途调整) is not a repair's to decide. Not where a gate may keep an item from drawing it.
    """
    stays = carried_in(derive(portfolio), left_of_plan(portfolio, before))
    stays = np.maximum(stays, _bonds_at_hand(portfolio))
    stays[:, [portfolio.position[gate.succ_no] for gate in portfolio.binding_gates]] = 0
    return stays


def _bonds_at_hand(portfolio: Portfolio) -> Wan:
    """Special bonds that came in the begun year by the facts, less what was drawn: [channel, item]."""
    facts = portfolio.facts
    came = np.zeros(portfolio.plan_wan.shape[1:], dtype=np.int64)
    if facts is None:
        return came
    year = opening(portfolio).quarter // 4
    for row in facts.rows:
        if row.received_wan and row.channel_id is not None and row.first_month // 12 == year:
            came[portfolio.channel_position[row.channel_id], portfolio.position[row.item_no]] += (
                row.received_wan
            )
    bonds = np.array([is_bonds(channel.id, channel.group) for channel in portfolio.channels])
    at_hand = np.maximum(came - drawn_by_year(portfolio)[year], 0)
    return np.where(bonds[:, None], at_hand, 0)


def _room_for(left: Portfolio, past_wan: Wan, year: int) -> Portfolio:
    """What facts leave, with room in the begun year's envelopes for what stays with its items."""
    ask = left.envelopes.pooled_ask_wan.copy()
    stays = -(-past_wan[year] * left.conditions.scale_bps // BPS)
    short = stays.sum(axis=1) - left.envelopes.pooled_wan[year]
    ask[year] += np.where(left.of_kind(Kind.POOLED), np.maximum(short, 0), 0)
    return replace(left, envelopes=replace(left.envelopes, pooled_ask_wan=ask))


def played_after_facts(portfolio: Portfolio, play: Outcome) -> Wan:
    """Money played by year beyond the facts, at the plan's cost: int64[15, channel, item]."""
    begun = opening(portfolio)
    rest = np.maximum(begun.rest_wan[-1], 0)
    cost = rest * portfolio.conditions.scale_bps // BPS
    played = np.maximum(by_year(play.drawn_wan)[:PLAN_YEARS].cumsum(axis=0) - begun.drawn_wan, 0)
    played[: begun.quarter // 4] = 0
    upto = np.where(cost > 0, -(-played * rest // np.maximum(cost, 1)), 0)
    return differences(np.minimum(upto, rest), axis=0)


def slowed(portfolio: Portfolio) -> Mask:
    """Items whose timing the conditions touch: bool[item]."""
    conditions = portfolio.conditions
    return np.asarray(
        conditions.stopped.any(axis=0)
        | (conditions.pace_bps != BPS).any(axis=0)
        | (conditions.duration_bps != BPS)
        | (conditions.start_delay_quarters > 0)
    )


def _at_approved_cost(portfolio: Portfolio, drawn_wan: Wan) -> Wan:
    """Money drawn by year at approved cost: int64[15, channel, item].

    Rounded up from whole 万元 of actual cost, so that what was planned in full comes back in full.
    """
    planned = portfolio.plan_wan.sum(axis=0)
    cost = planned * portfolio.conditions.scale_bps // BPS
    cumulated = np.cumsum(drawn_wan[:PLAN_YEARS], axis=0)
    approved = np.where(cost > 0, -(-cumulated * planned // np.maximum(cost, 1)), 0)
    approved = np.minimum(approved, planned)
    return np.asarray(np.diff(approved, axis=0, prepend=0), dtype=np.int64)


def _past(portfolio: Portfolio, shocked: Outcome, asof: int, first_shocked: int | None) -> Wan:
    """Money of what is past: as planned before the shock begins, as played after."""
    past = np.zeros_like(portfolio.plan_wan[:PLAN_YEARS])
    year, quarters = divmod(asof + 1, 4)
    if asof < 0:
        return past
    begun = (asof // 4) if asof >= 0 else -1  # year of the last quarter past
    if first_shocked is None or begun < first_shocked:
        past[:year] = portfolio.plan_wan[:year]
        if quarters and year < PLAN_YEARS:
            past[year] = portfolio.plan_wan[year] * quarters // 4
        return past
    drawn = shocked.drawn_wan.copy()
    drawn[asof + 1 :] = 0
    played = _at_approved_cost(portfolio, by_year(drawn))
    past[: year + 1] = played[: year + 1]
    return past


def _work_bps(portfolio: Portfolio) -> Ints:
    """Part of each plan year's quarters in which an item has started and is not stopped."""
    limits = derive(portfolio)
    quarters = np.arange(4 * PLAN_YEARS)[:, None]
    able = (quarters >= limits.earliest) & ~limits.stopped[: 4 * PLAN_YEARS]
    able[: limits.opening.quarter] = True  # what has been done could be done
    share = able.reshape(PLAN_YEARS, 4, -1).sum(axis=1) * BPS // 4
    return np.asarray(share, dtype=np.int64)


#: Nothing can be given in time, not even of a reserve.
NOT_IN_TIME = -1


def raised_most_wan(case: RepairCase) -> Wan:
    """[channel] the most that items can in time be given more of it in a running year.

    What one item gives up for another has to be approved earlier than what the reserve pays; where
    that is too late as well it is `NOT_IN_TIME`.
    """
    most = np.full(len(case.portfolio.channels), LARGEST_WAN, dtype=np.int64)
    if not case.year_is_running or case.first_year >= PLAN_YEARS:
        return most
    year, portfolio = case.first_year, case.portfolio
    asked = (portfolio.plan_wan[year] * portfolio.conditions.scale_bps // BPS).sum(axis=1)
    for c, channel in enumerate(portfolio.channels):
        timely = partial(
            more_in_time,
            case.calendar,
            channel_id=channel.id,
            channel_group=channel.group,
            year=case.calendar.first_year + year,
            asof_quarter=case.asof_quarter,
        )
        if not timely(from_reserve=False):
            left = max(0, int(portfolio.envelopes.pooled_wan[year, c] - asked[c]))
            most[c] = left if timely(from_reserve=True) else NOT_IN_TIME
    return most


def asof_of_year(calendar: Calendar, year: int) -> int:
    """The last quarter before a year begins."""
    return calendar.quarter_of(year) - 1
