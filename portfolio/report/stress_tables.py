"""Tables of a stress test by year, cause and scenario, and the columns of an estimate or a fan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from portfolio.model.items import TargetKind
from portfolio.model.study.estimates import Estimate, Fan
from portfolio.model.study.finding import CauseShare, YearChance
from portfolio.model.study.result import ScenarioComparison, StressResult, YearDifference
from portfolio.report.fields import (
    Cell,
    Field,
    Fields,
    Kind,
    Row,
    Table,
    chance,
    decimal,
    money,
    number,
    plain,
    text,
    year,
)
from portfolio.report.stress_change import DIFFERS, chance_verdict
from portfolio.report.stress_wording import NO_DIFFERENCE, share_name

FAN = (5, 10, 25, 50, 75, 90, 95)


def wan(value: float | None) -> int | None:
    """A mean of money as whole 万元, as tables hold money."""
    return None if value is None else round(value)


def points(value: float | None) -> float | None:
    """A difference of chances in percentage points."""
    return None if value is None else round(value * 100, 6)


def interval(
    kind: Kind,
    key: str,
    title: str,
    of: Callable[[Row], Estimate | None],
    widths: tuple[float | None, float | None] = (None, None),
    ends: tuple[str, str] = ("低", "高"),
    told: Callable[[float | None], Cell] | None = None,
    tone: Callable[[Row], str] = plain,
) -> Iterator[Field[Row]]:
    """An estimate and its interval: `key`, `key_low`, `key_high`."""
    as_told = told or (wan if kind is money else float_of)

    def value(end: str, row: Row) -> Cell:
        estimate = of(row)
        return None if estimate is None else as_told(getattr(estimate, end))

    yield kind(key, title, partial(value, "value"), widths[0], tone=tone)
    yield kind(f"{key}_low", ends[0], partial(value, "low"), widths[1])
    yield kind(f"{key}_high", ends[1], partial(value, "high"), widths[1])


def float_of(value: float | None) -> float | None:
    """An estimate as it is."""
    return value


def chance_interval(
    key: str,
    title: str,
    of: Callable[[Row], Estimate | None],
    tone: Callable[[Row], str] = plain,
) -> Iterator[Field[Row]]:
    """A chance and its interval."""
    return interval(chance, key, title, of, (10, 8), ("区间低", "区间高"), tone=tone)


def verdict(estimate: Estimate) -> str:
    """Whether a difference is more than chance."""
    return DIFFERS if estimate.differs else NO_DIFFERENCE


# --- years ---------------------------------------------------------------------------------------


def percentile(percent: int, of: Callable[[Row], Fan | None], row: Row) -> int | None:
    """A percentile of a row's fan."""
    fan = of(row)
    return None if fan is None else fan.at(percent).value


def converted(row: YearChance) -> Fan | None:
    """折市重点 over the paths."""
    return row.converted


def _to_be_listed(row: YearChance) -> Fan | None:
    return row.to_be_listed


def _short_of_plan(row: YearChance) -> Fan | None:
    return row.short_of_plan


def _mean(estimate: Estimate | None) -> int | None:
    return None if estimate is None else wan(estimate.value)


def _sureness(row: YearChance) -> str:
    """Below one half in red, from 80 % on in green."""
    if row.chance is None:
        return ""
    return "bad" if row.chance.value < 0.5 else "good" if row.chance.value >= 0.8 else ""


def year_remark(row: YearChance) -> str | None:
    """What must be known of a year to read its row."""
    notes = []
    if row.target is not None and row.target.kind is not TargetKind.FLOOR:
        notes.append(f"目标为{row.target.kind}")
    if row.plan_below_target and not row.list_runs_down:
        notes.append("计划本身即低于目标")
    if row.list_runs_down and row.to_be_listed is not None:
        notes.append("清单封闭，只列待入库")
    if row.inclusion_bps is None:
        notes.append("未填入列系数")
    return "；".join(notes) or None


