"""What drives the outcome: swings between the luckiest and unluckiest tenth of a variable, ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Floats, Integers, Ints, Mask
from portfolio.model.items import Item, Kind
from portfolio.model.measures.years import plan_by_year_wan, planned_wan
from portfolio.model.money import WAN_PER_YI
from portfolio.model.portfolio import Portfolio
from portfolio.model.study.confidence import (
    late_quarters,
    mean_delay,
    total_cost_wan,
    weighted_mean,
)
from portfolio.model.study.findings import (
    Driver,
    Estimate,
    Level,
    Source,
    Swing,
    YearAhead,
    YearDriver,
)
from portfolio.model.study.intervals import difference, independent_difference, quantile_rank
from portfolio.model.study.paths import Paths
from portfolio.model.study.result import ChannelLeverage, LeverEffect
from portfolio.model.study.years import converted_wan

#: The tenths compared: paths up to the 10th percentile of a variable, and from the 90th on.
LOW_PERCENT, HIGH_PERCENT = 10, 90


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable of the luck: one number a path.

    near : for a channel its 到位率 over the years until the worry year only, which is what can
        move that year; None for variables that know no years
    """

    level: Level
    source: Source
    ref: str
    label: str
    values: Floats
    near: Floats | None = None


class Outcomes(NamedTuple):
    """The three outcomes a driver is judged by: float64[path] each, see `Driver`."""

    converted: Floats | None
    cost: Floats
    delay: Floats


def outcomes(portfolio: Portfolio, paths: Paths, worry: int | None) -> Outcomes:
    """Converted investment of the worry year (万元), total cost (万元), mean delay (quarters)."""
    converted = None if worry is None else converted_wan(portfolio, paths, worry)
    return Outcomes(
        converted=None if converted is None else converted.astype(np.float64),
        cost=total_cost_wan(paths).astype(np.float64),
        delay=mean_delay(portfolio, paths),
    )


def drivers(portfolio: Portfolio, paths: Paths, worry: int | None) -> tuple[Driver, ...]:
    """Every variable that differs between paths, with its swing of the three outcomes.

    Level by level; inside a level the widest swing of the converted investment first (of the cost
    where there is no worry year). Swings are what goes along with a variable, not what it alone
    causes: correlated luck moves together.
    """
    found = outcomes(portfolio, paths, worry)
    ranked = [None if values is None else _ranks(values) for values in found]
    rows = [
        _driver(variable, found, ranked)
        for variable in variables_of(portfolio, paths, worry)
        if np.ptp(variable.values) > 0
    ]
    levels = list(Level)
    return tuple(sorted(rows, key=lambda row: (levels.index(row.level), -_size(row))))


def year_ahead(portfolio: Portfolio, paths: Paths, year: int) -> YearAhead:
    """What moves one year: its single variables that swing it beyond chance, the widest first."""
    converted = converted_wan(portfolio, paths, year)
    if converted is None:
        return YearAhead(year=year, drivers=())
    values = converted.astype(np.float64)
    ranked, found = _ranks(values), []
    for variable in _single_variables(portfolio, paths, year):
        of = variable.values
        if variable.near is not None and np.ptp(variable.near) > 0:
            of = variable.near
        if np.ptp(of) == 0:
            continue
        swing = _swing(values, ranked, tenths(of), _ranks(of))
        if swing.difference.differs:
            found.append(
                YearDriver(
                    level=variable.level,
                    source=variable.source,
                    ref=variable.ref,
                    label=variable.label,
                    swing=swing,
                )
            )
    found.sort(key=lambda row: -abs(row.swing.difference.value))
    return YearAhead(year=year, drivers=tuple(found))


def _size(row: Driver) -> float:
    swing = row.cost if row.converted is None else row.converted
    return abs(swing.difference.value)


def _driver(variable: Variable, found: Outcomes, ranked: list[Floats | None]) -> Driver:
    groups, ranks = tenths(variable.values), _ranks(variable.values)
    near_groups, near_ranks = groups, ranks
    if variable.near is not None and np.ptp(variable.near) > 0:
        near_groups, near_ranks = tenths(variable.near), _ranks(variable.near)
    converted = None
    if found.converted is not None and ranked[0] is not None:
        converted = _swing(found.converted, ranked[0], near_groups, near_ranks)
    cost_ranks, delay_ranks = ranked[1], ranked[2]
    assert cost_ranks is not None and delay_ranks is not None  # only `converted` may be missing
    return Driver(
        level=variable.level,
        source=variable.source,
        ref=variable.ref,
        label=variable.label,
        converted=converted,
        cost=_swing(found.cost, cost_ranks, groups, ranks),
        delay=_swing(found.delay, delay_ranks, groups, ranks),
    )


def _swing(values: Floats, value_ranks: Floats, groups: tuple[Mask, Mask], ranks: Floats) -> Swing:
    low, high = values[groups[0]], values[groups[1]]
    return Swing(
        low=float(low.mean()),
        high=float(high.mean()),
        difference=independent_difference(low, high),
        rank_correlation=_correlation(ranks, value_ranks),
    )


