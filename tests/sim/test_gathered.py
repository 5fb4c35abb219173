"""Paths gathered in memory or on disk are the same, and a study of them says the same."""

from __future__ import annotations

import shutil
from dataclasses import fields

import numpy as np
import pytest

from portfolio.model.problems import InputError
from portfolio.model.rules.parameters import derive
from portfolio.model.study import paths as paths_module
from portfolio.model.study.assess import findings
from portfolio.model.study.paths import SUMMED, Paths
from portfolio.sim import gathered
from portfolio.sim.gathered import DiskFullError, Gathered
from portfolio.sim.luck.scores import CHUNK
from portfolio.sim.one_path import play
from portfolio.sim.stress import Luck, study
from portfolio.workflows.asked import Stress
from portfolio.workflows.hands import hands
from tests.sim.lucky_items import lucky_items

LUCK = Luck(seed=7)
MANY = 2 * CHUNK + 88


@pytest.fixture(scope="module")
def whole() -> Paths:
    return study([lucky_items()], luck=LUCK, paths=MANY, workers=1).paths[0]


def equal(one: Paths, other: Paths) -> bool:
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(Paths)]
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)


def part(whole: Paths, start: int, stop: int) -> Paths:
    """Rows of a study; its sums in all but the first part are none."""
    rows = {f.name: getattr(whole, f.name) for f in fields(Paths)}
    return Paths(
        **{
            name: (array if not start else 0 * array) if name in SUMMED else array[start:stop]
            for name, array in rows.items()
        }
    )


@pytest.mark.parametrize("most", [0, gathered.MOST_IN_MEMORY])
def test_parts_are_laid_down_one_after_the_other(whole, most, monkeypatch):
    monkeypatch.setattr(gathered, "MOST_IN_MEMORY", most)
    room = Gathered(len(whole))
    for start, stop in ((0, 7), (7, 600), (600, len(whole))):
        room.add(part(whole, start, stop))
    assert room.rows == len(whole)
    assert equal(room.paths(), whole)


def test_what_did_not_come_is_not_there(whole, monkeypatch):
    monkeypatch.setattr(gathered, "MOST_IN_MEMORY", 0)
    room = Gathered(len(whole))
    room.add(part(whole, 0, 7))
    assert len(room.paths()) == 7
    assert np.array_equal(room.paths().finish, whole.finish[:7])


def test_a_study_kept_on_disk_says_the_same(whole, monkeypatch):
    items = lucky_items()
    prior = play(derive(items))
    told = findings(items, whole, prior, None)
    monkeypatch.setattr(gathered, "MOST_IN_MEMORY", 0)
    monkeypatch.setattr(paths_module, "BLOCK", 100)
    other = study([items], luck=LUCK, paths=MANY, workers=2).paths[0]
    assert equal(other, whole)
    assert findings(items, other, prior, None) == told


def test_a_disk_too_small_is_a_problem_before_anything_is_played(monkeypatch):
    monkeypatch.setattr(gathered, "MOST_IN_MEMORY", 0)
    small = shutil.disk_usage("/")._replace(free=2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: small)
    with pytest.raises(InputError) as raised, hands(Stress()) as workers:
        study([lucky_items()], luck=LUCK, paths=8, workers=workers)
    (problem,) = raised.value.problems
    assert problem.place == "-n"
    assert "TMPDIR" in problem.fix
    with pytest.raises(DiskFullError):
        study([lucky_items()], luck=LUCK, paths=8)
