"""The rules as flat arrays: what the batch engine works on.

A *cell* is a (channel, item) pair with planned money, or with money carried in that goes on until
the item is paid, item after item, channels in order. A
*substitute account* is a cell whose part another pooled channel may pay. A *slot* is a payer of
substitutes and an item.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from portfolio.model.arrays import Floats, Ints, Mask
from portfolio.model.gates import item_order
from portfolio.model.luck import Draws
from portfolio.model.money import BPS, Wan
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.clock import bundles
from portfolio.model.rules.opening import Opening, opening
from portfolio.model.rules.parameters import Limits, derive
from portfolio.sim.lanes.vectors import Arena

#: Kinds of cells.
POOLED, OWN, CREDIT = 0, 1, 2
#: Integers below are exact in float64, and so is the floor of a quotient of theirs.
EXACT_FLOAT = 2**53
#: No quarter: what has not come about. Above every quarter, so that it lies in the future.
NEVER = 30_000


class LaneInputs(NamedTuple):
    """What all paths of a study share; integers, indices as int64.

    order : [item] positions in graph order
    first_cell : [item + 1] cells of item i are first_cell[i] : first_cell[i + 1]
    cell_item, cell_channel, cell_kind : [cell]
    has_credit : bool[item] some cell is 随资本金
    own, own_ask : [year, cell] envelopes of 上级指定 and 专属 before luck (0 for other cells), and
        the part of them that follows its item
    capital_bps, two_years : [channel]
    cum : [cell, quarters + 2] planned money at the end of k quarters since the start (the last one
        twice): 62, of an adjusted plan up to 102
    first, length, earliest : [item] quarters
    pre : [item] earlier money; planned : [item] planned money
    cap, used : [item] yearly cap with eight roundings of each channel; channels with planned money
    cost_bps, volume_bps, duration_bps : [item] the scenario's factors
    bundle : bool[item] played as a bundle of projects, whose clock is stretched by `stretch_bps` of
        its projects' delay and lags by that of half a project's life at the most
    pace : [quarter, item] bps; release : [quarter, channel] bps, cumulated inside the year
    cut_from, cut_bps : [year, channel] of a shock inside the year, as in `Conditions`
    stopped : bool[quarter, item] by the scenario
    pooled_wan, credit_bps : [year, channel] envelopes of 统筹 and credit granted, before luck
    delayed : bool[year, channel] money comes late, so that credit is rationed
    is_credit, is_pooled : bool[channel]
    served : positions of pooled cells, channel after channel, class after class inside, items in
        order; served_start : [group + 1]; group_channel : [group] channel of each class group
    sub_cell, sub_payer : [account] substitute accounts, pair after pair as `Limits.substitutes`,
        items in order; cell_subs_start, cell_subs : accounts of a cell, in that order
    sub_slot : [account]; slot_item, slot_share_bps, slot_own_wan : [slot] its item, the most the
        payer may bring of the item's cost, and what the plan has of the payer itself
    subs : accounts as they are served; sub_group_start, sub_group_payer : classes of each pair, as
        `served_start`
    gate_pred, gate_succ, gate_lag : [gate]; gate_clock, gate_starts, gate_binds, gate_from_start
        : bool[gate] SS; may not start; binds; open from the first quarter
    gate_beyond, gate_room : [gate] threshold less earlier money, and most the successor may have
        drawn, as planned
    item_gates_start, item_gates : binding gates of a successor, sheet order
    pred_gates_start, pred_gates : gates of a predecessor
    before, reached, position : [item] money drawn before play, progress at approved cost then, and
        where the item stands on its plan; left : [item] moving quarters left at the plan's pace
    rest : [item] planned money of the rest; lead : [item] what the begun quarter is short of
    was_started, was_finished, was_paid : bool[item]; was_start, was_finish : [item], gate_opens :
        [gate] quarter by the facts, NEVER where there is none; behind : [item] quarters lost before
    begun_drawn : [item] money that facts have in the begun quarter
    wakes : [item] the first quarter in which there is anything of it to clear or to ask for
    spent, offered : [cell] of the begun year's budget, and carried into it, as in `Opening`;
        unplaced : [channel]; pooled_wan and own are of that year less what is spent
    slot_before : [slot] money the payer has brought before play
    placed_start, placed : pooled cells of a channel, items in order
    cut_from, cut_bps : [year, channel] of a shock inside the year
    begun, past_bps : the first quarter played, and what of it is past; from_facts
    in_order : inside a class in sheet order instead of pro rata
    tail_bps : part of its cost that an item may owe at its finish
    stretch_bps, life_quarters : as in `BundleSettings`
    items … slots : how many there are; last_column of `cum`; most cells of an item
    """

    order: Ints
    first_cell: Ints
    cell_item: Ints
    cell_channel: Ints
    cell_kind: Ints
    has_credit: Mask
    own: Ints
    own_ask: Ints
    capital_bps: Ints
    two_years: Mask
    cum: Arena
    first: Ints
    length: Ints
    earliest: Ints
    pre: Ints
    planned: Ints
    cap: Ints
    used: Ints
    cost_bps: Ints
    volume_bps: Ints
    duration_bps: Ints
    bundle: Mask
    pace: Ints
    release: Ints
    cut_from: Ints
    cut_bps: Ints
    stopped: Mask
    pooled_wan: Ints
    credit_bps: Ints
    delayed: Mask
    is_credit: Mask
    is_pooled: Mask
    served: Ints
    served_start: Ints
    group_channel: Ints
    sub_cell: Ints
    sub_payer: Ints
    cell_subs_start: Ints
    cell_subs: Ints
    sub_slot: Ints
    slot_item: Ints
    slot_share_bps: Ints
    slot_own_wan: Ints
    subs: Ints
    sub_group_start: Ints
    sub_group_payer: Ints
    gate_pred: Ints
    gate_succ: Ints
    gate_lag: Ints
    gate_clock: Mask
    gate_starts: Mask
    gate_binds: Mask
    gate_from_start: Mask
    gate_beyond: Ints
    gate_room: Ints
    item_gates_start: Ints
    item_gates: Ints
    pred_gates_start: Ints
    pred_gates: Ints
    before: Ints
    reached: Ints
    position: Ints
    left: Ints
    rest: Ints
    lead: Ints
    was_started: Mask
    was_finished: Mask
    was_paid: Mask
    was_start: Ints
    was_finish: Ints
    gate_opens: Ints
    behind: Ints
    begun_drawn: Ints
    wakes: Ints
    spent: Ints
    offered: Ints
    unplaced: Ints
    slot_before: Ints
    placed_start: Ints
    placed: Ints
    begun: int
    past_bps: int
    from_facts: bool
    in_order: bool
    tail_bps: int
    stretch_bps: int
    life_quarters: int
    items: int
    channels: int
    gates: int
    years: int
    quarters: int
    groups: int
    accounts: int
    sub_groups: int
    slots: int
    last_column: int
    widest: int


def lane_inputs(portfolio: Portfolio) -> LaneInputs:
    """Flatten a portfolio's rules; the luck is laid on them in play."""
    limits, conditions = derive(portfolio), portfolio.conditions
    channels, items = limits.cost_wan.shape
    cell_item, cell_channel = _cells(limits)
    kind_of = np.where(limits.pooled, POOLED, np.where(limits.credit, CREDIT, OWN))
    cum = np.concatenate([limits.cum_wan, limits.cum_wan[-1:]])[:, cell_channel, cell_item].T
    cell_at = np.full((channels, items), -1, dtype=np.int64)
    cell_at[cell_channel, cell_item] = np.arange(len(cell_item))
    served, served_start, group_channel = _class_groups(limits, cell_at)
    begun, gates, settings = limits.opening, limits.gates, portfolio.risk.bundles
    item_gates = [np.flatnonzero((gates.succ == i) & gates.binds) for i in range(items)]
    pred_gates = [np.flatnonzero(gates.pred == i) for i in range(items)]
    substitutes = _substitute_accounts(limits, cell_at)
    return _owned(
        LaneInputs(
            order=np.array(item_order(portfolio.items, portfolio.gates), dtype=np.int64),
            first_cell=np.searchsorted(cell_item, np.arange(items + 1)).astype(np.int64),
            cell_item=cell_item.astype(np.int64),
            cell_channel=cell_channel.astype(np.int64),
            cell_kind=kind_of[cell_channel].astype(np.int64),
            has_credit=(limits.cum_wan[-1][limits.credit] > 0).any(axis=0),
            own=net_own(portfolio.envelopes.own_in_luck_wan, begun)[:, cell_channel, cell_item],
            own_ask=net_own(limits.own_ask_wan, begun)[:, cell_channel, cell_item],
            capital_bps=limits.capital_bps,
            two_years=limits.two_years,
            cum=np.ascontiguousarray(cum, dtype=np.int64),
            first=limits.first.astype(np.int64),
            length=limits.length.astype(np.int64),
            earliest=limits.earliest.astype(np.int64),
            pre=limits.pre_wan,
            planned=limits.planned_wan,
            cap=limits.yearly_cap_wan + 8 * limits.channels_used,
            used=limits.channels_used,
            cost_bps=conditions.cost_bps,
            volume_bps=conditions.volume_bps,
            duration_bps=conditions.duration_bps,
            bundle=bundles(portfolio),
            pace=np.ascontiguousarray(limits.pace_bps, dtype=np.int64),
            release=np.ascontiguousarray(limits.released_bps.transpose(0, 2, 1)).reshape(
                -1, channels
            ),
            cut_from=limits.cut_from,
            cut_bps=limits.cut_bps,
            stopped=np.ascontiguousarray(conditions.stopped),
            pooled_wan=net_pooled(portfolio.envelopes.pooled_in_luck_wan, begun),
            credit_bps=conditions.credit_bps,
            delayed=conditions.delay_quarters > 0,
            is_credit=limits.credit,
            is_pooled=limits.pooled,
            served=served,
            served_start=served_start,
            group_channel=group_channel,
            **substitutes,
            gate_pred=gates.pred,
            gate_succ=gates.succ,
            gate_lag=gates.lag_quarters,
            gate_clock=gates.follows_clock,
            gate_starts=gates.may_not_start,
            gate_binds=gates.binds,
            gate_from_start=gates.open_from_start,
            gate_beyond=gates.beyond_wan,
            gate_room=gates.room_wan,
            item_gates_start=_starts([len(found) for found in item_gates]),
            item_gates=_joined(item_gates),
            pred_gates_start=_starts([len(found) for found in pred_gates]),
            pred_gates=_joined(pred_gates),
            **_begun(limits, cell_at),
            in_order=bool(limits.in_order),
            tail_bps=limits.tail_bps,
            stretch_bps=BPS if settings is None else settings.stretch_bps,
            life_quarters=0 if settings is None else settings.life_quarters,
            items=items,
            channels=channels,
            gates=len(gates.pred),
            years=len(limits.pooled_wan),
            quarters=len(limits.pace_bps),
            groups=len(group_channel),
            accounts=len(substitutes["sub_cell"]),
            sub_groups=len(substitutes["sub_group_payer"]),
            slots=len(substitutes["slot_item"]),
            last_column=cum.shape[1] - 1,
            widest=int(np.bincount(cell_item).max(initial=0)),
        )
    )


