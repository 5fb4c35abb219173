"""Changed facts and returned sheets are refused with place and fix, or read as another reader reads them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.fuzz.judging import GOOD, judged
from bench.fuzz.months import (
    EXECUTION,
    FILLED,
    Round,
    changed_sheets,
    facts_are_right,
    with_facts,
)
from portfolio.model.problems import InputError
from tests.returned_sheets import Form


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_facts(tmp_path_factory.mktemp("facts"))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Round:
    return Round.of(tmp_path_factory.mktemp("round"), 58)


def columns(change: Callable[[random.Random], bytes], case: Callable[[Path], bool], path: Path,
            name: str, number: int) -> list[str]:  # fmt: skip
    found = []
    for k in range(number):
        path.write_bytes(change(random.Random(f"{name} 19 {k}")))
        found.append(judged(lambda: case(path), f"{name} 19 {k}"))
    return found


def test_facts_are_right_before_anybody_changes_them(base: Path):
    assert facts_are_right(base, played=True)


def test_changed_facts_are_refused_or_the_sheets_money(base: Path, tmp_path: Path):
    change = changed_sheets(base.read_bytes(), [EXECUTION])
    found = columns(change, facts_are_right, tmp_path / "x.xlsx", "facts", 10)
    assert set(found) == set(GOOD)


def test_a_month_is_closed_with_what_its_sheets_say(month: Round):
    assert month.month_is_right(month.sheets)


def test_changed_returned_sheets_are_refused_or_taken_as_they_are(month: Round, tmp_path: Path):
    found = []
    for sheet in month.sheets[:4]:
        change = changed_sheets(sheet.read_bytes(), FILLED)
        found += columns(change, month.sheet_is_right, tmp_path / sheet.name, sheet.name, 6)
    assert set(found) == set(GOOD)


def test_a_locked_name_that_was_changed_is_told_with_its_file_and_cell(
    month: Round, tmp_path: Path
):
    sheet = month.sheets[0]
    path = tmp_path / sheet.name
    path.write_bytes(sheet.read_bytes())
    form = Form(path)
    row = form.rows("填报")[0]
    form.cell("填报", row, "名称").value = "另一个"
    form.book.save(path)
    with pytest.raises(InputError, match="锁定") as raised:
        month.sheet_is_right(path)
    (problem,) = raised.value.problems
    assert problem.place == f"{sheet.name} {form.place('填报', row, '名称')}"
