"""Sheet 甘特图: quarters, planned against played."""

from __future__ import annotations

from dataclasses import replace

from portfolio.model.measures import active_quarters
from portfolio.report.excel.book import DARK, MID, ORANGE, RED, Book, Format, Worksheet, put, title
from portfolio.report.excel.facts import GANTT, Facts
from portfolio.report.excel.stress_blocks import placed, put_rows, set_widths
from portfolio.report.fields import Fields, Table
from portfolio.report.run_tables import ITEMS, ItemRow, item_rows

HEAD = 4


def _late(row: ItemRow) -> str:
    return "bad" if row.outcome.is_late(row.index) else ""


#: What stands before the quarters.
NAMES = Fields[ItemRow](
    name=GANTT,
    fields=(
        replace(ITEMS["no"], width=6, look="centre"),
        replace(ITEMS["name"], width=34),
        replace(ITEMS["planned_start"], look="centre"),
        replace(ITEMS["planned_finish"], look="centre"),
        replace(ITEMS["start"], look="centre", tone=_late),
        replace(ITEMS["end"], width=13, look="centre", tone=_late),
        replace(ITEMS["delay_quarters"], look="centre", tone=_late),
    ),
)

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
    table = NAMES.of(item_rows(facts.result))
    first = len(table.columns)
    block = replace(placed(table, HEAD), first=HEAD + 2)
    sheet = book.sheet(GANTT, tab=MID, zoom=85)
    title(book, sheet, "甘特图：计划与推演对照（按季）")
    styles = _styles(book)
    _legend(book, sheet, styles, first)
    _headings(book, sheet, facts, table)
    put_rows(book, sheet, table, block)
    active = active_quarters(facts.result.outcome)
    for at, row in enumerate(table.rows, start=block.first):
        for quarter in range(4 * len(facts.years)):
            state = _state(facts, row.index, quarter, bool(active[quarter, row.index]))
            blank = "blank_last" if quarter % 4 == 3 else "blank"
            style, sign = styles[state or blank]
            put(sheet, at, first + quarter, sign or None, style)
    names = block.places["name"]
    sheet.freeze_panes(block.first, names + 1)
    sheet.repeat_rows(HEAD, HEAD + 1)
    sheet.repeat_columns(0, names)
    sheet.fit_to_pages(1, 1 if len(table.rows) <= 80 else 0)


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


def _legend(
    book: Book, sheet: Worksheet, styles: dict[str, tuple[Format, str]], column: int
) -> None:
    sheet.write_string(2, 1, "图例：", book.made({"align": "right", "bold": True}))
    for name, (meaning, _, _) in STATES.items():
        style, sign = styles[name]
        for k in range(2):
            put(sheet, 2, column + k, sign or None, style)
        sheet.write_string(2, column + 2, meaning, book.made({"font_size": 10}))
        column += 9


def _headings(book: Book, sheet: Worksheet, facts: Facts, table: Table[ItemRow]) -> None:
    head = book.style("head")
    for column, field in enumerate(table.columns):
        sheet.merge_range(HEAD, column, HEAD + 1, column, field.heading, head)
    set_widths(sheet, table)
    first = len(table.columns)
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
        column = first + 4 * k
        sheet.merge_range(HEAD, column, HEAD, column + 3, str(year), head)
        for quarter in range(4):
            sheet.write_number(HEAD + 1, column + quarter, quarter + 1, small)
    assert facts.years[0] == facts.result.calendar.first_year
    sheet.set_column(first, first + 4 * len(facts.years) - 1, 2.3)
