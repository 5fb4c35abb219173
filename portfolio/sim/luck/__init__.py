"""The luck of a study: all random numbers of all paths, keyed by what they are for.

`draw` gives any window of paths; path K is the same in every window, and every number depends on
the seed, the path and its own item, channel, group or named risk alone. So scenarios share the
luck, and one more item, channel or risk leaves all other numbers as they were; a channel tied to
others by a correlation must come after them (it follows those before it). `draw_sobol` gives a
quasi-random study, in which only the randomisations are independent of one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Floats, Ints, Mask
from portfolio.model.items import STAGES, Realisation, RiskClass
from portfolio.model.luck import Draws
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_YEARS
from portfolio.model.rules.clock import bundles
from portfolio.model.rules.opening import stages
from portfolio.sim.luck.events import happened, register_effects, standstill_bps, stoppages
from portfolio.sim.luck.marginals import Prior, delays, overruns, priors_table, realised, receipts
from portfolio.sim.luck.projects import draws_of
from portfolio.sim.luck.scores import (
    CHUNK,
    Normals,
    Scores32,
    item_scores,
    keyed_normals,
    receipt_scores,
    risky_channels,
    sobol_normals,
)

__all__ = ["CHUNK", "Off", "Prior", "draw", "draw_sobol", "priors_table"]

#: What is switched off: a source, or a source or owner with its name.
Off = frozenset[str | tuple[str, str | int]]

T = TypeVar("T", bound=np.generic)

SOURCES = ("cost", "duration", "volume", "stoppage", "receipt", "register")
OWNERS = ("item", "class", "group")
TAILS = ("gauss", "t5")
#: Private investment on record only: what it costs above plan is not the city's.
ON_RECORD = STAGES[-1]
#: A thousand times as long: nothing of any length ends in play, and products stay in int64.
LONGEST_BPS = 10_000_000


def draw(
    portfolio: Portfolio,
    *,
    seed: int,
    first_path: int,
    paths: int,
    tails: str = "gauss",
    off: Off = frozenset(),
) -> Draws:
    """The luck of paths `first_path` (counted from 1) to `first_path` + `paths` − 1.

    `tails`: "gauss", or "t5" for a copula whose items fail together more often; marginals are the
    same. `off` takes luck away, and leaves all other luck as it was: "cost", "duration", "volume",
    "stoppage", "receipt" or "register" a whole source; ("cost", 24) and the like one item's;
    ("item", 24), ("class", key) and ("group", name) all luck of items, what the register does to
    them included; ("receipt", channel id) and ("register", risk id) one channel's or named risk's.
    Off means no luck: a factor of 10,000, no stoppage, not happened; not the mean of the luck.

    Raises
    ------
    ValueError
        Paths before the first, unknown tails, something off that is no source of luck, or
        correlations of channels that contradict one another.
    """
    if first_path < 1 or paths < 0:
        raise ValueError(f"{paths} paths from path {first_path} on")
    luck = draw_without(
        portfolio, seed=seed, first_path=first_path, paths=paths, tails=tails, offs=(off,)
    )
    return next(luck)


def draw_without(
    portfolio: Portfolio,
    *,
    seed: int,
    first_path: int,
    paths: int,
    tails: str = "gauss",
    offs: Sequence[Off],
) -> Iterator[Draws]:
    """The same luck with one thing after another off: drawn once, each as `draw` with that `off`."""
    plans = [_plan(portfolio, tails, off) for off in offs]
    start, stop = first_path - 1, first_path - 1 + paths
    numbers = range(start // CHUNK, (stop - 1) // CHUNK + 1) if paths else range(0)
    chunks = [
        _drawn(
            portfolio,
            keyed_normals(portfolio, seed=seed, chunk=chunk, tails=tails),
            seed=seed,
            chunk=chunk,
            branch="",
        )
        for chunk in numbers
    ]
    for plan in plans:
        if not paths:
            yield Draws.none(portfolio, 0, len(portfolio.risk.register))
            continue
        parts = [
            _laid(plan, drawn, chunk).take(
                slice(max(start - chunk * CHUNK, 0), min(stop - chunk * CHUNK, CHUNK))
            )
            for chunk, drawn in zip(numbers, chunks, strict=True)
        ]
        yield _joined(parts, first_path)


def draw_sobol(
    portfolio: Portfolio,
    *,
    seed: int,
    randomisation: int,
    paths: int,
    tails: str = "gauss",
    off: Off = frozenset(),
) -> Draws:
    """The luck of one scrambled Sobol sequence, paths counted from 1; others are independent of it.

    Which dimension is whose depends on all items and channels: one more shifts the luck of others,
    and a longer sequence only goes on where it ends. Stoppages and the register are keyed as in
    `draw`, and by the randomisation. `off` as in `draw`.

    Raises
    ------
    ValueError
        As `draw`; or `paths` is no power of two, of which alone the sequence is balanced.
    """
    if paths < 1 or paths & (paths - 1):
        raise ValueError(f"{paths} paths: not a power of two")
    plan = _plan(portfolio, tails, off)
    branch = f"/sobol {randomisation}"
    parts = [
        _laid(plan, _drawn(portfolio, normals, seed=seed, chunk=chunk, branch=branch), chunk)
        for chunk, normals in enumerate(
            sobol_normals(
                portfolio, seed=seed, randomisation=randomisation, paths=paths, tails=tails
            )
        )
    ]
    return _joined(parts, 1)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What is off, by item, channel with a 到位率 or named risk."""

    portfolio: Portfolio
    no_cost: Mask
    no_duration: Mask
    no_volume: Mask
    no_stoppage: Mask
    no_event: Mask
    no_receipt: Mask
    never_happens: Mask


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """All luck of a chunk, nothing off; the path is the last axis.

    cost_bps, duration_bps : [item] without what the register adds
    standstill_bps : [item] what standing still adds to a bundle's duration
    came, severity : [risk]
    """

    cost_bps: Ints
    duration_bps: Ints
    standstill_bps: Ints
    volume_bps: Ints
    stopped: Mask
    receipt_bps: npt.NDArray[np.int32]
    came: Mask
    severity: Floats


