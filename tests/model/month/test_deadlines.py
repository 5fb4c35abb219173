"""What falls due: by the usual calendar, or the workbook's own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.month.deadlines import USUAL, Deadline, Nature, due
from portfolio.model.problems import InputError
from portfolio.read.workbook.file import read_file
from portfolio.read.workbook.month.deadlines import deadlines_in
from tests.read.shipped import SHIPPED, opened

HEADS = ("要交什么", "谁给谁", "月份", "日", "性质", "依据", "表号")


def test_rules_of_a_day_are_of_the_shipped_workbooks_city_and_of_nobody_else() -> None:
    shipped = deadlines_in(read_file(SHIPPED).grids)
    rules = [one for one in shipped if one.nature is Nature.RULE]
    assert [one.forms for one in rules] == [("1",), ("3A",)]
    assert len(shipped) == len(USUAL)
    for known in (shipped, USUAL):
        assert all("惯例" in one.basis for one in known if one.nature is Nature.CUSTOM)
    assert all(one.nature is Nature.CUSTOM for one in USUAL)


def test_an_empty_sheet_is_as_none(tmp_path: Path) -> None:
    assert deadlines_in(read_file(_book(tmp_path)).grids) is USUAL


def test_the_list_of_next_year_is_due_by_the_end_of_october() -> None:
    found = due(USUAL, dt.date(2026, 10, 28), 3)
    assert [(one.on.isoformat(), one.left, one.deadline.forms) for one in found] == [
        ("2026-10-31", 3, ("3A",))
    ]


def test_the_last_day_of_a_short_month() -> None:
    one = Deadline(what="甲", who="", months=(2, 4), day=31, nature=Nature.CUSTOM, basis="惯例")
    days = [each.on.isoformat() for each in due([one], dt.date(2028, 1, 1), 200)]
    assert days == ["2028-02-29", "2028-04-30"]


@given(st.dates(dt.date(2021, 1, 1), dt.date(2040, 1, 1)), st.integers(0, 400))
def test_every_day_is_within_the_days_and_every_month_is_there(since: dt.date, days: int) -> None:
    found = due(USUAL, since, days)
    assert all(0 <= one.left <= days and (one.on - since).days == one.left for one in found)
    assert [one.on for one in found] == sorted(one.on for one in found)
    monthly = [one for one in found if one.deadline is USUAL[0]]
    expected = sum((since + dt.timedelta(days=k)).day == USUAL[0].day for k in range(days + 1))
    assert len(monthly) == expected


def _book(tmp_path: Path, *rows: tuple[object, ...]) -> Path:
    book = opened()
    del book["报送日历"]
    page = book.create_sheet("报送日历")
    page.append(HEADS)
    for row in rows:
        page.append(row)
    path = tmp_path / "甲.xlsx"
    book.save(path)
    return path


def test_an_office_writes_its_own(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        ("月报", "科里 → 局", "每月", 5, "惯例日期", "本局惯例", "1、6"),
        ("申报", None, "3月、10月", 31, "规定", "某市令第 1 号", None),
    )
    first, second = deadlines_in(read_file(path).grids)
    assert (first.months, first.forms) == (tuple(range(1, 13)), ("1", "6"))
    assert (second.months, second.nature, second.who) == ((3, 10), Nature.RULE, "")


def test_what_is_wrong_in_it_is_told_with_its_cell(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        ("月报", None, "每周", 5, "惯例日期", "惯例", None),
        ("月报", None, "13", 32, "传说", "惯例", None),
    )
    with pytest.raises(InputError) as caught:
        deadlines_in(read_file(path).grids)
    assert {one.place for one in caught.value.problems} == {
        "报送日历!C2", "报送日历!D3", "报送日历!E3",
    }  # fmt: skip
