"""The extra runs of a stress test: luck switched off source by source, envelopes a little less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from portfolio.model.items import Kind
from portfolio.model.money import WAN_PER_YI, Wan, cut
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.opening import stages
from portfolio.model.study.findings import Driver, Level, Source
from portfolio.sim.luck import Off

#: The first years, whose envelopes are made less, one at a time.
LEVERAGE_YEARS = 10
#: Items switched off one at a time, the largest: all of a city's major works.
LEVER_ITEMS = 100
#: Levers played besides the sources, and of each kind at the least.
MOST_SCREENED, LEAST_OF_A_KIND = 20, 3
#: Envelopes below this are not made less: 1 亿元 would be too large a part of them.
LEAST_ENVELOPE_WAN = 10 * WAN_PER_YI

SOURCES = {
    Source.COST: "cost",
    Source.DURATION: "duration",
    Source.STOPPAGE: "stoppage",
    Source.VOLUME: "volume",
    Source.RECEIPT: "receipt",
    Source.REGISTER: "register",
}


class Lever(NamedTuple):
    """Something to switch off: its name for people, what is off, and the driver it stands for."""

    label: str
    off: Off
    level: Level
    ref: str


def levers(portfolio: Portfolio) -> tuple[Lever, ...]:
    """All that can be switched off one at a time.

    Each source; each channel's 到位率; each class of several items; each item (the hundred largest
    of a longer list); each risk of the register. Off is no luck: cost
    and length as planned, all of the volume and of the envelopes.
    """
    risky = {risk.channel_id for risk in portfolio.channel_risks}
    asked = portfolio.plan_wan.sum(axis=(0, 2)) > 0
    members = Counter(item.risk_class for item in portfolio.items)

    def lever(
        kind: str, name: str, off: str | tuple[str, str | int], level: Level, ref: str
    ) -> Lever:
        return Lever(f"{kind}：{name}", frozenset({off}), level, ref)

    return (
        *(
            lever("来源", name.value, source, Level.SOURCE, name.value)
            for name, source in SOURCES.items()
            if _present(portfolio, source)
        ),
        *(
            lever("渠道", channel.name, ("receipt", channel.id), Level.CHANNEL, channel.id)
            for position, channel in enumerate(portfolio.channels)
            if channel.id in risky and asked[position]
        ),
        *(
            lever("类别", each.title, ("class", each.key), Level.CLASS, each.key)
            for each in portfolio.risk_classes
            if members[each.key] > 1
        ),
        *(
            lever("大项", portfolio.item(no).label, ("item", no), Level.ITEM, str(no))
            for no in _items(portfolio)
        ),
        *(
            lever("风险", risk.name, ("register", risk.id), Level.RISK, risk.id)
            for risk in portfolio.risk.register
        ),
    )


def likeliest(every: Sequence[Lever], drivers: Sequence[Driver]) -> tuple[Lever, ...]:
    """The levers worth playing, in their order: those whose luck goes along with an outcome most.

    All sources; of each other kind the `LEAST_OF_A_KIND` and over all `MOST_SCREENED` with the
    largest rank correlation to the worry year's converted investment or to the mean delay.
    """
    strength: dict[tuple[Level, str], float] = {}
    for row in drivers:
        found = [abs(swing.rank_correlation) for swing in (row.converted, row.delay) if swing]
        key = row.level, row.ref
        strength[key] = max(strength.get(key, 0.0), *found)
    ranked = sorted(
        (lever for lever in every if lever.level is not Level.SOURCE),
        key=lambda lever: -strength.get((lever.level, lever.ref), 0.0),
    )
    kinds = Counter[Level]()
    first: list[Lever] = []
    for lever in ranked:
        if kinds[lever.level] < LEAST_OF_A_KIND:
            kinds[lever.level] += 1
            first.append(lever)
    rest = [lever for lever in ranked if lever not in first]
    played = {*first, *rest[: max(MOST_SCREENED - len(first), 0)]}
    return tuple(lever for lever in every if lever.level is Level.SOURCE or lever in played)


def _present(portfolio: Portfolio, source: str) -> bool:
    """Whether a source has anything to switch off."""
    if source == "register":
        return bool(portfolio.risk.register)
    if source == "volume":
        there = set(stages(portfolio))
        return any(row.stage in there for row in portfolio.realisations)
    return bool(portfolio.channel_risks) if source == "receipt" else True


def _items(portfolio: Portfolio) -> list[int]:
    """Numbers of the items to be switched off: those with most planned money, sheet order."""
    planned = portfolio.plan_wan.sum(axis=(0, 1))
    largest = np.argsort(-planned, kind="stable")[:LEVER_ITEMS]
    return [portfolio.items[i].no for i in sorted(largest.tolist()) if planned[i] > 0]


def less_money(portfolio: Portfolio) -> dict[tuple[str, int], tuple[int, Portfolio]]:
    """For each channel and each of the first ten years with an envelope: how much less, and the portfolio so.

    1 亿元 or 1 % of the envelope, whichever is more; envelopes under 10 亿元 are left out. What
    items own is taken from them in proportion. 随资本金 has no envelope.
    """
    found = {}
    for position, channel in enumerate(portfolio.channels):
        if channel.kind is Kind.CREDIT:
            continue
        for year in portfolio.calendar.plan_years[:LEVERAGE_YEARS]:
            there = _envelope(portfolio, position, year)
            if int(there.sum()) >= LEAST_ENVELOPE_WAN:
                less = max(WAN_PER_YI, int(there.sum()) // 100)
                found[channel.id, year] = (less, _with_less(portfolio, position, year, less))
    return found


def _envelope(portfolio: Portfolio, channel: int, year: int) -> Wan:
    """A channel's envelope of a year: int64[item], of 统筹 int64[1]."""
    y = year - portfolio.calendar.first_year
    if portfolio.channels[channel].kind is Kind.POOLED:
        return np.asarray(portfolio.envelopes.pooled_in_luck_wan[y, channel][None])
    return np.asarray(portfolio.envelopes.own_in_luck_wan[y, channel])


def _with_less(portfolio: Portfolio, channel: int, year: int, less_wan: int) -> Portfolio:
    there, cell = (
        _envelope(portfolio, channel, year),
        (year - portfolio.calendar.first_year, channel),
    )
    less = cut(less_wan, there)
    part = "pooled" if portfolio.channels[channel].kind is Kind.POOLED else "own"
    ask, reserve, floor = (
        np.atleast_1d(getattr(portfolio.envelopes, f"{part}_{name}_wan")[cell])
        for name in ("ask", "reserve", "floor")
    )
    left = np.maximum(ask + reserve - less, 0)
    # What is taken away is first taken from the ask, so that it does not follow its item either.
    ask = np.maximum(ask - less, 0)
    changed: dict[str, Wan] = {}
    parts = {"ask": ask, "reserve": left - ask, "floor": np.maximum(floor - less, 0)}
    for name, value in parts.items():
        array = getattr(portfolio.envelopes, f"{part}_{name}_wan").copy()
        array[cell] = value if part == "own" else value[0]
        changed[f"{part}_{name}_wan"] = array
    return replace(portfolio, envelopes=replace(portfolio.envelopes, **changed))
