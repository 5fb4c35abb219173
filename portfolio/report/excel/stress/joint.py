"""Sheet 联合把握: cost against finish, quadrants and frontiers, as native scatter charts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.findings import Confidence
from portfolio.model.study.result import StressResult
from portfolio.report.excel.blocks import Block, on_sheet, placed
from portfolio.report.excel.book import yi
from portfolio.report.excel.check_list import Check
from portfolio.report.excel.stress.sheet import StressSheet
from portfolio.report.excel.styles import ORANGE, RED, chart_title, grid_axis, legend
from portfolio.report.tables import stress_items as tables
from portfolio.report.tables.fields import Field, Fields, decimal, money, number, text
from portfolio.report.words.stress import ASSUMED, whole_percent
from portfolio.report.words.stress_first import is_in_one_corner
from portfolio.report.words.stress_selection import scattered_items

# --- The data behind the scatters of 联合把握: frontiers, cross-hairs, points


#: Points of a scatter: more only make it darker.
POINTS = 2000
WIDTHS = (30, *[13] * 24)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One scatter, `k`th of all, and where its data stand: points, cross-hair, frontiers."""

    k: int
    row: Confidence
    label: str
    points: Block
    hair: Block
    frontier: Block


def later(calendar: Calendar) -> float:
    """Where an unfinished path is drawn: a little to the right of the play's end."""
    return calendar.last_play_year + 1.25


def year_of(calendar: Calendar, quarter: int) -> float:
    """The end of a quarter as a year with decimals, for an axis of numbers."""
    if quarter >= PLAY_QUARTERS:
        return later(calendar)
    return calendar.first_year + (quarter + 1) / 4


def put_data(sheet: StressSheet, rows: tuple[Confidence, ...], row: int) -> list[Drawn]:
    """Frontiers, cross-hairs and points of every scatter."""
    calendar = sheet.result.calendar
    frontiers, hairs = [], []
    for one in rows:
        label = tables.item_title(sheet.result, one)
        row = sheet.put_heading(row, f"等联合把握线：{label}（各竣工时间所需的最小造价，亿元）")
        frontiers.append(_frontier(sheet, one, row))
        row = frontiers[-1].below
    row = sheet.put_heading(row, "图中两条目标线（横轴为年，竣工取该季末；纵轴为亿元）")
    heads = HAIRS.of(())
    sheet.put_titles(heads, placed(heads, row))
    row += 1
    for one in rows:
        hairs.append(_hair(sheet, one, row))
        row = hairs[-1].last + 1
    row = sheet.put_heading(
        row + 1,
        f"图中各点：前 {min(POINTS, len(sheet.result.paths)):,} 条路径（年，亿元；{later(calendar):g} 为 {calendar.never_label}）",
    )
    points = _points(sheet, rows, row)
    return [
        Drawn(
            k=k,
            row=one,
            label=tables.item_title(sheet.result, one),
            points=points,
            hair=hairs[k],
            frontier=frontiers[k],
        )
        for k, one in enumerate(rows)
    ]


def _frontier(sheet: StressSheet, one: Confidence, row: int) -> Block:
    told = tables.unreached_line(one)
    if not tables.reached_frontiers(one):
        sheet.put(row, 0, told or "")
        return Block(head=row, first=row, last=row)
    if told is not None:
        sheet.put(row, 0, told)
        row += 1
    table = tables.frontier_table(sheet.result.calendar, one)
    block = sheet.put_block(table, row, widths=WIDTHS)
    # Finishes as the scatter's axis has them, beside their texts.
    in_years = decimal("year", "年", partial(year_of, sheet.result.calendar))
    years = Fields[int](name="年", fields=(in_years,)).of(table.rows)
    beside = placed(years, row, left=len(table.columns))
    sheet.put(row, beside.places["year"], "年", "head")
    sheet.put_rows(years, beside)
    return replace(block, places={**block.places, **beside.places})


@dataclass(frozen=True, kw_only=True)
class Hair:
    """An end of both lines of a cross-hair: of the finish at a cost, of the cost at a year."""

    label: str
    finish: float
    at_wan: int
    at_year: float
    cost_wan: int


HAIRS = Fields[Hair](
    name="目标线",
    fields=(
        text("label", "大项"),
        decimal("finish", "竣工线 年"),
        money("at_wan", "造价"),
        decimal("at_year", "造价线 年"),
        money("cost_wan", "造价"),
    ),
)


