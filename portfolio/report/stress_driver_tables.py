"""Tables of what drives a stress test: swings, levers, what a channel's money is worth."""

from __future__ import annotations

from portfolio.model.study.result import Driver, Level, StressResult, Swing
from portfolio.report.stress_tables import ends, money_ends, verdict, wan
from portfolio.report.stress_views import Measure, middle_of, swing_of, tornado
from portfolio.report.stress_wording import driver_label
from portfolio.report.tables import Cell, Column, Table, decimal, money, number, text

#: Rows of a tornado in the workbook.
TORNADO_ROWS = 20


def tornado_table(
    result: StressResult, measure: Measure, levels: tuple[Level, ...] | None = None
) -> Table:
    """The widest swings of an outcome: its mean in the lowest and highest tenth of each driver.

    Money in 万元, delay in quarters; the last two number columns are the ends less the mean.
    """
    chosen = tornado(result, measure, TORNADO_ROWS, *(() if levels is None else (levels,)))
    middle = middle_of(result, measure)
    of = _quarters if measure == "delay" else money
    columns = (
        number("序号", 6),
        text("因素", 38),
        of("该因素最低一成时"),
        of("最高一成时"),
        of("相差"),
        of("相差低"),
        of("相差高"),
        decimal("秩相关"),
        of("最低一成－均值"),
        of("最高一成－均值"),
    )
    rows = tuple(
        (k, driver_label(driver), *_swing_cells(swing, middle, whole=measure != "delay"))
        for k, (driver, swing) in enumerate(chosen, start=1)
    )
    names = {"converted": "折市重点", "cost": "总造价", "delay": "平均滞后"}
    return Table(name=names[measure], columns=columns, rows=rows)


def _quarters(title: str) -> Column:
    return decimal(f"{title}（季）", 12)


def _swing_cells(swing: Swing, middle: float, *, whole: bool) -> tuple[Cell, ...]:
    values = (swing.low, swing.high, *ends(swing.difference))
    around = (swing.low - middle, swing.high - middle)
    if not whole:
        return (*values, swing.rank_correlation, *around)
    return (
        *(wan(value) for value in values),
        swing.rank_correlation,
        *(wan(value) for value in around),
    )


def driver_table(result: StressResult) -> Table:
    """Every driver with its swings and rank correlations."""
    columns = (
        number("序号", 6),
        text("因素", 38),
        text("层次", 12),
        money("折市重点相差"),
        decimal("秩相关"),
        text("判断", 12),
        money("总造价相差"),
        decimal("秩相关"),
        text("判断", 12),
        decimal("平均滞后相差（季）"),
        decimal("秩相关"),
        text("判断", 12),
    )
    rows = tuple(
        (
            k,
            driver_label(driver),
            str(driver.level),
            *_difference_cells(driver, "converted"),
            *_difference_cells(driver, "cost"),
            *_difference_cells(driver, "delay"),
        )
        for k, driver in enumerate(result.findings.drivers, start=1)
    )
    return Table(name="全部因素", columns=columns, rows=rows)


def _difference_cells(driver: Driver, measure: Measure) -> tuple[Cell, ...]:
    swing = swing_of(driver, measure)
    if swing is None:
        return None, None, None
    value = swing.difference.value
    return (
        value if measure == "delay" else wan(value),
        swing.rank_correlation,
        verdict(swing.difference),
    )


def lever_table(result: StressResult) -> Table:
    """What switching a source of luck off changes on the same luck otherwise."""
    columns = (
        number("序号", 6),
        text("去掉的风险", 38),
        number("路径数", 8),
        money("折市重点变化"),
        money("低"),
        money("高"),
        money(f"{result.calendar.last_full_list_year}年底累计投资变化", 14),
        money("低"),
        money("高"),
        money("总造价变化"),
        money("低"),
        money("高"),
        decimal("平均滞后变化（季）", 12),
        decimal("低"),
        decimal("高"),
        text("判断（滞后）", 12),
    )
    rows = tuple(
        (
            k,
            row.label,
            row.paths,
            *money_ends(row.converted),
            *money_ends(row.investment),
            *money_ends(row.cost),
            *ends(row.delay),
            verdict(row.delay),
        )
        for k, row in enumerate(result.levers, start=1)
    )
    return Table(name="去掉某种风险", columns=columns, rows=rows)


def leverage_table(result: StressResult) -> Table:
    """What one 亿元 less of a channel in a year costs."""
    portfolio = result.run.portfolio
    columns = (
        text("渠道", 26),
        text("年份", 8),
        money("试算减少"),
        number("路径数", 8),
        *_leverage_columns("当年少完成"),
        decimal("其中贷款"),
        *_leverage_columns(f"到{result.calendar.period_last}年（以后年份到当年）少完成"),
        *_leverage_columns("全期少完成"),
        *_leverage_columns("各大项滞后合计增加（季）"),
        text("判断（当年）", 12),
    )
    rows = tuple(
        (
            portfolio.channels[portfolio.channel_position[row.channel_id]].name,
            str(row.year),
            row.less_wan,
            row.paths,
            *ends(row.investment_in_year),
            row.loans,
            *ends(row.investment_by_period_end),
            *ends(row.investment),
            *ends(row.delay_quarters),
            verdict(row.investment_in_year),
        )
        for row in result.leverage
    )
    return Table(name="渠道杠杆", columns=columns, rows=rows)


def _leverage_columns(title: str) -> tuple[Column, Column, Column]:
    return decimal(title, 13), decimal("低"), decimal("高")
