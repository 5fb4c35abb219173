"""P10 and P90 beside 预计全年: of the paths that a stress test plays, and never a sum of P10s."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

from portfolio import workflows
from portfolio.model.forms.lines import Rank
from portfolio.model.forms.spread import Spread
from portfolio.model.problems import InputError
from portfolio.report.excel.forms.sheet import too_small
from portfolio.report.tables.forms.columns import yi_said
from portfolio.report.tables.forms.form import NOT_APPLICABLE, Form
from portfolio.report.tables.forms.monthly import SPREAD_KEYS, monthly_form
from tests.forms_made import listed_source
from tests.report.results import example_workbook

PATHS, SEED = 120, 7


@functools.cache
def monthly() -> Form:
    """Form 1 of the example, its year played on some paths."""
    made = workflows.forms(example_workbook(), numbers=["1"], paths=PATHS, seed=SEED)
    return made.forms[0]


@functools.cache
def listed() -> Form:
    """Form 1 of a list with projects, its items' year on two paths: each comes to 1 亿 or 2 亿."""
    source = listed_source()
    drawn = np.array([[10_000], [20_000]]) * np.ones((1, len(source.portfolio.items)), np.int64)
    return monthly_form(replace(source, spread=Spread(drawn_wan=drawn, seed=1)))


def test_a_sums_percentile_is_of_its_paths() -> None:
    # by path item 1 has 1, 2, … 10 and item 2 has 10, 9, … 1: together always 11
    up = np.arange(1, 11)
    spread = Spread(drawn_wan=np.stack([up, up[::-1]], axis=1), seed=1)
    assert [spread.percentile_wan([0], percent) for percent in (10, 50, 90)] == [1, 5, 9]
    assert [spread.percentile_wan([0, 1], percent) for percent in (10, 90)] == [11, 11]


def test_the_total_is_what_a_stress_test_of_that_seed_says_of_the_year() -> None:
    (result,) = workflows.stress([], example_workbook(), n=PATHS, seed=SEED)
    year = int(monthly().asof[:4])
    drawn = next(each for each in result.findings.years if each.year == year).drawn
    total = monthly().sheets[0].lines[0].row
    assert (total.low_wan, total.high_wan) == (drawn.at(10).value, drawn.at(90).value)
    assert f"P50 为 {yi_said(drawn.at(50).value)} 亿元" in "".join(monthly().sheets[0].notes)
    assert total.low_wan < total.high_wan
    items = [line.row for line in monthly().sheets[0].lines if line.rank is Rank.ITEM]
    assert sum(row.low_wan for row in items) < total.low_wan
    assert total.high_wan < sum(row.high_wan for row in items)


def test_low_is_below_high_and_what_is_done_is_the_floor() -> None:
    for line in monthly().sheets[0].lines:
        low, high, done = line.row.low_wan, line.row.high_wan, line.row.amounts.year_wan
        assert done <= low <= high, line.row.name


def test_projects_and_units_have_none_and_the_note_says_so() -> None:
    summary, units, detail = listed().sheets[:3]
    columns = [detail.fields[key] for key in SPREAD_KEYS]
    for line in detail.lines:
        found = [each.value(line.row) for each in columns]
        if line.rank is Rank.PART and "." in (line.row.no or ""):
            assert found == [NOT_APPLICABLE] * 2
        elif line.rank is Rank.ITEM:
            assert found == [10_000, 20_000]
    assert any("." in (line.row.no or "") for line in detail.lines)
    assert not set(SPREAD_KEYS) & {each.key for each in units.fields}
    assert any("意外不分到项目" in note for note in summary.notes)


def test_its_letters_are_still_large_enough() -> None:
    assert too_small(listed().sheets) == []
    assert too_small(monthly().sheets) == []
    assert all(sheet.played for sheet in monthly().sheets)


def test_without_paths_there_are_no_such_columns() -> None:
    made = workflows.forms(example_workbook(), numbers=["1"], paths=0).forms[0]
    for sheet in made.sheets:
        assert not set(SPREAD_KEYS) & {each.key for each in sheet.fields}
    assert not any("P90" in note for note in made.sheets[0].notes)


def test_a_number_of_paths_out_of_bounds_is_told_beside_the_rest() -> None:
    with pytest.raises(InputError) as caught:
        workflows.forms(example_workbook(), numbers=["9"], paths=-1)
    assert [problem.place for problem in caught.value.problems] == ["forms", "-n"]
