"""Sheet 滞后原因: every quarter of delay with its cause; the causes sum to the delay."""

from __future__ import annotations

from portfolio.model.measures import outstanding_wan
from portfolio.model.outcome import CauseKind
from portfolio.report.excel.book import (
    LINE,
    RED,
    Book,
    Worksheet,
    cell,
    head_row,
    put,
    put_formula,
    put_money,
    title,
)
from portfolio.report.excel.facts import CAUSES, Facts
from portfolio.report.plain_text import lines_needed
from portfolio.report.wording import causes_text, finish_text, quarter_text

HEAD = 3
FIRST = HEAD + 1
LEAD = (
    "序号",
    "大项",
    "工程",
    "计划竣工",
    "推演竣工",
    "滞后（季）",
    "计划竣工时未完成（批准造价，亿元）",
)
DELAY, OPEN = 5, 6
FIRST_CAUSE = len(LEAD)
STORY_WIDTH = 62
TOTAL = FIRST_CAUSE + len(CauseKind)
WIDTHS = (6, 38, 18, 10, 13, 9, 13, *[9] * len(CauseKind), 9, STORY_WIDTH)


def last_row(facts: Facts) -> int:
    """The last late item's row (the headings' when nothing is late)."""
    return HEAD + len(facts.late)


def write_causes(book: Book, facts: Facts) -> None:
    """One row a late item, one column a kind of cause, and the story in words."""
    portfolio, outcome = facts.result.portfolio, facts.result.outcome
    sheet = book.sheet(CAUSES, tab=RED)
    on_time = len(portfolio.items) - len(facts.late)
    title(
        book,
        sheet,
        f"滞后原因：{len(facts.late)} 个大项滞后，{on_time} 个按期或提前",
        "滞后的每一季只记一个原因，各原因之和等于滞后季数；"
        f"未竣工的大项统计到推演期末（{facts.result.calendar.last_play_year}Q4）。",
    )
    head_row(
        book,
        sheet,
        HEAD,
        [*LEAD, *(f"{kind}（季）" for kind in CauseKind), "原因合计（季）", "原因"],
    )
    outstanding = outstanding_wan(portfolio, outcome)
    for row, index in enumerate(facts.late, start=FIRST):
        _item_cells(book, sheet, row, facts, index)
        put_money(sheet, row, OPEN, int(outstanding[index]), book.style("money"))
        _cause_cells(book, sheet, row, facts, index)
    if not facts.late:
        sheet.write_string(FIRST, 0, "没有滞后的大项。", book.made({"bold": True}))
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(FIRST, 2)
    sheet.repeat_rows(HEAD)


def _item_cells(book: Book, sheet: Worksheet, row: int, facts: Facts, index: int) -> None:
    """A late item: what it is, when it was to finish, when it does."""
    item, outcome = facts.result.portfolio.items[index], facts.result.outcome
    delay = outcome.delay_quarters(index)
    centre, wrap = book.style("centre"), book.style("wrap")
    for column, value, style in (
        (0, item.no, centre),
        (1, item.name, wrap),
        (2, item.work, wrap),
        (3, quarter_text(facts.result.calendar, outcome.planned_finish[index]), centre),
        (4, finish_text(facts.result.calendar, outcome, index), centre),
        (DELAY, "未竣工" if delay is None else delay, book.style("whole", "bad")),
    ):
        put(sheet, row, column, value, style)


def _cause_cells(book: Book, sheet: Worksheet, row: int, facts: Facts, index: int) -> None:
    """The quarters by kind of cause, their sum by formula, and the story in words."""
    causes = facts.result.outcome.causes[index]
    whole = book.style("whole")
    for k, kind in enumerate(CauseKind):
        lost = sum(cause.quarters for cause in causes if cause.kind is kind)
        put(sheet, row, FIRST_CAUSE + k, lost or None, whole)
    summed = f"{cell(row, FIRST_CAUSE)}:{cell(row, TOTAL - 1)}"
    total = sum(cause.quarters for cause in causes)
    put_formula(sheet, row, TOTAL, f"=SUM({summed})", total, whole)
    story = causes_text(facts.result.portfolio, causes, index)
    put(sheet, row, TOTAL + 1, story, book.style("wrap"))
    sheet.set_row(row, 2 + LINE * lines_needed(story, STORY_WIDTH - 2))
