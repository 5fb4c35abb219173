"""What one step more of each binding limit would buy, found by solving again.

Gates (and start years) are settled as the repaired plan has them: a step that would pay only by
opening another gate is not seen. What is left are LPs, which say by their duals where to look: a
row whose dual is nothing buys nothing when loosened. What is reported was solved for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.money import BPS, WAN_PER_YI, Wan
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import wanted_wan, worked_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.parameters import RepairLimits
from portfolio.model.reallocation.result import Price
from portfolio.model.reallocation.settings import Aim
from portfolio.optimize.aims import (
    TIGHT_YI,
    Ladder,
    NoAnswerError,
    gains,
    loosen,
    reached,
)
from portfolio.optimize.limit import Limit
from portfolio.optimize.model import Draft, Place, yi
from portfolio.optimize.repair import Repaired
from portfolio.optimize.rules import build
from portfolio.optimize.solver import Solved, SolveState
from portfolio.optimize.warm_model import LoadedModel

# --- Rows of a repair that a decision could loosen: what they are called, their limit and its use


#: Rules that hold money up from below: loosened they fall, and no lower than nothing.
FLOORS = ("signed_contracts", "no_stop_start", "livelihood_floor", "capital_ratio")
#: Rules somebody could decide to loosen. Others' money, loans and the shock itself can't be.
LEVERS = (
    "voted_envelope",
    "channel_share",
    "gate_by_year",
    "yearly_cap",
    "approval_in_time",
    *FLOORS,
)
#: What of an item a rule limits.
_NAMES = {
    "signed_contracts": "合同下限",
    "yearly_cap": "年度投资上限",
    "no_stop_start": "续建下限",
    "livelihood_floor": "保民生支出下限",
    "capital_ratio": "最低资本金（至 <plan_end> 年）",
    "adjusted_total": "总额（至 <plan_end> 年）",
    "shocked_clock": "冲击后的进度上限",
}
_CHANNEL_NAMES = {
    "channel_share": "占比上限（至 <plan_end> 年）",
    "own_money": "累计到位数",
    "loans_with_capital": "随资本金的上限",
    "past_years": "已执行数",
    "approval_in_time": "年内不得增加的限制",
}


def where(portfolio: Portfolio, place: Place) -> str:
    """A row in Chinese: `2024 年专项债券额度`, `43 医院的年度投资上限`."""
    calendar = portfolio.calendar
    channel = "" if place.channel is None else portfolio.channels[place.channel].name
    if place.item is None:
        what = "年初预留" if place.rule == "approval_in_time" else "额度"
        return f"{year_of(calendar, place)} 年{channel}{what}"
    item = portfolio.items[place.item].label
    if place.gate is not None:
        return f"{item}的前置条件 {portfolio.gates[place.gate].id} 上限"
    if place.channel is not None:
        return f"{item}的{channel}{calendar.fill(_CHANNEL_NAMES.get(place.rule, ''))}"
    return f"{item}的{calendar.fill(_NAMES.get(place.rule, place.rule))}"


def year_of(calendar: Calendar, place: Place) -> int:
    """Calendar year of a row; the last one for what holds over all years."""
    return calendar.last_plan_year if place.year is None else calendar.first_year + place.year


def limit_and_use(
    case: RepairCase, limits: RepairLimits, plan_wan: Wan, place: Place
) -> tuple[int, int]:
    """What a row allows (or asks for) and what the plan makes of it, in 万元."""
    year = PLAN_YEARS - 1 if place.year is None else place.year
    if place.item is None and place.rule == "approval_in_time":
        cells = limits.baseline_wan[year, place.channel], limits.past_wan[year, place.channel]
        given = np.maximum(plan_wan[year, place.channel] - np.maximum(*cells), 0)
        return int(limits.raised_most_wan[place.channel]), int(given.sum())
    if place.item is None:
        spent = -(-plan_wan[year, place.channel] * limits.scale_bps // BPS)
        return int(limits.envelope_wan[year, place.channel]), int(spent.sum())
    if place.rule == "channel_share":
        spent = plan_wan[:, place.channel, place.item].sum()
        return int(limits.share_wan[place.channel, place.item]), int(spent)
    if place.rule == "approval_in_time":
        cell = (year, place.channel, place.item)
        most = max(int(limits.baseline_wan[cell]), int(limits.past_wan[cell]))
        return most, int(plan_wan[cell])
    return _of_item(case, limits, plan_wan, place, year)


def _of_item(
    case: RepairCase, limits: RepairLimits, plan_wan: Wan, place: Place, year: int
) -> tuple[int, int]:
    worked = worked_wan(case, plan_wan)[:, :, place.item]
    if place.gate is not None:
        gate = next(gate for gate in limits.gates if gate.index == place.gate)
        return int(gate.ceiling_wan[year]), int(worked[: year + 1].sum())
    if place.rule == "capital_ratio":
        asked = int(worked.sum()) * int(limits.ratio_bps[place.item]) // BPS
        return asked, int((worked * limits.capital_bps).sum()) // BPS
    by_rule = {
        "signed_contracts": limits.contract_wan,
        "no_stop_start": limits.continuity_wan,
        "livelihood_floor": limits.livelihood_wan,
        "yearly_cap": limits.cap_wan,
        "shocked_clock": np.cumsum(limits.reference_total_wan, axis=0),
    }
    amounts = by_rule.get(place.rule)
    if amounts is None:
        return int(limits.budget_wan[place.item]), int(worked.sum())
    used = worked[: year + 1].sum() if place.rule == "shocked_clock" else worked[year].sum()
    return int(amounts[year, place.item]), int(used)


# --- What one step more of each binding limit would buy, found by solving again


#: A dual this small is none.
NO_DUAL = 1e-7
#: Two values (亿元) this near are the same.
SAME_YI, SAME_PART = 1e-6, 1e-9
#: Solves at most to find where a price ends.
MOST_SOLVES = 16


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The repaired plan as the prices' starting point.

    ranges : by rung and row, how far the solver says the row can be tightened (−1) and loosened
    """

    repaired: Repaired
    draft: Draft
    ladder: Ladder
    base: tuple[Solved, ...]
    ranges: tuple[Mapping[str, Mapping[int, float]], ...]
    limit: Limit


