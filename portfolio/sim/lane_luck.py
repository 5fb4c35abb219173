"""The luck of many paths laid on a portfolio's rules, as flat arrays with the path last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Ints, Mask
from portfolio.model.draws import Draws, times
from portfolio.model.limits import Limits, in_proportion, quarter_capacity
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio
from portfolio.sim.lane_inputs import LaneInputs

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
