"""The tables of one run: every column of years, channels, items, causes and changes, said once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from portfolio.model.gates import Gate
from portfolio.model.items import Evidence, Item, TargetKind
from portfolio.model.measures.graph import Conflict, broken_soft_gates
from portfolio.model.measures.planned import planned_opening, planned_progress_wan, planned_starts
from portfolio.model.measures.results import RunResult
from portfolio.model.measures.years import (
    ChannelYear,
    YearMeasure,
    channel_years,
    cost_wan,
    drawn_by_item_wan,
    late_positions,
    outstanding_wan,
    plan_by_year_wan,
    reported_years,
    year_measures,
)
from portfolio.model.money import BPS, SEEN_WAN
from portfolio.model.outcome import Cause, CauseKind, Event, Outcome
from portfolio.model.portfolio import Portfolio
from portfolio.report.tables.fields import (
    Fields,
    Table,
    decimal,
    money,
    number,
    quarters,
    ratio,
    text,
    year,
)
from portfolio.report.tables.office import labelled, project_table, with_office
from portfolio.report.words import run as words
from portfolio.report.words.sources import (
    CONVERTED,
    ENVELOPE,
    LISTED,
    ON_RECORD,
    PLANNED,
    PLAYED,
    ROOM,
    ROOM_SOURCE,
)

if TYPE_CHECKING:
    from portfolio.model.scenarios import ChangeLogEntry

# --- Tables of what the play did with gates, of its events, and of the evidence behind a run


@dataclass(frozen=True, kw_only=True)
class GateRow:
    """A gate as plan and play had it; `binds` whether the play heeded it."""

    portfolio: Portfolio
    gate: Gate
    binds: bool
    planned: int | None
    opened: int | None
    broken: Conflict | None

    @property
    def state(self) -> str:
        """How it fared: 已达到, 未达到, or, when it does not bind, 被突破 or not."""
        if self.binds:
            return "未达到" if self.opened is None else "已达到"
        if self.broken is None:
            return "不约束，未突破"
        return (
            f"不约束，{self.portfolio.calendar.quarter_label(self.broken.first_quarter)} 起被突破"
        )


def _before(row: GateRow) -> str:
    return words.reached_text(row.gate, row.portfolio.item(row.gate.pred_no))


def _after(row: GateRow) -> str:
    return words.held_text(row.gate, row.portfolio.item(row.gate.succ_no))


GATES = Fields[GateRow](
    name="依赖关系",
    fields=(
        text("id", "编号", lambda row: row.gate.id, 10),
        text("before", "前置大项", lambda row: row.portfolio.item(row.gate.pred_no).label, 38),
        text("reached", "须达到", _before, 32),
        text("after", "后续大项", lambda row: row.portfolio.item(row.gate.succ_no).label, 38),
        text("held", "在此之前", _after, 34),
        quarters("lag_quarters", "间隔", lambda row: row.gate.lag_quarters),
        text("strength", "强度", lambda row: "硬" if row.gate.hard else "软", 8),
        text(
            "planned",
            "按计划放行",
            lambda row: words.quarter_text(row.portfolio.calendar, row.planned) or "计划内未达到",
            12,
            source=PLANNED,
        ),
        text(
            "opened",
            "推演放行",
            lambda row: (
                words.quarter_text(row.portfolio.calendar, row.opened) if row.binds else None
            ),
            14,
        ),
        text("state", "推演情况", width=26),
        text("reason", "理由", lambda row: row.gate.reason, 72, look="wrap"),
        text("provenance", "依据", lambda row: row.gate.provenance, 42),
    ),
)


def gate_table(result: RunResult) -> Table[GateRow]:
    """Every gate: what it asks, when the plan would open it and when the play did."""
    portfolio, outcome = result.portfolio, result.outcome
    progress, starts = planned_progress_wan(portfolio), planned_starts(portfolio)
    broken = {conflict.gate.id: conflict for conflict in broken_soft_gates(portfolio, outcome)}
    binding = {gate.id for gate in portfolio.binding_gates}
    return GATES.of(
        GateRow(
            portfolio=portfolio,
            gate=gate,
            binds=gate.id in binding,
            planned=planned_opening(gate, portfolio, progress, starts),
            opened=outcome.gate_opened[k],
            broken=broken.get(gate.id),
        )
        for k, gate in enumerate(portfolio.gates)
    )


EVIDENCE = Fields[Evidence](
    name="资料依据",
    fields=(
        text("id", "编号", width=10),
        text("title", "资料", width=94, look="wrap"),
        text("place", "位置", width=46, look="wrap"),
        number("line", "行"),
        text("supports", "用于", width=80, look="wrap"),
    ),
)


def evidence_table(result: RunResult) -> Table[Evidence]:
    """The evidence that the items, gates, channels, shares and targets of a run point to."""
    portfolio = result.portfolio
    holders = (
        portfolio.items,
        portfolio.gates,
        portfolio.channels,
        portfolio.shares,
        portfolio.targets,
        result.published,
    )
    cited = {
        mark
        for group in holders
        for one in group
        for mark in re.split("[；、，：]", one.provenance)
    }
    return EVIDENCE.of(evidence for evidence in result.evidence if evidence.id in cited)


def event_table(result: RunResult) -> Table[Event]:
    """The event log."""
    portfolio = result.portfolio
    gates = {gate.id: words.gate_name(portfolio, gate) for gate in portfolio.gates}

    def item(event: Event) -> str | None:
        return None if event.item_no is None else portfolio.item(event.item_no).label

    def of_event(event: Event) -> Item | None:
        return None if event.item_no is None else portfolio.item(event.item_no)

    def channel(event: Event) -> str | None:
        place = portfolio.channel_position.get(event.channel_id or "")
        return event.channel_id if place is None else portfolio.channels[place].name

    def gate(event: Event) -> str | None:
        return None if event.gate_id is None else gates.get(event.gate_id, event.gate_id)

    fields = Fields[Event](
        name="事件日志",
        fields=(
            text(
                "quarter",
                "季度",
                lambda event: words.quarter_text(result.calendar, event.quarter),
                10,
            ),
            text("kind", "事件", lambda event: str(event.kind), 14),
            text("item", "大项", item, 38),
            text("channel", "渠道", channel, 34),
            text("gate", "前置条件", gate, 60),
            money("amount_wan", "金额"),
        ),
    )
    return with_office(fields, portfolio.items, of_event).of(result.outcome.events)


# --- The tables of one run: every column of years, channels, items, causes and changes, said once


def run_tables(result: RunResult) -> tuple[Table[Any], ...]:
    """Every table of a run, in the order a reader wants them."""
    return (
        annual_table(result),
        channel_table(result),
        item_table(result),
        item_year_table(result),
        cause_table(result),
        gate_table(result),
        event_table(result),
        change_table(result),
        *((project_table(result),) if result.portfolio.projects else ()),
    )


# --- years ---------------------------------------------------------------------------------------


def converted_formula(of: str) -> str:
    """Converted investment, cut to the 万元 on whole numbers so that no binary digit decides."""
    return f"INT(ROUND({{{of}}}*10000,0)*ROUND({{inclusion}}*10000,0)/10000)/10000"


def _closes(measure: YearMeasure) -> bool:
    """Whether a gap to a target that is a floor is a sum of the year's own cells."""
    target = measure.target
    return measure.met is not None and target is not None and target.kind is TargetKind.FLOOR


