"""A portfolio: items, gates, channels, targets, the plan and the envelopes, valid as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from portfolio.model.approved import PlanVersion
from portfolio.model.arrays import Ints, Mask
from portfolio.model.calendar import Calendar
from portfolio.model.facts import Facts
from portfolio.model.gates import Gate, find_cycle
from portfolio.model.items import (
    Channel,
    ChannelRisk,
    Item,
    Kind,
    OwnEnvelope,
    Realisation,
    RiskClass,
    Share,
    Target,
)
from portfolio.model.money import BPS, DEFAULT_TAIL_BPS, LARGEST_WAN, Wan
from portfolio.model.paper import WHERE_TOLD
from portfolio.model.plan import baseline_plan, fed_until
from portfolio.model.projects import Project
from portfolio.model.quarters import PLAN_YEARS, PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.reallocation.settings import AdjustedPlan, RepairSettings
from portfolio.model.record.rows import Record
from portfolio.model.risk import RiskSettings

#: `Conditions.cut_from` of a year without a shock inside it.
NO_CUT = 4
#: `Conditions.lag_bps` of an item whose clock is stretched to its end.
NO_LAG = -1
#: The year of the as-of and the next: their budgets are voted or being drafted.
BUDGETED_YEARS = 2
#: 万元, in fractions where a line is followed between whole ones.
Amount = TypeVar("Amount", int, float)


@dataclass(frozen=True, kw_only=True)
class Envelopes:
    """Yearly envelopes in two parts, the ask of the plan and the reserve (待分配资金).

    `pooled_*` is int64[year, channel] for 统筹; `own_*` is int64[year, channel, item] for
    上级指定 and 专属; 随资本金 has none. 25 play years, the first year first, all in 万元.
    `*_floor_wan` is the least that both parts together are in years after the planned period where
    luck is played; a list without luck stays as it is planned.
    """

    pooled_ask_wan: Wan
    pooled_reserve_wan: Wan
    own_ask_wan: Wan
    own_reserve_wan: Wan
    pooled_floor_wan: Wan
    own_floor_wan: Wan

    @property
    def pooled_wan(self) -> Wan:
        """The city's envelopes, both parts."""
        return self.pooled_ask_wan + self.pooled_reserve_wan

    @property
    def own_wan(self) -> Wan:
        """The items' own envelopes, both parts."""
        return self.own_ask_wan + self.own_reserve_wan

    @property
    def pooled_in_luck_wan(self) -> Wan:
        """The city's envelopes where luck is played, not below their floor."""
        return np.maximum(self.pooled_wan, self.pooled_floor_wan)

    @property
    def own_in_luck_wan(self) -> Wan:
        """The items' own envelopes where luck is played, not below their floor."""
        return np.maximum(self.own_wan, self.own_floor_wan)


