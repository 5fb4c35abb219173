"""Swings and ranks of the luck's variables, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from portfolio.model.risk import RegisteredRisk
from portfolio.model.study.drivers import drivers, mean_receipt, rank_correlation, tenths
from portfolio.model.study.findings import Driver, Level, Source
from tests.model.four_items import YI, four_items
from tests.model.study.made_paths import made_paths

COUNT = 20


def varied(column: int, values: list[int]) -> np.ndarray:
    """Factors of four items, one of them varied over the paths."""
    factors = np.full((len(values), 4), 10_000)
    factors[:, column] = values
    return factors


def only(rows: tuple[Driver, ...], level: Level, source: Source, ref: str) -> Driver:
    (row,) = [r for r in rows if (r.level, r.source, r.ref) == (level, source, ref)]
    return row


def test_the_swing_of_an_items_cost_by_hand():
    # Item 22's factor is 1.00, 1.01, … 1.19 over 20 paths, its cost 500 亿 × factor. The lowest
    # tenth are paths 1, 2 (mean 502.5), the highest from the 18th on (P90 = 18th of 20): 18, 19,
    # 20, mean factor 1.18, 590.
    factors = 10_000 + 100 * np.arange(COUNT)
    cost = np.repeat(np.array([[500, 500, 200, 50]]) * YI, COUNT, axis=0)
    cost[:, 0] = 500 * factors
    paths = made_paths(
        four_items(), COUNT, cost_bps=varied(0, factors.tolist()), cost_wan=cost
    )  # fmt: skip
    rows = drivers(four_items(), paths, None)
    swing = only(rows, Level.ITEM, Source.COST, "22").cost
    assert (swing.low, swing.high) == (1252.5 * YI, 1340 * YI)
    assert swing.difference.value == 87.5 * YI
    assert swing.difference.differs
    assert swing.rank_correlation == pytest.approx(1)
    # Nothing else varies: the item, its class, its work, and the source are the same luck.
    assert {(row.level, row.ref) for row in rows} == {
        (Level.ITEM, "22"), (Level.CLASS, "rail_national"), (Level.WORK, "交通枢纽工程"),
        (Level.SOURCE, "造价"),
    }  # fmt: skip
    assert only(rows, Level.ITEM, Source.COST, "22").label == "22 国铁干线"
    assert only(rows, Level.ITEM, Source.COST, "22").converted is None
    assert only(rows, Level.ITEM, Source.COST, "22").delay.difference.value == 0
    assert only(rows, Level.ITEM, Source.COST, "22").delay.rank_correlation == 0


def test_a_work_is_its_items_weighted_by_money():
    # 22 and 24 (500 each) make the work; one up and the other down cancel out.
    factors = varied(0, [9_000, 11_000] * 10)
    factors[:, 1] = [11_000, 9_000] * 10
    rows = drivers(four_items(), made_paths(four_items(), COUNT, cost_bps=factors), None)
    assert Level.WORK not in {row.level for row in rows}
    assert Level.CLASS in {row.level for row in rows}


def test_a_channel_is_judged_by_the_years_until_the_worry_year():
    # 到位率 of GPB falls only in 2025; the year 2023 can't have felt it.
    portfolio = four_items()
    receipt = np.full((COUNT, 25, 6), 10_000)
    receipt[:, 4, 0] = 10_000 - 100 * np.arange(COUNT)
    receipt[:, 0, 1] = 10_000 - 100 * np.arange(COUNT)
    paths = made_paths(portfolio, COUNT, receipt_bps=receipt)
    assert np.ptp(mean_receipt(portfolio, paths, [0], until=2023)) == 0
    # Five equal years of GPB: the mean falls by a fifth of the year's.
    assert mean_receipt(portfolio, paths, [0])[-1] == pytest.approx(10_000 - 1_900 / 5)
    # Until 2023 SPB's first year is one of three.
    assert mean_receipt(portfolio, paths, [1], until=2023)[-1] == pytest.approx(10_000 - 1_900 / 3)
    progress = np.zeros((COUNT, 25), dtype=np.int64)
    progress[:, 2] = 300 * YI - YI * np.arange(COUNT)
    rows = drivers(portfolio, replace(paths, progress_wan=progress), 2023)
    spb = only(rows, Level.CHANNEL, Source.RECEIPT, "SPB")
    # 0.7 × 亿: the two highest 到位率 are paths 1, 2 and (P90 = 18th) 3; the lowest 19, 20.
    assert spb.converted is not None
    assert spb.converted.difference.value == pytest.approx(0.7 * YI * (18.5 - 1))


def test_a_risk_is_compared_with_its_absence():
    risk = RegisteredRisk(
        id="R1", name="考古发现", probability=0.05, item_nos=(24,), cost_low=0, cost_likely=0,
        cost_high=0, quarters_low=1, quarters_likely=2, quarters_high=4, provenance="假设：测试",
    )  # fmt: skip
    portfolio = four_items()
    portfolio = replace(portfolio, risk=replace(portfolio.risk, register=(risk,)))
    finish = np.full((COUNT, 4), 19)
    finish[7, 1] = 29
    happened = (np.arange(COUNT) == 7)[:, None]
    rows = drivers(portfolio, made_paths(portfolio, COUNT, finish=finish, happened=happened), None)
    swing = only(rows, Level.RISK, Source.REGISTER, "R1").delay
    # 10 quarters late × 500 of 1,250 亿 = 4.
    assert (swing.low, swing.high) == (0, pytest.approx(4))
    assert only(rows, Level.SOURCE, Source.REGISTER, "风险清单").delay.high == pytest.approx(4)


@given(st.lists(st.integers(0, 6), min_size=2, max_size=60).filter(lambda v: len(set(v)) > 1))
def test_the_tenths_are_two_groups_without_a_path_in_both(values):
    array = np.array(values, dtype=float)
    low, high = tenths(array)
    assert low.any() and high.any() and not (low & high).any()
    assert array[low].max() < array[high].min()
    # At least a tenth each, unless the usual value fills the rest: then all paths are compared.
    assert min(low.sum(), high.sum()) >= len(values) // 10 or (low | high).all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=50))
def test_ranks_correlate_as_spearman_says(pairs):
    x, y = np.array(pairs, dtype=float).T
    found = rank_correlation(x, y)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert found == 0
    else:
        assert found == pytest.approx(spearmanr(x, y).statistic)
