"""The tables behind the pictures of a play: years, Gantt, money flow, gaps, gates, causes."""

from __future__ import annotations

import numpy as np

from portfolio.model.deciding_chain import deciding_chain
from portfolio.model.dossier import Dossier
from portfolio.model.measures import plan_by_year_wan, reported_years
from portfolio.model.result import RunResult
from portfolio.model.study.intervals import fan
from portfolio.model.study.result import StressResult
from portfolio.report.delay_causes import cause_sum_table
from portfolio.report.gate_wording import gate_name
from portfolio.report.log_tables import gate_table
from portfolio.report.page.sourced import Sourced, sourced
from portfolio.report.run_tables import (
    annual_table,
    cause_table,
    channel_table,
    item_state,
)
from portfolio.report.sources import (
    CONVERTED,
    COUNTED,
    ENVELOPE,
    LISTED,
    PLANNED,
    PLAYED,
    gate_source,
    item_source,
    luck_source,
    target_sources,
)
from portfolio.report.stress_item_tables import finishes_of
from portfolio.report.stress_tables import fan_table
from portfolio.report.stress_wording import quarter_or_later
from portfolio.report.tables import Cell, Table, money, number, quarters, text
from portfolio.report.wording import causes_text, finish_text, quarter_text

#: The whiskers of the Gantt and the tick between them.
WHISKERS = (10, 50, 90)


def year_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """The years against their targets, and the fan of the paths where there are some."""
    run = dossier.run
    table = annual_table(run)
    years = sourced(
        table,
        COUNTED,
        计划=PLANNED,
        完成投资=PLAYED,
        形象进度折算=PLAYED,
        折市重点口径=CONVERTED,
        of_rows={"目标": target_sources(run, [int(str(row[0])) for row in table.rows])},
    )
    if dossier.stress is None:
        return (years,)
    return years, sourced(fan_table(dossier.stress, "converted"), luck_source(dossier.stress))


def gantt_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """Planned and played start and finish of every item, with the paths' P10, P50, P90."""
    run, stress = dossier.run, dossier.stress
    table = gantt_table(run, stress)
    lucky = {} if stress is None else dict.fromkeys(_whisker_titles(), luck_source(stress))
    return (
        sourced(
            table,
            PLAYED,
            of_rows={"总投资": tuple(item_source(run, item) for item in run.portfolio.items)},
            序号=LISTED,
            大项=LISTED,
            工程=LISTED,
            计划开工=PLANNED,
            计划竣工=PLANNED,
            **lucky,
        ),
    )


def _whisker_titles() -> list[str]:
    return [f"P{percent} 竣工" for percent in WHISKERS]


def gantt_table(run: RunResult, stress: StressResult | None) -> Table:
    """A row an item; without a stress test there are no percentiles."""
    portfolio, outcome = run.portfolio, run.outcome
    columns = (
        number("序号"),
        text("大项", 26),
        text("工程", 16),
        money("总投资"),
        text("计划开工"),
        text("计划竣工"),
        text("推演开工"),
        text("推演竣工", 14),
        quarters("滞后"),
        text("状态"),
        *(text(title, 14) for title in _whisker_titles() if stress is not None),
        text("原因", 40),
    )
    whiskers = {} if stress is None else _whiskers(stress)
    missing: tuple[Cell, ...] = () if stress is None else (None,) * len(WHISKERS)
    rows = tuple(
        (
            item.no,
            item.name,
            item.work,
            item.total_wan,
            quarter_text(run.calendar, outcome.planned_start[index]),
            quarter_text(run.calendar, outcome.planned_finish[index]),
            quarter_text(run.calendar, outcome.start[index]),
            finish_text(run.calendar, outcome, index),
            outcome.delay_quarters(index),
            item_state(run, index),
            *whiskers.get(item.no, missing),
            causes_text(portfolio, outcome.causes[index], index) or None,
        )
        for index, item in enumerate(portfolio.items)
    )
    return Table(name="甘特图", columns=columns, rows=rows)


def _whiskers(stress: StressResult) -> dict[int | None, tuple[Cell, ...]]:
    """P10, P50 and P90 of each item's finish, by its number."""
    return {
        row.item_no: tuple(
            quarter_or_later(stress.calendar, each.value)
            for each in fan(finishes_of(stress, row), WHISKERS).percentiles
        )
        for row in stress.findings.items
    }


def flow_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """Plan and play by channel, work, item and year; cells without either are left out."""
    run = dossier.run
    portfolio, outcome = run.portfolio, run.outcome
    years = reported_years(dossier.calendar, outcome)
    plan = plan_by_year_wan(portfolio)
    drawn = outcome.drawn_wan.reshape(-1, 4, *outcome.drawn_wan.shape[1:]).sum(axis=1)
    columns = (
        text("渠道", 20),
        text("工程", 16),
        number("序号"),
        text("大项", 26),
        text("年份", 8),
        money("计划"),
        money("完成投资"),
    )
    filled = np.argwhere((plan[: len(years)] > 0) | (drawn[: len(years)] > 0))
    ordered = sorted(filled.tolist(), key=lambda cell: (cell[1], cell[2], cell[0]))
    rows = tuple(
        (
            portfolio.channels[c].name,
            portfolio.items[i].work,
            portfolio.items[i].no,
            portfolio.items[i].name,
            str(dossier.calendar.first_year + y),
            int(plan[y, c, i]),
            int(drawn[y, c, i]),
        )
        for y, c, i in ordered
    )
    table = Table(name="资金流向", columns=columns, rows=rows)
    return (sourced(table, LISTED, 计划=PLANNED, 完成投资=PLAYED),)


def gap_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """The ledger of every channel and year, with the gap."""
    table = channel_table(dossier.run)
    return (sourced(table, PLAYED, 计划=PLANNED, 额度=ENVELOPE),)


def graph_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """The gates as they fared in the play, and the chain that decides the last finish."""
    run = dossier.run
    gates = gate_table(run)
    of_rows = tuple(gate_source(run, gate) for gate in run.portfolio.gates)
    return (
        sourced(
            gates,
            PLAYED,
            of_rows={"须达到": of_rows, "在此之前": of_rows, "间隔": of_rows, "强度": of_rows},
            按计划放行=PLANNED,
        ),
        sourced(chain_table(run), PLAYED, 大项=LISTED),
    )


def chain_table(run: RunResult) -> Table:
    """The items of the chain that decides the end, the last to finish first."""
    portfolio, outcome = run.portfolio, run.outcome
    gates = {gate.id: gate for gate in portfolio.gates}
    columns = (
        number("序号"),
        text("大项", 30),
        text("推演竣工", 14),
        text("等待", 44),
        quarters("等待季数"),
        text("本项滞后原因", 40),
    )
    rows = tuple(
        (
            link.item_no,
            portfolio.item(link.item_no).name,
            finish_text(run.calendar, outcome, portfolio.position[link.item_no]),
            None if link.gate_id is None else gate_name(portfolio, gates[link.gate_id]),
            link.held_quarters,
            _causes(run, link.item_no),
        )
        for link in deciding_chain(portfolio, outcome)
    )
    return Table(name="决定末项竣工的链", columns=columns, rows=rows)


def _causes(run: RunResult, item_no: int) -> str:
    index = run.portfolio.position[item_no]
    return causes_text(run.portfolio, run.outcome.causes[index], index) or "无滞后"


def cause_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """The quarters of delay by cause, which sum to all delay; then item by item."""
    run = dossier.run
    return sourced(cause_sum_table(run), PLAYED), sourced(cause_table(run), PLAYED)
