"""What reads 0.0 is neither red nor a move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.money import SEEN_WAN, yi_text
from portfolio.report.screen.run import _cell
from portfolio.report.tables.compare import sign_tone
from portfolio.report.tables.fields import money, quarters
from portfolio.report.words.reallocation import largest_moves
from tests.report.reallocation_results import shipped_repair


@pytest.mark.parametrize(
    ("moved", "tone"),
    [(None, ""), (0, ""), (-499, ""), (499, ""), (-500, "bad"), (500, "good")],
)
def test_a_difference_is_coloured_where_it_can_be_seen(moved: int | None, tone: str) -> None:
    assert sign_tone(moved) == tone
    if moved is not None:
        assert (yi_text(abs(moved)) == "0.0") == (tone == "")


def test_on_the_screen_too() -> None:
    field = money("change", "差", signed=True)
    assert (_cell(field, -499).plain, _cell(field, -499).style) == ("0.0", "")
    assert (_cell(field, -500).plain, _cell(field, -500).style) == ("-0.1", "red")
    # A quarter is never too little.
    assert _cell(quarters("late", "滞后", signed=True), 1).style == "red"


def test_a_move_that_reads_nothing_is_not_listed() -> None:
    repair = shipped_repair()
    first, second, *others = repair.moves
    small = replace(first, after_wan=first.before_wan + SEEN_WAN - 1)
    seen = replace(second, after_wan=second.before_wan - SEEN_WAN)
    listed = largest_moves(replace(repair, moves=(small, seen, *others)))
    assert small not in listed
    assert seen in listed
    assert len(listed) == sum(abs(m.change_wan) >= SEEN_WAN for m in (small, seen, *others))
