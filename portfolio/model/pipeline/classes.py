"""Classes of starts: how fast their money comes, which channels pay, how much of the list they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from portfolio.model.items import Item, RiskClass, Share
from portfolio.model.money import BPS, largest_remainder
from portfolio.model.pipeline.settings import StartSettings
from portfolio.model.plan import drawn_part, split_by_channel
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAN_YEARS

#: Parts of a start's money are counted in so many parts of the whole.
WHOLE = 10**9


@dataclass(frozen=True, kw_only=True)
class StartClass:
    """Projects of a risk class, begun evenly over the quarters of a year.

    weight_wan : 总投资 of the list's items of the class: its part in what is started
    years : how long the money of one project takes, in years
    min_years : least duration, whole years
    upto : cumulated parts of WHOLE by the end of the year of the start and of those after it
    mix_bps : parts of the channels, in their order
    """

    key: str
    title: str
    weight_wan: int
    years: float
    min_years: int
    upto: tuple[int, ...]
    mix_bps: tuple[int, ...]

    @cached_property
    def parts(self) -> tuple[float, ...]:
        """Parts of a start's money by year."""
        return tuple((later - now) / WHOLE for now, later in pairwise((0, *self.upto)))

    def money_wan(self, volume_wan: int, years: int) -> tuple[int, ...]:
        """A start's money in its first years in whole 万元: cumulative floors, differenced."""
        marks = [volume_wan * part // WHOLE for part in self.upto[:years]]
        marks += [volume_wan] * (years - len(marks))
        return tuple(later - now for now, later in pairwise((0, *marks)))

    def by_channel_wan(
        self, volume_wan: int, year: int, portfolio: Portfolio
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """A start of a year as the plan of an item: int64[plan year, channel], to the plan's end."""
        begins = year - portfolio.calendar.first_year
        money = self.money_wan(volume_wan, PLAN_YEARS - begins)
        shares = self.shares(0, portfolio)
        return split_by_channel(
            [0] * begins + list(money), shares, portfolio.channels, portfolio.calendar.first_year
        )

    def shares(self, item_no: int, portfolio: Portfolio) -> list[Share]:
        """The channels' parts as shares of an item."""
        return [
            Share(
                item_no=item_no,
                channel_id=channel.id,
                share_bps=part,
                max_share_bps=part,
                provenance="假设：同类大项的资金结构",
            )
            for channel, part in zip(portfolio.channels, self.mix_bps, strict=True)
            if part
        ]


def start_classes(portfolio: Portfolio, settings: StartSettings) -> tuple[StartClass, ...]:
    """The classes of the list's items, in the order of the sheet 风险参数."""
    by_class: dict[str, list[Item]] = {}
    for item in portfolio.items:
        by_class.setdefault(item.risk_class, []).append(item)
    return tuple(
        start_class(portfolio, risk, by_class[risk.key], settings)
        for risk in portfolio.risk_classes
        if risk.key in by_class
    )


def start_class(
    portfolio: Portfolio, risk: RiskClass, items: list[Item], settings: StartSettings
) -> StartClass:
    """A class as its items have it; duration is their mean by money."""
    weight = sum(item.total_wan for item in items)
    durations = [(item.min_duration_years, item.total_wan or 1) for item in items]
    shortest = sum(y * w for y, w in durations) / sum(w for _, w in durations)
    years = max(1.0, shortest * settings.stretch_bps / BPS)
    return StartClass(
        key=risk.key,
        title=risk.title,
        weight_wan=weight,
        years=years,
        min_years=max(1, round(shortest)),
        upto=curve(risk, years, settings.quarters),
        mix_bps=channel_mix(portfolio, items, later=settings.later_mix),
    )


def curve(risk: RiskClass, years: float, quarters: int) -> tuple[int, ...]:
    """Cumulated parts of WHOLE by year's end: the mean of starts at each quarter's beginning."""
    marks: list[int] = []
    while not marks or marks[-1] < WHOLE:
        after = [len(marks) + 1 - q / 4 for q in range(quarters)]
        reached = sum(drawn_part(risk, each, years) for each in after) / quarters
        marks.append(WHOLE if min(after) >= years else min(WHOLE, round(reached * WHOLE)))
    return tuple(marks)


def channel_mix(portfolio: Portfolio, items: list[Item], *, later: bool) -> tuple[int, ...]:
    """Who pays for items by their plan after the planned period, or where there is none by all of it."""
    at = [portfolio.position[item.no] for item in items]
    plan = portfolio.baseline_wan[:, :, at].sum(axis=2)
    after = plan[portfolio.calendar.period_years :].sum(axis=0)
    money = after if later and after.any() else plan.sum(axis=0)
    return tuple(largest_remainder(BPS, [int(each) for each in money]))


def total_weight(classes: tuple[StartClass, ...]) -> int:
    """What all classes weigh."""
    return sum(each.weight_wan for each in classes)


def first_years(classes: tuple[StartClass, ...], years: int) -> tuple[float, ...]:
    """Parts of a start's money by year in the mix of the list."""
    whole = total_weight(classes)
    return tuple(
        sum(each.weight_wan * part_of(each, k) for each in classes) / whole for k in range(years)
    )


def part_of(each: StartClass, k: int) -> float:
    """Part of a start's money in its k-th year, 0 once it is over."""
    parts = each.parts
    return parts[k] if k < len(parts) else 0.0
