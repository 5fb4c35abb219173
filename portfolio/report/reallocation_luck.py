"""The repaired plan under luck: by how much it does better than the unrepaired one, path by path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portfolio.model.study.estimates import Estimate
from portfolio.model.study.result import ScenarioComparison
from portfolio.report.fields import Fields, Table, text
from portfolio.report.stress_change import changed
from portfolio.report.stress_wording import points_text, signed_number_text, signed_yi_text

LUCK_TITLE = "同一运气下，调整后的计划减不调整的计划"


def luck_lead(luck: ScenarioComparison) -> str:
    """What the table shows."""
    return (
        f"{LUCK_TITLE}（把握与区间建立在假设的风险参数上；{luck.paths:,} 条路径逐条相减，"
        "括号内为 95% 区间）"
    )


@dataclass(frozen=True, kw_only=True)
class LuckRow:
    """What differs in a year, or over all."""

    what: str
    chance: str
    change: str


LUCK = Fields[LuckRow](
    name="同一运气",
    fields=(
        text("what", "年份或指标", width=28, short="年份"),
        text("chance", "达标把握", width=34),
        text("change", "折市重点均值（亿元）或差别", width=40, short="折市重点均值（亿元）"),
    ),
)


def luck_years(luck: ScenarioComparison) -> tuple[LuckRow, ...]:
    """Change of the chance of a year's target and of its mean converted investment (亿元)."""
    return tuple(
        LuckRow(
            what=str(year.year),
            chance=changed(year.chance, f"{points_text(year.chance)}个百分点"),
            change=_text(year.converted),
        )
        for year in luck.years
        if year.chance is not None
    )


def luck_totals(luck: ScenarioComparison) -> tuple[LuckRow, ...]:
    """The differences that belong to no year."""
    return tuple(
        LuckRow(what=what, chance="—", change=changed(less, signed_number_text(less, digits)))
        for what, less, digits in (
            ("平均滞后（季，按投资加权）", luck.delay, 2),
            ("滞后大项（个）", luck.late_items, 1),
        )
    )


def luck_table(luck: ScenarioComparison) -> Table[LuckRow]:
    """The repaired plan less the unrepaired one on the same luck: years, then the totals."""
    return LUCK.of((*luck_years(luck), *luck_totals(luck)))


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


def _text(change: Estimate | None) -> str:
    return "—" if change is None else changed(change, signed_yi_text(change))


def _data(change: Estimate | None) -> dict[str, float | None] | None:
    if change is None:
        return None
    return {"value": change.value, "low": change.low, "high": change.high}
