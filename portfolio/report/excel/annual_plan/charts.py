"""Sheet 图表: four native charts, their data below them as live formulas where there is a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from portfolio.model.dossier import Dossier
from portfolio.model.measures.year_to_date import Batch, year_to_date
from portfolio.model.measures.years import drawn_by_channel_wan, drawn_by_item_wan, item_groups
from portfolio.model.money import Wan
from portfolio.report.excel.annual_plan.batches import BatchFacts, batch_sums, count_key
from portfolio.report.excel.annual_plan.layout import CHARTS, QUARTERS, PlanLayout, plan_sheet
from portfolio.report.excel.annual_plan.sheet import PlanSheet, plan_sheet_of
from portfolio.report.excel.blocks import cell, on_sheet, span
from portfolio.report.excel.book import Book, yi
from portfolio.report.excel.styles import DARK, FONT, GRID_LINES, MID, ORANGE
from portfolio.report.words.run import scenario_name

#: Charts stand two by two over the data.
CHART_ROWS, CHART_WIDTH, CHART_HEIGHT = 24, 900, 556
FIRST_CHART = 2
FIRST_DATA = FIRST_CHART + 2 * CHART_ROWS + 1
LABEL_WIDTH, YEAR_WIDTH = 34, 9.6
#: Channels with more money have a part of their own in a stack, the others share one.
MOST_CHANNELS = 9
COLOURS = (
    "#1F3864", "#2F75B5", "#9DC3E6", "#ED7D31", "#FFC000", "#548235", "#A9D18E", "#7030A0",
    "#C00000", "#7F7F7F", "#BFBFBF", "#806000",
)  # fmt: skip


#: A figure as its cell holds it, and the formula that gives it.
Figure = tuple[float, str | None]


@dataclass(frozen=True, kw_only=True)
class Block:
    """A chart's data on the sheet: a heading, then one row a series."""

    head: int
    columns: int
    rows: int

    @property
    def below(self) -> int:
        """Where the next block begins."""
        return self.head + self.rows + 3

    def series(self, k: int, **look: object) -> dict[str, Any]:
        """A chart's series from the k-th row."""
        row = self.head + 1 + k
        name = cell(row, 0, fixed=True)
        heads, values = (span(at, 1, at, self.columns) for at in (self.head, row))
        places = {"name": name, "categories": heads, "values": values}
        return {key: "=" + on_sheet(CHARTS, place) for key, place in places.items()} | look


def write_charts(book: Book, dossier: Dossier, facts: BatchFacts, layout: PlanLayout) -> None:
    """The sheet."""
    sheet, years = plan_sheet_of(book, CHARTS, "#ED7D31", 85), facts.batches.years
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, max(len(years), 16), YEAR_WIDTH)
    sheet.title(f"图表（情景：{scenario_name(dossier.run)}）", height=32)
    note = "图为可编辑的图表，数据在下方；单位：亿元（项数除外）。推演结果，不是批复。"
    sheet.put(1, 0, note, "above")
    year = layout.plan.year
    quarterly = _put(
        sheet, FIRST_DATA, f"{year}年累计（亿元）", [*QUARTERS.values()], _quarters(dossier, layout)
    )
    row = quarterly.below
    works = _put(sheet, row, "推演完成投资，按工程", years, _works(facts, row))
    channels = _put(sheet, works.below, "推演完成投资，按资金渠道", years, _channels(facts))
    counts = _put(sheet, channels.below, "分批项数（个）", years, _counts(facts), "whole")
    _quarter_chart(sheet, quarterly, year)
    years_text = f"{years[0]}—{years[-1]}年"
    _stack(sheet, works, (0, 1), "逐年完成投资（推演），按工程（亿元）",
           f"堆积柱形图：{years_text}推演完成投资，按工程分。数据见下方表。")  # fmt: skip
    _stack(sheet, channels, (1, 0), "逐年完成投资（推演），按资金渠道（亿元）",
           f"堆积柱形图：{years_text}推演完成投资，按实际付款的资金渠道分。数据见下方表。")  # fmt: skip
    _stack(sheet, counts, (1, 1), "各年分批项数（个）",
           f"堆积柱形图：{years_text}投产、建设、开工、储备各批的大项数。数据见下方表。",
           colours=(DARK, MID, ORANGE, "#BFBFBF"))  # fmt: skip
    sheet.set_h_pagebreaks([FIRST_DATA - 1])


def _put(
    sheet: PlanSheet,
    row: int,
    title: str,
    heads: Sequence[str | int],
    lines: Iterable[tuple[str, Iterable[Figure]]],
    style: str = "money",
) -> Block:
    """A block of lines, each with its name and its figures."""
    sheet.put(row, 0, title, "head")
    sheet.put_row(row, heads, "year" if isinstance(heads[0], int) else "head", first=1)
    sheet.set_row(row, 32)
    at = row
    for at, (name, figures) in enumerate(lines, start=row + 1):
        sheet.put(at, 0, name, "text")
        for place, (value, formula) in enumerate(figures, start=1):
            if formula is None:
                sheet.put(at, place, value, style)
            else:
                sheet.put_formula(at, place, f"={formula}", value, style)
    return Block(head=row, columns=len(heads), rows=at - row)


