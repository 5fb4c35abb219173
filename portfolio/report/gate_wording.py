"""Gates in Chinese: strength, what the predecessor owes, what the successor may not do meanwhile."""

from __future__ import annotations

from portfolio.model.calendar import Calendar
from portfolio.model.conflicts import Conflict
from portfolio.model.gates import Gate, GateType
from portfolio.model.items import Item
from portfolio.model.money import small_yi_text, yi_text
from portfolio.model.portfolio import Portfolio


def strength_text(gate: Gate) -> str:
    """Whether the gate is hard or soft."""
    return "硬约束" if gate.hard else "软约束"


def reached_text(gate: Gate, pred: Item) -> str:
    """What the predecessor has to reach."""
    at_wan = gate.at_wan(pred)
    if at_wan is None:
        return "须先开工"
    if gate.type in (GateType.FF, GateType.FS):
        return f"须全部完成，即累计 {small_yi_text(at_wan)} 亿元"
    return f"须累计完成 {small_yi_text(at_wan)} 亿元"


def awaited_text(gate: Gate, pred: Item) -> str:
    """What the predecessor has to reach, and for how long the gate stays shut after that."""
    lag = f"，再隔 {gate.lag_quarters} 季" if gate.lag_quarters else ""
    return f"{reached_text(gate, pred)}{lag}"


def held_text(gate: Gate, succ: Item) -> str:
    """What the successor may not do before the gate opens."""
    holds_wan = gate.holds_wan(succ)
    if holds_wan is None:
        return "不得开工"
    return f"累计投资不得超过 {small_yi_text(holds_wan)} 亿元"


def gate_name(portfolio: Portfolio, gate: Gate) -> str:
    """A gate by its id and its two items: `E104：54 电网 → 53 电源`."""
    pred, succ = portfolio.item(gate.pred_no), portfolio.item(gate.succ_no)
    return f"{gate.id}：{pred.label} → {succ.label}"


def gate_sentence(gate: Gate, pred: Item, succ: Item) -> str:
    """A gate as a sentence: who waits for whom, the threshold, the ceiling, why."""
    return (
        f"{gate.id}（{strength_text(gate)}）：{pred.label} {awaited_text(gate, pred)}，"
        f"在此之前 {succ.label} {held_text(gate, succ)}。{gate.reason}"
    )


def conflict_sentence(calendar: Calendar, conflict: Conflict) -> str:
    """Where the plan breaks one of its own gates, as a sentence."""
    gate, pred, succ = conflict.gate, conflict.pred, conflict.succ
    first, last = (
        calendar.quarter_label(conflict.first_quarter),
        calendar.quarter_label(conflict.last_quarter),
    )
    span = first if first == last else f"{first}–{last}"
    return (
        f"{span}：{succ.label} 按计划{_passed_text(gate, succ)}，"
        f"最多超出 {yi_text(conflict.excess_wan, 2)} 亿元；"
        f"{pred.label} {reached_text(gate, pred)}，前置条件 {gate.id} "
        f"{_opens_text(calendar, conflict.opens)}（{strength_text(gate)}）"
    )


def _passed_text(gate: Gate, succ: Item) -> str:
    """What the successor's plan does although the gate is shut."""
    holds_wan = gate.holds_wan(succ)
    if holds_wan is None:
        return "已开工，而此时尚不得开工"
    return f"累计投资高于此时的上限 {small_yi_text(holds_wan)} 亿元"


def _opens_text(calendar: Calendar, opens: int | None) -> str:
    return (
        "按计划始终不会达到"
        if opens is None
        else f"按计划自 {calendar.quarter_label(opens)} 起放行"
    )
