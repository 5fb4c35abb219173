"""Tables of a stress test by item: finish, cost, joint confidence, chains, merges, causes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from portfolio.model.calendar import Calendar
from portfolio.model.outcome import CauseKind
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study.confidence import last_finish, total_cost_wan
from portfolio.model.study.result import Confidence, Frontier, Merge, StressResult
from portfolio.report.gate_wording import gate_name
from portfolio.report.stress_change import is_censored
from portfolio.report.stress_tables import chance_columns, ends, wan
from portfolio.report.stress_views import causes_by_item, chain_by_item
from portfolio.report.stress_wording import finish_range, item_label, quarter_or_later, share_name
from portfolio.report.tables import Cell, Table, chance, decimal, money, number, quarters, text

PERCENTS = (50, 70, 80, 90)
TOLD_CAUSES = 3
#: Where the end lies past the play in most paths, nothing hangs together with it.
NOT_TOLD = "—"


def item_finish_table(result: StressResult) -> Table:
    """Finish of all together and of each item: percentiles, chances, what decides."""
    columns = (
        text("序号", 7),
        text("大项", 34),
        text("工程", 16),
        text("计划竣工", 10),
        text("不计风险竣工", 13),
        *(text(f"P{p}", 13) for p in PERCENTS),
        text("P80 的 95% 区间", 22),
        *chance_columns("按计划竣工的把握"),
        chance("期末仍未竣工", 10),
        decimal("平均滞后（季）"),
        *chance_columns("关键度"),
        chance("自身末项竣工", 10),
        decimal("与末项竣工的关联度", 13),
        decimal("与平均滞后的关联度", 13),
    )
    return Table(
        name="竣工",
        columns=columns,
        rows=tuple(_finish_row(result, row) for row in all_and_items(result)),
    )


def all_and_items(result: StressResult) -> tuple[Confidence, ...]:
    """All together first, then each item."""
    whole = result.findings.whole
    return (*(() if whole is None else (whole,)), *result.findings.items)


def _finish_row(result: StressResult, row: Confidence) -> tuple[Cell, ...]:
    portfolio = result.run.portfolio
    item = None if row.item_no is None else portfolio.item(row.item_no)
    chain = None if item is None else chain_by_item(result).get(item.no)
    p80 = row.finish.at(80)
    return (
        "全部" if item is None else str(item.no),
        "全部大项（末项竣工）" if item is None else item.name,
        None if item is None else item.work,
        quarter_or_later(result.calendar, row.planned_finish),
        quarter_or_later(
            result.calendar, PLAY_QUARTERS if row.prior_finish is None else row.prior_finish
        ),
        *(quarter_or_later(result.calendar, row.finish.at(p).value) for p in PERCENTS),
        finish_range(result.calendar, p80.low, p80.high),
        *ends(row.joint.on_time),
        row.unfinished.value,
        row.delay.value,
        *ends(None if chain is None else chain.criticality),
        None if chain is None else chain.ends_last.value,
        None if chain is None else NOT_TOLD if is_censored(result) else chain.cruciality,
        None if chain is None else chain.delay_cruciality,
    )


def _causes(result: StressResult, no: int) -> str | None:
    """The largest causes of an item's delay in words, quarters a path."""
    row = causes_by_item(result).get(no)
    if row is None:
        return None
    told = [cause for cause in row.causes if round(abs(cause.per_path), 1) > 0][:TOLD_CAUSES]
    return (
        "；".join(
            f"{share_name(result.run.portfolio, cause)} {cause.per_path:.1f} 季" for cause in told
        )
        or None
    )


def item_cost_table(result: StressResult) -> Table:
    """Cost of all together and of each item, joint confidence and the reserve."""
    columns = (
        text("序号", 7),
        text("大项", 34),
        text("阶段", 8),
        text("风险类别", 32),
        money("批准造价"),
        *(money(f"P{p}") for p in PERCENTS),
        money("P80 低"),
        money("P80 高"),
        money("均值"),
        *chance_columns("造价不超的把握"),
        *chance_columns("联合把握"),
        chance("只超支", 8),
        chance("只滞后", 8),
        chance("又超又晚", 8),
        money("P70 造价准备"),
        money("P80 造价准备"),
        money("按期时平均造价"),
        money("滞后时平均造价"),
    )
    return Table(
        name="造价",
        columns=columns,
        rows=tuple(_cost_row(result, row) for row in all_and_items(result)),
    )


def _cost_row(result: StressResult, row: Confidence) -> tuple[Cell, ...]:
    portfolio = result.run.portfolio
    item = None if row.item_no is None else portfolio.item(row.item_no)
    titles = {risk.key: risk.title for risk in portfolio.risk_classes}
    joint, reserve, p80 = row.joint, dict(row.reserve_wan), row.cost.at(80)
    on_time, late = joint.mean_cost_on_time, joint.mean_cost_late
    return (
        "全部" if item is None else str(item.no),
        "全部大项" if item is None else item.name,
        None if item is None else item.stage,
        None if item is None else titles.get(item.risk_class, item.risk_class),
        row.approved_wan,
        *(row.cost.at(p).value for p in PERCENTS),
        p80.low,
        p80.high,
        wan(row.cost.mean.value),
        *ends(joint.within_cost),
        *ends(joint.both),
        joint.over_only.value,
        joint.late_only.value,
        joint.over_and_late.value,
        reserve.get(70),
        reserve.get(80),
        None if on_time is None else wan(on_time.value),
        None if late is None else wan(late.value),
    )


