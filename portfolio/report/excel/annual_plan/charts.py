"""Sheet 图表: four native charts, their data below them as live formulas where there is a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from portfolio.model.dossier import Dossier
from portfolio.model.measures.year_to_date import Batch, year_to_date
from portfolio.model.measures.years import drawn_by_channel_wan, drawn_by_item_wan, item_groups
from portfolio.model.money import Wan
from portfolio.report.excel.annual_plan.batches import BatchFacts
from portfolio.report.excel.annual_plan.layout import CHARTS, QUARTERS, PlanLayout, plan_sheet
from portfolio.report.excel.annual_plan.style import plan_style
from portfolio.report.excel.annual_plan.sums import batch_sums, count_key
from portfolio.report.excel.book import (
    DARK,
    FONT,
    MID,
    ORANGE,
    Book,
    Worksheet,
    cell,
    on_sheet,
    put,
    put_formula,
    put_money,
    put_row,
    span,
    yi,
)
from portfolio.report.words.run import scenario_name

TITLE, ABOVE = 0, 1
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


@dataclass(frozen=True, kw_only=True)
class Block:
    """A chart's data on the sheet: a heading, then one row a series."""

    head: int
    columns: int
    series: int

    @property
    def categories(self) -> str:
        """The categories' reference."""
        return "=" + on_sheet(CHARTS, span(self.head, 1, self.head, self.columns))

    def values(self, k: int) -> str:
        """A series' values."""
        row = self.head + 1 + k
        return "=" + on_sheet(CHARTS, span(row, 1, row, self.columns))

    def name(self, k: int) -> str:
        """A series' name."""
        return "=" + on_sheet(CHARTS, cell(self.head + 1 + k, 0, fixed=True))


def write_charts(book: Book, dossier: Dossier, facts: BatchFacts, layout: PlanLayout) -> None:
    """The sheet."""
    sheet = book.sheet(CHARTS, tab="#ED7D31", zoom=85)
    years = facts.batches.years
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, max(len(years), 16), YEAR_WIDTH)
    heading = f"图表（情景：{scenario_name(dossier.run)}）"
    sheet.write_string(TITLE, 0, heading, book.style("title"))
    sheet.set_row(TITLE, 32)
    note = "图为可编辑的图表，数据在下方；单位：亿元（项数除外）。推演结果，不是批复。"
    sheet.write_string(ABOVE, 0, note, plan_style(book, "above"))
    row = FIRST_DATA
    quarterly = _quarter_block(book, sheet, row, dossier, layout)
    works = _work_block(book, sheet, row + 5, facts)
    channels = _channel_block(book, sheet, works.head + works.series + 3, facts)
    counts = _count_block(book, sheet, channels.head + channels.series + 3, facts)
    _quarter_chart(book, sheet, quarterly, layout.plan.year)
    years_text = f"{years[0]}—{years[-1]}年"
    _stack(book, sheet, works, (0, 1), "逐年完成投资（推演），按工程（亿元）",
           f"堆积柱形图：{years_text}推演完成投资，按工程分。数据见下方表。")  # fmt: skip
    _stack(book, sheet, channels, (1, 0), "逐年完成投资（推演），按资金渠道（亿元）",
           f"堆积柱形图：{years_text}推演完成投资，按实际付款的资金渠道分。数据见下方表。")  # fmt: skip
    _stack(book, sheet, counts, (1, 1), "各年分批项数（个）",
           f"堆积柱形图：{years_text}投产、建设、开工、储备各批的大项数。数据见下方表。",
           colours=(DARK, MID, ORANGE, "#BFBFBF"))  # fmt: skip
    sheet.set_h_pagebreaks([FIRST_DATA - 1])
    sheet.fit_to_pages(1, 0)


def _block_head(
    book: Book, sheet: Worksheet, row: int, title: str, heads: Sequence[str | int]
) -> None:
    style = "year" if heads and isinstance(heads[0], int) else "head"
    put(sheet, row, 0, title, plan_style(book, "head"))
    put_row(sheet, row, heads, plan_style(book, style), 1)
    sheet.set_row(row, 32)


def _quarter_block(
    book: Book, sheet: Worksheet, row: int, dossier: Dossier, layout: PlanLayout
) -> Block:
    """The year's plan (from its sheet) and play, cumulated by quarter."""
    year, run = layout.plan.year, dossier.run
    _block_head(book, sheet, row, f"{year}年累计（亿元）", [*QUARTERS.values()])
    put(sheet, row + 1, 0, "计划（累计）", plan_style(book, "text"))
    put(sheet, row + 2, 0, "推演完成（累计）", plan_style(book, "text"))
    money, first = plan_style(book, "money"), dossier.calendar.quarter_of(year)
    for k, key in enumerate(QUARTERS):
        planned = sum(each.quarters_wan[k] for each in layout.plan.rows)
        source = on_sheet(plan_sheet(year), layout.total(key))
        put_formula(sheet, row + 1, 1 + k, f"={source}", yi(planned), money)
        done = year_to_date(run.portfolio, run.outcome, first + k).done
        put_money(sheet, row + 2, 1 + k, done, money)
    return Block(head=row, columns=len(QUARTERS), series=2)


