"""The tables of one run, as the CSV files hold them and the workbook shows them."""

from __future__ import annotations

from portfolio.model.measures import (
    channel_years,
    cost_wan,
    drawn_by_item_wan,
    late_positions,
    outstanding_wan,
    plan_by_year_wan,
    reported_years,
    year_measures,
)
from portfolio.model.result import RunResult
from portfolio.report.log_tables import event_table, gate_table
from portfolio.report.tables import Cell, Table, money, number, quarters, ratio, text
from portfolio.report.wording import (
    cause_name,
    change_note,
    delay_text,
    finish_text,
    quarter_text,
    year_verdict,
)


def run_tables(result: RunResult) -> tuple[Table, ...]:
    """Every table of a run, in the order a reader wants them."""
    return (
        annual_table(result),
        channel_table(result),
        item_table(result),
        item_year_table(result),
        cause_table(result),
        gate_table(result),
        event_table(result),
        change_table(result),
    )


def annual_table(result: RunResult) -> Table:
    """The years against their targets."""
    columns = (
        text("年份", 8),
        money("计划"),
        money("完成投资"),
        money("形象进度折算"),
        money("折市重点口径"),
        money("目标"),
        ratio("完成率"),
        money("差额"),
        money("待入库"),
        text("结论", 18),
    )
    rows = tuple(
        (
            str(m.year),
            m.plan_wan,
            m.drawn_wan,
            m.progress_wan,
            m.converted_wan,
            m.target_wan,
            m.completion,
            m.shortfall_wan,
            m.to_be_listed_wan,
            year_verdict(m),
        )
        for m in year_measures(result.portfolio, result.outcome)
    )
    return Table(name="年度", columns=columns, rows=rows)


def channel_table(result: RunResult) -> Table:
    """The ledger of every channel and year."""
    columns = (
        text("渠道", 26),
        text("性质", 10),
        text("年份", 8),
        money("计划"),
        money("额度"),
        money("年初下达"),
        money("上年结转"),
        money("完成投资"),
        money("收回"),
        money("失效"),
        money("结转下年"),
        money("缺口"),
    )
    rows = tuple(
        (
            row.channel.name,
            str(row.channel.kind),
            str(row.year),
            row.plan_wan,
            row.envelope_wan,
            row.allotted_wan,
            row.carried_in_wan,
            row.drawn_wan,
            row.taken_back_wan,
            row.lapsed_wan,
            row.carried_out_wan,
            row.gap_wan,
        )
        for row in channel_years(result.portfolio, result.outcome)
    )
    return Table(name="渠道", columns=columns, rows=rows)


def item_table(result: RunResult) -> Table:
    """Every item: money, planned and actual start and finish, delay."""
    portfolio, outcome = result.portfolio, result.outcome
    cost, drawn = cost_wan(portfolio), drawn_by_item_wan(outcome).sum(axis=0)
    columns = (
        number("序号"),
        text("大项", 26),
        text("工程", 16),
        text("类别", 20),
        money("总投资"),
        money(f"{result.calendar.first_year}年前已完成"),
        money("推演总造价"),
        money(f"{result.calendar.first_year}年起推演完成"),
        text("计划开工", 10),
        text("计划竣工", 10),
        text("推演开工", 10),
        text("推演竣工", 14),
        quarters("滞后"),
        text("状态", 10),
    )
    rows = tuple(
        (
            item.no,
            item.name,
            item.work,
            item.category,
            item.total_wan,
            item.earlier_wan,
            item.earlier_wan + int(cost[index]),
            int(drawn[index]),
            quarter_text(result.calendar, outcome.planned_start[index]),
            quarter_text(result.calendar, outcome.planned_finish[index]),
            quarter_text(result.calendar, outcome.start[index]),
            finish_text(result.calendar, outcome, index),
            outcome.delay_quarters(index),
            item_state(result, index),
        )
        for index, item in enumerate(portfolio.items)
    )
    return Table(name="大项", columns=columns, rows=rows)


def item_state(result: RunResult, index: int) -> str:
    """An item's state in a word: 按期, 提前, 滞后, 未竣工, or 无投资."""
    outcome = result.outcome
    if outcome.planned_finish[index] is None:
        return "无投资"
    delay = outcome.delay_quarters(index)
    if delay is None:
        return "未竣工"
    return "滞后" if delay > 0 else "提前" if delay < 0 else "按期"


def item_year_table(result: RunResult) -> Table:
    """Plan and play of every item in every year in which it has either."""
    portfolio, outcome = result.portfolio, result.outcome
    plan, drawn = plan_by_year_wan(portfolio).sum(axis=1), drawn_by_item_wan(outcome)
    years = reported_years(result.calendar, outcome)
    columns = (number("序号"), text("大项", 26), text("年份", 8), money("计划"), money("完成投资"))
    rows = tuple(
        (item.no, item.name, str(year), int(plan[y, index]), int(drawn[y, index]))
        for index, item in enumerate(portfolio.items)
        for year in years
        if plan[(y := year - result.calendar.first_year), index] or drawn[y, index]
    )
    return Table(name="大项年度", columns=columns, rows=rows)


def cause_table(result: RunResult) -> Table:
    """The delay ledger of the late items, one cause a row, the longest delays first."""
    portfolio, outcome = result.portfolio, result.outcome
    outstanding = outstanding_wan(portfolio, outcome)
    columns = (
        number("序号"),
        text("大项", 26),
        text("计划竣工", 10),
        text("推演竣工", 14),
        text("滞后", 10),
        money("计划竣工时未完成（按批准造价）"),
        text("原因类别", 12),
        text("原因", 40),
        quarters("影响"),
    )
    rows: list[tuple[Cell, ...]] = []
    for index in late_positions(portfolio, outcome):
        item = portfolio.items[index]
        head: tuple[Cell, ...] = (
            item.no,
            item.name,
            quarter_text(result.calendar, outcome.planned_finish[index]),
            finish_text(result.calendar, outcome, index),
            delay_text(outcome, index),
            int(outstanding[index]),
        )
        for cause in sorted(outcome.causes[index], key=lambda cause: -cause.quarters):
            name = cause_name(portfolio, cause.kind, cause.ref, index)
            rows.append((*head, str(cause.kind), name, cause.quarters))
    return Table(name="滞后原因", columns=columns, rows=tuple(rows))


def change_table(result: RunResult) -> Table:
    """Everything the scenario changed, old and new."""
    columns = (
        text("改动的量", 40),
        text("原值", 24),
        text("新值", 24),
        text("出处", 32),
        text("备注", 40),
    )
    rows = tuple((c.quantity, c.old, c.new, c.place, change_note(c)) for c in result.changes)
    return Table(name="情景改动", columns=columns, rows=rows)
