"""Sheet 联合把握: cost against finish, quadrants and frontiers, as native scatter charts."""

from __future__ import annotations

import math
from typing import Any

from portfolio.model.calendar import Calendar
from portfolio.model.study.result import Confidence, JointConfidence
from portfolio.report.excel.book import (
    ORANGE,
    RED,
    Book,
    cell,
    on_sheet,
    span,
    title,
    yi,
)
from portfolio.report.excel.checks import Check
from portfolio.report.excel.stress_blocks import (
    GRID_LINES,
    Block,
    Sheet,
    axis,
    legend,
    put_block,
)
from portfolio.report.excel.stress_joint_data import POINTS, WIDTHS, Drawn, put_data, year_of
from portfolio.report.stress_item_tables import (
    costs_of,
    finishes_of,
    item_title,
    reached_frontiers,
)
from portfolio.report.stress_tables import chance_columns, ends, wan
from portfolio.report.stress_views import scattered_items
from portfolio.report.stress_wording import ASSUMED, quarter_or_later, whole_percent
from portfolio.report.tables import Cell, Table, chance, money, text
from portfolio.report.wording import scenario_name

HEAD = 3
DRAWN_ITEMS = 3
CHART_ROWS = 23
FRONTIER_COLOURS = ("#BDD7EE", "#2F75B5", "#1F3864")