@dataclass(frozen=True, kw_only=True)
class _Bought:
    """A row loosened by a step, and by how much each aim shrinks (亿元)."""

    row: str
    step: float
    gains: tuple[float, ...]
    price: Price


def prices(
    repaired: Repaired, *, step_wan: int = 10_000, most: int = 40, limit: Limit | None = None
) -> tuple[Price, ...]:
    """What a step more of each limit would buy, the most useful first.

    Limits that buy nothing of 缺口 or 滞后 are left out. The order is that of the settings' aims.

    Parameters
    ----------
    repaired
        A repair with a plan; without one nothing has a price.
    step_wan
        By how much a limit is loosened; a floor falls by no more than itself.
    most
        Prices at most.
    limit
        For all, None for a set effort; when it is over, which it tells itself, what was found by
        then is returned. Places are looked at in the order of their duals.
    """
    if repaired.plan_wan is None:
        return ()
    limit = limit or Limit.of(None)
    draft = build(repaired.case, repaired.limits)
    ladder = Ladder.of(draft)
    ladder.fix_integers_at(repaired.values)
    try:
        base = ladder.climb(limit)
    except NoAnswerError:
        return ()
    ground = _Ground(
        repaired=repaired,
        draft=draft,
        ladder=ladder,
        base=base,
        ranges=tuple(_ranges(loaded) for loaded in ladder.rungs),
        limit=limit,
    )
    found = _all_bought(ground, step_wan)
    found.sort(key=lambda one: [-round(gain * WAN_PER_YI) for gain in one.gains])
    return tuple(_with_ranges(ground, found[:most]))


def _all_bought(ground: _Ground, step_wan: int) -> list[_Bought]:
    """What a step of each row buys, within the limit; a row the solver fails on is left."""
    found: list[_Bought] = []
    for row in _worth_a_look(ground):
        try:
            bought = _buy(ground, row, step_wan)
        except NoAnswerError:
            if ground.limit.over:
                break
            continue
        if bought is not None:
            found.append(bought)
    return found