def _gap(measure: YearMeasure) -> int | None:
    """The gap until 2027; a ceiling's excess counts as one."""
    return None if measure.met is None else measure.shortfall_wan + measure.above_wan


_OPEN = "MAX(0,{target_wan}-{converted_wan})"
#: Of a closed list only what the play missed against the plan is a gap, the rest 待入库.
_MISSED = f"MAX(0,MIN({converted_formula('plan_wan')},{{target_wan}})-{{converted_wan}})"


def _gap_formula(measure: YearMeasure) -> str | None:
    if not _closes(measure):
        return None
    return f"IF({_OPEN}=0,0,{_MISSED})" if measure.list_runs_down else _OPEN


def _listed_formula(measure: YearMeasure) -> str | None:
    return f"{_OPEN}-{{gap_wan}}" if _closes(measure) and measure.list_runs_down else None


def _listed(measure: YearMeasure) -> int | None:
    return (
        measure.to_be_listed_wan if _listed_formula(measure) else measure.to_be_listed_wan or None
    )


def _met(measure: YearMeasure) -> str:
    short = 0 if measure.list_runs_down else measure.shortfall_wan
    missed = max(measure.above_wan, short) >= SEEN_WAN
    return "good" if measure.met else "bad" if missed else ""


YEARS = Fields[YearMeasure](
    name="年度",
    fields=(
        year("year", "年份", look="centre"),
        money("plan_wan", "计划", full="计划投资", source=PLANNED),
        money("drawn_wan", "完成投资", source=PLAYED),
        ratio("completion", "完成率", formula='IF({plan_wan}=0,"",{drawn_wan}/{plan_wan})'),
        money(
            "progress_wan", "形象进度折算", short="形象进度", full="形象进度折算投资", source=PLAYED
        ),
        decimal(
            "inclusion",
            "入列系数",
            lambda m: None if m.inclusion_bps is None else m.inclusion_bps / BPS,
            look="factor",
        ),
        money(
            "converted_wan",
            "折市重点口径",
            short="折市重点",
            formula=lambda m: (
                None if m.converted_wan is None else converted_formula("progress_wan")
            ),
            source=CONVERTED,
        ),
        money("list_plan_wan", "名单计划", source=ON_RECORD),
        text("list_plan_kind", "计划性质", look="centre"),
        money("list_done_wan", "名单完成", source=ON_RECORD),
        money("target_wan", "目标", full="年度目标"),
        text("target", "目标", words.target_text),
        money("shortfall_wan", "与目标差额"),
        money("to_be_listed_wan", "待入库"),
        money(
            "gap_wan",
            "与目标差额",
            _gap,
            tone=lambda m: "gap" if (_gap(m) or 0) >= SEEN_WAN else "",
            formula=_gap_formula,
        ),
        money("listed_wan", "待入库", _listed, formula=_listed_formula),
        text("verdict", "结论", words.year_verdict, 18, look="centre", tone=_met),
    ),
)
YEAR_FILE = YEARS.view(
    "year", "list_plan_wan", "list_plan_kind", "list_done_wan", "plan_wan", "drawn_wan",
    "progress_wan", "converted_wan", "target_wan", "completion", "shortfall_wan",
    "to_be_listed_wan", "verdict",
)  # fmt: skip
YEAR_DATA = YEARS.view(
    "year", "plan_wan", "drawn_wan", "progress_wan", "converted_wan", "target_wan"
)
YEAR_SCREEN = YEARS.view(
    "year", "plan_wan", "drawn_wan", "progress_wan", "converted_wan", "target", "completion",
    "verdict",
)  # fmt: skip
YEAR_SHEET = YEARS.view(
    "year", "list_plan_wan", "list_plan_kind", "list_done_wan", "plan_wan", "drawn_wan",
    "completion", "progress_wan", "inclusion", "converted_wan", "target_wan", "gap_wan",
    "listed_wan", "verdict",
)  # fmt: skip


