"""A word means an item, a project or a unit; what is called just so goes first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.items import find_item
from portfolio.model.problems import InputError
from portfolio.model.projects import Project
from portfolio.model.projects.meant import find_meant
from tests.strategies import make_item

YEARS = np.zeros(15, dtype=np.int64)
METRO = replace(
    make_item(24, YEARS, name="城市轨道交通"),
    aliases=("地铁", "铁路"),
    code="I-24",
    owner="市交通局",
)
RAIL = replace(make_item(22, YEARS, name="国铁干线铁路"), aliases=("高铁",))
SCHOOL = make_item(44, YEARS, name="基础教育")
ITEMS = (RAIL, METRO, SCHOOL)
PROJECTS = (
    Project(code="P-1", name="十一号线", item_no=24, owner="市交通局"),
    Project(code="P-2", name="十二号线", item_no=24, owner="市重点办"),
    Project(code="P-3", name="第一小学", item_no=44, owner="市教育局"),
    Project(code="P-4", name="第一小学", item_no=44, owner="市教育局"),
)


@pytest.mark.parametrize(("text", "no"), [("地铁", 24), ("I-24", 24), ("高铁", 22), ("地", 24)])
def test_an_item_is_found_by_alias_code_or_part_of_an_alias(text: str, no: int) -> None:
    assert find_item(text, ITEMS).no == no


def test_an_exact_alias_beats_a_part_of_a_name() -> None:
    assert find_item("铁路", ITEMS).no == 24
    assert find_item("干线铁路", ITEMS).no == 22


def test_a_name_beats_an_alias() -> None:
    same = replace(SCHOOL, name="地铁")
    assert find_item("地铁", (METRO, same)).no == 44


def test_a_near_alias_is_proposed() -> None:
    with pytest.raises(InputError, match="是否为“地铁”"):
        find_item("地铁站线", (METRO, RAIL))


@pytest.mark.parametrize(
    ("text", "no", "code"),
    [("P-2", 24, "P-2"), ("十一号线", 24, "P-1"), ("十二", 24, "P-2"), ("P-1 十一号线", 24, "P-1")],
)
def test_a_project_is_found_by_code_name_or_part_and_gives_its_item(
    text: str, no: int, code: str
) -> None:
    meant = find_meant(text, ITEMS, PROJECTS)
    assert meant.item is not None
    assert meant.project is not None
    assert (meant.item.no, meant.project.code, meant.owner) == (no, code, None)


@pytest.mark.parametrize(("text", "owner"), [("市交通局", "市交通局"), ("重点办", "市重点办")])
def test_a_unit_is_found_by_its_name_or_a_part(text: str, owner: str) -> None:
    meant = find_meant(text, ITEMS, PROJECTS)
    assert (meant.item, meant.owner) == (None, owner)


def test_an_item_goes_before_a_unit_of_the_same_part() -> None:
    assert find_meant("教育", ITEMS, PROJECTS).item == SCHOOL
    assert find_meant("市教育局", ITEMS, PROJECTS).owner == "市教育局"


def _problem(text: str) -> str:
    with pytest.raises(InputError) as caught:
        find_meant(text, ITEMS, PROJECTS)
    (problem,) = caught.value.problems
    return f"{problem.found} {problem.fix}"


def test_projects_of_one_name_are_told_apart_by_code() -> None:
    said = _problem("第一小学")
    assert "P-3 第一小学" in said
    assert "P-4 第一小学" in said


def test_several_units_are_listed() -> None:
    said = _problem("局")
    assert "市交通局" in said
    assert "市教育局" in said


def test_nothing_alike_proposes_the_nearest_of_all_names() -> None:
    assert "是否为“市重点办”" in _problem("市重点处")
    assert "没有序号为 99" in _problem("99")


def test_projects_of_items_that_are_gone_are_not_meant() -> None:
    with pytest.raises(InputError):
        find_meant("十一号线", (SCHOOL,), PROJECTS)