def reserve_beside(reserve_wan: Amount, before_wan: Amount, asked_wan: Amount) -> Amount:
    """What stays of a reserve beside an ask that a factor changed from `before_wan`.

    What a cut takes from the ask it takes from the reserve as well, until none is left: both lie
    in one channel and fail together. A raise leaves the reserve as it is.
    """
    return max(type(reserve_wan)(0), min(reserve_wan, reserve_wan - before_wan + asked_wan))


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What scenarios (and later the luck) lay on the plan; `neutral` leaves it alone.

    cost_bps, duration_bps, start_delay_quarters : int64[item]
    lag_bps : int64[item], the most that the clock of a bundle (项目群) falls behind its plan, in bps
        of a quarter; NO_LAG for others. Luck alone sets it
    volume_bps : int64[item], part of the planned volume that comes about (落地率); cost comes on top
    stopped : bool[quarter, item], 100 play quarters
    pace_bps : int64[quarter, item], 10,000 = full pace of the item's clock
    release_bps : int64[year, channel, 4], parts of the yearly allotment released by quarter
    delay_quarters, credit_bps : int64[year, channel]; credit limits 随资本金 below 10,000
    cut_from, cut_bps : int64[year, channel] a shock inside the year: what is released after the
        quarter cut_from (0–3; 4: no shock) comes down to cut_bps of itself, the rest is taken back
        at the year's end
    in_order, substitution, soft_gates_bind : policy settings
    """

    cost_bps: Ints
    volume_bps: Ints
    duration_bps: Ints
    lag_bps: Ints
    start_delay_quarters: Ints
    stopped: Mask
    pace_bps: Ints
    release_bps: Ints
    delay_quarters: Ints
    credit_bps: Ints
    cut_from: Ints
    cut_bps: Ints
    in_order: bool = False
    substitution: bool = False
    soft_gates_bind: bool = False

    @property
    def scale_bps(self) -> Ints:
        """Money of an item as a factor of its plan: volume that comes about × cost factor."""
        return self.cost_bps * self.volume_bps // BPS

    @staticmethod
    def neutral(n_items: int, channels: tuple[Channel, ...]) -> Conditions:
        """No shock: cost and duration as planned, no delay, release by the channels' patterns."""
        release = np.array([channel.release_bps for channel in channels], dtype=np.int64)
        return Conditions(
            cost_bps=np.full(n_items, BPS, dtype=np.int64),
            volume_bps=np.full(n_items, BPS, dtype=np.int64),
            duration_bps=np.full(n_items, BPS, dtype=np.int64),
            lag_bps=np.full(n_items, NO_LAG, dtype=np.int64),
            start_delay_quarters=np.zeros(n_items, dtype=np.int64),
            stopped=np.zeros((PLAY_QUARTERS, n_items), dtype=np.bool_),
            pace_bps=np.full((PLAY_QUARTERS, n_items), BPS, dtype=np.int64),
            release_bps=np.repeat(release[None], PLAY_YEARS, axis=0),
            delay_quarters=np.zeros((PLAY_YEARS, len(channels)), dtype=np.int64),
            credit_bps=np.full((PLAY_YEARS, len(channels)), BPS, dtype=np.int64),
            cut_from=np.full((PLAY_YEARS, len(channels)), NO_CUT, dtype=np.int64),
            cut_bps=np.full((PLAY_YEARS, len(channels)), BPS, dtype=np.int64),
        )


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """A valid portfolio; order is the workbook's, the last axis of an array is the item.

    `plan_wan` is int64[15 years, channel, item]; of an adjusted plan up to 25 years, and it keeps
    only the items' totals; of one adjusted after facts the years over are as they were planned, and
    the others at what the items are approved to cost today. `facts` is None where nothing has happened yet: play then begins with
    the first quarter. `tail_bps` is the part of its cost an item may owe at its finish (尾款), paid
    after it. `record` is of yearly lists of works, the chances of years rest on it. `projects` are those under the items, told and never played.
    `versions` are of the plan as it was approved, never played: what is late is late against the one
    in force. Later code relies on what `__post_init__` holds; readers report to the
    user before they construct one.
    """

    calendar: Calendar
    items: tuple[Item, ...]
    gates: tuple[Gate, ...]
    channels: tuple[Channel, ...]
    shares: tuple[Share, ...]
    targets: tuple[Target, ...]
    risk_classes: tuple[RiskClass, ...]
    channel_risks: tuple[ChannelRisk, ...]
    realisations: tuple[Realisation, ...]
    plan_wan: Wan
    envelopes: Envelopes
    conditions: Conditions
    risk: RiskSettings = field(default_factory=RiskSettings)
    repair: RepairSettings = field(default_factory=RepairSettings)
    adjusted: AdjustedPlan | None = None
    facts: Facts | None = None
    tail_bps: int = DEFAULT_TAIL_BPS
    record: Record = field(default_factory=lambda: Record(place=""))
    projects: tuple[Project, ...] = ()
    versions: tuple[PlanVersion, ...] = field(default=(), metadata=WHERE_TOLD)

    def __post_init__(self) -> None:
        """Hold what the rules rely on.

        Raises
        ------
        ValueError
            A name is used twice or points nowhere, the gates are cyclic, money is lost, an
            adjusted plan is not the items', the tail is no part of a cost.
        """
        if not self.items or not self.channels:
            raise ValueError("a portfolio has items and channels")
        numbers = [item.no for item in self.items]
        if len(set(numbers)) != len(numbers):
            raise ValueError("item numbers are not unique")
        if len({channel.id for channel in self.channels}) != len(self.channels):
            raise ValueError("channel ids are not unique")
        if not {no for gate in self.gates for no in (gate.pred_no, gate.succ_no)} <= set(numbers):
            raise ValueError("a gate points to no item")
        if find_cycle(self.items, self.gates):
            raise ValueError("the gates are cyclic")
        _hold_totals(self.baseline_wan, self.items, self.calendar.period_years)
        if self.adjusted is not None:
            _hold_adjusted(self.plan_wan, self.adjusted, self.items)
        if (self.conditions.pace_bps < 1).any() or (self.conditions.duration_bps < 1).any():
            raise ValueError("an item that makes no progress is stopped, not slow")
        if (self.conditions.lag_bps < NO_LAG).any():
            raise ValueError("a bundle never runs ahead of its plan by its lag")
        if not 0 <= self.tail_bps < BPS:
            raise ValueError("the tail is a part of the cost")
        dearest = sum(
            item.total_wan * max(int(factor), BPS) // BPS
            for item, factor in zip(self.items, self.conditions.scale_bps, strict=True)
        )
        if dearest > LARGEST_WAN:
            raise ValueError("more money than int64 products can carry")

    @property
    def baseline_wan(self) -> Wan:
        """The plan before any adjustment: int64[15 years, channel, item]."""
        return self.plan_wan if self.adjusted is None else self.adjusted.baseline_wan

    @cached_property
    def position(self) -> dict[int, int]:
        """Item number → position."""
        return {item.no: index for index, item in enumerate(self.items)}

    @cached_property
    def channel_position(self) -> dict[str, int]:
        """Channel id → position."""
        return {channel.id: index for index, channel in enumerate(self.channels)}

    def item(self, no: int) -> Item:
        """The item of that number."""
        return self.items[self.position[no]]

    def of_kind(self, *kinds: Kind) -> Mask:
        """Mask of the channels of the given kinds: bool[channel]."""
        return np.array([channel.kind in kinds for channel in self.channels], dtype=np.bool_)

    def binds(self, gate: Gate) -> bool:
        """Whether a gate binds in play: a hard one does, a soft one on request."""
        return gate.hard or self.conditions.soft_gates_bind

    @property
    def binding_gates(self) -> tuple[Gate, ...]:
        """The gates that bind in play."""
        return tuple(gate for gate in self.gates if self.binds(gate))


