"""The engine and a literal re-statement of the rules give the same integers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from portfolio import workflows
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.model.scenarios import apply
from portfolio.read import bundled_files
from portfolio.read.scenario.file import scenario_files
from portfolio.sim.one_path import play
from tests.examples import examples, some
from tests.sim.reference import Reference
from tests.strategies import portfolios


def assert_same(portfolio: Portfolio) -> None:
    outcome, expected = play(derive(portfolio)), Reference(portfolio).play()
    cells = {tuple(map(int, cell)): int(outcome.drawn_wan[tuple(cell)])
             for cell in np.argwhere(outcome.drawn_wan)}  # fmt: skip
    assert cells == expected.drawn
    assert list(outcome.start) == expected.start
    assert list(outcome.finish) == expected.finish
    lapsed = {tuple(map(int, cell)): int(outcome.lapsed_wan[tuple(cell)])
              for cell in np.argwhere(outcome.lapsed_wan)}  # fmt: skip
    assert lapsed == {cell: money for cell, money in expected.lapsed.items() if money}
    back = {tuple(map(int, cell)): int(outcome.taken_back_wan[tuple(cell)])
            for cell in np.argwhere(outcome.taken_back_wan)}  # fmt: skip
    assert back == expected.taken_back


@examples(120)
@given(portfolios(max_items=8))
def test_random_portfolios_play_the_same(portfolio: Portfolio) -> None:
    assert_same(portfolio)


@pytest.mark.parametrize(
    "name", some(path.stem for path in scenario_files(bundled_files.scenario_folder()))
)
def test_the_real_portfolio_plays_the_same(name: str) -> None:
    portfolio, _ = apply(workflows.merged_scenario([name], []), workflows.load_workbook().portfolio)
    assert_same(portfolio)
