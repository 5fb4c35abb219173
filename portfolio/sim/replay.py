"""One path of a stress test played again event by event, and checked against the batch engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.luck import Draws, with_luck
from portfolio.model.measures.years import (
    cost_wan,
    drawn_by_channel_wan,
    drawn_by_item_wan,
    progress_wan,
)
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.rules.parameters import derive
from portfolio.model.study.paths import Paths, cause_slots
from portfolio.sim.lanes.many_paths import play_many
from portfolio.sim.one_path import play


class DisagreementError(Exception):
    """The two engines played the same path differently: a defect of the program."""


class Replayed(NamedTuple):
    """The portfolio with a path's luck, its outcome, and the batch engine's one path."""

    lucky: Portfolio
    outcome: Outcome
    batch: Paths


def replay(portfolio: Portfolio, draws: Draws, number: int, study: Paths) -> Replayed:
    """Play the one path of `draws` event by event and by the batch engine.

    `study` holds paths 1, 2, …; where path `number` is among them it is checked as well.

    Raises
    ------
    DisagreementError
        The integers differ.
    """
    lucky = with_luck(portfolio, draws, 0)
    outcome, batch = play(derive(lucky)), play_many(portfolio, draws)
    different = [*differences(lucky, outcome, batch), *_other_than_before(batch, number, study)]
    if different:
        raise DisagreementError(f"path {number}: {', '.join(different)}")
    return Replayed(lucky, outcome, batch)


def _other_than_before(batch: Paths, number: int, study: Paths) -> Iterator[str]:
    """Names of figures that the same path had otherwise in the study."""
    if number > len(study):
        return
    for name in ("drawn_wan", "progress_wan", "start", "finish", "cost_wan", "held_by"):
        if not np.array_equal(getattr(batch, name)[0], getattr(study, name)[number - 1]):
            yield f"{name} in the study"


def differences(lucky: Portfolio, outcome: Outcome, batch: Paths) -> Iterator[str]:
    """Names of the batch engine's figures for a path that differ from the outcome's."""
    by_hand: dict[str, Ints] = {
        "drawn_wan": drawn_by_item_wan(outcome).sum(axis=1),
        "progress_wan": np.diff(progress_wan(lucky, outcome)[3::4].sum(axis=1), prepend=0),
        "start": _quarters(outcome.start),
        "finish": _quarters(outcome.finish),
        "cost_wan": cost_wan(lucky),
    }
    if batch.gate_opened is not None:
        # The log also notes soft gates that don't bind; the batch engine passes them over.
        binding = {gate.id for gate in lucky.binding_gates}
        by_hand["gate_opened"] = _quarters(
            tuple(
                opened if gate.id in binding else None
                for gate, opened in zip(lucky.gates, outcome.gate_opened, strict=True)
            )
        )
    for name, figures in by_hand.items():
        if not np.array_equal(figures, getattr(batch, name)[0]):
            yield name
    summed: dict[str, Ints] = {
        "lost_quarters": lost_quarters(lucky, outcome),
        "channel_drawn_wan": drawn_by_channel_wan(outcome),
        "item_drawn_wan": drawn_by_item_wan(outcome),
    }
    for name, figures in summed.items():
        if not np.array_equal(figures, getattr(batch, name)):
            yield name


def lost_quarters(portfolio: Portfolio, outcome: Outcome) -> Ints:
    """The delay ledger by item and slot, as `Paths.lost_quarters` holds it."""
    slots = cause_slots(
        [channel.id for channel in portfolio.channels], [gate.id for gate in portfolio.gates]
    )
    slot_of = {slot: k for k, slot in enumerate(slots)}
    lost = np.zeros((len(portfolio.items), len(slots)), dtype=np.int64)
    for index, causes in enumerate(outcome.causes):
        for cause in causes:
            lost[index, slot_of[cause.kind, cause.ref]] += cause.quarters
    return lost


def _quarters(found: tuple[int | None, ...]) -> Ints:
    return np.array([PLAY_QUARTERS if q is None else q for q in found], dtype=np.int64)
