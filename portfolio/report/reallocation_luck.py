"""The repaired plan under luck: by how much it does better than the unrepaired one, path by path."""

from __future__ import annotations

from typing import Any

from portfolio.model.study.result import Estimate, ScenarioComparison, YearDifference
from portfolio.report.stress_change import changed
from portfolio.report.stress_wording import points_text, signed_number_text, signed_yi_text

LUCK_TITLE = "同一运气下，调整后的计划减不调整的计划"


def luck_lead(luck: ScenarioComparison) -> str:
    """What the table shows."""
    return (
        f"{LUCK_TITLE}（把握与区间建立在假设的风险参数上；{luck.paths:,} 条路径逐条相减，"
        "括号内为 95% 区间）"
    )


def luck_rows(luck: ScenarioComparison) -> tuple[tuple[str, str, str], ...]:
    """Year, change of the chance of its target, change of the mean converted investment (亿元)."""
    return tuple(
        (str(year.year), _chance(year), _text(year.converted))
        for year in luck.years
        if year.chance is not None
    )


def luck_totals(luck: ScenarioComparison) -> tuple[tuple[str, str], ...]:
    """The differences that belong to no year."""
    return (
        (
            "平均滞后（季，按投资加权）",
            changed(luck.delay, signed_number_text(luck.delay, 2)),
        ),
        ("滞后大项（个）", changed(luck.late_items, signed_number_text(luck.late_items))),
    )


def luck_data(luck: ScenarioComparison | None) -> dict[str, Any] | None:
    """JSON-able: differences with their 95 % intervals; money in 万元."""
    if luck is None:
        return None
    return {
        "paths": luck.paths,
        "delay_quarters": _data(luck.delay),
        "late_items": _data(luck.late_items),
        "years": [
            {
                "year": year.year,
                "chance": _data(year.chance),
                "converted_wan": _data(year.converted),
            }
            for year in luck.years
        ],
    }


def _chance(year: YearDifference) -> str:
    assert year.chance is not None
    return changed(year.chance, f"{points_text(year.chance)}个百分点")


def _text(change: Estimate | None) -> str:
    return "—" if change is None else changed(change, signed_yi_text(change))


def _data(change: Estimate | None) -> dict[str, float | None] | None:
    if change is None:
        return None
    return {"value": change.value, "low": change.low, "high": change.high}
