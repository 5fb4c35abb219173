"""Forms 2A, 2B and 6 by hand: what was paid of what was there, idle bonds, problems overdue."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from portfolio.model.facts import Level
from portfolio.model.forms.entered import (
    Bond,
    Category,
    Entered,
    Purse,
    State,
    Thresholds,
    Trouble,
)
from portfolio.model.forms.finance.bonds import bond_report
from portfolio.model.forms.finance.paid import (
    NO_PROJECT,
    Money,
    purse_report,
)
from portfolio.model.forms.finance.troubles import is_overdue, trouble_report
from portfolio.model.forms.lines import Rank, told_sum
from portfolio.model.forms.source import Source
from tests.forms_made import example_source, listed_source


def source(**entered: Any) -> Source:
    """The example with other sheets for forms."""
    return Source(run=example_source().run, entered=Entered(**entered))


# --- 2A


def test_what_is_left_is_received_and_carried_less_paid():
    money = Money(received_wan=100, carried_wan=20, paid_wan=90)
    assert money.left_wan == 30
    assert money.paid_part == Fraction(3, 4)
    assert Money(received_wan=100, paid_wan=90).left_wan == 10  # what isn't told is left out
    assert Money(paid_wan=90).left_wan is None
    assert Money(received_wan=0, paid_wan=0).paid_part is None


def test_unpaid_is_what_fell_due_since_the_beginning_less_what_was_paid():
    item = next(each for each in example_source().portfolio.items if each.earlier_wan == 0)
    purse = Purse(
        item_no=item.no, project_code=None, channel_id="GPB", level=Level.CITY, until=70,
        initial_wan=500, payable_wan=90, settled_wan=100, retained_wan=7,
    )  # fmt: skip
    report = purse_report(source(purses=(purse,)))
    lines = (line for line in report.items if line.rank is Rank.PART)
    row = next(line.row for line in lines if line.row.money.retained_wan == 7)
    assert row.money.unpaid_wan == -10  # prepaid: no mistake
    assert row.money.adjusted_wan == 500  # not adjusted: the first budget is in force


def test_a_purse_of_last_year_tells_nothing_of_this_one():
    old = Purse(item_no=4, project_code=None, channel_id="GPB", level=None, until=60, issued_wan=9)
    report = purse_report(source(purses=(old,)))
    assert all(line.row.money.issued_wan != 9 for line in report.items)


@pytest.mark.parametrize("made", [example_source, listed_source])
def test_by_channel_and_by_item_is_the_same_money(made):
    report = purse_report(made())
    assert report.channels[0].row.money == report.items[0].row.money
    done = told_sum(line.row.money.done_wan for line in report.items if line.rank is Rank.PART)
    outlook = made().run.outlook
    assert outlook is not None and done == outlook.done_wan


def test_a_channels_budget_that_no_project_has_is_told_apart():
    plain = example_source()
    report = purse_report(plain)
    budget = {each.channel_id: each for each in plain.facts.budgets if each.item_no is None}
    for channel in plain.portfolio.channels:
        if channel.id not in budget:
            continue
        rows = [
            line.row
            for line in report.items
            if line.rank is Rank.PART and line.row.channel == channel.name
        ]
        assert any(row.name == NO_PROJECT for row in rows)
        assert told_sum(row.money.adjusted_wan for row in rows) == budget[channel.id].budget_wan


@pytest.mark.parametrize("made", [example_source, listed_source])
def test_what_is_owed_is_listed_by_unit_the_most_first(made):
    report = purse_report(made())
    owed = [
        line.row.money.unpaid_wan
        for line in report.items
        if line.rank is Rank.PART and (line.row.money.unpaid_wan or 0) >= 500
    ]
    told = [line.row.money.unpaid_wan for line in report.unpaid if line.rank is Rank.PART]
    assert owed and sorted(told) == sorted(owed)
    assert report.unpaid[0].row.money.unpaid_wan == sum(owed)
    units = [line.row for line in report.unpaid if line.rank is Rank.GROUP]
    assert len({row.name for row in units}) == len(units)
    amounts = [row.money.unpaid_wan or 0 for row in units]
    assert amounts == sorted(amounts, reverse=True)


def test_what_was_paid_ahead_is_owed_by_nobody():
    # 300 due, 900 paid: −600
    ahead = Purse(item_no=4, project_code=None, channel_id="GPB", level=None, until=70,
                  payable_wan=300, settled_wan=900)  # fmt: skip
    assert purse_report(source(purses=(ahead,))).unpaid == ()


# --- 2B


def bond(**more: Any) -> Bond:
    plain = Bond(item_no=4, project_code=None, bond_name="甲债", bond_code="X1", amount_wan=1000)
    return replace(plain, **more)


@pytest.mark.parametrize(
    ("arrived", "months"),
    [("2026-10-01", 1), ("2026-10-02", 0), ("2025-11-01", 12), ("2025-11-30", 11), ("2026-08", 2)],
)
def test_months_since_money_came_are_whole(arrived: str, months: int):
    report = bond_report(source(bonds=(bond(arrived_on=arrived, spent_wan=0),)))
    assert report.bonds[-1].row.months == months


def test_money_is_idle_after_a_year_or_what_the_settings_say_if_some_is_left():
    old = bond(arrived_on="2025-10-20", spent_wan=999)
    assert bond_report(source(bonds=(old,))).idle == 1
    assert bond_report(source(bonds=(replace(old, spent_wan=1000),))).idle == 0
    limits = Thresholds(idle_months=13)
    assert bond_report(source(bonds=(old,), thresholds=limits)).idle == 0


def test_a_bond_shows_whether_its_parts_are_its_issue():
    two = (bond(issue_wan=1500), bond(item_no=5, amount_wan=500, issue_wan=1500))
    assert bond_report(source(bonds=two)).unmatched == ()
    assert bond_report(source(bonds=two[:1])).unmatched == ("X1",)


def test_spent_is_of_the_bond_and_not_of_what_was_handed_down():
    row = bond_report(source(bonds=(bond(allotted_wan=500, spent_wan=400),))).bonds[-1].row
    assert row.money.spent_part == Fraction(2, 5)


@pytest.mark.parametrize("made", [example_source, listed_source])
def test_all_three_sheets_of_bonds_have_one_total(made):
    report = bond_report(made())
    totals = [lines[0].row for lines in (report.bonds, report.projects, report.supervisors)]
    assert totals[0].money == totals[1].money == totals[2].money
    assert totals[0].count == totals[1].count == len(report.projects) - 1


# --- 6


def trouble(**more: Any) -> Trouble:
    plain = Trouble(
        no="1", item_no=4, project_code=None, category=Category.MONEY, problem="缺钱",
        state=State.OPEN, gap_wan=5000, due="2026-12-31",
    )  # fmt: skip
    return replace(plain, **more)


@pytest.mark.parametrize(
    ("more", "late"),
    [
        ({"due": "2026-10-31"}, True),
        ({"due": "2026-11-01"}, False),
        ({"due": "2026-09-30", "state": State.MOVED, "moved_to": "2026-11-30"}, False),
        ({"due": "2026-06-30", "state": State.MOVED, "moved_to": "2026-09-30"}, True),
        ({"due": "2026-09-30", "state": State.CLOSED, "closed_on": "2026-10-20"}, False),
        ({"due": None}, False),
    ],
)
def test_a_problem_is_overdue_by_the_date_in_force(more: dict[str, Any], late: bool):
    assert is_overdue(example_source(), trouble(**more)) is late


def test_gaps_that_read_nothing_and_what_was_closed_in_earlier_years_are_left_out():
    report = trouble_report(
        source(
            troubles=(
                trouble(no="a", gap_wan=499),
                trouble(no="b", gap_wan=500),
                trouble(no="c", gap_wan=None, category=Category.LAND),
                trouble(no="d", state=State.CLOSED, closed_on="2025-12-31"),
                trouble(no="e", state=State.CLOSED, closed_on="2026-01-01"),
            )
        )
    )
    assert (report.small, report.past) == (1, 1)
    listed = [line.row.no for line in report.rows if line.rank is Rank.PART]
    assert listed == ["c", "b", "e"]
    assert report.rows[0].row.gap_wan == 5500
    assert report.rows[0].row.count == 3


def test_what_the_play_shows_is_marked_where_the_register_has_it():
    shown = [line.row for line in trouble_report(source()).shown[1:]]
    assert shown and not any(row.listed for row in shown)
    assert [row.gap_wan for row in shown] == sorted((row.gap_wan for row in shown), reverse=True)
    first = int(shown[0].no or 0)
    again = trouble_report(source(troubles=(trouble(item_no=first),))).shown[1:]
    assert [line.row.listed for line in again] == [row.no == str(first) for row in shown]