def _hold_totals(plan_wan: Wan, items: tuple[Item, ...], period_years: int) -> None:
    """Hold that a baseline brings each item's total and its plan-period money."""
    period = plan_wan[:period_years].sum(axis=(0, 1))
    _hold_sums(plan_wan, items)
    for item, money in zip(items, period.tolist(), strict=True):
        if money != item.plan_wan:
            raise ValueError(f"the plan of item {item.no} misses its plan-period money")


def _hold_sums(plan_wan: Wan, items: tuple[Item, ...]) -> None:
    for item, money in zip(items, plan_wan.sum(axis=(0, 1)).tolist(), strict=True):
        if item.earlier_wan + money != item.total_wan:
            raise ValueError(f"the plan of item {item.no} does not sum to its total")


def _hold_adjusted(plan_wan: Wan, adjusted: AdjustedPlan, items: tuple[Item, ...]) -> None:
    """Hold what an adjusted plan keeps: the items' totals, by year and along their clocks."""
    years, cum = len(plan_wan), adjusted.cum_wan
    if not PLAN_YEARS <= years <= PLAY_YEARS or adjusted.baseline_wan.shape[0] != PLAN_YEARS:
        raise ValueError("an adjusted plan has 15 to 25 years, its baseline 15")
    if not plan_wan.shape[1:] == adjusted.baseline_wan.shape[1:] == cum.shape[1:]:
        raise ValueError("the adjusted plan and its baseline are of other channels or items")
    if adjusted.rest_wan is None:
        _hold_sums(plan_wan, items)
    if (plan_wan < 0).any() or cum[0].any() or (np.diff(cum, axis=0) < 0).any():
        raise ValueError("an adjusted plan takes no money away")
    if not 1 <= len(cum) - 1 <= PLAY_QUARTERS:
        raise ValueError("an adjusted plan has no more quarters than are played")
    if adjusted.rest_wan is not None:
        _hold_totals_along(adjusted, items)
    elif not np.array_equal(cum[-1], plan_wan.sum(axis=0)):
        raise ValueError("the adjusted plan along the clocks is not that of the years")
    if not -1 <= adjusted.asof_quarter < PLAY_QUARTERS:
        raise ValueError("an adjusted plan was made in a quarter that is played, or before")


