"""`import portfolio`: every name it offers is there, quickly, and described on its page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import portfolio
from tools import api_page

SHIPPED = Path(__file__).parents[1] / "inputs" / "十大工程.xlsx"


@pytest.mark.parametrize("name", portfolio.__all__)
def test_each_name_is_there_and_says_what_it_is(name):
    assert (getattr(portfolio, name).__doc__ or "").strip()


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_of_ours"):
        _ = portfolio.nothing_of_ours


def test_a_workbook_is_played_and_its_mistakes_arrive_as_problems():
    result = portfolio.run(SHIPPED)
    assert int(result.outcome.drawn_wan.sum()) > 0
    with pytest.raises(portfolio.InputError) as error:
        portfolio.run(SHIPPED, sets=["没有的渠道:2023=-30%"])
    assert error.value.problems


def test_importing_it_loads_no_library():
    code = "import sys, portfolio; print([m for m in ('numpy', 'click') if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert found.stdout.strip() == "[]"


def test_the_page_is_made_from_the_docstrings():
    assert api_page.PAGE.read_text(encoding="utf-8") == api_page.page()
