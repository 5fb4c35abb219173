"""What the batch engines work on and give back: the rules as flat arrays, blocks of results.

A *cell* is a (channel, item) pair with planned money, item after item, channels in order. A
*substitute account* is a cell whose part another pooled channel may pay. Paths are the last axis
(lanes), so that a machine works on neighbouring numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Ints, Mask
from portfolio.model.gates import item_order
from portfolio.model.luck import Draws, times
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.rules.parameters import Limits, derive, in_proportion, quarter_capacity
from portfolio.model.study.paths import PLAIN_CAUSES

#: A gate that has not opened; above every quarter.
NOT_OPEN = 10_000
#: Kinds of cells.
POOLED, OWN, CREDIT = 0, 1, 2


class LaneInputs(NamedTuple):
    """What all paths of a study share; integers, indices as int64.

    order : [item] positions in graph order
    first_cell : [item + 1] cells of item i are first_cell[i] : first_cell[i + 1]
    cell_item, cell_channel, cell_kind : [cell]
    own : [year, cell] envelopes of 上级指定 and 专属 before luck (0 for other cells)
    capital_bps, two_years : [channel]
    cum : [cell, quarters + 2] planned money at the end of k quarters since the start (the last one
        twice): 62, of an adjusted plan up to 102
    first, length, earliest : [item] quarters
    pre : [item] earlier money
    pace : [quarter, item] bps; release : [year, channel, 4] bps, cumulated
    served : positions of pooled cells, channel after channel, class after class inside, items in
        order; served_start : [group + 1]; group_channel : [group] channel of each class group
    sub_cell, sub_payer : [account] substitute accounts, pair after pair as `Limits.substitutes`,
        items in order; cell_subs_start, cell_subs : accounts of a cell, in that order
    sub_slot : [account] row of `LaneLuck.room` and of what was substituted; slot_payer, slot_item :
        [slot] its payer and item
    sub_group_start, sub_group_payer : classes of each pair, as `served_start`
    gate_pred, gate_succ, gate_lag : [gate]; gate_clock, gate_starts, gate_binds, gate_from_start
        : bool[gate] SS; may not start; binds; open from the first quarter
    item_gates_start, item_gates : binding gates of a successor, sheet order
    in_order : inside a class in sheet order instead of pro rata
    """

    order: Ints
    first_cell: Ints
    cell_item: Ints
    cell_channel: Ints
    cell_kind: Ints
    own: Ints
    capital_bps: Ints
    two_years: Mask
    cum: Ints
    first: Ints
    length: Ints
    earliest: Ints
    pre: Ints
    pace: Ints
    release: Ints
    served: Ints
    served_start: Ints
    group_channel: Ints
    sub_cell: Ints
    sub_payer: Ints
    cell_subs_start: Ints
    cell_subs: Ints
    sub_slot: Ints
    slot_payer: Ints
    slot_item: Ints
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
    item_gates_start: Ints
    item_gates: Ints
    in_order: bool


@dataclass(kw_only=True)
class Block:
    """What an engine gives back for a block of paths; see `model.study.paths.Paths`.

    drawn, progress : int64[path, year]; start, finish, held_by : int16[path, item]
    gate_opened : int16[path, gate] first quarter it is open, 100 where it never is or does not bind
    lost_quarters : int64[item, slot]; channel_drawn, channel_unserved : int64[year, channel];
    item_drawn : int64[year, item], all summed over the paths
    """

    drawn: Ints
    progress: Ints
    start: npt.NDArray[np.int16]
    finish: npt.NDArray[np.int16]
    held_by: npt.NDArray[np.int16]
    gate_opened: npt.NDArray[np.int16]
    lost_quarters: Ints
    channel_drawn: Ints
    channel_unserved: Ints
    item_drawn: Ints


class Trace(NamedTuple):
    """Everything about each path, for comparing engines: int64.

    drawn : [path, quarter, channel, item] by the channel that pays
    allotted, carried_in, carried_out, taken_back : [path, year, channel, item]; for 随资本金 only
        where credit is rationed, as in `Outcome`
    lost : [path, item, slot] the delay ledger
    """

    drawn: Ints
    allotted: Ints
    carried_in: Ints
    carried_out: Ints
    taken_back: Ints
    lost: Ints

    @staticmethod
    def empty(paths: int, quarters: int, channels: int, items: int, gates: int) -> Trace:
        """A trace to be filled."""
        yearly = (paths, PLAY_YEARS if quarters else 0, channels, items)
        slots = len(PLAIN_CAUSES) + channels + gates
        return Trace(
            drawn=np.zeros((paths, quarters, channels, items), np.int64),
            allotted=np.zeros(yearly, np.int64),
            carried_in=np.zeros(yearly, np.int64),
            carried_out=np.zeros(yearly, np.int64),
            taken_back=np.zeros(yearly, np.int64),
            lost=np.zeros((paths, items if quarters else 0, slots), np.int64),
        )


def lane_inputs(portfolio: Portfolio) -> tuple[LaneInputs, Limits]:
    """Flatten a portfolio's rules; the limits are those without luck."""
    limits = derive(portfolio)
    channels, items = limits.cost_wan.shape
    planned = limits.cum_wan[-1]
    cell_item, cell_channel = np.nonzero(planned.T)
    kind_of = np.where(limits.pooled, POOLED, np.where(limits.credit, CREDIT, OWN))
    cum = np.concatenate([limits.cum_wan, limits.cum_wan[-1:]])[:, cell_channel, cell_item].T
    cell_at = np.full((channels, items), -1, dtype=np.int64)
    cell_at[cell_channel, cell_item] = np.arange(len(cell_item))
    served, served_start, group_channel = _class_groups(limits, cell_at)
    gates = limits.gates
    item_gates = [np.flatnonzero((gates.succ == i) & gates.binds) for i in range(items)]
    substitutes = _substitute_accounts(limits, cell_at)
    return (
        LaneInputs(
            order=np.array(item_order(portfolio.items, portfolio.gates), dtype=np.int64),
            first_cell=np.searchsorted(cell_item, np.arange(items + 1)).astype(np.int64),
            cell_item=cell_item.astype(np.int64),
            cell_channel=cell_channel.astype(np.int64),
            cell_kind=kind_of[cell_channel].astype(np.int64),
            own=np.ascontiguousarray(limits.own_wan[:, cell_channel, cell_item]),
            capital_bps=limits.capital_bps,
            two_years=limits.two_years,
            cum=np.ascontiguousarray(cum, dtype=np.int64),
            first=limits.first.astype(np.int64),
            length=limits.length.astype(np.int64),
            earliest=limits.earliest.astype(np.int64),
            pre=limits.pre_wan,
            pace=np.ascontiguousarray(limits.pace_bps, dtype=np.int64),
            release=np.ascontiguousarray(limits.released_bps, dtype=np.int64),
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
            item_gates_start=_starts([len(found) for found in item_gates]),
            item_gates=_joined(item_gates),
            in_order=bool(limits.in_order),
        ),
        limits,
    )


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


