"""Money: exact at the edge, cut without losing a 万元."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.money import (
    cut,
    cut_columns,
    largest_remainder,
    scaled,
    small_yi_text,
    yi_text,
)

amounts = st.integers(0, 10**9)
weights = st.lists(amounts, min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("value", "wan"),
    [("0.0001", 1), (447.2, 4_472_000), (0.1 + 0.2, 3000), ("1,776", 17_760_000), (-3, -30_000)],
)
def test_money_is_read_exactly(value: object, wan: int) -> None:
    assert scaled(value, 10_000) == wan


@pytest.mark.parametrize("value", ["0.00001", "约3亿", None, True, "nan", "1e999999", ""])
def test_what_is_finer_than_a_wan_or_no_number_is_refused(value: object) -> None:
    assert scaled(value, 10_000) is None


@pytest.mark.parametrize(
    ("wan", "digits", "text"),
    [(12_345_678, 1, "1,234.6"), (500, 1, "0.1"), (499, 1, "0.0"), (-499, 1, "0.0"),
     (-15_000, 0, "-2"), (26_788 * 10_000, 0, "26,788"), (1, 4, "0.0001")],
)  # fmt: skip
def test_yi_text_rounds_half_up_and_knows_no_minus_zero(wan: int, digits: int, text: str) -> None:
    assert yi_text(wan, digits) == text


@pytest.mark.parametrize(
    ("wan", "text"),
    [
        (0, "0.0"),
        (1, "0.0001"),
        (499, "0.0499"),
        (500, "0.1"),
        (-7, "-0.0007"),
        (12_345_678, "1,234.6"),
    ],
)
def test_a_small_amount_is_shown_to_the_wan_and_never_as_nothing(wan: int, text: str) -> None:
    assert small_yi_text(wan) == text


def test_cut_by_cumulative_floors() -> None:
    # 3, 6, 12 of 12 times 10: floors 2, 5, 10 → parts 2, 3, 5
    assert cut(10, np.array([3, 3, 6])).tolist() == [2, 3, 5]
    assert cut(7, np.array([0, 0])).tolist() == [0, 0]


@given(weights, st.data())
def test_a_cut_sums_exactly_and_never_exceeds_a_weight(
    parts: list[int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, sum(parts)))
    shared = cut(amount, np.array(parts, dtype=np.int64))
    assert int(shared.sum()) == (amount if sum(parts) else 0)
    assert all(0 <= got <= weight for got, weight in zip(shared.tolist(), parts, strict=True))


def test_a_cut_beyond_int64_products_stays_exact() -> None:
    parts = np.array([4 * 10**11, 5 * 10**11], dtype=np.int64)
    assert cut(9 * 10**11, parts).tolist() == parts.tolist()


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), min_size=1, max_size=6))
def test_columns_are_cut_each_like_a_single_cut(rows: list[list[int]]) -> None:
    grid = np.array(rows, dtype=np.int64)
    rooms = grid.sum(axis=0) * 2 // 3
    together = cut_columns(rooms, grid)
    for column in range(3):
        assert together[:, column].tolist() == cut(int(rooms[column]), grid[:, column]).tolist()


def test_largest_remainder_gives_ties_in_order() -> None:
    # 10 over three equal weights: 3 each, the one left goes to the first
    assert largest_remainder(10, [1, 1, 1]) == [4, 3, 3]
    assert largest_remainder(10, [0.1, 0.1, 0.1]) == [4, 3, 3]


@given(amounts, weights)
def test_largest_remainder_sums_exactly(amount: int, parts: list[int]) -> None:
    if sum(parts):
        shared = largest_remainder(amount, parts)
        assert sum(shared) == amount
        assert all(abs(got * sum(parts) - amount * part) < sum(parts)
                   for got, part in zip(shared, parts, strict=True))  # fmt: skip
