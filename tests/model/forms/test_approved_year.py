"""The first year of forms to come as it was approved: what it moves lies in the years after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.approved import PlanVersion
from portfolio.model.forms.planned.ahead import as_approved, years_ahead
from tests.sim.test_from_facts import begun, plan_of, row, years
from tests.strategies import make_portfolio

YEARS = ((100, 0), (80, 20), (60, 0))


@pytest.mark.parametrize(
    ("agreed", "wanted"),
    [
        ((150, 0), ((150, 0), (40, 10), (60, 0))),  # 50 more: out of the next year, 4 to 1
        ((60, 0), ((60, 0), (120, 20), (60, 0))),  # 40 less: into the next
        ((60, 40), ((60, 40), (80, 20), (60, 0))),  # another channel alone
        ((500, 0), ((260, 0), (0, 0), (0, 0))),  # no more than is left
        ((0, 0), ((0, 0), (180, 20), (60, 0))),
    ],
)
def test_what_the_approved_year_moves_lies_in_the_next(agreed, wanted):
    found = as_approved(YEARS, np.array(agreed), 260)
    assert found == wanted
    assert sum(map(sum, found)) == 260


def test_the_first_year_is_the_version_of_that_year_whatever_the_month():
    # 400 a year to 2024, as planned to the end of 2021; 500 are approved for 2022.
    plain = make_portfolio(plan_of(years(y2021=400, y2022=400, y2023=400, y2024=400)))
    told = begun(plain, 12, *(row(3 * q, 3, 100) for q in range(4)))
    approved = PlanVersion(
        title="年初计划", adjusts=False, year=2022, approved_on="2022-02-10", document="某号",
        authority=None, effective=12, cells_wan={(1, "C0"): 500}, spans={1: (0, 15)},
    )  # fmt: skip
    before, after = (
        years_ahead(each, each) for each in (told, replace(told, versions=(approved,)))
    )
    assert before.approved is None
    assert [before.lines[0].year_wan(k) for k in range(3)] == [400, 400, 400]
    assert after.approved is approved
    assert [after.lines[0].year_wan(k) for k in range(3)] == [500, 300, 400]
    assert after.lines[0].before_wan == before.lines[0].before_wan == 400
    assert after.lines[0].later_wan == before.lines[0].later_wan