def _substitute_accounts(limits: Limits, cell_at: Ints) -> dict[str, Ints]:
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
        "slot_payer": unique // items,
        "slot_item": unique % items,
        "subs": np.array([a for group in groups for a in group], dtype=np.int64),
        "sub_group_start": _starts([len(group) for group in groups]),
        "sub_group_payer": np.array(group_payer, dtype=np.int64),
    }


# --- The luck of many paths laid on a portfolio's rules, as flat arrays with the path last


#: Integers up to here are exact in float64, and so is the floor of their quotients.
EXACT_FLOAT = 2**53


class LaneLuck(NamedTuple):
    """What differs by path; the last axis is the path, int64 unless said.

    scale : [item] money as a factor of the plan, bps; duration : [item] bps
    moves : [item] where the clock ends; approved : [item] at approved cost
    capacity : [item] most in a quarter
    stopped : uint8[quarter, item]
    at, ceiling : [gate] threshold (earlier money included); most the successor may have drawn
    pooled : [year, channel] envelopes of 统筹
    receipt : [year, channel] 到位率, bps; an item's own envelope is own × receipt // 10,000
    credit : [year, channel] bps granted, 10,000 = unrationed where `limited` is False
    limited : bool[year, channel] credit is rationed
    room : [slot] most a payer may pay in others' place for an item
    """

    scale: Ints
    duration: Ints
    moves: Ints
    approved: Ints
    capacity: Ints
    stopped: npt.NDArray[np.uint8]
    at: Ints
    ceiling: Ints
    pooled: Ints
    receipt: Ints
    credit: Ints
    limited: Mask
    room: Ints


