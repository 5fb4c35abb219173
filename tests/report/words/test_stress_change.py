"""Differences between scenarios in words: none, cut off by play's end, or the same extreme."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portfolio.model.study.findings import Estimate
from portfolio.model.study.result import StressResult, YearDifference
from portfolio.report.tables.stress_items import NOT_TOLD, item_finish_table
from portfolio.report.words.stress import (
    NO_DIFFERENCE,
    UNCOMPARABLE,
    censored_note,
    chance_change,
    end_verdict,
)
from tests.report.stress_results import shipped_stress

NONE = Estimate(value=0.0, low=-0.1, high=0.1)


def with_chance(value: float) -> StressResult:
    """The sample with that chance in 2023."""
    result = shipped_stress()
    sure = Estimate(value=value, low=value, high=value)
    years = tuple(
        replace(year, chance=sure) if year.year == 2023 else year for year in result.findings.years
    )
    return replace(result, findings=replace(result.findings, years=years))


def with_unfinished(share: float) -> StressResult:
    """The sample with that chance that play ends before all are finished."""
    result = shipped_stress()
    whole = result.findings.whole
    assert whole is not None
    late = replace(whole, unfinished=Estimate(value=share, low=share, high=share))
    return replace(result, findings=replace(result.findings, whole=late))


@pytest.mark.parametrize(
    ("base", "other", "said"),
    [
        (0.0, 0.0, "两边都为 0%，看不出差别"),
        (1.0, 1.0, "两边都为 100%，看不出差别"),
        (0.0, 0.01, NO_DIFFERENCE),
        (0.4, 0.4, NO_DIFFERENCE),
    ],
)
def test_two_chances_at_the_same_extreme_tell_nothing(base: float, other: float, said: str) -> None:
    year = YearDifference(
        year=2023, chance=NONE, converted=None, converted_p50=None, investment=NONE
    )
    assert chance_change(with_chance(base), with_chance(other), year) == said


def test_two_ends_past_the_play_can_not_be_compared_one_can() -> None:
    late, soon = with_unfinished(0.6), with_unfinished(0.5)
    assert end_verdict(late, late, NONE) == UNCOMPARABLE
    assert end_verdict(soon, late, NONE) == end_verdict(soon, soon, NONE) == NO_DIFFERENCE


def test_where_the_end_is_past_the_play_nothing_hangs_together_with_it() -> None:
    late, soon = with_unfinished(0.6), with_unfinished(0.5)
    assert "60% 的路径中晚于 2045Q4" in (censored_note(late) or "")
    assert censored_note(soon) is None
    for result, cut in ((late, True), (soon, False)):
        cells = set(item_finish_table(result).column("cruciality")) - {None}
        assert (cells == {NOT_TOLD}) == cut
