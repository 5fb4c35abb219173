"""What of a repair is shown and in which order."""

from __future__ import annotations

from portfolio.report.words.reallocation import largest_moves, shown_years
from tests.report.reallocation_results import shipped_repair, small_repair


def test_the_largest_moves_come_first() -> None:
    sizes = [abs(move.change_wan) for move in largest_moves(shipped_repair(), 5)]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == 5
    every = sorted(abs(move.change_wan) for move in shipped_repair().moves)
    assert sizes == every[::-1][:5]


def test_years_below_target_are_shown_until_2025_and_later_ones_only_if_they_differ() -> None:
    years = [row.year for row in shown_years(small_repair())]
    # What is put off comes in 2026 and 2027: there the ways differ.
    assert years == [2021, 2022, 2023, 2024, 2025, 2026, 2027]
