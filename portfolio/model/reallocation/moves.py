"""The moves of a repaired plan: every changed 统筹 cell, why it was changed and who approves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.items import LIVELIHOOD
from portfolio.model.money import BPS, LARGEST_WAN, Wan
from portfolio.model.portfolio import BUDGETED_YEARS, asof_year_of
from portfolio.model.projects.level import level_of
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.aims import moved_wan, worked_wan
from portfolio.model.reallocation.case import RepairCase, raised_most_wan
from portfolio.model.reallocation.result import Move, Reason
from portfolio.model.rules.approval import Short, approval_path


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What reasons are read from, [15 years, …].

    change_wan : [year, channel, item]
    cut : [year, channel] the envelope is below what the baseline asks
    reserve_wan : [year, channel] what is planned beyond what the baseline asks, paid by the reserve
    room_from : first year of which what is beyond the ask is assumed, not entered
    behind, ahead : [year, item] cumulated against the baseline before the year begins
    timing : [year, channel, item] the shock itself moved the cell
    more : [year, item] the item is given more than the baseline in the year
    less_elsewhere : [year, channel, item] another channel brings the item less
    gives_way : [year, channel, item] an item of a higher class takes from the channel's year
    """

    change_wan: Wan
    cut: Mask
    reserve_wan: Wan
    room_from: int
    behind: Mask
    ahead: Mask
    timing: Mask
    more: Mask
    less_elsewhere: Mask
    gives_way: Mask


def moves_of(case: RepairCase, plan_wan: Wan) -> tuple[Move, ...]:
    """Every changed cell of 统筹 money that could be adjusted, year by year."""
    facts = _facts(case, plan_wan)
    portfolio, baseline = case.portfolio, case.portfolio.plan_wan
    reserved = _from_reserve(facts)
    moves = []
    for year, channel, item in np.argwhere(facts.change_wan != 0).tolist():
        what, who = portfolio.channels[channel], portfolio.items[item]
        rises = bool(facts.change_wan[year, channel, item] > 0)
        moves.append(
            Move(
                item_no=who.no,
                channel_id=what.id,
                year=portfolio.calendar.first_year + year,
                before_wan=int(baseline[year, channel, item]),
                after_wan=int(plan_wan[year, channel, item]),
                reasons=_reasons(facts, year, channel, item),
                approval=approval_path(
                    portfolio.calendar,
                    channel_id=what.id,
                    channel_group=what.group,
                    year=portfolio.calendar.first_year + year,
                    asof_quarter=case.asof_quarter,
                    increase=rises,
                    from_reserve=(year, channel, item) in reserved,
                    livelihood=LIVELIHOOD in who.tags,
                    short=case.settings.short if facts.cut[year, channel] else Short.NOT,
                    level=level_of((who,), portfolio.projects),
                ),
            )
        )
    return tuple(moves)


def _from_reserve(facts: _Facts) -> set[tuple[int, int, int]]:
    """Rising cells that the reserve alone can pay for: the largest first, as far as it goes.

    The reserve pays what a channel's year is given beyond what its items ask; every other rise
    lives on what another item of the channel gives up.
    """
    found: set[tuple[int, int, int]] = set()
    for year, channel in np.argwhere(facts.reserve_wan > 0).tolist():
        left = int(facts.reserve_wan[year, channel])
        change = facts.change_wan[year, channel]
        for item in np.argsort(-change, kind="stable").tolist():
            if 0 < change[item] <= left:
                found.add((year, channel, item))
                left -= int(change[item])
    return found


def _facts(case: RepairCase, plan_wan: Wan) -> _Facts:
    portfolio = case.portfolio
    baseline = portfolio.plan_wan[:PLAN_YEARS]
    change = moved_wan(case, plan_wan)
    scale = portfolio.conditions.scale_bps
    asked = (baseline * scale // BPS).sum(axis=2)
    planned = (plan_wan * scale // BPS).sum(axis=2)
    reserve = np.maximum(planned - asked, 0)
    if case.year_is_running:
        alone = raised_most_wan(case)
        left = np.where(alone < LARGEST_WAN, np.maximum(alone, 0), reserve[case.first_year])
        reserve[case.first_year] = left
    worked = worked_wan(case, plan_wan).sum(axis=1)
    lead = np.cumsum(worked, axis=0) - np.cumsum(baseline.sum(axis=1), axis=0)
    lead = np.concatenate([np.zeros_like(lead[:1]), lead[:-1]])
    # Rounding leaves a few 万元 between plan and baseline; they are no reason for anything.
    slack = 10
    less = (plan_wan - baseline) < -slack
    priority = np.array([item.priority for item in portfolio.items])
    rising = np.where(change > 0, priority, priority.max() + 1).min(axis=2)
    return _Facts(
        change_wan=change,
        cut=portfolio.envelopes.pooled_wan[:PLAN_YEARS] < asked,
        reserve_wan=reserve,
        room_from=asof_year_of(case.played.facts) + BUDGETED_YEARS,
        behind=lead < -slack,
        ahead=lead > slack,
        timing=(np.abs(case.reference_wan - baseline) > slack) & case.slowed,
        more=worked > baseline.sum(axis=1) + slack,
        less_elsewhere=(less.sum(axis=1, keepdims=True) - less) > 0,
        gives_way=rising[:, :, None] < priority,
    )


def _reasons(facts: _Facts, year: int, channel: int, item: int) -> tuple[Reason, ...]:
    cell = (year, channel, item)
    if facts.change_wan[cell] < 0:
        told = (
            (facts.cut[year, channel], Reason.ENVELOPE_CUT),
            (facts.timing[cell], Reason.SHOCK_TIMING),
            (facts.ahead[year, item], Reason.LATER_PAYBACK),
            (facts.gives_way[cell], Reason.GIVES_WAY),
        )
        reasons = tuple(reason for holds, reason in told if holds)
        return reasons or (Reason.FREED_FOR_OTHERS,)
    told = (
        (facts.less_elsewhere[cell], Reason.REPLACES),
        (facts.behind[year, item], Reason.MAKES_GOOD),
        (facts.more[year, item] and not facts.behind[year, item], Reason.CARRIES_YEAR),
        (
            facts.reserve_wan[year, channel] > 0,
            Reason.FROM_RESERVE if year < facts.room_from else Reason.FROM_ROOM,
        ),
    )
    reasons = tuple(reason for holds, reason in told if holds)
    return reasons or (Reason.TAKES_FREED,)