def _hold_totals_along(adjusted: AdjustedPlan, items: tuple[Item, ...]) -> None:
    """Hold that the clocks end in the items' totals; after facts the years are at today's cost."""
    for item, money in zip(items, adjusted.cum_wan[-1].sum(axis=0).tolist(), strict=True):
        if item.earlier_wan + money != item.total_wan:
            raise ValueError(f"the plan of item {item.no} along its clock misses its total")
    if adjusted.rest_wan is not None and adjusted.rest_wan.shape != adjusted.cum_wan.shape:
        raise ValueError("what is left of an adjusted plan is of other clocks than the plan")


def seen_by(calendar: Calendar, facts: Facts | None) -> Calendar:
    """The calendar with relative years counted from the as-of's year; without facts as it is."""
    return calendar if facts is None else calendar.seen_in(calendar.first_year + facts.year)


def asof_year_of(facts: Facts | None) -> int:
    """Index of the year in which play begins."""
    return 0 if facts is None else facts.quarter // 4


def base_envelopes(
    plan_wan: Wan,
    items: tuple[Item, ...],
    channels: tuple[Channel, ...],
    calendar: Calendar,
    own: tuple[OwnEnvelope, ...] = (),
    *,
    asof_year: int,
    floor_bps: int = 0,
) -> Envelopes:
    """Envelopes before any scenario: the plan's ask and a reserve, or the user's own figure.

    plan_wan : int64[year, channel, item], 15 to 25 years

    Reserve = the larger of `reserve_bps` of the ask and what lifts the envelope to
    `reserve_floor_bps` of the mean yearly ask of the planned period; none before the channel
    exists. The city's own channels have none in the year of the as-of and the next (`asof_year`
    is that year's index, 0 without facts): a budget that is voted or being drafted holds what is
    entered. What is computed for later years is 再安排空间, an assumption. `floor_bps` of the mean
    yearly ask of the planned period is the least a later year has under luck, where nothing is
    entered.
    """
    n_channels, n_items = len(channels), len(items)
    ask = np.zeros((PLAY_YEARS, n_channels, n_items), dtype=np.int64)
    ask[: len(plan_wan)] = plan_wan
    pooled = np.array([channel.kind is Kind.POOLED for channel in channels], dtype=np.bool_)
    owned = np.array([channel.kind in (Kind.EARMARKED, Kind.OWN) for channel in channels])
    pooled_ask = np.where(pooled, ask.sum(axis=2), 0)
    own_ask = np.where(owned[:, None], ask, 0)
    pooled_reserve = _reserve(pooled_ask, channels, calendar)
    pooled_reserve[asof_year : asof_year + BUDGETED_YEARS] = 0
    own_reserve = _reserve(own_ask, channels, calendar)
    pooled_floor = _floor(pooled_ask, floor_bps, calendar, asof_year)
    own_floor = _floor(own_ask, floor_bps, calendar, asof_year)
    position = {item.no: index for index, item in enumerate(items)}
    channel_position = {channel.id: index for index, channel in enumerate(channels)}
    for entry in own:
        cell: tuple[int, ...] = (
            entry.year - calendar.first_year,
            channel_position[entry.channel_id],
        )
        parts, floor = (pooled_ask, pooled_reserve), pooled_floor
        if entry.item_no is not None:
            cell += (position[entry.item_no],)
            parts, floor = (own_ask, own_reserve), own_floor
        floor[cell] = 0
        for part, money in zip(parts, (entry.envelope_wan, entry.reserve_wan), strict=True):
            if money is not None:
                part[cell] = money
    return Envelopes(
        pooled_ask_wan=pooled_ask,
        pooled_reserve_wan=pooled_reserve,
        own_ask_wan=own_ask,
        own_reserve_wan=own_reserve,
        pooled_floor_wan=pooled_floor,
        own_floor_wan=own_floor,
    )


