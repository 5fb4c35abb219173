"""Changed adjusted plans are refused with place and fix, or laid down as their sheet has them."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

from bench.fuzz.judging import GOOD, judged
from bench.fuzz.months import changed_sheets, with_facts
from bench.fuzz.plans import PLAN, plan_is_right
from portfolio import workflows
from portfolio.model.portfolio import Portfolio
from portfolio.model.reallocation.from_facts import planned_money
from tests.read.workbook.test_adjusted import write_sheet

Made = tuple[Portfolio, bytes]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A list that is planned, its sheet made under a scenario and an option."""
    path = tmp_path_factory.mktemp("planned") / "调整方案.xlsx"
    base = workflows.load_workbook().portfolio
    sheet = write_sheet(path, base, scenario="土地出让断崖", sets="专项债券:2023=-20%")
    return base, sheet.read_bytes()


@pytest.fixture(scope="module")
def with_past(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A list of which something has happened: its sheet holds what was drawn."""
    folder = tmp_path_factory.mktemp("facts")
    base = workflows.load_workbook(with_facts(folder)).portfolio
    path = folder / "调整方案.xlsx"
    sheet = write_sheet(path, base, sets="专项债券:2027=-20%", plan=planned_money(base))
    return base, sheet.read_bytes()


@pytest.fixture(params=["planned", "with_past"])
def made(request: pytest.FixtureRequest) -> Made:
    found: Made = request.getfixturevalue(request.param)
    return found


def test_a_sheet_that_nobody_changed_is_the_plan_itself(made: Made, tmp_path: Path):
    base, whole = made
    path = tmp_path / "x.xlsx"
    path.write_bytes(whole)
    assert plan_is_right(path, base, played=True)


def test_changed_sheets_are_refused_or_laid_down_as_they_are(made: Made, tmp_path: Path):
    base, whole = made
    change, path, found = changed_sheets(whole, [PLAN]), tmp_path / "x.xlsx", []
    for k in range(16):
        path.write_bytes(change(random.Random(f"adjusted 19 {k}")))
        found.append(judged(partial(plan_is_right, path, base), f"adjusted 19 {k}"))
    assert set(found) == set(GOOD)
