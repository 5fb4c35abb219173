"""Sums where something may not be told: nothing is lost between a whole and its parts."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from portfolio.model.forms.lines import Line, Rank, above, completed, remainder, summed, told_sum


@dataclass(frozen=True, kw_only=True)
class Two:
    a: int | None = None
    b: int | None = None


AMOUNTS = st.none() | st.integers(-(10**12), 10**12)
TWOS = st.builds(Two, a=AMOUNTS, b=AMOUNTS)


def test_what_nobody_tells_is_not_nothing():
    assert told_sum([None, None]) is None
    assert told_sum([]) is None
    assert told_sum([None, 0]) == 0
    assert told_sum([None, 3, -1]) == 2


@given(st.lists(TWOS, max_size=6))
def test_a_sum_is_of_each_figure_by_itself(parts: list[Two]):
    whole = summed(parts, Two)
    for name in ("a", "b"):
        told = [getattr(part, name) for part in parts if getattr(part, name) is not None]
        assert getattr(whole, name) == (sum(told) if told else None)


@given(TWOS, st.lists(TWOS, max_size=6))
def test_parts_and_what_they_leave_open_are_the_whole(whole: Two, parts: list[Two]):
    left = remainder(whole, parts)
    for name in ("a", "b"):
        of_all, of_parts = getattr(whole, name), told_sum(getattr(p, name) for p in parts)
        if of_all is None or of_parts is None:
            assert left is None or getattr(left, name) is None
            continue
        assert of_parts + ((getattr(left, name) if left else None) or 0) == of_all


@given(TWOS, st.lists(TWOS, max_size=4))
def test_only_what_is_not_told_is_taken_from_the_parts(whole: Two, parts: list[Two]):
    found = completed(whole, parts)
    for name in ("a", "b"):
        own = getattr(whole, name)
        expected = told_sum(getattr(p, name) for p in parts) if own is None else own
        assert getattr(found, name) == expected


def test_a_line_counts_all_below_it():
    inner = list(above(Rank.ITEM, "x", [Line(rank=Rank.PART, row="y")]))
    lines = list(above(Rank.TOTAL, "z", inner))
    assert [(line.row, line.parts) for line in lines] == [("z", 2), ("x", 1), ("y", 0)]
