"""The repair offered by default: on the real portfolio with next year's special bonds cut by 30 %."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from portfolio.model.audit.reallocation import audit_repair
from portfolio.model.reallocation.aims import played_aims
from portfolio.model.reallocation.result import Reallocation
from portfolio.model.reallocation.settings import FEW_MOVES, Aim, WayName
from portfolio.optimize.repair import few_at_most, repair
from portfolio.optimize.ways.at_most import years_hit
from portfolio.workflows.reallocate import few_will_do, open_case, repaired_case
from tests.optimize.test_at_most import cut

YEAR, CUT, BAND = 2027, 0.7, 0.15
METRO = 24


@cache
def offered() -> Reallocation:
    opened = open_case(None, (), (f"专项债券:{YEAR}=-30%",))
    return repaired_case(opened, price_seconds=0.0)


def test_at_most_ten_moves_are_offered_and_they_play_well_enough() -> None:
    found = offered()
    assert found.name is WayName.FEW and 0 < len(found.moves) <= FEW_MOVES
    assert found.plan_wan is not None and audit_repair(found.case, found.plan_wan) == ()
    before = played_aims(found.case, found.case.played, found.run.outcome)
    after = played_aims(found.case, found.repaired, found.outcome)
    assert after[Aim.SHORTFALL] <= before[Aim.SHORTFALL] / 2
    assert after[Aim.DELAY] <= before[Aim.DELAY] * 1.15


def test_the_cut_is_met_and_no_item_bears_it_alone() -> None:
    # Counted from the plans alone: the channel's year in all, and each item's part of it.
    found = offered()
    portfolio, plan = found.case.portfolio, found.plan_wan
    assert plan is not None
    year = YEAR - portfolio.calendar.first_year
    bonds = next(c for c, ch in enumerate(portfolio.channels) if "专项债券" in ch.name)
    city = [c for c, ch in enumerate(portfolio.channels) if ch.kind.value == "统筹"]
    before, after = portfolio.plan_wan[year], plan[year]
    assert after[bonds].sum() == pytest.approx(CUT * before[bonds].sum(), abs=30)
    for i, item in enumerate(portfolio.items):
        least = CUT * before[bonds, i] - BAND * before[city, i].sum()
        assert after[bonds, i] >= least - 60 or item.bond_use == "否"
        if before[bonds, i] and after[city, i].sum() and item.bond_use not in ("否", "打包"):
            share = before[bonds, i] / before[city, i].sum()
            assert after[bonds, i] / after[city, i].sum() >= CUT * share - BAND - 1e-3
    metro = portfolio.position[METRO]
    assert after[bonds, metro] > before[bonds, metro] / 3


def test_years_are_hit_in_which_a_channel_is_cut_or_something_lacks() -> None:
    case = cut()
    assert years_hit(case, repair(case).limits) == [14]


def test_few_moves_that_bring_too_little_back_are_not_offered() -> None:
    opened = open_case(None, (), (f"专项债券:{YEAR}=-30%",))
    knee = repair(opened.case)
    few = few_at_most(knee, opened.case.settings, 6)
    assert few is not None and knee.plan_wan is not None
    assert not few_will_do(opened, knee, few[0])
    assert not few_will_do(opened, knee, knee)
    assert np.count_nonzero(few[0].plan_wan != opened.case.portfolio.plan_wan) >= 6
