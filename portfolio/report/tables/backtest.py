"""The tables of a back-test: every column said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.model.record.backtest import (
    Backtest,
    Foretold,
    OfSource,
    Season,
    Unended,
    WithinYear,
)
from portfolio.model.record.chance import VariantChance, YearChance
from portfolio.model.record.scores import Gain
from portfolio.model.record.table import PARTS
from portfolio.report.tables.fields import Field, Fields, Table, decimal, number, ratio, text, year

#: Naive forecasts by their names in `Naive`, and how they are called.
NAIVE_NAMES = (
    ("plan", "计划照完成"),
    ("last", "和上一次一样＊"),
    ("mean", "历年完成率的平均"),
    ("spread", "历年完成率的分布"),
)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A naive forecast beside the model."""

    key: str
    name: str
    crps: float
    gain: Gain


@dataclass(frozen=True, kw_only=True)
class OfYear:
    """A choice of rows for a year's chance."""

    year: int
    choice: VariantChance


@dataclass(frozen=True, kw_only=True)
class Quantile:
    """A quantile of the rate of a year to come."""

    part: float
    rate: float


def _points(key: str, title: str, value: str, short: str = "") -> Field[Compared]:
    """Hundredths of the plan, as percentage points."""

    def points(row: Compared) -> float:
        return 100 * float(getattr(row.gain, value))

    return decimal(key, title, points, short=short)


FORETOLD = Fields[Foretold](
    name="逐次预测",
    fields=(
        text("place", "地点", lambda row: row.key[0]),
        year("year", "年份", lambda row: row.key[1]),
        ratio("rate", "实际完成率"),
        ratio("p10", "预测 P10", lambda row: row.band[0]),
        ratio("p50", "预测中位", lambda row: row.band[1]),
        ratio("p90", "预测 P90", lambda row: row.band[2]),
        text("inside", "在八成区间内", lambda row: "是" if row.inside else "否", look="centre"),
        decimal("place_in", "实际落在预测中的位置", look="factor", width=12),
        decimal("chance", "预测的完成把握", look="factor", width=12),
        decimal("crps", "误差 CRPS", look="parameter"),
        decimal("plan", "“计划照完成”", lambda row: row.naive.plan, look="parameter", width=12),
        decimal("last", "“和上一次一样”", lambda row: row.naive.last, look="parameter", width=12),
        decimal("mean", "“历年平均”", lambda row: row.naive.mean, look="parameter", width=12),
        decimal("spread", "“历年分布”", lambda row: row.naive.spread, look="parameter", width=12),
        number("rows", "所用行数"),
    ),
)

NAIVE = Fields[Compared](
    name="与朴素预测相比",
    fields=(
        text("name", "预测", width=30),
        decimal("crps", "误差", lambda row: 100 * row.crps, width=14),
        _points("gain", "本模型少", "mean"),
        _points("gain_low", "95% 置信下限", "low", short="下限"),
        _points("gain_high", "95% 置信上限", "high", short="上限"),
        text("verdict", "说明", lambda row: "更准" if row.gain.is_shown else "没显出更准"),
    ),
)

SEASONS = Fields[Season](
    name="年内数有没有用",
    fields=(
        text("name", "年内数到"),
        number("n", "个数"),
        ratio("straight", "按月份推的误差", width=14, short="按月份推"),
        ratio("shaped", "按年内曲线推的误差", width=16, short="按曲线推"),
        ratio("modelled", "模型中位的误差", width=14, short="模型"),
        number("inside", "在八成区间内", width=12),
        decimal("crps", "用它的 CRPS", look="parameter", width=12, short="用它"),
        decimal("crps_without", "不用它的 CRPS", look="parameter", width=14, short="不用它"),
    ),
)

WITHIN = Fields[WithinYear](
    name="年内数",
    fields=(
        text("place", "地点", lambda row: row.key[0]),
        year("year", "年份", lambda row: row.key[1]),
        decimal("month", "截至月", look="parameter"),
        ratio("rate", "全年完成率"),
        ratio("straight", "按月份推"),
        ratio("shaped", "按年内曲线推", width=12),
        ratio("p10", "预测 P10", lambda row: row.band[0]),
        ratio("p50", "预测中位", lambda row: row.band[1]),
        ratio("p90", "预测 P90", lambda row: row.band[2]),
        decimal("crps", "用它的 CRPS", look="parameter", width=12),
        decimal("crps_without", "不用它的 CRPS", look="parameter", width=14),
    ),
)

UNENDED = Fields[Unended](
    name="没有全年数的年份",
    fields=(
        text("place", "地点", lambda row: row.key[0]),
        year("year", "年份", lambda row: row.key[1]),
        decimal("month", "截至月", look="parameter"),
        ratio("rate", "到截至月的完成率", width=14),
        ratio("p10", "预测 P10", lambda row: row.band[0]),
        ratio("p50", "预测中位", lambda row: row.band[1]),
        ratio("p90", "预测 P90", lambda row: row.band[2]),
        text("inside", "在八成区间内", lambda row: "是" if row.inside else "否", look="centre"),
        decimal("place_in", "实际落在预测中的位置", look="factor", width=12),
    ),
)

SOURCES = Fields[OfSource](
    name="全年数的来源",
    fields=(
        text("source", "来源性质"),
        number("n", "全年数"),
        number("met", "完成的"),
        ratio("mean", "平均完成率"),
        text(
            "selected",
            "是否因结果好坏而公布",
            lambda row: "多半是（报喜）" if row.selected else "否",
            22,
        ),
    ),
)

CHOICES = Fields[OfYear](
    name="各种取舍下的把握",
    fields=(
        year("year", "年份"),
        text("choice", "取舍", lambda row: str(row.choice.variant), 26),
        number("rows", "所用行数", lambda row: row.choice.rows),
        decimal("chance", "达到目标的概率", lambda row: row.choice.chance, 14, look="factor"),
    ),
)

QUANTILES = Fields[Quantile](
    name="完成率分布",
    fields=(
        ratio("part", "分位"),
        ratio("rate", "完成率"),
    ),
)


def compared(test: Backtest) -> Table[Compared]:
    """The naive forecasts beside the model."""
    return NAIVE.of(
        Compared(key=key, name=name, crps=test.naive_crps(key), gain=test.gain_over(key))
        for key, name in NAIVE_NAMES
    )


def choices(chances: Sequence[YearChance]) -> Table[OfYear]:
    """The choices of rows of every year that is told."""
    return CHOICES.of(
        OfYear(year=told.year, choice=choice) for told in chances for choice in told.by_variant
    )


def quantiles(test: Backtest) -> Table[Quantile]:
    """The quantiles of the rate of a year to come."""
    general = next(table for table in test.tables if table.year is None)
    return QUANTILES.of(
        Quantile(part=number / PARTS, rate=bps / 10_000)
        for number, bps in enumerate(general.quantiles_bps, start=1)
    )