def annual_table(result: RunResult, fields: Fields[YearMeasure] = YEAR_FILE) -> Table[YearMeasure]:
    """The years against their targets."""
    return fields.of(year_measures(result.portfolio, result.outcome))


# --- channels ------------------------------------------------------------------------------------

CHANNELS = Fields[ChannelYear](
    name="渠道",
    fields=(
        text("channel", "渠道", lambda row: row.channel.name, 26),
        text("kind", "性质", lambda row: str(row.channel.kind), 10),
        year("year", "年份"),
        money("plan_wan", "计划", source=PLANNED),
        money("envelope_wan", "额度", source=ENVELOPE),
        money("room_wan", ROOM, width=16, source=ROOM_SOURCE),
        money("follows_in_wan", "上年顺延"),
        money("allotted_wan", "年初下达"),
        money("carried_in_wan", "上年结转"),
        money("drawn_wan", "完成投资"),
        money("taken_back_wan", "收回"),
        money("lapsed_wan", "失效"),
        money("follows_out_wan", "顺延下年"),
        money("carried_out_wan", "结转下年"),
        money("gap_wan", "缺口"),
    ),
)
CHANNEL_DATA = CHANNELS.view(
    "channel", "year", "envelope_wan", "room_wan", "follows_in_wan", "allotted_wan", "carried_in_wan",
    "drawn_wan", "taken_back_wan", "lapsed_wan", "follows_out_wan", "carried_out_wan",
)  # fmt: skip


