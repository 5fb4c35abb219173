"""Problems told for the first time go into 问题台账, numbered on; others don't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.forms.entered import Category, State, Trouble
from portfolio.model.month.owed import Line, Owed
from portfolio.model.month.registered import Values, new_problems
from portfolio.model.month.returned import Returned, ToldLine
from tests.model.month.test_returned import LINE, SOUND

TOLD = replace(SOUND, problem="征拆 未完", category="征拆", measure="专班推进", due="2027-03-31")
KNOWN = Trouble(no="2026-007", item_no=1, project_code="P1", category=Category.CLEARING,
                problem="征拆未完", state=State.OPEN)  # fmt: skip


def rows(*told: ToldLine, known: tuple[Trouble, ...] = (), line: Line = LINE) -> list[Values]:
    owed = Owed(unit="市水务局", month=70, lines=(line,))
    back = Returned(file="甲.xlsx", sha256="0", label="2026-11", owed=owed, lines=told)
    return list(new_problems([back], known, "2026-11"))


def test_a_new_problem_is_a_row_of_the_register() -> None:
    (row,) = rows(TOLD)
    assert {key: value for key, value in row.items() if value is not None} == {
        "no": "2026-001", "item_no": 1, "item_name": "大项", "project_code": "P1",
        "category": "征拆", "problem": "征拆 未完", "measure": "专班推进", "owner": "市水务局",
        "due": "2027-03-31", "state": "未办",
    }  # fmt: skip


def test_without_a_category_it_is_another_and_a_date_in_words_is_kept() -> None:
    (row,) = rows(replace(TOLD, category=None, due="年底前"))
    assert (row["category"], row["due"]) == ("其他", None)
    assert row["measure"] == "专班推进（时限：年底前）"


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ((KNOWN,), LINE),  # open in the register, written without the blank
        ((), replace(LINE, problem="征拆未完")),  # told the month before
    ],
)
def test_what_is_known_is_not_registered_again(known: tuple[Trouble, ...], line: Line) -> None:
    assert rows(TOLD, known=known, line=line) == []


def test_numbers_go_on_in_the_year_and_a_closed_problem_may_come_again() -> None:
    closed = replace(KNOWN, state=State.CLOSED, closed_on="2026-09-01", evidence="证")
    other = replace(KNOWN, no="2025-900", problem="别的")
    assert [row["no"] for row in rows(TOLD, known=(closed, other))] == ["2026-008"]


def test_of_another_project_the_same_words_are_another_problem() -> None:
    assert len(rows(TOLD, known=(replace(KNOWN, project_code="P2"),))) == 1


def test_none_is_told_where_none_is_written() -> None:
    assert rows(SOUND) == []
