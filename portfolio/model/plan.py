"""The baseline plan: each item's money by year and channel, made once, before any scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np

from portfolio.model.arrays import Mask
from portfolio.model.calendar import Calendar
from portfolio.model.items import (
    Channel,
    Item,
    Profile,
    RiskClass,
    Share,
    Target,
    TargetKind,
    inclusion_bps_of,
)
from portfolio.model.money import BPS, Wan, largest_remainder, yi_text
from portfolio.model.quarters import PLAN_YEARS

#: A last year under this part of the item's total joins the year before it (0.25 %).
SMALLEST_LAST_YEAR_BPS = 25


def baseline_years(
    item: Item,
    known: Mapping[int, int],
    programme_weights_bps: tuple[int, ...],
    risk_class: RiskClass,
    calendar: Calendar,
) -> list[int]:
    """An item's money in 万元 for each of the 15 plan years, the first year first.

    Years in `known` are taken as given; what is left of the plan-period money (and of the money
    after it) follows the item's profile, from its first year on. Both sums are met to the 万元.

    Raises
    ------
    ValueError
        The known years can't be reconciled with the item's sums.
    """
    begins = first_index(item, calendar)
    if item.profile is Profile.PROGRAMME:
        period = [float(weight) for weight in programme_weights_bps]
        period[:begins] = [0.0] * len(period[:begins])
        after: list[float] | None = None
    else:
        period, after = _new_start_weights(item, risk_class, calendar.period_years, begins)
    years = _fill(item.plan_wan, period, known, calendar.first_year, item)
    if after is None:
        waits = max(begins - calendar.period_years, 0)
        span = PLAN_YEARS - calendar.period_years - waits
        after = [0.0] * waits + _taper_weights(item.after_period_wan, years[-1], span)
    years += _fill(item.after_period_wan, after, known, calendar.period_last + 1, item)
    return _join_small_last_year(years, item.total_wan, known, calendar)


def first_index(item: Item, calendar: Calendar) -> int:
    """Index of the first year an item's plan may spend in: as said, else where its money begins."""
    if item.first_year is not None:
        return item.first_year - calendar.first_year
    return 0 if item.plan_wan else calendar.period_years


def first_year_flaw(
    first_year: int, plan_wan: int, earlier_wan: int | None, calendar: Calendar
) -> tuple[str, str] | None:
    """What is wrong with a first year beside where the item's money lies, and the fix; or None."""
    period, after = f"“{calendar.period_name}”投资", calendar.period_last + 1
    if plan_wan and first_year >= after:
        return (
            f"首年是 {first_year} 年，晚于 {calendar.period_last} 年，{period}却有 "
            f"{yi_text(plan_wan)} 亿元",
            f"请把首年改为 {calendar.period_last} 年或更早，或把{period}改为 0",
        )
    if not plan_wan and first_year < after:
        return (
            f"首年是 {first_year} 年，{period}却是 0",
            f"请把首年改为 {after} 年或更晚，或填写{period}",
        )
    if first_year > calendar.first_year and earlier_wan:
        return (
            f"首年是 {first_year} 年，{calendar.first_year}年前却已完成 {yi_text(earlier_wan)} 亿元",
            "以前动过工的大项不写首年；中间停过的年份请在年度计划中填 0",
        )
    return None


def _fill(
    amount: int, weights: list[float], known: Mapping[int, int], first: int, item: Item
) -> list[int]:
    """Spread `amount` over years from `first`: known years as given, the rest by weight."""
    given = {year: known[year] for year in range(first, first + len(weights)) if year in known}
    rest = amount - sum(given.values())
    free = [0.0 if first + k in given else weight for k, weight in enumerate(weights)]
    if rest < 0 or (rest > 0 and not any(free)):
        raise ValueError(f"known years of item {item.no} don't fit its sums")
    shares = largest_remainder(rest, free) if rest else [0] * len(weights)
    return [given.get(first + k, share) for k, share in enumerate(shares)]


def _taper_weights(money: int, level: int, span: int) -> list[float]:
    """Yearly integrals of the line that falls from the level of the period's last year and encloses `money`.

    Its length is 2 × money ÷ level, at least one year; past the plan years the line ends above zero
    in the last of them so that the sum fits.
    """
    if money == 0:
        return [0.0] * span
    if level == 0:
        return [1.0] * span
    length = max(1.0, 2.0 * money / level)
    if length > span:
        end = 2.0 * money / span - level
        return [level + (end - level) * (2 * k + 1) / (2 * span) for k in range(span)]

    def area(t: float) -> float:
        t = min(t, length)
        return t - t * t / (2 * length)

    return [area(k + 1) - area(k) for k in range(span)]


