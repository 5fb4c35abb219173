"""The pictures of the page in their order: what each is called and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from portfolio.model.calendar import Calendar
from portfolio.model.dossier import Dossier
from portfolio.model.reallocation.findings import Flow, flows
from portfolio.model.reallocation.result import Reallocation, YearPromise
from portfolio.model.study.findings import Confidence, Driver, Swing
from portfolio.model.study.result import StressResult
from portfolio.report.page.play_pictures import (
    cause_tables,
    flow_tables,
    gantt_tables,
    gap_tables,
    graph_tables,
    year_tables,
)
from portfolio.report.page.sourced import Sourced, sourced
from portfolio.report.tables.fields import (
    Cell,
    Field,
    Fields,
    Table,
    decimal,
    money,
    number,
    text,
    year,
)
from portfolio.report.tables.reallocation import (
    WAYS_BESIDE,
    WAYS_PAGE,
    approver_table,
    move_table,
    need_table,
)
from portfolio.report.tables.stress import tornado_table, wan
from portfolio.report.tables.stress_items import (
    QUADRANT_PAGE,
    costs_of,
    finishes_of,
    item_title,
    quadrant_table,
    reached_frontiers,
)
from portfolio.report.words import sources
from portfolio.report.words.reallocation import channel_of
from portfolio.report.words.stress import driver_label, quarter_or_later
from portfolio.report.words.stress_first import is_in_one_corner, joint_left_out
from portfolio.report.words.stress_selection import Measure, scattered_items, tornado

# --- The tables behind the pictures of a stress test: tornado and joint confidence


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
        texts = tuple(sources.driver_source(stress, row.driver) for row in table.rows)
        found.append(sourced(table, sources.luck_source(stress), of_rows={"driver": texts}))
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
            text("source", "依据", partial(sources.driver_source, stress)),
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
    if stress is None or joint_missing(dossier) is not None:
        return ()
    source = sources.luck_source(stress)
    rows = tuple(row for row in drawn_rows(stress) if not is_in_one_corner(row))
    return (
        sourced(quadrant_table(stress, rows, QUADRANT_PAGE), source),
        sourced(frontier_points(stress, rows), source),
        sourced(path_points(stress, rows), source),
    )


def joint_missing(dossier: Dossier) -> str | None:
    """Why the picture would hold nothing to be seen; None where it does."""
    return None if dossier.stress is None else joint_left_out(drawn_rows(dossier.stress))


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


# --- The tables behind the pictures of a repair: moves between items, years before and after


def repair_tables(dossier: Dossier) -> tuple[Sourced, ...]:
    """Moves, who decides them, the years, the ways beside it; of an infeasible case what it lacks."""
    repair = dossier.repair
    if repair is None:
        return ()
    if repair.plan_wan is None:
        return (sourced(need_table(repair), sources.REPAIRED),)
    targets = sources.target_sources(dossier.run, [year.year for year in repair.years])
    beside = WAYS_BESIDE.view(*WAYS_PAGE).of(repair.ways)
    return (
        sourced(move_table(repair), sources.REPAIRED),
        sourced(balance_table(repair), sources.REPAIRED),
        sourced(PROMISES.of(repair.years), sources.PLAYED, of_rows={"target_wan": targets}),
        sourced(approver_table(repair), sources.REPAIRED),
        *((sourced(beside, sources.REPAIRED),) if repair.ways else ()),
    )


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What the moves of a channel and year take less what they give.

    More taken than given comes from the reserve (待分配资金); more given than taken is what the
    channel has less.
    """

    channel: str
    year: int
    flow: Flow


BALANCE = Fields[Balance](
    name="各渠道增减",
    fields=(
        text("channel", "渠道", width=20),
        year("year", "年份"),
        money("gives_wan", "减少", lambda row: row.flow.gives_wan),
        money("takes_wan", "增加", lambda row: row.flow.takes_wan),
        money("net_wan", "差额", lambda row: row.flow.net_wan),
    ),
)


def balance_table(repair: Reallocation) -> Table[Balance]:
    """The channels' balances by year."""
    found = flows(repair, lambda move: (move.channel_id, move.year))
    return BALANCE.of(
        Balance(channel=channel_of(repair.case.portfolio, channel).name, year=when, flow=flow)
        for (channel, when), flow in found.items()
    )


#: The years before and after, promised and played, as their picture names them.
PROMISES = Fields[YearPromise](
    name="调整前后各年（折市重点口径）",
    fields=(
        year("year", "年份"),
        money("target_wan", "目标"),
        money("baseline_wan", "计划", source=sources.PLANNED),
        money("shocked_wan", "不调整推演"),
        money("promised_wan", "调整后承诺", source=sources.REPAIRED),
        money("played_wan", "调整后推演", source=sources.PLAYED_AGAIN),
    ),
)


