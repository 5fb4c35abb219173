"""The tables behind the pictures of a play: years, Gantt, money flow, gaps, gates, causes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from portfolio.model.dossier import Dossier
from portfolio.model.items import Channel, Item
from portfolio.model.measures.delays import ChainLink, deciding_chain
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import plan_by_year_wan, reported_years
from portfolio.model.study.intervals import fan
from portfolio.model.study.result import StressResult
from portfolio.report.page.sourced import Sourced, sourced
from portfolio.report.tables import run as tables
from portfolio.report.tables.fields import Field, Fields, Table, money, number, quarters, text, year
from portfolio.report.tables.office import unit_tables, with_office
from portfolio.report.tables.stress import fan_table
from portfolio.report.tables.stress_items import finishes_of
from portfolio.report.words import sources
from portfolio.report.words.meeting import cause_sum_table
from portfolio.report.words.run import causes_text, finish_text, gate_name
from portfolio.report.words.stress import quarter_or_later

#: The whiskers of the Gantt and the tick between them.
WHISKERS = (10, 50, 90)


def year_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """The years against their targets, and the fan of the paths where there are some."""
    run = dossier.run
    table = tables.annual_table(run)
    targets = sources.target_sources(run, [measure.year for measure in table.rows])
    years = sourced(table, sources.COUNTED, of_rows={"target_wan": targets})
    if dossier.stress is None:
        return (years,)
    return years, sourced(
        fan_table(dossier.stress, "converted"), sources.luck_source(dossier.stress)
    )


def gantt_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """Planned and played start and finish of every item, with the paths' P10, P50, P90."""
    run = dossier.run
    totals = tuple(sources.item_source(run, item) for item in run.portfolio.items)
    return (
        sourced(gantt_table(run, dossier.stress), sources.PLAYED, of_rows={"total_wan": totals}),
        *_units(run),
    )


def _units(run: RunResult) -> tuple[Sourced, ...]:
    """The units of the year and their items; nothing where the list tells none."""
    told = unit_tables(run)
    if told is None:
        return ()
    of_year = f"{told.year} 年"
    by_unit = replace(told.units.fields, name=of_year + told.units.name).of(told.units.rows)
    items = replace(told.items.fields, name=of_year + told.items.name).of(told.items.rows)
    return sourced(by_unit, sources.PLAYED), sourced(items, sources.PLAYED)


def gantt_table(run: RunResult, stress: StressResult | None) -> Table[tables.ItemRow]:
    """A row an item; without a stress test there are no percentiles."""
    known = tables.ITEMS.view(
        "no", "name", "work", "total_wan", "planned_start", "planned_finish", "start", "end",
        "delay_quarters", "state",
    )  # fmt: skip
    lucky = () if stress is None else _whiskers(stress)
    fields = (*known, *lucky, tables.ITEMS["story"])
    whole = Fields(name="甘特图", fields=fields)
    return tables.of_items(whole, run).of(tables.item_rows(run))


def _whiskers(stress: StressResult) -> Iterator[Field[tables.ItemRow]]:
    """P10, P50 and P90 of each item's finish."""
    by_no = {row.item_no: fan(finishes_of(stress, row), WHISKERS) for row in stress.findings.items}

    def finish(percent: int, row: tables.ItemRow) -> str | None:
        found = by_no.get(row.item.no)
        return None if found is None else quarter_or_later(stress.calendar, found.at(percent).value)

    for percent in WHISKERS:
        value, source = partial(finish, percent), sources.luck_source(stress)
        yield text(f"p{percent}", f"P{percent} 竣工", value, 14, source=source)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What a channel pays for an item in a year, planned and played."""

    channel: Channel
    item: Item
    year: int
    plan_wan: int
    drawn_wan: int


FLOWS = Fields[Flow](
    name="资金流向",
    fields=(
        text("channel", "渠道", lambda row: row.channel.name),
        text("work", "工程", lambda row: row.item.work),
        number("no", "序号", lambda row: row.item.no),
        text("name", "大项", lambda row: row.item.name),
        year("year", "年份"),
        money("plan_wan", "计划", source=sources.PLANNED),
        money("drawn_wan", "完成投资", source=sources.PLAYED),
    ),
)


def flow_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """Plan and play by channel, work, item and year; cells without either are left out."""
    run = dossier.run
    portfolio, outcome = run.portfolio, run.outcome
    years = reported_years(dossier.calendar, outcome)
    plan = plan_by_year_wan(portfolio)
    drawn = outcome.drawn_wan.reshape(-1, 4, *outcome.drawn_wan.shape[1:]).sum(axis=1)
    filled = np.argwhere((plan[: len(years)] > 0) | (drawn[: len(years)] > 0))
    ordered = sorted(filled.tolist(), key=lambda cell: (cell[1], cell[2], cell[0]))
    table = with_office(FLOWS, portfolio.items, lambda row: row.item).of(
        Flow(
            channel=portfolio.channels[c],
            item=portfolio.items[i],
            year=dossier.calendar.first_year + y,
            plan_wan=int(plan[y, c, i]),
            drawn_wan=int(drawn[y, c, i]),
        )
        for y, c, i in ordered
    )
    return (sourced(table, sources.LISTED),)


def gap_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """The ledger of every channel and year, with the gap."""
    return (sourced(tables.channel_table(dossier.run), sources.PLAYED),)


def graph_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """The gates as they fared in the play, and the chain that decides the last finish."""
    run = dossier.run
    gates = tables.gate_table(run)
    of_rows = tuple(sources.gate_source(run, gate) for gate in run.portfolio.gates)
    return (
        sourced(
            gates,
            sources.PLAYED,
            of_rows=dict.fromkeys(("reached", "held", "lag_quarters", "strength"), of_rows),
        ),
        sourced(chain_table(run), sources.PLAYED),
    )


def chain_table(run: RunResult) -> Table[ChainLink]:
    """The items of the chain that decides the end, the last to finish first."""
    portfolio, outcome = run.portfolio, run.outcome
    gates = {gate.id: gate_name(portfolio, gate) for gate in portfolio.gates}

    def end(link: ChainLink) -> str | None:
        return finish_text(run.calendar, outcome, portfolio.position[link.item_no])

    def causes(link: ChainLink) -> str:
        index = portfolio.position[link.item_no]
        return causes_text(portfolio, outcome.causes[index], index) or "无滞后"

    fields = Fields[ChainLink](
        name="决定末项竣工的链",
        fields=(
            number("item_no", "序号"),
            text(
                "name",
                "大项",
                lambda link: portfolio.item(link.item_no).name,
                source=sources.LISTED,
            ),
            text("end", "推演竣工", end),
            text("waits", "等待", lambda link: gates.get(link.gate_id or "")),
            quarters("held_quarters", "等待季数"),
            text("causes", "本项滞后原因", causes),
        ),
    )
    own = with_office(fields, portfolio.items, lambda link: portfolio.item(link.item_no))
    return own.of(deciding_chain(portfolio, outcome))


def cause_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """The quarters of delay by cause, which sum to all delay; then item by item."""
    run = dossier.run
    return sourced(cause_sum_table(run), sources.PLAYED), sourced(
        tables.cause_table(run), sources.PLAYED
    )
