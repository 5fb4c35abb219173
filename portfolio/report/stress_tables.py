"""Tables of a stress test by year, by driver, lever, channel and scenario."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.items import TargetKind
from portfolio.model.study.estimates import Estimate, Fan
from portfolio.model.study.result import (
    CauseShare,
    ScenarioComparison,
    StressResult,
    YearChance,
)
from portfolio.report.fields import Cell
from portfolio.report.stress_change import DIFFERS, chance_verdict
from portfolio.report.stress_wording import NO_DIFFERENCE, share_name
from portfolio.report.tables import Column, Table, chance, decimal, money, number, text

FAN = (5, 10, 25, 50, 75, 90, 95)


def ends(estimate: Estimate | None) -> tuple[float | None, float | None, float | None]:
    """Value and interval side by side."""
    return (None,) * 3 if estimate is None else (estimate.value, estimate.low, estimate.high)


def wan(value: float | None) -> int | None:
    """A mean of money as whole 万元, as tables hold money."""
    return None if value is None else round(value)


def money_ends(estimate: Estimate | None) -> tuple[int | None, ...]:
    """Value and interval of money in whole 万元."""
    return tuple(wan(end) for end in ends(estimate))


def chance_columns(title: str) -> tuple[Column, Column, Column]:
    """A chance and its interval."""
    return chance(title, 10), chance("区间低", 8), chance("区间高", 8)


def verdict(estimate: Estimate) -> str:
    """Whether a difference is more than chance."""
    return DIFFERS if estimate.differs else NO_DIFFERENCE


# --- years ---------------------------------------------------------------------------------------


def year_table(result: StressResult) -> Table:
    """The years until the closed list runs down against their targets, then 待入库."""
    columns = (
        text("年份", 8),
        money("目标"),
        money("计划折市重点"),
        money("不计风险折市重点"),
        *(money(f"P{p}") for p in FAN),
        money("均值"),
        *chance_columns("达标把握"),
        money("期望缺口"),
        money("未达标时平均缺口"),
        money("待入库 P50"),
        money("待入库 P90"),
        money("少于计划 P50"),
        money("少于计划 P90"),
        text("说明", 24),
    )
    rows = tuple(_year_row(year) for year in result.findings.years)
    return Table(name="逐年把握", columns=columns, rows=rows)


def _year_row(year: YearChance) -> tuple[Cell, ...]:
    return (
        str(year.year),
        None if year.target is None else year.target.target_wan,
        year.planned_converted_wan,
        year.prior_converted_wan,
        *_fan_values(year.converted),
        None if year.converted is None else wan(year.converted.mean.value),
        *ends(year.chance),
        None if year.shortfall is None else wan(year.shortfall.value),
        None if year.shortfall_if_missed is None else wan(year.shortfall_if_missed.value),
        *_pair(year.to_be_listed),
        *_pair(year.short_of_plan),
        year_remark(year),
    )


def _fan_values(fan: Fan | None) -> tuple[int | None, ...]:
    return (None,) * len(FAN) if fan is None else tuple(fan.at(p).value for p in FAN)


def _pair(fan: Fan | None) -> tuple[int | None, int | None]:
    return (None, None) if fan is None else (fan.at(50).value, fan.at(90).value)


def year_remark(year: YearChance) -> str | None:
    """What must be known of a year to read its row."""
    notes = []
    if year.target is not None and year.target.kind is not TargetKind.FLOOR:
        notes.append(f"目标为{year.target.kind}")
    if year.plan_below_target and not year.list_runs_down:
        notes.append("计划本身即低于目标")
    if year.list_runs_down and year.to_be_listed is not None:
        notes.append("清单封闭，只列待入库")
    if year.inclusion_bps is None:
        notes.append("未填入列系数")
    return "；".join(notes) or None


def fan_table(result: StressResult, measure: str) -> Table:
    """Percentiles of a yearly measure, each with its interval: `converted`, `converted_money`, `drawn`."""
    names = {"converted": "折市重点", "converted_money": "投资额折算", "drawn": "完成投资"}
    columns = [text("年份", 8), money("均值"), money("均值低"), money("均值高")]
    for percent in FAN:
        columns += [money(f"P{percent}"), money("低"), money("高")]
    rows = []
    for year in result.findings.years:
        fan: Fan | None = getattr(year, measure)
        if fan is None:
            continue
        cells: list[Cell] = [str(year.year), *money_ends(fan.mean)]
        for percent in FAN:
            found = fan.at(percent)
            cells += [found.value, found.low, found.high]
        rows.append(tuple(cells))
    return Table(name=names[measure], columns=tuple(columns), rows=tuple(rows))


# --- scenarios -----------------------------------------------------------------------------------


def difference_table(
    base: StressResult, other: StressResult, comparison: ScenarioComparison
) -> Table:
    """A scenario less the reference by year, on the same luck."""
    columns = (
        text("年份", 8),
        decimal("达标把握之差（百分点）", 12),
        decimal("低"),
        decimal("高"),
        text("判断", 26),
        money("折市重点均值之差", 12),
        money("低"),
        money("高"),
        text("判断", 12),
        money("折市重点 P50 之差", 12),
        money("低"),
        money("高"),
        money("完成投资均值之差", 12),
        money("低"),
        money("高"),
        text("判断", 12),
    )
    rows = tuple(
        (
            str(year.year),
            *(None if end is None else round(end * 100, 6) for end in ends(year.chance)),
            chance_verdict(base, other, year),
            *money_ends(year.converted),
            None if year.converted is None else verdict(year.converted),
            *money_ends(year.converted_p50),
            *money_ends(year.investment),
            verdict(year.investment),
        )
        for year in comparison.years
    )
    return Table(name="逐年差异", columns=columns, rows=rows)


# --- causes --------------------------------------------------------------------------------------


def cause_shares_table(result: StressResult, shares: Sequence[CauseShare], name: str) -> Table:
    """Causes of delay shared out over the paths."""
    columns = (
        text("原因类别", 14),
        text("原因", 40),
        number("各路径合计（季）", 14),
        decimal("每条路径平均（季）", 12),
        chance("占比", 8),
    )
    rows = tuple(
        (
            str(share.kind),
            share_name(result.run.portfolio, share),
            share.quarters,
            share.per_path,
            share.share,
        )
        for share in shares
    )
    return Table(name=name, columns=columns, rows=rows)
