from __future__ import annotations

import pytest

from portfolio.model.quarters import year_spans


@pytest.mark.parametrize(
    ("years", "text"),
    [([2024, 2022, 2023, 2027], "2022–2024、2027"), ([2021], "2021"), ([], "")],
)
def test_years_are_listed_as_spans(years: list[int], text: str) -> None:
    assert year_spans(years) == text