def _work_block(book: Book, sheet: Worksheet, row: int, facts: BatchFacts) -> Block:
    """Money played by work and year, summed over the list.

    EXACT and not SUMIFS, whose criteria take a name like `>…` for an operator and `*` for a
    wildcard.
    """
    years, outcome, listed = facts.batches.years, facts.result.outcome, facts.block
    drawn = drawn_by_item_wan(outcome)
    _block_head(book, sheet, row, "推演完成投资，按工程", years)
    groups = item_groups(facts.result.portfolio.items)
    for at, (work, categories) in enumerate(groups.items(), start=row + 1):
        positions = [i for rows in categories.values() for i in rows]
        put(sheet, at, 0, work, plan_style(book, "text"))
        for k, year in enumerate(years):
            match = (
                f"EXACT({listed.seen('work')},{'$' + cell(at, 0)})"
                f"*({listed.seen('year')}={cell(row, 1 + k)})*{listed.seen('drawn_wan')}"
            )
            wan = int(drawn[year - facts.result.calendar.first_year, positions].sum())
            style = plan_style(book, "money")
            put_formula(sheet, at, 1 + k, f"=SUMPRODUCT({match})", yi(wan), style)
    return Block(head=row, columns=len(years), series=len(groups))


def _channel_block(book: Book, sheet: Worksheet, row: int, facts: BatchFacts) -> Block:
    """Money played by the channel that paid: the largest channels, the others together."""
    years, channels = facts.batches.years, facts.result.portfolio.channels
    drawn = drawn_by_channel_wan(facts.result.outcome)[: len(years)]
    shown, others = largest(drawn)
    _block_head(book, sheet, row, "推演完成投资，按资金渠道", years)
    money = plan_style(book, "money")
    parts = [(channels[c].name, drawn[:, c]) for c in shown]
    if others:
        parts.append((f"其余{len(others)}个渠道", drawn[:, others].sum(axis=1)))
    for at, (name, by_year) in enumerate(parts, start=row + 1):
        put(sheet, at, 0, name, plan_style(book, "text"))
        for k, wan in enumerate(by_year.tolist()):
            put_money(sheet, at, 1 + k, wan, money)
    return Block(head=row, columns=len(years), series=len(parts))


def largest(drawn_wan: Wan) -> tuple[list[int], list[int]]:
    """Positions of the channels with most money over the years, and of the others with any.

    drawn_wan : int64[year, channel]
    """
    total = drawn_wan.sum(axis=0)
    order = [int(c) for c in np.argsort(-total, kind="stable") if total[c]]
    if len(order) <= MOST_CHANNELS + 1:
        return sorted(order) or [0], []
    return sorted(order[:MOST_CHANNELS]), sorted(order[MOST_CHANNELS:])


def _count_block(book: Book, sheet: Worksheet, row: int, facts: BatchFacts) -> Block:
    """Counts of the batches, from 分批汇总."""
    years, (_, sums) = facts.batches.years, batch_sums(facts)
    _block_head(book, sheet, row, "分批项数（个）", years)
    for at, batch in enumerate(Batch, start=row + 1):
        put(sheet, at, 0, str(batch), plan_style(book, "text"))
        for k, year in enumerate(years):
            count = len(facts.batches.of(year, batch))
            reference = sums.seen_cell(sums.first + k, count_key(batch))
            put_formula(sheet, at, 1 + k, f"={reference}", count, plan_style(book, "whole"))
    return Block(head=row, columns=len(years), series=len(Batch))


def _quarter_chart(book: Book, sheet: Worksheet, block: Block, year: int) -> None:
    """Columns of the plan, a line of the play."""
    chart = book.workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": block.name(0),
            "categories": block.categories,
            "values": block.values(0),
            "fill": {"color": "#9DC3E6"},
            "border": {"color": MID},
            "gap": 80,
            "data_labels": {
                "value": True,
                "num_format": "#,##0",
                "position": "inside_base",
                "font": _font(9),
            },
        }
    )
    line = book.workbook.add_chart({"type": "line"})
    line.add_series(
        {
            "name": block.name(1),
            "categories": block.categories,
            "values": block.values(1),
            "line": {"color": ORANGE, "width": 2.5},
            "marker": {"type": "diamond", "size": 8, "fill": {"color": ORANGE}},
        }
    )
    chart.combine(line)
    text = (
        f"柱形与折线图：{year}年各季度末累计计划投资（柱）与推演累计完成投资（线）。数据见下方表。"
    )
    _place(sheet, chart, (0, 0), f"{year}年分季度累计：计划与推演（亿元）", text)


def _stack(
    book: Book,
    sheet: Worksheet,
    block: Block,
    place: tuple[int, int],
    title: str,
    text: str,
    colours: Sequence[str] = COLOURS,
) -> None:
    """A stacked column a year; thin white lines part the pieces where colours don't print."""
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    for k in range(block.series):
        chart.add_series(
            {
                "name": block.name(k),
                "categories": block.categories,
                "values": block.values(k),
                "fill": {"color": colours[k % len(colours)]},
                "border": {"color": "#FFFFFF", "width": 0.5},
                "gap": 45,
            }
        )
    _place(sheet, chart, place, title, text)


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold}


def _place(sheet: Worksheet, chart: Any, place: tuple[int, int], title: str, text: str) -> None:
    """A chart's words and its place: `place` is row and column of the two by two."""
    chart.set_title({"name": title, "name_font": _font(13, bold=True)})
    chart.set_x_axis({"num_font": _font(9)})
    grid = {"visible": True, "line": {"color": "#E0E0E0"}}
    chart.set_y_axis({"num_font": _font(9), "num_format": "#,##0", "major_gridlines": grid})
    chart.set_legend({"position": "right" if place != (0, 0) else "bottom", "font": _font(9)})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    offset = {"x_offset": 10 + place[1] * (CHART_WIDTH + 20), "y_offset": 5}
    row = FIRST_CHART + place[0] * CHART_ROWS
    sheet.insert_chart(row, 0, chart, {**offset, "object_position": 2, "description": text})
