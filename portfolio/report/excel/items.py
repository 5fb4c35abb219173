"""Sheets 年度投资计划 and 年度完成投资: items by year, subtotals as live formulas."""

from __future__ import annotations

import numpy as np

from portfolio.model.calendar import Calendar
from portfolio.model.items import Item
from portfolio.model.money import Wan
from portfolio.report.excel.book import (
    ROW,
    STYLES,
    TONES,
    Book,
    Worksheet,
    cell,
    head_row,
    on_sheet,
    put,
    put_formula,
    put_money,
    put_row,
    span,
    title,
    yi,
)
from portfolio.report.excel.facts import PLAN, PLAYED, Facts, ItemLayout, Node

#: Up to so many rows are printed on one page.
ONE_PAGE_ROWS = 110
TONE = {"合计": "total", "工程": "work", "类别": "category", "大项": ""}
OUTLINE = {"合计": 0, "工程": 0, "类别": 1, "大项": 2}


def write_plan(book: Book, facts: Facts) -> None:
    """The yearly investment plan."""
    items = facts.result.portfolio.items
    total = np.array([item.total_wan for item in items], dtype=np.int64)
    _write(book, facts, PLAN, total, facts.plan, "计划")


def write_played(book: Book, facts: Facts) -> None:
    """The same for what the play completed."""
    items = facts.result.portfolio.items
    before = np.array([item.earlier_wan for item in items], dtype=np.int64)
    _write(book, facts, PLAYED, before + facts.cost, facts.drawn, "完成")


def _write(book: Book, facts: Facts, name: str, total: Wan, by_year: Wan, word: str) -> None:
    layout = facts.layout_of(name)
    sheet = book.sheet(name, tab="#2F75B5", zoom=85)
    title(book, sheet, f"{name}（亿元）", facts.result.calendar.fill(_note(name)))
    _choice(book, sheet, layout, name)
    _headings(book, sheet, layout, name, facts.result.calendar)
    _chosen_headings(book, sheet, layout, word)
    items = facts.result.portfolio.items
    before = np.array([item.earlier_wan for item in items], dtype=np.int64)
    for row, node in enumerate(layout.nodes, start=layout.first_row):
        rows = list(node.positions)
        values = _Sums(
            total=int(total[rows].sum()),
            before=int(before[rows].sum()),
            years=by_year[: len(layout.years), rows].sum(axis=1),
            period_years=facts.result.calendar.period_years,
        )
        _names(book, sheet, row, node, layout, items[node.positions[0]])
        _figures(book, sheet, row, node, layout, values)
    _page(sheet, layout)


def _names(
    book: Book, sheet: Worksheet, row: int, node: Node, layout: ItemLayout, item: Item
) -> None:
    """A row's number and name, and in hidden columns what the checks look rows up by."""
    is_item = node.level == "大项"
    number = item.no if is_item else None
    put(sheet, row, 0, number, book.style("centre", TONE[node.level]))
    label = {**STYLES["text"], **TONES[TONE[node.level]], "indent": OUTLINE[node.level]}
    put(sheet, row, 1, node.label, book.made(label))
    hidden = (
        node.level,
        None if node.level == "合计" else item.work,
        item.category if node.level in ("类别", "大项") else None,
        item.group if is_item else None,
    )
    put_row(sheet, row, hidden, book.style("text", "faint"), layout.level)
    sheet.set_row(row, ROW, None, {"level": OUTLINE[node.level]})


def _page(sheet: Worksheet, layout: ItemLayout) -> None:
    """Column widths, what stays in view, and what is printed."""
    widths = {
        0: 6,
        1: 40,
        layout.total: 12,
        layout.period: 12,
        layout.before: 12,
        layout.to_last_year: 13,
        layout.this_year: 12,
        layout.part: 11,
        layout.since: 12,
    }
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    sheet.set_column(layout.first_year, layout.last_year, 10)
    sheet.set_column(layout.level, layout.level + 3, 10, None, {"hidden": True})
    sheet.freeze_panes(layout.first_row, 2)
    sheet.repeat_rows(layout.head_row)
    sheet.repeat_columns(0, 1)
    sheet.print_area(0, 0, layout.last_row, layout.since)
    sheet.fit_to_pages(1, 1 if len(layout.nodes) <= ONE_PAGE_ROWS else 0)
    sheet.outline_settings(True, False, True, False)


def _note(name: str) -> str:
    if name == PLAN:
        return "计划为推演前的年度安排；工程、类别小计为公式。黄色格可选“本年”，右侧三列随之变化。"
    return "按情景推演的完成投资（含造价变化）；“总投资”为推演造价，含 <first> 年前已完成。"


class _Sums:
    """A row's figures in 万元, the values its formulas are stored with."""

    def __init__(self, *, total: int, before: int, years: Wan, period_years: int) -> None:
        self.total, self.before, self.years = total, before, years
        self.since = int(years.sum())
        self.period = int(years[:period_years].sum())