def _plan(portfolio: Portfolio, tails: str, off: Off) -> _Plan:
    if tails not in TAILS:
        raise ValueError(f"tails {tails!r} are none of {', '.join(TAILS)}")
    for key in off:
        if (key if isinstance(key, str) else key[0]) not in (
            SOURCES if isinstance(key, str) else (*SOURCES, *OWNERS)
        ):
            raise ValueError(f"{key!r} is no source of luck")
    groups = {risk.key: risk.corr_group for risk in portfolio.risk_classes}
    idle = [
        bool(
            {("item", item.no), ("class", item.risk_class), ("group", groups[item.risk_class])}
            & off
        )
        for item in portfolio.items
    ]

    def by_item(source: str) -> Mask:
        every = source in off
        return np.array(
            [
                every or dead or (source, item.no) in off
                for item, dead in zip(portfolio.items, idle, strict=True)
            ],
            dtype=np.bool_,
        )

    def named(source: str, names: Sequence[str]) -> Mask:
        return np.array([source in off or (source, name) in off for name in names], dtype=np.bool_)

    return _Plan(
        portfolio=portfolio,
        no_cost=by_item("cost"),
        no_duration=by_item("duration"),
        no_volume=by_item("volume"),
        no_stoppage=by_item("stoppage"),
        no_event=np.array(idle, dtype=np.bool_),
        no_receipt=named("receipt", [channel.id for channel in portfolio.channels]),
        never_happens=named("register", [risk.id for risk in portfolio.risk.register]),
    )


def _stage_factors(
    portfolio: Portfolio, stage: str, by_stage: dict[str, Realisation]
) -> tuple[float, float]:
    """Cost and duration factor of a stage as set; where none is, 落地率 stands for an overrun."""
    cost, duration = portfolio.risk.stage_factor(stage)
    if all(factor.stage != stage for factor in portfolio.risk.stage_factors) and (
        stage == ON_RECORD or stage in by_stage
    ):
        cost = 0.0
    return cost, duration


def _drawn(
    portfolio: Portfolio, normals: Normals, *, seed: int, chunk: int, branch: str
) -> _Drawn:  # fmt: skip
    """All luck of a chunk, as many paths as there are normal numbers."""
    paths = len(normals.common)
    cost_scores, delay_scores = item_scores(portfolio, normals)
    came, severity = happened(portfolio.risk.register, seed=seed, chunk=chunk, branch=branch)
    by_stage = {row.stage: row for row in portfolio.realisations}
    draws, at_stage = draws_of(portfolio), stages(portfolio)
    of = np.repeat(np.arange(len(draws)), draws)  # the item of each draw
    factors = [_stage_factors(portfolio, stage, by_stage) for stage in at_stage]
    cost_factor, duration_factor = np.array(factors, dtype=np.float64).T
    # What is still to come of a bundle is what its projects' stretch says, whatever the stage.
    duration_factor = np.where(bundles(portfolio), 1.0, duration_factor)
    by_key = {risk.key: risk for risk in portfolio.risk_classes}
    classes = [by_key[portfolio.items[i].risk_class] for i in of.tolist()]
    rows = [by_stage.get(at_stage[i]) for i in of.tolist()]
    stopped = stoppages(portfolio, seed=seed, chunk=chunk, branch=branch)
    return _Drawn(
        cost_bps=_means(_factors(overruns, cost_factor[of], classes, cost_scores), draws),
        duration_bps=_means(_factors(delays, duration_factor[of], classes, delay_scores), draws),
        standstill_bps=standstill_bps(portfolio),
        volume_bps=_means(_volume_bps(rows, cost_scores), draws),
        stopped=stopped[:, :, :paths],
        receipt_bps=_receipt_bps(portfolio, normals.yearly),
        came=came[:, :paths],
        severity=severity[:, :paths],
    )


