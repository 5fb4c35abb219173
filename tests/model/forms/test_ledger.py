"""What was done by month, this year and last: a figure that isn't told is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.facts import Execution, Facts
from portfolio.model.forms.ledger import PAID, RECEIVED, Ledger, ledgers

#: October of the sixth year.
ASOF = 70
JANUARY = 60


def row(first: int, months: int, done: int | None, **more: object) -> Execution:
    return Execution(
        item_no=1, first_month=first, months=months, channel_id=None, done_wan=done, **more
    )  # type: ignore[arg-type]


def ledger(*rows: Execution) -> Ledger:
    return Ledger(asof=ASOF, rows=tuple(sorted(rows, key=lambda each: each.end_month)))


def test_a_year_told_as_a_whole_does_not_tell_its_months():
    told = ledger(row(48, 12, 1200), *(row(month, 1, 10) for month in range(JANUARY, ASOF)))
    assert told.year() == 100
    assert told.month() == 10
    assert told.before_year() == 1200
    assert told.last_year() is None


def test_last_year_by_month_or_quarter_is_compared_to_the_same_month():
    by_month = ledger(*(row(month, 1, 5) for month in range(48, ASOF)))
    assert by_month.last_year() == 50
    by_quarter = ledger(row(48, 3, 30), row(51, 3, 30), row(54, 3, 30), row(57, 3, 30))
    assert by_quarter.last_year() is None  # the quarter of October reaches over its end


def test_a_month_inside_a_quarter_is_not_told():
    told = Ledger(asof=69, rows=(row(66, 3, 30),))
    assert told.month() is None
    assert told.year() == 30


def test_nothing_entered_is_not_told_and_a_nought_is():
    assert ledger().year() is None
    assert ledger().month() is None
    assert ledger().before_year() is None
    assert ledger(row(69, 1, 0)).month() == 0


def test_what_began_this_year_had_nothing_before():
    assert ledger(row(65, 1, 8)).before_year() == 0


def test_nothing_more_is_done_of_what_is_completed():
    told = ledger(row(48, 12, 70, completed_month=58))
    assert told.year() == 0
    assert told.month() == 0


def test_the_three_ledgers_are_apart():
    told = ledger(row(69, 1, 8, received_wan=5), row(68, 1, None, received_wan=2))
    assert told.year() == 8
    assert told.year(RECEIVED) == 7
    assert told.year(PAID) is None


@pytest.mark.parametrize("asof", [1, 12, 13, 60, 61, 70, 72])
def test_december_lies_in_its_year(asof: int):
    told = Ledger(asof=asof)
    assert 1 <= told.months <= 12
    assert told.year_from + told.months == asof


@given(
    st.lists(st.tuples(st.integers(0, ASOF - 1), st.integers(-50, 50)), unique_by=lambda r: r[0])
)
def test_months_before_and_of_this_year_are_all_that_was_done(entered: list[tuple[int, int]]):
    told = ledger(*(row(month, 1, done) for month, done in entered))
    parts = [part for part in (told.before_year(), told.year()) if part is not None]
    assert sum(parts) == sum(done for _, done in entered)


def test_rows_of_projects_are_theirs_and_rows_of_items_the_items():
    of_project = row(69, 1, 4, project_code="P1")
    facts = Facts(asof_months=ASOF, rows=(row(69, 1, 4, parts=1),), by_project=(of_project,))
    found = ledgers(facts)
    assert found[1].month() == 4
    assert found["P1"].month() == 4
    assert found["P2"].month() is None