def _ranges(loaded: LoadedModel) -> dict[str, dict[int, float]]:
    """How far each row's bound can move inwards (−1) and outwards (1), by the solver's ranging."""
    found = {}
    for row, (down, up) in loaded.row_ranges().items():
        low, high = loaded.row_bounds(row)
        if high < math.inf:
            found[row] = {-1: max(0.0, high - down), 1: max(0.0, up - high)}
        else:
            found[row] = {-1: max(0.0, up - low), 1: max(0.0, low - down)}
    return found


def _worth_a_look(ground: _Ground) -> list[str]:
    """Rows with a dual, the most useful first by it."""
    ladder = ground.ladder
    duals = [loaded.row_duals() for loaded in ladder.rungs]
    promises: dict[str, list[float]] = {}
    for row, place in ground.draft.places.items():
        if place.rule not in LEVERS or all(abs(of[row]) <= NO_DUAL for of in duals):
            continue
        promise: list[float] = []
        for of in duals:
            # What the aims before gain tightens the rows that hold them.
            lost = sum(of.get(f"held_{k}", 0.0) * gain for k, gain in enumerate(promise))
            promise.append(round(abs(of[row]) + lost, 6))
        promises[row] = promise
    return sorted(promises, key=lambda row: [-gain for gain in promises[row]])


def _buy(ground: _Ground, row: str, step_wan: int) -> _Bought | None:
    """Loosen a row by a step and climb again; None where nothing moves."""
    repaired, place = ground.repaired, ground.draft.places[row]
    portfolio = repaired.case.portfolio
    assert repaired.plan_wan is not None
    limit, used = limit_and_use(repaired.case, repaired.limits, repaired.plan_wan, place)
    step_wan = min(step_wan, limit) if place.rule in FLOORS else step_wan
    if step_wan <= 0:
        return None
    ladder, step = ground.ladder, yi(step_wan)
    ladder.loosen(row, step)
    try:
        after = ladder.climb(ground.limit)
    finally:
        ladder.loosen(row, -step)
    bought = gains(ground.base, after)
    by_aim = {aim: round(gain * WAN_PER_YI) for aim, gain in zip(ladder.aims, bought, strict=True)}
    if not by_aim[Aim.SHORTFALL] and not by_aim[Aim.DELAY]:
        return None
    loans = _loans(ground, after[-1]) if by_aim[Aim.SHORTFALL] else 0
    price = Price(
        rule=place.rule,
        where=where(portfolio, place),
        channel_id=None if place.channel is None else portfolio.channels[place.channel].id,
        item_no=None if place.item is None else portfolio.items[place.item].no,
        year=year_of(portfolio.calendar, place),
        limit_wan=limit,
        used_wan=used,
        step_wan=step_wan,
        shortfall_wan=by_aim[Aim.SHORTFALL],
        delay_wan=by_aim[Aim.DELAY],
        loans_wan=loans,
        holds_down_wan=0,
        holds_up_wan=0,
    )
    return _Bought(row=row, step=step, gains=bought, price=price)


def _loans(ground: _Ground, after: Solved) -> int:
    """Loans more in the years that lack something: those the shortfall counts.

    Over all years loans are bounded by their plan: there they come sooner, not more of them.
    """
    limits, before = ground.repaired.limits, ground.base[-1]
    lacking = {
        year
        for year in np.flatnonzero(wanted_wan(ground.repaired.case)).tolist()
        if _lacks(ground, year)
    }
    more: float = sum(
        after.values.get(term.name, 0.0) - before.values.get(term.name, 0.0)
        for (year, channel, _), term in ground.draft.planned.items()
        if year in lacking and limits.credit[channel] and not isinstance(term, float)
    )
    return round(more * WAN_PER_YI)


def _lacks(ground: _Ground, year: int) -> bool:
    first = ground.repaired.case.calendar.first_year
    return ground.base[-1].values.get(f"S_{first + year}", 0.0) > SAME_YI


