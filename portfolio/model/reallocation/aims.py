"""What a repaired plan reaches of each aim, counted in whole 万元."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.model.arrays import Floats, Ints
from portfolio.model.items import Kind, Target, TargetKind
from portfolio.model.measures.years import progress_wan
from portfolio.model.money import BPS, WAN_PER_YI, Wan
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.reallocation.case import RepairCase, played_after_facts
from portfolio.model.reallocation.settings import Aim
from portfolio.model.rules.parameters import released, released_in_year

#: More than any year can come to.
NO_CEILING = 2**62


def released_in_year_bps(case: RepairCase) -> Ints:
    """Part of a 统筹 channel's yearly allotment that can be drawn in its own year.

    int64[15, channel]; 10,000 for the other kinds, whose money is planned as it is drawn. Of the year
    in which facts end the part of what they leave of it.
    """
    conditions = case.portfolio.conditions
    parts = released(conditions.release_bps, conditions.delay_quarters)
    in_year = released_in_year(parts, conditions.cut_from, conditions.cut_bps)[:PLAN_YEARS]
    if case.after is not None and case.year_is_running:
        in_year[case.first_year] = _of_the_rest(case, parts[case.first_year])
    return np.where(case.portfolio.of_kind(Kind.POOLED), in_year, BPS)


def _of_the_rest(case: RepairCase, released_bps: Ints) -> Ints:
    """Part of a begun year's rest that comes in it: [channel]; released_bps is [channel, 4].

    A shock before the as-of takes from all of the rest.
    """
    conditions, year, quarter = case.portfolio.conditions, case.first_year, case.asof_quarter % 4
    known = released_bps[:, quarter] if case.asof_quarter + 1 > 4 * year else 0 * released_bps[:, 0]
    cut_from, factor = conditions.cut_from[year], conditions.cut_bps[year]
    by_shock = np.take_along_axis(released_bps, np.minimum(cut_from, 3)[:, None], axis=1)[:, 0]
    there, whole = np.maximum(by_shock, known), released_bps[:, 3]
    whole = np.where(cut_from < 3, there + (whole - there) * factor // BPS, whole)
    return np.where(known < BPS, (whole - known) * BPS // np.maximum(BPS - known, 1), BPS)


def withheld_bps(case: RepairCase) -> Ints:
    """Part of a 统筹 channel's yearly allotment that a shock inside the year keeps: int64[15, channel].

    It is taken back at the year's end and asked for again, from the next year's envelope.
    """
    conditions = case.portfolio.conditions
    uncut = replace(conditions, cut_bps=np.full_like(conditions.cut_bps, BPS))
    plain = replace(case, portfolio=replace(case.portfolio, conditions=uncut))
    return released_in_year_bps(plain) - released_in_year_bps(case)


def worked_wan(case: RepairCase, plan_wan: Wan) -> Wan:
    """Money worked with by year: int64[15, channel, item].

    What the year's allotment releases too late moves into the next year.
    """
    parts = released_in_year_bps(case)[:, :, None]
    asked = plan_wan - case.before_wan
    late = asked - asked * parts // BPS
    late[: case.first_year] = 0  # what is past was counted as it came
    worked = plan_wan - late
    worked[1:] += late[:-1]
    return np.asarray(worked, dtype=np.int64)


def conversion_bps(portfolio: Portfolio) -> Ints:
    """入列系数 by plan year, 0 where there is none: int64[15]."""
    factors = {t.year: t.inclusion_bps or 0 for t in portfolio.targets}
    return np.array(
        [factors.get(portfolio.calendar.first_year + y, 0) for y in range(PLAN_YEARS)],
        dtype=np.int64,
    )


def wanted_wan(case: RepairCase) -> Wan:
    """What each year is to reach, converted: int64[15]; 0 where nothing is asked, as of the past.

    The target, but no more than the baseline itself comes to; the full target where start years
    are decisions too. A ceiling asks for nothing.
    """
    by_year: dict[int, Target] = {target.year: target for target in case.portfolio.targets}
    factors = conversion_bps(case.portfolio)
    planned = counted_wan(case, case.portfolio.plan_wan[:PLAN_YEARS].sum(axis=1)) * factors // BPS
    wanted = np.zeros(PLAN_YEARS, dtype=np.int64)
    for y in range(case.first_year, PLAN_YEARS):
        target = by_year.get(case.calendar.first_year + y)
        if target is None or target.target_wan is None or not factors[y]:
            continue
        if target.kind is not TargetKind.CEILING:
            full = case.reschedule
            wanted[y] = target.target_wan if full else min(target.target_wan, int(planned[y]))
    return wanted


def counted_wan(case: RepairCase, by_item_wan: Wan) -> Wan:
    """What money worked with [15, item] comes to as progress by year: int64[15].

    Up to the as-of as the facts have it.
    """
    if case.after is None:
        return np.asarray(by_item_wan.sum(axis=1), dtype=np.int64)
    later = by_item_wan - case.after.drawn_wan.sum(axis=1)
    counted = case.after.reached_wan + later * case.after.counts_bps // BPS
    return np.asarray(counted.sum(axis=1), dtype=np.int64)


def counted_yi(case: RepairCase, by_item_yi: Floats) -> Floats:
    """As `counted_wan`, in 亿元 and not cut to the 万元: float[15]."""
    if case.after is None:
        return np.asarray(by_item_yi.sum(axis=1))
    later = by_item_yi - case.after.drawn_wan.sum(axis=1) / WAN_PER_YI
    counted = case.after.reached_wan / WAN_PER_YI + later * case.after.counts_bps / BPS
    return np.asarray(counted.sum(axis=1))


def ceiling_wan(case: RepairCase) -> Wan:
    """Most each year is to come to, converted: int64[15]; `NO_CEILING` where nothing is asked.

    A ceiling, or the top of a band; asked only where start years are decisions too.
    """
    factors = conversion_bps(case.portfolio)
    most = np.full(PLAN_YEARS, NO_CEILING, dtype=np.int64)
    for target in case.portfolio.targets if case.reschedule else ():
        y = target.year - case.calendar.first_year
        if not case.first_year <= y < PLAN_YEARS or not factors[y]:
            continue
        top = target.upper_wan if target.kind is TargetKind.BAND else None
        if target.kind is TargetKind.CEILING:
            top = target.target_wan
        if top is not None:
            most[y] = top
    return most


def shortfall_by_year_wan(case: RepairCase, plan_wan: Wan) -> Wan:
    """Converted money each year lacks of what is wanted, or is above its ceiling: int64[15]."""
    counted = counted_wan(case, worked_wan(case, plan_wan).sum(axis=1))
    converted = counted * conversion_bps(case.portfolio) // BPS
    lacking = np.maximum(wanted_wan(case) - converted, 0)
    return np.asarray(lacking + np.maximum(converted - ceiling_wan(case), 0), dtype=np.int64)


def behind_wan(case: RepairCase, plan_wan: Wan) -> Wan:
    """Money each item is behind the baseline at each year's end: int64[15, item]; 0 in the past."""
    baseline = np.cumsum(case.portfolio.plan_wan[:PLAN_YEARS].sum(axis=1), axis=0)
    plan = np.cumsum(worked_wan(case, plan_wan).sum(axis=1), axis=0)
    behind = np.maximum(baseline - plan, 0)
    behind[: case.first_year] = 0
    return np.asarray(behind, dtype=np.int64)


