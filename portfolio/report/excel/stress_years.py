"""Sheet 逐年把握: the years against their targets, with a native fan chart."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from portfolio.model.study.result import StressResult
from portfolio.report.excel.book import (
    DARK,
    GREEN,
    MID,
    RED,
    Book,
    Worksheet,
    cell,
    head_row,
    on_sheet,
    put,
    put_formula,
    title,
    yi,
)
from portfolio.report.excel.checks import Check
from portfolio.report.excel.stress_blocks import (
    CHART_FONT,
    GRID_LINES,
    Block,
    Sheet,
    axis,
    chance_format,
    chart_title,
    legend,
    print_wide,
    put_block,
    put_heading,
    put_lines,
    set_widths,
)
from portfolio.report.stress_headline import chances_sentence
from portfolio.report.stress_tables import FAN, fan_table, year_table
from portfolio.report.stress_wording import ASSUMED, SURE
from portfolio.report.wording import CLOSED_LIST, scenario_name

HEAD = 5
#: Columns of `year_table`; a second page of print begins at CHANCE.
TARGET, PLANNED, PRIOR, P5, MEAN, CHANCE = 1, 2, 3, 4, 11, 12
MEDIAN = P5 + FAN.index(50)
SHORTFALL = 15
#: Columns of `fan_table`, which stands below in the same columns.
FAN_COLUMNS, SPARE_WIDTH = 4 + 3 * len(FAN), 12.0
#: Where no year's chance reads more than 0 %, bars of chances would be an empty picture.
READS_ZERO = 0.005
#: Bands of the fan, lowest first: their colours mirror around the median.
BANDS = ("#DDEBF7", "#BDD7EE", "#8FB8DE", "#8FB8DE", "#BDD7EE", "#DDEBF7")
CHART_ROWS = 21
#: A little below the row's edge, where a page of print begins.
PLACED = {"object_position": 2, "y_offset": 4}
NOTES = (
    f"{ASSUMED}。{SURE}。",
    "P 为折市重点口径（按形象进度折算）的分位数，决定达标与否；“投资额折算”含超支，列在下方供对照。",
    CLOSED_LIST,
)


def write_years(book: Book, sheet: Sheet) -> list[Check]:
    """The sheet; what of it 校核 computes once more."""
    page, table = sheet.page, year_table(sheet.result)
    title(book, page, f"逐年达标把握 · {scenario_name(sheet.result.run)}（{ASSUMED}）")
    set_widths(page, table)
    width = sum(column.width for column in table.columns[:CHANCE])
    put_lines(book, page, 1, [chances_sentence(sheet.result)], CHANCE - 1, width, style="lead")
    put_lines(
        book, page, 2, [sheet.result.calendar.fill(note) for note in NOTES], CHANCE - 1, width
    )
    block = put_block(book, page, table, HEAD)
    _tones(book, sheet.result, page, block)
    page.freeze_panes(HEAD + 1, 1)
    chart_row = block.below
    row = put_heading(book, page, chart_row + CHART_ROWS, "扇形图数据（亿元，由上表相减）")
    fan = _fan_rows(book, page, row, block, sheet.result)
    _charts(book, sheet, block, fan, chart_row)
    row, breaks = fan.below, [chart_row]
    for measure, heading in (
        ("converted", "折市重点（形象进度折算）各分位及其 95% 区间（亿元）"),
        ("converted_money", "投资额折算（完成投资 × 入列系数）各分位及其 95% 区间（亿元）"),
        ("drawn", "完成投资（未折算）各分位及其 95% 区间（亿元）"),
    ):
        breaks.append(row)
        row = put_heading(book, page, row, heading)
        own = {k: column.width for k, column in enumerate(table.columns)}
        row = put_block(book, page, fan_table(sheet.result, measure), row, widths=own).below
    widths = [column.width for column in table.columns]
    spare = [SPARE_WIDTH] * (FAN_COLUMNS - len(widths))
    page.set_column(len(widths), FAN_COLUMNS - 1, SPARE_WIDTH)
    print_wide(page, [*widths, *spare], (CHANCE,), repeated=1, rows=breaks)
    return _checks(sheet, block, fan)


def _tones(book: Book, result: StressResult, page: Worksheet, block: Block) -> None:
    """Chances below one half in red, from 80 % on in green."""
    for row, year in enumerate(result.findings.years, start=block.first):
        if year.chance is None:
            continue
        value = year.chance.value
        tone = "bad" if value < 0.5 else "good" if value >= 0.8 else ""
        put(page, row, CHANCE, value, chance_format(book, value, tone))


def _fan_rows(book: Book, page: Worksheet, row: int, block: Block, result: StressResult) -> Block:
    """P5 and the bands above it by formula: a stacked area draws them as a fan."""
    bands = [f"P{a}–P{b}" for a, b in pairwise(FAN)]
    head_row(book, page, row, ["年份", "P5", *bands])
    money = book.style("money")
    for r, year in enumerate(result.findings.years, start=row + 1):
        source = block.first + r - row - 1
        put_formula(page, r, 0, f"={cell(source, 0)}", str(year.year), book.style("text"))
        if year.converted is None:
            continue
        values = [year.converted.at(percent).value for percent in FAN]
        put_formula(page, r, 1, f"={cell(source, P5)}", yi(values[0]), money)
        for k in range(1, len(FAN)):
            formula = f"={cell(source, P5 + k)}-{cell(source, P5 + k - 1)}"
            put_formula(page, r, 1 + k, formula, yi(values[k] - values[k - 1]), money)
    return Block(head=row, first=row + 1, last=row + len(result.findings.years))


def _charts(book: Book, sheet: Sheet, block: Block, fan: Block, row: int) -> None:
    """The fan with target, median and the play without luck; the chances beside it."""
    years = "=" + on_sheet(sheet.name, fan.column(0))
    area = book.workbook.add_chart({"type": "area", "subtype": "stacked"})
    for k in range(len(FAN)):
        paint = {"none": True} if k == 0 else {"color": BANDS[k - 1]}
        area.add_series(
            {
                "name": "=" + on_sheet(sheet.name, cell(fan.head, 1 + k, fixed=True)),
                "categories": years,
                "values": "=" + on_sheet(sheet.name, fan.column(1 + k)),
                "fill": paint,
                "border": {"none": True},
            }
        )
    line = book.workbook.add_chart({"type": "line"})
    for column, name, colour, dash in (
        (MEDIAN, "P50", DARK, "solid"),
        (PRIOR, "不计风险", GREEN, "solid"),
        (PLANNED, "计划", "#7F7F7F", "square_dot"),
        (TARGET, "目标", RED, "dash"),
    ):
        line.add_series(
            {
                "name": name,
                "categories": "=" + on_sheet(sheet.name, block.column(0)),
                "values": "=" + on_sheet(sheet.name, block.column(column)),
                "line": {"color": colour, "width": 2.25, "dash_type": dash},
            }
        )
    area.combine(line)
    area.set_title(chart_title(f"折市重点口径：P5—P95 扇形与目标（亿元，{ASSUMED}）"))
    area.set_x_axis(axis(position_axis="on_tick"))
    area.set_y_axis(axis(num_format="#,##0", major_gridlines=GRID_LINES, min=0))
    area.set_legend(legend(delete_series=[0]))
    area.set_size({"width": 880, "height": 480})
    sheet.page.insert_chart(
        row, 1, area, {**PLACED, "description": "逐年折市重点口径的分位扇形与目标线"}
    )
    _chance_chart(book, sheet, block, row)


def _chance_chart(book: Book, sheet: Sheet, block: Block, row: int) -> None:
    """Chances by year; the expected shortfall instead where every chance reads 0 %."""
    years = sheet.result.findings.years
    judged = [k for k, year in enumerate(years) if year.chance is not None]
    if not judged:
        return
    shown = replace(block, first=block.first + judged[0], last=block.first + judged[-1])
    chances = [year.chance.value for year in years if year.chance is not None]
    short = max(chances) < READS_ZERO
    name, column = ("期望缺口", SHORTFALL) if short else ("达标把握", CHANCE)
    heading = f"逐年达标把握（{ASSUMED}）"
    if short:
        heading = f"逐年期望缺口（亿元，{ASSUMED}）：各年达标把握都约为 0%"
    chart = book.workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": name,
            "categories": "=" + on_sheet(sheet.name, shown.column(0)),
            "values": "=" + on_sheet(sheet.name, shown.column(column)),
            "fill": {"color": RED if short else MID},
            "gap": 60,
            "data_labels": {
                "value": True,
                "num_format": "#,##0" if short else "0%",
                "font": CHART_FONT,
            },
        }
    )
    chart.set_title(chart_title(heading))
    chart.set_x_axis(axis())
    ends = {"num_format": "#,##0"} if short else {"num_format": "0%", "max": 1}
    chart.set_y_axis(axis(min=0, major_gridlines=GRID_LINES, **ends))
    chart.set_legend({"none": True})
    chart.set_size({"width": 740, "height": 480})
    sheet.page.insert_chart(
        row,
        CHANCE,
        chart,
        {
            **PLACED,
            "description": f"{sheet.result.calendar.last_full_list_year} 年以前各年的{name}",
        },
    )


def _checks(sheet: Sheet, block: Block, fan: Block) -> list[Check]:
    """The fan's bands add up to P95."""
    checks = []
    for k, year in enumerate(sheet.result.findings.years):
        if year.converted is None:
            continue
        row, top = fan.first + k, year.converted.at(FAN[-1]).value
        bands = f"{cell(row, 1)}:{cell(row, len(FAN))}"
        checks.append(
            Check(
                kind=sheet.name,
                what=f"{year.year} 年扇形各带之和 ＝ P95",
                found=on_sheet(sheet.name, cell(block.first + k, P5 + len(FAN) - 1)),
                again=f"SUM({on_sheet(sheet.name, bands)})",
                found_value=yi(top),
                again_value=yi(top),
            )
        )
    return checks