def channel_table(result: RunResult, fields: Fields[ChannelYear] = CHANNELS) -> Table[ChannelYear]:
    """The ledger of every channel and year."""
    return fields.of(channel_years(result.portfolio, result.outcome))


# --- items ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """An item of a run; what it costs and draws from the first year on, what was open when it was to end."""

    result: RunResult
    index: int
    cost_wan: int
    drawn_wan: int
    open_wan: int

    @property
    def item(self) -> Item:
        """The item as the workbook and scenario have it."""
        return self.result.portfolio.items[self.index]

    @property
    def outcome(self) -> Outcome:
        """How all items were played."""
        return self.result.outcome

    @property
    def delay(self) -> int | None:
        """Quarters of delay, None for an item not finished."""
        return self.outcome.delay_quarters(self.index)

    @property
    def state(self) -> str:
        """In a word: 按期, 提前, 滞后, 未竣工, or 无投资."""
        if self.outcome.planned_finish[self.index] is None:
            return "无投资"
        if self.delay is None:
            return "未竣工"
        return "滞后" if self.delay > 0 else "提前" if self.delay < 0 else "按期"

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes of its delay."""
        return tuple(self.outcome.causes[self.index])

    @property
    def story(self) -> str:
        """The causes in words, the largest first."""
        return words.causes_text(self.result.portfolio, self.causes, self.index)


def item_rows(result: RunResult) -> tuple[ItemRow, ...]:
    """The items of a run in the order of the list."""
    portfolio, outcome = result.portfolio, result.outcome
    cost, drawn = cost_wan(portfolio), drawn_by_item_wan(outcome).sum(axis=0)
    outstanding = outstanding_wan(portfolio, outcome)
    return tuple(
        ItemRow(
            result=result,
            index=index,
            cost_wan=int(cost[index]),
            drawn_wan=int(drawn[index]),
            open_wan=int(outstanding[index]),
        )
        for index in range(len(portfolio.items))
    )


def late_rows(result: RunResult) -> tuple[ItemRow, ...]:
    """The late items: by the money open at their planned finish, tails last."""
    rows = item_rows(result)
    return tuple(rows[index] for index in late_positions(result.portfolio, result.outcome))


def when(key: str, row: ItemRow) -> str | None:
    """A quarter of an item's, planned or played, as people read it."""
    return words.quarter_text(row.result.calendar, getattr(row.outcome, key)[row.index])


def end(row: ItemRow) -> str | None:
    """When the play ends an item, in words where it ends before it."""
    return words.finish_text(row.result.calendar, row.outcome, row.index)