def moved_wan(case: RepairCase, plan_wan: Wan) -> Wan:
    """Change of each 统筹 cell that can still be adjusted: int64[15, channel, item], after − before."""
    change = plan_wan - case.portfolio.plan_wan[:PLAN_YEARS]
    change[: case.first_year] = 0
    return np.where(case.portfolio.of_kind(Kind.POOLED)[:, None], change, 0)


def weights(case: RepairCase) -> Wan:
    """Weight of each item's delay: int64[item]."""
    return np.array(
        [case.settings.weight(item.priority) for item in case.portfolio.items], dtype=np.int64
    )


def aim_values(case: RepairCase, plan_wan: Wan) -> dict[Aim, int]:
    """缺口 (万元 converted), 滞后 (weighted 万元·年), 调整量 (万元) of a plan."""
    return {
        Aim.SHORTFALL: int(shortfall_by_year_wan(case, plan_wan).sum()),
        Aim.DELAY: int((behind_wan(case, plan_wan) * weights(case)).sum()),
        Aim.MOVEMENT: int(np.abs(moved_wan(case, plan_wan)).sum()),
    }


# --- What a play reaches of a repair's aims: the promise is judged by the same measure as the play


def played_aims(case: RepairCase, portfolio: Portfolio, outcome: Outcome) -> dict[Aim, int]:
    """缺口 (万元 converted) and weighted 滞后 (万元·年) of a play, as `repair_aims` counts a plan's.

    `portfolio` is the one played (repaired or not); progress counts at approved cost.
    """
    progress = progress_wan(portfolio, outcome)[3::4][:PLAN_YEARS]
    yearly = np.diff(progress, axis=0, prepend=0).sum(axis=1)
    converted = yearly * conversion_bps(case.portfolio) // BPS
    lacking = np.maximum(wanted_wan(case) - converted, 0)
    reached = np.cumsum(played_by_year(case, portfolio, outcome), axis=0)
    baseline = np.cumsum(case.portfolio.plan_wan[:PLAN_YEARS].sum(axis=1), axis=0)
    behind = np.maximum(baseline - reached, 0)[case.first_year :] * weights(case)
    return {Aim.SHORTFALL: int(lacking.sum()), Aim.DELAY: int(behind.sum())}


def played_by_year(case: RepairCase, portfolio: Portfolio, outcome: Outcome) -> Wan:
    """What a play does in each year as a repair's plan counts it: int64[15, item].

    Progress at approved cost; after facts money at the plan's cost, as the plan itself is.
    """
    if case.after is not None:
        money = played_after_facts(portfolio, outcome) + case.after.drawn_wan
        return np.asarray(money.sum(axis=1), dtype=np.int64)
    progress = progress_wan(portfolio, outcome)[3::4]
    return np.diff(progress, axis=0, prepend=0)[:PLAN_YEARS]


def play_judges(case: RepairCase) -> bool:
    """Whether the play can judge the repair: after facts always, as it begins where they end.

    Without them not where it was decided after the shock began: the play starts with the first year
    and money drawn under the shock would be laid down as a plan and shocked once more.
    """
    if case.after is not None:
        return True
    years = slice(0, case.first_year)
    before = case.portfolio.plan_wan[years]
    return not case.year_is_running and bool((case.past_wan[years] == before).all())
