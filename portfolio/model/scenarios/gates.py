"""Changes to gates as settings, and what a valid gate is."""

from __future__ import annotations

from functools import partial
from typing import Any

from portfolio.model.gates import Gate, GateType, cycle_text, find_cycle
from portfolio.model.items import Item, find_item
from portfolio.model.money import BPS
from portfolio.model.problems import Problem
from portfolio.model.scenarios.draft import (
    GATE_ATTRIBUTES,
    Cell,
    Draft,
    Setting,
    percent_text,
    quarters_text,
)
from portfolio.model.scenarios.select import find_gates, gates_between
from portfolio.model.scenarios.verbs import GateDrop, GateSet
from portfolio.model.schema.plan import GATE_TYPES

ATTRIBUTE_TITLES = {
    "type": "类型",
    "fraction_bps": "前项达到",
    "holds_bps": "后项上限",
    "lag_quarters": "滞后",
    "hard": "强度",
    "reason": "原因",
}


def _attribute_text(name: str, value: Any) -> str:
    if name.endswith("_bps"):
        return percent_text(value)
    if name == "lag_quarters":
        return quarters_text(value)
    if name == "hard":
        return "硬" if value else "软"
    if name == "type":
        return GATE_TYPES[value]
    return str(value) if value else "无"


def gate_text(type_: GateType, values: dict[str, Any]) -> str:
    """A gate in a phrase: type, what it waits for, what it holds, lag, strength."""
    parts = [GATE_TYPES[type_]]
    if values["fraction_bps"] is not None:
        parts.append(f"前项达到 {percent_text(values['fraction_bps'])}")
    parts.append(
        f"后项可先做 {percent_text(values['holds_bps'])}" if values["holds_bps"] else "后项不得开工"
    )
    if values["lag_quarters"]:
        parts.append(f"滞后 {quarters_text(values['lag_quarters'])}")
    parts.append("硬" if values["hard"] else "软")
    return "，".join(parts)


def _title(gate_id: str, pred: Item, succ: Item) -> str:
    return f"前置条件 {gate_id}（{pred.label} → {succ.label}）"


def _ends(change: GateSet, draft: Draft) -> tuple[Item | None, Item | None]:
    found: list[Item | None] = []
    for text in (change.pred, change.succ):
        item = None
        with draft.problems.part():
            if text is not None:
                item = find_item(text, draft.portfolio.items, change.place)
        found.append(item)
    return found[0], found[1]


def gate_set_settings(change: GateSet, draft: Draft) -> list[Setting]:
    """前置条件: the gate meant is known by its id or its two ends; else it is a new one."""
    before = len(draft.problems)
    pred, succ = _ends(change, draft)
    if len(draft.problems) > before:
        return []
    gates = draft.known_gates()
    if change.id is not None:
        meant = [gate for gate in gates if gate.id.upper() == change.id.upper()]
    elif pred and succ:
        meant = list(gates_between(pred, succ, gates))
    else:
        draft.refuse(
            change.place,
            "没有说明是哪一条前置条件",
            "请写“编号”（如 E046），或同时写“前项”和“后项”",
        )
        return []
    if len(meant) > 1:
        ids = "、".join(gate.id for gate in meant)
        draft.refuse(
            change.place, f"两项之间有 {len(meant)} 条前置条件：{ids}", "请用“编号”指明一条"
        )
        return []
    if meant:
        return _revised(change, draft, meant[0], pred, succ)
    if pred is None or succ is None:
        known = "、".join(gate.id for gate in gates[:3])
        draft.refuse(
            change.place,
            f"没有编号为“{change.id}”的前置条件",
            f"现有编号如 {known}；要新增请写全“前项”“后项”“类型”",
        )
        return []
    return _added(change, draft, pred, succ)


def _revised(
    change: GateSet, draft: Draft, gate: Gate, pred: Item | None, succ: Item | None
) -> list[Setting]:
    ends = (pred.no if pred else gate.pred_no, succ.no if succ else gate.succ_no)
    if ends != (gate.pred_no, gate.succ_no):
        said = f"是 {gate.pred_no}→{gate.succ_no}，与所写 {ends[0]}→{ends[1]} 不符"
        fix = "两端不能改：请先“取消前置条件”，再新增一条"
        draft.refuse(change.place, f"前置条件 {gate.id} {said}", fix)
        return []
    given = {name: getattr(change, name) for name in GATE_ATTRIBUTES}
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        draft.refuse(
            change.place,
            f"没有写要改前置条件 {gate.id} 的什么",
            f"请写 {'、'.join(ATTRIBUTE_TITLES.values())} 中的至少一项",
        )
        return []
    new_type = given.get("type", gate.type)
    if new_type is not GateType.PROGRESS:
        given.setdefault("fraction_bps", None)  # only PROGRESS has a fraction
        if new_type in (GateType.SS, GateType.FS) and gate.type not in (GateType.SS, GateType.FS):
            given.setdefault("holds_bps", 0)
    values = {name: given.get(name, getattr(gate, name)) for name in GATE_ATTRIBUTES}
    _check(change, draft, gate.id, values)
    items = draft.portfolio.position
    pred_item, succ_item = (draft.portfolio.items[items[no]] for no in ends)
    title = _title(gate.id, pred_item, succ_item)
    settings = [
        Setting(
            quantity=f"{title} {ATTRIBUTE_TITLES[name]}",
            writes=((("gate", gate.id, name), value),),
            place=change.place,
            text=partial(_attribute_text, name),
        )
        for name, value in given.items()
        if value != getattr(gate, name) or getattr(change, name) is not None
    ]
    return [*settings, _keep(change, gate.id, title)]


