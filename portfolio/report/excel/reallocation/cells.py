"""Sheet 前后对比: before, after and difference by item, channel and year, subtotals as formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from portfolio.model.items import Channel, Item
from portfolio.model.measures.results import RunResult
from portfolio.model.quarters import PLAN_YEARS
from portfolio.model.schema import adjusted_plan as read_back
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.book import Book, Sheet
from portfolio.report.excel.reallocation.layout import (
    AFTER,
    BLOCKS,
    CELL_FIELDS,
    CELLS,
    CHANGE,
    DEPTH,
    EDIT,
    HIDDEN,
    OF_CHANNELS,
    Facts,
    cell_key,
)
from portfolio.report.excel.styles import RED, ROW
from portfolio.report.tables.fields import Field, Fields, Table, money, number, text, toned
from portfolio.report.words.reallocation import PLAN_FILE


def write_cells(book: Book, facts: Facts) -> None:
    """The sheet: whole, works, items, channels; three blocks of years."""
    sheet, block = book.sheet(CELLS, tab="#2F75B5", zoom=85), facts.cells
    sheet.title(
        "前后对比（亿元，按批准造价）",
        "工程、大项小计为公式；上级指定、专属与随资本金的增减是冲击与资本金带来的，不是调剂。",
    )
    _headings(sheet, facts)
    of_others = CELL_FIELDS.view(*(key for key in CELL_FIELDS.by_key if key not in OF_CHANNELS))
    for row in facts.rows:
        fields = of_others if row.channel is None else CELL_FIELDS
        sheet.put_rows(fields.of([row]), replace(block, first=row.at))
        sheet.set_row(row.at, ROW, None, {"level": DEPTH[row.level]})
    _page(sheet, facts)


def _headings(sheet: Sheet, facts: Facts) -> None:
    """The blocks' names above the headings."""
    block, head = facts.cells, facts.cells.head
    for key, heading in BLOCKS.items():
        years, whole = block.places[cell_key(key, 0)], block.places[cell_key(key)]
        sheet.put_over((head - 1, years), (head - 1, whole), heading, "head")
    sheet.put_heads(CELL_FIELDS.titled(facts.result.calendar), block)


def _page(sheet: Sheet, facts: Facts) -> None:
    """Widths, what stays in view, three pages side by side."""
    places, head = facts.cells.places, facts.cells.head
    sheet.set_widths(CELL_FIELDS.of(()).widths)
    for key in HIDDEN:
        sheet.set_column(places[key], places[key], CELL_FIELDS[key].width, None, {"hidden": True})
    sheet.freeze_panes(head + 1, places["kind"])
    sheet.repeat_rows(head - 1, head)
    sheet.outline_settings(True, False, True, False)
    widths = [field.width for field in CELL_FIELDS if field.key not in HIDDEN]
    breaks = [places[cell_key(block, 0)] for block in (AFTER, CHANGE)]
    sheet.print_wide(widths, breaks, repeated=places["kind"] + 1)


# --- Sheet 调整后计划: the repaired plan as people edit it and `portfolio run -s` reads it back


HEADERS = read_back.NAME_HEADERS


@dataclass(frozen=True, kw_only=True)
class EditRow:
    """An item's money of a channel; its cells from the year `free` on are there to edit."""

    item: Item
    channel: Channel
    years: tuple[int, ...]
    free: int


def _year(y: int) -> Field[EditRow]:
    return money(
        f"y{y}",
        f"<first+{y}>",
        lambda row: row.years[y],
        11,
        look="edited money",
        tone=lambda row: "free" if y >= row.free else "locked",
    )


