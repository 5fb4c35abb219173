"""Scenario reduction: a case by hand, and what must hold of any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.optimize.questions.hedge import reduce_scenarios


def test_three_points_on_a_line_become_the_two_that_stand_for_all() -> None:
    # 0, 1 and 10, a third each. Alone 1 leaves (1 + 9)/3, less than 0 (11/3) or 10 (19/3).
    # Beside it 10 leaves 1/3, and 0 would leave 9/3. So 1 stands for 0 too: two thirds.
    kept = reduce_scenarios(np.array([[0.0], [1.0], [10.0]]), 2)
    assert kept.rows == (1, 2)
    assert kept.weights == pytest.approx([2 / 3, 1 / 3])
    assert kept.distance == pytest.approx(1 / 3)


def test_weights_of_the_scenarios_decide_who_is_kept() -> None:
    # 0 weighs 8 of 10: alone it leaves (1 + 10)/10, and 1 would leave (8 + 9)/10.
    kept = reduce_scenarios(np.array([[0.0], [1.0], [10.0]]), 1, np.array([8.0, 1.0, 1.0]))
    assert kept.rows == (0,)
    assert kept.weights == pytest.approx([1.0])


def test_no_fewer_are_kept_than_there_are_where_so_many_are_asked_for() -> None:
    kept = reduce_scenarios(np.array([[3.0], [3.0]]), 5)
    assert kept.rows == (0, 1)
    assert kept.distance == 0


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 3), min_size=1, max_size=15), st.integers(1, 15))
def test_weights_sum_to_one_and_the_same_input_gives_the_same_answer(points, keep) -> None:
    vectors = np.array(points, dtype=np.float64)
    kept, again = reduce_scenarios(vectors, keep), reduce_scenarios(vectors, keep)
    assert kept.weights.sum() == pytest.approx(1.0)
    assert len(kept.rows) == min(keep, len(points)) == len(set(kept.rows))
    assert kept.rows == again.rows and (kept.weights == again.weights).all()
    assert kept.weights.min() > 0
