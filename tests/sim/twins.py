"""Twins of the example workbook's forecast: other draws of its own law, each played event by event."""

from __future__ import annotations

import functools

from portfolio.model.luck import with_luck
from portfolio.model.outcome import Outcome
from portfolio.model.rules.parameters import derive
from portfolio.sim.luck import draw
from portfolio.sim.one_path import play
from tests.report.results import example_run

TWINS = 100


@functools.cache
def twins_played() -> list[Outcome]:
    """Lives of the same law on other luck, from facts to October 2026 on."""
    portfolio = example_run().portfolio
    luck = draw(portfolio, seed=2, first_path=1, paths=TWINS)
    return [play(derive(with_luck(portfolio, luck, k))) for k in range(TWINS)]