# --- The pictures of the page in their order: what each is called and how it is read


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture: its name in the page, its title, two sentences on how to read it.

    short : its name among the links at the head of the page
    tables : what it is drawn from; the first is the table behind it
    needs : stress or repair, where it can't be drawn without; else ""
    empty : why there would be nothing to be seen in it; None where there is
    tall : whether it is printed on an upright page
    """

    name: str
    title: str
    short: str
    how: str
    tables: Callable[[Dossier], tuple[Sourced, ...]]
    needs: str = ""
    empty: Callable[[Dossier], str | None] = lambda _: None
    tall: bool = False

    def missing(self, dossier: Dossier) -> str | None:
        """Why a scenario has no such picture; None where it has one."""
        if self.needs == "stress" and dossier.stress is None:
            return dossier.no_stress
        if self.needs == "repair" and dossier.repair is None:
            return dossier.no_repair
        return self.empty(dossier)


PICTURES = (
    Picture(
        name="years",
        title="逐年投资与年度目标",
        short="逐年",
        how="柱是当年计划与推演完成的投资，折线是折市重点口径，虚线是年度目标，菱形与圆点是当年重点项目名单的计划与完成：已过去的年份不评判，其后折线低于虚线即没有达标（目标为上限时相反）。"
        "阴影由浅到深是压力测试各条路径的 P10–P90 与 P25–P75，阴影越宽越没有把握。",
        tables=year_tables,
    ),
    Picture(
        name="gantt",
        title="各大项的计划与推演（甘特图）",
        short="甘特图",
        how="每行一个大项，上面的细条是计划起止，下面的粗条是推演起止，橙色段是晚于计划的部分。"
        "横须是压力测试竣工的 P10 到 P90，须中的小竖线是 P50，伸到右缘的表示推演期末仍未竣工。",
        tables=gantt_tables,
        tall=True,
    ),
    Picture(
        name="flows",
        title="资金流向：渠道 → 工程 → 大项",
        short="资金流向",
        how="带子的宽度是金额，左边出、右边进，三列各自的合计相同。"
        "可选年份和计划或完成；鼠标停在带子上看金额和出处。",
        tables=flow_tables,
        tall=True,
    ),
    Picture(
        name="gaps",
        title="资金缺口：渠道 × 年份",
        short="资金缺口",
        how="颜色越深，该渠道当年没有满足的资金需要越多，空格表示没有缺口。"
        "未到位的部分下一年继续申请，所以同一渠道各年的缺口不能相加。",
        tables=gap_tables,
    ),
    Picture(
        name="graph",
        title="前置条件：谁等谁",
        short="前置条件",
        how="箭头由前置大项指向等待它的大项；点选一个大项，看它等待谁、谁等待它。"
        "橙框是本情景滞后的大项，紫色粗框粗线是决定末项竣工的那条链。",
        tables=graph_tables,
    ),
    Picture(
        name="causes",
        title="滞后原因瀑布图",
        short="滞后原因",
        how="从上到下逐个原因累加滞后的季数，最下一条是合计，等于已竣工各大项的滞后季数，加上未竣工大项到 <play_end> 年底受阻的季数。"
        "绿色、向左退回的一段表示工期缩短抵回的季数。",
        tables=cause_tables,
    ),
    Picture(
        name="tornado",
        title="决定因素（龙卷风图）",
        short="决定因素",
        how="每条横杠是一个因素处在最低一成与最高一成时结果的差别，越长越要紧，中线是全部路径的平均。"
        "因素的参数几乎都是假设，出处见悬停提示；差别小于抽样误差的不列。",
        tables=tornado_tables,
        needs="stress",
    ),
    Picture(
        name="joint",
        title="造价与竣工同时守住的把握",
        short="联合把握",
        how="每点是一条路径，两条虚线是批准造价和计划竣工，左下一格是两样都守住，四格合计为 100%（各自取整后可差 1）。"
        "等联合把握线上每一点的把握相同，它不是赶工曲线。",
        tables=joint_tables,
        needs="stress",
        empty=joint_missing,
    ),
    Picture(
        name="repair",
        title="调整前后：资金在大项之间怎样挪",
        short="调整前后",
        how="左边是减少安排的大项，右边是增加安排的大项，中间是渠道；各年两边不等的部分记为净增加或净减少。"
        "下图比较不调整与调整后的各年投资，“承诺”是方案所定，“推演”是照方案再推演一遍的结果；"
        "几种做法各用一句话说承诺与推演，逐项见下表。",
        tables=repair_tables,
        needs="repair",
    ),
)
