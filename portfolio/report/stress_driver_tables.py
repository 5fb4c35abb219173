"""Tables of what drives a stress test: swings, levers, what a channel's money is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from portfolio.model.study.finding import Driver, Level
from portfolio.model.study.result import ChannelLeverage, LeverEffect, StressResult, Swing
from portfolio.report.fields import (
    Cell,
    Field,
    Fields,
    Kind,
    Table,
    decimal,
    money,
    number,
    text,
    year,
)
from portfolio.report.stress_tables import float_of, interval, verdict, wan
from portfolio.report.stress_views import Measure, middle_of, swing_of, tornado
from portfolio.report.stress_wording import driver_label

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
            text("driver", "因素", lambda row: driver_label(row.driver), 38),
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
        text("driver", "因素", lambda row: driver_label(row[1]), 38),
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