ITEMS = Fields[ItemRow](
    name="大项",
    fields=(
        number("no", "序号", lambda row: row.item.no, source=LISTED),
        text("name", "大项", lambda row: row.item.name, 26, source=LISTED),
        text("label", "大项", lambda row: row.item.label),
        text("work", "工程", lambda row: row.item.work, 16, source=LISTED),
        text("category", "类别", lambda row: row.item.category, 20, source=LISTED),
        money("total_wan", "总投资", lambda row: row.item.total_wan),
        money("earlier_wan", "<first>年前已完成", lambda row: row.item.earlier_wan),
        money("cost_wan", "推演总造价", lambda row: row.item.earlier_wan + row.cost_wan),
        money("drawn_wan", "<first>年起推演完成"),
        text("planned_start", "计划开工", partial(when, "planned_start"), 10, source=PLANNED),
        text("planned_finish", "计划竣工", partial(when, "planned_finish"), 10, source=PLANNED),
        text("start", "推演开工", partial(when, "start"), 10),
        text("finish", "推演竣工", partial(when, "finish")),
        text("end", "推演竣工", end, 14),
        quarters("delay_quarters", "滞后", lambda row: row.delay),
        text("delay", "滞后", lambda row: words.delay_text(row.outcome, row.index), 10),
        money("open_wan", "计划竣工时未完成（按批准造价）", short="未完成"),
        text("state", "状态", width=10),
        text("story", "原因", lambda row: row.story or None, 40),
    ),
)
ITEM_FILE = ITEMS.view(
    "no", "name", "work", "category", "total_wan", "earlier_wan", "cost_wan", "drawn_wan",
    "planned_start", "planned_finish", "start", "end", "delay_quarters", "state",
)  # fmt: skip
ITEM_DATA = ITEMS.view(
    "no", "name", "planned_start", "planned_finish", "start", "finish", "delay_quarters"
)


#: The late items, as the screen lists them.
LATE_SCREEN = Fields[ItemRow](
    name=ITEMS.name,
    fields=(
        replace(ITEMS["label"], value=lambda row: labelled(row.item)),
        *ITEMS.view("story", "end", "delay", "open_wan"),
    ),
)


def _lost(kind: CauseKind, row: ItemRow) -> int | None:
    """The quarters an item owes to a kind of cause."""
    return sum(cause.quarters for cause in row.causes if cause.kind is kind) or None


#: The late items with a column for each kind of cause.
LATE = Fields[ItemRow](
    name="滞后原因",
    fields=(
        replace(ITEMS["no"], width=6, look="centre"),
        replace(ITEMS["name"], width=38, look="wrap"),
        replace(ITEMS["work"], width=18, look="wrap"),
        replace(ITEMS["planned_finish"], look="centre"),
        replace(ITEMS["end"], width=13, look="centre"),
        number(
            "delay",
            "滞后（季）",
            lambda row: "未竣工" if row.delay is None else row.delay,
            9,
            look="whole",
            tone=lambda _: "bad",
        ),
        money("open_wan", "计划竣工时未完成（批准造价，亿元）", width=13),
        *(number(kind.name, f"{kind}（季）", partial(_lost, kind), 9) for kind in CauseKind),
        number(
            "quarters",
            "原因合计（季）",
            lambda row: sum(cause.quarters for cause in row.causes),
            9,
            formula=f"SUM({{{'+'.join(kind.name for kind in CauseKind)}}})",
        ),
        text("story", "原因", width=62, look="wrap"),
    ),
)


def item_table(result: RunResult, fields: Fields[ItemRow] = ITEM_FILE) -> Table[ItemRow]:
    """Every item: money, planned and actual start and finish, delay."""
    return of_items(fields, result).titled(result.calendar).of(item_rows(result))


def of_items(fields: Fields[ItemRow], result: RunResult) -> Fields[ItemRow]:
    """A table of items with what the list tells of an office."""
    return with_office(fields, result.portfolio.items, _own_item)


def _own_item(row: ItemRow) -> Item:
    return row.item