def _cells(limits: Limits) -> tuple[Ints, Ints]:
    """Items and channels of the cells."""
    begun = limits.opening
    carried = (begun.carried_wan > 0) & ~begun.paid & (limits.length > 0)
    items, channels = np.nonzero(((limits.cum_wan[-1] > 0) | carried).T)
    return items, channels


def _begun(limits: Limits, cell_at: Ints) -> dict[str, Any]:
    """What play begins with, by the names of `LaneInputs`; all zero without facts."""
    begun, gates = limits.opening, limits.gates
    channels, _ = limits.cost_wan.shape
    cell_item, cell_channel = _cells(limits)
    at_work = limits.earliest <= begun.quarter
    ended = limits.moved_bps >= limits.moves_bps
    pooled_cells = [
        cell_at[c][cell_at[c] >= 0] if limits.pooled[c] else cell_at[c][:0] for c in range(channels)
    ]
    return {
        "before": begun.drawn_wan.sum(axis=0),
        "reached": begun.reached_wan,
        "position": begun.position_bps,
        "left": limits.left_quarters,
        "rest": limits.cum_wan[-1].sum(axis=0),
        "lead": np.where(at_work & ~ended, begun.past_bps, 0),
        "was_started": begun.started,
        "was_finished": begun.finished,
        "was_paid": begun.paid,
        "was_start": _quarters(begun.start),
        "was_finish": _quarters(begun.finish),
        "gate_opens": _quarters(gates.opens),
        "behind": begun.behind_quarters,
        "wakes": np.where(begun.carried_wan.any(axis=0), begun.quarter, limits.earliest),
        "begun_drawn": begun.facts_wan[-1].sum(axis=0),
        "spent": begun.spent_wan[cell_channel, cell_item],
        "offered": begun.carried_wan[cell_channel, cell_item],
        "unplaced": begun.unplaced_wan,
        "placed_start": _starts([len(cells) for cells in pooled_cells]),
        "placed": _joined(pooled_cells),
        "begun": begun.quarter,
        "past_bps": begun.past_bps,
        "from_facts": begun.from_facts,
    }