def frontier_table(calendar: Calendar, row: Confidence) -> Table:
    """The frontiers of equal joint confidence that are reached: for each finish the smallest cost."""
    frontiers = reached_frontiers(row)
    columns = (text("竣工", 13), *(money(f"{f.percent:g}%") for f in frontiers))
    by_finish = [
        {point.finish: point.cost_wan for point in frontier.points} for frontier in frontiers
    ]
    finishes = sorted({finish for points in by_finish for finish in points})
    rows = tuple(
        (quarter_or_later(calendar, finish), *(points.get(finish) for points in by_finish))
        for finish in finishes
    )
    return Table(name="等联合把握线", columns=columns, rows=rows)


def reached_frontiers(row: Confidence) -> tuple[Frontier, ...]:
    """Frontiers that some cost and finish within the play reach."""
    return tuple(frontier for frontier in row.joint.frontiers if frontier.points)


def unreached_line(row: Confidence) -> str | None:
    """Which joint confidences no cost and finish within the play reach; None where all are."""
    percents = [f"{frontier.percent:g}%" for frontier in row.joint.frontiers if not frontier.points]
    return f"没有一组造价与工期能达到 {'、'.join(percents)} 的联合把握。" if percents else None


def merge_table(result: StressResult) -> Table:
    """Items with several gates: the chance of each, of all, and what independence would give."""
    columns = (
        number("序号", 7),
        text("大项", 26),
        text("前置条件", 44),
        text("计划最迟放行", 12),
        text("不计风险放行", 13),
        *chance_columns("按时放行的把握"),
        chance("各条相乘", 9),
        chance("其中最低", 9),
        *chance_columns("同时按时的把握"),
        text("计划开工", 10),
        text("不计风险开工", 12),
        text("P50 开工", 13),
        text("P80 开工", 13),
    )
    rows = tuple(cells for merge in result.findings.merges for cells in _merge_rows(result, merge))
    return Table(name="汇合偏差", columns=columns, rows=rows)


def _merge_rows(result: StressResult, merge: Merge) -> list[tuple[Cell, ...]]:
    portfolio = result.run.portfolio
    gates = {gate.id: gate for gate in portfolio.gates}
    rows: list[tuple[Cell, ...]] = []
    for k, gate in enumerate(merge.gates):
        tail: tuple[Cell, ...] = (None,) * 9
        if k == 0:
            tail = (
                merge.product,
                merge.smallest,
                *ends(merge.all_in_time),
                quarter_or_later(result.calendar, merge.planned_start),
                quarter_or_later(result.calendar, merge.prior_start),
                quarter_or_later(result.calendar, merge.start.at(50).value),
                quarter_or_later(result.calendar, merge.start.at(80).value),
            )
        prior = PLAY_QUARTERS if gate.prior_opened is None else gate.prior_opened
        rows.append(
            (
                merge.item_no if k == 0 else None,
                portfolio.item(merge.item_no).name if k == 0 else None,
                gate_name(portfolio, gates[gate.gate_id]),
                quarter_or_later(result.calendar, gate.needed),
                quarter_or_later(result.calendar, prior),
                *ends(gate.in_time),
                *tail,
            )
        )
    return rows


def item_causes_table(result: StressResult) -> Table:
    """Causes of delay by item and kind; the kinds sum to the item's quarters."""
    portfolio = result.run.portfolio
    columns = (
        text("序号", 7),
        text("大项", 34),
        *(quarters(str(kind), 11) for kind in CauseKind),
        quarters("合计", 11),
        decimal("每条路径平均（季）", 12),
        text("主要原因", 66),
    )
    rows = []
    for row in sorted(result.findings.causes.by_item, key=lambda row: -row.quarters):
        by_kind: Counter[CauseKind] = Counter()
        for cause in row.causes:
            by_kind[cause.kind] += cause.quarters
        rows.append(
            (
                str(row.item_no),
                portfolio.item(row.item_no).name,
                *(by_kind[kind] for kind in CauseKind),
                row.quarters,
                row.per_path,
                _causes(result, row.item_no),
            )
        )
    return Table(name="按大项", columns=columns, rows=tuple(rows))


# --- distributions -------------------------------------------------------------------------------


def finishes_of(result: StressResult, row: Confidence) -> npt.NDArray[np.int64]:
    """The finish of an item (or the last of all) in every path: int64[path]."""
    if row.item_no is None:
        return last_finish(result.run.portfolio, result.paths)
    position = result.run.portfolio.position[row.item_no]
    return np.asarray(result.paths.finish[:, position], dtype=np.int64)


def costs_of(result: StressResult, row: Confidence) -> npt.NDArray[np.int64]:
    """The cost of an item (or of all) in every path: int64[path]."""
    if row.item_no is None:
        return total_cost_wan(result.paths)
    position = result.run.portfolio.position[row.item_no]
    return np.asarray(result.paths.cost_wan[:, position], dtype=np.int64)


def half_year_counts(result: StressResult, row: Confidence) -> Counter[int]:
    """Paths by the half-year of their finish, named by its first quarter; 100 where play ends first.

    Half-years keep a chart of 25 years readable.
    """
    return Counter((finishes_of(result, row) // 2 * 2).tolist())


def item_title(result: StressResult, row: Confidence) -> str:
    """An item by number and name, or all together."""
    return item_label(result.run.portfolio, row.item_no)