def _with_ranges(ground: _Ground, found: Sequence[_Bought]) -> list[Price]:
    """Prices with how far they hold; those the limit was too near for are left out."""
    told: list[Price] = []
    for one in found:
        rung = next(k for k, gain in enumerate(one.gains) if abs(gain) > SAME_YI)
        loaded = ground.ladder.rungs[rung]
        for below in range(rung):
            ground.ladder.hold(rung, below, reached(ground.base[below]), TIGHT_YI)
        try:
            slope = _slope(ground, loaded, one, reached(ground.base[rung]))
            looser = _reach(ground, loaded, one, rung, slope, toward=1)
            tighter = _reach(ground, loaded, one, rung, slope, toward=-1)
        except NoAnswerError:
            continue
        up, down = (tighter, looser) if one.price.rule in FLOORS else (looser, tighter)
        told.append(replace(one.price, holds_down_wan=down, holds_up_wan=up))
    return told


def _slope(ground: _Ground, loaded: LoadedModel, one: _Bought, base: float) -> float:
    """What the first bit more buys per unit: over the step it may be less, never more."""
    bit = one.step / 64
    for _ in range(4):
        value, slope = _at(ground, loaded, one.row, bit)
        if value is not None and _same(value, base - slope * bit):
            return slope
        bit /= 16
    return slope


def _at(
    ground: _Ground, loaded: LoadedModel, row: str, change: float
) -> tuple[float | None, float]:
    """Value and what one more would buy with a row looser by `change`; None where no plan is."""
    loosen(loaded, row, change)
    try:
        solved = ground.limit.solve(loaded)
        if solved.state is SolveState.INFEASIBLE:
            return None, 0.0
        if solved.state is not SolveState.OPTIMAL:
            raise NoAnswerError(solved.state)
        return reached(solved), abs(loaded.row_duals()[row])
    finally:
        loosen(loaded, row, -change)


def _reach(
    ground: _Ground, loaded: LoadedModel, one: _Bought, rung: int, slope: float, *, toward: int
) -> int | None:
    """How far the limit can move with the price unchanged (万元); None where nothing ends it.

    The value is a convex, piecewise straight function of the limit. What the solver's own ranging
    says is tried first, and doubled while it is straight: a degenerate basis cuts ranging short.
    From where it is straight no longer the tangent leads back to the bend.
    """
    base, farthest = reached(ground.base[rung]), _farthest(ground, one, toward)
    straight_to, bent_at = 0.0, math.inf
    at = min(farthest, ground.ranges[rung][one.row][toward] or one.step / 16)
    for _ in range(MOST_SOLVES):
        value, there = _at(ground, loaded, one.row, toward * at)
        straight = base - toward * slope * at
        if value is None:
            bent_at = at
            at = (straight_to + at) / 2
        elif _same(value, straight):
            straight_to = max(straight_to, at)
            if at >= farthest:
                falls = (toward == -1) != (one.price.rule in FLOORS)
                return round(at * WAN_PER_YI) if falls else None
            at = min(farthest, 2 * at if bent_at == math.inf else (at + bent_at) / 2)
        else:
            bent_at = at
            bend = abs(slope - there)
            back = at - (value - straight) / bend if bend > NO_DUAL else 0.0
            at = back if straight_to < back < bent_at else (straight_to + bent_at) / 2
            if back - straight_to <= max(SAME_YI, 1e-6 * back):
                break
        if bent_at - straight_to <= max(SAME_YI, 0.001 * straight_to):
            break
    return round(straight_to * WAN_PER_YI)


def _farthest(ground: _Ground, one: _Bought, toward: int) -> float:
    """As far as it makes sense to look: a limit to nothing, or by all the money there is."""
    falls = (toward == -1) != (one.price.rule in FLOORS)
    if falls:
        return max(yi(one.price.limit_wan), TIGHT_YI)
    return yi(ground.repaired.limits.budget_wan.sum()) + one.step


def _same(value: float, other: float) -> bool:
    return abs(value - other) <= SAME_YI + SAME_PART * abs(other)
