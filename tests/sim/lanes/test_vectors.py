"""Lane values are whole numbers: NumPy rows of both kinds and machine vectors floor alike."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.sim.lanes import vectors as v

FULL = 10_000
KINDS = (np.float64, np.int64)


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.integers(0, 2**51 - 1), min_size=1), st.integers(1, 2**31))
def test_parts_are_floored_up_to_the_bounds(kind: type, amounts: list[int], whole: int):
    lanes, wholes = np.array(amounts, dtype=kind), np.array([whole] * len(amounts), dtype=kind)
    expected = [amount // whole for amount in amounts]
    assert v.part(lanes, wholes).tolist() == expected
    assert v.part_by(lanes, wholes, v.inverse(wholes)).tolist() == expected
    assert v.part_of_full(lanes).tolist() == [amount // FULL for amount in amounts]


@pytest.mark.parametrize("kind", KINDS)
@given(st.integers(1, 2**40), st.integers(1, 2**31), st.integers(-2, 2))
def test_parts_next_to_a_whole_are_floored(kind: type, times: int, whole: int, more: int):
    """Next to a multiple of the divisor a product with the inverse is at its worst."""
    times = min(times, (2**51 - 4) // whole)
    amount = max(times * whole + more, 0)
    lanes, wholes = np.array([amount], dtype=kind), np.array([whole], dtype=kind)
    assert v.part(lanes, wholes).tolist() == [amount // whole]
    assert v.part_by(lanes, wholes, v.inverse(wholes)).tolist() == [amount // whole]


def test_the_margin_of_a_product_with_an_inverse_is_what_the_proof_says():
    """(a + ½) ÷ w is at least ½ ÷ w from any integer; the product is off by less below 2**51.

    The inverse is off by a half of its last place at most, and so is the product: together by
    less than (a + ½) ÷ w × 2**-52, which is below ½ ÷ w for a < 2**51.
    """
    for whole in (1, 3, 7, 9_999, FULL, 2**31 - 1, 3_000_000_000):
        amount = 2**51 - 1
        exact = (Fraction(amount) + Fraction(1, 2)) / whole
        product = (np.float64(amount) + 0.5) * (1.0 / np.float64(whole))
        assert abs(Fraction(float(product)) - exact) < Fraction(1, 2 * whole)


def test_beyond_float64_whole_numbers_are_still_exact():
    amount = np.array([2**53 + 1])
    assert v.part(amount, np.array([1])).tolist() == [2**53 + 1]
    assert np.array([2**53 + 1], dtype=np.float64).tolist() != [2**53 + 1]
