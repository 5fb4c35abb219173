"""The data behind the scatters of 联合把握: frontiers, cross-hairs, points."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.model.calendar import Calendar
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.result import Confidence
from portfolio.report.excel.book import Book, head_row, put, put_money
from portfolio.report.excel.stress_blocks import (
    Block,
    Sheet,
    decimal_format,
    put_block,
    put_heading,
)
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
    """One scatter and where its data stand: columns of points, cross-hair and frontier rows."""

    row: Confidence
    label: str
    points: Block
    finish_column: int
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
    head_row(book, page, row, ["大项", "竣工线 年", "造价", "造价线 年", "造价"])
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
            row=one,
            label=item_title(sheet.result, one),
            points=points,
            finish_column=1 + 2 * k,
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
    widths = dict(enumerate(WIDTHS))
    block = put_block(book, sheet.page, table, row, widths=widths)
    year_column = len(table.columns)
    put(sheet.page, row, year_column, "年", book.style("head"))
    finishes = sorted({p.finish for frontier in one.joint.frontiers for p in frontier.points})
    for r, finish in enumerate(finishes, start=block.first):
        put(
            sheet.page, r, year_column, year_of(sheet.result.calendar, finish), decimal_format(book)
        )
    return block


def _hair(book: Book, sheet: Sheet, one: Confidence, row: int) -> Block:
    """Two points each of the vertical (finish) and the horizontal (cost) line."""
    costs, finishes = costs_of(sheet.result, one), finishes_of(sheet.result, one)
    joint = one.joint
    low, high = min(int(costs.min()), joint.cost_wan), max(int(costs.max()), joint.cost_wan)
    left = year_of(sheet.result.calendar, min(int(finishes.min()), joint.finish)) - 0.5
    right = year_of(sheet.result.calendar, max(int(finishes.max()), joint.finish)) + 0.5
    number = decimal_format(book)
    for k, (cost, year) in enumerate(((low, left), (high, right))):
        put(sheet.page, row + k, 0, item_title(sheet.result, one), book.style("text"))
        put(sheet.page, row + k, 1, year_of(sheet.result.calendar, joint.finish), number)
        put_money(sheet.page, row + k, 2, cost, book.style("money"))
        put(sheet.page, row + k, 3, year, number)
        put_money(sheet.page, row + k, 4, joint.cost_wan, book.style("money"))
    return Block(head=row - 1, first=row, last=row + 1)


def _points(book: Book, sheet: Sheet, rows: tuple[Confidence, ...], row: int) -> Block:
    """Path number, then finish and cost of each scatter."""
    page, count = sheet.page, min(POINTS, len(sheet.result.paths))
    heads = [
        f"{name}：{item_title(sheet.result, one)}" for one in rows for name in ("竣工", "造价")
    ]
    head_row(book, page, row, ["路径号", *heads])
    page.set_row(row, 66)
    number, money_style = decimal_format(book), book.style("money")
    for r in range(count):
        put(page, row + 1 + r, 0, r + 1, book.style("whole"))
    for k, one in enumerate(rows):
        finishes, costs = finishes_of(sheet.result, one), costs_of(sheet.result, one)
        for r in range(count):
            put(
                page,
                row + 1 + r,
                1 + 2 * k,
                year_of(sheet.result.calendar, int(finishes[r])),
                number,
            )
            put_money(page, row + 1 + r, 2 + 2 * k, int(costs[r]), money_style)
    return Block(head=row, first=row + 1, last=row + count)