def with_envelopes(inputs: LaneInputs, portfolio: Portfolio) -> LaneInputs:
    """The rules of a portfolio that differs from the flattened one in its envelopes alone."""
    begun, envelopes = opening(portfolio), portfolio.envelopes
    cells = (inputs.cell_channel, inputs.cell_item)
    return inputs._replace(
        own=np.ascontiguousarray(net_own(envelopes.own_in_luck_wan, begun)[:, *cells]),
        own_ask=np.ascontiguousarray(net_own(envelopes.own_ask_wan, begun)[:, *cells]),
        pooled_wan=net_pooled(envelopes.pooled_in_luck_wan, begun),
    )


def net_pooled(pooled_wan: Wan, begun: Opening) -> Ints:
    """Envelopes of 统筹, the begun year's less what facts have spent of it: [year, channel]."""
    net = np.array(pooled_wan, dtype=np.int64)
    year = begun.quarter // 4
    net[year] = np.maximum(net[year] - begun.spent_wan.sum(axis=1), 0)
    return net


def net_own(own_wan: Wan, begun: Opening) -> Ints:
    """The items' own envelopes in the same way: [year, channel, item]."""
    net = np.array(own_wan, dtype=np.int64)
    year = begun.quarter // 4
    net[year] = np.maximum(net[year] - begun.spent_wan, 0)
    return net