def _laid(plan: _Plan, drawn: _Drawn, chunk: int) -> Draws:
    """The luck of a chunk less what is off, with what the register adds."""
    came = _without(drawn.came, plan.never_happens, nothing=False)
    cost, duration = register_effects(plan.portfolio, came, drawn.severity, plan.no_event)
    cost += _without(drawn.cost_bps, plan.no_cost)
    duration += _without(drawn.duration_bps, plan.no_duration)
    duration += np.where(plan.no_stoppage, 0, drawn.standstill_bps)[:, None]
    receipt = _without(drawn.receipt_bps.swapaxes(0, 1), plan.no_receipt).swapaxes(0, 1)
    return Draws(
        first_path=chunk * CHUNK + 1,
        cost_bps=np.maximum(cost, 0).T,
        volume_bps=_without(drawn.volume_bps, plan.no_volume).T,
        duration_bps=np.clip(duration, 1, LONGEST_BPS).T,
        stopped=_without(drawn.stopped, plan.no_stoppage, nothing=False).transpose(2, 1, 0),
        receipt_bps=receipt.transpose(2, 0, 1),
        happened=came.T,
    )


def _without(luck: npt.NDArray[T], off: Mask, nothing: int = BPS) -> npt.NDArray[T]:
    """The rows of a chunk, those that are off at what means no luck."""
    if not off.any():
        return luck
    left = luck.copy()
    left[off] = nothing
    return left


def _means(luck: Ints, draws: Ints) -> Ints:
    """The floor of each item's mean over its draws: int64[item, path]."""
    if len(luck) == len(draws):
        return luck
    sums = np.add.reduceat(luck, np.cumsum(draws) - draws, axis=0)
    return np.asarray(sums // draws[:, None], dtype=np.int64)


def _factors(
    quantiles: Callable[[Floats, Sequence[RiskClass]], Floats], factor: Floats,
    classes: Sequence[RiskClass], scores: Floats,
) -> Ints:  # fmt: skip
    """Cost or duration factors without the register: int64[draw, path]."""
    found = np.full(scores.shape, BPS, dtype=np.int64)
    rows = np.flatnonzero(factor)
    if rows.size:
        more = quantiles(scores[rows], [classes[row] for row in rows.tolist()])
        more *= factor[rows, None] * BPS
        found[rows] += np.rint(np.minimum(more, LONGEST_BPS)).astype(np.int64)
    return found


def _volume_bps(rows: Sequence[Realisation | None], scores: Floats) -> Ints:
    """落地率: int64[draw, path]."""
    volume = np.full(scores.shape, BPS, dtype=np.int64)
    found = {index: row for index, row in enumerate(rows) if row is not None}
    if found:
        part = realised(scores[list(found)], list(found.values()))
        volume[list(found)] = np.rint(part * BPS).astype(np.int64)
    return volume


def _receipt_bps(portfolio: Portfolio, yearly: Scores32) -> npt.NDArray[np.int32]:
    """到位率: int32[year, channel, path]."""
    risks, paths = risky_channels(portfolio), yearly.shape[-1]
    receipt = np.full((PLAY_YEARS, len(portfolio.channels), paths), BPS, dtype=np.int32)
    scores = receipt_scores(risks, portfolio.risk.channel_correlations, yearly)
    for row, risk in enumerate(risks):
        receipt[:, portfolio.channel_position[risk.channel_id]] = receipts(scores[row], risk)
    return receipt


def _joined(parts: Sequence[Draws], first_path: int) -> Draws:
    """Consecutive draws as one."""
    if len(parts) == 1:
        return parts[0]
    return Draws(
        first_path=first_path,
        cost_bps=np.concatenate([part.cost_bps for part in parts]),
        volume_bps=np.concatenate([part.volume_bps for part in parts]),
        duration_bps=np.concatenate([part.duration_bps for part in parts]),
        stopped=np.concatenate([part.stopped for part in parts]),
        receipt_bps=np.concatenate([part.receipt_bps for part in parts]),
        happened=np.concatenate([part.happened for part in parts]),
    )
