"""Everything the page shows, as data: scenarios with their sentences, figures, tables and graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from portfolio.model.dossier import Dossier
from portfolio.model.facts import month_label
from portfolio.model.measures.delays import deciding_chain
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.year_to_date import begun_months, is_past
from portfolio.model.measures.years import late_positions
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.report.graph.layout import lay_out
from portfolio.report.graph.page import graph_data
from portfolio.report.graph.svg import drawing
from portfolio.report.page.live import Drawn, engine_data, live_data, live_extends
from portfolio.report.page.pictures import PICTURES, mattering_table
from portfolio.report.page.sourced import Told, sourced, table_data
from portfolio.report.tables.compare import summary_table
from portfolio.report.tables.list_record import LIST_SCREEN, READ, list_table
from portfolio.report.tables.render import data_rows
from portfolio.report.tables.run import change_table
from portfolio.report.words.answers.answer import answer_figures, answer_sentence
from portfolio.report.words.meeting import (
    KEY_FIGURE_DATA,
    forecast_figures,
    key_figures,
    reconciliation,
    sentences,
)
from portfolio.report.words.outlook import example_mark, year_marks_line
from portfolio.report.words.paper import paper_line
from portfolio.report.words.run import assumption_lines, scenario_name, summary_text
from portfolio.report.words.sources import (
    PLAYED,
    gate_source,
    item_source,
    luck_source,
    target_sources,
)

#: Columns of the list that its own row says the origin of.
ON_LIST = ("list_plan_wan", "list_plan_kind", "list_done_wan")
TITLE = "重大项目投资情景报告"


def page_data(dossiers: Sequence[Dossier]) -> dict[str, Any]:
    """The page's data.

    Raises
    ------
    ValueError
        There are no dossiers.
    """
    if not dossiers:
        raise ValueError("no scenario to report")
    told, graphs, drawn = Told(), _Graphs(), Drawn()
    scenarios = [_scenario(dossier, told, graphs, drawn) for dossier in dossiers]
    comparison = None
    if len(dossiers) > 1:
        table = summary_table([dossier.run for dossier in dossiers])
        comparison = table_data(sourced(table, PLAYED), told)
    return {
        "title": TITLE + example_mark(dossiers[0].run.portfolio),
        "nature": _nature(dossiers[0].run),
        "time": {
            "first_year": dossiers[0].calendar.first_year,
            "last_period_year": dossiers[0].calendar.period_last,
            "last_plan_year": dossiers[0].calendar.last_plan_year,
            "quarters": PLAY_QUARTERS,
            **_today(dossiers[0].run),
        },
        "pictures": [picture.name for picture in PICTURES],
        "units": sorted(
            {item.owner for each in dossiers for item in each.run.portfolio.items if item.owner}
        ),
        "comparison": comparison,
        "scenarios": scenarios,
        "engine": engine_data() if any(dossier.live for dossier in dossiers) else None,
        "draws": drawn.packed,
        "graphs": graphs.drawn,
        "told": told.texts,
    }


class _Graphs:
    """The graphs of the scenarios, one kept for all that have the same items and gates."""

    def __init__(self) -> None:
        self.drawn: list[dict[str, Any]] = []

    def place(self, dossier: Dossier) -> int:
        """The place of a scenario's graph."""
        portfolio = dossier.run.portfolio
        layout = lay_out(portfolio)
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="group" '
            f'aria-label="前置条件图" viewBox="0 0 {layout.width:g} {layout.height:g}">'
            f"{drawing(portfolio, layout)}</svg>"
        )
        made = {"svg": svg, **_with_sources(graph_data(portfolio), dossier.run)}
        if made not in self.drawn:
            self.drawn.append(made)
        return self.drawn.index(made)


def _with_sources(graph: dict[str, Any], run: RunResult) -> dict[str, Any]:
    """What is told of items and gates, each with its 依据 in words."""
    for item in run.portfolio.items:
        graph["items"][item.no]["source"] = item_source(run, item)
    for told, gate in zip(graph["gates"], run.portfolio.gates, strict=True):
        told["source"] = gate_source(run, gate)
    return graph


