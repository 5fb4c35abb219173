"""The batch engine made ready before any test runs: no test waits for a compiler."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio.model.draws import Draws
from portfolio.sim.lane_inputs import lane_inputs
from portfolio.sim.lane_luck import lane_luck
from portfolio.sim.many_paths import compiled_engine_missing, to_be_compiled
from tests.model.four_items import four_items

HERE = Path(__file__).parent
#: Where tests play with the compiled engine, in this process or in one that they start.
PLAYED_IN = tuple(
    HERE / name for name in ("cli", "sim", "optimize", "test_docs.py", "test_readme.py")
)


def wanted(config: pytest.Config) -> bool:
    """Whether tests asked for on the command line may play with the compiled engine."""
    if config.getoption("collectonly") or compiled_engine_missing():
        return False
    start = config.invocation_params.dir
    asked = [(start / word.partition("::")[0]).resolve() for word in config.args]
    return any(
        path.is_relative_to(place) or place.is_relative_to(path)
        for path in asked
        for place in PLAYED_IN
    )


def prepare(config: pytest.Config) -> None:
    """Load the engine as kept from an earlier run, or compile and keep it.

    Compiled for a machine and a state of the sources once, which takes from half a minute on an
    idle machine to several on a busy one. All that tests play with is compiled here: amounts in
    float64 and in int64.
    """
    screen = config.pluginmanager.get_plugin("terminalreporter")
    if screen is not None and to_be_compiled():
        screen.write_line("Compiling the batch engine, once: about a minute …")
    from portfolio.sim.lanes_compiled import play_block

    portfolio = four_items()
    inputs, limits = lane_inputs(portfolio)
    luck = lane_luck(portfolio, limits, inputs, Draws.none(portfolio))
    for floats in (True, False):
        play_block(inputs, luck, floats=floats)
