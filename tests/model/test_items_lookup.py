from __future__ import annotations

import numpy as np
import pytest

from portfolio.model.items import find_item
from portfolio.model.problems import InputError
from tests.strategies import make_item

YEARS = np.zeros(15, dtype=np.int64)
ITEMS = tuple(
    make_item(no, YEARS, name=name)
    for no, name in ((22, "国铁干线"), (23, "城际轨道交通"), (24, "城市轨道交通"), (3, "文化产业"))
)


@pytest.mark.parametrize(
    ("text", "no"),
    [("22", 22), (" 22 ", 22), ("国铁干线", 22), ("22 国铁干线", 22), ("国铁", 22), ("城际", 23)],
)
def test_an_item_is_found_by_number_name_or_unique_part(text: str, no: int) -> None:
    assert find_item(text, ITEMS).no == no


def test_a_full_name_wins_over_names_that_contain_it() -> None:
    items = (*ITEMS, make_item(4, YEARS, name="文化产业园"))
    assert find_item("文化产业", items).no == 3


def _problem(text: str) -> str:
    with pytest.raises(InputError) as caught:
        find_item(text, ITEMS, place="ITEM")
    (problem,) = caught.value.problems
    assert problem.place == "ITEM"
    return f"{problem.found} {problem.fix}"


def test_an_ambiguous_part_lists_its_candidates() -> None:
    said = _problem("轨道交通")
    assert "23 城际轨道交通" in said
    assert "24 城市轨道交通" in said


def test_a_near_name_is_proposed() -> None:
    assert "是否为“国铁干线”？" in _problem("国铁干路")


def test_an_unknown_number_says_the_range() -> None:
    said = _problem("99")
    assert "99" in said
    assert "3 至 24" in said


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_is_no_item(text: str) -> None:
    assert "文化产业" in _problem(text)
