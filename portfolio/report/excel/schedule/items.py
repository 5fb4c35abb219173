"""Sheets 年度投资计划 and 年度完成投资: items by year, subtotals as live formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from portfolio.model.facts import month_label
from portfolio.model.measures.years import active_quarters
from portfolio.report.excel.blocks import Block, cell, on_sheet, placed
from portfolio.report.excel.book import Book, Format, Sheet
from portfolio.report.excel.schedule import layout
from portfolio.report.excel.styles import DARK, HEADINGS, MID, ORANGE, RED, ROW
from portfolio.report.tables.fields import Fields, Table
from portfolio.report.tables.run import ITEMS, ItemRow, item_rows, of_items
from portfolio.report.words.outlook import year_mark
from portfolio.report.words.run import EXECUTED, PLAYED

#: Up to so many rows are printed on one page.
ONE_PAGE_ROWS = 110
#: Helper columns behind the table that nobody reads.
HIDDEN = ("level", "work", "category", "group")


def write_plan(book: Book, facts: layout.Facts) -> None:
    """The yearly investment plan."""
    sheet = book.sheet(layout.PLAN, tab="#2F75B5", zoom=85)
    note = "计划为推演前的年度安排；工程、类别小计为公式。黄色格可选“本年”，右侧三列随之变化。"
    sheet.title(f"{layout.PLAN}（亿元）", note)
    table, block = facts.plan_sheet
    _choice_label(sheet, "本年（可选）：")
    sheet.write_number(
        layout.CHOICE_ROW, layout.CHOICE_COLUMN, facts.shown_year, sheet.style("input")
    )
    years = facts.plan_years
    ends = (
        block.cell(block.head, layout.year_key(year), fixed=True) for year in (years[0], years[-1])
    )
    chosen = (layout.CHOICE_ROW, layout.CHOICE_COLUMN) * 2
    sheet.data_validation(*chosen, {"validate": "list", "source": f"={':'.join(ends)}"})
    _write(sheet, table, block, years, "计划")


def write_played(book: Book, facts: layout.Facts) -> None:
    """The same for what the play completed."""
    sheet = book.sheet(layout.PLAYED, tab="#2F75B5", zoom=85)
    note = "按情景推演的完成投资（含造价变化）；“总投资”为推演造价，含 <first> 年前已完成。"
    note = facts.result.calendar.fill(note)
    sheet.title(f"{layout.PLAYED}（亿元）", note)
    _choice_label(sheet, f"本年（随{layout.PLAN}）：")
    source = f"={on_sheet(layout.PLAN, cell(layout.CHOICE_ROW, layout.CHOICE_COLUMN, fixed=True))}"
    sheet.put_formula(layout.CHOICE_ROW, layout.CHOICE_COLUMN, source, facts.shown_year, "centre")
    table, block = facts.played_sheet
    _write(sheet, table, block, facts.years, "完成")
    for year in facts.years:
        # Which columns are facts stands over them.
        if mark := year_mark(facts.result.portfolio, year):
            tone = "" if mark == PLAYED else "total"
            sheet.put(block.head - 1, block.places[layout.year_key(year)], mark, "centre", tone)


def _choice_label(sheet: Sheet, label: str) -> None:
    sheet.put(layout.CHOICE_ROW, layout.CHOICE_COLUMN - 1, label, "right")


def _headings(
    sheet: Sheet, table: Table[layout.Node], block: Block, years: Sequence[int], word: str
) -> None:
    """The headings that stay, the years as numbers, and the block that follows the chosen year."""
    head = block.head
    sheet.set_row(head, HEADINGS)
    numbers = {layout.year_key(year): year for year in years}
    for key, year in numbers.items():
        sheet.put(head, block.places[key], year, "year")
    choice, titles = cell(layout.CHOICE_ROW, layout.CHOICE_COLUMN, fixed=True), dict[str, str]()
    for field in table.columns:
        if field.title and field.key not in numbers:
            titles[field.key] = field.title
    titles["part"] = titles.pop("part")
    shown = years[table.rows[0].shown]
    for key, heading in titles.items():
        sheet.put(head, block.places[key], heading, "head")
    for key, formula, heading in (
        ("earlier_wan", f'="至"&({choice}-1)&"年底累计{word}"', f"至{shown - 1}年底累计{word}"),
        ("this_year_wan", f'={choice}&"年{word}"', f"{shown}年{word}"),
    ):
        sheet.put_formula(head, block.places[key], formula, heading, "head")


def _write(
    sheet: Sheet, table: Table[layout.Node], block: Block, years: Sequence[int], word: str
) -> None:
    _headings(sheet, table, block, years, word)
    sheet.put_rows(table, block)
    for node in table.rows:
        sheet.set_row(node.at, ROW, None, {"level": layout.DEPTH[node.level]})
    sheet.set_widths(table.widths)
    for key in HIDDEN:
        place = block.places[key]
        sheet.set_column(place, place, table.fields[key].width, None, {"hidden": True})
    names = block.places["label"]
    sheet.freeze_panes(block.first, names + 1)
    sheet.repeat_rows(block.head)
    sheet.repeat_columns(0, names)
    sheet.print_area(0, 0, block.last, block.places["since_wan"])
    sheet.fit_to_pages(1, 1 if len(table.rows) <= ONE_PAGE_ROWS else 0)
    sheet.outline_settings(True, False, True, False)


# --- Sheet 甘特图: quarters, planned against played


HEAD = 4


def _late(row: ItemRow) -> str:
    return "bad" if row.outcome.is_late(row.index) else ""


#: What stands before the quarters.
NAMES = Fields[ItemRow](
    name=layout.GANTT,
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


def write_gantt(book: Book, facts: layout.Facts) -> None:
    """One row an item, one narrow column a quarter."""
    table = of_items(NAMES, facts.result).of(item_rows(facts.result))
    first = len(table.columns)
    block = replace(placed(table, HEAD), first=HEAD + 2)
    sheet = book.sheet(layout.GANTT, tab=MID, zoom=85)
    sheet.title("甘特图：计划与推演对照（按季）")
    styles = _styles(book)
    _legend(sheet, styles, first)
    _gantt_headings(sheet, facts, table)
    _today(sheet, facts, first)
    sheet.put_rows(table, block)
    active = active_quarters(facts.result.outcome)
    for at, row in enumerate(table.rows, start=block.first):
        for quarter in range(4 * len(facts.years)):
            state = _state(facts, row.index, quarter, bool(active[quarter, row.index]))
            blank = "blank_last" if quarter % 4 == 3 else "blank"
            style, sign = styles[state or blank]
            sheet.put(at, first + quarter, sign or None, style)
    names = block.places["name"]
    sheet.freeze_panes(block.first, names + 1)
    sheet.repeat_rows(HEAD, HEAD + 1)
    sheet.repeat_columns(0, names)
    sheet.fit_to_pages(1, 1 if len(table.rows) <= 80 else 0)


def _today(sheet: Sheet, facts: layout.Facts, first: int) -> None:
    """Where facts end, over the quarters; nothing without facts."""
    known = facts.result.portfolio.facts
    if known is None or not known.asof_months:
        return
    column = first + known.last_ended_quarter
    month = month_label(known.asof_months - 1, facts.result.calendar)
    sheet.put(HEAD - 1, column, f"▼ 截至 {month}：左为{EXECUTED}，右为{PLAYED}", "bold")


def _state(facts: layout.Facts, index: int, quarter: int, active: bool) -> str | None:
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


def _legend(sheet: Sheet, styles: dict[str, tuple[Format, str]], column: int) -> None:
    sheet.put(2, 1, "图例：", "bold right")
    for name, (meaning, _, _) in STATES.items():
        style, sign = styles[name]
        for k in range(2):
            sheet.put(2, column + k, sign or None, style)
        sheet.put(2, column + 2, meaning, sheet.made({"font_size": 10}))
        column += 9


def _gantt_headings(sheet: Sheet, facts: layout.Facts, table: Table[ItemRow]) -> None:
    for column, field in enumerate(table.columns):
        sheet.put_over((HEAD, column), (HEAD + 1, column), field.heading, "head")
    sheet.set_widths(table.widths)
    first = len(table.columns)
    small = sheet.made(
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
        sheet.put_over((HEAD, column), (HEAD, column + 3), str(year), "head")
        for quarter in range(4):
            sheet.write_number(HEAD + 1, column + quarter, quarter + 1, small)
    assert facts.years[0] == facts.result.calendar.first_year
    sheet.set_column(first, first + 4 * len(facts.years) - 1, 2.3)