def _hair(sheet: StressSheet, one: Confidence, row: int) -> Block:
    """Two points each of the vertical (finish) and the horizontal (cost) line."""
    costs, finishes = tables.costs_of(sheet.result, one), tables.finishes_of(sheet.result, one)
    joint, calendar = one.joint, sheet.result.calendar
    low, high = min(int(costs.min()), joint.cost_wan), max(int(costs.max()), joint.cost_wan)
    left = year_of(calendar, min(int(finishes.min()), joint.finish)) - 0.5
    right = year_of(calendar, max(int(finishes.max()), joint.finish)) + 0.5
    table = HAIRS.of(
        Hair(
            label=tables.item_title(sheet.result, one),
            finish=year_of(calendar, joint.finish),
            at_wan=wan,
            at_year=year,
            cost_wan=joint.cost_wan,
        )
        for wan, year in ((low, left), (high, right))
    )
    block = placed(table, row - 1, sheet.name)
    sheet.put_rows(table, block)
    return block


def _points(sheet: StressSheet, rows: tuple[Confidence, ...], row: int) -> Block:
    """Path number, then finish and cost of each scatter."""

    def columns(k: int, one: Confidence) -> Iterator[Field[int]]:
        finishes, costs = tables.finishes_of(sheet.result, one), tables.costs_of(sheet.result, one)
        label = tables.item_title(sheet.result, one)
        yield decimal(
            f"finish{k}",
            f"竣工：{label}",
            lambda path: year_of(sheet.result.calendar, int(finishes[path])),
        )
        yield money(f"cost{k}", f"造价：{label}", lambda path: int(costs[path]))

    each = (field for k, one in enumerate(rows) for field in columns(k, one))
    table = Fields[int](
        name="路径", fields=(number("path", "路径号", lambda path: path + 1), *each)
    ).of(range(min(POINTS, len(sheet.result.paths))))
    block = placed(table, row, sheet.name)
    sheet.put_titles(table, block)
    sheet.set_row(row, 66)
    sheet.put_rows(table, block)
    return block


# --- Sheet 联合把握: cost against finish, quadrants and frontiers, as native scatter charts


HEAD = 3
DRAWN_ITEMS = 3
CHART_ROWS = 23
FRONTIER_COLOURS = ("#BDD7EE", "#2F75B5", "#1F3864")


def joint_rows(result: StressResult) -> tuple[Confidence, ...]:
    """Whose joint confidence is looked at: all together, then some items."""
    whole = result.findings.whole
    return (*(() if whole is None else (whole,)), *scattered_items(result, DRAWN_ITEMS))


