"""The tables behind the pictures of a stress test: tornado and joint confidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from portfolio.model.calendar import Calendar
from portfolio.model.dossier import Dossier
from portfolio.model.study.finding import Confidence, Driver
from portfolio.model.study.result import StressResult, Swing
from portfolio.report.fields import Cell, Field, Fields, Table, decimal, money, number, text
from portfolio.report.page.sourced import Sourced, sourced
from portfolio.report.sources import driver_source, luck_source
from portfolio.report.stress_driver_tables import tornado_table
from portfolio.report.stress_item_tables import (
    QUADRANT_PAGE,
    costs_of,
    finishes_of,
    item_title,
    quadrant_table,
    reached_frontiers,
)
from portfolio.report.stress_tables import wan
from portfolio.report.stress_views import Measure, scattered_items, tornado
from portfolio.report.stress_wording import driver_label, quarter_or_later

MEASURES: tuple[Measure, ...] = ("converted", "delay", "cost")
#: Points of a scatter: more only make it darker, and the page larger.
POINTS = 600
#: Items drawn beside all together.
DRAWN_ITEMS = 7
#: Rows of the list of assumptions that matter most.
MATTERING = 8


def tornado_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """What moves the year's investment, the delay and the cost most, each with its parameter's 依据."""
    stress = dossier.stress
    if stress is None:
        return ()
    found = []
    for measure in MEASURES:
        table = tornado_table(stress, measure)
        texts = tuple(driver_source(stress, row.driver) for row in table.rows)
        found.append(sourced(table, luck_source(stress), of_rows={"driver": texts}))
    return tuple(found)


def mattering_table(stress: StressResult) -> Table[Driver]:
    """The assumptions that matter most: the widest swings of investment and of delay, by turns."""
    found = {m: tornado(stress, m, MATTERING) for m in ("converted", "delay")}
    turns = [
        driver
        for place in range(MATTERING)
        for rows in found.values()
        for driver, _ in rows[place : place + 1]
    ]
    drivers = list(dict.fromkeys(turns))[:MATTERING]
    drivers.sort(key=lambda driver: -(_size(driver.converted) or 0))
    worry = stress.findings.worry
    year = "该年" if worry is None else f"{worry.year} 年"
    return Fields[Driver](
        name="影响最大的假设",
        fields=(
            text("driver", "假设", driver_label),
            money("converted", f"{year}折市重点相差", lambda driver: wan(_size(driver.converted))),
            decimal("delay", "平均滞后相差（季）", lambda driver: _size(driver.delay)),
            text("source", "依据", partial(driver_source, stress)),
        ),
    ).of(drivers)


def _size(swing: Swing | None) -> float | None:
    """How wide a swing is; None within chance."""
    if swing is None or not swing.difference.differs:
        return None
    return round(abs(swing.difference.value), 2)


def joint_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """Cost against finish: quadrants, frontiers and points of all together and of some items."""
    stress = dossier.stress
    if stress is None:
        return ()
    source = luck_source(stress)
    rows = drawn_rows(stress)
    return (
        sourced(quadrant_table(stress, rows, QUADRANT_PAGE), source),
        sourced(frontier_points(stress, rows), source),
        sourced(path_points(stress, rows), source),
    )


def drawn_rows(stress: StressResult) -> tuple[Confidence, ...]:
    """All together first, then the item that decides most and the largest with a frontier."""
    whole = stress.findings.whole
    return (*(() if whole is None else (whole,)), *scattered_items(stress, DRAWN_ITEMS))


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point of a picture: what `mark` says of it, its finish and cost."""

    item: str
    mark: Cell
    finish: int
    cost_wan: int


def _points(
    calendar: Calendar, name: str, mark: Field[Point], points: Iterable[Point]
) -> Table[Point]:
    return Fields[Point](
        name=name,
        fields=(
            text("item", "大项"),
            mark,
            text("finish", "竣工", lambda point: quarter_or_later(calendar, point.finish)),
            money("cost_wan", "造价"),
        ),
    ).of(points)


def frontier_points(stress: StressResult, rows: tuple[Confidence, ...]) -> Table[Point]:
    """Lines of equal joint confidence, point by point."""
    return _points(
        stress.calendar,
        "等联合把握线",
        text("mark", "联合把握"),
        (
            Point(
                item=item_title(stress, row),
                mark=f"{frontier.percent:g}%",
                finish=point.finish,
                cost_wan=point.cost_wan,
            )
            for row in rows
            for frontier in reached_frontiers(row)
            for point in frontier.points
        ),
    )


def path_points(stress: StressResult, rows: tuple[Confidence, ...]) -> Table[Point]:
    """Finish and cost path by path, the first `POINTS` of them."""
    points = []
    for row in rows:
        title = item_title(stress, row)
        finishes, costs = finishes_of(stress, row)[:POINTS], costs_of(stress, row)[:POINTS]
        pairs = zip(finishes.tolist(), costs.tolist(), strict=True)
        points += [
            Point(item=title, mark=path, finish=finish, cost_wan=cost)
            for path, (finish, cost) in enumerate(pairs, start=1)
        ]
    return _points(stress.calendar, "各条路径", number("mark", "路径"), points)