def _floor(ask: Wan, floor_bps: int, calendar: Calendar, asof_year: int) -> Wan:
    """The least of years after the planned period for an ask of any shape, by year first.

    Budgets of the year of the as-of and of the next are voted or being drafted: they have none.
    """
    period = calendar.period_years
    floor = np.zeros_like(ask)
    later = max(period, asof_year + BUDGETED_YEARS)
    floor[later:] = ask[:period].sum(axis=0) * floor_bps // (period * BPS)
    return floor


def _reserve(ask: Wan, channels: tuple[Channel, ...], calendar: Calendar) -> Wan:
    """Reserve for an ask of shape [year, channel] or [year, channel, item]."""
    shape = (len(channels),) + (1,) * (ask.ndim - 2)
    part = np.array([channel.reserve_bps for channel in channels]).reshape(shape)
    floor = np.array([channel.reserve_floor_bps for channel in channels]).reshape(shape)
    first = np.array([channel.first_year - calendar.first_year for channel in channels]).reshape(
        shape
    )
    period = calendar.period_years
    mean_floor = ask[:period].sum(axis=0) * floor // (period * BPS)
    reserve = np.maximum(ask * part // BPS, mean_floor - ask)
    years = np.arange(PLAY_YEARS).reshape((PLAY_YEARS,) + (1,) * (ask.ndim - 1))
    return np.where(years >= first, reserve, 0).astype(np.int64)


def build_portfolio(
    *,
    calendar: Calendar,
    items: tuple[Item, ...],
    gates: tuple[Gate, ...],
    channels: tuple[Channel, ...],
    shares: tuple[Share, ...],
    targets: tuple[Target, ...],
    risk_classes: tuple[RiskClass, ...],
    channel_risks: tuple[ChannelRisk, ...] = (),
    realisations: tuple[Realisation, ...] = (),
    known_years: Mapping[tuple[int, int], int] | None = None,
    own_envelopes: tuple[OwnEnvelope, ...] = (),
    risk: RiskSettings | None = None,
    facts: Facts | None = None,
    tail_bps: int = DEFAULT_TAIL_BPS,
    record: Record | None = None,
) -> Portfolio:
    """Make the baseline plan and envelopes of valid parts, and the portfolio of them all.

    The year in which the list stops feeding the target is of this plan as well: no scenario moves
    it, or a lowered plan would turn what it misses into 待入库.
    """
    weights = {target.year: target.programme_weight_bps or 0 for target in targets}
    risk = risk or RiskSettings()
    plan = baseline_plan(
        items=items,
        channels=channels,
        shares=shares,
        known_years=known_years or {},
        programme_weights_bps=tuple(weights.get(year, 0) for year in calendar.period),
        risk_classes={risk.key: risk for risk in risk_classes},
        calendar=calendar,
    )
    return Portfolio(
        calendar=replace(calendar, fed_until=fed_until(plan, targets, calendar)),
        items=items,
        gates=gates,
        channels=channels,
        shares=shares,
        targets=targets,
        risk_classes=risk_classes,
        channel_risks=channel_risks,
        realisations=realisations,
        plan_wan=plan,
        envelopes=base_envelopes(
            plan,
            items,
            channels,
            calendar,
            own_envelopes,
            asof_year=asof_year_of(facts),
            floor_bps=risk.floor_bps,
        ),
        conditions=Conditions.neutral(len(items), channels),
        risk=risk,
        facts=facts,
        tail_bps=tail_bps,
        record=record or Record(place=calendar.place),
    )
