"""Starts put into the list as items, so that the play can be asked whether the targets hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portfolio.model.items import Item, Kind, Profile, ProjectKind, Share
from portfolio.model.money import Wan
from portfolio.model.pipeline.classes import StartClass
from portfolio.model.pipeline.plan import StartPlan
from portfolio.model.portfolio import Portfolio
from portfolio.model.scenarios.added_items import appended

WORK = "拟新开工"
NOTE = "假设：拟新开工，按同类大项的投资曲线与资金结构"


@dataclass(frozen=True, kw_only=True)
class Start:
    """One thing to be started: a class's volume of a year, or a project by name."""

    name: str
    of: StartClass
    volume_wan: int
    year: int


def starts_of(plan: StartPlan) -> tuple[Start, ...]:
    """A plan's starts, year by year, class by class."""
    return tuple(
        Start(name=f"{WORK} {year.year} {each.title}", of=each, volume_wan=volume, year=year.year)
        for s, year in enumerate(plan.need.years)
        for k, each in enumerate(plan.need.classes)
        if (volume := int(plan.volumes_wan[k, s]))
    )


def with_starts(portfolio: Portfolio, starts: Sequence[Start]) -> Portfolio:
    """A portfolio with starts in its list; 统筹 envelopes grow by what they ask.

    An item holds what of its start lies before the plan's last year: what comes later is in no year
    that is asked about.
    """
    if not starts:
        return portfolio
    after = max(portfolio.position, default=0) + 1
    names = {item.name for item in portfolio.items}
    plans = [each.of.by_channel_wan(each.volume_wan, each.year, portfolio) for each in starts]
    items = tuple(
        _item(portfolio, each, after + k, _free(each.name, names), plan)
        for k, (each, plan) in enumerate(zip(starts, plans, strict=True))
    )
    shares = tuple(_shares(portfolio, items, starts))
    plan = np.stack(plans, axis=2)
    with_items = appended(portfolio, items, shares, plan)
    return replace(
        with_items,
        envelopes=replace(
            with_items.envelopes,
            pooled_ask_wan=with_items.envelopes.pooled_ask_wan + _pooled(portfolio, plan),
        ),
    )


def _free(name: str, taken: set[str]) -> str:
    """A name that no item has."""
    free = name
    while free in taken:
        free += "＋"
    taken.add(free)
    return free


def _pooled(portfolio: Portfolio, plan: Wan) -> Wan:
    """What starts ask of the city's own channels: int64[play year, channel]."""
    asked = np.zeros_like(portfolio.envelopes.pooled_ask_wan)
    asked[: len(plan)] = np.where(portfolio.of_kind(Kind.POOLED), plan.sum(axis=2), 0)
    return asked


def _shares(
    portfolio: Portfolio, items: Iterable[Item], starts: Iterable[Start]
) -> Iterable[Share]:
    for item, each in zip(items, starts, strict=True):
        yield from each.of.shares(item.no, portfolio)


def _item(portfolio: Portfolio, start: Start, no: int, name: str, plan: Wan) -> Item:
    """The start as a line of the list."""
    period = portfolio.calendar.period_years
    return Item(
        no=no,
        name=name,
        work=WORK,
        category=None,
        group=None,
        total_wan=int(plan.sum()),
        plan_wan=int(plan[:period].sum()),
        earlier_wan=0,
        priority=max((item.priority for item in portfolio.items), default=1),
        tags=(),
        risk_class=start.of.key,
        stage=portfolio.items[0].stage,
        profile=Profile.NEW_START,
        yearly_cap_wan=None,
        min_duration_years=start.of.min_years,
        contract_share_bps=0,
        min_capital_share_bps=0,
        provenance=NOTE,
        project_kind=ProjectKind.NEW,
        first_year=start.year,
    )