def _keep(change: GateSet, gate_id: str, title: str) -> Setting:
    """Guard: a gate is one quantity within a file, and a later file may bring it back."""
    kept = ((("gate", gate_id, "kept"), True),)
    return Setting(quantity=title, writes=kept, place=change.place, told=False)


def _added(change: GateSet, draft: Draft, pred: Item, succ: Item) -> list[Setting]:
    if change.type is None:
        draft.refuse(
            change.place,
            f"{pred.label} 与 {succ.label} 之间没有前置条件，新增却没有写“类型”",
            f"类型请写 {'、'.join(GATE_TYPES.values())}；若是要改已有的一条，请核对两端",
        )
        return []
    if pred.no == succ.no:
        draft.refuse(change.place, f"{pred.label} 不能是自己的前置条件", "请改“前项”或“后项”")
        return []
    gate = Gate(
        id=change.id or f"{pred.no}→{succ.no}",
        pred_no=pred.no,
        succ_no=succ.no,
        type=change.type,
        fraction_bps=change.fraction_bps,
        holds_bps=change.holds_bps or 0,
        lag_quarters=change.lag_quarters or 0,
        hard=True if change.hard is None else change.hard,
        reason=change.reason or "情景假设",
        provenance=f"情景假设（{change.place}）",
    )
    values = {name: getattr(gate, name) for name in GATE_ATTRIBUTES}
    _check(change, draft, gate.id, values)
    draft.add_gate(gate)
    return [
        Setting(
            quantity=_title(gate.id, pred, succ),
            writes=(
                (("gate", gate.id, "added"), True),
                (("gate", gate.id, "kept"), True),
                *_attribute_writes(gate),
            ),
            place=change.place,
            fixed=("无", gate_text(gate.type, values)),
        )
    ]


def _attribute_writes(gate: Gate) -> tuple[tuple[Cell, Any], ...]:
    return tuple((("gate", gate.id, name), getattr(gate, name)) for name in GATE_ATTRIBUTES)


def _check(change: GateSet, draft: Draft, gate_id: str, values: dict[str, Any]) -> None:
    """What each type needs: only PROGRESS a fraction, only PROGRESS and FF a ceiling."""
    kind, fraction, holds = values["type"], values["fraction_bps"], values["holds_bps"]
    fill = draft.portfolio.calendar.fill
    found: list[tuple[str, str]] = []
    if kind is GateType.PROGRESS and fraction is None:
        found.append(
            (
                "“达到进度（PROGRESS）”没有写“前项达到”",
                fill("请写前项“<period>”投资的完成比例，如 25%"),
            )
        )
    if kind is not GateType.PROGRESS and fraction is not None:
        found.append(
            (
                f"“{GATE_TYPES[kind]}”不用“前项达到”",
                "请去掉“前项达到”，或把类型改为 达到进度（PROGRESS）",
            )
        )
    if kind in (GateType.SS, GateType.FS) and holds:
        found.append(
            (
                f"“{GATE_TYPES[kind]}”管的是能否开工，不用“后项上限”",
                "请去掉“后项上限”，或改用 完成后收尾（FF）、达到进度（PROGRESS）",
            )
        )
    if kind is GateType.FF and not holds:
        found.append(
            ("“完成后收尾（FF）”没有写“后项上限”", "请写前项竣工以前后项最多可完成的比例，如 90%")
        )
    if fraction is not None and not 0 < fraction <= BPS:
        found.append((f"前项达到 {percent_text(fraction)}", "请写大于 0、不超过 100% 的比例"))
    if holds is not None and not 0 <= holds <= BPS:
        found.append((f"后项上限 {percent_text(holds)}", "请写 0–100% 的比例"))
    for text, fix in found:
        draft.refuse(change.place, f"前置条件 {gate_id}：{text}", fix)


def gate_drop_settings(change: GateDrop, draft: Draft) -> list[Setting]:
    """取消前置条件: takes all attributes, so that an earlier file's change to them is told lost.

    It takes the addition too; a revision doesn't, so that a gate added and revised is told so.
    """
    settings: list[Setting] = []
    items, position = draft.portfolio.items, draft.portfolio.position
    for text in change.gates:
        gates: tuple[Gate, ...] = ()
        with draft.problems.part():
            gates = find_gates(text, draft.standing_gates, items, change.place)
        for gate in gates:
            values = {name: getattr(gate, name) for name in GATE_ATTRIBUTES}
            ends = (items[position[no]] for no in (gate.pred_no, gate.succ_no))
            settings.append(
                Setting(
                    quantity=_title(gate.id, *ends),
                    writes=(
                        (("gate", gate.id, "kept"), False),
                        (("gate", gate.id, "added"), False),
                        *_attribute_writes(gate),
                    ),
                    place=change.place,
                    fixed=(gate_text(gate.type, values), "取消"),
                )
            )
    return settings


def cycle_problems(draft: Draft, changed: dict[str, str]) -> list[Problem]:
    """A cycle the scenario made, with its path; `changed` maps gate ids to places."""
    cycle = find_cycle(draft.portfolio.items, draft.gates())
    if not cycle:
        return []
    places = [changed[gate.id] for gate in cycle if gate.id in changed]
    return [
        Problem(
            place=places[-1] if places else "前置条件",
            found=f"前置条件成环：{cycle_text(cycle)}（{'、'.join(gate.id for gate in cycle)}）",
            fix="请改正两端，或用“取消前置条件”去掉环上的一条",
        )
    ]
