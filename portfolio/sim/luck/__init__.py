"""The luck of a study: all random numbers of all paths, keyed by what they are for.

`draw` gives any window of paths; path K is the same in every window, and every number depends on
the seed, the path and its own item, channel, group or named risk alone. So scenarios share the
luck, and one more item, channel or risk leaves all other numbers as they were; a channel tied to
others by a correlation must come after them (it follows those before it). `draw_sobol` gives a
quasi-random study, in which only the randomisations are independent of one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portfolio.model.arrays import Floats, Ints, Mask
from portfolio.model.items import STAGES, Realisation, RiskClass
from portfolio.model.luck import Draws
from portfolio.model.money import BPS
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_YEARS
from portfolio.sim.luck.events import happened, register_effects, stoppages
from portfolio.sim.luck.marginals import Prior, delays, overruns, priors_table, realised, receipts
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
    plan = _plan(portfolio, tails, off)
    if not paths:
        return Draws.none(portfolio, 0, len(portfolio.risk.register))
    start, stop = first_path - 1, first_path - 1 + paths
    parts = []
    for chunk in range(start // CHUNK, (stop - 1) // CHUNK + 1):
        normals = keyed_normals(portfolio, seed=seed, chunk=chunk, tails=tails)
        whole = _laid(plan, normals, seed=seed, chunk=chunk, branch="")
        here = slice(max(start - chunk * CHUNK, 0), min(stop - chunk * CHUNK, CHUNK))
        parts.append(whole.take(here))
    return _joined(parts, first_path)


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
        _laid(plan, normals, seed=seed, chunk=chunk, branch=branch)
        for chunk, normals in enumerate(
            sobol_normals(
                portfolio, seed=seed, randomisation=randomisation, paths=paths, tails=tails
            )
        )
    ]
    return _joined(parts, 1)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What the scores are turned into: rows by item, channel or named risk; `no_…` are off."""

    portfolio: Portfolio
    classes: tuple[RiskClass, ...]
    realisations: tuple[Realisation | None, ...]
    cost_factor: Floats
    duration_factor: Floats
    no_cost: Mask
    no_duration: Mask
    no_volume: Mask
    no_stoppage: Mask
    no_event: Mask
    no_receipt: Mask
    never_happens: Mask


def _plan(portfolio: Portfolio, tails: str, off: Off) -> _Plan:
    if tails not in TAILS:
        raise ValueError(f"tails {tails!r} are none of {', '.join(TAILS)}")
    for key in off:
        if (key if isinstance(key, str) else key[0]) not in (
            SOURCES if isinstance(key, str) else (*SOURCES, *OWNERS)
        ):
            raise ValueError(f"{key!r} is no source of luck")
    by_key = {risk.key: risk for risk in portfolio.risk_classes}
    classes = tuple(by_key[item.risk_class] for item in portfolio.items)
    by_stage = {row.stage: row for row in portfolio.realisations}
    factors = [_stage_factors(portfolio, item.stage, by_stage) for item in portfolio.items]
    idle = [
        bool({("item", item.no), ("class", item.risk_class), ("group", risk.corr_group)} & off)
        for item, risk in zip(portfolio.items, classes, strict=True)
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
        classes=classes,
        realisations=tuple(by_stage.get(item.stage) for item in portfolio.items),
        cost_factor=np.array([cost for cost, _ in factors]),
        duration_factor=np.array([duration for _, duration in factors]),
        no_cost=by_item("cost"),
        no_duration=by_item("duration"),
        no_volume=by_item("volume"),
        no_stoppage=by_item("stoppage"),
        no_event=np.array(idle, dtype=np.bool_),
        no_receipt=named("receipt", [risk.channel_id for risk in risky_channels(portfolio)]),
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


def _laid(plan: _Plan, normals: Normals, *, seed: int, chunk: int, branch: str) -> Draws:
    """The luck of a chunk, as many paths as there are normal numbers."""
    portfolio, paths = plan.portfolio, len(normals.common)
    cost_scores, delay_scores = item_scores(portfolio, normals)
    came, severity = happened(
        portfolio.risk.register, seed=seed, chunk=chunk, off=plan.never_happens, branch=branch
    )
    came, severity = came[:, :paths], severity[:, :paths]
    cost, duration = register_effects(portfolio, came, severity, plan.no_event)
    cost += _cost_bps(plan, cost_scores)
    duration += _duration_bps(plan, delay_scores)
    stopped = stoppages(portfolio, seed=seed, chunk=chunk, off=plan.no_stoppage, branch=branch)
    return Draws(
        first_path=chunk * CHUNK + 1,
        cost_bps=np.maximum(cost, 0).T,
        volume_bps=_volume_bps(plan, cost_scores).T,
        duration_bps=np.clip(duration, 1, LONGEST_BPS).T,
        stopped=stopped[:, :, :paths].transpose(2, 1, 0),
        receipt_bps=_receipt_bps(plan, normals.yearly).transpose(2, 0, 1),
        happened=came.T,
    )


def _cost_bps(plan: _Plan, scores: Floats) -> Ints:
    """Cost factors without the register: int64[item, path]."""
    cost = np.full(scores.shape, BPS, dtype=np.int64)
    rows = np.flatnonzero((plan.cost_factor != 0) & ~plan.no_cost)
    if rows.size:
        found = overruns(scores[rows], [plan.classes[row] for row in rows])
        found *= plan.cost_factor[rows, None] * BPS
        cost[rows] += np.rint(found).astype(np.int64)
    return cost


def _duration_bps(plan: _Plan, scores: Floats) -> Ints:
    """Duration factors without the register: int64[item, path]."""
    duration = np.full(scores.shape, BPS, dtype=np.int64)
    rows = np.flatnonzero((plan.duration_factor != 0) & ~plan.no_duration)
    if rows.size:
        found = delays(scores[rows], [plan.classes[row] for row in rows])
        found *= plan.duration_factor[rows, None] * BPS
        duration[rows] += np.rint(np.minimum(found, LONGEST_BPS)).astype(np.int64)
    return duration


def _volume_bps(plan: _Plan, scores: Floats) -> Ints:
    """落地率: int64[item, path]."""
    volume = np.full(scores.shape, BPS, dtype=np.int64)
    found = {
        index: row
        for index, row in enumerate(plan.realisations)
        if row is not None and not plan.no_volume[index]
    }
    if found:
        part = realised(scores[list(found)], list(found.values()))
        volume[list(found)] = np.rint(part * BPS).astype(np.int64)
    return volume


def _receipt_bps(plan: _Plan, yearly: Scores32) -> npt.NDArray[np.int32]:
    """到位率: int32[year, channel, path]."""
    portfolio, risks = plan.portfolio, risky_channels(plan.portfolio)
    paths = yearly.shape[-1]
    receipt = np.full((PLAY_YEARS, len(portfolio.channels), paths), BPS, dtype=np.int32)
    scores = receipt_scores(risks, portfolio.risk.channel_correlations, yearly)
    for row, risk in enumerate(risks):
        if not plan.no_receipt[row]:
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