def _quarters(dossier: Dossier, layout: PlanLayout) -> Iterator[tuple[str, list[Figure]]]:
    """The year's plan (from its sheet) and play, cumulated by quarter."""
    run, first = dossier.run, dossier.calendar.quarter_of(layout.plan.year)
    planned = (sum(each.quarters_wan[k] for each in layout.plan.rows) for k in range(len(QUARTERS)))
    totals = (on_sheet(plan_sheet(layout.plan.year), layout.total(key)) for key in QUARTERS)
    yield "计划（累计）", [(yi(wan), total) for wan, total in zip(planned, totals, strict=True)]
    done = (year_to_date(run.portfolio, run.outcome, first + k).done for k in range(len(QUARTERS)))
    yield "推演完成（累计）", [(yi(wan), None) for wan in done]


def _works(facts: BatchFacts, head: int) -> Iterator[tuple[str, list[Figure]]]:
    """Money played by work and year, summed over the list.

    EXACT and not SUMIFS, whose criteria take a name like `>…` for an operator and `*` for a
    wildcard.
    """
    years, drawn = facts.batches.years, drawn_by_item_wan(facts.result.outcome)
    work_of, year_of, money = map(facts.block.seen, ("work", "year", "drawn_wan"))
    groups = item_groups(facts.result.portfolio.items)
    for at, (work, categories) in enumerate(groups.items(), start=head + 1):
        positions = [i for rows in categories.values() for i in rows]
        name = f"EXACT({work_of},${cell(at, 0)})"
        matches = (f"{name}*({year_of}={cell(head, 1 + k)})*{money}" for k in range(len(years)))
        sums = drawn[: len(years), positions].sum(axis=1).tolist()
        yield (
            work,
            [(yi(wan), f"SUMPRODUCT({match})") for wan, match in zip(sums, matches, strict=True)],
        )


def _channels(facts: BatchFacts) -> Iterator[tuple[str, list[Figure]]]:
    """Money played by the channel that paid: the largest channels, the others together."""
    channels, years = facts.result.portfolio.channels, len(facts.batches.years)
    drawn = drawn_by_channel_wan(facts.result.outcome)[:years]
    shown, others = largest(drawn)
    for c in shown:
        yield channels[c].name, [(yi(wan), None) for wan in drawn[:, c]]
    if others:
        sums = drawn[:, others].sum(axis=1)
        yield f"其余{len(others)}个渠道", [(yi(wan), None) for wan in sums]


def _counts(facts: BatchFacts) -> Iterator[tuple[str, list[Figure]]]:
    """Counts of the batches, from 分批汇总."""
    _, sums = batch_sums(facts)
    for batch in Batch:
        yield (
            str(batch),
            [
                (
                    len(facts.batches.of(year, batch)),
                    sums.seen_cell(sums.first + k, count_key(batch)),
                )
                for k, year in enumerate(facts.batches.years)
            ],
        )


def largest(drawn_wan: Wan) -> tuple[list[int], list[int]]:
    """Positions of the channels with most money over the years, and of the others with any.

    drawn_wan : int64[year, channel]
    """
    total = drawn_wan.sum(axis=0)
    order = [int(c) for c in np.argsort(-total, kind="stable") if total[c]]
    if len(order) <= MOST_CHANNELS + 1:
        return sorted(order) or [0], []
    return sorted(order[:MOST_CHANNELS]), sorted(order[MOST_CHANNELS:])


def _quarter_chart(sheet: PlanSheet, block: Block, year: int) -> None:
    """Columns of the plan, a line of the play."""
    chart, line = sheet.new_chart("column"), sheet.new_chart("line")
    labels = {"value": True, "num_format": "#,##0", "position": "inside_base", "font": _font(9)}
    paint = {"fill": {"color": "#9DC3E6"}, "border": {"color": MID}}
    chart.add_series(block.series(0, **paint, gap=80, data_labels=labels))
    marker = {"type": "diamond", "size": 8, "fill": {"color": ORANGE}}
    line.add_series(block.series(1, line={"color": ORANGE, "width": 2.5}, marker=marker))
    chart.combine(line)
    text = (
        f"柱形与折线图：{year}年各季度末累计计划投资（柱）与推演累计完成投资（线）。数据见下方表。"
    )
    _place(sheet, chart, (0, 0), f"{year}年分季度累计：计划与推演（亿元）", text)


def _stack(
    sheet: PlanSheet,
    block: Block,
    place: tuple[int, int],
    title: str,
    text: str,
    colours: Sequence[str] = COLOURS,
) -> None:
    """A stacked column a year; thin white lines part the pieces where colours don't print."""
    chart, border = sheet.new_chart("column", "stacked"), {"color": "#FFFFFF", "width": 0.5}
    for k in range(block.rows):
        fill = {"color": colours[k % len(colours)]}
        chart.add_series(block.series(k, fill=fill, border=border, gap=45))
    _place(sheet, chart, place, title, text)


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold}


def _place(sheet: PlanSheet, chart: Any, place: tuple[int, int], title: str, text: str) -> None:
    """A chart's words and its place: `place` is row and column of the two by two."""
    down, right = place
    numbers = {"num_font": _font(9), "num_format": "#,##0", "major_gridlines": GRID_LINES}
    sheet.put_chart(
        chart,
        (FIRST_CHART + down * CHART_ROWS, 0),
        (CHART_WIDTH, CHART_HEIGHT),
        title={"name": title, "name_font": _font(13, bold=True)},
        axes=({"num_font": _font(9)}, numbers),
        legend={"position": "bottom" if place == (0, 0) else "right", "font": _font(9)},
        said=text,
        offset=(10 + right * (CHART_WIDTH + 20), 5),
    )
