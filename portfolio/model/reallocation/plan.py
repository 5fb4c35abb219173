"""A repaired plan laid down on the items' clocks, so that the play meets it in its years.

The plan says what is wanted by calendar year; a play asks for money as an item's clock goes. Late
starts, stoppages, pace and duration stay in force: the money of a year is put where the clock
stands in that year if neither money nor gates hold the item.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.measures.planned import planned_quarters, planned_span
from portfolio.model.money import BPS, Wan
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS, PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.reallocation.aims import worked_wan
from portfolio.model.reallocation.case import RepairCase
from portfolio.model.reallocation.deferred import deferred, with_the_rest
from portfolio.model.reallocation.from_facts import (
    at_approved_cost,
    drawn_by_year,
    planned_money,
)
from portfolio.model.reallocation.settings import AdjustedPlan
from portfolio.model.rules.opening import opening
from portfolio.model.rules.parameters import Limits, derive, released_in_year


def unhindered_clock(portfolio: Portfolio) -> Ints:
    """Where each item's clock stands at each quarter's end: int64[100, item], bps of a quarter.

    Counted from the start as the plan is: the baseline's first quarter, reached with the late start,
    and what the clock moved since at its pace, stoppages and duration kept; on past the plan's
    end. Neither money nor gates hold it. Before the start it stands at the first quarter.
    """
    first, _ = planned_span(planned_quarters(portfolio.baseline_wan))
    moved = _moved(portfolio, first)[1:]
    return np.asarray(first * BPS + moved * BPS // portfolio.conditions.duration_bps)


def _moved(portfolio: Portfolio, first: Ints) -> Ints:
    """What the clocks moved by quarter's end, if an item's plan begins at `first`: [101, item].

    In bps as the play counts it: a quarter of the plan is `duration_bps` long.
    """
    conditions = portfolio.conditions
    quarters = np.arange(PLAY_QUARTERS)[:, None]
    waits = quarters < first + conditions.start_delay_quarters
    steps = np.where(waits | conditions.stopped, 0, conditions.pace_bps)
    none = np.zeros((1, len(first)), dtype=np.int64)
    return np.concatenate([none, steps.cumsum(axis=0)])


def lay_out(portfolio: Portfolio, plan_wan: Wan, *, asof_quarter: int) -> Portfolio:
    """The portfolio with an adjusted plan in place of its own, in force from `asof_quarter` on.

    plan_wan : int64[15 years, channel, item] at approved cost, whole 万元
    asof_quarter : last quarter already past (-1: before the first year)

    What 15 years leave of an item's total stands after the plan, and is asked for as soon as there
    is room (`deferred`). Played with money enough, items
    whose clock stands at whole quarters draw just the money of each year; where pace or duration
    break quarters, up to what lies between two quarters of the plan. Money of a year in which the
    clock stands (before the start, in a stoppage) is met when it moves.

    Raises
    ------
    ValueError
        The plan is of another shape, negative, or brings an item more than its total.
    """
    if portfolio.facts is not None:
        return _lay_out_after_facts(portfolio, plan_wan)
    baseline = portfolio.baseline_wan
    if plan_wan.shape != baseline.shape:
        raise ValueError("an adjusted plan has 15 years, and the portfolio's channels and items")
    if (plan_wan < 0).any():
        raise ValueError("an adjusted plan has no negative money")
    if (plan_wan.sum(axis=(0, 1)) > baseline.sum(axis=(0, 1))).any():
        raise ValueError("an adjusted plan brings no item more than its total")
    whole = np.zeros((PLAY_YEARS, *plan_wan.shape[1:]), dtype=np.int64)
    whole[:PLAN_YEARS] = plan_wan
    moves = np.diff(unhindered_clock(portfolio)[3::4], axis=0, prepend=0) > 0
    lacks = np.maximum(baseline.sum(axis=0) - plan_wan.sum(axis=0), 0)
    missing = baseline.sum(axis=(0, 1)) - plan_wan.sum(axis=(0, 1))
    whole = with_the_rest(portfolio, whole, lacks, missing, moves)
    asked = deferred(portfolio, whole, baseline, moves)
    clocks = _clocks(portfolio, _first_quarters(portfolio, whole))
    cum = np.stack(
        [_item_on_clock(asked[:, :, i], clock) for i, clock in enumerate(clocks)], axis=2
    )
    ends = (cum.sum(axis=1) >= cum[-1].sum(axis=0)).argmax(axis=0)
    adjusted = AdjustedPlan(
        baseline_wan=baseline,
        cum_wan=np.ascontiguousarray(cum[: max(4 * PLAN_YEARS, int(ends.max())) + 1]),
        asof_quarter=asof_quarter,
    )
    return replace(portfolio, plan_wan=_without_empty_years(whole), adjusted=adjusted)


# -- after facts -----------------------------------------------------------------------------------


def _lay_out_after_facts(portfolio: Portfolio, plan_wan: Wan) -> Portfolio:
    """An adjusted plan along the clocks from where facts leave them; see `lay_out`.

    plan_wan : as `from_facts.as_left` has it: what was drawn in the years before, and in the begun
        year with it. An item that is at its plan's end is asked for at once, as without an
        adjustment.

    Raises
    ------
    ValueError
        The plan is of another shape, negative, changes the past or brings more than is left.
    """
    begun, drawn = opening(portfolio), drawn_by_year(portfolio)
    whole = np.zeros_like(drawn)
    whole[:PLAN_YEARS] = plan_wan - drawn[:PLAN_YEARS]
    left = np.maximum(begun.rest_wan[-1], 0)
    if (whole < 0).any() or whole[: begun.quarter // 4].any():
        raise ValueError("an adjusted plan changes nothing of the past")
    if (whole.sum(axis=(0, 1)) > left.sum(axis=0)).any():
        raise ValueError("an adjusted plan brings no item more than is left of it")
    baseline = planned_quarters(portfolio.baseline_wan)
    first, length = planned_span(baseline)
    waits = np.where(begun.started, first, _later_start(portfolio, whole, first))
    moved = _moved_on(portfolio, waits)
    moves = np.asarray((np.diff(moved, axis=0) > 0).reshape(PLAY_YEARS, 4, -1).any(axis=1))
    lacks = np.maximum(left - whole.sum(axis=0), 0)
    missing = left.sum(axis=0) - whole.sum(axis=(0, 1))
    whole = with_the_rest(portfolio, whole, lacks, missing, moves)
    before = np.maximum(planned_money(portfolio) - drawn[:PLAN_YEARS], 0)
    asked = deferred(portfolio, whole, before, moves)
    rest = np.zeros((PLAY_QUARTERS + 1, *whole.shape[1:]), dtype=np.int64)
    for i in range(whole.shape[2]):
        if begun.position_bps[i] >= length[i] * BPS:
            rest[:, :, i] = asked[:, :, i].sum(axis=0)
            continue
        clock = _Clock(
            first=int(waits[i]),
            late=1,
            ends_bps=int(length[i] * portfolio.conditions.duration_bps[i]),
            duration_bps=int(portfolio.conditions.duration_bps[i]),
            moved_bps=moved[:, i],
            opens=begun.quarter,
        )
        rest[:, :, i] = _item_on_clock(asked[:, :, i], clock)
    rows = at_approved_cost(begun, drawn, np.maximum(rest, 0), baseline, waits)
    ends = (rows.sum(axis=1) >= rows[-1].sum(axis=0)).argmax(axis=0)
    kept = max(4 * PLAN_YEARS, int(ends.max())) + 1
    over = begun.quarter // 4  # what was planned for years that are over stays what it was
    whole[:over], whole[over] = portfolio.baseline_wan[:over], whole[over] + drawn[over]
    return replace(
        portfolio,
        plan_wan=_without_empty_years(whole),
        adjusted=AdjustedPlan(
            baseline_wan=portfolio.baseline_wan,
            cum_wan=np.ascontiguousarray(rows[:kept]),
            asof_quarter=begun.quarter - 1,
            rest_wan=np.ascontiguousarray(rest[:kept]),
        ),
    )


def _later_start(portfolio: Portfolio, whole: Wan, first: Ints) -> Ints:
    """The quarter in which the plan of an item not yet begun begins, late starts not counted.

    The approved plan's, unless the adjusted one begins in a later year than the item can.
    """
    begun, late = opening(portfolio), portfolio.conditions.start_delay_quarters
    start = np.maximum(first + late, begun.quarter)
    money = whole.any(axis=1)
    wanted = 4 * money.argmax(axis=0)
    later = money.any(axis=0) & (wanted // 4 > start // 4)
    return np.where(later, np.maximum(wanted - late, 0), first)


def _moved_on(portfolio: Portfolio, first: Ints) -> Ints:
    """Where the clocks stand after k quarters, from where facts leave them: [101, item]."""
    limits, begun = derive(portfolio), opening(portfolio)
    quarters = np.arange(PLAY_QUARTERS)[:, None]
    start = np.where(
        begun.started, begun.quarter, first + portfolio.conditions.start_delay_quarters
    )
    waits = (quarters < start) | (quarters < begun.quarter)
    steps = np.where(waits | limits.stopped, 0, limits.pace_bps)
    return np.concatenate([limits.moved_bps[None], limits.moved_bps + steps.cumsum(axis=0)])


# -- the years after the plan ----------------------------------------------------------------------


def _without_empty_years(plan_wan: Wan) -> Wan:
    """The plan as far as it has money, 15 years at least."""
    used = np.flatnonzero(plan_wan.any(axis=(1, 2)))
    return plan_wan[: max(PLAN_YEARS, int(used[-1]) + 1 if len(used) else 0)]


# -- the first quarter -----------------------------------------------------------------------------


def _first_quarters(portfolio: Portfolio, plan_wan: Wan) -> Ints:
    """The quarter in which each item's adjusted plan begins, late starts not counted: int64[item].

    The baseline's, so that the scenario moves the item as it did, unless the adjusted plan itself
    begins in a later year than the item can, or in an earlier one than the baseline does. A later
    beginning takes the late start in: the plan's year is then the real one.
    """
    late = portfolio.conditions.start_delay_quarters
    baseline, _ = planned_span(planned_quarters(portfolio.baseline_wan))
    wanted, _ = planned_span(planned_quarters(plan_wan))
    # Without a single move the clock “starts” after the play.
    moves = _moved(portfolio, baseline)[1:] > 0
    start = np.where(moves.any(axis=0), moves.argmax(axis=0), PLAY_QUARTERS)
    later = wanted // 4 > start // 4
    earlier = wanted // 4 < baseline // 4
    as_it_was = (wanted // 4 == start // 4) & (start == baseline)
    first = np.where(later, np.maximum(wanted - late, 0), baseline)
    return np.asarray(np.where(earlier | as_it_was, wanted, first), dtype=np.int64)


# -- on the clock ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Clock:
    """An item's clock if nothing but the scenario holds it.

    first : the plan's first quarter; late : quarters of late start
    ends_bps : what it has moved when it comes to the baseline's end
    duration_bps : a quarter of the plan on the clock
    moved_bps : int64[101] at the end of k quarters; after facts where they leave it until `opens`
    opens : the first quarter played
    """

    first: int
    late: int
    ends_bps: int
    duration_bps: int
    moved_bps: Ints
    opens: int = 0

    @property
    def stands(self) -> tuple[int, int]:
        """The whole quarters the clock has moved when play begins, and what of the next."""
        return divmod(int(self.moved_bps[self.opens]), self.duration_bps)


def _clocks(portfolio: Portfolio, first: Ints) -> list[_Clock]:
    """The items' clocks, if their plans begin at `first`."""
    conditions, moved = portfolio.conditions, _moved(portfolio, first)
    start, length = planned_span(planned_quarters(portfolio.baseline_wan))
    return [
        _Clock(
            first=int(first[i]),
            late=int(conditions.start_delay_quarters[i]),
            ends_bps=int((start[i] + length[i] - first[i]) * conditions.duration_bps[i]),
            duration_bps=int(conditions.duration_bps[i]),
            moved_bps=moved[:, i],
        )
        for i in range(len(portfolio.items))
    ]


