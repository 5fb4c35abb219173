"""Sheet 调整后计划: the repaired plan as people edit it and `portfolio run -s` reads it back."""

from __future__ import annotations

import re

from portfolio.model.money import WAN_PER_YI
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.result import RunResult
from portfolio.model.sheets.adjusted_layout import (
    ADJUSTED_NAME,
    FIRST_DATA_ROW,
    HEADER_ROW,
    NAME_HEADERS,
    ORIGIN_ROW,
    SCENARIO_CELL,
    SCENARIO_LABEL,
    SCENARIO_LABEL_CELL,
    SCENARIO_SEPARATOR,
    SETS_CELL,
    SETS_LABEL,
    SETS_LABEL_CELL,
    SETS_SEPARATOR,
    TITLE_ROW,
    headers,
)
from portfolio.report.excel.book import (
    FRAME,
    GREY,
    Book,
    Format,
    Worksheet,
    cell,
    head_row,
    on_sheet,
    put,
    put_formula,
    span,
    yi,
)
from portfolio.report.excel.reallocation_layout import EDIT, Facts
from portfolio.report.reallocation_wording import PLAN_FILE

FIRST = FIRST_DATA_ROW - 1
NAMES = len(NAME_HEADERS)
TOTAL = NAMES + PLAN_YEARS
WIDTHS = (8, 26, 26, 14)
#: Every 万元 is seen: what is edited is what is read.
MONEY = '#,##0.0###;-#,##0.0###;"–"'
#: The `--set` options in a scenario's name: they come last, or before the plan of a sheet.
SETS = re.compile(rf"临时设定 (.*?)(?=\+{ADJUSTED_NAME}(?:\+|$)|$)")


def write_edit(book: Book, facts: Facts) -> None:
    """The plan as values; 统筹 cells that can still be adjusted are white and unlocked."""
    sheet = book.sheet(EDIT, tab="#548235", zoom=85)
    sheet.write_string(TITLE_ROW - 1, 0, "调整后计划（亿元，按批准造价）", book.style("title"))
    sheet.set_row(TITLE_ROW - 1, 30)
    names, sets = made_under(facts.result.run)
    bold = book.made({"bold": True})
    for place, text in ((SCENARIO_LABEL_CELL, SCENARIO_LABEL), (SETS_LABEL_CELL, SETS_LABEL)):
        sheet.write_string(place, text, bold)
    for place, text in ((SCENARIO_CELL, names), (SETS_CELL, sets)):
        sheet.write_string(place, text, book.made({}))
    sheet.write_string(
        ORIGIN_ROW,
        0,
        f"改白色单元格（统筹资金、尚可调整的年份），存盘，再运行 portfolio run -s {PLAN_FILE}。"
        "灰色的由冲击与资本金决定，按下达年份、限贷之前列示；第 2 行说明按哪个情景推演，请勿改动。",
        book.made({"font_color": "#C00000"}),
    )
    head_row(book, sheet, HEADER_ROW - 1, headers(facts.result.calendar))
    for at, (c, index) in enumerate(facts.cell_rows, start=FIRST):
        _row(book, sheet, facts, at, c, index)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(NAMES, TOTAL - 1, 11)
    sheet.set_column(TOTAL, TOTAL, 13)
    sheet.freeze_panes(FIRST, NAMES)
    sheet.repeat_rows(HEADER_ROW - 1)
    # Without a password: it keeps from slips, not from what somebody means to do.
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})


def made_under(run: RunResult) -> tuple[str, str]:
    """The scenarios' names joined by “+”, and the `--set` texts, out of the run's own name."""
    sets = SETS_SEPARATOR.join(SETS.findall(run.scenario))
    names = SETS.sub("", run.scenario).split(SCENARIO_SEPARATOR)
    kept = dict.fromkeys(name for name in names if name not in ("", ADJUSTED_NAME))
    return SCENARIO_SEPARATOR.join(kept), sets


def _row(book: Book, sheet: Worksheet, facts: Facts, at: int, c: int, index: int) -> None:
    portfolio = facts.result.case.portfolio
    item, channel = portfolio.items[index], portfolio.channels[c]
    grey = {"bg_color": GREY}
    put(sheet, at, 0, item.no, _style(book, "no", {**FRAME, **grey, "align": "center"}))
    for column, text in enumerate((item.name, channel.name, str(channel.kind)), start=1):
        put(sheet, at, column, text, _style(book, "name", {**FRAME, **grey, "indent": 1}))
    locked = _style(book, "locked", {**FRAME, **grey, "num_format": MONEY})
    free = _style(book, "free", {**FRAME, "num_format": MONEY, "locked": False})
    values = facts.given[:, c, index].tolist()
    for y, wan in enumerate(values):
        editable = c in facts.pooled and y >= facts.first
        sheet.write_number(at, NAMES + y, wan / WAN_PER_YI, free if editable else locked)
    years = f"{cell(at, NAMES)}:{cell(at, TOTAL - 1)}"
    put_formula(sheet, at, TOTAL, f"=SUM({years})", yi(sum(values)), locked)


def _style(book: Book, name: str, look: dict[str, object]) -> Format:
    """A format of this sheet, made once."""
    key = (f"{EDIT} {name}", "")
    if key not in book.formats:
        book.formats[key] = book.made(look)
    return book.formats[key]


def year_sum(facts: Facts, year: int) -> str:
    """The sum of a year's column as a formula from another sheet."""
    column, last = (
        NAMES + year - facts.result.calendar.first_year,
        FIRST + max(1, len(facts.cell_rows)) - 1,
    )
    return f"SUM({on_sheet(EDIT, span(FIRST, column, last, column))})"
