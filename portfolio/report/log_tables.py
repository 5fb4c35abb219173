"""Tables of what the play did with gates, and of its events."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portfolio.model.calendar import Calendar
from portfolio.model.conflicts import Conflict, broken_soft_gates
from portfolio.model.outcome import Event
from portfolio.model.planned import planned_opening, planned_progress_wan, planned_starts
from portfolio.model.portfolio import Portfolio
from portfolio.model.result import RunResult
from portfolio.report.gate_wording import gate_name, held_text, reached_text
from portfolio.report.tables import Cell, Table, money, number, quarters, text
from portfolio.report.wording import quarter_text


def gate_table(result: RunResult) -> Table:
    """Every gate: what it asks, when the plan would open it and when the play did."""
    portfolio, outcome = result.portfolio, result.outcome
    progress, starts = planned_progress_wan(portfolio), planned_starts(portfolio)
    broken = {conflict.gate.id: conflict for conflict in broken_soft_gates(portfolio, outcome)}
    binding = {gate.id for gate in portfolio.binding_gates}
    columns = (
        text("编号", 10),
        text("前置大项", 38),
        text("须达到", 32),
        text("后续大项", 38),
        text("在此之前", 34),
        quarters("间隔"),
        text("强度", 8),
        text("按计划放行", 12),
        text("推演放行", 14),
        text("推演情况", 26),
        text("理由", 72),
        text("依据", 42),
    )
    rows = tuple(
        (
            gate.id,
            portfolio.item(gate.pred_no).label,
            reached_text(gate, portfolio.item(gate.pred_no)),
            portfolio.item(gate.succ_no).label,
            held_text(gate, portfolio.item(gate.succ_no)),
            gate.lag_quarters,
            "硬" if gate.hard else "软",
            quarter_text(result.calendar, planned_opening(gate, portfolio, progress, starts))
            or "计划内未达到",
            quarter_text(result.calendar, outcome.gate_opened[k]) if gate.id in binding else None,
            _state_text(
                result.calendar, gate.id in binding, outcome.gate_opened[k], broken.get(gate.id)
            ),
            gate.reason,
            gate.provenance,
        )
        for k, gate in enumerate(portfolio.gates)
    )
    return Table(name="依赖关系", columns=columns, rows=rows)


def _state_text(
    calendar: Calendar, binds: bool, opened: int | None, broken: Conflict | None
) -> str:
    """How a gate fared in the play: 已达到, 未达到, or, when it does not bind, 被突破 or not."""
    if binds:
        return "未达到" if opened is None else "已达到"
    if broken is None:
        return "不约束，未突破"
    return f"不约束，{calendar.quarter_label(broken.first_quarter)} 起被突破"


def evidence_table(result: RunResult) -> Table:
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
    columns = (
        text("编号", 10),
        text("资料", 94),
        text("位置", 46),
        number("行", 8),
        text("用于", 80),
    )
    rows = tuple(
        (evidence.id, evidence.title, evidence.place, evidence.line, evidence.supports)
        for evidence in result.evidence
        if evidence.id in cited
    )
    return Table(name="资料依据", columns=columns, rows=rows)


def event_table(result: RunResult) -> Table:
    """The event log."""
    portfolio = result.portfolio
    columns = (
        text("季度", 10),
        text("事件", 14),
        text("大项", 38),
        text("渠道", 34),
        text("前置条件", 60),
        money("金额"),
    )
    gates = {gate.id: gate_name(portfolio, gate) for gate in portfolio.gates}
    rows = tuple(_event_row(portfolio, gates, event) for event in result.outcome.events)
    return Table(name="事件日志", columns=columns, rows=rows)


def _event_row(portfolio: Portfolio, gates: Mapping[str, str], event: Event) -> tuple[Cell, ...]:
    channel = portfolio.channel_position.get(event.channel_id or "")
    return (
        quarter_text(portfolio.calendar, event.quarter),
        str(event.kind),
        None if event.item_no is None else portfolio.item(event.item_no).label,
        event.channel_id if channel is None else portfolio.channels[channel].name,
        None if event.gate_id is None else gates.get(event.gate_id, event.gate_id),
        event.amount_wan,
    )
