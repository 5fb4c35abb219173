"""Finish, cost and delay of items and of the whole, by hand on the four items.

All are planned to end 2025Q4 (quarter 19) with 500, 500, 200 and 50 亿元, 1,250 in all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.items import Realisation
from portfolio.model.rules.parameters import derive
from portfolio.model.study.confidence import (
    item_confidences,
    last_finish,
    late_items,
    late_quarters,
    mean_delay,
    money_finishes,
    planned_finishes,
    public_confidence,
    whole_confidence,
)
from portfolio.sim.one_path import play
from tests.model.four_items import YI, four_items
from tests.model.study.made_paths import made_paths
from tests.strategies import make_portfolio

FINISH = np.array([[19, 19, 19, 19], [17, 19, 24, 19], [19, 29, 19, 100], [19, 19, 19, 19]])
COST = np.array([[500, 500, 200, 50], [600, 500, 200, 50], [400, 500, 300, 50], [500, 700, 200, 50]]) * YI  # fmt: skip


def test_delay_by_hand():
    portfolio = four_items()
    paths = made_paths(portfolio, 4, finish=FINISH)
    # Two quarters early count as 0; play ends at 100, 81 quarters after the plan.
    assert late_quarters(portfolio, paths).tolist() == [
        [0, 0, 0, 0], [0, 0, 5, 0], [0, 10, 0, 81], [0, 0, 0, 0],
    ]  # fmt: skip
    # 5 × 200/1250 = 0.8; 10 × 500/1250 + 81 × 50/1250 = 7.24.
    assert mean_delay(portfolio, paths).tolist() == pytest.approx([0, 0.8, 7.24, 0])
    assert last_finish(portfolio, paths).tolist() == [19, 24, 100, 19]
    late = late_items(portfolio, paths)
    assert [p.value for p in late.percentiles] == [0, 1, 2, 2]
    assert planned_finishes(portfolio).tolist() == [19] * 4


def test_the_public_works_are_judged_without_private_volume():
    portfolio = four_items()
    first, *rest = portfolio.items
    volume = Realisation(stage="备案", mean=0.9, sd=0.1, low=0.5, high=1.1, provenance="")
    portfolio = replace(
        portfolio, items=(replace(first, stage="备案"), *rest), realisations=(volume,)
    )
    paths = made_paths(portfolio, 4, finish=FINISH, cost_wan=COST)
    prior = play(derive(portfolio))
    public = public_confidence(portfolio, paths, prior)
    assert public is not None
    # Without the first item's 500, 600, 400, 500: 750, 750, 850, 950 of 750 approved.
    assert [p.value // YI for p in public.cost.percentiles] == [750, 850, 950, 950]
    assert (public.approved_wan, public.reserve_wan[1]) == (750 * YI, (80, 200 * YI))
    assert public_confidence(four_items(), paths, prior) is None


def test_the_whole_by_hand():
    portfolio = four_items()
    paths = made_paths(portfolio, 4, finish=FINISH, cost_wan=COST)
    whole = whole_confidence(portfolio, paths, play(derive(portfolio)))
    assert whole is not None
    # Totals 1,250, 1,350, 1,250, 1,450: P70 and P80 are the third and fourth of the four.
    assert [p.value // YI for p in whole.cost.percentiles] == [1250, 1350, 1450, 1450]
    assert [p.value for p in whole.finish.percentiles] == [19, 24, 100, 100]
    assert whole.reserve_wan == ((70, 100 * YI), (80, 200 * YI))
    assert (whole.planned_finish, whole.approved_wan) == (19, 1250 * YI)
    # Only path 1 keeps both; path 4 is over, path 3 late, path 2 both.
    joint = whole.joint
    assert [
        part.value for part in (joint.both, joint.over_only, joint.late_only, joint.over_and_late)
    ] == [0.25] * 4
    assert joint.mean_cost_on_time is not None
    assert joint.mean_cost_on_time.value == 1350 * YI
    assert whole.unfinished.value == 0.25
    assert whole.delay.value == (0 + 5 + 81 + 0) / 4


def test_items_by_hand():
    portfolio = four_items()
    paths = made_paths(portfolio, 4, finish=FINISH, cost_wan=COST)
    prior = play(derive(portfolio))
    items = item_confidences(portfolio, paths, prior)
    assert [item.item_no for item in items] == [22, 24, 31, 44]
    assert items[0].prior_finish == prior.finish[0]
    assert items[1].joint.on_time.value == 0.75
    assert items[0].joint.within_cost.value == 0.75
    # Item 22: 400, 500, 500, 600; the third is the P70, and nothing above 500 is needed.
    assert items[0].reserve_wan == ((70, 0), (80, 100 * YI))
    assert items[3].finish.at(90).value == 100


def test_an_item_without_money_has_no_finish():
    plan = np.zeros((15, 1, 2), dtype=np.int64)
    plan[0, 0, 0] = 100
    portfolio = make_portfolio(plan)
    paths = made_paths(portfolio, 2)
    assert paths.finish[0].tolist() == [3, 100]
    assert late_quarters(portfolio, paths).tolist() == [[0, 0], [0, 0]]
    assert last_finish(portfolio, paths).tolist() == [3, 3]
    prior = play(derive(portfolio))
    assert [item.item_no for item in item_confidences(portfolio, paths, prior)] == [1]
    empty = make_portfolio(np.zeros((15, 1, 1), dtype=np.int64))
    assert whole_confidence(empty, made_paths(empty, 2), play(derive(empty))) is None
    with pytest.raises(ValueError, match="no item has money"):
        last_finish(empty, made_paths(empty, 2))


def test_most_of_the_money_is_finished_before_the_last_item():
    # 22 and 24 hold 40 % each, 31 16 %, 44 4 %. Path 3: 22 and 31 in quarter 19 (56 %), 24 in 29
    # (96 %), 44 never. Path 2: 22 in 17 (40 %), 24 and 44 in 19 (84 %), 31 in 24.
    portfolio = four_items()
    paths = made_paths(portfolio, 4, finish=FINISH)
    half, most, nearly = money_finishes(portfolio, paths, play(derive(portfolio)))
    assert (half.percent, half.planned, half.on_time.value) == (50, 19, 1)
    assert [p.value for p in most.finish.percentiles] == [19, 19, 29, 29]
    assert [p.value for p in nearly.finish.percentiles] == [19, 24, 29, 29]
    assert (nearly.on_time.value, nearly.planned) == (0.5, 19)
    empty = make_portfolio(np.zeros((15, 1, 1), dtype=np.int64))
    assert money_finishes(empty, made_paths(empty, 2), play(derive(empty))) == ()


def test_finishes_by_year_by_hand():
    # Planned 2025Q4 (19): 2026Q1 is a year later, 2028Q2 (29) is not, and the end of play never is.
    portfolio = four_items()
    paths = made_paths(portfolio, 4, finish=FINISH, cost_wan=COST)
    rows = item_confidences(portfolio, paths, play(derive(portfolio)))
    assert [row.in_year.value for row in rows] == [1, 0.75, 0.75, 0.75]
    assert [row.year_later.value for row in rows] == [1, 0.75, 0.75, 0.75]
    late = made_paths(portfolio, 4, finish=np.where(FINISH == 24, 23, FINISH), cost_wan=COST)
    rows = item_confidences(portfolio, late, play(derive(portfolio)))
    assert [row.in_year.value for row in rows] == [1, 0.75, 0.75, 0.75]
    assert [row.year_later.value for row in rows] == [1, 0.75, 1, 0.75]
