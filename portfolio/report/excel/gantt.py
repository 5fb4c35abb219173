"""Sheet 甘特图: quarters, planned against played."""

from __future__ import annotations

from portfolio.model.measures import active_quarters
from portfolio.report.excel.book import DARK, MID, ORANGE, RED, Book, Format, Worksheet, put, title
from portfolio.report.excel.facts import GANTT, Facts
from portfolio.report.wording import finish_text, quarter_text

HEAD = 4
TITLES = ("序号", "大项", "计划开工", "计划竣工", "推演开工", "推演竣工", "滞后（季）")
FIRST_QUARTER = len(TITLES)

#: What a cell can say: fill, pattern and sign (a sign also reads in black and white).
STATES: dict[str, tuple[str, dict[str, object], str]] = {
    "on_plan": ("按计划推进", {"bg_color": MID, "font_color": "white"}, ""),
    "behind": ("推进但落后计划", {"bg_color": "#FFD966"}, ""),
    "idle": ("计划期内未推进", {"pattern": 14, "fg_color": "#9DC3E6", "bg_color": "#FFFFFF"}, ""),
    "over": ("计划竣工后仍在推进", {"bg_color": ORANGE, "font_color": "white"}, ""),
    "over_idle": ("计划竣工后等待", {"pattern": 14, "fg_color": ORANGE, "bg_color": "#FFFFFF"}, ""),
    "finish": ("按期（或提前）竣工", {"bg_color": DARK, "font_color": "white"}, "◆"),
    "late_finish": ("滞后竣工", {"bg_color": RED, "font_color": "white"}, "◆"),
}


def write_gantt(book: Book, facts: Facts) -> None:
    """One row an item, one narrow column a quarter."""
    outcome, items = facts.result.outcome, facts.result.portfolio.items
    sheet = book.sheet(GANTT, tab=MID, zoom=85)
    title(book, sheet, "甘特图：计划与推演对照（按季）")
    styles = _styles(book)
    _legend(book, sheet, styles)
    _headings(book, sheet, facts)
    active = active_quarters(outcome)
    for row, item in enumerate(items, start=HEAD + 2):
        index = row - HEAD - 2
        delay = outcome.delay_quarters(index)
        late = outcome.is_late(index)
        values = (
            item.no,
            item.name,
            quarter_text(facts.result.calendar, outcome.planned_start[index]),
            quarter_text(facts.result.calendar, outcome.planned_finish[index]),
            quarter_text(facts.result.calendar, outcome.start[index]),
            finish_text(facts.result.calendar, outcome, index),
            delay,
        )
        for column, value in enumerate(values):
            style = "text" if column == 1 else "centre"
            put(sheet, row, column, value, book.style(style, "bad" if late and column > 3 else ""))
        last = 4 * len(facts.years)
        for quarter in range(last):
            state = _state(facts, index, quarter, bool(active[quarter, index]))
            style, sign = (
                styles[state]
                if state
                else (styles["blank_last"] if quarter % 4 == 3 else styles["blank"])
            )
            put(sheet, row, FIRST_QUARTER + quarter, sign or None, style)
    sheet.freeze_panes(HEAD + 2, 2)
    sheet.repeat_rows(HEAD, HEAD + 1)
    sheet.repeat_columns(0, 1)
    sheet.fit_to_pages(1, 1 if len(items) <= 80 else 0)


def _state(facts: Facts, index: int, quarter: int, active: bool) -> str | None:
    """What an item's cell of a quarter says, None for outside plan and play."""
    outcome = facts.result.outcome
    first, planned = outcome.planned_start[index], outcome.planned_finish[index]
    finish, start = outcome.finish[index], outcome.start[index]
    if first is None or planned is None:
        return None
    if finish == quarter:
        return "late_finish" if finish > planned else "finish"
    if finish is not None and quarter > finish:
        return None
    if quarter > planned:
        return "over" if active else "over_idle"
    if quarter < first and (start is None or quarter < start):
        return None
    if not active:
        return "idle"
    return "behind" if facts.behind[quarter, index] else "on_plan"


def _styles(book: Book) -> dict[str, tuple[Format, str]]:
    base = {"align": "center", "valign": "vcenter", "font_size": 7, "border_color": "#D9D9D9"}
    styles = {
        name: (book.made({**base, **fill, "top": 1, "bottom": 1}), sign)
        for name, (_, fill, sign) in STATES.items()
    }
    styles["blank"] = (book.made({**base, "top": 1, "bottom": 1}), "")
    styles["blank_last"] = (book.made({**base, "top": 1, "bottom": 1, "right": 1}), "")
    return styles


def _legend(book: Book, sheet: Worksheet, styles: dict[str, tuple[Format, str]]) -> None:
    sheet.write_string(2, 1, "图例：", book.made({"align": "right", "bold": True}))
    column = FIRST_QUARTER
    for name, (meaning, _, _) in STATES.items():
        style, sign = styles[name]
        for k in range(2):
            put(sheet, 2, column + k, sign or None, style)
        sheet.write_string(2, column + 2, meaning, book.made({"font_size": 10}))
        column += 9


def _headings(book: Book, sheet: Worksheet, facts: Facts) -> None:
    head = book.style("head")
    widths = (6, 34, 10, 10, 10, 13, 10)
    for column, (heading, width) in enumerate(zip(TITLES, widths, strict=True)):
        sheet.merge_range(HEAD, column, HEAD + 1, column, heading, head)
        sheet.set_column(column, column, width)
    small = book.made(
        {
            "font_size": 8,
            "align": "center",
            "bg_color": "#DDEBF7",
            "border": 1,
            "border_color": "#FFFFFF",
        }
    )
    for k, year in enumerate(facts.years):
        column = FIRST_QUARTER + 4 * k
        sheet.merge_range(HEAD, column, HEAD, column + 3, str(year), head)
        for quarter in range(4):
            sheet.write_number(HEAD + 1, column + quarter, quarter + 1, small)
    assert facts.years[0] == facts.result.calendar.first_year
    sheet.set_column(FIRST_QUARTER, FIRST_QUARTER + 4 * len(facts.years) - 1, 2.3)
