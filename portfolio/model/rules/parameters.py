"""The rules as numbers: integer arrays derived once from a Portfolio."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from weakref import ref

import numpy as np

from portfolio.model.arrays import Ints, Mask
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Carry, Item, Kind
from portfolio.model.measures.planned import (
    agreed_span,
    plan_quarters,
    planned_quarters,
    planned_span,
)
from portfolio.model.money import BPS, Wan
from portfolio.model.plan import at_approved_cost
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.clock import begun_at, ends
from portfolio.model.rules.opening import Opening, moves_on, opening


@dataclass(frozen=True, kw_only=True)
class GateLimits:
    """Gates as arrays, in the portfolio's order.

    pred, succ : position of the items
    follows_clock : an SS gate
    beyond_wan, at_wan : threshold less the earlier money, as planned; threshold at approved
        cost for the volume that comes about (earlier money alone for SS)
    may_not_start : holds = 0
    room_wan, ceiling_wan : most the successor may have drawn in play, as planned, and at its
        actual cost
    lag_quarters, binds
    open_from_start : reached by earlier money or by an item without money
    opens : quarter from which facts have it open (a lag still runs where it is not past), None
        where they don't
    refuted : facts have broken it: open from the as-of on
    """

    pred: Ints
    succ: Ints
    follows_clock: Mask
    beyond_wan: Wan
    at_wan: Wan
    may_not_start: Mask
    room_wan: Wan
    ceiling_wan: Wan
    lag_quarters: Ints
    binds: Mask
    open_from_start: Mask
    opens: tuple[int | None, ...]
    refuted: Mask


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an engine needs to play a plan, in 万元, quarters and basis points.

    opening : where play begins; what an engine credits, plans and owes is counted from there
    cum_wan : [61, channel, item] planned money at the end of k quarters since the start, less what
        was drawn before play; of an adjusted plan along each item's clock, up to 101 rows
    first, length : [item] planned first quarter and number of planned quarters (0: no money)
    agreed_first, agreed_last : [item] the same quarters of the version of the plan in force, by
        which an item is late; the plan's own where there is none
    earliest : [item] planned first quarter plus late start, not before play; of an item at work
        the first quarter played
    duration_bps, lag_bps : [item] how the clock runs, as in `Conditions`
    moved_bps : [item] where the clock stands when play begins
    moves_bps : [item] where the clock ends
    left_quarters : [item] moving quarters left if nothing but the plan's own pace counts
    scale_bps : [item] money as a factor of the plan, volume × cost; as_planned: all are 1
    cell_index : [channel, item] position of a cell inside one quarter of `cum_wan`
    cost_wan : [channel, item] money drawn before play, and planned × volume × cost factor of the
        rest
    planned_wan : [item] planned money from the first year on
    approved_wan, pre_wan : [item] the volume that comes about at approved cost, money before
    yearly_cap_wan, channels_used : [item] most in a year as planned; channels with planned money
    capacity_wan : [item] most in a quarter; opening_capacity_wan in the begun one
    tail_bps : part of its cost that an item may owe at its finish
    roundings_wan : [item] arrears that roundings alone can make: two 万元 a channel
    classes : positions of each priority class, first class first
    pooled_wan, own_wan : [year, channel], [year, channel, item] envelopes
    own_ask_wan : [year, channel, item] the part of an own envelope that follows its item
    released_bps : [year, channel, 4] part of the allotment released by each quarter's draw
    delayed : bool[year, channel] years whose money comes late
    cut_from, cut_bps : [year, channel] of a shock inside the year, as in `Conditions`
    credit_limited : [year, channel] years in which 随资本金 is rationed, with credit_bps
    substitutes : (channel replaced, channel that pays), sheet order
    substitute_most_bps : [channel, item] max_share
    substitute_room_wan : [channel, item] most a channel may pay beyond its own plan
    """

    opening: Opening
    channel_ids: tuple[str, ...]
    item_nos: tuple[int, ...]
    pooled: Mask
    owned: Mask
    credit: Mask
    capital_bps: Ints
    two_years: Mask
    cum_wan: Wan
    first: Ints
    length: Ints
    agreed_first: Ints
    agreed_last: Ints
    earliest: Ints
    duration_bps: Ints
    lag_bps: Ints
    moved_bps: Ints
    moves_bps: Ints
    left_quarters: Ints
    scale_bps: Ints
    as_planned: bool
    cell_index: Ints
    stopped: Mask
    pace_bps: Ints
    cost_wan: Wan
    planned_wan: Wan
    approved_wan: Wan
    pre_wan: Wan
    yearly_cap_wan: Wan
    channels_used: Ints
    capacity_wan: Wan
    opening_capacity_wan: Wan
    tail_bps: int
    roundings_wan: Wan
    classes: tuple[Ints, ...]
    gates: GateLimits
    gate_ids: tuple[str, ...]
    pooled_wan: Wan
    own_wan: Wan
    own_ask_wan: Wan
    released_bps: Ints
    delayed: Mask
    cut_from: Ints
    cut_bps: Ints
    credit_limited: Mask
    credit_bps: Ints
    in_order: bool
    substitutes: tuple[tuple[int, int], ...]
    substitute_most_bps: Ints
    substitute_room_wan: Wan


