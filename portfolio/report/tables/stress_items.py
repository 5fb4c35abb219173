"""Tables of a stress test by item: finish, cost, joint confidence, chains, merges, causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from portfolio.model.arrays import Ints
from portfolio.model.calendar import Calendar
from portfolio.model.items import Item
from portfolio.model.outcome import CauseKind
from portfolio.model.portfolio import Portfolio
from portfolio.model.quarters import PLAY_QUARTERS
from portfolio.model.study import findings as study
from portfolio.model.study.confidence import last_finish, total_cost_wan
from portfolio.model.study.result import StressResult
from portfolio.report.tables.fields import (
    Cell,
    Fields,
    Table,
    chance,
    decimal,
    money,
    number,
    quarters,
    text,
)
from portfolio.report.tables.office import with_office
from portfolio.report.tables.stress import chance_interval, mean_wan
from portfolio.report.words.run import gate_name
from portfolio.report.words.stress import (
    finish_range,
    is_censored,
    item_label,
    quarter_or_later,
    share_name,
)
from portfolio.report.words.stress_selection import chain_by_item

PERCENTS = (50, 70, 80, 90)
TOLD_CAUSES = 3
#: Where the end lies past the play in most paths, nothing hangs together with it.
NOT_TOLD = "—"


def all_and_items(result: StressResult) -> tuple[study.Confidence, ...]:
    """All together first, then each item."""
    whole = result.findings.whole
    return (*(() if whole is None else (whole,)), *result.findings.items)


@dataclass(frozen=True, kw_only=True)
class ItemSure:
    """An item of a stress test, or all together."""

    result: StressResult
    of: study.Confidence

    @cached_property
    def item(self) -> Item | None:
        """The item, None for all together."""
        no = self.of.item_no
        return None if no is None else self.result.run.portfolio.item(no)

    @property
    def no(self) -> str:
        """Its number as people read it."""
        return "全部" if self.item is None else str(self.item.no)

    @property
    def name(self) -> str:
        """Its name."""
        return "全部大项" if self.item is None else self.item.name

    @property
    def risk(self) -> str | None:
        """The title of its class of risk."""
        if self.item is None:
            return None
        titles = {risk.key: risk.title for risk in self.result.run.portfolio.risk_classes}
        return titles.get(self.item.risk_class, self.item.risk_class)

    @cached_property
    def chain(self) -> study.ItemChain | None:
        """How often it decides the end."""
        return None if self.item is None else chain_by_item(self.result).get(self.item.no)

    @property
    def cruciality(self) -> Cell:
        """How its finish and the last one hang together."""
        if self.chain is None:
            return None
        return NOT_TOLD if is_censored(self.result) else self.chain.cruciality

    @property
    def joint(self) -> study.JointConfidence:
        """How sure finish and cost are together."""
        return self.of.joint


def _item_rows(result: StressResult) -> Iterator[ItemSure]:
    return (ItemSure(result=result, of=row) for row in all_and_items(result))


def _planned_finish(row: ItemSure) -> str | None:
    return quarter_or_later(row.result.calendar, row.of.planned_finish)


def _prior_finish(row: ItemSure) -> str | None:
    return or_never(row.result.calendar, row.of.prior_finish)


def _finish(percent: int, row: ItemSure) -> str | None:
    return quarter_or_later(row.result.calendar, row.of.finish.at(percent).value)


def _finish_interval(row: ItemSure) -> str:
    p80 = row.of.finish.at(80)
    return finish_range(row.result.calendar, p80.low, p80.high)


FINISHES = Fields[ItemSure](
    name="竣工",
    fields=(
        text("no", "序号", width=7),
        text("name", "大项", lambda row: row.name + ("" if row.item else "（末项竣工）"), 34),
        text("work", "工程", lambda row: row.item.work if row.item else None, 16),
        text("planned", "计划竣工", _planned_finish, 10),
        text("prior", "不计风险竣工", _prior_finish, 13),
        *(text(f"p{p}", f"P{p}", partial(_finish, p), 13) for p in PERCENTS),
        text("p80_interval", "P80 的 95% 区间", _finish_interval, 22),
        *chance_interval("on_time", "按计划竣工的把握", lambda row: row.joint.on_time),
        chance("unfinished", "期末仍未竣工", lambda row: row.of.unfinished.value, 10),
        decimal("delay", "平均滞后（季）", lambda row: row.of.delay.value),
        *chance_interval(
            "criticality", "关键度", lambda row: row.chain.criticality if row.chain else None
        ),
        chance(
            "ends_last",
            "自身末项竣工",
            lambda row: row.chain.ends_last.value if row.chain else None,
            10,
        ),
        decimal("cruciality", "与末项竣工的关联度", width=13),
        decimal(
            "delay_cruciality",
            "与平均滞后的关联度",
            lambda row: row.chain.delay_cruciality if row.chain else None,
            13,
        ),
    ),
)


def _of_items(fields: Fields[ItemSure], result: StressResult) -> Fields[ItemSure]:
    return with_office(fields, result.run.portfolio.items, lambda row: row.item)


def item_finish_table(result: StressResult) -> Table[ItemSure]:
    """Finish of all together and of each item: percentiles, chances, what decides."""
    return _of_items(FINISHES, result).of(_item_rows(result))


def or_never(calendar: Calendar, quarter: int | None) -> str | None:
    """A quarter as people read it, past the play for one that never comes."""
    return quarter_or_later(calendar, PLAY_QUARTERS if quarter is None else quarter)


def _cost(percent: int, row: ItemSure) -> int:
    return row.of.cost.at(percent).value


def _reserve(percent: int, row: ItemSure) -> int:
    return dict(row.of.reserve_wan).get(percent, 0)


COSTS = Fields[ItemSure](
    name="造价",
    fields=(
        text("no", "序号", width=7),
        text("name", "大项", width=34),
        text("stage", "阶段", lambda row: row.item.stage if row.item else None, 8),
        text("risk", "风险类别", width=32),
        money("approved_wan", "批准造价", lambda row: row.of.approved_wan),
        *(money(f"p{p}", f"P{p}", partial(_cost, p)) for p in PERCENTS),
        money("p80_low", "P80 低", lambda row: row.of.cost.at(80).low),
        money("p80_high", "P80 高", lambda row: row.of.cost.at(80).high),
        money("mean", "均值", lambda row: mean_wan(row.of.cost.mean)),
        *chance_interval("within_cost", "造价不超的把握", lambda row: row.joint.within_cost),
        *chance_interval("both", "联合把握", lambda row: row.joint.both),
        chance("over_only", "只超支", lambda row: row.joint.over_only.value),
        chance("late_only", "只滞后", lambda row: row.joint.late_only.value),
        chance("over_and_late", "又超又晚", lambda row: row.joint.over_and_late.value),
        *(
            money(
                f"reserve{p}",
                f"P{p} 造价准备",
                partial(_reserve, p),
                formula=f"MAX(0,{{p{p}}}-{{approved_wan}})",
            )
            for p in (70, 80)
        ),
        money("on_time_wan", "按期时平均造价", lambda row: mean_wan(row.joint.mean_cost_on_time)),
        money("late_wan", "滞后时平均造价", lambda row: mean_wan(row.joint.mean_cost_late)),
    ),
)


def item_cost_table(result: StressResult) -> Table[ItemSure]:
    """Cost of all together and of each item, joint confidence and the reserve."""
    return _of_items(COSTS, result).of(_item_rows(result))


# --- joint confidence ----------------------------------------------------------------------------

QUADRANTS = Fields[ItemSure](
    name="象限",
    fields=(
        text("item", "大项", lambda row: item_title(row.result, row.of), 30),
        money("cost_wan", "批准造价", lambda row: row.joint.cost_wan),
        text(
            "finish",
            "计划竣工",
            lambda row: quarter_or_later(row.result.calendar, row.joint.finish),
            13,
        ),
        *chance_interval("both", "联合把握", lambda row: row.joint.both),
        *(COSTS[key] for key in ("over_only", "late_only", "over_and_late")),
        *chance_interval("within_cost", "造价不超", lambda row: row.joint.within_cost),
        *chance_interval("on_time", "竣工不晚", lambda row: row.joint.on_time),
        COSTS["on_time_wan"],
        COSTS["late_wan"],
        chance("unfinished", "期末仍未竣工", lambda row: row.of.unfinished.value),
    ),
)
QUADRANT_SHEET = QUADRANTS.view(*(field.key for field in QUADRANTS if field.key != "unfinished"))
QUADRANT_PAGE = Fields[ItemSure](
    name="象限",
    fields=(
        *QUADRANTS.view("item", "cost_wan", "finish"),
        replace(QUADRANTS["both"], title="造价竣工都守住"),
        *QUADRANTS.view("over_only", "late_only", "over_and_late", "unfinished"),
    ),
)


def quadrant_table(
    result: StressResult, rows: Iterable[study.Confidence], fields: Fields[ItemSure]
) -> Table[ItemSure]:
    """The joint confidence of some, its quadrants and conditional means."""
    return fields.of(ItemSure(result=result, of=row) for row in rows)


def frontier_table(calendar: Calendar, row: study.Confidence) -> Table[int]:
    """The frontiers of equal joint confidence that are reached: for each finish the smallest cost."""
    frontiers = reached_frontiers(row)

    def cost(frontier: study.Frontier, finish: int) -> int | None:
        return next((p.cost_wan for p in frontier.points if p.finish == finish), None)

    fields = Fields[int](
        name="等联合把握线",
        fields=(
            text("finish", "竣工", partial(quarter_or_later, calendar), 13),
            *(money(f"p{f.percent:g}", f"{f.percent:g}%", partial(cost, f)) for f in frontiers),
        ),
    )
    return fields.of(sorted({point.finish for f in frontiers for point in f.points}))


def reached_frontiers(row: study.Confidence) -> tuple[study.Frontier, ...]:
    """Frontiers that some cost and finish within the play reach."""
    return tuple(frontier for frontier in row.joint.frontiers if frontier.points)


def unreached_line(row: study.Confidence) -> str | None:
    """Which joint confidences no cost and finish within the play reach; None where all are."""
    percents = [f"{frontier.percent:g}%" for frontier in row.joint.frontiers if not frontier.points]
    return f"没有一组造价与工期能达到 {'、'.join(percents)} 的联合把握。" if percents else None


@dataclass(frozen=True, kw_only=True)
class MergeRow:
    """A gate of an item with several; what is told of the item stands in its first row."""

    result: StressResult
    merge: study.Merge
    gate: study.GateInTime

    @property
    def first(self) -> study.Merge | None:
        """The item's own figures, None below its first row."""
        return self.merge if self.gate is self.merge.gates[0] else None

    @property
    def name(self) -> str | None:
        """The item."""
        return self.result.run.portfolio.item(self.merge.item_no).name if self.first else None

    @property
    def gate_name(self) -> str:
        """The gate in words."""
        portfolio = self.result.run.portfolio
        gate = next(gate for gate in portfolio.gates if gate.id == self.gate.gate_id)
        return gate_name(portfolio, gate)

    def quarter(self, quarter: int | None) -> str | None:
        """A quarter as people read it."""
        return quarter_or_later(self.result.calendar, quarter)


