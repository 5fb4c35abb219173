"""Sheet 封闭清单附录: the years against their targets, with a native fan chart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

from portfolio.model.study.findings import YearChance
from portfolio.report.excel.blocks import Block, placed
from portfolio.report.excel.check_list import Check, money_check
from portfolio.report.excel.stress.sheet import StressSheet
from portfolio.report.excel.styles import (
    CHART_FONT,
    DARK,
    GREEN,
    MID,
    RED,
    axis,
    chart_title,
    grid_axis,
    legend,
)
from portfolio.report.tables.fields import Fields, Table, money, text
from portfolio.report.tables.stress import FAN, fan_table, year_table
from portfolio.report.words.run import CLOSED_LIST
from portfolio.report.words.stress import ASSUMED, SURE, appendix_lines

HEAD = 5
#: Columns behind the years', which the percentiles below them reach.
SPARE_WIDTH = 12.0
#: Where no year's chance reads more than 0 %, bars of chances would be an empty picture.
READS_ZERO = 0.005
#: Bands of the fan, lowest first: their colours mirror around the median.
BANDS = ("#DDEBF7", "#BDD7EE", "#8FB8DE", "#8FB8DE", "#BDD7EE", "#DDEBF7")
CHART_ROWS = 21
#: A little below the row's edge, where a page of print begins.
BELOW_EDGE = 4
NOTES = (
    f"{ASSUMED}。{SURE}。",
    "P 为折市重点口径（按形象进度折算）的分位数，决定达标与否；“投资额折算”含超支，列在下方供对照。",
    CLOSED_LIST,
)


def write_years(sheet: StressSheet) -> list[Check]:
    """The sheet; what of it 校核 computes once more."""
    table = year_table(sheet.result)
    sheet.headed("封闭清单逐年达到目标的比例")
    sheet.set_widths(table.widths)
    # A second page of print begins with the chances.
    first_page = placed(table, HEAD).places["chance"]
    width = sum(column.width for column in table.columns[:first_page])
    lead = "".join(appendix_lines(sheet.result))
    sheet.put_lines(1, [lead], first_page - 1, width, style="lead")
    notes = [sheet.result.calendar.fill(note) for note in NOTES]
    sheet.put_lines(2, notes, first_page - 1, width)
    block = sheet.put_block(table, HEAD)
    sheet.freeze_panes(HEAD + 1, 1)
    chart_row = block.below
    row = sheet.put_heading(chart_row + CHART_ROWS, "扇形图数据（亿元，由上表相减）")
    bands = _bands(sheet, row, table, block)
    _charts(sheet, block, bands, chart_row)
    row, breaks = bands.below, [chart_row]
    widths = table.widths
    for measure, heading in (
        ("converted", "折市重点（形象进度折算）各分位及其 95% 区间（亿元）"),
        ("converted_money", "投资额折算（完成投资 × 入列系数）各分位及其 95% 区间（亿元）"),
        ("drawn", "完成投资（未折算）各分位及其 95% 区间（亿元）"),
    ):
        breaks.append(row)
        row = sheet.put_heading(row, heading)
        fan = fan_table(sheet.result, measure)
        row = sheet.put_block(fan, row, widths=widths).below
    sheet.set_column(len(widths), len(fan.columns) - 1, SPARE_WIDTH)
    spare = [SPARE_WIDTH] * (len(fan.columns) - len(widths))
    sheet.print_wide([*widths, *spare], (first_page,), repeated=1, rows=breaks)
    return _checks(sheet, block, bands)


#: The lowest percentile and the bands above it, by the percentiles that end them.
BAND_KEYS = tuple(f"band{percent}" for percent in FAN)


def _bands(sheet: StressSheet, row: int, table: Table[YearChance], years: Block) -> Block:
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
    sheet.put_titles(filled, block)
    for k, year in enumerate(table.rows):
        # A year that does not convert has no cells but its name.
        told = fields if year.converted is not None else fields.view("year")
        cells = {
            key: partial(_of_years, years, years.first + k, key) for key in ("year", *BAND_KEYS)
        }
        sheet.put_rows(told.of([year]), replace(block, first=block.first + k), cells)
    return block


def _of_years(years: Block, row: int, key: str, _: YearChance) -> str:
    """A band as the difference of two percentiles in the table of years."""
    if key == "year":
        return years.cell(row, "year")
    k = BAND_KEYS.index(key)
    upper = years.cell(row, f"p{FAN[k]}")
    return f"{upper}-{years.cell(row, f'p{FAN[k - 1]}')}" if k else upper


def _charts(sheet: StressSheet, block: Block, bands: Block, row: int) -> None:
    """The fan with target, median and the play without luck; the chances beside it."""
    area = sheet.new_chart("area", "stacked")
    for key, colour in zip(BAND_KEYS, (None, *BANDS), strict=True):
        paint = {"none": True} if colour is None else {"color": colour}
        area.add_series(bands.series(key, "year", fill=paint, border={"none": True}))
    line = sheet.new_chart("line")
    for key, name, colour, dash in (
        ("p50", "P50", DARK, "solid"),
        ("prior_converted_wan", "不计风险", GREEN, "solid"),
        ("planned_converted_wan", "计划", "#7F7F7F", "square_dot"),
        ("target_wan", "目标", RED, "dash"),
    ):
        look = {"color": colour, "width": 2.25, "dash_type": dash}
        line.add_series(block.series(key, "year", name=name, line=look))
    area.combine(line)
    sheet.put_chart(
        area,
        (row, 1),
        (880, 480),
        title=chart_title(f"折市重点口径：P5—P95 扇形与目标（亿元，{ASSUMED}）"),
        axes=(axis(position_axis="on_tick"), grid_axis(min=0)),
        legend=legend(delete_series=[0]),
        said="逐年折市重点口径的分位扇形与目标线",
        offset=(0, BELOW_EDGE),
    )
    _chance_chart(sheet, block, row)


def _chance_chart(sheet: StressSheet, block: Block, row: int) -> None:
    """Chances by year; the expected shortfall instead where every chance reads 0 %."""
    years = sheet.result.findings.years
    judged = [k for k, year in enumerate(years) if year.chance is not None]
    if not judged:
        return
    shown = replace(block, first=block.first + judged[0], last=block.first + judged[-1])
    chances = [year.chance.value for year in years if year.chance is not None]
    short = max(chances) < READS_ZERO
    name, key = ("期望缺口", "shortfall") if short else ("达到比例", "chance")
    heading = f"封闭清单逐年达到目标的比例（{ASSUMED}）"
    if short:
        heading = f"逐年期望缺口（亿元，{ASSUMED}）：各年达到比例都约为 0%"
    chart = sheet.new_chart("column")
    labels = {"value": True, "num_format": "#,##0" if short else "0%", "font": CHART_FONT}
    fill = {"color": RED if short else MID}
    chart.add_series(shown.series(key, "year", name=name, fill=fill, gap=60, data_labels=labels))
    sheet.put_chart(
        chart,
        (row, block.places["chance"]),
        (740, 480),
        title=chart_title(heading),
        axes=(axis(), grid_axis(min=0) if short else grid_axis(num_format="0%", min=0, max=1)),
        said=f"{sheet.result.calendar.last_full_list_year} 年以前各年的{name}",
        offset=(0, BELOW_EDGE),
    )


def _checks(sheet: StressSheet, block: Block, bands: Block) -> list[Check]:
    """The fan's bands add up to P95."""
    return [
        money_check(
            sheet.name,
            f"{year.year} 年扇形各带之和 ＝ P95",
            block.seen_cell(block.first + k, f"p{FAN[-1]}"),
            f"SUM({bands.seen_cells(bands.first + k, BAND_KEYS)})",
            year.converted.at(FAN[-1]).value,
        )
        for k, year in enumerate(sheet.result.findings.years)
        if year.converted is not None
    ]
