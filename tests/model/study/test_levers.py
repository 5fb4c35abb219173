"""Levers on the same luck, by hand on the four items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.model.study.drivers import channel_leverage, lever_effects
from tests.model.four_items import YI, four_items
from tests.model.study.made_paths import made_paths


def money(*by_path: dict[int, float]) -> np.ndarray:
    """Money by path and year, in 亿元."""
    found = np.zeros((len(by_path), 25), dtype=np.int64)
    for row, years in zip(found, by_path, strict=True):
        for year, yi in years.items():
            row[year - 2021] = round(yi * YI)
    return found


def test_one_yi_less_of_a_channel_in_a_year():
    # 2 亿 less of SPB in 2023. Path 1: 3 less in 2023, made up by 2 in 2024 and 1 in 2026; path 2:
    # 5 less in 2023, nothing made up. Per 亿: in the year (3+5)/2/2 = 2; until 2025 (1+5)/2/2 =
    # 1.5; over all (0+5)/2/2 = 1.25.
    portfolio = four_items()
    loans = np.zeros((25, 6), dtype=np.int64)
    loans[2, 4:] = [30 * YI, 20 * YI]
    base = made_paths(
        portfolio, 2, drawn_wan=money({2023: 100}, {2023: 90}), channel_drawn_wan=loans
    )
    less = loans.copy()
    less[2, 4] -= 4 * YI
    finish = np.full((2, 4), 19)
    finish[0, 1], finish[0, 2] = 20, 22
    other = made_paths(
        portfolio, 2, drawn_wan=money({2023: 97, 2024: 2, 2026: 1}, {2023: 85}),
        channel_drawn_wan=less, finish=finish,
    )  # fmt: skip
    (row,) = channel_leverage(portfolio, base, {("SPB", 2023): (2 * YI, other)})
    assert (row.channel_id, row.year, row.less_wan, row.paths) == ("SPB", 2023, 2 * YI, 2)
    assert row.investment_in_year.value == pytest.approx(2)
    assert row.investment_by_period_end.value == pytest.approx(1.5)
    assert row.investment.value == pytest.approx(1.25)
    # Loans: 4 亿 less over two paths, per 2 亿: 1. Delay: 1 + 3 quarters in one of two paths, ÷ 2.
    assert row.loans == pytest.approx(1)
    assert row.delay_quarters.value == pytest.approx(1)
    assert row.investment_in_year.low is not None and row.investment_in_year.low < 2


def test_leverage_compares_the_same_paths():
    portfolio = four_items()
    base = made_paths(portfolio, 2)
    for wan, count in ((YI, 1), (0, 2)):
        with pytest.raises(ValueError, match="same paths"):
            channel_leverage(portfolio, base, {("SPB", 2023): (wan, made_paths(portfolio, count))})


def test_a_source_switched_off():
    # Three paths played, the first two again without overruns: cost 10 and 30 亿 less, investment
    # until 2025 8 and 8 less; what comes later does not count.
    portfolio = four_items()
    cost = np.repeat(np.array([[510, 500, 200, 50], [530, 500, 200, 50], [900, 500, 200, 50]]) * YI, 1, axis=0)  # fmt: skip
    base = made_paths(
        portfolio, 3, cost_wan=cost,
        drawn_wan=money({2025: 50}, {2022: 40, 2030: 9}, {2022: 1}),
        progress_wan=money({2022: 20}, {2022: 30}, {2022: 10}),
    )  # fmt: skip
    off = made_paths(
        portfolio, 2, drawn_wan=money({2025: 42}, {2022: 32}),
        progress_wan=money({2022: 30}, {2022: 40}),
    )  # fmt: skip
    (effect,) = lever_effects(portfolio, base, {"来源：造价风险": off}, 2022)
    assert (effect.label, effect.paths) == ("来源：造价风险", 2)
    assert effect.cost.value == -20 * YI
    assert (effect.investment.value, effect.investment.differs) == (-8 * YI, True)
    assert effect.converted is not None
    assert (effect.converted.value, effect.converted.low) == (7 * YI, 7 * YI)
    assert (effect.delay.value, effect.delay.differs) == (0, False)
    (without,) = lever_effects(portfolio, base, {"": off}, None)
    assert without.converted is None
    with pytest.raises(ValueError, match="more paths"):
        lever_effects(portfolio, off, {"": replace(base)}, None)