def _start(percent: int, row: MergeRow) -> str | None:
    return row.quarter(row.first.start.at(percent).value) if row.first else None


MERGES = Fields[MergeRow](
    name="汇合偏差",
    fields=(
        number("item_no", "序号", lambda row: row.first.item_no if row.first else None, 7),
        text("name", "大项", width=26, look="wrap"),
        text("gate", "前置条件", lambda row: row.gate_name, 44, look="wrap"),
        text("needed", "计划最迟放行", lambda row: row.quarter(row.gate.needed), 12),
        text(
            "prior",
            "不计风险放行",
            lambda row: or_never(row.result.calendar, row.gate.prior_opened),
            13,
        ),
        *chance_interval("in_time", "按时放行的把握", lambda row: row.gate.in_time),
        chance("product", "各条相乘", lambda row: row.first.product if row.first else None, 9),
        chance("smallest", "其中最低", lambda row: row.first.smallest if row.first else None, 9),
        *chance_interval(
            "all", "同时按时的把握", lambda row: row.first.all_in_time if row.first else None
        ),
        text(
            "planned_start",
            "计划开工",
            lambda row: row.quarter(row.first.planned_start) if row.first else None,
            10,
        ),
        text(
            "prior_start",
            "不计风险开工",
            lambda row: row.quarter(row.first.prior_start) if row.first else None,
        ),
        *(text(f"p{p}", f"P{p} 开工", partial(_start, p), 13) for p in (50, 80)),
    ),
)