def _item_on_clock(years_wan: Wan, clock: _Clock) -> Wan:
    """An item's plan along its clock, cumulated: int64[101, channel] of its [25, channel]."""
    by_quarter = np.concatenate([years_wan[:1] * 0, _in_quarters(years_wan, clock).cumsum(axis=0)])
    marks = (np.arange(PLAY_QUARTERS + 1) - clock.first) * clock.duration_bps
    moved = clock.moved_bps
    at = np.searchsorted(moved, marks)  # the first quarter's end at which the clock is there
    after = np.minimum(np.maximum(at, 1), PLAY_QUARTERS)
    step = np.maximum(moved[after] - moved[after - 1], 1)
    part = np.clip(marks - moved[after - 1], 0, step)
    between = by_quarter[after] - by_quarter[after - 1]
    cum: Wan = by_quarter[after - 1] + between * part[:, None] // step[:, None]
    cum[marks <= 0] = 0
    cum[at > PLAY_QUARTERS] = by_quarter[-1]
    cum[-1] = by_quarter[-1]
    _close(cum, by_quarter, clock)
    _meet_years(cum, by_quarter, clock)
    if not clock.moved_bps[0]:
        _open(cum, clock.first)
    else:
        _pass_through(cum, clock)
    return cum


def _in_quarters(years_wan: Wan, clock: _Clock) -> Wan:
    """A year's money in its quarters, as far as the clock moves in each: int64[100, channel].

    Evenly where it does not move. In the year in which an item begins as planned, the quarters
    before count as if worked in, as they do in the workbook's plan; in the last year of a plan that
    ends in the year the baseline's would, those after its end do not count.
    """
    weights = np.diff(clock.moved_bps)
    years = np.flatnonzero(years_wan.any(axis=1))
    after = 4 * int(years[-1]) + 4 if len(years) else PLAY_QUARTERS
    if clock.moved_bps[after - 4] < clock.ends_bps <= clock.moved_bps[after]:
        weights = np.diff(np.minimum(clock.moved_bps, clock.ends_bps))
    if not clock.late and weights[clock.first]:
        weights[: clock.first] = weights[clock.first]
    weights[: clock.opens] = 0
    weights = weights.reshape(PLAY_YEARS, 4)
    there = (np.arange(PLAY_QUARTERS) >= clock.opens).reshape(PLAY_YEARS, 4)
    weights = np.where(weights.any(axis=1, keepdims=True), weights, there)
    weights[: clock.opens // 4] = 1
    upto = weights.cumsum(axis=1)
    cum = years_wan[:, None] * upto[:, :, None] // upto[:, -1:, None]
    by_quarter = np.diff(cum, axis=1, prepend=0).reshape(PLAY_QUARTERS, -1)
    return np.asarray(by_quarter, dtype=np.int64)


def _close(cum: Wan, by_quarter: Wan, clock: _Clock) -> None:
    """Let the plan end at the last whole quarter of the clock in the quarter of its last money.

    Else a broken last quarter would leave money to the quarter after it.
    """
    end = int((by_quarter.sum(axis=1) >= by_quarter[-1].sum()).argmax())
    if end == 0:
        return
    steps = int(clock.moved_bps[end]) // clock.duration_bps
    if steps * clock.duration_bps > clock.moved_bps[end - 1]:
        cum[clock.first + steps :] = by_quarter[-1]


def _meet_years(cum: Wan, by_quarter: Wan, clock: _Clock) -> None:
    """Let the clock come to a year's money at its end also where that lies between two quarters.

    Straight lines from quarter to quarter cut the corner a plan has where two years meet: both
    ends of the line are moved by what it misses, then each, as far as no money is taken away.
    """
    full = clock.duration_bps
    for end in range(4, PLAY_QUARTERS + 1, 4):
        steps, rest = divmod(int(clock.moved_bps[end]), full)
        row = clock.first + steps
        stood = clock.moved_bps[end] == clock.moved_bps[end - 4]
        if not rest or stood or row + 2 > PLAY_QUARTERS:
            continue
        if clock.moved_bps[0] and steps == clock.stands[0]:
            since = rest - clock.stands[1]
            wanted = by_quarter[end] * (full - clock.stands[1]) // max(since, 1)
            cum[row + 1] = np.clip(wanted, 0, cum[row + 2])
            continue
        if not steps:
            continue
        # What is moved (first and last row), and its part in the line at the year's end.
        both, upper, lower = (row, row + 1, full), (row + 1, row + 1, rest), (row, row, full - rest)
        for low, high, weight in (both, upper, lower):
            line = cum[row] + (cum[row + 1] - cum[row]) * rest // full
            missed = (by_quarter[end] - line) * full // weight
            least, most = cum[low - 1] - cum[low], cum[high + 1] - cum[high]
            cum[low : high + 1] += np.clip(missed, least, most)


def _pass_through(cum: Wan, clock: _Clock) -> None:
    """Let the plan pass zero where facts leave the clock: below it in the row it stands in."""
    whole, part = clock.stands
    row, full = clock.first + whole, clock.duration_bps
    if row + 1 < len(cum):
        cum[: row + 1] = cum[row + 1] - cum[row + 1] * full // (full - part)


def _open(cum: Wan, first: int) -> None:
    """Let the plan begin at its first quarter, with one 万元 where rounding leaves none there.

    The clock starts with the first money: later money would start it later.
    """
    if cum[-1].any() and not cum[first + 1].any():
        row = int(cum.any(axis=1).argmax())
        cum[first + 1 : row, int(cum[row].argmax())] = 1


# --- From money as it is worked with to money as it is allotted: what the play is given of a repair


def plan_for_play(case: RepairCase, plan_wan: Wan) -> Wan:
    """The plan with own and earmarked money in the year it is allotted, loans before rationing.

    int64[15, channel, item]; the plan itself where nothing is late and no credit is rationed.
    """
    limits = derive(case.portfolio)
    given = plan_wan.copy()
    in_year = released_in_year(limits.released_bps, limits.cut_from, limits.cut_bps)[:PLAN_YEARS]
    late = np.asarray((in_year < BPS).any(axis=0))
    for channel in np.flatnonzero(limits.owned & late).tolist():
        before = case.before_wan[:, channel]
        given[:, channel] = before + _allotted(
            plan_wan[:, channel] - before,
            in_year[:, channel],
            case.portfolio.plan_wan[:PLAN_YEARS, channel] - before,
        )
    rationed = np.asarray(limits.credit_limited[:PLAN_YEARS].any(axis=0))
    left = case.portfolio.plan_wan[:PLAN_YEARS].sum(axis=(0, 1)) - given.sum(axis=(0, 1))
    for channel in np.flatnonzero(limits.credit).tolist():
        loans = _asked(case, limits, plan_wan, given, channel)
        if rationed[channel]:
            loans = np.maximum(loans, _unrationed(case, limits, given, channel))
        granted = np.cumsum(plan_wan[:, channel], axis=0)
        # No more than the channel's own plan and the item's total have room for.
        most = np.minimum(case.portfolio.plan_wan[:, channel].sum(axis=0), granted[-1] + left)
        loans = np.maximum(granted, np.minimum(loans, np.maximum(most, granted[-1])))
        loans[: case.first_year] = granted[: case.first_year]
        loans = np.maximum.accumulate(loans, axis=0)
        given[:, channel] = np.diff(loans, axis=0, prepend=0)
        left = left - (loans[-1] - granted[-1])
    return given


def _allotted(drawn: Wan, released_bps: np.ndarray, baseline: Wan) -> Wan:
    """Yearly allotments [year, item] of which so much arrives each year, by the part released.

    Where nothing of a year's allotment arrives in it, next year's money is taken, up to the
    baseline.
    """
    allotted = np.zeros_like(drawn)
    late = np.zeros_like(drawn[0])
    for year, part in enumerate(released_bps.tolist()):
        if part:
            allotted[year] = np.maximum(drawn[year] - late, 0) * BPS // part
        elif year + 1 < len(drawn):
            allotted[year] = np.minimum(baseline[year], drawn[year + 1])
        late = allotted[year] - allotted[year] * part // BPS
    # Neither less than what arrives, nor more than all of it.
    upto = np.maximum(np.cumsum(allotted, axis=0), np.cumsum(drawn, axis=0))
    upto = np.minimum(upto, drawn.sum(axis=0))
    return np.asarray(np.diff(upto, axis=0, prepend=0), dtype=np.int64)


def _capital(limits: Limits, money: Wan) -> Wan:
    """Capital cumulated: int64[year, item] in 万元·bps."""
    upto = np.cumsum(money, axis=0)
    return np.asarray((upto * limits.capital_bps[:, None]).sum(axis=1), dtype=np.int64)


def _asked(case: RepairCase, limits: Limits, plan_wan: Wan, given: Wan, channel: int) -> Wan:
    """Loans [year, item] cumulated, raised as planned capital is above the capital that arrives.

    The play grants loans × capital drawn ÷ capital planned: so much comes out of it again.
    """
    before = case.before_wan
    earlier = np.cumsum(before[:, channel], axis=0)
    granted = np.cumsum(plan_wan[:, channel], axis=0) - earlier
    arrives = _capital(limits, worked_wan(case, plan_wan) - before)
    planned = _capital(limits, given - before)
    raised = np.where(arrives > 0, planned / np.maximum(arrives, 1), 1.0)
    return np.asarray(earlier + np.rint(granted * np.maximum(raised, 1.0)), dtype=np.int64)


def _unrationed(case: RepairCase, limits: Limits, given: Wan, channel: int) -> Wan:
    """Loans [year, item] cumulated as planned capital would carry them if credit were not rationed."""
    before = case.before_wan
    baseline = case.portfolio.plan_wan[:PLAN_YEARS] - before
    due, held = _capital(limits, baseline), _capital(limits, given - before)
    loans = np.cumsum(baseline[:, channel], axis=0)
    # Ratios first: the product of loans and capital would pass int64.
    room = np.where(due > 0, loans * (held / np.maximum(due, 1)), loans)
    return np.asarray(np.cumsum(before[:, channel], axis=0) + room, dtype=np.int64)