def _quarters(quarters: tuple[int | None, ...]) -> Ints:
    return np.array([NEVER if q is None else q for q in quarters], dtype=np.int64)


def _owned(inputs: LaneInputs) -> LaneInputs:
    """Arrays of one kind each, whoever they came from: the compiled kernel takes no others."""
    values: Any = (
        np.array(value, dtype=np.bool_ if value.dtype == np.bool_ else np.int64, order="C")
        if isinstance(value, np.ndarray)
        else value
        for value in inputs
    )
    return LaneInputs(*values)


def _starts(lengths: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)


def _class_groups(limits: Limits, cell_at: Ints) -> tuple[Ints, Ints, Ints]:
    """Pooled cells by channel and priority class, items in order."""
    groups, owners = [], []
    for channel in np.flatnonzero(limits.pooled):
        for members in limits.classes:
            cells = cell_at[channel, members]
            groups.append(cells[cells >= 0])
            owners.append(channel)
    return _joined(groups), _starts([len(g) for g in groups]), np.array(owners, dtype=np.int64)


def _substitute_accounts(limits: Limits, cell_at: Ints) -> dict[str, Any]:
    """Substitute accounts pair after pair, inside a pair class after class.

    Only where the short channel has planned money and the payer may bring some of the item's.
    `subs` lists the accounts in the order in which they are served, class after class.
    """
    items = cell_at.shape[1]
    cells: list[int] = []
    payers: list[int] = []
    slots: list[int] = []
    groups: list[list[int]] = []
    group_payer: list[int] = []
    for short, payer in limits.substitutes:
        account_of: dict[int, int] = {}
        for item in range(items):
            if cell_at[short, item] >= 0 and limits.substitute_most_bps[payer, item] > 0:
                account_of[item] = len(cells)
                cells.append(int(cell_at[short, item]))
                payers.append(payer)
                slots.append(payer * items + item)
        for members in limits.classes:
            groups.append([account_of[i] for i in members.tolist() if i in account_of])
            group_payer.append(payer)
    unique, slot_of = np.unique(np.array(slots, dtype=np.int64), return_inverse=True)
    of_cell: list[list[int]] = [[] for _ in range(int((cell_at >= 0).sum()))]
    for account, cell in enumerate(cells):
        of_cell[cell].append(account)
    return {
        "sub_cell": np.array(cells, dtype=np.int64),
        "sub_payer": np.array(payers, dtype=np.int64),
        "cell_subs_start": _starts([len(found) for found in of_cell]),
        "cell_subs": np.array([a for found in of_cell for a in found], dtype=np.int64),
        "sub_slot": slot_of.astype(np.int64),
        "slot_item": unique % items,
        "slot_share_bps": limits.substitute_most_bps.ravel()[unique],
        "slot_own_wan": limits.cum_wan[-1].ravel()[unique],
        "slot_before": limits.opening.drawn_wan.ravel()[unique],
        "subs": np.array([a for group in groups for a in group], dtype=np.int64),
        "sub_group_start": _starts([len(group) for group in groups]),
        "sub_group_payer": np.array(group_payer, dtype=np.int64),
    }