def merge_table(result: StressResult) -> Table[MergeRow]:
    """Items with several gates: the chance of each, of all, and what independence would give."""
    return MERGES.of(
        MergeRow(result=result, merge=merge, gate=gate)
        for merge in result.findings.merges
        for gate in merge.gates
    )


def _of_kind(kind: CauseKind, row: study.ItemCauses) -> int:
    return sum(cause.quarters for cause in row.causes if cause.kind is kind)


def item_causes_table(result: StressResult) -> Table[study.ItemCauses]:
    """Causes of delay by item and kind; the kinds sum to the item's quarters."""
    portfolio = result.run.portfolio
    fields = Fields[study.ItemCauses](
        name="按大项",
        fields=(
            text("no", "序号", lambda row: str(row.item_no), 7),
            text("name", "大项", lambda row: portfolio.item(row.item_no).name, 34, look="wrap"),
            *(quarters(kind.name, str(kind), partial(_of_kind, kind), 11) for kind in CauseKind),
            quarters(
                "quarters",
                "合计",
                width=11,
                look="whole",
                tone=lambda _: "total",
                formula=f"SUM({{{'+'.join(kind.name for kind in CauseKind)}}})",
            ),
            decimal("per_path", "每条路径平均（季）", width=12),
            text("story", "主要原因", partial(_causes, portfolio), 66, look="wrap"),
        ),
    )
    own = with_office(fields, portfolio.items, lambda row: portfolio.item(row.item_no), last=True)
    return own.of(sorted(result.findings.causes.by_item, key=lambda row: -row.quarters))


