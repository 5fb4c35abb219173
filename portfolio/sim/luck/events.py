"""Events: stoppages by item, and the named risks of the register."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from portfolio.model.arrays import Floats, Ints, Mask
from portfolio.model.measures.planned import plan_quarters, planned_span
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.risk import RegisteredRisk
from portfolio.model.rules.clock import bundles
from portfolio.sim.luck.scores import CHUNK, stream

#: Stoppages are drawn in layers of so many a year, so that a higher rate only adds some.
LAYER_PER_YEAR = 0.05


def stoppages(portfolio: Portfolio, *, seed: int, chunk: int, branch: str) -> Mask:
    """Quarters in which items stand still: bool[item, quarter, path] of a chunk.

    Beginnings are a Poisson process, lengths geometric with the class's mean (at least 1); what
    overlaps counts once. A layer holds 0.05 beginnings a year with a level each; a class stops at
    those below its own rate. So an item stops where it did, and more, when its rate is raised,
    and each stoppage is as long or longer when the mean length is. Bundles don't stand still: what
    their projects do is part of how long these take (`standstill_bps`).
    """
    by_key = {risk.key: risk for risk in portfolio.risk_classes}
    of_bundles = bundles(portfolio)
    layers = [
        (index, item.no, layer, by_key[item.risk_class])
        for index, item in enumerate(portfolio.items)
        if not of_bundles[index]
        for layer in range(math.ceil(by_key[item.risk_class].stoppages_per_year / LAYER_PER_YEAR))
    ]
    stopped = np.zeros((len(portfolio.items), PLAY_QUARTERS, CHUNK), dtype=np.bool_)
    if not layers:
        return stopped
    drawn = []
    for index, no, layer, risk in layers:
        luck = stream(seed, "stoppage", f"{no}/{layer}{branch}", chunk)
        numbers = np.empty((3, int(luck.poisson(LAYER_PER_YEAR * PLAY_YEARS * CHUNK))))
        luck.random(out=numbers[:2])
        luck.standard_exponential(out=numbers[2])
        level, when, long = numbers
        level -= risk.stoppages_per_year / LAYER_PER_YEAR - layer
        when += index
        long *= _spell(risk.stoppage_mean_quarters)
        drawn.append(numbers)
    above_rate, when, long = np.concatenate(drawn, axis=1)
    lengths = np.ceil(np.clip(long, 1e-9, PLAY_QUARTERS, out=long), out=long)
    lengths *= above_rate < 0
    when *= stopped[0].size
    _lay(stopped, when.astype(np.int64), lengths.astype(np.int64))
    return stopped


def standstill_bps(portfolio: Portfolio) -> Ints:
    """What standing still adds to the time that a bundle's projects take: int64[item], else 0."""
    by_key = {risk.key: risk for risk in portfolio.risk_classes}
    of_class = [by_key[item.risk_class] for item in portfolio.items]
    added = [
        round(risk.stoppages_per_year * risk.stoppage_mean_quarters / 4 * BPS) for risk in of_class
    ]
    return np.where(bundles(portfolio), np.array(added, dtype=np.int64), 0)


def _spell(mean: float) -> float:
    """What an exponential of mean 1 is stretched by, for its ceiling to be geometric with `mean`.

    P(length > k) = exp(−k / spell) = (1 − 1/mean)^k.
    """
    return -1.0 / math.log1p(-1.0 / mean) if mean > 1.0 else 0.0


def _lay(stopped: Mask, start: Ints, lengths: Ints) -> None:
    """Mark so many quarters from each start on, a position in the flat array; not past the last."""
    _, quarters, paths = stopped.shape
    left = np.minimum(lengths, quarters - start // paths % quarters).astype(np.int8)
    longest_first = np.argsort(-left, kind="stable")
    place, flat = start[longest_first], stopped.reshape(-1)
    longer = len(left) - np.cumsum(np.bincount(left))  # how many are longer than 0, 1, 2, …
    for count in longer[:-1].tolist():
        place = place[:count]
        flat[place] = True
        place += paths


def happened(
    register: Sequence[RegisteredRisk], *, seed: int, chunk: int, branch: str
) -> tuple[Mask, Floats]:
    """Which named risks come about, bool[risk, path], and how hard, float64[risk, path] in 0–1."""
    luck = np.empty((len(register), 2, CHUNK))
    for row, risk in enumerate(register):
        stream(seed, "register", f"{risk.id}{branch}", chunk).random(out=luck[row])
    probability = np.array([risk.probability for risk in register])[:, None]
    return luck[:, 0] < probability, luck[:, 1]


def register_effects(
    portfolio: Portfolio, came: Mask, severity: Floats, off: Mask
) -> tuple[Ints, Ints]:
    """What named risks add to cost and duration factors, in bps: int64[item, path] each.

    Quarters are taken as parts of the item's planned quarters, of a bundle's as parts of half a
    project's life: so it is by these quarters that it lags in the end. An item with nothing planned
    gets none. `off` are items without luck.
    """
    shape = (len(portfolio.items), came.shape[1])
    cost, duration = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    if not came.any():
        return cost, duration
    _, planned = planned_span(plan_quarters(portfolio))
    of, settings = planned.astype(np.float64), portfolio.risk.bundles
    if settings is not None:
        of = np.where(bundles(portfolio), settings.life_quarters / 2, of)
    for row, risk in enumerate(portfolio.risk.register):
        part = triangular(severity[row], risk.cost_low, risk.cost_likely, risk.cost_high)
        more = triangular(
            severity[row], risk.quarters_low, risk.quarters_likely, risk.quarters_high
        )
        part_bps = np.rint(part * BPS).astype(np.int64) * came[row]
        for no in risk.item_nos:
            index = portfolio.position.get(no)
            if index is None or off[index]:
                continue
            cost[index] += part_bps
            if planned[index]:
                more_bps = np.rint(more * BPS / of[index]).astype(np.int64)
                duration[index] += more_bps * came[row]
    return cost, duration


def triangular(chance: Floats, low: float, likely: float, high: float) -> Floats:
    """Quantiles of the triangular distribution; a width of 0 gives the one value there is."""
    width = high - low
    if width <= 0:
        return np.full(chance.shape, likely)
    peak = (likely - low) / width
    rising = low + np.sqrt(chance * width * (likely - low))
    falling = high - np.sqrt((1.0 - chance) * width * (high - likely))
    return np.where(chance < peak, rising, falling)
