"""The tables behind the pictures of a stress test: tornado and joint confidence."""

from __future__ import annotations

from portfolio.model.dossier import Dossier
from portfolio.model.study.result import Confidence, StressResult, Swing
from portfolio.report.page.sourced import Sourced, sourced
from portfolio.report.sources import driver_source, luck_source
from portfolio.report.stress_driver_tables import TORNADO_ROWS, tornado_table
from portfolio.report.stress_item_tables import costs_of, finishes_of, item_title, reached_frontiers
from portfolio.report.stress_tables import wan
from portfolio.report.stress_views import Measure, scattered_items, tornado
from portfolio.report.stress_wording import driver_label, quarter_or_later
from portfolio.report.tables import Table, chance, decimal, money, number, text

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
        drivers = [driver for driver, _ in tornado(stress, measure, TORNADO_ROWS)]
        texts = tuple(driver_source(stress, driver) for driver in drivers)
        found.append(sourced(table, luck_source(stress), of_rows={"因素": texts}))
    return tuple(found)


def mattering_table(stress: StressResult) -> Table:
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
    columns = (
        text("假设", 34),
        money(f"{year}折市重点相差", 16),
        decimal("平均滞后相差（季）", 14),
        text("依据", 80),
    )
    rows = tuple(
        (
            driver_label(driver),
            wan(_size(driver.converted)),
            _size(driver.delay),
            driver_source(stress, driver),
        )
        for driver in drivers
    )
    return Table(name="影响最大的假设", columns=columns, rows=rows)


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
        sourced(quadrant_table(stress, rows), source),
        sourced(frontier_points(stress, rows), source),
        sourced(path_points(stress, rows), source),
    )


def drawn_rows(stress: StressResult) -> tuple[Confidence, ...]:
    """All together first, then the item that decides most and the largest with a frontier."""
    whole = stress.findings.whole
    return (*(() if whole is None else (whole,)), *scattered_items(stress, DRAWN_ITEMS))


def quadrant_table(stress: StressResult, rows: tuple[Confidence, ...]) -> Table:
    """Chances of the four quadrants; they sum to 1."""
    columns = (
        text("大项", 30),
        money("批准造价"),
        text("计划竣工", 13),
        chance("造价竣工都守住", 12),
        chance("只超支"),
        chance("只滞后"),
        chance("又超又晚"),
        chance("期末仍未竣工", 12),
    )
    return Table(
        name="象限",
        columns=columns,
        rows=tuple(
            (
                item_title(stress, row),
                row.joint.cost_wan,
                quarter_or_later(stress.calendar, row.joint.finish),
                row.joint.both.value,
                row.joint.over_only.value,
                row.joint.late_only.value,
                row.joint.over_and_late.value,
                row.unfinished.value,
            )
            for row in rows
        ),
    )


def frontier_points(stress: StressResult, rows: tuple[Confidence, ...]) -> Table:
    """Lines of equal joint confidence, point by point."""
    columns = (text("大项", 30), text("联合把握", 10), text("竣工", 14), money("造价"))
    return Table(
        name="等联合把握线",
        columns=columns,
        rows=tuple(
            (
                item_title(stress, row),
                f"{frontier.percent:g}%",
                quarter_or_later(stress.calendar, point.finish),
                point.cost_wan,
            )
            for row in rows
            for frontier in reached_frontiers(row)
            for point in frontier.points
        ),
    )


def path_points(stress: StressResult, rows: tuple[Confidence, ...]) -> Table:
    """Finish and cost path by path, the first `POINTS` of them."""
    columns = (text("大项", 30), number("路径"), text("竣工", 14), money("造价"))
    cells = []
    for row in rows:
        title = item_title(stress, row)
        finishes, costs = finishes_of(stress, row)[:POINTS], costs_of(stress, row)[:POINTS]
        pairs = zip(finishes.tolist(), costs.tolist(), strict=True)
        cells += [
            (title, path, quarter_or_later(stress.calendar, finish), cost)
            for path, (finish, cost) in enumerate(pairs, start=1)
        ]
    return Table(name="各条路径", columns=columns, rows=tuple(cells))
