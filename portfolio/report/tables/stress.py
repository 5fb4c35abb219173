"""Tables of a stress test by year, cause and scenario, and the columns of an estimate or a fan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

import numpy as np

from portfolio.model.arrays import Integers
from portfolio.model.calendar import Calendar
from portfolio.model.items import TargetKind
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.assess import calm_differences
from portfolio.model.study.confidence import (
    last_finish,
    late_quarters,
    mean_delay,
    total_cost_wan,
    with_money,
)
from portfolio.model.study.findings import (
    CauseShare,
    Driver,
    Estimate,
    Fan,
    Level,
    Swing,
    YearChance,
)
from portfolio.model.study.result import (
    CalmDifference,
    ChannelLeverage,
    LeverEffect,
    ScenarioComparison,
    StressResult,
    YearDifference,
)
from portfolio.model.study.years import converted_wan, shown_years
from portfolio.report.tables.fields import (
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
from portfolio.report.tables.render import Coded, PathColumns
from portfolio.report.words import stress as words
from portfolio.report.words.stress_selection import Measure, middle_of, swing_of, tornado

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
    return words.DIFFERS if estimate.differs else words.NO_DIFFERENCE


# --- years ---------------------------------------------------------------------------------------


def percentile(percent: int, of: Callable[[Row], Fan | None], row: Row) -> int | None:
    """A percentile of a row's fan."""
    fan = of(row)
    return None if fan is None else fan.at(percent).value