#: The years until the closed list runs down against their targets, then 待入库.
YEARS = Fields[YearChance](
    name="逐年把握",
    fields=(
        year("year", "年份"),
        money("target_wan", "目标", lambda row: row.target.target_wan if row.target else None),
        money("planned_converted_wan", "计划折市重点"),
        money("prior_converted_wan", "不计风险折市重点"),
        *(money(f"p{p}", f"P{p}", partial(percentile, p, converted)) for p in FAN),
        money("mean", "均值", lambda row: _mean(row.converted.mean if row.converted else None)),
        *chance_interval("chance", "达标把握", lambda row: row.chance, _sureness),
        money("shortfall", "期望缺口", lambda row: _mean(row.shortfall)),
        money(
            "shortfall_if_missed", "未达标时平均缺口", lambda row: _mean(row.shortfall_if_missed)
        ),
        *(
            money(f"{key}_p{p}", f"{title} P{p}", partial(percentile, p, of))
            for key, title, of in (
                ("to_be_listed", "待入库", _to_be_listed),
                ("short_of_plan", "少于计划", _short_of_plan),
            )
            for p in (50, 90)
        ),
        text("remark", "说明", year_remark, 24),
    ),
)


def year_table(result: StressResult) -> Table[YearChance]:
    """The years against their targets."""
    return YEARS.of(result.findings.years)


def fan_table(result: StressResult, measure: str) -> Table[YearChance]:
    """Percentiles of a yearly measure, each with its interval: `converted`, `converted_money`, `drawn`."""
    names = {"converted": "折市重点", "converted_money": "投资额折算", "drawn": "完成投资"}

    def fan(row: YearChance) -> Fan | None:
        found: Fan | None = getattr(row, measure)
        return found

    def end(percent: int, name: str, row: YearChance) -> int | None:
        found = fan(row)
        value: int | None = None if found is None else getattr(found.at(percent), name)
        return value

    def mean(row: YearChance) -> Estimate | None:
        found = fan(row)
        return None if found is None else found.mean

    fields = Fields[YearChance](
        name=names[measure],
        fields=(
            year("year", "年份"),
            *interval(money, "mean", "均值", mean, ends=("均值低", "均值高")),
            *(
                money(f"p{p}{key}", title, partial(end, p, name))
                for p in FAN
                for key, title, name in (
                    ("", f"P{p}", "value"),
                    ("_low", "低", "low"),
                    ("_high", "高", "high"),
                )
            ),
        ),
    )
    return fields.of(row for row in result.findings.years if fan(row) is not None)


# --- scenarios -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class YearLess:
    """A year of a scenario less the same of the reference."""

    base: StressResult
    other: StressResult
    of: YearDifference


DIFFERENCES = Fields[YearLess](
    name="逐年差异",
    fields=(
        year("year", "年份", lambda row: row.of.year),
        *interval(
            decimal,
            "chance",
            "达标把握之差（百分点）",
            lambda row: row.of.chance,
            (12, None),
            told=points,
        ),
        text("sure", "判断", lambda row: chance_verdict(row.base, row.other, row.of), 26),
        *interval(money, "converted", "折市重点均值之差", lambda row: row.of.converted),
        text("more", "判断", lambda row: verdict(row.of.converted) if row.of.converted else None),
        *interval(money, "converted_p50", "折市重点 P50 之差", lambda row: row.of.converted_p50),
        *interval(money, "investment", "完成投资均值之差", lambda row: row.of.investment),
        text("drawn", "判断", lambda row: verdict(row.of.investment)),
    ),
)


def difference_table(
    base: StressResult, other: StressResult, comparison: ScenarioComparison
) -> Table[YearLess]:
    """A scenario less the reference by year, on the same luck."""
    return DIFFERENCES.of(YearLess(base=base, other=other, of=row) for row in comparison.years)


# --- causes --------------------------------------------------------------------------------------


def cause_shares_table(result: StressResult, shares: Sequence[CauseShare]) -> Table[CauseShare]:
    """Causes of delay shared out over the paths."""
    paths = result.findings.causes.paths
    return Fields[CauseShare](
        name="成因",
        fields=(
            text("kind", "原因类别", lambda row: str(row.kind), 14),
            text("cause", "原因", partial(share_name, result.run.portfolio), 40, look="wrap"),
            number("quarters", "各路径合计（季）", width=14),
            decimal("per_path", "每条路径平均（季）", width=12, formula=f"{{quarters}}/{paths}"),
            chance("share", "占比"),
        ),
    ).of(shares)
