"""Cases without a plan, each by one kind of damage, and how to check what is said of them.

Money is written in 亿元. Channels: BUDGET, STATE (both all capital), BOND (30 % of it capital).
Nothing is kept in reserve, so that an envelope is what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Channel, Share
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import RepairLimits, derive_repair
from portfolio.model.reallocation.result import ConflictMember
from portfolio.optimize.questions.infeasible import GIVEN, Lack, member_of, unsettled
from portfolio.optimize.rules import build
from portfolio.optimize.solver import solve
from portfolio.optimize.warm_model import LoadedModel
from tests.optimize.small_cases import FREE_SHARES
from tests.strategies import make_channel, make_item, make_portfolio

YI = 10_000
BUDGET, BOND, STATE = range(3)
CHANNELS: tuple[Channel, ...] = (
    make_channel(0, id="BUDGET", name="预算"),
    make_channel(1, id="BOND", name="债券", group="财政性债务"),
    make_channel(5, id="STATE", name="国资"),
)
Money = dict[tuple[int, int, int], int]  # (year, channel, item no) → 亿元


def share(no: int, channel: int, percent: int) -> Share:
    """An item may have so much of a channel."""
    return Share(
        item_no=no, channel_id=CHANNELS[channel].id, share_bps=0, max_share_bps=100 * percent,
        provenance="假设：测试",
    )  # fmt: skip


def finished_first(pred: int, succ: int) -> Gate:
    """An item waits until another is finished."""
    return Gate(
        id="G1", pred_no=pred, succ_no=succ, type=GateType.FS, fraction_bps=None, holds_bps=0,
        lag_quarters=0, hard=True, reason="测试", provenance="假设：测试",
    )  # fmt: skip


def plan_of(money: Money) -> np.ndarray:
    """The plan in 万元: int64[15, channel, item]."""
    plan = np.zeros((15, len(CHANNELS), max(no for _, _, no in money)), dtype=np.int64)
    for (year, channel, no), amount in money.items():
        plan[year - SHIPPED.first_year, channel, no - 1] = amount * YI
    return plan


def damaged(
    money: Money,
    envelopes: dict[tuple[int, int], int],
    *,
    items: dict[int, dict[str, object]],
    shares: Sequence[Share] = (),
    gates: tuple[Gate, ...] = (),
    asof_quarter: int = 3,
) -> RepairCase:
    """A case of a plan whose envelopes are as planned but for those given (year, channel → 亿元).

    The reference is the plan; what is past went by it, a running year by its quarters.
    """
    plan = plan_of(money)
    years = plan.sum(axis=1)
    made = tuple(
        make_item(no, years[:, no - 1], **{"yearly_cap_wan": 1000 * YI, **items.get(no, {})})
        for no in range(1, plan.shape[2] + 1)
    )
    portfolio = make_portfolio(
        plan, channels=CHANNELS, items=made, shares=tuple(shares), gates=gates
    )
    ask = portfolio.envelopes.pooled_ask_wan.copy()
    for (year, channel), amount in envelopes.items():
        ask[year - SHIPPED.first_year, channel] = amount * YI
    none = np.zeros_like(portfolio.envelopes.pooled_reserve_wan)
    cut = replace(portfolio.envelopes, pooled_ask_wan=ask, pooled_reserve_wan=none)
    return undisturbed(replace(portfolio, envelopes=cut), asof_quarter)


def undisturbed(portfolio: Portfolio, asof_quarter: int) -> RepairCase:
    """Nothing but the envelopes is touched."""
    plan, n_items = portfolio.plan_wan, len(portfolio.items)
    past = np.zeros_like(plan)
    year, quarters = divmod(asof_quarter + 1, 4)
    past[:year] = plan[:year]
    past[year] = plan[year] * quarters // 4
    return RepairCase(
        portfolio=portfolio,
        asof_quarter=asof_quarter,
        reference_wan=plan,
        past_wan=past,
        work_bps=np.full((15, n_items), 10_000, dtype=np.int64),
        slowed=np.zeros(n_items, dtype=np.bool_),
        settings=FREE_SHARES,
    )


LIVING: dict[str, object] = {"tags": ("民生",)}
HALF_DONE = 5  # 2022Q2


def signed(percent: int, **more: object) -> dict[str, object]:
    return {"contract_share_bps": 100 * percent, **more}


def no_money() -> RepairCase:
    """100 planned in 2022, 80 % signed, nobody else may pay: 80 lacking."""
    money = {(2021, BUDGET, 1): 100, (2022, BUDGET, 1): 100}
    return damaged(money, {(2022, BUDGET): 0}, items={1: signed(80)})


def only_channel_cut() -> RepairCase:
    """民生 keeps 80 of 100; the only channel has 60: 20 lacking."""
    money = {(2021, BUDGET, 1): 100, (2022, BUDGET, 1): 100}
    return damaged(money, {(2022, BUDGET): 60}, items={1: LIVING})


def two_damages() -> RepairCase:
    """Two items with a channel each: 80 − 60 = 20 and 50 − 15 = 35 lacking."""
    money = {(y, c, no): 100 for y in (2021, 2022) for c, no in ((BUDGET, 1), (STATE, 2))}
    cuts = {(2022, BUDGET): 60, (2022, STATE): 15}
    return damaged(money, cuts, items={1: LIVING, 2: signed(50)})


def substitute_capped() -> RepairCase:
    """80 of 100 signed; 国资 has money without end but may bring a tenth only: 70 lacking."""
    cuts = {(2022, BUDGET): 0, (2022, STATE): 500}
    return damaged(
        {(2022, BUDGET, 1): 100}, cuts, items={1: signed(80)}, shares=[share(1, STATE, 10)]
    )


def gate_can_not_open() -> RepairCase:
    """Item 2 has 20 by mid-2022, waiting for item 1 (200), which gets 50 of its 100 in 2022.

    Half of 2022 is over: item 1 stands at 150, its channel is spent: 50 lacking. Or item 2, which
    may hold nothing before, is let have the 20 it has; at half as much again that is 30.
    """
    money = {(2021, BUDGET, 1): 100, (2022, BUDGET, 1): 100, (2022, STATE, 2): 40}
    return damaged(
        money, {(2022, BUDGET): 50}, items={}, gates=(finished_first(1, 2),), asof_quarter=HALF_DONE
    )


def gate_opens_for_money() -> RepairCase:
    """The same but item 2 has 90 (135 at half as much again): now the 50 are cheaper."""
    money = {(2021, BUDGET, 1): 100, (2022, BUDGET, 1): 100, (2022, STATE, 2): 180}
    return damaged(
        money, {(2022, BUDGET): 50}, items={}, gates=(finished_first(1, 2),), asof_quarter=HALF_DONE
    )


def approvals_too_late() -> RepairCase:
    """2022Q3 is over, 75 of 100 are spent, 80 signed; bonds would be there, approved too late."""
    money = {(2021, BUDGET, 1): 100, (2022, BUDGET, 1): 100}
    return damaged(
        money,
        {(2022, BUDGET): 75, (2022, BOND): 100},
        items={1: signed(80)},
        shares=[share(1, BOND, 100)],
        asof_quarter=6,
    )


def capital_lost() -> RepairCase:
    """Half bonds, half budget; without the budget 80 of bonds bring 24 capital where 48 are due.

    24 of capital at 1.4 are 33.6; budget of x brings 24 + 0.7x: 34.3 of it would be needed.
    """
    return damaged(
        {(2022, BUDGET, 1): 50, (2022, BOND, 1): 50},
        {(2022, BUDGET): 0, (2022, BOND): 100},
        items={1: signed(80, min_capital_share_bps=6000)},
        shares=[share(1, BOND, 100)],
    )


def spent_already() -> RepairCase:
    """Half of 2022 is over and 50 spent of an envelope of 30: no rule but the envelope can help."""
    money = {(2021, BUDGET, 1): 100, (2022, BUDGET, 1): 100}
    return damaged(money, {(2022, BUDGET): 30}, items={}, asof_quarter=HALF_DONE)


def ahead_of_the_shock() -> RepairCase:
    """Half of 2022 is over and 50 spent; the shock leaves time for 40, the rest a year later."""
    money = {(2021, BUDGET, 1): 100, (2022, BUDGET, 1): 100}
    case = damaged(money, {(2023, BUDGET): 60}, items={}, asof_quarter=HALF_DONE)
    later = case.reference_wan.copy()
    later[1:3, BUDGET, 0] = 40 * YI, 60 * YI
    return replace(case, reference_wan=later, slowed=np.array([True]))


def dear_works() -> RepairCase:
    """`no_money` with works a tenth dearer: 88 lacking, and 11 万元 for rounding."""
    case = no_money()
    dear = replace(case.portfolio.conditions, cost_bps=np.array([11_000]))
    return replace(case, portfolio=replace(case.portfolio, conditions=dear))


def granted(case: RepairCase, lacks: Iterable[Lack]) -> tuple[RepairCase, RepairLimits]:
    """The case with larger envelopes, its limits with lower floors and higher ceilings."""
    lacks = tuple(lacks)
    envelopes = case.portfolio.envelopes
    ask = envelopes.pooled_ask_wan.copy()
    for lack in lacks:
        if lack.place.rule == "voted_envelope":
            ask[lack.place.year, lack.place.channel] += lack.wan
    portfolio = replace(case.portfolio, envelopes=replace(envelopes, pooled_ask_wan=ask))
    case = replace(case, portfolio=portfolio)
    limits = derive_repair(case)
    for lack in lacks:
        limits = _eased(limits, lack)
    return case, limits


def _eased(limits: RepairLimits, lack: Lack) -> RepairLimits:
    place, names = lack.place, {
        "signed_contracts": ("contract_wan", -1),
        "no_stop_start": ("continuity_wan", -1),
        "livelihood_floor": ("livelihood_wan", -1),
        "channel_share": ("share_wan", 1),
        "yearly_cap": ("cap_wan", 1),
    }  # fmt: skip
    if place.rule == "voted_envelope":
        return limits
    if place.rule == "gate_by_year":
        gates = []
        for gate in limits.gates:
            more = lack.wan if gate.index == place.gate else 0
            gates.append(replace(gate, ceiling_wan=gate.ceiling_wan + more))
        return replace(limits, gates=tuple(gates))
    name, sign = names[place.rule]
    bound = getattr(limits, name).copy()
    cell = place.channel if place.rule == "channel_share" else place.year
    bound[cell, place.item] += sign * lack.wan
    return replace(limits, **{name: bound})


def has_plan(case: RepairCase, limits: RepairLimits) -> bool:
    """Whether any plan keeps the rules, by the model that repairs."""
    return solve(build(case, limits).model).has_plan


def can_hold(case: RepairCase, members: Iterable[ConflictMember]) -> bool:
    """Whether rules of a conflict can hold together, beside what is given in every case."""
    draft, members = unsettled(case, derive_repair(case)), set(members)
    loaded = LoadedModel.of(draft.model)
    loaded.set_objective({})
    for name, place in draft.places.items():
        if place.rule not in GIVEN and member_of(case, place) not in members:
            loaded.set_row_bounds(name, None, None)
    return loaded.solve().has_plan
