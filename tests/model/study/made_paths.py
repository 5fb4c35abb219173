"""Paths for tests: made by hand around a portfolio, or played by the SimPy engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.model.luck import Draws, with_luck
from portfolio.model.measures.years import (
    cost_wan,
    drawn_by_channel_wan,
    drawn_by_item_wan,
    progress_wan,
)
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS, PLAY_YEARS
from portfolio.model.rules.parameters import derive
from portfolio.model.study.confidence import planned_finishes
from portfolio.model.study.paths import PLAIN_CAUSES, Paths, cause_slots
from portfolio.sim.one_path import play


def made_paths(portfolio: Portfolio, count: int, **given: object) -> Paths:
    """Paths that follow the plan, with some arrays replaced."""
    items, channels, gates = len(portfolio.items), len(portfolio.channels), len(portfolio.gates)
    planned = portfolio.plan_wan.sum(axis=(0, 1))
    finish = np.where(planned > 0, planned_finishes(portfolio), PLAY_QUARTERS)
    plain = Paths(
        drawn_wan=np.zeros((count, PLAY_YEARS), dtype=np.int64),
        progress_wan=np.zeros((count, PLAY_YEARS), dtype=np.int64),
        start=np.zeros((count, items), dtype=np.int16),
        finish=np.repeat(finish[None].astype(np.int16), count, axis=0),
        cost_wan=np.repeat(planned[None], count, axis=0),
        held_by=np.full((count, items), gates, dtype=np.int16),
        cost_bps=np.full((count, items), 10_000, dtype=np.int32),
        volume_bps=np.full((count, items), 10_000, dtype=np.int32),
        duration_bps=np.full((count, items), 10_000, dtype=np.int32),
        stopped_quarters=np.zeros((count, items), dtype=np.int16),
        receipt_bps=np.full((count, PLAY_YEARS, channels), 10_000, dtype=np.int16),
        happened=np.zeros((count, len(portfolio.risk.register)), dtype=np.bool_),
        lost_quarters=np.zeros((items, len(PLAIN_CAUSES) + channels + gates), dtype=np.int64),
        channel_drawn_wan=np.zeros((PLAY_YEARS, channels), dtype=np.int64),
        channel_unserved_wan=np.zeros((PLAY_YEARS, channels), dtype=np.int64),
        item_drawn_wan=np.zeros((PLAY_YEARS, items), dtype=np.int64),
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def played_paths(portfolio: Portfolio, draws: Draws) -> Paths:
    """The paths of some draws, each played by the SimPy engine."""
    rows = [_played(portfolio, draws, row) for row in range(len(draws))]
    return Paths.joined(rows)


def _played(portfolio: Portfolio, draws: Draws, row: int) -> Paths:
    lucky = with_luck(portfolio, draws, row)
    outcome = play(derive(lucky))
    progress = np.diff(progress_wan(lucky, outcome)[3::4], axis=0, prepend=0).sum(axis=1)
    by_item, by_channel = drawn_by_item_wan(outcome), drawn_by_channel_wan(outcome)
    slots = cause_slots([c.id for c in portfolio.channels], [g.id for g in portfolio.gates])
    gates = [gate.id for gate in portfolio.gates]
    lost = np.zeros((len(portfolio.items), len(slots)), dtype=np.int64)
    held_by = np.full(len(portfolio.items), len(gates), dtype=np.int16)
    for i, causes in enumerate(outcome.causes):
        for cause in causes:
            lost[i, slots.index((cause.kind, cause.ref))] += cause.quarters
            if cause.kind is CauseKind.GATE and cause.ref is not None:
                held_by[i] = gates.index(cause.ref)
    return Paths(
        drawn_wan=by_item.sum(axis=1)[None],
        progress_wan=progress[None],
        start=_quarters(outcome.start)[None],
        finish=_quarters(outcome.finish)[None],
        cost_wan=cost_wan(lucky)[None],
        held_by=held_by[None],
        cost_bps=draws.cost_bps[row : row + 1],
        volume_bps=draws.volume_bps[row : row + 1],
        duration_bps=draws.duration_bps[row : row + 1],
        stopped_quarters=draws.stopped[row].sum(axis=0)[None],
        receipt_bps=draws.receipt_bps[row : row + 1],
        happened=draws.happened[row : row + 1],
        lost_quarters=lost,
        channel_drawn_wan=by_channel,
        channel_unserved_wan=np.zeros_like(by_channel),
        item_drawn_wan=by_item,
        gate_opened=_quarters(outcome.gate_opened)[None],
    )


def _quarters(found: tuple[int | None, ...]) -> np.ndarray:
    return np.array([PLAY_QUARTERS if q is None else min(q, PLAY_QUARTERS) for q in found])


def random_draws(portfolio: Portfolio, paths: int, seed: int) -> Draws:
    """Wide luck without any model behind it."""
    rng = np.random.default_rng(seed)
    items = len(portfolio.items)
    plain = Draws.none(portfolio, paths)
    return replace(
        plain,
        cost_bps=rng.integers(8_000, 16_000, (paths, items)),
        volume_bps=rng.choice([10_000, 10_000, 7_000], (paths, items)),
        duration_bps=rng.integers(8_000, 18_000, (paths, items)),
        stopped=rng.random(plain.stopped.shape) < 0.02,
        receipt_bps=rng.integers(5_000, 11_000, plain.receipt_bps.shape),
    )