def write_joint(sheet: StressSheet) -> list[Check]:
    """Quadrants, charts, then the data behind them."""
    sheet.set_widths(WIDTHS)
    sheet.headed(
        "联合把握：造价与竣工同时守住",
        f"图中每点为一条路径（最多前 {POINTS:,} 条），红色虚线为计划竣工，橙色点线为批准造价；左下为两者都守住。"
        "等联合把握线上每一点都有同样的把握，不是赶工曲线。",
    )
    rows = tuple(row for row in joint_rows(sheet.result) if not is_in_one_corner(row))
    table = tables.quadrant_table(sheet.result, rows, tables.QUADRANT_SHEET)
    block = sheet.put_block(table, HEAD, widths=WIDTHS)
    chart_row = block.below
    row = chart_row + CHART_ROWS * -(-len(rows) // 2)
    drawn = put_data(sheet, rows, row)
    for k, one in enumerate(drawn):
        _chart(sheet, one, k, chart_row)
    # The points are for the charts; printed they would be pages of numbers.
    if drawn:
        sheet.print_area(0, 0, drawn[0].points.head - 2, len(table.columns) - 1)
    return [*_checks(sheet, block, rows), *_recounted(sheet, block, drawn)]


def _chart(sheet: StressSheet, one: Drawn, k: int, row: int) -> None:
    """The scatter of one item (or of all) with its targets and lines of equal confidence."""
    chart = sheet.new_chart("scatter", "straight")
    for series in (_dots(one), *_targets(one), *_equal_confidence(one)):
        cells = {key: "=" + on_sheet(sheet.name, series[key]) for key in ("categories", "values")}
        chart.add_series({**series, **cells})
    sure = one.row.joint.both.value
    later = (
        f"\n最右一列＝{sheet.result.calendar.never_label}" if one.row.unfinished.value > 0 else ""
    )
    heading = f"{one.label}：联合把握 {whole_percent(sure)}（{ASSUMED}）{later}"
    down, place = divmod(k, 2)
    sheet.put_chart(
        chart,
        (row + CHART_ROWS * down, 7 * place),
        (800, 520),
        title=chart_title(heading, 11),
        axes=(
            grid_axis("竣工（年）", "0", **_years(sheet, one)),
            grid_axis("造价（亿元）", **_costs(sheet, one)),
        ),
        legend=legend(),
        said=f"{one.label} 的造价与竣工散点、计划十字线与等联合把握线",
    )


def _dots(one: Drawn) -> dict[str, Any]:
    """One dot a path."""
    return {
        "name": "路径",
        "categories": one.points.column(f"finish{one.k}"),
        "values": one.points.column(f"cost{one.k}"),
        "line": {"none": True},
        "marker": {
            "type": "circle",
            "size": 3,
            "border": {"none": True},
            "fill": {"color": "#A6A6A6", "transparency": 40},
        },
    }


def _targets(one: Drawn) -> list[dict[str, Any]]:
    """The cross-hair: the planned finish and the approved cost."""
    return [
        _line(name, one.hair.column(xs), one.hair.column(ys), colour, dash_type=dash)
        for name, xs, ys, colour, dash in (
            ("计划竣工", "finish", "at_wan", RED, "dash"),
            ("批准造价", "at_year", "cost_wan", ORANGE, "round_dot"),
        )
    ]


def _equal_confidence(one: Drawn) -> list[dict[str, Any]]:
    """The lines of equal joint confidence that are reached."""
    frontiers = tables.reached_frontiers(one.row)
    finishes = sorted({p.finish for frontier in frontiers for p in frontier.points})
    lines = []
    for frontier in frontiers:
        rows = [one.frontier.first + finishes.index(p.finish) for p in frontier.points]
        part = replace(one.frontier, first=rows[0], last=rows[-1])
        xs, ys = part.column("year"), part.column(f"p{frontier.percent:g}")
        colour = FRONTIER_COLOURS[one.row.joint.frontiers.index(frontier)]
        lines.append(_line(f"{frontier.percent:g}% 联合把握", xs, ys, colour, width=2.25))
    return lines


def _line(name: str, xs: str, ys: str, colour: str, **look: object) -> dict[str, Any]:
    return {
        "name": name,
        "categories": xs,
        "values": ys,
        "line": {"color": colour, "width": 2, **look},
        "marker": {"type": "none"},
    }


def _years(sheet: StressSheet, one: Drawn) -> dict[str, Any]:
    finishes = tables.finishes_of(sheet.result, one.row)
    first = year_of(sheet.result.calendar, min(int(finishes.min()), one.row.joint.finish)) - 0.5
    last = year_of(sheet.result.calendar, max(int(finishes.max()), one.row.joint.finish)) + 0.5
    return {"min": int(first), "max": -int(-last // 1)}


def _costs(sheet: StressSheet, one: Drawn) -> dict[str, Any]:
    """Ends of the cost axis: what is drawn and a margin, never from 0 (points would be a line)."""
    costs = tables.costs_of(sheet.result, one.row)
    low = yi(min(int(costs.min()), one.row.joint.cost_wan))
    high = yi(max(int(costs.max()), one.row.joint.cost_wan))
    margin = max((high - low) * 0.05, high * 0.01, 0.01)
    return {"min": _tidy(low - margin, up=False), "max": _tidy(high + margin, up=True)}


def _tidy(value: float, *, up: bool) -> float:
    """The next number with two figures, up or down; not below 0."""
    if value <= 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return (math.ceil if up else math.floor)(value / unit) * unit


def _checks(sheet: StressSheet, block: Block, rows: tuple[Confidence, ...]) -> list[Check]:
    """What keeps within cost is in time or late."""
    return [
        Check(
            kind=sheet.name,
            what=f"{tables.item_title(sheet.result, one)}：造价不超 ＝ 联合 ＋ 只滞后",
            found=block.seen_cell(at, "within_cost"),
            again=f"{block.seen_cell(at, 'both')}+{block.seen_cell(at, 'late_only')}",
            found_value=one.joint.within_cost.value,
            again_value=one.joint.both.value + one.joint.late_only.value,
        )
        for at, one in enumerate(rows, start=block.first)
    ]


def _recounted(sheet: StressSheet, block: Block, drawn: list[Drawn]) -> list[Check]:
    """With every path among the points, those within the cross-hair give the chance once more."""
    if len(sheet.result.paths) > POINTS:
        return []
    checks = []
    for at, one in enumerate(drawn, start=block.first):
        finishes, costs = (one.points.seen(f"{key}{one.k}") for key in ("finish", "cost"))
        finish, cost = (
            on_sheet(sheet.name, one.hair.cell(one.hair.first, key, fixed=True))
            for key in ("finish", "cost_wan")
        )
        within = f"SUMPRODUCT(({finishes}<={finish})*({costs}<={cost}))"
        both = one.row.joint.both.value
        checks.append(
            Check(
                kind=sheet.name,
                what=f"{one.label}：十字线左下的点数 ÷ 路径数 ＝ 联合把握",
                found=block.seen_cell(at, "both"),
                again=f"{within}/{len(sheet.result.paths)}",
                found_value=both,
                again_value=both,
            )
        )
    return checks