def _choice(book: Book, sheet: Worksheet, layout: ItemLayout, name: str) -> None:
    """The cell in which the reader chooses 本年; the second sheet follows the first."""
    sheet.write_string(
        layout.choice_row,
        1,
        "本年（可选）：" if name == PLAN else f"本年（随{PLAN}）：",
        book.made({"align": "right"}),
    )
    style = book.style("input")
    if name == PLAN:
        sheet.write_number(layout.choice_row, 2, layout.shown_year, style)
        years = span(layout.head_row, layout.first_year, layout.head_row, layout.last_year)
        sheet.data_validation(
            layout.choice_row, 2, layout.choice_row, 2, {"validate": "list", "source": f"={years}"}
        )
    else:
        source = on_sheet(PLAN, cell(layout.choice_row, 2, fixed=True))
        put_formula(
            sheet, layout.choice_row, 2, f"={source}", layout.shown_year, book.style("centre")
        )


def _headings(
    book: Book, sheet: Worksheet, layout: ItemLayout, name: str, calendar: Calendar
) -> None:
    """The headings that stay: money of the whole item, the years, the hidden columns."""
    total = "总投资" if name == PLAN else "推演造价"
    left = ("序号", "工程 / 类别 / 大项", total, "其中 <first>—<last>年", "<first>年前已完成")
    right = ("<first>年起合计", "层级", "工程", "类别", "组")
    head_row(book, sheet, layout.head_row, [calendar.fill(text) for text in left])
    put_row(sheet, layout.head_row, layout.years, book.style("year"), layout.first_year)
    head_row(book, sheet, layout.head_row, [calendar.fill(text) for text in right], layout.since)


def _chosen_headings(book: Book, sheet: Worksheet, layout: ItemLayout, word: str) -> None:
    """The headings of the block that follows the chosen year."""
    choice, style = cell(layout.choice_row, 2, fixed=True), book.style("head")
    for column, formula, value in (
        (
            layout.to_last_year,
            f'="至"&({choice}-1)&"年底累计{word}"',
            f"至{layout.shown_year - 1}年底累计{word}",
        ),
        (layout.this_year, f'={choice}&"年{word}"', f"{layout.shown_year}年{word}"),
    ):
        put_formula(sheet, layout.head_row, column, formula, value, style)
    put(sheet, layout.head_row, layout.part, "至本年底占总投资", style)


def _figures(
    book: Book, sheet: Worksheet, row: int, node: Node, layout: ItemLayout, sums: _Sums
) -> None:
    """A row's numbers: values for an item, SUBTOTAL over the rows below for a subtotal."""
    style, percent = book.style("money", TONE[node.level]), book.style("percent", TONE[node.level])
    values = [(layout.total, sums.total), (layout.before, sums.before)]
    values += [(layout.first_year + k, int(wan)) for k, wan in enumerate(sums.years)]
    for column, wan in values:
        if node.level == "大项":
            put_money(sheet, row, column, wan, style)
        else:
            below = f"{cell(row + 1, column)}:{cell(node.last_row, column)}"
            put_formula(sheet, row, column, f"=SUBTOTAL(9,{below})", yi(wan), style)
    _derived(sheet, row, layout, sums, style, percent)


def _derived(
    sheet: Worksheet, row: int, layout: ItemLayout, sums: _Sums, style: object, percent: object
) -> None:
    """Sums across the years, and the block that follows the chosen year."""
    period_end = layout.first_year + layout.period_years - 1
    years = f"{cell(row, layout.first_year)}:{cell(row, layout.last_year)}"
    period = f"{cell(row, layout.first_year)}:{cell(row, period_end)}"
    heads = span(layout.head_row, layout.first_year, layout.head_row, layout.last_year)
    choice = cell(layout.choice_row, 2, fixed=True)
    put_formula(sheet, row, layout.period, f"=SUM({period})", yi(sums.period), style)
    put_formula(sheet, row, layout.since, f"=SUM({years})", yi(sums.since), style)
    index = layout.years.index(layout.shown_year)
    earlier = sums.before + int(sums.years[:index].sum())
    this_year = int(sums.years[index])
    put_formula(
        sheet,
        row,
        layout.to_last_year,
        f'={cell(row, layout.before)}+SUMIF({heads},"<"&{choice},{years})',
        yi(earlier),
        style,
    )
    put_formula(
        sheet, row, layout.this_year, f"=SUMIF({heads},{choice},{years})", yi(this_year), style
    )
    total = cell(row, layout.total)
    reached = f"({cell(row, layout.to_last_year)}+{cell(row, layout.this_year)})/{total}"
    put_formula(
        sheet,
        row,
        layout.part,
        f'=IF({total}=0,"",{reached})',
        (earlier + this_year) / sums.total if sums.total else "",
        percent,
    )
