"""What facts leave of a plan, as a plan: what a repair moves once something has happened.

A repair thinks in calendar years of money. Up to the as-of the years hold what was drawn; after it
what the rest of the plan asks for if nothing holds the items: the plan's own pace, from where each
stands. Thresholds of gates are told in that money too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.model.gates import Gate, GateType
from portfolio.model.money import BPS, Wan, cut, differences
from portfolio.model.portfolio import Conditions, Portfolio
from portfolio.model.quarters import PLAN_YEARS, PLAY_YEARS
from portfolio.model.rules.opening import Opening, opening
from portfolio.model.rules.parameters import GateLimits, Limits, derive
from portfolio.model.rules.replanned import left_by_year


def drawn_by_year(portfolio: Portfolio) -> Wan:
    """Money drawn up to the as-of by year: int64[25, channel, item], no year below zero.

    What was written off (核减) is taken from the year before it, so that the years still sum.
    """
    begun = opening(portfolio)
    quarters = np.zeros((4 * PLAY_YEARS, *begun.drawn_wan.shape), dtype=np.int64)
    quarters[: len(begun.facts_wan)] = begun.facts_wan
    upto = quarters.reshape(PLAY_YEARS, 4, *begun.drawn_wan.shape).sum(axis=1).cumsum(axis=0)
    upto = np.minimum.accumulate(upto[::-1], axis=0)[::-1]
    return differences(np.maximum(upto, 0), axis=0)


def left_of_plan(portfolio: Portfolio, before: Portfolio) -> Wan:
    """What is left of the plan by year, at the plan's pace: int64[25, channel, item].

    `before` is the portfolio before the scenario: what the running year pays is by its budgets.
    """
    neutral = Conditions.neutral(len(portfolio.items), portfolio.channels)
    same = [item.no for item in portfolio.items] == [item.no for item in before.items]
    envelopes = before.envelopes if same else portfolio.envelopes
    return left_by_year(derive(replace(portfolio, conditions=neutral, envelopes=envelopes)))


def planned_money(portfolio: Portfolio) -> Wan:
    """The plan that is adjusted: int64[15, channel, item]; after facts what they leave of it."""
    if portfolio.facts is None:
        return portfolio.plan_wan
    left = left_of_plan(portfolio, portfolio)
    return np.ascontiguousarray((drawn_by_year(portfolio) + left)[:PLAN_YEARS])


def approved_money(portfolio: Portfolio) -> Wan:
    """What each item is approved to cost from the first year on: int64[item]."""
    begun = opening(portfolio)
    if not begun.from_facts:
        return np.asarray(portfolio.plan_wan.sum(axis=(0, 1)))
    return np.asarray((begun.drawn_wan + np.maximum(begun.rest_wan[-1], 0)).sum(axis=0))


def as_left(portfolio: Portfolio, before: Portfolio) -> Portfolio:
    """What facts leave of a portfolio under a scenario, as one without facts.

    Its plan has what was drawn and what is left, at what the items are approved to cost today. Its
    envelopes in the begun year are what can still be drawn in it, with what has been.
    """
    limits, drawn = derive(portfolio), drawn_by_year(portfolio)
    left = left_of_plan(portfolio, before)
    plan = np.ascontiguousarray((drawn + left)[:PLAN_YEARS])
    period, total = plan[: portfolio.calendar.period_years].sum(axis=(0, 1)), plan.sum(axis=(0, 1))
    items = tuple(
        replace(item, total_wan=item.earlier_wan + int(whole), plan_wan=int(part))
        for item, whole, part in zip(portfolio.items, total, period, strict=True)
    )
    return replace(
        portfolio,
        items=items,
        gates=_gates(portfolio, limits, drawn),
        plan_wan=plan,
        envelopes=replace(portfolio.envelopes, pooled_ask_wan=_pooled_ask(portfolio, limits, left)),
        facts=None,
        adjusted=None,
    )


def carried_in(limits: Limits, left: Wan) -> Wan:
    """统筹 money carried into the begun year by item that it still has use for: [channel, item].

    left : what is left of the plan by year
    """
    use = np.minimum(limits.opening.carried_wan, left[limits.opening.quarter // 4])
    return np.where(limits.pooled[:, None], use, 0)


def reached_by_year(portfolio: Portfolio) -> Wan:
    """Progress at approved cost that facts have made in each year: int64[15, item]."""
    begun = opening(portfolio)
    upto = np.repeat(begun.reached_wan[None], 4 * PLAN_YEARS, axis=0)
    upto[: len(begun.done_wan)] = begun.done_wan
    return differences(upto[3::4], axis=0)


def counts_bps(portfolio: Portfolio) -> Wan:
    """Progress at approved cost that money drawn from the as-of on makes: int64[item], bps.

    Below 10,000 where an item is approved to cost more than its plan, or is further on than its
    money.
    """
    limits, begun = derive(portfolio), opening(portfolio)
    rest = np.maximum(begun.rest_wan[-1], 0).sum(axis=0)
    ahead = limits.planned_wan - begun.reached_wan
    return np.where(rest > 0, ahead * BPS // np.maximum(rest, 1), BPS)


def _pooled_ask(portfolio: Portfolio, limits: Limits, left: Wan) -> Wan:
    """统筹 asks; in the begun year with all that was paid and carried in, at the plan's cost.

    What is paid from the year's budget can't be more than is left of it; what was carried in comes
    on top. A repair weighs the year's money with the scenario's cost: what was drawn is not dearer.
    """
    begun, envelopes = limits.opening, portfolio.envelopes
    year, ask = begun.quarter // 4, envelopes.pooled_ask_wan.copy()
    voted = np.maximum(envelopes.pooled_wan[year], begun.spent_wan.sum(axis=1))
    before = begun.used_wan.sum(axis=1) + carried_in(limits, left).sum(axis=1) + begun.unplaced_wan
    dearer = ((limits.scale_bps - BPS) * drawn_by_year(portfolio)[year]).sum(axis=1) // BPS
    whole = voted + before + dearer - envelopes.pooled_reserve_wan[year]
    ask[year] = np.where(limits.pooled, whole, ask[year])
    return ask


def _gates(portfolio: Portfolio, limits: Limits, drawn: Wan) -> tuple[Gate, ...]:
    """Gates that facts have not opened, their thresholds as money since the first year."""
    gates, begun = limits.gates, limits.opening
    found = []
    for g, gate in enumerate(portfolio.gates):
        opens = gates.opens[g]
        if gates.open_from_start[g] or (opens is not None and opens <= begun.quarter):
            continue
        succ, planned = int(gates.succ[g]), limits.planned_wan
        room = None
        if gate.holds_bps:
            approved = int((begun.drawn_wan + np.maximum(begun.rest_wan[-1], 0))[:, succ].sum())
            room = int(gates.room_wan[g]) * approved // max(int(planned[succ]), 1)
        at = None if gate.type is GateType.SS else _threshold(limits, gates, g, drawn)
        found.append(replace(gate, at_money_wan=at, holds_money_wan=room))
    return tuple(found)


def _threshold(limits: Limits, gates: GateLimits, g: int, drawn: Wan) -> int:
    """Money since the first year with which the predecessor has come to a gate's threshold."""
    begun, pred, beyond = limits.opening, int(gates.pred[g]), int(gates.beyond_wan[g])
    upto = drawn[:, :, pred].sum(axis=1).cumsum()
    opens = gates.opens[g]
    if opens is not None:  # reached; its lag still runs
        reached = opens - int(gates.lag_quarters[g]) - 1
        return int(upto[max(reached, 0) // 4])
    rest = int(np.maximum(begun.rest_wan[-1, :, pred], 0).sum())
    ahead = max(int(limits.planned_wan[pred] - begun.reached_wan[pred]), 1)
    return int(upto[-1]) - (int(begun.reached_wan[pred]) - beyond) * rest // ahead


# --- An adjusted plan along the clocks at approved cost, beside its rest


def at_approved_cost(begun: Opening, drawn: Wan, rest: Wan, cum: Wan, first: Wan) -> Wan:
    """An adjusted plan along the clocks, at approved cost, ending in the plan's total: as `rest`.

    drawn : int64[25, channel, item] what was drawn
    rest : int64[row, channel, item] what is planned beyond it along the clocks, never below zero
    cum, first : the approved plan by quarter and its first quarters
    """
    rows = np.zeros_like(rest)
    line = cum.sum(axis=1)
    for i in range(cum.shape[2]):
        total, reached = int(line[-1, i]), int(begun.reached_wan[i])
        if not total:
            continue
        left, place = rest[-1, :, i], int(first[i]) * BPS + int(begun.position_bps[i])
        if not left.any():  # nothing is asked any more; the clock goes on as planned
            rows[: len(cum), :, i], rows[len(cum) :, :, i] = cum[:, :, i], cum[-1, :, i]
            continue
        before = cut(reached, drawn[:, :, i].sum(axis=0) if drawn[:, :, i].any() else cum[-1, :, i])
        drew_by = max(place, int(first[i]) * BPS + 1)  # nothing before its first quarter
        rows[:, :, i] = _along(before, line[:, i], drew_by, len(rows))
        rows[:, :, i] += _shaped(cut(total - reached, left), rest[:, :, i], place)
        if not rows[int(first[i]) + 1, :, i].any():  # the plan begins where it did
            row = int(rows[:, :, i].any(axis=1).argmax())
            rows[int(first[i]) + 1 : row, int(rows[row, :, i].argmax()), i] = 1
    return rows


def _along(amounts: Wan, line: Wan, place: int, rows: int) -> Wan:
    """Amounts by channel as the approved plan comes to them, all there at a place: [row, channel]."""
    here = max(int(np.interp(place, np.arange(len(line)) * BPS, line)), 1)
    upto = np.full(rows, here, dtype=np.int64)
    known = min(rows, len(line))
    upto[:known] = np.minimum(line[:known], here)
    upto[-(-place // BPS) :] = here
    return np.asarray(amounts * upto[:, None] // here)


def _shaped(amounts: Wan, rest: Wan, place: int) -> Wan:
    """Amounts by channel in the shape of what is planned along the clock: [row, channel]."""
    ends, shaped = rest[-1], np.zeros_like(rest)
    for c in np.flatnonzero(amounts).tolist():
        shaped[:, c] = int(amounts[c]) * rest[:, c] // int(ends[c]) if ends[c] else amounts[c]
    shaped[: -(-place // BPS)] = 0
    return shaped
