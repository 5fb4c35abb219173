"""A scenario less the reference in words: what differs, what doesn't, what can't be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portfolio.model.study.estimates import Estimate
from portfolio.model.study.finding import YearChance
from portfolio.model.study.result import ScenarioComparison, StressResult, YearDifference
from portfolio.report.stress_wording import (
    NO_DIFFERENCE,
    points_text,
    signed_number_text,
    signed_yi_text,
    whole_percent,
)

DIFFERS = "有差别"
#: Both ends lie past the end of play in most paths: their difference is cut off.
UNCOMPARABLE = "推演期内无法比较"
#: Most paths end past the play: the end itself tells nothing apart.
MOST = 0.5


def is_censored(result: StressResult) -> bool:
    """Whether the last finish lies past the end of play in more than half of the paths."""
    whole = result.findings.whole
    return whole is not None and whole.unfinished.value > MOST


def compared_pairs(
    results: Sequence[StressResult],
) -> Iterator[tuple[StressResult, ScenarioComparison]]:
    """Scenarios that are compared with the first, with their comparison."""
    for result in results:
        if result.comparison is not None:
            yield result, result.comparison


def changed(change: Estimate, text: str) -> str:
    """A difference in words, or that there is none beyond chance."""
    return text if change.differs else NO_DIFFERENCE


def chance_of_year(result: StressResult, year: int) -> Estimate | None:
    """The chance of a year, if it is judged."""
    found = _year(result, year)
    return None if found is None else found.chance


def _year(result: StressResult, year: int) -> YearChance | None:
    return next((row for row in result.findings.years if row.year == year), None)


def same_extreme(base: StressResult, other: StressResult, year: int) -> str | None:
    """`两边都为 0%，看不出差别` where no path or every path of both meets the target."""
    chances = [chance_of_year(result, year) for result in (base, other)]
    values = {None if one is None else one.value for one in chances}
    if values in ({0.0}, {1.0}):
        return f"两边都为 {whole_percent(float(values.pop() or 0.0))}，看不出差别"
    return None


def chance_change(
    base: StressResult, other: StressResult, year: YearDifference, unit: str = ""
) -> str:
    """The difference of a year's chance, in percentage points."""
    if year.chance is None:
        return "—"
    told = same_extreme(base, other, year.year)
    if told is not None:
        return told
    return changed(year.chance, f"{points_text(year.chance)}{unit}")


def chance_verdict(base: StressResult, other: StressResult, year: YearDifference) -> str | None:
    """Whether a year's chance differs, and where both are never or always met, that."""
    if year.chance is None:
        return None
    told = same_extreme(base, other, year.year)
    return told or (DIFFERS if year.chance.differs else NO_DIFFERENCE)


def end_verdict(base: StressResult, other: StressResult, change: Estimate) -> str:
    """Whether the last finish differs; it can't be told where both lie past the end of play."""
    if is_censored(base) and is_censored(other):
        return UNCOMPARABLE
    return DIFFERS if change.differs else NO_DIFFERENCE


def total_changes(
    base: StressResult, other: StressResult, comparison: ScenarioComparison
) -> tuple[tuple[str, str], ...]:
    """The differences that belong to no year, each by its label and in words."""
    verdict = end_verdict(base, other, comparison.end)
    end = signed_number_text(comparison.end) if verdict == DIFFERS else verdict
    return (
        ("总造价（亿元）", changed(comparison.cost, signed_yi_text(comparison.cost))),
        (
            "平均滞后（季，按投资加权）",
            changed(comparison.delay, signed_number_text(comparison.delay, 2)),
        ),
        (
            "滞后大项（个）",
            changed(comparison.late_items, signed_number_text(comparison.late_items)),
        ),
        ("末项竣工（季）", end),
    )


def year_changes(
    base: StressResult, other: StressResult, comparison: ScenarioComparison
) -> tuple[tuple[str, str, str], ...]:
    """The judged years: year, difference of the chance, difference of the mean 折市重点."""
    return tuple(
        (
            str(year.year),
            chance_change(base, other, year),
            "—"
            if year.converted is None
            else changed(year.converted, signed_yi_text(year.converted)),
        )
        for year in comparison.years
        if year.chance is not None
    )


def censored_note(result: StressResult) -> str | None:
    """What criticality means where most paths end past the play; None where they don't."""
    whole = result.findings.whole
    if whole is None or not is_censored(result):
        return None
    return (
        f"末项竣工在 {whole_percent(whole.unfinished.value)} 的路径中晚于 {result.calendar.last_play_year}Q4："
        "关键度此时即该大项（或被它卡住的大项）到期末未竣工的把握，与末项竣工的关联度不列，"
        "改列与平均滞后的关联度。"
    )
