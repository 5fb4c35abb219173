"""Sources of forms: the made-up example, and an office's list of 200 projects of 14 units."""

from __future__ import annotations

import functools
from pathlib import Path
from tempfile import TemporaryDirectory

from portfolio import workflows
from portfolio.model.forms.source import Source
from portfolio.report.tables.forms.form import Form
from portfolio.workflows.inputs import load_workbook
from portfolio.workflows.run import run
from tests.listed_projects import made_tables, made_workbook

#: Forms that need no shock.
NUMBERS = ("1", "2A", "2B", "3A", "3B", "4", "6")


def _source(path: Path) -> Source:
    played = run(path)
    return Source(run=played, entered=load_workbook(path).for_forms)


@functools.cache
def example_source() -> Source:
    """The example: facts by item."""
    with TemporaryDirectory() as folder:
        (path,) = workflows.example(Path(folder))
        return _source(path)


@functools.cache
def listed_source() -> Source:
    """200 projects with facts, purses and bonds of each."""
    with TemporaryDirectory() as folder:
        path = made_workbook(Path(folder) / "清单.xlsx", made_tables(3, 200, facts="project"))
        return _source(path)


@functools.cache
def form(number: str, *, listed: bool) -> Form:
    """A form of one of them."""
    from portfolio.report.tables.forms import BY_NUMBER

    return BY_NUMBER[number].made(listed_source() if listed else example_source())
