"""The kernel made ready before any test runs: no test waits for a compiler."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from portfolio.sim.lanes.many_paths import compiler_missing, to_be_compiled

HERE = Path(__file__).parent
#: Where tests play many paths, in this process or in one that they start.
PLAYED_IN = tuple(
    HERE / name
    for name in ("browser", "cli", "optimize", "report", "sim", "test_docs.py", "test_readme.py")
)


def prepare(config: pytest.Config) -> None:
    """Load the kernel as kept from an earlier run, or compile and keep it, if tests need it.

    It is compiled once for a machine and a state of the sources: ten seconds on an idle machine.
    """
    if config.getoption("collectonly") or compiler_missing() or not _asked_for(PLAYED_IN, config):
        return
    screen = config.pluginmanager.get_plugin("terminalreporter")
    if screen is not None and to_be_compiled():
        screen.write_line("Compiling the kernel, once ...")
    from portfolio.sim.lanes.compiled import ready

    ready()


def _asked_for(places: Sequence[Path], config: pytest.Config) -> bool:
    """Whether the command line asks for tests of these places."""
    start = config.invocation_params.dir
    asked = [(start / word.partition("::")[0]).resolve() for word in config.args]
    return any(
        path.is_relative_to(place) or place.is_relative_to(path)
        for path in asked
        for place in places
    )