def lane_luck(portfolio: Portfolio, limits: Limits, inputs: LaneInputs, draws: Draws) -> LaneLuck:
    """The luck of some paths laid on a scenario: the same numbers as `derive(with_luck(…))`."""
    conditions = portfolio.conditions
    cost = times(conditions.cost_bps[:, None], draws.cost_bps.T)
    volume = times(conditions.volume_bps[:, None], draws.volume_bps.T)
    duration = np.maximum(times(conditions.duration_bps[:, None], draws.duration_bps.T), 1)
    scale = cost * volume // BPS
    planned, gates = limits.planned_wan[:, None], limits.gates
    item_cost = by_item(inputs, scale)
    approved = by_item(inputs, volume)
    receipt = np.ascontiguousarray(np.transpose(draws.receipt_bps, (1, 2, 0)), dtype=np.int64)
    credit = times(conditions.credit_bps[:, :, None], receipt)
    limited = limits.credit[None, :, None] & (
        (credit < BPS) | (conditions.delay_quarters > 0)[:, :, None]
    )
    stopped = np.transpose(draws.stopped, (1, 2, 0)) | conditions.stopped[:, :, None]
    return LaneLuck(
        scale=scale,
        duration=duration,
        moves=limits.length[:, None] * duration,
        approved=approved,
        capacity=quarter_capacity(
            limits.yearly_cap_wan[:, None], limits.channels_used[:, None], cost
        ),
        stopped=np.ascontiguousarray(stopped).view(np.uint8),
        at=limits.pre_wan[gates.pred][:, None]
        + in_proportion(gates.beyond_wan[:, None], approved[gates.pred], planned[gates.pred]),
        ceiling=in_proportion(gates.room_wan[:, None], item_cost[gates.succ], planned[gates.succ]),
        pooled=times(limits.pooled_wan[:, :, None], receipt),
        receipt=receipt,
        credit=np.minimum(credit, BPS),
        limited=limited,
        room=_room(limits, inputs, scale, item_cost),
    )


def by_item(inputs: LaneInputs, factor_bps: Ints) -> Ints:
    """Planned money of each item × factor, floored cell by cell: int64[item, path]."""
    money = np.zeros(factor_bps.shape, dtype=np.int64)
    for cell, item in enumerate(inputs.cell_item):
        money[item] += inputs.cum[cell, -1] * factor_bps[item] // BPS
    return money


def _room(limits: Limits, inputs: LaneInputs, scale: Ints, item_cost: Ints) -> Ints:
    """Most each channel may pay in another's place, by slot; nothing without substitution."""
    if not len(inputs.sub_cell):
        return np.zeros((0, scale.shape[1]), dtype=np.int64)
    room = np.zeros((len(inputs.slot_item), scale.shape[1]), dtype=np.int64)
    for slot, (channel, item) in enumerate(zip(inputs.slot_payer, inputs.slot_item, strict=True)):
        own_plan = limits.cum_wan[-1, channel, item] * scale[item] // BPS
        most = limits.substitute_most_bps[channel, item] * item_cost[item] // BPS
        room[slot] = np.maximum(most - own_plan, 0)
    return room


def exact_in_float(inputs: LaneInputs, luck: LaneLuck, item_cost: Ints) -> bool:
    """Whether amounts may be held in float64 without losing a 万元 anywhere in a play.

    floor(a ÷ b) of exact integers is exact while a < 2**53, and still by a product with 1 ÷ b
    while a < 2**51. The loans of an item are at most a quarter of its cost squared ÷ cost.
    """
    if not len(inputs.cell_item) or not item_cost.size:
        return True
    cost = int(item_cost.max())
    step = int(np.diff(inputs.cum, axis=1).max(initial=0)) * int(luck.duration.max())
    cell = int(inputs.cum[:, -1].max()) * int(luck.scale.max())
    demand = int((item_cost * np.minimum(item_cost, luck.capacity)).max())
    plan = np.zeros((len(inputs.capital_bps), len(item_cost)))
    plan[inputs.cell_channel, inputs.cell_item] = inputs.cum[:, -1]
    served = int((plan @ luck.scale / BPS * luck.pooled.max(axis=0, initial=0)).max(initial=0))
    by_inverse = max(step, cell, demand, served, cost * BPS) < EXACT_FLOAT // 4
    progress = int((item_cost * luck.approved).max(initial=0))
    return by_inverse and max(progress, cost * cost // 4) < EXACT_FLOAT