def released(release_bps: Ints, delay_quarters: Ints) -> Ints:
    """Released part of a year's allotment by quarter, cumulated and shifted by the delay.

    What a delay pushes past the year's end is not released here: it is carried over and there
    from the next first quarter on.
    """
    cumulated = np.cumsum(release_bps, axis=2)
    shifted = np.zeros_like(cumulated)
    for delay in range(4):
        mask = delay_quarters == delay
        for quarter in range(delay, 4):
            shifted[:, :, quarter][mask] = cumulated[:, :, quarter - delay][mask]
    return shifted


def released_in_year(released_bps: Ints, cut_from: Ints, cut_bps: Ints) -> Ints:
    """Part of a year's allotment that its last quarter has released: [year, channel].

    Of what a shock inside the year would still have released only a part comes.
    """
    whole = released_bps[:, :, 3]
    by_shock = np.take_along_axis(released_bps, np.minimum(cut_from, 3)[:, :, None], axis=2)
    there = by_shock[:, :, 0]
    return np.where(cut_from < 3, there + (whole - there) * cut_bps // BPS, whole)


#: What was derived of the portfolios there are, by their identity.
_derived: dict[int, tuple[ref[Portfolio], Limits]] = {}


def derive(portfolio: Portfolio) -> Limits:
    """The rules' numbers of a portfolio, derived once and as long as it is there.

    From then on its plan, envelopes and conditions can't be written to, nor can what is derived:
    numbers and what they come from never part. A changed portfolio is another (`replace`).
    """
    held = _derived.get(id(portfolio))
    if held is not None and held[0]() is portfolio:
        return held[1]
    limits, key = _derive(portfolio), id(portfolio)
    _make_read_only(
        portfolio.plan_wan, portfolio.adjusted, portfolio.envelopes, portfolio.conditions, limits
    )
    _derived[key] = ref(portfolio, lambda _gone: _derived.pop(key, None)), limits
    return limits


def _make_read_only(*values: object) -> None:
    """Bar writing to arrays, and to those that dataclasses and tuples hold."""
    for value in values:
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        elif isinstance(value, tuple):
            _make_read_only(*value)
        elif is_dataclass(value):
            _make_read_only(*(getattr(value, field.name) for field in fields(value)))


def _derive(portfolio: Portfolio) -> Limits:
    conditions, begun = portfolio.conditions, opening(portfolio)
    plan = plan_quarters(portfolio)
    approved = plan[-1].sum(axis=0)
    first, length = planned_span(plan)
    agreed_first, agreed_last = agreed_span(portfolio, first, length)
    cum = begun.rest_wan
    volume = approved_volume(begun, plan, conditions.volume_bps)
    cost = begun.drawn_wan + cum[-1] * conditions.scale_bps // BPS
    cap, used = yearly_cap(portfolio)
    cap = np.maximum(cap, 4 * largest_quarter(begun, first))
    most = _max_shares(portfolio)
    capacity = quarter_capacity(cap, used, conditions.cost_bps)
    past = moves_on(begun.past_bps, begun.position_bps, first, length, begun.started, begun.quarter)
    return Limits(
        opening=begun,
        channel_ids=tuple(channel.id for channel in portfolio.channels),
        item_nos=tuple(item.no for item in portfolio.items),
        pooled=portfolio.of_kind(Kind.POOLED),
        owned=portfolio.of_kind(Kind.EARMARKED, Kind.OWN),
        credit=portfolio.of_kind(Kind.CREDIT),
        capital_bps=np.array(
            [0 if c.kind is Kind.CREDIT else c.capital_bps for c in portfolio.channels],
            dtype=np.int64,
        ),
        two_years=np.array(
            [c.carry is Carry.TWO_YEARS for c in portfolio.channels], dtype=np.bool_
        ),
        cum_wan=cum,
        first=first,
        length=length,
        agreed_first=agreed_first,
        agreed_last=agreed_last,
        earliest=_earliest(begun, first + conditions.start_delay_quarters),
        duration_bps=conditions.duration_bps,
        lag_bps=conditions.lag_bps,
        moved_bps=begun_at(begun.position_bps, conditions.duration_bps, conditions.lag_bps),
        moves_bps=ends(length, conditions.duration_bps, conditions.lag_bps),
        left_quarters=-(-(length * BPS - begun.position_bps + past) // BPS),
        scale_bps=conditions.scale_bps,
        as_planned=bool((conditions.scale_bps == BPS).all()),
        cell_index=np.arange(cost.size).reshape(cost.shape),
        stopped=conditions.stopped,
        pace_bps=_pace(begun, conditions.pace_bps),
        cost_wan=cost,
        planned_wan=approved,
        approved_wan=volume,
        pre_wan=pre_of(portfolio.items),
        yearly_cap_wan=cap,
        channels_used=used,
        capacity_wan=capacity,
        opening_capacity_wan=np.maximum(capacity - begun.facts_wan[-1].sum(axis=0), 0),
        tail_bps=portfolio.tail_bps,
        roundings_wan=2 * (cum[-1] * conditions.scale_bps // BPS > 0).sum(axis=0),
        classes=_priority_classes(portfolio),
        gates=_gate_limits(portfolio, begun, approved, volume, cost.sum(axis=0)),
        gate_ids=tuple(gate.id for gate in portfolio.gates),
        pooled_wan=portfolio.envelopes.pooled_wan,
        own_wan=portfolio.envelopes.own_wan,
        own_ask_wan=portfolio.envelopes.own_ask_wan,
        released_bps=released(conditions.release_bps, conditions.delay_quarters),
        delayed=conditions.delay_quarters > 0,
        cut_from=conditions.cut_from,
        cut_bps=conditions.cut_bps,
        credit_limited=portfolio.of_kind(Kind.CREDIT)[None]
        & ((conditions.credit_bps < BPS) | (conditions.delay_quarters > 0)),
        credit_bps=np.minimum(conditions.credit_bps, BPS),
        in_order=conditions.in_order,
        substitutes=_substitutes(portfolio),
        substitute_most_bps=most,
        substitute_room_wan=substitute_room(most, cost),
    )


def _earliest(begun: Opening, start: Ints) -> Ints:
    """The first quarter in which each item may be at work: not before play; where it is, at once."""
    return np.where(begun.started, begun.quarter, np.maximum(start, begun.quarter))


def _pace(begun: Opening, pace_bps: Ints) -> Ints:
    """Paces, in the begun quarter of what is left of it: [quarter, item]."""
    if not begun.past_bps:
        return pace_bps
    pace = pace_bps.copy()
    left_bps = pace[begun.quarter] * (BPS - begun.past_bps) // BPS
    pace[begun.quarter] = np.maximum(left_bps, 1)
    return pace


def progress(limits: Limits, drawn_wan: Wan, complete: Mask) -> Wan:
    """Progress at approved cost of money drawn since the first year, from the as-of on."""
    before = limits.opening.drawn_wan.sum(axis=0)
    return at_approved_cost(
        drawn_wan,
        limits.approved_wan,
        limits.cost_wan.sum(axis=0),
        complete,
        before_wan=before,
        reached_wan=limits.opening.reached_wan,
    )


def progress_by_quarter(limits: Limits, drawn_wan: Wan, complete: Mask) -> Wan:
    """Progress at approved cost at each quarter's end, cumulated: int64[quarter, item].

    drawn_wan : money cumulated by quarter. What lies before the as-of is as the facts have it
    """
    found, done = progress(limits, drawn_wan, complete), limits.opening.done_wan
    found[: len(done)] = done
    return found


def approved_volume(begun: Opening, plan: Wan, volume_bps: Ints) -> Wan:
    """What comes about at approved cost, from the first year on: [item].

    Luck and scenarios change the volume of what is still to be done alone.
    """
    if not begun.from_facts:
        return np.asarray((plan[-1] * volume_bps // BPS).sum(axis=0))
    left = plan[-1].sum(axis=0) - begun.reached_wan
    return np.asarray(begun.reached_wan + left * volume_bps // BPS)


def largest_quarter(begun: Opening, first: Ints) -> Wan:
    """The most an item is planned to draw in a quarter from the as-of on: [item]."""
    if not begun.from_facts:
        return np.zeros(len(first), dtype=np.int64)
    steps = np.diff(begun.rest_wan.sum(axis=1), axis=0)
    return np.asarray(steps.max(axis=0, initial=0))


def pre_of(items: tuple[Item, ...]) -> Wan:
    """Earlier money by item."""
    return np.array([item.earlier_wan for item in items], dtype=np.int64)


def in_proportion(amount: Wan, part: Wan, whole: Wan) -> Wan:
    """floor(amount × part ÷ whole), 0 where the whole is 0: shapes as NumPy broadcasts them."""
    return np.asarray(np.where(whole > 0, amount * part // np.maximum(whole, 1), 0))


def yearly_cap(portfolio: Portfolio) -> tuple[Wan, Ints]:
    """Most an item can do in a year, and how many channels its plan uses: int64[item].

    The cap is the sheet's or the baseline's largest year, whichever is more. Laying an adjusted
    plan on the clock may round each channel once more in a quarter: four times that is added for
    items whose plan is no longer the baseline's, so that rounding alone never binds.
    """
    sheet = np.array([item.yearly_cap_wan or 0 for item in portfolio.items], dtype=np.int64)
    used = np.asarray((plan_quarters(portfolio)[-1] > 0).sum(axis=0), dtype=np.int64)
    most = np.maximum(sheet, portfolio.baseline_wan.sum(axis=1).max(axis=0, initial=0))
    if portfolio.adjusted is not None:
        before, after = planned_quarters(portfolio.baseline_wan), portfolio.adjusted.cum_wan
        rows = min(len(before), len(after))
        most = most + 4 * used * (before[:rows] != after[:rows]).any(axis=(0, 1))
    return most, used


def quarter_capacity(yearly_cap: Wan, used: Ints, cost_bps: Ints) -> Wan:
    """Most an item can do in a quarter: a quarter of the yearly cap × cost factor, rounded up.

    Each channel's plan is rounded up to three times on its way to a quarter's demand (quarter,
    clock, cost), each time by less than a 万元: that much is added, so that rounding alone never
    binds.
    """
    return np.asarray(-(-(yearly_cap + 8 * used) * cost_bps // (4 * BPS)) + used, dtype=np.int64)


def _priority_classes(portfolio: Portfolio) -> tuple[Ints, ...]:
    priority = np.array([item.priority for item in portfolio.items], dtype=np.int64)
    return tuple(np.flatnonzero(priority == value) for value in np.unique(priority))


def _gate_limits(
    portfolio: Portfolio, begun: Opening, planned: Wan, volume: Wan, cost: Wan
) -> GateLimits:
    """Gates as arrays; thresholds at approved cost, ceilings at the successor's actual cost.

    Where less than the planned volume comes about, both shrink with it.
    """
    items, position = portfolio.items, portfolio.position
    preds = [position[gate.pred_no] for gate in portfolio.gates]
    succs = [position[gate.succ_no] for gate in portfolio.gates]
    rooms, beyonds, from_start = [], [], []
    for gate, p, s in zip(portfolio.gates, preds, succs, strict=True):
        holds = gate.holds_wan(items[s])
        room = 0 if holds is None else holds - items[s].earlier_wan
        rooms.append(room)
        threshold = gate.at_wan(items[p])
        beyond = 0 if threshold is None else threshold - items[p].earlier_wan
        beyonds.append(beyond)
        reached = (
            items[p].earlier_wan > 0 if threshold is None else (items[p].earlier_wan >= threshold)
        )
        from_start.append(bool(reached or planned[p] == 0))
    room_wan, beyond_wan = np.array(rooms, dtype=np.int64), np.array(beyonds, dtype=np.int64)
    pred, succ = np.array(preds, dtype=np.int64), np.array(succs, dtype=np.int64)
    opens, refuted = _gates_by_facts(portfolio, begun, beyond_wan, room_wan, planned)
    return GateLimits(
        pred=pred,
        succ=succ,
        opens=opens,
        refuted=refuted,
        follows_clock=np.array([g.type is GateType.SS for g in portfolio.gates], dtype=np.bool_),
        beyond_wan=beyond_wan,
        at_wan=pre_of(items)[pred] + in_proportion(beyond_wan, volume[pred], planned[pred]),
        may_not_start=np.array([g.holds_bps == 0 for g in portfolio.gates], dtype=np.bool_),
        room_wan=room_wan,
        ceiling_wan=in_proportion(room_wan, cost[succ], planned[succ]),
        lag_quarters=np.array([g.lag_quarters for g in portfolio.gates], dtype=np.int64),
        binds=np.array(
            [portfolio.binds(gate) for gate in portfolio.gates],
            dtype=np.bool_,
        ),
        open_from_start=np.array(from_start, dtype=np.bool_),
    )


def _gates_by_facts(
    portfolio: Portfolio, begun: Opening, beyond: Wan, room: Wan, planned: Wan
) -> tuple[tuple[int | None, ...], Mask]:
    """What facts say of each gate: the quarter from which it is open, and whether they broke it.

    A gate is broken where what it forbids has happened: its successor has started, or has drawn
    beyond the ceiling at what it is approved to cost.
    """
    opens: list[int | None] = []
    refuted = np.zeros(len(portfolio.gates), dtype=np.bool_)
    drawn, rest = begun.drawn_wan.sum(axis=0), np.maximum(begun.rest_wan[-1], 0).sum(axis=0)
    for g, gate in enumerate(portfolio.gates if begun.from_facts else ()):
        pred, succ = portfolio.position[gate.pred_no], portfolio.position[gate.succ_no]
        opened = _opened_by_facts(begun, gate, pred, int(beyond[g]))
        ceiling = int(room[g]) * int(drawn[succ] + rest[succ]) // max(int(planned[succ]), 1)
        if opened is None or opened > begun.quarter:
            broken = begun.started[succ] if gate.holds_bps == 0 else drawn[succ] > ceiling
            if broken:
                opened, refuted[g] = begun.quarter, True
        opens.append(opened)
    return tuple(opens) if begun.from_facts else (None,) * len(portfolio.gates), refuted


def _opened_by_facts(begun: Opening, gate: Gate, pred: int, beyond: int) -> int | None:
    """The quarter from which a gate is open by what its predecessor has done; None: not yet."""
    if gate.type is GateType.SS:
        start = begun.start[pred]
        return None if start is None else start + gate.lag_quarters
    reached = begun.done_wan[:, pred] >= beyond
    finish = begun.finish[pred]
    if finish is not None:
        reached = reached | (np.arange(len(reached)) >= finish)
    return int(reached.argmax()) + 1 + gate.lag_quarters if reached.any() else None


def _substitutes(portfolio: Portfolio) -> tuple[tuple[int, int], ...]:
    if not portfolio.conditions.substitution:
        return ()
    pooled = [int(c) for c in np.flatnonzero(portfolio.of_kind(Kind.POOLED))]
    return tuple((short, payer) for short in pooled for payer in pooled if short != payer)


def substitute_room(most_bps: Ints, cost: Wan) -> Wan:
    """Most each channel may pay in another's place: max_share of the item's cost less its plan.

    The channel's own part of the plan stays reserved, so that paying early for another channel
    can't carry it past its ceiling later. [channel, item]
    """
    return np.asarray(np.maximum(most_bps * cost.sum(axis=0) // BPS - cost, 0), dtype=np.int64)


def _max_shares(portfolio: Portfolio) -> Ints:
    """Most a channel may bring of an item's cost: [channel, item]."""
    most = np.zeros((len(portfolio.channels), len(portfolio.items)), dtype=np.int64)
    for share in portfolio.shares:
        cell = portfolio.channel_position[share.channel_id], portfolio.position[share.item_no]
        most[cell] = share.max_share_bps
    return most
