"""Tables of what the play did with gates, of its events, and of the evidence behind a run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portfolio.model.conflicts import Conflict, broken_soft_gates
from portfolio.model.gates import Gate
from portfolio.model.items import Evidence
from portfolio.model.outcome import Event
from portfolio.model.planned import planned_opening, planned_progress_wan, planned_starts
from portfolio.model.portfolio import Portfolio
from portfolio.model.result import RunResult
from portfolio.report.fields import Fields, Table, money, number, quarters, text
from portfolio.report.gate_wording import gate_name, held_text, reached_text
from portfolio.report.sources import PLANNED
from portfolio.report.wording import quarter_text


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
    return reached_text(row.gate, row.portfolio.item(row.gate.pred_no))


def _after(row: GateRow) -> str:
    return held_text(row.gate, row.portfolio.item(row.gate.succ_no))


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
            lambda row: quarter_text(row.portfolio.calendar, row.planned) or "计划内未达到",
            12,
            source=PLANNED,
        ),
        text(
            "opened",
            "推演放行",
            lambda row: quarter_text(row.portfolio.calendar, row.opened) if row.binds else None,
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
    gates = {gate.id: gate_name(portfolio, gate) for gate in portfolio.gates}

    def item(event: Event) -> str | None:
        return None if event.item_no is None else portfolio.item(event.item_no).label

    def channel(event: Event) -> str | None:
        place = portfolio.channel_position.get(event.channel_id or "")
        return event.channel_id if place is None else portfolio.channels[place].name

    def gate(event: Event) -> str | None:
        return None if event.gate_id is None else gates.get(event.gate_id, event.gate_id)

    return Fields[Event](
        name="事件日志",
        fields=(
            text("quarter", "季度", lambda event: quarter_text(result.calendar, event.quarter), 10),
            text("kind", "事件", lambda event: str(event.kind), 14),
            text("item", "大项", item, 38),
            text("channel", "渠道", channel, 34),
            text("gate", "前置条件", gate, 60),
            money("amount_wan", "金额"),
        ),
    ).of(result.outcome.events)
