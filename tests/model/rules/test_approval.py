"""Approval paths: quarter indices from 2021Q1, so 2023 is 8, 9, 10, 11 and its eve is 7."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.calendar import SHIPPED
from portfolio.model.facts import Level
from portfolio.model.rules.approval import (
    APPROVAL_RULES,
    ApprovalPath,
    Authority,
    MoveKind,
    Short,
    approval_path,
    body,
    in_time,
    last_ask,
    path_of,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "审批路径.md"
CHANNELS = {"GPB": "财政", "LAND": "土地财政", "SPB": "财政性债务"}
CUT, MORE, RESERVE = (False, False), (True, False), (True, True)


def path(
    channel: str,
    asof: int,
    change: tuple[bool, bool],
    *,
    livelihood: bool = False,
    short: Short = Short.NOT,
    year: int = 2023,
) -> ApprovalPath:
    return approval_path(
SHIPPED,
channel_id=channel, channel_group=CHANNELS.get(channel, "其他"), year=year,
        asof_quarter=asof, increase=change[0], from_reserve=change[1], livelihood=livelihood, short=short,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "asof", "change", "livelihood", "kind", "authority"),
    [
        ("GPB", 3, MORE, False, MoveKind.DRAFT_BUDGET, Authority.CONGRESS),
        ("LAND", 7, RESERVE, True, MoveKind.DRAFT_BUDGET, Authority.CONGRESS),
        ("SPB", 7, MORE, False, MoveKind.DRAFT_BONDS, Authority.CONGRESS),
        ("SPB", 7, CUT, False, MoveKind.DRAFT_BUDGET, Authority.CONGRESS),
        ("GPB", 8, RESERVE, False, MoveKind.RESERVE, Authority.BUREAU),
        ("SPB", 8, RESERVE, False, MoveKind.RESERVE_BONDS, Authority.PROVINCE),
        ("LAND", 8, MORE, True, MoveKind.BETWEEN_ITEMS, Authority.GOVERNMENT),
        ("LAND", 8, CUT, False, MoveKind.BETWEEN_ITEMS, Authority.GOVERNMENT),
        ("GPB", 8, CUT, True, MoveKind.KEY_SPENDING_CUT, Authority.STANDING_COMMITTEE),
        ("SPB", 8, CUT, True, MoveKind.BOND_USE, Authority.PROVINCE),
        ("SPB", 8, MORE, False, MoveKind.BOND_USE, Authority.PROVINCE),
        ("GPB", 11, MORE, False, MoveKind.PAST_YEAR, Authority.NOBODY),
        ("另设", 8, MORE, False, MoveKind.BETWEEN_ITEMS, Authority.GOVERNMENT),
    ],
)
def test_a_change_goes_the_way_of_its_channel_year_and_direction(
    channel: str, asof: int, change: tuple[bool, bool], livelihood: bool,
    kind: MoveKind, authority: Authority,
) -> None:  # fmt: skip
    found = path(channel, asof, change, livelihood=livelihood)
    assert (found.kind, found.authority) == (kind, authority)


@pytest.mark.parametrize(
    ("channel", "change", "livelihood", "short", "kind"),
    [
        ("LAND", CUT, False, Short.TOTAL_FALLS, MoveKind.TOTAL_FALLS),
        ("LAND", MORE, False, Short.TOTAL_FALLS, MoveKind.TOTAL_FALLS),
        ("LAND", RESERVE, False, Short.TOTAL_FALLS, MoveKind.RESERVE),
        ("LAND", CUT, False, Short.MADE_GOOD, MoveKind.BETWEEN_ITEMS),
        ("LAND", CUT, False, Short.FROM_FUND, MoveKind.TOTAL_FALLS),  # the fund can't pay for it
        ("GPB", CUT, False, Short.FROM_FUND, MoveKind.FROM_FUND),
        ("GPB", CUT, True, Short.TOTAL_FALLS, MoveKind.KEY_SPENDING_CUT),
        ("GPB", MORE, True, Short.TOTAL_FALLS, MoveKind.TOTAL_FALLS),
        ("SPB", CUT, True, Short.TOTAL_FALLS, MoveKind.TOTAL_FALLS),  # a quota that never came
        ("SPB", MORE, False, Short.TOTAL_FALLS, MoveKind.BOND_USE),
        ("SPB", CUT, False, Short.MADE_GOOD, MoveKind.BOND_USE),
    ],
)
def test_a_channel_short_of_a_voted_budget_goes_the_stricter_way(
    channel: str, change: tuple[bool, bool], livelihood: bool, short: Short, kind: MoveKind
) -> None:
    found = path(channel, 8, change, livelihood=livelihood, short=short)
    assert found.kind is kind
    # Before the budget is voted it is drafting, whatever is short.
    drafted = path(channel, 7, change, livelihood=livelihood, short=short)
    assert drafted.kind in (MoveKind.DRAFT_BUDGET, MoveKind.DRAFT_BONDS)


@pytest.mark.parametrize(
    ("level", "called", "known"),
    [
        (Level.CITY, "市人大常委会", True),
        (Level.DISTRICT, "区人大常委会", True),
        (Level.ABOVE, "本级人大常委会", False),
        (Level.OTHER, "本级人大常委会", False),
        (None, "本级人大常委会", False),
    ],
)
def test_which_body_decides_follows_from_the_level(
    level: Level | None, called: str, known: bool
) -> None:
    found = path_of(MoveKind.TOTAL_FALLS, SHIPPED, year=2023, asof_quarter=8, level=level)
    assert (found.body, found.body_known) == (called, known)
    assert called in found.steps and "{" not in found.steps + found.note


def test_the_province_is_the_province_at_every_level() -> None:
    assert {body(Authority.PROVINCE, level) for level in (None, *Level)} == {"省级政府"}


def test_a_bond_is_known_by_its_group_too() -> None:
    found = approval_path(
SHIPPED,
channel_id="另设", channel_group="财政性债务", year=2023, asof_quarter=8,
        increase=False, from_reserve=False, livelihood=False,
    )  # fmt: skip
    assert found.kind is MoveKind.BOND_USE


@pytest.mark.parametrize(
    ("channel", "change", "livelihood", "effective"),
    [
        # after Q4 of the year before, Q1, Q2, Q3, Q4 of 2023 are past
        ("GPB", RESERVE, False, (8, 9, 10, 11, None)),  # the bureau, in the quarter it is asked
        ("GPB", CUT, False, (8, 10, 11, None, None)),  # asked in Q4: past the third quarter
        ("GPB", CUT, True, (8, 10, 11, None, None)),  # asked in Q4: in force in 2024Q1 only
        ("SPB", CUT, False, (8, 10, 11, None, None)),
        ("SPB", RESERVE, False, (8, 10, 11, None, None)),
    ],
)
def test_the_later_the_decision_the_less_is_left_of_the_year(
    channel: str, change: tuple[bool, bool], livelihood: bool, effective: tuple[int | None, ...]
) -> None:
    paths = [path(channel, asof, change, livelihood=livelihood) for asof in range(7, 12)]
    assert tuple(found.effective_quarter for found in paths) == effective
    assert [in_time(found, SHIPPED, 2023) for found in paths] == [
        quarter is not None for quarter in effective
    ]


#: Asked after Q4 of the year before, Q1, Q2, Q3 and Q4: when it holds, by the laws' periods and what
#: the page for auditors says is ours (a quarter for what a committee or the province decides).
AT_ONCE, VOTED, A_QUARTER = (
    (8, 9, 10, 11, None),
    (8, None, None, None, None),
    (9, 10, 11, None, None),
)


@pytest.mark.parametrize(
    ("kind", "effective", "after_third", "after_fourth"),
    [
        (MoveKind.DRAFT_BUDGET, VOTED, "已经表决", "已经表决"),
        (MoveKind.DRAFT_BONDS, VOTED, "已经表决", "已经表决"),
        (MoveKind.RESERVE, AT_ONCE, "", "第4季度的期限"),
        (MoveKind.RESERVE_BONDS, A_QUARTER, "第3季度的期限", "第3季度的期限"),
        (MoveKind.TOTAL_FALLS, A_QUARTER, "来不及生效", "第4季度的期限"),
        (MoveKind.FROM_FUND, A_QUARTER, "来不及生效", "第4季度的期限"),
        (MoveKind.BETWEEN_ITEMS, A_QUARTER, "第3季度的期限", "第3季度的期限"),
        (MoveKind.KEY_SPENDING_CUT, A_QUARTER, "来不及生效", "第4季度的期限"),
        (MoveKind.BOND_USE, A_QUARTER, "第3季度的期限", "第3季度的期限"),
        (MoveKind.MORE_THAN_VOTED, A_QUARTER, "来不及生效", "第4季度的期限"),
        (MoveKind.PAST_YEAR, (None,) * 5, "", ""),
    ],
)
def test_each_kind_holds_from_its_quarter_on_or_says_why_it_comes_too_late(
    kind: MoveKind, effective: tuple[int | None, ...], after_third: str, after_fourth: str
) -> None:
    paths = [path_of(kind, SHIPPED, year=2023, asof_quarter=asof) for asof in range(7, 12)]
    assert tuple(found.effective_quarter for found in paths) == effective
    reasons = ("已经表决", "季度的期限，改列", "来不及生效")
    for found, reason in zip(paths[3:], (after_third, after_fourth), strict=True):
        assert not reason or reason in found.note
        assert any(each in found.note for each in reasons) == bool(reason)


@pytest.mark.parametrize("kind", list(MoveKind))
@pytest.mark.parametrize("year", [2021, 2023, 2045])
def test_what_is_asked_by_the_last_quarter_told_holds_and_nothing_after_it(
    kind: MoveKind, year: int
) -> None:
    for asof in range(-1, 100):
        found = path_of(kind, SHIPPED, year=year, asof_quarter=asof)
        in_force = found.effective_quarter is not None
        assert in_force == (found.asked_quarter <= last_ask(kind, SHIPPED, year))


def test_a_later_year_is_voted_with_its_own_budget() -> None:
    found = path("GPB", 1, MORE)
    # asked while the draft is made, in the last quarter of 2022, and in force from 2023Q1
    assert (found.asked_quarter, found.effective_quarter) == (7, 8)


def test_before_2021_the_first_budget_is_still_open() -> None:
    found = path("GPB", -1, MORE, year=2021)
    assert (found.kind, found.asked_quarter, found.effective_quarter) == (
        MoveKind.DRAFT_BUDGET, 0, 0,
    )  # fmt: skip


def test_what_comes_too_late_says_why() -> None:
    assert "第3季度" in path("GPB", 10, CUT).note
    assert "来不及" in path("GPB", 10, CUT, livelihood=True).note
    assert "来不及" not in path("GPB", 9, CUT, livelihood=True).note


def test_raising_the_envelope_takes_the_standing_committee_a_quarter() -> None:
    found = path_of(MoveKind.MORE_THAN_VOTED, SHIPPED, year=2023, asof_quarter=8)
    assert (found.authority, found.effective_quarter) == (Authority.STANDING_COMMITTEE, 10)
    # asked before the year has begun, it waits for the year
    assert (
        path_of(MoveKind.MORE_THAN_VOTED, SHIPPED, year=2023, asof_quarter=0).effective_quarter == 9
    )


def test_a_draft_is_closed_once_it_is_voted() -> None:
    assert (
        path_of(MoveKind.DRAFT_BUDGET, SHIPPED, year=2023, asof_quarter=8).effective_quarter is None
    )


def test_a_path_is_in_time_for_its_own_year_only() -> None:
    found = path("GPB", 7, MORE)  # in force from 2023Q1
    assert in_time(found, SHIPPED, 2023)
    assert not in_time(found, SHIPPED, 2022)


@given(
    channel=st.sampled_from([*CHANNELS, "另设"]),
    change=st.sampled_from([CUT, MORE, RESERVE, (False, True)]),
    livelihood=st.booleans(),
    short=st.sampled_from(list(Short)),
    year=st.integers(2021, 2045),
    asof=st.integers(-1, 99),
)
def test_waiting_never_helps_and_nothing_holds_before_it_is_asked(
    channel: str, change: tuple[bool, bool], livelihood: bool, short: Short, year: int, asof: int
) -> None:
    now = path(channel, asof, change, livelihood=livelihood, short=short, year=year)
    later = path(channel, asof + 1, change, livelihood=livelihood, short=short, year=year)
    assert now.asked_quarter >= asof + 1
    assert in_time(now, SHIPPED, year) == (now.effective_quarter is not None)
    if now.effective_quarter is not None:
        assert now.effective_quarter >= now.asked_quarter
    if later.effective_quarter is not None:
        assert now.effective_quarter is not None
        assert now.effective_quarter <= later.effective_quarter


def test_every_kind_has_one_rule_with_a_source() -> None:
    assert [rule.kind for rule in APPROVAL_RULES] == list(MoveKind)
    assert all(rule.sources and rule.steps and rule.groups for rule in APPROVAL_RULES)


def test_the_page_for_auditors_names_every_rule() -> None:
    rows = {
        cells[0]: cells[1:]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 7
    }
    for rule in APPROVAL_RULES:
        groups, authority, basis, _, _, sourced = rows[rule.kind]
        assert (authority, basis) == (rule.authority, rule.basis)
        assert all(group in groups for group in rule.groups)
        assert ("假设" in sourced) == rule.assumption