def mean_wan(estimate: Estimate | None) -> int | None:
    """A mean of money in whole 万元."""
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
        *(money(f"p{p}", f"P{p}", partial(percentile, p, attrgetter("converted"))) for p in FAN),
        money("mean", "均值", lambda row: mean_wan(row.converted.mean if row.converted else None)),
        *chance_interval("chance", "达到比例", lambda row: row.chance, _sureness),
        money("shortfall", "期望缺口", lambda row: mean_wan(row.shortfall)),
        money(
            "shortfall_if_missed", "未达标时平均缺口", lambda row: mean_wan(row.shortfall_if_missed)
        ),
        *(
            money(f"{key}_p{p}", f"{title} P{p}", partial(percentile, p, attrgetter(key)))
            for key, title in (
                ("to_be_listed", "待入库"),
                ("short_of_plan", "少于计划"),
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
    calm: CalmDifference


DIFFERENCES = Fields[YearLess](
    name="逐年差异",
    fields=(
        year("year", "年份", lambda row: row.of.year),
        *interval(
            decimal,
            "chance",
            "达到比例之差（百分点）",
            lambda row: row.of.chance,
            (12, None),
            told=points,
        ),
        text("sure", "判断", lambda row: words.chance_verdict(row.base, row.other, row.of), 26),
        *interval(money, "converted", "折市重点均值之差", lambda row: row.of.converted),
        text("more", "判断", lambda row: verdict(row.of.converted) if row.of.converted else None),
        money("converted_calm", "不计运气之差", lambda row: row.calm.converted_wan),
        *interval(money, "converted_p50", "折市重点 P50 之差", lambda row: row.of.converted_p50),
        *interval(money, "investment", "完成投资均值之差", lambda row: row.of.investment),
        text("drawn", "判断", lambda row: verdict(row.of.investment)),
        money("calm", "不计运气之差", lambda row: row.calm.investment_wan),
    ),
)


def difference_table(
    base: StressResult, other: StressResult, comparison: ScenarioComparison
) -> Table[YearLess]:
    """A scenario less the reference by year, on the same luck and without luck."""
    calm = calm_differences(base.run, other.run, (row.year for row in comparison.years))
    return DIFFERENCES.of(
        YearLess(base=base, other=other, of=row, calm=calm[row.year]) for row in comparison.years
    )


# --- causes --------------------------------------------------------------------------------------


def cause_shares_table(result: StressResult, shares: Sequence[CauseShare]) -> Table[CauseShare]:
    """Causes of delay shared out over the paths."""
    paths = result.findings.causes.paths
    return Fields[CauseShare](
        name="成因",
        fields=(
            text("kind", "原因类别", lambda row: str(row.kind), 14),
            text("cause", "原因", partial(words.share_name, result.run.portfolio), 40, look="wrap"),
            number("quarters", "各路径合计（季）", width=14),
            decimal("per_path", "每条路径平均（季）", width=12, formula=f"{{quarters}}/{paths}"),
            chance("share", "占比"),
        ),
    ).of(shares)


# --- Tables of what drives a stress test: swings, levers, what a channel's money is worth


#: Rows of a tornado in the workbook.
TORNADO_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class SwingRow:
    """A driver's swing of an outcome, `k`th of all; `middle` is the mean of all paths."""

    k: int
    driver: Driver
    swing: Swing
    middle: float


def tornado_table(
    result: StressResult, measure: Measure, levels: tuple[Level, ...] | None = None
) -> Table[SwingRow]:
    """The widest swings of an outcome: its mean in the lowest and highest tenth of each driver.

    Money in 万元, delay in quarters; `low_less` and `high_less` are the ends less the mean.
    """
    delay = measure == "delay"
    kind, unit, width = (decimal, "（季）", 12) if delay else (money, "", None)
    told: Callable[[float], Cell] = float_of if delay else wan
    fields = Fields[SwingRow](
        name={"converted": "折市重点", "cost": "总造价", "delay": "平均滞后"}[measure],
        fields=(
            number("k", "序号", width=6),
            text("driver", "因素", lambda row: words.driver_label(row.driver), 38),
            kind("low", f"该因素最低一成时{unit}", lambda row: told(row.swing.low), width),
            kind("high", f"最高一成时{unit}", lambda row: told(row.swing.high), width),
            *interval(
                kind,
                "difference",
                f"相差{unit}",
                lambda row: row.swing.difference,
                (width, width),
                (f"相差低{unit}", f"相差高{unit}"),
            ),
            decimal("rank", "秩相关", lambda row: row.swing.rank_correlation),
            kind(
                "low_less",
                f"最低一成－均值{unit}",
                lambda row: told(row.swing.low - row.middle),
                width,
            ),
            kind(
                "high_less",
                f"最高一成－均值{unit}",
                lambda row: told(row.swing.high - row.middle),
                width,
            ),
        ),
    )
    chosen = tornado(result, measure, TORNADO_ROWS, *(() if levels is None else (levels,)))
    middle = middle_of(result, measure)
    return fields.of(
        SwingRow(k=k, driver=driver, swing=swing, middle=middle)
        for k, (driver, swing) in enumerate(chosen, start=1)
    )


def _swings(kind: Kind, measure: Measure, title: str) -> Iterator[Field[tuple[int, Driver]]]:
    """How wide a driver swings an outcome, its rank correlation, and whether that is chance."""

    def swing(row: tuple[int, Driver]) -> Swing | None:
        return swing_of(row[1], measure)

    def value(row: tuple[int, Driver]) -> Cell:
        found = swing(row)
        size = None if found is None else found.difference.value
        return wan(size) if kind is money else size

    def rank(row: tuple[int, Driver]) -> float | None:
        found = swing(row)
        return None if found is None else found.rank_correlation

    def said(row: tuple[int, Driver]) -> str | None:
        found = swing(row)
        return None if found is None else verdict(found.difference)

    yield kind(measure, title, value)
    yield decimal(f"{measure}_rank", "秩相关", rank)
    yield text(f"{measure}_said", "判断", said)


DRIVERS = Fields[tuple[int, Driver]](
    name="全部因素",
    fields=(
        number("k", "序号", lambda row: row[0], 6),
        text("driver", "因素", lambda row: words.driver_label(row[1]), 38),
        text("level", "层次", lambda row: str(row[1].level)),
        *_swings(money, "converted", "折市重点相差"),
        *_swings(money, "cost", "总造价相差"),
        *_swings(decimal, "delay", "平均滞后相差（季）"),
    ),
)


def driver_table(result: StressResult) -> Table[tuple[int, Driver]]:
    """Every driver with its swings and rank correlations."""
    return DRIVERS.of(enumerate(result.findings.drivers, start=1))


LEVERS = Fields[tuple[int, LeverEffect]](
    name="去掉某种风险",
    fields=(
        number("k", "序号", lambda row: row[0], 6),
        text("label", "去掉的风险", lambda row: row[1].label, 38),
        number("paths", "路径数", lambda row: row[1].paths),
        *interval(money, "converted", "折市重点变化", lambda row: row[1].converted),
        *interval(money, "investment", "<full>年底累计投资变化", lambda row: row[1].investment),
        *interval(money, "cost", "总造价变化", lambda row: row[1].cost),
        *interval(decimal, "delay", "平均滞后变化（季）", lambda row: row[1].delay),
        text("said", "判断（滞后）", lambda row: verdict(row[1].delay)),
    ),
)


def lever_table(result: StressResult) -> Table[tuple[int, LeverEffect]]:
    """What switching a source of luck off changes on the same luck otherwise."""
    return LEVERS.titled(result.calendar).of(enumerate(result.levers, start=1))


def leverage_table(result: StressResult) -> Table[ChannelLeverage]:
    """What one 亿元 less of a channel in a year costs."""
    ratio = partial(interval, decimal, widths=(13, None))
    return Fields[ChannelLeverage](
        name="渠道杠杆",
        fields=(
            text("channel", "渠道", partial(channel_name, result), 26),
            year("year", "年份"),
            money("less_wan", "试算减少"),
            number("paths", "路径数"),
            *ratio("in_year", "当年少完成", lambda row: row.investment_in_year),
            decimal("loans", "其中贷款"),
            *ratio(
                "by_period_end",
                f"到{result.calendar.period_last}年（以后年份到当年）少完成",
                lambda row: row.investment_by_period_end,
            ),
            *ratio("investment", "全期少完成", lambda row: row.investment),
            *ratio("delay", "各大项滞后合计增加（季）", lambda row: row.delay_quarters),
            text("said", "判断（当年）", lambda row: verdict(row.investment_in_year)),
        ),
    ).of(result.leverage)


def channel_name(result: StressResult, row: ChannelLeverage) -> str:
    """The channel of a row as people read it."""
    portfolio = result.run.portfolio
    return portfolio.channels[portfolio.channel_position[row.channel_id]].name


# --- Path-level results: one row a path, for those who want to look into the paths themselves


def path_columns(result: StressResult) -> PathColumns:
    """The columns by heading: the years, the whole, then the items' finish, cost and luck."""
    portfolio, paths = result.run.portfolio, result.paths
    columns: PathColumns = {"路径号": np.arange(1, len(paths) + 1)}
    for calendar_year in shown_years(portfolio, paths):
        columns[f"{calendar_year} 完成投资（万元）"] = paths.drawn_wan[
            :, calendar_year - result.calendar.first_year
        ]
    for calendar_year in shown_years(portfolio, paths):
        converted = converted_wan(portfolio, paths, calendar_year)
        if converted is not None:
            columns[f"{calendar_year} 折市重点（万元）"] = converted
    columns["总造价（万元）"] = total_cost_wan(paths)
    if with_money(portfolio).any():
        columns["末项竣工"] = finishes(result.calendar, last_finish(portfolio, paths))
    columns["滞后大项（个）"] = (late_quarters(portfolio, paths) > 0).sum(axis=1)
    columns["平均滞后（季，按投资加权）"] = mean_delay(portfolio, paths).round(4)
    return columns | _items(result) | _channels(result)


def finishes(calendar: Calendar, quarters: Integers) -> Coded:
    """Finishes as codes of their labels."""
    labels = tuple(
        words.quarter_or_later(calendar, quarter) or "" for quarter in range(PLAY_QUARTERS + 1)
    )
    return Coded(codes=np.minimum(quarters, PLAY_QUARTERS), labels=labels)


def _items(result: StressResult) -> PathColumns:
    """Items one after another, what came of each before its luck; items without money left out."""
    portfolio, paths = result.run.portfolio, result.paths
    columns: PathColumns = {}
    for i in np.flatnonzero(with_money(portfolio)).tolist():
        label = portfolio.items[i].label
        columns |= {
            f"{label} 竣工": finishes(result.calendar, paths.finish[:, i]),
            f"{label} 造价（万元）": paths.cost_wan[:, i],
            f"{label} 造价系数（万分比）": paths.cost_bps[:, i],
            f"{label} 落地率（万分比）": paths.volume_bps[:, i],
            f"{label} 工期系数（万分比）": paths.duration_bps[:, i],
            f"{label} 停工（季）": paths.stopped_quarters[:, i],
        }
    return columns


def _channels(result: StressResult) -> PathColumns:
    """到位率 of the channels that have one, the plan years, and the register's risks."""
    portfolio, paths = result.run.portfolio, result.paths
    risky = {risk.channel_id for risk in portfolio.channel_risks}
    columns: PathColumns = {
        f"到位率 {channel.name} {year}（万分比）": paths.receipt_bps[
            :, year - result.calendar.first_year, c
        ]
        for c, channel in enumerate(portfolio.channels)
        if channel.id in risky
        for year in result.calendar.plan_years
    }
    for k, risk in enumerate(portfolio.risk.register):
        columns[f"风险 {risk.id} {risk.name}"] = paths.happened[:, k].astype(np.int8)
    return columns
