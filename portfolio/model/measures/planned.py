"""What the plan says by itself, quarter by quarter: money, starts and when gates would open.

And what was approved: where a workbook has versions of its plan, the one in force says what is late.
"""

from __future__ import annotations

import numpy as np

from portfolio.model.approved import PlanVersion, in_force, in_force_of_year, of_year
from portfolio.model.arrays import Ints, first_where
from portfolio.model.gates import Gate, GateType
from portfolio.model.money import Wan
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.rules.kept import kept


def planned_quarters(plan_wan: Wan) -> Wan:
    """Planned money by quarter, cumulated: int64[61, channel, item].

    Inside a year quarter k's money is x*k//4 differenced.
    """
    years, channels, items = plan_wan.shape
    cumulated = np.zeros((4 * years + 1, channels, items), dtype=np.int64)
    whole = np.cumsum(plan_wan, axis=0)
    for k in range(1, 5):
        cumulated[k::4] = whole - plan_wan + plan_wan * k // 4
    return cumulated


@kept(2, rests_on=("plan_wan", "adjusted"))
def plan_quarters(portfolio: Portfolio) -> Wan:
    """Planned money along each item's clock, cumulated: int64[quarters + 1, channel, item].

    60 quarters of the plan's years; an adjusted plan has its own, up to 100.
    """
    if portfolio.adjusted is not None:
        return portfolio.adjusted.cum_wan
    return planned_quarters(portfolio.plan_wan)


def planned_span(cum_wan: Wan) -> tuple[Ints, Ints]:
    """First planned quarter of each item and how many there are; both 0 for one without money."""
    by_item = cum_wan.sum(axis=1)
    has_money = by_item[-1] > 0
    first = np.where(has_money, (by_item[1:] > 0).argmax(axis=0), 0)
    end = np.where(has_money, (by_item >= by_item[-1]).argmax(axis=0), 0)
    return first, end - first


# --- The approved plan: the one place that says what is late and what a year was to bring


def plan_in_force(portfolio: Portfolio) -> PlanVersion | None:
    """The version in force at the as-of month; None without versions or without facts."""
    facts = portfolio.facts
    if facts is None:
        return None
    return in_force(portfolio.versions, facts.asof_months - 1)


def agreed_span(portfolio: Portfolio, first: Ints, length: Ints) -> tuple[Ints, Ints]:
    """First and last quarter of each item by the version in force; without one the plan's own.

    first, length : the plan's own span; an item that the version doesn't know keeps it
    """
    starts, ends = np.array(first), np.asarray(first + length - 1)
    version = plan_in_force(portfolio)
    if version is None:
        return starts, ends
    for i, item in enumerate(portfolio.items):
        start, finish = version.spans.get(item.no, (None, None))
        if finish is not None and length[i]:
            starts[i] = first[i] if start is None else start
            ends[i] = finish
    return starts, ends


def agreed_year_wan(portfolio: Portfolio, year: int) -> Wan | None:
    """What the version of a year in force at the as-of planned in it: int64[channel, item].

    year : index from the first year. None where there is no such version
    """
    version = agreed_version(portfolio, year)
    return None if version is None else version_wan(portfolio, version)


def agreed_version(portfolio: Portfolio, year: int) -> PlanVersion | None:
    """The version of a year (an index) in force at the as-of; None where there is none."""
    facts, calendar = portfolio.facts, portfolio.calendar
    if facts is None:
        return None
    return in_force_of_year(portfolio.versions, calendar.first_year + year, facts.asof_months - 1)


def first_plan_wan(portfolio: Portfolio, year: int) -> int | None:
    """The year's plan before it was adjusted; None where it wasn't.

    Of approved versions 年初计划, where the one in force is another; else the plan that a scenario
    has adjusted.
    """
    version = agreed_version(portfolio, year)
    if version is not None:
        first = of_year(portfolio.versions, version.year)[0]
        return first.plan_wan if version.adjusts else None
    if portfolio.adjusted is None or year >= len(portfolio.baseline_wan):
        return None
    return int(portfolio.baseline_wan[year].sum())


def version_wan(portfolio: Portfolio, version: PlanVersion) -> Wan:
    """A version's year by channel and item of a portfolio: int64[channel, item]."""
    money = np.zeros((len(portfolio.channels), len(portfolio.items)), dtype=np.int64)
    for (no, channel), wan in version.cells_wan.items():
        if no in portfolio.position:
            money[portfolio.channel_position[channel], portfolio.position[no]] = wan
    return money


# --- Along the plan's own clock


def planned_progress_wan(portfolio: Portfolio) -> Wan:
    """Money at each quarter's end if every item follows its plan: int64[100, item].

    Earlier money included; after the plan's last quarter it stays at the total.
    An adjusted plan counts as if nothing held the item's clock up.
    """
    before = np.array([item.earlier_wan for item in portfolio.items], dtype=np.int64)
    progress = plan_quarters(portfolio).sum(axis=1)[1:] + before
    rest = np.repeat(progress[-1:], PLAY_QUARTERS - len(progress), axis=0)
    return np.concatenate([progress, rest])


def planned_starts(portfolio: Portfolio) -> list[int | None]:
    """First quarter with planned money by item; None for an item that has none to come."""
    first, length = planned_span(plan_quarters(portfolio))
    return [int(q) if n else None for q, n in zip(first, length, strict=True)]


def planned_opening(
    gate: Gate, portfolio: Portfolio, progress_wan: Wan, starts: list[int | None]
) -> int | None:
    """The quarter in which the gate opens if the predecessor follows its plan; None for never.

    SS opens in the quarter the predecessor starts, any other gate in the quarter after the one
    in which the threshold was reached, both plus the lag. What was reached before the first year is open
    from the first quarter on, and so is a gate on an item that has no money at all.
    """
    index = portfolio.position[gate.pred_no]
    pred = portfolio.items[index]
    if pred.total_wan == 0:
        return 0
    if gate.type is GateType.SS:
        start = starts[index]
        if pred.earlier_wan > 0:
            return 0
        return None if start is None else start + gate.lag_quarters
    at_wan = gate.at_wan(pred)
    assert at_wan is not None  # only SS has none
    if pred.earlier_wan >= at_wan:
        return 0
    reached = first_where(progress_wan[:, index] >= at_wan)
    return None if reached is None else reached + 1 + gate.lag_quarters