def tenths(values: Floats) -> tuple[Mask, Mask]:
    """The paths in the lowest and the highest tenth of a variable that is not constant.

    Ties belong together, so a group may be larger than a tenth. Where the 10th percentile is the
    90th too (a rare event), the most usual value is compared with those beyond it.
    """
    ordered = np.sort(values)
    low = ordered[quantile_rank(len(values), LOW_PERCENT) - 1]
    high = ordered[quantile_rank(len(values), HIGH_PERCENT) - 1]
    if low < high:
        return values <= low, values >= high
    if (values > low).any():
        return values <= low, values > low
    return values < low, values >= low


def rank_correlation(values: Floats, others: Floats) -> float:
    """Spearman's rank correlation, ties at their mean rank; 0 where one of them is constant."""
    return _correlation(_ranks(values), _ranks(others))


def _ranks(values: Floats) -> Floats:
    """Standardised mean ranks; all 0 for a constant."""
    _, place, ties = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(ties)
    ranks = ((2 * last - ties + 1) / 2)[place]
    ranks -= ranks.mean()
    spread = float(np.sqrt((ranks**2).mean()))
    return ranks / spread if spread > 0 else np.zeros_like(ranks)


def _correlation(ranks: Floats, others: Floats) -> float:
    return float(np.clip((ranks * others).mean(), -1.0, 1.0))


def variables_of(portfolio: Portfolio, paths: Paths, worry: int | None) -> Iterator[Variable]:
    """All variables of the luck: by item, channel and risk, then summed by class, work and source.

    One after the other: all together they are as large as the paths.
    """
    yield from _single_variables(portfolio, paths, worry)
    yield from _summed(portfolio, paths, worry)


def _single_variables(portfolio: Portfolio, paths: Paths, worry: int | None) -> Iterator[Variable]:
    yield from _item_variables(portfolio, paths)
    yield from _channel_variables(portfolio, paths, worry)
    for k, risk in enumerate(portfolio.risk.register):
        yield Variable(
            level=Level.RISK,
            source=Source.REGISTER,
            ref=risk.id,
            label=risk.name,
            values=paths.happened[:, k].astype(np.float64),
        )


#: The luck by item, and where it is among the paths: [path, item] each.
_BY_ITEM = {
    Source.COST: "cost_bps",
    Source.DURATION: "duration_bps",
    Source.VOLUME: "volume_bps",
    Source.STOPPAGE: "stopped_quarters",
}


def _item_variables(portfolio: Portfolio, paths: Paths) -> Iterator[Variable]:
    for source, name in _BY_ITEM.items():
        for i, item in enumerate(portfolio.items):
            yield Variable(
                level=Level.ITEM,
                source=source,
                ref=str(item.no),
                label=item.label,
                values=getattr(paths, name)[:, i].astype(np.float64),
            )


def _channel_variables(portfolio: Portfolio, paths: Paths, worry: int | None) -> Iterator[Variable]:
    return (
        Variable(
            level=Level.CHANNEL,
            source=Source.RECEIPT,
            ref=channel.id,
            label=channel.name,
            values=mean_receipt(portfolio, paths, [c]),
            near=mean_receipt(portfolio, paths, [c], until=worry),
        )
        for c, channel in enumerate(portfolio.channels)
    )


def mean_receipt(
    portfolio: Portfolio, paths: Paths, channels: Iterable[int], until: int | None = None
) -> Floats:
    """到位率 of some channels over the years, weighted by planned money: float64[path], bps.

    until : last year counted; None for all. 0 where nothing is planned.
    """
    years = None if until is None else until - portfolio.calendar.first_year + 1
    chosen = list(channels)
    weights = plan_by_year_wan(portfolio).sum(axis=2)[:years, chosen]

    def of(some: Paths) -> Floats:
        receipt = some.receipt_bps[:, :years, chosen]
        return weighted_mean(receipt.reshape(len(some), -1), weights.ravel())

    return paths.by_block(of)


def _mean_of_items(
    paths: Paths, source: Source, members: slice | list[int], weights: Ints
) -> Floats:
    """The items' luck of one source, weighted: float64[path]."""
    name = _BY_ITEM[source]
    return paths.by_block(
        lambda some: weighted_mean(getattr(some, name)[:, members], weights[members])
    )


