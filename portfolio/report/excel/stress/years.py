"""Sheet 逐年把握: the years against their targets, with a native fan chart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

from portfolio.model.study.findings import YearChance
from portfolio.report.excel.blocks import (
    CHART_FONT,
    GRID_LINES,
    Block,
    Sheet,
    axis,
    chart_title,
    legend,
    placed,
    print_wide,
    put_block,
    put_heading,
    put_lines,
    put_rows,
    put_titles,
    set_widths,
)
from portfolio.report.excel.book import DARK, GREEN, MID, RED, Book, title, yi
from portfolio.report.excel.check_list import Check
from portfolio.report.tables.fields import Fields, Table, money, text
from portfolio.report.tables.stress import FAN, fan_table, year_table
from portfolio.report.words.run import CLOSED_LIST, scenario_name
from portfolio.report.words.stress import ASSUMED, SURE, chances_sentence

HEAD = 5
#: Columns behind the years', which the percentiles below them reach.
SPARE_WIDTH = 12.0
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
    # A second page of print begins with the chances.
    first_page = placed(table, HEAD).places["chance"]
    width = sum(column.width for column in table.columns[:first_page])
    lead = chances_sentence(sheet.result)
    put_lines(book, page, 1, [lead], first_page - 1, width, style="lead")
    notes = [sheet.result.calendar.fill(note) for note in NOTES]
    put_lines(book, page, 2, notes, first_page - 1, width)
    block = put_block(book, page, table, HEAD, sheet=sheet.name)
    page.freeze_panes(HEAD + 1, 1)
    chart_row = block.below
    row = put_heading(book, page, chart_row + CHART_ROWS, "扇形图数据（亿元，由上表相减）")
    bands = _bands(book, sheet, row, table, block)
    _charts(book, sheet, block, bands, chart_row)
    row, breaks = bands.below, [chart_row]
    widths = [column.width for column in table.columns]
    for measure, heading in (
        ("converted", "折市重点（形象进度折算）各分位及其 95% 区间（亿元）"),
        ("converted_money", "投资额折算（完成投资 × 入列系数）各分位及其 95% 区间（亿元）"),
        ("drawn", "完成投资（未折算）各分位及其 95% 区间（亿元）"),
    ):
        breaks.append(row)
        row = put_heading(book, page, row, heading)
        fan = fan_table(sheet.result, measure)
        row = put_block(book, page, fan, row, widths=dict(enumerate(widths))).below
    page.set_column(len(widths), len(fan.columns) - 1, SPARE_WIDTH)
    spare = [SPARE_WIDTH] * (len(fan.columns) - len(widths))
    print_wide(page, [*widths, *spare], (first_page,), repeated=1, rows=breaks)
    return _checks(sheet, block, bands)


#: The lowest percentile and the bands above it, by the percentiles that end them.
BAND_KEYS = tuple(f"band{percent}" for percent in FAN)


def _bands(book: Book, sheet: Sheet, row: int, table: Table[YearChance], years: Block) -> Block:
    """P5 and the bands above it by formula: a stacked area draws them as a fan."""

    def band(k: int, row: YearChance) -> int | None:
        if row.converted is None:
            return None
        upper = row.converted.at(FAN[k]).value
        return upper - row.converted.at(FAN[k - 1]).value if k else upper

    titles = ("P5", *(f"P{a}–P{b}" for a, b in pairwise(FAN)))
    fields = Fields[YearChance](
        name="扇形图数据",
        fields=(
            text("year", "年份", lambda row: str(row.year)),
            *(
                money(key, title, partial(band, k))
                for k, (key, title) in enumerate(zip(BAND_KEYS, titles, strict=True))
            ),
        ),
    )
    filled = fields.of(table.rows)
    block = placed(filled, row, sheet.name)
    put_titles(book, sheet.page, filled, block)
    for k, year in enumerate(table.rows):
        # A year that does not convert has no cells but its name.
        told = fields if year.converted is not None else fields.view("year")
        cells = {
            key: partial(_of_years, years, years.first + k, key) for key in ("year", *BAND_KEYS)
        }
        put_rows(book, sheet.page, told.of([year]), replace(block, first=block.first + k), cells)
    return block


def _of_years(years: Block, row: int, key: str, _: YearChance) -> str:
    """A band as the difference of two percentiles in the table of years."""
    if key == "year":
        return years.cell(row, "year")
    k = BAND_KEYS.index(key)
    upper = years.cell(row, f"p{FAN[k]}")
    return f"{upper}-{years.cell(row, f'p{FAN[k - 1]}')}" if k else upper


def _charts(book: Book, sheet: Sheet, block: Block, bands: Block, row: int) -> None:
    """The fan with target, median and the play without luck; the chances beside it."""
    area = book.workbook.add_chart({"type": "area", "subtype": "stacked"})
    for key, colour in zip(BAND_KEYS, (None, *BANDS), strict=True):
        paint = {"none": True} if colour is None else {"color": colour}
        area.add_series(bands.series(key, "year", fill=paint, border={"none": True}))
    line = book.workbook.add_chart({"type": "line"})
    for key, name, colour, dash in (
        ("p50", "P50", DARK, "solid"),
        ("prior_converted_wan", "不计风险", GREEN, "solid"),
        ("planned_converted_wan", "计划", "#7F7F7F", "square_dot"),
        ("target_wan", "目标", RED, "dash"),
    ):
        look = {"color": colour, "width": 2.25, "dash_type": dash}
        line.add_series(block.series(key, "year", name=name, line=look))
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
    name, key = ("期望缺口", "shortfall") if short else ("达标把握", "chance")
    heading = f"逐年达标把握（{ASSUMED}）"
    if short:
        heading = f"逐年期望缺口（亿元，{ASSUMED}）：各年达标把握都约为 0%"
    chart = book.workbook.add_chart({"type": "column"})
    labels = {"value": True, "num_format": "#,##0" if short else "0%", "font": CHART_FONT}
    fill = {"color": RED if short else MID}
    chart.add_series(shown.series(key, "year", name=name, fill=fill, gap=60, data_labels=labels))
    chart.set_title(chart_title(heading))
    chart.set_x_axis(axis())
    ends = {"num_format": "#,##0"} if short else {"num_format": "0%", "max": 1}
    chart.set_y_axis(axis(min=0, major_gridlines=GRID_LINES, **ends))
    chart.set_legend({"none": True})
    chart.set_size({"width": 740, "height": 480})
    sheet.page.insert_chart(
        row,
        block.places["chance"],
        chart,
        {
            **PLACED,
            "description": f"{sheet.result.calendar.last_full_list_year} 年以前各年的{name}",
        },
    )


def _checks(sheet: Sheet, block: Block, bands: Block) -> list[Check]:
    """The fan's bands add up to P95."""
    checks = []
    for k, year in enumerate(sheet.result.findings.years):
        if year.converted is None:
            continue
        top = year.converted.at(FAN[-1]).value
        again = bands.seen_cells(bands.first + k, BAND_KEYS)
        checks.append(
            Check(
                kind=sheet.name,
                what=f"{year.year} 年扇形各带之和 ＝ P95",
                found=block.seen_cell(block.first + k, f"p{FAN[-1]}"),
                again=f"SUM({again})",
                found_value=yi(top),
                again_value=yi(top),
            )
        )
    return checks
