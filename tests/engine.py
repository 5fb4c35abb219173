"""The batch engine made ready before any test runs: no test waits for a compiler."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from portfolio.model.luck import Draws
from portfolio.sim.lanes.inputs import lane_inputs, lane_luck
from portfolio.sim.lanes.many_paths import compiled_engine_missing, to_be_compiled
from tests.model.four_items import four_items

HERE = Path(__file__).parent
#: Where tests play with the compiled engine, in this process or in one that they start.
PLAYED_IN = tuple(
    HERE / name for name in ("cli", "sim", "optimize", "test_docs.py", "test_readme.py")
)
#: Where amounts are too large for float64 as well.
PLAYED_IN_INT64 = (HERE / "sim",)


def prepare(config: pytest.Config) -> None:
    """Load the engine as kept from an earlier run, or compile and keep it, if tests need it.

    It is compiled once for a machine and a state of the sources, which takes from half a minute
    on an idle machine to several on a busy one; for amounts in int64, which few tests play with,
    as long again.
    """
    if config.getoption("collectonly") or compiled_engine_missing():
        return
    kinds = [
        floats
        for floats, places in ((True, PLAYED_IN), (False, PLAYED_IN_INT64))
        if _asked_for(places, config)
    ]
    if not kinds:
        return
    screen = config.pluginmanager.get_plugin("terminalreporter")
    if screen is not None and to_be_compiled():
        screen.write_line("Compiling the batch engine, once: a minute or two ...")
    from portfolio.sim.lanes.compiled import play_block

    portfolio = four_items()
    inputs, limits = lane_inputs(portfolio)
    luck = lane_luck(portfolio, limits, inputs, Draws.none(portfolio))
    for floats in kinds:
        play_block(inputs, luck, floats=floats)


def _asked_for(places: Sequence[Path], config: pytest.Config) -> bool:
    """Whether the command line asks for tests of these places."""
    start = config.invocation_params.dir
    asked = [(start / word.partition("::")[0]).resolve() for word in config.args]
    return any(
        path.is_relative_to(place) or place.is_relative_to(path)
        for path in asked
        for place in places
    )