def _summed(portfolio: Portfolio, paths: Paths, worry: int | None) -> Iterator[Variable]:
    """Money-weighted means of the items' luck by class, work and over all; channels over all."""
    titles = {risk.key: risk.title for risk in portfolio.risk_classes}
    groups: list[tuple[Level, str, str, list[int]]] = [
        *(
            (Level.CLASS, key, titles.get(key, key), members)
            for key, members in _members(portfolio.items, lambda item: item.risk_class).items()
        ),
        *(
            (Level.WORK, work, work, members)
            for work, members in _members(portfolio.items, lambda item: item.work).items()
        ),
    ]
    weights = planned_wan(portfolio)
    for source in _BY_ITEM:
        for level, ref, label, members in groups:
            yield Variable(
                level=level,
                source=source,
                ref=ref,
                label=label,
                values=_mean_of_items(paths, source, members, weights),
            )
    for source in _BY_ITEM:
        yield Variable(
            level=Level.SOURCE,
            source=source,
            ref=source.value,
            label=source.value,
            values=_mean_of_items(paths, source, slice(None), weights),
        )
    every = range(len(portfolio.channels))
    yield Variable(
        level=Level.SOURCE,
        source=Source.RECEIPT,
        ref=Source.RECEIPT.value,
        label=Source.RECEIPT.value,
        values=mean_receipt(portfolio, paths, every),
        near=mean_receipt(portfolio, paths, every, until=worry),
    )
    if paths.happened.shape[1]:
        yield Variable(
            level=Level.SOURCE,
            source=Source.REGISTER,
            ref=Source.REGISTER.value,
            label=Source.REGISTER.value,
            values=paths.happened.sum(axis=1).astype(np.float64),
        )


def _members(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[int]]:
    """Positions by key, in order of first appearance."""
    groups: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        groups.setdefault(key(item), []).append(index)
    return groups


# --- What a lever moves on the same luck: a source of luck switched off, one 亿元 less of a channel


Numbers = Integers | npt.NDArray[np.floating]


def lever_effects(
    portfolio: Portfolio, base: Paths, switched_off: Mapping[str, Paths], worry: int | None
) -> tuple[LeverEffect, ...]:
    """Mean change when a source of luck is switched off, all other luck as it was (off − base).

    base : paths 1, 2, …; switched_off : by label, the same paths or the first of them

    Raises
    ------
    ValueError
        A run has more paths than the base.
    """
    before = outcomes(portfolio, base, worry)
    full = portfolio.calendar.last_full_list_year - portfolio.calendar.first_year + 1
    invested = _until(base, full)
    effects = []
    for label, other in switched_off.items():
        count = len(other)
        if count > len(base):
            raise ValueError("more paths switched off than played")
        after = outcomes(portfolio, other, worry)
        effects.append(
            LeverEffect(
                label=label,
                paths=count,
                converted=None
                if before.converted is None or after.converted is None
                else difference(before.converted[:count], after.converted),
                investment=difference(invested[:count], _until(other, full)),
                cost=difference(before.cost[:count], after.cost),
                delay=difference(before.delay[:count], after.delay),
            )
        )
    return tuple(effects)


def channel_leverage(
    portfolio: Portfolio,
    base: Paths,
    less: Mapping[tuple[str, int], tuple[int, Paths]],
) -> tuple[ChannelLeverage, ...]:
    """What one 亿元 less of a channel in a year costs, loans in its train included.

    less : by channel id and year, the 万元 taken from that envelope and the same paths played
        without them

    Raises
    ------
    ValueError
        A run has not exactly the base's paths (sums over the paths are compared), or nothing was
        taken away.
    """
    credit = portfolio.of_kind(Kind.CREDIT)
    behind = late_quarters(portfolio, base).sum(axis=1)
    rows = []
    for (channel_id, year), (less_wan, other) in less.items():
        if len(other) != len(base) or less_wan <= 0:
            raise ValueError("leverage compares the same paths with less money")
        y = year - portfolio.calendar.first_year
        loans = base.channel_drawn_wan[y, credit].sum() - other.channel_drawn_wan[y, credit].sum()
        end = max(y + 1, portfolio.calendar.period_years)
        rows.append(
            ChannelLeverage(
                channel_id=channel_id,
                year=year,
                less_wan=less_wan,
                paths=len(base),
                investment=_lost(base.drawn_wan.sum(axis=1), other.drawn_wan.sum(axis=1), less_wan),
                investment_in_year=_lost(base.drawn_wan[:, y], other.drawn_wan[:, y], less_wan),
                investment_by_period_end=_lost(_until(base, end), _until(other, end), less_wan),
                loans=float(loans) / len(base) / less_wan,
                delay_quarters=_scaled(
                    difference(behind, late_quarters(portfolio, other).sum(axis=1)),
                    WAN_PER_YI / less_wan,
                ),
            )
        )
    return tuple(rows)


def _until(paths: Paths, years: int) -> Integers:
    """Money drawn in the first years: int64[path]."""
    return np.asarray(paths.drawn_wan[:, :years].sum(axis=1))


def _lost(base: Numbers, other: Numbers, less_wan: int) -> Estimate:
    """Money lost per money taken away."""
    return _scaled(difference(other, base), 1 / less_wan)


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    """An estimate in another unit; the factor is positive."""
    low, high = estimate.low, estimate.high
    return Estimate(
        value=estimate.value * factor,
        low=None if low is None else low * factor,
        high=None if high is None else high * factor,
    )