@dataclass(frozen=True, kw_only=True)
class ItemYear:
    """Plan and play of an item in a year."""

    item: Item
    year: int
    plan_wan: int
    drawn_wan: int


ITEM_YEARS = Fields[ItemYear](
    name="大项年度",
    fields=(
        number("no", "序号", lambda row: row.item.no),
        text("name", "大项", lambda row: row.item.name, 26),
        year("year", "年份"),
        money("plan_wan", "计划"),
        money("drawn_wan", "完成投资"),
    ),
)


def item_year_table(result: RunResult) -> Table[ItemYear]:
    """Plan and play of every item in every year in which it has either."""
    portfolio, outcome = result.portfolio, result.outcome
    plan, drawn = plan_by_year_wan(portfolio).sum(axis=1), drawn_by_item_wan(outcome)
    fields = with_office(ITEM_YEARS, portfolio.items, lambda row: row.item)
    shown = reported_years(result.calendar, outcome)
    return fields.of(
        ItemYear(
            item=item,
            year=when,
            plan_wan=int(plan[y, index]),
            drawn_wan=int(drawn[y, index]),
        )
        for index, item in enumerate(portfolio.items)
        for when in shown
        if plan[(y := when - result.calendar.first_year), index] or drawn[y, index]
    )


# --- causes and changes --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CauseRow:
    """A cause of a late item's delay."""

    of: ItemRow
    cause: Cause

    @property
    def name(self) -> str:
        """The cause by what it concerns."""
        portfolio = self.of.result.portfolio
        return words.cause_name(portfolio, self.cause.kind, self.cause.ref, self.of.index)


CAUSES = Fields[CauseRow](
    name="滞后原因",
    fields=(
        number("no", "序号", lambda row: row.of.item.no),
        text("name", "大项", lambda row: row.of.item.name, 26),
        text("planned_finish", "计划竣工", lambda row: when("planned_finish", row.of), 10),
        text("end", "推演竣工", lambda row: end(row.of), 14),
        text("delay", "滞后", lambda row: words.delay_text(row.of.outcome, row.of.index), 10),
        money("open_wan", "计划竣工时未完成（按批准造价）", lambda row: row.of.open_wan),
        text("kind", "原因类别", lambda row: str(row.cause.kind), 12),
        text("cause", "原因", lambda row: row.name, 40),
        quarters("quarters", "影响", lambda row: row.cause.quarters),
    ),
)


def cause_table(result: RunResult) -> Table[CauseRow]:
    """The delay ledger of the late items, one cause a row, the longest delays first."""
    fields = with_office(CAUSES, result.portfolio.items, lambda row: row.of.item)
    return fields.of(
        CauseRow(of=row, cause=cause)
        for row in late_rows(result)
        for cause in sorted(row.causes, key=lambda cause: -cause.quarters)
    )


CHANGES = Fields["ChangeLogEntry"](
    name="情景改动",
    fields=(
        text("quantity", "改动的量", width=40),
        text("old", "原值", width=24),
        text("new", "新值", width=24),
        text("place", "出处", width=32),
        text("note", "备注", words.change_note, 40),
    ),
)


#: The same with its number, to be read in a workbook.
CHANGES_TOLD = Fields[tuple[int, "ChangeLogEntry"]](
    name="情景改动（原值 → 新值）",
    fields=(
        number("k", "序号", lambda row: row[0], look="centre"),
        text("quantity", "改动的量", lambda row: row[1].quantity, look="wrap"),
        text("change", "原值 → 新值", lambda row: f"{row[1].old} → {row[1].new}", look="wrap"),
        text(
            "place",
            "出处、备注",
            lambda row: f"{row[1].place} {words.change_note(row[1]) or ''}".strip(),
            look="wrap",
        ),
    ),
)


def change_table(result: RunResult) -> Table[ChangeLogEntry]:
    """Everything the scenario changed, old and new."""
    return CHANGES.of(result.changes)