#: The sheet is read back: its headings are those of the input.
EDIT_FIELDS = Fields[EditRow](
    name=EDIT,
    fields=(
        *toned(
            lambda _: "locked",
            number("no", HEADERS[0], lambda row: row.item.no, look="centre"),
            text("name", HEADERS[1], lambda row: row.item.name, 26),
            text("channel", HEADERS[2], lambda row: row.channel.name, 26),
            text("kind", HEADERS[3], lambda row: str(row.channel.kind), 14),
        ),
        *map(_year, range(PLAN_YEARS)),
        money(
            "total_wan",
            read_back.TOTAL_HEADER,
            lambda row: sum(row.years),
            13,
            look="edited money",
            tone=lambda _: "locked",
            formula=f"SUM({{{'+'.join(f'y{y}' for y in range(PLAN_YEARS))}}})",
        ),
    ),
)
#: The `--set` options in a scenario's name: they come last, or before the plan of a sheet.
SETS = re.compile(rf"临时设定 (.*?)(?=\+{read_back.ADJUSTED_NAME}(?:\+|$)|$)")


def write_edit(book: Book, facts: Facts) -> None:
    """The plan as values; 统筹 cells that can still be adjusted are white and unlocked."""
    sheet = book.sheet(EDIT, tab="#548235", zoom=85)
    sheet.put(read_back.TITLE_ROW - 1, 0, "调整后计划（亿元，按批准造价）", "title")
    sheet.set_row(read_back.TITLE_ROW - 1, 30)
    names, sets = made_under(facts.result.run)
    for place, said, style in (
        (read_back.SCENARIO_LABEL_CELL, read_back.SCENARIO_LABEL, "bold"),
        (read_back.SETS_LABEL_CELL, read_back.SETS_LABEL, "bold"),
        (read_back.SCENARIO_CELL, names, "plain"),
        (read_back.SETS_CELL, sets, "plain"),
    ):
        sheet.write_string(place, said, sheet.style(style))
    sheet.put(
        read_back.ORIGIN_ROW,
        0,
        f"改白色单元格（统筹资金、尚可调整的年份），存盘，再运行 portfolio run -s {PLAN_FILE}。"
        "灰色的由冲击与资本金决定，按下达年份、限贷之前列示；第 2 行说明按哪个情景推演，请勿改动。",
        book.made({"font_color": RED}),
    )
    table, block = edit_table(facts), edit_block(facts)
    sheet.put_at(table, block)
    sheet.set_widths(table.widths)
    sheet.freeze_panes(read_back.FIRST_DATA_ROW - 1, len(HEADERS))
    sheet.repeat_rows(read_back.HEADER_ROW - 1)
    # Without a password: it keeps from slips, not from what somebody means to do.
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})


def made_under(run: RunResult) -> tuple[str, str]:
    """The scenarios' names joined by “+”, and the `--set` texts, out of the run's own name."""
    sets = read_back.SETS_SEPARATOR.join(SETS.findall(run.scenario))
    names = SETS.sub("", run.scenario).split(read_back.SCENARIO_SEPARATOR)
    kept = dict.fromkeys(name for name in names if name not in ("", read_back.ADJUSTED_NAME))
    return read_back.SCENARIO_SEPARATOR.join(kept), sets


def edit_table(facts: Facts) -> Table[EditRow]:
    """Every item and channel with money."""
    portfolio = facts.result.case.portfolio
    return EDIT_FIELDS.titled(portfolio.calendar).of(
        EditRow(
            item=portfolio.items[index],
            channel=portfolio.channels[c],
            years=tuple(facts.given[:, c, index].tolist()),
            free=facts.first if c in facts.pooled else PLAN_YEARS,
        )
        for c, index in facts.cell_rows
    )


def edit_block(facts: Facts) -> Block:
    """Where the plan stands; one empty row where there is none."""
    block = placed(edit_table(facts), read_back.HEADER_ROW - 1, EDIT)
    return replace(block, last=max(block.first, block.last))


def year_sum(facts: Facts, year: int) -> str:
    """The sum of a year's column as a formula from another sheet."""
    return f"SUM({edit_block(facts).seen(f'y{year - facts.result.calendar.first_year}')})"
