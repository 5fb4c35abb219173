"""How far a repaired plan goes beyond each rule, cell by cell; positive is a breach.

Every function gives int64 by year, channel and item as its name in `audit_repair` says. Nothing
here is shared with what builds or solves the model of a repair.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.audit.reallocation_facts import RepairFacts, of_the_rest_bps, released_late_bps
from portfolio.model.items import Kind
from portfolio.model.money import BPS, Wan

#: Loans are cut to whole 万元 in the plan and in the capital they follow: this much is no breach.
ROUNDING_WAN = 2


def from_first_year(facts: RepairFacts, excess: Wan) -> Wan:
    """The excess in years that can be adjusted, 0 before them."""
    years = np.arange(len(excess)) >= facts.case.first_year
    shape = (-1,) + (1,) * (excess.ndim - 1)
    return np.where(years.reshape(shape), excess, 0).astype(np.int64)


def over_envelope(facts: RepairFacts) -> Wan:
    """[year, channel] what the plan costs beyond the voted envelope, each cell rounded up."""
    portfolio = facts.portfolio
    cost = -(-facts.plan_wan * portfolio.conditions.scale_bps // BPS)
    cost[1:] += _kept_by_shocks(facts)[:-1]
    voted = portfolio.envelopes.pooled_ask_wan + portfolio.envelopes.pooled_reserve_wan
    over = cost.sum(axis=2) - voted[: len(cost)]
    return from_first_year(facts, np.where(facts.of_kind(Kind.POOLED), over, 0))


def _kept_by_shocks(facts: RepairFacts) -> Wan:
    """[year, channel, item] what shocks inside a year keep of its allotments, at actual cost."""
    case, conditions = facts.case, facts.portfolio.conditions
    kept = np.zeros_like(facts.plan_wan)
    asked = (facts.plan_wan - facts.before_wan) * conditions.scale_bps
    for year, channel in np.argwhere(conditions.cut_from[: len(kept)] < 3).tolist():
        if year < case.first_year or facts.portfolio.channels[channel].kind is not Kind.POOLED:
            continue
        delay = int(conditions.delay_quarters[year, channel])
        release = conditions.release_bps[year, channel]
        after = max(0, int(conditions.cut_from[year, channel]) + 1 - delay)
        later = int(release[after : max(after, 4 - delay)].sum())
        part = later - later * int(conditions.cut_bps[year, channel]) // BPS
        if case.after is not None and case.year_is_running and year == case.first_year:
            part = int((of_the_rest_bps(case) - of_the_rest_bps(case, shock=False))[channel])
        kept[year, channel] = asked[year, channel] * part // BPS**2
    return kept


def not_eligible(facts: RepairFacts) -> Wan:
    """[year, channel, item] 统筹 money the item may not have from the channel in that year."""
    started = np.cumsum(facts.reference_work_wan, axis=0) > 0
    # What is past is past: only money on top of it can be refused.
    over = np.where(eligible(facts, started), 0, facts.plan_wan - facts.case.past_wan)
    over[:, ~facts.of_kind(Kind.POOLED)] = 0
    return from_first_year(facts, over)


def eligible(facts: RepairFacts, started: Mask) -> Mask:
    """[year, channel, item] a channel is there for an item that has started by then."""
    portfolio = facts.portfolio
    allowed = facts.baseline_wan.sum(axis=0) > 0
    for share in portfolio.shares:
        if share.max_share_bps > 0:
            cell = portfolio.channel_position[share.channel_id], portfolio.position[share.item_no]
            allowed[cell] = True
    years = np.arange(len(facts.plan_wan))[:, None]
    opened = years >= np.array(
        [c.first_year - portfolio.calendar.first_year for c in portfolio.channels]
    )
    return np.asarray(allowed[None] & opened[:, :, None] & started[:, None, :])


def over_share(facts: RepairFacts) -> Wan:
    """[channel, item] 统筹 money beyond `max_share` of the item, or beyond the baseline's own."""
    portfolio = facts.portfolio
    most = np.zeros(facts.plan_wan.shape[1:], dtype=np.int64)
    for share in portfolio.shares:
        cell = portfolio.channel_position[share.channel_id], portfolio.position[share.item_no]
        most[cell] = share.max_share_bps
    whole = facts.baseline_wan.sum(axis=(0, 1))
    ceiling = np.maximum(most * whole // BPS, facts.baseline_wan.sum(axis=0))
    over = facts.plan_wan.sum(axis=0) - ceiling
    return np.where(facts.of_kind(Kind.POOLED)[:, None], over, 0).astype(np.int64)


def _bound_to_own(facts: RepairFacts) -> Mask:
    """[channel, item] own money that comes in full each year: no gate waits, no arrears."""
    free = np.ones(facts.plan_wan.shape[2], dtype=np.bool_)
    free[[gate.succ for gate in facts.gates]] = False
    first = facts.case.first_year
    past = facts.case.past_wan[:first].sum(axis=0)
    owed = facts.reference_wan[:first].sum(axis=0)
    return np.asarray(free[None, :] & (past == owed))


def own_moved(facts: RepairFacts) -> Wan:
    """[year, channel, item] own and earmarked money beyond, or short of, what comes, cumulated."""
    over = np.cumsum(facts.plan_wan - facts.reference_wan, axis=0)
    short = np.where(_may_wait(facts)[:, None], 0, -over - _arrears(facts) - ROUNDING_WAN)
    bound = _bound_to_own(facts)[None]
    over = np.where(bound, np.abs(over), np.maximum(over, short))
    over[:, ~facts.of_kind(Kind.EARMARKED, Kind.OWN)] = 0
    return from_first_year(facts, over)


def _may_wait(facts: RepairFacts) -> Mask:
    """[year, item] own money may wait: a gate is closed, or was until the year before."""
    waits = facts.held.copy()
    waits[1:] |= facts.held[:-1]
    # Money in arrears where no gate may hold: it comes when it can.
    gated = np.zeros(facts.held.shape[1], dtype=np.bool_)
    gated[[gate.succ for gate in facts.gates]] = True
    return np.asarray(waits | ~gated)


def _arrears(facts: RepairFacts) -> Wan:
    """[channel, item] own money that had not come when the plan could be adjusted."""
    before = slice(0, facts.case.first_year)
    lacking = facts.reference_wan[before] - facts.case.past_wan[before]
    return np.asarray(np.maximum(lacking.sum(axis=0), 0), dtype=np.int64)


def loans_ahead(facts: RepairFacts) -> Wan:
    """[year, channel, item] loans beyond what the capital there carries, cumulated."""
    excess = np.zeros_like(facts.plan_wan)
    before = facts.before_wan
    past = np.cumsum(facts.case.past_wan - before, axis=0)
    ration = _ration(facts)
    capital = tuple(
        np.cumsum(facts.capital_wan_bps(money - before), axis=0)
        for money in (facts.done_wan, facts.pledged_wan, facts.reference_wan)
    )
    drawn = facts.plan_wan.any(axis=0) & facts.of_kind(Kind.CREDIT)[:, None]
    for c, i in np.argwhere(drawn):
        loans, base, comes = (
            [0, *np.cumsum((money - before)[:, c, i]).tolist()]
            for money in (facts.plan_wan, facts.pledged_wan, facts.reference_wan)
        )
        for y in range(facts.case.first_year, len(excess)):
            there, planned, expected = (int(money[y, i]) for money in capital)
            kept = _carried(base[y + 1], comes[y + 1], planned, expected)
            most = kept(there)
            if (part := ration[y][c]) is not None:
                most = loans[y] + part * (most - loans[y])
                # What the shock alone draws in a rationed year stays lawful with its capital.
                lacking = comes[y + 1] - comes[y] - part * (kept(expected) - comes[y])
                most += max(Fraction(0), lacking) * (Fraction(there, expected) if expected else 1)
            most = max(most, Fraction(int(past[y, c, i])))
            excess[y, c, i] = math.ceil(loans[y + 1] - most - ROUNDING_WAN)
    return excess


def _carried(base: int, comes: int, planned: int, expected: int) -> Callable[[int], Fraction]:
    """Loans that capital carries: planned loans × capital ÷ planned capital.

    With the capital the shock leaves (`expected`) it is never less than what comes then (`comes`).
    """
    slope = Fraction(base, planned) if planned else Fraction(0)
    fixed = 0 if planned else base
    if expected:
        slope = max(slope, Fraction(max(0, comes - fixed), expected))
    else:
        fixed = max(fixed, comes)
    return lambda there: fixed + slope * there


def _ration(facts: RepairFacts) -> list[list[Fraction | None]]:
    """[year][channel] part of the loans still open that credit lets through; None where all."""
    conditions = facts.portfolio.conditions
    there = BPS - released_late_bps(facts.case)
    result: list[list[Fraction | None]] = []
    for year in range(len(facts.plan_wan)):
        credit, delay = conditions.credit_bps[year], conditions.delay_quarters[year]
        result.append(
            [
                Fraction(min(int(credit[c]), BPS) * int(there[year, c]), BPS * BPS)
                if credit[c] < BPS or delay[c] > 0
                else None
                for c in range(len(credit))
            ]
        )
    return result


def loans_over_plan(facts: RepairFacts) -> Wan:
    """[channel, item] loans beyond the baseline's over all years."""
    over = (facts.plan_wan - facts.baseline_wan).sum(axis=0)
    return np.where(facts.of_kind(Kind.CREDIT)[:, None], over, 0).astype(np.int64)


def _below(facts: RepairFacts, floor: Wan) -> Wan:
    """[year, item] what is missing to a floor that gives way to closed gates and to capacity."""
    floor = np.minimum(np.where(facts.held, 0, floor), yearly_most(facts))
    return from_first_year(facts, floor - facts.work_wan)


def _continuity(facts: RepairFacts) -> Wan:
    """[year, item] least money that keeps the works going."""
    return facts.reference_work_wan * facts.case.settings.continuity_bps // BPS


def contracts_unpaid(facts: RepairFacts) -> Wan:
    """[year, item] what is missing to the signed share of the reference, less each further year."""
    share = np.array([item.contract_share_bps for item in facts.portfolio.items])
    floor = np.zeros_like(facts.work_wan)
    for year in range(facts.case.first_year, len(floor)):
        floor[year] = facts.reference_work_wan[year] * share // BPS
        share = share * facts.case.settings.contract_decay_bps // BPS
    return _below(facts, floor)


def yearly_most(facts: RepairFacts) -> Wan:
    """[year, item] most an item can do in the part of the year in which it may work.

    Moving an item in time does not make it able to do more.
    """
    sheet = np.array([item.yearly_cap_wan or 0 for item in facts.portfolio.items])
    cap = np.maximum(sheet, facts.baseline_work_wan.max(axis=0))
    shocked = facts.case.reference_wan.sum(axis=1)
    most = np.maximum(cap * facts.case.work_bps // BPS, shocked)
    return np.asarray(most, dtype=np.int64)


def over_capacity(facts: RepairFacts) -> Wan:
    """[year, item] work beyond the yearly cap."""
    return from_first_year(facts, facts.work_wan - yearly_most(facts))


def stopped_short(facts: RepairFacts) -> Wan:
    """[year, item] what is missing to keep the works going."""
    return _below(facts, _continuity(facts))


def livelihood_cut(facts: RepairFacts) -> Wan:
    """[year, item] what is missing to the livelihood floor of items tagged 民生."""
    tagged = np.array(["民生" in item.tags for item in facts.portfolio.items])
    floor = facts.reference_work_wan * facts.case.settings.livelihood_bps // BPS
    return _below(facts, np.where(tagged, floor, 0))


def past_gates(facts: RepairFacts) -> Wan:
    """[year, gate] the successor's money beyond its room while the gate is closed, cumulated."""
    work, baseline = np.cumsum(facts.work_wan, axis=0), np.cumsum(facts.baseline_work_wan, axis=0)
    past = np.cumsum(facts.case.past_wan.sum(axis=1), axis=0)
    excess = np.zeros((len(work), len(facts.gates)), dtype=np.int64)
    for g, gate in enumerate(facts.gates):
        kept = np.where(gate.closed_in_baseline, baseline[:, gate.succ], 0)
        most = np.maximum(np.maximum(kept, gate.room_wan), past[:, gate.succ])
        excess[:, g] = np.where(gate.closed, work[:, gate.succ] - most, 0)
    return from_first_year(facts, excess)


def capital_missing(facts: RepairFacts) -> Wan:
    """[item] 万元 of capital missing to the least share, the baseline's or the shock's own."""
    capital = facts.capital_wan_bps(facts.done_wan).sum(axis=0)
    least = np.array([item.min_capital_share_bps for item in facts.portfolio.items])
    for money in (facts.baseline_wan, facts.case.reference_wan):
        total = money.sum(axis=(0, 1))
        share = facts.capital_wan_bps(money).sum(axis=0) // np.maximum(total, 1)
        least = np.where(total > 0, np.minimum(least, share), least)
    rounding = len(facts.portfolio.channels) * BPS
    missing = least * facts.work_wan.sum(axis=0) - capital - rounding
    return np.asarray(-(-missing // BPS), dtype=np.int64)


def over_total(facts: RepairFacts) -> Wan:
    """[item] money beyond the item's total."""
    return np.asarray(facts.work_wan.sum(axis=0) - facts.baseline_work_wan.sum(axis=0))


def past_changed(facts: RepairFacts) -> Wan:
    """[year, channel, item] change of years past, and what is missing of a running year's past."""
    case = facts.case
    off = np.abs(facts.plan_wan - case.past_wan)
    off[case.first_year :] = 0
    if case.year_is_running and case.first_year < len(off):
        year = case.first_year
        off[year] = np.maximum(case.past_wan[year] - facts.plan_wan[year], 0)
    return np.asarray(off, dtype=np.int64)


def faster_than_shock(facts: RepairFacts) -> Wan:
    """[year, item] money ahead of the shocked clock, cumulated."""
    ahead = np.cumsum(facts.work_wan - facts.reference_work_wan, axis=0)
    return from_first_year(facts, np.where(facts.case.slowed, ahead, 0))