def _new_start_weights(
    item: Item, risk_class: RiskClass, period_years: int, begins: int
) -> tuple[list[float], list[float]]:
    """Yearly parts of the class's Beta drawdown curve begun with the year `begins` (an index).

    The curve's length T solves F(years of the period left / T) = plan-period money ÷ (plan-period
    money and later). Begun after the period nothing tells it: then it is as long as the period, and
    not below the item's least duration.
    """
    from scipy.special import betainc, betaincinv

    money = item.plan_wan + item.after_period_wan
    a, b = risk_class.beta_a, risk_class.beta_b
    fraction = item.plan_wan / money if money else 1.0
    inside, ahead = period_years - begins, PLAN_YEARS - begins
    if inside > 0:
        reached = float(betaincinv(a, b, fraction))
        length = inside / reached if reached > 0 else float(ahead)
        length = min(max(length, float(inside)), float(ahead))
    else:
        length = float(min(max(period_years, item.min_duration_years), ahead))
    marks = [
        float(betainc(a, b, min(1.0, max(k - begins, 0) / length))) for k in range(PLAN_YEARS + 1)
    ]
    parts = [later - earlier for earlier, later in pairwise(marks)]
    return parts[:period_years], parts[period_years:]


def drawn_part(risk_class: RiskClass, elapsed: float, length: float) -> float:
    """Part of its money that a project of a class has drawn so many years after its start."""
    from scipy.special import betainc

    reached = min(1.0, max(0.0, elapsed) / length)
    return float(betainc(risk_class.beta_a, risk_class.beta_b, reached))


def _join_small_last_year(
    years: list[int], total: int, known: Mapping[int, int], calendar: Calendar
) -> list[int]:
    """Let a last year under 0.25 % of the total join the year before, never across the period's end."""
    joined = list(years)
    last = max((k for k, money in enumerate(joined) if money), default=0)
    while (
        last not in (0, calendar.period_years)
        and joined[last] * BPS < SMALLEST_LAST_YEAR_BPS * total
    ):
        if calendar.first_year + last in known or calendar.first_year + last - 1 in known:
            break
        joined[last - 1] += joined[last]
        joined[last] = 0
        last -= 1
    return joined


def split_by_channel(
    years: list[int], shares: list[Share], channels: tuple[Channel, ...], first_year: int
) -> Wan:
    """Split an item's yearly money over the channels: int64[year, channel].

    A channel not yet available gives its share to the item's others pro rata; remainders go to
    the largest first, ties in sheet order.
    """
    share_bps = {share.channel_id: share.share_bps for share in shares}
    plan = np.zeros((PLAN_YEARS, len(channels)), dtype=np.int64)
    for k, money in enumerate(years):
        if money:
            weights = [
                share_bps.get(channel.id, 0) if channel.first_year <= first_year + k else 0
                for channel in channels
            ]
            plan[k] = largest_remainder(money, weights)
    return plan


def baseline_plan(
    *,
    items: tuple[Item, ...],
    channels: tuple[Channel, ...],
    shares: tuple[Share, ...],
    known_years: Mapping[tuple[int, int], int],
    programme_weights_bps: tuple[int, ...],
    risk_classes: Mapping[str, RiskClass],
    calendar: Calendar,
) -> Wan:
    """The baseline plan: int64[year, channel, item] in 万元, the first year first.

    `known_years` maps (item number, year) to money. Sums per item are the published ones.
    """
    plan = np.zeros((PLAN_YEARS, len(channels), len(items)), dtype=np.int64)
    by_item: dict[int, list[Share]] = {}
    for share in shares:
        by_item.setdefault(share.item_no, []).append(share)
    known_by_item: dict[int, dict[int, int]] = {}
    for (no, year), money in known_years.items():
        known_by_item.setdefault(no, {})[year] = money
    for index, item in enumerate(items):
        years = baseline_years(
            item,
            known_by_item.get(item.no, {}),
            programme_weights_bps,
            risk_classes[item.risk_class],
            calendar,
        )
        plan[:, :, index] = split_by_channel(
            years, by_item.get(item.no, []), channels, calendar.first_year
        )
    return plan


# --- Progress at approved cost (形象进度): what overruns do not raise


def fed_until(plan_wan: Wan, targets: Iterable[Target], calendar: Calendar) -> int | None:
    """The last year in which a plan, converted, reaches the target; None where none does.

    From the next year on the closed list no longer feeds the target: what lacks is 待入库. A
    ceiling asks for nothing.
    """
    listed = tuple(targets)
    planned = plan_wan.sum(axis=(1, 2)).tolist()
    reached = [
        target.year
        for target in listed
        if target.target_wan is not None
        and target.kind is not TargetKind.CEILING
        and target.year in calendar.plan_years
        and planned[target.year - calendar.first_year]
        * (inclusion_bps_of(listed, target.year) or 0)
        // BPS
        >= target.target_wan
    ]
    return max(reached, default=None)


def at_approved_cost(
    drawn_wan: Wan,
    approved_wan: Wan,
    cost_wan: Wan,
    complete: Mask,
    *,
    before_wan: Wan | int = 0,
    reached_wan: Wan | int = 0,
) -> Wan:
    """Money drawn since the first year as progress, all of it when complete.

    floor(drawn × approved ÷ cost); where facts have `before_wan` drawn and so `reached_wan` of
    progress, the rest of the one makes the rest of the other. The last axis is the item; earlier
    axes of `drawn_wan` and `complete` are kept. Products fit int64 while a portfolio holds no more
    than `money.LARGEST_WAN`.
    """
    left = (drawn_wan - before_wan) * (approved_wan - reached_wan)
    scaled = reached_wan + left // np.maximum(cost_wan - before_wan, 1)
    return np.asarray(np.where(complete, approved_wan, scaled), dtype=np.int64)