def write_joint(book: Book, sheet: Sheet) -> list[Check]:
    """Quadrants, charts, then the data behind them."""
    page = sheet.page
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    title(
        book,
        page,
        f"联合把握：造价与竣工同时守住 · {scenario_name(sheet.result.run)}（{ASSUMED}）",
        f"图中每点为一条路径（最多前 {POINTS:,} 条），红色虚线为计划竣工，橙色点线为批准造价；左下为两者都守住。"
        "等联合把握线上每一点都有同样的把握，不是赶工曲线。",
    )
    whole = sheet.result.findings.whole
    rows = (*(() if whole is None else (whole,)), *scattered_items(sheet.result, DRAWN_ITEMS))
    table = quadrant_table(sheet, rows)
    block = put_block(book, page, table, HEAD, widths=dict(enumerate(WIDTHS)))
    chart_row = block.below
    row = chart_row + CHART_ROWS * -(-len(rows) // 2)
    drawn = put_data(book, sheet, rows, row)
    for k, one in enumerate(drawn):
        _chart(book, sheet, one, k, chart_row)
    # The points are for the charts; printed they would be pages of numbers.
    if drawn:
        page.print_area(0, 0, drawn[0].points.head - 2, len(table.columns) - 1)
    page.fit_to_pages(1, 0)
    return [*_checks(sheet, block, rows), *_recounted(sheet, block, drawn)]


def quadrant_table(sheet: Sheet, rows: tuple[Confidence, ...]) -> Table:
    """The joint confidence of those drawn, its quadrants and conditional means."""
    columns = (
        text("大项", 30),
        money("批准造价"),
        text("计划竣工", 13),
        *chance_columns("联合把握"),
        chance("只超支", 13),
        chance("只滞后", 13),
        chance("又超又晚", 13),
        *chance_columns("造价不超"),
        *chance_columns("竣工不晚"),
        money("按期时平均造价"),
        money("滞后时平均造价"),
    )
    return Table(
        name="象限",
        columns=columns,
        rows=tuple(
            (item_title(sheet.result, row), *_quadrants(sheet.result.calendar, row.joint))
            for row in rows
        ),
    )


def _quadrants(calendar: Calendar, joint: JointConfidence) -> tuple[Cell, ...]:
    on_time, late = joint.mean_cost_on_time, joint.mean_cost_late
    return (
        joint.cost_wan,
        quarter_or_later(calendar, joint.finish),
        *ends(joint.both),
        joint.over_only.value,
        joint.late_only.value,
        joint.over_and_late.value,
        *ends(joint.within_cost),
        *ends(joint.on_time),
        None if on_time is None else wan(on_time.value),
        None if late is None else wan(late.value),
    )


def _chart(book: Book, sheet: Sheet, one: Drawn, k: int, row: int) -> None:
    """The scatter of one item (or of all) with its targets and lines of equal confidence."""
    chart = book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    for series in (_dots(one), *_targets(one), *_equal_confidence(one)):
        cells = {key: "=" + on_sheet(sheet.name, series[key]) for key in ("categories", "values")}
        chart.add_series({**series, **cells})
    sure = one.row.joint.both.value
    later = (
        f"\n最右一列＝{sheet.result.calendar.never_label}" if one.row.unfinished.value > 0 else ""
    )
    chart.set_title(
        {
            "name": f"{one.label}：联合把握 {whole_percent(sure)}（{ASSUMED}）{later}",
            "name_font": {"name": "等线", "size": 11, "bold": True},
        }
    )
    chart.set_x_axis(
        axis("竣工（年）", num_format="0", major_gridlines=GRID_LINES, **_years(sheet, one))
    )
    chart.set_y_axis(
        axis("造价（亿元）", num_format="#,##0", major_gridlines=GRID_LINES, **_costs(sheet, one))
    )
    chart.set_legend(legend())
    chart.set_size({"width": 800, "height": 520})
    down, place = divmod(k, 2)
    sheet.page.insert_chart(
        row + CHART_ROWS * down,
        0 if place == 0 else 7,
        chart,
        {
            "object_position": 2,
            "description": f"{one.label} 的造价与竣工散点、计划十字线与等联合把握线",
        },
    )


def _dots(one: Drawn) -> dict[str, Any]:
    """One dot a path."""
    return {
        "name": "路径",
        "categories": one.points.column(one.finish_column),
        "values": one.points.column(one.finish_column + 1),
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
        _line(name, one.hair.column(column), one.hair.column(column + 1), colour, dash_type=dash)
        for name, column, colour, dash in (
            ("计划竣工", 1, RED, "dash"),
            ("批准造价", 3, ORANGE, "round_dot"),
        )
    ]


def _equal_confidence(one: Drawn) -> list[dict[str, Any]]:
    """The lines of equal joint confidence that are reached."""
    frontiers = reached_frontiers(one.row)
    finishes = sorted({p.finish for frontier in frontiers for p in frontier.points})
    lines = []
    for n, frontier in enumerate(frontiers, start=1):
        rows = [one.frontier.first + finishes.index(p.finish) for p in frontier.points]
        xs = span(rows[0], len(frontiers) + 1, rows[-1], len(frontiers) + 1)
        ys = span(rows[0], n, rows[-1], n)
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


def _years(sheet: Sheet, one: Drawn) -> dict[str, int]:
    finishes = finishes_of(sheet.result, one.row)
    first = year_of(sheet.result.calendar, min(int(finishes.min()), one.row.joint.finish)) - 0.5
    last = year_of(sheet.result.calendar, max(int(finishes.max()), one.row.joint.finish)) + 0.5
    return {"min": int(first), "max": -int(-last // 1)}


def _costs(sheet: Sheet, one: Drawn) -> dict[str, float]:
    """Ends of the cost axis: what is drawn and a margin, never from 0 (points would be a line)."""
    costs = costs_of(sheet.result, one.row)
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


def _checks(sheet: Sheet, block: Block, rows: tuple[Confidence, ...]) -> list[Check]:
    """What keeps within cost is in time or late."""
    checks = []
    for k, one in enumerate(rows):
        r, joint = block.first + k, one.joint
        marginal = on_sheet(sheet.name, cell(r, 9))
        parts = f"{cell(r, 3)}+{cell(r, 7)}"
        both_late = joint.both.value + joint.late_only.value
        checks.append(
            Check(
                kind=sheet.name,
                what=f"{item_title(sheet.result, one)}：造价不超 ＝ 联合 ＋ 只滞后",
                found=marginal,
                again="+".join(on_sheet(sheet.name, part) for part in parts.split("+")),
                found_value=joint.within_cost.value,
                again_value=both_late,
            )
        )
    return checks


def _recounted(sheet: Sheet, block: Block, drawn: list[Drawn]) -> list[Check]:
    """With every path among the points, those within the cross-hair give the chance once more."""
    if len(sheet.result.paths) > POINTS:
        return []
    checks = []
    for k, one in enumerate(drawn):
        finishes = on_sheet(sheet.name, one.points.column(one.finish_column))
        costs = on_sheet(sheet.name, one.points.column(one.finish_column + 1))
        finish = on_sheet(sheet.name, cell(one.hair.first, 1, fixed=True))
        cost = on_sheet(sheet.name, cell(one.hair.first, 4, fixed=True))
        within = f"SUMPRODUCT(({finishes}<={finish})*({costs}<={cost}))"
        both = one.row.joint.both.value
        checks.append(
            Check(
                kind=sheet.name,
                what=f"{one.label}：十字线左下的点数 ÷ 路径数 ＝ 联合把握",
                found=on_sheet(sheet.name, cell(block.first + k, 3)),
                again=f"{within}/{len(sheet.result.paths)}",
                found_value=both,
                again_value=both,
            )
        )
    return checks