def money_at_most(inputs: LaneInputs, draws: Draws) -> Ints:
    """What each item costs at the most on any of the paths: int64[item], floors left out."""
    scale = inputs.cost_bps * draws.cost_bps.max(axis=0) // BPS
    return np.asarray(inputs.before + inputs.rest * (scale * _volume(inputs, draws) // BPS) // BPS)


def _volume(inputs: LaneInputs, draws: Draws) -> Ints:
    return np.asarray(inputs.volume_bps * draws.volume_bps.max(axis=0) // BPS)


def exact_in_float(inputs: LaneInputs, draws: Draws) -> bool:
    """Whether amounts may be held in float64 without losing a 万元 anywhere in a play.

    Every product the kernel floors is bounded by the largest factors of the paths. What follows an
    item of its own money is no more than the own envelopes of all years together, each of which is
    bounded below 2**51 / 10,000 with its product: a sum that needs no bound of its own. See
    docs/decisions/11-exact-floors.md; the loans of an item come to at most a quarter of its cost
    squared, planned loan × capital drawn.
    """
    if not len(inputs.cell_item) or not len(draws):
        return True
    cost_bps = inputs.cost_bps * draws.cost_bps.max(axis=0) // BPS
    volume_bps = _volume(inputs, draws)
    scale_bps = cost_bps * volume_bps // BPS
    duration_bps = inputs.duration_bps * draws.duration_bps.max(axis=0) // BPS + 1
    receipt_bps = draws.receipt_bps.max(axis=(0, 1)).astype(np.int64)
    # As floats: the worst factors of different paths together may pass int64.
    cost = inputs.before + inputs.rest.astype(np.float64) * scale_bps / BPS + 1
    approved = inputs.planned.astype(np.float64) * np.maximum(volume_bps, BPS) / BPS + 1
    capacity = inputs.cap * cost_bps // (4 * BPS) + inputs.used + 1
    of = inputs.cell_item
    pooled = np.where(inputs.is_pooled, (inputs.pooled_wan * receipt_bps // BPS).max(axis=0), 0)
    plan = np.zeros((len(inputs.is_pooled), len(inputs.first)))
    plan[inputs.cell_channel, of] = inputs.cum[:, -1]
    by_path = (inputs.cost_bps * draws.cost_bps // BPS) * (
        inputs.volume_bps * draws.volume_bps // BPS
    )
    # Sums of a path, not of every item's worst one; the cells' roundings come on top.
    asked = (plan @ (by_path / BPS / BPS).T).max(axis=1) + len(of) + 1
    if inputs.accounts:  # a dry channel is served from the richest
        pooled = np.full_like(pooled, pooled.max())
    by_inverse: tuple[Ints | Floats, ...] = (
        np.diff(inputs.cum, axis=1).max(axis=1) * np.maximum(duration_bps, BPS)[of],
        inputs.cum[:, -1] * np.maximum(scale_bps, volume_bps)[of],
        cost * np.maximum(np.minimum(cost, capacity), BPS),
        asked * np.minimum(asked, pooled),
        inputs.pooled_wan * receipt_bps,
        inputs.own * receipt_bps[inputs.cell_channel],
        inputs.cost_bps * draws.cost_bps.max(axis=0),
        inputs.duration_bps * draws.duration_bps.max(axis=0),
        cost_bps * volume_bps,
        # A bundle's clock in bps of its plan: at the most where its projects' would stand, and a year.
        inputs.bundle * (inputs.length * np.maximum(duration_bps, BPS) + 4 * BPS) * BPS,
        inputs.bundle * (duration_bps * inputs.stretch_bps + BPS * BPS),
    )
    by_division = (
        cost * approved,
        cost * cost / 4,
        inputs.cap * cost_bps + 4 * BPS,
        inputs.gate_beyond * approved[inputs.gate_pred],
        inputs.gate_room * cost[inputs.gate_succ],
        inputs.length * duration_bps,
        inputs.bundle * duration_bps * inputs.life_quarters,
    )
    if inputs.from_facts:
        by_inverse += (
            (inputs.position + BPS) * duration_bps,
            (inputs.spent + plan_of(inputs)) * BPS,
        )
    return _below(by_inverse, EXACT_FLOAT // 4) and _below(by_division, EXACT_FLOAT)


def plan_of(inputs: LaneInputs) -> Ints:
    """What is planned of the rest by cell."""
    return np.asarray(inputs.cum[:, -1])


def _below(amounts: tuple[Ints | Floats, ...], end: int) -> bool:
    return all(float(amount.max(initial=0)) < end for amount in amounts)