def _causes(portfolio: Portfolio, row: study.ItemCauses) -> str | None:
    """The largest causes of an item's delay in words, quarters a path."""
    told = [cause for cause in row.causes if round(abs(cause.per_path), 1) > 0][:TOLD_CAUSES]
    return "；".join(f"{share_name(portfolio, c)} {c.per_path:.1f} 季" for c in told) or None


# --- distributions -------------------------------------------------------------------------------


def finishes_of(result: StressResult, row: study.Confidence) -> Ints:
    """The finish of an item (or the last of all) in every path: int64[path]."""
    if row.item_no is None:
        return last_finish(result.run.portfolio, result.paths)
    position = result.run.portfolio.position[row.item_no]
    return np.asarray(result.paths.finish[:, position], dtype=np.int64)


def costs_of(result: StressResult, row: study.Confidence) -> Ints:
    """The cost of an item (or of all) in every path: int64[path]."""
    if row.item_no is None:
        return total_cost_wan(result.paths)
    position = result.run.portfolio.position[row.item_no]
    return np.asarray(result.paths.cost_wan[:, position], dtype=np.int64)


def half_year_counts(result: StressResult, row: study.Confidence) -> Counter[int]:
    """Paths by the half-year of their finish, named by its first quarter; 100 where play ends first.

    Half-years keep a chart of 25 years readable.
    """
    return Counter((finishes_of(result, row) // 2 * 2).tolist())


def item_title(result: StressResult, row: study.Confidence) -> str:
    """An item by number and name, or all together."""
    return item_label(result.run.portfolio, row.item_no)
