"""The data behind the scatters of 联合把握: frontiers, cross-hairs, points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from portfolio.model.calendar import Calendar
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.finding import Confidence
from portfolio.report.excel.book import Book, put_row
from portfolio.report.excel.stress_blocks import (
    Block,
    Sheet,
    placed,
    put_block,
    put_heading,
    put_rows,
    put_titles,
)
from portfolio.report.fields import Field, Fields, decimal, money, number, text
from portfolio.report.stress_item_tables import (
    costs_of,
    finishes_of,
    frontier_table,
    item_title,
    reached_frontiers,
    unreached_line,
)

#: Points of a scatter: more only make it darker.
POINTS = 2000
WIDTHS = (30, *[13] * 24)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One scatter, `k`th of all, and where its data stand: points, cross-hair, frontiers."""

    k: int
    row: Confidence
    label: str
    points: Block
    hair: Block
    frontier: Block


def later(calendar: Calendar) -> float:
    """Where an unfinished path is drawn: a little to the right of the play's end."""
    return calendar.last_play_year + 1.25


def year_of(calendar: Calendar, quarter: int) -> float:
    """The end of a quarter as a year with decimals, for an axis of numbers."""
    if quarter >= PLAY_QUARTERS:
        return later(calendar)
    return calendar.first_year + (quarter + 1) / 4


def put_data(book: Book, sheet: Sheet, rows: tuple[Confidence, ...], row: int) -> list[Drawn]:
    """Frontiers, cross-hairs and points of every scatter."""
    page, calendar = sheet.page, sheet.result.calendar
    frontiers, hairs = [], []
    for one in rows:
        label = item_title(sheet.result, one)
        row = put_heading(
            book, page, row, f"等联合把握线：{label}（各竣工时间所需的最小造价，亿元）"
        )
        frontiers.append(_frontier(book, sheet, one, row))
        row = frontiers[-1].below
    row = put_heading(book, page, row, "图中两条目标线（横轴为年，竣工取该季末；纵轴为亿元）")
    heads = HAIRS.of(())
    put_titles(book, page, heads, placed(heads, row))
    row += 1
    for one in rows:
        hairs.append(_hair(book, sheet, one, row))
        row = hairs[-1].last + 1
    row = put_heading(
        book,
        page,
        row + 1,
        f"图中各点：前 {min(POINTS, len(sheet.result.paths)):,} 条路径（年，亿元；{later(calendar):g} 为 {calendar.never_label}）",
    )
    points = _points(book, sheet, rows, row)
    return [
        Drawn(
            k=k,
            row=one,
            label=item_title(sheet.result, one),
            points=points,
            hair=hairs[k],
            frontier=frontiers[k],
        )
        for k, one in enumerate(rows)
    ]


def _frontier(book: Book, sheet: Sheet, one: Confidence, row: int) -> Block:
    told = unreached_line(one)
    if not reached_frontiers(one):
        sheet.page.write_string(row, 0, told or "", book.made({}))
        return Block(head=row, first=row, last=row)
    if told is not None:
        sheet.page.write_string(row, 0, told, book.made({}))
        row += 1
    table = frontier_table(sheet.result.calendar, one)
    block = put_block(
        book, sheet.page, table, row, sheet=sheet.name, widths=dict(enumerate(WIDTHS))
    )
    # Finishes as the scatter's axis has them, beside their texts.
    in_years = decimal("year", "年", partial(year_of, sheet.result.calendar))
    years = Fields[int](name="年", fields=(in_years,)).of(table.rows)
    beside = placed(years, row, left=len(table.columns))
    put_row(sheet.page, row, ("年",), book.style("head"), beside.places["year"])
    put_rows(book, sheet.page, years, beside)
    return replace(block, places={**block.places, **beside.places})


@dataclass(frozen=True, kw_only=True)
class Hair:
    """An end of both lines of a cross-hair: of the finish at a cost, of the cost at a year."""

    label: str
    finish: float
    at_wan: int
    at_year: float
    cost_wan: int


HAIRS = Fields[Hair](
    name="目标线",
    fields=(
        text("label", "大项"),
        decimal("finish", "竣工线 年"),
        money("at_wan", "造价"),
        decimal("at_year", "造价线 年"),
        money("cost_wan", "造价"),
    ),
)


def _hair(book: Book, sheet: Sheet, one: Confidence, row: int) -> Block:
    """Two points each of the vertical (finish) and the horizontal (cost) line."""
    costs, finishes = costs_of(sheet.result, one), finishes_of(sheet.result, one)
    joint, calendar = one.joint, sheet.result.calendar
    low, high = min(int(costs.min()), joint.cost_wan), max(int(costs.max()), joint.cost_wan)
    left = year_of(calendar, min(int(finishes.min()), joint.finish)) - 0.5
    right = year_of(calendar, max(int(finishes.max()), joint.finish)) + 0.5
    table = HAIRS.of(
        Hair(
            label=item_title(sheet.result, one),
            finish=year_of(calendar, joint.finish),
            at_wan=wan,
            at_year=year,
            cost_wan=joint.cost_wan,
        )
        for wan, year in ((low, left), (high, right))
    )
    block = placed(table, row - 1, sheet.name)
    put_rows(book, sheet.page, table, block)
    return block


def _points(book: Book, sheet: Sheet, rows: tuple[Confidence, ...], row: int) -> Block:
    """Path number, then finish and cost of each scatter."""

    def columns(k: int, one: Confidence) -> Iterator[Field[int]]:
        finishes, costs = finishes_of(sheet.result, one), costs_of(sheet.result, one)
        label = item_title(sheet.result, one)
        yield decimal(
            f"finish{k}",
            f"竣工：{label}",
            lambda path: year_of(sheet.result.calendar, int(finishes[path])),
        )
        yield money(f"cost{k}", f"造价：{label}", lambda path: int(costs[path]))

    each = (field for k, one in enumerate(rows) for field in columns(k, one))
    table = Fields[int](
        name="路径", fields=(number("path", "路径号", lambda path: path + 1), *each)
    ).of(range(min(POINTS, len(sheet.result.paths))))
    block = placed(table, row, sheet.name)
    put_titles(book, sheet.page, table, block)
    sheet.page.set_row(row, 66)
    put_rows(book, sheet.page, table, block)
    return block
