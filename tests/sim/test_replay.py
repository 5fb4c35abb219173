"""One path again, event by event: equal to the batch engine, and a difference is a defect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.measures.years import cost_wan
from portfolio.model.study.paths import Paths
from portfolio.sim.replay import DisagreementError, differences, lost_quarters, replay
from portfolio.sim.stress import Luck, one_draw, study
from tests.sim.lucky_items import lucky_items

LUCK = Luck(seed=3)


@pytest.fixture(scope="module")
def paths() -> Paths:
    return study([lucky_items()], luck=LUCK, paths=12).paths[0]


@pytest.mark.parametrize("number", [1, 7, 12, 700])
def test_both_engines_play_a_path_alike(paths, number):
    """Also a path beyond those of the study."""
    again = replay(lucky_items(), one_draw(lucky_items(), LUCK, number), number, paths)
    assert list(differences(again.lucky, again.outcome, again.batch)) == []
    if number <= len(paths):
        assert np.array_equal(cost_wan(again.lucky), paths.cost_wan[number - 1])
    assert lost_quarters(again.lucky, again.outcome).sum() == sum(
        cause.quarters for causes in again.outcome.causes for cause in causes
    )


@pytest.mark.parametrize(
    "name",
    ["drawn_wan", "progress_wan", "start", "finish", "cost_wan", "lost_quarters",
     "channel_drawn_wan", "item_drawn_wan", "gate_opened"],
)  # fmt: skip
def test_a_figure_off_by_one_is_noticed(paths, name):
    again = replay(lucky_items(), one_draw(lucky_items(), LUCK, 2), 2, paths)
    figures = getattr(again.batch, name).copy()
    figures[0, 0] += 1
    tampered = replace(again.batch, **{name: figures})
    assert list(differences(again.lucky, again.outcome, tampered)) == [name]


def test_a_path_that_was_another_in_the_study_is_a_defect(paths):
    later = study([lucky_items()], luck=replace(LUCK, seed=4), paths=12).paths[0]
    with pytest.raises(DisagreementError, match="path 5: drawn_wan in the study"):
        replay(lucky_items(), one_draw(lucky_items(), LUCK, 5), 5, later)