def _ties(run: RunResult, item_no: int) -> int:
    """How many other items with money finish in the same quarter (or not at all)."""
    outcome = run.outcome
    finish = outcome.finish[run.portfolio.position[item_no]]
    ends = zip(outcome.planned_finish, outcome.finish, strict=True)
    return sum(planned is not None and end == finish for planned, end in ends) - 1


def _until(dossier: Dossier) -> str:
    """Up to when the year is counted: by facts, or by the play."""
    portfolio, quarter = dossier.run.portfolio, dossier.quarter
    word = "截至" if is_past(portfolio, quarter) else "推演到"
    months = 3 * (quarter % 4 + 1) + begun_months(portfolio, quarter)
    return f"{word} {dossier.calendar.year_of_quarter(quarter)} 年 {months} 月底"


def _today(run: RunResult) -> dict[str, Any]:
    """Where facts end, in quarters and as a year, for a line in the pictures; none without facts."""
    facts = run.portfolio.facts
    if facts is None or not facts.asof_months:
        return {}
    return {
        "today_quarter": facts.asof_months / 3,
        "today_year": run.calendar.first_year + facts.year,
        "today": month_label(facts.asof_months - 1, run.calendar),
    }


def _nature(run: RunResult) -> str:
    """What the figures are, at the head of each printed page."""
    marks = year_marks_line(run.portfolio)
    return "推演结果，不是统计数" if marks is None else marks.removesuffix("。")


def _listed(run: RunResult, told: Told) -> dict[str, Any] | None:
    """The yearly list of works on record, and how it is to be read; None where nothing is known."""
    table = list_table(run, LIST_SCREEN)
    if not table.rows:
        return None
    sources = {key: target_sources(run, [row.of.year for row in table.rows]) for key in ON_LIST}
    return {"read": READ, "table": table_data(sourced(table, PLAYED, of_rows=sources), told)}


def _scenario(dossier: Dossier, told: Told, graphs: _Graphs, drawn: Drawn) -> dict[str, Any]:
    run = dossier.run
    portfolio, outcome = run.portfolio, run.outcome
    chain = deciding_chain(portfolio, outcome)
    stress = dossier.stress
    return {
        "name": dossier.name,
        "title": scenario_name(run),
        "until": _until(dossier),
        "answer": {
            "text": answer_sentence(run),
            "source": PLAYED,
            "figures": data_rows(KEY_FIGURE_DATA.of(answer_figures(run))),
        },
        "summary": summary_text(run),
        "made": paper_line([dossier.paper]),
        "reconciliation": [asdict(line) for line in reconciliation(dossier)],
        "sentences": [asdict(line) for line in sentences(dossier)],
        "forecast": None
        if run.outlook is None
        else {
            "title": f"{run.outlook.year} 年全年预计（截至 {run.outlook.months} 月底为已执行，其后为推演）",
            "figures": data_rows(KEY_FIGURE_DATA.of(forecast_figures(run.outlook))),
        },
        "listed": _listed(run, told),
        "live": None if dossier.live is None else live_data(dossier.live, drawn),
        "no_live": dossier.no_live,
        "extends": live_extends(run),
        "figures": data_rows(KEY_FIGURE_DATA.of(key_figures(dossier))),
        "assumptions": None
        if stress is None
        else table_data(sourced(mattering_table(stress), luck_source(stress)), told),
        "assumption_lines": list(assumption_lines(run)),
        "changes": table_data(sourced(change_table(run), "情景文件，见“出处”列"), told),
        "pictures": {
            picture.name: {
                "missing": picture.missing(dossier),
                "tables": [table_data(table, told) for table in picture.tables(dossier)],
            }
            for picture in PICTURES
        },
        "late": [portfolio.items[index].no for index in late_positions(portfolio, outcome)],
        "chain_ties": 0 if not chain else _ties(run, chain[0].item_no),
        "chain_gates": [link.gate_id for link in chain if link.gate_id is not None],
        "graph": graphs.place(dossier),
        "origin": f"工作簿 {run.workbook}（sha256 {run.workbook_sha256}），程序版本 {run.version}，"
        f"情景 {dossier.name}" + ("" if stress is None else f"；{luck_source(stress)}") + "。",
    }
