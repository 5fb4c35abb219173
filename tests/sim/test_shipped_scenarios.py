"""Every shipped scenario plays by the rules, and only what it speaks of changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio.model.audit import audit
from portfolio.model.rules.parameters import derive
from portfolio.model.scenarios import apply
from portfolio.read.scenario.file import read_scenario, scenario_files
from portfolio.sim.one_path import play
from tests.read.scenario.test_shipped_scenarios import shipped_portfolio

FILES = scenario_files(Path(__file__).parents[2] / "scenarios")
#: What leaves the play as it is: a target is only compared with, money no item lacks lapses, and
#: assumptions about risk are the stress test's.
WITHOUT_EFFECT = ("基准", "目标4200", "政策性工具加码", "风险加重")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_scenario_plays_by_the_rules(path: Path):
    base = shipped_portfolio()
    shocked, _ = apply(read_scenario(path), base)
    outcome = play(derive(shocked))
    assert audit(shocked, outcome) == ()
    same = (outcome.drawn_wan == play(derive(base)).drawn_wan).all()
    assert same == (path.stem in WITHOUT_EFFECT)
