"""Run results for the tests of reports: the shipped workbook, and portfolios made by hand."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from portfolio import workflows
from portfolio.model.measures.results import RunResult
from portfolio.model.outcome import Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.model.rules.parameters import derive
from portfolio.model.scenarios import ChangeLogEntry
from portfolio.sim.one_path import play


@functools.cache
def shipped_run(scenario: str | None = None, *sets: str) -> RunResult:
    """The shipped workbook played under a shipped scenario and settings."""
    return workflows.run(None, [scenario] if scenario else [], list(sets))


@functools.cache
def example_run(scenario: str | None = None, *sets: str) -> RunResult:
    """The example workbook, with facts to the October after the planned period, played."""
    return workflows.run(example_workbook(), [scenario] if scenario else [], list(sets))


@functools.cache
def example_workbook() -> Path:
    """The example workbook, written once for all tests of a process."""
    return workflows.example(Path(tempfile.mkdtemp(prefix="example-")))[0]


def scenario_run(folder: Path, text: str) -> RunResult:
    """The shipped workbook played under a scenario written down here."""
    path = folder / "试.yaml"
    path.write_text(text, encoding="utf-8")
    return workflows.run(None, [str(path)])


def result_of(
    portfolio: Portfolio,
    *,
    baseline: Portfolio | None = None,
    outcome: Outcome | None = None,
    changes: tuple[ChangeLogEntry, ...] = (),
) -> RunResult:
    """A result around a portfolio, played when no outcome is given."""
    played = outcome or play(derive(portfolio))
    base = baseline or portfolio
    return RunResult(
        portfolio=portfolio,
        baseline=base,
        outcome=played,
        baseline_outcome=played if base is portfolio else play(derive(base)),
        scenario="试算",
        summary=None,
        changes=changes,
        workbook="试.xlsx",
        workbook_sha256="0" * 64,
        version="0",
    )
